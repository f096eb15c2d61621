"""kb validate: check files, or the whole knowledge base, before anything is loaded or published."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import click

from kb.cli.common import pass_project, printable, write_output
from kb.errors import EXIT_FINDING, UsageError
from kb.messages import LANGUAGES
from kb.project import Project

_FORMATS = ("text", "json", "csv", "md", "ttl")
_LEVELS = ("violation", "warning", "info", "never")


@click.command("validate")
@click.argument("files", nargs=-1, metavar="[FILE…|-]", type=click.Path(allow_dash=True, path_type=Path))
@click.option(
    "--with-kb/--alone",
    "with_kb",
    default=True,
    help="Read the files together with the knowledge base (default), or alone with the ontology.",
)
@click.option(
    "--store",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Read the files together with the store in this folder, instead of the data that kb came with.",
)
@click.option(
    "--shapes",
    multiple=True,
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    help="Check against the shapes of this file or folder instead of the project's; may be repeated.",
)
@click.option(
    "--fail-on", type=click.Choice(_LEVELS), default="violation", show_default=True, help="Exit 1 from this severity on."
)
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--summary", is_flag=True, help="Only the counts.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the messages.")
@click.option(
    "--engine",
    type=click.Choice(("pyshacl", "shacl")),
    default="pyshacl",
    show_default=True,
    help="The SHACL engine; shacl is faster and optional (pip install 'medical-missions-kb[fast]').",
)
@pass_project
def command(
    project: Project,
    files: tuple[Path, ...],
    with_kb: bool,
    store: Path | None,
    shapes: tuple[Path, ...],
    fail_on: str,
    format_: str,
    summary: bool,
    lang: str,
    engine: str,
) -> None:
    """Check statements against the rules.

    They are in FILEs or, with -, on standard input; without either, the whole knowledge base is checked.
    New files may refer to what the knowledge base holds, and are judged for what they describe and for what they make of
    the things that it holds, but not for what was wrong before. Exit code 0: nothing at or over --fail-on; 1: something;
    3: a file cannot be read, or is not valid Turtle; 4: the store fails.

    \b
    Examples:
      kb validate mine.ttl
      kb validate mine.ttl --format csv > findings.csv
      kb validate --summary
    """
    from kb.validation import Severity, outputs, validate

    if summary and format_ == "ttl":
        raise UsageError("--summary and --format ttl exclude each other: the W3C report holds every result")
    if store is not None and not with_kb:
        raise UsageError("--alone and --store exclude each other: a store is read together with the files")
    with _opened(store) as lookups:
        report = validate(project, [*files], alone=not with_kb, shapes=shapes, engine=engine, store=lookups)
    if format_ == "text":
        output = report.summary(lang) if summary else report.text(lang)
    elif format_ == "ttl":
        output = outputs.as_turtle(report)
    else:
        output = {"json": outputs.as_json, "csv": outputs.as_csv, "md": outputs.as_markdown}[format_](report, lang, summary)
    write_output(printable(output), None)
    failing = fail_on != "never" and report.at_least(Severity[fail_on.upper()])
    sys.exit(EXIT_FINDING if failing else 0)


def _opened(store: Path | None) -> contextlib.AbstractContextManager[Any]:
    if store is None:
        return contextlib.nullcontext()
    from kb.stores import open_store

    return open_store(store)
