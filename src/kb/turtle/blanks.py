"""Blank nodes named by what is said of them, so that triples of two documents can be compared although their labels differ."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from kb import rdf

_ROUNDS = 32
"""How far round itself a knot of blank nodes is looked at."""

Node = rdf.NamedNode | rdf.BlankNode
Triples = tuple[set[rdf.Triple], Counter[rdf.Triple]]
"""Those without a blank node; and the others, each as often as nodes of the same content say it."""


def by_content(triples: Iterable[rdf.Triple | rdf.Quad], kept: Collection[rdf.BlankNode] = ()) -> Triples:
    """The triples of one document, its blank nodes renamed: the label is a digest of what the node says, as deep as it goes.

    Two documents that say the same get equal answers. ``kept`` nodes are known by their labels and treated as IRIs are.
    Knots of blank nodes, which lead back to themselves, are told apart by what surrounds each node; only knots that look
    the same from every node, though they are not, go unnoticed. Graph names are left out.
    """
    plain: set[rdf.Triple] = set()
    said: dict[Node, set[rdf.Triple]] = {}
    for each in triples:
        triple = each.triple if isinstance(each, rdf.Quad) else each
        ends = [end for end in (triple.subject, triple.object) if isinstance(end, rdf.BlankNode) and end not in kept]
        if ends:
            for end in (triple.subject, *ends):
                said.setdefault(end, set())
            said[triple.subject].add(triple)
        else:
            plain.add(triple)
    names = _names(said, kept) if said else {}
    return plain, Counter(
        rdf.Triple(names.get(triple.subject, triple.subject), triple.predicate, names.get(triple.object, triple.object))
        for about in said.values()
        for triple in about
    )


def _names(said: dict[Node, set[rdf.Triple]], kept: Collection[rdf.BlankNode]) -> dict[Node, rdf.BlankNode]:
    """A label of its content for each blank node; those that others depend on come first."""
    nodes = [node for node in said if isinstance(node, rdf.BlankNode) and node not in kept]
    users: dict[Node, list[Node]] = defaultdict(list)
    missing = dict.fromkeys(nodes, 0)
    for node in nodes:
        for triple in said[node]:
            if triple.object in missing:
                users[triple.object].append(node)
                missing[node] += 1
    names: dict[Node, rdf.BlankNode] = {}
    ready = [node for node in nodes if not missing[node]]
    while ready:
        node = ready.pop()
        names[node] = _label(f"{t.predicate} {names.get(t.object) or t.object}" for t in said[node])
        for user in users[node]:
            missing[user] -= 1
            if not missing[user]:
                ready.append(user)
    return names | _names_of_knots({node: said[node] for node in nodes if node not in names}, names)


def _names_of_knots(said: dict[Node, set[rdf.Triple]], names: dict[Node, rdf.BlankNode]) -> dict[Node, rdf.BlankNode]:
    """Labels for the nodes that lead back to themselves or to such: their surroundings, looked at wider in each round."""
    colours: dict[Node, rdf.BlankNode] = dict.fromkeys(said, _label(()))
    incoming: dict[Node, list[tuple[Node, str]]] = defaultdict(list)
    for node, about in said.items():
        for triple in about:
            if triple.object in said:
                incoming[triple.object].append((node, str(triple.predicate)))
    for _ in range(_ROUNDS if said else 0):
        classes = len(set(colours.values()))
        colours = {
            node: _label(
                [str(colours[node])]
                + [f"> {t.predicate} {colours.get(t.object) or names.get(t.object) or t.object}" for t in about]
                + [f"< {predicate} {colours[user]}" for user, predicate in incoming[node]]
            )
            for node, about in said.items()
        }
        if len(set(colours.values())) == classes:
            break
    # The whole knot as well, so that a ring of six is not two rings of three.
    for knot in _knots(said):
        whole = _label(str(colours[node]) for node in knot)
        colours.update({node: _label([str(colours[node]), f"of {whole}"]) for node in knot})
    return colours


def _knots(said: dict[Node, set[rdf.Triple]]) -> list[list[Node]]:
    """The nodes in groups of those that are joined to each other."""
    joined: dict[Node, set[Node]] = {node: set() for node in said}
    for node, about in said.items():
        for triple in about:
            if triple.object in said:
                joined[node].add(triple.object)
                joined[triple.object].add(node)
    groups: list[list[Node]] = []
    seen: set[Node] = set()
    for start in said:
        if start not in seen:
            seen.add(start)
            group = [start]
            for node in group:
                group += joined[node] - seen
                seen |= joined[node]
            groups.append(group)
    return groups


def _label(lines: Iterable[str]) -> rdf.BlankNode:
    return rdf.BlankNode("c" + hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest())
