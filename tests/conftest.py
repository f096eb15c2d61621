"""What several test modules start from; a module with a fixture of the same name has its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import PASSWORD, USER, Virtuoso, raw_server, virtuoso_server
from validating import PREFIXES, ROOT, SHAPES

from kb.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A small knowledge base: the real ontology, two actors (one of them at fault), three rules."""
    root = tmp_path / "kb"
    for folder in ("data", "shapes", "queries"):
        (root / folder).mkdir(parents=True)
    (root / "ontology").symlink_to(ROOT / "ontology")
    (root / "shapes" / "claims.ttl").write_text(SHAPES)
    (root / "data" / "actors.ttl").write_text(
        PREFIXES + 'actor:union a mm:Actor ; skos:prefLabel "Union"@en .\nactor:faulty a mm:Actor .\n'
    )
    return Project(root)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "mine.ttl"


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """A Virtuoso of the tests' own; skips where none is installed."""
    with virtuoso_server(tmp_path_factory.mktemp("virtuoso")) as server:
        yield server


@pytest.fixture
def virtuoso_for_keeper(virtuoso: Virtuoso, monkeypatch: pytest.MonkeyPatch) -> Virtuoso:
    """The same, where the environment says who may write to it."""
    monkeypatch.setenv("KB_USER", USER)
    monkeypatch.setenv("KB_PASSWORD", PASSWORD)
    return virtuoso


@pytest.fixture
def canary() -> Iterator[tuple[str, list[bytes]]]:
    """A server's address, and what it has heard."""
    heard: list[bytes] = []

    def answer(connection: socket.socket, request: bytes) -> None:
        heard.append(request)
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    with raw_server(answer) as url:
        yield f"{url}/", heard


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of the sandbox come first: its children are forked from a process as a command's, small and of one thread,
    and the engines leave threads and much memory behind in the tests' own."""
    items.sort(key=lambda item: item.path.name != "test_sandbox.py")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """For the same reason those tests have a process to themselves where the others are dealt out to several."""
    dealt_out = hasattr(config, "workerinput")
    return True if collection_path.name == ("test_sandbox.py" if dealt_out else "test_sandbox_apart.py") else None
