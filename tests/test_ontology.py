"""The ontology's own housekeeping: labels and definitions in both languages, the header, only terms that exist."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest

from kb import __version__, rdf, turtle
from kb.namespaces import EXTERNAL, ID, ONTOLOGY, SHAPES
from kb.project import find_project
from kb.validation.shapes import Shapes

PROJECT = find_project()
SKOS = EXTERNAL["skos"]
RDFS = EXTERNAL["rdfs"]
OWL = EXTERNAL["owl"]
TERMS = Path(os.environ.get("KB_EXTERNAL_TERMS", PROJECT.root.parent / "shared/vocabularies/external-terms.tsv"))
# Namespaces of individuals and of licences: where an identifier came from is what counts, not a list of terms.
INDIVIDUALS = ("wd", "cc-licence", "eu-country", "eu-currency")


def triples(paths: list[Path]) -> list[rdf.Triple]:
    return [quad.triple for path in paths for quad in turtle.parse_file(path)]


def languages(found: list[rdf.Triple], subject: rdf.NamedNode, predicate: str) -> set[str | None]:
    return {t.object.language for t in found if t.subject == subject and t.predicate.value == predicate}


def test_own_terms_have_label_and_definition_in_both_languages():
    found = triples(PROJECT.ontology_files())
    own = {t.subject for t in found if t.predicate == rdf.RDF_TYPE and isinstance(t.subject, rdf.NamedNode)}
    terms = [s for s in own if s.value.startswith(ONTOLOGY) and s.value != ONTOLOGY]
    concepts = [s for s in own if s.value.startswith(ID)]
    assert len(terms) > 100 and len(concepts) > 100
    for label, subjects in ((RDFS + "label", terms), (SKOS + "prefLabel", concepts)):
        for subject in subjects:
            assert languages(found, subject, label) == {"en", "es"}, subject
            assert languages(found, subject, SKOS + "definition") == {"en", "es"}, subject


def test_header_says_version_licence_and_namespace():
    header = {t.predicate.value: t.object for t in triples([PROJECT.ontology / "kb.ttl"]) if t.subject.value == ONTOLOGY}
    version = header[OWL + "versionInfo"].value
    assert header[OWL + "versionIRI"].value == ONTOLOGY + version
    assert header[EXTERNAL["dcterms"] + "license"].value == "https://creativecommons.org/licenses/by/4.0/"
    assert header[EXTERNAL["vann"] + "preferredNamespaceUri"].value == ONTOLOGY
    assert header[EXTERNAL["vann"] + "preferredNamespacePrefix"].value == "mm"


def test_the_version_is_one_that_a_curation_may_name():
    shapes = Shapes(quad for path in PROJECT.shape_files() for quad in turtle.parse_file(path))
    [versions] = shapes.values(rdf.NamedNode(f"{SHAPES}CurationVersionShape"), "in")
    header = {t.predicate.value: t.object for t in triples([PROJECT.ontology / "kb.ttl"]) if t.subject.value == ONTOLOGY}
    assert header[OWL + "versionInfo"] in shapes.items(versions), "add the version to mms:CurationVersionShape"


def test_header_imports_every_module_but_the_alignments():
    imported = {
        t.object.value.rsplit("/", 1)[1]
        for t in triples([PROJECT.ontology / "kb.ttl"])
        if t.predicate.value == OWL + "imports"
    }
    assert imported == {path.stem for path in PROJECT.ontology_files()} - {"kb"}


def test_every_mm_term_in_use_is_defined():
    defined = {t.subject.value for t in triples(PROJECT.ontology_files()) if t.predicate == rdf.RDF_TYPE}
    for path in [*PROJECT.ontology_files(alignments=True), *PROJECT.data_files(), *PROJECT.shape_files()]:
        for triple in triples([path]):
            for term in (triple.subject, triple.predicate, triple.object):
                if isinstance(term, rdf.NamedNode) and term.value.startswith(ONTOLOGY):
                    known = term.value in defined or re.fullmatch(r"(\d+\.\d+\.\d+)?", term.value[len(ONTOLOGY) :])
                    assert known, f"{path.name}: {term.value}"


def test_versions_agree():
    citation = (PROJECT.root / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (PROJECT.root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\nversion: {__version__}\n" in citation
    assert re.search(rf"^## \[{re.escape(__version__)}\]", changelog, re.MULTILINE)


@pytest.mark.skipif(not TERMS.is_file(), reason="the list of external terms (KB_EXTERNAL_TERMS) is not there")
def test_external_terms_exist():
    with TERMS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    known = {row["iri"]: row["deprecated"] for row in rows}
    namespaces = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in known}
    checked = set()
    for path in [*PROJECT.ontology_files(alignments=True), *PROJECT.data_files(), *PROJECT.shape_files()]:
        for triple in triples([path]):
            terms = [triple.subject, triple.predicate, triple.object]
            if isinstance(triple.object, rdf.Literal):
                terms.append(triple.object.datatype)
            for term in terms:
                if not isinstance(term, rdf.NamedNode):
                    continue
                namespace = term.value[: max(term.value.rfind("#"), term.value.rfind("/")) + 1]
                if namespace in namespaces and not namespace.startswith(("http://www.wikidata.org", "http://creativec")):
                    assert term.value in known, f"{path.name}: {term.value} is not in its vocabulary"
                    assert not known[term.value], f"{path.name}: {term.value} is deprecated"
                    checked.add(term.value)
    assert len(checked) > 50


def test_declared_prefixes_are_those_of_the_vocabularies():
    # A wrong namespace for a prefix would make every term under it a term that does not exist.
    if not TERMS.is_file():
        pytest.skip("the list of external terms (KB_EXTERNAL_TERMS) is not there")
    with TERMS.open(encoding="utf-8", newline="") as file:
        iris = {row["iri"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    for prefix, namespace in EXTERNAL.items():
        assert prefix in INDIVIDUALS or any(iri.startswith(namespace) for iri in iris), prefix


def test_a_question_that_shows_a_content_shows_how_its_claimant_stands_to_it():
    # A gloss beside a claimant who rejects it would read as that claimant's view.
    from kb.queries import bundled

    for query in bundled.read_all(PROJECT):
        shown = query.text[query.text.index("SELECT") :].split("WHERE")[0]
        if "?gloss" in shown and query.subject != "checks":
            assert "?stance" in shown or ("affirmedBy" in shown and "rejectedBy" in shown), query.name
