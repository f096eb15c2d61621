"""kb fmt: write Turtle files in the project's form."""

from __future__ import annotations

import difflib
import re
import sys
from pathlib import Path

import click

from kb.cli.common import error_line, note, pass_project, printable, write_output
from kb.errors import EXIT_FINDING, EXIT_INPUT, InputError, Position
from kb.files import display_name, read_bytes, write_atomically
from kb.project import Project

_STDIN = Path("-")


@click.command("fmt")
@click.argument("files", nargs=-1, metavar="[FILE…]", type=click.Path(allow_dash=True, path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; list the files that would change, and exit 1 if any would.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change. Exit 1 for it only with --check.")
@pass_project
def command(project: Project, files: tuple[Path, ...], check: bool, diff: bool) -> None:
    """Write Turtle files in the project's one form.

    FILE is a Turtle file, a folder of them, or - for standard input; without FILE, the whole ontology, data and shapes.
    Of a folder, hidden folders are left out.

    Subjects stay in their order, comments before a subject stay with it, literals stay as written. A file with a syntax
    error, with a relative IRI and no @base, or with a comment inside or after a statement is left alone and reported, and
    the others are written; the exit code is then 3.

    \b
    Examples:
      kb fmt mine.ttl
      kb fmt --check
      kb fmt --diff data | less
    """
    failed = False
    changed = 0
    paths = _paths(project, files)
    for path in paths:
        try:
            changed += _format(path, check, diff)
        except InputError as error:
            note(error_line(str(error)))
            failed = True
    if check or (not diff and paths != [_STDIN]):
        note(_summary(len(paths), changed, check))
    sys.exit(EXIT_INPUT if failed else EXIT_FINDING if check and changed else 0)


def _format(path: Path, check: bool, diff: bool) -> bool:
    """Format one file, or say what would change; whether it does. Raises InputError, and then the file is as it was."""
    from kb.turtle.formatting import format_document

    name = display_name(path)
    if path != _STDIN:
        if path.suffix.lower() not in (".ttl", ""):
            raise InputError("only Turtle files (.ttl) can be formatted", Position(name))
        if path.exists() and not path.is_dir() and not path.is_file():
            raise InputError("this is a pipe or a device; give what it holds on standard input, as -", Position(name))
    content = read_bytes(path)
    formatted = format_document(content, name)
    change = formatted.encode() != content
    if diff:
        write_output(printable(_difference(name, content.decode(), formatted)), None)
    elif check:
        write_output(f"{printable(name)}\n" if change else "", None)
    elif path == _STDIN:
        write_output(printable(formatted) if sys.stdout.isatty() else formatted, None)
    elif change:
        if read_bytes(path) != content:
            raise InputError("it was changed by somebody else meanwhile; format it again", Position(name))
        write_atomically(path, formatted.encode())
        note(f"formatted {name}")
    return change


def _paths(project: Project, files: tuple[Path, ...]) -> list[Path]:
    """The files to format, each once: without any named those of the project, and of a folder those in it."""
    if not files:
        return [*project.ontology_files(alignments=True), *project.data_files(), *project.shape_files()]
    paths: list[Path] = []
    for path in files:
        if path != _STDIN and path.is_dir():
            inner = sorted(file for file in path.rglob("*.[tT][tT][lL]") if file.is_file())
            paths += [file for file in inner if not any(n.startswith(".") for n in file.relative_to(path).parts[:-1])]
        else:
            paths.append(path)
    return list(dict.fromkeys(paths))


def _difference(name: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(_lines(before), _lines(after), name, f"{name} (formatted)")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Lines with their ends; only a line feed ends one, whatever else may look like it."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _summary(read: int, changed: int, check: bool) -> str:
    verb = "would change" if check else "changed"
    return f"{read} file{'s' if read != 1 else ''} read, {changed} {verb}"
