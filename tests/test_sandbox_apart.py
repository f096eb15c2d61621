"""``test_sandbox.py`` in a process of its own, where the tests run in several; see ``conftest.py``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_sandbox() -> None:
    tests = Path(__file__).with_name("test_sandbox.py")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", str(tests)]
    done = subprocess.run(command, cwd=tests.parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
