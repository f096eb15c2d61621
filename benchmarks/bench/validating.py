"""Judging a whole knowledge base in which faults are planted, all of which must be found."""

from __future__ import annotations

from bench.contest import Contender, Contest
from bench.datasets import DataSet
from bench.jena import Jena
from bench.processes import Run, run
from bench.rows import OURS
from bench.targets import VALIDATE

PART = "validate"


def measure(contest: Contest, data: DataSet, jena: Jena | None, why: str, *, alone: bool = False) -> None:
    """The rows of one data set; ``alone`` leaves the peers out."""
    report, of_jena = contest.scratch / "report.ttl", contest.scratch / "report-jena.ttl"

    def ours() -> Run:
        report.unlink(missing_ok=True)
        return contest.kb(
            "validate",
            "--format",
            "ttl",
            "--fail-on",
            "never",
            "-o",
            report,
            "--timeout",
            "0",
            "--memory",
            "0",
            project=data.planted,
        )

    contenders = [Contender(OURS, ours, lambda _: contest.fact("report", report, data.faults))]
    if not alone:
        files = data.planted_triples, data.shapes, data.faults
        contenders += [
            Contender("shacl (the engine, bare)", lambda: contest.peer("shacl_validate", *files)),
            Contender("pyshacl", lambda: contest.peer("pyshacl_validate", *files)),
        ]
        if jena is None:
            contest.missing(PART, VALIDATE, "Jena shacl", data.size, why)
        else:
            command = jena.command("shacl.shacl", "validate", "--shapes", data.shapes, "--data", data.planted_triples)

            def theirs() -> Run:
                done = run(command, contest.limit)
                of_jena.write_text(done.out, encoding="utf-8")
                return done

            contenders.append(Contender("Jena shacl", theirs, lambda _: contest.fact("report", of_jena, data.faults)))
    contest.hold(PART, VALIDATE, data.size, contenders)
