"""What the shapes look at: along which paths from a focus node, so that only what matters to a change is read and judged.

Each shape with a target becomes a small automaton: its first state stands for the focus node, and each step leads along
one property, forwards or backwards, to the nodes that the shape looks at next. Forwards it says what an engine must be
given to judge a focus node; backwards it says whose conformance a changed triple can change.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from kb import rdf
from kb.errors import InputError
from kb.namespaces import SHAPES
from kb.validation.shapes import Shapes

READS = f"{SHAPES}reads"
"""The paths along which a SPARQL constraint looks, from ``$this``; see ``shapes/README.md``."""

_COMPARED = ("equals", "disjoint", "lessThan", "lessThanOrEquals")
_INNER = ("node", "not", "qualifiedValueShape")
_INNER_LISTS = ("and", "or", "xone")
_DEEPEST = 200
_MOST_STATES = 100_000

Shape = rdf.NamedNode | rdf.BlankNode
State = int


@dataclass
class Moves:
    """The steps from (or, turned round, to) one state: by property, along it or against it, and along any property.

    Along any property only the last step leads, so there is no way back over it.
    """

    along: dict[str, list[State]] = field(default_factory=lambda: defaultdict(list))
    against: dict[str, list[State]] = field(default_factory=lambda: defaultdict(list))
    any: list[State] = field(default_factory=list)


class Reach:
    """The automaton of some shapes.

    ``starts`` gives each shape with a target its first state; ``steps`` the moves from a state, ``back`` those into it,
    each still named by the property's own direction. ``unbounded`` are the shapes that may look anywhere: those with a
    query that does not say along which paths it looks, with a constraint that SHACL does not define, or that hold one
    another in so many ways that following them would cost more than it saves.
    """

    def __init__(self, shapes: Shapes) -> None:
        """Raises InputError for shapes that are nested beyond reason."""
        self._shapes = shapes
        self._edges: list[tuple[State, str | None, bool, State]] = []
        self._empty: list[tuple[State, State]] = []
        self._states = 0
        self._current: Shape | None = None
        self.unbounded: set[Shape] = set()
        self.starts: dict[Shape, State] = {}
        for shape in shapes.with_targets():
            self._current = shape
            self.starts[shape] = start = self._state()
            self._shape(shape, start, {})
        self._close()

    def _state(self) -> State:
        self._states += 1
        return self._states - 1

    def _shape(self, shape: Shape, at: State, above: dict[Shape, State]) -> None:
        """What a shape looks at from the nodes that it is applied to, which ``at`` stands for."""
        if shape in above:  # a recursive shape looks at the same things again, from further on
            self._empty.append((at, above[shape]))
            return
        if len(above) > _DEEPEST:
            raise InputError(f"the shapes are nested more than {_DEEPEST} deep")
        if self._states > _MOST_STATES:
            self._look_anywhere()
            return
        above = {**above, shape: at}
        values = self._shapes.values
        if any(value.value in ("true", "1") for value in values(shape, "deactivated")):
            return
        path = values(shape, "path")
        ends = at
        if path:
            ends = self._state()
            self._path(path[0], at, ends, forward=True, depth=0)
        if values(shape, "class"):
            self._edges.append((ends, rdf.RDF_TYPE.value, True, self._state()))
        if any(value.value in ("true", "1") for value in values(shape, "closed")):
            self._edges.append((ends, None, True, self._state()))
        for name in _COMPARED:
            for other in values(shape, name):
                # Of a property shape the focus node has the other property, of a node shape the value.
                self._edges.append((at, other.value, True, self._state()))
        inner = [value for name in ("property", *_INNER) for value in values(shape, name)]
        inner += [item for name in _INNER_LISTS for head in values(shape, name) for item in self._shapes.items(head)]
        if values(shape, "qualifiedValueShapesDisjoint"):
            inner += self._siblings(shape)
        for value in dict.fromkeys(inner):
            if not isinstance(value, rdf.Literal):
                self._shape(value, ends, above)
        for constraint in values(shape, "sparql"):
            reads = self._shapes.stated(constraint, READS)
            if not reads:
                self._look_anywhere()
            for read in reads:
                self._path(read, at, self._state(), forward=True, depth=0)
        if self._shapes.has_custom_constraint(shape):
            self._look_anywhere()

    def _siblings(self, shape: Shape) -> list:
        """The other qualified shapes beside a property shape, which its values must not meet."""
        found = []
        for holder in self._shapes.holders_of(shape):
            for other in self._shapes.values(holder, "property"):
                found += self._shapes.values(other, "qualifiedValueShape")
        return found

    def _look_anywhere(self) -> None:
        assert self._current is not None
        self.unbounded.add(self._current)

    def _path(self, node: object, start: State, end: State, *, forward: bool, depth: int) -> None:
        """A SHACL path from one state to another; against its direction where not ``forward``."""
        if depth > _DEEPEST:
            raise InputError(f"a path of the shapes is nested more than {_DEEPEST} deep")
        if isinstance(node, rdf.NamedNode):
            self._edges.append((start, node.value, forward, end))
            return
        if isinstance(node, rdf.Literal):
            return
        values = self._shapes.values
        depth += 1
        for inner in values(node, "inversePath")[:1]:
            return self._path(inner, start, end, forward=not forward, depth=depth)
        for alternatives in values(node, "alternativePath")[:1]:
            for member in self._shapes.items(alternatives):
                self._path(member, start, end, forward=forward, depth=depth)
            return None
        for inner in values(node, "zeroOrOnePath")[:1]:
            self._empty.append((start, end))
            return self._path(inner, start, end, forward=forward, depth=depth)
        for name in ("zeroOrMorePath", "oneOrMorePath"):
            for inner in values(node, name)[:1]:
                before, after = self._state(), self._state()
                self._empty += [(start, before), (after, end), (after, before)]
                if name == "zeroOrMorePath":
                    self._empty.append((before, after))
                return self._path(inner, before, after, forward=forward, depth=depth)
        members = self._shapes.items(node)
        for index, member in enumerate(members if forward else reversed(members)):
            after = end if index == len(members) - 1 else self._state()
            self._path(member, start, after, forward=forward, depth=depth)
            start = after
        return None

    def _close(self) -> None:
        """Work the empty steps into the others, each into those that may follow it, and note the way back of every step."""
        onward: dict[State, list[State]] = defaultdict(list)
        for before, after in self._empty:
            onward[before].append(after)
        behind: dict[State, list[State]] = defaultdict(list)
        for state in range(self._states):
            for reached in _closure(state, onward):
                behind[reached].append(state)
        self.steps: dict[State, Moves] = defaultdict(Moves)
        self.back: dict[State, Moves] = defaultdict(Moves)
        self.by_property: dict[tuple[str | None, bool], list[State]] = defaultdict(list)
        for before, name, forward, after in self._edges:
            for state in behind[before]:
                _add(self.steps[state], name, forward, after)
                if name is not None:
                    _add(self.back[after], name, forward, state)
                self.by_property[name, forward].append(state)
        self.steps, self.back = dict(self.steps), dict(self.back)
        self.shapes_at: dict[State, Shape] = {state: shape for shape, state in self.starts.items()}


def _add(moves: Moves, name: str | None, forward: bool, state: State) -> None:
    if name is None:
        moves.any.append(state)
    else:
        (moves.along if forward else moves.against)[name].append(state)


def _closure(state: State, onward: dict[State, list[State]]) -> list[State]:
    """The states that empty steps lead to, the state itself among them."""
    found = [state]
    seen = {state}
    for reached in found:
        for after in onward.get(reached, ()):
            if after not in seen:
                seen.add(after)
                found.append(after)
    return found
