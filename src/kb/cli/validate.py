"""kb validate: check files, or the whole knowledge base, before anything is loaded or published."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from kb import sandbox, telling
from kb.cli.common import error_line, note, pass_project, printable, write_output
from kb.cli.limits import limit_options, run
from kb.cli.progress import Progress
from kb.messages import LANGUAGES
from kb.project import Project

# As in kb.validation.answering, which is imported only when the command runs.
_FORMATS = ("text", "json", "csv", "md", "ttl", "sarif")
_SYNTAXES = ("ttl", "nt", "trig", "nq", "rdf", "jsonld")
_LEVELS = ("violation", "warning", "info", "never")


@click.command("validate")
@click.argument("files", nargs=-1, metavar="[FILE|FOLDER|-]…", type=click.Path(allow_dash=True, path_type=Path))
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
    help="Check against the shapes of this file or folder instead of the project's rules; may be repeated.",
)
@click.option("--own-shapes", is_flag=True, help="Check against the project's rules too, beside those of --shapes.")
@click.option(
    "--fail-on", type=click.Choice(_LEVELS), default="violation", show_default=True, help="Exit 1 from this severity on."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="text is for people, ttl the W3C report, sarif for a code host.",
)
@click.option("--output", "-o", metavar="FILE", type=click.Path(path_type=Path), help="Write the report to this file.")
@click.option("--summary", is_flag=True, help="Only the counts.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the messages.")
@click.option("--explain", metavar="RULE", help="Say what a rule asks, why, and how to mend it, with examples.")
@click.option("--rules", is_flag=True, help="List all rules.")
@click.option(
    "--engine",
    type=click.Choice(("auto", "pyshacl", "shacl")),
    default="auto",
    show_default=True,
    help="The SHACL engine: auto takes the fast one, shacl, where it is installed and to be trusted with the shapes.",
)
@click.option("--input-format", type=click.Choice(_SYNTAXES), help="How FILEs are written, where their suffix does not say it.")
@click.option("--base", metavar="IRI", help="What relative IRIs in FILEs stand against.  [default: each file's own address]")
@limit_options
@pass_project
def command(
    project: Project,
    files: tuple[Path, ...],
    with_kb: bool,
    output: Path | None,
    format_: str,
    timeout: float | None,
    memory: float | None,
    **options,
) -> None:
    """Check statements against the rules.

    They are in FILEs, in the RDF files below a FOLDER or, with -, on standard input; each file is read once. Without any,
    the whole knowledge base is checked. New files may refer to what the knowledge base holds, and are judged for what they
    describe and for what they make of the things that it holds, but not for what was wrong before. RULE is a name such as
    mms:ClaimClaimantShape, or a rule's title.

    \b
    Exit codes:
      0  nothing at or over --fail-on
      1  something at or over it
      2  the command is misused; there is no such rule
      3  a file cannot be read, or is not valid in its format
      4  the store fails, or it took too long or too much memory

    \b
    Examples:
      kb validate mine.ttl
      kb validate --explain ClaimClaimantShape
      kb validate data/ --format sarif -o kb.sarif
    """
    from kb.validation.answering import Request, prepare

    request = Request(paths=files, alone=not with_kb, format=format_, **options)


    def prepared() -> Callable[[], tuple[str, int, str]]:
        work = prepare(project, request, telling.at_stage)
        return lambda: tuple(work())

    store = request.store is not None
    with Progress(telling.stage):
        text, code, error = run(
            prepared, [*files, *request.shapes], timeout, memory, project=project.stated_files(),
            door=sandbox.Door.OFFLINE if store else sandbox.Door.CLOSED,  # a store opens its files when it needs them
        )  # fmt: skip
    write_output(printable(text), output)
    if error:
        note(error_line(error))
    sys.exit(code)
