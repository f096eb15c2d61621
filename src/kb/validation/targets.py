"""Which shapes are applied to a node, without looking at any other node."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from kb import rdf
from kb.namespaces import PREFIXES
from kb.validation.lookups import Lookups, Node
from kb.validation.shapes import Shapes

SUBCLASS_OF = rdf.NamedNode(f"{PREFIXES['rdfs']}subClassOf")

Shape = rdf.NamedNode | rdf.BlankNode


class Targets:
    """The targets of some shapes, by what makes a node one of them; ``hierarchy`` are the ``rdfs:subClassOf`` triples."""

    def __init__(self, shapes: Shapes, hierarchy: Iterable[rdf.Quad]) -> None:
        self._by_class: dict[Node, list[Shape]] = defaultdict(list)
        self._by_subject_of: dict[Node, list[Shape]] = defaultdict(list)
        self.by_object_of: dict[Node, list[Shape]] = defaultdict(list)
        self.by_node: dict[Node, list[Shape]] = defaultdict(list)
        for shape in shapes.with_targets():
            for target in shapes.target_classes(shape):
                self._by_class[target].append(shape)
            for name, found in (
                ("targetSubjectsOf", self._by_subject_of),
                ("targetObjectsOf", self.by_object_of),
                ("targetNode", self.by_node),
            ):
                for target in shapes.values(shape, name):
                    found[target].append(shape)
        self._above: dict[Node, set[Node]] = defaultdict(set)
        for quad in hierarchy:
            self._above[quad.subject].add(quad.object)

    def of(self, node: Node, lookups: Lookups) -> Iterator[Shape]:
        """The shapes of which a node is a target, each once."""
        found = dict.fromkeys(self.by_node.get(node, ()))
        for quad in lookups.out(node):
            if quad.predicate == rdf.RDF_TYPE:
                for name in self._upwards(quad.object):
                    found.update(dict.fromkeys(self._by_class.get(name, ())))
            found.update(dict.fromkeys(self._by_subject_of.get(quad.predicate, ())))
        for predicate, shapes in self.by_object_of.items():
            if next(iter(lookups.into(node, predicate)), None) is not None:
                found.update(dict.fromkeys(shapes))
        return iter(found)

    def _upwards(self, name: Node) -> list[Node]:
        """A class and all above it."""
        found = [name]
        for reached in found:
            found += [above for above in self._above.get(reached, ()) if above not in found]
        return found
