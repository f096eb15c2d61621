"""``kb query``: ask the knowledge base, or other data, a bundled question or one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kb.cli.asking import ask, assignments  # noqa: F401 - the tests read parameters as the command does
from kb.cli.common import answer_limits, completes, pass_project
from kb.errors import UsageError
from kb.messages import LANGUAGES
from kb.results import FORMATS


@click.command(context_settings={"allow_extra_args": True})
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
@answer_limits
@click.option(
    "--data", multiple=True, metavar="PATH|IRI=PATH",
    help="Ask this file or folder instead of the bundled data; with IRI= as a named graph. Repeat it to ask several together.",
)  # fmt: skip
@click.option("--base", "base_iri", metavar="IRI", help="The base of relative IRIs in the query and in --data PATH; in IRI=PATH it is the IRI.")
@click.option("--store", type=click.Path(path_type=Path), metavar="DIR", help="Ask the store in this folder.")
@click.option("--endpoint", metavar="URL", help="Ask the SPARQL endpoint at this address.")
@click.option(
    "--view", "views", multiple=True, metavar="VIEW[=VALUE]", shell_complete=completes("views"),
    help="See only the claims that this view accepts, and what they say (kb view lists the views). Repeatable, to combine.",
)  # fmt: skip
@click.option("--fail-if-empty", is_flag=True, help="Exit with 1 where there is nothing to show.")
@pass_project
def command(
    project: Any, name: str | None, file: str | None, text: str | None, params: tuple[str, ...], format: str | None,
    output: Path | None, lang: str, labels: bool | None, ids: bool, cite: bool, limit: int | None, timeout: float, memory: float | None,
    data: tuple[str, ...], base_iri: str | None, store: Path | None, endpoint: str | None, views: tuple[str, ...], fail_if_empty: bool,
) -> int:  # fmt: skip
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
    _refuse(name, click.get_current_context().args)
    return ask(
        project, name=name, file=file, text=text, params=params, format=format, output=output, lang=lang, labels=labels, ids=ids,
        cite=cite, limit=limit, timeout=timeout, memory=memory, data=data, base_iri=base_iri, store=store, endpoint=endpoint, views=views,
        fail_if_empty=fail_if_empty,
    )  # fmt: skip


def _refuse(name: str | None, more: list[str]) -> None:
    """Raises UsageError for words after the name, which are often meant as parameters."""
    if more:
        meant = f"kb query {name} -p {more[0] if '=' in more[0] else 'NAME=VALUE'}"
        raise UsageError(f"one NAME is asked, and {more[0]!r} is another word; a parameter comes after -p: {meant}")
