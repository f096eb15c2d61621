"""A file to validate: its triples, and where in its text they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path as FilePath

from kb import rdf, sandbox, turtle
from kb.errors import InputError, Position, in_one
from kb.files import display_name, read_bytes
from kb.namespaces import PREFIXES
from kb.turtle.source import Places

_DEEPEST = 100
_WITH_PLACES = (rdf.RdfFormat.TURTLE, rdf.RdfFormat.N_TRIPLES)
_REST = rdf.NamedNode(f"{PREFIXES['rdf']}rest")


class Input:
    """One file or standard input (``-``); ``name`` is how the user knows it.

    It is read at once, so that no file is needed any more when its content, which may be hostile, is parsed.
    """

    def __init__(self, path: FilePath | str, format: rdf.RdfFormat | None = None, base: str | None = None) -> None:
        """The format is by default that of the file's suffix, the base of its relative IRIs the file's own address.

        What cannot be read is told when the triples are asked for, with what cannot be parsed.
        """
        self.path = path
        self.name = display_name(path)
        self._format = format or turtle.format_of(str(path))
        self._base = base or turtle.address(path)
        self._content: bytes | InputError
        try:
            self._content = read_bytes(path)
        except InputError as error:
            self._content = error

    @cached_property
    def quads(self) -> list[rdf.Quad]:
        """What it says. Raises InputError for what cannot be read or parsed, is not RDF 1.1, or is nested beyond reason."""
        sandbox.doing(self.name)
        if isinstance(self._content, InputError):
            raise self._content
        # Named graphs are looked at as one: a shape sees triples.
        quads = [_unnamed(quad) for quad in turtle.parse(self._content, self.name, self._format, self._base)]
        _check_version(quads, self.name)
        if _nesting(quads) > _DEEPEST:
            raise InputError(
                f"blank nodes nested more than {_DEEPEST} deep; give the inner nodes IRIs of their own", Position(self.name)
            )
        sandbox.doing("")
        return quads

    @cached_property
    def subjects(self) -> set[rdf.NamedNode | rdf.BlankNode]:
        """The nodes that it describes."""
        return {quad.subject for quad in self.quads}

    @cached_property
    def _places(self) -> Places | None:
        if self._format not in _WITH_PLACES or isinstance(self._content, InputError):
            return None
        return Places(self._content.decode("utf-8"), self._base)

    def line(self, *triple: object) -> int | None:
        """The line nearest to a triple, of which the first parts may be given alone; None where it cannot be told."""
        return self._places.line(*triple) if self._places else None


def read(paths: Iterable[FilePath | str], format: rdf.RdfFormat | None = None, base: str | None = None) -> list[Input]:
    """The files, read and not yet parsed; see ``Input``."""
    return [Input(path, format, base) for path in paths]


def parsed(files: list[Input]) -> list[Input]:
    """The same files, parsed; raises one InputError that tells of every file that cannot be."""
    errors = []
    for file in files:
        try:
            file.quads  # noqa: B018 - parses
        except InputError as error:
            errors.append(error)
    if errors:
        raise in_one(errors)
    return files


def _unnamed(quad: rdf.Quad) -> rdf.Quad:
    return quad if isinstance(quad.graph_name, rdf.DefaultGraph) else rdf.Quad(quad.subject, quad.predicate, quad.object)


def _check_version(quads: Iterable[rdf.Quad], name: str) -> None:
    """Raises InputError for what RDF 1.2 added: no engine behind this would see it."""
    for quad in quads:
        if isinstance(quad.object, rdf.Triple):
            raise InputError("triple terms are RDF 1.2; the knowledge base is RDF 1.1", Position(name))
        if isinstance(quad.object, rdf.Literal) and quad.object.direction:
            raise InputError("a literal with a direction is RDF 1.2; the knowledge base is RDF 1.1", Position(name))


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
