"""``kb figures``: figures beside each other, and derived ones computed anew."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from kb.cli.common import (
    answer_limits,
    as_json,
    as_rows,
    check_one_store,
    completes,
    note,
    pass_project,
    printable,
    within,
    write_output,
)
from kb.errors import EXIT_FINDING, UsageError
from kb.messages import LANGUAGES

_FORMATS = ("table", "csv", "md", "json")
_WORDS = {
    "en": {
        "same": "the same",
        "first-within-second": "the first lies within the second",
        "second-within-first": "the second lies within the first",
        "overlapping": "they overlap",
        "disjoint": "they exclude each other",
        "not-comparable": "not comparable",
        "no-number": "no number is printed",
        "unit": "another unit",
        "currency": "another currency",
        "counted": "something else is counted",
        "denominator": "a share of another whole",
        "rate": "by another period or item",
        "measure": "another measure",
        "scope": "it holds of something else",
        "period": "it holds at another time",
        "only-measure": "only one says which measure",
        "only-scope": "only one says what it holds of",
        "only-period": "only one says when",
        "nothing": "not said",
        "approximate": "approximate",
        "agrees": "agrees",
        "differs": "differs",
        "none": "there are no such figures",
    },
    "es": {
        "same": "iguales",
        "first-within-second": "la primera está dentro de la segunda",
        "second-within-first": "la segunda está dentro de la primera",
        "overlapping": "se solapan",
        "disjoint": "se excluyen",
        "not-comparable": "no comparables",
        "no-number": "no hay un número impreso",
        "unit": "otra unidad",
        "currency": "otra moneda",
        "counted": "se cuenta otra cosa",
        "denominator": "es parte de otro todo",
        "rate": "por otro periodo o elemento",
        "measure": "otra medida",
        "scope": "vale para otra cosa",
        "period": "vale en otro tiempo",
        "only-measure": "solo una dice qué medida",
        "only-scope": "solo una dice para qué vale",
        "only-period": "solo una dice cuándo",
        "nothing": "no se dice",
        "approximate": "aproximada",
        "agrees": "coincide",
        "differs": "difiere",
        "none": "no hay cifras así",
    },
}
_COLUMNS = ("relation", "why", "first", "second", "firstPrinted", "secondPrinted", "firstClaims", "secondClaims", "approximate")


@click.command("figures")
@click.argument("figures", nargs=-1, metavar="[FIGURE FIGURE]", shell_complete=completes("figures"))
@click.option("--conflicts", is_flag=True, help="Only those that exclude each other, and that somebody affirms both.")
@click.option("--derived", is_flag=True, help="Derived figures instead, each computed anew from its inputs.")
@click.option("--format", "format_", type=click.Choice(_FORMATS), help="By default table on a terminal, csv in a pipe.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of the words.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file.")
@click.option("--store", type=click.Path(path_type=Path), metavar="DIR", help="Look into the store in this folder.")
@click.option("--endpoint", metavar="URL", help="Look into the store behind this SPARQL endpoint.")
@answer_limits
@pass_project
def command(
    project: Any, figures: tuple[str, ...], conflicts: bool, derived: bool, format_: str | None, lang: str,
    output: Path | None, store: Path | None, endpoint: str | None, timeout: float, memory: float | None,
) -> None:  # fmt: skip
    """Compare figures: two that are named, or all that can be compared.

    Two figures are the same, overlap, lie within one another, or exclude each other; or they are not comparable, and the column
    why says in what they differ: unit or currency, what is counted, the whole that a share is of, the rate, what they hold of,
    when. Of comparable ones it says what only one of them states. Nothing is converted, and no bound is invented.

    Exit code 1: --conflicts or --derived found figures that exclude each other or do not follow from their inputs.

    \b
    Examples:
      kb figures
      kb figures figure:brazil-mission-personnel-at-peak-20000-or-more figure:mais-medicos-sent-over-20000-cuban-doctors
      kb figures --conflicts --format csv
    """
    from kb import figures as found_in
    from kb.queries.requests import Where

    if len(figures) not in (0, 2) or (figures and (conflicts or derived)) or (conflicts and derived):
        raise UsageError("name two figures to compare, or none; --conflicts and --derived look at all of them")
    check_one_store(store, endpoint)

    def table() -> tuple[tuple[str, ...], list[list[str]], bool]:
        """The header and the rows, and whether these are findings."""
        source = Where(project, store=store, endpoint=endpoint, timeout=timeout or None).source()
        known = found_in.read(source)
        if derived:
            return _derived(known, lang)
        compared = [_named(source, known, figures)] if figures else list(found_in.pairs(known))
        if conflicts:
            compared = [comparison for comparison in compared if comparison.conflict]
        return _COLUMNS, [_row(source, comparison, lang) for comparison in compared], conflicts and bool(compared)

    header, rows, failing = within(table, timeout, memory, store)
    _write(header, rows, format_, output)
    if not rows:
        note(_WORDS[lang]["none"])
    if failing:
        sys.exit(EXIT_FINDING)


def _named(source: Any, known: list[Any], names: tuple[str, ...]) -> Any:
    from kb.figures import compare
    from kb.results.labels import Finder

    finder = Finder(source)
    by_iri = {figure.iri: figure for figure in known}
    chosen = []
    for name in names:
        iri = finder.thing(name if ":" in name else f"figure:{name}")
        if iri not in by_iri:
            raise UsageError(f"{name} is no figure")
        chosen.append(by_iri[iri])
    return compare(*chosen)


def _row(source: Any, comparison: Any, lang: str) -> list[str]:
    from kb.namespaces import curie

    words = _WORDS[lang]
    first, second = comparison.first, comparison.second
    return [
        words[comparison.relation],
        "; ".join(
            [
                *(_told(source, difference, difference.kind, lang) for difference in comparison.differences),
                *(_told(source, unsaid, f"only-{unsaid.kind}", lang) for unsaid in comparison.reservations),
            ]
        ),
        curie(first.iri),
        curie(second.iri),
        first.printed,
        second.printed,
        *(", ".join(curie(claim) for claim, _, _ in figure.claims) for figure in (first, second)),
        words["approximate"] if comparison.approximate else "",
    ]


def _told(source: Any, difference: Any, word: str, lang: str) -> str:
    """``a share of another whole (salary / host's payment)``."""
    from kb.namespaces import curie
    from kb.results.labels import labels

    named = labels(source, [value for value in difference.first | difference.second if ":/" in value], lang)

    def side(values: frozenset[str]) -> str:
        return ", ".join(sorted(named.get(value, curie(value)) for value in values)) or _WORDS[lang]["nothing"]

    return f"{_WORDS[lang][word]} ({side(difference.first)} / {side(difference.second)})"


def _derived(known: list[Any], lang: str) -> tuple[tuple[str, ...], list[list[str]], bool]:
    from kb.figures.derived import recomputed
    from kb.namespaces import curie

    rows, failing = [], False
    for found in recomputed(known):
        failing = failing or not found.agrees
        rows.append(
            [
                curie(found.figure.iri),
                found.figure.printed,
                found.calculation,
                found.problem if found.result is None else " – ".join(_shown(end) for end in dict.fromkeys(found.result)),
                _WORDS[lang]["agrees" if found.agrees else "differs"],
            ]
        )
    return ("figure", "printed", "calculation", "result", "verdict"), rows, failing


def _shown(end: Fraction | None) -> str:
    if end is None:
        return "…"
    return f"{end.numerator:,}" if end.denominator == 1 else f"{float(end):,.6g}"


def _write(header: tuple[str, ...], rows: list[list[str]], format_: str | None, output: Path | None) -> None:
    if format_ == "json":
        content = as_json([dict(zip(header, row, strict=True)) for row in rows])
    elif format_ == "md":
        from kb.results import tables

        content = tables.markdown(header, rows)
    else:
        content = as_rows(header, rows, format_)
    write_output(printable(content), output)
