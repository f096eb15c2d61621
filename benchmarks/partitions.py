"""Validation in partitions: documents judged in parallel processes, with the same results as the whole at once.

    python benchmarks/partitions.py [--claims 10000] [--parts 8] [--workers 2]

Generated documents with planted faults are judged whole; then in parts of some documents each, with the registers and the
ontology, by the rules that never look from one document into another, beside one process that applies the other rules to
the whole (``bench.locality``). The processes are those of Python's ``concurrent.futures``. The two sets of results are
compared one by one. Told are the wall and CPU times. Exit code 1: the results differ.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from bench.datasets import BENCHMARKS, made
from bench.locality import SHARED, Ways, only, split
from bench.machine import processor

from kb import rdf
from kb.errors import InputError
from kb.project import Project
from kb.validation.engine import run
from kb.validation.inputs import read
from kb.validation.reach import Reach
from kb.validation.shapes import read_shapes

Results = Counter[tuple[str, ...]]
"""How often each result was given: rule, component, focus, path, value, severity and what is said."""


@dataclass(frozen=True)
class Job:
    """What one process judges: files, by all rules, the ``local`` or the ``global`` ones; ``own`` are the documents whose
    nodes it answers for, all where there are none."""

    files: tuple[str, ...]
    rules: str
    own: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """The results of a job, and its CPU time in seconds."""

    results: Results
    cpu: float


@dataclass(frozen=True)
class Measured:
    """Both ways of judging: the data, the rules of each kind, the results, and the seconds that they took."""

    statements: int
    documents: int
    workers: int
    local: int
    across: list[str]
    split_wall: float
    whole: Outcome
    whole_wall: float
    parts: list[Outcome]
    parts_wall: float


class _Worker:
    """What a process keeps between jobs: the shapes, which of them are local, and where each node belongs."""

    def __init__(self, root: str, local: frozenset[str], homes: dict[str, str]) -> None:
        self.shapes = read_shapes(Project(Path(root)).shape_files())
        named = {shape for shape in self.shapes.with_targets() if str(shape) in local}
        others = set(self.shapes.with_targets()) - named
        self.quads = {"all": self.shapes.quads, "local": only(self.shapes, named), "global": only(self.shapes, others)}
        self.homes = homes


_worker: _Worker | None = None


def _start(root: str, local: frozenset[str], homes: dict[str, str]) -> None:
    global _worker
    _worker = _Worker(root, local, homes)


def judged(job: Job) -> Outcome:
    """Judge one job, in a process that ``_start`` has prepared."""
    assert _worker is not None
    start = time.process_time()
    # The faults are a file of their own; what it says belongs to the documents whose nodes it speaks of.
    quads = [quad for file in read(job.files) for quad in file.quads if _concerns(job, quad.subject)]
    results: Results = Counter()
    for result in run(quads, _worker.quads[job.rules], own=True):
        if _concerns(job, result.focus):
            rule = _worker.shapes.rule(result.shape).iri
            parts = (rule, result.component, result.focus, result.path, result.value, result.severity, result.messages)
            results[tuple(map(str, parts))] += 1
    return Outcome(results, time.process_time() - start)


def _concerns(job: Job, node: object) -> bool:
    assert _worker is not None
    return not job.own or _worker.homes.get(str(node), SHARED) in (SHARED, *job.own)


def in_parts(documents: dict[str, int], parts: int) -> list[list[str]]:
    """The documents in so many parts of about the same size, the largest documents first."""
    found: list[tuple[int, list[str]]] = [(0, []) for _ in range(min(parts, len(documents)))]
    for document in sorted(documents, key=lambda name: (-documents[name], name)):
        place = min(range(len(found)), key=lambda number: found[number][0])
        size, names = found[place]
        found[place] = size + documents[document], [*names, document]
    return [names for _, names in found]


def homes_of(project: Project) -> tuple[dict[object, str], list[rdf.Quad], dict[str, str], dict[str, int]]:
    """Where each node belongs; all statements; the file of each document, and how many it has.

    Raises InputError for a node that two documents describe.
    """
    homes: dict[object, str] = {}
    quads: list[rdf.Quad] = []
    files, sizes = {}, {}
    for path in (
        *project.ontology_files(),
        *sorted(project.data.rglob("*/*.ttl")),
        *sorted(project.data.glob("*.ttl")),
    ):
        document = path.stem if path.parent.name == "documents" else SHARED
        [file] = read([path])
        quads += file.quads
        if document:
            files[document], sizes[document] = str(path), len(file.quads)
        for quad in file.quads:
            if document and homes.get(quad.subject, document) not in (document, SHARED):
                raise InputError(
                    f"{quad.subject} is described in {homes[quad.subject]} and in {document}: it belongs to no part"
                )
            homes.setdefault(quad.subject, document)
    return homes, quads, files, sizes


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--claims", type=int, default=10_000)
    options.add_argument("--parts", type=int, default=8)
    options.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    chosen = options.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="kb-partitions-") as scratch:
        data = made(chosen.claims, Path(scratch) / "data", BENCHMARKS.parent)
        return compared(Project(data.planted), chosen.parts, chosen.workers)


def compared(project: Project, parts: int, workers: int) -> int:
    """Judge a project both ways, and tell what came of it; 0 where the results are the same, else 1."""
    everything = tuple(map(str, project.stated_files()))
    [whole], whole_wall = _run(project, [Job(everything, "all")], 1, frozenset(), {})
    homes, quads, files, sizes = homes_of(project)
    shapes = read_shapes(project.shape_files())
    start = time.perf_counter()
    local, across = split(shapes, Reach(shapes), Ways(quads, homes))
    split_wall = time.perf_counter() - start
    shared = tuple(path for path in everything if path not in files.values())
    jobs = [Job(everything, "global")]  # the longest first
    jobs += [
        Job((*shared, *(files[name] for name in names)), "local", frozenset(names)) for names in in_parts(sizes, parts)
    ]
    named = {str(node): home for node, home in homes.items()}
    outcomes, parts_wall = _run(project, jobs, workers, frozenset(map(str, local)), named)
    together: Results = Counter()
    for outcome in outcomes:
        together |= outcome.results  # what is shared is judged in each part, and counts once
    _tell(
        Measured(
            len(quads),
            len(sizes),
            workers,
            len(local),
            sorted(map(str, across)),
            split_wall,
            whole,
            whole_wall,
            outcomes,
            parts_wall,
        )
    )
    missed, added = whole.results - together, together - whole.results
    for word, results in (("missing in the parts", missed), ("only in the parts", added)):
        for result, count in sorted(results.items())[:20]:
            print(f"{word}, {count} times: {' '.join(result)}")
    same = not missed and not added
    print(f"{sum(whole.results.values()):,} results in both, the same one by one" if same else "THE RESULTS DIFFER")
    return 0 if same else 1


def _run(
    project: Project, jobs: list[Job], workers: int, local: frozenset[str], homes: dict[str, str]
) -> tuple[list[Outcome], float]:
    start = time.perf_counter()
    with ProcessPoolExecutor(workers, get_context("spawn"), _start, (str(project.root), local, homes)) as pool:
        outcomes = list(pool.map(judged, jobs))
    return outcomes, time.perf_counter() - start


def _tell(both: Measured) -> None:
    cpus = [outcome.cpu for outcome in both.parts]
    print(f"machine   {processor()}, load {os.getloadavg()[0]:.1f}")
    print(
        f"data      {both.statements:,} statements, {both.documents} documents in {len(cpus) - 1} parts, {both.workers} processes"
    )
    print(
        f"rules     {both.local} shapes are local, {len(both.across)} look across documents ({both.split_wall:.1f} s to tell):"
    )
    print(f"          {', '.join(name.rpartition('/')[2].strip('<>') for name in both.across)}")
    print(f"whole     {both.whole_wall:.1f} s wall, {both.whole.cpu:.1f} s CPU in one process")
    print(
        f"parts     {both.parts_wall:.1f} s wall, {sum(cpus):.1f} s CPU: {cpus[0]:.1f} s for the global rules, {sum(cpus[1:]):.1f} s for the parts"
    )


if __name__ == "__main__":
    sys.exit(main())
