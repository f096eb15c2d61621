"""What every store can do, whether it lies in memory, in a folder or behind a URL."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from kb import rdf
from kb.errors import StoreError
from kb.namespaces import GRAPH

DERIVED = GRAPH + "derived/"
"""Graphs below this IRI hold what was inferred or projected; a query sees them only when it names them or asks for them."""

Answer = rdf.QuerySolutions | rdf.QueryBoolean | Iterable[rdf.Triple]
"""Rows (SELECT), a truth value (ASK), or else triples (CONSTRUCT, DESCRIBE)."""


class QueryTimeout(StoreError):
    """A query was not answered in time. The engine may still be at work: a command ends its process with ``os._exit``."""


@dataclass(frozen=True)
class GraphContent:
    """The triples that go into one named graph, without blank nodes (``kb.stores.loading`` gives those IRIs)."""

    iri: str
    triples: Sequence[rdf.Triple]


def count_query(graph: str) -> str:
    """The SPARQL that counts a named graph's triples as ``?n``."""
    return f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {rdf.NamedNode(graph)} {{ ?s ?p ?o }} }}"


class Store(ABC):
    """Named graphs that can be asked and, where opened for writing, filled. A context manager that closes itself."""

    name: str
    """What messages call it: a folder or a URL, never with credentials."""

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
