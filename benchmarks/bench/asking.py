"""Asking stores: one thing looked up, a join over the data, a report that counts; each as a whole process."""

from __future__ import annotations

from bench.contest import Contender, Contest, on_server, rows_in_csv
from bench.datasets import DataSet
from bench.jena import Jena
from bench.processes import Run, run
from bench.rows import OURS
from bench.servers import Missing, Server
from bench.stores import Stores

PART = "query"
LARGEST_RDFLIB = 10_000
"""Claims up to which rdflib, which must read all of the data first, is asked."""


def measure(contest: Contest, data: DataSet, stores: Stores, jena: Jena | None, why: str) -> None:
    """The rows of one data set, on the stores as they were loaded, or loaded now where they are not."""
    if not stores.folder.exists():
        _or_raise(stores.load_folder())
    servers = _servers(contest, data, stores)
    if jena is not None and contest.wants("Jena tdb2.tdbquery") and not stores.tdb.exists():
        _or_raise(run(jena.command("tdb2.tdbloader", "--loc", stores.tdb, data.quads), contest.limit))
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
            contest.missing(PART, task, "Jena tdb2.tdbquery", data.size, why)
        else:
            command = jena.command(
                "tdb2.tdbquery",
                "--loc",
                stores.tdb,
                "--set",
                "tdb2:unionDefaultGraph=true",
                "--query",
                query,
                "--results",
                "csv",
            )
            contenders.append(
                Contender("Jena tdb2.tdbquery", lambda command=command: run(command, contest.limit), rows_in_csv)
            )
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
    for name, held, new in (
        ("Oxigraph server", stores.oxigraph, stores.new_oxigraph),
        ("Virtuoso", stores.virtuoso, stores.new_virtuoso),
    ):
        if not contest.wants(*_names(name)):
            continue
        if held is not None:
            found[name] = held
            continue
        try:
            server = new()
        except (Missing, RuntimeError) as missing:
            found[name] = str(missing)
            continue
        load = contest.kb("load", data.quads, *server.load, "--no-validate", *contest.without_proof, server=server)
        found[name] = f"cannot be loaded: {load.failure}" if load.failure else server
    return found


def _or_raise(done: Run) -> None:
    if done.failure:
        raise RuntimeError(done.failure)
