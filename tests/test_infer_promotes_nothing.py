"""Principle 1: nothing is asserted, everything is attributed. A reasoner must not turn what somebody claims into a fact.

After the OWL 2 RL closure an entity (mission, actor, agreement …) has no outgoing triple beyond its type, its labels and
its identifiers; a work also has its bibliographic description, as printed.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

from kb import rdf
from kb.inference import infer, premises_of
from kb.namespaces import EXTERNAL, ONTOLOGY, curie
from kb.project import find_project

NAMES = {"rdf:type", "skos:prefLabel", "skos:altLabel", "skos:exactMatch", "dcterms:identifier"}
DESCRIPTION = {
    "dcterms:title", "dcterms:creator", "dcterms:publisher", "dcterms:issued", "dcterms:language", "dcterms:bibliographicCitation",
    "dcterms:isVersionOf", "prov:alternateOf", "mm:issuingState",
    "mm:venue", "mm:platform", "mm:duplicateOf", "bibo:number", "bibo:issue", "bibo:volume", "bibo:doi", "schema:url", "foaf:page",
}  # fmt: skip


def term(name: str) -> rdf.NamedNode:
    prefix, _, local = name.partition(":")
    return rdf.NamedNode({"mm": ONTOLOGY, **EXTERNAL}[prefix] + local)


def below(name: str, triples: list[rdf.Triple]) -> set:
    """A class and its subclasses."""
    lower = defaultdict(set)
    for triple in triples:
        if triple.predicate == term("rdfs:subClassOf"):
            lower[triple.object].add(triple.subject)
    found, ahead = set(), [term(name)]
    while ahead:
        cls = ahead.pop()
        if cls not in found:
            found.add(cls)
            ahead += lower[cls]
    return found


def promoted(premises: list[rdf.Triple]) -> list[str]:
    """What an entity has after the closure that it should not have."""
    result = infer(premises)
    everything = [*premises, *result.new]
    entities, works = below("mm:Entity", everything), below("mm:Work", everything)
    classes = defaultdict(set)
    for triple in everything:
        if triple.predicate == rdf.RDF_TYPE:
            classes[triple.subject].add(triple.object)
    new = set(result.new)
    wrong = []
    for triple in everything:
        of = classes[triple.subject]
        if not of & entities:
            continue
        name = curie(triple.predicate.value)
        stated = name in NAMES or (name in DESCRIPTION and of & works)
        # A reasoner may add to an entity what class it is in, and nothing else.
        if not stated or (triple in new and name != "rdf:type"):
            wrong.append(f"{curie(triple.subject.value)} {name} {triple.object}")
    return wrong


@pytest.fixture(scope="module")
def premises() -> list[rdf.Triple]:
    return premises_of(find_project())


def test_the_closure_promotes_no_claim_to_fact(premises: list[rdf.Triple]) -> None:
    assert promoted(premises) == []
    assert infer(premises).clashes == ()


def slots(premises: list[rdf.Triple]) -> dict[rdf.NamedNode, set]:
    """The properties that propositions use to speak of entities, with the entities that each speaks of."""
    entities = below("mm:Entity", premises)
    propositions = below("mm:Proposition", premises)
    those = {t.subject: None for t in premises if t.predicate == rdf.RDF_TYPE and t.object in entities}
    frames = {t.subject for t in premises if t.predicate == rdf.RDF_TYPE and t.object in propositions}
    used = defaultdict(set)
    for triple in premises:
        if triple.subject in frames and triple.object in those:
            used[triple.predicate].add(triple.object)
    return used


def test_the_test_can_fail_for_every_slot(premises: list[rdf.Triple]) -> None:
    used = slots(premises)
    assert len(used) > 5
    inverses = {slot: rdf.NamedNode(f"https://example.org/inverse-{number}") for number, slot in enumerate(used)}
    wrong = promoted([*premises, *(rdf.Triple(slot, term("owl:inverseOf"), inverse) for slot, inverse in inverses.items())])
    for slot, entities in used.items():
        leaking = {line.split(" ")[0] for line in wrong if line.split(" ")[1] == inverses[slot].value}
        assert leaking >= {curie(entity.value) for entity in entities}, slot


def test_other_leaks_are_found_too(premises: list[rdf.Triple]) -> None:
    slot, entities = min(slots(premises).items(), key=lambda item: str(item[0]))
    entity = min(entities, key=str)
    leaks = [
        [rdf.Triple(slot, rdf.RDF_TYPE, term("owl:SymmetricProperty"))],
        [rdf.Triple(entity, term("mm:participant"), entity)],
        [rdf.Triple(entity, term("dcterms:title"), rdf.Literal("not a work"))],
    ]
    for leak in leaks:
        assert promoted([*premises, *leak])
