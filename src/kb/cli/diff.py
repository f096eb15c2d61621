"""kb diff: what changed between two states of the data, in terms of claims and entities."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kb.cli.common import pass_project, terminal_width, write_output
from kb.cli.limits import limit_options, run
from kb.messages import LANGUAGES
from kb.project import Project
from kb.sandbox import Door

_SIDE = click.Path(allow_dash=True)


@click.command("diff")
@click.argument("old", type=_SIDE)
@click.argument("new", type=_SIDE)
@click.option(
    "--format", "format_", type=click.Choice(("text", "json", "csv", "md")), default="text", show_default=True
)
@click.option("--summary", is_flag=True, help="Only the counts.")
@click.option("--triples", is_flag=True, help="Only the statements, removed (D) and added (A), as an RDF Patch.")
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of labels and words."
)
@click.option(
    "--with-kb/--alone",
    "with_kb",
    default=True,
    help="Take the names of what the two sides do not name from the knowledge base (default), or leave them out.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@limit_options
@pass_project
def command(
    project: Project,
    old: str,
    new: str,
    format_: str,
    summary: bool,
    triples: bool,
    lang: str,
    with_kb: bool,
    output: Path | None,
    timeout: float | None,
    memory: float | None,
) -> None:
    """Show what changed, claim by claim and thing by thing.

    OLD and NEW are each an RDF file, a folder of them, a whole knowledge base, or - for standard input. First come
    claims with another claimant or stance; a changed proposition or figure is also told at the claims that say it. A
    thing that kept its content under another identifier is renamed, one that is in another file of the folder has
    moved. Order, prefixes and layout are no difference.

    Exit code 0: no difference in content; 1: some; 2: usage; 3: a side cannot be read; 4: it took too long or too much
    memory.

    \b
    Examples:
      kb diff old.ttl new.ttl
      kb diff ../last-release/data data --format md > comment.md
      git show HEAD:mine.ttl | kb diff - mine.ttl
      git difftool --no-prompt --extcmd 'kb diff' main
    """
    from kb.comparison import diff

    width = terminal_width() if output is None and sys.stdout.isatty() else None

    def work() -> tuple[str, int]:
        return diff(
            project, old, new, format=format_, lang=lang, summary=summary, triples=triples, with_kb=with_kb, width=width
        )

    text, code = run(
        lambda: work, [old, new], timeout, memory, project=project.stated_files() if with_kb else (), door=Door.OFFLINE
    )
    write_output(text, output)
    sys.exit(code)
