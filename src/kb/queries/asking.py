"""From a request to a written answer: the query's parameters are bound, the source answers, the answer gets its form.

Modules that only some requests need are imported where they are used: start-up is most of a short query's time.
"""

from __future__ import annotations

from collections.abc import Mapping

from kb import results, sources
from kb.errors import InputError, KbError, StoreError, UsageError
from kb.queries.bundled import Query
from kb.queries.requests import Outcome, Prepared, Request
from kb.results.answers import Answer, Graph, Rows, collect, iris
from kb.results.naming import labels


def answer(request: Request) -> Outcome:
    """Ask and write. Raises UsageError for parameters and formats, InputError for the query and the data, StoreError."""
    source, prepared, found = asked(request)
    format = request.format or _default_format(found, request.on_terminal)
    results.check_format(found, format)
    if request.cite:
        if not isinstance(found, Rows):
            raise UsageError("--cite goes with a SELECT, whose rows have claims")
        from kb.results import citations

        found = citations.cited(source, found, request.lang, request.labels)
    named = labels(source, iris(found), request.lang) if request.labels and format in (*results.HUMAN, *results.LABELLED) else {}
    if isinstance(found, Rows) and (request.ids or (named and format in results.LABELLED)):
        from kb.results import identifiers

        found = identifiers.with_identifiers(found) if request.ids else identifiers.with_labels(found, named)
    content = results.write(found, format, named, request.width if format == "table" else None)
    is_empty = found is False or _count(found) == 0
    return Outcome(content, [*prepared.notes, *_remarks(request, found, prepared.ordered)], is_empty)


def asked(request: Request) -> tuple[sources.Source, Prepared, Answer]:
    """Ask: what answered, what it was asked, and the answer. Raises UsageError for parameters, InputError, StoreError."""
    if request.query is None:
        from kb.queries import own_query

        own_query.check(request)
        source = request.where.source(_may_use_graphs(request.text))
        prepared = own_query.prepare(request, source)
    else:
        source, prepared = _prepare_bundled(request, request.query)
    return source, prepared, _collected(request, source, prepared)


def _may_use_graphs(text: str) -> bool:
    """Whether the text may speak of named graphs, which doubles the time of reading the data.

    It is the keyword that counts, not a name such as mm:fromClaim; where escapes could hide one, it may.
    """
    capitals = text.upper()
    if "GRAPH" not in capitals and "FROM" not in capitals:
        return False
    from kb import sparql

    return "\\" in text or any(token.word in ("GRAPH", "FROM") for token in sparql.tokens(text))


def _prepare_bundled(request: Request, query: Query) -> tuple[sources.Source, Prepared]:
    text = request.text
    if not query.parameters and not request.given:
        source = request.where.source(_may_use_graphs(text))
    else:
        from kb.queries.binding import bind
        from kb.queries.parameters import terms
        from kb.results.labels import Finder

        source = request.where.source(_may_use_graphs(text))  # after the imports: the store opens meanwhile
        what = f"the query {query.name!r}"
        values = terms(
            query.parameters, request.given, Finder(source, request.lang), lang=request.lang, query=what, example=query.example,
            lister=f"kb queries values {query.name}",
        )  # fmt: skip
        text = bind(text, values, request.name)
    return source, Prepared(text, True, [])  # a test holds every bundled query to an ORDER BY of its own


def _collected(request: Request, source: sources.Source, prepared: Prepared) -> Answer:
    try:
        found = source.query(prepared.text, base_iri=request.where.base_iri)
        return collect(found, request.limit, prepared.ordered, prepared.columns)
    except SyntaxError as error:
        from kb.queries import syntax_errors

        raise syntax_errors.bound_query_error(error, prepared.text, request.text, request.name, request.where.base_iri) from None
    except KbError:
        raise
    except (RuntimeError, ValueError, OSError) as error:
        kind = StoreError if request.where.is_store else InputError
        raise kind(f"{request.name}: the query cannot be answered: {error}") from None


def _default_format(found: Answer, on_terminal: bool) -> str:
    if isinstance(found, Graph):
        return "ttl"
    return "table" if on_terminal else "csv"


def _count(found: Answer) -> int | None:
    if isinstance(found, Rows):
        return len(found.rows)
    return len(found.triples) if isinstance(found, Graph) else None


def _remarks(request: Request, found: Answer, ordered: bool) -> list[str]:
    """What the asker should know of the answer besides itself."""
    if not isinstance(found, Rows | Graph):
        return []
    count = len(found.rows if isinstance(found, Rows) else found.triples)
    counted = f"{count:,} {'row' if isinstance(found, Rows) else 'triple'}{'s' * (count != 1)}"
    if found.more:
        chosen = "" if ordered else "; the query has no ORDER BY, so these are any of them"
        return [f"only the first {counted}, there are more (--limit {request.limit}){chosen}"]
    remarks = []
    data = request.where.data
    if count == 0 and data and all(map(sources.names_a_graph, data)) and not _may_use_graphs(request.text):
        remarks.append("every --data names a graph, so the default graph is empty; ask with GRAPH ?g { … }")
    if count == 0 and request.query is not None and request.query.subject != "checks":
        remarks.append(_nothing(request.query, request.given))
    elif request.on_terminal:
        remarks.append(counted)
    return remarks


def _nothing(query: Query, given: Mapping[str, str]) -> str:
    """What an empty answer to a bundled question means, and where there would be one."""
    listed = [f"`kb queries values {query.name} {known.name}`" for known in query.parameters if known.values and known.name in given]
    more = f"; {' and '.join(listed)} list{'s' * (len(listed) == 1)} what may be given" if listed else ""
    return f"0 rows: nothing that is recorded answers this, which does not mean that it is not so{more}"
