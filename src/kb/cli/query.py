"""``kb query``: ask the knowledge base, or other data, a bundled question or one's own."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from kb.cli.common import completes, error_line, leave, note, pass_project, terminal_width, write_output
from kb.errors import EXIT_FINDING, UsageError
from kb.files import display_name, read_text
from kb.messages import LANGUAGES
from kb.queries import deadline
from kb.queries.asking import answer
from kb.queries.requests import Outcome, Request, Where
from kb.results import FORMATS, HUMAN

_TIMEOUT = 60.0
_LABELLED = ("json", "jsonl")


@click.command()
@click.argument("name", required=False, shell_complete=completes("query names"))
@click.option("-f", "--file", metavar="FILE", help="Ask the query in this file.")
@click.option("-q", "--query", "text", metavar="TEXT", help="Ask this query.")
@click.option(
    "-p", "--param", "params", multiple=True, metavar="NAME=VALUE", shell_complete=completes("assignments"),
    help="A parameter's value. Repeatable.",
)  # fmt: skip
@click.option(
    "--format", type=click.Choice(FORMATS), help="By default table on a terminal, csv in a pipe, ttl for triples."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the answer to this file.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of labels.")
@click.option("--labels/--no-labels", default=None, help="Labels (the default in table, csv and md; in json and jsonl a column beside the IRIs) or identifiers.")
@click.option("--ids", is_flag=True, help="In table, csv and md: a column of identifiers beside each column of labels.")
@click.option("--cite", is_flag=True, help="Add to each claim its document, passage, characters and cited works.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="Show at most N rows.")
@click.option(
    "--timeout", type=float, default=_TIMEOUT, show_default=True, metavar="S", help="Give up after S seconds; 0: never."
)
@click.option(
    "--data", multiple=True, metavar="PATH|IRI=PATH",
    help="Ask this file or folder instead of the bundled data; with IRI= as a named graph. Repeat it to ask several together.",
)  # fmt: skip
@click.option("--base", "base_iri", metavar="IRI", help="The base of relative IRIs in the query and in --data.")
@click.option("--store", type=click.Path(path_type=Path), metavar="DIR", help="Ask the store in this folder.")
@click.option("--endpoint", metavar="URL", help="Ask the SPARQL endpoint at this address.")
@click.option(
    "--view", "views", multiple=True, metavar="VIEW[=VALUE]",
    help="See only the claims that this view accepts, and what they say (kb view lists the views). Repeatable, to combine.",
)  # fmt: skip
@click.option("--fail-if-empty", is_flag=True, help="Exit with 1 where there is nothing to show.")
@pass_project
def command(
    project: Any, name: str | None, file: str | None, text: str | None, params: tuple[str, ...], format: str | None,
    output: Path | None, lang: str, labels: bool | None, ids: bool, cite: bool, limit: int | None, timeout: float, data: tuple[str, ...],
    base_iri: str | None, store: Path | None, endpoint: str | None, views: tuple[str, ...], fail_if_empty: bool,
) -> None:  # fmt: skip
    """Answer a bundled query, or one of your own.

    NAME is a bundled query, as `kb queries` lists them; your own is in -f FILE, -q TEXT, or on standard input (-).

    In a query of your own the project's prefixes need no declaration, and -p x=VALUE binds ?x: place:brazil and
    <IRI> are IRIs; 5, true and "text"@en are what they are in Turtle; anything else is a string.

    table, csv and md show labels, or CURIEs where there are none; in csv an apostrophe keeps a text that begins
    with = + - or @ from being run as a formula. json and jsonl have full IRIs; srj, xml, tsv, ttl and nt are exact.

    \b
    Examples:
      kb queries
      kb query NAME -p country=place:brazil --lang es --cite
      kb query -q 'SELECT ?c WHERE { ?c a mm:Denial } ORDER BY ?c' --format json
      kb query -f mine.rq --data mine.ttl -o answer.csv
    """
    _exactly_one(name, file, text)
    if sum((bool(data), store is not None, endpoint is not None)) > 1:
        raise UsageError("ask one thing: --data, --store or --endpoint")
    if not math.isfinite(timeout) or timeout < 0:
        raise UsageError("--timeout takes a number of seconds, or 0 for never")
    if format is None and output is not None and output.suffix[1:] in FORMATS:
        format = output.suffix[1:]
    if labels and format not in (None, *HUMAN, *_LABELLED):
        raise UsageError(f"--labels goes with {', '.join((*HUMAN, *_LABELLED))}; {format} has the terms themselves")
    if ids and (labels is False or format not in (None, *HUMAN)):
        raise UsageError(f"--ids goes with labels, in {', '.join(HUMAN)}")
    given = assignments(params)
    on_terminal = output is None and sys.stdout.isatty()

    def work() -> Outcome:
        where = Where(project, data, store, endpoint, base_iri, timeout or None, _narrowing(project, views, lang))
        return answer(
            Request(
                where, **_asked(project, name, file, text), given=given, lang=lang,
                labels=labels is True or (labels is None and format not in _LABELLED), ids=ids, cite=cite, limit=limit, format=format, on_terminal=on_terminal, width=terminal_width() if on_terminal else None,
            )
        )  # fmt: skip

    outcome = _in_time(work, timeout, trusted=name not in (None, "-") and not data)
    write_output(outcome.content, output)
    for remark in outcome.notes:
        note(remark)
    if outcome.is_empty and fail_if_empty:
        sys.exit(EXIT_FINDING)


def _narrowing(project: Any, views: tuple[str, ...], lang: str) -> Callable[[Any], Any] | None:
    if not views:
        return None
    from kb.views import choices, narrowed

    chosen = choices(project, views)
    return lambda source: narrowed(source, chosen, lang)


def assignments(items: Iterable[str]) -> dict[str, str]:
    """``name=value`` items as a table. Raises UsageError for one without an equals sign, or a name given twice."""
    found: dict[str, str] = {}
    for item in items:
        name, separator, value = item.partition("=")
        name = name.strip().lstrip("?$")
        if not separator or not name:
            raise UsageError(f"-p takes name=value, not {item!r}")
        if name in found:
            raise UsageError(f"the parameter {name!r} is given twice")
        found[name] = value
    return found


def _in_time(work: Callable[[], Outcome], timeout: float, trusted: bool) -> Outcome:
    """The outcome of the work; ends this process where the work is not done in time.

    Texts and files that do not come with the knowledge base are not trusted to leave the engine alive.
    """
    try:
        return Outcome(*deadline.run(lambda: tuple(work()), timeout or None, trusted=trusted))
    except deadline.TimeoutReached as error:
        click.echo(error_line(str(error)), err=True)
        leave(error.exit_code)


def _exactly_one(name: str | None, file: str | None, text: str | None) -> None:
    if sum(choice is not None for choice in (name, file, text)) != 1:
        raise UsageError("give one query: NAME, -f FILE, -q TEXT, or - for standard input; `kb queries` lists the names")


def _asked(project: Any, name: str | None, file: str | None, text: str | None) -> dict[str, Any]:
    """The query's text, what messages call it, and the bundled query where it is one."""
    if text is not None:
        return {"text": text, "name": "query"}
    path = "-" if name == "-" else file
    if path is None:
        from kb.queries.bundled import find

        query = find(project, name or "")
        return {"text": query.text, "name": str(query.path), "query": query}
    return {"text": read_text(path), "name": display_name(path)}
