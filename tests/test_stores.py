"""One contract for the stores in memory, in a folder and behind real servers; and what is particular to each folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import Virtuoso, clear, oxigraph_server

from kb import rdf
from kb.errors import InputError, StoreError, UsageError
from kb.stores import DERIVED, GraphContent, QueryTimeout, Store, embedded, open_store
from kb.stores.base import Solutions
from kb.stores.memory import MemoryStore

G, H = "https://example.org/graph/a", "https://example.org/graph/é%20b"
P = rdf.NamedNode("https://example.org/p")
ALL = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"


def triple(number: int, value: str | rdf.Literal = "value") -> rdf.Triple:
    object = value if isinstance(value, rdf.Literal) else rdf.Literal(value)
    return rdf.Triple(rdf.NamedNode(f"https://example.org/s{number}"), P, object)


def rows(store: Store, query: str = ALL, **options) -> list[tuple[str, ...]]:
    answer = store.query(query, **options)
    assert isinstance(answer, (rdf.QuerySolutions, Solutions))
    names = [variable.value for variable in answer.variables]
    return sorted(tuple(row[name].value for name in names) for row in answer)


@pytest.fixture(scope="module")
def oxigraph() -> Iterator[str]:
    with oxigraph_server() as url:
        yield url


@pytest.fixture(params=["memory", "embedded", "oxigraph graph-store", "oxigraph update", "virtuoso graph-store", "virtuoso update"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    kind, _, via = request.param.partition(" ")
    if kind == "memory":
        yield MemoryStore()
    elif kind == "embedded":
        with open_store(tmp_path / "store", write=True) as opened:
            yield opened
    elif kind == "oxigraph":
        url = request.getfixturevalue("oxigraph")
        with open_store(endpoint=url, via=via) as opened:
            yield opened
        clear(url)
    else:
        server: Virtuoso = request.getfixturevalue("virtuoso_for_keeper")
        with open_store(**server.options, via=via) as opened:
            yield opened
        server.clear()


# The contract


def test_what_is_added_is_there_once_however_often_it_is_added(store: Store) -> None:
    assert store.graphs() == [] and store.count(G) == 0
    for _ in range(2):
        store.add(G, [triple(1), triple(2), triple(2)])
        assert store.count(G) == 2
    store.add(G, [triple(3)])
    assert (store.count(G), store.graphs()) == (3, [G])
    assert rows(store, "SELECT ?s WHERE { ?s ?p ?o }") == [(f"https://example.org/s{n}",) for n in (1, 2, 3)]


def test_replacing_makes_a_graph_equal_and_leaves_the_others(store: Store) -> None:
    store.write([GraphContent(G, [triple(1), triple(2)]), GraphContent(H, [triple(2), triple(3)])])
    store.replace_graph(G, [triple(4)])
    assert (store.count(G), store.count(H)) == (1, 2)
    assert [row[0][-1] for row in rows(store)] == ["2", "3", "4"]
    store.replace_graph(H, [])
    assert (store.count(G), store.count(H)) == (1, 0)
    assert [row[0][-1] for row in rows(store)] == ["4"]


def test_a_triple_may_move_from_one_graph_to_another(store: Store) -> None:
    store.write([GraphContent(G, [triple(1), triple(2)]), GraphContent(H, [triple(3)])])
    store.write([GraphContent(G, [triple(3)]), GraphContent(H, [triple(1), triple(4)])], replace=True)
    assert (store.count(G), store.count(H)) == (1, 2)
    assert [row[0][-1] for row in rows(store)] == ["1", "3", "4"]


def test_a_query_may_be_of_any_form(store: Store) -> None:
    store.add(G, [triple(1, "one")])
    store.add(H, [triple(2, "two")])
    assert rows(store, "SELECT ?o WHERE { ?s ?p ?o }") == [("one",), ("two",)]
    assert rows(store, f"SELECT ?o WHERE {{ GRAPH <{H}> {{ ?s ?p ?o }} }}") == [("two",)]
    assert rows(store, f"SELECT ?o FROM <{G}> WHERE {{ ?s ?p ?o }}") == [("one",)]
    assert rows(store, "SELECT ?s WHERE { BIND(<s1> AS ?s) ?s ?p ?o }", base_iri="https://example.org/") == [
        ("https://example.org/s1",)
    ]
    for value, truth in (("two", True), ("three", False)):
        answer = store.query(f"ASK {{ ?s ?p '{value}' }}")
        assert isinstance(answer, rdf.QueryBoolean) and bool(answer) is truth
    assert set(store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")) == {triple(1, "one"), triple(2, "two")}
    assert rows(store, "SELECT ?o WHERE { ?s ?p 'nothing' . ?s ?p ?o }") == []
    assert rows(store, "SELECT ?o WHERE { ?s ?p ?o }", timeout=30) == [("one",), ("two",)]
    assert list(store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p 'one', ?o }", timeout=30)) == [triple(1, "one")]


def test_derived_graphs_are_seen_only_on_request(store: Store) -> None:
    store.add(DERIVED + "test", [triple(1, "derived")])
    assert rows(store, "SELECT ?o WHERE { ?s ?p ?o }") == []
    store.add(G, [triple(1, "stated")])
    assert rows(store, "SELECT ?o WHERE { ?s ?p ?o }") == [("stated",)]
    assert rows(store, "SELECT ?o WHERE { ?s ?p ?o }", derived=True) == [("derived",), ("stated",)]
    assert rows(store, "SELECT ?o WHERE { GRAPH ?g { ?s ?p ?o } }") == [("derived",), ("stated",)]
    for derived in (True, False):
        assert rows(store, f"SELECT ?o FROM <{G}> WHERE {{ ?s ?p ?o }}", derived=derived) == [("stated",)]


TEXTS = [
    'a"b', "a\\b", "a\\u0041b", "a\\\\u0041", "\\U0001F600", "two\nlines", "cr\rx", "tab\t", '}} ; DROP ALL ; INSERT DATA { "',
    '"""', "'''", "é😀", "\u202ertl", "\x01\x7f\x85", "%41&x=1+2;y", "", "<b>&amp;",
]  # fmt: skip


def test_any_text_comes_back_as_it_went_in(store: Store) -> None:
    store.replace_graph(G, [triple(1, "before")])
    for tag in (None, "en"):
        store.replace_graph(G, [triple(number, rdf.Literal(text, language=tag)) for number, text in enumerate(TEXTS)])
        found = rows(store, "SELECT ?s ?o WHERE { ?s ?p ?o }")
        assert found == sorted((f"https://example.org/s{number}", text) for number, text in enumerate(TEXTS))
    store.replace_graph(G, [])
    assert rows(store) == []


def test_literals_of_one_value_may_become_one(store: Store) -> None:
    decimal = rdf.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    both = [triple(1, rdf.Literal("1.50", datatype=decimal)), triple(1, rdf.Literal("1.5", datatype=decimal))]
    store.replace_graph(G, both)
    assert store.count(G) in (1, 2)
    store.add(G, both)
    assert store.count(G) in (1, 2)


def test_a_text_that_is_no_query_is_refused(store: Store) -> None:
    with pytest.raises((SyntaxError, InputError)):
        store.query("SELECT * WHERE { ?s ?p ")


@pytest.mark.parametrize("kind", ["memory", "embedded"])
def test_a_triple_in_two_graphs_counts_once(kind: str, tmp_path: Path) -> None:
    # Oxigraph as a server counts it twice, which docs/stores.md says.
    with MemoryStore() if kind == "memory" else open_store(tmp_path / "store", write=True) as store:
        store.write([GraphContent(G, [triple(1)]), GraphContent(H, [triple(1)])])
        assert len(rows(store)) == 1
        store.replace_graph(G, [triple(2)])
        assert [row[0][-1] for row in rows(store)] == ["1", "2"]
        store.replace_graph(H, [])
        assert [row[0][-1] for row in rows(store)] == ["2"]


def test_one_store_is_named() -> None:
    with pytest.raises(UsageError):
        open_store()
    with pytest.raises(UsageError):
        open_store(Path("x"), "http://localhost")


# The store in a folder

ANSWERS_SLOWLY = "SELECT (COUNT(*) AS ?n) WHERE { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(9)) + " }"


def test_a_query_ends_in_time(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from kb.stores import *; from kb import rdf\n"
        "store = open_store(Path(sys.argv[1]))\n"
        "try: store.query(sys.argv[2], timeout=0.3)\n"
        "except QueryTimeout as error: print(error, flush=True); os._exit(0)\n"
    )
    with open_store(tmp_path / "store", write=True) as store:
        store.add(G, [triple(n) for n in range(300)])
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "store"), ANSWERS_SLOWLY],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "no answer within 0.3 s; ask for less, or allow more time\n"), done.stderr
    assert issubclass(QueryTimeout, StoreError)


def test_what_was_written_is_there_for_the_next_process(tmp_path: Path) -> None:
    with open_store(tmp_path / "deep" / "store", write=True) as store:
        store.add(G, [triple(1)])
        store.add(H, [triple(2)])
    assert os.listdir(tmp_path / "deep") == ["store"]
    with open_store(tmp_path / "deep" / "store") as first, open_store(tmp_path / "deep" / "store") as second:
        assert first.graphs() == second.graphs() == [G, H]
        with pytest.raises(StoreError, match="reading only"):
            first.add(G, [triple(3)])


def test_opening_for_writing_makes_nothing_until_something_is_written(tmp_path: Path) -> None:
    with open_store(tmp_path / "store", write=True) as store:
        assert (store.graphs(), store.count(G), rows(store)) == ([], 0, [])
    assert not (tmp_path / "store").exists()


def test_an_empty_folder_becomes_a_store_and_keeps_its_rights(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    folder.chmod(0o750)
    with open_store(folder, write=True) as store:
        store.add(G, [triple(1)])
    assert folder.stat().st_mode & 0o777 == 0o750


def test_a_store_filled_by_another_program_can_be_asked(tmp_path: Path) -> None:
    engine = rdf.Store(str(tmp_path / "store"))
    for number, graph in enumerate((G, H, DERIVED + "x")):
        engine.add(rdf.Quad(triple(1).subject, P, rdf.Literal(f"{number}"), rdf.NamedNode(graph)))
    engine.flush()
    del engine
    with open_store(tmp_path / "store") as store:
        assert rows(store, "SELECT ?o WHERE { ?s ?p ?o }") == [("0",), ("1",)]
        assert rows(store, "SELECT ?o WHERE { ?s ?p ?o }", derived=True) == [("0",), ("1",), ("2",)]
        assert rows(store, f"SELECT ?o FROM <{H}> WHERE {{ ?s ?p ?o }}") == [("1",)]


@pytest.mark.parametrize("write", [False, True])
def test_what_is_no_store_is_left_alone(tmp_path: Path, write: bool) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("x")
    for place, reason in (("file", "Not a directory"), ("file/below", "Not a directory"), ("other", "holds other files")):
        with pytest.raises(StoreError, match=reason):
            open_store(tmp_path / place, write=write)
    if not write:
        with pytest.raises(StoreError, match="there is no store in this folder"):
            open_store(tmp_path / "missing")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "mine.txt", "other"]


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize("victim", ["CURRENT", "MANIFEST", ".sst", "MANIFEST gone"])
def test_a_damaged_store_is_told_as_such(tmp_path: Path, victim: str, write: bool) -> None:
    folder = tmp_path / "store"
    with open_store(folder, write=True) as store:
        store.add(G, [triple(n) for n in range(2000)])
    for path in folder.iterdir():
        if victim.partition(" ")[0] in path.name:
            content = bytearray(path.read_bytes())
            content[:: 50 if victim == ".sst" else 1] = bytes(len(content[:: 50 if victim == ".sst" else 1]))
            path.write_bytes(content)
            if "gone" in victim:
                path.unlink()
    with pytest.raises(StoreError, match="is damaged"), open_store(folder, write=write) as store:
        store.query(ALL)
        store.count(G)


HOLDER = (
    "import sys, time; from pathlib import Path; from kb.stores import open_store\n"
    "with open_store(Path(sys.argv[1]), write=sys.argv[2] == 'write') as store:\n"
    "    print(store.graphs(), flush=True); sys.stdin.read()\n"
)


@pytest.mark.parametrize(("holds", "wants"), [("write", "write"), ("write", "read"), ("read", "write")])
def test_one_writer_or_many_readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, holds: str, wants: str) -> None:
    monkeypatch.setattr(embedded, "_PATIENCE", 0)
    folder = tmp_path / "store"
    with open_store(folder, write=True) as store:
        store.add(G, [triple(1)])
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), holds], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert G in holder.stdout.readline()
        with pytest.raises(StoreError, match="in use by another process"):
            open_store(folder, write=wants == "write")
    finally:
        holder.communicate("", timeout=30)
    with open_store(folder, write=wants == "write") as store:
        assert store.count(G) == 1


def test_a_writer_waits_a_moment_for_its_turn(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with open_store(folder, write=True) as store:
        store.add(G, [triple(1)])
    script = HOLDER.replace("sys.stdin.read()", "time.sleep(0.5)")
    with subprocess.Popen([sys.executable, "-c", script, str(folder), "write"], stdout=subprocess.PIPE, text=True) as holder:
        holder.stdout.readline()
        with open_store(folder, write=True) as store:
            assert store.count(G) == 1


# A limit on the size of files fails a write as a full disk does: in the middle, by an error of the system.
FULL = (
    "import resource, signal, sys; from pathlib import Path; from kb import rdf\n"
    "from kb.errors import StoreError; from kb.stores import open_store\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
    "node = rdf.NamedNode('https://example.org/x')\n"
    "triples = [rdf.Triple(node, node, rdf.Literal(f'{n}' * 100)) for n in range(20000)]\n"
    "try:\n"
    "    with open_store(Path(sys.argv[1]), write=True) as store: store.replace_graph(sys.argv[2], triples)\n"
    "except StoreError as error: print(error)\n"
)


@pytest.mark.parametrize("exists", [False, True])
def test_a_full_disk_leaves_the_store_as_it_was(tmp_path: Path, exists: bool) -> None:
    pytest.importorskip("resource", reason="this system has no limit on the size of files to test with")
    folder = tmp_path / "place" / "store"
    folder.parent.mkdir()
    if exists:
        with open_store(folder, write=True) as store:
            store.add(G, [triple(1), triple(2)])
    command = [sys.executable, "-c", FULL, str(folder), G]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "cannot be written; nothing was loaded: " in done.stdout and done.stderr == ""
    if exists:
        with open_store(folder) as store:
            assert (store.count(G), len(rows(store))) == (2, 2)
    else:
        assert os.listdir(folder.parent) == []


KILLED = (
    "import sys; from pathlib import Path; from kb import rdf; from kb.stores import GraphContent, open_store\n"
    "node = rdf.NamedNode('https://example.org/x')\n"
    "def load(number):\n"
    "    triples = [rdf.Triple(node, node, rdf.Literal(f'{number} {n}')) for n in range(3000)]\n"
    "    store.write([GraphContent('https://example.org/graph/one', triples), GraphContent('https://example.org/graph/two', triples)], replace=True)\n"
    "with open_store(Path(sys.argv[1]), write=True) as store:\n"
    "    for number in range(1000):\n"
    "        load(number); print(number, flush=True)\n"
)


def test_a_killed_writer_leaves_whole_loads(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    for pause in (0.0, 0.05, 0.13):
        writer = subprocess.Popen([sys.executable, "-c", KILLED, str(folder)], stdout=subprocess.PIPE, text=True)
        acknowledged = [writer.stdout.readline(), writer.stdout.readline()]
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
        acknowledged += writer.communicate(timeout=30)[0].splitlines()
        last = int([line for line in acknowledged if line.strip()][-1])
        with open_store(folder) as store:
            numbers = {value.split()[0] for (value,) in rows(store, "SELECT ?o WHERE { GRAPH ?g { ?s ?p ?o } }")}
            assert len(numbers) == 1 and int(numbers.pop()) >= last
            assert [store.count(f"https://example.org/graph/{name}") for name in ("one", "two")] == [3000, 3000]
