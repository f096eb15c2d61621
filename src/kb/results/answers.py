"""A query's answer: rows, triples or a truth value, computed and in a stable order, and what its terms are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from kb import rdf
from kb.namespaces import PREFIXES

XSD = PREFIXES["xsd"]
_NUMERIC = frozenset(
    XSD + name
    for name in (
        "integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger",
    )
)  # fmt: skip
_TEXT = frozenset((XSD + "string", PREFIXES["rdf"] + "langString"))

Term = Any
"""An IRI, a blank node, a literal or a triple term of the engine; None for an unbound variable."""


class Rows(NamedTuple):
    """The answer to a SELECT; ``more`` where a limit has cut it."""

    variables: tuple[str, ...]
    rows: list[tuple[Term, ...]]
    more: bool = False


class Graph(NamedTuple):
    """The answer to a CONSTRUCT or DESCRIBE, in a stable order; ``more`` where a limit has cut it."""

    triples: list[rdf.Triple]
    more: bool = False


Answer = Rows | Graph | bool
"""What a query gives; the truth value is that of an ASK."""


def collect(answer: Any, limit: int | None = None, ordered: bool = True, columns: Sequence[str] = ()) -> Answer:
    """The engine's ``answer``, computed, at most ``limit`` rows or triples of it; sorted where the query has no order.

    ``columns`` are variables in the order wanted, for a ``SELECT *`` which has none.
    """
    if isinstance(answer, rdf.QueryBoolean):
        return bool(answer)
    if hasattr(answer, "variables"):  # the engine's rows, or a store's
        variables = tuple(variable.value for variable in answer.variables)
        rows, more = _taken((tuple(row) for row in answer), limit)
        if set(columns) >= set(variables):
            places = [variables.index(name) for name in columns if name in variables]
            variables = tuple(variables[place] for place in places)
            rows = [tuple(row[place] for place in places) for row in rows]
        if not ordered:
            rows.sort(key=lambda row: [sort_key(term) for term in row])
        return Rows(variables, rows, more)
    triples, more = _taken(_once(answer), limit)
    return Graph(sorted(triples, key=lambda triple: [sort_key(term) for term in triple]), more)


def _once(triples: Iterable[rdf.Triple]) -> Iterator[rdf.Triple]:
    """Each triple the first time that it comes."""
    seen: set[rdf.Triple] = set()
    for triple in triples:
        if triple not in seen:
            seen.add(triple)
            yield triple


def _taken(items: Iterable[Any], limit: int | None) -> tuple[list[Any], bool]:
    if limit is None:
        return list(items), False
    found: list[Any] = []
    for item in items:
        if len(found) == limit:
            return found, True
        found.append(item)
    return found, False


def sort_key(term: Term) -> tuple[int, float, str]:
    """Unbound first, then blank nodes, IRIs, numbers by value, and other literals by text."""
    if term is None:
        return (0, 0.0, "")
    if isinstance(term, rdf.BlankNode):
        return (1, 0.0, term.value)
    if isinstance(term, rdf.NamedNode):
        return (2, 0.0, term.value)
    if is_number(term):
        try:
            return (3, float(term.value), term.value)
        except ValueError:
            return (4, 0.0, term.value)
    return (4, 0.0, str(term))


def is_number(term: Term) -> bool:
    """Whether the term is a literal of a numeric datatype, well formed or not."""
    return isinstance(term, rdf.Literal) and term.datatype.value in _NUMERIC


def is_text(term: Term) -> bool:
    """Whether the term is a plain or language-tagged string."""
    return isinstance(term, rdf.Literal) and term.datatype.value in _TEXT


def iris(answer: Answer) -> list[str]:
    """The IRIs in the rows, each once, in order: those whose labels a table shows."""
    if not isinstance(answer, Rows):
        return []
    return list(dict.fromkeys(term.value for row in answer.rows for term in row if isinstance(term, rdf.NamedNode)))
