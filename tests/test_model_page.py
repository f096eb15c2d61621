"""The queries that docs/model.md shows run as they stand, and find something."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from kb.cli.commands import cli
from kb.project import find_project

PAGE = (find_project().root / "docs" / "model.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^```sparql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_has_queries():
    assert len(QUERIES) >= 3


@pytest.mark.parametrize("number", range(len(QUERIES)))
def test_query(number: int):
    done = CliRunner().invoke(cli, ["query", "-q", QUERIES[number], "--format", "csv"])
    assert done.exit_code == 0, done.output
    assert "kb:" not in done.stderr, "no unknown term"
    assert len(done.stdout.splitlines()) > 1, "a header and at least one row"
