"""What is asked once of much data finds all that is found by asking for each node."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from validating import ROOT

from kb import rdf, turtle
from kb.project import find_project
from kb.validation import scope
from kb.validation.engine import run
from kb.validation.shapes import Shapes, read_shapes
from kb.validation.suspects import Queries
from kb.validation.validator import Validator

engine = pytest.importorskip("kb.validation.engine_shacl", reason="there is no wheel of shacl for this machine")

PROJECT = find_project()
MMS = "https://w3id.org/medical-missions/shapes/"
ORDER = rdf.NamedNode("https://w3id.org/medical-missions/ontology/order")


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return read_shapes(PROJECT.shape_files())


@pytest.fixture(scope="module")
def wrong() -> list[rdf.Quad]:
    """The ontology, the tests' world, and every example: all that is wrong on purpose."""
    examples = sorted((PROJECT.shapes / "examples").glob("*/*.ttl"))
    files = [*PROJECT.ontology_files(), *sorted((ROOT / "tests" / "world").glob("*.ttl")), *examples]
    return [quad for file in files for quad in turtle.parse_file(file)]


def found(data: list[rdf.Quad], shapes: Shapes) -> Counter:
    return Counter((r.focus, r.path, r.value, r.shape, r.component) for r in run(data, shapes.quads, "shacl", own=True))


def as_if_there_were_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "ENOUGH", 0)
    monkeypatch.setattr(scope, "MANY", 0)


def test_every_query_of_a_rule_can_be_asked_at_once(shapes: Shapes) -> None:
    asking = {quad.subject for quad in shapes.quads if quad.predicate.value.endswith("shacl#sparql")}
    assert asking and Queries(shapes.quads).texts.keys() == asking


def test_all_that_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch, shapes: Shapes, wrong: list[rdf.Quad]) -> None:
    one_by_one = found(wrong, shapes)
    as_if_there_were_much(monkeypatch)
    assert found(wrong, shapes) == one_by_one
    asking = Queries(shapes.quads).texts
    assert {shape for _, _, _, shape, _ in one_by_one} >= asking.keys()


def test_few_nodes_are_suspected(shapes: Shapes, wrong: list[rdf.Quad]) -> None:
    """Else the engine would be asked for each node after all: nobody is suspected but who is wrong."""
    text = rdf.serialize(wrong, format=rdf.RdfFormat.N_TRIPLES).decode()
    suspects = Queries(shapes.quads).suspects(text)
    guilty: dict[object, set] = {}
    for focus, _, _, shape, _ in found(wrong, shapes):
        guilty.setdefault(shape, set()).add(focus)
    for shape, nodes in suspects.items():
        assert nodes == guilty.get(shape, set()), shape


def test_a_number_in_another_form_leaves_the_engine_to_look_itself(shapes: Shapes) -> None:
    triple = rdf.Triple(rdf.NamedNode(f"{MMS}x"), ORDER, rdf.Literal("04", datatype=rdf.NamedNode("http://www.w3.org/2001/XMLSchema#integer")))
    queries = Queries(shapes.quads)
    suspects = queries.suspects(rdf.serialize([triple], format=rdf.RdfFormat.N_TRIPLES).decode())
    assert suspects == dict.fromkeys(queries.texts)
    targets = {quad.subject for quad in queries.aimed(suspects, rdf.NamedNode("urn:x-none")) if "#target" in quad.predicate.value}
    assert targets >= queries.texts.keys()


def test_a_subclass_alone_is_a_target_too(shapes: Shapes) -> None:
    """An allegation that does not say that it is a claim is one."""
    data = """
<https://w3id.org/medical-missions/ontology/Allegation> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <https://w3id.org/medical-missions/ontology/Claim> .
<https://w3id.org/medical-missions/id/claim/a-001-x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/medical-missions/ontology/Allegation> .
<https://w3id.org/medical-missions/id/claim/a-001-x> <https://w3id.org/medical-missions/ontology/statedIn> <https://w3id.org/medical-missions/id/passage/a-002> .
"""
    suspects = Queries(shapes.quads).suspects(data)
    assert {node.value.rpartition("/")[2] for node in suspects[rdf.NamedNode(f"{MMS}ClaimPassageNameShape")]} == {"a-001-x"}


def test_a_file_alone_is_judged_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "spoilt.ttl"
    examples = sorted((PROJECT.shapes / "examples" / "claims").glob("invalid-*.ttl"))[:20]
    world = sorted((ROOT / "tests" / "world").glob("*.ttl"))
    file.write_bytes(rdf.serialize((quad.triple for path in (*world, *examples) for quad in turtle.parse_file(path)), format=rdf.RdfFormat.TURTLE))

    def findings() -> Counter:
        report = Validator(PROJECT, alone=True).check([file])
        return Counter((f.focus, str(f.path), f.value, f.rule.iri, f.line) for f in report.findings)

    one_by_one = findings()
    as_if_there_were_much(monkeypatch)
    assert findings() == one_by_one and len(one_by_one) > 20
