"""A SPARQL server: the SPARQL 1.1 Query, Update and Graph Store HTTP Protocols.

What it needs of a server is in those three. What one does in its own way is in ``kb.stores.profiles``.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from kb import rdf, sparql
from kb.errors import StoreError
from kb.stores import sending
from kb.stores.base import DERIVED, Answer, GraphContent, GraphFile, Progress, Proof, Store
from kb.stores.protocol import Endpoint, TooCostly

_REMEMBERED = 10.0
"""Seconds for which the names of the graphs are not asked for again: a command asks dozens of queries, and each needs them."""


class RemoteStore(Store):
    """The server at ``endpoint``, which is one of

    - its root (``http://localhost:7878``) or its query address ending in ``/query``: Oxigraph's addresses beside it are
      ``/query``, ``/update`` and ``/store``;
    - any other query address; then ``update_url`` or ``graph_store_url`` says where to write.

    ``via`` chooses the protocol to write with: ``graph-store`` or ``update``. ``timeout``: seconds for one request.
    Raises UsageError for a URL that is none, or has credentials in it.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        update_url: str | None = None,
        graph_store_url: str | None = None,
        via: str = "graph-store",
        timeout: float | None = None,
    ) -> None:
        self.name = endpoint
        self.remarks: list[str] = []
        """What whoever loads should know, besides the proofs."""
        self._endpoint = Endpoint(endpoint, update_url, graph_store_url, via, timeout)
        self._known: _Known | None = None

    def query(
        self, text: str, *, timeout: float | None = None, base_iri: str | None = None, derived: bool = False
    ) -> Answer:
        based = f"BASE <{base_iri}>\n{text}" if base_iri else text
        form = sparql.form(text)
        if sparql.names_graphs(text):
            return self._endpoint.ask(based, [], form, timeout)
        if self._known is None or time.monotonic() > self._known.until:
            self.graphs()  # which also tells what kind of server it is
        graphs = self._known.graphs if self._known else []
        *firsts, last = self._endpoint.profile.asked(based, graphs, derived=derived)
        for asked in firsts:
            with suppress(TooCostly):
                return self._endpoint.ask(*asked, form, timeout)
        return self._endpoint.ask(*last, form, timeout)

    def write(self, contents: Iterable[GraphContent], *, replace: bool = False) -> None:
        """See ``load``, which it comes to."""
        together: dict[str, dict[rdf.Triple, None]] = {}
        for content in contents:
            together.setdefault(content.iri, {}).update(dict.fromkeys(content.triples))
        with tempfile.TemporaryDirectory(prefix="kb-write-") as folder:
            files = []
            for number, (iri, triples) in enumerate(together.items()):
                path = Path(folder, str(number))
                path.write_bytes(rdf.serialize(triples, format=rdf.RdfFormat.N_TRIPLES) or b"")
                files.append(GraphFile(iri, path, len(triples)))
            self.load(files, replace=replace)

    def load(
        self, files: Sequence[GraphFile], *, replace: bool = False, progress: Progress | None = None
    ) -> list[Proof]:
        """Graph by graph, in requests of limited size; see ``Store.load``.

        With the graph store protocol a replaced graph is one request, and so one step, where the server is known to have
        transactions; elsewhere ``remarks`` says that readers saw it grow. Raises StoreError for a failure, or where the
        server does not hold what it was sent; the message names the graphs that are in the store by then. All of it may
        be repeated: what is there is not sent again.
        """
        self._endpoint.check_writable()
        self.remarks.clear()
        self._known = None
        proofs: list[Proof] = []
        for file in files:
            try:
                proofs.append(sending.load(self._endpoint, file, replace=replace, progress=progress))
            except (StoreError, OSError) as error:
                done = ", ".join(f"<{proof.graph}>" for proof in proofs) or "none"
                raise StoreError(
                    f"{error}\nloading stopped at <{file.iri}>, which may hold part of its triples; "
                    f"graphs loaded before it: {done}. Load again to complete it: what is there is not sent twice."
                ) from None
        if replace and not sending.replaces_in_one_step(self._endpoint):
            self.remarks.append("a graph was not replaced in one step here: until its load ended, readers saw part of it")
        return proofs

    def triples(self, timeout: float | None = None) -> Iterator[rdf.Triple]:
        """All that a query sees unasked; a triple may come more than once. ``timeout``: seconds for one request.

        Raises StoreError where the server hands over fewer than it counts, when all have been read.
        """
        graphs = self.graphs()
        if self._endpoint.profile.cuts_silently:
            for graph in (iri for iri in graphs if not iri.startswith(DERIVED)):
                yield from sending.triples(self._endpoint, graph, timeout)
            return
        seen = set()
        answer = self.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", timeout=timeout)
        for triple in answer if isinstance(answer, list) else ():
            seen.add(triple)
            yield triple
        counted = self.query("SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o } }", timeout=timeout)
        number = int(next(iter(counted))["n"].value)
        if len(seen) < number:
            raise StoreError(f"the server gave {len(seen):,} of its {number:,} triples; ask it for less, or load the files")

    def count(self, graph: str) -> int:
        return sending.count(self._endpoint, graph)

    def graphs(self) -> list[str]:
        found: set[str] = set()
        # The first is quick and standard, but some servers answer nothing to it; the second looks at every triple, and is
        # twenty times faster on Virtuoso than SELECT DISTINCT.
        for query in ("SELECT DISTINCT ?g WHERE { GRAPH ?g { } }", "SELECT ?g WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"):
            found = {row["g"].value for row in self._endpoint.select(query) if isinstance(row["g"], rdf.NamedNode)}
            if found:
                break
        graphs = sorted(found.difference(self._endpoint.profile.own_graphs))
        self._known = _Known(graphs, time.monotonic() + _REMEMBERED)
        return graphs


class _Known(NamedTuple):
    """The graphs that there are, and until when that is believed."""

    graphs: list[str]
    until: float
