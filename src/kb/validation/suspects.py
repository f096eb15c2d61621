"""Which nodes the queries of shapes could find wrong: asked once of all data, not once of each node.

The fast engine puts each focus node into a query and asks it anew, and scans the data for many a join. That is as quick as
can be for a file, and grows with the square of a large data set. The query engine answers the same text for all nodes
at once. What it finds only says where to look: the validation engine judges those nodes as ever. So this may name nodes in
vain, and must not leave out any.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from kb import rdf
from kb.namespaces import PREFIXES
from kb.validation.shapes_graph import SH
from kb.validation.vocabulary import CONSTRAINTS, TARGETS

ENOUGH = 5_000
"""Triples from which on it is worth it to load them a second time."""
_THREADS = 2
"""Queries asked at a time: the engine answers each on one processor, and lets Python go on meanwhile."""

_AIMS = frozenset(f"{SH}{name}" for name in TARGETS)
_SUBCLASS_OF = rdf.NamedNode(f"{PREFIXES['rdfs']}subClassOf")
# What asks for the shapes, what is another question where $this has no value yet, and what SHACL forbids.
_OF_ONE_NODE = re.compile(
    r"[$?](?:shapesGraph|currentShape|PATH)\b|\b(?i:BOUND)\s*\(\s*[$?]this\b|\b(?i:MINUS|VALUES)\b|\b(?i:AS)\s+[$?]this\b"
)
_SELECTED = re.compile(r"\bSELECT\b([^{]*)", re.IGNORECASE)
_WHERE = re.compile(r"\bWHERE\s*\{")
# The query engine keeps numbers and truth values by value: a join that fails between 01 and 1 would not fail there.
_REWRITTEN = re.compile(
    r'"(?:[+]\d*|-0+|-?0\d+)"\^\^<http://www\.w3\.org/2001/XMLSchema#integer>|"[01]"\^\^<http://www\.w3\.org/2001/XMLSchema#boolean>'
)
# What a node must not have, in a pattern of several triples, is looked for with each node; taken away it is looked for once.
# MINUS leaves all that NOT EXISTS leaves, as long as no filter in it speaks of variables from outside.
_ABSENT = re.compile(r"FILTER NOT EXISTS (\{(?:(?!FILTER|\)\?)[^{}])* \. (?:(?!FILTER|\)\?)[^{}])*\})")

Shape = rdf.NamedNode


class Queries:
    """The shapes whose only constraints are queries, and that no other shape uses: their focus nodes may be chosen."""

    def __init__(self, shapes: Iterable[rdf.Quad]) -> None:
        self._shapes = list(shapes)
        used = {quad.object for quad in self._shapes}
        said: dict[object, dict[str, list]] = defaultdict(lambda: defaultdict(list))
        for quad in self._shapes:
            said[quad.subject][quad.predicate.value.removeprefix(SH)].append(quad.object)
        self._said = said
        self.texts: dict[Shape, list[str]] = {}
        for shape, values in said.items():
            if isinstance(shape, rdf.NamedNode) and shape not in used and set(values) & CONSTRAINTS == {"sparql"} and set(values) & TARGETS:
                texts = [text.value for constraint in values["sparql"] for text in said[constraint]["select"]]
                if len(texts) == len(values["sparql"]) and all(map(_can_be_asked_of_all, texts)):
                    self.texts[shape] = texts

    def without(self) -> list[rdf.Quad]:
        """The other shapes: these have no targets any more."""
        return [quad for quad in self._shapes if quad.subject not in self.texts or quad.predicate.value not in _AIMS]

    def aimed(self, suspects: dict[Shape, set[rdf.NamedNode] | None], besides: Shape) -> list[rdf.Quad]:
        """These shapes and the one ``besides``, each with the suspects for targets, or its own targets where these are not
        known."""
        theirs = {shape for shape, nodes in suspects.items() if nodes is None} | {besides}
        kept = [quad for quad in self._shapes if quad.predicate.value not in _AIMS or quad.subject in theirs]
        target = rdf.NamedNode(f"{SH}targetNode")
        return kept + [rdf.Quad(shape, target, node) for shape, nodes in suspects.items() for node in nodes or ()]

    def suspects(self, data: str) -> dict[Shape, set[rdf.NamedNode] | None]:
        """For each shape with any, the targets that its queries find in some N-Triples; None where that cannot be told: for
        nodes without a name, or where the query engine would see other literals than there are."""
        if _REWRITTEN.search(data):
            return dict.fromkeys(self.texts)
        store = rdf.Store()
        # Written by ourselves just now: the parser need not look at each IRI again.
        store.bulk_load(data.encode(), format=rdf.RdfFormat.N_TRIPLES, lenient=True)
        with ThreadPoolExecutor(_THREADS) as pool:
            found = dict(zip(self.texts, pool.map(partial(self.found, store), self.texts), strict=True))
        return {shape: nodes for shape, nodes in found.items() if nodes is None or nodes}

    def found(self, store: rdf.Store, shape: Shape) -> set[rdf.NamedNode] | None:
        """The targets of one of the shapes that its queries find in what a store holds; see ``suspects``."""
        targets, pattern = self._targets(store, shape)
        found: set = set()
        for text in self.texts[shape]:
            asked = _ABSENT.sub(r"MINUS \1", _WHERE.sub(lambda match: f"{match[0]} {pattern}", text, count=1))
            try:
                found.update(row["this"] for row in store.query(asked, prefixes=PREFIXES))
            except (SyntaxError, KeyError):
                return None  # it has prefixes of its own, say
        if not all(isinstance(node, rdf.NamedNode) for node in found):
            return None
        return {node for node in found if targets(node)}

    def _targets(self, store: rdf.Store, shape: Shape):
        """Whether a node is a target of the shape, and a pattern by which the query engine begins with the targets; empty
        where no single one would find all."""
        values = self._said[shape]
        classes = {name for target in values["targetClass"] for name in _with_those_below(store, target)}
        nodes = set(values["targetNode"])

        def is_target(node) -> bool:
            return (
                node in nodes
                or any(rdf.Quad(node, rdf.RDF_TYPE, name) in store for name in classes)
                or any(next(store.quads_for_pattern(node, name, None), None) for name in values["targetSubjectsOf"])
                or any(next(store.quads_for_pattern(None, name, node), None) for name in values["targetObjectsOf"])
            )

        kinds = {name for name in TARGETS if values[name]}
        pattern = ""
        if kinds == {"targetSubjectsOf"}:
            ways = "|".join(map(str, values["targetSubjectsOf"]))
            pattern = f"{{ SELECT DISTINCT $this WHERE {{ $this {ways} ?anything }} }}"
        elif kinds == {"targetClass"} and len(values["targetClass"]) == 1:
            stated = values["targetClass"][0]
            # In our data each node states its general class too; where one does not, the classes below count as well.
            if not any(_states_only(store, name, stated) for name in classes - {stated}):
                pattern = f"$this a {stated} ."
        return is_target, pattern


def _can_be_asked_of_all(query: str) -> bool:
    return not _OF_ONE_NODE.search(query) and all("this" in selected for selected in _SELECTED.findall(query))


def _with_those_below(store: rdf.Store, name: rdf.NamedNode) -> list[rdf.NamedNode]:
    found = [name]
    for above in found:
        found += [quad.subject for quad in store.quads_for_pattern(None, _SUBCLASS_OF, above) if quad.subject not in found]
    return found


def _states_only(store: rdf.Store, name: rdf.NamedNode, general: rdf.NamedNode) -> bool:
    """Whether some node is of a class and does not state the general one."""
    # One question, not a look at each node: with every look the engine would wait for whatever Python does meanwhile.
    return bool(store.query(f"ASK {{ ?node a {name} FILTER NOT EXISTS {{ ?node a {general} }} }}"))
