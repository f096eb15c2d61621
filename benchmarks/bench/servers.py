"""Servers on loopback for a measurement, each with its files in a folder of its own, and ended afterwards."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.request import urlopen

_READY = 60.0
"""Seconds that a server may take to start."""


class Missing(Exception):
    """A program is not installed; says which, and how to get it."""


class Server:
    """A running server. ``query`` is the address for questions, ``load`` the words of ``kb load`` that name it, ``env`` the
    environment with its credentials."""

    def __init__(
        self, command: Sequence[str | Path], folder: Path, query: str, load: list[str], env: dict[str, str]
    ) -> None:
        """Start it and wait until it answers. Raises RuntimeError where it does not."""
        self.query, self.load, self.env = query, load, env
        self._process = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _READY
        while True:
            try:
                urlopen(f"{query}?query=ASK%20%7B%7D", timeout=5).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise RuntimeError(f"{command[0]} did not start") from None
                time.sleep(0.05)

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def stop(self) -> None:
        """End it, and wait for that."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)


class Oxigraph(Server):
    """An Oxigraph server on a folder, or in memory where ``folder`` is None; its unnamed graph is the union of all."""

    def __init__(self, folder: Path | None = None) -> None:
        program = beside_python("oxigraph")
        if program is None:
            raise Missing("the oxigraph server is not installed (pip install oxigraph)")
        self.url = f"http://127.0.0.1:{free_port()}"
        where = ["--location", folder] if folder else []
        command = [program, "serve", *where, "--union-default-graph", "--bind", self.url.removeprefix("http://")]
        super().__init__(command, folder or Path(), f"{self.url}/query", ["--endpoint", self.url], {})


_VIRTUOSO_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
MaxCheckpointRemap = 2000
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
DisableUnixSocket = 1
CaseMode = 2
DirsAllowed = ., {folder}
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
ThreadsPerQuery = 2
AsyncQueueMaxThreads = 4
[HTTPServer]
ServerPort = 127.0.0.1:{http_port}
ServerRoot = .
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryCostEstimationTime = 0
MaxQueryExecutionTime = 600
"""
"""With answers that are not cut short."""


class Virtuoso(Server):
    """A Virtuoso 7 with its database in a new folder, with buffers (8 KiB each) for so many ``triples``; ``bulk`` is the
    folder that its bulk loader reads."""

    def __init__(self, folder: Path, triples: int) -> None:
        for program in ("virtuoso-t", "isql-vt"):
            if shutil.which(program) is None:
                raise Missing(
                    "Virtuoso 7 is not installed (apt-get install --no-install-recommends virtuoso-opensource-7)"
                )
        self.bulk = folder / "bulk"
        self.bulk.mkdir(parents=True)
        self._sql_port, http_port = free_port(), free_port()
        buffers = min(max(10_000, triples // 10), 340_000)
        ini = _VIRTUOSO_INI.format(
            sql_port=self._sql_port,
            http_port=http_port,
            folder=self.bulk.resolve(),
            buffers=buffers,
            dirty=buffers * 3 // 4,
        )
        (folder / "virtuoso.ini").write_text(ini)
        url = f"http://127.0.0.1:{http_port}"
        load = ["--endpoint", f"{url}/sparql", "--graph-store-url", f"{url}/sparql-graph-crud-auth"]
        load += ["--update-url", f"{url}/sparql-auth"]
        # The administrator of a database that lives as long as the measurement, with the password that a new one has.
        env = {"KB_USER": "dba", "KB_PASSWORD": "dba"}
        super().__init__(
            ["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"], folder, f"{url}/sparql", load, env
        )

    def console(self, statements: str) -> list[str]:
        """The command that runs statements on its SQL console."""
        return ["isql-vt", f"127.0.0.1:{self._sql_port}", "dba", "dba", "ERRORS=STDOUT", f"exec={statements}"]


def beside_python(program: str) -> str | None:
    """A program of this environment, or else on the path; None where there is none."""
    beside = Path(sys.executable).with_name(program)
    return str(beside) if beside.exists() else shutil.which(program)


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
