"""What a question is asked of: the knowledge base in memory, files that the asker gives, or a store.

A ``Source`` only answers; a ``kb.stores.Store`` can also be filled, and is wrapped here to be asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Protocol

from kb import rdf
from kb.errors import InputError, Position
from kb.files import read_bytes, read_packed, unpacked
from kb.namespaces import PREFIXES
from kb.project import Project


class Source(Protocol):
    """Something that answers SPARQL, knowing the project's prefixes."""

    def graphs(self) -> Collection[str] | None:
        """The named graphs that a query may name with FROM; None where that is left to a server."""

    def query(self, text: str, *, base_iri: str | None = None) -> Any:
        """The engine's result: solutions, triples or a truth value. Raises SyntaxError for a text it cannot read."""


class MemorySource:
    """Graphs in memory; the default graph is a graph of its own, not a view.

    The engine can read the default graph as the union of all graphs, but then counts a triple once for each graph that
    holds it, and ignores FROM. So every triple is put in the default graph, and in its named graph only where a query
    asks for graphs.
    """

    def __init__(self, store: rdf.Store, graphs: Iterable[str] = ()) -> None:
        self._store = store
        self._graphs = frozenset(graphs)

    def graphs(self) -> Collection[str] | None:
        return self._graphs

    @property
    def engine(self) -> rdf.Store:
        """What holds the triples; whoever changes it changes the answers."""
        return self._store

    def query(self, text: str, *, base_iri: str | None = None) -> Any:
        return self._store.query(text, base_iri=base_iri, prefixes=PREFIXES)


class StoreSource:
    """A store on disk or behind an endpoint, which is sent the prefixes with each query."""

    def __init__(self, store: Any, timeout: float | None, *, remote: bool) -> None:
        self._store = store
        self._timeout = timeout
        self._remote = remote

    def graphs(self) -> Collection[str] | None:
        return None if self._remote else self._store.graphs()

    def query(self, text: str, *, base_iri: str | None = None) -> Any:
        from kb.namespaces import sparql_prologue

        if self._remote:
            _ask_of_nothing(text, base_iri)
        try:
            return self._store.query(sparql_prologue() + text, timeout=self._timeout, base_iri=base_iri)
        except SyntaxError:
            _ask_of_nothing(text, base_iri)
            raise

    def triples(self) -> Iterable[rdf.Triple]:
        """All that a query sees unasked; a triple may come more than once. Raises StoreError where a server does not hand
        over all that it counts."""
        if self._remote:
            return self._store.triples(self._timeout)
        return self._store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", timeout=self._timeout)


def _ask_of_nothing(text: str, base_iri: str | None) -> None:
    """Raises the SyntaxError of a text that has one, at the user's own line and column."""
    rdf.Store().query(text, base_iri=base_iri, prefixes=PREFIXES)


def in_memory(source: MemorySource | StoreSource) -> MemorySource:
    """A source whose triples can be taken away without harm: its own, where they are in memory, else a copy of what a
    store shows as one graph. Raises StoreError where a server does not hand over all that it counts."""
    if isinstance(source, MemorySource):
        return source
    store = rdf.Store()
    store.extend(rdf.Quad(*triple) for triple in source.triples())
    return MemorySource(store)


def bundled(project: Project, named_graphs: bool = False) -> MemorySource:
    """The ontology, the registers and the documents. With ``named_graphs`` each file is also a graph of its own."""
    store = rdf.Store()
    graphs = []
    for path in project.stated_files():
        content = read_bytes(path)
        _load(store, content, str(path), rdf.RdfFormat.TURTLE, None, None)
        if named_graphs:
            graphs.append(project.graph_iri(path))
            _load(store, content, str(path), rdf.RdfFormat.TURTLE, None, graphs[-1])
    return MemorySource(store, graphs)


def given(data: Iterable[str], base_iri: str | None = None) -> MemorySource:
    """The dataset that ``PATH`` and ``IRI=PATH`` items make up; a path is a file or a folder of RDF files.

    As in SPARQL, plain files together are the default graph (a TriG or N-Quads file's named graphs are named graphs and
    part of the default graph), and a file with an IRI is a named graph only. Relative IRIs stand against that IRI, and in
    plain files against ``base_iri``. Raises InputError for what cannot be read.
    """
    from kb import turtle

    store = rdf.Store()
    graphs: set[str] = set()
    for item in data:
        graph, path = _graph_and_path(item)
        for file in files_below(path):
            content = unpacked(read_packed(file), file)
            name, format = str(file), turtle.format_of(str(file))
            turtle.check_depth(content, name, format)
            if graph is not None:
                if format.supports_datasets:
                    raise InputError("a file of several graphs cannot be put into one", Position(name))
                _load(store, content, name, format, graph, graph)
                graphs.add(graph)
            elif format.supports_datasets:
                for quad in turtle.parse(content, name, format, base_iri):
                    store.add(quad)
                    store.add(rdf.Quad(quad.subject, quad.predicate, quad.object))
            else:
                _load(store, content, name, format, base_iri, None)
    graphs.update(node.value for node in store.named_graphs() if isinstance(node, rdf.NamedNode))
    return MemorySource(store, graphs)


def names_a_graph(item: str) -> bool:
    """Whether a ``--data`` item is ``IRI=PATH``."""
    return _graph_and_path(item)[0] is not None


def files_below(path: Path) -> list[Path]:
    """The file itself, or the RDF files in a folder and its folders, in order. Raises InputError for an empty folder."""
    from kb import turtle

    if not path.is_dir():
        return [path]
    try:
        found = sorted(file for file in path.rglob("*") if turtle.is_rdf(file.name) and file.is_file())
    except OSError as error:  # a folder that may not be read, or goes away meanwhile
        raise InputError(f"cannot be read: {error.strerror or error}", Position(str(error.filename or path))) from None
    if not found:
        raise InputError(f"no RDF file in this folder ({', '.join(turtle.FORMATS)})", Position(str(path)))
    return found


def _graph_and_path(item: str) -> tuple[str | None, Path]:
    """``IRI=PATH`` apart; a path that has an equals sign of its own is not mistaken for one."""
    iri, separator, path = item.partition("=")
    if not separator or ":" not in iri or Path(item).exists():
        return None, Path(item)
    # An IRI may have equals signs too: the last one that leaves an existing path decides.
    for index in reversed([i for i, character in enumerate(item) if character == "="]):
        if Path(item[index + 1 :]).exists():
            iri, path = item[:index], item[index + 1 :]
            break
    try:
        return rdf.NamedNode(iri).value, Path(path)
    except ValueError as error:
        raise InputError(f"{iri!r} is not an IRI: {error}") from None


def _load(
    store: rdf.Store, content: bytes, name: str, format: rdf.RdfFormat, base_iri: str | None, graph: str | None
) -> None:
    """Read a document of one graph into the default graph, or into a named one."""
    try:
        store.load(content, format=format, base_iri=base_iri, to_graph=rdf.NamedNode(graph) if graph else None)
    except SyntaxError as error:
        from kb import turtle  # here, because the files are nearly always in order

        raise turtle.syntax_error(error, content, name, format, base_iri) from None
    except MemoryError as error:
        from kb import turtle

        raise turtle.too_long(error, name) from None
