"""The bundled questions as a whole: what their parameters may be, their completion in a shell, and their export."""

from __future__ import annotations

import csv
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import rdflib
import small_project
from click.shell_completion import get_completion_class
from small_project import kb

from kb import sources
from kb.cli import completion
from kb.cli.commands import cli
from kb.errors import InputError
from kb.namespaces import PREFIXES, curie
from kb.project import Project, find_project
from kb.queries import bundled, values
from kb.queries.header import Parameter, parse_header
from kb.queries.parameters import term
from kb.results.labels import Finder
from kb.views import choice

PROJECT = find_project()
QUERIES = bundled.read_all(PROJECT)
COMPETENCY = [query for query in QUERIES if query.path.parent.name == "competency"]
LISTED = {known.values: known for query in QUERIES for known in query.parameters if known.values}


@pytest.fixture(scope="module")
def data() -> sources.MemorySource:
    return sources.bundled(PROJECT)


def test_there_are_enough_questions() -> None:
    assert len(COMPETENCY) >= 45
    for language in (0, 1):
        assert len({query.questions[language] for query in QUERIES}) == len(QUERIES)


def test_every_subject_is_known() -> None:
    assert {query.subject for query in QUERIES} <= bundled.SUBJECTS.keys()
    listed = [line.split(",")[0] for line in kb("queries", "--lang", "es").stdout.splitlines()[1:]]
    assert list(dict.fromkeys(listed)) == [bundled.SUBJECTS[subject] for subject in bundled.SUBJECTS if subject in {q.subject for q in QUERIES}]  # fmt: skip


# --- what a parameter may be


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_every_identifier_that_is_asked_for_is_listed(query: bundled.Query) -> None:
    for parameter in query.parameters:
        assert parameter.described("en") != parameter.described("es"), f"{parameter.name} is described in both languages"
        if parameter.type == "iri":
            assert parameter.values and values.path(PROJECT, parameter.values).is_file()


@pytest.mark.parametrize("name", sorted(LISTED))
def test_what_is_listed_is_taken(name: str, data: sources.MemorySource) -> None:
    header = parse_header(values.path(PROJECT, name).read_text(encoding="utf-8"), name)
    assert {"question@en", "question@es"} <= header.values.keys()
    parameter = LISTED[name]
    for lang in ("en", "es"):
        found = values.values_of(PROJECT, data, parameter, lang)
        assert found and len({value.text for value in found}) == len(found)
        assert all(value.label for value in found if name not in ("passages-with-claims", "roles-in-acts", "work-kinds"))
    finder = Finder(data)
    for value in found[:25]:
        assert term(parameter, value.text, finder) == value.term


def test_every_list_of_values_is_used() -> None:
    of_views = {known.values for view in choice.views(PROJECT) for known in view.parameters}
    assert None not in of_views and of_views <= LISTED.keys()
    assert {path.stem for path in (PROJECT.queries / values.FOLDER).glob("*.rq")} == LISTED.keys()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = small_project.build(tmp_path_factory.mktemp("project"))
    (root / "queries" / "values").mkdir()
    texts = {
        "hosts": "SELECT ?value WHERE { ?mission a mm:Mission ; mm:inPlace ?value } ORDER BY ?value",
        "sayings": "# param: lang type=string\n"
        "SELECT ?value ?label WHERE { ?value mm:expresses/mm:gloss ?label FILTER(LANG(?label) = ?lang) } ORDER BY ?value",
        "wide": "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o",
    }
    for name, text in texts.items():
        (root / "queries" / "values" / f"{name}.rq").write_text(text)
    (root / "queries" / "competency" / "asked.rq").write_text(
        "# question@en: What is asked?\n# question@es: ¿Qué se pregunta?\n# subject: things\n# example: kb query asked\n"
        "# param: country type=iri kind=place values=hosts optional | where | dónde\n"
        "# param: claim type=iri kind=claim values=sayings optional | what | qué\n"
        "# param: anything type=iri kind=place,actor optional | any | cualquiera\n"
        "# param: sure type=boolean optional | sure | seguro\n"
        "# param: since type=date optional | since | desde\n"
        "SELECT ?country ?claim ?anything ?sure ?since { } ORDER BY ?country\n"
    )
    return root


def listed(small: Path, *words: str) -> list[str]:
    done = kb("queries", "values", "asked", *words, project=small)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[1:]


def test_values_come_from_their_query_with_their_labels(small: Path) -> None:
    assert listed(small, "country") == ["cote,Côte d'Azul", "norland,Norland"]
    assert listed(small, "country", "--lang", "es") == ["cote,Costa Azul", "norland,Nórdica"]
    assert listed(small, "claim", "--lang", "es") == [
        "letter-001-1,Que los pilotos cobran poco.", "letter-002-1,Que los pilotos cobran poco.",
    ]  # fmt: skip
    done = kb("queries", "values", "asked", "country", "--format", "json", project=small)
    assert json.loads(done.stdout)[1] == {
        "value": "norland", "label": "Norland", "term": "https://w3id.org/medical-missions/id/place/norland",
    }  # fmt: skip


def test_values_without_a_query_of_their_own(small: Path) -> None:
    of_two_kinds = listed(small, "anything")
    assert "place:norland,Norland" in of_two_kinds and "actor:ministry,Ministry of Ferries" in of_two_kinds
    assert listed(small, "sure") == ["true,", "false,"]
    done = kb("queries", "values", "asked", "since", project=small)
    assert (done.stdout, done.stderr) == ("value,label\n", "since may be any date\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["asked", "contry"], "no parameter 'contry'; did you mean country?"),
        (["nothing", "x"], "it has none"),
        (["askd", "country"], "did you mean asked?"),
    ],
)
def test_values_of_nothing(small: Path, words: list[str], message: str) -> None:
    done = kb("queries", "values", *words, project=small)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


@pytest.mark.parametrize(("name", "message"), [("wide", "at most its name"), ("none", "no such file"), ("../x", "cannot be")])
def test_a_query_of_values_that_is_none(small: Path, name: str, message: str) -> None:
    project = Project(small)
    with pytest.raises(InputError, match=message):
        values.values_of(project, sources.bundled(project), Parameter("x", "iri", values=name), "en")


# --- a world in which the answers can be counted

WORLD = Path(__file__).parent / "world"


def world_answers() -> list[dict[str, str]]:
    """What each query finds in tests/world, worked out from its text of a dozen lines: the values of one column."""
    with (WORLD / "answers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def world() -> sources.MemorySource:
    return sources.given([str(WORLD), str(PROJECT.ontology)])


@pytest.mark.parametrize("row", world_answers(), ids=lambda row: f"{row['query']} {row['parameters']} {row['column']}".replace("  ", " "))
def test_the_answer_in_the_invented_world(
    row: dict[str, str], world: sources.MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "bundled", lambda project, named_graphs=False: world)
    done = kb("query", row["query"], *(word for given in row["parameters"].split() for word in ("-p", given)), "--format", "json")
    if row["column"] == "refused":
        assert done.returncode == 2 and "takes an identifier" in done.stderr
        return
    assert done.returncode == 0, done.stderr
    found = {curie(str(answer[row["column"]])) for answer in json.loads(done.stdout)} - {"None"}
    assert {value.removeprefix("claim:ferry-review-") for value in found} == set(row["values"].split())


def test_every_question_is_asked_of_the_invented_world() -> None:
    assert {row["query"] for row in world_answers()} == {query.name for query in QUERIES if query.subject != "checks"}


# --- completion


def in_bash(line: str, before: str = "") -> list[str]:
    """What Bash would insert in place of its last word, by the script that ``kb`` gives it."""
    script = (
        f'{before}\ncompopt() {{ :; }}\neval "$(_KB_COMPLETE=bash_source kb)"\nCOMP_LINE="$1"; COMP_POINT=${{#1}}\n'
        '_kb_completion kb\nprintf "%s\\n" "${COMPREPLY[@]}"'
    )
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", line], capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "completions"),
    [
        ("kb queri", ["queries"]),
        ("kb query sai", ["said-by", "said-of"]),
        ("kb query payments -p ", ["country=", "kind=", "agreement=", "lang="]),
        ("kb query payments -p a", ["agreement=imss-bienestar-agreement", "agreement=mais-medicos-arrangement", "agreement=oil-for-doctors"]),
        ("kb query payments -p country=bo", ["bolivia"]),
        ("kb query payments -p country=BO", ["bolivia"]),
        ("kb query payments -p country=place:bo", ["bolivia"]),
        ("kb query payments --lang es -p country=estados", ["united-states"]),
        ("kb query payments -p country=bolivia -p k", ["kind=barter"]),
        ("kb query payments --param country=ita", ["italy"]),
        ("kb query dated -p since=20", []),
        ("kb query dated -p s", ["since="]),
        ("kb query nothing-like-it -p c", []),
        ("kb query -p c", []),
        ("kb show pla", ["place:"]),
        ("kb show place:bo", ["bolivia"]),
        ("kb show nothing:", []),
        ("kb search --kind themes", []),
        ("kb search --kind the", ["theme"]),
        ("kb queries values dated ", ["since", "until", "country", "lang"]),
        ("kb queries show concess", ["concessions"]),
        ("kb view un", ["uncontested"]),
        ("kb view ac", ["according-to="]),
        ("kb view according-to government-of-cu", ["government-of-cuba"]),
        ("kb view document=oa", ["oas-article"]),
        ("kb view uncontested cited-by us-congress-s", ["us-congress-s-2138"]),
        ("kb view document oas-article un", ["uncontested"]),
        ("kb view uncontested --against document=medical", ["medical-missions-report"]),
        ("kb view nothing x", []),
        ("kb query payments --view according-to=actor:government-of-cu", ["government-of-cuba"]),
        ("kb query payments --view uncontested=", []),
        ("kb figures figure:brazil-mission", ["brazil-mission-personnel-at-peak-20000-or-more"]),
        ("kb fig", ["figures"]),
    ],
)  # fmt: skip
def test_completion_in_bash(line: str, completions: list[str]) -> None:
    found = in_bash(line)
    assert found[: len(completions)] == completions if completions else not found


def test_bash_that_does_not_break_words_at_equals_signs_gets_the_whole_word() -> None:
    assert in_bash("kb query payments -p country=bo", before="COMP_WORDBREAKS=' '") == ["country=bolivia"]


def asked_by(shell: str, words: str, last: str) -> str:
    """The answer to a shell's question, by click's own class for it."""
    completion.install()
    kind = get_completion_class(shell)
    assert kind is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMP_WORDS", words)
        patch.setenv("COMP_CWORD", last)
        return kind(cli, {}, "kb", "_KB_COMPLETE").complete()


def test_completion_in_zsh_and_fish_says_what_a_value_is() -> None:
    words = "kb query payments -p country=bol"
    assert asked_by("zsh", words, "4").splitlines() == ["plain", "country=bolivia", "Bolivia"]
    assert asked_by("fish", words, "country=bol").splitlines()[0].split("\t") == ["plain,country=bolivia", "Bolivia"]
    assert "bash_complete" in get_completion_class("bash")(cli, {}, "kb", "_KB_COMPLETE").source()


# --- export

SCHEMA = "https://schema.org/"
TARGET = "https://example.org/sparql"


@pytest.fixture(scope="module")
def exported() -> rdflib.Graph:
    done = kb("queries", "export", "--format", "sib", "--target", TARGET)
    assert done.returncode == 0, done.stderr
    return rdflib.Graph().parse(data=done.stdout, format="turtle")


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_an_exported_query_is_complete_and_answers_as_its_example_does(
    query: bundled.Query, exported: rdflib.Graph, data: sources.MemorySource
) -> None:
    node = rdflib.URIRef(f"https://w3id.org/medical-missions/query/{query.name}")
    shacl, rdfs = rdflib.Namespace(PREFIXES["sh"]), rdflib.RDFS
    assert {shacl.SPARQLExecutable, shacl.SPARQLSelectExecutable} == set(exported.objects(node, rdflib.RDF.type))
    assert {(str(text), text.language) for text in exported.objects(node, rdfs.comment)} == {
        (query.questions[0], "en"), (query.questions[1], "es"),
    }  # fmt: skip
    assert query.subject in map(str, exported.objects(node, rdflib.URIRef(SCHEMA + "keywords")))
    assert list(exported.objects(node, rdflib.URIRef(SCHEMA + "target"))) == [rdflib.URIRef(TARGET)]
    (text,) = exported.objects(node, shacl.select)
    # As an editor would send it: nothing but the text, to an engine that is given no prefixes.
    rows = list(data._store.query(str(text)))
    done = kb(*shlex.split(query.example)[1:], "--format", "json")
    expected = json.loads(done.stdout)
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected, strict=True):
        assert ["" if term is None else term.value for term in row] == ["" if v is None else str(v) for v in as_text(wanted)]


def as_text(row: dict[str, object]) -> list[object]:
    return [{True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value for value in row.values()]


def test_the_export_declares_the_prefixes_that_it_uses(exported: rdflib.Graph) -> None:
    shacl = rdflib.Namespace(PREFIXES["sh"])
    (declarations,) = set(exported.objects(None, shacl.prefixes))
    declared = {
        str(exported.value(node, shacl.prefix)): str(exported.value(node, shacl.namespace))
        for node in exported.objects(declarations, shacl.declare)
    }
    assert declared["mm"] == PREFIXES["mm"] and declared.items() <= PREFIXES.items()
    assert not [node for node in exported.all_nodes() if isinstance(node, rdflib.BNode)]


@pytest.mark.parametrize("target", ["ftp://example.org", "example", "http://a b"])
def test_an_address_that_is_no_endpoint(target: str) -> None:
    done = kb("queries", "export", "--target", target)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--target" in done.stderr


def test_an_export_without_targets(tmp_path: Path) -> None:
    done = kb("queries", "export", "-o", str(tmp_path / "questions.ttl"))
    assert done.returncode == 0 and "schema.org/target" not in (tmp_path / "questions.ttl").read_text(encoding="utf-8")
    assert curie("https://w3id.org/medical-missions/query/evidence").startswith("https://")
