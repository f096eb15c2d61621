"""A sample of the fuzzer's cases (``tests/fuzz_validate.py``), in a process of its own, as it is run by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_files_with_random_faults_are_reported_or_refused() -> None:
    script = Path(__file__).with_name("fuzz_validate.py")
    command = [sys.executable, str(script), "--seed", "1", "--count", "300"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "300 cases of seed 1" in done.stdout
