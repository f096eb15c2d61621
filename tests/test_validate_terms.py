"""Terms before shapes: names that nobody knows or that stand in the wrong place, prefixes, literals, hidden characters."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from test_ontology import INDIVIDUALS, TERMS
from validating import PREFIXES, kb

from kb import rdf, turtle
from kb.namespaces import EXTERNAL
from kb.namespaces import PREFIXES as ALL_PREFIXES
from kb.project import Project, find_project
from kb.validation import Severity, validate, vocabularies
from kb.validation.literals import is_well_typed

XSD = EXTERNAL["xsd"]
CLAIM = "claim:a a mm:Claim ; mm:claimant actor:union .\n"
MORE = "".join(
    f"@prefix {prefix}: <{ALL_PREFIXES[prefix]}> .\n" for prefix in ("dcterms", "edtf", "oa", "owl", "rdf", "schema", "unit")
)
LINES = (PREFIXES + MORE).count("\n")


def findings_on(project: Project, mine: Path, statements: str, **options: object) -> list[tuple[str, str, int | None, str]]:
    mine.write_text(PREFIXES + MORE + CLAIM + statements)
    found = validate(project, [mine], **options).findings
    return [(f.rule.iri.rpartition("/")[2], f.severity.name.lower(), f.line and f.line - LINES - 1, f.detail["en"]) for f in found]


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "rule", "severity", "detail"),
    [
        ("ex:a mm:ofmission ex:b .", "KnownTerm", "violation", "is not defined; did you mean mm:ofMission? Capital letters count"),
        ("ex:a a mm:actor .", "KnownTerm", "violation", "is not defined; did you mean mm:Actor? Capital letters count"),
        ("ex:a ex:p '1'^^mm:Numbr .", "KnownTerm", "violation", "mm:Numbr is not defined"),
        ("ex:a skos:preferredLabel 'x'@en .", "KnownExternalTerm", "warning", "does not exist; did you mean skos:prefLabel"),
        ("ex:a a oa:TextPositionSelecter .", "KnownExternalTerm", "warning", "does not exist; did you mean oa:TextPositionSelector"),
        ("ex:a dcterms:Title 'x'@en .", "KnownExternalTerm", "warning", "does not exist; did you mean dcterms:title? Capital letters count"),
        ("ex:a ex:p '1'^^xsd:integr .", "KnownExternalTerm", "warning", "xsd:integr does not exist; did you mean xsd:integer"),
        ("ex:a ex:p unit:Percent .", "KnownExternalTerm", "warning", "does not exist; did you mean unit:PERCENT? Capital letters count"),
        ("ex:a schema:isBasedOnUrl ex:b .", "CurrentTerm", "warning", "is deprecated"),
        ("ex:a mm:Actor ex:b .", "TermInItsPlace", "violation", "is no property, so it cannot have a value"),
        ("ex:a skos:Concept ex:b .", "TermInItsPlace", "violation", "is no property, so it cannot have a value"),
        ("ex:a a mm:claimant .", "TermInItsPlace", "violation", "is a property, not a class"),
        ("ex:a a skos:prefLabel .", "TermInItsPlace", "violation", "is a property, not a class"),
        ("ex:a ex:p '1'^^skos:prefLabel .", "TermInItsPlace", "violation", "skos:prefLabel is no datatype"),
        ("<http://w3id.org/medical-missions/id/claim/b> ex:p 1 .", "KnownKind", "violation",
         "is no identifier of the project; the project's begin with https://w3id.org/medical-missions/"),
        ("ex:a ex:p <https://w3id.org/medical-mission/id/claim/b> .", "KnownKind", "violation", "is no identifier of the project"),
        ("ex:a ex:p <https://w3id.org/medical-missions/ontology#Claim> .", "KnownKind", "violation", "did you mean ontology?"),
    ],
)  # fmt: skip
def test_a_name_that_is_wrong_is_named_as_such(
    project: Project, mine: Path, statement: str, rule: str, severity: str, detail: str
) -> None:
    (found,) = findings_on(project, mine, statement)
    assert found[:3] == (rule, severity, 1)
    assert found[3].startswith(detail) or detail in found[3]


@pytest.mark.parametrize(
    "statement",
    [
        "ex:list rdf:_1 ex:b ; rdf:_27 ex:c .",
        "ex:shape a rdfs:Datatype ; owl:withRestrictions ex:facets . ex:facet xsd:minInclusive 1 .",
        "ex:a owl:versionInfo '1'^^xsd:token ; ex:p '1'^^owl:real , <http://www.wikidata.org/entity/Q241> .",
        "mm:mine a owl:ObjectProperty . ex:a mm:mine ex:b .",
        "ex:a ex:p skos:Concept , mm:claimant , <http://schema.org/> , <http://purl.org/ontology/bibo/status/draft> .",
    ],
)
def test_no_false_alarm(project: Project, mine: Path, statement: str) -> None:
    assert findings_on(project, mine, statement) == []


def test_words_in_spanish(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + CLAIM + "ex:a mm:ofmission ex:b .\n")
    text = validate(project, [mine]).text("es")
    assert "no está definido; ¿quiso decir mm:ofMission? Las mayúsculas cuentan" in text
    assert "did you mean" not in text


def test_a_misspelt_name_is_told_once(project: Project, mine: Path) -> None:
    """Not also as a property that has no place, as a value that is missing, or as a node that no rule looks at."""
    mine.write_text(PREFIXES + "claim:a a mm:Claim ; mm:Claimant actor:union .\nclaim:b a mm:claim ; mm:claimant actor:union .\n")
    found = validate(project, [mine]).findings
    assert [(f.rule.iri.rpartition("/")[2], f.line) for f in found] == [("KnownTerm", 11), ("KnownTerm", 12)]
    shapes = project.root / "shapes" / "claims.ttl"
    shapes.write_text(PREFIXES + "ex:S a sh:NodeShape ; sh:targetClass mm:Claim ; sh:closed true ; sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ) ; sh:property [ sh:path skos:prefLabel ] .")
    mine.write_text(PREFIXES + "claim:a a mm:Claim ; mm:claimnt actor:union ; skos:preflabel 'x'@en .\n")
    found = validate(project, [mine]).findings
    # The project's own term is told by its rule; of SKOS's, the shape's word is graver, and says the same.
    assert sorted((f.rule.iri.rpartition("/")[2], f.severity.name, f.detail["en"]) for f in found) == [
        ("KnownTerm", "VIOLATION", "is not defined; did you mean mm:claimant?"),
        ("S", "VIOLATION", "does not exist; did you mean skos:prefLabel?"),
    ]


@pytest.mark.parametrize(
    ("declaration", "line"),
    [
        ("@prefix schema: <https://schema.org/> .\n", 1),
        ("# first\n  PREFIX schema: <https://schema.org/>\n", 2),
        ("@prefix place: <http://example.org/place/> .\n", 1),
    ],
)
def test_a_prefix_for_something_else_is_a_warning(project: Project, mine: Path, declaration: str, line: int) -> None:
    mine.write_text(declaration + PREFIXES.replace("@prefix schema", "@prefix none") + CLAIM)
    (found,) = validate(project, [mine]).findings
    assert (found.rule.iri.rpartition("/")[2], found.severity, found.line) == ("KnownPrefix", Severity.WARNING, line)
    assert "in the project it stands for <" in found.detail["en"]


def test_a_declaration_inside_a_text_is_none(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + CLAIM + 'ex:a ex:p """\n@prefix schema: <https://schema.org/> .\n""" .\n')
    assert not validate(project, [mine]).findings


def test_a_file_of_which_nothing_is_looked_at_says_so(project: Project, mine: Path) -> None:
    mine.write_text("@prefix ex: <http://example.org/> .\nex:a ex:p 1 .\n")
    (found,) = validate(project, [mine]).findings
    assert (found.rule.iri.rpartition("/")[2], found.severity, found.line) == ("SomethingChecked", Severity.WARNING, 2)


def test_other_peoples_shapes_alone_leave_our_checks_out(project: Project, mine: Path, tmp_path: Path) -> None:
    shapes = tmp_path / "theirs.ttl"
    shapes.write_text(PREFIXES + "ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
    mine.write_text(PREFIXES + "ex:a a ex:T , skos:Conzept ; ex:p 'x'^^xsd:integer ; mm:nothing 1 .\n")
    assert not validate(project, [mine], shapes=[shapes]).findings
    both = validate(project, [mine], shapes=[shapes], own_shapes=True)
    assert {f.rule.iri.rpartition("/")[2] for f in both.findings} == {"KnownTerm", "KnownExternalTerm", "WellTypedLiteral"}
    assert both.rules == 4


# --- the list of other vocabularies' terms ------------------------------------------------------------------------


def test_every_term_that_the_project_uses_is_on_the_list() -> None:
    own = find_project()
    files = [*own.ontology_files(alignments=True), *own.data_files(), *own.shape_files()]
    used = {t.value for f in files for q in turtle.parse_file(f) for t in (q.subject, q.predicate, q.object) if isinstance(t, rdf.NamedNode)}
    assert len([iri for iri in used if vocabularies.split(iri)]) > 100
    assert not [iri for iri in used if vocabularies.is_unknown(iri)]


@pytest.mark.skipif(not TERMS.is_file(), reason="the list of external terms (KB_EXTERNAL_TERMS) is not there")
def test_the_list_is_that_of_the_vocabularies() -> None:
    with TERMS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    expected = {}
    for prefix, namespace in EXTERNAL.items():
        for row in rows if prefix not in INDIVIDUALS else ():
            if row["iri"].startswith(namespace):
                kind = "Property" if row["kind"].endswith("Property") else row["kind"]
                expected[row["iri"]] = (kind, bool(row["deprecated"]))
    listed = {EXTERNAL[p] + n: tuple(vocabularies.term(p, n) or ()) for p in EXTERNAL for n in vocabularies.names(p)}
    # Beyond the copies: XML Schema's facets, and two datatypes of OWL's.
    beyond = {iri: what for iri, what in listed.items() if iri not in expected}
    assert {iri: what for iri, what in listed.items() if iri in expected} == expected
    assert {iri.rpartition("#")[0] for iri in beyond} == {XSD[:-1], EXTERNAL["owl"][:-1]} and len(beyond) == 16


# --- literals -----------------------------------------------------------------------------------------------------

# From XML Schema 1.1 Part 2, datatype by datatype: what is in its lexical space, and what is not.
RIGHT = {
    "boolean": "true false 1 0",
    "decimal": "1 -1.50 +.5 1. 99999999999999999999999.5",
    "integer": "0 -0 +12 007 99999999999999999999999",
    "double": "1 1.5E3 -.5e-2 INF +INF -INF NaN 1e400",
    "date": "2025-06-17 2024-02-29 -0001-01-01 0000-02-29 12025-01-01 2025-06-17Z 2025-06-17+14:00 2000-02-29",
    "dateTime": "2025-06-17T10:30:00 2025-06-17T24:00:00 2025-06-17T23:59:59.999999999999Z",
    "dateTimeStamp": "2025-06-17T10:30:00Z",
    "time": "10:30:00 24:00:00.0 10:30:00-05:00",
    "gYear": "2025 -0044 2025Z", "gYearMonth": "2025-06", "gMonth": "--06", "gMonthDay": "--02-29", "gDay": "---31",
    "duration": "P1Y -P1Y2M3DT4H5M6.7S PT0S P1M", "dayTimeDuration": "P1DT2H PT5M", "yearMonthDuration": "P1Y2M -P3M",
    "hexBinary": "0a FF", "base64Binary": "QUJD QUI= QQ==", "language": "en pt-BR x-klingon",
    "byte": "127 -128", "unsignedByte": "255 0 -0", "positiveInteger": "1 99999999999999999999999", "negativeInteger": "-1",
    "long": "9223372036854775807", "nonPositiveInteger": "0 -7", "token": "a", "anyURI": "http://example.org/ a%20b",
}  # fmt: skip
WRONG = {
    "boolean": "TRUE yes 2",
    "decimal": "1e3 1,5 . + INF",
    "integer": "1.0 abc 1e3 ١٢",
    "double": "1E inf nan --1 0x1",
    "date": "2025-13-45 2025-02-29 1900-02-29 2025-6-17 2025-06-17+15:00 02025-06-17 25-06-17 2025-06-17T00:00:00 17/06/2025",
    "dateTime": "2025-06-17T25:00:00 2025-06-17T10:30 2025-06-17T10:30:60 2025-06-31T10:30:00 2025-06-17T24:00:01 2025-06-17",
    "dateTimeStamp": "2025-06-17T10:30:00",
    "time": "10:30 24:00:01",
    "gYear": "25 2025-06", "gYearMonth": "2025-13 2025-6", "gMonth": "06 --13", "gMonthDay": "--02-30 02-28 --06-31", "gDay": "---32 31",
    "duration": "P PT P1YT 1Y P1S PT1.5H P-1Y", "dayTimeDuration": "P1Y P1M", "yearMonthDuration": "P1D",
    "hexBinary": "0 0g", "base64Binary": "QUJ QR== Q===", "language": "e_n englishlanguage en-",
    "byte": "128 -129", "unsignedByte": "256 -1", "positiveInteger": "0 -1", "negativeInteger": "0 1",
    "long": "9223372036854775808 -99999999999999999999999", "nonPositiveInteger": "1",
}  # fmt: skip


@pytest.mark.parametrize("datatype", RIGHT)
def test_what_a_datatype_allows(datatype: str) -> None:
    assert not [text for text in RIGHT[datatype].split() if not is_well_typed(text, XSD + datatype)]
    assert not [text for text in WRONG.get(datatype, "").split() if is_well_typed(text, XSD + datatype)]


def test_white_space_is_no_part_of_a_number() -> None:
    assert not is_well_typed(" 1", XSD + "integer") and not is_well_typed("", XSD + "integer") and not is_well_typed("1\n", XSD + "integer")
    assert is_well_typed("", XSD + "hexBinary") and is_well_typed("", XSD + "token") and not is_well_typed(" a", XSD + "token")
    assert not is_well_typed("9" * 10_000, XSD + "int") and is_well_typed("9" * 10_000, XSD + "positiveInteger")
    assert is_well_typed("anything", "http://example.org/mine")


@pytest.mark.parametrize(
    ("literal", "rule", "severity", "detail"),
    [
        ('"2025-13-45"^^xsd:date', "WellTypedLiteral", "violation", "is not a date (xsd:date), such as 2025-06-17"),
        ('"2025-02-30"^^xsd:date', "WellTypedLiteral", "violation", "is a day that the calendar does not have"),
        ('"abc"^^xsd:integer', "WellTypedLiteral", "violation", "is not a whole number (xsd:integer), such as 42"),
        ('" 7"^^xsd:integer', "WellTypedLiteral", "violation", "has spaces around it"),
        (r'"red \u001B[31m"', "PlainText", "warning", "has a character that nobody sees (U+001B)"),
        (r'"turned \u202E"@en', "PlainText", "warning", "has a character that nobody sees (U+202E)"),
    ],
)
def test_a_literal_that_is_wrong(project: Project, mine: Path, literal: str, rule: str, severity: str, detail: str) -> None:
    (found,) = findings_on(project, mine, f"ex:a ex:p {literal} .")
    assert found[:3] == (rule, severity, 1)
    assert found[3].startswith(detail)


def test_white_space_around_a_name_but_not_around_any_text(project: Project, mine: Path) -> None:
    found = findings_on(project, mine, 'ex:a skos:altLabel "pier "@en ; rdfs:comment "a text "@en .')
    assert [item[0] for item in found] == ["PlainText"]


def test_an_ill_typed_literal_is_told_once(project: Project, mine: Path) -> None:
    (project.root / "shapes" / "claims.ttl").write_text(
        PREFIXES + "ex:S a sh:PropertyShape ; sh:targetClass mm:Claim ; sh:path mm:order ; sh:datatype xsd:integer ; sh:minInclusive 1 .\n"
    )
    mine.write_text(PREFIXES + 'claim:a a mm:Claim ; mm:order "many"^^xsd:integer .\nclaim:b a mm:Claim ; mm:order "2025-01-01"^^xsd:date .\n')
    found = validate(project, [mine]).findings
    # Of the second, which is a good date but no number, the shape tells.
    assert [(f.rule.iri.rpartition("/")[2], f.line) for f in found if f.component.endswith(("Literal", "DatatypeConstraintComponent"))] == [
        ("WellTypedLiteral", 11), ("S", 12),
    ]  # fmt: skip
    assert not [f for f in found if f.line == 11 and "WellTyped" not in f.rule.iri]


def test_what_cannot_be_read_tells_of_the_prefix(project: Project, mine: Path) -> None:
    for content, hint in (("Claim:a a Claim:b .", "did you mean claim? Capital letters count"), ("clam:a a clam:b .", "did you mean claim?")):
        mine.write_text(content)
        assert hint in kb(project, mine).stderr
    mine.write_text(PREFIXES + 'claim:a skos:prefLabel "x"@en_US .')
    done = kb(project, mine)
    assert (done.returncode, f"{mine}:11:" in done.stderr) == (3, True)
