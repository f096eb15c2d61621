"""The files to validate: their triples, and where in their texts these stand."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path as FilePath

from kb import compression, rdf, telling, turtle
from kb.errors import InputError, Position, in_one
from kb.files import display_name, read_packed, unpacked
from kb.namespaces import PREFIXES
from kb.sources import files_below
from kb.turtle.places import Place, Places

_DEEPEST = 100
_WITH_PREFIXES = (rdf.RdfFormat.TURTLE, rdf.RdfFormat.TRIG)
_WITH_PLACES = (*_WITH_PREFIXES, rdf.RdfFormat.N_TRIPLES, rdf.RdfFormat.N_QUADS)
_PREFIX = re.compile(r"^[ \t]*(?:@prefix|PREFIX)\s+([A-Za-z][\w-]*):\s*<([^<>\s]*)>", re.MULTILINE)
_REST = rdf.NamedNode(f"{PREFIXES['rdf']}rest")


class Input:
    """One file or standard input (``-``); ``name`` is how the user knows it.

    It is read at once, so that nothing has to be opened any more when its content, which may be hostile, is parsed.
    """

    def __init__(self, path: FilePath | str, format: rdf.RdfFormat | None = None, base: str | None = None) -> None:
        """The format is by default that of the file's suffix, the base of its relative IRIs the file's own address.

        Raises InputError for what cannot be read.
        """
        self.path = path
        self.name = display_name(path)
        self._packed = read_packed(path)
        compression.load(self.name)
        self._format = format or turtle.format_of(str(path))
        self._base = base or turtle.address(path)

    @cached_property
    def _content(self) -> bytes:
        return unpacked(self._packed, self.path)

    @cached_property
    def quads(self) -> list[rdf.Quad]:
        """What it says. Raises InputError for what cannot be parsed, is not RDF 1.1, or is nested beyond reason."""
        telling.working_on(self.name)
        # Named graphs are looked at as one: a shape sees triples.
        quads = [_unnamed(quad) for quad in turtle.parse(self._content, self.name, self._format, self._base)]
        _check_version(quads, self.name)
        if _nesting(quads) > _DEEPEST:
            raise InputError(
                f"blank nodes nested more than {_DEEPEST} deep; give the inner nodes IRIs of their own", Position(self.name)
            )
        telling.working_on("")
        return quads

    @cached_property
    def subjects(self) -> set[rdf.NamedNode | rdf.BlankNode]:
        """The nodes that it describes."""
        return {quad.subject for quad in self.quads}

    @cached_property
    def _places(self) -> Places | None:
        return Places(self._content.decode("utf-8"), self.quads, self._base) if self._format in _WITH_PLACES else None

    @cached_property
    def _said(self) -> set[tuple]:
        triples = {(quad.subject, quad.predicate, quad.object) for quad in self.quads}
        return triples | {triple[:2] for triple in triples} | {triple[:1] for triple in triples}

    def says(self, *triple: object) -> bool:
        """Whether the file says this triple, of which the first parts may be given alone."""
        return triple in self._said

    @cached_property
    def _mentions(self) -> dict[object, rdf.Quad]:
        return {quad.object: quad for quad in reversed(self.quads)}

    def mention(self, node: object) -> rdf.Quad | None:
        """The first triple of which a node is the object."""
        return self._mentions.get(node)

    def place(self, *triple: object) -> Place | None:
        """The place nearest to a triple, of which the first parts may be given alone; None where it cannot be told."""
        return self._places.nearest(*triple) if self._places else None

    def place_of_predicate(self, subject: object, predicate: object, value: object) -> Place | None:
        """The place of the property in a triple; None where it cannot be told."""
        return self._places.of_predicate(subject, predicate, value) if self._places else None

    def first_place(self) -> Place | None:
        """The place of the first thing that the file says."""
        return self.place(self.quads[0].subject) if self.quads else None

    def foreign_prefixes(self) -> Iterator[tuple[str, Place, dict[str, str]]]:
        """The prefixes of the project that stand for something else in the file, with their place, and that in words."""
        if self._format not in _WITH_PREFIXES:
            return
        text = self._content.decode("utf-8")
        for found in _PREFIX.finditer(text):
            prefix, namespace = found[1], found[2]
            if PREFIXES.get(prefix, namespace) == namespace or not self._declares(prefix, namespace):
                continue
            line, start = text.count("\n", 0, found.start(1)) + 1, text.rfind("\n", 0, found.start(1)) + 1
            place = Place(line, found.start(1) - start + 1, line, found.end(1) - start + 2)
            ours = PREFIXES[prefix]
            yield prefix, place, {
                "en": f"{prefix}: stands for <{namespace}> here; in the project it stands for <{ours}>",
                "es": f"{prefix}: representa aquí <{namespace}>; en el proyecto representa <{ours}>",
            }

    def _declares(self, prefix: str, namespace: str) -> bool:
        """Whether the parser knows of the prefix too: what looks like a declaration may stand in a text."""
        parser = rdf.parse(self._content, format=self._format, base_iri=self._base)
        for _ in parser:
            pass
        return parser.prefixes.get(prefix) == namespace


Opened = list[Input | InputError]
"""Files that have been read and not parsed; in the place of one that cannot be read, its error."""


def read(paths: Iterable[FilePath | str]) -> list[Input]:
    """The files, read and parsed; see ``opened`` and ``parsed``."""
    return parsed(opened(paths))


def opened(paths: Iterable[FilePath | str], format: rdf.RdfFormat | None = None, base: str | None = None) -> Opened:
    """The files, each once, and for a folder the RDF files below it; ``-`` is standard input. See ``Input``."""
    files: Opened = []
    seen: set[str] = set()
    for path in paths:
        try:
            below = files_below(FilePath(path)) if str(path) != "-" else ["-"]
        except InputError as error:
            files.append(error)
            continue
        for file in below:
            if real_name(file) in seen:
                continue
            seen.add(real_name(file))
            try:
                files.append(Input(file, format, base))
            except InputError as error:
                files.append(error)
    return files


def parsed(files: Opened) -> list[Input]:
    """The same files, parsed. Raises one InputError that tells of every file that cannot be read or parsed."""
    inputs, errors = [], []
    for file in files:
        try:
            if isinstance(file, InputError):
                raise file
            file.quads  # noqa: B018 - parses
            inputs.append(file)
        except InputError as error:
            errors.append(error)
    if errors:
        raise in_one(errors)
    return inputs


def real_name(path: FilePath | str) -> str:
    """What tells one file from another, whichever way it is named."""
    return "-" if str(path) == "-" else os.path.realpath(path)


def _check_version(quads: Iterable[rdf.Quad], name: str) -> None:
    """Raises InputError for what RDF 1.2 added: no engine behind this would see it."""
    for quad in quads:
        if isinstance(quad.object, rdf.Triple):
            raise InputError("triple terms are RDF 1.2; the knowledge base is RDF 1.1", Position(name))
        if isinstance(quad.object, rdf.Literal) and quad.object.direction:
            raise InputError("a literal with a direction is RDF 1.2; the knowledge base is RDF 1.1", Position(name))


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
