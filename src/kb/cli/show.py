"""``kb show``: the page of a claim or of anything else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from kb.cli.common import answer_limits, check_one_store, completes, pass_project, terminal_width, within, write_output
from kb.messages import LANGUAGES

_WIDTH = 100
"""Columns of a page that is not on a terminal, and at most of one that is."""


@click.command()
@click.argument("thing", metavar="ID|LABEL", shell_complete=completes("identifiers"))
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The page's language.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="Items in a list.")
@click.option("--store", type=click.Path(path_type=Path), metavar="DIR", help="Look in the store in this folder.")
@click.option("--endpoint", metavar="URL", help="Look at the SPARQL endpoint at this address.")
@answer_limits
@pass_project
def command(
    project: Any, thing: str, lang: str, limit: int, store: Path | None, endpoint: str | None, timeout: float,
    memory: float | None,
) -> None:  # fmt: skip
    """Show the page of one thing: what it is, and what is said of it.

    The thing is an actor, a place, a work, a claim, a passage, a term … of the knowledge base. A claim's page has who says it, what it says, where, on what evidence, and what answers it. Anything else's has
    what is said of it, by whom, and who disputes it. A label may be in either language, without its accents.

    \b
    Examples:
      kb show place:brazil
      kb show "Más Médicos" --lang es
      kb show mm:Claim
    """
    from kb.browse.pages import Page
    from kb.queries.requests import Where
    from kb.results.labels import Finder

    check_one_store(store, endpoint)
    width = min((terminal_width() if sys.stdout.isatty() else None) or _WIDTH, _WIDTH)

    def page() -> str:
        source = Where(project, store=store, endpoint=endpoint, timeout=timeout or None).source()
        return Page(source, lang, limit, width).write(Finder(source, lang).thing(thing))

    write_output(within(page, timeout, memory, store), None)
