"""What a command says and writes: messages on stderr, results on stdout or in a file, always safe to show."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from kb.errors import InputError, Position
from kb.files import write_atomically
from kb.messages import printable

_LONGEST = 10_000
"""Characters of a message: some repeat what was given, which may be anything."""


def error_line(message: str) -> str:
    """A message for stderr: prefixed, and safe to show."""
    return printable(f"kb: {message}")


def note(message: str) -> None:
    """A message to the user, on stderr: standard output carries only the result. It is no longer than can be read.

    Where nobody can receive it, it is lost: what the command did and found stays the same.
    """
    if len(message) > _LONGEST:
        message = f"{message[:_LONGEST]}… ({len(message) - _LONGEST:,} characters more)"
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{printable(message)}\n")
        sys.stderr.flush()


def leave(code: int) -> NoReturn:
    """End the process at once: whatever its threads are doing, and without dismantling the interpreter, which takes time."""
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def discard_output() -> None:
    """Send standard output nowhere: what is left in its buffer cannot be written, and would be tried again at the end."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_output(content: str | bytes, output: Path | None) -> None:
    """The result to standard output, or whole into a file: an existing one is replaced in one step or left as it was.

    Raises InputError where it cannot be written.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    if output is not None:
        write_atomically(output, data)
        return
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_output()
        raise InputError(f"cannot be written: {error.strerror or error}", Position("<stdout>")) from None


def terminal_width() -> int | None:
    """Columns of the terminal that standard output is; None where it does not say."""
    if os.environ.get("COLUMNS", "").isdigit():
        return int(os.environ["COLUMNS"]) or None
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except OSError:
        return None


def as_json(value: Any) -> str:
    """A result as JSON for people and programs: indented, its letters as they are."""
    import json

    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def as_rows(header: Sequence[str], rows: Sequence[Sequence[str]], format: str | None) -> str:
    """``table`` or ``csv``; where none is asked for, a table on a terminal, fitted to it, and csv elsewhere."""
    from kb.results import columns, tables

    on_terminal = sys.stdout.isatty()
    if format == "csv" or (format is None and not on_terminal):
        return tables.csv(header, rows)
    return columns.aligned(header, rows, terminal_width() if on_terminal else None)
