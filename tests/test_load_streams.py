"""Files of any size and make, on their way to a store: compressed, through a pipe, with many graphs, with faults."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kb import files, turtle
from kb.errors import InputError
from kb.stores import loading, open_store
from kb.stores.spooling import GENID
from kb.turtle import depth, streaming

TURTLE = "@prefix : <https://example.org/> .\n" + "".join(f':s{n} :p "{n}" , "é(" , [ :q ( {n} ) ] .\n' for n in range(40))
PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
GRAPH = "https://w3id.org/medical-missions/graph/external/"


def kb(folder: Path, *arguments: object, input: bytes = b"", **options) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "kb", *map(str, arguments)], cwd=folder, input=input, capture_output=True, timeout=120, check=False, **options
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err and "unexpected error" not in err, err
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def held(folder: Path) -> dict[str, set[str]]:
    with open_store(folder / "store") as store:
        rows = store.query("SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } }")
        graphs: dict[str, set[str]] = {}
        for row in rows:
            graphs.setdefault(row["g"].value.removeprefix(GRAPH), set()).add(f"{row['s']} {row['p']} {row['o']}")
        return graphs


# Compressed


@pytest.mark.parametrize("suffix", PACKERS)
def test_a_compressed_file_is_as_the_plain_one(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "mine.ttl").write_text(TURTLE)
    assert kb(tmp_path, "load", "mine.ttl", "--store", "store", "--no-validate").returncode == 0
    plain = held(tmp_path)
    (tmp_path / "packed").mkdir()
    (tmp_path / "packed" / f"mine.ttl.{suffix.upper()}").write_bytes(PACKERS[suffix](TURTLE.encode()))
    done = kb(tmp_path, "load", "packed", "--store", "store", "--no-validate")
    assert done.returncode == 0 and held(tmp_path) == plain and list(plain) == ["mine"]


def test_compressed_files_are_judged(tmp_path: Path) -> None:
    text = '@prefix mm: <https://w3id.org/medical-missions/ontology/> .\n<https://example.org/x> mm:noSuchTerm "x" .\n'
    (tmp_path / "mine.ttl.gz").write_bytes(gzip.compress(text.encode()))
    for command in (("validate", "mine.ttl.gz"), ("load", "mine.ttl.gz", "--store", "store")):
        done = kb(tmp_path, *command)
        assert done.returncode == 1 and "mine.ttl.gz:2" in done.stdout + done.stderr and "noSuchTerm" in done.stdout + done.stderr
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("suffix", PACKERS)
@pytest.mark.parametrize("fault", ["cut", "foreign", "middle"])
def test_a_compressed_file_that_is_damaged(tmp_path: Path, suffix: str, fault: str) -> None:
    content = PACKERS[suffix](os.urandom(3000).hex().encode())
    wrong = {"cut": content[:-20], "foreign": b"no such thing", "middle": content[:600] + b"\0" * 100 + content[700:]}[fault]
    name = f"mine.nt.{suffix}"
    (tmp_path / name).write_bytes(wrong)
    for command in (("load", name, "--dry-run", "--no-validate"), ("validate", "--alone", name)):
        done = kb(tmp_path, *command)
        assert done.returncode == 3 and f"{name}: cannot be unpacked: " in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_a_file_that_would_unpack_to_more_than_there_is_room_for(tmp_path: Path) -> None:
    packer = gzip.compress(b"# " + b"x" * 50_000_000 + b"\n")
    (tmp_path / "bomb.ttl.gz").write_bytes(packer)
    done = kb(tmp_path, "load", "bomb.ttl.gz", "--dry-run", "--no-validate")
    assert (done.returncode, "more than 16 MiB is not taken" in done.stderr) == (3, True), done.stderr


# Through a pipe


def test_standard_input_and_a_pipe_are_loaded_as_they_come(tmp_path: Path) -> None:
    text = TURTLE.encode()
    assert kb(tmp_path, "load", "-", "--store", "store", "--no-validate", input=text).returncode == 0
    os.mkfifo(tmp_path / "pipe.ttl")
    with subprocess.Popen(["sh", "-c", "cat > pipe.ttl"], stdin=subprocess.PIPE, cwd=tmp_path) as writer:
        writer.stdin.write(text)
        writer.stdin.close()
        assert kb(tmp_path, "load", "pipe.ttl", "--store", "store", "--no-validate").returncode == 0
    found = held(tmp_path)
    assert found["stdin"] == found["pipe"] and len(found["pipe"]) == 40 * 6


def test_a_pipe_is_not_judged_once_it_is_empty(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ttl")
    done = kb(tmp_path, "load", "pipe.ttl", "--store", "store")
    assert done.returncode == 3 and "pipe.ttl: a pipe can be read only once" in done.stderr and not (tmp_path / "store").exists()


def test_a_link_has_the_graph_of_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "theirs.ttl").write_text("<x:s> <x:p> 1 .")
    (tmp_path / "mine.ttl").symlink_to("theirs.ttl")
    done = kb(tmp_path, "load", "mine.ttl", "--dry-run", "--no-validate")
    assert done.stdout.startswith(f"1  {GRAPH}mine\n")


def test_a_device_is_refused(tmp_path: Path) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("this system has no /dev/zero")
    done = kb(tmp_path, "load", "/dev/zero", "--dry-run", "--no-validate")
    assert (done.returncode, done.stderr) == (3, "kb: /dev/zero: cannot be read: this is a device, which may never end\n")


# Many graphs, many files


def spooled(folder: Path, names: list[str]) -> loading.Spool:
    """What would be loaded of files, parsed in this process."""
    from kb.project import find_project

    scratch = folder / "scratch"
    scratch.mkdir()
    paths = [folder / name for name in names]
    return loading.spool(find_project(), paths, None, scratch, lambda prepare, files: prepare()(), io.BytesIO())


def test_more_graphs_than_files_can_be_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_OPEN", 3)
    quads = "".join(f"<x:s{n}> <x:p> _:b{n % 3} <x:g{n % 20}> .\n" for n in range(200)) + "<x:s> <x:p> <x:o> .\n"
    (tmp_path / "many.nq").write_text(quads)
    (tmp_path / "more.trig").write_text('GRAPH <x:g1> { <x:s> <x:p> "1" } <x:s> <x:p> "2" .')
    (tmp_path / "none.nq").write_text("")
    spool = spooled(tmp_path, ["many.nq", "more.trig", "none.nq"])
    lines = {file.iri.removeprefix(GRAPH): file.path.read_text().splitlines() for file in spool.files}
    assert {graph: len(found) for graph, found in lines.items()} == {f"x:g{n}": 10 + (n == 1) for n in range(20)} | {"many": 1, "more": 1, "none": 0}
    assert all(file.lines == len(lines[file.iri.removeprefix(GRAPH)]) for file in spool.files) and spool.lines == 203
    assert spool.blank_nodes == 3 and spool.names["x:g1"] == (str(tmp_path / "many.nq"), str(tmp_path / "more.trig"))
    assert all(found.startswith("<x:s") and found.endswith(" .") for found in lines["x:g1"])
    assert len({found.split()[2] for found in lines["x:g0"]}) == 3 and f"<{GENID}" in lines["x:g0"][0]


def test_more_files_than_one_process_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_TOGETHER", 2)
    for number in range(5):
        (tmp_path / f"{number}.ttl").write_text(f"<x:s> <x:p> {number} ." if number % 2 == 0 else f"<x:s> <x:p> {number}")
    with pytest.raises(InputError) as told:
        spooled(tmp_path, [f"{number}.ttl" for number in range(5)])
    assert [part.split(":")[0].rpartition("/")[2] for part in str(told.value).splitlines() if ".ttl:" in part] == ["1.ttl", "3.ttl"]


# Faults, wherever a file is cut into pieces


def judged(content: bytes, name: str) -> str:
    """What is said of a document that is read as a stream; empty where it is in order."""
    stream, format = io.BytesIO(content), turtle.format_of(name)
    try:
        streaming.check(stream, name, format)
        list(streaming.parse(stream, name, format))
    except InputError as error:
        return str(error)
    return ""


DOCUMENTS = {
    "fine.ttl": TURTLE.encode(),
    "latin.ttl": TURTLE.encode() + 'x "é"'.encode("latin-1"),
    "cut.ttl": TURTLE.encode() + "é".encode()[:1],
    "bom.nt": files.BOM + b"<x:s> <x:p> <x:o> .",
    "syntax.ttl": TURTLE.encode() + ":s :p é ;; .\n:s".encode(),
    "prefix.ttl": b"\n\nmm:x a mm:Y .",
    "lines.nt": b"<x:s> <x:p> <x:o> .\n<x:s> <x:p> .\n",
    "brackets.ttl": b"<x:s> <x:p> " + b"[ <x:p> " * 600 + b"1" + b" ]" * 600 + b" .",
    "closed.ttl": b"<x:s> <x:p> " + b"[" * 100_000,
    "text.ttl": b'<x:s> <x:p> """' + b'[( " ' * 600 + b'""" , "[[[" , \'((\' . # ' + b"[ " * 600 + b"\n<x:s> <x:p> <x:[>",
    "comment.ttl": b"# " + b"[ " * 3000 + b"\n<x:s> <x:p> 1 .",
    "terms.nt": b"<x:s> <x:p> " + b"<<( <x:s> <x:p> " * 600 + b"<x:o>" + b" )>>" * 600 + b" .",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_stream_is_judged_as_the_whole_is(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    content = DOCUMENTS[name]
    (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    expected = ""
    try:
        list(turtle.parse_file(name))
    except InputError as error:
        expected = str(error)
    assert bool(expected) == (name not in ("fine.ttl", "comment.ttl"))
    for size in (1, 2, 3, 7, 50, 1000, 1 << 20) if len(content) < 10_000 else (1000, 1 << 20):
        monkeypatch.setattr(streaming, "_PIECE", size)
        assert judged(content, name) == expected, size


def test_a_token_that_never_ends_is_not_held_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depth, "_LONGEST_TOKEN", 1000)
    pieces = [b'<x:s> <x:p> """' + b"[ " * 500] + [b"[ " * 500] * 10
    with pytest.raises(InputError, match="more than 16 MiB is not taken"):
        depth.check_pieces(iter(pieces), "x.ttl")


MEASURED = """
import resource, sys
from kb.cli import main
try: main(sys.argv[1:])
except SystemExit as left: assert not left.code, left.code
sys.stderr.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss} {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}")
"""


def test_memory_does_not_follow_the_size_of_a_file(tmp_path: Path) -> None:
    """Of what is counted for a dry run, which the tests' time allows; a load adds the engine's own buffers."""

    def peak(number: int) -> list[float]:
        with open(tmp_path / "data.nt", "w") as file:
            file.writelines(f'<https://example.org/some/thing/{n}> <https://example.org/p> "{"text " * 20}" .\n' for n in range(number))
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, "load", "data.nt", "--dry-run", "--no-validate"], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert done.stdout.startswith(f"{number:,}")
        return [int(number) / 1024 for number in done.stderr.split()[-2:]]

    small, large = peak(20_000), peak(200_000)
    size = (tmp_path / "data.nt").stat().st_size / (1 << 20)
    # The numbers of the triples are held up to a million of them, 100 bytes each.
    assert large[0] - small[0] < 20 + 180_000 * 100 / (1 << 20) and large[1] - small[1] < 5 and size > 30

