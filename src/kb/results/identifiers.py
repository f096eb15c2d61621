"""An identifier beside every label: a column of CURIEs after each column of things."""

from __future__ import annotations

from collections.abc import Mapping

from kb import rdf
from kb.namespaces import curie
from kb.results.answers import Rows, Term


def with_identifiers(answer: Rows) -> Rows:
    """For the human forms: after each column with IRIs another, its name with ``Id``, with their CURIEs."""
    return _beside(answer, "Id", lambda term: rdf.Literal(curie(term.value)))


def with_labels(answer: Rows, labels: Mapping[str, str]) -> Rows:
    """For forms that have the IRIs themselves: after each column with IRIs another, its name with ``Label``."""
    return _beside(answer, "Label", lambda term: rdf.Literal(labels[term.value]) if term.value in labels else None)


def _beside(answer: Rows, suffix: str, told) -> Rows:
    things = [
        any(isinstance(row[index], rdf.NamedNode) for row in answer.rows) for index in range(len(answer.variables))
    ]

    def widened(row: tuple[Term, ...]) -> tuple[Term, ...]:
        cells: list[Term] = []
        for term, is_thing in zip(row, things, strict=True):
            cells.append(term)
            if is_thing:
                cells.append(told(term) if isinstance(term, rdf.NamedNode) else None)
        return tuple(cells)

    names: list[str] = []
    for name, is_thing in zip(answer.variables, things, strict=True):
        names += [name, f"{name}{suffix}"] if is_thing else [name]
    return Rows(tuple(names), [widened(row) for row in answer.rows], answer.more)
