"""The part of the data that matters: what the shapes look at from some focus nodes, and which focus nodes look at a change.

Both follow the automaton of ``kb.validation.reach``, so that their cost is that of the neighbourhood and not of the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from kb import rdf
from kb.validation.lookups import Lookups, Node, knows
from kb.validation.reach import Moves, Reach, Shape, State

_FEW = 12
_NO_MOVES = Moves()


def slice_of(reach: Reach, aims: Mapping[Shape, Iterable[Node]], lookups: Lookups) -> set[rdf.Quad]:
    """The triples that the shapes look at from these focus nodes."""
    found: set[rdf.Quad] = set()
    seen: set[tuple[Node, State]] = set()
    waiting: list[tuple[Node, State]] = [(node, reach.starts[shape]) for shape, nodes in aims.items() for node in nodes]
    outgoing: dict[Node, list[rdf.Quad]] = {}
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        node, state = place
        moves = reach.steps.get(state, _NO_MOVES)
        if (moves.along or moves.any) and not isinstance(node, rdf.Literal):
            if node not in outgoing:
                outgoing[node] = list(lookups.out(node))
            for quad in outgoing[node]:
                following = [*moves.along.get(quad.predicate.value, ()), *moves.any]
                if following:
                    found.add(quad)
                    waiting += [(quad.object, after) for after in following if after in reach.steps]
        for name, following in moves.against.items():
            for quad in lookups.into(node, rdf.NamedNode(name)):
                found.add(quad)
                waiting += [(quad.subject, after) for after in following if after in reach.steps]
    return found


def looking_at(
    reach: Reach, changed: Iterable[rdf.Quad], before: Lookups, after: Lookups
) -> Iterator[tuple[Shape, Node, rdf.Quad]]:
    """The shapes and the focus nodes, of those that were known before, that look at some changed triples, each with one of
    these; whether the node is a target of the shape is for the caller to say.

    Everything that is said of a new node is a change itself, and leads on by itself: so no way leads over new nodes.
    """
    known: dict[Node, bool] = {}

    def was_known(node: Node) -> bool:
        if node not in known:
            known[node] = knows(before, node)
        return known[node]

    places: dict[Node, dict[State, rdf.Quad]] = defaultdict(dict)
    for quad in changed:
        for forward, node in ((True, quad.subject), (False, quad.object)):
            for name in (quad.predicate.value, None) if forward else (quad.predicate.value,):
                for state in reach.by_property.get((name, forward), ()) if was_known(node) else ():
                    places[node].setdefault(state, quad)
    waiting = list(places)
    done: set[tuple[Node, State]] = set()
    while waiting:
        node = waiting.pop()
        fresh = {state: quad for state, quad in places[node].items() if (node, state) not in done}
        done.update((node, state) for state in fresh)
        for state, cause in fresh.items():
            if state in reach.shapes_at:
                yield reach.shapes_at[state], node, cause
        for earlier, states, quad in _backwards(reach, node, fresh, after):
            if not was_known(earlier):
                continue
            reached = places[earlier]
            new = [state for state in states if state not in reached]
            for state in new:
                reached[state] = fresh[quad]
            if new:
                waiting.append(earlier)


def _backwards(
    reach: Reach, node: Node, states: Mapping[State, rdf.Quad], lookups: Lookups
) -> Iterator[tuple[Node, list[State], State]]:
    """The nodes one step before a node, with the states that the step comes from and the state that it leads to."""
    along: dict[str, list[tuple[list[State], State]]] = defaultdict(list)
    against: dict[str, list[tuple[list[State], State]]] = defaultdict(list)
    for state in states:
        moves = reach.back.get(state, _NO_MOVES)
        for name, before in moves.along.items():
            along[name].append((before, state))
        for name, before in moves.against.items():
            against[name].append((before, state))
    for quad in _incoming(node, list(along), lookups):
        for before, state in along.get(quad.predicate.value, ()):
            yield quad.subject, before, state
    if against and not isinstance(node, rdf.Literal):
        for quad in lookups.out(node):
            for before, state in against.get(quad.predicate.value, ()):
                yield quad.object, before, state


def _incoming(node: Node, names: list[str], lookups: Lookups) -> Iterator[rdf.Quad]:
    """The triples that lead to a node with one of some properties; with many properties, all that lead to it."""
    if len(names) > _FEW:
        yield from lookups.into(node)
        return
    for name in names:
        yield from lookups.into(node, rdf.NamedNode(name))
