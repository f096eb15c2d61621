"""A shapes graph as such: what its nodes state, its lists, and which shapes refer to which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from kb import rdf
from kb.namespaces import PREFIXES, curie
from kb.validation.vocabulary import TARGETS

SH = PREFIXES["sh"]
NIL = rdf.NamedNode(f"{PREFIXES['rdf']}nil")
INNER = ("property", "node", "not", "qualifiedValueShape")
"""By what a shape refers to another one; and by lists of what:"""
INNER_LISTS = ("and", "or", "xone")

_FIRST, _REST = f"{PREFIXES['rdf']}first", f"{PREFIXES['rdf']}rest"

Shape = rdf.NamedNode | rdf.BlankNode


class ShapesGraph:
    """The triples of some shapes, with the properties of each node at hand."""

    def __init__(self, quads: Iterable[rdf.Quad]) -> None:
        self.quads = list(quads)
        self._properties: dict[Shape, dict[str, list]] = {}
        for quad in self.quads:
            self._properties.setdefault(quad.subject, defaultdict(list))[quad.predicate.value].append(quad.object)

    def nodes(self) -> Iterable[Shape]:
        """All nodes of which something is said, each once."""
        return self._properties.keys()

    def values(self, shape: Shape, name: str) -> list:
        """What a shape states with the SHACL property ``name``."""
        return self.stated(shape, SH + name)

    def stated(self, node: Shape, iri: str) -> list:
        """What a node of the shapes graph states with a property of any vocabulary."""
        return self._properties[node].get(iri, []) if node in self._properties else []

    def properties(self, node: Shape) -> set[str]:
        """The IRIs of the properties that a node has."""
        return {name for name, values in self._properties[node].items() if values} if node in self._properties else set()

    def items(self, node: Shape) -> list:
        """The items of an RDF list; what is not well formed ends it."""
        items: list = []
        seen = set()
        while node in self._properties and node not in seen:
            seen.add(node)
            items += self.stated(node, _FIRST)
            node = next(iter(self.stated(node, _REST)), None)
        return items

    def is_list(self, node: Shape) -> bool:
        """Whether an RDF list is well formed: one item and one rest each, to the end."""
        seen = set()
        while node != NIL:
            if node in seen or len(self.stated(node, _FIRST)) != 1 or len(self.stated(node, _REST)) != 1:
                return False
            seen.add(node)
            node = self.stated(node, _REST)[0]
        return True

    def inner(self, shape: Shape) -> Iterator[Shape]:
        """The shapes that a shape refers to."""
        stated = self._properties.get(shape, {})
        for name in INNER:
            yield from stated.get(SH + name, ())
        for name in INNER_LISTS:
            for head in stated.get(SH + name, ()):
                yield from self.items(head)

    def inside_out(self) -> Iterator[Shape]:
        """The shapes, each after those that it refers to; a shape that refers to itself, at some place among its own."""
        done: set[Shape] = set()
        for start in self.nodes():
            waiting = [(start, self.inner(start))]
            while waiting:
                shape, inner = waiting[-1]
                done.add(shape)
                following = next((other for other in inner if other not in done), None)
                if following is not None:
                    waiting.append((following, self.inner(following)))
                else:
                    waiting.pop()
                    if any(name.startswith(SH) for name in self.properties(shape)):
                        yield shape

    def alone(self, shape: Shape) -> list[rdf.Quad]:
        """What makes up a shape, without its targets: the nodes in brackets, the shapes that it refers to, its queries."""
        followed = {f"{SH}{name}" for name in (*INNER, "sparql", "prefixes")} | {_FIRST}
        found: dict[rdf.Quad, None] = {}
        waiting = [shape]
        seen = {shape}
        while waiting:
            for quad in self._said.get(waiting.pop(), ()):
                found[quad] = None
                to_follow = isinstance(quad.object, rdf.BlankNode) or quad.predicate.value in followed
                if to_follow and quad.object not in seen:
                    seen.add(quad.object)
                    waiting.append(quad.object)
        return [quad for quad in found if quad.predicate.value.removeprefix(SH) not in TARGETS]

    def owner(self, node: Shape) -> Shape:
        """The node itself where it has an IRI; else the nearest with an IRI that holds it, if there is one."""
        seen = {node}
        while isinstance(node, rdf.BlankNode) and node in self._holders and self._holders[node] not in seen:
            node = self._holders[node]
            seen.add(node)
        return node

    def called(self, node: Shape) -> str:
        """How a message names a shape."""
        owner = self.owner(node)
        if isinstance(owner, rdf.BlankNode):
            return "a shape without an IRI"
        return f"the shape {curie(owner.value)}" if owner == node else f"a shape within {curie(owner.value)}"

    @cached_property
    def _said(self) -> dict[Shape, list[rdf.Quad]]:
        said: dict[Shape, list[rdf.Quad]] = defaultdict(list)
        for quad in self.quads:
            said[quad.subject].append(quad)
        return said

    @cached_property
    def _holders(self) -> dict[rdf.BlankNode, Shape]:
        """Each blank node with a node that uses it."""
        return {quad.object: quad.subject for quad in self.quads if isinstance(quad.object, rdf.BlankNode)}
