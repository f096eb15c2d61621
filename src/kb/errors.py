"""The errors that a user can meet, each with the exit code that documents its kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

EXIT_FINDING = 1
EXIT_USAGE = 2
EXIT_INPUT = 3
EXIT_STORE = 4
EXIT_BUG = 70


class KbError(Exception):
    """Something that went wrong for a reason its user can act on: one message, one exit code.

    The message is shown as it is, so it says what happened, where, and how to mend it.
    """

    exit_code = EXIT_BUG


class UsageError(KbError):
    """The request cannot be understood: an unknown name, a missing or ill-formed parameter."""

    exit_code = EXIT_USAGE


class Position(NamedTuple):
    """A place in a file; line and column count from 1, the column in code points."""

    path: str
    line: int | None = None
    column: int | None = None
    source_line: str | None = None

    @classmethod
    def within(cls, text: str, line: int, column: int | None, path: str) -> Position:
        """A place in a text that is at hand, with that line's text."""
        lines = text.split("\n", line)
        return cls(path, line, column, lines[line - 1].rstrip("\r") if len(lines) >= line else None)

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)


class InputError(KbError):
    """A file or stream cannot be read or is not valid; shown as ``file:line:col: message`` with a caret."""

    exit_code = EXIT_INPUT

    def __init__(self, message: str, position: Position | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.parts: tuple[InputError, ...] = (self,)

    def __str__(self) -> str:
        message = self.message
        if self.position is None:
            return message
        shown = f"{self.position}: {message}"
        line, column = self.position.source_line, self.position.column
        if line is None or column is None:
            return shown
        # A window round the fault: a line may be megabytes long.
        start = max(0, column - 1 - 60)
        window = line[start : start + 120]
        return f"{shown}\n    {window}\n    {' ' * (column - 1 - start)}^"


def in_one(errors: Sequence[InputError]) -> InputError:
    """The errors of several files, of which there is one at least, as one error that tells of each; its ``parts`` are they."""
    if len(errors) == 1:
        return errors[0]
    error = InputError("\n".join(map(str, errors)))
    error.parts = tuple(part for one in errors for part in one.parts)
    return error


class StoreError(KbError):
    """A store or an endpoint does not answer, refuses, or did not finish in time."""

    exit_code = EXIT_STORE
