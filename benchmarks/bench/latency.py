"""How long commands on the bundled data take as whole processes, beside the same work in the bare libraries."""

from __future__ import annotations

from bench.contest import Contender, Contest, rows_in_csv
from bench.datasets import bundled, generate
from bench.rows import OURS

PART = "bundled data"


def measure(contest: Contest, *, slow: bool) -> None:
    """The rows; with pyshacl, which takes minutes, where ``slow`` asks for it."""
    data = bundled(contest.scratch / "bundled", contest.root)
    files = [
        path
        for folder in ("ontology", "data")
        for path in sorted((contest.root / folder).rglob("*.ttl"))
        if path.name != "alignments.ttl"
    ]
    for task, query in data.questions.items():
        contest.hold(PART, f"kb query {task}", data.size, [
            Contender(OURS, lambda words=data.commands[task]: contest.kb(*words), rows_in_csv),
            Contender("pyoxigraph, parse and query", lambda query=query: contest.peer("pyoxigraph_files", query, *files)),
            Contender("rdflib, parse and query", lambda query=query: contest.peer("rdflib_files", query, *files)),
        ])  # fmt: skip
    contenders = [
        Contender(OURS, lambda: contest.kb("validate", "--summary")),
        Contender(
            "shacl (the engine, bare)", lambda: contest.peer("shacl_validate", data.triples, data.shapes, data.faults)
        ),
    ]
    if slow:
        contenders.append(
            Contender("pyshacl", lambda: contest.peer("pyshacl_validate", data.triples, data.shapes, data.faults))
        )
    else:
        contest.missing(PART, "kb validate", "pyshacl", data.size, "not run with --quick")
    contest.hold(PART, "kb validate", data.size, contenders)
    new = data.folder / "new.ttl"
    generate(new, "--claims", "20", "--format", "ttl")
    contest.hold(
        PART,
        "kb validate FILE of 20 claims",
        data.size,
        [Contender(OURS, lambda: contest.kb("validate", new, "--summary"))],
    )
