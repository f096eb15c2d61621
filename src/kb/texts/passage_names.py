"""The names of passages and references, from one state of a text to the next.

A passage keeps its name as long as its own text stays, whatever happens around it: the spans of the old ``text.ttl``
and of the new text are aligned by digest. A new or changed passage gets a number that no passage of the document has
had before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from kb import rdf, turtle
from kb.errors import InputError, Position
from kb.namespaces import PREFIXES, iri_of
from kb.texts.partition import Passage

# What a passage is aligned by: whether it holds others, and the digest of its span.
Key = tuple[bool, str]

_LONG = 2_000


@dataclass(frozen=True)
class KnownPassage:
    """A passage of an existing ``text.ttl``: the number in its name, its place in the text, what it is aligned by."""

    number: int
    order: int
    key: Key


@dataclass
class Known:
    """What an existing ``text.ttl`` has named so far.

    ``digest`` is that of its newest text version, ``last`` the highest passage number ever given; ``references`` maps
    the number of a bibliography entry's passage to the local name of its reference; ``named`` are the IRIs of all
    passages, markers and references; ``versions`` are the statements on each text version, by its number.
    """

    digest: str
    last: int
    passages: list[KnownPassage]
    references: dict[int, str]
    named: set[str]
    versions: dict[int, list[rdf.Quad]]


def read(content: bytes, name: str, slug: str) -> Known:
    """What the ``text.ttl`` of the document ``slug`` has named. Raises InputError where it is not such a file."""
    statements: dict[str, dict[str, list[str]]] = {}
    quads = list(turtle.parse(content, name, rdf.RdfFormat.TURTLE))
    for quad in quads:
        if isinstance(quad.subject, rdf.NamedNode) and not isinstance(quad.object, rdf.Triple):
            properties = statements.setdefault(quad.subject.value, {})
            properties.setdefault(quad.predicate.value, []).append(quad.object.value)
    try:
        return _known(statements, quads, slug)
    except (KeyError, ValueError, IndexError) as error:
        raise InputError(
            f"this is not a file that `kb document add` wrote for {slug} ({error}); restore it, or remove it",
            Position(name),
        ) from None


def _known(statements: dict[str, dict[str, list[str]]], quads: list[rdf.Quad], slug: str) -> Known:
    def number(name: str, kind: str, prefix: str) -> int:
        match = re.fullmatch(re.escape(f"{PREFIXES[kind]}{slug}-{prefix}") + r"(\d+)", name)
        if match is None:
            raise ValueError(f"{name} is not named after it")
        return int(match.group(1))

    def of_class(iri: str) -> list[str]:
        return [name for name, properties in statements.items() if iri in properties.get(iri_of("rdf:type"), ())]

    versions: dict[int, list[rdf.Quad]] = {number(name, "text", "v"): [] for name in of_class(iri_of("mm:TextVersion"))}
    if not versions:
        raise ValueError("it has no text version")
    for quad in quads:
        if quad.subject.value.startswith(f"{PREFIXES['text']}{slug}-v"):
            versions[number(quad.subject.value, "text", "v")].append(quad)
    current = statements[iri_of(f"text:{slug}-v{max(versions)}")]
    passages = of_class(iri_of("mm:Passage"))
    containers = {whole for name in passages for whole in statements[name].get(iri_of("mm:partOfPassage"), ())}
    known = [
        KnownPassage(
            number(name, "passage", ""),
            int(statements[name][iri_of("mm:order")][0]),
            (name in containers, statements[name][iri_of("mm:spanSha256")][0]),
        )
        for name in passages
    ]
    references = of_class(iri_of("biro:BibliographicReference"))
    entries = {number(statements[r][iri_of("mm:referenceIn")][0], "passage", ""): _local(r) for r in references}
    last = max([int(current[iri_of("mm:lastPassageNumber")][0]), *(passage.number for passage in known)])
    return Known(
        digest=current[iri_of("mm:sha256")][0],
        last=last,
        passages=sorted(known, key=lambda passage: passage.order),
        references=entries,
        named={*passages, *references, *of_class(iri_of("mm:CitationMarker"))},
        versions=versions,
    )


def number_passages(keys: list[Key], known: Known | None) -> tuple[list[int], int]:
    """The number of each passage, and the highest one ever given.

    Aligned first in sequence, so that of identical passages the first stays the first; then what has moved elsewhere.
    """
    if known is None:
        return list(range(1, len(keys) + 1)), len(keys)
    numbers: dict[int, int] = {}
    old = [passage.key for passage in known.passages]
    for index, other in _aligned(old, keys):
        numbers[other] = known.passages[index].number
    taken = set(numbers.values())
    moved: dict[Key, list[int]] = {}
    for passage in known.passages:
        if passage.number not in taken:
            moved.setdefault(passage.key, []).append(passage.number)
    last = known.last
    for index, key in enumerate(keys):
        if index not in numbers and moved.get(key):
            numbers[index] = moved[key].pop(0)
        elif index not in numbers:
            last += 1
            numbers[index] = last
    return [numbers[index] for index in range(len(keys))], last


def _aligned(old: list[Key], new: list[Key]) -> Iterator[tuple[int, int]]:
    """The places of equal keys, in the order of both.

    What both begin and end with is taken first, since the rest costs the product of its lengths where keys repeat.
    """
    least = min(len(old), len(new))
    head = next((i for i in range(least) if old[i] != new[i]), least)
    tail = next((i for i in range(least - head) if old[-1 - i] != new[-1 - i]), least - head)
    yield from ((i, i) for i in range(head))
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    # In a long rest, what is repeated again and again is aligned only beside what is not.
    matcher = SequenceMatcher(None, before, after, autojunk=len(after) > _LONG)
    for block in matcher.get_matching_blocks():
        yield from ((head + block.a + i, head + block.b + i) for i in range(block.size))
    yield from ((len(old) - i, len(new) - i) for i in range(tail, 0, -1))


def name_references(
    passages: list[Passage], numbers: list[int], slug: str, version: int, known: Known | None
) -> dict[int, str]:
    """The local name of the reference with each number: that of its entry as before, or one not yet used.

    A reference is its entry, so it keeps its name when the list is renumbered. A name given later than the first
    version carries the version, since its number may have belonged to another entry.
    """
    old = known.references if known else {}
    found = {
        passage.number: old[number]
        for passage, number in zip(passages, numbers, strict=True)
        if passage.number is not None and number in old
    }
    used = {*found.values(), *old.values()}
    for passage in passages:
        if passage.number is None or passage.number in found:
            continue
        name = f"{slug}-{passage.number}" if version == 1 else f"{slug}-{passage.number}-v{version}"
        found[passage.number] = free_name(name, used)
        used.add(found[passage.number])
    return found


def free_name(name: str, used: set[str]) -> str:
    """The name itself, or with the first suffix from ``-2`` that is not used."""
    candidate, suffix = name, 1
    while candidate in used:
        suffix += 1
        candidate = f"{name}-{suffix}"
    return candidate


def users(iris: Iterable[str], files: Iterable[Path]) -> dict[str, list[Path]]:
    """For each of the IRIs that a file's statements mention, those files; a file that cannot be read is passed over."""
    wanted = set(iris)
    found: dict[str, list[Path]] = {}
    for path in files:
        mentioned: set[str] = set()
        try:
            for quad in turtle.parse_file(path):
                mentioned.update(term.value for term in (quad.subject, quad.object) if isinstance(term, rdf.NamedNode))
        except InputError:
            continue
        for iri in sorted(mentioned & wanted):
            found.setdefault(iri, []).append(path)
    return found


def _local(iri: str) -> str:
    return iri.rsplit("/", 1)[1]
