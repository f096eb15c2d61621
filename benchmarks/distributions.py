"""What the real data is like: its sections, passages, claims, frames, figures and links as templates without content, how
often each thing is named, and how its registers grow. The generator draws from this; nothing of it is written down here.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from realdata import TYPE, Data, Node, Term

from kb import rdf
from kb.namespaces import CONCEPT_KINDS, ENTITY_KINDS, PREFIXES, curie, iri_of, kind_of

MM, SKOS, OA, DC = (PREFIXES[name] for name in ("mm", "skos", "oa", "dcterms"))

Sort = tuple[str, str]
"""What fills a slot: a kind of identifier, and the class (entities), the schemes (concepts) or the value itself (others)."""

NOT_SLOTS = {MM + "gloss", MM + "figure", TYPE}


@dataclass(frozen=True)
class Figure:
    """The form of a figure: which bounds at which size, which words and units."""

    numbers: tuple[tuple[str, str], ...]
    qualifiers: tuple[str, ...]
    approximate: bool
    slots: tuple[tuple[str, Sort], ...]
    as_of: int


@dataclass(frozen=True)
class Proposition:
    """A frame and what fills its slots; ``literals`` are pairs of a property and the length of its value."""

    frame: str
    slots: tuple[tuple[str, Sort], ...]
    literals: tuple[tuple[str, int], ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Link:
    """A link from a claim to another: how far back that one stands, and where the link is stated (from, to, or nowhere)."""

    kind: str
    basis: str
    stated: str
    across: bool
    distance: int


@dataclass(frozen=True)
class Claim:
    """The form of a claim. ``own`` is one that the author of the document makes; ``again`` one on a proposition that an
    earlier claim expresses; ``answered`` says that it is the proposition of the claim that it answers."""

    types: tuple[str, ...]
    stance: str
    own: bool
    claimant: Sort
    hedges: tuple[str, ...]
    quoted: tuple[int, ...]
    said: int
    cites: bool
    answers: int
    again: bool
    answered: bool
    rationale: int
    slots: tuple[tuple[str, Sort], ...]
    proposition: Proposition
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Passage:
    """The form of a passage. ``parent``, ``row_header`` and ``column_header`` say how many passages before it they stand."""

    kind: str
    level: int
    length: int
    gap: int
    parent: int
    row: int
    column: int
    row_header: int
    column_header: int
    reason: str
    markers: int
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Usage:
    """How a group of a register is used: how many things there are, the exponent of Zipf's law for how often each is
    named, and how many of a hundred have an alternative label, in English and in Spanish."""

    count: int
    exponent: float
    alternatives: tuple[int, int]


@dataclass
class Model:
    """The forms and frequencies of a knowledge base. ``sealed`` is one whose texts carry a digest of their passages."""

    claims: int
    documents: int
    growth: dict[str, float]
    usage: dict[Sort, Usage]
    sections: list[list[Passage]] = field(default_factory=list)
    simple: list[Proposition] = field(default_factory=list)
    front: list[list[Passage]] = field(default_factory=list)
    bibliography: list[Passage] = field(default_factory=list)
    lengths: tuple[int, int] = (1, 1)
    new_references: float = 0.0
    broader: float = 0.0
    works: list[tuple[tuple[str, ...], tuple[tuple[str, Sort], ...], tuple[tuple[str, int], ...]]] = field(default_factory=list)
    sealed: bool = False
    today: str = ""
    version: str = ""


def measured(data: Data) -> Model:
    """The model of the real data."""
    return _Reader(data).model()


class _Reader:
    def __init__(self, data: Data) -> None:
        self._data = data
        self._claims = [n for n in self._of_kind("claim") if data.values(n, MM + "expresses")]
        self._place = {claim: i for i, claim in enumerate(self._claims)}
        self._first: dict[Term, Node] = {}
        for claim in self._claims:
            self._first.setdefault(self._one(claim, "expresses"), claim)
        self._links: dict[Term, list[Node]] = defaultdict(list)
        for link in self._of_kind("link"):
            ends = self._one(link, "fromClaim"), self._one(link, "toClaim")
            # A link hangs on the later of its claims, so that a stream can write it.
            self._links[max(ends, key=lambda end: self._place.get(end, -1))].append(link)

    def model(self) -> Model:
        data = self._data
        versions = self._of_kind("text")
        ontology = rdf.NamedNode(MM)
        model = Model(
            claims=len(self._claims),
            documents=len(versions),
            growth=self._growth(),
            usage=self._usage(),
            works=[self._work(node) for node in self._of_kind("work") if MM + "CitedWork" in data.classes(node)],
            sealed=bool(data.classes(rdf.NamedNode(MM + "passagesSha256"))),
            today=max(v.value for v in data.values(ontology, DC + "modified")),
            version=max(v.value for v in data.values(ontology, PREFIXES["owl"] + "versionInfo")),
        )
        lengths, markers = [], 0
        for version in versions:
            passages = [s for s, p in data.into[version] if p == OA + "hasSource"]
            passages.sort(key=lambda p: self._number(p, "order"))
            read = self._passages(passages)
            lengths.append(len(read))
            markers += sum(passage.markers for passage in read)
            self._divide(read, model)
        forms = [claim.proposition for section in model.sections for passage in section for claim in passage.claims]
        model.simple = [form for form in forms if not form.figures and all(kind != "proposition" for _, (kind, _) in form.slots)]
        model.lengths = min(lengths), max(lengths)
        model.new_references = len(self._of_kind("reference")) / max(1, markers)
        concepts = self._of_kind("concept")
        model.broader = sum(bool(data.values(c, SKOS + "broader")) for c in concepts) / max(1, len(concepts))
        return model

    # Registers: how many, how often named, how they grow.

    def _usage(self) -> dict[Sort, Usage]:
        members: dict[Sort, list[Node]] = defaultdict(list)
        for kind in (*ENTITY_KINDS, "concept"):
            for node in self._of_kind(kind):
                members[self._sort(node)].append(node)
        named = Counter(value for claim in self._claims for value in self._mentions(claim))
        pooled: dict[str, list[int]] = defaultdict(list)
        for (kind, _), nodes in members.items():
            pooled[kind] += [named[node] for node in nodes if named[node]]
        exponents = {kind: zipf(counts) for kind, counts in pooled.items()}
        usage = {}
        for sort, nodes in members.items():
            langs = [sum(bool(self._data.label(n, SKOS + "altLabel", lang)) for n in nodes) for lang in ("en", "es")]
            exponent = exponents.get(sort[0], 1.0)
            usage[sort] = Usage(len(nodes), exponent, (100 * langs[0] // len(nodes), 100 * langs[1] // len(nodes)))
        return usage

    def _growth(self) -> dict[str, float]:
        """Heaps' exponents: how the number of different things grows with the claims that name them, over the later half."""
        seen: dict[str, set[Term]] = {"entities": set(), "concepts": set()}
        points: dict[str, list[tuple[float, float]]] = {name: [] for name in seen}
        for i, claim in enumerate(self._claims, 1):
            for value in self._mentions(claim):
                seen["concepts" if kind_of(value.value) == "concept" else "entities"].add(value)
            if i > len(self._claims) // 2:
                for name, values in seen.items():
                    points[name].append((math.log(i), math.log(len(values) or 1)))
        return {name: min(0.95, max(0.1, slope(values))) for name, values in points.items()}

    def _mentions(self, node: Node, depth: int = 0) -> Iterable[rdf.NamedNode]:
        for values in list(self._data.out[node].values()):
            for value in values:
                kind = kind_of(value.value) if isinstance(value, rdf.NamedNode) else None
                if kind in ENTITY_KINDS or kind == "concept":
                    yield value
                elif kind in ("proposition", "figure") and depth < 2:
                    yield from self._mentions(value, depth + 1)

    def _work(self, node: Node) -> tuple[tuple[str, ...], tuple[tuple[str, Sort], ...], tuple[tuple[str, int], ...]]:
        """A cited work's classes, whom and what it names besides other works, and its literals with their lengths."""
        slots, literals = [], []
        for name, values in self._data.out[node].items():
            for value in values:
                if name == TYPE or name.startswith(SKOS):
                    continue
                if isinstance(value, rdf.Literal):
                    literals.append((f"{curie(name)}@{value.language}" if value.language else curie(name), len(value.value)))
                elif kind_of(value.value) != "work":
                    slots.append((curie(name), self._sort(value)))
        return tuple(sorted(curie(c) for c in self._data.classes(node))), tuple(slots), tuple(literals)

    # Texts.

    def _passages(self, passages: Sequence[Node]) -> list[Passage]:
        data = self._data
        place = {passage: i for i, passage in enumerate(passages)}
        parts = {value for passage in passages for value in data.values(passage, MM + "partOfPassage")}
        read, last = [], 0
        for i, passage in enumerate(passages):
            [selector] = data.values(passage, OA + "hasSelector")
            start, end = (int(data.values(selector, OA + name)[0].value) for name in ("start", "end"))
            markers = [s for s, p in data.into[passage] if p == MM + "markerIn"]
            claims = sorted((s for s, p in data.into[passage] if p == MM + "statedIn" and s in self._place), key=self._place.get)
            back = {name: i - place[v] for name in ("partOfPassage", "rowHeader", "columnHeader") for v in data.values(passage, MM + name)}
            read.append(
                Passage(
                    kind=curie(self._one(passage, "passageKind").value),
                    level=self._number(passage, "headingLevel"),
                    length=0 if passage in parts else end - start,
                    gap=max(1, start - last) if i else 0,
                    parent=back.get("partOfPassage", 0),
                    row=self._number(passage, "row"),
                    column=self._number(passage, "column"),
                    row_header=back.get("rowHeader", 0),
                    column_header=back.get("columnHeader", 0),
                    reason="".join(curie(v.value) for v in data.values(passage, MM + "noClaimReason")),
                    markers=len(markers),
                    claims=tuple(self._claim(claim) for claim in claims),
                )
            )
            if passage not in parts:
                last = end
        return read

    def _divide(self, passages: list[Passage], model: Model) -> None:
        """Front matter, sections that begin with a heading (or every ten passages where there is none), list of works."""
        front = [p for p in passages if p.kind in ("kind:title", "kind:byline", "kind:dateline")]
        if front:
            model.front.append(front)
        section: list[Passage] = []
        for passage in passages:
            if passage in front:
                continue
            fresh = passage.level or (len(section) >= 10 and not section[0].level and not passage.parent)
            if section and fresh:
                self._add_section(section, model)
                section = []
            section.append(passage)
        self._add_section(section, model)

    @staticmethod
    def _add_section(section: list[Passage], model: Model) -> None:
        if any(p.kind == "kind:bibliography-entry" for p in section):
            model.bibliography = section
        elif section:
            model.sections.append(section)

    # Claims and what they say.

    def _claim(self, claim: Node) -> Claim:
        data = self._data
        proposition = self._one(claim, "expresses")
        answered = data.values(claim, MM + "respondsTo")
        same = any(self._one(other, "expresses") == proposition for other in answered)
        return Claim(
            types=tuple(sorted(curie(c) for c in data.classes(claim))),
            stance=curie(self._one(claim, "stance").value),
            own=not data.values(claim, MM + "reportedBy"),
            claimant=self._sort(self._one(claim, "claimant")),
            hedges=tuple(curie(v.value) for v in data.values(claim, MM + "hedge")),
            quoted=tuple(len(v.value.split()) for v in data.values(claim, MM + "quotedTerm")),
            said=max((len(v.value) for v in data.values(claim, MM + "saidOn")), default=0),
            cites=bool(data.values(claim, MM + "viaMarker")),
            answers=len(answered),
            again=self._first[proposition] != claim,
            answered=same,
            rationale=len(data.values(claim, MM + "rationale")),
            slots=tuple(
                (curie(MM + name), self._sort(value))
                for name in ("addressee", "answersPractice")
                for value in data.values(claim, MM + name)
            ),
            proposition=self._proposition(proposition),
            links=tuple(self._link(claim, link) for link in self._links[claim]),
        )

    def _link(self, claim: Node, link: Node) -> Link:
        start, end = self._one(link, "fromClaim"), self._one(link, "toClaim")
        passages = {name: self._one(c, "statedIn") for name, c in (("from", start), ("to", end))}
        stated = self._data.values(link, MM + "statedIn")
        other = end if start == claim else start
        return Link(
            kind=curie(self._one(link, "linkKind").value),
            basis=curie(self._one(link, "basis").value),
            stated=next((name for name, passage in passages.items() if passage in stated), ""),
            across=self._document(passages["from"]) != self._document(passages["to"]),
            distance=abs(self._place[claim] - self._place[other]),
        )

    def _proposition(self, node: Node) -> Proposition:
        frame = next(c for c in sorted(self._data.classes(node)) if c.endswith("Proposition") and c != MM + "Proposition")
        slots, literals = [], []
        for name, values in self._data.out[node].items():
            if name in NOT_SLOTS:
                continue
            for value in values:
                if isinstance(value, rdf.Literal):
                    literals.append((curie(name), len(value.value)))
                else:
                    slots.append((curie(name), self._sort(value)))
        figures = tuple(self._figure(value) for value in self._data.values(node, MM + "figure"))
        return Proposition(curie(frame), tuple(slots), tuple(literals), figures)

    def _figure(self, node: Node) -> Figure:
        data = self._data
        names = ("value", "minimum", "maximum", "numerator", "denominator")
        slots = ("unit", "perUnit", "countOf", "shareOf", "perItem", "vagueQuantity")
        return Figure(
            numbers=tuple((n, v.value) for n in names for v in data.values(node, MM + n)),
            qualifiers=tuple(curie(v.value) for v in data.values(node, MM + "qualifier")),
            approximate=bool(data.values(node, MM + "approximate")),
            slots=tuple((curie(MM + n), self._sort(v)) for n in slots for v in data.values(node, MM + n)),
            as_of=max((len(v.value) for v in data.values(node, MM + "asOf")), default=0),
        )

    def _sort(self, value: Term) -> Sort:
        kind = kind_of(value.value) or ""
        if kind == "concept":
            schemes = sorted(curie(s.value).partition(":")[2] for s in self._data.values(value, SKOS + "inScheme"))
            return kind, "+".join(schemes)
        if kind in CONCEPT_KINDS or not kind:
            return "value", curie(value.value)
        return kind, self._data.class_of(value)

    def _of_kind(self, kind: str) -> list[Node]:
        prefix = iri_of(f"{kind}:x")[:-1]
        return [n for n in self._data.out if isinstance(n, rdf.NamedNode) and n.value.startswith(prefix) and self._data.classes(n)]

    def _one(self, node: Term, name: str) -> Term:
        return self._data.values(node, MM + name)[0]

    def _number(self, node: Term, name: str) -> int:
        return next((int(v.value) for v in self._data.values(node, MM + name)), 0)

    def _document(self, passage: Term) -> Term:
        return self._data.values(passage, OA + "hasSource")[0]


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The slope of the least-squares line."""
    x = sum(p[0] for p in points) / len(points)
    y = sum(p[1] for p in points) / len(points)
    return sum((px - x) * (py - y) for px, py in points) / sum((px - x) ** 2 for px, _ in points)


def zipf(counts: Iterable[int]) -> float:
    """The exponent of Zipf's law for these frequencies, without the tail of things that are named once or twice."""
    ordered = [c for c in sorted(counts, reverse=True) if c > 2]
    if len(ordered) < 4:
        return 1.0
    return min(1.8, max(0.3, -slope([(math.log(rank), math.log(c)) for rank, c in enumerate(ordered, 1)])))
