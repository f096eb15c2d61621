"""Servers for the tests: real ones (Oxigraph, from PyPI, and Virtuoso 7), and ones that fail in a chosen way."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from kb.namespaces import BASE


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def oxigraph_server(*arguments: str) -> Iterator[str]:
    """An Oxigraph server in memory on a free loopback port; gives its URL and ends it afterwards."""
    beside = Path(sys.executable).with_name("oxigraph")
    program = str(beside) if beside.exists() else shutil.which("oxigraph")
    if program is None:
        pytest.skip("the oxigraph server is not installed (pip install oxigraph)")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [program, "serve", "--bind", f"127.0.0.1:{port}", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            try:
                urlopen(f"{url}/query?query=ASK%20%7B%7D", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, "the oxigraph server did not start"
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def clear(url: str) -> None:
    """Empty an Oxigraph server."""
    urlopen(f"{url}/update", data=urlencode({"update": "DROP ALL"}).encode(), timeout=30).close()


USER, PASSWORD = "keeper", "not a secret"
"""Who may write to the tests' Virtuoso."""


class Virtuoso(NamedTuple):
    """A running Virtuoso: the options of ``open_store`` for it, and the port of its SQL console."""

    endpoint: str
    graph_store_url: str
    update_url: str
    sql_port: int

    @property
    def options(self) -> dict[str, str]:
        return {"endpoint": self.endpoint, "graph_store_url": self.graph_store_url, "update_url": self.update_url}

    def sql(self, statements: str) -> str:
        """What the console says to these statements."""
        command = [_ISQL, f"127.0.0.1:{self.sql_port}", "dba", "dba"]
        done = subprocess.run(command, input=statements, capture_output=True, text=True, timeout=60, check=True)
        assert "Error" not in done.stderr, done.stderr
        return done.stdout

    def clear(self) -> None:
        """Take away the graphs that tests have made; Virtuoso's own stay."""
        graphs = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } FILTER(!CONTAINS(STR(?g), 'openlinksw.com')) }"
        found = [line for line in self.sql(f"SPARQL {graphs};\n").splitlines() if line.startswith(("https://example.org/", BASE))]
        self.sql("".join(f"SPARQL CLEAR GRAPH <{graph}>;\n" for graph in found))


_ISQL = "isql-vt"
# As Debian sets it up: 10,000 rows at most, and buffers for a small machine.
_VIRTUOSO_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
DisableUnixSocket = 1
CaseMode = 2
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{http_port}
ServerRoot = .
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 10000
MaxQueryCostEstimationTime = 400
MaxQueryExecutionTime = 60
"""


@contextmanager
def virtuoso_server(folder: Path) -> Iterator[Virtuoso]:
    """A Virtuoso with its files in this new folder, on free loopback ports; ends afterwards."""
    for program in ("virtuoso-t", _ISQL):
        if shutil.which(program) is None:
            pytest.skip("Virtuoso 7 is not installed (apt-get install --no-install-recommends virtuoso-opensource-7)")
    sql_port, http_port = free_port(), free_port()
    url = f"http://127.0.0.1:{http_port}"
    (folder / "virtuoso.ini").write_text(_VIRTUOSO_INI.format(sql_port=sql_port, http_port=http_port))
    process = subprocess.Popen(
        ["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            try:
                urlopen(f"{url}/sparql?query=ASK%20%7B%7D", timeout=5).close()
                break
            except OSError:
                log = folder / "virtuoso.log"
                assert process.poll() is None, f"Virtuoso did not start: {log.read_text() if log.exists() else 'no log'}"
                time.sleep(0.1)
        server = Virtuoso(f"{url}/sparql", f"{url}/sparql-graph-crud-auth", f"{url}/sparql-auth", sql_port)
        server.sql(
            f"DB.DBA.USER_CREATE('{USER}', '{PASSWORD}');\nGRANT SPARQL_UPDATE TO {USER};\n"
            f"DB.DBA.RDF_DEFAULT_USER_PERMS_SET('{USER}', 7);\n"
        )
        yield server
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


@contextmanager
def raw_server(answer: Callable[[socket.socket, bytes], None]) -> Iterator[str]:
    """A server that reads the beginning of a request and lets ``answer`` write what it likes to the connection; gives its URL."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=speak, args=(connection,), daemon=True).start()

    def speak(connection: socket.socket) -> None:
        with connection:
            try:
                answer(connection, connection.recv(65536))
            except OSError:
                pass  # the client has heard enough

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.close()


class Request(BaseHTTPRequestHandler):
    """One request to a fake server; its ``body`` is read, and it is noted in ``server.seen``."""

    protocol_version = "HTTP/1.1"
    body = b""

    def answer(self, status: int, content: bytes = b"", type: str = "text/plain", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", type)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def rows(self, *names: str, count: int = 0) -> None:
        """An answer to a SELECT: ``count`` as ?n, or no row at all."""
        integer = {"type": "literal", "datatype": "http://www.w3.org/2001/XMLSchema#integer", "value": str(count)}
        bindings = [{"n": integer}] if "n" in names else []
        content = json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}})
        self.answer(200, content.encode(), "application/sparql-results+json")

    def forward(self, target: str, body: bytes | None = None) -> None:
        """Have the server at ``target`` answer it, with this body instead of its own if one is given."""
        content = self.body if body is None else body
        headers = {name: self.headers[name] for name in ("Content-Type", "Accept") if name in self.headers}
        asked = urllib.request.Request(target + self.path, data=content, headers=headers, method=self.command)
        try:
            with urlopen(asked, timeout=30) as answer:
                status, found, content = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            status, found, content = error.code, error.headers, error.read()
        self.name = found.get("Server", "")
        self.answer(status, content, found.get("Content-Type", "text/plain"))

    name = "a fake"

    def version_string(self) -> str:
        """What the answer's ``Server`` header says."""
        return self.name

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def fake_server(behave: Callable[[Request], None]) -> Iterator[tuple[str, list[Request]]]:
    """A server that answers every request with ``behave``; gives its URL and the requests that it has seen."""
    seen: list[Request] = []

    class Handler(Request):
        def respond(self) -> None:
            self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen.append(self)
            self.close_connection = True
            try:
                behave(self)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client has heard enough

        do_GET = do_POST = do_PUT = respond

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
