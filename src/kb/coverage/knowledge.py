"""The knowledge base as coverage sees it: documents with their passages, and what the claims of a passage reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kb import rdf
from kb.namespaces import CONTENT_KINDS, PREFIXES, kind_of

MM, SKOS, OA = PREFIXES["mm"], PREFIXES["skos"], PREFIXES["oa"]
_NAMED = ("actor", "agreement", "event", "instrument", "mission", "place", "programme")
_NUMERIC = {f"{PREFIXES['xsd']}{name}" for name in ("integer", "decimal", "double", "nonNegativeInteger")}


@dataclass
class Passage:
    """A passage of a document. ``parts`` is true where other passages divide it, and so answer for it."""

    iri: str
    text: str
    kind: str
    order: int
    start: int
    end: int
    digest: str
    section: str | None
    whole: str | None
    parts: bool = False
    claims: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def gap(self) -> bool:
        """Whether nothing accounts for the passage."""
        return not self.parts and not self.claims and self.reason is None


@dataclass
class Document:
    """A document's passages in their order, and its text versions: IRI to digest and number of characters."""

    slug: str
    passages: list[Passage] = field(default_factory=list)
    versions: dict[str, tuple[str, int]] = field(default_factory=dict)

    def leaves(self) -> list[Passage]:
        """The passages that no others divide."""
        return [passage for passage in self.passages if not passage.parts]

    def below(self, heading: str) -> set[str]:
        """A passage with all that is in its section or a part of it."""
        inside = {heading}
        for passage in self.passages:  # in their order, so that a section is met before what it holds
            if passage.section in inside or passage.whole in inside:
                inside.add(passage.iri)
        return inside


class Knowledge:
    """The triples of the knowledge base, indexed for the questions of this package."""

    def __init__(self, quads: Iterable[rdf.Quad]) -> None:
        self._of: dict[str, dict[str, list]] = defaultdict(lambda: defaultdict(list))
        self._stated: dict[str, list[str]] = defaultdict(list)
        for quad in quads:
            if isinstance(quad.object, rdf.Triple):
                continue  # RDF 1.2, which no file of the project may hold
            self._of[quad.subject.value][quad.predicate.value].append(quad.object)
            if quad.predicate.value == f"{MM}statedIn":
                self._stated[quad.object.value].append(quad.subject.value)

    def values(self, subject: str, predicate: str) -> list:
        """The terms that a subject has for a predicate, both IRIs."""
        return self._of[subject][predicate] if subject in self._of else []

    def value(self, subject: str, predicate: str) -> str | None:
        """One value's text; None where there is none."""
        return next((value.value for value in self.values(subject, predicate)), None)

    def instances(self, name: str) -> Iterator[str]:
        """The nodes that state the class ``mm:name``."""
        wanted = rdf.NamedNode(MM + name)
        return (node for node, properties in list(self._of.items()) if wanted in properties.get(rdf.RDF_TYPE.value, ()))

    def labels(self, node: str) -> list[str]:
        """English and untagged names of a node, preferred and other."""
        found = [*self.values(node, f"{SKOS}prefLabel"), *self.values(node, f"{SKOS}altLabel")]
        return [label.value for label in found if (label.language or "en").startswith("en")]

    def named(self) -> Iterator[tuple[str, str]]:
        """Each name of each entity of the registers, with the entity."""
        for node in list(self._of):
            if kind_of(node) in _NAMED:
                yield from ((label, node) for label in self.labels(node))

    def reached(self, passage: str) -> tuple[set[str], list[str]]:
        """What the claims, links and statuses of a passage say: the nodes named, and the literals.

        The way goes on through propositions and figures, and through no other node: what another claim or an entity says
        is no account of this passage. Glosses are left out, since they retell freely, and bare numbers, since a figure
        answers for what it prints.
        """
        nodes: set[str] = set()
        literals: list[str] = []
        stack = list(self._stated[passage]) if passage in self._stated else []
        seen = set(stack)
        while stack:
            for predicate, values in self._of[stack.pop()].items():
                if predicate == f"{MM}gloss":
                    continue
                for value in values:
                    if isinstance(value, rdf.Literal):
                        if value.datatype.value not in _NUMERIC:
                            literals.append(value.value)
                        continue
                    nodes.add(value.value)
                    if kind_of(value.value) in CONTENT_KINDS and value.value not in seen:
                        seen.add(value.value)
                        stack.append(value.value)
        return nodes, literals

    def documents(self) -> list[Document]:
        """The documents that have a text tier, by slug, with the passages of their text versions."""
        found: dict[str, Document] = {}
        by_version: dict[str, Document] = {}
        for version in self.instances("TextVersion"):
            slug = (self.value(version, f"{MM}versionOf") or "").rpartition("/")[2]
            document = found.setdefault(slug, Document(slug))
            count = int(self.value(version, f"{MM}characterCount") or 0)
            document.versions[version] = (self.value(version, f"{MM}sha256") or "", count)
            by_version[version] = document
        divided = {
            whole.value for node in list(self._of) for whole in self.values(node, f"{MM}partOfPassage")
        }
        for iri in self.instances("Passage"):
            passage = self._passage(iri)
            passage.parts = iri in divided
            if passage.text in by_version:
                by_version[passage.text].passages.append(passage)
        for document in found.values():
            document.passages.sort(key=lambda passage: (passage.text, passage.order))
        return [found[slug] for slug in sorted(found)]

    def place(self, node: str) -> tuple[int, int]:
        """Start and end of what a node's selector selects, in code points; -1 where it does not say."""
        selector = self.value(node, f"{OA}hasSelector") or ""
        start, end = (self.value(selector, OA + name) for name in ("start", "end"))
        return int(start) if start else -1, int(end) if end else -1

    def _passage(self, iri: str) -> Passage:
        start, end = self.place(iri)
        claim = rdf.NamedNode(f"{MM}Claim")
        claims = sorted(node for node in self._stated.get(iri, ()) if claim in self.values(node, rdf.RDF_TYPE.value))
        return Passage(
            iri=iri,
            text=self.value(iri, f"{OA}hasSource") or "",
            kind=(self.value(iri, f"{MM}passageKind") or "").rpartition("/")[2],
            order=int(self.value(iri, f"{MM}order") or 0),
            start=start,
            end=end,
            digest=self.value(iri, f"{MM}spanSha256") or "",
            section=self.value(iri, f"{MM}inSection"),
            whole=self.value(iri, f"{MM}partOfPassage"),
            claims=tuple(claims),
            reason=self.value(iri, f"{MM}noClaimReason"),
        )
