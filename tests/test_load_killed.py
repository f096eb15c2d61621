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

from kb.errors import StoreError
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
print("ready", flush=True)
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
    """Load version after version, and kill that after so many seconds; gives the versions that were acknowledged."""
    loader = subprocess.Popen([sys.executable, "-c", LOADER, str(place), way, str(first)], stdout=subprocess.PIPE, text=True)
    assert loader.stdout.readline() == "ready\n"
    time.sleep(seconds)
    loader.send_signal(signal.SIGKILL)
    return [int(line) for line in loader.communicate(timeout=60)[0].splitlines()]


def seconds_of_a_load(folder: Path, way: str) -> float:
    """How long one takes here and now, so that kills meet its middle."""
    loader = subprocess.Popen([sys.executable, "-c", LOADER.replace("1000", "3"), str(folder), way, "0"], stdout=subprocess.PIPE, text=True)
    times = [time.monotonic() for _ in loader.stdout]
    loader.wait(timeout=60)
    return (times[-1] - times[1]) / (len(times) - 2)


def kill_often(tmp_path: Path, way: str, kills: int, seed: int) -> None:
    place = tmp_path / "place" / "store"
    chance, seconds = random.Random(seed), seconds_of_a_load(tmp_path / "timed", way)
    acknowledged: set[int] = set()
    first = unfinished = 0
    for _ in range(kills):
        done = run_and_kill(place, way, first, chance.uniform(0, 2.5 * seconds))
        seconds *= 0.9 if done else 1.1  # the machine may not be as quick as it was when a load was timed
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
    assert first > 0 and unfinished > kills / 4  # else it was hardly ever killed within a load
    with open_store(place, write=True) as store, scratch_folder(place) as scratch:
        path = scratch / "last.nt"
        path.write_text('<https://example.org/x> <https://example.org/p> "last" .\n')
        [proof] = store.load([GraphFile("https://example.org/last", path, 1)])
        assert proof.present == 1
    assert os.listdir(place.parent) == ["store"]
    assert not upkeep.check(place).differs


MOMENTS = [("os.rename", 1), ("os.rename", 2), ("shutil.rmtree", 1), ("os.chmod", 1), ("kb.building", 1), ("kb.proving", 1), ("kb.claiming", 1)]
AT_A_MOMENT = """
import os, signal, sys, time
from kb.stores import building, engines, locks, proving
awaited, number, then = sys.argv[4], int(sys.argv[5]), sys.argv[6]
def reached(event, arguments):
    global number
    if event == awaited and os.environ.get("ARMED"):
        number -= 1
        if number == 0:
            print("reached", flush=True)
            {"die": lambda: os.kill(os.getpid(), signal.SIGKILL), "pause": lambda: time.sleep(1), "wait": sys.stdin.readline}[then]()
sys.addaudithook(reached)
def announced(owner, name, event):
    work = getattr(owner, name)
    def announce(*arguments, **options):
        sys.audit(event)
        return work(*arguments, **options)
    setattr(owner, name, announce)
announced(building, "fill", "kb.building")
announced(proving.Expectation, "prove", "kb.proving")
announced(locks.StoreLock, "claim", "kb.claiming")
"""


def at_a_moment(place: Path, moment: str, number: int, then: str) -> subprocess.Popen[str]:
    """Load version 1 over version 0, and at some moment die, pause for a while, or wait for a line."""
    script = AT_A_MOMENT + LOADER.replace("1000", "1")
    arguments = [str(place), "replace", "1", moment, str(number), then]
    environment = {**os.environ, "ARMED": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment
    )  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A store with version 0."""
    folder = tmp_path / "place" / "store"
    subprocess.run([sys.executable, "-c", LOADER.replace("1000", "1"), str(folder), "add", "0"], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(("moment", "number"), MOMENTS)
def test_a_kill_between_two_steps(place: Path, moment: str, number: int) -> None:
    with at_a_moment(place, moment, number, "die") as loader:
        assert loader.communicate(timeout=60)[0] == "ready\nreached\n"
    # Nothing was acknowledged; the store is as before, or it is all there.
    assert held(place) == ({1} if moment == "shutil.rmtree" else {0})
    subprocess.run([sys.executable, "-c", LOADER.replace("1000", "1"), str(place), "replace", "2"], check=True, capture_output=True)
    assert held(place) == {2} and os.listdir(place.parent) == ["store"]


def test_a_store_that_is_just_being_replaced_is_waited_for(place: Path) -> None:
    with at_a_moment(place, "os.rename", 2, "pause") as loader:
        assert [loader.stdout.readline(), loader.stdout.readline()] == ["ready\n", "reached\n"] and not place.exists()
        assert embedded.is_store(place) and held(place) == {1}


def test_a_store_can_be_read_while_the_next_is_made_and_not_written_to(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_PATIENCE", 0)
    with at_a_moment(place, "kb.building", 1, "wait") as loader:
        assert [loader.stdout.readline(), loader.stdout.readline()] == ["ready\n", "reached\n"]
        assert held(place) == {0}
        with pytest.raises(StoreError, match="in use by another process"):
            open_store(place, write=True)
        loader.communicate("on\n", timeout=60)
    assert held(place) == {1}


def test_a_load_that_is_done_waits_for_who_reads_the_old_store(place: Path) -> None:
    with at_a_moment(place, "kb.proving", 1, "wait") as loader:
        assert [loader.stdout.readline(), loader.stdout.readline()] == ["ready\n", "reached\n"]
        with open_store(place) as reader:
            loader.stdin.write("on\n")
            time.sleep(3)
            assert loader.poll() is None and reader.count("https://example.org/g") == 300
        assert loader.communicate(timeout=60)[0] == "1\n" and held(place) == {1}


# A limit on the size of files fails a write as a full disk does: in the middle, by an error of the system.
FULL = """
import resource, sys
from pathlib import Path
from kb.errors import StoreError
from kb.stores import open_store
from kb.stores.base import GraphFile
place, path, most = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
try:
    with open_store(place, write=True) as store: store.load([GraphFile("https://example.org/g", path, 5000)], replace=True)
    print("loaded")
except StoreError as error: print(error)
"""


@pytest.mark.parametrize("exists", [False, True])
def test_a_disk_that_is_full_at_any_point_leaves_the_store_as_it_was(place: Path, tmp_path: Path, exists: bool) -> None:
    pytest.importorskip("resource", reason="this system has no limit on the size of files to test with")
    path = tmp_path / "big.nt"
    chance = random.Random(3)
    path.write_text("".join(f'<https://example.org/{n}> <https://example.org/p> "{chance.randbytes(40).hex()}" .\n' for n in range(5000)))
    target = place if exists else place.with_name("new")
    failed = 0
    for most in (3_000, 30_000, 100_000, 200_000, 300_000):
        done = subprocess.run([sys.executable, "-c", FULL, str(target), str(path), str(most)], capture_output=True, text=True, timeout=120, check=True)
        assert done.stderr == "" and done.stdout.count("\n") == 1
        if done.stdout == "loaded\n":
            break
        assert done.stdout.startswith(f"{target}: the store cannot be "), done.stdout
        failed += 1
        assert held(place) == {0} and os.listdir(place.parent) == ["store"]
    assert failed >= 3


@pytest.mark.parametrize("way", ["add", "replace"])
def test_twelve_kills(tmp_path: Path, way: str) -> None:
    kill_often(tmp_path, way, 12, seed=5)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["add", "replace"])
def test_forty_kills(tmp_path: Path, way: str) -> None:
    """In a minute; two hundred, as ``KILLS=100`` makes of it, take a few."""
    kill_often(tmp_path, way, int(os.environ.get("KILLS", "40")), seed=7)


# --- the command as a whole ---------------------------------------------------------------------------------------


def load_command(place: Path, way: str, version: int) -> subprocess.Popen[str]:
    """``kb load`` of one version, as a user starts it."""
    file = place.parent.parent / "version.nq"
    lines = (f'<https://example.org/{graph}{n}> <https://example.org/p> "{version}" <https://example.org/{graph}> .\n' for graph in "gh" for n in range(300))
    file.write_text("".join(lines))
    command = [sys.executable, "-m", "kb", "load", str(file), "--store", str(place), "--no-validate", *(["--replace"] if way == "replace" else [])]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["add", "replace"])
def test_the_command_is_killed_often(tmp_path: Path, way: str) -> None:
    """Itself alone or with its child processes, at any moment from its first to its last."""
    place = tmp_path / "place" / "store"
    chance = random.Random(5)
    began = time.monotonic()
    load_command(tmp_path / "timed" / "store", way, 0).communicate(timeout=60)
    seconds = time.monotonic() - began
    holds: set[int] = set()
    unfinished = 0
    for version in range(int(os.environ.get("KILLS", "30"))):
        loader = load_command(place, way, version)
        time.sleep(chance.uniform(0, 1.5 * seconds))
        (os.killpg if version % 2 else os.kill)(loader.pid, signal.SIGKILL)
        acknowledged = "loaded into" in loader.communicate(timeout=60)[0]
        found = held(place) if place.exists() or embedded.is_store(place) else set()
        after = {version} if way == "replace" else holds | {version}
        assert found == after or (found == holds and not acknowledged)
        unfinished += found == holds
        seconds *= 1.1 if found == holds else 0.9  # so that half of them are not done, however the machine's speed changes
        holds = found
    assert holds and unfinished > 5
    assert "loaded into" in load_command(place, way, 10_000).communicate(timeout=60)[0]
    assert held(place) == ({10_000} if way == "replace" else holds | {10_000})
    assert os.listdir(place.parent) == ["store"]
