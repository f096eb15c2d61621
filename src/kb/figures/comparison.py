"""Two figures: the same, overlapping, one within the other, apart, or not to be compared, and why not.

Nothing is converted and nothing is guessed. Two figures are compared where unit, what is counted, whole and rate are the same,
where they share something that they hold of, and where nothing that both state differs. What only one of them states is told as
a reservation. Bounds are those that are printed; an end that is open stays open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from kb.figures.reading import PERIOD, SCOPE, Bound, Figure
from kb.namespaces import PREFIXES

SAME, WITHIN, AROUND, OVERLAPPING, APART, NOT_COMPARABLE = (
    "same", "first-within-second", "second-within-first", "overlapping", "disjoint", "not-comparable"
)  # fmt: skip
_CURRENCY = PREFIXES["unit"] + "CCY_"
_KINDS = {"countOf": "counted", "shareOf": "denominator", "perUnit": "rate", "perItem": "rate"}


@dataclass(frozen=True)
class Difference:
    """Why two figures are not comparable: a ``kind``, and what each of them states of it (nothing, perhaps)."""

    kind: str
    first: frozenset[str] = frozenset()
    second: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Comparison:
    """How two figures stand to each other; ``differences`` where they are not comparable, and else ``reservations``: what
    only one of the two states."""

    first: Figure
    second: Figure
    relation: str
    differences: tuple[Difference, ...] = ()
    reservations: tuple[Difference, ...] = ()

    @property
    def conflict(self) -> bool:
        """Whether somebody affirms each of them, and both cannot be so."""
        return self.relation == APART and self.first.affirmed and self.second.affirmed

    @property
    def approximate(self) -> bool:
        """Whether one of them is printed as not exact."""
        return self.first.approximate or self.second.approximate


def compare(first: Figure, second: Figure) -> Comparison:
    """Compare two figures by their printed bounds, if they speak of the same thing."""
    differences = (*_different_kinds(first, second), *_different_scope(first, second))
    if differences:
        return Comparison(first, second, NOT_COMPARABLE, differences)
    return Comparison(first, second, _relation(first, second), (), tuple(_reservations(first, second)))


def pairs(figures: Iterable[Figure]) -> Iterator[Comparison]:
    """All pairs of figures that can be compared, in order.

    Only figures of one kind are put beside each other, so that the time grows with those that could agree and not with
    the square of all.
    """
    alike: dict[tuple, list[Figure]] = {}
    for figure in figures:
        if figure.has_number:
            key = (figure.unit, *(figure.stated(name) for name in _KINDS))
            alike.setdefault(key, []).append(figure)
    for group in alike.values():
        for first, second in combinations(group, 2):
            found = compare(first, second)
            if found.relation != NOT_COMPARABLE:
                yield found


def _different_kinds(first: Figure, second: Figure) -> Iterator[Difference]:
    if not first.has_number or not second.has_number:
        yield Difference("no-number", *(frozenset() if f.has_number else frozenset({f.printed}) for f in (first, second)))
    if first.unit != second.unit:
        both = first.unit | second.unit
        currencies = first.unit and second.unit and all(unit.startswith(_CURRENCY) for unit in both)
        yield Difference("currency" if currencies else "unit", first.unit, second.unit)
    for name, kind in _KINDS.items():
        if first.stated(name) != second.stated(name):
            yield Difference(kind, first.stated(name), second.stated(name))


def _different_scope(first: Figure, second: Figure) -> Iterator[Difference]:
    """What both state and differ in; and the whole scope, where they have nothing in common."""
    found = False
    for names, kind in ((("measure",), "measure"), (SCOPE, "scope"), (PERIOD, "period")):
        for name in names:
            one, other = first.stated(name), second.stated(name)
            if one and other and one != other:
                found = found or kind == "scope"
                yield Difference(kind, one, other)
    ours, theirs = (frozenset().union(*(figure.stated(name) for name in SCOPE)) for figure in (first, second))
    if not found and (ours or theirs) and not ours & theirs:
        yield Difference("scope", ours, theirs)


def _reservations(first: Figure, second: Figure) -> Iterator[Difference]:
    for names, kind in ((("measure",), "measure"), (SCOPE, "scope"), (PERIOD, "period")):
        for name in names:
            if first.stated(name) != second.stated(name):
                yield Difference(kind, first.stated(name), second.stated(name))


def _relation(first: Figure, second: Figure) -> str:
    if (first.lower, first.upper) == (second.lower, second.upper):
        return SAME
    if _below(first.upper, second.lower) or _below(second.upper, first.lower):
        return APART
    within = _starts_after(first.lower, second.lower) and _ends_before(first.upper, second.upper)
    around = _starts_after(second.lower, first.lower) and _ends_before(second.upper, first.upper)
    return WITHIN if within else AROUND if around else OVERLAPPING


def _below(upper: Bound | None, lower: Bound | None) -> bool:
    """Whether everything up to one bound lies below everything from the other on."""
    if upper is None or lower is None:
        return False
    if upper.number == lower.number:
        return upper.exclusive or lower.exclusive
    return upper.number < lower.number


def _starts_after(bound: Bound | None, other: Bound | None) -> bool:
    """Whether what begins at a bound begins no earlier than what begins at the other."""
    if other is None or bound is None:
        return other is None
    return (bound.number, bound.exclusive) >= (other.number, other.exclusive)


def _ends_before(bound: Bound | None, other: Bound | None) -> bool:
    if other is None or bound is None:
        return other is None
    return (-bound.number, bound.exclusive) >= (-other.number, other.exclusive)
