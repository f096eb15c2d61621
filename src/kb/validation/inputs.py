"""A file to validate: its triples, and where in its text they stand."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from pathlib import Path as FilePath

from kb import rdf, turtle
from kb.errors import InputError, Position
from kb.files import display_name, read_bytes
from kb.namespaces import PREFIXES
from kb.turtle.source import Places

_DEEPEST = 100
_WITH_PLACES = (rdf.RdfFormat.TURTLE, rdf.RdfFormat.N_TRIPLES)
_REST = rdf.NamedNode(f"{PREFIXES['rdf']}rest")


class Input:
    """One file or standard input (``-``), read and parsed; ``name`` is how the user knows it."""

    def __init__(self, path: FilePath | str) -> None:
        """Raises InputError for what cannot be read or parsed, or is nested beyond reason."""
        self.path = path
        self.name = display_name(path)
        self._content = read_bytes(path)
        self._format = turtle.format_of(str(path))
        # Named graphs are looked at as one: a shape sees triples.
        self.quads = [_unnamed(quad) for quad in turtle.parse(self._content, self.name, self._format)]
        if any(isinstance(quad.object, rdf.Triple) for quad in self.quads):
            raise InputError("triple terms are RDF 1.2; the knowledge base is RDF 1.1", Position(self.name))
        self.subjects = {quad.subject for quad in self.quads}
        if _nesting(self.quads) > _DEEPEST:
            raise InputError(
                f"blank nodes nested more than {_DEEPEST} deep; give the inner nodes IRIs of their own", Position(self.name)
            )

    @cached_property
    def _places(self) -> Places | None:
        return Places(self._content.decode("utf-8")) if self._format in _WITH_PLACES else None

    def line(self, *triple: object) -> int | None:
        """The line nearest to a triple, of which the first parts may be given alone; None where it cannot be told."""
        return self._places.line(*triple) if self._places else None


def _unnamed(quad: rdf.Quad) -> rdf.Quad:
    return quad if isinstance(quad.graph_name, rdf.DefaultGraph) else rdf.Quad(quad.subject, quad.predicate, quad.object)


def _nesting(quads: list[rdf.Quad]) -> int:
    """How deep blank nodes hang below blank nodes; a list counts as one level, a ring as none."""
    inner: dict[rdf.BlankNode, list[tuple[rdf.BlankNode, bool]]] = defaultdict(list)
    above: dict[rdf.BlankNode, int] = defaultdict(int)
    for quad in quads:
        if isinstance(quad.subject, rdf.BlankNode) and isinstance(quad.object, rdf.BlankNode):
            inner[quad.subject].append((quad.object, quad.predicate != _REST))
            above[quad.object] += 1
    depth = {node: 1 for node in inner if not above[node]}
    ready = list(depth)
    while ready:
        node = ready.pop()
        for child, step in inner[node]:
            depth[child] = max(depth.get(child, 0), depth[node] + step)
            above[child] -= 1
            if not above[child]:
                ready.append(child)
    return max(depth.values(), default=0)
