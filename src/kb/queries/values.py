"""What a parameter of a bundled query may be: the values that the data holds, as they are written on a command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kb import rdf
from kb.errors import InputError, Position, UsageError
from kb.files import read_text
from kb.messages import LANGUAGES, did_you_mean
from kb.namespaces import ID, curie, kind_of
from kb.project import Project
from kb.queries.binding import bind
from kb.queries.bundled import Query
from kb.queries.header import Parameter, parse_header
from kb.results.labels import labels
from kb.sources import Source

FOLDER = "values"
"""The folder of ``queries/`` whose files list values."""


class Value(NamedTuple):
    """Something that a parameter may be: the term, how it is written on a command line, and what it is called."""

    term: rdf.NamedNode | rdf.Literal
    text: str
    label: str


def find_parameter(query: Query, name: str) -> Parameter:
    """The parameter of this name. Raises UsageError, with the nearest names, where the query has none."""
    known = {parameter.name: parameter for parameter in query.parameters}
    if name not in known:
        has = f"its parameters: {', '.join(known)}" if known else "it has none"
        raise UsageError(f"the query {query.name!r} has no parameter {name!r}{did_you_mean(name, known) or '; ' + has}")
    return known[name]


def values_of(project: Project, source: Source, parameter: Parameter, lang: str) -> list[Value] | None:
    """The values that a parameter may take in this source, in the order of its query; None where any will do.

    They come from the query that the parameter names; without one, a boolean and ``lang`` have their own values, and an
    identifier is one of the things of its kinds. Raises InputError for a query that is not there or lists nothing.
    """
    if parameter.values is not None:
        return _listed(project, source, parameter, lang)
    if parameter.name == "lang":
        return [_literal(language) for language in LANGUAGES]
    if parameter.type == "boolean":
        return [_literal("true"), _literal("false")]
    if parameter.kinds:
        return _of_kinds(source, parameter, lang)
    return None


def path(project: Project, name: str) -> Path:
    """The file of a query that lists values."""
    return project.queries / FOLDER / f"{name}.rq"


def _listed(project: Project, source: Source, parameter: Parameter, lang: str) -> list[Value]:
    """The answer of the parameter's query: its first column is the value, a second one what the value is called."""
    if not re.fullmatch(r"[\w-]+", parameter.values or ""):
        raise InputError(f"{parameter.values!r} cannot be the name of a query")
    file = path(project, parameter.values or "")
    text = read_text(file)
    if any(known.name == "lang" for known in parse_header(text, str(file)).parameters):
        text = bind(text, {"lang": rdf.Literal(lang)}, str(file))
    rows = list(source.query(text))
    if rows and not 1 <= len(rows[0]) <= 2:
        raise InputError("a query of values selects the value and at most its name", Position(str(file), 1))
    found = {row[0]: row[1].value if len(row) == 2 and row[1] is not None else "" for row in rows if row[0] is not None}
    return list(_named(source, found, parameter.kinds, lang))


def _of_kinds(source: Source, parameter: Parameter, lang: str) -> list[Value]:
    ours = " || ".join(f'STRSTARTS(STR(?value), "{ID}{kind}/")' for kind in parameter.kinds)
    rows = source.query(f"SELECT DISTINCT ?value WHERE {{ ?value a ?class FILTER({ours}) }} ORDER BY ?value")
    return list(_named(source, {row[0]: "" for row in rows}, parameter.kinds, lang))


def _named(
    source: Source, found: dict[rdf.NamedNode | rdf.Literal, str], kinds: tuple[str, ...], lang: str
) -> Iterator[Value]:
    unnamed = [term.value for term, label in found.items() if not label and isinstance(term, rdf.NamedNode)]
    called = labels(source, unnamed, lang)
    for term, label in found.items():
        if isinstance(term, rdf.NamedNode):
            yield Value(term, _typed(term.value, kinds), label or called.get(term.value, ""))
        else:
            yield Value(term, term.value, label)


def _typed(iri: str, kinds: tuple[str, ...]) -> str:
    """The identifier as it is typed: the local name alone where only one kind can be meant."""
    return iri.rpartition("/")[2] if len(kinds) == 1 and kind_of(iri) == kinds[0] else curie(iri)


def _literal(text: str) -> Value:
    return Value(rdf.Literal(text), text, "")
