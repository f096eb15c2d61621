"""Every bundled question has the same answer wherever the knowledge base is held: in memory, in a folder, on a server."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from servers import oxigraph_server

from kb.cli.query import assignments
from kb.errors import KbError
from kb.project import find_project
from kb.queries import bundled
from kb.queries.asking import answer
from kb.queries.requests import Request, Where
from kb.stores import loading, open_store

PROJECT = find_project()


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Where]]:
    folder: Path = tmp_path_factory.mktemp("answers") / "store"
    plan = loading.read(PROJECT, loading.files_to_load(PROJECT, []))
    with oxigraph_server() as url:
        for options in ({"store": folder, "write": True}, {"endpoint": url}):
            with open_store(**options) as store:
                loading.load(plan, store)
        yield [Where(PROJECT), Where(PROJECT, store=folder), Where(PROJECT, endpoint=url)]


def outcome(place: Where, query: bundled.Query) -> str:
    """The answer to the query's example, or what is said instead of one."""
    words = shlex.split(query.example)
    given = assignments(word for flag, word in pairwise(words) if flag == "-p")
    try:
        return answer(Request(place, query.text, query.name, query=query, given=given, format="json")).content
    except KbError as error:
        return str(error)


@pytest.mark.parametrize("query", bundled.read_all(PROJECT), ids=lambda query: query.name)
def test_the_answer_is_the_same_everywhere(places: list[Where], query: bundled.Query) -> None:
    memory, embedded, server = (outcome(place, query) for place in places)
    assert embedded == memory
    assert server == memory
