"""The rules that are no shapes and look around a node: what is named is described, entries are used, texts are as they
were written, labels fit their identifiers and one another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kb.project import Project, find_project
from kb.validation import Finding, validate

ROOT = find_project().root
WORLD = Path(__file__).parent / "world"
PREFIXES = """@prefix mm: <https://w3id.org/medical-missions/ontology/> .
@prefix actor: <https://w3id.org/medical-missions/id/actor/> .
@prefix concept: <https://w3id.org/medical-missions/id/concept/> .
@prefix passage: <https://w3id.org/medical-missions/id/passage/> .
@prefix place: <https://w3id.org/medical-missions/id/place/> .
@prefix reason: <https://w3id.org/medical-missions/id/reason/> .
@prefix reference: <https://w3id.org/medical-missions/id/reference/> .
@prefix selector: <https://w3id.org/medical-missions/id/selector/> .
@prefix text: <https://w3id.org/medical-missions/id/text/> .
@prefix work: <https://w3id.org/medical-missions/id/work/> .
@prefix biro: <http://purl.org/spar/biro/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:Shape a sh:PropertyShape ; sh:targetSubjectsOf ex:nothing ; sh:path ex:nothing ; sh:maxCount 1 .
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The tests' world with the real ontology, and with a shape that finds nothing, so that only the other rules speak."""
    root = tmp_path / "kb"
    (root / "queries").mkdir(parents=True)
    (root / "shapes").mkdir()
    (root / "ontology").symlink_to(ROOT / "ontology")
    (root / "shapes" / "nothing.ttl").write_text(SHAPES)
    shutil.copytree(WORLD, root / "data")
    return Project(root)


def found(project: Project, mine: str | None = None, *, alone: bool = False) -> list[Finding]:
    """The findings of these rules: on a new file, or on everything."""
    paths = []
    if mine is not None:
        paths.append(project.root.parent / "mine.ttl")
        paths[0].write_text(PREFIXES + mine)
    # No shape looks at these nodes, which is told as well.
    return [f for f in validate(project, paths, alone=alone).findings if not f.rule.iri.endswith("KnownClass")]


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(f.rule.iri.rpartition("/")[2], "" if f.value is None else f.value.value.rpartition("/")[2]) for f in findings]


def edit(project: Project, old: str, new: str) -> None:
    """Change the generated file by hand."""
    path = project.data / "text.ttl"
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new, 1))


def test_the_world_is_in_order(project: Project) -> None:
    assert [f for f in found(project) if not f.rule.iri.endswith("UsedEntry")] == []


# --- what is named is described -----------------------------------------------------------------------------------


def test_a_name_that_nothing_describes_is_told_with_what_may_be_meant(project: Project) -> None:
    [finding] = found(project, "work:new mm:about actor:deckhand-union , actor:deckhands-union .")
    assert told([finding]) == [("DescribedNode", "deckhand-union")]
    assert "is described nowhere" in finding.detail["en"] and "deckhands-union?" in finding.detail["en"]


def test_what_the_file_itself_describes_and_names_of_other_data_are_no_matter(project: Project) -> None:
    mine = 'work:new mm:about actor:new . actor:new skos:exactMatch <http://www.wikidata.org/entity/Q1> ; skos:altLabel "new"@en .'
    assert found(project, mine) == []


def test_what_a_shape_has_told_is_not_told_twice(project: Project) -> None:
    (project.root / "shapes" / "class.ttl").write_text(
        SHAPES + "ex:Other a sh:PropertyShape ; sh:targetSubjectsOf <https://w3id.org/medical-missions/ontology/about> ; "
        "sh:path <https://w3id.org/medical-missions/ontology/about> ; sh:class <https://w3id.org/medical-missions/ontology/Actor> ."
    )
    assert [f.rule.iri for f in found(project, "work:new mm:about actor:nobody .")] == ["http://example.org/Other"]


# --- entries are used ---------------------------------------------------------------------------------------------


def test_an_entry_that_nothing_uses_is_told_of_the_whole_alone(project: Project) -> None:
    before = {f.focus for f in found(project) if f.rule.iri.endswith("UsedEntry")}
    entry = 'place:new a mm:Entity , mm:Place ; skos:prefLabel "new quay"@en , "muelle nuevo"@es .\n'
    assert found(project, entry) == []
    (project.data / "new.ttl").write_text(PREFIXES + entry)
    [finding] = [f for f in found(project) if f.focus not in before]
    assert finding.rule.iri.endswith("UsedEntry") and finding.focus.value.endswith("place/new")
    assert finding.severity.name.casefold() == "warning"
    (project.data / "new.ttl").write_text(PREFIXES + entry + "work:fees-at-alder-bay mm:about place:new .\n")
    assert {f.focus for f in found(project)} == before


# --- texts are as they were written -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('oa:end "361"', 'oa:end "362"'),
        ("mm:passageKind kind:title", "mm:passageKind kind:byline"),
        ("mm:inSection passage:ferry-review-002 ;", ""),
        ('mm:spanSha256 "b225cda8', 'mm:spanSha256 "b225cda9'),
        ("mm:referenceNumber 2", "mm:referenceNumber 3"),
        ("c4o:denotes reference:ferry-review-2", "c4o:denotes reference:ferry-review-1"),
        ("mm:characterCount 577", "mm:characterCount 578"),
        ('oa:start "255"^^xsd:nonNegativeInteger', 'oa:start "0255"^^xsd:nonNegativeInteger'),
        ('mm:passagesSha256 "f', 'mm:passagesSha256 "e'),
    ],
)
def test_a_change_by_hand_is_told(project: Project, old: str, new: str) -> None:
    edit(project, old, new)
    [finding] = [f for f in found(project) if not f.rule.iri.endswith("UsedEntry")]
    assert told([finding])[0][0] == "SealedText"
    assert Path(finding.file or "").name == "text.ttl" and finding.line == 17
    assert "kb document add" in finding.rule.description["en"]


def test_spelling_and_what_curators_add_are_not_sealed(project: Project) -> None:
    edit(project, 'oa:end "361"^^xsd:nonNegativeInteger', 'oa:end "361"^^xsd:integer')  # as a store gives it back
    edit(project, "text:ferry-review-v1 a mm:TextVersion ;", "# A remark.\n<https://w3id.org/medical-missions/id/text/ferry-review-v1> a mm:TextVersion ;")
    mine = """passage:ferry-review-010 a mm:Passage ; mm:noClaimReason reason:structural .
reference:ferry-review-1 a biro:BibliographicReference ; biro:references work:fees-at-alder-bay ; mm:declaredDuplicateOf reference:ferry-review-2 ."""
    assert found(project, mine) == []
    (project.data / "mine.ttl").write_text(PREFIXES + mine)
    assert [f for f in found(project) if not f.rule.iri.endswith("UsedEntry")] == []


@pytest.mark.parametrize(
    "mine",
    [
        'selector:ferry-review-006 oa:end "400"^^xsd:nonNegativeInteger .',
        "passage:ferry-review-013 oa:hasSource text:ferry-review-v1 ; mm:order 13 .",
        "reference:ferry-review-3 mm:referenceIn passage:ferry-review-012 ; mm:referenceNumber 3 .",
        "text:ferry-review-v1 prov:wasRevisionOf text:ferry-review-v0 . text:ferry-review-v0 mm:characterCount 9 .",
    ],
)
def test_a_new_file_may_not_add_to_a_sealed_text(project: Project, mine: str) -> None:
    assert told(found(project, mine))[0][0] == "SealedText"


def test_a_text_without_a_seal_is_left_to_the_shapes(project: Project) -> None:
    edit(project, '    mm:passagesSha256 "f966c7d1c967a9b8473c6490c0be73aed1ed3e179b47ed5d60c2ea8f972266c9" ;\n', "")
    edit(project, 'oa:end "361"', 'oa:end "362"')
    assert [f for f in found(project) if not f.rule.iri.endswith("UsedEntry")] == []


# --- labels -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mine", "rules"),
    [
        ('place:old-pier skos:prefLabel "Old Pier"@en , "Muelle Viejo"@es .', []),
        ('place:old-pier skos:prefLabel "Old Pier"@en-GB , "Muelle Viejo"@es .', ["TwoLanguages"]),
        ('concept:piers skos:definition "What ships lie at."@en-us , "Donde atracan los barcos."@es .', ["TwoLanguages"]),
        # Another name may be in any language.
        ('place:old-pier skos:altLabel "Vieja Escollera"@es-CU , "Cais"@pt .', []),
        ('place:old-pier skos:prefLabel "the the old pier"@en , "muelle viejo"@es .', ["NoWordTwice"]),
        ('place:bora-bora skos:prefLabel "Bora Bora"@en , "Bora Bora"@es .', []),
        ('place:old-pier skos:prefLabel "Old Pier Pier"@en , "Muelle Viejo"@es .', ["NoWordTwice"]),
        ('place:old-pier skos:altLabel "the pier pier"@en .', ["NoWordTwice"]),
        ('place:bahamas skos:prefLabel "Bahamas"@en , "Bahamas"@es . place:old-pier skos:altLabel "Bahamas Strip"@en .', ["AlternativeOfTheSame"]),
        ('place:bahamas skos:prefLabel "Bahamas"@en , "Bahamas"@es . concept:port-fee skos:altLabel "Bahamas"@en .', ["AlternativeOfTheSame"]),
        ('place:bahamas skos:prefLabel "Bahamas"@en , "Bahamas"@es . concept:port-fee skos:altLabel "duty of the Bahamas"@en .', []),
        ('place:nassau skos:prefLabel "Nassau"@en , "Nassau"@es . actor:government-of-the-bahamas skos:altLabel "Nassau"@en .', []),
        ('place:old-pier skos:altLabel "la escollera"@es .', []),
        ('actor:b-pier a mm:Entity , mm:Actor , mm:Person ; skos:prefLabel "Ada Quay"@en , "Ada Quay"@es ; skos:altLabel "Pier, B."@en .',
         ["NamedAfterLabel"]),
        ('place:pier-9 skos:prefLabel "Pier 9"@en , "Muelle 8"@es .', ["SameNumbers"]),
        ('concept:port-fee skos:definition "It was 6 billion in 2021."@en , "En 2021 fue de 6000 millones."@es .', []),
        ('place:old-pier skos:prefLabel "North Quay"@en , "Muelle Norte"@es .', ["NamedAfterLabel"]),
        ('place:old-pier skos:prefLabel "North Quay"@en , "Muelle Norte"@es ; skos:altLabel "the old pier"@en .', []),
        # A word in another form, and an accent.
        ('concept:desertion skos:prefLabel "to desert"@en , "desertar"@es .', []),
        ('place:malaga skos:prefLabel "Málaga"@en , "Málaga"@es .', []),
        # A small word alone proves nothing.
        ('place:port-of-salt skos:prefLabel "Isle of Man"@en , "Isla de Man"@es .', ["NamedAfterLabel"]),
    ],
)  # fmt: skip
def test_labels(project: Project, mine: str, rules: list[str]) -> None:
    assert [rule for rule, _ in told(found(project, mine))] == rules


def test_a_label_is_compared_with_that_of_another_file(project: Project) -> None:
    (project.data / "pier.ttl").write_text(PREFIXES + 'place:pier-9 skos:prefLabel "Pier 9"@en .')
    assert told(found(project, 'place:pier-9 skos:prefLabel "Muelle 8"@es .')) == [("SameNumbers", "Muelle 8")]
