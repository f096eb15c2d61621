"""What only a person can know about one text: the partition hints of ``data/documents/SLUG/partition.toml``.

The keys are described in ``docs/texts.md``. A line is named by its number or by a regular expression that matches from
the start of its text (list bullet and ``#`` signs left out).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field

from kb.errors import InputError, Position
from kb.messages import did_you_mean
from kb.texts.citations import DEFAULT_STYLES, STYLES

LINE_ROLES = ("title", "byline", "dateline", "furniture", "caption", "bibliography", "paragraph", "recommendations")
"""Keys that name lines: a string, a number, or a list of these."""

_WORD_LISTS = ("abbreviations", "names")
_PATTERN_LISTS = ("rationale", "item_headings")
_LINE_BREAKS = ("paragraphs", "wrapped")
KEYS = (*LINE_ROLES, "headings", *_PATTERN_LISTS, *_WORD_LISTS, "markers", "line_breaks")


@dataclass(frozen=True)
class LineHint:
    """One line that a person has named: by its number, counted from 1, or by a pattern; ``level`` is a heading's."""

    role: str
    pattern: re.Pattern[str] | None = None
    number: int | None = None
    level: int | None = None

    def matches(self, number: int, readings: tuple[str, ...]) -> bool:
        """Whether it names the line with this number, of which ``readings`` are the texts."""
        if self.pattern is None:
            return number == self.number
        return any(self.pattern.match(text) for text in readings)

    def __str__(self) -> str:
        return f"{self.role} = {self.number if self.pattern is None else repr(self.pattern.pattern)}"


@dataclass(frozen=True)
class Hints:
    """Everything that a hints file says; without arguments, nothing."""

    lines: tuple[LineHint, ...] = ()
    rationale: tuple[re.Pattern[str], ...] = ()
    item_headings: tuple[re.Pattern[str], ...] = ()
    abbreviations: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    markers: tuple[str, ...] = DEFAULT_STYLES
    wrapped: bool | None = None
    _used: set[LineHint] = field(default_factory=set, compare=False)

    def line(self, number: int, readings: tuple[str, ...]) -> dict[str, LineHint]:
        """The hints that name this line, the first of each role; ``readings`` are its text without and with bullet."""
        found: dict[str, LineHint] = {}
        for hint in self.lines:
            if hint.matches(number, readings):
                self._used.add(hint)
                found.setdefault(hint.role, hint)
        return found

    def unused(self) -> list[LineHint]:
        """The hints that no line has matched so far: the text has changed, or they are mistyped."""
        return [hint for hint in self.lines if hint not in self._used]


def parse(content: str, name: str) -> Hints:
    """The hints in a TOML text; ``name`` is shown in messages. Raises InputError for what is not understood."""
    try:
        table = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(error, content, name) from None
    except RecursionError:
        raise _fault(name, "not valid TOML: brackets nested too deep") from None
    for key in table:
        if key not in KEYS:
            raise _fault(name, f"unknown key {key!r}{did_you_mean(key, KEYS)} (the keys are {', '.join(KEYS)})")
    lines = [
        LineHint(role, **_where(entry, role, name))
        for role in LINE_ROLES
        for entry in _entries(table, role, name, (str, int))
    ]
    markers = tuple(_entries(table, "markers", name, (str,))) if "markers" in table else DEFAULT_STYLES
    for style in markers:
        if style not in STYLES:
            raise _fault(name, f"markers: {style!r} is not one of {', '.join(STYLES)}")
    breaks = table.get("line_breaks")
    if breaks is not None and breaks not in _LINE_BREAKS:
        raise _fault(name, f"line_breaks: {breaks!r} is not one of {', '.join(_LINE_BREAKS)}")
    return Hints(
        lines=(*_headings(table, name), *lines),
        rationale=tuple(_pattern(entry, "rationale", name) for entry in _entries(table, "rationale", name, (str,))),
        item_headings=tuple(
            _pattern(entry, "item_headings", name) for entry in _entries(table, "item_headings", name, (str,))
        ),
        abbreviations=frozenset(word.rstrip(".").lower() for word in _entries(table, "abbreviations", name, (str,))),
        names=frozenset(_entries(table, "names", name, (str,))),
        markers=markers,
        wrapped=None if breaks is None else breaks == "wrapped",
    )


def _headings(table: dict, name: str) -> list[LineHint]:
    """``[headings]``: level = the lines that are headings of that level."""
    levels = table.get("headings", {})
    if not isinstance(levels, dict):
        raise _fault(name, "headings must be a table of levels, such as [headings] 2 = ['Background']")
    found = []
    for level in levels:
        if not re.fullmatch(r"[1-9]", level):
            raise _fault(name, f"headings: {level!r} is not a level from 1 to 9")
        key = f"headings.{level}"
        for entry in _entries({key: levels[level]}, key, name, (str, int)):
            found.append(LineHint("heading", level=int(level), **_where(entry, key, name)))
    return found


def _entries(table: dict, key: str, name: str, types: tuple[type, ...]) -> list:
    value = table.get(key, [])
    entries = value if isinstance(value, list) else [value]
    for entry in entries:
        if isinstance(entry, bool) or not isinstance(entry, types) or entry == "":
            wanted = "a text or a line number" if int in types else "a text"
            raise _fault(name, f"{key}: {entry!r} is not {wanted}")
    return entries


def _where(entry: str | int, key: str, name: str) -> dict:
    if isinstance(entry, str):
        return {"pattern": _pattern(entry, key, name)}
    if entry < 1:
        raise _fault(name, f"{key}: lines are counted from 1, not {entry}")
    return {"number": entry}


def _pattern(entry: str, key: str, name: str) -> re.Pattern[str]:
    try:
        return re.compile(entry)
    except (re.error, OverflowError, RecursionError) as error:
        raise _fault(name, f"{key}: {entry!r} is not a regular expression: {error}") from None


def _fault(name: str, message: str) -> InputError:
    return InputError(message, Position(name))


def _toml_error(error: tomllib.TOMLDecodeError, content: str, name: str) -> InputError:
    """The TOML parser's complaint with its place, which it tells only in words."""
    lines = content.split("\n")
    match = re.search(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)\Z", str(error))
    if match is None:
        return _fault(name, f"not valid TOML: {error}")
    line = int(match.group(1) or len(lines))
    source = lines[line - 1].rstrip("\r") if line <= len(lines) else ""
    column = int(match.group(2) or len(source) + 1)
    return InputError(f"not valid TOML: {str(error)[: match.start()]}", Position(name, line, column, source))
