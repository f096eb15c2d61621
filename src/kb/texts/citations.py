"""Citation markers in a text: superscript digits and numbers in brackets, one by one, and what only looks like them.

A run is everything that cites at one place (``¹,¹¹,¹²`` or ``[3, 5–7]``); a marker is one number of it. Superscripts
come from two Unicode blocks: ¹ ² ³ from Latin-1, the other digits from Superscripts and Subscripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SUPERSCRIPT = "⁰¹²³⁴⁵⁶⁷⁸⁹"
TO_DIGIT = str.maketrans(SUPERSCRIPT, "0123456789")
"""For ``str.translate``: superscripts as digits."""

_SUP = f"[{SUPERSCRIPT}]+"
_NUMBERS = r"\^?\d{1,3}(?:[ \u00a0]*[,;–-][ \u00a0]*\^?\d{1,3})*"

STYLES = {
    "superscript": rf"{_SUP}(?:[ \u00a0]?[,;\u02d2⁻–-][ \u00a0]?{_SUP})*",
    "brackets": rf"\[{_NUMBERS}\]",
    "parentheses": rf"\({_NUMBERS}\)",
}
"""How a text may mark its citations; parentheses only where the hints say so, since they often hold plain numbers."""

DEFAULT_STYLES = ("superscript", "brackets")
_LONGEST_RANGE = 100

# A superscript after these is a power, not a citation: a unit of measure, a one-letter symbol, the base ten.
_POWER = re.compile(
    r"(?:(?<![^\W\d_])(?:[^\W\d_]|[kcdmµ]m|mc|mi|ft|yd|ha)|(?<!\d)10)\Z",
)


@dataclass(frozen=True)
class Marker:
    """One cited number and the place of its digits, in code points, end-exclusive.

    A number inside a range (the 6 of ``5–7``) is printed nowhere: its place is the whole range.
    """

    number: int
    start: int
    end: int


@dataclass(frozen=True)
class Power:
    """A superscript that is an exponent: its place."""

    start: int
    end: int


def run_pattern(styles: tuple[str, ...]) -> str:
    """A regular expression for one run of markers, or several in a row."""
    one = "|".join(STYLES[style] for style in styles)
    return rf"(?:{one})"


def find(text: str, start: int, end: int, styles: tuple[str, ...]) -> Iterator[Marker | Power]:
    """The markers of a span in order of place, numbers in the order as printed; and the exponents that are none."""
    runs = [(run, style) for style in styles for run in re.compile(STYLES[style]).finditer(text, start, end)]
    for run, style in sorted(runs, key=lambda found: found[0].start()):
        if (
            style == "superscript"
            and run.group().isdigit()
            and _POWER.search(text[max(start, run.start() - 8) : run.start()])
        ):
            yield Power(run.start(), run.end())
        else:
            yield from _numbers(run)


def _numbers(run: re.Match[str]) -> Iterator[Marker]:
    """The numbers of a run; a dash or superscript minus between two ascending ones is a range."""
    previous: Marker | None = None
    joint = ""
    position = run.start()
    for part in re.finditer(rf"{_SUP}|\d+", run.group()):
        digits = part.group().translate(TO_DIGIT)
        start, end = run.start() + part.start(), run.start() + part.end()
        joint = run.string[position:start]
        # Nobody numbers further; a longer run of digits names no entry, however it is read.
        marker = Marker(int(digits[:9]), start, end)
        if previous is not None and re.search("[–⁻-]", joint) and 0 < marker.number - previous.number <= _LONGEST_RANGE:
            for number in range(previous.number + 1, marker.number):
                yield Marker(number, previous.start, end)
        yield marker
        previous, position = marker, end
