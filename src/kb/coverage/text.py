"""Completeness against the texts themselves: anchors, citation markers, numbers and names."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from kb.coverage.claims import Gap
from kb.coverage.knowledge import MM, Document, Knowledge, Passage
from kb.coverage.mentions import Names, contains, numbers
from kb.errors import InputError, Position
from kb.namespaces import PREFIXES, curie
from kb.texts import citations
from kb.texts.textgraph import digest

_DENOTES = f"{PREFIXES['c4o']}denotes"
_LIST_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z])[.)]\Z")


def find_texts(folder: Path, documents: list[Document]) -> dict[str, str]:
    """Text version to text, for each that a file of the folder, or below it, has the digest of.

    Raises InputError where the folder cannot be read. Files that cannot be the size of any text are not read.
    """
    wanted = {sha256: version for document in documents for version, (sha256, _) in document.versions.items()}
    sizes = [count for document in documents for _, count in document.versions.values()]
    found: dict[str, str] = {}
    if not folder.is_dir():
        raise InputError("this is not a folder" if folder.exists() else "no such folder", Position(str(folder)))

    def refuse(error: OSError) -> None:
        raise InputError(f"cannot be read: {error.strerror}", Position(str(error.filename)))

    for root, _, names in os.walk(folder, onerror=refuse):
        for name in sorted(names):
            path = Path(root, name)
            try:
                # A code point takes one to four bytes.
                if not path.is_file() or not any(count <= path.stat().st_size <= 4 * count for count in sizes):
                    continue
                content = path.read_bytes()
            except OSError as error:
                raise InputError(f"cannot be read: {error.strerror}", Position(str(path))) from None
            version = wanted.get(hashlib.sha256(content).hexdigest())
            if version is not None:
                found[version] = content.decode("utf-8", "replace")
    return found


def text_gaps(knowledge: Knowledge, document: Document, texts: dict[str, str], view: set[str] | None) -> Iterator[Gap]:
    """What does not agree with the document's texts, or is in them and not accounted for.

    With ``view``, only what concerns the passages in it.
    """
    names = Names(knowledge.named())
    for version, (_, count) in sorted(document.versions.items()):
        passages = [passage for passage in document.passages if passage.text == version]
        text = texts.get(version)
        if text is None:
            if passages:
                yield Gap(document.slug, None, "text", f"no file has the digest of {curie(version)}: nothing could be compared")
            continue
        if len(text) != count:
            yield Gap(document.slug, None, "text", f"{curie(version)} has {len(text)} characters, not {count}")
        leaves = [passage for passage in passages if not passage.parts]
        found = [*_anchors(text, passages), *_between(text, leaves), *_markers(knowledge, text, passages)]
        for passage in leaves:
            if passage.claims and (view is None or passage.iri in view):
                found += _contents(knowledge, names, text, passage)
        for iri, kind, detail in found:
            if view is None or iri in view:
                yield Gap(document.slug, iri, kind, detail)


Found = tuple[str | None, str, str]


def _anchors(text: str, passages: list[Passage]) -> Iterator[Found]:
    """Positions outside the text, and spans whose digest is another."""
    for passage in passages:
        if not 0 <= passage.start < passage.end <= len(text):
            yield passage.iri, "anchor", f"{passage.start}–{passage.end} is no span of a text of {len(text)} characters"
        elif digest(text[passage.start : passage.end]) != passage.digest:
            yield passage.iri, "anchor", f"the text at {passage.start}–{passage.end} has another digest"


def _between(text: str, leaves: list[Passage]) -> Iterator[Found]:
    """Passages that overlap, and text that is in none: only space, punctuation and list numbers may be left over."""
    position = 0
    before: Passage | None = None
    for passage in sorted(leaves, key=lambda leaf: (leaf.start, leaf.end)):
        if passage.start < position and before is not None:
            yield passage.iri, "anchor", f"overlaps {curie(before.iri)}"
        elif _says_something(text[position : passage.start]):
            yield None, "text", f"the text at {position}–{passage.start} is in no passage"
        if passage.end > position:
            position, before = passage.end, passage
    if _says_something(text[position:]):
        yield None, "text", f"the text at {position}–{len(text)} is in no passage"


def _says_something(text: str) -> bool:
    words = [word for word in text.split() if not _LIST_NUMBER.match(word)]
    return any(unicodedata.category(character)[0] not in "PSZC" for word in words for character in word)


def _markers(knowledge: Knowledge, text: str, passages: list[Passage]) -> Iterator[Found]:
    """Superscript numbers without a marker, and markers whose place or number the text does not have."""
    ours = {passage.iri for passage in passages}
    held: set[tuple[int, int]] = set()
    for marker in knowledge.instances("CitationMarker"):
        holder = knowledge.value(marker, f"{MM}markerIn")
        if holder not in ours:
            continue
        start, end = knowledge.place(marker)
        held.add((start, end))
        number = knowledge.value(knowledge.value(marker, _DENOTES) or "", f"{MM}referenceNumber")
        printed = "".join(str(unicodedata.digit(c, c)) for c in text[max(start, 0) : max(end, 0)])
        # A number inside a range (the 6 of 5–7) is printed nowhere: its place is the whole range.
        if not printed or (number is not None and printed.isascii() and printed.isdigit() and int(printed) != int(number)):
            yield holder, "marker", f"{curie(marker)} denotes reference {number}, but {start}–{end} prints {printed[:20]!r}"
    for passage in passages:
        if passage.parts:
            continue
        for found in citations.find(text, passage.start, passage.end, ("superscript",)):
            if isinstance(found, citations.Marker) and (found.start, found.end) not in held:
                yield passage.iri, "marker", f"the number {found.number} at {found.start}–{found.end} has no citation marker"


def _contents(knowledge: Knowledge, names: Names, text: str, passage: Passage) -> Iterator[Found]:
    """Numbers and registered names of a passage that none of its claims reaches."""
    span = text[passage.start : passage.end]
    nodes, literals = knowledge.reached(passage.iri)
    labels = [label for node in nodes for label in knowledge.labels(node)]
    accounted = {number for source in (*literals, *labels) for number in numbers(source)}
    bare = _without_brackets(span)
    for number in dict.fromkeys(numbers(bare)):
        if number not in accounted:
            yield passage.iri, "number", f"no claim of the passage reaches the number {number}"
    for name, bearers in dict(names.mentions(span)).items():
        # A name inside the name of something that is reached is accounted for with it.
        if not nodes & set(bearers) and not any(contains(label, name) for label in labels):
            which = ", ".join(curie(bearer) for bearer in sorted(bearers))
            yield passage.iri, "name", f"no claim of the passage reaches {name!r} ({which})"


def _without_brackets(span: str) -> str:
    """The span with citation markers in brackets blanked out: their numbers are no quantities."""
    characters = list(span)
    for found in citations.find(span, 0, len(span), ("brackets",)):
        characters[found.start : found.end] = " " * (found.end - found.start)
    return "".join(characters)
