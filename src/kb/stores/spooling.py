"""Files of any RDF format as N-Triples, in a child process that can do nothing else (``kb.sandbox``), as a stream.

What a file has for blank nodes gets IRIs, which depend on its bytes and on their labels or their order: the same file gives
the same triples each time. Memory does not follow the size of a file in N-Triples, N-Quads, Turtle or TriG, but in the last
two it follows how many blank nodes there are.
"""

from __future__ import annotations

import errno
import io
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import IO, Any

from kb import compression, rdf, sandbox, telling
from kb.errors import InputError, StoreError, in_one
from kb.files import unreadable
from kb.namespaces import BASE
from kb.turtle import streaming

GENID = BASE + ".well-known/genid/"
"""Where blank nodes get their IRIs (RDF 1.1 Concepts, 3.5): a blank node sent twice would be two nodes, and some servers
take none in an update."""

GROWTH, SPARE = 200, 1 << 30
"""A file may become that many times as large as N-Triples, and that many bytes more; one that is made to grow becomes larger."""
_LABELLED = (rdf.RdfFormat.N_TRIPLES, rdf.RdfFormat.N_QUADS)
MOST_COUNTED = 100_000
"""Blank nodes of a file that are counted: those that have labels are not remembered beyond it."""
_PIECE = 1 << 20
_QUIET, _EVERY = 1.0, 0.5
"""Seconds before the first word of progress, and between one and the next."""


@dataclass(frozen=True)
class Source:
    """A file to read: what the user calls it, its format, where its bytes are, what to write, and the graph for triples
    without one."""

    name: str
    format: rdf.RdfFormat
    packed: Path
    """A file that can be read twice, compressed if its name says so."""
    spool: Path
    """N-Triples or, where the format has named graphs, N-Quads that all have one."""
    graph: str


def prepare(sources: Sequence[Source]) -> sandbox.Work:
    """Open the files; what is returned parses them, writes what they say, and gives how many blank nodes got IRIs, of one
    file no more than ``MOST_COUNTED``.

    It raises InputError for every file that cannot be read or parsed, all in one, and StoreError for a full disk.
    """
    opened: list[tuple[Source, IO[bytes], IO[bytes]] | InputError] = []
    for source in sources:
        compression.load(source.name)
        try:
            opened.append((source, source.packed.open("rb", buffering=0), source.spool.open("wb")))
        except OSError as error:
            opened.append(unreadable(error, source.name))
    files = [file for item in opened if not isinstance(item, InputError) for file in item[1:]]
    size = sum(os.fstat(item[1].fileno()).st_size for item in opened if not isinstance(item, InputError))
    sandbox.keep_open([file.fileno() for file in files], SPARE + GROWTH * size)

    def work() -> int:
        blank_nodes, errors = 0, []
        for item in opened:
            try:
                if isinstance(item, InputError):
                    raise item
                blank_nodes += _spool(*item)
            except InputError as error:
                errors.append(error)
        if errors:
            raise in_one(errors)
        return blank_nodes

    return work


def _spool(source: Source, packed: IO[bytes], spool: IO[bytes]) -> int:
    """Write what a file says; gives how many blank nodes got IRIs."""
    telling.working_on(source.name)
    told = _Told(packed.fileno(), source.name)
    stream = compression.unpacked(io.BufferedReader(told, _PIECE), source.name)
    document = streaming.check(stream, source.name, source.format)
    quads = streaming.parse(stream, source.name, source.format)
    naming = _Naming(document.digest, labelled=source.format in _LABELLED)
    try:
        if source.format.supports_datasets:
            home = rdf.NamedNode(source.graph)
            named = naming.quad if document.may_have_blank_nodes else _in_graph
            rdf.serialize((named(quad, home) for quad in quads), spool, rdf.RdfFormat.N_QUADS)
        else:
            triples = map(naming.triple if document.may_have_blank_nodes else attrgetter("triple"), quads)
            rdf.serialize(triples, spool, rdf.RdfFormat.N_TRIPLES)
        spool.flush()
    except OSError as error:
        raise _unwritten(error, source.name, spool) from None
    return len(naming)


def _in_graph(quad: rdf.Quad, home: rdf.NamedNode) -> rdf.Quad:
    return rdf.Quad(*quad.triple, home) if isinstance(quad.graph_name, rdf.DefaultGraph) else quad


def _unwritten(error: OSError, name: str, spool: IO[bytes]) -> StoreError:
    """Why a spool cannot be written."""
    grown = error.errno == errno.EFBIG and os.fstat(spool.fileno()).st_size >= SPARE
    reason = f"its triples take more than {GROWTH} times its own room" if grown else error.strerror
    return StoreError(f"{name}: cannot be made ready to be loaded: {reason}; nothing was loaded")


class _Told(io.FileIO):
    """A file that tells how far it has been read, and ends the process whose parent is gone."""

    def __init__(self, descriptor: int, name: str) -> None:
        super().__init__(descriptor, "rb", closefd=False)
        self._name = name
        self._size = os.fstat(descriptor).st_size
        self._parent = os.getppid()
        self._began = time.monotonic()
        self._next = self._began + _QUIET
        self._read = 0

    def readinto(self, buffer: Any) -> int | None:
        number = super().readinto(buffer)
        self._read += number or 0
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _EVERY
            if os.getppid() != self._parent:
                os._exit(1)  # killed; nobody waits for this any more
            # It is read twice: to be looked through, and to be parsed, which takes ten times as long.
            first = min(self._read, self._size)
            done = (first + 10 * (self._read - first)) / max(1, 11 * self._size)
            left = (now - self._began) * (1 - done) / max(done, 1e-6)
            telling.at_stage(f"reading {self._name}: {100 * min(done, 1):.0f} %, about {max(left, 0):.0f} s left")
        return number


class _Naming:
    """Gives the blank nodes of one file IRIs that depend on the file's bytes alone: loaded again, they are the same."""

    def __init__(self, digest: str, *, labelled: bool) -> None:
        """``labelled``: every blank node has a label of its own, and they need not be remembered to be told apart."""
        self._prefix = f"{GENID}{digest[:20]}-"
        self._labelled = labelled
        self._names: dict[rdf.BlankNode, rdf.NamedNode] = {}

    def __len__(self) -> int:
        return min(len(self._names), MOST_COUNTED)

    def quad(self, quad: rdf.Quad, home: rdf.NamedNode) -> rdf.Quad:
        graph = home if isinstance(quad.graph_name, rdf.DefaultGraph) else self._named(quad.graph_name)
        return rdf.Quad(self._named(quad.subject), quad.predicate, self._named(quad.object), graph)

    def triple(self, quad: rdf.Quad | rdf.Triple) -> rdf.Triple:
        return rdf.Triple(self._named(quad.subject), quad.predicate, self._named(quad.object))

    def _named(self, term: Any) -> Any:
        if isinstance(term, rdf.BlankNode):
            name = self._names.get(term)
            if name is None:
                # Numbered as they come where they have no labels: the parser reads the same bytes in the same order.
                name = rdf.NamedNode(f"{self._prefix}{term.value if self._labelled else len(self._names) + 1}")
                if not self._labelled or len(self._names) < MOST_COUNTED:
                    self._names[term] = name
            return name
        return self.triple(term) if isinstance(term, rdf.Triple) else term
