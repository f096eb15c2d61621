"""Answers for people: an aligned table, CSV for a spreadsheet, a Markdown table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb import rdf
from kb.messages import printable
from kb.namespaces import curie
from kb.results.answers import Rows, Term, is_number, is_text


def write(answer: Rows, format: str, labels: Mapping[str, str], width: int | None = None) -> str:
    """Rows as ``table``, ``csv`` or ``md``. IRIs are shown by their label, or as a CURIE where there is none, or where
    two different things in the answer share a label."""
    labels = _telling(answer, labels)
    cells = [[shown(term, labels) for term in row] for row in answer.rows]
    if format == "md":
        return markdown(answer.variables, cells)
    if format == "csv":
        text = [[is_text(term) or isinstance(term, rdf.NamedNode) for term in row] for row in answer.rows]
        return csv(answer.variables, cells, text)
    right = [
        bool(answer.rows) and all(row[i] is None or is_number(row[i]) for row in answer.rows)
        for i in range(len(answer.variables))
    ]
    from kb.results.columns import aligned  # here, because a pipe gets CSV

    return aligned(answer.variables, cells, width, right)


def shown(term: Term, labels: Mapping[str, str]) -> str:
    """A term for people, on one line and safe on a terminal."""
    if term is None:
        return ""
    if isinstance(term, rdf.NamedNode):
        text = labels.get(term.value) or curie(term.value)
    elif isinstance(term, rdf.Literal):
        text = term.value
    else:
        text = str(term)
    return printable(" ".join(text.split()))


def _telling(answer: Rows, labels: Mapping[str, str]) -> dict[str, str]:
    """The labels, with the CURIE added to those that more than one thing in the answer has."""
    bearers: dict[str, set[str]] = {}
    for row in answer.rows:
        for term in row:
            if isinstance(term, rdf.NamedNode) and term.value in labels:
                bearers.setdefault(labels[term.value], set()).add(term.value)
    return {
        iri: label if len(all_of_them) == 1 else f"{label} ({curie(iri)})"
        for label, all_of_them in bearers.items()
        for iri in all_of_them
    }


def csv(header: Sequence[str], rows: Sequence[Sequence[str]], text: Sequence[Sequence[bool]] | None = None) -> str:
    """Comma-separated values with a header line.

    A spreadsheet runs a cell that begins with ``= + - @`` as a formula; where ``text`` says that the cell is a string and
    no number, an apostrophe is put before it.
    """
    lines = [",".join(_csv_cell(name, True) for name in header)]
    for number, row in enumerate(rows):
        lines.append(",".join(_csv_cell(cell, text is None or text[number][i]) for i, cell in enumerate(row)))
    return "\n".join(lines) + "\n"


def _csv_cell(cell: str, is_string: bool) -> str:
    if is_string and cell.startswith(("=", "+", "-", "@")):
        cell = "'" + cell
    if any(character in cell for character in ',"\n'):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *([markdown_text(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def markdown_text(cell: str) -> str:
    """The text on one line so that Markdown shows it as it is."""
    for character in "\\`*_[]|":
        cell = cell.replace(character, "\\" + character)
    return cell.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
