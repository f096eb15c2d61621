"""A SPARQL server: the SPARQL 1.1 Query, Update and Graph Store HTTP Protocols.

What it needs of a server is in those three; nothing here is particular to one, but for the addresses that Oxigraph uses,
and its flag for the union of graphs, which is faster than naming them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote, urlencode, urlunsplit

from kb import rdf, sparql
from kb.errors import InputError, StoreError, UsageError
from kb.stores import transport
from kb.stores.base import DERIVED, Answer, GraphContent, Store, count_query

VIAS = ("graph-store", "update")
BATCH = 2_000
"""Triples in one SPARQL Update; Virtuoso takes about 4,500 lines."""

_FORM = "application/x-www-form-urlencoded"
_ROWS = {
    "application/sparql-results+json": rdf.QueryResultsFormat.JSON,
    "application/json": rdf.QueryResultsFormat.JSON,
    "application/sparql-results+xml": rdf.QueryResultsFormat.XML,
}
_TRIPLES = {
    "application/n-triples": rdf.RdfFormat.N_TRIPLES,
    "text/turtle": rdf.RdfFormat.TURTLE,
    "application/rdf+xml": rdf.RdfFormat.RDF_XML,
}
_ACCEPT_ROWS = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
_ACCEPT_TRIPLES = "application/n-triples, text/turtle;q=0.8, application/rdf+xml;q=0.5"


class RemoteStore(Store):
    """The server at ``endpoint``, which is one of

    - its root (``http://localhost:7878``) or its query address ending in ``/query``: Oxigraph's addresses beside it are
      ``/query``, ``/update`` and ``/store``;
    - any other query address; then ``update_url`` or ``graph_store_url`` says where to write.

    ``via`` chooses the protocol to write with: ``graph-store`` or ``update``. ``timeout``: seconds for one request.
    A graph is written whole before the next; with the graph store protocol a replaced graph is one request, and so one
    step for a server with transactions. Raises UsageError for a URL that is none, or has credentials in it.
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
        if via not in VIAS:
            raise UsageError(f"unknown protocol {via!r}: one of {', '.join(VIAS)}")
        for url in (endpoint, update_url, graph_store_url):
            if url is not None:
                transport.check_url(url)
        self.name = endpoint
        self._query_url, beside = _addresses(endpoint)
        self._update_url = update_url or beside.get("update")
        self._graph_store_url = graph_store_url or beside.get("store")
        self._via = via
        self._timeout = timeout
        self._client = transport.Client()
        self._unites_graphs = False

    def query(
        self, text: str, *, timeout: float | None = None, base_iri: str | None = None, derived: bool = False
    ) -> Answer:
        fields = [("query", f"BASE <{base_iri}>\n{text}" if base_iri else text)]
        if not sparql.names_graphs(text):
            fields += self._dataset(derived)
        return self._ask(fields, sparql.form(text), timeout)

    def write(self, contents: Iterable[GraphContent], *, replace: bool = False) -> None:
        """Graph by graph, each counted before and after; see ``Store.write``.

        Raises StoreError for a failure, or where the server holds another number of triples than it was sent; the
        message names the graphs that are in the store by then. All of it may be repeated without harm.
        """
        contents = list(contents)
        url = self._update_url if self._via == "update" else self._graph_store_url
        if url is None:
            option = "--update-url" if self._via == "update" else "--graph-store-url"
            raise UsageError(f"{self.name}: say where this server takes data: {option} URL")
        for index, content in enumerate(contents):
            try:
                before = 0 if replace else self.count(content.iri)
                self._send(url, content, replace)
                self._check(content, before, self.count(content.iri))
            except StoreError as error:
                done = ", ".join(f"<{earlier.iri}>" for earlier in contents[:index]) or "none"
                raise StoreError(
                    f"{error}\nloading stopped at <{content.iri}>, which may hold part of its triples; "
                    f"graphs loaded before it: {done}. The same load may be repeated."
                ) from None

    def count(self, graph: str) -> int:
        for row in self._select(count_query(graph)):
            if isinstance(row["n"], rdf.Literal) and row["n"].value.isdigit():
                return int(row["n"].value)
        raise StoreError(f"{self.name}: the server does not say how many triples <{graph}> has")

    def graphs(self) -> list[str]:
        found: set[str] = set()
        # The first is quick and standard, but some servers answer nothing to it; the second looks at every triple.
        for pattern in ("GRAPH ?g { }", "GRAPH ?g { ?s ?p ?o }"):
            rows = self._select(f"SELECT DISTINCT ?g WHERE {{ {pattern} }}")
            found = {row["g"].value for row in rows if isinstance(row["g"], rdf.NamedNode)}
            if found:
                break
        return sorted(found)

    def _dataset(self, derived: bool) -> list[tuple[str, str]]:
        """The request's fields for the union of the graphs that a query sees unasked."""
        graphs = self.graphs()
        shown = graphs if derived else [iri for iri in graphs if not iri.startswith(DERIVED)]
        if self._unites_graphs and len(shown) == len(graphs):
            return [("union-default-graph", "true")]
        return [("default-graph-uri", iri) for iri in shown] + [("named-graph-uri", iri) for iri in graphs]

    def _select(self, query: str) -> list[rdf.QuerySolution]:
        answer = self._ask([("query", query)], "SELECT", None)
        if not isinstance(answer, rdf.QuerySolutions):
            raise StoreError(f"{self.name}: the server answered a SELECT without a table")
        return list(answer)

    def _ask(self, fields: list[tuple[str, str]], form: str | None, timeout: float | None) -> Answer:
        rows = form in ("SELECT", "ASK")
        headers = {"Content-Type": _FORM, "Accept": _ACCEPT_ROWS if rows else _ACCEPT_TRIPLES}
        try:
            response = self._client.send(
                "POST", self._query_url, urlencode(fields).encode("ascii"), headers, timeout or self._timeout
            )
        except transport.HttpError as error:
            if error.status == 400:
                raise InputError(f"the server does not accept the query: {error}") from None
            raise
        self._unites_graphs = (response.headers.get("Server") or "").startswith("Oxigraph")
        return self._rows(response) if rows else self._triples(response)

    def _rows(self, response: transport.Response) -> Answer:
        format = _ROWS.get(response.media_type)
        if format is None:
            raise self._not_an_answer(response)
        try:
            number = _number_of_rows(response.body, format)
        except (SyntaxError, ValueError) as error:
            raise StoreError(f"{self.name}: the answer cannot be read as query results: {error}") from None
        limit = response.headers.get("X-SPARQL-MaxRows", "")
        if limit.isdigit() and number >= int(limit) > 0:
            raise StoreError(f"{self.name}: the server cuts answers off at {int(limit):,} rows; ask for less with LIMIT")
        return rdf.parse_query_results(response.body, format)

    def _triples(self, response: transport.Response) -> list[rdf.Triple]:
        format = _TRIPLES.get(response.media_type)
        if format is None:
            raise self._not_an_answer(response)
        try:
            return [quad.triple for quad in rdf.parse(response.body, format=format, base_iri=self._query_url)]
        except (SyntaxError, ValueError) as error:
            raise StoreError(f"{self.name}: the answer cannot be read as triples: {error}") from None

    def _not_an_answer(self, response: transport.Response) -> StoreError:
        what = response.media_type or "no content type"
        return StoreError(f"{self._query_url}: this is not a SPARQL server's answer ({what}); is it the query address?")

    def _send(self, url: str, content: GraphContent, replace: bool) -> None:
        if self._via == "update":
            for update in _updates(content, replace):
                body = urlencode([("update", update)]).encode("ascii")
                self._client.send("POST", url, body, {"Content-Type": _FORM}, self._timeout)
            return
        address = f"{url}{'&' if '?' in url else '?'}graph={quote(content.iri, safe='')}"
        # N-Triples is Turtle, which every server reads. The length goes with it: some store nothing of a chunked body.
        method, headers = "PUT" if replace else "POST", {"Content-Type": "text/turtle"}
        self._client.send(method, address, _n_triples(content.triples), headers, self._timeout)

    def _check(self, content: GraphContent, before: int, after: int) -> None:
        """That the graph has as many triples as it should.

        Servers may rewrite literals (``1.50`` as ``1.5``), and then two triples become one: so at least the number of
        triples that differ in value, at most those that differ as written.
        """
        written = set(content.triples)
        values = rdf.Store()
        values.bulk_extend(rdf.Quad(t.subject, t.predicate, t.object) for t in written)
        least, most = max(before, len(values)), before + len(written)
        if not least <= after <= most:
            raise StoreError(
                f"{self.name}: <{content.iri}> should have {_span(least, most)} triples now and has {after:,}: "
                "the server lost or changed some of what it said it took"
            )


def _number_of_rows(content: bytes, format: rdf.QueryResultsFormat) -> int:
    """How many rows; 0 for a truth value. A fault further down is met here, not by whoever reads the rows.

    Raises SyntaxError and ValueError for what are no results.
    """
    answer = rdf.parse_query_results(content, format)
    try:
        return 0 if isinstance(answer, rdf.QueryBoolean) else len(list(answer))
    finally:
        del answer  # bound to its thread: a traceback that is kept must not keep it


def _n_triples(triples: Sequence[rdf.Triple]) -> bytes:
    return rdf.serialize(triples, format=rdf.RdfFormat.N_TRIPLES) or b""


def _span(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"between {least:,} and {most:,}"


def _updates(content: GraphContent, replace: bool) -> Iterator[str]:
    """The SPARQL Updates that write a graph, none longer than ``BATCH`` triples."""
    graph = rdf.NamedNode(content.iri)
    clear = f"CLEAR SILENT GRAPH {graph} ;\n" if replace else ""
    triples = list(content.triples)
    for start in range(0, len(triples) or 1, BATCH):
        data = _n_triples(triples[start : start + BATCH]).decode()
        yield f"{clear if start == 0 else ''}INSERT DATA {{ GRAPH {graph} {{\n{data}}} }}"


def _addresses(endpoint: str) -> tuple[str, dict[str, str]]:
    """The query address, and those beside it for writing where they follow from it."""
    parts = transport.check_url(endpoint)
    path = parts.path.rstrip("/")
    if path and not path.endswith("/query"):
        return endpoint, {}
    root = path.removesuffix("/query")

    def address(name: str) -> str:
        return urlunsplit((parts.scheme, parts.netloc, f"{root}/{name}", parts.query, ""))

    return address("query"), {"update": address("update"), "store": address("store")}
