"""From files to a store's named graphs: everything is read before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb import rdf, sandbox, turtle
from kb.errors import InputError, UsageError, in_one
from kb.files import display_name, read_bytes
from kb.namespaces import BASE, GRAPH
from kb.project import Project
from kb.sources import files_below
from kb.stores import GraphContent, Store

GENID = BASE + ".well-known/genid/"
"""Where blank nodes get their IRIs (RDF 1.1 Concepts, 3.5): a blank node sent twice would be two nodes, and some servers
take none in an update."""

_STDIN = GRAPH + "external/stdin"


@dataclass(frozen=True)
class Plan:
    """What a load will write: each graph once, in the order of the files, with the files that it comes from."""

    contents: tuple[GraphContent, ...]
    files: dict[str, tuple[str, ...]]
    blank_nodes: int

    @property
    def triples(self) -> int:
        """How many triples there are in all; one in two graphs counts twice."""
        return sum(len(content.triples) for content in self.contents)


@dataclass(frozen=True)
class Loaded:
    """A graph after a load: the triples that were read for it, and how many it holds now."""

    graph: str
    read: int
    present: int


def files_to_load(project: Project, paths: Sequence[Path]) -> list[Path]:
    """The files that these files and folders stand for; without any, the project's ontology, registers and documents.

    Raises InputError for a folder without RDF files.
    """
    if not paths:
        return project.stated_files()
    return [file for path in paths for file in files_below(path)]


def check_graph(iri: str) -> None:
    """Raises UsageError where the name that a user gives to a graph is not an IRI."""
    if not rdf.is_iri(iri):
        raise UsageError(f"--graph takes an absolute IRI, not {iri!r}")


def syntax_check(files: Iterable[Path]) -> Callable[[], None]:
    """Read the files; what is returned parses them all and keeps nothing, in a sandbox (``kb.sandbox``), say.

    It raises InputError for every file that cannot be read or parsed, all in one.
    """
    contents: list[tuple[Path, bytes | InputError]] = []
    for path in files:
        try:
            contents.append((path, read_bytes(path)))
        except InputError as error:
            contents.append((path, error))

    def parse_all() -> None:
        errors = []
        for path, content in contents:
            name = display_name(path)
            sandbox.working_on(name)
            if isinstance(content, InputError):
                errors.append(content)
                continue
            try:
                for _ in turtle.parse(content, name, turtle.format_of(str(path))):
                    pass
            except InputError as error:
                errors.append(error)
        if errors:
            raise in_one(errors)

    return parse_all


def read(project: Project, files: Iterable[Path], graph: str | None = None) -> Plan:
    """Read and parse the files (``-`` is standard input), and put each triple where it belongs.

    A TriG or N-Quads file's named graphs keep their names. All else goes to ``graph`` or, without that, to the graph
    that the file's path names. Raises InputError for every file that cannot be read or parsed, all in one.
    """
    triples: dict[str, dict[rdf.Triple, None]] = {}
    names: dict[str, dict[str, None]] = {}
    errors: list[InputError] = []
    blank_nodes = 0
    for path in files:
        home = graph or (_STDIN if str(path) == "-" else project.graph_iri(path))
        name = display_name(path)
        try:
            content = read_bytes(path)
            naming = _Naming(content)
            found: dict[str, dict[rdf.Triple, None]] = {home: {}}
            for quad in turtle.parse(content, name, turtle.format_of(str(path))):
                found.setdefault(naming.graph(quad.graph_name, home), {})[naming.triple(quad)] = None
        except InputError as error:
            errors.append(error)
            continue
        blank_nodes += len(naming)
        if len(found) > 1 and not found[home]:
            del found[home]
        for iri, content_of_graph in found.items():
            triples.setdefault(iri, {}).update(content_of_graph)
            names.setdefault(iri, {})[name] = None
    if errors:
        raise in_one(errors)
    contents = tuple(GraphContent(iri, tuple(content)) for iri, content in triples.items())
    return Plan(contents, {iri: tuple(files) for iri, files in names.items()}, blank_nodes)


def load(plan: Plan, store: Store, *, replace: bool = False) -> list[Loaded]:
    """Write the plan's graphs, and count what is there. Raises StoreError; see ``Store.write`` for what is left then."""
    store.write(plan.contents, replace=replace)
    return [Loaded(content.iri, len(content.triples), store.count(content.iri)) for content in plan.contents]


class _Naming:
    """Gives the blank nodes of one file IRIs that depend on the file's bytes alone: loaded again, they are the same."""

    def __init__(self, content: bytes) -> None:
        self._prefix = GENID + hashlib.sha256(content).hexdigest()[:20] + "-"
        self._names: dict[rdf.BlankNode, rdf.NamedNode] = {}

    def __len__(self) -> int:
        return len(self._names)

    def graph(self, name: rdf.NamedNode | rdf.BlankNode | rdf.DefaultGraph, home: str) -> str:
        return home if isinstance(name, rdf.DefaultGraph) else self._named(name).value

    def triple(self, quad: rdf.Quad | rdf.Triple) -> rdf.Triple:
        return rdf.Triple(self._named(quad.subject), quad.predicate, self._named(quad.object))

    def _named(self, term):
        if isinstance(term, rdf.BlankNode):
            # Numbered as they come, and the parser reads the same bytes in the same order.
            return self._names.setdefault(term, rdf.NamedNode(f"{self._prefix}{len(self._names) + 1}"))
        return self.triple(term) if isinstance(term, rdf.Triple) else term
