"""What every store can do, whether it lies in memory, in a folder or behind a URL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from kb import rdf
from kb.errors import StoreError
from kb.namespaces import GRAPH

DERIVED = GRAPH + "derived/"
"""Graphs below this IRI hold what was inferred or projected; a query sees them only when it names them or asks for them."""


class Solutions:
    """The rows of a SELECT, read once, as they come from a store that watches over it; as the engine's own are."""

    def __init__(self, variables: Sequence[rdf.Variable], rows: Iterator[rdf.QuerySolution]) -> None:
        self.variables = variables
        self._rows = rows

    def __iter__(self) -> Iterator[rdf.QuerySolution]:
        return self._rows

    def __next__(self) -> rdf.QuerySolution:
        return next(self._rows)


Answer = rdf.QuerySolutions | Solutions | rdf.QueryBoolean | Iterable[rdf.Triple]
"""Rows (SELECT), a truth value (ASK), or else triples (CONSTRUCT, DESCRIBE)."""


class QueryTimeout(StoreError):
    """A query was not answered in time. The engine may still be at work: a command ends its process with ``os._exit``."""


class GraphContent(NamedTuple):
    """The triples that go into one named graph, without blank nodes (``kb.stores.loading`` gives those IRIs)."""

    iri: str
    triples: Sequence[rdf.Triple]


class GraphFile(NamedTuple):
    """What goes into one named graph: a file of N-Triples without blank nodes, a triple a line, as ``kb.rdf`` writes them."""

    iri: str
    path: Path
    lines: int
    """A triple that stands twice counts twice."""


class Proof(NamedTuple):
    """A graph after a load, as it was read back."""

    graph: str
    sent: int
    """Triples that were sent to it, each counted once."""
    present: int
    """Triples that it holds now, whoever sent them."""
    rewritten: int = 0
    """Triples that the store keeps with another form of a literal than was sent."""
    examples: tuple[tuple[str, str], ...] = ()
    """Some of those: the literal as it was sent and as it is kept, in N-Triples."""


Progress = Callable[[int], None]
"""Told now and then how many more triples have been written since it was last told."""


def count_query(graph: str) -> str:
    """The SPARQL that counts a named graph's triples as ``?n``."""
    return f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {rdf.NamedNode(graph)} {{ ?s ?p ?o }} }}"


class Store(ABC):
    """Named graphs that can be asked and, where opened for writing, filled. A context manager that closes itself."""

    name: str
    """What messages call it: a folder or a URL, never with credentials."""
    remarks: Sequence[str] = ()
    """What whoever asked for the last load should know of it besides."""

    @abstractmethod
    def query(
        self, text: str, *, timeout: float | None = None, base_iri: str | None = None, derived: bool = False
    ) -> Answer:
        """The answer over the union of the named graphs; the derived ones are among them only with ``derived``.

        ``GRAPH`` reaches every named graph in any case, and a query with FROM sees what it names. ``timeout`` is in
        seconds. The text is one that ``kb.queries.guard`` let through. Raises SyntaxError with line and column where the
        engine here finds one, InputError where a server does, QueryTimeout, and StoreError where the store fails.
        """

    @abstractmethod
    def write(self, contents: Iterable[GraphContent], *, replace: bool = False) -> None:
        """Add the triples to their graphs or, with ``replace``, make each named graph equal to its content.

        Durable on return. In memory and embedded: all of it or nothing. Remote: see ``kb.stores.remote``.
        Raises StoreError.
        """

    @abstractmethod
    def load(
        self, files: Sequence[GraphFile], *, replace: bool = False, progress: Progress | None = None
    ) -> list[Proof]:
        """Add the files' triples to their graphs or, with ``replace``, make each graph equal to its file; then read back
        what is there, and prove that it is what was sent.

        In constant memory, however large the files; no graph is named twice. In memory and embedded: all of it or nothing,
        durable and proved before a reader sees any of it. Remote: see ``kb.stores.remote``. Doing it again, after a break as
        after a success, adds nothing twice. Raises StoreError for a failure, or where something is missing or was added.
        """

    @abstractmethod
    def count(self, graph: str) -> int:
        """How many triples a named graph holds; 0 where there is no such graph. Raises StoreError."""

    @abstractmethod
    def graphs(self) -> list[str]:
        """The IRIs of the named graphs, in order. Raises StoreError."""

    def add(self, graph: str, triples: Iterable[rdf.Triple]) -> None:
        """Add triples to one named graph; see ``write``."""
        self.write([GraphContent(graph, list(triples))])

    def replace_graph(self, graph: str, triples: Iterable[rdf.Triple]) -> None:
        """Make one named graph hold exactly these triples; see ``write``."""
        self.write([GraphContent(graph, list(triples))], replace=True)

    def close(self) -> None:
        """Let go of files and locks. What was written is already durable."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
