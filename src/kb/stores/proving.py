"""Proof that an engine holds what it was sent: read back from it, and told by digests (``kb.stores.digests``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kb import rdf
from kb.errors import StoreError
from kb.stores import engines
from kb.stores.base import GraphContent, GraphFile, Proof
from kb.stores.building import absent, only_new
from kb.stores.digests import Dump, Sent, bucket_of, digest_of, grouped

_EXAMPLES = 3
_THREADS = 2


@dataclass(frozen=True)
class _Graph:
    """What a graph has to hold after a load: ``whole``, exactly what was sent; else all of that; in either case ``count``
    triples."""

    sent: Sent
    whole: bool
    count: int


class Expectation:
    """What an engine has to hold after a load."""

    def __init__(self, engine: rdf.Store, sent: Sequence[Sent], new: Sequence[GraphFile], folder: Path, *, replace: bool) -> None:
        """The engine is as it will be added to: where graphs are replaced, what goes is gone. ``sent`` are the files, ``new``
        what each will add to its graph."""
        self._graphs: list[_Graph] = []
        self._new = new
        for one, added in zip(sent, new, strict=True):
            whole = replace or added.path == one.path
            count = one.digest.count if whole else engines.count_engine(engine, one.iri) + Sent(added, folder).digest.count
            self._graphs.append(_Graph(one, whole, count))
        shown = [one for one in sent if not engines.is_derived(rdf.NamedNode(one.iri))]
        self._united = None if engines.is_united(engine) else digest_of(shown).count

    def prove(self, engine: rdf.Store) -> list[Proof]:
        """Read back what the engine holds. Raises StoreError where that is not what was expected."""
        with ThreadPoolExecutor(_THREADS) as pool:
            proofs = list(pool.map(lambda graph: _proof(engine, graph), self._graphs))
        self._prove_union(engine)
        return proofs

    def _prove_union(self, engine: rdf.Store) -> None:
        """A new store's default graph is counted; to another it was added."""
        if self._united is not None:
            count = engines.count_engine(engine, None)
            if count != self._united:
                raise StoreError(f"the union of the graphs should hold {self._united:,} triples, and holds {count:,}")
            return
        for file in self._new:
            if not engines.is_derived(rdf.NamedNode(file.iri)):
                for line in absent(engine, file.path, rdf.DefaultGraph()):
                    raise StoreError(f"the union of the graphs lacks what <{file.iri}> was sent: {line.decode()}")


def load_at_once(engine: rdf.Store, files: Sequence[GraphFile], folder: Path, *, replace: bool) -> list[Proof]:
    """Load files in one transaction, which is undone where the proof fails; memory follows their size. See ``Store.load``."""
    sent = [Sent(file, folder) for file in files]
    new = [only_new(engine, file, folder) for file in files]
    expected = Expectation(engine, sent, new, folder, replace=replace)
    contents = [GraphContent(file.iri, [quad.triple for quad in _parsed(file)]) for file in files]
    removed, added = engines.write_engine(engine, contents, replace)
    try:
        return expected.prove(engine)
    except StoreError:
        engines.exchange(engine, added, removed)
        raise


def _parsed(file: GraphFile) -> Iterator[rdf.Quad]:
    return rdf.parse(path=file.path, format=rdf.RdfFormat.N_TRIPLES)


def _proof(engine: rdf.Store, graph: _Graph) -> Proof:
    sent, named = graph.sent, rdf.NamedNode(graph.sent.iri)
    if graph.whole:
        dump = Dump()
        engine.dump(dump, rdf.RdfFormat.N_TRIPLES, from_graph=named)
        count, equal = dump.digest.count, dump.digest == sent.digest
    else:
        count = engines.count_engine(engine, sent.iri)
        equal = count == graph.count and next(absent(engine, sent.path, named), None) is None
    if not equal:
        lacking = islice(absent(engine, sent.path, named), _EXAMPLES)
        added = islice(_not_sent(engine, sent), _EXAMPLES) if graph.whole else ()
        examples = [f"\n  missing: {line.decode()}" for line in lacking] + [f"\n  not sent: {line.decode()}" for line in added]
        raise StoreError(f"<{sent.iri}> should hold {graph.count:,} triples as they were sent, and holds {count:,}{''.join(examples)}")
    return Proof(sent.iri, sent.count, count, sent.rewritten, tuple(sent.examples))


def _not_sent(engine: rdf.Store, sent: Sent) -> Iterator[bytes]:
    """The lines of a graph that nobody sent."""
    for buckets, numbers in grouped(sent):
        for quad in engine.quads_for_pattern(None, None, None, rdf.NamedNode(sent.iri)):
            line = f"{quad.triple} .".encode()
            if bucket_of(hash(line)) in buckets and hash(line) not in numbers:
                yield line
