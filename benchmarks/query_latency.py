"""How long `kb query NAME` takes as a whole process, against a bare script that parses the same files and asks the same query.

    python benchmarks/query_latency.py [--runs 15] [NAME …]

For each question two processes run in turn, so that a busy machine slows both alike:

- bare: `import pyoxigraph`, read every file of the knowledge base into a store, ask the query (as `kb` hands it to the engine: its
  parameters bound, its prefixes declared), write CSV
- kb:   the question's own example call, into a pipe

Told are the median and the fastest of the wall time, and the median of the CPU time (user and system), which other processes
disturb less. Exit code 1: a question takes more than 1.5 times as long, by both medians.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import statistics
import sys
import tempfile
from pathlib import Path

from bench.machine import installed, processor
from bench.processes import run
from bench.questions import example_in_full
from bench.servers import beside_python

BOUND = 1.5
LIMIT = 300.0
"""Seconds that a process may take."""
CHOICE = (
    "who-keeps-what",
    "payments",
    "contested",
    "evidence",
    "said-by",
    "side-by-side",
    "relations",
    "works-by-claims",
)
BARE = """
import sys, pyoxigraph
store = pyoxigraph.Store()
for path in sys.argv[2:]:
    with open(path, 'rb') as file:
        store.load(file.read(), format=pyoxigraph.RdfFormat.TURTLE)
with open(sys.argv[1], encoding='utf-8') as file:
    found = store.query(file.read())
found.serialize(sys.stdout.buffer, format=pyoxigraph.QueryResultsFormat.CSV)
"""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--runs", type=int, default=15)
    options.add_argument("names", nargs="*", metavar="NAME", default=CHOICE, help="bundled questions")
    chosen = options.parse_args()

    from kb import __version__
    from kb.project import find_project
    from kb.queries import bundled

    project = find_project()
    files = [str(path) for path in project.stated_files()]
    script = beside_python("kb")
    kb = [script] if script else [sys.executable, "-m", "kb"]
    print(f"machine   {processor()}, load {os.getloadavg()[0]:.1f}")
    print(f"versions  Python {platform.python_version()}, pyoxigraph {installed('pyoxigraph')}, kb {__version__}")
    print(f"bytecode  {'not kept (PYTHONDONTWRITEBYTECODE)' if sys.dont_write_bytecode else 'kept'}")
    print(f"data      {len(files)} files, {sum(os.path.getsize(path) for path in files):,} bytes")
    print(
        f"runs      {chosen.runs} of each in turn, whole processes; milliseconds, bare / kb = ratio; the bound is {BOUND:g}\n"
    )
    print(f"{'question':<26}{'wall, median':>24}{'wall, fastest':>24}{'CPU, median':>24}")
    over = []
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen.names:
            query = bundled.find(project, name)
            text = Path(folder, f"{name}.rq")
            text.write_text(example_in_full(project, query), encoding="utf-8")
            bare, ours = measured(
                ([sys.executable, "-c", BARE, str(text), *files], [*kb, *shlex.split(query.example)[1:]]), chosen.runs
            )
            ratios = [
                told(of(run[part] for run in bare), of(run[part] for run in ours))
                for part, of in ((0, statistics.median), (0, min), (1, statistics.median))
            ]
            print(f"{name:<26}" + "".join(f"{text:>24}" for text, _ in ratios), flush=True)
            if min(ratios[0][1], ratios[2][1]) > BOUND:
                over.append(name)
    if over:
        print(f"\nover the bound: {', '.join(over)}")
    return 1 if over else 0


def measured(commands: tuple[list[str], ...], runs: int) -> list[list[tuple[float, float]]]:
    """Wall and CPU time of each run of each command, in seconds. The first of each only warms up: it fills the caches."""
    times: list[list[tuple[float, float]]] = [[] for _ in commands]
    for turn in range(runs + 1):
        for number, command in enumerate(commands):
            done = run(command, LIMIT)
            if done.failure:
                raise SystemExit(f"{' '.join(command)[:200]}: {done.failure}")
            if turn:
                times[number].append((done.wall, done.cpu))
    return times


def told(bare: float, ours: float) -> tuple[str, float]:
    return f"{bare * 1000:.0f} / {ours * 1000:.0f} = {ours / bare:.2f}", ours / bare


if __name__ == "__main__":
    sys.exit(main())
