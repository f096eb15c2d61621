"""One task done by several programs in turn, and the rows that come of it."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.processes import Run, in_turn, run, usage_of
from bench.rows import Row, absent, row
from bench.servers import Server, beside_python

PATIENCE = 5
"""How many times the limit of a peer ``kb`` itself gets: it is what the benchmark is about."""
PEERS = Path(__file__).with_name("peers.py")


@dataclass(frozen=True)
class Contender:
    """A program and how it does the task.

    ``act`` is one measured run. ``check`` gives, after the last of them and from it, the answer that is compared with the
    others' (by default what the run itself says); ``note`` is for whoever reads the row; ``most`` are the runs that are worth it.
    """

    who: str
    act: Callable[[], Run]
    check: Callable[[Run], str] | None = None
    note: str = ""
    most: int = 7


@dataclass
class Contest:
    """The programs and the limits of a whole benchmark; collects its rows.

    ``root`` is the project, ``scratch`` a folder for whatever is made on the way, ``limit`` the seconds that one process of
    a peer may take, ``most`` the runs of each program; ``who`` are the programs that take part, all where none is
    named. Whoever was not done in time at one size is not asked at a larger one.
    """

    root: Path
    scratch: Path
    limit: float
    most: int = 7
    who: Sequence[str] = ()
    rows: list[Row] = field(default_factory=list)
    _late: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        script = beside_python("kb")
        self._kb = [script] if script else [sys.executable, "-m", "kb"]
        # An option that a load may have: not to read back what it wrote.
        self.without_proof = ["--no-proof"] if "--no-proof" in run([*self._kb, "load", "--help"], 60).out else []

    def kb(self, *words: str | Path, project: Path | None = None, server: Server | None = None) -> Run:
        """One run of ``kb``, as it is typed: with another project than its own only where one is given."""
        command = [*self._kb, *(["--project", project] if project is not None else []), *words]
        return run(command, PATIENCE * self.limit, env=server.env if server else None)

    def peer(self, task: str, *arguments: str | Path) -> Run:
        """One run of a task of ``bench.peers``."""
        return run([sys.executable, PEERS, task, *arguments], self.limit)

    def fact(self, task: str, *arguments: str | Path) -> str:
        """The answer of a task of ``bench.peers`` that is not measured; why there is none, if it fails."""
        done = self.peer(task, *arguments)
        return done.failure or _told(done)[0]

    def hold(self, part: str, task: str, size: tuple[int, int], contenders: Iterable[Contender]) -> None:
        """Let the contenders do the task in turn, and keep a row for each."""
        claims = size[0]
        starters = []
        for contender in filter(lambda contender: self.wants(contender.who), contenders):
            smaller = self._late.get((part, task, contender.who))
            if smaller is not None and smaller < claims:
                why = f"not run: not done in time at {smaller:,} claims"
                self.rows.append(absent(part, task, contender.who, size, why))
            else:
                starters.append(contender)
        if not starters:
            return
        self.say(f"{part}, {task}, {claims:,} claims: {', '.join(contender.who for contender in starters)}")
        each = in_turn([c.act for c in starters], [min(c.most, self.most) for c in starters])
        for contender, runs in zip(starters, each, strict=True):
            last = runs[-1]
            if last.late:
                self._late[part, task, contender.who] = claims
            answer, inner = ("", None) if last.failure else _told(last)
            if contender.check is not None and not last.failure:
                answer = contender.check(last)
            self.rows.append(
                row(part, task, contender.who, size, runs, answer=answer, inner=inner, note=contender.note)
            )

    def wants(self, *names: str) -> bool:
        """Whether one of the programs takes part."""
        return not self.who or any(name in self.who for name in names)

    def missing(self, part: str, task: str, who: str, size: tuple[int, int], why: object) -> None:
        """Keep a row for a program that is not there, or not asked."""
        if self.wants(who):
            self.rows.append(absent(part, task, who, size, str(why)))

    @staticmethod
    def say(what: str) -> None:
        """Tell on standard error what is being done."""
        print(what, file=sys.stderr, flush=True)


def rows_in_csv(done: Run) -> str:
    """How many rows a run wrote as CSV."""
    return f"{sum(1 for _ in csv.reader(io.StringIO(done.out))) - 1} rows"


def on_server(server: Server, act: Callable[[], Run]) -> Run:
    """A run whose CPU time and memory are those of the server that does the work."""
    before = usage_of(server.pid)
    done = act()
    after = usage_of(server.pid)
    return replace(done, cpu=after.cpu - before.cpu, peak=after.peak)


def _told(done: Run) -> tuple[str, float | None]:
    """What a task of ``bench.peers`` says: its answer and the seconds of the task itself."""
    if not done.out.startswith('{"answer"'):
        return "", None
    said = json.loads(done.out)
    return said["answer"], said["inner"] or None
