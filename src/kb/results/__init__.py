"""The forms that a query's answer (``answers``) can be written in: for people (``tables``) and for programs (``exact``).

``table``, ``csv`` and ``md`` are for people: labels in their language, CURIEs where there is no label. ``json`` and
``jsonl`` are for programs, with full IRIs. ``srj`` and ``xml`` (W3C results in JSON and XML), ``tsv`` (W3C) and, for
graphs, ``ttl`` and ``nt`` are exact: every term as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kb.errors import UsageError

if TYPE_CHECKING:
    from kb.results.answers import Answer

HUMAN = ("table", "csv", "md")
EXACT = ("tsv", "json", "jsonl", "srj", "xml")
GRAPH = ("ttl", "nt")
LABELLED = ("json", "jsonl")
"""Forms that have full IRIs, and labels beside them on request."""
FORMATS = (*HUMAN, *EXACT, *GRAPH)


def check_format(answer: Answer, format: str) -> None:
    """Raises UsageError where this kind of answer has no such form."""
    from kb.results.answers import Graph, Rows  # here, because the command line must know the names of the forms only

    if isinstance(answer, Graph) != (format in GRAPH):
        kind = "an ASK query gives true or false"
        if isinstance(answer, Graph):
            kind = "a CONSTRUCT or DESCRIBE query gives triples"
        elif isinstance(answer, Rows):
            kind = "a SELECT query gives rows"
        forms = GRAPH if isinstance(answer, Graph) else (*HUMAN, *EXACT)
        raise UsageError(f"{kind}: --format is one of {', '.join(forms)}, not {format}")


def write(
    answer: Answer, format: str, labels: Mapping[str, str] | None = None, width: int | None = None
) -> str:
    """The answer in one of ``FORMATS``; every form is free of raw control characters but tabs and line ends.

    ``labels`` name IRIs in the human forms; a table is fitted to ``width`` columns, as wide as it comes without.
    Raises UsageError for a form that this kind of answer does not have.
    """
    from kb.results.answers import Rows

    check_format(answer, format)
    if isinstance(answer, Rows) and format in HUMAN:
        from kb.results import tables  # each here, because one of the two is enough for an answer

        return tables.write(answer, format, labels or {}, width)
    from kb.results import exact

    return exact.write(answer, format)
