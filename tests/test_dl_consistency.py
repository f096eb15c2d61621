"""A description logic reasoner (HermiT, which comes with owlready2) finds the ontology with the data consistent.

OWL 2 RL rules do not see everything: that a class can have no members, say. Java is needed for this test alone. Literals
with datatypes that OWL 2 does not have (EDTF dates, xsd:date) are left out of what the reasoner sees; the shapes check them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kb import rdf
from kb.inference import premises_of
from kb.project import find_project

owlready2 = pytest.importorskip("owlready2", reason="owlready2 is not installed (pip install owlready2)")
pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="HermiT needs Java, which is not installed")

_DATATYPES = ("string", "integer", "nonNegativeInteger", "positiveInteger", "decimal", "boolean", "dateTime", "anyURI")
KNOWN = {f"http://www.w3.org/2001/XMLSchema#{name}" for name in _DATATYPES} | {
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
}
PREFIXES = """\
@prefix mm: <https://w3id.org/medical-missions/ontology/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix : <https://example.org/> .
"""


def reason(tmp_path: Path, more: str = "") -> tuple[bool, set[str]]:
    """Whether the ontology with the data, and with more triples, is consistent; and the classes that can have no members."""
    triples = [
        triple
        for triple in premises_of(find_project())
        if not isinstance(triple.object, rdf.Literal) or triple.object.datatype.value in KNOWN
    ]
    triples += [quad.triple for quad in rdf.parse(PREFIXES + more, format=rdf.RdfFormat.TURTLE)]
    file = tmp_path / "kb.nt"
    file.write_bytes(rdf.serialize(triples, format=rdf.RdfFormat.N_TRIPLES))
    world = owlready2.World()
    world.get_ontology(file.as_uri()).load()
    try:
        owlready2.sync_reasoner_hermit(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return False, set()
    return True, {cls.iri for cls in world.inconsistent_classes()} - {"http://www.w3.org/2002/07/owl#Nothing"}


def test_the_ontology_with_the_data_is_consistent_and_every_class_can_have_members(tmp_path: Path) -> None:
    assert reason(tmp_path) == (True, set())


@pytest.mark.parametrize(
    "wrong",
    [
        ":x mm:claimant :y . :y a mm:Passage .",
        ":x a mm:Actor ; a [ owl:complementOf mm:Entity ] .",
    ],
)
def test_an_inconsistent_copy_is_found(tmp_path: Path, wrong: str) -> None:
    assert reason(tmp_path, wrong) == (False, set())


def test_a_class_without_possible_members_is_found(tmp_path: Path) -> None:
    wrong = ":Impossible a owl:Class ; rdfs:subClassOf mm:Actor , mm:Claim ."
    assert reason(tmp_path, wrong) == (True, {"https://example.org/Impossible"})
