"""Asking stores: one thing looked up, its sources followed, a join over the data, a report that counts; each as a whole process."""

from __future__ import annotations

from bench.contest import Contender, Contest, on_server, rows_in_csv
from bench.datasets import DataSet
from bench.jena import Jena
from bench.processes import Run, run
from bench.rows import OURS
from bench.servers import Missing, Server
from bench.stores import Stores

PART = "query"
TDBQUERY = "Jena tdb2.tdbquery"
LARGEST_RDFLIB = 10_000
"""Claims up to which rdflib, which must read all of the data first, is asked."""


def measure(contest: Contest, data: DataSet, stores: Stores, jena: Jena | None, why: str) -> None:
    """The rows of one data set, on the stores as they were loaded, or loaded now where they are not."""
    if not stores.folder.exists():
        done = stores.load_folder()
        if done.failure:
            raise RuntimeError(f"kb load: {done.failure}")
    servers = _servers(contest, data, stores)
    if jena is not None and contest.wants(TDBQUERY) and not stores.tdb_loaded:
        failure = stores.load_tdb(jena).failure
        if failure:
            jena, why = None, f"not loaded: {failure}"
    for task, query in data.questions.items():
        words = data.commands[task]
        contenders = [
            Contender(OURS, lambda words=words: contest.kb(*words, "--store", stores.folder), rows_in_csv),
            Contender(
                "pyoxigraph, same folder", lambda query=query: contest.peer("pyoxigraph_query", stores.folder, query)
            ),
        ]
        for name, found in servers.items():
            if isinstance(found, str):
                for who in _names(name):
                    contest.missing(PART, task, who, data.size, found)
                continue
            contenders += _of_server(contest, name, found, words, query)
        if jena is None:
            contest.missing(PART, task, TDBQUERY, data.size, why)
        else:
            options = ["--set", "tdb2:unionDefaultGraph=true", "--results", "csv", "--query", query]
            command = jena.command("tdb2.tdbquery", "--loc", stores.tdb, *options)
            contenders.append(Contender(TDBQUERY, lambda command=command: run(command, contest.limit), rows_in_csv))
        if data.claims <= LARGEST_RDFLIB:
            contenders.append(
                Contender("rdflib, with reading", lambda query=query: contest.peer("rdflib_query", data.quads, query))
            )
        else:
            contest.missing(PART, task, "rdflib, with reading", data.size, f"not run above {LARGEST_RDFLIB:,} claims")
        contest.hold(PART, task, data.size, contenders)


def _of_server(contest: Contest, name: str, server: Server, words: list[str], query) -> list[Contender]:
    def through_kb() -> Run:
        return contest.kb(*words, "--endpoint", server.query, server=server)

    ours, direct = _names(name)
    return [
        Contender(ours, through_kb, rows_in_csv, "time and memory of the command"),
        Contender(direct, lambda: on_server(server, lambda: contest.peer("ask", server.query, query))),
    ]


def _names(server: str) -> tuple[str, str]:
    return f"kb, {server}", f"{server}, asked directly"


def _servers(contest: Contest, data: DataSet, stores: Stores) -> dict[str, Server | str]:
    """The servers by name, loaded; or why they are not there."""
    found: dict[str, Server | str] = {}
    expected = contest.fact("count", stores.folder)
    for name, held, new in (
        ("Oxigraph server", stores.oxigraph, stores.new_oxigraph),
        ("Virtuoso", stores.virtuoso, stores.new_virtuoso),
    ):
        if not contest.wants(*_names(name)):
            continue
        try:
            server = held or new()
        except (Missing, RuntimeError) as missing:
            found[name] = str(missing)
            continue
        if held is None:
            contest.kb("load", data.quads, *server.load, "--no-validate", server=server)
        held_now = stores.counted(server.query)
        found[name] = server if held_now == expected else f"not asked: it holds {held_now} of {expected}"
    return found
