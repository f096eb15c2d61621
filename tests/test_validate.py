"""What a curator meets: files that cannot be read, findings with their place and remedy, exit codes, every format."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from validating import GOOD, PREFIXES, kb

from kb import rdf
from kb.errors import InputError, UsageError
from kb.project import Project
from kb.validation import Severity, validate
from kb.validation.engine import run
from kb.validation.paths import Path as PropertyPath
from kb.validation.shapes import read_shapes
from kb.validation.wording import shown


def rules_of(report: object) -> list[str]:
    return [finding.rule.iri.rpartition("/")[2] for finding in report.findings]


# --- what cannot be read ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"@prefix ex: <http://example.org/> .\nex:a ex:p ; .\n", "mine.ttl:2:11: ; is not a valid RDF object\n    ex:a ex:p ; .\n              ^"),
        ("# Año\n".encode("latin-1"), "mine.ttl:1:4: not valid UTF-8"),
        (b"\xef\xbb\xbf" + GOOD.encode(), "byte order mark"),
        (b"claim:a a claim:b .", "claim: has not been declared; add the line `@prefix claim: <https://w3id.org/"),
        (b"clam:a a clam:b .", "did you mean claim?"),
        (PREFIXES.encode() + b"ex:a ex:p " + b"[ ex:p " * 1_000_000 + b"1" + b" ]" * 1_000_000 + b" .", "nested more than 500 deep"),
        (PREFIXES.encode() + b"ex:a ex:p " + b"<<( ex:a ex:p " * 20_000 + b"1" + b" )>>" * 20_000 + b" .", "nested more than 500 deep"),
        (PREFIXES.encode() + b"ex:a a <<( ex:a ex:p ex:b )>> .", "RDF 1.2"),
        (PREFIXES.encode() + b"ex:a ex:p " + b"[ ex:p " * 200 + b"1" + b" ]" * 200 + b" .", "nested more than 100 deep"),
    ],
)  # fmt: skip
def test_file_that_cannot_be_used(project: Project, mine: Path, content: bytes, message: str) -> None:
    mine.write_bytes(content)
    done = kb(project, mine)
    assert (done.returncode, done.stdout) == (3, "")
    assert message in done.stderr
    assert mine.read_bytes() == content


def test_missing_file_and_folder_are_named_together(project: Project, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = kb(project, tmp_path / "none.ttl", tmp_path / "empty")
    assert done.returncode == 3
    assert "none.ttl: no such file" in done.stderr
    assert "empty: no RDF file in this folder" in done.stderr


def test_deep_json_ld_does_not_kill(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "deep.jsonld"
    path.write_text('{"urn:a:b":' * 5000 + "1" + "}" * 5000)
    assert kb(project, path).returncode == 3


@pytest.mark.parametrize("content", ["", "# only a comment\n", "@prefix ex: <http://example.org/> .\n"])
def test_empty_file_is_told_as_such(project: Project, mine: Path, content: str) -> None:
    mine.write_text(content)
    done = kb(project, mine)
    assert done.returncode == 0
    assert "holds no statements: nothing was checked" in done.stdout
    assert kb(project, "--fail-on", "warning", mine).returncode == 1


# --- what is found ------------------------------------------------------------------------------------------------


def test_good_file_conforms_and_is_not_blamed_for_the_knowledge_base(project: Project, mine: Path) -> None:
    mine.write_text(GOOD)
    done = kb(project, mine)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{mine}: conforms (3 statements, 1 node checked, 3 rules)\n"


def test_whole_knowledge_base_is_blamed_for_its_own(project: Project) -> None:
    report = validate(project)
    assert [(f.rule.iri.rpartition("/")[2], Path(f.file).name, f.line) for f in report.findings] == [
        ("UsedEntry", "actors.ttl", 11),
        ("ActorLabelShape", "actors.ttl", 12),
        ("UsedEntry", "actors.ttl", 12),
    ]


def test_alone_the_file_must_stand_by_itself(project: Project, mine: Path) -> None:
    mine.write_text(GOOD)
    report = validate(project, [mine], alone=True)
    assert [finding.detail["en"] for finding in report.findings] == ["is described nowhere"]


def test_file_of_the_project_is_not_read_twice(project: Project) -> None:
    path = project.data / "claims.ttl"
    # Read twice, the node in brackets would be two claimants.
    path.write_text(PREFIXES + 'claim:a a mm:Claim ; mm:claimant [ a mm:Actor ; skos:prefLabel "Somebody"@en ] .\n')
    assert validate(project, [project.root / "data" / ".." / "data" / "claims.ttl"]).conforms


def test_node_of_the_knowledge_base_that_the_file_adds_to_is_judged(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + 'actor:union skos:prefLabel "Guild"@en .\n')
    assert rules_of(validate(project, [mine])) == ["ActorLabelShape"]


def test_report_for_people(project: Project, mine: Path) -> None:
    mine.write_text(
        PREFIXES
        + """# a comment that mentions claim:new .
claim:new a mm:Claim ;
    skos:prefLabel "a line\\nand # more"@en ;
    mm:claimant actor:unoin ;
    mm:stance stance:affirms ,
        stance:doubts .
claim:none a mm:Claim .
"""
    )
    done = kb(project, mine)
    assert done.returncode == 1
    assert (
        done.stdout
        == f"""{mine}: 2 violations, 1 warning (6 statements, 2 nodes checked, 3 rules)

who says it — 2 violations
  A claim names one claimant.
    {mine}:14  claim:new (a line and # more) → mm:claimant → actor:unoin: is described nowhere; did you mean actor:union?
    {mine}:17  claim:none → mm:claimant: no value
  To mend it: Name the actor who speaks.
  Rule: mms:ClaimClaimantShape

stance — 1 warning
  A stance is one of two.
    {mine}:16  claim:new (a line and # more) → mm:stance → stance:doubts: is not one of stance:affirms, stance:rejects
  Rule: mms:ClaimStanceShape

Of each rule, kb validate --explain mms:ClaimClaimantShape says more, with whole examples.
"""
    )


def test_report_in_spanish(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + "claim:none a mm:Claim .\n")
    text = validate(project, [mine]).text("es")
    for words in ("1 infracción", "quién lo dice", "falta el valor", "Para corregirlo: Nombre al actor que habla."):
        assert words in text


@pytest.mark.parametrize(
    ("statement", "rule", "detail"),
    [
        ("claim:a a mm:Claim ; mm:claimnt actor:union ; mm:claimant actor:union .", "KnownTerm", "is not defined; did you mean mm:claimant"),
        ("claim:a a mm:claim ; mm:claimant actor:union .", "KnownTerm", "is not defined; did you mean mm:Claim? Capital letters count"),
        ('claim:a a mm:Claim ; mm:claimant actor:union ; skos:note "1"^^mm:Number .', "KnownTerm", "mm:Number is not defined"),
        ("<https://w3id.org/medical-missions/id/clam/a> a mm:Claim ; mm:claimant actor:union .", "KnownKind", "did you mean claim:?"),
        ("<https://w3id.org/medical-missions/id/claim/> a mm:Claim ; mm:claimant actor:union .", "KnownKind", "has no known kind"),
        ("ex:a ex:p <https://w3id.org/medical-missions/ontologie/Claim> .", "KnownKind", "did you mean ontology?"),
        ("claim:a mm:claimant actor:union .", "KnownClass", ""),
        ("[] mm:claimant actor:union .", "KnownClass", ""),
    ],
)  # fmt: skip
def test_names_that_the_project_does_not_know(project: Project, mine: Path, statement: str, rule: str, detail: str) -> None:
    mine.write_text(PREFIXES + statement)
    findings = [f for f in validate(project, [mine]).findings if f.rule.iri.endswith(rule)]
    assert len(findings) == 1
    assert findings[0].severity == Severity.VIOLATION
    assert detail in findings[0].detail.get("en", "")
    assert findings[0].line == 11


def test_deprecated_term_is_a_warning_that_names_its_successor(project: Project, mine: Path) -> None:
    (project.root / "ontology").unlink()
    (project.root / "ontology").mkdir()
    (project.root / "ontology" / "claims.ttl").write_text(
        PREFIXES
        + "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix dcterms: <http://purl.org/dc/terms/> .\n"
        + "mm:Claim a owl:Class . mm:Actor a owl:Class . mm:claimant a owl:ObjectProperty .\n"
        + "mm:speaker a owl:ObjectProperty ; owl:deprecated true ; dcterms:isReplacedBy mm:claimant .\n"
    )
    mine.write_text(PREFIXES + "claim:a a mm:Claim ; mm:claimant actor:union ; mm:speaker actor:union .\n")
    report = validate(project, [mine])
    assert [(f.severity, f.detail["en"]) for f in report.findings] == [
        (Severity.WARNING, "is deprecated → mm:claimant")
    ]
    assert report.conforms


def test_what_load_goes_by(project: Project, mine: Path) -> None:
    mine.write_text(GOOD)
    assert validate(project, [mine]).conforms
    mine.write_text(PREFIXES + "claim:a a mm:Claim .\n")
    assert not validate(project, [mine]).conforms


# --- the command --------------------------------------------------------------------------------------------------


def test_exit_code_follows_fail_on(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + "claim:a a mm:Claim ; mm:claimant actor:union ; mm:stance stance:doubts .\n")
    codes = {level: kb(project, "--fail-on", level, mine).returncode for level in ("violation", "warning", "info", "never")}
    assert codes == {"violation": 0, "warning": 1, "info": 1, "never": 0}


def test_standard_input(project: Project) -> None:
    done = kb(project, "-", stdin=(PREFIXES + "claim:a a mm:Claim .\n").encode())
    assert done.returncode == 1
    assert "<stdin>:11  claim:a" in done.stdout


def test_summary_counts_only(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + "claim:a a mm:Claim .\nclaim:b a mm:Claim .\n")
    done = kb(project, "--summary", mine)
    assert done.stdout.splitlines()[1].split() == ["2", "violations", "who", "says", "it", "(mms:ClaimClaimantShape)"]
    assert "claim:a" not in done.stdout


def test_formats_hold_the_same_findings(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + 'claim:a a mm:Claim ; skos:prefLabel "=1+1"@en .\n')
    from kb.validation import outputs

    report = validate(project, [mine])
    result = json.loads(outputs.as_json(report, "en"))
    assert (result["conforms"], result["counts"]["violation"]) == (False, 1)
    row = next(csv.DictReader(io.StringIO(outputs.as_csv(report, "es"))))
    for name, value in {
        "severity": "violation",
        "rule": "mms:ClaimClaimantShape",
        "focus": "claim:a",
        "path": "mm:claimant",
        "file": str(mine),
        "line": "11",
    }.items():
        assert str(result["results"][0][name]) == row[name] == value
    # A spreadsheet must not run a label as a formula.
    assert (result["results"][0]["label"], row["label"]) == ("=1+1", "'=1+1")
    assert "| violation | mms:ClaimClaimantShape |" in outputs.as_markdown(report, "en")


def test_turtle_report_is_the_w3c_one(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + "claim:a a mm:Claim ; mm:stance stance:doubts .\n")
    done = kb(project, "--format", "ttl", mine)
    assert done.returncode == 1
    store = rdf.Store()
    store.load(done.stdout.encode(), format=rdf.RdfFormat.TURTLE)
    query = """PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?focus ?path ?shape ?severity ?component (COUNT(?m) AS ?messages) {
        ?r a sh:ValidationReport ; sh:conforms false ; sh:result ?v .
        ?v a sh:ValidationResult ; sh:focusNode ?focus ; sh:resultPath ?path ; sh:sourceShape ?shape ;
            sh:resultSeverity ?severity ; sh:sourceConstraintComponent ?component ; sh:resultMessage ?m }
        GROUP BY ?focus ?path ?shape ?severity ?component ORDER BY ?shape"""
    rows = [[term.value.rpartition("/")[2].rpartition("#")[2] for term in row] for row in store.query(query)]
    assert rows == [
        ["a", "claimant", "ClaimClaimantShape", "Violation", "MinCountConstraintComponent", "2"],
        ["a", "stance", "ClaimStanceShape", "Warning", "InConstraintComponent", "2"],
    ]


def test_long_values_are_cut_in_the_text_report_only(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + f'claim:a a mm:Claim ; mm:claimant actor:union ; mm:stance "{"long " * 100}" .')
    assert len(kb(project, mine).stdout.splitlines()[4]) < 300
    assert "long " * 99 in kb(project, "--format", "csv", mine).stdout


def test_control_characters_do_not_reach_the_terminal(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + 'claim:a a mm:Claim ; mm:stance "\\u001B[31mred" ; skos:prefLabel "\\u202Eevil"@en .\n')
    for format_ in ("text", "csv", "md"):
        done = kb(project, "--format", format_, mine)
        assert "\\u001B[31mred" in done.stdout
        assert not set(done.stdout) & {"\x1b", "\u202e"}


def test_other_shapes_and_their_faults(project: Project, mine: Path, tmp_path: Path) -> None:
    mine.write_text("@prefix ex: <http://example.org/> . ex:a a ex:T ; ex:p 1 .")
    shapes = tmp_path / "other.ttl"
    shapes.write_text(PREFIXES + 'ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:maxInclusive 0 ] .')
    done = kb(project, "--alone", "--shapes", shapes, mine)
    assert done.returncode == 1
    assert "ex:p → 1: must be 0 or less" in done.stdout.replace("http://example.org/", "ex:")
    shapes.write_text("# nothing\n")
    done = kb(project, "--shapes", shapes, mine)
    assert (done.returncode, "nothing could be checked" in done.stderr) == (2, True)


@pytest.mark.parametrize("engine", ["pyshacl", "auto"])
def test_alone_whatever_the_file_makes_a_target_is_judged(project: Project, mine: Path, tmp_path: Path, engine: str) -> None:
    """Even a thing of the ontology that the file only points to; a node without an IRI; and one that nobody speaks of."""
    mine.write_text(PREFIXES + "ex:a ex:about mm:Claim , ex:unknown , [ ex:p 1 ] . ex:b ex:p 1 .\n")
    shapes = tmp_path / "other.ttl"
    shapes.write_text(
        PREFIXES + "ex:O a sh:NodeShape ; sh:targetObjectsOf ex:about ; sh:property [ sh:path ex:none ; sh:minCount 1 ] .\n"
        "ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:closed true . ex:N a sh:NodeShape ; sh:targetNode ex:absent ; sh:class ex:T ."
    )
    report = validate(project, [mine], alone=True, shapes=[shapes], engine=engine)
    assert sorted((shown(finding.focus), finding.component.rpartition("#")[2][:6]) for finding in report.findings) == [
        ("[ … ]", "Closed"),
        ("[ … ]", "MinCou"),
        ("http://example.org/absent", "ClassC"),
        ("http://example.org/b", "Closed"),
        ("http://example.org/unknown", "MinCou"),
        ("mm:Claim", "MinCou"),
    ]


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ("ex:S sh:targetclass ex:T ; sh:path ex:p .", "sh:targetclass"),
        ("ex:S sh:targetClass ex:T ; sh:sparql [ sh:select 'SELECT $this { SERVICE <http://x.example/> { $this ?p ?o } }' ] .", "SERVICE"),
        ("ex:S sh:targetClass ex:T ; sh:sparql [ sh:select 'SELECT $this { SER\\\\u0056ICE <http://x.example/> { $this ?p ?o } }' ] .", "SERVICE"),
        ("ex:S sh:targetClass ex:T ; sh:sparql [ sh:select 'SELECT $this FROM <file:///etc/passwd> { $this ?p ?o }' ] .", "FROM"),
    ],
)  # fmt: skip
def test_shapes_that_would_be_ignored_or_reach_out_are_refused(tmp_path: Path, shape: str, message: str) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(PREFIXES + shape)
    with pytest.raises(InputError, match=message):
        read_shapes([path])


def test_shapes_without_any_rule_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing could be checked"):
        read_shapes([tmp_path])


@pytest.mark.parametrize("shape", ["sh:path 5", "sh:path ex:p ; sh:minCount 'many'", "sh:path ex:p ; sh:pattern '('"])
def test_ill_formed_shapes_are_the_users_to_mend(project: Project, mine: Path, tmp_path: Path, shape: str) -> None:
    mine.write_text("@prefix ex: <http://example.org/> . ex:a a ex:T ; ex:p 1 .")
    shapes = tmp_path / "other.ttl"
    shapes.write_text(PREFIXES + f"ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property ex:P . ex:P a sh:PropertyShape ; {shape} .")
    done = kb(project, "--shapes", shapes, mine)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "the shape http://example.org/P" in done.stderr


def test_no_query_in_a_shape_reaches_the_fast_engine(project: Project, mine: Path, tmp_path: Path) -> None:
    pytest.importorskip("shacl", reason="the optional engine is not installed: pip install '.[fast]'")
    shapes = tmp_path / "sparql.ttl"
    shapes.write_text(PREFIXES + "ex:S a sh:NodeShape ; sh:targetClass mm:Claim ; sh:sparql [ sh:select 'SELECT $this { $this ?p ?o }' ] .")
    mine.write_text(GOOD)
    with pytest.raises(UsageError, match="--engine pyshacl"):
        validate(project, [mine], shapes=[shapes], engine="shacl")


# --- parts --------------------------------------------------------------------------------------------------------


def test_restricting_targets_leaves_the_values_in_force(project: Project, mine: Path) -> None:
    """An engine's own list of focus nodes would pass over the value nodes: they are not in it."""
    shapes = PREFIXES + (
        "ex:S a sh:NodeShape ; sh:targetClass mm:Claim ; sh:property [ sh:path mm:claimant ; sh:node ex:Named ] .\n"
        "ex:Named a sh:NodeShape ; sh:property [ sh:path skos:prefLabel ; sh:minCount 1 ] ."
    )
    path = project.root / "shapes" / "claims.ttl"
    path.write_text(shapes)
    mine.write_text(PREFIXES + "claim:a a mm:Claim ; mm:claimant actor:faulty .\nclaim:b a mm:Claim ; mm:claimant actor:union .\n")
    report = validate(project, [mine])
    assert [f.focus.value.rpartition("/")[2] for f in report.findings] == ["a"]


@pytest.mark.parametrize("engine", ["pyshacl", "shacl"])
def test_paths_are_told_as_in_sparql(engine: str) -> None:
    if engine == "shacl":
        pytest.importorskip("shacl", reason="the optional engine is not installed: pip install '.[fast]'")
    shapes = read_shapes_of(
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:property ex:P .\n"
        "ex:P a sh:PropertyShape ; sh:minCount 1 ;"
        " sh:path ( [ sh:inversePath ex:p ] [ sh:alternativePath ( ex:q [ sh:oneOrMorePath ex:r ] ) ] ) ."
    )
    data = rdf.parse(PREFIXES + "ex:b ex:p ex:a .", format=rdf.RdfFormat.TURTLE)
    (result,) = run(data, shapes.quads, engine)
    assert result.path is None
    path = shapes.path(result.shape)
    assert str(path).replace("http://example.org/", "") == "(^p)/(q|(r+))"
    node, triples = path.triples()
    assert isinstance(node, rdf.BlankNode)
    assert len(list(triples)) == 4 + 5 + 2


def read_shapes_of(text: str):
    from kb.validation.shapes import Shapes

    return Shapes(rdf.parse(PREFIXES + text, format=rdf.RdfFormat.TURTLE))


def test_simple_path() -> None:
    assert str(PropertyPath("", ("https://w3id.org/medical-missions/ontology/claimant",))) == "mm:claimant"


def test_ill_typed_literals_are_findings_without_noise(project: Project, mine: Path) -> None:
    (project.root / "shapes" / "claims.ttl").write_text(
        PREFIXES + "ex:S a sh:NodeShape ; sh:targetClass mm:Claim ; sh:property ex:P .\n"
        "ex:P a sh:PropertyShape ; sh:path mm:order ; sh:datatype xsd:integer .\n"
    )
    mine.write_text(PREFIXES + 'claim:a a mm:Claim ; mm:order "many"^^xsd:integer .\nclaim:b a mm:Claim ; mm:order "01"^^xsd:integer .\n')
    done = kb(project, mine)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.count("is not a whole number (xsd:integer)") == 1
    assert "many" in done.stdout
