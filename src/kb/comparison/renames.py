"""Things that kept their content and got another identifier."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from kb import rdf
from kb.comparison.sides import Side

_ROUNDS = 8
"""How far what a thing refers to is followed, where that may have been renamed as well."""


Edge = tuple[str, object, object]
"""A statement seen from one end: its direction, its property and its other end."""


def find(
    gone: Collection[rdf.NamedNode],
    come: Collection[rdf.NamedNode],
    old: Side,
    new: Side,
    kind: Callable[[str], str | None],
) -> dict[rdf.NamedNode, rdf.NamedNode]:
    """Old identifier to new one, for those things that are gone and have come with the same content and kind.

    The content is every statement about a thing; where it refers to another that is gone or has come, to that one's
    content. A thing with a type and nothing else has none. Several of one content are told apart by what refers to them.
    """
    if not gone or not come:
        return {}
    unknown = [(node, old) for node in gone] + [(node, new) for node in come]
    said = {node: side.of(node) for node, side in unknown}
    start = {node: str(kind(node.value)) for node in said}
    colours = _refined(start, {node: _outgoing(about) for node, about in said.items()})
    with_content = {node for node, about in said.items() if any(triple.predicate != rdf.RDF_TYPE for triple in about)}
    found: dict[rdf.NamedNode, rdf.NamedNode] = {}
    alike = _groups(colours, gone, come, with_content)
    if any(len(before) > 1 or len(after) > 1 for before, after in alike):
        edges = {node: _outgoing(about) for node, about in said.items()}
        for side in (old, new):
            for triple in (*side.plain, *side.blank):
                if triple.object in edges and (side is old) == (triple.object in old.about):
                    edges[triple.object].append(("<", triple.predicate, triple.subject))
        narrower = _refined(colours, edges)
        exact = [
            (before, after)
            for before, after in _groups(narrower, gone, come, with_content)
            if len(before) == len(after)
        ]
        for before, after in exact:
            found.update(zip(before, after, strict=True))
    taken = set(found.values())
    for before, after in alike:
        left = [node for node in before if node not in found]
        found.update(zip(left, [node for node in after if node not in taken], strict=False))
    return found


def _outgoing(about: Iterable[rdf.Triple]) -> list[Edge]:
    return [(">", triple.predicate, triple.object) for triple in about]


def _refined(colours: Mapping[object, str], edges: Mapping[rdf.NamedNode, list[Edge]]) -> dict[rdf.NamedNode, str]:
    """A colour for each node, the same for those whose edges lead to the same: known terms, or nodes of one colour."""
    now: dict = dict(colours)
    classes = 0
    for _ in range(_ROUNDS):
        numbers: dict[tuple, str] = {}
        following = {}
        for node, around in edges.items():
            ends = sorted((way, now.get(p) or str(p), now.get(end) or str(end)) for way, p, end in around)
            key = (now[node], *ends)
            following[node] = numbers.setdefault(key, f"#{len(numbers)}")
        now = following
        if len(numbers) == classes:
            break
        classes = len(numbers)
    return now


def _groups(
    colours: Mapping[rdf.NamedNode, str],
    gone: Iterable[rdf.NamedNode],
    come: Iterable[rdf.NamedNode],
    with_content: Collection[rdf.NamedNode],
) -> list[tuple[list[rdf.NamedNode], list[rdf.NamedNode]]]:
    """The nodes of each colour that both sides have: those gone and those come, in order of their names."""
    groups: dict[str, tuple[list[rdf.NamedNode], list[rdf.NamedNode]]] = defaultdict(lambda: ([], []))
    for index, nodes in enumerate((gone, come)):
        for node in sorted(nodes, key=lambda node: node.value):
            if node in with_content:
                groups[colours[node]][index].append(node)
    return [pair for pair in groups.values() if all(pair)]
