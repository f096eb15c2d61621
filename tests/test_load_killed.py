"""A load that is killed at any moment: the store opens, holds whole loads only, all of those that were acknowledged, and takes
the next; nothing is left beside it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kb import rdf
from kb.stores import embedded, open_store, upkeep
from kb.stores.base import GraphFile
from kb.stores.scratch import scratch_folder

# The command's own work, without the start of a process for each load: one process loads one version after the other, and
# says when each is acknowledged.
LOADER = """
import os, sys
from pathlib import Path
from kb.stores import building, open_store
from kb.stores.base import GraphFile
from kb.stores.scratch import scratch_folder
place, replace, first = Path(sys.argv[1]), sys.argv[2] == "replace", int(sys.argv[3])
for version in range(first, first + 1000):
    with scratch_folder(place) as scratch:
        files = []
        for graph in "gh":
            path = scratch / f"{graph}.nt"
            path.write_text("".join(f'<https://example.org/{graph}{n}> <https://example.org/p> "{version}" .\\n' for n in range(300)))
            files.append(GraphFile(f"https://example.org/{graph}", path, 300))
        with open_store(place, write=True) as store:
            store.load(files, replace=replace)
    print(version, flush=True)
"""
VERSIONS = "SELECT ?g ?o (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ?o"
UNION = "SELECT ?o (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?o"


def held(place: Path) -> set[int]:
    """The versions that a store holds, each of them whole: 300 triples in either graph, 600 in their union."""
    with open_store(place) as store:
        named = {(row["g"].value[-1], int(row["o"].value)): int(row["n"].value) for row in store.query(VERSIONS)}
        union = {int(row["o"].value): int(row["n"].value) for row in store.query(UNION)}
    versions = set(union)
    assert named == {(graph, version): 300 for graph in "gh" for version in versions}
    assert union == dict.fromkeys(versions, 600)
    return versions


def run_and_kill(place: Path, way: str, first: int, seconds: float) -> list[int]:
    """Load version after version, and kill that; gives the versions that were acknowledged."""
    loader = subprocess.Popen([sys.executable, "-c", LOADER, str(place), way, str(first)], stdout=subprocess.PIPE, text=True)
    time.sleep(seconds)
    loader.send_signal(signal.SIGKILL)
    return [int(line) for line in loader.communicate(timeout=60)[0].splitlines()]


def kill_often(tmp_path: Path, way: str, kills: int, seed: int) -> None:
    place = tmp_path / "place" / "store"
    chance = random.Random(seed)
    acknowledged: set[int] = set()
    first = unfinished = 0
    for _ in range(kills):
        done = run_and_kill(place, way, first, chance.uniform(0.1, 0.8))
        acknowledged = {done[-1]} if way == "replace" and done else acknowledged | set(done)
        if not place.exists() and not embedded.is_store(place):
            assert not acknowledged
            continue
        found = held(place)
        # Of what was not acknowledged, only the load that was under way may be there, and it is there whole.
        last = (done or [first - 1])[-1] + 1
        if way == "replace":
            assert found in (acknowledged, {last})
        else:
            assert acknowledged <= found <= acknowledged | {last}
        unfinished += last not in found
        acknowledged, first = found, last + 1
    assert first > 0 and unfinished > 0  # else it was not killed within a load
    with open_store(place, write=True) as store, scratch_folder(place) as scratch:
        path = scratch / "last.nt"
        path.write_text('<https://example.org/x> <https://example.org/p> "last" .\n')
        [proof] = store.load([GraphFile("https://example.org/last", path, 1)])
        assert proof.present == 1
    assert os.listdir(place.parent) == ["store"]
    assert not upkeep.check(place).differs


@pytest.mark.parametrize("way", ["add", "replace"])
def test_twelve_kills(tmp_path: Path, way: str) -> None:
    kill_often(tmp_path, way, 12, seed=5)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["add", "replace"])
def test_a_hundred_kills(tmp_path: Path, way: str) -> None:
    kill_often(tmp_path, way, 100, seed=7)
