"""What a new file is judged for: what it describes, what it makes of the knowledge base, and nothing that was there before.

The quick way looks only at the neighbourhood of what a file says; here it is held to the slow one, which judges everything
with the file and everything without it, and takes the difference.
"""

from __future__ import annotations

import functools
import importlib.util
import random
from pathlib import Path

import pytest
from validating import around

from kb import rdf
from kb.errors import UsageError
from kb.namespaces import ID, iri_of
from kb.project import Project, find_project
from kb.stores import GraphContent, open_store
from kb.validation import Validator, scope, validate
from kb.validation.engine import Result, run
from kb.validation.inputs import Input
from kb.validation.lookups import Index
from kb.validation.reach import Reach
from kb.validation.shapes import Shapes, read_shapes

PROJECT = find_project()
ENGINE = "shacl" if importlib.util.find_spec("shacl") else "pyshacl"
WORLD = Path(__file__).parent / "world"
EX = "http://example.org/"
PREFIXES = f"""@prefix ex: <{EX}> .
@prefix mms: <https://w3id.org/medical-missions/shapes/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
# A shape for each way in which one node's conformance hangs on another's triples.
SHAPES = PREFIXES + """
ex:Base sh:targetClass ex:A ; sh:property [ sh:path ex:p ; sh:class ex:B ; sh:maxCount 2 ] .
ex:Far sh:targetClass ex:A ; sh:property [ sh:path ( ex:p ex:q [ sh:inversePath ex:r ] ) ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] .
ex:Named sh:targetClass ex:D ; sh:property [ sh:path ( ex:p ex:v ) ; sh:nodeKind sh:IRI ] .
ex:Inverse sh:targetSubjectsOf ex:q ; sh:property [ sh:path [ sh:inversePath ex:p ] ; sh:minCount 1 ] .
ex:Chain sh:targetObjectsOf ex:r ; sh:property [ sh:path [ sh:oneOrMorePath ex:r ] ; sh:disjoint ex:p ; sh:maxCount 3 ] .
ex:Zero sh:targetClass ex:B ; sh:property [ sh:path ( [ sh:zeroOrMorePath ex:r ] ex:v ) ; sh:datatype xsd:integer ] .
ex:Either sh:targetClass ex:B ; sh:property [ sh:path [ sh:alternativePath ( ex:q [ sh:inversePath ex:q ] ) ] ; sh:minCount 1 ] .
ex:Optional sh:targetClass ex:C ; sh:property [ sh:path ( [ sh:zeroOrOnePath ex:p ] ex:v ) ; sh:uniqueLang true ; sh:maxCount 2 ] .
ex:Backwards sh:targetClass ex:C ; sh:property [ sh:path [ sh:inversePath ( ex:p ex:q ) ] ; sh:maxCount 0 ] .
ex:Inner sh:targetClass ex:C ; sh:property [ sh:path ex:q ; sh:node [ sh:property [ sh:path ex:r ; sh:minCount 1 ] ] ] .
ex:Logic sh:targetClass ex:A ;
    sh:or ( [ sh:property [ sh:path ex:v ; sh:minCount 1 ] ] [ sh:not [ sh:property [ sh:path ex:p ; sh:class ex:C ; sh:minCount 1 ] ] ] ) .
ex:Counted sh:targetClass ex:B ;
    sh:property [ sh:path ex:r ; sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMaxCount 1 ; sh:qualifiedValueShapesDisjoint true ] ,
        [ sh:path ex:r ; sh:qualifiedValueShape [ sh:property [ sh:path ex:v ; sh:minCount 1 ] ] ; sh:qualifiedMinCount 0 ] .
ex:Tight sh:targetClass ex:C ; sh:closed true ; sh:ignoredProperties ( rdf:type ex:r ex:q ) ; sh:property [ sh:path ex:v ] .
ex:Holder sh:targetClass ex:A ; sh:property [ sh:path ex:q ; sh:node [ sh:closed true ; sh:ignoredProperties ( rdf:type ex:p ex:r ) ] ] .
ex:Unique sh:targetClass ex:A ; sh:property [ sh:path ( ex:v [ sh:inversePath ex:v ] ) ; sh:maxCount 1 ] .
ex:Apart sh:targetClass ex:A ; sh:equals ex:p ; sh:deactivated true .
ex:Single sh:targetNode ex:n1 , ex:elsewhere ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .
"""


def shapes_from(text: str, folder: Path) -> Shapes:
    path = folder / "shapes.ttl"
    path.write_text(text)
    return read_shapes([path])


def random_triples(rng: random.Random, count: int) -> list[rdf.Quad]:
    nodes = [rdf.NamedNode(f"{EX}n{number}") for number in range(12)]
    found = []
    for _ in range(count):
        subject, name = rng.choice(nodes), rng.choice(["p", "q", "r", "v", "type"])
        if name == "type":
            found.append(rdf.Quad(subject, rdf.RDF_TYPE, rdf.NamedNode(EX + rng.choice("ABCD"))))
        elif name == "v":
            word = rdf.Literal(rng.choice("vw"), language="en")
            value = rng.choice([rdf.Literal(rng.randint(1, 4)), word, rng.choice(nodes)])
            found.append(rdf.Quad(subject, rdf.NamedNode(EX + name), value))
        else:
            found.append(rdf.Quad(subject, rdf.NamedNode(EX + name), rng.choice(nodes)))
    return list(dict.fromkeys(found))


def key(result: Result) -> tuple[str, ...]:
    return tuple(str(part) for part in (result.focus, result.path, result.value, result.component, result.severity))


def both_ways(shapes: Shapes, mine: list[rdf.Quad], before: list[rdf.Quad]) -> tuple[list, list]:
    """The results on a change: the quick way, and the difference of two whole validations."""
    reach = Reach(shapes)
    assert not reach.unbounded
    engine = functools.partial(run, engine=ENGINE, own=True)
    quick = scope.of_a_change(shapes, reach, mine, Index(before), engine)
    slow = scope.of_a_change_anywhere(shapes, mine, before, engine)
    return sorted(map(key, quick.results)), sorted(map(key, slow.results))


@pytest.mark.parametrize("seed", range(60))
def test_change_among_random_nodes_is_judged_as_the_whole_is(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    shapes = shapes_from(SHAPES, tmp_path)
    hierarchy = [rdf.Quad(rdf.NamedNode(f"{EX}D"), rdf.NamedNode(iri_of("rdfs:subClassOf")), rdf.NamedNode(f"{EX}C"))]
    before = [*hierarchy, *random_triples(rng, rng.choice((10, 40, 80)))]
    mine = random_triples(rng, rng.choice((1, 3, 15)))
    quick, slow = both_ways(shapes, mine, before)
    assert quick == slow


def test_random_nodes_break_every_rule(tmp_path: Path) -> None:
    """Else the comparison above would compare nothing with nothing."""
    shapes = shapes_from(SHAPES, tmp_path)
    found = set()
    for seed in range(60):
        quads = random_triples(random.Random(seed), 80)
        found |= {result.component.rpartition("#")[2] for result in run(quads, shapes.quads, ENGINE)}
    missing = {"Class", "MaxCount", "MinCount", "NodeKind", "Disjoint", "Datatype", "UniqueLang", "Node", "Or", "Closed"} - {
        name.removesuffix("ConstraintComponent") for name in found
    }
    assert not missing


def changed(rng: random.Random, quads: list[rdf.Quad], everything: list[rdf.Quad]) -> list[rdf.Quad]:
    """The triples of a file with three faults at random."""
    quads = list(quads)
    for _ in range(3):
        index = rng.randrange(len(quads))
        old, other = quads[index], rng.choice(everything)
        way = rng.randrange(4)
        if way == 0:
            quads.pop(index)
        elif way == 1:
            quads[index] = rdf.Quad(old.subject, old.predicate, other.object)
        elif way == 2:
            quads.append(rdf.Quad(old.subject, other.predicate, other.object))
        else:
            quads.append(rdf.Quad(other.subject, old.predicate, old.object))
    return quads


@pytest.mark.slow
@pytest.mark.skipif(ENGINE == "pyshacl", reason="takes minutes with the slow engine")
@pytest.mark.parametrize("seed", range(12))
def test_change_of_the_real_data_is_judged_as_the_whole_is(seed: int) -> None:
    rng = random.Random(seed)
    files, ontology = _real_data()
    path = rng.choice(sorted(files))
    everything = [quad for quads in files.values() for quad in quads]
    before = ontology + [quad for other, quads in files.items() if other != path for quad in quads]
    quick, slow = both_ways(read_shapes(PROJECT.shape_files()), changed(rng, files[path], everything), before)
    assert quick == slow


@functools.cache
def _real_data() -> tuple[dict[Path, list[rdf.Quad]], list[rdf.Quad]]:
    files = {path: Input(path).quads for path in PROJECT.data_files()}
    return files, [quad for path in PROJECT.ontology_files() for quad in Input(path).quads]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Project:
    world = around(tmp_path_factory.mktemp("world"))
    world.data.symlink_to(WORLD)
    return world


@pytest.fixture(scope="module")
def validator(world: Project) -> Validator:
    return Validator(world, engine=ENGINE)


PREFIXES_OF_MINE = "@prefix mm: <https://w3id.org/medical-missions/ontology/> .\n" + "".join(
    f"@prefix {kind}: <{ID}{kind}/> .\n" for kind in ("claim", "passage", "proposition", "actor", "stance", "reason")
)
# Passage 001 of the tests' world states a reason for carrying no claim.
CLAIM_WHERE_NONE_IS = (
    PREFIXES_OF_MINE
    + """
claim:ferry-review-001-1 a mm:Claim ;
    mm:claimant actor:ferry-reviewer ;
    mm:expresses proposition:over-400-deckhands-on-ferry-in-2019 ;
    mm:stance stance:affirms ;
    mm:statedIn passage:ferry-review-001 .
"""
)


def test_what_a_file_makes_of_the_knowledge_base_is_told_where_the_file_does_it(validator: Validator, tmp_path: Path) -> None:
    mine = tmp_path / "mine.ttl"
    mine.write_text(CLAIM_WHERE_NONE_IS)
    report = validator.check([mine])
    assert [(f.rule.iri.rpartition("/")[2], str(f.focus), f.file, f.line) for f in report.findings] == [
        ("PassageClaimsDespiteReasonShape", f"<{ID}passage/ferry-review-001>", str(mine), 13)
    ]


def test_what_was_wrong_before_is_not_blamed_on_a_file(world: Project, tmp_path: Path) -> None:
    """The fault is in the knowledge base already; a file that speaks of the same nodes adds none."""
    project = around(tmp_path / "kb")
    data = project.data
    data.mkdir()
    for path in WORLD.glob("*.ttl"):
        (data / path.name).symlink_to(path)
    (data / "more.ttl").write_text(CLAIM_WHERE_NONE_IS)
    mine = tmp_path / "mine.ttl"
    validator = Validator(project, engine=ENGINE)
    assert not validator.check().conforms
    mine.write_text(PREFIXES_OF_MINE + "passage:ferry-review-001 mm:noClaimReason reason:structural .\n")
    assert validator.check([mine]).conforms
    # A new fault of a node that is at fault already is told.
    mine.write_text(PREFIXES_OF_MINE + "passage:ferry-review-001 mm:noClaimReason reason:bibliographic .\n")
    assert [f.component.rpartition("#")[2] for f in validator.check([mine]).findings] == ["MaxCountConstraintComponent"]


def test_file_that_moves_a_class_has_everything_judged(world: Project, tmp_path: Path) -> None:
    """Under a new superclass every node of a class gets that one's rules."""
    mine = tmp_path / "mine.ttl"
    mine.write_text(
        PREFIXES_OF_MINE + "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\nmm:Place rdfs:subClassOf mm:Figure .\n"
    )
    report = Validator(world, engine=ENGINE).check([mine])
    assert {str(f.focus) for f in report.findings} >= {f"<{ID}place/alder-bay>"}


@pytest.fixture(scope="module")
def store(world: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tests' world in a store."""
    folder = tmp_path_factory.mktemp("stores") / "store"
    with open_store(folder, write=True) as opened:
        for path in sorted(WORLD.glob("*.ttl")):
            opened.add(f"https://w3id.org/medical-missions/graph/{path.stem}", [quad.triple for quad in Input(path).quads])
    return folder


def test_file_is_judged_together_with_a_store(store: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.ttl"
    mine.write_text(CLAIM_WHERE_NONE_IS)
    with open_store(store) as opened:
        report = validate(PROJECT, [mine], engine=ENGINE, store=opened)
        assert [f.rule.iri.rpartition("/")[2] for f in report.findings] == ["PassageClaimsDespiteReasonShape"]
        mine.write_text(CLAIM_WHERE_NONE_IS.replace("-001", "-003").replace("003-1", "003-9"))
        assert validate(PROJECT, [mine], engine=ENGINE, store=opened).conforms


def test_what_was_inferred_is_no_part_of_what_a_file_is_judged_with(store: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.ttl"
    mine.write_text(CLAIM_WHERE_NONE_IS.replace("-001", "-003").replace("003-1", "003-9").replace("ferry-reviewer", "nobody"))
    with open_store(store, write=True) as opened:
        nobody = rdf.NamedNode(f"{ID}actor/nobody")
        quad = rdf.Triple(nobody, rdf.RDF_TYPE, rdf.NamedNode(iri_of("mm:Actor")))
        opened.write([GraphContent("https://w3id.org/medical-missions/graph/derived/mine", [quad])])
    with open_store(store) as opened:
        report = validate(PROJECT, [mine], engine=ENGINE, store=opened)
    of_claimant = [f.detail["en"] for f in report.findings if f.rule.iri.endswith("/ClaimClaimantShape")]
    assert of_claimant == ["is described nowhere"]


def test_store_is_not_read_whole_for_shapes_that_could_look_anywhere(store: Path, tmp_path: Path) -> None:
    mine, shapes = tmp_path / "mine.ttl", tmp_path / "shapes.ttl"
    mine.write_text(CLAIM_WHERE_NONE_IS)
    shapes.write_text(
        PREFIXES + "ex:S a sh:NodeShape ; sh:targetClass <https://w3id.org/medical-missions/ontology/Claim> ;\n"
        '    sh:sparql [ sh:select "SELECT $this WHERE { $this ?p ?o . FILTER(?o = 1) }" ] .\n'
    )
    with open_store(store) as opened, pytest.raises(UsageError, match="mms:reads"):
        validate(PROJECT, [mine], shapes=[shapes], store=opened)
