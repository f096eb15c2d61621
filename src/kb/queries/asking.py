"""From a request to a written answer: the query's parameters are bound, the source answers, the answer gets its form.

Modules that only some requests need are imported where they are used: start-up is most of a short query's time.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from kb import results, sources
from kb.errors import InputError, KbError, StoreError
from kb.project import Project
from kb.queries import Query
from kb.results.labels import Finder, labels

Answer = results.Rows | results.Graph | bool


class Where(NamedTuple):
    """What is asked: the bundled data, or else the files in ``data``, or the store in a folder, or an endpoint.

    ``timeout`` is in seconds, and is for the endpoint; a local answer is stopped with its process (``kb.queries.deadline``).
    """

    project: Project
    data: tuple[str, ...] = ()
    store: Path | None = None
    endpoint: str | None = None
    base_iri: str | None = None
    timeout: float | None = None

    @property
    def is_bundled(self) -> bool:
        return not self.data and not self.is_store

    @property
    def is_store(self) -> bool:
        return self.store is not None or self.endpoint is not None

    def source(self, named_graphs: bool = False) -> sources.Source:
        """Open it; each bundled file is a named graph only with ``named_graphs``.

        Raises InputError for files that cannot be read, StoreError for a store that does not answer.
        """
        if self.is_store:
            from kb.stores import open_store

            remote = self.endpoint is not None
            return sources.StoreSource(
                open_store(self.store, self.endpoint), self.timeout if remote else None, remote=remote
            )
        if self.data:
            return sources.given(self.data, self.base_iri)
        return sources.bundled(self.project, named_graphs)


class Request(NamedTuple):
    """A query and how its answer is wanted. ``query`` is set for a bundled one; ``name`` is shown in messages."""

    where: Where
    text: str
    name: str
    query: Query | None = None
    given: Mapping[str, str] = {}
    lang: str = "en"
    labels: bool = True
    limit: int | None = None
    format: str | None = None
    on_terminal: bool = False
    width: int | None = None


class Outcome(NamedTuple):
    """The written answer, what else the asker should know, and whether there was nothing to find."""

    content: str
    notes: list[str]
    is_empty: bool


class Prepared(NamedTuple):
    """A query ready for the engine: its parameters bound; whether it has an order of its own; warnings; for a
    ``SELECT *`` the variables in the order in which it names them."""

    text: str
    ordered: bool
    notes: list[str]
    columns: tuple[str, ...] = ()


def answer(request: Request) -> Outcome:
    """Ask and write. Raises UsageError for parameters and formats, InputError for the query and the data, StoreError."""
    if request.query is None:
        from kb.queries import own_query

        own_query.check(request)
        source = request.where.source(_may_use_graphs(request.text))
        prepared = own_query.prepare(request, source)
    else:
        source = request.where.source(_may_use_graphs(request.text))
        prepared = _prepare_bundled(request, request.query, source)
    found = _collected(request, source, prepared)
    format = request.format or _default_format(found, request.on_terminal)
    results.check_format(found, format)
    named = labels(source, results.iris(found), request.lang) if request.labels and format in results.HUMAN else {}
    content = results.write(found, format, named, request.width if format == "table" else None)
    is_empty = found is False or _count(found) == 0
    return Outcome(content, [*prepared.notes, *_remarks(request, found, prepared.ordered)], is_empty)


def _may_use_graphs(text: str) -> bool:
    """Whether the text may speak of named graphs. A false alarm costs a little time, so no parsing."""
    capitals = text.upper()
    return "GRAPH" in capitals or "FROM" in capitals


def _prepare_bundled(request: Request, query: Query, source: sources.Source) -> Prepared:
    text = request.text
    if query.parameters or request.given:
        from kb.queries.parameters import bind, terms

        what = f"the query {query.name!r}"
        values = terms(
            query.parameters, request.given, Finder(source), lang=request.lang, query=what, example=query.example
        )
        text = bind(text, values, request.name)
    return Prepared(text, True, [])  # a test holds every bundled query to an ORDER BY of its own


def _collected(request: Request, source: sources.Source, prepared: Prepared) -> Answer:
    try:
        found = source.query(prepared.text, base_iri=request.where.base_iri)
        return results.collect(found, request.limit, prepared.ordered, prepared.columns)
    except SyntaxError as error:
        from kb.queries import syntax

        raise syntax.bound_query_error(error, prepared.text, request.text, request.name, request.where.base_iri) from None
    except KbError:
        raise
    except (RuntimeError, ValueError, OSError) as error:
        kind = StoreError if request.where.is_store else InputError
        raise kind(f"{request.name}: the query cannot be answered: {error}") from None


def _default_format(found: Answer, on_terminal: bool) -> str:
    if isinstance(found, results.Graph):
        return "ttl"
    return "table" if on_terminal else "csv"


def _count(found: Answer) -> int | None:
    if isinstance(found, results.Rows):
        return len(found.rows)
    return len(found.triples) if isinstance(found, results.Graph) else None


def _remarks(request: Request, found: Answer, ordered: bool) -> list[str]:
    """What the asker should know of the answer besides itself."""
    if not isinstance(found, results.Rows | results.Graph):
        return []
    count = len(found.rows if isinstance(found, results.Rows) else found.triples)
    counted = f"{count:,} {'row' if isinstance(found, results.Rows) else 'triple'}{'s' * (count != 1)}"
    if found.more:
        chosen = "" if ordered else "; the query has no ORDER BY, so these are any of them"
        return [f"only the first {counted}, there are more (--limit {request.limit}){chosen}"]
    remarks = []
    data = request.where.data
    if count == 0 and data and all(map(sources.names_a_graph, data)) and not _may_use_graphs(request.text):
        remarks.append("every --data names a graph, so the default graph is empty; ask with GRAPH ?g { … }")
    if request.on_terminal:
        remarks.append(counted)
    return remarks
