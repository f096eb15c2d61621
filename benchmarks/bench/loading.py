"""Loading N-Quads: into a folder on disk, into memory, and into a server."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial

from bench.contest import Contender, Contest, on_server
from bench.datasets import DataSet
from bench.jena import Jena
from bench.processes import Run, run
from bench.rows import OURS
from bench.servers import Missing, Server, beside_python
from bench.stores import Stores
from bench.targets import BARE_LOAD, LOAD

PART = "load"


def measure(contest: Contest, data: DataSet, stores: Stores, jena: Jena | None, why: str) -> None:
    """The rows of one data set; leaves its stores loaded."""
    _to_disk(contest, data, stores, jena, why)
    contest.hold(PART, "to memory", data.size, [
        Contender("pyoxigraph bulk_load", lambda: contest.peer("bulk_load", data.quads, "")),
        Contender("rdflib", lambda: contest.peer("rdflib_parse", data.quads)),
    ])  # fmt: skip
    _to_server(contest, data, stores)


def _to_disk(contest: Contest, data: DataSet, stores: Stores, jena: Jena | None, why: str) -> None:
    def counted(_: Run) -> str:
        return contest.fact("count", stores.folder)

    contenders = [
        Contender(OURS, stores.load_folder, counted),
        Contender(BARE_LOAD, stores.load_bare, lambda _: contest.fact("count", stores.bare)),
    ]
    if contest.without_proof:
        # Before the plain load, so that the folder that stays is as the questions find it.
        contenders.insert(0, Contender("kb, read back and proved", partial(stores.load_folder, proof=True), counted))
    program = beside_python("oxigraph")
    if program is None:
        contest.missing(
            PART, LOAD, "oxigraph load", data.size, "the oxigraph program is not installed (pip install oxigraph)"
        )
    else:
        folder = stores.base / "oxigraph-load"

        def load() -> Run:
            shutil.rmtree(folder, ignore_errors=True)
            return run([program, "load", "--location", folder, "--file", data.quads], contest.limit)

        contenders.append(Contender("oxigraph load", load, lambda _: contest.fact("count", folder)))
    if jena is None:
        contest.missing(PART, LOAD, "Jena tdb2.tdbloader", data.size, why)
    else:
        contenders.append(Contender("Jena tdb2.tdbloader", partial(stores.load_tdb, jena)))
    contest.hold(PART, LOAD, data.size, contenders)


def _to_server(contest: Contest, data: DataSet, stores: Stores) -> None:
    task, contenders = "to a server", []
    for who, bare, new, act in (
        ("kb, Oxigraph server", "Oxigraph server, one POST", stores.new_oxigraph, _post),
        ("kb, Virtuoso", "Virtuoso, bulk loader", stores.new_virtuoso, _bulk),
    ):
        if not contest.wants(who, bare):
            continue
        try:
            new()
        except (Missing, RuntimeError) as missing:
            for name in (who, bare):
                contest.missing(PART, task, name, data.size, missing)
            continue
        # The load through kb comes last, so that what stays is what kb asks later.
        contenders += [
            _contender(contest, data, stores, bare, new, act),
            _contender(contest, data, stores, who, new, _through_kb),
        ]
    contest.hold(PART, task, data.size, contenders)


def _contender(
    contest: Contest, data: DataSet, stores: Stores, who: str, new: Callable[[], Server], act: Callable[[Contest, DataSet, Server], Run]
) -> Contender:  # fmt: skip
    held: list[str] = []

    def load() -> Run:
        server = new()
        done = on_server(server, lambda: act(contest, data, server))
        held.append(stores.counted(server.query))  # now, since the next load begins with another server
        return done

    return Contender(who, load, lambda _: held[-1], most=1)


def _through_kb(contest: Contest, data: DataSet, server: Server) -> Run:
    return contest.kb("load", data.quads, *server.load, "--no-validate", server=server)


def _post(contest: Contest, data: DataSet, server: Server) -> Run:
    return contest.peer("post", f"{server.url}/store?no_transaction", data.quads)  # type: ignore[attr-defined]


def _bulk(contest: Contest, data: DataSet, server: Server) -> Run:
    link = server.bulk / "all.nq"  # type: ignore[attr-defined]
    if not link.exists():
        link.symlink_to(data.quads)
    statements = f"ld_dir('{link.parent.resolve()}', 'all.nq', 'urn:none'); rdf_loader_run(); checkpoint;"
    return run(server.console(statements), contest.limit)  # type: ignore[attr-defined]
