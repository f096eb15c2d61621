"""The store in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from kb import rdf
from kb.stores import building, engines, proving
from kb.stores.base import Answer, GraphContent, GraphFile, Progress, Proof, Store
from kb.stores.digests import Sent


class MemoryStore(Store):
    """Named graphs in memory, gone when the process ends; those of ``engine``, if one is given, are taken over."""

    name = "the store in memory"

    def __init__(self, engine: rdf.Store | None = None) -> None:
        self._engine = rdf.Store() if engine is None else engine
        self._engine.extend([engines.unnamed(quad) for quad in self._engine if engines.is_shown(quad)])

    def query(
        self, text: str, *, timeout: float | None = None, base_iri: str | None = None, derived: bool = False
    ) -> Answer:
        return engines.query_engine(self._engine, text, timeout, base_iri, derived)

    def write(self, contents: Iterable[GraphContent], *, replace: bool = False) -> None:
        engines.write_engine(self._engine, list(contents), replace)

    def load(
        self, files: Sequence[GraphFile], *, replace: bool = False, progress: Progress | None = None
    ) -> list[Proof]:
        contents = [GraphContent(file.iri, [quad.triple for quad in rdf.parse(path=file.path, format=rdf.RdfFormat.N_TRIPLES)]) for file in files]
        with TemporaryDirectory(prefix="kb-") as name:
            folder = Path(name)
            sent = [Sent(file, folder) for file in files]
            new = [building.only_new(self._engine, file, folder) for file in files]
            expected = proving.Expectation(self._engine, sent, new, folder, replace=replace)
            self.write(contents, replace=replace)
            return expected.prove(self._engine)

    def count(self, graph: str) -> int:
        return engines.count_engine(self._engine, graph)

    def graphs(self) -> list[str]:
        return engines.graphs_engine(self._engine)
