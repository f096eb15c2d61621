"""Inferring what follows by OWL 2 RL, with the same triples as the reference; and an axiom that is not covered."""

from __future__ import annotations

from bench.contest import Contender, Contest
from bench.datasets import DataSet
from bench.processes import Run
from bench.rows import OURS, Row
from bench.targets import INFER, RULES

PART = "infer"
_NOT_COVERED = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n<urn:x:C> owl:hasKey ( <urn:x:p> ) .\n"


def measure(contest: Contest, data: DataSet, *, reference: bool) -> None:
    """The rows of one data set; with owlrl where ``reference`` asks for it."""
    ours, theirs = contest.scratch / "inferred.nt", contest.scratch / "closure.nt"

    def infer() -> Run:
        return contest.kb("infer", "-o", ours, "--timeout", "0", "--memory", "0", project=data.project)

    contenders = [Contender(OURS, infer, lambda _: contest.fact("what_matters", data.triples, ours))]
    contenders.append(Contender(RULES, lambda: contest.peer("rules_closure", data.triples)))
    if reference:
        contenders.append(
            Contender(
                "owlrl", lambda: contest.peer("owlrl_closure", data.triples, theirs),
                lambda _: contest.fact("what_matters", data.triples, theirs),
            )
        )  # fmt: skip
    else:
        contest.missing(PART, INFER, "owlrl", data.size, "not run at this size")
    contest.hold(PART, INFER, data.size, contenders)


def refuse(contest: Contest) -> None:
    """A row that says what the fast rules make of an axiom that they do not cover."""
    file = contest.scratch / "not-covered.ttl"
    file.write_text(_NOT_COVERED, encoding="utf-8")
    done = contest.kb("infer", file)
    said = (done.err.strip().splitlines() or ["nothing"])[-1].replace(str(file), file.name)
    refused = done.code == 3 and "do not cover" in said
    note = (
        f"refused as it should be, exit code {done.code}: {said}"
        if refused
        else f"NOT REFUSED: exit code {done.code}: {said}"
    )
    contest.rows.append(Row(PART, "an axiom that is not covered", OURS, 0, 1, note=note))
