"""Looking triples up by subject or by object, in what a file says, in what the knowledge base says, or in both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Protocol

from kb import rdf

Node = rdf.NamedNode | rdf.BlankNode | rdf.Literal


class Lookups(Protocol):
    """Triples that can be looked up; the same one may come more than once."""

    def out(self, node: Node) -> Iterable[rdf.Quad]:
        """The triples of which a node is the subject."""

    def into(self, node: Node, predicate: rdf.NamedNode | None = None) -> Iterable[rdf.Quad]:
        """The triples of which a node is the object, with a property or with any."""

    def having(self, predicate: rdf.NamedNode) -> Iterable[rdf.Quad]:
        """The triples with a property."""


class Index:
    """Triples in memory, with their literals as they are written."""

    def __init__(self, quads: Iterable[rdf.Quad]) -> None:
        self._out: dict[Node, list[rdf.Quad]] = defaultdict(list)
        self._into: dict[Node, list[rdf.Quad]] = defaultdict(list)
        self._having: dict[rdf.NamedNode, list[rdf.Quad]] = defaultdict(list)
        for quad in quads:
            self._out[quad.subject].append(quad)
            self._into[quad.object].append(quad)
            self._having[quad.predicate].append(quad)

    def out(self, node: Node) -> Iterable[rdf.Quad]:
        return self._out.get(node, ())

    def into(self, node: Node, predicate: rdf.NamedNode | None = None) -> Iterable[rdf.Quad]:
        found = self._into.get(node, ())
        return found if predicate is None else (quad for quad in found if quad.predicate == predicate)

    def having(self, predicate: rdf.NamedNode) -> Iterable[rdf.Quad]:
        return self._having.get(predicate, ())


class Joined:
    """Several of them as one."""

    def __init__(self, *parts: Lookups) -> None:
        self._parts = parts

    def out(self, node: Node) -> Iterator[rdf.Quad]:
        return chain.from_iterable(part.out(node) for part in self._parts)

    def into(self, node: Node, predicate: rdf.NamedNode | None = None) -> Iterator[rdf.Quad]:
        return chain.from_iterable(part.into(node, predicate) for part in self._parts)

    def having(self, predicate: rdf.NamedNode) -> Iterator[rdf.Quad]:
        return chain.from_iterable(part.having(predicate) for part in self._parts)


def describes(lookups: Lookups, node: Node) -> bool:
    """Whether a node is the subject of something."""
    return next(iter(lookups.out(node)), None) is not None


def knows(lookups: Lookups, node: Node) -> bool:
    """Whether a node is the subject or the object of something."""
    return describes(lookups, node) or next(iter(lookups.into(node)), None) is not None
