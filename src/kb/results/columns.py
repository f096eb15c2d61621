"""Text in columns that fit a terminal: cells wrapped, or a row as a list of its own where there are too many columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_GAP = "  "
_NARROWEST = 16
"""Columns that a cell keeps at least when a table is squeezed into a terminal; where that is not enough, see ``records``."""


def aligned(
    header: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None, right: Sequence[bool] = ()
) -> str:
    """Columns side by side under their names; with ``width``, cells are wrapped so that a line fits into it, and where
    there are too many columns for that, each row is a list of its own."""
    widths = [max([text_width(name), *(text_width(row[i]) for row in rows)]) for i, name in enumerate(header)]
    if width is not None:
        available = width - len(_GAP) * (len(header) - 1)
        widths = _fitted(widths, available)
        if sum(widths) > available and rows:
            return records(header, rows, width)
    right = right or [False] * len(header)
    wrapped = [[wrap(cell, widths[i]) for i, cell in enumerate(row)] for row in rows]
    lines = _row([wrap(name, widths[i]) for i, name in enumerate(header)], widths, right)
    lines.append(_GAP.join("─" * column for column in widths))
    for index, row in enumerate(wrapped):
        # A blank line tells rows apart once a cell runs over several.
        if index and any(len(cell) > 1 for neighbour in (wrapped[index - 1], row) for cell in neighbour):
            lines.append("")
        lines += _row(row, widths, right)
    return "\n".join(lines) + "\n"


def records(header: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> str:
    """Each row as lines of ``name  value``, without what is empty, a blank line between rows."""
    names = max(text_width(name) for name in header)
    room = max(width - names - len(_GAP), _NARROWEST)
    blocks = []
    for row in rows:
        lines = []
        for name, cell in zip(header, row, strict=True):
            first, *rest = wrap(cell, room)
            if cell:
                lines.append(name + " " * (names - text_width(name)) + _GAP + first)
                lines += [" " * names + _GAP + line for line in rest]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def _row(cells: Sequence[Sequence[str]], widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    lines = []
    for number in range(max((len(cell) for cell in cells), default=0)):
        parts = []
        for cell, column, is_right in zip(cells, widths, right, strict=True):
            part = cell[number] if number < len(cell) else ""
            space = " " * (column - text_width(part))
            parts.append(space + part if is_right else part + space)
        lines.append(_GAP.join(parts).rstrip())
    return lines


def _fitted(widths: list[int], available: int) -> list[int]:
    """The widths with the widest columns cut down until their sum fits, but none below a readable minimum."""
    widths = list(widths)
    while sum(widths) > available:
        widest = max(widths)
        if widest <= _NARROWEST:
            break
        columns = [i for i, column in enumerate(widths) if column == widest]
        next_widest = max((column for column in widths if column < widest), default=0)
        excess = -(-(sum(widths) - available) // len(columns))
        cut = max(1, min(excess, widest - max(next_widest, _NARROWEST)))
        for i in columns:
            widths[i] -= cut
    return widths


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` columns, broken at spaces where it can be."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and text_width(line) + 1 + text_width(word) <= width:
            line += " " + word
            continue
        if line:
            lines.append(line)
        while text_width(word) > width:
            head = _head(word, width)
            lines.append(head)
            word = word[len(head) :]
        line = word
    return [*lines, line]


def _head(word: str, width: int) -> str:
    taken = 0
    for index, character in enumerate(word):
        taken += _character_width(character)
        if taken > width and index:
            return word[:index]
    return word


def text_width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
