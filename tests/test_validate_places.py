"""Where a finding stands: line and column of the very triple, in every format that has lines, and in the right file."""

from __future__ import annotations

from pathlib import Path

import pytest
from validating import PREFIXES, kb

from kb import rdf
from kb.project import Project, find_project
from kb.turtle.places import Places
from kb.validation import validate

MM = "https://w3id.org/medical-missions/ontology/"
ID = "https://w3id.org/medical-missions/id/"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def places_of(text: str, format: rdf.RdfFormat = rdf.RdfFormat.TURTLE) -> dict[str, str]:
    """For each triple, what stands at its place; the last part of the property and value names the triple."""
    quads = list(rdf.parse(text, format=format, rename_blank_nodes=True))
    places, lines = Places(text, quads), text.split("\n")
    found = {}
    for quad in quads:
        place = places.nearest(quad.subject, quad.predicate, quad.object)
        if place is not None and places.has(quad.subject, quad.predicate, quad.object):
            end = place.end_column - 1 if place.end_line == place.line else None
            value = quad.object.value if not isinstance(quad.object, rdf.BlankNode) else "[]"
            found[f"{quad.predicate.value[-1]} {value}"] = f"{place.line}:{lines[place.line - 1][place.column - 1 : end]}"
    return found


def test_every_part_of_nested_brackets_and_lists_has_its_place() -> None:
    text = """@prefix ex: <http://example.org/> .
ex:a ex:p [ ex:q 1 ;
    ex:r [ ex:s 2 ] , 3 ] , "b" ;
  ex:t ( 4 [ ex:u 5 ] ( )
    ( 6 7 ) ) .
[ ex:v 8 ] ex:w 9 .
( 10 ) ex:x true .
_:n ex:y '''two
lines'''@en .  # ex:z 99
"""
    found = places_of(text)
    assert {name: place for name, place in found.items() if "[]" not in name and "nil" not in name} == {
        "q 1": "2:1",
        "s 2": "3:2",
        "r 3": "3:3",
        "p b": '3:"b"',
        "t 4": "4:4",
        "u 5": "4:5",
        "t 6": "5:6",
        "t 7": "5:7",
        "v 8": "6:8",
        "w 9": "6:9",
        "t 10": "7:10",
        "x true": "7:true",
        "y two\nlines": "8:'''two",
    }
    assert (found["p []"], found["r []"]) == ("2:[", "3:[")


def test_directives_count_from_where_they_stand() -> None:
    text = """@prefix a: <http://one.example/> .
a:x a:p 1 .
PREFIX a: <http://two.example/>
@base <http://three.example/> .
a:x a:p 2 .
<y> a:p 3 .
"""
    assert places_of(text) == {"p 1": "2:1", "p 2": "5:2", "p 3": "6:3"}


def test_nearest_where_a_triple_is_not_there() -> None:
    text = '# one\n@prefix ex: <http://example.org/> .\nex:a a ex:B ;\n  ex:p 1 ,\n    "# not . a comment"@en .\n\nex:c.d ex:p ex:a.\n[] ex:p 1 .\n'
    places = Places(text, list(rdf.parse(text, format=rdf.RdfFormat.TURTLE)))
    a, p, c = (rdf.NamedNode(f"http://example.org/{name}") for name in ("a", "p", "c.d"))

    def line(*parts: object) -> int | None:
        place = places.nearest(*parts)
        return place and place.line

    assert (line(a), line(a, p), line(a, p, rdf.Literal("# not . a comment", language="en"))) == (3, 4, 5)
    # The property where the value is another one, the thing where the property is.
    assert (line(a, p, rdf.Literal("missing")), line(a, rdf.NamedNode("http://example.org/none")), line(c), line(p)) == (4, 3, 7, None)
    assert places.of_predicate(a, p, rdf.Literal("# not . a comment", language="en")) == (4, 3, 4, 7)


def test_what_is_read_of_one_thing_is_what_is_read_of_all() -> None:
    """The quick way, over the statements about one thing, holds for every file of the ontology and of the shapes."""
    project = find_project()
    compared = 0
    for path in [*project.ontology_files(), *project.shape_files()]:
        text = path.read_text(encoding="utf-8")
        quads = list(rdf.parse(text, format=rdf.RdfFormat.TURTLE, rename_blank_nodes=True))
        quick, whole = Places(text, quads), Places(text, quads)._whole
        for quad in quads:
            if isinstance(quad.subject, rdf.NamedNode) and not isinstance(quad.object, rdf.BlankNode):
                key = (quad.subject, quad.predicate, quad.object)
                assert quick._index(quad.subject, quad.object).triples[key] == whole.triples[key], (path, key)
                compared += 1
    assert compared > 5000


def test_trig_and_n_quads_have_lines_too() -> None:
    trig = """@prefix ex: <http://example.org/> .
ex:g { ex:a ex:p [ ex:q 1 ] .
  ex:b ex:p 2 }
GRAPH ex:h { ex:c ex:p 3 . }
{ ex:d ex:p 4 }
ex:e ex:p 5 .
"""
    assert {k: v for k, v in places_of(trig, rdf.RdfFormat.TRIG).items() if "[]" not in k} == {
        "q 1": "2:1", "p 2": "3:2", "p 3": "4:3", "p 4": "5:4", "p 5": "6:5",
    }  # fmt: skip
    quads = '<http://e/s> <http://e/p> "1" .\n_:b <http://e/p> "2" <http://e/g> . # a comment\n'
    assert places_of(quads, rdf.RdfFormat.N_QUADS) == {"p 1": '1:"1"', "p 2": '2:"2"'}


@pytest.mark.parametrize("suffix", ["nt", "nq", "trig", "ttl"])
def test_a_finding_has_its_line_and_column_in_every_format_of_lines(project: Project, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"mine.{suffix}"
    path.write_text(
        f"<{ID}claim/a> {TYPE} <{MM}Claim> .\n"
        f"<{ID}claim/a> <{MM}claimant> <{ID}actor/union> .\n"
        f"<{ID}claim/a> <{MM}stance> <{ID}stance/doubts> .\n"
    )
    (finding,) = validate(project, [path]).findings
    assert (finding.file, finding.line) == (str(path), 3)
    # After the subject, the property and the blanks between them.
    assert finding.column == len(f"<{ID}claim/a> <{MM}stance> ") + 1
    assert finding.end == (3, finding.column + len(f"<{ID}stance/doubts>"))


def test_a_file_without_lines_is_still_named(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonld"
    path.write_text(f'{{"@id": "{ID}claim/a", "@type": "{MM}Claim"}}')
    (finding,) = validate(project, [path]).findings
    assert (finding.place(), finding.line) == (str(path), None)


def test_value_then_property_then_subject(project: Project, mine: Path) -> None:
    mine.write_text(
        PREFIXES
        + """claim:two a mm:Claim ;
    mm:claimant
        actor:union ,
        actor:faulty ;
    mm:stance
        stance:affirms ,
        stance:doubts .

claim:none
    a mm:Claim .
"""
    )
    found = {(f.focus.value.rpartition("/")[2], f.component.rpartition("#")[2][:5]): f for f in validate(project, [mine]).findings}
    # The wrong value; the property that has too many; the thing that lacks one.
    assert found["two", "InCon"].line == 17
    assert (found["two", "MaxCo"].line, found["two", "MaxCo"].column) == (12, 5)
    assert found["none", "MinCo"].line == 19


def test_nodes_in_brackets_are_found_by_their_bracket(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + "claim:a a mm:Claim ;\n    mm:claimant [\n        a mm:Actor\n    ] .\n")
    (finding,) = validate(project, [mine]).findings
    assert (finding.rule.iri.rpartition("/")[2], finding.line, finding.column) == ("ActorLabelShape", 12, 17)


def test_of_several_files_the_one_that_says_it(project: Project, tmp_path: Path) -> None:
    first, second = tmp_path / "first.ttl", tmp_path / "second.ttl"
    first.write_text(PREFIXES + "claim:a a mm:Claim ; mm:claimant actor:union .\n")
    second.write_text(PREFIXES + "# about the same claim\nclaim:a mm:stance stance:doubts .\n")
    (finding,) = validate(project, [first, second]).findings
    assert finding.place() == f"{second}:12"


def test_what_a_file_makes_of_another_thing_stands_at_its_own_triple(project: Project, mine: Path) -> None:
    shapes = project.root / "shapes" / "claims.ttl"
    shapes.write_text(
        PREFIXES + "mms:OnceShape a sh:PropertyShape ; sh:targetClass mm:Actor ; sh:maxCount 1 ; sh:path [ sh:inversePath mm:claimant ] .\n"
    )
    (project.root / "data" / "claims.ttl").write_text(PREFIXES + "claim:old a mm:Claim ; mm:claimant actor:union .\n")
    mine.write_text(PREFIXES + "\nclaim:new\n    a mm:Claim ;\n    mm:claimant actor:union .\n")
    (finding,) = [f for f in validate(project, [mine]).findings if f.focus.value.endswith("union")]
    assert finding.place() == f"{mine}:14"
    assert finding.detail["en"].endswith("the file bears on it with claim:new → mm:claimant")
    assert finding.detail["es"].endswith("el archivo le afecta con claim:new → mm:claimant")


def test_columns_stand_at_the_end_of_the_tables(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + "claim:a a mm:Claim ; mm:claimant actor:union ; mm:stance stance:doubts .\n")
    header, row = kb(project, mine, "--format", "csv", "--fail-on", "never").stdout.splitlines()
    assert header == "severity,rule,name,message,focus,label,path,value,detail,file,line,mend,column"
    assert row.endswith(",11,,58")
