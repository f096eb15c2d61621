"""The ontology is in OWL 2 RL: every axiom is of a form that the profile allows (OWL 2 Profiles, section 4.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

from kb import rdf, turtle
from kb.namespaces import EXTERNAL, curie
from kb.project import find_project

PREFIXES = "".join(
    f"@prefix {prefix}: <{iri}> .\n"
    for prefix, iri in {**EXTERNAL, "mm": "https://w3id.org/medical-missions/ontology/", "": "https://example.org/"}.items()
)
BUILT_IN = tuple(EXTERNAL[prefix] for prefix in ("owl", "rdf", "rdfs"))
# The datatypes of the profile; of OWL 2's it lacks owl:real and owl:rational.
DATATYPES = {
    "xsd:decimal", "xsd:integer", "xsd:nonNegativeInteger", "xsd:nonPositiveInteger", "xsd:positiveInteger", "xsd:negativeInteger",
    "xsd:long", "xsd:int", "xsd:short", "xsd:byte", "xsd:unsignedLong", "xsd:unsignedInt", "xsd:unsignedShort", "xsd:unsignedByte",
    "xsd:string", "xsd:normalizedString", "xsd:token", "xsd:language", "xsd:Name", "xsd:NCName", "xsd:NMTOKEN", "xsd:boolean",
    "xsd:hexBinary", "xsd:base64Binary", "xsd:anyURI", "xsd:dateTime", "xsd:dateTimeStamp", "xsd:float", "xsd:double",
    "rdf:PlainLiteral", "rdf:XMLLiteral", "rdf:langString", "rdfs:Literal",
}  # fmt: skip
TYPES = {
    "owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty", "owl:NamedIndividual", "owl:Ontology",
    "owl:FunctionalProperty", "owl:InverseFunctionalProperty", "owl:IrreflexiveProperty", "owl:SymmetricProperty",
    "owl:AsymmetricProperty", "owl:TransitiveProperty", "owl:AllDisjointClasses", "owl:AllDisjointProperties", "owl:AllDifferent",
    "owl:NegativePropertyAssertion", "owl:Restriction", "rdfs:Datatype",
}  # fmt: skip
PREDICATES = {
    "rdf:type", "rdf:first", "rdf:rest", "rdfs:subClassOf", "rdfs:subPropertyOf", "rdfs:domain", "rdfs:range", "rdfs:label",
    "rdfs:comment", "rdfs:seeAlso", "rdfs:isDefinedBy", "owl:equivalentClass", "owl:equivalentProperty", "owl:disjointWith",
    "owl:propertyDisjointWith", "owl:inverseOf", "owl:propertyChainAxiom", "owl:hasKey", "owl:members", "owl:distinctMembers",
    "owl:onProperty", "owl:someValuesFrom", "owl:allValuesFrom", "owl:hasValue", "owl:maxCardinality", "owl:onClass",
    "owl:maxQualifiedCardinality", "owl:onDataRange", "owl:intersectionOf", "owl:unionOf", "owl:oneOf", "owl:complementOf",
    "owl:sameAs", "owl:differentFrom", "owl:sourceIndividual", "owl:assertionProperty", "owl:targetIndividual", "owl:targetValue",
    "owl:imports", "owl:versionIRI", "owl:versionInfo", "owl:priorVersion", "owl:deprecated",
}  # fmt: skip


class Profile:
    """Looks through the triples of an ontology for what OWL 2 RL does not allow."""

    def __init__(self, triples: list[rdf.Triple]) -> None:
        self.triples = triples
        self.said: dict[object, dict[str, list]] = defaultdict(lambda: defaultdict(list))
        for triple in triples:
            self.said[triple.subject][curie(triple.predicate.value)].append(triple.object)

    def violations(self) -> list[str]:
        return list(self._terms()) + list(self._kinds()) + list(self._axioms())

    def _terms(self) -> Iterator[str]:
        for triple in self.triples:
            predicate = curie(triple.predicate.value)
            if triple.predicate.value.startswith(BUILT_IN) and predicate not in PREDICATES:
                yield f"{predicate} is not in the profile"
            type = triple.object.value if predicate == "rdf:type" and isinstance(triple.object, rdf.NamedNode) else ""
            if type.startswith(BUILT_IN) and curie(type) not in TYPES:
                yield f"{curie(type)} is not in the profile"

    def _kinds(self) -> Iterator[str]:
        """A property is of one kind, and one that an axiom is about is declared."""
        kinds = {"owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty"}
        for node, said in self.said.items():
            types = {curie(type.value) for type in said["rdf:type"] if isinstance(type, rdf.NamedNode)}
            if len(types & kinds) > 1:
                yield f"{node} is a property of several kinds"
            about = said.keys() & {"rdfs:domain", "rdfs:range", "owl:inverseOf", "owl:propertyChainAxiom", "rdfs:subPropertyOf"}
            if about and isinstance(node, rdf.NamedNode) and not types & kinds:
                yield f"{node} is not declared as a property"

    def _axioms(self) -> Iterator[str]:
        for node, said in list(self.said.items()):
            for upper in said["rdfs:subClassOf"]:
                yield from self._wrong(self.is_subclass(node), "below rdfs:subClassOf", node)
                yield from self._wrong(self.is_superclass(upper), "above rdfs:subClassOf", upper)
            for other in said["owl:equivalentClass"]:
                for cls in (node, other):
                    yield from self._wrong(self.is_equivalent(cls), "beside owl:equivalentClass", cls)
            for other in said["owl:disjointWith"]:
                for cls in (node, other):
                    yield from self._wrong(self.is_subclass(cls), "beside owl:disjointWith", cls)
            if self._is(node, "owl:AllDisjointClasses"):
                for cls in (cls for head in said["owl:members"] for cls in self._list(head)):
                    yield from self._wrong(self.is_subclass(cls), "in owl:AllDisjointClasses", cls)
            for cls in said["rdfs:domain"]:
                yield from self._wrong(self.is_superclass(cls), "as rdfs:domain", cls)
            for cls in said["rdfs:range"]:
                yield from self._wrong(self.is_datatype(cls) or self.is_superclass(cls), "as rdfs:range", cls)
            if said["owl:hasKey"]:
                yield from self._wrong(self.is_subclass(node), "with owl:hasKey", node)
            for type in said["rdf:type"]:
                if isinstance(type, rdf.BlankNode):
                    yield from self._wrong(self.is_superclass(type), "as rdf:type", type)

    def is_subclass(self, node: object) -> bool:
        """What may stand below: a class, a list of individuals, some value, a value, or such together or in turn."""
        if isinstance(node, rdf.NamedNode):
            return self._is_class(node)
        said = self.said[node]
        if said["owl:intersectionOf"] or said["owl:unionOf"]:
            heads = said["owl:intersectionOf"] + said["owl:unionOf"]
            return all(self.is_subclass(part) for head in heads for part in self._list(head))
        if said["owl:someValuesFrom"]:
            return all(_is_thing(c) or self.is_datatype(c) or self.is_subclass(c) for c in said["owl:someValuesFrom"])
        return bool(said["owl:oneOf"] or said["owl:hasValue"])

    def is_superclass(self, node: object) -> bool:
        """What may stand above: a class, not such, all values, a value, at most none or one, or such together."""
        if isinstance(node, rdf.NamedNode):
            return self._is_class(node)
        said = self.said[node]
        if said["owl:intersectionOf"]:
            return all(self.is_superclass(part) for head in said["owl:intersectionOf"] for part in self._list(head))
        if said["owl:complementOf"]:
            return all(self.is_subclass(part) for part in said["owl:complementOf"])
        if said["owl:allValuesFrom"]:
            return all(self.is_datatype(part) or self.is_superclass(part) for part in said["owl:allValuesFrom"])
        limits = said["owl:maxCardinality"] + said["owl:maxQualifiedCardinality"]
        if limits:
            filled = said["owl:onClass"]
            return all(limit.value in ("0", "1") for limit in limits) and all(_is_thing(c) or self.is_subclass(c) for c in filled)
        return bool(said["owl:hasValue"])

    def is_equivalent(self, node: object) -> bool:
        if isinstance(node, rdf.NamedNode):
            return self._is_class(node)
        said = self.said[node]
        if said["owl:intersectionOf"]:
            return all(self.is_equivalent(part) for head in said["owl:intersectionOf"] for part in self._list(head))
        return bool(said["owl:hasValue"])

    def is_datatype(self, node: object) -> bool:
        if isinstance(node, rdf.NamedNode):
            return curie(node.value) in DATATYPES
        said = self.said[node]
        parts = [part for head in said["owl:intersectionOf"] for part in self._list(head)]
        return self._is(node, "rdfs:Datatype") and bool(parts) and all(self.is_datatype(part) for part in parts)

    def _is_class(self, node: rdf.NamedNode) -> bool:
        return not node.value.startswith((*BUILT_IN, EXTERNAL["xsd"])) or curie(node.value) == "owl:Nothing"

    def _is(self, node: object, type: str) -> bool:
        return any(isinstance(t, rdf.NamedNode) and curie(t.value) == type for t in self.said[node]["rdf:type"])

    def _list(self, head: object) -> Iterator[object]:
        while self.said[head]["rdf:first"]:
            yield self.said[head]["rdf:first"][0]
            head = self.said[head]["rdf:rest"][0]

    def _wrong(self, allowed: bool, place: str, node: object) -> Iterator[str]:
        if not allowed:
            forms = ", ".join(name for name in self.said[node] if name.startswith("owl:") and self.said[node][name])
            yield f"{node} ({forms}) may not stand {place}"


def _is_thing(node: object) -> bool:
    return node == rdf.NamedNode(EXTERNAL["owl"] + "Thing")


def ontology() -> list[rdf.Triple]:
    return [quad.triple for path in find_project().ontology_files() for quad in turtle.parse_file(path)]


def with_more(text: str) -> list[rdf.Triple]:
    return [*ontology(), *(quad.triple for quad in rdf.parse(PREFIXES + text, format=rdf.RdfFormat.TURTLE))]


def test_the_ontology_is_in_owl_2_rl() -> None:
    assert Profile(ontology()).violations() == []


OUTSIDE = [
    ":A rdfs:subClassOf [ owl:unionOf ( :B :C ) ] .",
    ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty mm:claimant ; owl:someValuesFrom :B ] .",
    ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty mm:claimant ; owl:minCardinality 1 ] .",
    ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty mm:claimant ; owl:cardinality 1 ] .",
    ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty mm:claimant ; owl:maxCardinality 2 ] .",
    ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty mm:claimant ; owl:maxQualifiedCardinality 3 ; owl:onClass :B ] .",
    ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty mm:claimant ; owl:hasSelf true ] .",
    ":A rdfs:subClassOf [ owl:oneOf ( :x ) ] .",
    ":A rdfs:subClassOf [ owl:intersectionOf ( :B [ owl:unionOf ( :C :D ) ] ) ] .",
    ":A rdfs:subClassOf [ owl:complementOf [ a owl:Restriction ; owl:onProperty mm:claimant ; owl:allValuesFrom :B ] ] .",
    "[ a owl:Restriction ; owl:onProperty mm:claimant ; owl:allValuesFrom :B ] rdfs:subClassOf :A .",
    "[ owl:complementOf :B ] rdfs:subClassOf :A .",
    "owl:Thing rdfs:subClassOf :A .",
    ":A rdfs:subClassOf owl:Thing .",
    ":A owl:equivalentClass [ owl:unionOf ( :B :C ) ] .",
    ":A owl:disjointUnionOf ( :B :C ) .",
    ":A owl:disjointWith [ owl:complementOf :B ] .",
    "mm:claimant a owl:ReflexiveProperty .",
    "mm:claimant rdfs:domain [ owl:unionOf ( :B :C ) ] .",
    "mm:claimant rdfs:range [ a owl:Restriction ; owl:onProperty mm:claimant ; owl:someValuesFrom :B ] .",
    ":p a owl:DatatypeProperty ; rdfs:range xsd:date .",
    ":p a owl:DatatypeProperty ; rdfs:range owl:rational .",
    ":p a owl:DatatypeProperty ; rdfs:range [ a rdfs:Datatype ; owl:oneOf ( 1 2 ) ] .",
    ":p a owl:DatatypeProperty ; rdfs:range [ a rdfs:Datatype ; owl:onDatatype xsd:integer ; owl:withRestrictions ( [ xsd:minInclusive 1 ] ) ] .",
    "mm:claimant a owl:DatatypeProperty .",
    ":undeclared rdfs:domain :A .",
    ":x a [ owl:unionOf ( :A :B ) ] .",
    ":p a owl:ObjectProperty ; rdfs:subPropertyOf owl:topObjectProperty ; owl:bottomObjectProperty :q .",
]


@pytest.mark.parametrize("text", OUTSIDE)
def test_what_is_outside_the_profile_is_found(text: str) -> None:
    assert Profile(with_more(text)).violations()


@pytest.mark.parametrize("text", [
    "[ owl:unionOf ( :A :B ) ] rdfs:subClassOf :C .", "[ owl:oneOf ( :x :y ) ] rdfs:subClassOf :C .", ":A owl:hasKey ( mm:claimant ) .",
    "[ a owl:Restriction ; owl:onProperty mm:claimant ; owl:someValuesFrom owl:Thing ] rdfs:subClassOf :A .",
    ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty mm:claimant ; owl:maxCardinality 1 ] .",
    ":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty mm:claimant ; owl:allValuesFrom :B ] , [ owl:complementOf :C ] .",
    ":A owl:equivalentClass [ owl:intersectionOf ( :B [ a owl:Restriction ; owl:onProperty mm:claimant ; owl:hasValue :x ] ) ] .",
    ":p a owl:ObjectProperty , owl:TransitiveProperty ; owl:inverseOf mm:claimant .",
])  # fmt: skip
def test_what_the_profile_allows_is_let_pass(text: str) -> None:
    assert Profile(with_more(text)).violations() == []


# Not a matter of the profile, but of principle 1.


def inverses_on_slots(triples: list[rdf.Triple]) -> list[str]:
    """Inverses (and symmetric properties) whose property belongs to propositions, figures, claims, or other discourse."""
    below: dict[object, set] = defaultdict(set)
    for triple in triples:
        if curie(triple.predicate.value) == "rdfs:subClassOf":
            below[triple.object].add(triple.subject)
    tiers: set = set()
    ahead: list = [rdf.NamedNode(f"https://w3id.org/medical-missions/ontology/{name}") for name in ("ContentItem", "DiscourseItem")]
    while ahead:
        cls = ahead.pop()
        if cls not in tiers:
            tiers.add(cls)
            ahead += below[cls]
    slots = {t.subject for t in triples if curie(t.predicate.value) == "rdfs:domain" and t.object in tiers}
    assert len(slots) > 30
    wrong = []
    for triple in triples:
        inverse = curie(triple.predicate.value) == "owl:inverseOf" and {triple.subject, triple.object} & slots
        symmetric = triple.subject in slots and curie(str(triple.object).strip("<>")) == "owl:SymmetricProperty"
        if inverse or symmetric:
            wrong.append(str(triple))
    return wrong


def test_no_slot_of_a_proposition_or_claim_has_an_inverse() -> None:
    assert inverses_on_slots(ontology()) == []


@pytest.mark.parametrize("text", ["mm:realisation owl:inverseOf :p .", ":p owl:inverseOf mm:claimant .", "mm:respondsTo a owl:SymmetricProperty ."])
def test_an_inverse_on_a_slot_is_found(text: str) -> None:
    assert inverses_on_slots(with_more(text))
