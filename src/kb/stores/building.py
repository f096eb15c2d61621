"""Filling an engine on disk with files of N-Triples of any size: as fast as it goes, and not in one step.

It is for a store that nobody reads yet. Each graph goes in as it is and, unless it is derived, into the default graph too.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from kb import rdf
from kb.stores import engines
from kb.stores.base import GraphFile, Progress
from kb.stores.digests import Numbers, batches, bucket_of, grouped

_THREADS = 2
"""One load of the engine's keeps one processor busy."""
_SMALL_PART, _LARGE_PART = 8 << 20, 64 << 20
"""Bytes of a file that are loaded in one go: small enough for both threads to have work and for the engine's memory, which
holds all of it (a million triples take 360 MiB in parts of 32 MiB, 600 in these, 920 in parts of 128), and large enough for
large files on disk (in parts of 32 MiB a load takes an eighth longer)."""
_TOLD = 1000
"""Triples between one word of progress and the next."""


def fill(engine: rdf.Store, files: Sequence[GraphFile], progress: Progress | None = None) -> None:
    """Load the files into their graphs and into the default graph. Raises the engine's OSError and RuntimeError."""
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

    def load(part: _Part) -> None:
        with closing(part):
            part.open(tell, stop)
            engine.bulk_load(part, rdf.RdfFormat.N_TRIPLES, to_graph=part.graph)

    parts = sorted((part for file in files for part in _parts(file)), key=lambda part: -part.size)
    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            for loaded in [pool.submit(load, part) for part in parts]:
                loaded.result()
        except BaseException:  # an interrupt from the keyboard, too
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


class _Part:
    """A run of lines of a file, as a stream for the engine, on their way to a graph."""

    def __init__(self, file: GraphFile, graph: rdf.NamedNode | rdf.DefaultGraph, start: int, size: int) -> None:
        self.graph = graph
        self.size = size
        self._path = file.path
        self._start = start
        self._per_byte = file.lines / max(1, file.path.stat().st_size) / (1 if engines.is_derived(rdf.NamedNode(file.iri)) else 2)

    def open(self, tell: Callable[[float], None], stop: threading.Event) -> None:
        """Begin to be read; ``tell`` is told how many triples have been, ``stop`` is set where the others have failed."""
        self._tell, self._stop, self._untold = tell, stop, 0.0
        self._left = self.size
        self._file = self._path.open("rb")
        self._file.seek(self._start)

    def read(self, most: int = -1) -> bytes:
        """More of it. Raises InterruptedError where nobody waits for it any more."""
        if self._stop.is_set():
            raise InterruptedError
        content = self._file.read(self._left if most < 0 else min(most, self._left))
        self._left -= len(content)
        self._untold += len(content) * self._per_byte
        if self._untold >= _TOLD or not self._left:
            self._tell(self._untold)
            self._untold = 0.0
        return content

    def close(self) -> None:
        self._file.close()


def _parts(file: GraphFile) -> Iterator[_Part]:
    """The parts of a file, each for its graph and for the default graph."""
    named = rdf.NamedNode(file.iri)
    size = file.path.stat().st_size
    number = max(1 if size < 2 * _SMALL_PART else 2, -(-size // _LARGE_PART))
    starts = [0]
    with file.path.open("rb") as content:
        for index in range(1, number):
            content.seek(size * index // number)
            content.readline()
            starts.append(content.tell())
    for start, end in zip(starts, [*starts[1:], size], strict=True):
        yield _Part(file, named, start, end - start)
        if not engines.is_derived(named):
            yield _Part(file, rdf.DefaultGraph(), start, end - start)


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
