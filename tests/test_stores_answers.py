"""Every bundled question has the same answer wherever the knowledge base is held: in memory, in a folder, on either server."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from kb.queries.values import values_of
from kb.stores import loading, open_store
from kb.stores.base import GraphFile

PROJECT = find_project()
QUERIES = bundled.read_all(PROJECT)
BUNDLED = Where(PROJECT).source()
ANSWERED: dict[tuple, str] = {}


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


def given_in(example: str) -> dict[str, str]:
    words = shlex.split(example)
    return assignments(word for flag, word in pairwise(words) if flag == "-p")


def outcome(place: Where, query: bundled.Query, given: Mapping[str, str]) -> str:
    """The answer to a query with these values, or what is said instead of one."""
    try:
        return answer(Request(place, query.text, query.name, query=query, given=given, format="json")).content
    except KbError as error:
        return str(error)


def other_values(query: bundled.Query) -> list[dict[str, str]]:
    """The values of its example, changed: without what may be left out, in Spanish, and with some other values of those that
    each parameter may have."""
    example = given_in(query.example)
    found = [{p.name: example[p.name] for p in query.parameters if p.name in example and not p.optional and p.default is None}]
    for parameter in query.parameters:
        listed = [value.text for value in values_of(PROJECT, BUNDLED, parameter, "en") or ()]
        found += [{**example, parameter.name: value} for value in listed[:: max(1, len(listed) // 3)]]
    return [given for given in found if given != example]


@pytest.mark.parametrize("place", ["folder", "oxigraph", "filled_virtuoso"])
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_the_answer_is_the_same_everywhere(place: str, query: bundled.Query, request: pytest.FixtureRequest) -> None:
    given = given_in(query.example)
    assert outcome(request.getfixturevalue(place), query, given) == in_memory(query, given)


@pytest.mark.parametrize("place", ["folder", "oxigraph", "filled_virtuoso"])
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_so_it_is_with_other_values(place: str, query: bundled.Query, request: pytest.FixtureRequest) -> None:
    where = request.getfixturevalue(place)
    differing = [given for given in other_values(query) if outcome(where, query, given) != in_memory(query, given)]
    assert differing == []


def in_memory(query: bundled.Query, given: Mapping[str, str]) -> str:
    key = (query.name, tuple(sorted(given.items())))
    if key not in ANSWERED:
        ANSWERED[key] = outcome(Where(PROJECT), query, given)
    return ANSWERED[key]
