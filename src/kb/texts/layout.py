"""The lines of a text as blocks: paragraphs, list items, table rows, headings marked as such, rules.

Texts come with a line for each paragraph, or wrapped at a width, or as Markdown; which one is seen from the text or
said by the hints. A block's span is what can be read: list bullets and numbers, ``#`` signs and quotation bars lie
outside.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from kb.texts import phrases, sentences
from kb.texts.citations import SUPERSCRIPT, TO_DIGIT
from kb.texts.hints import Hints, LineHint

_NEWLINE = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
BLANK = re.compile(rf"[\s{phrases.INVISIBLE}]*")
_QUOTE_BAR = re.compile(r"(?:>[ \t\u00a0]?)+")
_HEADING = re.compile(r"(#{1,6})[ \t\u00a0]+(?=\S)")
_YAML = re.compile(r"[\w-]+[ \t]*:|#")
_UNDERLINE = re.compile(r"(?:=+|-{2,})\Z")
_RULE = re.compile(r"(?:[-*_=~][ \t]*){3,}\Z")
_SEPARATOR = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?\Z")
# The numbers that a bibliography prints: [3], [^3]:, ³; then the bullets and numbers of lists.
_ENTRY = re.compile(
    rf"\[\^?(\d{{1,4}})\][:.]?[\s\u00a0]+(?=\S)|([{SUPERSCRIPT}]{{1,4}})[ \t\u00a0]*(?=[^\s\d,;{SUPERSCRIPT}])"
)
_BULLET = re.compile(r"(?:[-*+•·▪◦‣●○–][ \t\u00a0]+)(?:\[[ xX]\][ \t\u00a0]+)?(?=\S)")
_NUMBER = re.compile(r"(?:(\d{1,3})[.)]|\((\d{1,3})\)|[a-z]\)|\([a-z]\))[ \t\u00a0]+(?=\S)")
# The number that a heading may begin with: "IV. ", "2.1 ", "3) ", "B. ".
HEADING_NUMBER = re.compile(
    r"(?:(?P<roman>[IVXLC]+)|(?P<decimal>\d{1,2}(?:\.\d{1,2})*)|(?P<letter>[A-Z]))"
    r"(?:[.)]|(?<=\.\d)|(?<=\.\d\d))[ \t\u00a0]+(?=\S)"
)

MAX_HEADING_WORDS = 15
_MIN_WRAP = 40
_MAX_WRAP = 130


@dataclass
class Block:
    """A stretch of lines that belong together.

    ``shape`` is ``paragraph``, ``item``, ``row``, ``separator`` (of a table), ``heading`` (marked as one), ``rule`` or
    ``metadata``; ``start`` and ``end`` are code points of the content, end-exclusive; ``line`` counts from 1;
    ``number`` is the one printed before an item, ``bracketed`` where it is printed as a note's (``[3]``, ``³``).
    """

    shape: str
    start: int
    end: int
    line: int
    level: int | None = None
    number: int | None = None
    bracketed: bool = False
    indent: int = 0
    after_blank: bool = False
    hints: dict[str, LineHint] = field(default_factory=dict)


def blocks(text: str, hints: Hints) -> list[Block]:
    """The blocks of a text in order; blank lines separate and are not blocks themselves."""
    lines = list(_lines(text, hints))
    _mark_metadata(text, lines)
    _mark_tables(text, lines)
    _mark_underlined(text, lines)
    _unmark_numbered_headings(text, lines)
    wrapped = _is_wrapped(text, lines) if hints.wrapped is None else hints.wrapped
    merged: list[Block] = []
    last_line = ""
    for block in lines:
        line = text[block.start : block.end]
        if merged and _continues(merged[-1], last_line, block, line, wrapped):
            merged[-1].end = block.end
        else:
            merged.append(block)
        last_line = line
    return merged


def place(text: str, position: int) -> tuple[int, int]:
    """Line and column, both from 1, of a position in a text."""
    starts = _line_starts(text)
    line = bisect_right(starts, position)
    return line, position - starts[line - 1] + 1


@lru_cache(maxsize=1)
def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in _NEWLINE.finditer(text))]


def is_heading_like(text: str) -> bool:
    """Whether a line reads as a heading: short, beginning with a capital or a digit, without the stop of a sentence."""
    stripped = text.lstrip(phrases.OPENERS)
    if not stripped or not (stripped[0].isupper() or stripped[0].isdigit()) or len(text.split()) > MAX_HEADING_WORDS:
        return False
    stop = sentences.ends_with_stop(text)
    if stop in ("?", "!"):
        return phrases.is_title_case(text)
    return not stop


def _lines(text: str, hints: Hints) -> Iterator[Block]:
    position, after_blank = 0, False
    ends = [match.span() for match in _NEWLINE.finditer(text)] + [(len(text), len(text))]
    for number, (stop, following) in enumerate(ends, 1):
        start = BLANK.match(text, position, stop).end()
        end = start + len(text[start:stop].rstrip().rstrip(phrases.INVISIBLE).rstrip())
        if end > start:
            indent = len(text[position:start].expandtabs(4))
            block = _line(text, start, end, number)
            block.indent, block.after_blank = indent, after_blank
            block.hints = hints.line(number, (text[block.start : block.end], text[start:end]))
            yield block
        after_blank = end <= start
        position = following


def _line(text: str, start: int, end: int, number: int) -> Block:
    """One line with the shape that it has by itself."""
    bar = _QUOTE_BAR.match(text, start, end)
    if bar and bar.end() < end:
        start = BLANK.match(text, bar.end(), end).end()
    line = text[start:end]
    if line.startswith("|"):
        return Block("separator" if _SEPARATOR.match(line) else "row", start, end, number)
    if _RULE.match(line) or set(line) <= set("># \t"):
        return Block("rule", start, end, number)
    heading = _HEADING.match(line)
    if heading:
        content = line[heading.end() :]
        if not content.strip("# \t\u00a0"):
            return Block("rule", start, end, number)
        opened = content.rstrip("#")
        if opened != content and opened[-1].isspace():
            content = opened.rstrip()
        start += heading.end()
        return Block("heading", start, start + len(content), number, level=len(heading.group(1)))
    entry = _ENTRY.match(line)
    if entry:
        digits = entry.group(1) or entry.group(2).translate(TO_DIGIT)
        return Block("item", start + entry.end(), end, number, number=int(digits), bracketed=True)
    bullet = _BULLET.match(line)
    inner = _NUMBER.match(line, bullet.end() if bullet else 0)
    if inner:
        digits = inner.group(1) or inner.group(2)
        return Block("item", start + inner.end(), end, number, number=int(digits) if digits else None)
    if bullet:
        return Block("item", start + bullet.end(), end, number)
    return Block("paragraph", start, end, number)


def _mark_metadata(text: str, lines: list[Block]) -> None:
    """The YAML block that may open a Markdown file is data about the text, not text."""
    if not lines or lines[0].line != 1 or text[lines[0].start : lines[0].end] != "---":
        return
    for index, block in enumerate(lines[1:], 1):
        line = text[block.start : block.end]
        if line in ("---", "..."):
            for inside in lines[1:index]:
                inside.shape = "metadata"
            block.shape = "rule"
            return
        if not (block.indent or block.shape == "item" or _YAML.match(line)):
            return


def _mark_tables(text: str, lines: list[Block]) -> None:
    """Rows of a table whose outer bars are left out: the line above a separator, and those below it that hold a bar."""
    for index in range(1, len(lines)):
        below, above = lines[index], lines[index - 1]
        line = text[below.start : below.end]
        if "|" not in line or below.shape not in ("paragraph", "separator") or not _SEPARATOR.match(line):
            continue
        if "|" in text[above.start : above.end] and above.shape in ("paragraph", "row"):
            above.shape, below.shape = "row", "separator"
            for block in lines[index + 1 :]:
                if block.after_blank or block.shape != "paragraph" or "|" not in text[block.start : block.end]:
                    break
                block.shape = "row"


def _mark_underlined(text: str, lines: list[Block]) -> None:
    """A line of ``===`` or ``---`` right below a single short line makes that one a heading."""
    for index in range(1, len(lines)):
        below, above = lines[index], lines[index - 1]
        line = text[below.start : below.end]
        alone = index == 1 or above.after_blank or lines[index - 2].shape != "paragraph"
        if below.after_blank or above.shape != "paragraph" or not alone or not _UNDERLINE.match(line) or len(line) < 3:
            continue
        if is_heading_like(text[above.start : above.end]) or line.startswith("="):
            above.shape, above.level = "heading", 1 if line.startswith("=") else 2
            below.shape = "rule"


def _unmark_numbered_headings(text: str, lines: list[Block]) -> None:
    """``1. Background`` is a heading where it stands alone, an item where the numbers beside it go with its own."""
    numbers = [None, *(None if block.shape != "item" or block.bracketed else block.number for block in lines), None]
    for index, block in enumerate(lines):
        before, number, after = numbers[index : index + 3]
        if number is None or before in (number - 1, number) or after in (number + 1, number) or block.indent:
            continue
        start = text.rfind(str(number), 0, block.start)
        if start and not _NEWLINE.match(text, start - 1):
            continue
        titled = HEADING_NUMBER.match(text, start) and is_heading_like(text[block.start : block.end])
        if titled and index + 1 < len(lines):
            block.shape, block.start, block.number = "paragraph", start, None


def _is_wrapped(text: str, lines: list[Block]) -> bool:
    """Whether lines were broken at a width: each is as long as the next word allowed, and some break a sentence."""
    plain = [block for block in lines if block.shape in ("paragraph", "item")]
    if not plain:
        return False
    width = max(block.end - block.start for block in plain)
    if not _MIN_WRAP <= width <= _MAX_WRAP:
        return False
    full = broken = pairs = 0
    for above, below in pairwise(lines):
        if below.after_blank or above.shape not in ("paragraph", "item") or below.shape != "paragraph":
            continue
        if above.shape == "item" and below.indent > above.indent:
            continue
        pairs += 1
        first_word = text[below.start : below.end].split()[0]
        full += above.indent + above.end - above.start + 1 + len(first_word) > width * 0.85
        broken += _breaks_sentence(text[above.start : above.end], text[below.start : below.end])
    return bool(broken) and full >= 0.75 * pairs


def _continues(above: Block, last_line: str, below: Block, line: str, wrapped: bool) -> bool:
    """Whether a line goes on with the block above it, whose last line is given."""
    if below.after_blank or above.shape not in ("paragraph", "item") or above.hints or below.hints:
        return False
    if below.bracketed and above.shape == "paragraph":
        # A citation marker that the line break has put first.
        return wrapped and not phrases.BIBLIOGRAPHY.match(last_line)
    if below.shape != "paragraph":
        return False
    if above.shape == "item" and below.indent > above.indent:
        return True
    if not wrapped:
        return _breaks_sentence(last_line, line)
    return not (_is_apart(last_line) or _is_apart(line))


def _breaks_sentence(above: str, following: str) -> bool:
    """Whether a line ends in the middle of a sentence, seen from its end and the beginning of the next line."""
    return following[0].islower() and sentences.ends_with_stop(above) in ("", ",", ";")


def _is_apart(line: str) -> bool:
    """Whether a line stands alone by what it says: page furniture, or the heading of a bibliography."""
    return bool(phrases.FURNITURE.match(line) or phrases.BIBLIOGRAPHY.match(line))
