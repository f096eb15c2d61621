"""The fast engine: the OWL 2 RL rules for the kinds of axiom that the ontology has.

Covered: subclasses and subproperties, equivalent ones, domains and ranges, inverses, symmetric and transitive properties,
property chains; and for consistency disjoint classes and properties, asymmetric and irreflexive properties, owl:Nothing and
datatypes. The names in the comments are those of the rules in the OWL 2 Profiles recommendation, section 4.3.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator

from kb import rdf
from kb.inference import datatypes
from kb.inference.axioms import NOTHING, Axioms, Node, Table, uncovered
from kb.namespaces import curie

_STEP = "urn:medical-missions:chain-step:"  # the properties between the links of a chain; they never leave this module


def closure(triples: set[rdf.Triple]) -> tuple[set[rdf.Triple], list[str]]:
    """All that the rules give, some of it stated already, and the clashes. Raises InputError for an uncovered axiom."""
    axioms = Axioms(triples)
    facts = _Properties(axioms).closed(triples)
    types = _types(axioms, facts)
    inferred = facts - triples
    inferred.update(axioms.schema())
    inferred.update(
        rdf.Triple(node, rdf.RDF_TYPE, cls)
        for node, classes in types.items()
        if not isinstance(node, rdf.Literal)  # which has classes too, but no triples
        for cls in classes
    )
    clashes = [*_disjoint_classes(axioms, types, facts), *_property_clashes(axioms, facts), *_datatype_clashes(axioms, facts)]
    return inferred, clashes


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

    def closed(self, triples: Iterable[rdf.Triple]) -> set[rdf.Triple]:
        """The triples and all that follows from them; each is looked at once, when what it joins with is known so far."""
        facts = set(triples)
        waiting = deque(triple for triple in facts if triple.predicate in self._active)
        ahead: dict[tuple[Node, Node], set] = defaultdict(set)
        behind: dict[tuple[Node, object], set] = defaultdict(set)
        steps = set()
        while waiting:
            triple = waiting.popleft()
            subject, property, object = triple.subject, triple.predicate, triple.object
            if property in self._from_right or property in self._from_left:
                ahead[property, subject].add(object)
                behind[property, object].add(subject)
            for found in self._following(subject, property, object, ahead, behind):
                if found not in facts:
                    facts.add(found)
                    if found.predicate.value.startswith(_STEP):
                        steps.add(found)
                    if found.predicate in self._active:
                        waiting.append(found)
        return facts - steps

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


def _types(axioms: Axioms, facts: Iterable[rdf.Triple]) -> Table:
    """The classes of each node (cax-sco, cax-eqc, prp-dom, prp-rng)."""
    types: Table = defaultdict(set)
    for triple in facts:
        subject, property, object = triple.subject, triple.predicate, triple.object
        if property == rdf.RDF_TYPE:
            types[subject].add(object)
            types[subject] |= axioms.super_classes.get(object, set())
            continue
        if property in axioms.domains:
            types[subject] |= axioms.domains[property]
        if property in axioms.ranges:
            types[object] |= axioms.ranges[property]
    return types


def _disjoint_classes(axioms: Axioms, types: Table, facts: set[rdf.Triple]) -> Iterator[str]:
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


def _why(axioms: Axioms, facts: set[rdf.Triple], node: Node, cls: Node) -> str:
    """One reason for which a node is in a class."""
    for triple in sorted((t for t in facts if node in (t.subject, t.object)), key=str):
        subject, property, object = triple.subject, triple.predicate, triple.object
        if property == rdf.RDF_TYPE:
            if subject == node and (object == cls or cls in axioms.super_classes.get(object, ())):
                return f"it is stated to be in {_name(object)}"
        elif subject == node and cls in axioms.domains.get(property, ()):
            return f"it has {_name(property)} (domain {_name(cls)})"
        elif object == node and cls in axioms.ranges.get(property, ()):
            return f"it is the {_name(property)} of {_name(subject)} (range {_name(cls)})"
    return f"it is in {_name(cls)}"


def _property_clashes(axioms: Axioms, facts: set[rdf.Triple]) -> Iterator[str]:
    """prp-pdw, prp-adp, prp-asyp, prp-irp."""
    pairs: dict[Node, set[tuple[Node, Node]]] = {property: set() for property in axioms.asymmetric}
    for triple in facts:
        if triple.predicate in pairs:
            pairs[triple.predicate].add((triple.subject, triple.object))
    for triple in facts:
        subject, property, object = triple.subject, triple.predicate, triple.object
        for other in axioms.disjoint_properties.get(property, ()):
            if str(property) <= str(other) and rdf.Triple(subject, other, object) in facts:
                yield (
                    f"{_name(subject)} has {_name(object)} both as {_name(property)} and as {_name(other)}, "
                    "which are disjoint"
                )
        if property in axioms.irreflexive and subject == object:
            yield f"{_name(subject)} has itself as {_name(property)}, which is irreflexive"
        if property in axioms.asymmetric and (object, subject) in pairs[property]:
            yield f"{_name(subject)} and {_name(object)} have each other as {_name(property)}, which is asymmetric"


def _datatype_clashes(axioms: Axioms, facts: set[rdf.Triple]) -> Iterator[str]:
    """dt-not-type, and prp-rng with the disjointness of datatypes."""
    for triple in facts:
        value = triple.object
        if not isinstance(value, rdf.Literal):
            continue
        if datatypes.excludes(value, value.datatype):
            yield f"{_name(triple.subject)} has the {_name(triple.predicate)} {value}, which is no {_name(value.datatype)}"
        for range in axioms.ranges.get(triple.predicate, ()):
            if range != value.datatype and datatypes.excludes(value, range):
                yield (
                    f"{_name(triple.subject)} has the {_name(triple.predicate)} {value}, "
                    f"which is outside its range {_name(range)}"
                )


def _name(term: object) -> str:
    return curie(term.value) if isinstance(term, rdf.NamedNode) else str(term)
