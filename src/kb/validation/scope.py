"""What a validation is about: which focus nodes are judged, and the triples that an engine needs for that.

A new file answers for the nodes that it describes, and for those of the knowledge base whose conformance it changes; it is
not blamed for what was wrong before. Its cost follows the file, not the store, as long as every shape says where it looks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from kb import rdf
from kb.validation.engine import Result
from kb.validation.lookups import Index, Joined, Lookups, Node, describes, knows
from kb.validation.reach import Reach, Shape
from kb.validation.shapes import Shapes
from kb.validation.slices import looking_at, slice_of
from kb.validation.targets import SUBCLASS_OF, Targets

MANY = 100_000
"""Triples of the files from which on their focus nodes are not named to the engine one by one."""

Run = Callable[[Iterable[rdf.Quad], list[rdf.Quad]], list[Result]]
"""An engine: data and shapes in, results out."""


@dataclass
class Scope:
    """The outcome: what was judged and found. ``causes`` are, for nodes that a file only bears on, a triple of the file."""

    focus: set[Node]
    results: list[Result]
    causes: Mapping[Node, rdf.Quad] = field(default_factory=dict)


def of_everything(shapes: Shapes, quads: list[rdf.Quad], data: Lookups, run: Run) -> Scope:
    """All targets of the shapes in some data, which ``data`` looks up: the engine finds them by itself."""
    focus: set[Node] = set().union(*shapes.targets(data).values())
    return Scope(focus, run(quads, shapes.quads) if focus else [])


def of_files_alone(
    shapes: Shapes, files: list[rdf.Quad], around: list[rdf.Quad], own: Lookups, others: Lookups, run: Run
) -> Scope:
    """The targets that the files describe or point to as a shape asks, and those that nothing around them speaks of; ``own``
    and ``others`` look up what the files say, and what is said around them."""
    quads = [*files, *around]

    @cache
    def answers_for(n: Node) -> bool:
        return describes(own, n) or not describes(others, n) and (knows(own, n) or not knows(others, n))

    aims, only_pointed_to = {}, {}
    for shape, nodes in shapes.targets(Joined(own, others)).items():
        aims[shape] = {n for n in nodes if answers_for(n)}
        for predicate in shapes.values(shape, "targetObjectsOf"):
            pointed_to = {quad.object for quad in own.having(predicate)} - aims[shape]
            if pointed_to:
                aims[shape] |= pointed_to
                only_pointed_to[shape] = pointed_to
    if len(files) < MANY or shapes.look_further():
        return _judged(shapes, aims, quads, run)
    # To name each focus node would cost more than to judge all there are and to leave out those of the others.
    scope = Scope(set().union(*aims.values()), [result for result in run(quads, shapes.quads) if answers_for(result.focus)])
    if only_pointed_to:
        scope.results += _judged(shapes, only_pointed_to, quads, run).results
    return scope


def of_a_change(shapes: Shapes, reach: Reach, files: list[rdf.Quad], before: Lookups, run: Run) -> Scope:
    """What some files add to what was there before, from the neighbourhood of what they say alone."""
    own = Index(files)
    after = Joined(own, before)
    hierarchy = {*own.having(SUBCLASS_OF), *before.having(SUBCLASS_OF)}
    targets = Targets(shapes, hierarchy)
    aims, causes = _touched(reach, targets, own, files, before, after)
    scope = _judged(shapes, aims, slice_of(reach, aims, after) | hierarchy, run)
    scope.causes = causes
    # What was wrong before is looked for only where something is wrong now.
    old: dict[Shape, set[Node]] = defaultdict(set)
    wrong = {result.focus for result in scope.results}
    for node in wrong:
        if knows(before, node):
            for shape in targets.of(node, before):
                if shape in reach.starts:
                    old[shape].add(node)
    if old:
        were = _judged(shapes, old, slice_of(reach, old, before) | hierarchy, run)
        scope.results = _without(scope.results, were.results)
    return scope


def of_a_change_anywhere(shapes: Shapes, files: list[rdf.Quad], before: list[rdf.Quad], run: Run) -> Scope:
    """The same where the shapes do not say where they look, or the files change the classes: all is judged, twice if need be."""
    known = Index(before)
    scope = of_everything(shapes, [*files, *before], Joined(Index(files), known), run)
    if any(knows(known, result.focus) for result in scope.results):
        targets = shapes.targets(known)
        old = {shape: {node for node in nodes if knows(known, node)} for shape, nodes in targets.items()}
        scope.results = _without(scope.results, _judged(shapes, old, before, run).results)
    own = {quad.subject for quad in files}
    scope.focus = {node for node in scope.focus if node in own} | {result.focus for result in scope.results}
    return scope


def changes_classes(files: Iterable[rdf.Quad], before: Lookups) -> bool:
    """Whether some files say anything new about which class is below which: then any node may get or lose a rule."""
    return any(quad.predicate == SUBCLASS_OF and quad not in set(before.out(quad.subject)) for quad in files)


def _touched(
    reach: Reach, targets: Targets, own: Index, files: list[rdf.Quad], before: Lookups, after: Lookups
) -> tuple[dict[Shape, set[Node]], dict[Node, rdf.Quad]]:
    aims: dict[Shape, set[Node]] = defaultdict(set)
    described = dict.fromkeys(quad.subject for quad in files)
    shapes_of: dict[Node, set[Shape]] = {}
    for node in described:
        shapes_of[node] = set(targets.of(node, after))
        for shape in shapes_of[node]:
            aims[shape].add(node)
    for node, explicit in targets.by_node.items():
        if not knows(before, node):
            for shape in explicit:
                aims[shape].add(node)
    changed = [quad for node in described for quad in _new(own.out(node), before.out(node))]
    causes: dict[Node, rdf.Quad] = {}
    for quad in changed:
        for shape in targets.by_object_of.get(quad.predicate, ()):
            aims[shape].add(quad.object)
    for shape, node, quad in looking_at(reach, changed, before, after):
        if node not in shapes_of:
            shapes_of[node] = set(targets.of(node, after))
        if shape in shapes_of[node]:
            aims[shape].add(node)
            if node not in described:
                causes.setdefault(node, quad)
    return {shape: nodes for shape, nodes in aims.items() if shape in reach.starts}, causes


def _new(said: Iterable[rdf.Quad], before: Iterable[rdf.Quad]) -> list[rdf.Quad]:
    known = set(before)
    return [quad for quad in said if quad not in known]


def _judged(shapes: Shapes, aims: Mapping[Shape, set[Node]], data: Iterable[rdf.Quad], run: Run) -> Scope:
    focus: set[Node] = set().union(*aims.values())
    return Scope(focus, run(data, shapes.aimed_at(aims)) if focus else [])


def _without(results: list[Result], old: list[Result]) -> list[Result]:
    """The results that were not there before, whatever they say of it."""
    known = {_key(result) for result in old}
    return [result for result in results if _key(result) not in known]


def _key(result: Result) -> tuple[object, ...]:
    return (result.focus, result.path, result.value, result.shape, result.component, result.severity)
