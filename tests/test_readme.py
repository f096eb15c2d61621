"""The README says what is so: every command in its console blocks is run, and what it prints is compared."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kb.project import find_project

ROOT = find_project().root
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def steps() -> list[tuple[str, str]]:
    """Each command with the output that the README shows for it."""
    found: list[tuple[str, str]] = []
    for block in BLOCKS:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader would have it: the project's files beside them, so that commands may change what they like."""
    copy = tmp_path_factory.mktemp("readme") / "kb"
    copy.mkdir()
    for name in ("ontology", "data", "shapes", "queries", "docs"):
        shutil.copytree(ROOT / name, copy / name)
    return copy


def test_the_readme_has_commands():
    assert len(steps()) >= 8


@pytest.mark.parametrize("number", range(len(steps())))
def test_command(number: int, folder: Path):
    command, expected = steps()[number]
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "KB_PROJECT": ".",
        "COLUMNS": "120",
        "NO_COLOR": "1",
    }
    run = subprocess.run(
        ["bash", "-c", command], check=False, cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    assert run.stdout + run.stderr == expected, command


def test_ci_runs_the_test_command_of_the_readme():
    commands = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    test_command = next(line for block in commands for line in block.splitlines() if line.endswith("pytest"))
    assert test_command in (ROOT / ".ci/run").read_text(encoding="utf-8")
