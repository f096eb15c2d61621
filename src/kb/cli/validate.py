"""kb validate: check files, or the whole knowledge base, before anything is loaded or published."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kb.cli.common import pass_project, printable, write_output
from kb.cli.limits import limit_options, run
from kb.errors import EXIT_FINDING, UsageError
from kb.messages import LANGUAGES
from kb.project import Project
from kb.sandbox import Door

if TYPE_CHECKING:
    from kb.validation import Report

_FORMATS = ("text", "json", "csv", "md", "ttl")
_SYNTAXES = ("ttl", "nt", "trig", "nq", "rdf", "jsonld")
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
@click.option("--input-format", type=click.Choice(_SYNTAXES), help="How FILEs are written, where their suffix does not say it.")
@click.option("--base", metavar="IRI", help="What relative IRIs in FILEs stand against.  [default: each file's own address]")
@limit_options
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
    input_format: str | None,
    base: str | None,
    timeout: float | None,
    memory: float | None,
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
    from kb import rdf, turtle
    from kb.validation import Severity, Validator, outputs

    if summary and format_ == "ttl":
        raise UsageError("--summary and --format ttl exclude each other: the W3C report holds every result")
    if store is not None and not with_kb:
        raise UsageError("--alone and --store exclude each other: a store is read together with the files")
    if base is not None and not rdf.is_iri(base):
        raise UsageError(f"--base takes an absolute IRI, not {base!r}")

    def prepare() -> Callable[[], tuple[str, bool]]:
        validator = Validator(project, alone=not with_kb, shapes=shapes, engine=engine, store=_opened(store))
        judge = validator.prepare(files, format=turtle.FORMATS[f".{input_format}"] if input_format else None, base=base)

        def work() -> tuple[str, bool]:
            report = judge()
            failing = fail_on != "never" and bool(report.at_least(Severity[fail_on.upper()]))
            return printable(written(report)), failing

        return work

    def written(report: Report) -> str:
        if format_ == "text":
            return report.summary(lang) if summary else report.text(lang)
        if format_ == "ttl":
            return outputs.as_turtle(report)
        return {"json": outputs.as_json, "csv": outputs.as_csv, "md": outputs.as_markdown}[format_](report, lang, summary)

    door = Door.CLOSED if store is None else Door.OFFLINE  # a store opens its files when it needs them
    output, failing = run(prepare, [*files, *shapes], timeout, memory, project=project.stated_files(), door=door)
    write_output(output, None)
    sys.exit(EXIT_FINDING if failing else 0)


def _opened(store: Path | None) -> Any:
    if store is None:
        return None
    from kb.stores import open_store

    return open_store(store)
