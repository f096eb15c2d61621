"""How long `kb fmt` takes as a whole process, on the project's files and as a file grows, beside rdflib's own Turtle writer.

    python benchmarks/fmt.py [--runs 5] [--sizes 1000 10000 100000] [--no-peer]

The files are made with a seed: claims with their comments, glosses in two languages, numbers and lists. Each command runs
in turn, so that a busy machine slows all of them alike:

- kb fmt:      reads the file on standard input, writes it in its form, and makes sure that nothing was lost
- longturtle:  rdflib parses the file and writes it with `format="longturtle"`, which drops comments; with `canon=True`,
  the only way in which its bytes are stable, up to 1,000 triples, since it takes minutes at ten times that
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

from bench.processes import run

LARGEST_CANON = 1_000
LIMIT = 3600.0
"""Seconds that a process may take; the canonical form takes minutes."""
PEER = """
import sys, rdflib
graph = rdflib.Graph()
graph.parse(data=sys.stdin.buffer.read(), format='turtle')
sys.stdout.write(graph.serialize(format='longturtle', canon={canon}))
"""
HEAD = """@prefix claim: <https://w3id.org/medical-missions/id/claim/> .
@prefix mm: <https://w3id.org/medical-missions/ontology/> .
@prefix ex: <http://example.org/> .

"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="triples")
    options.add_argument("--no-peer", action="store_true")
    chosen = options.parse_args()
    kb = [sys.executable, "-m", "kb"]

    taken = measured({"kb fmt --check": [*kb, "fmt", "--check"]}, None, chosen.runs)
    shown("the project's own files", taken)
    with tempfile.TemporaryDirectory() as folder:
        medians = {}
        for size in chosen.sizes:
            path = Path(folder) / f"{size}.ttl"
            path.write_text(document(size), encoding="utf-8")
            commands = {"kb fmt": [*kb, "fmt", "-"]}
            if not chosen.no_peer:
                commands["longturtle"] = [sys.executable, "-c", PEER.format(canon=False)]
                if size <= LARGEST_CANON:
                    commands["longturtle canon"] = [sys.executable, "-c", PEER.format(canon=True)]
            taken = measured(commands, path, chosen.runs)
            shown(f"{size:,} triples, {path.stat().st_size:,} bytes", taken)
            medians[size] = statistics.median(taken["kb fmt"])
        for smaller, larger in pairwise(sorted(medians)):
            growth = medians[larger] / medians[smaller]
            print(
                f"{larger / smaller:g} times {smaller:,} triples take kb fmt {growth:.1f} times the time, with the start of Python"
            )


def document(triples: int) -> str:
    """Turtle of about so many triples, always the same."""
    pick = random.Random(1)
    lines = [HEAD]
    for number in range(triples // 12):
        if number % 5 == 0:
            lines.append(f"# on passage {number // 5}\n")
        lines.append(
            f"claim:c{number} ex:list ( {number} {pick.randint(0, 99)} ) ; a mm:Claim , mm:Allegation ;\n"
            f"  mm:claimant ex:actor{pick.randint(0, 99)} ; ex:share 1.50 , 0{number} ;\n"
            f'  mm:gloss "Que la cosa \\"{number}\\" fue así."@es , "That the thing \\"{number}\\" was so."@en .\n'
        )
    return "".join(lines)


def measured(commands: dict[str, list[str]], given: Path | None, runs: int) -> dict[str, list[float]]:
    """Wall time of each run, in seconds; the first run of each only warms up."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            done = run(command, LIMIT, given=given)
            if done.failure:
                raise SystemExit(f"{name}: {done.failure}")
            if turn:
                times[name].append(done.wall)
    return times


def shown(what: str, times: dict[str, list[float]]) -> None:
    print(what)
    for name, taken in times.items():
        print(f"  {name:<18}median {statistics.median(taken):7.3f} s, fastest {min(taken):7.3f} s")


if __name__ == "__main__":
    main()
