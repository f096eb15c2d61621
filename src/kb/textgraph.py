"""The passages of a text as the graph of its ``text.ttl``, with names that last.

A passage keeps its name as long as its own text stays, whatever happens around it: the spans of the old file and of the
new text are aligned by digest. A new or changed passage gets a number that no passage of the document has had before. The
newest text version alone has passages; earlier ones stay with their digest and length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from hashlib import sha256
from pathlib import Path

from kb import rdf, turtle
from kb.errors import InputError, Position
from kb.namespaces import PREFIXES, expand
from kb.partition import Partition, Passage

_XSD = PREFIXES["xsd"]
# What a passage is aligned by: whether it holds others, and the digest of its span.
Key = tuple[bool, str]


@dataclass(frozen=True)
class KnownPassage:
    """A passage of an existing ``text.ttl``: the number in its name, its place in the text, what it is aligned by."""

    number: int
    order: int
    key: Key


@dataclass
class Known:
    """What an existing ``text.ttl`` has named so far.

    ``references`` maps the number of a bibliography entry's passage to the local name of its reference; ``named`` are the
    IRIs of all passages, markers and references; ``versions`` are the statements on each text version, by its number.
    """

    slug: str
    digest: str
    last: int
    passages: list[KnownPassage]
    references: dict[int, str]
    named: set[str]
    versions: dict[int, list[rdf.Quad]]


@dataclass
class TextGraph:
    """The graph of a text and what has become of the names: those kept, and the IRIs that no longer exist."""

    quads: list[rdf.Quad]
    version: int
    names: list[str]
    kept: int = 0
    vanished: list[str] = field(default_factory=list)


def digest(text: str) -> str:
    """The SHA-256 of a text's UTF-8, in lower-case hexadecimal."""
    return sha256(text.encode("utf-8")).hexdigest()


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
            f"this is not a file that `kb document add` wrote for {slug} ({error}); restore it, or remove it to number anew",
            Position(name),
        ) from None


def _known(statements: dict[str, dict[str, list[str]]], quads: list[rdf.Quad], slug: str) -> Known:
    def number(name: str, kind: str, prefix: str) -> int:
        match = re.fullmatch(re.escape(f"{PREFIXES[kind]}{slug}-{prefix}") + r"(\d+)", name)
        if match is None:
            raise ValueError(f"{name} is not named after it")
        return int(match.group(1))

    def of_class(iri: str) -> list[str]:
        return [name for name, properties in statements.items() if iri in properties.get(_iri("rdf:type"), ())]

    versions: dict[int, list[rdf.Quad]] = {number(name, "text", "v"): [] for name in of_class(_iri("mm:TextVersion"))}
    if not versions:
        raise ValueError("it has no text version")
    for quad in quads:
        if quad.subject.value.startswith(f"{PREFIXES['text']}{slug}-v"):
            versions[number(quad.subject.value, "text", "v")].append(quad)
    current = statements[_iri(f"text:{slug}-v{max(versions)}")]
    passages = of_class(_iri("mm:Passage"))
    containers = {whole for name in passages for whole in statements[name].get(_iri("mm:partOfPassage"), ())}
    known = [
        KnownPassage(
            number(name, "passage", ""),
            int(statements[name][_iri("mm:order")][0]),
            (name in containers, statements[name][_iri("mm:spanSha256")][0]),
        )
        for name in passages
    ]
    references = of_class(_iri("biro:BibliographicReference"))
    entries = {number(statements[r][_iri("mm:referenceIn")][0], "passage", ""): _local(r) for r in references}
    last = max([int(current[_iri("mm:lastPassageNumber")][0]), *(passage.number for passage in known)])
    return Known(
        slug=slug,
        digest=current[_iri("mm:sha256")][0],
        last=last,
        passages=sorted(known, key=lambda passage: passage.order),
        references=entries,
        named={*passages, *references, *of_class(_iri("mm:CitationMarker"))},
        versions=versions,
    )


def build(text: str, partition: Partition, slug: str, known: Known | None = None) -> TextGraph:
    """The graph of a partitioned text; with ``known``, every passage whose text has stayed keeps its name."""
    containers = partition.containers()
    keys = [
        (index in containers, digest(text[passage.start : passage.end])) for index, passage in enumerate(partition.passages)
    ]
    numbers, last = _number(keys, known)
    text_digest = digest(text)
    version = 1 if known is None else max(known.versions) + (text_digest != known.digest)
    names = [f"{slug}-{number:03d}" for number in numbers]
    writer = _Writer(slug, version)
    writer.version(text, text_digest, last, known)
    references = _references(partition.passages, numbers, slug, version, known)
    for index, passage in enumerate(partition.passages):
        writer.passage(index, passage, names, keys[index][1])
        writer.markers(passage, names[index], references)
    for index, passage in enumerate(partition.passages):
        if passage.number is not None:
            writer.reference(passage.number, references[passage.number], names[index])
    graph = TextGraph(writer.quads, version, names)
    if known is not None:
        old = {passage.number for passage in known.passages}
        graph.kept = sum(number in old for number in numbers)
        graph.vanished = sorted(known.named - {quad.subject.value for quad in writer.quads})
    return graph


def users(iris: Iterable[str], files: Iterable[Path]) -> dict[str, list[Path]]:
    """For each of the IRIs that a file's statements mention, those files; a file that cannot be read is passed over."""
    wanted = set(iris)
    found: dict[str, list[Path]] = {}
    for path in files:
        mentioned = set()
        try:
            for quad in turtle.parse_file(path):
                mentioned.update(term.value for term in (quad.subject, quad.object) if isinstance(term, rdf.NamedNode))
        except InputError:
            continue
        for iri in sorted(mentioned & wanted):
            found.setdefault(iri, []).append(path)
    return found


def _number(keys: list[Key], known: Known | None) -> tuple[list[int], int]:
    """The number of each passage, and the highest one ever given.

    Aligned first in sequence, so that of identical passages the first stays the first; then what has moved elsewhere.
    """
    if known is None:
        return list(range(1, len(keys) + 1)), len(keys)
    numbers: dict[int, int] = {}
    old = [passage.key for passage in known.passages]
    for block in SequenceMatcher(None, old, keys, autojunk=False).get_matching_blocks():
        for offset in range(block.size):
            numbers[block.b + offset] = known.passages[block.a + offset].number
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


def _references(
    passages: list[Passage], numbers: list[int], slug: str, version: int, known: Known | None
) -> dict[int, str]:
    """The local name of the reference with each number: that of its entry as before, or one not yet used.

    A reference is its entry, so it keeps its name when the list is renumbered. A name given later than the first version
    carries the version, since its number may have belonged to another entry.
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
        found[passage.number] = _free(name, used)
        used.add(found[passage.number])
    return found


def _free(name: str, used: set[str]) -> str:
    """The name itself, or with the first suffix from ``-2`` that is not used."""
    candidate, suffix = name, 1
    while candidate in used:
        suffix += 1
        candidate = f"{name}-{suffix}"
    return candidate


class _Writer:
    """Collects the statements on one text in the order of its file: versions, passages with selector and markers, references."""

    def __init__(self, slug: str, version: int) -> None:
        self.quads: list[rdf.Quad] = []
        self._document = rdf.NamedNode(_iri(f"document:{slug}"))
        self._text = rdf.NamedNode(_iri(f"text:{slug}-v{version}"))
        self._version = version

    def version(self, text: str, text_digest: str, last: int, known: Known | None) -> None:
        self._say(self._text, "rdf:type", _node("mm:TextVersion"))
        self._say(self._text, "mm:versionOf", self._document)
        self._say(self._text, "mm:sha256", rdf.Literal(text_digest))
        self._say(self._text, "mm:characterCount", _integer(len(text)))
        self._say(self._text, "mm:lastPassageNumber", _integer(last))
        earlier = sorted((number for number in known.versions if number < self._version), reverse=True) if known else []
        if earlier:
            previous = self._text.value.rsplit("-v", 1)[0] + f"-v{earlier[0]}"
            self._say(self._text, "prov:wasRevisionOf", rdf.NamedNode(previous))
        for number in earlier:
            self.quads += known.versions[number]

    def passage(self, index: int, passage: Passage, names: list[str], span_digest: str) -> None:
        node = _node(f"passage:{names[index]}")
        self._say(node, "rdf:type", _node("mm:Passage"))
        self._say(node, "rdf:type", _node("oa:SpecificResource"))
        self._say(node, "oa:hasSource", self._text)
        self._say(node, "oa:hasSelector", _node(f"selector:{names[index]}"))
        self._say(node, "mm:passageKind", _node(f"kind:{passage.kind}"))
        self._say(node, "mm:order", _integer(index + 1))
        self._say(node, "mm:spanSha256", rdf.Literal(span_digest))
        for predicate, number in (("mm:headingLevel", passage.level), ("mm:row", passage.row), ("mm:column", passage.column)):
            if number is not None:
                self._say(node, predicate, _integer(number))
        for predicate, other in (
            ("mm:inSection", passage.section),
            ("mm:partOfPassage", passage.part_of),
            ("mm:rowHeader", passage.row_header),
            ("mm:columnHeader", passage.column_header),
        ):
            if other is not None:
                self._say(node, predicate, _node(f"passage:{names[other]}"))
        self._selector(names[index], passage.start, passage.end)

    def markers(self, passage: Passage, name: str, references: dict[int, str]) -> None:
        used: set[str] = set()
        for marker in passage.markers:
            local = _free(f"{name}-{marker.number}", used)
            used.add(local)
            node = _node(f"marker:{local}")
            self._say(node, "rdf:type", _node("mm:CitationMarker"))
            self._say(node, "rdf:type", _node("c4o:InTextReferencePointer"))
            self._say(node, "mm:markerIn", _node(f"passage:{name}"))
            self._say(node, "oa:hasSelector", _node(f"selector:{local}"))
            self._say(node, "c4o:denotes", _node(f"reference:{references[marker.number]}"))
            self._selector(local, marker.start, marker.end)

    def reference(self, number: int, local: str, entry: str) -> None:
        node = _node(f"reference:{local}")
        self._say(node, "rdf:type", _node("biro:BibliographicReference"))
        self._say(node, "mm:referenceNumber", _integer(number))
        self._say(node, "mm:referenceIn", _node(f"passage:{entry}"))

    def _selector(self, local: str, start: int, end: int) -> None:
        node = _node(f"selector:{local}")
        self._say(node, "rdf:type", _node("oa:TextPositionSelector"))
        for predicate, position in (("oa:start", start), ("oa:end", end)):
            self._say(node, predicate, rdf.Literal(str(position), datatype=rdf.NamedNode(f"{_XSD}nonNegativeInteger")))

    def _say(self, subject: rdf.NamedNode, predicate: str, value: rdf.NamedNode | rdf.Literal) -> None:
        self.quads.append(rdf.Quad(subject, _node(predicate), value))


def _iri(curie: str) -> str:
    iri = expand(curie)
    if iri is None:
        raise ValueError(f"{curie} is not a name of the project")
    return iri


def _node(curie: str) -> rdf.NamedNode:
    return rdf.NamedNode(_iri(curie))


def _local(iri: str) -> str:
    return iri.rsplit("/", 1)[1]


def _integer(value: int) -> rdf.Literal:
    return rdf.Literal(str(value), datatype=rdf.NamedNode(f"{_XSD}integer"))
