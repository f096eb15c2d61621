"""The command kb validate: which files it reads, where the report goes, exit codes, progress on a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
from validating import GOOD, PREFIXES, kb

from kb.cli import progress
from kb.project import Project
from kb.validation import validate

BAD = PREFIXES + "claim:bad a mm:Claim .\n"


# --- what is read -------------------------------------------------------------------------------------------------


def test_folders_many_files_and_standard_input_together_each_once(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    (folder / "deep").mkdir(parents=True)
    (folder / "one.ttl").write_text(GOOD)
    (folder / "deep" / "two.nt").write_text("<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n")
    (folder / "notes.txt").write_text("no RDF\n")
    done = kb(project, folder, folder / "one.ttl", folder / "." / "one.ttl", "-", "-", "--format", "json", stdin=BAD.encode())
    report = json.loads(done.stdout)
    assert report["files"] == [str(folder / "deep" / "two.nt"), str(folder / "one.ttl"), "<stdin>"]
    assert report["statements"] == 1 + 3 + 1
    assert [row["file"] for row in report["results"] if row["severity"] == "violation"] == ["<stdin>"]


def test_each_file_that_cannot_be_read_is_told_once(project: Project, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("nonsense")
    (tmp_path / "b.ttl").write_text(GOOD)
    (tmp_path / "c.ttl").write_text("<a> <b>")
    done = kb(project, tmp_path / "a.ttl", tmp_path / "b.ttl", tmp_path / "c.ttl", tmp_path / "a.ttl")
    assert (done.returncode, done.stdout) == (3, "")
    assert [done.stderr.count(f"{name}.ttl:1") for name in "abc"] == [1, 0, 1]


# --- where the report goes, and how it ends -----------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["text", "json", "csv", "md", "ttl", "sarif"])
def test_the_report_into_a_file(project: Project, mine: Path, tmp_path: Path, format_: str) -> None:
    mine.write_text(BAD)
    printed = kb(project, mine, "--format", format_)
    done = kb(project, mine, "--format", format_, "-o", tmp_path / "report")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    written = (tmp_path / "report").read_text()
    # A W3C report has blank nodes without names, in whatever order: enough that it says as much.
    assert written == printed.stdout or format_ == "ttl" and len(written) == len(printed.stdout)


def test_what_cannot_be_written_is_told_and_leaves_nothing(project: Project, mine: Path, tmp_path: Path) -> None:
    mine.write_text(GOOD)
    done = kb(project, mine, "-o", tmp_path / "no" / "folder")
    assert done.returncode == 3 and "cannot be written" in done.stderr


@pytest.mark.parametrize("format_", ["ttl", "sarif"])
def test_summary_is_for_reports_that_count(project: Project, mine: Path, format_: str) -> None:
    mine.write_text(GOOD)
    assert kb(project, mine, "--summary", "--format", format_).returncode == 2


def test_summary_in_every_other_format(project: Project, mine: Path) -> None:
    mine.write_text(BAD)
    for format_ in ("text", "json", "csv", "md"):
        done = kb(project, mine, "--summary", "--format", format_)
        assert done.returncode == 1 and "mms:ClaimClaimantShape" in done.stdout and "claim:bad" not in done.stdout


def test_fail_on_counts_for_every_format(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + "claim:a a mm:Claim ; mm:claimant actor:union ; mm:stance stance:doubts .\n")
    for format_ in ("text", "sarif", "ttl"):
        assert kb(project, mine, "--format", format_).returncode == 0
        assert kb(project, mine, "--format", format_, "--fail-on", "warning").returncode == 1
        assert kb(project, mine, "--format", format_, "--fail-on", "never").returncode == 0


def test_other_peoples_shapes_alone_or_beside_ours(project: Project, mine: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    (theirs / "examples").mkdir(parents=True)
    (theirs / "boats.ttl").write_text(
        PREFIXES + "ex:Order a sh:PropertyShape ; sh:targetClass mm:Claim ; sh:path mm:order ; sh:minCount 1 ; sh:message 'A number.'@en ."
    )
    (theirs / "examples" / "boat.ttl").write_text(PREFIXES + "ex:no sh:targetclass 'example' .")
    mine.write_text(BAD)
    alone = json.loads(kb(project, mine, "--shapes", theirs, "--format", "json").stdout)
    both = json.loads(kb(project, mine, "--shapes", theirs, "--own-shapes", "--format", "json").stdout)
    assert [row["rule"] for row in alone["results"]] == ["http://example.org/Order"]
    assert {row["rule"] for row in both["results"]} == {"http://example.org/Order", "mms:ClaimClaimantShape"}
    assert kb(project, mine, "--own-shapes").returncode == 2


def test_the_help_documents_the_exit_codes(project: Project) -> None:
    text = kb(project, "--help").stdout
    for line in ("0  nothing at or over --fail-on", "1  something at or over it", "2  the command is misused", "3  a file cannot be read",
                 "4  the store fails"):  # fmt: skip
        assert line in text


# --- progress -----------------------------------------------------------------------------------------------------


def test_progress_is_told_in_order_and_prints_nothing(project: Project, mine: Path, capfd: pytest.CaptureFixture[str]) -> None:
    mine.write_text(GOOD)
    told: list[str] = []
    validate(project, [mine], progress=told.append)
    assert told[0] == "reading the shapes and the ontology" and told[-1] == "writing the report"
    assert "applying the rules" in told and "reading the files" in told
    assert capfd.readouterr() == ("", "")


def test_on_a_terminal_progress_shows_after_a_moment_and_is_erased() -> None:
    code = (
        "import time\nfrom kb import sandbox, telling\nfrom kb.cli.progress import Progress\n"
        "def work():\n    telling.at_stage('applying the rules')\n    time.sleep(1.8)\n"
        "with Progress(telling.stage):\n    sandbox.run(lambda: work, sandbox.Limits(9, None))\nprint('done')\n"
    )
    leader, follower = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=follower)
    os.close(follower)
    shown, deadline = b"", time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            part = os.read(leader, 1000)
        except OSError:
            break
        if not part:
            break
        shown += part
    assert process.wait(20) == 0 and process.stdout is not None and process.stdout.read() == b"done\n"
    os.close(leader)
    assert b"applying the rules \xe2\x80\xa6 1 s" in shown
    assert shown.endswith(b"\r\x1b[K")


def test_off_a_terminal_there_is_no_progress(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_QUIET", 0.01)
    with progress.Progress(lambda: "applying the rules"):
        time.sleep(0.1)
    assert capfd.readouterr() == ("", "")
