"""Loading files into a server, and proving that it holds them.

A file goes in parts (``kb.stores.parts``), each a request of limited size that may be repeated, since it is a set of triples.
What a graph holds already is not sent again: so a load that broke is completed by doing it again. Each part is read back
and compared with what was sent, for servers have been seen to say that they took what they then did not have.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb import rdf
from kb.errors import StoreError
from kb.stores import parts, readback
from kb.stores.base import GraphFile, Progress, Proof, count_query
from kb.stores.protocol import Endpoint

UPDATE = 2_000
"""Triples in one SPARQL Update; Virtuoso takes 4,500 lines."""
_EXAMPLES = 3


def count(endpoint: Endpoint, graph: str) -> int:
    """How many triples a named graph holds. Raises StoreError."""
    for row in endpoint.select(count_query(graph)):
        number = row["n"]
        if isinstance(number, rdf.Literal) and number.value.isdigit():
            return int(number.value)
    raise StoreError(f"{endpoint.name}: the server does not say how many triples <{graph}> has")


def load(endpoint: Endpoint, file: GraphFile, *, replace: bool, progress: Progress | None) -> Proof:
    """Fill one graph; see ``Store.load``. Raises StoreError, and OSError where the file's parts cannot be kept."""
    before = count(endpoint, file.iri)
    sent = replace and _replace(endpoint, file)
    graph = _Graph(endpoint, file, 0 if replace else before, sent)
    for lines in parts.parts(file):
        graph.add(lines)
        if progress is not None:
            progress(len(lines))
    return graph.proof()


def triples(endpoint: Endpoint, graph: str, timeout: float | None) -> set[rdf.Triple]:
    """All of a graph, by pages. Raises StoreError where they are not as many as the server counts."""
    rows = readback.pages(lambda text: endpoint.select(text, timeout), graph)
    found = {rdf.Triple(row["s"], row["p"], row["o"]) for row in rows}
    number = count(endpoint, graph)
    if len(found) != number:
        raise StoreError(f"{endpoint.name}: the server gave {len(found):,} of the {number:,} triples of <{graph}>; load the files")
    return found


def replaces_in_one_step(endpoint: Endpoint) -> bool:
    """Whether a graph is replaced so that no reader sees half of it, as far as is known of the server."""
    return endpoint.via == "graph-store" and endpoint.profile.one_step


def _replace(endpoint: Endpoint, file: GraphFile) -> bool:
    """Put the file in the graph's place, or else nothing; gives whether it was the file."""
    if endpoint.via == "update":
        endpoint.update(f"CLEAR SILENT GRAPH {rdf.NamedNode(file.iri)}")
        return False
    whole = endpoint.profile.one_step or file.lines <= parts.PART
    endpoint.send_graph(file.iri, file.path if whole else b"", replace=True)
    return whole


class _Graph:
    """A graph that is filled part by part, and what came of that."""

    def __init__(self, endpoint: Endpoint, file: GraphFile, before: int, is_sent: bool) -> None:
        """``before``: how many triples of others' it holds. ``is_sent``: the file has been sent already, and no other."""
        self._endpoint = endpoint
        self._iri = file.iri
        self._lines = file.lines
        self._is_sent = is_sent
        self._before = self._expected = before
        self._sent = self._rewritten = 0
        self._examples: list[tuple[str, str]] = []

    def add(self, lines: list[str]) -> None:
        """Send what is missing of a part and read it back; once more where that is not all. Raises StoreError."""
        found = set[str]()
        if self._is_sent or self._before:
            found = self._kept(lines, self._lines if self._is_sent else self._expected)
        held = set[str]() if self._is_sent else found
        comparison = readback.compare(lines, found)
        for _ in range(2):
            if not comparison.missing:
                break
            self._send(comparison.missing)
            found = self._kept(lines, self._before + self._lines)
            comparison = readback.compare(lines, found)
        self._check(comparison, held)
        self._expected += len(found) - len(held)
        self._sent += len(lines)
        self._rewritten += len(comparison.rewritten)
        self._examples += [
            (readback.object_of(sent), readback.object_of(kept))
            for sent, kept in comparison.rewritten[: _EXAMPLES - len(self._examples)]
        ]

    def proof(self) -> Proof:
        """What the graph holds now. Raises StoreError where that is not what it should be."""
        present = count(self._endpoint, self._iri)
        if present != self._expected:
            raise StoreError(
                f"{self._endpoint.name}: <{self._iri}> should have {self._expected:,} triples now and has {present:,}: "
                "either somebody else writes to it, or the server lost or added some"
            )
        return Proof(self._iri, self._sent, present, self._rewritten, tuple(self._examples))

    def _check(self, comparison: readback.Comparison, held: set[str]) -> None:
        added = [line for line in comparison.added if line not in held]
        if comparison.missing or added:
            lost = f"lacks {len(comparison.missing):,} triples that the server said it took" if comparison.missing else ""
            more = f"holds {len(added):,} that were not sent" if added else ""
            raise StoreError(
                f"{self._endpoint.name}: <{self._iri}> {' and '.join(filter(None, (lost, more)))}"
                f"{_shown('missing', comparison.missing)}{_shown('not sent', added)}"
            )

    def _kept(self, lines: list[str], at_most: int) -> set[str]:
        return readback.kept(self._endpoint.select, self._iri, lines, at_most)

    def _send(self, lines: list[str]) -> None:
        if self._endpoint.via == "graph-store":
            self._endpoint.send_graph(self._iri, _document(lines), replace=False)
            return
        for start in range(0, len(lines), UPDATE):
            data = _document(lines[start : start + UPDATE]).decode()
            self._endpoint.update(f"INSERT DATA {{ GRAPH {rdf.NamedNode(self._iri)} {{\n{data}}} }}")


def _document(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _shown(what: str, lines: Sequence[str]) -> str:
    return "".join(f"\n  {what}: {line}" for line in lines[:_EXAMPLES])
