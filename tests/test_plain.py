"""A plain question, read without click, is the same question as click reads."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_project

from kb.cli import plain
from kb.cli.commands import cli
from kb.queries import deadline

PLAIN = [
    ["query", "staff"],
    ["query", "staff", "-p", "country=place:north"],
    ["query", "staff", "--param", "a=b=c", "-p", "d=", "--format", "csv"],
    ["query", "--lang", "es", "--lang", "en", "staff"],
    ["query", "--cite", "--no-labels", "staff", "--ids", "--labels"],
    ["query", "--format", "json", "--no-labels", "no such query"],
    ["query", "staff", "--store", "a folder", "--limit", "3", "--timeout", "2.5", "--memory", "1"],
    ["query", "staff", "--limit", "0", "--timeout", "0"],
]
OTHER = [
    [],
    ["query"],
    ["queries", "show", "staff"],
    ["--debug", "query", "staff"],
    ["query", ""],
    ["query", "-"],
    ["query", "--help"],
    ["query", "staff", "-p"],
    ["query", "staff", "-pa=b"],
    ["query", "staff", "--format=csv"],
    ["query", "staff", "--format", "cvs"],
    ["query", "staff", "--format"],
    ["query", "staff", "--lang", "fr"],
    ["query", "staff", "country=north"],
    ["query", "--", "staff"],
    ["query", "staff", "--limit", "-3"],
    ["query", "staff", "--limit", "many"],
    ["query", "staff", "--limit"],
    ["query", "staff", "--timeout", "soon"],
    ["query", "-q", "ASK {}"],
]


@pytest.mark.parametrize("line", PLAIN, ids=" ".join)
def test_it_is_read_as_click_reads_it(line: list[str]) -> None:
    found = plain.question(line)
    assert found is not None
    command = cli.get_command(None, "query")
    by_click = command.make_context("query", list(line[1:])).params
    by_click = {name: value for name, value in by_click.items() if name in found or value not in (None, False, ())}
    defaults = {"lang": "en", "timeout": deadline.TIMEOUT}
    assert defaults | found | {"params": tuple(found["params"])} == {"params": ()} | by_click


@pytest.mark.parametrize("line", OTHER, ids=" ".join)
def test_another_line_is_left_to_click(line: list[str]) -> None:
    assert plain.question(line) is None


def test_a_project_of_ones_own_is_left_to_click(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KB_PROJECT", str(tmp_path))
    assert plain.question(["query", "staff"]) is None


@pytest.mark.parametrize("options", [[], ["-p", "claimant=csmc"], ["--format", "md"], ["--lang", "es", "--cite", "--format", "json"]])
def test_both_ways_give_the_same_answer(options: list[str]) -> None:
    plainly = small_project.kb("query", "claims-citing", "-p", "work=csmc-somos-smc", *options)
    by_click = small_project.kb("query", "claims-citing", "-p", "work=csmc-somos-smc", *options, "--timeout", "60")
    assert plainly == by_click
    assert plainly.stdout or plainly.stderr
