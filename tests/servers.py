"""Servers for the tests: a real one (Oxigraph, from PyPI), and ones that fail in a chosen way."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest


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
