"""Looking after a store on disk: whether all of it can be read, a backup, and putting a backup in its place."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from kb import rdf
from kb.errors import StoreError
from kb.stores import engines, indexes
from kb.stores.digests import Distinct, Dump, digest_of
from kb.stores.embedded import LOCK, EmbeddedStore, is_store
from kb.stores.failures import failures
from kb.stores.locks import StoreLock
from kb.stores.scratch import put_in_place, scratch_folder

_UNWRITTEN = "cannot be written"


@dataclass(frozen=True)
class Checked:
    """What was read of a store: its named graphs with their triples, and those of the default graph and of what it should be,
    the union of the graphs that are not derived."""

    graphs: tuple[tuple[str, int], ...]
    united: int
    expected: int
    differs: bool
    """Whether the default graph is not that union; not so where another program filled the store and there is none."""


def check(folder: Path) -> Checked:
    """Read every triple of a store, in each of its indexes. Raises StoreError for one that is damaged, in use, or none."""
    with EmbeddedStore(folder) as store:
        checked = _read(store)
        store.reading(indexes.read)
    return checked


def _read(store: EmbeddedStore) -> Checked:
    """Read every triple of a store once. Raises StoreError."""
    with scratch_folder(None) as scratch:
        return store.reading(lambda engine: _checked(engine, scratch))


def _checked(engine: rdf.Store, scratch: Path) -> Checked:
    union = Distinct(scratch)
    graphs = []
    for name in engines.graphs_engine(engine):
        graph = rdf.NamedNode(name)
        dump = Dump(None if engines.is_derived(graph) else union)
        engine.dump(dump, rdf.RdfFormat.N_TRIPLES, from_graph=graph)
        graphs.append((name, dump.digest.count))
        counted = engines.count_engine(engine, name)
        if counted != dump.digest.count:
            raise OSError(f"Corruption: <{name}> has {counted:,} triples as it counts them, and {dump.digest.count:,} can be read")
    default = Dump()
    engine.dump(default, rdf.RdfFormat.N_TRIPLES, from_graph=rdf.DefaultGraph())
    expected = digest_of([union])
    differs = engines.is_united(engine) and default.digest != expected
    return Checked(tuple(graphs), default.digest.count, expected.count, differs)


def back_up(folder: Path, target: Path) -> Checked:
    """Make a copy of a store at a place where nothing is: in no time, and in no room, where that is on the same file system.
    The copy is read before it is given its name. Raises StoreError.
    """
    place = Path(os.path.realpath(target))
    if os.path.lexists(target):
        raise StoreError(f"{target}: is there already; name a place where nothing is")
    with EmbeddedStore(folder) as store, failures(str(target), _UNWRITTEN), scratch_folder(place) as scratch:
        copy = scratch / "store"
        store.back_up(copy)
        with EmbeddedStore(copy) as copied:
            checked = _read(copied)
        put_in_place(copy, place, replace=False)
    return checked


def restore(backup: Path, folder: Path, *, replace: bool = False) -> Checked:
    """Make the store in a folder equal to a backup, in one step; the backup stays. With ``replace`` it may take the place of
    a store, damaged or not, that nobody uses.

    Raises StoreError where the backup cannot be read, or the place is taken or in use.
    """
    place = Path(os.path.realpath(folder))
    lock = None
    if is_store(folder):
        if not replace:
            raise StoreError(f"{folder}: there is a store here already; --replace puts the backup in its place")
    elif os.path.lexists(place) and (not place.is_dir() or os.listdir(place)):
        raise StoreError(f"{folder}: this is something else than a store; name a store's folder, or a new one")
    with EmbeddedStore(backup) as source, failures(str(folder), _UNWRITTEN), scratch_folder(place) as scratch:
        copy = scratch / "store"
        source.back_up(copy)
        with EmbeddedStore(copy) as copied:
            checked = _read(copied)
        if is_store(folder):
            lock = StoreLock(place / LOCK)
            lock.claim()
        put_in_place(copy, place, replace=lock is not None)
    if lock is not None:
        lock.close()
    return checked
