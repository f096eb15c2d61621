"""The SPARQL 1.1 protocols, a request at a time: a query and its answer, an update, a graph."""

from __future__ import annotations

import math
from pathlib import Path
from urllib.parse import quote, urlencode

from kb import rdf, sparql
from kb.errors import InputError, StoreError, UsageError
from kb.stores import transport
from kb.stores.addresses import beside, check_url
from kb.stores.base import Answer, QueryTimeout
from kb.stores.profiles import STANDARD, Profile, mended, profile_of
from kb.stores.readback import CutOff

VIAS = ("graph-store", "update")

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

_SUSPICIOUS = 1_000
"""Triples from which on an answer may have been cut off; no server is known that allows fewer rows."""
_TOO_COSTLY = "The estimated execution time"
_ADVICE = (
    "(an estimate, and often far too high: MaxQueryCostEstimationTime in the [SPARQL] part of the server's ini sets the "
    "limit, 0 lifts it)"
)


class TooCostly(StoreError):
    """The server does not try the query, because it thinks that it would take too long."""


class Endpoint:
    """A server's addresses, and how it is spoken to. ``profile`` is known from its first answer to a query on.

    ``endpoint`` and the two other addresses are as for ``kb.stores.remote.RemoteStore``. Raises UsageError for a URL that
    is none, or has credentials in it.
    """

    def __init__(
        self, endpoint: str, update_url: str | None, graph_store_url: str | None, via: str, timeout: float | None
    ) -> None:
        if via not in VIAS:
            raise UsageError(f"unknown protocol {via!r}: one of {', '.join(VIAS)}")
        for url in (endpoint, update_url, graph_store_url):
            if url is not None:
                check_url(url)
        self.name = endpoint
        self.via = via
        self.profile: Profile = STANDARD
        self._query_url, others = beside(endpoint)
        self._update_url = update_url or others.get("update")
        self._graph_store_url = graph_store_url or others.get("store")
        self._timeout = timeout
        self._client = transport.Client()

    def check_writable(self) -> None:
        """Raises UsageError where nobody has said where to write."""
        if (self._update_url if self.via == "update" else self._graph_store_url) is None:
            option = "--update-url" if self.via == "update" else "--graph-store-url"
            raise UsageError(f"{self.name}: say where this server takes data: {option} URL")

    def ask(self, text: str, fields: list[tuple[str, str]], form: str | None, timeout: float | None = None) -> Answer:
        """The answer to a query of this form; ``fields`` go with it. Raises InputError for a query that the server does
        not accept, CutOff for an answer that it cut short, and StoreError for all else."""
        rows = form in ("SELECT", "ASK")
        headers = {"Content-Type": _FORM, "Accept": _ACCEPT_ROWS if rows else _ACCEPT_TRIPLES}
        # Form-encoded, which every server takes; Virtuoso never answers a query sent as application/sparql-query.
        limit = timeout or self._timeout
        if limit is not None and self.profile.stops_late_queries:
            # Else it would go on with what nobody waits for any more.
            fields = [*fields, ("timeout", f"{math.ceil(limit * 1000)}")]
        body = urlencode([("query", text), *fields]).encode("ascii")
        try:
            response = self._client.send("POST", self._query_url, body, headers, limit)
        except transport.HttpError as error:
            if error.status == 400:
                raise InputError(f"the server does not accept the query: {error}") from None
            if _TOO_COSTLY in str(error):
                raise TooCostly(f"{error} {_ADVICE}") from None
            raise
        self.profile = profile_of(response.headers.get("Server"))
        if response.headers.get("X-SQL-State"):
            # Virtuoso's way to say, with a status of 200, that these are the rows that it found until then.
            raise QueryTimeout(f"{self.name}: the server gave the query up and answers in part; ask for less, or allow more time")
        if rows:
            return self._rows(response, text)
        triples = self._triples(response)
        rows_of_it = sparql.rows_of(text)
        if self.profile.cuts_silently and len(triples) >= _SUSPICIOUS and rows_of_it:
            self.ask(rows_of_it, fields, "SELECT", timeout)  # where a SELECT is cut, the server says so
        return triples

    def select(self, text: str, timeout: float | None = None) -> list[rdf.QuerySolution]:
        """The rows of a SELECT; see ``ask``."""
        answer = self.ask(text, [], "SELECT", timeout)
        if not isinstance(answer, rdf.QuerySolutions):
            raise StoreError(f"{self.name}: the server answered a SELECT without a table")
        return list(answer)

    def update(self, text: str) -> None:
        """Raises StoreError."""
        body = urlencode([("update", text)]).encode("ascii")
        self._client.send("POST", self._update_url or "", body, {"Content-Type": _FORM}, self._timeout)

    def send_graph(self, graph: str, content: bytes | Path, *, replace: bool) -> None:
        """Add N-Triples to a graph, or with ``replace`` make it equal to them, in one request. Raises StoreError."""
        url = self._graph_store_url or ""
        address = f"{url}{'&' if '?' in url else '?'}graph={quote(graph, safe='')}"
        # N-Triples is Turtle, which every server reads.
        method, headers = "PUT" if replace else "POST", {"Content-Type": "text/turtle"}
        self._client.send(method, address, content, headers, self._timeout)

    def _rows(self, response: transport.Response, text: str) -> Answer:
        format = _ROWS.get(response.media_type)
        if format is None:
            raise self._not_an_answer(response)
        content = response.body
        try:
            number = _number_of_rows(content, format)
            if self.profile.mends_rows and format == rdf.QueryResultsFormat.JSON:
                content = mended(content, text)
        except (SyntaxError, ValueError) as error:
            raise StoreError(f"{self.name}: the answer cannot be read as query results: {error}") from None
        limit = response.headers.get("X-SPARQL-MaxRows", "")
        if limit.isdigit() and number >= int(limit) > 0:
            raise CutOff(f"{self.name}: the server cuts answers off at {int(limit):,} rows; ask for less with LIMIT")
        return rdf.parse_query_results(content, format)

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


def _number_of_rows(content: bytes, format: rdf.QueryResultsFormat) -> int:
    """How many rows; 0 for a truth value. A fault further down is met here, not by whoever reads the rows.

    Raises SyntaxError and ValueError for what are no results.
    """
    answer = rdf.parse_query_results(content, format)
    try:
        return 0 if isinstance(answer, rdf.QueryBoolean) else len(list(answer))
    finally:
        del answer  # bound to its thread: a traceback that is kept must not keep it
