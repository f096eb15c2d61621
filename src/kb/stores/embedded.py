"""The store on disk: a folder in the engine's own format (RocksDB).

One writer or many readers at a time. The engine locks out a second writer, but a reader beside a live writer is undefined
behaviour; so readers hold a shared lock on the file that the writer locks.
"""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from kb import rdf
from kb.errors import StoreError
from kb.files import umask
from kb.stores import memory
from kb.stores.base import Answer, GraphContent, Solutions, Store

T = TypeVar("T")

_MARKER = "CURRENT"  # every RocksDB folder has this file
_LOCK = "LOCK"
_ROCKSDB_FILE = re.compile(r"/(?:MANIFEST-\d+|\d+\.(?:sst|log))\b")
_PATIENCE = 2.0
"""Seconds that an opening waits for another process to finish; a load of the bundled data takes less."""


class EmbeddedStore(Store):
    """The store in a folder; ``write=True`` opens it for loading. Raises StoreError where it cannot be opened.

    A folder that is missing or empty becomes a store with the first ``write``: built beside its place and moved there
    whole, so that a failure leaves nothing.
    """

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        self.name = str(folder)
        self._folder = Path(os.path.realpath(folder))
        self._engine: rdf.Store | None = None
        self._lock: int | None = None
        self._united: bool | None = None
        exists = self._check_folder()
        if exists:
            self._engine = self._open(write)
        elif not write:
            raise StoreError(f"{folder}: there is no store in this folder; `kb load --store {folder}` makes one")

    def query(
        self, text: str, *, timeout: float | None = None, base_iri: str | None = None, derived: bool = False
    ) -> Answer:
        with self._failures("cannot be read"):
            answer = memory.query_engine(self._opened(), text, timeout, base_iri, derived)
        if isinstance(answer, rdf.QueryBoolean):
            return answer
        found = self._as_it_comes(answer)
        return Solutions(answer.variables, found) if isinstance(answer, rdf.QuerySolutions) else found

    def _as_it_comes(self, answer: Iterable[T]) -> Iterator[T]:
        """The rows or triples as the engine works them out, so that whoever wants few waits for few; a failure of the disk
        is told as one."""
        with self._failures("cannot be read"):
            yield from answer

    def write(self, contents: Iterable[GraphContent], *, replace: bool = False) -> None:
        contents = list(contents)
        with self._failures("cannot be written; nothing was loaded"):
            if self._engine is None:
                self._build(contents)
                return
            memory.write_engine(self._engine, contents, replace)
        with self._failures("took the triples but cannot make them safe on the disk; load them again"):
            self._engine.flush()

    def count(self, graph: str) -> int:
        with self._failures("cannot be read"):
            return memory.count_engine(self._opened(), graph)

    def graphs(self) -> list[str]:
        with self._failures("cannot be read"):
            return memory.graphs_engine(self._opened())

    def out(self, node: rdf.NamedNode | rdf.BlankNode | rdf.Literal) -> Iterator[rdf.Quad]:
        """The triples of which a node is the subject, as quads without a graph; those of derived graphs are left out, and
        one may come more than once. Raises StoreError."""
        return iter(()) if isinstance(node, rdf.Literal) else self._matching(node, None, None)

    def into(
        self, node: rdf.NamedNode | rdf.BlankNode | rdf.Literal, predicate: rdf.NamedNode | None = None
    ) -> Iterator[rdf.Quad]:
        """The triples of which a node is the object, with a property or with any; see ``out``."""
        return self._matching(None, predicate, node)

    def having(self, predicate: rdf.NamedNode) -> Iterator[rdf.Quad]:
        """The triples with a property; see ``out``."""
        return self._matching(None, predicate, None)

    def _matching(self, *pattern: rdf.NamedNode | rdf.BlankNode | rdf.Literal | None) -> Iterator[rdf.Quad]:
        with self._failures("cannot be read"):
            engine = self._opened()
            if self._united is None:
                self._united = memory.is_united(engine)
            if self._united:
                yield from engine.quads_for_pattern(*pattern, rdf.DefaultGraph())
                return
            for quad in engine.quads_for_pattern(*pattern, None):
                if not memory.is_derived(quad.graph_name):
                    yield rdf.Quad(quad.subject, quad.predicate, quad.object)

    def close(self) -> None:
        self._engine = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _opened(self) -> rdf.Store:
        return rdf.Store() if self._engine is None else self._engine

    def _check_folder(self) -> bool:
        """Whether there is a store to open; False for a place where one can be made."""
        try:
            names = os.listdir(self._folder)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(f"{self.name}: cannot be opened as a store: {error.strerror}") from None
        if names and _MARKER not in names:
            raise StoreError(
                f"{self.name}: this folder holds other files and no store; name a store's folder, or a new one"
            )
        return bool(names)

    def _open(self, write: bool) -> rdf.Store:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                with self._failures("cannot be opened"):
                    if write:
                        return rdf.Store(str(self._folder))
                    self._lock = _shared_lock(self._folder / _LOCK)
                    return rdf.Store.read_only(str(self._folder))
            except _Locked:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def _build(self, contents: list[GraphContent]) -> None:
        """Make a new store beside its place, then move it there in one step."""
        import shutil  # here, with the next, because a question needs neither and starting is most of a short one's time
        import tempfile

        self._folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=self._folder.parent, prefix=f".{self._folder.name}."))
        try:
            engine = rdf.Store(str(temporary))
            engine.bulk_extend(memory.quads(contents))
            engine.flush()
            del engine  # closes it
            if self._folder.exists():  # empty, or it would have been opened
                temporary.chmod(self._folder.stat().st_mode & 0o7777)
                self._folder.rmdir()
            else:
                temporary.chmod(0o777 & ~umask())
            os.rename(temporary, self._folder)
            _sync(self._folder.parent)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        self._engine = self._open(write=True)

    @contextmanager
    def _failures(self, what: str) -> Iterator[None]:
        """The engine's and the system's errors as a StoreError that says what happened to this store."""
        try:
            yield
        except (OSError, RuntimeError) as error:
            text = getattr(error, "strerror", None) or str(error)
            if isinstance(error, BlockingIOError) or re.search(r"lock hold by|While lock file", text):
                raise _Locked(f"{self.name}: the store is in use by another process; try again when it is done") from None
            if "Corruption" in text or (isinstance(error, FileNotFoundError) and _ROCKSDB_FILE.search(text)):
                raise StoreError(f"{self.name}: the store is damaged: {_reason(text)}. Load it anew elsewhere") from None
            if isinstance(error, RuntimeError) and "read-write" in text:
                raise StoreError(f"{self.name}: the store was opened for reading only") from None
            full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "No space left" in text
            reason = "no space is left on the disk" if full else _reason(text)
            raise StoreError(f"{self.name}: the store {what}: {reason}") from None


class _Locked(StoreError):
    """Another process holds the store."""


def _reason(text: str) -> str:
    """The engine's message without its own prefixes."""
    return re.sub(r"^(?:IO error: |Corruption: )+|  The file .*", "", text).rstrip(". ")


def _shared_lock(path: Path) -> int | None:
    """Hold a readers' lock until the descriptor is closed; BlockingIOError where a writer has the file."""
    try:
        import fcntl
    except ImportError:  # Windows has no such locks, and there the engine's own must do
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno in (errno.EACCES, errno.EAGAIN):
            raise BlockingIOError(error.errno, "locked") from None
        return None  # a file system without locks
    return descriptor


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # not every file system can; the rename stands without it
    finally:
        os.close(descriptor)
