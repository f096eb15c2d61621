"""Every bundled question has the same answer wherever the knowledge base is held: in memory, in a folder, on either server."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from servers import PASSWORD, USER, Virtuoso, oxigraph_server

from kb import sandbox
from kb.cli.query import assignments
from kb.errors import KbError
from kb.project import find_project
from kb.queries import bundled
from kb.queries.asking import answer
from kb.queries.requests import Request, Where
from kb.stores import loading, open_store
from kb.stores.base import GraphFile

PROJECT = find_project()
QUERIES = bundled.read_all(PROJECT)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Sequence[GraphFile]:
    """The whole knowledge base, as a load sends it."""

    def run(prepare: Callable[[], sandbox.Work], files: Sequence[Path]) -> object:
        return sandbox.run(prepare, sandbox.Limits(60, None))

    folder = tmp_path_factory.mktemp("spool")
    return loading.spool(PROJECT, loading.files_to_load(PROJECT, []), None, folder, run, sys.stdin.buffer).files


@pytest.fixture(scope="module")
def folder(files: Sequence[GraphFile], tmp_path_factory: pytest.TempPathFactory) -> Where:
    place: Path = tmp_path_factory.mktemp("answers") / "store"
    with open_store(place, write=True) as store:
        store.load(files)
    return Where(PROJECT, store=place)


@pytest.fixture(scope="module")
def oxigraph(files: Sequence[GraphFile]) -> Iterator[Where]:
    with oxigraph_server() as url:
        with open_store(endpoint=url) as store:
            store.load(files)
        yield Where(PROJECT, endpoint=url)


@pytest.fixture(scope="module")
def filled_virtuoso(files: Sequence[GraphFile], virtuoso: Virtuoso) -> Iterator[Where]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("KB_USER", USER)
        environment.setenv("KB_PASSWORD", PASSWORD)
        with open_store(**virtuoso.options) as store:
            store.load(files)
    yield Where(PROJECT, endpoint=virtuoso.endpoint)
    virtuoso.clear()


def outcome(place: Where, query: bundled.Query, example: str) -> str:
    """The answer to an example of the query, or what is said instead of one."""
    words = shlex.split(example)
    given = assignments(word for flag, word in pairwise(words) if flag == "-p")
    try:
        return answer(Request(place, query.text, query.name, query=query, given=given, format="json")).content
    except KbError as error:
        return str(error)


@pytest.mark.parametrize("place", ["folder", "oxigraph", "filled_virtuoso"])
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_the_answer_is_the_same_everywhere(place: str, query: bundled.Query, request: pytest.FixtureRequest) -> None:
    memory = outcome(Where(PROJECT), query, query.example)
    assert outcome(request.getfixturevalue(place), query, query.example) == memory
