"""Filling an engine on disk with files of N-Triples of any size: as fast as it goes, and not in one step.

It is for a store that nobody reads yet. Each graph goes in as it is and, unless it is derived, into the default graph too.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from kb import rdf
from kb.stores import engines
from kb.stores.base import GraphFile, Progress
from kb.stores.digests import Numbers, batches, bucket_of, grouped

_THREADS = 2
"""One load of the engine's keeps one processor busy."""
_PART = 8 << 20
"""Bytes of the files that are loaded in one go: small enough for the threads to have work and for the engine's memory, which
holds all of it, and large enough for large files on disk."""
_PIECE = 1 << 16
_MUCH = 10
"""A load of more than this part of the store is much."""
_TOLD = 1000
"""Triples between one word of progress and the next."""


def fill(engine: rdf.Store, files: Sequence[GraphFile], progress: Progress | None = None, *, tidy: bool = False) -> None:
    """Load the files into their graphs and into the default graph. Raises the engine's OSError and RuntimeError.

    ``tidy`` puts the whole store in order after that: else questions look into each part that was loaded until the engine has
    found the time for it, and take up to four times as long.
    """
    stop, one_by_one = threading.Event(), threading.Lock()
    done = told = 0.0

    def tell(number: float) -> None:
        nonlocal done, told
        with one_by_one:
            done += number
            more = round(done - told)
            told += more
            if progress is not None and more:
                progress(more)

    def load(part: Sequence[_Run]) -> None:
        with closing(_Stream(part, tell, stop)) as stream:
            # All has been parsed before: its IRIs need not be judged again.
            engine.bulk_load(stream, rdf.RdfFormat.N_QUADS, lenient=True)

    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            for loaded in [pool.submit(load, part) for part in _parts(files)]:
                loaded.result()
        except BaseException:  # an interrupt from the keyboard, too
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    if tidy:
        engine.optimize()


def is_much(files: Sequence[GraphFile], folder: Path) -> bool:
    """Whether the files are much beside what a store that nobody writes to holds."""
    return _MUCH * sum(file.path.stat().st_size for file in files) > sum(path.stat().st_size for path in folder.glob("*.sst"))


class _Run(NamedTuple):
    """Some lines of a file: where they begin and how many bytes they are."""

    file: GraphFile
    start: int
    size: int


class _Stream:
    """Lines of some files, as N-Quads for the engine: each in its graph and, unless that is derived, in the default graph too.

    Side by side the two are stored with less work than one graph after the other. ``tell`` is told how many triples have been
    read, ``stop`` is set where others have failed.
    """

    def __init__(self, runs: Sequence[_Run], tell: Callable[[float], None], stop: threading.Event) -> None:
        self._tell, self._stop, self._untold = tell, stop, 0.0
        self._lines = self._written(runs)
        self._rest = b""

    def read(self, most: int = -1) -> bytes:
        """More of it. Raises InterruptedError where nobody waits for it any more."""
        if self._stop.is_set():
            raise InterruptedError
        if not self._rest:
            self._rest = next(self._lines, b"")
        content, self._rest = (self._rest, b"") if most < 0 else (self._rest[:most], self._rest[most:])
        return content

    def close(self) -> None:
        self._lines.close()

    def _written(self, runs: Sequence[_Run]) -> Generator[bytes, None, None]:
        for file, start, left in runs:
            graph = rdf.NamedNode(file.iri)
            with file.path.open("rb") as content:
                content.seek(start)
                while left:
                    lines = content.read(min(_PIECE, left))
                    lines += content.readline() if len(lines) < left else b""
                    left -= len(lines)
                    quads = lines.replace(b" .\n", f" {graph} .\n".encode())
                    yield quads if engines.is_derived(graph) else lines + quads
                    self._count(len(lines) * file.lines / file.path.stat().st_size)
        self._tell(self._untold)

    def _count(self, number: float) -> None:
        self._untold += number
        if self._untold >= _TOLD:
            self._tell(self._untold)
            self._untold = 0.0


def _parts(files: Sequence[GraphFile]) -> Iterator[list[_Run]]:
    """What is loaded in one go: of a large file a part, of small ones several."""
    part: list[_Run] = []
    room = _PART
    for file in files:
        size = file.path.stat().st_size
        start = 0
        while start < size:
            end = _line_end(file.path, min(size, start + room))
            part.append(_Run(file, start, end - start))
            room -= end - start
            start = end
            if room <= 0:
                yield part
                part, room = [], _PART
    if part:
        yield part


def _line_end(path: Path, place: int) -> int:
    """Where the line ends that the byte before a place is in."""
    with path.open("rb") as content:
        content.seek(place - 1)
        content.readline()
        return content.tell()


def unite(engine: rdf.Store, folder: Path) -> None:
    """Fill the default graph of a store that another program has filled, which knows nothing of ours."""
    if engines.is_united(engine):
        return
    for number, graph in enumerate(engine.named_graphs()):
        if not engines.is_derived(graph):
            path = folder / f"united-{number}.nt"
            engine.dump(path, rdf.RdfFormat.N_TRIPLES, from_graph=graph)
            engine.bulk_load(path=path, format=rdf.RdfFormat.N_TRIPLES, to_graph=rdf.DefaultGraph())
            path.unlink()


def only_new(engine: rdf.Store, file: GraphFile, folder: Path) -> GraphFile:
    """Of a file, the triples that its graph does not hold; the file itself where the graph is empty."""
    named = rdf.NamedNode(file.iri)
    if next(engine.quads_for_pattern(None, None, None, named), None) is None:
        return file
    number = 0
    with tempfile.NamedTemporaryFile("wb", dir=folder, prefix="new-", suffix=".nt", delete=False) as new:
        for number, line in enumerate(absent(engine, file.path, named), 1):
            new.write(line + b"\n")
    return GraphFile(file.iri, Path(new.name), number)


def absent(engine: rdf.Store, path: Path, graph: rdf.NamedNode | rdf.DefaultGraph) -> Iterator[bytes]:
    """The lines of a file whose triples a graph does not hold."""
    for lines in batches(path):
        triples = rdf.parse(b"\n".join(lines), rdf.RdfFormat.N_TRIPLES)
        for line, triple in zip(lines, triples, strict=True):
            if rdf.Quad(triple.subject, triple.predicate, triple.object, graph) not in engine:
                yield line


def take_out(engine: rdf.Store, graph: str, kept: Numbers, folder: Path) -> None:
    """Take out of a graph, and of the default graph where no other graph holds it, what is not in the set.

    In constant memory: the graph is written to a file, which is read once for each portion of the set.
    """
    named = rdf.NamedNode(graph)
    path = folder / "before.nt"
    engine.dump(path, rdf.RdfFormat.N_TRIPLES, from_graph=named)
    for buckets, numbers in grouped(kept):
        for lines in batches(path):
            gone = [line for line in lines if bucket_of(number := hash(line)) in buckets and number not in numbers]
            removed = [rdf.Quad(*quad.triple, named) for quad in rdf.parse(b"\n".join(gone), rdf.RdfFormat.N_TRIPLES)]
            engines.exchange(engine, [*removed, *engines.no_longer_shown(engine, removed)], [])
    path.unlink()
