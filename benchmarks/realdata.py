"""The knowledge base's own data, in a form that is quick to look into and to try changes on."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from kb import rdf, turtle
from kb.namespaces import PREFIXES, curie
from kb.project import Project

TYPE = rdf.RDF_TYPE.value
SUBCLASS_OF = PREFIXES["rdfs"] + "subClassOf"

Node = rdf.NamedNode | rdf.BlankNode
Term = Node | rdf.Literal


class Data:
    """The triples of the project, by file and by node; ``add`` and ``remove`` keep the indexes, so that a change can be tried."""

    def __init__(self, project: Project) -> None:
        """Reads the ontology and the data. Raises InputError for a file that cannot be read."""
        self.project = project
        self.files = {path: _triples(path) for path in project.data_files()}
        self.out: dict[Node, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self.into: dict[Term, list[tuple[Node, str]]] = defaultdict(list)
        ontology = [triple for path in project.ontology_files() for triple in _triples(path)]
        for triple in ontology:
            self.add(triple)
        for triples in self.files.values():
            for triple in triples:
                self.add(triple)
        self._above: dict[str, set[str]] = defaultdict(set)
        for triple in ontology:
            if triple.predicate.value == SUBCLASS_OF and isinstance(triple.object, rdf.NamedNode):
                self._above[triple.subject.value].add(triple.object.value)

    def add(self, triple: rdf.Triple) -> None:
        self.out[triple.subject][triple.predicate.value].append(triple.object)
        self.into[triple.object].append((triple.subject, triple.predicate.value))

    def remove(self, triple: rdf.Triple) -> None:
        self.out[triple.subject][triple.predicate.value].remove(triple.object)
        self.into[triple.object].remove((triple.subject, triple.predicate.value))

    def count(self, triple: rdf.Triple) -> int:
        """In how many files a triple is said."""
        return self.values(triple.subject, triple.predicate.value).count(triple.object)

    def values(self, node: Term, predicate: str) -> list[Term]:
        """The objects of a node's property; empty for a node that nothing describes."""
        return self.out[node].get(predicate, []) if node in self.out else []

    def classes(self, node: Term) -> frozenset[str]:
        """The classes that a node states, or the kind of the identifier where it states none."""
        return frozenset(term.value for term in self.values(node, TYPE))

    def class_of(self, node: Term) -> str:
        """The most specific class that a node states, as a CURIE; the project's own before others."""
        stated = self.classes(node)
        general = {above for name in stated for above in self.above(name)}
        return min((curie(name) for name in stated - general), key=lambda c: (not c.startswith("mm:"), c), default="none")

    def above(self, name: str) -> set[str]:
        """The classes above a class."""
        found: set[str] = set()
        stack = [name]
        while stack:
            for above in self._above.get(stack.pop(), ()):
                if above not in found:
                    found.add(above)
                    stack.append(above)
        return found

    def label(self, node: Node, predicate: str, lang: str) -> list[str]:
        return [v.value for v in self.values(node, predicate) if isinstance(v, rdf.Literal) and v.language == lang]


def _triples(path: Path) -> list[rdf.Triple]:
    return [rdf.Triple(quad.subject, quad.predicate, quad.object) for quad in turtle.parse_file(path)]
