"""Derived figures, computed anew from the figures that they come from.

A calculation is arithmetic on numbers and figures: ``figure:fee * 12 / 100``. Figures are ranges, so the result is one; an
end that is open stays open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from kb.figures.reading import Figure
from kb.namespaces import curie

_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<figure>figure:[a-z0-9-]+)|(?P<sign>[-+*/()]))")
_DEEPEST = 50

Range = tuple[Fraction | None, Fraction | None]


class NotComputable(Exception):
    """A calculation that cannot be done, with the reason."""


@dataclass(frozen=True)
class Recomputed:
    """A derived figure beside what its calculation gives; ``problem`` where it gives nothing."""

    figure: Figure
    calculation: str
    result: Range | None
    problem: str = ""

    @property
    def agrees(self) -> bool:
        """Whether the calculation gives the figure's own bounds."""
        return self.result == _range(self.figure)


def recomputed(figures: Iterable[Figure]) -> Iterator[Recomputed]:
    """Every derived figure, computed anew, in the order of the figures."""
    known = {figure.iri: figure for figure in figures}
    for figure in known.values():
        if not figure.stated("derivedFrom") and not figure.stated("calculation"):
            continue
        calculation = "; ".join(sorted(figure.stated("calculation")))
        inputs = {curie(iri): known[iri] for iri in figure.stated("derivedFrom") if iri in known}
        try:
            yield Recomputed(figure, calculation, evaluate(calculation, inputs))
        except NotComputable as reason:
            yield Recomputed(figure, calculation, None, str(reason))


def evaluate(calculation: str, inputs: Mapping[str, Figure]) -> Range:
    """What a calculation comes to. Raises NotComputable where it is no arithmetic, names a figure that is no input, or
    divides by what may be zero."""
    tokens = list(_tokens(calculation))
    value = _sum(tokens, inputs, 0)
    if tokens:
        raise NotComputable(f"{tokens[0]!r} has no place there")
    return value


def _tokens(text: str) -> Iterator[str]:
    place = 0
    text = text.rstrip()
    if not text:
        raise NotComputable("no calculation is stated")
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise NotComputable(f"{text[place : place + 20].strip()!r} is no number, figure or sign of arithmetic")
        yield match[0].strip()
        place = match.end()


def _sum(tokens: list[str], inputs: Mapping[str, Figure], depth: int) -> Range:
    value = _product(tokens, inputs, depth)
    while tokens and tokens[0] in "+-":
        sign = tokens.pop(0)
        other = _product(tokens, inputs, depth)
        value = _added(value, other if sign == "+" else _negated(other))
    return value


def _product(tokens: list[str], inputs: Mapping[str, Figure], depth: int) -> Range:
    value = _operand(tokens, inputs, depth)
    while tokens and tokens[0] in "*/":
        sign = tokens.pop(0)
        other = _operand(tokens, inputs, depth)
        value = _multiplied(value, other if sign == "*" else _inverted(other))
    return value


def _operand(tokens: list[str], inputs: Mapping[str, Figure], depth: int) -> Range:
    if not tokens:
        raise NotComputable("it ends too early")
    if depth > _DEEPEST:
        raise NotComputable("its brackets are nested too deep")
    token = tokens.pop(0)
    if token == "(":
        value = _sum(tokens, inputs, depth + 1)
        if not tokens or tokens.pop(0) != ")":
            raise NotComputable("a bracket is not closed")
        return value
    if token in "+-*/)":
        raise NotComputable(f"{token!r} has no place there")
    if not token.startswith("figure:"):
        return Fraction(token), Fraction(token)
    if token not in inputs:
        raise NotComputable(f"{token} is not among the figures that it is derived from")
    if not inputs[token].has_number:
        raise NotComputable(f"{token} has no number")
    return _range(inputs[token])


def _range(figure: Figure) -> Range:
    return figure.lower and figure.lower.number, figure.upper and figure.upper.number


def _added(one: Range, other: Range) -> Range:
    lower, upper = ((None if a is None or b is None else a + b) for a, b in zip(one, other, strict=True))
    return lower, upper


def _negated(value: Range) -> Range:
    lower, upper = value
    return (None if upper is None else -upper), (None if lower is None else -lower)


def _multiplied(one: Range, other: Range) -> Range:
    if None in one or None in other:
        # An open end stays one as long as nothing is negative, as quantities are not.
        if any(end is not None and end < 0 for end in (*one, *other)):
            raise NotComputable("an open end cannot be multiplied with what may be negative")
        lower = (one[0] or Fraction(0)) * (other[0] or Fraction(0))
        return lower, None if one[1] is None or other[1] is None else one[1] * other[1]
    ends = [a * b for a, b in product(one, other) if a is not None and b is not None]
    return min(ends), max(ends)


def _inverted(value: Range) -> Range:
    lower, upper = value
    if lower is None or lower <= 0:
        raise NotComputable("it would divide by what may be zero")
    return (Fraction(0) if upper is None else 1 / upper), 1 / lower
