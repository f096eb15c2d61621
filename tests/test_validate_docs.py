"""docs/validation.md says what is so: its console blocks are run, and its tables name what there is."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kb.project import find_project
from kb.validation import answering
from kb.validation.outputs import COLUMNS

PAGE = (find_project().root / "docs" / "validation.md").read_text(encoding="utf-8")
STEPS = [
    part.partition("\n")[::2]
    for block in re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("docs")


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_command(number: int, folder: Path) -> None:
    command, expected = STEPS[number]
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run(["bash", "-c", command], check=False, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    assert _settled(run.stdout + run.stderr) == _settled(expected), command


def _settled(text: str) -> str:
    """Without how many rules there are and on which line one is written: both change with every rule."""
    return re.sub(r"(?<=shapes/claims.ttl:)\d+|\d+(?= rules\))", "N", text)


def test_every_column_and_format_is_explained() -> None:
    for name in (*COLUMNS, *answering.FORMATS):
        assert f"`{name}`" in PAGE, name
