"""A query that the asker wrote: looked at before anything is loaded, and helped where it can be."""

from __future__ import annotations

from kb import sparql
from kb.errors import UsageError
from kb.messages import did_you_mean
from kb.queries import guard
from kb.queries.binding import bind
from kb.queries.header import parse_header
from kb.queries.parameters import plain_term, terms
from kb.queries.requests import Prepared, Request
from kb.queries.unknown_terms import unknown_terms
from kb.results.labels import Finder
from kb.sources import Source


def check(request: Request) -> None:
    """Refuse what must not reach the engine, and what it could not know. Raises InputError and UsageError."""
    guard.check(request.text, request.name)
    if not parse_header(request.text, request.name).parameters:
        variables = sparql.variables(request.text)
        for name in request.given:
            if name not in variables:
                raise UsageError(f"the query has no variable ?{name}{did_you_mean(name, variables)}")


def prepare(request: Request, source: Source) -> Prepared:
    """Bind the parameters: by the header's types where the text has a header, else as their values look.

    Raises InputError for a graph that is not in the data, UsageError for the parameters.
    """
    graphs = source.graphs()
    if graphs is not None:
        guard.check_graphs(request.text, request.name, graphs, request.where.base_iri)
    parameters = parse_header(request.text, request.name).parameters
    if parameters:
        finder = Finder(source)
        values = terms(parameters, request.given, finder, lang=request.lang, query="the query", example="")
    else:
        values = {name: plain_term(value) for name, value in request.given.items()}
    notes = unknown_terms(source, request.text) if request.where.is_bundled else []
    text = bind(request.text, values, request.name)
    columns = tuple(sparql.variables(request.text)) if sparql.selects_all(request.text) else ()
    return Prepared(text, sparql.is_ordered(request.text), notes, columns)
