"""What several commands share: the project, messages, safe text, writing a result where the user wants it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from kb.errors import InputError, Position
from kb.files import write_atomically
from kb.messages import did_you_mean, printable  # noqa: F401 - commands take both from here

pass_project = click.make_pass_decorator(object)
"""Gives a command the ``kb.project.Project`` to work on."""


def error_line(message: str) -> str:
    """A message for stderr: prefixed, and safe to show."""
    return printable(f"kb: {message}")


def note(message: str) -> None:
    """A message to the user, on stderr: standard output carries only the result."""
    click.echo(printable(message), err=True)


def leave(code: int) -> NoReturn:
    """End the process at once: whatever its threads are doing, and without dismantling the interpreter, which takes time."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


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
        # What is left in the buffer has nowhere to go; the interpreter would try again at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise InputError(f"cannot be written: {error.strerror or error}", Position("<stdout>")) from None
