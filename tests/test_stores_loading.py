"""Files into a server: in parts, read back, taken up again after a break; and whatever a server does to them is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from servers import Request, Virtuoso, clear, fake_server, oxigraph_server

from kb import rdf
from kb.errors import StoreError
from kb.stores import Store, open_store, parts, readback, sending, transport
from kb.stores.base import GraphFile
from kb.stores.remote import RemoteStore

G, H = "https://example.org/graph/a", "https://example.org/graph/b"
XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts, updates and answers so small that a test has many."""
    monkeypatch.setattr(transport, "PAUSES", (0.0, 0.0))
    for module, name, value in (
        (parts, "PART", 40), (sending, "UPDATE", 15), (readback, "SUBJECTS", 4), (readback, "ROWS", 20), (readback, "WHOLE", 30),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, value)


@pytest.fixture(scope="module")
def oxigraph_url() -> Iterator[str]:
    with oxigraph_server() as url:
        yield url


@pytest.fixture
def oxigraph(oxigraph_url: str) -> Iterator[str]:
    yield oxigraph_url
    clear(oxigraph_url)


@pytest.fixture(params=["oxigraph graph-store", "oxigraph update", "virtuoso graph-store", "virtuoso update"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    kind, via = request.param.split()
    if kind == "oxigraph":
        yield open_store(endpoint=request.getfixturevalue("oxigraph"), via=via)
        return
    server: Virtuoso = request.getfixturevalue("virtuoso_for_keeper")
    yield open_store(**server.options, via=via)
    server.clear()


def line(number: int, value: str | None = None) -> str:
    return f'<https://example.org/s{number // 3}> <https://example.org/p> {value or chr(34) + str(number) + chr(34)} .'


def file(folder: Path, lines: list[str], graph: str = G) -> GraphFile:
    path = folder / f"{len(list(folder.iterdir()))}.nt"
    path.write_text("".join(f"{text}\n" for text in lines), encoding="utf-8")
    return GraphFile(graph, path, len(lines))


LINES = [line(number) for number in range(200)]


def message(failing: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as caught:
        failing()
    return str(caught.value)


# On real servers


def test_a_file_comes_whole_and_is_proved(store: Store, tmp_path: Path) -> None:
    told: list[int] = []
    sent = file(tmp_path, [*LINES, LINES[0], LINES[150]])  # some stand twice, far from each other
    proof = store.load([sent], progress=told.append)[0]
    assert (proof.graph, proof.sent, proof.present, proof.rewritten) == (G, 200, 200, 0)
    assert sum(told) == 200 and len(told) > 3
    assert store.load([sent, file(tmp_path, LINES[:5], H)])[1].present == 5
    assert (store.count(G), store.count(H)) == (200, 5)


def test_a_broken_load_is_completed_and_nothing_doubled(store: Store, tmp_path: Path) -> None:
    """What others have in the graph stays, also where it speaks of the same subjects."""
    store.load([file(tmp_path, [*LINES[40:90], line(3, '"others\'"'), line(9000)])])
    proof = store.load([file(tmp_path, LINES)])[0]
    assert (proof.sent, proof.present, store.count(G)) == (200, 202, 202)


def test_a_replaced_graph_holds_the_file_and_no_more(store: Store, tmp_path: Path) -> None:
    assert isinstance(store, RemoteStore)
    store.load([file(tmp_path, [line(number) for number in range(150, 400)]), file(tmp_path, LINES[:3], H)])
    proof = store.load([file(tmp_path, LINES)], replace=True)[0]
    assert (proof.sent, proof.present, store.count(G), store.count(H)) == (200, 200, 200, 3)
    assert bool(store.remarks) == ("virtuoso" in str(store._endpoint.profile.name).lower() or store._endpoint.via == "update")
    store.load([file(tmp_path, [])], replace=True)
    assert (store.count(G), store.count(H)) == (0, 3)


def test_what_a_server_rewrites_is_counted_and_shown(store: Store, tmp_path: Path) -> None:
    literals = [f'"1.50"^^<{XSD}decimal>', f'"007"^^<{XSD}integer>', '"text"', f'"8000000000"^^<{XSD}integer>', '"Wort"@de']
    proof = store.load([file(tmp_path, [line(number, text) for number, text in enumerate(literals)])])[0]
    assert proof.present == proof.sent == len(literals) and 2 <= proof.rewritten <= 3
    assert {before for before, _ in proof.examples} >= set(literals[:2])
    assert all(before.split('"')[1] != after.split('"')[1] or "8000" in before for before, after in proof.examples)


def test_what_a_server_takes_for_something_else_is_an_error(virtuoso_for_keeper: Virtuoso, tmp_path: Path) -> None:
    """Virtuoso keeps text that is no number as the number 0."""
    with open_store(**virtuoso_for_keeper.options) as store:
        failing = message(lambda: store.load([file(tmp_path, [line(0, f'"many"^^<{XSD}integer>'), *LINES[3:9]])]))
    virtuoso_for_keeper.clear()
    assert "lacks 1 triples" in failing and f'missing: {line(0, f"{chr(34)}many{chr(34)}^^<{XSD}integer>")}' in failing


# Servers that fail


@pytest.mark.parametrize("via", ["graph-store", "update"])
def test_no_request_is_larger_than_a_part_and_each_has_its_length(oxigraph: str, tmp_path: Path, via: str) -> None:
    with fake_server(lambda request: request.forward(oxigraph)) as (url, seen):
        open_store(endpoint=url, via=via).load([file(tmp_path, LINES)])
    written = [request for request in seen if not request.path.startswith("/query")]
    assert len(written) > 4 and all(int(request.headers["Content-Length"]) == len(request.body) for request in seen)
    assert not any("Transfer-Encoding" in request.headers for request in seen)
    if via == "update":
        assert all(parse_qs(request.body.decode())["update"][0].count(" .\n") <= 15 for request in written)
        assert written[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    else:
        # Subjects are dealt out at random, so a part may be somewhat larger than the others.
        assert all(request.body.count(b"\n") <= 100 and request.command == "POST" for request in written)
        assert {request.path for request in written} == {"/store?graph=https%3A%2F%2Fexample.org%2Fgraph%2Fa"}


def test_where_there_are_transactions_a_graph_is_replaced_in_one_request(oxigraph: str, tmp_path: Path) -> None:
    with fake_server(lambda request: request.forward(oxigraph)) as (url, seen):
        store = open_store(endpoint=url)
        store.load([file(tmp_path, LINES)], replace=True)
    written = [request for request in seen if not request.path.startswith("/query")]
    assert [(request.command, request.body.count(b"\n")) for request in written] == [("PUT", 200)]
    assert store.remarks == []


def loses(times: int) -> Callable[[Request, str], None]:
    """A server that drops half of what it is sent so many times, and says that it took it all."""
    left = [times]

    def behave(request: Request, target: str) -> None:
        if request.path.startswith("/store") and left[0] > 0:
            left[0] -= 1
            lines = request.body.splitlines(keepends=True)
            request.forward(target, b"".join(lines[: len(lines) // 2]))
        else:
            request.forward(target)

    return behave


@pytest.mark.parametrize("replace", [False, True])
def test_what_is_lost_once_is_sent_again(oxigraph: str, tmp_path: Path, replace: bool) -> None:
    behave = loses(1)
    with fake_server(lambda request: behave(request, oxigraph)) as (url, _):
        proof = open_store(endpoint=url).load([file(tmp_path, LINES)], replace=replace)[0]
    assert (proof.sent, proof.present) == (200, 200)


@pytest.mark.parametrize("replace", [False, True])
def test_what_is_lost_again_is_told(oxigraph: str, tmp_path: Path, replace: bool) -> None:
    behave = loses(1000)
    with fake_server(lambda request: behave(request, oxigraph)) as (url, _):
        failing = message(lambda: open_store(endpoint=url).load([file(tmp_path, LINES)], replace=replace))
    assert "that the server said it took\n  missing: <https://example.org/s" in failing
    assert open_store(endpoint=oxigraph).load([file(tmp_path, LINES)])[0].present == 200


def test_what_was_not_sent_is_told(oxigraph: str, tmp_path: Path) -> None:
    added = b'<https://example.org/s1> <https://example.org/p> "more" .\n'

    def behave(request: Request) -> None:
        request.forward(oxigraph, request.body + added if request.path.startswith("/store") else None)

    with fake_server(behave) as (url, _):
        failing = message(lambda: open_store(endpoint=url).load([file(tmp_path, LINES[:9])]))
    assert "holds 1 that were not sent" in failing and 'not sent: <https://example.org/s1> <https://example.org/p> "more" .' in failing


def cut_connection(request: Request) -> None:
    request.connection.close()


def half_an_answer(request: Request) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "application/sparql-results+json")
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b'{"head":')


BREAKS = {
    "500": (lambda request: request.answer(500, b"out of order"), "the server failed (HTTP 500): out of order"),
    "503": (lambda request: request.answer(503, Retry_After="3600"), "not available now; try again later (HTTP 503)"),
    "401": (lambda request: request.answer(401, WWW_Authenticate='Basic realm="x"'), "set KB_USER and KB_PASSWORD"),
    "redirect": (lambda request: request.answer(307, Location="http://192.0.2.1/store"), "redirects to http://192.0.2.1/store"),
    "half": (half_an_answer, "the answer breaks off after 8 of 1,000 bytes"),
    "reset": (cut_connection, "closed the connection without an answer"),
    "stall": (lambda request: __import__("time").sleep(4), "no answer in the time allowed"),
}


@pytest.mark.parametrize("on", ["/store", "/query"])
@pytest.mark.parametrize("way", BREAKS)
def test_a_load_that_breaks_is_completed_by_the_next(
    oxigraph: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, on: str
) -> None:
    for name in ("KB_USER", "KB_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    fail, said = BREAKS[way]
    broken, asked = True, 0

    def behave(request: Request) -> None:
        nonlocal asked
        asked += request.path.startswith(on)
        if broken and request.path.startswith(on) and asked > 2:
            fail(request)
        else:
            request.forward(oxigraph)

    files = [file(tmp_path, LINES[:10], H), file(tmp_path, LINES)]
    with fake_server(behave) as (url, seen):
        failing = message(lambda: open_store(endpoint=url, timeout=2 if way == "stall" else 30).load(files))
        assert said in failing and "loading stopped at <" in failing and failing.count("\n") == 1
        held = open_store(endpoint=oxigraph).count(G)
        assert held < 200
        broken = False
        seen.clear()
        proofs = open_store(endpoint=url).load(files)
        sent = sum(request.body.count(b"\n") for request in seen if request.path.startswith("/store"))
    assert [proof.present for proof in proofs] == [10, 200]
    assert sent == 200 - held + (10 if f"stopped at <{H}>" in failing and open_store(endpoint=oxigraph).count(H) == 10 and sent > 200 - held else 0)


def test_answers_that_are_cut_off_are_asked_for_in_smaller_ones(oxigraph: str, tmp_path: Path) -> None:
    """A server that gives 5 rows at most, and says so."""
    import json

    def behave(request: Request) -> None:
        if b"VALUES" not in request.body:
            request.forward(oxigraph)
            return
        asked = open_store(endpoint=oxigraph).query(parse_qs(request.body.decode())["query"][0])
        content = json.loads(asked.serialize(format=rdf.QueryResultsFormat.JSON))
        content["results"]["bindings"] = content["results"]["bindings"][:5]
        request.answer(200, json.dumps(content).encode(), "application/sparql-results+json", X_SPARQL_MaxRows="5")

    with fake_server(behave) as (url, _):
        store = open_store(endpoint=url)
        assert store.load([file(tmp_path, LINES)])[0].present == 200
        many = [line(0, f'"{number}"') for number in range(7)]
        failing = message(lambda: store.load([file(tmp_path, [*many, *LINES[60:]], H)]))
    assert "<https://example.org/s0> has more triples in <https://example.org/graph/b> than the server gives at once" in failing
