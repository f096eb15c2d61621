"""The data that is measured with: generated knowledge bases of a size, the same for the same size and seed."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.processes import run

BENCHMARKS = Path(__file__).resolve().parents[1]
LIMIT = 3600
"""Seconds for making a data set; ten million claims are not made here."""


@dataclass(frozen=True)
class DataSet:
    """A knowledge base, and what other programs take in its place.

    ``project`` is a folder with ontology, shapes, queries and data; ``count`` its triples. In ``folder`` are ``quads``, its
    statements in N-Quads with a graph for each file, and ``triples``, the same in N-Triples; ``shapes`` in N-Triples;
    ``planted``, a project with the same data and faults, ``planted_triples`` what it states, ``faults`` the nodes that they
    are in, an IRI a line. ``commands`` are the words of ``kb`` that ask some questions, ``questions`` their texts in full.
    """

    claims: int
    count: int
    folder: Path
    project: Path
    commands: dict[str, list[str]]

    @property
    def size(self) -> tuple[int, int]:
        """In claims and in triples."""
        return self.claims, self.count

    @property
    def questions(self) -> dict[str, Path]:
        return {name: self.folder / f"{name}.rq" for name in self.commands}

    @property
    def quads(self) -> Path:
        return self.folder / "all.nq"

    @property
    def triples(self) -> Path:
        return self.folder / "all.nt"

    @property
    def shapes(self) -> Path:
        return self.folder / "shapes.nt"

    @property
    def planted(self) -> Path:
        return self.folder / "planted"

    @property
    def planted_triples(self) -> Path:
        return self.folder / "planted.nt"

    @property
    def faults(self) -> Path:
        return self.folder / "faults.txt"


def made(claims: int, folder: Path, root: Path) -> DataSet:
    """A generated data set of this size, made in a new folder. ``root`` is the project whose data it is like."""
    project = folder / "project"
    project.mkdir(parents=True)
    for name in ("ontology", "shapes", "queries"):
        (project / name).symlink_to(root / name)
    generate(project / "data", "--claims", str(claims), "--format", "ttl")
    return _prepared(claims, folder, project, "generated")


def bundled(folder: Path, root: Path) -> DataSet:
    """The bundled data, without faults; in a new folder."""
    folder.mkdir(parents=True)
    return _prepared(0, folder, root, "bundled")


def generate(out: Path, *arguments: str) -> None:
    """Run the generator; ends this process where it fails."""
    done = run([sys.executable, BENCHMARKS / "generate.py", "--out", out, *arguments], LIMIT)
    if done.failure:
        raise SystemExit(f"the generator: {done.failure}")


def _prepared(claims: int, folder: Path, project: Path, kind: str) -> DataSet:
    done = run([sys.executable, BENCHMARKS / "bench" / "preparing.py", kind, folder, project], LIMIT)
    if done.failure:
        raise SystemExit(f"the data of {claims:,} claims: {done.failure}")
    told = json.loads(done.out)
    return DataSet(claims, told["triples"], folder, project, told["commands"])
