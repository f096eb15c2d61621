"""All benchmarks with one command: a table (Markdown, CSV, JSON) and a plot, each program beside its peers in the same run.

    python benchmarks/run.py [--sizes 1000,10000,100000] [--only load,query,…] [--who NAME]… [--quick] [--out DIR] [--scratch DIR]

``--sizes`` are claims of generated data (about 32 triples each). Parts: ``bundled`` (commands on the bundled data), ``load``,
``query``, ``validate``, ``infer``. What is measured, and beside what, is in ``docs/scale.md``. ``--quick`` takes 1,000 and
10,000 claims and leaves out what takes minutes. A program that is not installed is listed as missing. The files are
rewritten after each part, so that a run that is broken off leaves what it has measured.

The plot needs matplotlib (pip install 'medical-missions-kb[bench]'). Exit code 1: a target that was measured is not met, or programs
gave different answers.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import asking, inferring, latency, loading, plot, tables, validating
from bench.contest import PATIENCE, Contest
from bench.datasets import BENCHMARKS, DataSet, made
from bench.jena import Jena
from bench.machine import description
from bench.processes import clean_up_when_terminated
from bench.rows import differences
from bench.stores import Stores, jena_or_why
from bench.targets import REFERENCE_CLAIMS, VALIDATE_CLAIMS, judged

PARTS = ("bundled", "load", "query", "validate", "infer")
SIZES, QUICK_SIZES = (1_000, 10_000, 100_000), (1_000, 10_000)
LIMIT, QUICK_LIMIT = 120.0, 20.0
"""Seconds that one process of a peer may take."""
RUNS, QUICK_RUNS = 7, 3
"""How often what is short is run, at most."""
_made: dict[int, DataSet] = {}
"""The data sets of this run: two parts may ask for one size."""


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = _options().parse_args(arguments)
    clean_up_when_terminated()
    # Programs are measured as their users have them, whose Python keeps what it has compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sizes = chosen.sizes or (QUICK_SIZES if chosen.quick else SIZES)
    limit = chosen.limit or (QUICK_LIMIT if chosen.quick else LIMIT)
    start, facts = time.perf_counter(), description()
    with tempfile.TemporaryDirectory(dir=chosen.scratch, prefix="kb-bench-") as scratch:
        contest = Contest(BENCHMARKS.parent, Path(scratch), limit, QUICK_RUNS if chosen.quick else RUNS, chosen.who)
        jena, why = jena_or_why(contest)
        facts["Jena"] = jena.version if jena else "missing"
        facts["time limit"] = f"{limit:g} s for a process of a peer, {PATIENCE * limit:g} s for one of kb"

        def written() -> None:
            facts["the run took"] = f"{(time.perf_counter() - start) / 60:.1f} minutes"
            tables.write(chosen.out, facts, contest.rows)

        for part in _parts(contest, chosen.only, sizes, chosen.quick, jena, why):
            part()
            written()
        facts["plot"] = plot.write(chosen.out / "scale.svg", contest.rows)
        written()
    print((chosen.out / "scale.md").read_text(encoding="utf-8"))
    return 1 if differences(contest.rows) or any(target.met is False for target in judged(contest.rows)) else 0


def _parts(
    contest: Contest, only: Sequence[str], sizes: Sequence[int], quick: bool, jena: Jena | None, why: str
) -> list[Callable[[], None]]:
    """What is to be done, in order."""
    found: list[Callable[[], None]] = []
    if "bundled" in only:
        found.append(lambda: latency.measure(contest, slow=not quick))
    for claims in sorted(sizes):
        found.append(lambda claims=claims: _at(contest, only, claims, jena, why))
    if "infer" in only:
        found.append(lambda: inferring.refuse(contest))
    if not quick:
        if "infer" in only:
            found.append(lambda: inferring.measure(contest, _data(contest, REFERENCE_CLAIMS), reference=True))
        if "validate" in only and VALIDATE_CLAIMS < max(sizes) and VALIDATE_CLAIMS not in sizes:
            found.append(lambda: validating.measure(contest, _data(contest, VALIDATE_CLAIMS), jena, why, alone=True))
    return found


def _at(contest: Contest, only: Sequence[str], claims: int, jena: Jena | None, why: str) -> None:
    if not {"load", "query", "validate", "infer"} & set(only):
        return
    data = _data(contest, claims)
    if {"load", "query"} & set(only):
        with Stores(contest, data) as stores:
            if "load" in only:
                loading.measure(contest, data, stores, jena, why)
            if "query" in only:
                asking.measure(contest, data, stores, jena, why)
    if "validate" in only:
        validating.measure(contest, data, jena, why)
    if "infer" in only:
        inferring.measure(contest, data, reference=False)


def _data(contest: Contest, claims: int) -> DataSet:
    if claims not in _made:
        contest.say(f"making {claims:,} claims")
        _made[claims] = made(claims, contest.scratch / f"data-{claims}", contest.root)
    return _made[claims]


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sizes", type=_numbers, metavar="N,N…", help="claims of generated data")
    options.add_argument("--only", type=_chosen_parts, default=PARTS, metavar="PART,…", help=f"of {', '.join(PARTS)}")
    options.add_argument(
        "--who",
        action="append",
        default=[],
        metavar="NAME",
        help="only this program, as the table names it; repeatable",
    )
    options.add_argument("--quick", action="store_true", help="small sizes, and a short time limit")
    options.add_argument(
        "--limit",
        type=float,
        metavar="S",
        help=f"seconds that a process of a peer may take, and kb {PATIENCE} times; {LIMIT:g} by default",
    )
    options.add_argument(
        "--out", type=Path, default=Path("build/benchmarks"), metavar="DIR", help="build/benchmarks by default"
    )
    options.add_argument(
        "--scratch", type=Path, metavar="DIR", help="where the data are made; the system's folder by default"
    )
    return options


def _numbers(text: str) -> list[int]:
    numbers = [int(number) for number in text.replace("_", "").split(",")]
    if min(numbers) < 100:
        raise argparse.ArgumentTypeError("sizes begin at 100 claims")
    return sorted(set(numbers))


def _chosen_parts(text: str) -> list[str]:
    chosen = text.split(",")
    if not set(chosen) <= set(PARTS):
        raise argparse.ArgumentTypeError(f"parts are {', '.join(PARTS)}")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
