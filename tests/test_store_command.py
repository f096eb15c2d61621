"""``kb store``: a store that is checked, copied and put back; and loads that are judged beside what a store holds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import test_load
from test_load import HEAD, actors, held, kb, labels

from kb import rdf
from kb.cli.progress import Meter
from kb.errors import StoreError
from kb.stores import embedded, open_store, upkeep
from kb.stores.base import GraphFile

base = test_load.base
OTHER = "https://example.org/other"


@pytest.fixture
def store(base: Path) -> Path:
    """A store with two files, in a folder of its own."""
    (base / "mine.ttl").write_text(actors("one", "two"))
    (base / "yours.ttl").write_text(actors("three"))
    assert kb(base, "load", "mine.ttl", "yours.ttl", "--store", "place/store").returncode == 0
    return base / "place" / "store"


def damage(folder: Path, part: str) -> None:
    for path in folder.iterdir():
        if part in path.name:
            content = bytearray(path.read_bytes())
            content[:: 50 if part == ".sst" else 1] = bytes(len(content[:: 50 if part == ".sst" else 1]))
            path.write_bytes(content)


# Check


def test_a_store_that_is_in_order(base: Path, store: Path) -> None:
    done = kb(base, "store", "check", "place/store")
    graph = "https://w3id.org/medical-missions/graph"
    assert done.stdout == f"4  {graph}/mine\n2  {graph}/yours\nplace/store: all can be read\n" and done.returncode == 0


def test_a_union_that_another_program_has_made_wrong(base: Path, store: Path) -> None:
    engine = rdf.Store(str(store))
    engine.load(b"<x:s> <x:p> <x:o> .", rdf.RdfFormat.N_TRIPLES, to_graph=rdf.NamedNode(OTHER))
    engine.flush()
    del engine
    done = kb(base, "store", "check", "place/store")
    assert done.returncode == 1 and "of 6 triples, is not what the graphs hold together, 7" in done.stderr
    assert "all can be read" not in done.stdout


def test_a_store_of_another_program_has_no_union_to_be_wrong(base: Path) -> None:
    engine = rdf.Store(str(base / "theirs"))
    engine.load(b"<x:s> <x:p> <x:o> .", rdf.RdfFormat.N_TRIPLES, to_graph=rdf.NamedNode(OTHER))
    engine.flush()
    del engine
    assert kb(base, "store", "check", "theirs").returncode == 0


@pytest.mark.parametrize("part", ["CURRENT", "MANIFEST", ".sst"])
def test_a_damaged_store_is_told_and_can_be_replaced_by_a_backup(base: Path, store: Path, part: str) -> None:
    shutil.copytree(store, base / "backup")
    damage(store, part)
    done = kb(base, "store", "check", "place/store")
    assert done.returncode == 4 and "the store is damaged" in done.stderr and "kb store restore" in done.stderr
    assert done.stderr.count("\n") == 1
    done = kb(base, "store", "restore", "backup", "place/store")
    assert done.returncode == 4 and "--replace" in done.stderr
    done = kb(base, "store", "restore", "backup", "place/store", "--replace")
    assert done.returncode == 0 and done.stdout == "6 triples in 2 graphs restored from backup to place/store; all can be read\n", done.stderr
    assert held(base, "place/store") == {"mine": 4, "yours": 2} and os.listdir(store.parent) == ["store"]


def flip(path: Path) -> None:
    """Change one byte of a file's data."""
    content = bytearray(path.read_bytes())
    content[len(content) // 10] ^= 0xFF
    path.write_bytes(content)


def test_damage_in_any_file_is_told(base: Path, store: Path) -> None:
    names = [path.name for path in store.glob("*.sst")]
    assert len(names) >= 11  # nine indexes, the names of the graphs, the texts
    for name in names:
        shutil.copytree(store, base / name)
        flip(base / name / name)
        with pytest.raises(StoreError, match="the store is damaged"):
            upkeep.check(base / name)


COUNTED = """
import resource, sys
from pathlib import Path
from kb.errors import StoreError
from kb.stores import open_store
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
try: open_store(Path(sys.argv[1])).count(sys.argv[2])
except StoreError as error: print(error)
# Not the peak that the system keeps with a process, which begins with that of the one that started it.
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not tell the memory of a process")
def test_who_asks_or_counts_a_damaged_store_is_told_and_does_not_wait_for_ever(base: Path) -> None:
    (base / "many.nt").write_text("".join(f"<https://example.org/{n}> <https://example.org/p> <https://example.org/{n * 7919}> .\n" for n in range(5_000)))
    assert kb(base, "load", "many.nt", "--store", "store", "--no-validate", "--graph", OTHER).returncode == 0
    for path in (base / "store").glob("*.sst"):
        if path.stat().st_size > 20_000:  # of the others all is read as the engine opens them
            flip(path)
    done = kb(base, "query", "-q", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "--store", "store", "--memory", "1")
    # Its memory ends, or the engine's error comes through before.
    assert done.returncode == 4 and ("`kb store check store` tells whether" in done.stderr or "store: the store is damaged" in done.stderr), done.stderr
    counted = subprocess.run([sys.executable, "-c", COUNTED, "store", OTHER], cwd=base, capture_output=True, text=True, check=True)
    told, peak = counted.stdout.splitlines()
    assert told.startswith("store: the store is damaged") and int(peak) < 500_000


@pytest.mark.parametrize("command", [("check", "nowhere"), ("check", "data"), ("backup", "nowhere", "to"), ("restore", "nowhere", "to")])
def test_what_is_no_store(base: Path, command: tuple[str, ...]) -> None:
    done = kb(base, "store", *command)
    assert done.returncode == 4 and done.stderr.count("\n") == 1 and not (base / "to").exists()


# Backup and restore


def test_a_backup_is_a_store_of_its_own(base: Path, store: Path) -> None:
    done = kb(base, "store", "backup", "place/store", "deep/copy")
    assert (done.returncode, done.stdout) == (0, "6 triples in 2 graphs copied from place/store to deep/copy; all can be read\n")
    (base / "mine.ttl").write_text(actors("four"))
    assert kb(base, "load", "mine.ttl", "--store", "place/store", "--replace").returncode == 0
    assert labels(base, "place/store") == {"three", "four"}
    assert labels(base, "deep/copy") == {"one", "two", "three"}
    for _ in range(2):
        assert kb(base, "store", "restore", "deep/copy", "place/store", "--replace").returncode == 0
        assert labels(base, "place/store") == {"one", "two", "three"}
    assert kb(base, "load", "mine.ttl", "--store", "deep/copy").returncode == 0
    assert labels(base, "place/store") == {"one", "two", "three"}
    assert os.listdir(base / "deep") == ["copy"] and os.listdir(store.parent) == ["store"]


def test_a_backup_takes_no_place_that_is_taken(base: Path, store: Path) -> None:
    (base / "file").write_text("mine")
    (base / "empty").mkdir()
    (base / "link").symlink_to("missing")
    for place in ("file", "empty", "link", "place/store"):
        done = kb(base, "store", "backup", "place/store", place)
        assert done.returncode == 4 and "is there already" in done.stderr, done.stderr
    assert (base / "file").read_text() == "mine" and not list((base / "empty").iterdir()) and (base / "link").is_symlink()


def test_a_restore_takes_no_folder_of_another_kind(base: Path, store: Path) -> None:
    for place in ("data", "mine.ttl"):
        done = kb(base, "store", "restore", "place/store", place, "--replace")
        assert done.returncode == 4 and "something else than a store" in done.stderr
    assert (base / "data" / "registers").is_dir()


def test_a_backup_that_cannot_be_read_takes_nobodys_place(base: Path, store: Path) -> None:
    shutil.copytree(store, base / "backup")
    damage(base / "backup", ".sst")
    done = kb(base, "store", "restore", "backup", "place/store", "--replace")
    assert done.returncode == 4 and "damaged" in done.stderr and held(base, "place/store") == {"mine": 4, "yours": 2}
    assert os.listdir(store.parent) == ["store"]
    done = kb(base, "store", "backup", "backup", "copy")
    assert done.returncode == 4 and "damaged" in done.stderr and not (base / "copy").exists()


HOLDER = (
    "import sys; from pathlib import Path; from kb.stores import open_store\n"
    "with open_store(Path(sys.argv[1]), write=sys.argv[2] == 'write') as store:\n"
    "    print(store.graphs(), flush=True); sys.stdin.read()\n"
)


@pytest.mark.parametrize("holds", ["read", "write"])
def test_a_store_in_use_is_not_replaced(base: Path, store: Path, monkeypatch: pytest.MonkeyPatch, holds: str) -> None:
    monkeypatch.setattr(embedded, "_PATIENCE", 0)
    assert kb(base, "store", "backup", "place/store", "copy").returncode == 0
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(store), holds], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert "mine" in holder.stdout.readline()
        done = kb(base, "store", "restore", "copy", "place/store", "--replace")
        assert done.returncode == 4 and "in use by another process" in done.stderr and os.listdir(store.parent) == ["store"]
        # A backup can be made beside readers.
        assert kb(base, "store", "backup", "place/store", "beside").returncode == (0 if holds == "read" else 4)
    finally:
        holder.communicate("", timeout=30)


# What a load is judged beside


def test_a_file_is_judged_beside_what_the_store_holds(base: Path, store: Path) -> None:
    shapes = (base / "shapes" / "core.ttl").read_text().replace("sh:minCount 1", "sh:minCount 1 ; sh:maxCount 1")
    (base / "shapes" / "core.ttl").write_text(shapes)
    (base / "again.ttl").write_text(HEAD + 'actor:three a mm:Actor ; skos:prefLabel "third"@en .\n')
    done = kb(base, "load", "again.ttl", "--store", "place/store")
    assert done.returncode == 1 and "actor:three" in done.stderr and "again.ttl" in done.stderr, done.stderr
    assert held(base, "place/store") == {"mine": 4, "yours": 2}
    # It is in order in a store that does not hold the other, and in the place of the other.
    assert kb(base, "load", "again.ttl", "--store", "new").returncode == 0
    shutil.copy(base / "again.ttl", base / "yours.ttl")
    assert kb(base, "load", "yours.ttl", "--store", "place/store").returncode == 1
    assert kb(base, "load", "yours.ttl", "--store", "place/store", "--replace").returncode == 0
    assert labels(base, "place/store") == {"one", "two", "third"}


def test_what_the_engine_spells_otherwise_is_not_taken_for_another_value(base: Path) -> None:
    rule = (base / "shapes" / "core.ttl").read_text().replace("sh:minCount 1", "sh:minCount 1 ; sh:maxCount 1")
    (base / "shapes" / "core.ttl").write_text(rule)
    (base / "mine.ttl").write_text(HEAD + "actor:one a mm:Actor ; skos:prefLabel 1.50 .\n")
    for way in ((), (), ("--replace",)):
        done = kb(base, "load", "mine.ttl", "--store", "store", *way)
        assert done.returncode == 0, done.stderr


def test_a_file_that_changes_the_classes_is_judged_beside_all_of_the_store(base: Path, store: Path) -> None:
    (base / "classes.ttl").write_text(HEAD + "mm:Union rdfs:subClassOf mm:Actor . mm:Union a owl:Class .\n")
    (base / "union.ttl").write_text(HEAD + "actor:nameless a mm:Union .\n")
    assert kb(base, "load", "union.ttl", "--store", "place/store", "--no-validate").returncode == 0
    done = kb(base, "load", "classes.ttl", "--store", "place/store")
    assert done.returncode == 1 and "actor:nameless" in done.stderr, done.stderr


def test_a_damaged_store_takes_no_load(base: Path, store: Path) -> None:
    damage(store, "MANIFEST")
    done = kb(base, "load", "mine.ttl", "--store", "place/store")
    assert done.returncode == 4 and "damaged" in done.stderr


def test_progress_has_a_rate_and_what_is_left() -> None:
    meter = Meter("loading", 2000, "triples", "reading back")
    assert meter.text() == "loading"
    meter.add(500)
    meter._began -= 1
    assert meter.text() == "loading: 500 of 2,000 triples, 500 a second, about 3 s left"
    meter.add(1500)
    assert meter.text() == "reading back"


def test_the_store_is_opened_again_after_a_load(base: Path, store: Path) -> None:
    path = base / "x.nt"
    path.write_text("<https://example.org/s> <https://example.org/p> <https://example.org/o> .\n")
    with open_store(store, write=True) as opened:
        assert len(opened.graphs()) == 2
        opened.load([GraphFile(OTHER, path, 1)])
        assert (len(opened.graphs()), opened.count(OTHER)) == (3, 1)
        opened.replace_graph(OTHER, [])
        assert opened.count(OTHER) == 0


_SHOWN_AT_ONCE = """
import sys, time
from kb.cli import main, progress

progress._QUIET = progress._EVERY = 0.01
add = progress.Meter.add

def slowly(meter, number):
    add(meter, number)
    time.sleep(0.05)  # however quick the machine is: the next look falls into it

progress.Meter.add = slowly
main(sys.argv[1:])
"""


def test_progress_is_shown_on_a_terminal_and_nowhere_else(base: Path) -> None:
    pty = pytest.importorskip("pty", reason="this system has no terminals to test with")
    (base / "many.nt").write_text("".join(f'<https://example.org/{n}> <https://example.org/p> "{n * 7919}" .\n' for n in range(10_000)))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", _SHOWN_AT_ONCE, "--project", str(base), "load", "many.nt", "--store", "store", "--no-validate"]
    with subprocess.Popen(command, cwd=base, stdout=subprocess.PIPE, stderr=theirs) as loading:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # how Linux says that nobody writes there any more
            pass
        os.close(ours)
        printed = loading.stdout.read()
    assert b"loaded into store" in printed and b"\x1b" not in printed
    assert b" of 10,000 triples, " in shown and b" a second, about " in shown and shown.endswith(b"\r\x1b[K")
