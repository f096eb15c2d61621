"""``kb load`` as its user runs it: what goes in, what stays out, and what the user is told."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import clear, fake_server, free_port, oxigraph_server

from kb import rdf
from kb.cli import main
from kb.stores import open_store
from kb.stores.spooling import GENID

GRAPH = "https://w3id.org/medical-missions/graph/"
HEAD = """\
@prefix actor: <https://w3id.org/medical-missions/id/actor/> .
@prefix mm: <https://w3id.org/medical-missions/ontology/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
ONTOLOGY = """
<https://w3id.org/medical-missions/ontology/> a owl:Ontology .
mm:Actor a owl:Class .
skos:prefLabel a owl:AnnotationProperty .
[] a owl:AllDisjointClasses ; owl:members ( mm:Actor mm:Place ) .
mm:Place a owl:Class .
"""
SHAPES = """
<https://w3id.org/medical-missions/shapes/ActorShape> a sh:NodeShape ;
    sh:name "actor"@en ; sh:targetClass mm:Actor ;
    sh:property <https://w3id.org/medical-missions/shapes/ActorLabelShape> .
<https://w3id.org/medical-missions/shapes/ActorLabelShape> a sh:PropertyShape ;
    sh:name "label"@en ; sh:message "An actor has a label."@en ; sh:path skos:prefLabel ; sh:minCount 1 .
"""


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small knowledge base of its own, with one rule; the tests run in its folder, and know no passwords."""
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))
    for name in ("KB_USER", "KB_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ontology", "data/registers", "shapes", "queries"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "ontology" / "kb.ttl").write_text(HEAD + ONTOLOGY)
    (tmp_path / "shapes" / "core.ttl").write_text(HEAD + SHAPES)
    (tmp_path / "data" / "registers" / "actors.ttl").write_text(actors("registered"))
    return tmp_path


def actors(*names: str) -> str:
    return HEAD + "".join(f'actor:{name} a mm:Actor ; skos:prefLabel "{name}"@en .\n' for name in names)


def process(base: Path, *arguments: object, input: str = "") -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "kb", "--project", str(base), *map(str, arguments)],
        cwd=base, input=input, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr and "unexpected error" not in done.stderr, done.stderr
    return done


def kb(base: Path, *arguments: object, input: str = "") -> subprocess.CompletedProcess[str]:
    """The same, sooner: the whole command, but within this process."""
    streams = [io.TextIOWrapper(io.BytesIO(content), encoding="utf-8") for content in (input.encode(), b"", b"")]
    before = sys.stdin, sys.stdout, sys.stderr
    with contextlib.chdir(base):
        sys.stdin, sys.stdout, sys.stderr = streams
        try:
            main(["--project", str(base), *map(str, arguments)])
        except SystemExit as exit:
            code = exit.code
        finally:
            sys.stdin, sys.stdout, sys.stderr = before
    texts = []
    for stream in streams[1:]:
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    assert "Traceback" not in texts[1] and "unexpected error" not in texts[1], texts[1]
    return subprocess.CompletedProcess(arguments, code, *texts)


def held(base: Path, name: str = "store") -> dict[str, int]:
    """The graphs of a store and how many triples each has; empty where there is no store."""
    if not (base / name).exists():
        return {}
    with open_store(base / name) as store:
        return {graph.removeprefix(GRAPH): store.count(graph) for graph in store.graphs()}


def labels(base: Path, name: str = "store") -> set[str]:
    with open_store(base / name) as store:
        query = "SELECT ?o WHERE { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?o }"
        return {row["o"].value for row in store.query(query)}


# What goes in


def test_without_files_the_whole_knowledge_base_is_loaded(base: Path) -> None:
    done = kb(base, "load", "--store", "store")
    assert done.stdout == (
        f"10  {GRAPH}ontology/kb\n 2  {GRAPH}data/registers/actors\n12 triples in 2 graphs loaded into store, read back and equal\n"
    ) and done.returncode == 0  # fmt: skip
    # The remark is that nothing names the one actor.
    assert done.stderr == (
        "1 remark short of a violation; `kb validate` shows them\n"
        "3 blank nodes got an IRI, so that loading again does not double it\n"
    )
    assert held(base) == {"ontology/kb": 10, "data/registers/actors": 2}


def test_loading_again_adds_nothing(base: Path) -> None:
    first = kb(base, "load", "--store", "store")
    before = held(base)
    second = kb(base, "load", "--store", "store")
    third = kb(base, "load", "--store", "store", "--replace")
    assert first.stdout == second.stdout == third.stdout and held(base) == before


def test_a_file_is_added_to_its_graph_or_replaces_it(base: Path) -> None:
    mine = base / "mine.ttl"
    mine.write_text(actors("one", "two"))
    assert kb(base, "load", mine, "--store", "store").returncode == 0
    mine.write_text(actors("two", "three"))
    done = kb(base, "load", mine, "--store", "store")
    assert done.stdout == f"4  {GRAPH}mine  (6 in the graph now)\n4 triples in 1 graph loaded into store, read back and equal\n"
    assert labels(base) == {"one", "two", "three"}
    done = kb(base, "load", mine, "--store", "store", "--replace")
    assert done.stdout == f"4  {GRAPH}mine\n4 triples in 1 graph loaded into store, read back and equal\n"
    assert labels(base) == {"two", "three"} and held(base) == {"mine": 4}


def test_folders_are_read_with_all_below_them(base: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "deep" / "er").mkdir(parents=True)
    (outside / "deep" / "one.ttl").write_text(actors("one"))
    (outside / "deep" / "er" / "two.nt").write_bytes(
        rdf.serialize(rdf.parse(actors("two"), format=rdf.RdfFormat.TURTLE), format=rdf.RdfFormat.N_TRIPLES)
    )
    (outside / "deep" / "notes.txt").write_text("not RDF")
    done = kb(base, "load", outside, "data", "--store", "store")
    assert done.returncode == 0, done.stderr
    assert held(base) == {"data/registers/actors": 2, "external/one": 2, "external/two": 2}


def test_standard_input_is_checked_and_loaded(base: Path) -> None:
    assert process(base, "load", "-", "--store", "store", input=actors("one")).returncode == 0
    assert held(base) == {"external/stdin": 2}
    done = kb(base, "load", "-", "--store", "store", input=HEAD + "actor:two a mm:Actor .")
    assert done.returncode == 1 and "<stdin>:7" in done.stderr and held(base) == {"external/stdin": 2}


def test_graphs_that_a_file_names_keep_their_names(base: Path) -> None:
    (base / "many.trig").write_text(
        actors("one") + 'GRAPH <https://example.org/g> { actor:two a mm:Actor ; skos:prefLabel "two"@en }\n'
        'GRAPH _:unnamed { actor:three a mm:Actor ; skos:prefLabel "three"@en }\n'
    )
    (base / "only.nq").write_text("<https://example.org/a> <https://example.org/p> <https://example.org/b> <https://example.org/h> .\n")
    done = kb(base, "load", "many.trig", "only.nq", "--store", "store", "--no-validate")
    assert done.returncode == 0
    found = held(base)
    [unnamed] = [graph for graph in found if graph.startswith(GENID)]
    assert found == {"many": 2, "https://example.org/g": 2, "https://example.org/h": 1, unnamed: 2}


def test_a_graph_of_the_users_choice(base: Path) -> None:
    (base / "a.ttl").write_text(actors("a"))
    (base / "b.ttl").write_text(actors("b"))
    done = kb(base, "load", "a.ttl", "b.ttl", "--graph", "https://example.org/mine", "--store", "store", "--replace")
    assert held(base) == {"https://example.org/mine": 4}
    assert done.stderr == "https://example.org/mine now holds 2 files together: a.ttl, b.ttl\n"


def test_blank_nodes_get_the_same_iris_each_time_and_stay_apart_between_files(base: Path) -> None:
    text = HEAD + "@prefix : <https://example.org/> . :x :p [ :q ( 1 2 ) ] , _:b . _:b :q 3 ."
    (base / "a.ttl").write_text(text)
    (base / "b.ttl").write_text(text + "\n")
    for _ in range(2):
        assert kb(base, "load", "a.ttl", "b.ttl", "--store", "store", "--no-validate").returncode == 0
    assert held(base) == {"a": 8, "b": 8}
    with open_store(base / "store") as store:
        nodes = {row["n"].value for row in store.query("SELECT ?n WHERE { { ?n ?p ?o } UNION { ?s ?p ?n } FILTER(!isLiteral(?n)) }")}
        assert len([node for node in nodes if node.startswith(GENID)]) == 8
        assert not any(row for row in store.query("SELECT ?s WHERE { ?s ?p ?o FILTER(isBlank(?s) || isBlank(?o)) }"))


def test_a_dry_run_counts_and_writes_nothing(base: Path) -> None:
    (base / "mine.ttl").write_text(actors("one"))
    for options in ((), ("--store", "store"), ("--endpoint", f"http://127.0.0.1:{free_port()}")):
        done = kb(base, "load", "mine.ttl", "--dry-run", *options)
        assert done.stdout == f"2  {GRAPH}mine\n2 triples in 1 graph; nothing was written (--dry-run)\n"
    assert held(base) == {}


def test_literals_that_the_store_takes_for_one_are_explained(base: Path) -> None:
    (base / "mine.ttl").write_text(HEAD + "<https://example.org/x> <https://example.org/p> 1.5 , 1.50 .")
    done = kb(base, "load", "mine.ttl", "--store", "store", "--no-validate")
    assert done.stdout.startswith(f"2  {GRAPH}mine  (1 in the graph now)")
    said = 'the store keeps 1 literal in another form of the same value, such as "1.50"^^xsd:decimal as "1.5"^^xsd:decimal\n'
    assert done.stderr == said


# What stays out


def test_a_broken_rule_keeps_everything_out(base: Path) -> None:
    (base / "good.ttl").write_text(actors("one"))
    (base / "bad.ttl").write_text(HEAD + "actor:two a mm:Actor .\n")
    done = kb(base, "load", "good.ttl", "bad.ttl", "--store", "store")
    assert done.returncode == 1 and held(base) == {} and done.stdout == ""
    assert "An actor has a label." in done.stderr and "bad.ttl:7" in done.stderr and "nothing was loaded" in done.stderr
    assert kb(base, "load", "good.ttl", "bad.ttl", "--store", "store", "--no-validate").returncode == 0
    assert held(base) == {"good": 2, "bad": 1}


BAD_FILES = {
    "syntax.ttl": ((HEAD + "actor:x a mm:Actor ; ; skos:prefLabel").encode(), "syntax.ttl:7:"),
    "latin.ttl": (actors("caf").encode() + 'actor:y skos:prefLabel "café"@en .'.encode("latin-1"), "latin.ttl:8:28: not valid UTF-8"),
    "bom.ttl": (b"\xef\xbb\xbf" + actors("one").encode(), "byte order mark"),
    "prefix.ttl": (b"actor:x a mm:Actor .", "prefix.ttl:1:"),
    "brackets.ttl": (b"[" * 1_000_000, "brackets.ttl:1:"),
    "page.rdf": (b"<html><body>", "page.rdf"),
    "deep.jsonld": (b"[" * 100_000, "deep.jsonld"),
    "nul.ttl": (b"\x00\x00", "nul.ttl:1:"),
    "cut.nq": (b"<https://example.org/a> <https://example.org/p>", "cut.nq:1:"),
}


@pytest.mark.parametrize("check", [(), ("--no-validate",)], ids=["checked", "unchecked"])
@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_be_read_keeps_everything_out(base: Path, name: str, check: tuple[str, ...]) -> None:
    content, said = BAD_FILES[name]
    (base / name).write_bytes(content)
    (base / "good.ttl").write_text(actors("one"))
    done = kb(base, "load", "good.ttl", name, "--store", "store", *check)
    assert (done.returncode, done.stdout) == (3, "") and said in done.stderr and len(done.stderr) < 1500
    assert held(base) == {}


@pytest.mark.parametrize("check", [(), ("--no-validate",)], ids=["checked", "unchecked"])
def test_what_is_missing_or_empty(base: Path, check: tuple[str, ...]) -> None:
    (base / "empty").mkdir()
    (base / "nothing.ttl").write_text("")
    for arguments, code, said in (
        (["missing.ttl"], 3, "missing.ttl: no such file"),
        (["missing.ttl", "gone.ttl"], 3, "gone.ttl: no such file"),
        (["empty"], 3, "no RDF file in this folder"),
        (["nothing.ttl"], 0, ""),
    ):
        done = kb(base, "load", *arguments, "--store", "store", *check)
        assert done.returncode == code and said in done.stderr, done.stderr
    assert held(base) in ({}, {"nothing": 0})


def test_a_load_that_fails_leaves_a_store_as_it_was(base: Path) -> None:
    kb(base, "load", "--store", "store")
    before = held(base)
    (base / "bad.ttl").write_text("oops")
    (base / "rule.ttl").write_text(HEAD + "actor:two a mm:Actor .\n")
    (base / "good.ttl").write_text(actors("one"))
    for bad, code in (("bad.ttl", 3), ("rule.ttl", 1), ("missing.ttl", 3)):
        assert kb(base, "load", "good.ttl", bad, "--store", "store", "--replace").returncode == code
    assert held(base) == before


def test_a_thousand_thousand_brackets_that_close(base: Path) -> None:
    depth = 1_000_000
    (base / "deep.ttl").write_text("<https://example.org/a> <https://example.org/p> " + "[<https://example.org/p> " * depth + "1" + "]" * depth + " .")
    done = kb(base, "load", "deep.ttl", "--store", "store")
    assert done.returncode == 3 and "nested more than" in done.stderr and held(base) == {}


# Stores that cannot be used


def test_a_place_that_cannot_hold_a_store(base: Path) -> None:
    (base / "mine.ttl").write_text(actors("one"))
    for place, said in (("mine.ttl", "Not a directory"), ("mine.ttl/store", "Not a directory"), ("data", "holds other files")):
        done = kb(base, "load", "mine.ttl", "--store", place)
        assert done.returncode == 4 and said in done.stderr and done.stderr.count("\n") == 1
    assert sorted(path.name for path in (base / "data").iterdir()) == ["registers"]


def test_a_folder_that_may_not_be_written(base: Path) -> None:
    kb(base, "load", "--store", "store")
    before = held(base)
    if os.geteuid() == 0:  # whom no file's mode keeps out; but nobody makes folders here
        places = ["/proc/kb-store", "/proc/self/kb-store"]
    else:
        (base / "closed").mkdir(mode=0o500)
        (base / "store").chmod(0o500)
        places = ["closed/store", "store"]
    for place in places:
        done = kb(base, "load", "--store", place)
        assert (done.returncode, done.stdout) == (4, "") and f"\nkb: {place}: " in f"\n{done.stderr}"
    (base / "store").chmod(0o700)
    assert held(base) == before


FULL = (
    "import resource, sys; from kb.cli import main\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); main(sys.argv[1:])\n"
)


@pytest.mark.parametrize("exists", [False, True])
def test_a_full_disk(base: Path, exists: bool) -> None:
    pytest.importorskip("resource", reason="this system has no limit on the size of files to test with")
    if exists:
        kb(base, "load", "--store", "store")
    before = held(base)
    (base / "many.ttl").write_text(actors(*(f"n{number * 7919 % 10007}" for number in range(5000))))
    done = subprocess.run(
        [sys.executable, "-c", FULL, "--project", str(base), "load", "many.ttl", "--store", "store", "--no-validate"],
        cwd=base, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 4 and done.stderr.startswith("kb: many.ttl: cannot be made ready to be loaded: ") and done.stderr.count("\n") == 1
    assert held(base) == before and {path.name for path in base.iterdir() if path.name.startswith(".")} == set()


def test_no_file_is_left_half_made_and_the_engines_own_are_hidden_by_none(base: Path) -> None:
    kb(base, "load", "--store", "deep/er/store")
    assert os.listdir(base / "deep" / "er") == ["store"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say where to load: --store DIR or --endpoint URL"),
        (["--store", "s", "--endpoint", "http://localhost"], "exclude each other"),
        (["--store", "s", "--via", "update"], "go with --endpoint"),
        (["--store", "s", "--graph", "not an iri"], "--graph takes an absolute IRI"),
        (["--store", "s", "--graph", "relative"], "--graph takes an absolute IRI"),
        (["--endpoint", "localhost:7878"], "not the http or https URL"),
        (["--endpoint", "http://me:pw@localhost"], "KB_USER"),
        (["--store", "s", "--replce"], "No such option"),
    ],
)
def test_a_request_that_makes_no_sense(base: Path, arguments: list[str], said: str) -> None:
    done = kb(base, "load", *arguments)
    assert done.returncode == 2 and said in done.stderr and not (base / "s").exists()


# Servers


@pytest.fixture(scope="module")
def oxigraph() -> Iterator[str]:
    with oxigraph_server() as url:
        yield url


@pytest.mark.parametrize("via", ["graph-store", "update"])
def test_a_running_server_is_filled_and_asked(base: Path, oxigraph: str, via: str) -> None:
    clear(oxigraph)
    for _ in range(2):
        done = kb(base, "load", "--endpoint", oxigraph, "--via", via)
        assert done.stdout.endswith(f"12 triples in 2 graphs loaded into {oxigraph}, read back and equal\n"), done.stderr
    (base / "data" / "registers" / "actors.ttl").write_text(actors("new"))
    assert kb(base, "load", "data", "--endpoint", oxigraph, "--via", via, "--replace").returncode == 0
    done = process(base, "query", "-q", "SELECT ?label WHERE { ?x skos:prefLabel ?label }", "--endpoint", oxigraph)
    assert done.stdout.split() == ["label", "new"], done.stderr


@pytest.mark.parametrize("status", [500, 401, 404])
def test_a_server_that_fails(base: Path, status: int) -> None:
    with fake_server(lambda request: request.answer(status, b"out of order", WWW_Authenticate='Basic realm="x"')) as (url, _):
        done = kb(base, "load", "--endpoint", url, "--replace")
    assert (done.returncode, done.stdout) == (4, "") and "loading stopped at" in done.stderr
    assert "loaded into" not in done.stderr


def test_a_server_that_is_down(base: Path) -> None:
    done = kb(base, "load", "--endpoint", f"http://127.0.0.1:{free_port()}")
    assert (done.returncode, done.stdout) == (4, "") and "connection refused" in done.stderr


def test_a_password_is_used_and_never_shown(base: Path, oxigraph: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def behave(request) -> None:
        if request.headers.get("Authorization") != "Basic bWU6c2VjcmV0":
            request.answer(401, b"who are you?", WWW_Authenticate='Basic realm="x"')
        else:
            request.forward(oxigraph)

    with fake_server(behave) as (url, _):
        monkeypatch.setenv("KB_USER", "me")
        for password, code in (("secret", 0), ("sesame", 4)):
            monkeypatch.setenv("KB_PASSWORD", password)
            done = kb(base, "load", "data", "--endpoint", url, "--replace")
            assert done.returncode == code and password not in done.stdout + done.stderr
