"""``kb view``: what there is if one accepts a chosen set of claims, and two such sets beside each other."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from kb.cli.common import (
    answer_limits,
    check_one_store,
    completes,
    note,
    pass_project,
    terminal_width,
    within,
    write_output,
)
from kb.errors import UsageError
from kb.messages import LANGUAGES

_TRIPLES = ("ttl", "nt", "trig", "nq")
_ROWS = ("table", "csv", "md", "json", "jsonl")

_RELATIONS = {
    "en": {
        "denied-by-second": "the second contradicts it",
        "denied-by-first": "the first contradicts it",
        "both": "both say it",
        "only-first": "only the first says it",
        "only-second": "only the second says it",
    },
    "es": {
        "denied-by-second": "la segunda lo contradice",
        "denied-by-first": "la primera lo contradice",
        "both": "ambas lo dicen",
        "only-first": "solo lo dice la primera",
        "only-second": "solo lo dice la segunda",
    },
}
_WORDS = {
    "en": {
        "form": "no plain form",
        "hedge": "with a hedge",
        "realisation": "not said to be done",
        "condition": "under a condition",
        "question": "questions",
        "denied": "denied",
        "told": "{accepted} claims accepted: {plain} plain triples and {denied} denied ones",
        "none": "; without any: {none}",
    },
    "es": {
        "form": "sin forma sencilla",
        "hedge": "con atenuación",
        "realisation": "que no se dice que se hizo",
        "condition": "con una condición",
        "question": "preguntas",
        "denied": "negado",
        "told": "{accepted} afirmaciones aceptadas: {plain} triples sencillos y {denied} negados",
        "none": "; sin ninguno: {none}",
    },
}


@click.command("view")
@click.argument("views", nargs=-1, metavar="[VIEW [VALUE]]…", shell_complete=completes("view words"))
@click.option("--against", metavar="VIEW", multiple=True, shell_complete=completes("views"), help="Compare with this view (VIEW=VALUE) instead. Repeatable, to combine.")
@click.option("--format", "format_", type=click.Choice((*_ROWS, *_TRIPLES)), help="By default table on a terminal, else ttl or, for a comparison, csv.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of labels.")
@click.option("--labels/--no-labels", default=True, help="Labels (the default in table, csv and md) or identifiers.")
@click.option("--store", type=click.Path(path_type=Path), metavar="DIR", help="View the store in this folder.")
@click.option("--endpoint", metavar="URL", help="View the store behind this SPARQL endpoint.")
@answer_limits
@pass_project
def command(
    project: Any, views: tuple[str, ...], against: tuple[str, ...], format_: str | None, output: Path | None, lang: str,
    labels: bool, store: Path | None, endpoint: str | None, timeout: float, memory: float | None,
) -> None:  # fmt: skip
    """Plain statements, for a reader who accepts the claims that VIEW chooses.

    Nothing in the knowledge base is asserted, everything is attributed. A view says what follows from some of its claims: plain
    triples, each with the claims that it comes from. It is never part of the data. Without VIEW, the views are listed; several
    are combined: a claim must be in all of them.

    A denial becomes an owl:NegativePropertyAssertion. Claims with a hedge, under a condition, or of what is only planned, asked
    for and the like give no plain triple, nor do contents that need more than a subject and an object; all are counted.

    With --against, two views are set side by side: what one contradicts of the other, what both say, what only one says.

    \b
    Examples:
      kb view uncontested
      kb view according-to actor:government-of-cuba --format ttl
      kb view document=oas-article cited-by=work:us-congress-s-2138
      kb view document=oas-article --against document=medical-missions-report --format csv
    """
    from kb import sources
    from kb.queries.requests import Where
    from kb.views import choice

    check_one_store(store, endpoint, "view")
    if not views:
        if against:
            raise UsageError("--against compares with a view, so name the other one too")
        _list(project, lang)
        return
    if against and format_ in _TRIPLES:
        raise UsageError(f"a comparison has rows: --format is one of {', '.join(_ROWS)}")
    first, second = choice.choices(project, views), choice.choices(project, against)
    on_terminal = output is None and sys.stdout.isatty()
    format_ = format_ or ("table" if on_terminal else "csv" if against else "ttl")
    width = terminal_width() if on_terminal and format_ == "table" else None

    def seen() -> tuple[str, str]:
        """What is to be written, and what else there is to say."""
        source = sources.in_memory(Where(project, store=store, endpoint=endpoint, timeout=timeout or None).source())
        if against:
            return _compared(project, source, first, second, format_, lang, labels, width)
        return _projected(project, source, first, format_, lang, labels, width)

    content, told = within(seen, timeout, memory, store)
    note(told)
    write_output(content, output)


def _list(project: Any, lang: str) -> None:
    from kb.cli.common import as_rows
    from kb.views.choice import views

    rows = [[view.name, ", ".join(p.name for p in view.parameters), view.question(lang)] for view in views(project)]
    write_output(as_rows(("view", "value", "claims"), rows, None), None)


def _projected(
    project: Any, source: Any, chosen: Sequence[Any], format_: str, lang: str, labels: bool, width: int | None
) -> tuple[str, str]:
    from kb.views import narrowed, projection

    found = projection.project_view(project, narrowed(source, chosen, lang))
    told = _told(found, _WORDS[lang])
    if format_ in _TRIPLES:
        return projection.written(found, " ".join(choice.name for choice in chosen), format_), told
    return _rows(source, projection.rows(found, _WORDS[lang]["denied"]), format_, lang, labels, width), told


def _compared(
    project: Any, source: Any, first: Sequence[Any], second: Sequence[Any], format_: str, lang: str, labels: bool,
    width: int | None,
) -> tuple[str, str]:  # fmt: skip
    from collections import Counter

    from kb.views import comparison

    found = comparison.compare(project, source, first, second, lang)
    counts = Counter(row.relation for row in found)
    told = "; ".join(f"{text}: {counts[name]}" for name, text in _RELATIONS[lang].items())
    return _rows(source, comparison.rows(source, found, _RELATIONS[lang], lang), format_, lang, labels, width), told


def _rows(source: Any, rows: Any, format_: str, lang: str, labels: bool, width: int | None) -> str:
    from kb import results
    from kb.results.answers import iris
    from kb.results.labels import labels as named

    names = named(source, iris(rows), lang) if labels and format_ in results.HUMAN else {}
    return results.write(rows, format_, names, width)


def _told(found: Any, words: dict[str, str]) -> str:
    """How many claims there are, what they come to, and why some come to nothing."""
    denied = sum(statement.denied for statement in found.statements)
    none = ", ".join(f"{count} {words[why]}" for why, count in sorted(found.without.items(), key=lambda item: -item[1]))
    told = words["told"].format(accepted=found.accepted, plain=len(found.statements) - denied, denied=denied)
    return told + (words["none"].format(none=none) if none else "")
