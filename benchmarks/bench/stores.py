"""The stores of one data set: a folder of ours, servers, Jena's; each loaded once, for the questions."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Self

from bench.contest import Contest
from bench.datasets import DataSet
from bench.jena import Jena
from bench.processes import Run, run
from bench.servers import Missing, Oxigraph, Virtuoso

_OURS = "https://w3id.org/medical-missions/graph/"


class Stores:
    """A context manager; what it starts it ends. Each method that loads begins with a new store, and gives the run."""

    def __init__(self, contest: Contest, data: DataSet) -> None:
        self._contest = contest
        self._data = data
        self._base = contest.scratch / f"stores-{data.claims}"
        self.folder = self._base / "kb"
        self.bare = self._base / "bare"
        self.tdb = self._base / "tdb"
        self.tdb_loaded = False
        self.oxigraph: Oxigraph | None = None
        self.virtuoso: Virtuoso | None = None
        self._base.mkdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self.oxigraph, self.virtuoso):
            if server is not None:
                server.stop()
        shutil.rmtree(self._base, ignore_errors=True)

    def load_folder(self, *, proof: bool = False) -> Run:
        """``kb load`` into a new folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        without = [] if proof else self._contest.without_proof
        return self._contest.kb("load", self._data.quads, "--store", self.folder, "--no-validate", *without)

    def load_bare(self) -> Run:
        """pyoxigraph's ``bulk_load`` into a new folder."""
        shutil.rmtree(self.bare, ignore_errors=True)
        return self._contest.peer("bulk_load", self._data.quads, self.bare)

    def load_tdb(self, jena: Jena) -> Run:
        """Jena's loader into a new folder; see ``tdb_loaded``."""
        shutil.rmtree(self.tdb, ignore_errors=True)
        done = run(jena.command("tdb2.tdbloader", "--loc", self.tdb, self._data.quads), self._contest.limit)
        self.tdb_loaded = not done.failure
        return done

    def new_oxigraph(self) -> Oxigraph:
        """A server on a new folder, in the place of the one before. Raises Missing."""
        if self.oxigraph is not None:
            self.oxigraph.stop()
        folder = self._base / "oxigraph"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.oxigraph = Oxigraph(folder)
        return self.oxigraph

    def new_virtuoso(self) -> Virtuoso:
        """A server with a new database, in the place of the one before. Raises Missing."""
        if self.virtuoso is not None:
            self.virtuoso.stop()
        folder = self._base / "virtuoso"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.virtuoso = Virtuoso(folder, self._data.count)
        return self.virtuoso

    def counted(self, query_url: str) -> str:
        """How many quads a server holds in the graphs of the data."""
        query = self._base / "count.rq"
        mine = f'FILTER(STRSTARTS(STR(?g), "{_OURS}"))'
        query.write_text(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} {mine} }}")
        return self._contest.fact("count_on_server", query_url, query)

    @property
    def base(self) -> Path:
        """A folder for what belongs to this data set's stores."""
        return self._base


def jena_or_why(contest: Contest) -> tuple[Jena | None, str]:
    """Jena's tools, or why they are not there."""
    try:
        return Jena(contest.scratch / "jena"), ""
    except Missing as missing:
        return None, str(missing)
