"""The files to validate: their triples, and where in their texts these stand."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path as FilePath

from kb import rdf, turtle
from kb.errors import InputError, Position, in_one
from kb.files import display_name, read_bytes
from kb.namespaces import PREFIXES
from kb.sources import files_below
from kb.turtle.places import Place, Places

_DEEPEST = 100
_WITH_PREFIXES = (rdf.RdfFormat.TURTLE, rdf.RdfFormat.TRIG)
_WITH_PLACES = (*_WITH_PREFIXES, rdf.RdfFormat.N_TRIPLES, rdf.RdfFormat.N_QUADS)
_PREFIX = re.compile(r"^[ \t]*(?:@prefix|PREFIX)\s+([A-Za-z][\w-]*):\s*<([^<>\s]*)>", re.MULTILINE)
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
        return Places(self._content.decode("utf-8"), self.quads) if self._format in _WITH_PLACES else None

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
        parser = rdf.parse(self._content, format=self._format)
        for _ in parser:
            pass
        return parser.prefixes.get(prefix) == namespace


def read(paths: Iterable[FilePath | str]) -> list[Input]:
    """The files, each once, and for a folder the RDF files below it; ``-`` is standard input.

    Raises one InputError that tells of every file that cannot be read.
    """
    files: list[Input] = []
    errors: list[InputError] = []
    seen: set[str] = set()
    for path in paths:
        try:
            below = files_below(FilePath(path)) if str(path) != "-" else ["-"]
        except InputError as error:
            errors.append(error)
            continue
        for file in below:
            if real_name(file) in seen:
                continue
            seen.add(real_name(file))
            try:
                files.append(Input(file))
            except InputError as error:
                errors.append(error)
    if errors:
        raise in_one(errors)
    return files


def real_name(path: FilePath | str) -> str:
    """What tells one file from another, whichever way it is named."""
    return "-" if str(path) == "-" else os.path.realpath(path)


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
