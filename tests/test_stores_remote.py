"""A server that fails: each way is one clear message, no claim of success, and no secret told."""

from __future__ import annotations

import hashlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from servers import Request, clear, fake_server, free_port, oxigraph_server, raw_server

from kb import rdf
from kb.errors import InputError, StoreError, UsageError
from kb.stores import QueryTimeout, Store, open_store, transport

G, H = "https://example.org/graph/a", "https://example.org/graph/b"
NODE = rdf.NamedNode("https://example.org/x")
TRIPLES = [rdf.Triple(NODE, NODE, rdf.Literal(f"value {n}")) for n in range(3)]
SECRET = "correct horse"


@pytest.fixture(scope="module")
def oxigraph() -> Iterator[str]:
    with oxigraph_server() as url:
        yield url


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(transport, "PAUSES", (0.0, 0.0))
    for name in ("KB_USER", "KB_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))


def remote(url: str, **options) -> Store:
    return open_store(endpoint=url, **options)


def message(failing, kind: type[Exception] = StoreError) -> str:
    with pytest.raises(kind) as caught:
        failing()
    text = str(caught.value)
    assert SECRET not in text
    return text


# Errors that a server answers with


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (500, "the server failed (HTTP 500): out of order"),
        (502, "the server failed (HTTP 502): out of order"),
        (403, "the server does not allow this (HTTP 403): out of order"),
        (404, "there is nothing at this address (HTTP 404): out of order"),
        (405, "the address does not take this kind of request (HTTP 405): out of order"),
        (415, "the server does not take data in this format (HTTP 415): out of order"),
        (418, "the server refused the request (HTTP 418): out of order"),
    ],
)
def test_an_error_status_is_told_with_what_the_server_says(status: int, said: str) -> None:
    with fake_server(lambda request: request.answer(status, b"out of order\nand a long story")) as (url, _):
        assert message(remote(url).graphs) == f"{url}/query: {said}"
        failing = message(lambda: remote(url).replace_graph(G, TRIPLES))
        assert failing.startswith(f"{url}/query: {said}\nloading stopped at <{G}>")


def test_a_web_page_is_not_quoted() -> None:
    with fake_server(lambda request: request.answer(500, b"<html><h1>Oops</h1>", "text/html; charset=utf-8")) as (url, _):
        assert message(remote(url).graphs) == f"{url}/query: the server failed (HTTP 500)"


def test_a_refused_query_is_the_queries_fault() -> None:
    with fake_server(lambda request: request.answer(400, b"unexpected brace")) as (url, _):
        assert "does not accept the query" in message(lambda: remote(url).query("ASK {}"), InputError)


# No answer, half an answer, another answer


def test_a_server_that_is_down() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert message(remote(url).graphs) == f"{url}: nobody answers there (connection refused); is the server running?"


def test_a_host_that_does_not_exist() -> None:
    assert "no connection" in message(remote("http://no-such-host.invalid/").graphs)


def test_a_secure_address_that_is_not_secure() -> None:
    with fake_server(lambda request: request.rows("g")) as (url, _):
        assert "the secure connection fails" in message(remote(url.replace("http:", "https:")).graphs)


def test_half_an_answer() -> None:
    def behave(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/sparql-results+json")
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(b'{"head":{"vars":["g"]},')

    with fake_server(behave) as (url, _):
        assert "the answer breaks off after 23 of 1,000 bytes" in message(remote(url).graphs)


def test_half_an_answer_in_chunks() -> None:
    def behave(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/sparql-results+json")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(b"17\r\n" + b'{"head":{"vars":["g"]},' + b"\r\n50\r\nmore")

    with fake_server(behave) as (url, _):
        assert "the answer breaks off" in message(remote(url).graphs)


def test_half_an_answer_whose_length_nobody_told() -> None:
    def behave(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/sparql-results+json")
        request.end_headers()
        request.wfile.write(b'{"head":{"vars":["g"]},"results":{"bindings":[')

    with fake_server(behave) as (url, _):
        assert "cannot be read as query results" in message(remote(url).graphs)


def at_once(answer: bytes) -> Callable[[socket.socket, bytes], None]:
    """Answers with these bytes, whatever is asked, and hangs up."""

    def speak(connection: socket.socket, _: bytes) -> None:
        connection.sendall(answer)
        # The rest of the request is read too: closing on unread bytes would reset the connection, and the answer might be
        # lost on the way.
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(0.5)
        while connection.recv(65536):
            pass

    return speak


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"", "closed the connection without an answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "the answer is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: no\r\n\r\n", "is not a SPARQL server's answer (no content type)"),
    ],
)
def test_another_kind_of_server(answer: bytes, said: str) -> None:
    with raw_server(at_once(answer)) as url:
        assert said in message(remote(url).graphs)


@pytest.mark.parametrize(
    ("type", "content", "said"),
    [
        ("text/html", b"<html>", "not a SPARQL server's answer (text/html); is it the query address?"),
        ("application/sparql-results+json", b"<html>", "cannot be read as query results"),
        ("application/sparql-results+json", b"\xff\xfe", "cannot be read as query results"),
        ("application/sparql-results+xml", b"<sparql", "cannot be read as query results"),
        ("application/sparql-results+json", b'{"head":{},"boolean":true}', "without a table"),
    ],
)
def test_an_answer_that_is_no_result(type: str, content: bytes, said: str) -> None:
    with fake_server(lambda request: request.answer(200, content, type)) as (url, _):
        assert said in message(remote(url).graphs)


def test_a_construct_that_is_not_rdf() -> None:
    def behave(request: Request) -> None:
        if b"CONSTRUCT" in request.body:
            request.answer(200, b"<a> <b", "text/turtle")
        else:
            request.rows("g")

    with fake_server(behave) as (url, _):
        failing = message(lambda: remote(url).query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"))
    assert "cannot be read as triples" in failing


def test_an_answer_that_the_server_cut_off() -> None:
    row = b'{"s":{"type":"uri","value":"https://example.org/x"}}'
    content = b'{"head":{"vars":["s"]},"results":{"bindings":[' + b",".join([row] * 5) + b"]}}"

    def behave(request: Request) -> None:
        if b"query=SELECT+%3Fs" not in request.body:
            request.rows("g")
            return
        request.answer(200, content, "application/sparql-results+json", X_SPARQL_MaxRows="5")

    with fake_server(behave) as (url, _):
        assert "cuts answers off at 5 rows" in message(lambda: remote(url).query("SELECT ?s WHERE { ?s ?p ?o }"))


def test_a_server_that_is_too_slow() -> None:
    released = threading.Event()

    def behave(request: Request) -> None:
        released.wait(20)

    with fake_server(behave) as (url, _):
        assert "no answer in the time allowed" in message(
            lambda: remote(url, timeout=0.3).query("ASK {}"), QueryTimeout
        )
        released.set()


def test_a_server_that_answers_in_drops() -> None:
    def behave(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100000")
        request.end_headers()
        for _ in range(50):
            request.wfile.write(b" ")
            time.sleep(0.05)

    with fake_server(behave) as (url, _):
        assert "no answer in the time allowed" in message(lambda: remote(url, timeout=0.4).graphs(), QueryTimeout)


# Patience, redirects


def test_a_busy_server_is_asked_again() -> None:
    answers = [503, 429, 200]

    def behave(request: Request) -> None:
        status = answers.pop(0)
        if status == 200:
            request.answer(200, b'{"head":{},"boolean":true}', "application/sparql-results+json")
        else:
            request.answer(status, Retry_After="0")

    with fake_server(behave) as (url, seen):
        assert bool(remote(url).query("ASK FROM <https://example.org/g> { }")) is True
        assert len(seen) == 3


def test_a_server_that_stays_busy_is_given_up() -> None:
    with fake_server(lambda request: request.answer(503)) as (url, seen):
        assert "not available now; try again later (HTTP 503)" in message(remote(url).graphs)
        assert len(seen) == 3


def test_a_server_that_asks_for_much_patience_is_given_up_at_once() -> None:
    with fake_server(lambda request: request.answer(503, Retry_After="3600")) as (url, seen):
        message(remote(url).graphs)
        assert len(seen) == 1


def test_a_redirect_elsewhere_is_not_followed() -> None:
    with fake_server(lambda request: request.rows("g")) as (elsewhere, taken):
        with fake_server(lambda request: request.answer(307, Location=f"{elsewhere}/query")) as (url, _):
            assert f"redirects to {elsewhere}/query; name that URL" in message(remote(url).graphs)
        assert taken == []


def test_a_redirect_within_the_server_is_followed_but_not_in_circles() -> None:
    def behave(request: Request) -> None:
        if request.path == "/sparql/":
            request.rows("g")
        else:
            request.answer(308, Location="/sparql/" if request.path == "/sparql" else request.path)

    with fake_server(behave) as (url, _):
        assert remote(f"{url}/sparql").graphs() == []
        assert "HTTP 308" in message(remote(f"{url}/circle").graphs)


# Who we are


def test_credentials_in_a_url_are_refused_and_not_repeated() -> None:
    for url in (f"http://me:{SECRET.replace(' ', '%20')}@localhost/", "http://me@localhost/"):
        text = message(lambda url=url: remote(url), UsageError)
        assert "KB_USER" in text and "horse" not in text and "me@" not in text


@pytest.mark.parametrize("url", ["localhost:7878", "ftp://localhost/", "http://", "file:///etc/passwd", "http://a b/",
                                 "http://localhost:0/", "http://localhost:99999/", "http://x/\r\nHost: y", "http://h/#f", ""])  # fmt: skip
def test_what_is_no_servers_url_is_refused(url: str) -> None:
    assert "not the http or https URL of a server" in message(lambda: remote(url), UsageError)


def test_a_server_that_asks_who_we_are() -> None:
    with fake_server(lambda request: request.answer(401, WWW_Authenticate='Basic realm="x"')) as (url, _):
        assert "set KB_USER and KB_PASSWORD, or add it to your netrc file" in message(remote(url).graphs)


@pytest.mark.parametrize("challenge", ["Negotiate", 'Digest realm="x", nonce="n", algorithm=SHA-512', "Bearer realm=x", ""])
def test_a_server_that_asks_for_what_we_do_not_know(monkeypatch: pytest.MonkeyPatch, challenge: str) -> None:
    monkeypatch.setenv("KB_USER", "me")
    monkeypatch.setenv("KB_PASSWORD", SECRET)
    with fake_server(lambda request: request.answer(401, WWW_Authenticate=challenge)) as (url, seen):
        assert "other than Basic or Digest" in message(remote(url).graphs)
        assert all("Authorization" not in request.headers for request in seen)


def basic(request: Request) -> bool:
    return request.headers.get("Authorization") == "Basic bWU6Y29ycmVjdCBob3JzZQ=="


def digest(request: Request, algorithm: str = "MD5", qop: bool = True) -> bool:
    """Whether the request proves knowledge of the password, computed as RFC 7616 says."""
    header = request.headers.get("Authorization") or ""
    if not header.startswith("Digest "):
        return False
    values = {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', header)}
    make = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm.removesuffix("-sess")]

    def h(text: str) -> str:
        return make(text.encode()).hexdigest()

    secret = h(f'me:the "realm":{SECRET}'.replace('"realm"', "realm"))
    if algorithm.endswith("-sess"):
        secret = h(f"{secret}:nonce:{values['cnonce']}")
    asked = h(f"{request.command}:{request.path}")
    middle = f"{values['nc']}:{values['cnonce']}:auth:" if qop else ""
    return values["uri"] == request.path and values["response"] == h(f"{secret}:nonce:{middle}{asked}")


DIGEST = 'Digest realm="the realm", nonce="nonce", opaque="o"'


@pytest.mark.parametrize(
    ("challenges", "check"),
    [
        (['Basic realm="a, Digest b"'], basic),
        ([f'{DIGEST}, qop="auth,auth-int"'], digest),
        ([DIGEST], lambda request: digest(request, qop=False)),
        ([f'{DIGEST}, qop="auth", algorithm=SHA-256'], lambda request: digest(request, "SHA-256")),
        ([f'{DIGEST}, qop="auth", algorithm=MD5-sess'], lambda request: digest(request, "MD5-sess")),
        ([f'Basic realm="x", {DIGEST}, qop="auth"'], digest),
        (["Negotiate", f'{DIGEST}, qop="auth"', 'Basic realm="x"'], digest),
    ],
)
@pytest.mark.parametrize("source", ["environment", "netrc"])
def test_we_say_who_we_are_when_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, oxigraph: str, challenges: list[str], check, source: str
) -> None:
    if source == "environment":
        monkeypatch.setenv("KB_USER", "me")
        monkeypatch.setenv("KB_PASSWORD", SECRET)
    else:
        file = tmp_path / "netrc"
        file.write_text(f'machine 127.0.0.1 login me password "{SECRET}"\nmachine other login you password no\n')
        file.chmod(0o600)
        monkeypatch.setenv("NETRC", str(file))

    def behave(request: Request) -> None:
        if not check(request):
            request.send_response(401)
            for challenge in challenges:
                request.send_header("WWW-Authenticate", challenge)
            request.send_header("Content-Length", "0")
            request.end_headers()
        else:
            request.forward(oxigraph)

    with fake_server(behave) as (url, seen):
        remote(url).replace_graph(G, TRIPLES)
        # Asked once; after that it is said with each request.
        assert [check(request) for request in seen] == [False] + [True] * (len(seen) - 1) and len(seen) > 2


def test_a_challenge_that_has_expired_is_answered_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_USER", "me")
    monkeypatch.setenv("KB_PASSWORD", SECRET)
    fresh = 0

    def behave(request: Request) -> None:
        nonlocal fresh
        if f'nonce="{fresh}"' in (request.headers.get("Authorization") or ""):
            request.rows("g")
            return
        fresh += 1
        request.answer(401, WWW_Authenticate=f'Digest realm="x", nonce="{fresh}", qop="auth"')

    with fake_server(behave) as (url, seen):
        with remote(url) as store:
            store.graphs()
            fresh += 1
            store.graphs()
        used = [re.search(r"nc=(\d+)", request.headers.get("Authorization") or "nc=0")[1] for request in seen]
        assert used == ["0", "00000001", "00000002", "00000003", "00000001", "00000002"]


def test_nothing_large_is_sent_before_we_have_said_who_we_are(monkeypatch: pytest.MonkeyPatch, oxigraph: str) -> None:
    """Virtuoso ends the connection in the middle of it."""
    monkeypatch.setenv("KB_USER", "me")
    monkeypatch.setenv("KB_PASSWORD", SECRET)

    def behave(request: Request) -> None:
        if request.path.startswith("/store") and not basic(request):
            request.answer(401, WWW_Authenticate='Basic realm="x"')
        else:
            request.forward(oxigraph)

    large = [rdf.Triple(NODE, NODE, rdf.Literal(f"{n} " * 500)) for n in range(100)]
    with fake_server(behave) as (url, seen):
        remote(url).replace_graph(G, large)
    stored = [request for request in seen if request.path.startswith("/store")]
    assert [(request.command, len(request.body) > 0, basic(request)) for request in stored] == [("POST", False, False), ("PUT", True, True)]
    clear(oxigraph)


def test_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_USER", "me")
    monkeypatch.setenv("KB_PASSWORD", SECRET)
    with fake_server(lambda request: request.answer(401, WWW_Authenticate='Basic realm="x"')) as (url, seen):
        assert "does not accept this user and password (HTTP 401)" in message(remote(url).graphs)
        assert len(seen) == 2


def test_half_of_the_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_USER", "me")
    with fake_server(lambda request: request.answer(401, WWW_Authenticate='Basic realm="x"')) as (url, _):
        assert "set both KB_USER and KB_PASSWORD" in message(remote(url).graphs)


def test_a_netrc_file_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text(f"machine 127.0.0.1 login me password {SECRET} and more\n")
    monkeypatch.setenv("NETRC", str(file))
    with fake_server(lambda request: request.answer(401, WWW_Authenticate='Basic realm="x"')) as (url, _):
        assert "the netrc file cannot be used" in message(remote(url).graphs)


# Addresses


@pytest.mark.parametrize("path", ["", "/", "/query"])
def test_the_addresses_of_oxigraph_follow_from_one(oxigraph: str, path: str) -> None:
    with remote(oxigraph + path) as store:
        store.add(G, TRIPLES)
        assert store.count(G) == 3
    clear(oxigraph)


def test_another_server_needs_its_addresses(oxigraph: str) -> None:
    with fake_server(lambda request: request.rows("n")) as (url, seen):
        assert "--graph-store-url URL" in message(lambda: remote(f"{url}/sparql").add(G, TRIPLES), UsageError)
        assert "--update-url URL" in message(lambda: remote(f"{url}/sparql", via="update").add(G, TRIPLES), UsageError)
        assert seen == []
    given = {"update_url": f"{oxigraph}/update", "graph_store_url": f"{oxigraph}/store?x=1"}
    for via in ("graph-store", "update"):
        with remote(f"{oxigraph}/query?x=1", via=via, **given) as store:
            store.add(G, TRIPLES)
            assert store.count(G) == 3
        clear(oxigraph)


def test_a_server_that_has_only_its_unnamed_graph_can_be_asked() -> None:
    with fake_server(lambda request: request.rows("n", count=7)) as (url, seen):
        remote(f"{url}/sparql").query("SELECT ?n WHERE { ?s ?p ?n }")
        assert b"default-graph-uri" not in seen[-1].body


def test_no_proxy_stands_between_us_and_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    with fake_server(lambda request: request.rows("g")) as (url, _):
        assert remote(url).graphs() == []
