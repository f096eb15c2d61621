"""One side of a comparison for a reader: names, values and claims in words, with what only the knowledge base knows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from kb import rdf, sources
from kb.browse import figures
from kb.browse.neighbours import Neighbours
from kb.comparison.changes import CLAIMANT, CONTENT_NAMESPACES, EXPRESSES, STANCE, Content, Difference, kind
from kb.comparison.sides import Side
from kb.errors import InputError
from kb.namespaces import ID, curie, iri_of
from kb.project import Project
from kb.results.answers import Term, sort_key
from kb.results.labels import NAMING, labels
from kb.sources import MemorySource, Source

_DEEPEST, _MOST = 4, 8
"""Levels of blank nodes that are written out, and statements on each."""

_NAMING = frozenset(rdf.NamedNode(iri_of(name)) for name in NAMING)
# Kinds of thing that have no label anywhere: the knowledge base need not be read for one.
_NAMELESS = ("claim", "link", "status", "figure", "passage", "text", "selector", "marker", "reference", "curation")
_SOMEBODY = {"en": "somebody", "es": "alguien"}
# What other vocabularies define, the ontology does not label.
_PROPERTIES = {
    "en": {
        "rdf:type": "type", "skos:prefLabel": "name", "skos:altLabel": "other name", "skos:definition": "definition",
        "rdfs:label": "name", "dcterms:title": "title",
    },
    "es": {
        "rdf:type": "tipo", "skos:prefLabel": "nombre", "skos:altLabel": "otro nombre", "skos:definition": "definición",
        "rdfs:label": "nombre", "dcterms:title": "título",
    },
}  # fmt: skip


class Knowledge:
    """What the knowledge base knows of names and claims; read when it is asked, the ontology first, and not twice.

    One that cannot be read, since somebody is editing it, knows nothing: a comparison does without its names.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    @cached_property
    def ontology(self) -> Source:
        """The ontology alone, which names all properties, and the concepts that every claim needs."""
        try:
            return sources.given([str(self._project.ontology)])
        except InputError:
            return MemorySource(rdf.Store())

    @cached_property
    def whole(self) -> Source:
        """Ontology, registers and documents."""
        try:
            return sources.bundled(self._project)
        except InputError:
            return MemorySource(rdf.Store())

    def users(self, node: rdf.NamedNode) -> list[tuple[rdf.NamedNode, rdf.NamedNode]]:
        """Who refers to a thing, and by which property."""
        rows = self.whole.query(f"SELECT ?s ?p WHERE {{ ?s ?p {node} FILTER(ISIRI(?s)) }}")
        return sorted(((row["s"], row["p"]) for row in rows), key=str)


class Reader:
    """Puts a side into words of one language; what it does not name is looked up on the other side, then elsewhere."""

    def __init__(self, side: Side, other: Side, lang: str, knowledge: Knowledge | None) -> None:
        self._sides = (side, other)
        self._knowledge = knowledge
        self.lang = lang
        self._names = {iri_of(name): word for name, word in _PROPERTIES[lang].items()}

    def learn(self, iris: Iterable[str]) -> None:
        """Look up the names of several things at once."""
        missing = [iri for iri in dict.fromkeys(iris) if iri not in self._names]
        for side in self._sides:
            missing = self._found(_named_in(side, missing), missing)
        self._names.update({iri: curie(iri) for iri in missing})
        if self._knowledge is None:
            return
        # What a side describes without a name has none.
        strange = [iri for iri in missing if kind(iri) not in _NAMELESS and not self._describes(rdf.NamedNode(iri))]
        if strange:
            strange = self._found(self._knowledge.ontology, strange)
        if any(iri.startswith(ID) for iri in strange):
            self._found(self._knowledge.whole, strange)

    def _describes(self, node: rdf.NamedNode) -> bool:
        return any(node in side.about for side in self._sides)

    def _found(self, source: Source, missing: list[str]) -> list[str]:
        """Take the names that a source has, and give back what it does not name."""
        found = labels(source, missing, self.lang) if missing else {}
        self._names.update(found)
        return [iri for iri in missing if iri not in found]

    def name(self, iri: str) -> str:
        """The label of a thing, or its CURIE where it has none."""
        self.learn([iri])
        return self._names[iri]

    def properties(self, node: rdf.NamedNode) -> dict[str, list[Term]]:
        """The values of a thing by property IRI, of the first place that says anything of it."""
        for side in self._sides:
            found: dict[str, list[Term]] = {}
            for triple in sorted(side.of(node), key=lambda triple: sort_key(triple.object)):
                found.setdefault(triple.predicate.value, []).append(triple.object)
            if found:
                return found
        if self._knowledge is None or not node.value.startswith(ID):
            return {}
        return Neighbours(self._knowledge.whole, self.lang).properties(node.value)

    def shown(self, term: Term, depth: int = 0) -> str:
        """A value in words: a figure in its qualifiers, other things by label and CURIE, text as it is, on one line."""
        if isinstance(term, rdf.NamedNode):
            if kind(term.value) == "figure" and (phrase := self.phrase(term)):
                return f"{phrase} ({curie(term.value)})"
            name, identifier = self.name(term.value), curie(term.value)
            return identifier if name == identifier else f"{name} ({identifier})"
        if isinstance(term, rdf.Literal):
            return term.value.replace("\n", "\\n")
        return self._bracketed(term, depth)

    def _bracketed(self, node: rdf.BlankNode, depth: int) -> str:
        said = sorted(
            self._sides[0].of(node) or self._sides[1].of(node), key=lambda t: (str(t.predicate), sort_key(t.object))
        )
        if not said or depth == _DEEPEST:
            return "[ … ]" if said else "[]"
        parts = [f"{self.name(t.predicate.value)}: {self.shown(t.object, depth + 1)}" for t in said[:_MOST]]
        return f"[ {'; '.join(parts + ['…'] * (len(said) > _MOST))} ]"

    def phrase(self, figure: rdf.NamedNode) -> str:
        """A figure in words, as printed with its bounds; empty where nothing is known of it."""
        properties = self.properties(figure)
        return figures.phrase(properties, self.name, self.lang) if properties else ""

    def headline(self, node: rdf.NamedNode) -> str:
        """What a thing is in a few words: a claim's claimant, stance and gloss, a figure's phrase, anything else's label;
        empty where it has none."""
        what = kind(node.value)
        if what == "claim":
            return self._said(node)
        if what == "figure":
            return self.phrase(node)
        name = self.name(node.value)
        return "" if name == curie(node.value) else name

    def _said(self, claim: rdf.NamedNode) -> str:
        properties = self.properties(claim)
        who, stance, gloss = (
            [self.name(value.value) for value in properties.get(property.value, ()) if isinstance(value, rdf.NamedNode)]
            for property in (CLAIMANT, STANCE, EXPRESSES)
        )
        if not (who or stance or gloss):
            return ""
        saying = f"{' / '.join(who) or _SOMEBODY[self.lang]} {' '.join(stance)}".rstrip()
        return f"{saying}: {' / '.join(gloss)}" if gloss else saying

    def way(self, content: Content) -> str:
        """The properties that lead from a claim's proposition to what has changed, in words."""
        return " › ".join(self.name(step.value) for step in content.path)


def _named_in(side: Side, iris: Iterable[str]) -> Source:
    """What a side says of the names of these."""
    store = rdf.Store()
    said = (triple for iri in iris for triple in side.of(rdf.NamedNode(iri)))
    store.bulk_extend(rdf.Quad(*triple) for triple in said if triple.predicate in _NAMING)
    return MemorySource(store)


def mentioned(difference: Difference, side: Side) -> set[str]:
    """The IRIs whose names are needed to put a difference into words, for ``Reader.learn``; most of them at least."""
    found: set[str] = set()
    frontier = {thing.node for thing in difference.things} | {
        t.renamed_from for t in difference.things if t.renamed_from
    }
    for _ in range(3):  # a claim, its proposition, its figure
        around: set[rdf.NamedNode] = set()
        for node in frontier:
            found.add(node.value)
            for triple in side.of(node):
                found.add(triple.predicate.value)
                if isinstance(triple.object, rdf.NamedNode):
                    around.add(triple.object)
        found.update(node.value for node in around)
        frontier = {node for node in around if node.value.startswith(CONTENT_NAMESPACES)}
    return found
