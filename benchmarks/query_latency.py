"""How long `kb query` on a bundled question takes as a whole process, against a bare parse of the same data.

    python benchmarks/query_latency.py [--runs 25] [--query NAME]

Three commands run in turn, so that a busy machine slows all of them alike:

- bare parse: `import pyoxigraph`, and parse every file that the question is asked of
- bare query: the same, into a store, with one SPARQL query
- kb query:   the question's own example call, its answer into a pipe

The bound for the first slice of the knowledge base is 4 times the bare parse.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import statistics
import subprocess
import sys
import time
from pathlib import Path

BOUND = 4.0
PARSE = """
import sys, pyoxigraph
for path in sys.argv[1:]:
    with open(path, 'rb') as file:
        for quad in pyoxigraph.parse(file.read(), format=pyoxigraph.RdfFormat.TURTLE):
            pass
"""
QUERY = """
import sys, pyoxigraph
store = pyoxigraph.Store()
for path in sys.argv[1:]:
    with open(path, 'rb') as file:
        store.load(file.read(), format=pyoxigraph.RdfFormat.TURTLE)
print(sum(1 for row in store.query('SELECT ?s ?l { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?l } ORDER BY ?l')))
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--runs", type=int, default=25)
    options.add_argument("--query", help="a bundled query; by default the first one")
    chosen = options.parse_args()

    from kb import __version__
    from kb.project import find_project
    from kb.queries import bundled

    project = find_project()
    query = bundled.find(project, chosen.query or min(bundled.paths(project)))
    files = [str(path) for path in project.stated_files()]
    script = Path(sys.executable).with_name("kb")
    kb = [str(script)] if script.exists() else [sys.executable, "-m", "kb"]
    commands = {
        "bare parse": [sys.executable, "-c", PARSE, *files],
        "bare query": [sys.executable, "-c", QUERY, *files],
        "kb query": [*kb, *shlex.split(query.example)[1:]],
    }
    times = measured(commands, chosen.runs)

    print(f"machine     {machine()}")
    print(f"versions    Python {platform.python_version()}, pyoxigraph {installed('pyoxigraph')}, kb {__version__}")
    print(f"data        {len(files)} files, {sum(os.path.getsize(path) for path in files):,} bytes, {triples(files):,} triples")
    print(f"question    {query.example}")
    print(f"runs        {chosen.runs} of each in turn, whole processes")
    for name, taken in times.items():
        print(f"{name:<12}median {statistics.median(taken) * 1000:6.1f} ms, fastest {min(taken) * 1000:6.1f} ms")
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    print(f"ratio       {medians['kb query'] / medians['bare parse']:.2f} of the bare parse (bound {BOUND:g})")
    print(f"            {medians['kb query'] / medians['bare query']:.2f} of the bare query")


def measured(commands: dict[str, list[str]], runs: int) -> dict[str, list[float]]:
    """Wall time of each run, in seconds. The first run of each only warms up: it compiles Python and fills the caches."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(runs + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
            if run:
                times[name].append(time.perf_counter() - start)
    return times


def triples(files: list[str]) -> int:
    from kb.turtle import parse_file

    return sum(1 for path in files for _ in parse_file(path))


def installed(package: str) -> str:
    from importlib.metadata import version

    return version(package)


def machine() -> str:
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), model)
    except OSError:
        pass  # not Linux
    return f"{os.cpu_count()} × {model}, {platform.system()} {platform.release()}"


if __name__ == "__main__":
    main()
