"""kb fmt: write Turtle files in the project's form."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from kb.cli.common import error_line, note, pass_project, printable, write_output
from kb.errors import EXIT_FINDING, EXIT_INPUT, InputError, Position
from kb.files import display_name, read_bytes, write_atomically
from kb.project import Project


@click.command("fmt")
@click.argument("files", nargs=-1, metavar="[FILE…]", type=click.Path(allow_dash=True, path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; list the files that would change, and exit 1 if any would.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
@pass_project
def command(project: Project, files: tuple[Path, ...], check: bool, diff: bool) -> None:
    """Write Turtle files in the project's one form.

    FILE is a Turtle file, a folder of them, or - for standard input; without FILE, the whole ontology, data and shapes.
    Subjects stay in their order, comments before a subject stay with it, literals stay as written. A file with a syntax
    error, or with a comment inside a statement, is left alone and reported.

    \b
    Examples:
      kb fmt mine.ttl
      kb fmt --check
    """
    from kb.turtle.formatting import format_document

    failed = False
    changed: list[tuple[Path, str, str]] = []
    paths = _paths(project, files)
    for path in paths:
        name = display_name(path)
        try:
            if path.suffix not in (".ttl", "") and str(path) != "-":
                raise InputError("only Turtle files (.ttl) can be formatted", Position(name))
            content = read_bytes(path)
            formatted = format_document(content, name)
        except InputError as error:
            click.echo(error_line(str(error)), err=True)
            failed = True
            continue
        if str(path) == "-" and not (check or diff):
            write_output(printable(formatted) if sys.stdout.isatty() else formatted, None)
        elif formatted.encode() != content:
            changed.append((path, content.decode(), formatted))
    for path, before, after in changed:
        if diff:
            click.echo(printable(_difference(display_name(path), before, after)), nl=False)
        elif check:
            click.echo(printable(display_name(path)))
        else:
            write_atomically(path, after.encode())
            note(f"formatted {path}")
    if check or not diff and paths != [Path("-")]:
        note(_summary(len(paths), len(changed), check))
    sys.exit(EXIT_INPUT if failed else EXIT_FINDING if check and changed else 0)


def _paths(project: Project, files: tuple[Path, ...]) -> list[Path]:
    if not files:
        return [*project.ontology_files(alignments=True), *project.data_files(), *project.shape_files()]
    paths: list[Path] = []
    for path in files:
        paths += sorted(path.rglob("*.ttl")) if path.is_dir() else [path]
    return paths


def _difference(name: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), name, f"{name} (formatted)")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _summary(read: int, changed: int, check: bool) -> str:
    verb = "would change" if check else "changed"
    return f"{read} file{'s' if read != 1 else ''} read, {changed} {verb}"
