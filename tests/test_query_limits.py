"""Answers from a store end with their time or their memory, and reach nothing that the asker did not name."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import small_project

from kb import rdf
from kb.stores import open_store

GRAPH = "https://w3id.org/medical-missions/graph/external/many"
ENDLESS = {
    "rows that come one by one": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STR(?a) = STR(?l)) }",
    "one row at the end": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "triples": "CONSTRUCT { ?a ?b ?l } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "no row ever": "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STR(?a) = STR(?l)) }",
    "a plan that takes hours": "SELECT * { " + " . ".join("?s ?p ?o" for _ in range(400)) + " }",
}
SPELLINGS = ("SERVICE", "sErViCe", r"SER\u0056ICE", r"\U00000053ERVICE", "SERVICE SILENT", "SERVICE # away\n")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small knowledge base, and a store with many triples."""
    folder = tmp_path_factory.mktemp("limits")
    link = rdf.NamedNode("https://example.org/p")
    with open_store(folder / "store", write=True) as store:
        store.add(GRAPH, [rdf.Triple(rdf.NamedNode(f"https://example.org/s{n}"), link, rdf.Literal(str(n))) for n in range(3000)])
    return small_project.build(folder / "kb"), folder / "store"


def asked(world: tuple[Path, Path], *arguments: str, own_project: bool = True) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, which the engine may take with it."""
    project, store = world
    chosen = ["--project", str(project)] if own_project else []
    return subprocess.run(
        [sys.executable, "-m", "kb", *chosen, *arguments, "--store", str(store)], capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_a_question_of_a_store_ends_in_time(world: tuple[Path, Path], text: str) -> None:
    started = time.monotonic()
    done = asked(world, "query", "-q", text, "--timeout", "0.5")
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert "no answer within 0.5 s" in done.stderr and "--timeout" in done.stderr
    assert time.monotonic() - started < 30


def test_what_a_store_is_asked_has_a_memory_limit(world: tuple[Path, Path]) -> None:
    text = "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i"
    done = asked(world, "query", "-q", text, "--memory", "0.5")
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert "more memory than the 0.5 GiB allowed" in done.stderr and "--memory" in done.stderr


def test_a_bundled_question_of_a_store_has_both(world: tuple[Path, Path]) -> None:
    project, _ = world
    endless = project / "queries" / "reports" / "endless.rq"
    endless.parent.mkdir(parents=True, exist_ok=True)
    header = "# question@en: Does it end?\n# question@es: ¿Acaba?\n# subject: checks\n# example: kb query endless\n"
    try:
        endless.write_text(header + ENDLESS["one row at the end"])
        done = asked(world, "query", "endless", "--timeout", "0.5")
        assert (done.returncode, "no answer within 0.5 s" in done.stderr) == (4, True), done.stderr
        endless.write_text(header + "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i")
        done = asked(world, "query", "endless", "--memory", "0.5")
        assert (done.returncode, "0.5 GiB allowed" in done.stderr) == (4, True), done.stderr
    finally:
        endless.unlink()


@pytest.mark.parametrize("command", [["show", "place:norland"], ["search", "north"], ["figures"], ["view", "uncontested"]], ids=lambda c: c[0])
def test_pages_and_lists_end_in_time_and_memory(world: tuple[Path, Path], command: Sequence[str]) -> None:
    done = asked(world, *command, "--timeout", "0.000001", own_project=False)
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert "no answer within 1e-06 s" in done.stderr
    # The more there is, the further it comes: Python, the system, the C library and the engine each say it in their own way.
    for memory in ("0.01", "0.04", "0.07", "0.09"):
        done = asked(world, *command, "--memory", memory, own_project=False)
        assert (done.returncode, f"more memory than the {memory} GiB allowed" in done.stderr) == (4, True), done.stderr


@pytest.mark.parametrize("option", [["--timeout", "-1"], ["--timeout", "nan"], ["--timeout", "inf"], ["--memory", "-1"], ["--memory", "nan"]], ids=" ".join)
def test_a_limit_is_a_number(world: tuple[Path, Path], option: Sequence[str]) -> None:
    for command in (["query", "-q", "ASK {}"], ["show", "place:norland"]):
        done = asked(world, *command, *option)
        assert (done.returncode, option[0] in done.stderr) == (2, True), done.stderr


def test_few_rows_of_many_come_at_once(world: tuple[Path, Path]) -> None:
    """The 27,000,000,000 rows of this would take hours."""
    text = "SELECT ?a ?c ?f { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    done = asked(world, "query", "-q", text, "--limit", "2", "--timeout", "30")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 3), done.stderr
    assert "there are more (--limit 2)" in done.stderr
    done = asked(world, "query", "-q", "CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "--limit", "2", "--timeout", "30")
    assert (done.returncode, "there are more" in done.stderr) == (0, True), done.stderr


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_store_asks_no_other_server(world: tuple[Path, Path], canary: tuple[str, list[bytes]], spelling: str) -> None:
    url, heard = canary
    for text in (
        f"SELECT * {{ {spelling} <{url}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ BIND(<{url}> AS ?where) {spelling} ?where {{ ?s ?p ?o }} }}",
        f"ASK {{ ?s ?p ?o FILTER EXISTS {{ {spelling} <{url}> {{ ?s ?p ?o }} }} }}",
        f"SELECT * {{ {{ SELECT * {{ {spelling} <{url}> {{ ?s ?p ?o }} }} }} }}",
    ):
        done = asked(world, "query", "-q", text)
        assert (done.returncode, done.stdout, "SERVICE" in done.stderr) == (3, "", True), done.stderr
    assert heard == []


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <{0}>", r"L\u004FAD <{0}>", "LOAD SILENT <{0}> INTO GRAPH <http://e/g>", "SELECT * FROM <{0}> {{ ?s ?p ?o }}",
        r"SELECT * FR\u004FM NAMED <{0}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", "SELECT * FROM <file:///etc/passwd> {{ ?s ?p ?o }}",
        "BASE <{0}> SELECT * FROM <#x> {{ ?s ?p ?o }}", "PREFIX x: <{0}> SELECT * FROM x:y {{ ?s ?p ?o }}",
        "DESCRIBE <http://e/a> FROM <{0}>", "CLEAR ALL", "INSERT DATA {{ <http://e/a> <http://e/b> 1 }}",
    ],
)  # fmt: skip
def test_a_store_reads_and_changes_nothing_else(world: tuple[Path, Path], canary: tuple[str, list[bytes]], text: str) -> None:
    url, heard = canary
    done = asked(world, "query", "-q", text.format(url))
    assert (done.returncode, done.stdout, heard) == (3, "", []), done.stderr


def test_a_graph_of_the_store_may_be_named(world: tuple[Path, Path]) -> None:
    done = asked(world, "query", "-q", f"SELECT (COUNT(*) AS ?n) FROM <{GRAPH}> {{ ?s ?p ?o }}")
    assert (done.returncode, done.stdout) == (0, "n\n3000\n"), done.stderr
