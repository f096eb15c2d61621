"""The works cited by the report, against a table worked out by hand from its list, and the records of the documents.

``tests/expected/works.csv`` has a row for each of the 41 references. Names of people, bodies and venues are those that
the list prints, so that a name which the registers do not know fails; several names are parted by `` | ``.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from kb import rdf, turtle
from kb.namespaces import ID, PREFIXES, curie
from kb.project import Project, find_project

EXPECTED = Path(__file__).parent / "expected" / "works.csv"
REPORT = "medical-missions-report"
# A date, a month, a year, or a year with a season (21 to 24): what EDTF needs for dates as references print them.
EDTF = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2]|2[1-4])|-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))?\Z")


class Register:
    """What the data files say, by subject and property; all names as CURIEs."""

    def __init__(self, project: Project) -> None:
        self.values: dict[str, dict[str, list]] = {}
        for path in project.data_files():
            for quad in turtle.parse_file(path):
                properties = self.values.setdefault(curie(quad.subject.value), {})
                properties.setdefault(curie(quad.predicate.value), []).append(quad.object)

    def nodes(self, subject: str, predicate: str) -> list[str]:
        return [curie(value.value) for value in self.values.get(subject, {}).get(predicate, [])]

    def literals(self, subject: str, predicate: str) -> list[rdf.Literal]:
        return self.values.get(subject, {}).get(predicate, [])

    def text(self, subject: str, predicate: str) -> str:
        """The one literal of a property, or an empty string where there is none."""
        values = [literal.value for literal in self.literals(subject, predicate)]
        assert len(values) <= 1, f"{subject} has several values of {predicate}"
        return values[0] if values else ""

    def names(self, subject: str) -> set[str]:
        return {name.value for label in ("skos:prefLabel", "skos:altLabel") for name in self.literals(subject, label)}

    def of_type(self, type_: str) -> list[str]:
        return [subject for subject in self.values if type_ in self.nodes(subject, "rdf:type")]


@pytest.fixture(scope="module")
def register() -> Register:
    return Register(find_project())


def expected_rows() -> list[dict[str, str]]:
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reference(number: int | str) -> str:
    return f"reference:{REPORT}-{number}"


def work_of(register: Register, number: int | str) -> str:
    works = register.nodes(reference(number), "biro:references")
    assert len(works) == 1, f"reference {number} describes {len(works)} works"
    return works[0]


def assert_named(register: Register, nodes: list[str], printed: str) -> None:
    """Each printed name is a label of one of the nodes, and no node is left over."""
    left = list(nodes)
    for name in filter(None, printed.split(" | ")):
        found = [node for node in left if name in register.names(node)]
        assert len(found) == 1, f"{name!r} names {found} among {left}"
        left.remove(found[0])
    assert not left, f"{left} are not in the reference"


def test_the_table_has_a_row_for_each_reference() -> None:
    assert [row["reference"] for row in expected_rows()] == [str(number) for number in range(1, 42)]


@pytest.mark.parametrize("row", expected_rows(), ids=lambda row: row["reference"])
def test_the_work_is_described_as_its_reference_describes_it(register: Register, row: dict[str, str]) -> None:
    work = work_of(register, row["reference"])
    title = register.literals(work, "dcterms:title")
    assert [(literal.value, literal.language) for literal in title] == [(row["title"], row["language"])]
    assert_named(register, register.nodes(work, "dcterms:creator"), row["creators"])
    assert_named(register, register.nodes(work, "dcterms:publisher"), row["publishers"])
    assert_named(register, register.nodes(work, "mm:venue"), row["venue"])
    assert_named(register, register.nodes(work, "mm:platform"), row["platform"])
    for column, property_ in (
        ("issued", "dcterms:issued"), ("volume", "bibo:volume"), ("issue", "bibo:issue"), ("number", "bibo:number"),
    ):  # fmt: skip
        assert register.text(work, property_) == row[column], column
    assert register.nodes(work, "rdf:type") == ["mm:Entity", "mm:Work", "mm:CitedWork", f"fabio:{row['class']}"]


def test_every_reference_of_the_report_has_its_work(register: Register) -> None:
    described = [subject for subject in register.values if register.nodes(subject, "biro:references")]
    assert sorted(described) == sorted(reference(number) for number in range(1, 42))


def test_the_references_are_those_of_the_text(register: Register) -> None:
    printed = {
        subject: register.text(subject, "mm:referenceNumber")
        for subject in register.of_type("biro:BibliographicReference")
    }
    assert printed == {reference(number): str(number) for number in range(1, 42)}


def test_the_references_are_forty_works(register: Register) -> None:
    works = {work_of(register, number) for number in range(1, 42)}
    assert len(works) == 40
    assert works == set(register.of_type("mm:CitedWork"))


def test_the_declared_duplicate_is_the_work_that_it_repeats(register: Register) -> None:
    declared = {
        subject: register.nodes(subject, "mm:declaredDuplicateOf")
        for subject in register.values
        if register.nodes(subject, "mm:declaredDuplicateOf")
    }
    assert declared == {reference(28): [reference(2)]}
    assert work_of(register, 28) == work_of(register, 2)


def test_the_same_title_from_another_issuer_is_another_work(register: Register) -> None:
    four, twenty_five = work_of(register, 4), work_of(register, 25)
    assert register.text(four, "dcterms:title") == register.text(twenty_five, "dcterms:title")
    assert four != twenty_five


def test_no_two_works_have_the_same_title_and_issuer(register: Register) -> None:
    seen: dict[tuple, str] = {}
    for work in register.of_type("mm:CitedWork"):
        # Capitals and apostrophes are no difference.
        title = register.text(work, "dcterms:title").casefold().replace("’", "'")
        issuer = tuple(sorted(register.nodes(work, "dcterms:publisher") + register.nodes(work, "mm:venue")))
        assert (title, issuer) not in seen, f"{work} and {seen.get((title, issuer))}"
        seen[title, issuer] = work


def test_dates_are_edtf(register: Register) -> None:
    subjects = register.of_type("mm:CitedWork") + register.of_type("mm:Document")
    dates = [literal for subject in subjects for literal in register.literals(subject, "dcterms:issued")]
    assert dates
    for literal in dates:
        assert literal.datatype.value == PREFIXES["edtf"] + "EDTF", literal
        assert EDTF.match(literal.value), literal


def test_works_venues_and_documents_are_labelled_in_both_languages(register: Register) -> None:
    for kind in ("mm:CitedWork", "mm:Venue", "mm:Document"):
        subjects = register.of_type(kind)
        assert subjects, kind
        for subject in subjects:
            labels = register.literals(subject, "skos:prefLabel")
            assert sorted(literal.language for literal in labels) == ["en", "es"], subject


def test_labels_of_works_and_venues_tell_them_apart(register: Register) -> None:
    for kind in ("mm:CitedWork", "mm:Venue"):
        for language in ("en", "es"):
            labels = [
                literal.value
                for subject in register.of_type(kind)
                for literal in register.literals(subject, "skos:prefLabel")
                if literal.language == language
            ]
            assert len(labels) == len(set(labels))


def test_every_venue_and_every_issuer_of_the_register_is_used(register: Register) -> None:
    project = find_project()
    properties = ("dcterms:creator", "dcterms:publisher", "mm:venue", "mm:platform")
    used = {
        node for work in register.of_type("mm:CitedWork") for name in properties for node in register.nodes(work, name)
    }
    for name in ("venues", "issuers"):
        for quad in turtle.parse_file(project.data / "registers" / f"{name}.ttl"):
            assert curie(quad.subject.value) in used


def test_no_node_of_these_registers_is_defined_in_another_file() -> None:
    project = find_project()
    ours = {project.data / "registers" / f"{name}.ttl" for name in ("works", "venues", "issuers")}
    typed: dict[str, list[str]] = {}
    for path in project.data_files():
        subjects = {quad.subject.value for quad in turtle.parse_file(path) if quad.predicate == rdf.RDF_TYPE}
        for subject in subjects:
            typed.setdefault(subject, []).append(path.name)
    for path in ours:
        for quad in turtle.parse_file(path):
            assert quad.subject.value.startswith(ID)
            assert typed[quad.subject.value] == [path.name]


def test_the_classes_are_those_that_the_ontology_explains() -> None:
    declared = {
        curie(quad.subject.value).removeprefix("fabio:")
        for quad in turtle.parse_file(find_project().ontology / "documents.ttl")
        if quad.predicate == rdf.RDF_TYPE and curie(quad.subject.value).startswith("fabio:")
    }
    assert {row["class"] for row in expected_rows()} <= declared


def test_the_report_is_recorded_without_title_or_date(register: Register) -> None:
    report = f"document:{REPORT}"
    assert register.nodes(report, "rdf:type") == ["mm:Document"]
    assert not register.literals(report, "dcterms:title")
    assert not register.literals(report, "dcterms:issued")
    assert register.text(report, "dcterms:language") == "en"
    assert register.nodes(report, "dcterms:creator") == ["actor:report-author"]


def test_the_article_is_recorded_as_printed(register: Register) -> None:
    article = "document:oas-article"
    assert register.nodes(article, "rdf:type") == ["mm:Document"]
    title = "Is the U.S. using the OAS to go after Cuba’s medical missions?"
    assert register.text(article, "dcterms:title") == title
    assert register.text(article, "dcterms:issued") == "2025-06-18"
    assert register.text(article, "dcterms:language") == "en"
    assert sorted(register.nodes(article, "dcterms:creator")) == ["actor:daniel-montero", "actor:oas-article-authors", "actor:reed-lindsay"]


def test_the_creators_of_the_documents_are_known_actors(register: Register) -> None:
    for document in (f"document:{REPORT}", "document:oas-article"):
        for creator in register.nodes(document, "dcterms:creator"):
            assert "mm:Actor" in register.nodes(creator, "rdf:type"), creator
