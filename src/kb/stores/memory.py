"""The store in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from kb import rdf
from kb.stores import engines
from kb.stores.base import Answer, GraphContent, GraphFile, Progress, Proof, Store
from kb.stores.proving import load_at_once


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
        with TemporaryDirectory(prefix="kb-") as folder:
            return load_at_once(self._engine, files, Path(folder), replace=replace)

    def count(self, graph: str) -> int:
        return engines.count_engine(self._engine, graph)

    def graphs(self) -> list[str]:
        return engines.graphs_engine(self._engine)
