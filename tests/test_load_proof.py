"""What a load proves, and how: digests in constant memory, literals in the engine's spelling, what is lost or added told."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb import rdf
from kb.errors import StoreError
from kb.stores import building, digests, embedded, open_store, proving, upkeep
from kb.stores.base import GraphFile, Store
from kb.stores.digests import Digest, Distinct, Dump, Sent, Spelling, digest_of, grouped
from kb.stores.memory import MemoryStore

G, H = "https://example.org/g", "https://example.org/h"
XSD = "http://www.w3.org/2001/XMLSchema#"


def line(number: int, value: str = '"v"') -> str:
    return f"<https://example.org/s{number}> <https://example.org/p> {value} .\n"


def written(folder: Path, graph: str, *lines: str) -> GraphFile:
    path = folder / f"{graph[-1]}{random.getrandbits(64)}.nt"
    path.write_text("".join(lines))
    return GraphFile(graph, path, len(lines))


@pytest.fixture(params=["memory", "embedded"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else open_store(tmp_path / "place" / "store", write=True)


# Digests


@pytest.mark.parametrize("most", [10, 1000, 1 << 20])
def test_a_set_counts_each_number_once_however_much_memory_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(digests, "_IN_MEMORY", most)
    numbers = [hash(str(n % 3000)) for n in range(9000)] + [-(2**63), 2**63 - 1, 0, -1]
    numbers_of = Distinct(tmp_path)
    for start in range(0, len(numbers), 100):
        numbers_of.update(numbers[start : start + 100])
    expected = set(numbers)
    assert set().union(*numbers_of.buckets()) == expected
    assert digest_of([numbers_of]) == Digest(len(expected), sum(expected) % 2**64)
    portions = list(grouped(numbers_of))
    assert set().union(*(portion for _, portion in portions)) == expected and (len(portions) > 1) == (most < 3000)
    assert all(digests.bucket_of(number) in buckets for buckets, portion in portions for number in portion)
    assert bool(list(tmp_path.iterdir())) == (most < 9000)


def test_the_digest_of_a_union_counts_what_is_in_both_once(tmp_path: Path) -> None:
    one, other = Distinct(tmp_path), Distinct(tmp_path)
    one.update([1, 2, 3])
    other.update([3, 4])
    assert digest_of([one, other]) == Digest(4, 10)


def test_what_is_written_in_parts_has_the_digest_of_the_whole() -> None:
    content = "".join(line(n) for n in range(50)).encode()
    whole, parts = Dump(), Dump()
    whole.write(content)
    for start in range(0, len(content), 7):
        parts.write(content[start : start + 7])
    assert whole.digest == parts.digest and whole.digest.count == 50


RESPELT = {
    f'"1.50"^^<{XSD}decimal>': f'"1.5"^^<{XSD}decimal>',
    f'"01"^^<{XSD}integer>': f'"1"^^<{XSD}integer>',
    f'"7"^^<{XSD}nonNegativeInteger>': f'"7"^^<{XSD}integer>',
    '"colour"@en-GB': '"colour"@en-gb',
    f'"2020-01-01T00:00:00Z"^^<{XSD}dateTimeStamp>': f'"2020-01-01T00:00:00Z"^^<{XSD}dateTime>',
}
SAME = ['"1.50"', f'"1.5"^^<{XSD}decimal>', '"x"@en', f'"abc"^^<{XSD}integer>', '"a \\"@EN . b"@en', '"\\"^^<x> ."', "<https://example.org/o>"]


def test_the_engine_is_asked_for_its_spelling() -> None:
    lines = [line(n, value).strip().encode() for n, value in enumerate([*RESPELT, *SAME])]
    kept = Spelling().kept(lines)
    assert [kept[n].decode() for n in sorted(kept)] == [line(n, value).strip() for n, value in enumerate(RESPELT.values())]


def test_spellings_are_remembered_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "_REMEMBERED", 3)
    spelling = Spelling()
    for _ in range(2):
        for number in range(10):
            [kept] = spelling.kept([line(1, f'"{number}.0"^^<{XSD}decimal>').strip().encode()]).values()
            assert f'"{number}"^^' in kept.decode() and len(spelling._known) <= 3


# Loads


def test_the_proof_of_a_new_graph_of_one_that_is_added_to_and_of_one_that_is_replaced(store: Store, tmp_path: Path) -> None:
    for replace, lines, sent, present in (
        (False, (line(1), line(1), line(2)), 2, 2),
        (False, (line(2), line(3)), 2, 3),
        (False, (line(2), line(3)), 2, 3),
        (True, (line(4), line(3)), 2, 2),
        (True, (), 0, 0),
    ):
        [proof] = store.load([written(tmp_path, G, *lines)], replace=replace)
        assert (proof.graph, proof.sent, proof.present, proof.rewritten, proof.examples) == (G, sent, present, 0, ())


def test_rewritten_literals_are_counted_and_shown(store: Store, tmp_path: Path) -> None:
    lines = [line(n, value) for n, value in enumerate([*RESPELT, *SAME])]
    for _ in range(2):
        [proof] = store.load([written(tmp_path, G, *lines, lines[0])])
        assert (proof.sent, proof.present, proof.rewritten) == (len(lines), len(lines), len(RESPELT))
        assert proof.examples == tuple(list(RESPELT.items())[:3])
    two_of_one_value = written(tmp_path, H, line(1, f'"1.0"^^<{XSD}decimal>'), line(1, f'"1.00"^^<{XSD}decimal>'))
    [proof] = store.load([two_of_one_value])
    assert (proof.sent, proof.present, proof.rewritten) == (2, 1, 2)


def test_a_triple_of_two_graphs_stays_in_the_union_until_both_have_lost_it(store: Store, tmp_path: Path) -> None:
    def union() -> list[str]:
        return sorted(row["s"].value[-1] for row in store.query("SELECT ?s WHERE { ?s ?p ?o }"))

    store.load([written(tmp_path, G, line(1), line(2)), written(tmp_path, H, line(2), line(3))])
    assert union() == ["1", "2", "3"]
    store.load([written(tmp_path, G, line(4))], replace=True)
    assert union() == ["2", "3", "4"]
    store.load([written(tmp_path, G, line(3)), written(tmp_path, H, line(4))], replace=True)
    assert union() == ["3", "4"]


def test_a_derived_graph_is_not_in_the_union(store: Store, tmp_path: Path) -> None:
    derived = "https://w3id.org/medical-missions/graph/derived/x"
    store.load([written(tmp_path, derived, line(1)), written(tmp_path, G, line(2))])
    store.load([written(tmp_path, derived, line(3))], replace=True)
    assert len(list(store.query("SELECT ?s WHERE { ?s ?p ?o }"))) == 1
    assert len(list(store.query("SELECT ?s WHERE { ?s ?p ?o }", derived=True))) == 2


def losing(taken: str, added: str = "") -> object:
    """What fills an engine, but for a line, and with another."""

    def fill(engine: rdf.Store, files: list[GraphFile], progress: object = None, **how: bool) -> None:
        changed = []
        for file in files:
            text = file.path.read_text().replace(taken, added)
            changed.append(written(file.path.parent, file.iri, *text.splitlines(keepends=True)))
        filling(engine, changed)

    filling = building.fill
    return fill


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("replace", [False, True])
def test_what_is_lost_is_told_and_the_store_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool, replace: bool) -> None:
    place = tmp_path / "place" / "store"
    if exists:
        with open_store(place, write=True) as store:
            store.load([written(tmp_path, G, line(0))])
    monkeypatch.setattr(building, "fill", losing(line(2)))
    with open_store(place, write=True) as store, pytest.raises(StoreError) as told:
        store.load([written(tmp_path, G, line(1), line(2), line(3))], replace=replace)
    expected, found = (3, 2) if replace or not exists else (4, 3)
    missing = line(2).rstrip()
    assert str(told.value) == f"<{G}> should hold {expected} triples as they were sent, and holds {found}\n  missing: {missing}"
    if exists:
        with open_store(place) as store:
            assert (store.count(G), store.graphs()) == (1, [G])
    else:
        assert not place.exists()


def test_of_two_loads_that_make_a_store_at_once_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, filling = tmp_path / "place" / "store", building.fill

    def fill(engine: rdf.Store, files: list[GraphFile], progress: object = None, **how: bool) -> None:
        filling(engine, files)
        monkeypatch.setattr(building, "fill", filling)
        with open_store(place, write=True) as other:
            other.load([written(tmp_path, H, line(1))])

    monkeypatch.setattr(building, "fill", fill)
    with open_store(place, write=True) as store, pytest.raises(StoreError, match="has made this store meanwhile; nothing was loaded"):
        store.load([written(tmp_path, G, line(1))])
    with open_store(place) as store:
        assert store.graphs() == [H]


def test_what_nobody_sent_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "fill", losing(line(2), line(7)))
    with open_store(tmp_path / "store", write=True) as store, pytest.raises(StoreError, match="not sent: <https://example.org/s7>"):
        store.load([written(tmp_path, G, line(1), line(2))])


def test_a_union_that_lacks_something_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_union(*stream: object) -> Iterator[bytes]:
        for lines in written_lines(*stream):
            yield b"".join(line for line in lines.splitlines(keepends=True) if line.endswith(f"<{G}> .\n".encode()))

    place, written_lines = tmp_path / "store", building._Stream._written
    with open_store(place, write=True) as store:
        monkeypatch.setattr(building._Stream, "_written", without_union)
        with pytest.raises(StoreError, match="the union of the graphs should hold 1 triples, and holds 0"):
            store.load([written(tmp_path, G, line(1))])
        monkeypatch.setattr(building._Stream, "_written", written_lines)
        store.load([written(tmp_path, G, line(1))])
        monkeypatch.setattr(building._Stream, "_written", without_union)
        with pytest.raises(StoreError, match="the union of the graphs lacks what"):
            store.load([written(tmp_path, G, line(2))])


def test_a_file_is_loaded_in_parts_that_make_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "_PART", 1000)
    monkeypatch.setattr(building, "_PIECE", 150)
    told: list[int] = []
    file = written(tmp_path, G, *(line(n) for n in range(500)))
    other = written(tmp_path, H, *(line(n) for n in range(490, 510)))
    parts = list(building._parts([file, other]))
    assert len(parts) > 20 and {run.file for run in parts[-1]} == {other} and any(len(part) == 2 for part in parts)
    with open_store(tmp_path / "store", write=True) as store:
        proofs = store.load([file, other], progress=told.append)
        assert [(proof.sent, proof.present) for proof in proofs] == [(500, 500), (20, 20)] and sum(told) == 520
        assert [proof.present for proof in store.load([file], replace=True)] == [500]


def test_what_was_loaded_in_many_parts_lies_in_few_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "_PART", 1000)

    def files() -> int:
        copy = tmp_path / f"copy-{random.getrandbits(64)}"  # has no files that are about to go
        upkeep.back_up(tmp_path / "store", copy)
        return len([*copy.glob("*.sst")])

    with open_store(tmp_path / "store", write=True) as store:
        store.load([written(tmp_path, G, *(line(n) for n in range(500)))])
    assert files() < 20
    with open_store(tmp_path / "store", write=True) as store:
        store.load([written(tmp_path, H, line(1))])  # a little, for which the whole is not put in order
    assert files() > 20


def test_a_store_lists_its_files_and_not_all_that_came_and_went(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def list_size() -> int:
        return sum(file.stat().st_size for file in (tmp_path / "store").glob("MANIFEST-*"))

    monkeypatch.setattr(building, "_PART", 1000)
    with open_store(tmp_path / "store", write=True) as store:
        store.load([written(tmp_path, G, *(line(n) for n in range(500)))])
    after = list_size()
    rdf.Store(str(tmp_path / "store"))  # opened to write, the engine begins a new list
    assert after == pytest.approx(list_size(), rel=0.2)


def test_in_small_portions_a_graph_becomes_equal_to_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "_IN_MEMORY", 50)
    monkeypatch.setattr(digests, "_LINES", 30)
    with open_store(tmp_path / "store", write=True) as store:
        store.load([written(tmp_path, G, *(line(n) for n in range(400)))])
        [proof] = store.load([written(tmp_path, G, *(line(n) for n in range(200, 500)))], replace=True)
        assert (proof.sent, proof.present) == (300, 300)
        numbers = {int(row["s"].value.rpartition("s")[2]) for row in store.query("SELECT ?s WHERE { ?s ?p ?o }")}
        assert numbers == set(range(200, 500))


def test_a_store_that_cannot_be_moved_is_filled_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "place" / "store"
    with open_store(place, write=True) as store:
        store.load([written(tmp_path, G, line(1))])
    node = place.stat().st_ino
    monkeypatch.setattr(embedded, "can_be_replaced", lambda folder: False)
    with open_store(place, write=True) as store:
        for replace, present in ((False, 2), (False, 2), (True, 1)):
            [proof] = store.load([written(tmp_path, G, line(2))], replace=replace)
            assert (proof.sent, proof.present) == (1, present)
        monkeypatch.setattr(proving, "_proof", lambda *_: (_ for _ in ()).throw(StoreError("lost")))
        with pytest.raises(StoreError, match="lost"):
            store.load([written(tmp_path, G, line(3))], replace=True)
    with open_store(place) as store:
        assert [row["s"].value[-1] for row in store.query("SELECT ?s WHERE { ?s ?p ?o }")] == ["2"]
    assert place.stat().st_ino == node


def test_a_store_of_another_program_gets_its_union(tmp_path: Path) -> None:
    engine = rdf.Store(str(tmp_path / "store"))
    engine.load(line(1).encode(), rdf.RdfFormat.N_TRIPLES, to_graph=rdf.NamedNode(H))
    engine.flush()
    del engine
    with open_store(tmp_path / "store", write=True) as store:
        store.load([written(tmp_path, G, line(2))])
        assert len(list(store.query("SELECT ?s WHERE { ?s ?p ?o }"))) == 2


def test_what_is_only_in_the_log_of_a_store_is_not_lost(tmp_path: Path) -> None:
    engine = rdf.Store(str(tmp_path / "store"))
    engine.add(rdf.Quad(rdf.NamedNode("https://example.org/s1"), rdf.NamedNode("https://example.org/p"), rdf.Literal("v"), rdf.NamedNode(G)))
    del engine  # closed, and not flushed
    with open_store(tmp_path / "store") as store:
        store.back_up(tmp_path / "copy")
    with open_store(tmp_path / "copy") as copy:
        assert copy.count(G) == 1


def test_a_store_that_is_only_read_takes_no_load(tmp_path: Path) -> None:
    with open_store(tmp_path / "store", write=True) as store:
        store.load([written(tmp_path, G, line(1))])
    with open_store(tmp_path / "store") as store:
        with pytest.raises(StoreError, match="for reading only"):
            store.load([written(tmp_path, G, line(2))])
        assert store.count(G) == 1


def test_without_proof_it_is_counted(tmp_path: Path) -> None:
    with open_store(tmp_path / "store", write=True) as store:
        [proof] = store.load([written(tmp_path, G, line(1), line(2))], proof=False)
    assert (proof.sent, proof.present, proof.rewritten) == (2, 2, 0)


def test_sent_counts_triples_and_not_lines(tmp_path: Path) -> None:
    sent = Sent(written(tmp_path, G, line(1), line(2), line(1)), tmp_path)
    assert (sent.count, sent.digest.count, sent.rewritten) == (2, 2, 0)
