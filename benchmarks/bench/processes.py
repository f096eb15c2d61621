"""A measurement is a process of its own: its wall and CPU time and its peak memory, within a time limit."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_KEPT = 1 << 27
"""Bytes of what a process says that are kept; its rows are counted in them."""


@dataclass(frozen=True)
class Run:
    """One process from start to end. ``wall`` and ``cpu`` (user and system, with the processes that it waited for) are in
    seconds, ``peak`` is the largest resident memory of one of them in MiB, ``late`` says that it was ended at the limit."""

    wall: float
    cpu: float
    peak: float
    code: int
    late: bool
    out: str
    err: str

    @property
    def failure(self) -> str:
        """Why it does not count, in a line; empty for a run that does."""
        if self.late:
            return f"not done after {self.wall:.0f} s"
        if self.code:
            said = [line.strip() for line in (self.err or self.out).splitlines() if any(map(str.isalpha, line))]
            return f"ended with {self.code}: {(said or ['nothing said'])[-1][:160]}"
        return ""


def run(
    command: Sequence[str | Path], limit: float, *,
    given: Path | None = None, env: Mapping[str, str] | None = None, cwd: Path | None = None,
) -> Run:  # fmt: skip
    """Run a command with the file ``given`` or nothing on standard input, ``env`` added to the environment, in the folder
    ``cwd``; it and all that it started are ended after ``limit`` seconds.

    This process must be small: the kernel counts the memory of the process that starts another one as that one's peak.
    """
    with open(given or os.devnull, "rb") as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command], stdin=stdin, stdout=out, stderr=err, cwd=cwd,
            env={**os.environ, **(env or {})}, start_new_session=True,
        )  # fmt: skip
        late = threading.Event()
        watch = threading.Timer(limit, _end, (process.pid, late))
        watch.daemon = True
        watch.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            _end(process.pid, late)  # whoever breaks the measurement off leaves nothing running
            raise
        finally:
            watch.cancel()
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        kilobytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
        return Run(
            wall,
            usage.ru_utime + usage.ru_stime,
            kilobytes / 1024,
            process.returncode,
            late.is_set(),
            _text(out),
            _text(err),
        )


def clean_up_when_terminated() -> None:
    """Let SIGTERM end this process as an exception does, so that what it started is ended, too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def in_turn(actions: Sequence[Callable[[], Run]], most: Sequence[int] = ()) -> list[list[Run]]:
    """The runs of each action, in turn, so that a busy machine slows all alike.

    Their number follows from the length of the first, and is no more than ``most`` says for the action. If it is more than
    one, the first does not count: it filled the caches. What fails is not tried again, and its failure is the last of its runs.
    """
    first = [action() for action in actions]
    found = [[done] for done in first]
    more = [0 if done.failure else by_length(done) for done in first]
    more = [min(pair) for pair in zip(more, most, strict=True)] if most else more
    for turn in range(max(more, default=0)):
        for number, action in enumerate(actions):
            if more[number] <= max(turn, 1) or found[number][-1].failure:
                continue
            if turn == 0:
                found[number].clear()
            found[number].append(action())
    return found


def by_length(done: Run) -> int:
    """How many runs are worth their time: many of what is short and varies, one of what takes long."""
    return 7 if done.wall < 0.5 else 3 if done.wall < 3 else 1


def median(runs: Sequence[Run], part: str) -> float:
    """The median of ``wall``, ``cpu`` or ``peak``."""
    return statistics.median(getattr(done, part) for done in runs)


@dataclass(frozen=True)
class Usage:
    """What a running process has used so far: CPU seconds, and its largest resident memory in MiB."""

    cpu: float
    peak: float


def usage_of(pid: int) -> Usage:
    """The usage of a running process, for a server; zeros where /proc does not tell it."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        status = Path(f"/proc/{pid}/status").read_text().splitlines()
        peak = next((int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM")), 0.0)
    except OSError:
        return Usage(0.0, 0.0)
    return Usage(cpu, peak)


def _end(pid: int, late: threading.Event) -> None:
    late.set()
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it came to its end by itself


def _text(file: object) -> str:
    file.seek(0)  # type: ignore[attr-defined]
    return file.read(_KEPT).decode("utf-8", "replace")  # type: ignore[attr-defined]
