"""What is wrong, in words: each constraint of SHACL's, in English and Spanish, for a reader who has never heard of SHACL."""

from __future__ import annotations

from pathlib import Path

import pytest
from validating import PREFIXES, kb

from kb.project import Project, find_project
from kb.validation import validate

SHAPE = "mms:S a sh:NodeShape ; sh:targetClass mm:Claim ; sh:property mms:P .\nmms:P a sh:PropertyShape ; sh:message 'So it must be.'@en ; sh:path "
DATA = """
place:pier a mm:Entity , mm:Place ; skos:prefLabel "Pier"@en .
mm:claimant a <http://www.w3.org/2002/07/owl#ObjectProperty> .
ex:one skos:inScheme ex:scheme . ex:two skos:inScheme ex:scheme . ex:other skos:inScheme ex:others .
"""
MORE = (
    "@prefix place: <https://w3id.org/medical-missions/id/place/> .\n@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
    "@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .\n"
)


@pytest.mark.parametrize(
    ("shape", "said", "en", "es"),
    [
        ("mm:claimant ; sh:minCount 1", "", "no value", "falta el valor"),
        ("mm:claimant ; sh:minCount 2", "mm:claimant actor:union", "only 1; at least 2 must be there", "solo 1; debe haber al menos 2"),
        ("mm:claimant ; sh:maxCount 1", "mm:claimant actor:union , actor:faulty", "2 values (actor:union, actor:faulty); at most 1 may be there",
         "2 valores (actor:union, actor:faulty); puede haber como máximo 1"),
        ("mm:claimant ; sh:maxCount 0", "mm:claimant actor:union", "must not be stated here", "no debe figurar aquí"),
        ("mm:claimant ; sh:class mm:Actor", "mm:claimant place:pier", "is a place, not an actor", "es de la clase lugar, no de la clase actor"),
        ("mm:claimant ; sh:class mm:Actor", 'mm:claimant "Union"', "is a text in quotes, not an actor; write its identifier, without quotes",
         "es un texto entre comillas, no un identificador (actor); escríbalo sin comillas"),
        ("mm:claimant ; sh:class mm:Actor", "mm:claimant 7", "is a number, not an actor; write its identifier, without quotes",
         "es un número, no un identificador (actor); escríbalo sin comillas"),
        ("mm:claimant ; sh:class mm:Actor", "mm:claimant actor:unoin", "is described nowhere; did you mean actor:union?",
         "no está descrito en ninguna parte; ¿quiso decir actor:union?"),
        ("mm:claimant ; sh:class mm:Actor", "mm:claimant actor:pier", "is described nowhere; did you mean place:pier?",
         "no está descrito en ninguna parte; ¿quiso decir place:pier?"),
        ("mm:claimant ; sh:class mm:Actor", "mm:claimant ex:one", "does not say that it is an actor", "no dice que sea de la clase actor"),
        ("mm:order ; sh:datatype xsd:integer", 'mm:order "3"', "is a text in quotes, not a whole number (xsd:integer); write 3",
         "es un texto entre comillas, no un número entero (xsd:integer); escriba 3"),
        ("mm:saidOn ; sh:datatype edtf:EDTF", 'mm:saidOn "2021"', 'is a text in quotes, not an EDTF date; write "2021"^^edtf:EDTF',
         'es un texto entre comillas, no una fecha EDTF; escriba "2021"^^edtf:EDTF'),
        ("skos:altLabel ; sh:datatype rdf:langString", 'skos:altLabel "pier"', 'has no language tag; write "pier"@en or "pier"@es',
         'no tiene etiqueta de lengua; escriba "pier"@en o "pier"@es'),
        ("mm:claimant ; sh:nodeKind sh:IRI", "mm:claimant [ mm:order 1 ]", "is a node in brackets, not an identifier (IRI)",
         "es un nodo entre corchetes, no un identificador (IRI)"),
        ("mm:saidOn ; sh:pattern '^[0-9]{4}(-(0[1-9]|1[0-2]))?$'", 'mm:saidOn "2021-13"^^edtf:EDTF', "is no date that EDTF allows",
         "no es una fecha que admita EDTF"),
        ("mm:gloss ; sh:pattern '^That '", 'mm:gloss "The end"@en', "does not begin with “That ”", "no empieza por «That »"),
        ("mm:claimant ; sh:pattern '^https://w3id.org/medical-missions/id/actor/[a-z0-9]+(-[a-z0-9]+)*$'", "mm:claimant actor:New_Union",
         "has “N”, “_”, “U” in its name; only a–z, 0–9 and hyphens may be there",
         "tiene «N», «_», «U» en el nombre; solo puede haber a–z, 0–9 y guiones"),
        ("mm:claimant ; sh:pattern '^https://w3id.org/medical-missions/id/actor/[a-z0-9]+(-[a-z0-9]+)*$'", "mm:claimant place:pier",
         "does not begin with actor:", "no empieza por actor:"),
        ("mm:gloss ; sh:maxLength 5", 'mm:gloss "Too long"@en', "has 8 characters; at most 5 are allowed", "tiene 8 caracteres; se admiten como máximo 5"),
        ("mm:gloss ; sh:minLength 2", 'mm:gloss "x"@en', "has 1 character; at least 2 are needed", "tiene 1 carácter; hacen falta al menos 2"),
        ("mm:gloss ; sh:languageIn ( 'en' 'es' )", 'mm:gloss "Fin"@fr', "is in French (@fr); it must be in English (@en) or Spanish (@es)",
         "está en francés (@fr); debe estar en inglés (@en) o español (@es)"),
        ("mm:gloss ; sh:languageIn ( 'en' 'es' ) ; sh:minCount 2", 'mm:gloss "End"@en', "none in Spanish (@es)", "falta en español (@es)"),
        ("mm:gloss ; sh:uniqueLang true", 'mm:gloss "One"@en , "Two"@en', "more than one in English (@en)", "más de uno en inglés (@en)"),
        ("mm:order ; sh:minInclusive 1", "mm:order 0", "must be 1 or more", "debe ser 1 o más"),
        ("mm:order ; sh:minInclusive 1", 'mm:order "x"', "is a text in quotes, so it cannot be compared with 1",
         "es un texto entre comillas, así que no se puede comparar con 1"),
        ("mm:order ; sh:lessThan mm:column", "mm:order 5 ; mm:column 4", "is not less than mm:column (4)", "no es menor que mm:column (4)"),
        ("mm:claimant ; sh:disjoint mm:reportedBy", "mm:claimant actor:union ; mm:reportedBy actor:union", "must not be a value of mm:reportedBy too",
         "no debe ser también un valor de mm:reportedBy"),
        ("mm:stance ; sh:in ( stance:affirms stance:rejects )", "mm:stance stance:maybe", "is not one of stance:affirms, stance:rejects",
         "no es ninguno de stance:affirms, stance:rejects"),
        ("mm:stance ; sh:hasValue stance:affirms", "mm:stance stance:rejects", "stance:affirms is missing", "falta stance:affirms"),
        ("mm:stance ; sh:node [ sh:property [ sh:path skos:inScheme ; sh:hasValue ex:scheme ] ]", "mm:stance ex:other",
         "is a concept of http://example.org/others, not of http://example.org/scheme; choose from http://example.org/one, http://example.org/two",
         "es un concepto de http://example.org/others, no de http://example.org/scheme; elija entre http://example.org/one, http://example.org/two"),
        ("mm:about ; sh:or ( [ sh:class mm:Actor ] [ sh:class mm:Event ] )", "mm:about place:pier", "is a place, not an actor or an event",
         "es de la clase lugar, no de la clase actor o acontecimiento"),
        ("mm:order ; sh:or ( [ sh:datatype xsd:integer ] [ sh:datatype xsd:decimal ] )", 'mm:order "3"',
         "is a text in quotes, not a whole number (xsd:integer) or a decimal number (xsd:decimal); write 3",
         "es un texto entre comillas, no un número entero (xsd:integer) o un número decimal (xsd:decimal); escriba 3"),
        ("mm:about ; sh:not [ sh:class mm:Place ]", "mm:about place:pier", "is what it must not be: a place (mm:Place)", "es lo que no debe ser: lugar (mm:Place)"),
        ("[ sh:inversePath mm:respondsTo ] ; sh:minCount 1", "", "nothing refers to it in this way", "nada se refiere a ello de este modo"),
        ("[ sh:oneOrMorePath mm:respondsTo ] ; sh:disjoint mm:respondsTo", "mm:respondsTo claim:a", "mm:respondsTo goes round in a circle",
         "mm:respondsTo da la vuelta en círculo"),
        ("rdf:type ; sh:qualifiedValueShape [ sh:in ( mm:Denial mm:Concession ) ] ; sh:qualifiedMinCount 1", "",
         "none that is one of mm:Denial, mm:Concession", "ninguno que sea uno de mm:Denial, mm:Concession"),
    ],
)  # fmt: skip
def test_what_is_wrong(project: Project, mine: Path, shape: str, said: str, en: str, es: str) -> None:
    (project.root / "shapes" / "claims.ttl").write_text(PREFIXES + MORE + SHAPE + shape + " .")
    (project.root / "data" / "more.ttl").write_text(PREFIXES + MORE + DATA)
    mine.write_text(PREFIXES + MORE + f"claim:a a mm:Claim{' ; ' if said else ''}{said} .\n")
    (finding,) = [f for f in validate(project, [mine]).findings if f.rule.iri.endswith("/P")]
    assert (finding.detail["en"], finding.detail["es"]) == (en, es)
    # The CURIEs stay, and what is wrong stands at the end of the line.
    assert finding.told("en").endswith(en) and "claim:a" in finding.told("en")


@pytest.mark.parametrize(
    ("shape", "said", "en"),
    [
        ("sh:or ( [ sh:not [ sh:property [ sh:path mm:stance ; sh:hasValue stance:rejects ] ] ] [ sh:property [ sh:path mm:respondsTo ; sh:minCount 1 ] ] )",
         "mm:stance stance:rejects", "since mm:stance is stance:rejects, this must hold: it has mm:respondsTo"),
        ("sh:or ( [ sh:property [ sh:path mm:agent ; sh:minCount 1 ] ] [ sh:property [ sh:path mm:affected ; sh:minCount 1 ] ] )", "",
         "is not so: it has mm:agent or it has mm:affected"),
        ("sh:and ( [ sh:property [ sh:path mm:agent ; sh:minCount 1 ] ] )", "", "lacks something of what it must have: it has mm:agent"),
        ("sh:xone ( [ sh:property [ sh:path mm:agent ; sh:minCount 1 ] ] [ sh:property [ sh:path mm:affected ; sh:minCount 1 ] ] )", "",
         "meets none of these, or several: it has mm:agent | it has mm:affected"),
        ("sh:node mms:OtherShape . mms:OtherShape a sh:NodeShape ; sh:name 'speaker'@en ; sh:property [ sh:path mm:agent ; sh:minCount 1 ]", "",
         "breaks the rule “speaker”"),
    ],
)  # fmt: skip
def test_shapes_within_shapes(project: Project, mine: Path, shape: str, said: str, en: str) -> None:
    (project.root / "shapes" / "claims.ttl").write_text(PREFIXES + f"mms:NodeS a sh:NodeShape ; sh:targetClass mm:Claim ; {shape} .")
    mine.write_text(PREFIXES + f"claim:a a mm:Claim{' ; ' if said else ''}{said} .\n")
    (finding,) = [f for f in validate(project, [mine]).findings if f.rule.iri.endswith("/NodeS")]
    assert finding.detail["en"] == en


def test_closed_tells_where_a_property_belongs_or_which_is_meant(project: Project, mine: Path) -> None:
    (project.root / "shapes" / "claims.ttl").write_text(
        PREFIXES + MORE + "mms:S a sh:NodeShape ; sh:targetClass mm:Claim ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ;\n"
        "    sh:property [ sh:path mm:claimant ] , [ sh:path ex:noted ] ."
    )  # fmt: skip
    mine.write_text(PREFIXES + "claim:a a mm:Claim ; mm:payer actor:union ; ex:notd 1 .\n")
    found = {f.path.iri.rpartition("/")[2]: f.detail for f in validate(project, [mine]).findings}
    assert found["payer"]["en"] == "has no place here: it belongs to a payment proposition"
    assert found["payer"]["es"] == "no cabe aquí: es propia de la clase proposición de pago"
    assert found["notd"]["en"] == "has no place here; did you mean http://example.org/noted?"


def test_a_path_of_alternatives_names_the_property_that_was_used(project: Project, mine: Path) -> None:
    (project.root / "shapes" / "claims.ttl").write_text(
        PREFIXES + MORE + SHAPE + "[ sh:alternativePath ( mm:date mm:saidOn ) ] ; sh:pattern '^[0-9]{4}$' ."
    )
    mine.write_text(PREFIXES + MORE + 'claim:a a mm:Claim ; mm:saidOn "soon"^^edtf:EDTF .\nclaim:b a mm:Claim .\n')
    (finding,) = validate(project, [mine]).findings
    assert finding.told("en") == "claim:a → mm:saidOn → soon: is no date that EDTF allows"
    assert str(finding.path) == "mm:date|mm:saidOn"  # as the shape has it


def test_headline_counts_one_and_many() -> None:
    from kb.validation.report import Report

    one, many = Report((), ("a.ttl",), 1, 1, 1), Report((), ("a", "b", "c", "d"), 0, 1234, 2)
    assert one.headline("en") == "a.ttl: conforms (1 statement, 1 node checked, 1 rule)"
    assert one.headline("es") == "a.ttl: conforme (1 enunciado, 1 nodo comprobado, 1 regla)"
    assert many.headline("en") == "4 files: conforms (0 statements, 1,234 nodes checked, 2 rules)"
    assert many.headline("es") == "4 archivos: conforme (0 enunciados, 1234 nodos comprobados, 2 reglas)"


def test_a_report_has_a_line_that_is_right_and_the_real_rules_have_one(mine: Path) -> None:
    mine.write_text(PREFIXES + "claim:mine-1 a mm:Claim .\n")
    text = kb(find_project(), mine, "--engine", "pyshacl").stdout
    assert "  For example: mm:stance stance:affirms ;\n" in text
    assert "  Por ejemplo: mm:stance stance:affirms ;\n" in kb(find_project(), mine, "--lang", "es").stdout


def test_spanish_has_no_english_left(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + "claim:a a mm:Claim ; mm:claimant actor:unoin ; mm:stance stance:no .\n")
    done = kb(project, mine, "--lang", "es")
    assert (
        done.stdout
        == f"""{mine}: 1 infracción, 1 advertencia (3 enunciados, 1 nodo comprobado, 3 reglas)

quién lo dice — 1 infracción
  Una afirmación nombra a una sola persona o entidad.
    {mine}:11  claim:a → mm:claimant (quién lo dice) → actor:unoin: no está descrito en ninguna parte; ¿quiso decir actor:union?
  Para corregirlo: Nombre al actor que habla.
  Regla: mms:ClaimClaimantShape

postura — 1 advertencia
  Una postura es una de dos.
    {mine}:11  claim:a → mm:stance (postura) → stance:no: no es ninguno de stance:affirms, stance:rejects
  Regla: mms:ClaimStanceShape

De cada regla, kb validate --explain mms:ClaimClaimantShape dice más, con ejemplos completos.
"""
    )
