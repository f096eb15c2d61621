"""Which rules can be judged document by document: those that, from a document's node, never look into another document.

A document's own nodes are those that its files describe first. What the registers and the ontology describe is shared: every
partition has it. Where a rule looks is known from its shape (``kb.validation.reach``); where a property leads, from one
pass over the data. Both together tell whether a rule could ever look from one document into another, or from something
shared back into any document. A rule that could is global, and is judged on the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from kb import rdf
from kb.validation.reach import Reach, Shape, State
from kb.validation.shapes import Shapes
from kb.validation.shapes_graph import SH
from kb.validation.vocabulary import TARGETS

SHARED = ""
"""The home of what the registers and the ontology describe."""

_OWN, _COMMON, _VALUE, _ELSEWHERE = "own", "shared", "value", "elsewhere"
_STARTS = (_OWN, _COMMON, _VALUE)
Homes = Mapping[object, str]
"""The document that each described node belongs to, or ``SHARED``."""


class Ways:
    """Where each property leads, seen from a document: to its own nodes, to shared ones, to what nothing describes, or
    elsewhere; along it and against it."""

    def __init__(self, quads: Iterable[rdf.Quad], homes: Homes) -> None:
        self._along: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._against: dict[tuple[str, str], set[str]] = defaultdict(set)
        for quad in quads:
            name, home = quad.predicate.value, homes[quad.subject]
            start = _COMMON if home == SHARED else _OWN
            end = self._end(home, homes.get(quad.object) if not isinstance(quad.object, rdf.Literal) else None)
            self._along[name, start].add(end)
            # Against a property from a node that others may point to as well, the way leads into any document.
            self._against[name, _OWN if end == _ELSEWHERE else end].add(
                start if start == _COMMON or end == _OWN else _ELSEWHERE
            )

    @staticmethod
    def _end(home: str, value: str | None) -> str:
        if value is None:
            return _VALUE
        if value == SHARED:
            return _COMMON
        return _OWN if value == home else _ELSEWHERE

    def along(self, name: str, start: str) -> set[str]:
        """Where the property's objects are."""
        return self._along.get((name, start), set())

    def against(self, name: str, start: str) -> set[str]:
        """Where the property's subjects are."""
        return self._against.get((name, start), set())


def split(shapes: Shapes, reach: Reach, ways: Ways) -> tuple[set[Shape], set[Shape]]:
    """The local and the global ones of the shapes with targets."""
    across = {
        shape
        for shape in reach.starts
        if shape in reach.unbounded
        or any(_looks_elsewhere(reach, ways, reach.starts[shape], start) for start in _STARTS)
        # A node that is a target because of what another document says of it.
        or any(_ELSEWHERE in ways.along(target.value, _OWN) for target in shapes.values(shape, "targetObjectsOf"))
    }
    return set(reach.starts) - across, across


def _looks_elsewhere(reach: Reach, ways: Ways, state: State, start: str) -> bool:
    seen: set[tuple[State, str]] = set()
    waiting = [(state, start)]
    while waiting:
        place = waiting.pop()
        moves = reach.steps.get(place[0])
        if place in seen or moves is None:
            continue
        seen.add(place)
        if place[1] == _ELSEWHERE:
            return True
        for table, lead in ((moves.along, ways.along), (moves.against, ways.against)):
            for name, states in table.items():
                waiting += [(after, end) for end in lead(name, place[1]) for after in states]
                if lead == ways.against and _ELSEWHERE in lead(name, place[1]):
                    return True  # the step itself reads another document
    return False


def only(shapes: Shapes, kept: Iterable[Shape]) -> list[rdf.Quad]:
    """The shapes graph with targets for these shapes alone; the others can still be used by them."""
    kept = set(kept)
    aims = {f"{SH}{name}" for name in TARGETS}
    return [quad for quad in shapes.quads if quad.predicate.value not in aims or quad.subject in kept]
