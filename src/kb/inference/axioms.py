"""The axioms among the triples, as tables for the rules; and a refusal of those that the rules do not cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from kb import rdf
from kb.errors import InputError
from kb.namespaces import EXTERNAL, curie

Node = Any
"""A node of the graph: NamedNode or BlankNode."""
Table = dict[Node, set[Node]]
Pairs = Mapping[Node, Sequence[tuple[Node, Any]]]
"""The subjects and objects of each property: most of what is asked of a triple is asked of its property, once."""

NO_TRIPLE_TERMS = "triple terms are RDF 1.2; what follows is inferred from RDF 1.1 only"

RDF, RDFS, OWL = EXTERNAL["rdf"], EXTERNAL["rdfs"], EXTERNAL["owl"]
SUB_CLASS, SUB_PROPERTY = rdf.NamedNode(RDFS + "subClassOf"), rdf.NamedNode(RDFS + "subPropertyOf")
SAME_CLASS, SAME_PROPERTY = rdf.NamedNode(OWL + "equivalentClass"), rdf.NamedNode(OWL + "equivalentProperty")
DOMAIN, RANGE = rdf.NamedNode(RDFS + "domain"), rdf.NamedNode(RDFS + "range")
INVERSE, CHAIN = rdf.NamedNode(OWL + "inverseOf"), rdf.NamedNode(OWL + "propertyChainAxiom")
DISJOINT, DISJOINT_PROPERTY = rdf.NamedNode(OWL + "disjointWith"), rdf.NamedNode(OWL + "propertyDisjointWith")
MEMBERS, NOTHING = rdf.NamedNode(OWL + "members"), rdf.NamedNode(OWL + "Nothing")
_FIRST, _REST, _NIL = (rdf.NamedNode(RDF + name) for name in ("first", "rest", "nil"))

_AXIOMS = (SUB_CLASS, SUB_PROPERTY, SAME_CLASS, SAME_PROPERTY, DOMAIN, RANGE, INVERSE, CHAIN, DISJOINT, DISJOINT_PROPERTY)


def _named(namespace: str, names: str) -> set[rdf.NamedNode]:
    return {rdf.NamedNode(namespace + name) for name in names.split()}


# Terms of the language that no rule draws anything from, as long as nothing is owl:sameAs anything.
_INERT_PROPERTIES = (
    _named(OWL, "imports versionIRI versionInfo priorVersion backwardCompatibleWith incompatibleWith deprecated")
    | _named(OWL, "differentFrom distinctMembers")
    | _named(RDFS, "label comment seeAlso isDefinedBy")
)
_INERT_CLASSES = (
    _named(OWL, "Class ObjectProperty DatatypeProperty AnnotationProperty Ontology NamedIndividual Thing AllDifferent")
    | _named(OWL, "DeprecatedClass DeprecatedProperty OntologyProperty")
    | _named(RDFS, "Class Datatype Resource Literal")
    | _named(RDF, "Property List langString")
)
# Classes that an axiom may have things be in.
_WIDEST_CLASSES = _named(OWL, "Thing Nothing") | _named(RDFS, "Resource Literal") | _named(RDF, "langString")
_KINDS = _named(OWL, "SymmetricProperty TransitiveProperty AsymmetricProperty IrreflexiveProperty")
_DISJOINTS = _named(OWL, "AllDisjointClasses AllDisjointProperties")


class Axioms:
    """What the rules need to know of the ontology. Raises InputError for an axiom that they do not cover."""

    def __init__(self, stated: Pairs) -> None:
        self._stated: dict[rdf.NamedNode, list[tuple[Node, Node]]] = defaultdict(list)
        self._kinds: Table = defaultdict(set)
        for property, pairs in stated.items():
            self._take(property, pairs)
        first = dict(self._stated[_FIRST])
        rest = dict(self._stated[_REST])
        self._lists = (first, rest)
        self._check()
        self.super_classes = _closed(self._table(SUB_CLASS), self._table(SAME_CLASS))
        self.super_properties = _closed(self._table(SUB_PROPERTY), self._table(SAME_PROPERTY))
        self.domains = self._closed_over_hierarchies(self._table(DOMAIN))
        self.ranges = self._closed_over_hierarchies(self._table(RANGE))
        self.symmetric, self.transitive, self.asymmetric, self.irreflexive = (
            self._kinds[rdf.NamedNode(f"{OWL}{kind}Property")]
            for kind in ("Symmetric", "Transitive", "Asymmetric", "Irreflexive")
        )
        self.inverses = _both_ways(self._stated[INVERSE])
        self.chains = [(list(self._list(head)), property) for property, head in self._stated[CHAIN]]
        self.disjoint_classes = self._disjoint(DISJOINT, "AllDisjointClasses")
        self.disjoint_properties = self._disjoint(DISJOINT_PROPERTY, "AllDisjointProperties")

    def schema(self) -> Iterator[rdf.Triple]:
        """What the axioms say together about classes and properties (the rules named scm-)."""
        for sub, same, supers in (
            (SUB_CLASS, SAME_CLASS, self.super_classes),
            (SUB_PROPERTY, SAME_PROPERTY, self.super_properties),
        ):
            for lower, uppers in supers.items():
                for upper in uppers:
                    yield rdf.Triple(lower, sub, upper)
                    if lower in supers.get(upper, ()):
                        yield rdf.Triple(lower, same, upper)
        for predicate, table in ((DOMAIN, self.domains), (RANGE, self.ranges)):
            for property, classes in table.items():
                for cls in classes:
                    yield rdf.Triple(property, predicate, cls)

    def _take(self, property: Node, pairs: Sequence[tuple[Node, Any]]) -> None:
        if property == rdf.RDF_TYPE:
            classes = {cls for _, cls in pairs}
            kinds = classes & (_KINDS | _DISJOINTS)
            for cls in classes - kinds - _INERT_CLASSES:
                if _is_language(cls):
                    raise uncovered(cls, next(subject for subject, other in pairs if other == cls))
            for subject, cls in pairs if kinds else ():
                if cls in kinds:
                    self._kinds[cls].add(subject)
        elif property in _AXIOMS or property in (MEMBERS, _FIRST, _REST):
            for subject, object in pairs:
                if isinstance(object, rdf.Literal):
                    raise uncovered(property, subject)
            self._stated[property] += pairs
        elif _is_language(property) and property not in _INERT_PROPERTIES:
            raise uncovered(property, pairs[0][0])

    def _check(self) -> None:
        """That axioms are about named terms, and leave the language's own terms alone."""
        for predicate in _AXIOMS:
            for subject, object in self._stated[predicate]:
                objects = list(self._list(object)) if predicate == CHAIN else [object]
                for node in (subject, *objects):
                    # A blank node would be a class expression, an inverse without a name, or a restriction.
                    if isinstance(node, rdf.BlankNode) or node.value in _NOT_IN_AXIOMS:
                        raise uncovered(predicate, subject)
                if _is_language(subject) and subject not in _INERT_PROPERTIES:
                    raise uncovered(predicate, subject)
                for node in objects:
                    if _is_language(node) and node not in _INERT_PROPERTIES | _WIDEST_CLASSES:
                        raise uncovered(predicate, subject)

    def _table(self, predicate: rdf.NamedNode) -> Table:
        table: Table = defaultdict(set)
        for subject, object in self._stated[predicate]:
            table[subject].add(object)
        return table

    def _closed_over_hierarchies(self, stated: Table) -> Table:
        """Domains or ranges with those of the properties above, and with the classes above."""
        table: Table = defaultdict(set)
        for property in {*stated, *self.super_properties}:
            for above in {property, *self.super_properties.get(property, ())}:
                for cls in stated.get(above, ()):
                    table[property] |= {cls, *self.super_classes.get(cls, ())}
        return table

    def _disjoint(self, predicate: rdf.NamedNode, group: str) -> Table:
        pairs = list(self._stated[predicate])
        groups = self._kinds[rdf.NamedNode(OWL + group)]
        for subject, head in self._stated[MEMBERS]:
            if subject in groups:
                pairs += combinations(self._list(head), 2)
        return _both_ways(pairs)

    def _list(self, head: Node) -> Iterator[Node]:
        first, rest = self._lists
        seen = set()
        while head != _NIL:
            if head in seen or head not in first or head not in rest:
                raise InputError("a list in an axiom is broken: each node needs one rdf:first and one rdf:rest")
            seen.add(head)
            yield first[head]
            head = rest[head]


_NOT_IN_AXIOMS = (OWL + "topObjectProperty", OWL + "bottomObjectProperty", OWL + "topDataProperty", OWL + "bottomDataProperty")


def _is_language(node: object) -> bool:
    return isinstance(node, rdf.NamedNode) and node.value.startswith((RDF, RDFS, OWL))


def uncovered(term: Node, subject: object) -> InputError:
    """The refusal of an axiom, or of a use of a term, for which there is no rule here."""
    place = curie(subject.value) if isinstance(subject, rdf.NamedNode) else "a blank node"
    return InputError(
        f"the fast rules do not cover this use of {curie(term.value)} on {place}; the reference engine does: --engine owlrl"
    )


def _both_ways(pairs: Iterable[tuple[Node, Node]]) -> Table:
    table: Table = defaultdict(set)
    for one, other in pairs:
        table[one].add(other)
        table[other].add(one)
    return table


def _closed(stated: Table, same: Table) -> Table:
    """Everything above each term; a term is above itself only in a ring."""
    direct: Table = defaultdict(set)
    for lower, uppers in stated.items():
        direct[lower] |= uppers
    for one, others in same.items():
        for other in others - {one}:
            direct[one].add(other)
            direct[other].add(one)
    closed: Table = {}
    for term in list(direct):
        above: set[Node] = set()
        ahead = list(direct[term])
        while ahead:
            upper = ahead.pop()
            if upper not in above:
                above.add(upper)
                ahead += direct.get(upper, ())
        closed[term] = above
    return closed
