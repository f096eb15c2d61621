"""The passages of a text as the graph of its ``text.ttl``: positions, digests, markers and references, no wording.

The newest text version alone has passages; earlier ones stay with their digest and length.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from kb import rdf
from kb.namespaces import PREFIXES, iri_of
from kb.texts.partition import Partition, Passage
from kb.texts.passage_names import Known, free_name, name_references, number_passages
from kb.texts.seal import SEAL, seal

_XSD = PREFIXES["xsd"]


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


def build(text: str, partition: Partition, slug: str, known: Known | None = None) -> TextGraph:
    """The graph of a partitioned text; with ``known``, every passage whose text has stayed keeps its name."""
    containers = partition.containers()
    keys = [
        (index in containers, digest(text[passage.start : passage.end]))
        for index, passage in enumerate(partition.passages)
    ]
    numbers, last = number_passages(keys, known)
    text_digest = digest(text)
    version = 1 if known is None else max(known.versions) + (text_digest != known.digest)
    names = [f"{slug}-{number:03d}" for number in numbers]
    writer = _Writer(slug, version)
    writer.version(text, text_digest, last, known)
    references = name_references(partition.passages, numbers, slug, version, known)
    for index, passage in enumerate(partition.passages):
        writer.passage(index, passage, names, keys[index][1])
        writer.markers(passage, names[index], references)
    for index, passage in enumerate(partition.passages):
        if passage.number is not None:
            writer.reference(passage.number, references[passage.number], names[index])
    writer.seal()
    graph = TextGraph(writer.quads, version, names)
    if known is not None:
        old = {passage.number for passage in known.passages}
        graph.kept = sum(number in old for number in numbers)
        graph.vanished = sorted(known.named - {quad.subject.value for quad in writer.quads})
    return graph


class _Writer:
    """Collects the statements on one text in the order of its file.

    Text versions, the newest first; passages, each followed by its selector and its markers; references.
    """

    def __init__(self, slug: str, version: int) -> None:
        self.quads: list[rdf.Quad] = []
        self._document = rdf.NamedNode(iri_of(f"document:{slug}"))
        self._text = rdf.NamedNode(iri_of(f"text:{slug}-v{version}"))
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
            self.quads += [quad for quad in known.versions[number] if quad.predicate != SEAL]

    def passage(self, index: int, passage: Passage, names: list[str], span_digest: str) -> None:
        node = _node(f"passage:{names[index]}")
        self._say(node, "rdf:type", _node("mm:Passage"))
        self._say(node, "rdf:type", _node("oa:SpecificResource"))
        self._say(node, "oa:hasSource", self._text)
        self._say(node, "oa:hasSelector", _node(f"selector:{names[index]}"))
        self._say(node, "mm:passageKind", _node(f"kind:{passage.kind}"))
        self._say(node, "mm:order", _integer(index + 1))
        self._say(node, "mm:spanSha256", rdf.Literal(span_digest))
        for predicate, number in (
            ("mm:headingLevel", passage.level),
            ("mm:row", passage.row),
            ("mm:column", passage.column),
        ):
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
            local = free_name(f"{name}-{marker.number}", used)
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

    def seal(self) -> None:
        """To be called last: it covers all that has been said."""
        self.quads.append(rdf.Quad(self._text, SEAL, rdf.Literal(seal(self.quads))))

    def _selector(self, local: str, start: int, end: int) -> None:
        node = _node(f"selector:{local}")
        self._say(node, "rdf:type", _node("oa:TextPositionSelector"))
        for predicate, position in (("oa:start", start), ("oa:end", end)):
            self._say(node, predicate, rdf.Literal(str(position), datatype=rdf.NamedNode(f"{_XSD}nonNegativeInteger")))

    def _say(self, subject: rdf.NamedNode, predicate: str, value: rdf.NamedNode | rdf.Literal) -> None:
        self.quads.append(rdf.Quad(subject, _node(predicate), value))


def _node(curie: str) -> rdf.NamedNode:
    return rdf.NamedNode(iri_of(curie))


def _integer(value: int) -> rdf.Literal:
    return rdf.Literal(str(value), datatype=rdf.NamedNode(f"{_XSD}integer"))
