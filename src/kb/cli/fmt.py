"""kb fmt: write Turtle files in the project's form."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from kb.cli.common import error_line, note, pass_project, printable, write_output
from kb.cli.limits import limit_options, run
from kb.errors import EXIT_FINDING, InputError, Position, StoreError
from kb.files import display_name, read_bytes, write_atomically
from kb.project import Project
from kb.telling import working_on

_STDIN = Path("-")

Outcome = tuple[bytes, str] | InputError | StoreError
"""A file's content and its form, or why there is none."""


@click.command("fmt")
@click.argument("files", nargs=-1, metavar="[FILE…]", type=click.Path(allow_dash=True, path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; list the files that would change, and exit 1 if any would.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change. Exit 1 for it only with --check.")
@limit_options
@pass_project
def command(
    project: Project, files: tuple[Path, ...], check: bool, diff: bool, timeout: float | None, memory: float | None
) -> None:
    """Write Turtle files in the project's one form.

    FILE is a Turtle file, a folder of them, or - for standard input; without FILE, the whole ontology, data and shapes.
    Of a folder, hidden folders are left out.

    Subjects stay in their order, comments before a subject stay with it, literals stay as written. A file with a syntax
    error, with a relative IRI and no @base, or with a comment inside or after a statement is left alone and reported, and
    the others are written; the exit code is then 3. It is 4 where one takes too long or too much memory.

    \b
    Examples:
      kb fmt mine.ttl
      kb fmt --check
      kb fmt --diff data | less
    """
    failed = 0
    changed = 0
    paths = _paths(project, files)
    for path, outcome in _formatted(paths, timeout, memory):
        try:
            changed += _take(path, outcome, check, diff)
        except (InputError, StoreError) as error:
            note(error_line(str(error)))
            failed = max(failed, error.exit_code)
    if check or (not diff and paths != [_STDIN]):
        note(_summary(len(paths), changed, check))
    sys.exit(failed or (EXIT_FINDING if check and changed else 0))


def _formatted(paths: list[Path], timeout: float | None, memory: float | None) -> Iterator[tuple[Path, Outcome]]:
    """Each file with what it holds and its form, or the error that stands in their way.

    All are read and formatted in one child process; where that does not come to its end, each in one of its own.
    """
    try:
        if _STDIN in paths and len(paths) > 1:
            raise StoreError("what the process reads from standard input would be gone with it")
        yield from zip(paths, _run(paths, timeout, memory), strict=True)
    except StoreError as error:
        for path in paths:
            try:
                yield path, _run([path], timeout, memory)[0] if len(paths) > 1 else error
            except StoreError as its_own:
                yield path, its_own


def _run(paths: list[Path], timeout: float | None, memory: float | None) -> list[Outcome]:
    from kb.turtle.formatting import format_document

    def prepare() -> Callable[[], list[tuple[bytes, str] | str]]:
        contents = [_content(path) for path in paths]
        return lambda: [formatted(path, content) for path, content in zip(paths, contents, strict=True)]

    def formatted(path: Path, content: bytes | InputError) -> tuple[bytes, str] | str:
        working_on(display_name(path))
        try:
            return str(content) if isinstance(content, InputError) else (content, format_document(content, display_name(path)))
        except InputError as error:
            return str(error)

    found = run(prepare, paths, timeout, memory)
    return [InputError(outcome) if isinstance(outcome, str) else outcome for outcome in found]


def _content(path: Path) -> bytes | InputError:
    name = display_name(path)
    if path != _STDIN and path.suffix.lower() not in (".ttl", ""):
        return InputError("only Turtle files (.ttl) can be formatted", Position(name))
    if path != _STDIN and path.exists() and not path.is_dir() and not path.is_file():
        return InputError("this is a pipe or a device; give what it holds on standard input, as -", Position(name))
    try:
        return read_bytes(path)
    except InputError as error:
        return error


def _take(path: Path, outcome: Outcome, check: bool, diff: bool) -> bool:
    """Write a file in its form, or say what would change; whether it does. Raises the error that stands in the way, and
    then the file is as it was."""
    if not isinstance(outcome, tuple):
        raise outcome
    content, formatted = outcome
    name = display_name(path)
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
