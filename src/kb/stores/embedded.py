"""The store on disk: a folder in the engine's own format (RocksDB).

One writer or many readers at a time. The engine locks out a second writer, but a reader beside a live writer is undefined
behaviour; so readers hold a shared lock on the file that the writer locks.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from kb import rdf
from kb.errors import StoreError
from kb.stores import engines
from kb.stores.base import Answer, GraphContent, GraphFile, Progress, Proof, Solutions, Store
from kb.stores.failures import failures, in_use, is_locked, is_want_of_memory
from kb.stores.locks import StoreLock
from kb.stores.scratch import can_be_replaced, put_in_place, recover, scratch_folder

T = TypeVar("T")
Node = rdf.NamedNode | rdf.BlankNode | rdf.Literal

_MARKER = "CURRENT"  # every RocksDB folder has this file
LOCK = "LOCK"
"""The file that the engine locks in a store that it writes to."""
_PATIENCE, _PATIENCE_WITH_READERS = 2.0, 60.0
"""Seconds that an opening waits for another process to finish, and a load that is done for those who read the old store."""


def is_store(folder: Path) -> bool:
    """Whether a folder holds a store, or will as soon as the process is done that replaces it."""
    place = Path(os.path.realpath(folder))
    with suppress(OSError):
        return (place / _MARKER).exists() or recover(place) or (place / _MARKER).exists()
    return False


class EmbeddedStore(Store):
    """The store in a folder; ``write=True`` opens it for loading. Raises StoreError where it cannot be opened.

    A folder that is missing or empty becomes a store with the first ``write``: built beside its place and moved there
    whole, so that a failure leaves nothing.
    """

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        self.name = str(folder)
        self._folder = Path(os.path.realpath(folder))
        self._write = write
        self._engine: rdf.Store | None = None
        self._lock: StoreLock | None = None
        self._united: bool | None = None
        self._hidden: frozenset[rdf.NamedNode] = frozenset()
        self._said = rdf.Store()
        if self._existing() is None and not write:
            raise StoreError(f"{folder}: there is no store in this folder; `kb load --store {folder}` makes one")

    def query(
        self, text: str, *, timeout: float | None = None, base_iri: str | None = None, derived: bool = False
    ) -> Answer:
        with failures(self.name, "cannot be read"):
            answer = engines.query_engine(self._opened(), text, timeout, base_iri, derived)
        if isinstance(answer, rdf.QueryBoolean):
            return answer
        found = self._as_it_comes(answer)
        return Solutions(answer.variables, found) if isinstance(answer, rdf.QuerySolutions) else found

    def _as_it_comes(self, answer: Iterable[T]) -> Iterator[T]:
        """The rows or triples as the engine works them out, so that whoever wants few waits for few; a failure of the disk
        is told as one."""
        with failures(self.name, "cannot be read"):
            yield from answer

    def write(self, contents: Iterable[GraphContent], *, replace: bool = False) -> None:
        contents = list(contents)
        with failures(self.name, "cannot be written; nothing was loaded"):
            engine = self._existing()
            if engine is None:
                self._build(contents)
                return
            engines.write_engine(engine, contents, replace)
        with failures(self.name, "took the triples but cannot make them safe on the disk; load them again"):
            engine.flush()

    def load(
        self,
        files: Sequence[GraphFile],
        *,
        replace: bool = False,
        progress: Progress | None = None,
        proof: bool = True,
    ) -> list[Proof]:
        """The next store is made beside this one, which can be read meanwhile, and is put in its place once it is proved.

        It begins as a backup of this one: hard links, which take no time and no room. Without ``proof`` it is only counted,
        and nothing is known of what was rewritten. A store that cannot be moved is filled in one transaction where it is; then
        memory follows the files. See ``Store.load``.
        """
        from kb.stores import building, proving
        from kb.stores.digests import Sent

        if not self._write:
            raise StoreError(f"{self.name}: the store was opened for reading only")
        with failures(self.name, "cannot be written; nothing was loaded"), scratch_folder(self._folder) as scratch:
            if (engine := self._existing()) is not None and not can_be_replaced(self._folder):
                proofs = proving.load_at_once(engine, files, scratch, replace=replace)
                engine.flush()
                return proofs
            del engine
            made, lock = scratch / "store", None
            self._engine = None  # closes it: others may read
            try:
                if self._check_folder():
                    lock = self._copied(made)
                engine = rdf.Store(str(made))
                sent = [Sent(file, scratch) for file in files] if proof or replace else []
                building.unite(engine, scratch)
                for one in sent if replace else ():
                    building.take_out(engine, one.iri, one, scratch)
                new = [building.only_new(engine, file, scratch) for file in files]
                tidy = building.is_much(new, self._folder)
                expected = proving.Expectation(engine, sent, new, scratch, replace=replace) if proof else None
                building.fill(engine, new, progress, tidy=tidy)
                engine.flush()
                del engine  # closes it
                # Opened once more to write, the engine sums up its list of files, which has each file that came and went: to
                # read that takes a sixth of a lookup's time where a million claims were loaded.
                rdf.Store(str(made))
                engine = rdf.Store.read_only(str(made))
                if expected is not None:
                    proofs = expected.prove(engine)
                else:
                    proofs = [Proof(file.iri, file.lines, engines.count_engine(engine, file.iri)) for file in files]
                del engine
                self._put_in_place(made, lock)
            finally:
                if lock is not None:
                    lock.close()
        return proofs

    def _put_in_place(self, new: Path, lock: StoreLock | None) -> None:
        if lock is not None:
            self._patiently(lock.claim, _PATIENCE_WITH_READERS)
        elif self._check_folder():
            raise StoreError(f"{self.name}: another process has made this store meanwhile; nothing was loaded. Load again")
        put_in_place(new, self._folder, replace=lock is not None)

    def count(self, graph: str) -> int:
        with failures(self.name, "cannot be read"):
            return engines.count_engine(self._opened(), graph)

    def graphs(self) -> list[str]:
        with failures(self.name, "cannot be read"):
            return engines.graphs_engine(self._opened())

    def out(self, node: Node) -> Iterator[rdf.Quad]:
        """The triples of which a node is the subject, as quads without a graph; those of derived graphs are left out, and
        one may come more than once. Raises StoreError."""
        return iter(()) if isinstance(node, rdf.Literal) else self._matching(node, None, None)

    def into(self, node: Node, predicate: rdf.NamedNode | None = None) -> Iterator[rdf.Quad]:
        """The triples of which a node is the object, with a property or with any; see ``out``."""
        return self._matching(None, predicate, node)

    def having(self, predicate: rdf.NamedNode) -> Iterator[rdf.Quad]:
        """The triples with a property; see ``out``."""
        return self._matching(None, predicate, None)

    def everything(self) -> Iterator[rdf.Quad]:
        """All triples; see ``out``."""
        return self._matching(None, None, None)

    def look_beside(self, files: Iterable[GraphFile], *, replace: bool) -> None:
        """Leave out of what is looked up from now on what is about to be replaced, and what the files say too: the engine may
        spell that otherwise, and would seem to say something else beside it."""
        self._said = rdf.Store()
        for file in files:
            self._said.bulk_load(path=file.path, format=rdf.RdfFormat.N_TRIPLES)
        self._hidden = frozenset(rdf.NamedNode(file.iri) for file in files if replace)

    def _matching(self, *pattern: Node | None) -> Iterator[rdf.Quad]:
        with failures(self.name, "cannot be read"):
            engine = self._opened()
            if self._united is None:
                self._united = engines.is_united(engine)
            if self._united and not self._hidden:
                found = engine.quads_for_pattern(*pattern, rdf.DefaultGraph())
                yield from (quad for quad in found if quad not in self._said) if self._said else found
                return
            for quad in engine.quads_for_pattern(*pattern, None):
                if engines.is_shown(quad) and quad.graph_name not in self._hidden:
                    triple = engines.unnamed(quad)
                    if triple not in self._said:
                        yield triple

    def reading(self, work: Callable[[rdf.Store], T]) -> T:
        """The result of work that reads the engine itself. Raises StoreError."""
        with failures(self.name, "cannot be read"):
            return work(self._opened())

    def back_up(self, target: Path) -> None:
        """Make a copy of the store at a place where nothing is: hard links, where that is on the same file system.

        Raises StoreError.
        """
        with failures(self.name, "cannot be copied"):
            self.close()
            self._copied(target).close()

    def _copied(self, target: Path) -> StoreLock:
        """Make a copy of the store; gives the lock, shared with readers, that keeps it as it was copied."""
        while True:
            lock = self._patiently(lambda: StoreLock(self._folder / LOCK))
            # What a writer that was killed, or another program, has only put in the log is not in a copy.
            if not any(path.stat().st_size for path in self._folder.glob("*.log")):
                break
            lock.close()
            self._patiently(lambda: rdf.Store(str(self._folder)))  # takes the log up, and is closed at once
        try:
            rdf.Store.read_only(str(self._folder)).backup(str(target))
        except BaseException:
            lock.close()
            raise
        return lock

    def close(self) -> None:
        self._engine = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _opened(self) -> rdf.Store:
        engine = self._existing()
        return rdf.Store() if engine is None else engine  # one that is empty counts as false

    def _existing(self) -> rdf.Store | None:
        """The engine on the folder; None where there is no store yet."""
        if self._engine is None and self._check_folder():
            self._engine = self._open()
        return self._engine

    def _check_folder(self) -> bool:
        """Whether there is a store to open; False for a place where one can be made."""
        try:
            names = self._patiently(self._names)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            raise in_use(self.name) from None
        except OSError as error:
            if is_want_of_memory(error):
                raise MemoryError from None
            raise StoreError(f"{self.name}: cannot be opened as a store: {error.strerror}") from None
        if names and _MARKER not in names:
            raise StoreError(
                f"{self.name}: this folder holds other files and no store; name a store's folder, or a new one"
            )
        return bool(names)

    def _names(self) -> list[str]:
        """The folder's files. Raises BlockingIOError for a store that is being replaced just now."""
        try:
            return os.listdir(self._folder)
        except FileNotFoundError:
            if recover(self._folder):
                raise BlockingIOError(errno.EAGAIN, "being replaced") from None
            return os.listdir(self._folder)

    def _open(self) -> rdf.Store:
        def opened() -> rdf.Store:
            if self._write:
                return rdf.Store(str(self._folder))
            self._lock = StoreLock(self._folder / LOCK)
            return rdf.Store.read_only(str(self._folder))

        with failures(self.name, "cannot be opened"):
            return self._patiently(opened)

    def _patiently(self, work: Callable[[], T], patience: float | None = None) -> T:
        """The result of work that needs others to be done with the store; its error where they are not in time."""
        deadline = time.monotonic() + (_PATIENCE if patience is None else patience)
        while True:
            try:
                return work()
            except OSError as error:
                if not is_locked(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def _build(self, contents: list[GraphContent]) -> None:
        """Make a new store beside its place, then move it there in one step."""
        with scratch_folder(self._folder) as scratch:
            engine = rdf.Store(str(scratch / "store"))
            engine.bulk_extend(engines.quads(contents))
            engine.flush()
            del engine  # closes it
            self._put_in_place(scratch / "store", None)
