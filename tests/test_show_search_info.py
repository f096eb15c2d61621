"""The page of a thing, the search for things, and the overview."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import small_project
from small_project import kb

from kb import rdf
from kb.browse import figures, search
from kb.namespaces import PREFIXES
from kb.project import find_project

MM = PREFIXES["mm"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_project.build(tmp_path_factory.mktemp("project"))


def shown(project: Path, *args: str) -> str:
    done = kb("show", *args, project=project)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


# --- kb show


def test_a_claims_page(project: Path) -> None:
    page = shown(project, "claim:letter-001-1")
    expected = """\
claim:letter-001-1: allegation, claim

What it says
  Harbour Union affirms: That pilots are paid little.
  figure: under 900 ferry pilots (at most 900; per month)
  in place: Norland (place:norland)
  payer: Ministry of Ferries (actor:ministry)

How it is said
  hedge: possibly (hedge:possible)
  mm:reportedBy: Gazette (actor:gazette)
  tone: sharp

Where
  passage:letter-001, characters 0–55 of Letter on ferries (document:letter)

Cited works
  [7] Harbour Union: Tide survey (work:tide-survey)

On the same proposition (1)
  Ministry of Ferries rejects:
    [claim:letter-002-1]

Answers (1)
  Ministry of Ferries rejects:
    That pilots are paid little. [claim:letter-002-1; disputed: Harbour Union affirms; under 900
      ferry pilots (at most 900; per month)]

Links to other claims
  claim:letter-002-1 rebuts claim:letter-001-1 (stated in the text)

Status
  mm:authority: Gazette (actor:gazette)
  mm:standing: unadjudicated (standing:open)
"""
    assert page == expected


def test_a_claims_page_in_spanish(project: Path) -> None:
    page = shown(project, "claim:letter-002-1", "--lang", "es")
    for part in (
        "claim:letter-002-1: afirmación, desmentido",
        "Ministerio de Transbordadores rechaza: Que los pilotos cobran poco.",
        "cifra: under 900 pilotos (como máximo 900; por mes)",
        "passage:letter-002 de Carta sobre transbordadores (document:letter)",
        "Obras citadas\n  ninguna",
        "claim:letter-002-1 rebate claim:letter-001-1 (dicho en el texto)",
    ):
        assert part in page


def test_a_places_page_tells_what_is_said_of_it_and_who_disputes_it(project: Path) -> None:
    page = shown(project, "norland")
    assert page.startswith("Norland\nplace:norland: mm:Entity, mm:Place\nalso called: Nórdica; NL-1\n")
    assert "Said of it (3)" in page
    assert "disputed: Ministry of Ferries rejects" in page
    # Named only in a nested proposition.
    assert "That low pay led to a strike. [claim:letter-002-2]" in page
    assert "mm:inPlace (1)" not in page and "in place (1): Night ferries (mission:night-ferries)" in page


@pytest.mark.parametrize(
    ("thing", "parts"),
    [
        ("actor:ministry", ["Said of it (3)", "Said by it (2)"]),
        ("Gazette", ["Reported by it (1)", "mm:authority (1): status:one"]),
        ("place:norland", ["disputed: Ministry of Ferries rejects; under 900 ferry pilots (at most 900; per month)]"]),
        ("Tide survey", ["Claims that cite it (1)", "[claim:letter-001-1; possibly; reported by Gazette; works cited: 1;"]),
        ("passage:letter-001", ["characters 0–55", "Claims stated in it (1)", "mm:markerIn (1): marker:letter-001-7"]),
        ("concept:pilots", ["Said of it (3)"]),
        ("proposition:low-pay", ["Claims that express it (2)", "Said of it (1)", "under 900 ferry pilots"]),
        ("Letter on ferries", ["Claims stated in it (3)"]),
        ("figure:pay", ["mm:printed: under 900", "Said of it (3)"]),
        ("mm:Claim", ["Somebody's saying of something.", "rdf:type (3): claim:letter-001-1;", "rdfs:subClassOf (2)"]),
        ("<https://w3id.org/medical-missions/id/place/cote>", ["Côte d'Azul", "Costa Azul"]),
        ("cote d'azul", ["place:cote"]),
    ],
)
def test_pages_of_other_things(project: Path, thing: str, parts: list[str]) -> None:
    page = shown(project, thing)
    for part in parts:
        assert part in " ".join(page.split())


def test_lists_are_cut_and_say_so(project: Path) -> None:
    page = shown(project, "Letter on ferries", "--limit", "1")
    assert "Claims stated in it (3)" in page and "… 2 more (--limit)" in page


def test_a_label_sends_no_control_characters(project: Path) -> None:
    page = shown(project, "actor:escape")
    assert "\x1b" not in page and "\x9b" not in page and "\u202e" not in page
    assert "red \\u001B[31m alert" in page


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        ("Twin", ["may be any of these", "place:twin-a  Twin", "place:twin-b  Twin"]),
        ("Norlnad", ["no thing is called 'Norlnad'", "did you mean place:norland (Norland)?"]),
        ("place:norlnd", ["there is no place:norlnd in the data", "did you mean place:norland (Norland)?"]),
        ("claim:letter-001-9", ["did you mean claim:letter-001-1"]),
        ("<a b>", ["no thing is called"]),
        ("http://example.org/x", ["there is no http://example.org/x"]),
        ("", ["no thing is called ''"]),
    ],
)
def test_what_cannot_be_shown(project: Path, thing: str, words: list[str]) -> None:
    done = kb("show", thing, project=project)
    assert (done.returncode, done.stdout) == (2, "")
    for word in words:
        assert word in done.stderr


# --- figures


def phrase(lang: str = "en", **slots: object) -> str:
    properties = {}
    for name, value in slots.items():
        term = rdf.NamedNode(f"urn:{value}") if isinstance(value, str) and name not in ("printed", "asOf") else value
        properties[MM + name] = [term if isinstance(term, rdf.NamedNode) else rdf.Literal(term)]
    return figures.phrase(properties, lambda iri: iri.removeprefix("urn:"), lang)


def test_figures_in_words() -> None:
    assert phrase(printed="over 400,000", minimum=400000, countOf="nurses") == "over 400,000 nurses (at least 400,000)"
    assert phrase(printed="two nurses", value=2, countOf="nurses") == "two nurses (2)"
    assert (
        phrase(printed="between 5% and 25%", minimum=5, maximum=25, unit="percent", shareOf="pay")
        == "between 5% and 25% of pay (at least 5, at most 25; percent)"
    )
    assert phrase(vagueQuantity="dozens", countOf="ships", asOf="2024-05") == "dozens ships (as of 2024-05)"
    assert phrase("es", printed="1,000 pesos", value=1000, unit="peso", perUnit="mes", perItem="piloto") == (
        "1,000 pesos (1,000; peso; por mes; por piloto)"
    )
    assert phrase(printed="a third", numerator=1, denominator=3) == "a third (1/3)"
    assert figures.number(rdf.Literal("-1234567.50", datatype=rdf.NamedNode(PREFIXES["xsd"] + "decimal"))) == "-1,234,567.50"


# --- kb search


def found(project: Path, *args: str) -> list[list[str]]:
    done = kb("search", *args, "--format", "json", project=project)
    assert done.returncode == 0
    return [[hit["id"], hit["matched"]] for hit in json.loads(done.stdout)]


def test_search_ranks_names_before_mentions(project: Path) -> None:
    assert found(project, "harbour union")[0] == ["actor:harbour-union", "Harbour Union"]
    assert [hit[0] for hit in found(project, "ferries")] == [
        "mission:day-ferries", "mission:night-ferries", "document:letter", "actor:ministry",
    ]  # fmt: skip
    assert found(project, "pilots")[0] == ["concept:pilots", "ferry pilots"]


def test_search_ignores_case_accents_and_language(project: Path) -> None:
    assert found(project, "NORDICA") == [["place:norland", "Nórdica"]]
    assert found(project, "nl-1") == [["place:norland", "NL-1"]]
    assert found(project, "cote")[0][0] == "place:cote"
    assert found(project, "pagad") == [["mm:payer", "pagador"]]
    assert found(project, "pilots paid") == [["proposition:low-pay", "That pilots are paid little."]]


def test_search_by_kind_and_limit(project: Path) -> None:
    assert found(project, "ferries", "--kind", "mission", "--kind", "actor", "--limit", "2") == [
        ["mission:day-ferries", "Day ferries"],
        ["mission:night-ferries", "Night ferries"],
    ]
    assert found(project, "claim", "--kind", "term")[0] == ["mm:Claim", "claim"]
    done = kb("search", "ferries", "--limit", "1", project=project)
    assert done.stdout == "id,kind,label,matched\nmission:day-ferries,mission,Day ferries,\n"
    assert "the best 1 of 4" in done.stderr
    done = kb("search", "x", "--kind", "actr", project=project)
    assert (done.returncode, "did you mean actor?" in done.stderr) == (2, True)


def test_search_that_finds_nothing_helps(project: Path) -> None:
    done = kb("search", "ferryes", project=project)
    assert (done.returncode, done.stdout) == (0, "id,kind,label,matched\n")
    assert "did you mean ferries" in done.stderr
    assert kb("search", " ", project=project).returncode == 2
    assert kb("search", project=project).returncode == 2


def test_search_output_is_safe(project: Path) -> None:
    assert "'=HYPERLINK" in kb("search", "hyperlink", "--format", "csv", project=project).stdout
    for format in ("table", "csv", "json"):
        assert "\x1b" not in kb("search", "alert", "--format", format, project=project).stdout


def test_how_texts_match() -> None:
    def match(wanted: str, text: str) -> int | None:
        return search._match(wanted, wanted.split(), text)

    assert match("low pay", "low pay") == search.EXACT
    assert match("low pay", "low pay for pilots") == search.PREFIX
    assert match("low pay", "for low pay") == search.PHRASE
    assert match("low pay", "pay that is low") == search.WORDS
    assert match("low pay", "payments below") == search.PARTS
    assert match("low pay", "low wages") is None


# --- kb info


def test_info_counts_what_is_there(project: Path) -> None:
    found = json.loads(kb("info", "--format", "json", "--lang", "es", project=project).stdout)
    assert found["ontology"]["version"].endswith("/9.9.9")
    assert found["counts"]["claims"] == 3 and found["counts"]["figures"] == 1
    assert found["by class"]["claims"] == {"acusación": 1, "desmentido": 1}
    assert found["documents"] == [{"id": "document:letter", "label": "Carta sobre transbordadores", "passages": 2, "claims": 3}]
    assert found["files"] == {"ontology": 1, "data": 2}
    assert found["licences"] == {"code": "Apache-2.0", "ontology and data": "http://example.org/licence"}
    text = kb("info", project=project).stdout
    assert "3 claims" in text and "1 allegation" in text
    assert "Letter on ferries (document:letter): 2 passages, 3 claims" in text


def test_info_on_nothing(tmp_path: Path) -> None:
    for folder in ("ontology", "data", "shapes", "queries"):
        (tmp_path / folder).mkdir()
    done = kb("info", project=tmp_path)
    assert done.returncode == 0 and "0 triples" in done.stdout


def test_the_bundled_knowledge_base_is_shown_whole() -> None:
    """Every claim and every entity has a page, in both languages."""
    from kb import sources
    from kb.browse.pages import Page

    source = sources.bundled(find_project())
    rows = source.query("SELECT DISTINCT ?s WHERE { VALUES ?t { mm:Claim mm:Entity mm:Document } ?s a ?t } ORDER BY ?s")
    iris = [row["s"].value for row in rows]
    for lang in ("en", "es"):
        page = Page(source, lang, limit=3)
        for iri in iris[:: max(1, len(iris) // 40)]:
            assert page.write(iri).strip()


@pytest.mark.parametrize("command", [["show", "actor:ministry"], ["search", "pilots", "--format", "csv"]])
def test_stores_are_shown_and_searched_as_the_files_are(project: Path, tmp_path: Path, command: list[str]) -> None:
    store = str(tmp_path / "store")
    assert kb("load", "--no-validate", "--store", store, project=project).returncode == 0
    ours, stored = kb(*command, project=project), kb(*command, "--store", store, project=project)
    assert ours.stdout == stored.stdout != ""
    assert kb(*command, "--store", store, "--endpoint", "http://127.0.0.1", project=project).returncode == 2
