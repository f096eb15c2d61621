"""``kb query`` and ``kb queries`` as they are used: answers, streams, exit codes, messages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import small_project
from small_project import Done, kb, process

from kb import rdf, sandbox
from kb.errors import StoreError, UsageError
from kb.queries import deadline


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_project.build(tmp_path_factory.mktemp("project"))


def refused(done: Done, code: int, *words: str) -> None:
    """One clear message on stderr, nothing on stdout, no traceback."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("kb: ")
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


# --- bundled queries and their parameters


@pytest.mark.parametrize(
    "value",
    [
        "place:norland",
        "norland",
        "NORDICA",
        "nl-1",
        "<https://w3id.org/medical-missions/id/place/norland>",
        "https://w3id.org/medical-missions/id/place/norland",
    ],
)
def test_an_entity_is_named_by_identifier_or_label(project: Path, value: str) -> None:
    done = kb("query", "missions-in", "-p", f"country={value}", project=project)
    assert (done.returncode, done.stdout) == (0, "mission,country\nNight ferries,Norland\n")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("place:norlnd", ["there is no place:norlnd", "did you mean place:norland (Norland)?"]),
        ("norlnad", ["no place is called 'norlnad'", "did you mean place:norland (Norland)?"]),
        ("Twin", ["may be any of these", "place:twin-a", "place:twin-b"]),
        ("actor:ministry", ["of the kind place", "actor:ministry is not one"]),
        ("<a b>", ["is not an IRI"]),
        ("", ["no place is called ''"]),
    ],
)
def test_an_entity_that_cannot_be_told(project: Path, value: str, words: list[str]) -> None:
    refused(kb("query", "missions-in", "-p", f"country={value}", project=project), 2, *words)


def test_a_missing_parameter_is_named_with_its_type_and_an_example(project: Path) -> None:
    done = kb("query", "missions-in", project=project)
    refused(done, 2, "country", "(place, the host country)", "kb query missions-in -p country=place:norland")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missions-im"], ["no query named 'missions-im'", "did you mean missions-in?"]),
        (["../competency/missions-in"], ["no query named"]),
        (["missions-in", "-p", "contry=norland"], ["no parameter 'contry'", "did you mean country?"]),
        (["nothing", "-p", "country=norland"], ["no parameter 'country'", "it has none"]),
        (["missions-in", "-p", "country"], ["name=value"]),
        (["missions-in", "-p", "country=a", "-p", "country=b"], ["'country' is given twice"]),
        (["said-by", "-p", "most=many"], ["'most' is of type integer", "'many' is not"]),
        ([], ["give one query"]),
        (["missions-in", "-q", "ASK {}"], ["give one query"]),
        (["-q", "ASK {}", "--data", "a.ttl", "--store", "b"], ["--data, --store or --endpoint"]),
        (["-q", "ASK {}", "--timeout", "nan"], ["--timeout"]),
        (["-q", "ASK {}", "--format", "srj", "--labels"], ["--labels"]),
        (["-q", "ASK {}", "--format", "json", "--ids"], ["--ids"]),
        (["missions-in", "-p", "country=norland", "--no-labels", "--ids"], ["--ids"]),
        (["missions-in", "-p", "country=norland", "--cite"], ["no column of this answer has claims"]),
        (["-q", "ASK {}", "--cite"], ["--cite goes with a SELECT"]),
        (["-q", "ASK {}", "-p", "x=1"], ["no variable ?x"]),
        (["-q", "ASK {}", "--format", "ttl"], ["true or false", "table, csv"]),
        (["-q", "SELECT * {}", "--format", "ttl"], ["gives rows"]),
        (["-q", "CONSTRUCT {} {}", "--format", "csv"], ["gives triples", "ttl, nt"]),
    ],
)
def test_usage(project: Path, arguments: list[str], words: list[str]) -> None:
    refused(kb("query", *arguments, project=project), 2, *words)


def test_defaults_options_and_the_readers_language(project: Path) -> None:
    everything = kb("query", "said-by", project=project)
    assert [line.partition(",")[0] for line in everything.stdout.splitlines()[1:]] == [
        "Harbour Union",
        "Ministry of Ferries",
        "Ministry of Ferries",
    ]
    spanish = kb("query", "said-by", "-p", "actor=ministerio de transbordadores", "--lang", "es", project=project)
    assert spanish.stdout.splitlines()[1:] == [
        "Ministerio de Transbordadores,Que los pilotos cobran poco.,claim:letter-002-1"
    ]
    none = kb("query", "said-by", "-p", "most=0", "--fail-if-empty", project=project)
    assert (none.returncode, none.stdout) == (1, "actor,gloss,claim\n")


def test_an_empty_answer_is_a_success(project: Path) -> None:
    assert kb("query", "nothing", project=project).returncode == 0
    assert kb("query", "nothing", "--fail-if-empty", project=project).returncode == 1


@pytest.mark.parametrize(
    "value",
    [
        'x" } ; DROP ALL #',
        "x> } UNION { ?mission ?p ?country } #",
        "norland) } SERVICE <http://127.0.0.1:9/> { ?a ?b ?c",
        "a\nb\r\tc \\ ' \" ''' \"\"\" { } ?country $x",
        "\\u0022 } #",
        "\x1b[31m",
    ],
)
def test_a_value_stays_a_value(project: Path, value: str) -> None:
    """Whatever it holds, a string parameter comes back as that string, and an entity is looked for under that name."""
    echo = kb("query", "-q", "SELECT ?x WHERE { }", "-p", f'x="{_escaped(value)}"', "--format", "json", project=project)
    assert json.loads(echo.stdout) == [{"x": value}], echo.stderr
    typed = "# param: x type=string\nSELECT ?x WHERE { { SELECT * WHERE { FILTER(BOUND(?x)) } } }"
    echo = kb("query", "-", "-p", f"x={value}", "--format", "srj", project=project, stdin=typed)
    assert json.loads(echo.stdout)["results"]["bindings"] == [{"x": {"type": "literal", "value": value}}]
    refused(kb("query", "missions-in", "-p", f"country={value}", project=project), 2)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


# --- one's own queries


def test_own_query_from_every_place(project: Path, tmp_path: Path) -> None:
    text = "SELECT ?m WHERE { ?m a mm:Mission } ORDER BY ?m"
    (tmp_path / "own.rq").write_text(text)
    expected = "m\nDay ferries\nNight ferries\n"
    assert kb("query", "-q", text, project=project).stdout == expected
    assert kb("query", "-f", str(tmp_path / "own.rq"), project=project).stdout == expected
    assert kb("query", "-", project=project, stdin=text).stdout == expected


def test_own_query_with_a_value_as_it_looks(project: Path) -> None:
    def bound(value: str) -> dict:
        done = kb("query", "-q", "SELECT ?x {}", "-p", f"x={value}", "--format", "srj", project=project)
        return json.loads(done.stdout)["results"]["bindings"][0]["x"]

    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert bound("place:norland") == {"type": "uri", "value": "https://w3id.org/medical-missions/id/place/norland"}
    assert bound("5") == {"type": "literal", "value": "5", "datatype": xsd + "integer"}
    assert bound('"5"') == {"type": "literal", "value": "5"}
    assert bound('"cinco"@es') == {"type": "literal", "value": "cinco", "xml:lang": "es"}
    assert bound('"2019"^^xsd:gYear') == {"type": "literal", "value": "2019", "datatype": xsd + "gYear"}
    assert bound("plain words") == {"type": "literal", "value": "plain words"}


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("SELECT ?c\nWHERE { ?c a mm:Claim } ORDR BY ?c", "query:2:25:", ["'ORDR'", "did you mean ORDER?", "^"]),
        ("SELECT ?c WHERE { ?c a mm:Claim", "query:1:17:", ["'{' is never closed"]),
        ("SELECT ?c WHERE { ?c a mm:Claim }}", "query:1:34:", ["'}' closes nothing"]),
        ("SELECT ?c WHERE { ?c skos:prefLabel \"a }", "query:1:37:", ["this string is never closed"]),
        ("SELECT ?c WHERE { ?c a scos:Concept }", "query:1:24:", ["unknown prefix 'scos:'", "did you mean skos?"]),
        ("SELECT ?c WHERE { ?c a <rel> }", "query:1:", ["--base"]),
        ("INSERT DATA { <http://e/a> <http://e/b> 1 }", "query:1:1:", ["INSERT", "kb load"]),
        ("SELCT * {}", "query:1:1:", ["did you mean SELECT?"]),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "query:1:12:", ["SERVICE"]),
        ("SELECT * { SER\\u0056ICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "query:1:12:", ["SERVICE"]),
        ("SELECT * FROM <http://example.org/g> { ?s ?p ?o }", "query:1:15:", ["no graph <http://example.org/g>"]),
        ("SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }", "query:1:21:", ["no graph"]),
        ("", "query: ", ["is empty"]),
        ("SELECT * WHERE " + "{" * 3000 + "}" * 3000, "query:1:116:", ["nested more than 100 deep"]),
        ("SELECT (1" + "+1" * 7000 + " AS ?x) {}", "query:1:", ["more than 1,000 operators"]),
        ("SELECT * { {}" + " UNION {}" * 7000 + "}", "query:1:", ["more than 1,000 operators"]),
        ("SELECT * { FILTER(" + "!" * 12000 + "true) }", "query:1:", ["more than 1,000 operators"]),
        ("SELECT * { VALUES ?x { " + "1 " * 600_000 + "} }", "query: ", ["1,200,", "characters"]),
    ],
)
def test_what_the_query_says_wrong_is_shown_at_its_place(
    project: Path, text: str, where: str, words: list[str]
) -> None:
    refused(kb("query", "-", project=project, stdin=text), 3, where.replace("query", "<stdin>"), *words)


def test_a_query_file_that_cannot_be_read(project: Path, tmp_path: Path) -> None:
    (tmp_path / "latin.rq").write_bytes(b"SELECT * { ?s ?p 'caf\xe9' }")
    (tmp_path / "bom.rq").write_bytes(b"\xef\xbb\xbfSELECT * {}")
    (tmp_path / "empty.rq").write_bytes(b"")
    for name, word in (
        ("none.rq", "no such file"),
        (".", "folder"),
        ("latin.rq", "latin.rq:1:22: not valid UTF-8"),
        ("bom.rq", "BOM"),
        ("empty.rq", "empty"),
    ):
        refused(kb("query", "-f", str(tmp_path / name), project=project), 3, word)


def test_unknown_terms_are_told_before_an_empty_answer(project: Path) -> None:
    text = "SELECT ?c WHERE { ?c a mm:Clam ; mm:inPlace place:norlnd } ORDER BY ?c"
    done = kb("query", "-q", text, project=project)
    assert (done.returncode, done.stdout) == (0, "c\n")
    assert "the ontology has no mm:Clam; did you mean mm:Claim" in done.stderr
    assert "the data has no place:norlnd; did you mean place:norland?" in done.stderr
    assert "warning" not in kb("query", "-q", text, "--data", str(project / "data"), project=project).stderr


def test_a_time_out_ends_the_process_and_is_no_empty_answer(project: Path) -> None:
    for text in (
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
        "SELECT * { " + " . ".join("?s ?p ?o" for _ in range(400)) + " }",  # hours in the planner
    ):
        refused(process("query", "-q", text, "--timeout", "0.5", project=project), 4, "no answer within 0.5 s", "--timeout")


def test_a_death_by_signal_is_told() -> None:
    with pytest.raises(StoreError, match="SIGKILL"):
        deadline.run(lambda: os.kill(os.getpid(), signal.SIGKILL), timeout=30)


def test_errors_come_back_from_the_child() -> None:
    def unusable() -> None:
        raise UsageError("told as it is")

    with pytest.raises(UsageError, match="^told as it is$"):
        deadline.run(unusable, timeout=30)
    with pytest.raises(sandbox.UnexpectedError, match="ZeroDivisionError"):
        deadline.run(lambda: 1 // 0, timeout=30)


def test_too_much_memory_is_told() -> None:
    """In a process as small as a command's: the tests' own has a large part of what is allowed by now."""
    doubling = " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40))
    text = f"SELECT (STRLEN(?x40) AS ?n) {{ BIND('aaaaaaaa' AS ?x0) {doubling} }}"
    code = f"""
from kb import rdf
from kb.errors import StoreError
from kb.queries import deadline
for work in (lambda: len(list(rdf.Store().query({text!r}))), lambda: len(b"x" * 2**31)):
    try:
        deadline.run(work, timeout=30, memory=1)
    except StoreError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert [" more memory than the 1 GiB allowed" in line for line in done.stdout.splitlines()] == [True, True], done.stdout


# --- what is asked


def test_given_files_replace_the_data(project: Path, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<http://e/a> <http://e/p> 1 . <http://e/a> <http://e/p> 2 .")
    (tmp_path / "b.ttl").write_text("<http://e/a> <http://e/p> 1 .")
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    a, b = str(tmp_path / "a.ttl"), str(tmp_path / "b.ttl")
    assert kb("query", "-q", count, "--data", a, "--data", b, project=project).stdout == "n\n2\n"
    assert kb("query", "-q", count, "--data", str(tmp_path), project=project).stdout == "n\n2\n"
    # A graph of one's own is a named graph, and only that.
    named = ["--data", f"http://e/g={a}", "--data", b]
    assert kb("query", "-q", count, *named, project=project).stdout == "n\n1\n"
    text = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    assert kb("query", "-q", text, *named, project=project).stdout == "g,n\nhttp://e/g,2\n"
    text = "SELECT ?o FROM <http://e/g> { ?s ?p ?o } ORDER BY ?o"
    assert kb("query", "-q", text, *named, project=project).stdout == "o\n1\n2\n"
    lonely = kb("query", "-q", "SELECT * { ?s ?p ?o }", "--data", f"http://e/g={a}", project=project)
    assert (lonely.stdout, "GRAPH ?g" in lonely.stderr) == ("s,p,o\n", True)


def test_a_triple_of_two_bundled_files_counts_once(project: Path, tmp_path: Path) -> None:
    root = small_project.build(tmp_path / "kb")
    (root / "data" / "again.ttl").write_text(small_project.PREFIXES + "mission:night-ferries a mm:Mission .")
    text = "SELECT (COUNT(*) AS ?n) { ?m a mm:Mission }"
    assert kb("query", "-q", text, project=root).stdout == "n\n2\n"
    text = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { mission:night-ferries a mm:Mission } }"
    assert kb("query", "-q", text, project=root).stdout == "n\n2\n"


def test_data_that_cannot_be_read(project: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<http://e/a> <http://e/p>\n  1 2 .")
    (tmp_path / "empty").mkdir()
    ask = ["query", "-q", "ASK { ?s ?p ?o }", "--data"]
    refused(kb(*ask, str(tmp_path / "bad.ttl"), project=project), 3, "bad.ttl:2:", "^")
    refused(kb(*ask, str(tmp_path / "none.ttl"), project=project), 3, "no such file")
    refused(kb(*ask, str(tmp_path / "empty"), project=project), 3, "no RDF file")
    refused(kb(*ask, f"http://e/g={tmp_path / 'none.ttl'}", project=project), 3, "no such file")


def test_relative_iris_have_the_base(project: Path, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<a> <p> <b> .")
    done = kb(
        "query", "-q", "SELECT ?o { <a> <p> ?o }", "--base", "http://e/x/", "--data", str(tmp_path / "a.ttl"),
        project=project,
    )  # fmt: skip
    assert done.stdout == "o\nhttp://e/x/b\n"


def test_relative_iris_in_a_file_with_an_iri_stand_against_that(project: Path, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<> <p> <b> .")
    text = "SELECT ?s ?o { GRAPH <http://e/d/g.ttl> { ?s <http://e/d/p> ?o } }"
    for base in ([], ["--base", "http://e/x/q.rq"]):
        done = kb("query", "-q", text, *base, "--data", f"http://e/d/g.ttl={tmp_path / 'a.ttl'}", project=project)
        assert done.stdout == "s,o\nhttp://e/d/g.ttl,http://e/d/b\n", done.stderr


def test_a_store_in_a_folder(project: Path, tmp_path: Path) -> None:
    from kb.stores import GraphContent, open_store

    node = rdf.NamedNode("https://w3id.org/medical-missions/id/place/norland")
    label = rdf.Triple(node, rdf.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel"), rdf.Literal("Norland"))
    with open_store(tmp_path / "store", write=True) as store:
        store.write([GraphContent("http://e/g", [label])])
    asked = ["--store", str(tmp_path / "store"), "--format", "csv"]
    assert kb("query", "-q", "SELECT ?s { ?s skos:prefLabel ?l }", *asked, project=project).stdout == "s\nNorland\n"
    bad = kb("query", "-q", "SELECT ?s\n{ ?s foo:x ?l }", *asked, project=project)
    refused(bad, 3, "query:2:6:")
    bad = kb("query", "-q", "SELECT ?s\n{ ?s a ?l ?m }", *asked, project=project)
    refused(bad, 3, "query:2:")
    refused(kb("query", "-q", "ASK {}", "--store", str(tmp_path / "none"), project=project), 4, "none")
    refused(kb("query", "-q", "ASK {}", "--endpoint", "http://127.0.0.1:9/query", project=project), 4, "127.0.0.1:9")


# --- the answer's way out


def test_the_output_file_is_whole_or_as_it_was(project: Path, tmp_path: Path) -> None:
    target = tmp_path / "answer.json"
    text = "SELECT ?m { ?m mm:inPlace ?p . ?m skos:prefLabel ?l } ORDER BY ?m"
    done = kb("query", "-q", text, "-o", str(target), project=project)
    assert (done.returncode, done.stdout) == (0, "")
    assert [row["m"].rpartition("/")[2] for row in json.loads(target.read_text())] == ["day-ferries", "night-ferries"]
    before = target.read_bytes()
    refused(kb("query", "-q", "SELECT * {", "-o", str(target), project=project), 3)
    assert target.read_bytes() == before
    refused(kb("query", "-q", text, "-o", str(tmp_path / "no" / "where.csv"), project=project), 3, "where.csv")
    refused(kb("query", "-q", text, "-o", str(tmp_path), project=project), 3, str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["answer.json"]


def test_a_full_disk_is_told(project: Path) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kb", "--project", str(project), "query", "-q", "ASK {}"],
            stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
    assert b"No space left" in done.stderr


def test_a_limit_is_told(project: Path) -> None:
    done = kb("query", "-q", "SELECT ?c { ?c a mm:Claim } ORDER BY ?c", "--limit", "2", project=project)
    assert len(done.stdout.splitlines()) == 3
    assert "only the first 2 rows" in done.stderr and "ORDER BY" not in done.stderr
    done = kb("query", "-q", "SELECT ?c { ?c a mm:Claim }", "--limit", "2", project=project)
    assert "no ORDER BY" in done.stderr
    done = kb("query", "-q", "SELECT ?c { ?c a mm:Claim }", "--limit", "3", project=project)
    assert done.stderr == ""
    assert done.stdout.splitlines()[1:] == ["claim:letter-001-1", "claim:letter-002-1", "claim:letter-002-2"]


def test_the_terminal_gets_a_fitted_table(project: Path) -> None:
    pty = pytest.importorskip("pty")
    command = f"COLUMNS=40 {sys.executable} -m kb --project {project} query"
    script = f"{command} said-by --lang es; {command} -q 'SELECT ?a {{ ?a a mm:Actor }} ORDER BY ?a'"
    reader, writer = pty.openpty()
    process = subprocess.Popen(["sh", "-c", script], stdout=writer, stderr=subprocess.DEVNULL)
    os.close(writer)
    output = b""
    while True:
        try:
            chunk = os.read(reader, 4096)
        except OSError:
            break
        if not chunk:
            break
        output += chunk
    assert process.wait() == 0
    text = output.decode().replace("\r\n", "\n")
    assert "─" in text and "gloss  Que los pilotos cobran poco." in text
    assert max(len(line) for line in text.splitlines()) <= 40
    assert "\x1b" not in text and "\x9b" not in text and "\u202e" not in text


# --- kb queries


def test_the_list_of_queries(project: Path) -> None:
    assert kb("queries", "--lang", "es", project=project).stdout.splitlines() == [
        "subject,name,question",
        "comprobaciones,nothing,¿Hay algo que no hay?",
        'claims,said-by,"¿Qué dice cada actor, o uno de ellos?"',
        "missions,missions-in,¿Qué misiones hay en un país?",
    ]
    listed = json.loads(kb("queries", "--format", "json", project=project).stdout)
    assert listed[1]["parameters"][2] == {
        "name": "most", "type": "integer", "kinds": [], "default": "10", "required": False,
        "description": {"en": "how many", "es": "cuántas"}, "values": None,
    }  # fmt: skip


def test_one_query_shown(project: Path) -> None:
    shown = kb("queries", "show", "said-by", project=project).stdout
    for part in (
        "What does each actor say, or one of them, in the language of the reader?",
        "¿Qué dice cada actor, o uno de ellos?",
        "actor  actor, may be left out",
        "most  integer, default 10",
        "Note: Claims without a gloss are left out.",
        "Example: kb query said-by -p actor=ministry",
        "FILTER(LANG(?gloss) = ?lang",
    ):
        assert part in shown
    refused(kb("queries", "show", "sad-by", project=project), 2, "did you mean said-by?")


CLAIMS = "SELECT ?claim ?claimant WHERE { ?claim mm:claimant ?claimant } ORDER BY ?claim"


def test_citing_tells_where_each_claim_stands_and_what_it_cites(project: Path) -> None:
    done = kb("query", "-q", CLAIMS, "--cite", "--format", "csv", project=project)
    assert done.stdout.splitlines() == [
        "claim,claimant,document,passage,characters,works",
        "claim:letter-001-1,Harbour Union,Letter on ferries,passage:letter-001,0–55,Harbour Union: Tide survey",
        "claim:letter-002-1,Ministry of Ferries,Letter on ferries,passage:letter-002,,",
        "claim:letter-002-2,Ministry of Ferries,Letter on ferries,passage:letter-002,,",
    ]
    row = json.loads(kb("query", "-q", CLAIMS, "--cite", "--format", "jsonl", "--limit", "1", project=project).stdout)
    assert row["document"] == "https://w3id.org/medical-missions/id/document/letter" and row["works"] == "https://w3id.org/medical-missions/id/work/tide-survey"


def test_citing_of_several_claims_a_row_names_the_columns_after_them(project: Path) -> None:
    query = "SELECT ?denial ?answered ?document WHERE { ?denial mm:respondsTo ?answered . BIND(1 AS ?document) }"
    done = kb("query", "-q", query, "--cite", "--format", "csv", project=project)
    assert done.stdout.splitlines()[0] == (
        "denial,answered,document,denialDocument,denialPassage,denialCharacters,denialWorks,"
        "answeredDocument,answeredPassage,answeredCharacters,answeredWorks"
    )
    one = kb("query", "-q", "SELECT ?claim (1 AS ?works) WHERE { ?claim a mm:Denial }", "--cite", "--format", "csv", project=project)
    assert one.stdout.splitlines()[0] == "claim,works,document,passage,characters,citedWorks"
    empty = kb("query", "-q", "SELECT ?claim WHERE { ?claim a mm:Nothing }", "--cite", "--format", "csv", project=project)
    assert (empty.returncode, empty.stdout) == (0, "claim\n")


def test_identifiers_and_labels_beside_each_other(project: Path) -> None:
    asked = ["query", "missions-in", "-p", "country=norland"]
    assert kb(*asked, "--ids", "--format", "csv", project=project).stdout.splitlines() == [
        "mission,missionId,country,countryId",
        "Night ferries,mission:night-ferries,Norland,place:norland",
    ]
    row = json.loads(kb(*asked, "--labels", "--lang", "es", "--format", "jsonl", project=project).stdout)
    assert (row["countryLabel"], row["country"]) == ("Nórdica", "https://w3id.org/medical-missions/id/place/norland")
    assert "countryLabel" not in json.loads(kb(*asked, "--format", "jsonl", project=project).stdout)


def test_relative_names_of_graphs_stand_against_the_base(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<http://example.org/s> <http://example.org/p> 1 .\n")
    data = ["--data", f"http://example.org/graphs/a={tmp_path / 'a.ttl'}"]
    ask = "SELECT ?o FROM <a> WHERE { ?s ?p ?o }"
    for given, text in ((["--base", "http://example.org/graphs/"], ask), ([], f"BASE <http://example.org/graphs/x> {ask}")):
        done = kb("query", "-q", text, *given, *data, "--format", "csv")
        assert done.stdout == "o\n1\n", done.stderr
    refused(kb("query", "-q", ask, "--base", "http://example.org/", *data), 3, "there is no graph <http://example.org/a>")
