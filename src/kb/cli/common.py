"""What several commands share: the project, messages, safe text, writing a result where the user wants it."""

from __future__ import annotations

import difflib
import os
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from kb.errors import InputError, Position

pass_project = click.make_pass_decorator(object)
"""Gives a command the ``kb.project.Project`` to work on."""

# C0 and C1 controls other than tab and newline: from data, they could drive the reader's terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text with control characters shown as escapes, so that data cannot drive a terminal."""
    return _CONTROL.sub(lambda match: f"\\u{ord(match.group()):04X}", text)


def error_line(message: str) -> str:
    """A message for stderr: prefixed, and safe to show."""
    return printable(f"kb: {message}")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean a, b?`` for the known names nearest to an unknown one, or an empty string."""
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.6)
    return f"; did you mean {', '.join(near)}?" if near else ""


def note(message: str) -> None:
    """A message to the user, on stderr: standard output carries only the result."""
    click.echo(printable(message), err=True)


def write_output(content: str | bytes, output: Path | None) -> None:
    """The result to standard output, or whole into a file: an existing one is replaced in one step or left as it was.

    Raises InputError where the file cannot be written.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_atomically(output, data)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the file's content in one step. Raises InputError where that cannot be done; the old file stays."""
    try:
        target = Path(os.path.realpath(path))
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
            os.chmod(temporary, mode)
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", Position(str(path))) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
