"""The fast engine: the OWL 2 RL rules for the kinds of axiom that the ontology has.

Covered: subclasses and subproperties, equivalent ones, domains and ranges, inverses, symmetric and transitive properties,
property chains; and for consistency disjoint classes and properties, asymmetric and irreflexive properties, owl:Nothing and
datatypes. The names in the comments are those of the rules in the OWL 2 Profiles recommendation, section 4.3.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from typing import Any

from kb import rdf
from kb.errors import InputError
from kb.inference import datatypes
from kb.inference.axioms import NO_TRIPLE_TERMS, NOTHING, Axioms, Node, Pairs, Table, uncovered
from kb.namespaces import curie

_STEP = "urn:medical-missions:chain-step:"  # the properties between the links of a chain; they never leave this module


def closure(triples: set[rdf.Triple]) -> tuple[set[rdf.Triple], list[str]]:
    """All that the rules give, some of it stated already, and the clashes. Raises InputError for an uncovered axiom and for triple
    terms."""
    facts = _by_property(triples)
    axioms = Axioms(facts)
    inferred = _Properties(axioms).following(triples, facts)
    for property, pairs in _by_property(inferred).items():
        facts[property] += pairs
    types = _types(axioms, facts)
    inferred.update(axioms.schema())
    stated = set(facts[rdf.RDF_TYPE])
    inferred.update(
        rdf.Triple(node, rdf.RDF_TYPE, cls)
        for node, classes in types.items()
        if not isinstance(node, rdf.Literal)  # which has classes too, but no triples
        for cls in classes
        if (node, cls) not in stated
    )
    clashes = [*_disjoint_classes(axioms, types, facts), *_property_clashes(axioms, facts), *_datatype_clashes(axioms, facts)]
    return inferred, clashes


def _by_property(triples: Iterable[rdf.Triple]) -> dict[Node, list[tuple[Node, Any]]]:
    found: dict[Node, list[tuple[Node, Any]]] = defaultdict(list)
    for subject, property, object in triples:
        if isinstance(object, rdf.Triple):
            raise InputError(NO_TRIPLE_TERMS)
        found[property].append((subject, object))
    return found


class _Properties:
    """The rules from property triples to property triples (prp-spo1, -spo2, -eqp, -inv, -symp, -trp)."""

    def __init__(self, axioms: Axioms) -> None:
        self._same_way: Table = defaultdict(set)
        self._other_way: Table = defaultdict(set)
        for property, above in axioms.super_properties.items():
            self._same_way[property] |= above
        for property, inverses in axioms.inverses.items():
            self._other_way[property] |= inverses
        for property in axioms.symmetric:
            self._other_way[property].add(property)
        # Every join is of two properties: left, right, and what they make together.
        joins = {(property, property, property) for property in axioms.transitive}
        for number, (links, property) in enumerate(axioms.chains):
            if len(links) == 1:
                self._same_way[links[0]].add(property)
                continue
            left = links[0]
            for position, right in enumerate(links[1:], 1):
                last = position == len(links) - 1
                made = property if last else rdf.NamedNode(f"{_STEP}{number}-{position}")
                joins.add((left, right, made))
                left = made
        self._from_left: dict[Node, list[tuple[Node, Node]]] = defaultdict(list)
        self._from_right: dict[Node, list[tuple[Node, Node]]] = defaultdict(list)
        for left, right, made in joins:
            self._from_left[left].append((right, made))
            self._from_right[right].append((left, made))
        self._active = {*self._same_way, *self._other_way, *self._from_left, *self._from_right}

    def following(self, triples: set[rdf.Triple], facts: Pairs) -> set[rdf.Triple]:
        """All that follows from the triples, which are the ``facts``, and is none of them; each is looked at once, when what it
        joins with is known so far."""
        found: set[rdf.Triple] = set()
        steps = set()
        waiting = deque((subject, property, object) for property in self._active for subject, object in facts.get(property, ()))
        ahead: dict[tuple[Node, Node], set] = defaultdict(set)
        behind: dict[tuple[Node, object], set] = defaultdict(set)
        while waiting:
            subject, property, object = waiting.popleft()
            if property in self._from_right or property in self._from_left:
                ahead[property, subject].add(object)
                behind[property, object].add(subject)
            for triple in self._following(subject, property, object, ahead, behind):
                if triple not in triples and triple not in found:
                    found.add(triple)
                    if triple.predicate.value.startswith(_STEP):
                        steps.add(triple)
                    if triple.predicate in self._active:
                        waiting.append(tuple(triple))
        return found - steps

    def _following(self, subject, property, object, ahead, behind) -> Iterator[rdf.Triple]:
        for other in self._same_way.get(property, ()):
            yield rdf.Triple(subject, other, object)
        for right, made in self._from_left.get(property, ()):
            for end in tuple(ahead.get((right, object), ())):
                yield rdf.Triple(subject, made, end)
        for left, made in self._from_right.get(property, ()):
            for start in tuple(behind.get((left, subject), ())):
                yield rdf.Triple(start, made, object)
        for other in self._other_way.get(property, ()):
            if isinstance(object, rdf.Literal):
                # The rules would go on from a triple with a literal as its subject, which RDF has not.
                raise uncovered(property, subject)
            yield rdf.Triple(object, other, subject)


def _types(axioms: Axioms, facts: Pairs) -> Table:
    """The classes of each node (cax-sco, cax-eqc, prp-dom, prp-rng)."""
    types: Table = defaultdict(set)
    for property, pairs in facts.items():
        if property == rdf.RDF_TYPE:
            for cls, members in _inverted(pairs).items():
                classes = {cls, *axioms.super_classes.get(cls, ())}
                for node in members:
                    types[node] |= classes
            continue
        if domains := axioms.domains.get(property):
            for subject in {subject for subject, _ in pairs}:
                types[subject] |= domains
        if ranges := axioms.ranges.get(property):
            for object in {object for _, object in pairs}:
                types[object] |= ranges
    return types


def _inverted(pairs: Iterable[tuple[Node, Any]]) -> dict[Any, list[Node]]:
    """The subjects of each object."""
    found: dict[Any, list[Node]] = defaultdict(list)
    for subject, object in pairs:
        found[object].append(subject)
    return found


def _disjoint_classes(axioms: Axioms, types: Table, facts: Pairs) -> Iterator[str]:
    """cax-dw, cax-adc, cls-nothing2."""
    for node, classes in types.items():
        if NOTHING in classes:
            yield f"{_name(node)} is in owl:Nothing: {_why(axioms, facts, node, NOTHING)}"
        for one in classes & axioms.disjoint_classes.keys():
            for other in classes & axioms.disjoint_classes[one]:
                if str(one) <= str(other):
                    yield (
                        f"{_name(node)} is in {_name(one)} and in {_name(other)}, which are disjoint: "
                        f"{_why(axioms, facts, node, one)}; {_why(axioms, facts, node, other)}"
                    )


def _why(axioms: Axioms, facts: Pairs, node: Node, cls: Node) -> str:
    """One reason for which a node is in a class."""
    about = (rdf.Triple(pair[0], property, pair[1]) for property, pairs in facts.items() for pair in pairs if node in pair)
    for subject, property, object in sorted(about, key=str):
        if property == rdf.RDF_TYPE:
            if subject == node and (object == cls or cls in axioms.super_classes.get(object, ())):
                return f"it is stated to be in {_name(object)}"
        elif subject == node and cls in axioms.domains.get(property, ()):
            return f"it has {_name(property)} (domain {_name(cls)})"
        elif object == node and cls in axioms.ranges.get(property, ()):
            return f"it is the {_name(property)} of {_name(subject)} (range {_name(cls)})"
    return f"it is in {_name(cls)}"


def _property_clashes(axioms: Axioms, facts: Pairs) -> Iterator[str]:
    """prp-pdw, prp-adp, prp-asyp, prp-irp."""
    for property, pairs in facts.items():
        for other in axioms.disjoint_properties.get(property, ()):
            if str(property) <= str(other):
                for subject, object in {*pairs} & {*facts.get(other, ())}:
                    yield (
                        f"{_name(subject)} has {_name(object)} both as {_name(property)} and as {_name(other)}, "
                        "which are disjoint"
                    )
        if property in axioms.irreflexive:
            for subject, object in pairs:
                if subject == object:
                    yield f"{_name(subject)} has itself as {_name(property)}, which is irreflexive"
        if property in axioms.asymmetric:
            for subject, object in {*pairs} & {(object, subject) for subject, object in pairs}:
                yield f"{_name(subject)} and {_name(object)} have each other as {_name(property)}, which is asymmetric"


def _datatype_clashes(axioms: Axioms, facts: Pairs) -> Iterator[str]:
    """dt-not-type, and prp-rng with the disjointness of datatypes."""
    for property, pairs in facts.items():
        ranges = axioms.ranges.get(property, ())
        for subject, value in pairs:
            if not isinstance(value, rdf.Literal):
                continue
            datatype = value.datatype
            if datatype.value not in datatypes.ANY_TEXT and datatypes.excludes(value, datatype):
                yield f"{_name(subject)} has the {_name(property)} {value}, which is no {_name(datatype)}"
            for range in ranges:
                if range != datatype and datatypes.excludes(value, range):
                    yield f"{_name(subject)} has the {_name(property)} {value}, which is outside its range {_name(range)}"


def _name(term: object) -> str:
    return curie(term.value) if isinstance(term, rdf.NamedNode) else str(term)
