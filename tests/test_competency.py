"""The competency questions, against answers worked out by hand from the two texts.

Each ``tests/expected/<query>[--<case>].csv`` begins with comment lines: the call, the mode, and notes on the reading of
the text. Then comes a table; rows are told apart by passage, since how claims are numbered within it is the curator's.

- ``need`` is ``required`` (some row of the answer is so), ``allowed`` (may be so), or ``forbidden``.
- In mode ``exact`` every row of the answer is required or allowed; in mode ``open`` there may be others.
- A column is a variable of the query. ``claim@passage`` is the passage of the claim in the column ``claim``;
  ``printed~`` holds words that the column ``printed`` contains.
- A cell is one value or several with `` | `` between, any of which will do; ``*`` is anything, an empty cell or ``none``
  is an unbound variable, ``not X`` is anything but X. Numbers compare as numbers.
- ``# passages: X to Y`` looks at the claims of these passages only; ``# each claim of: X`` asks once for every claim of
  the passage, and each answer must be the one expected; ``# any claim of: X`` puts these answers together.
"""

from __future__ import annotations

import csv
import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest
import small_project

from kb import sources
from kb.namespaces import curie, expand
from kb.project import find_project
from kb.queries import bundled

EXPECTED = Path(__file__).parent / "expected"
NEEDS = ("required", "allowed", "forbidden")
Row = dict[str, str]
Ask = Callable[..., list[Row]]


@dataclass(frozen=True)
class Case:
    """One question with its expected answer; ``rows`` are (need, cells)."""

    name: str
    call: tuple[str, ...]
    exact: bool
    columns: tuple[str, ...]
    rows: list[tuple[str, tuple[str, ...]]]
    passages: tuple[str, str] | None = None
    each_claim_of: str | None = None
    any_claim_of: str | None = None
    notes: list[str] = field(default_factory=list)


def read(path: Path) -> Case:
    lines = path.read_text(encoding="utf-8").splitlines()
    comments = [line[2:] for line in lines if line.startswith("# ")]
    head = dict(line.split(": ", 1) for line in comments[1:] if not line.startswith("note: "))
    assert head["mode"] in ("exact", "open"), path
    table = list(csv.reader(line for line in lines if not line.startswith("# ")))
    columns = tuple(table[0][1:])
    assert table[0][0] == "need" and all(len(row) == len(table[0]) and row[0] in NEEDS for row in table[1:]), path
    words = tuple(shlex.split(comments[0]))
    assert words[:2] == ("kb", "query") and path.stem.split("--")[0] == words[2], path
    span = head.get("passages")
    return Case(
        path.stem, words[1:], head["mode"] == "exact", columns, [(row[0], tuple(row[1:])) for row in table[1:]],
        tuple(span.split(" to ")) if span else None, head.get("each claim of"),
        head.get("any claim of"), [line[6:] for line in comments if line.startswith("note: ")],
    )  # fmt: skip


CASES = [read(path) for path in sorted(EXPECTED.glob("*.csv")) if path.stem.split("--")[0] in bundled.paths(find_project())]


# --- comparing


def passage_of(claim: str) -> str:
    """``claim:article-012-1`` is made at ``article-012``."""
    return re.sub(r"-\d+\Z", "", claim.removeprefix("claim:"))


def value_of(answer: Row, column: str) -> str:
    if column.endswith("@passage"):
        return passage_of(answer[column.removesuffix("@passage")])
    return answer[column.rstrip("~")]


def is_same(cell: str, value: str) -> bool:
    try:
        return Decimal(cell) == Decimal(value)
    except InvalidOperation:
        return cell == value


def fits(cell: str, value: str, column: str) -> bool:
    """Whether a value of the answer is what a cell of the table says."""
    if cell == "*":
        return True
    if cell.startswith("not "):
        return not is_same(cell[4:], value)
    wanted = ["" if option == "none" else option for option in cell.split(" | ")]
    if column.endswith("~"):
        return any(option in value if option else not value for option in wanted)
    return any(is_same(option, value) for option in wanted)


def differences(case: Case, answers: list[Row]) -> list[str]:
    """What the answer lacks and what it should not have, one line each."""

    def match(cells: tuple[str, ...], answer: Row) -> bool:
        return all(fits(cell, value_of(answer, name), name) for name, cell in zip(case.columns, cells, strict=True))

    def shown(cells: Iterator[str] | tuple[str, ...]) -> str:
        return ", ".join(f"{name}={cell or '(none)'}" for name, cell in zip(case.columns, cells, strict=True))

    def found(answer: Row) -> str:
        row = shown(tuple(value_of(answer, name) for name in case.columns))
        return f"{row}   [{answer['claim']}]" if answer.get("claim") else row

    report = []
    for need, cells in case.rows:
        matching = [answer for answer in answers if match(cells, answer)]
        if need == "required" and not matching:
            report.append(f"missing:    {shown(cells)}")
        if need == "forbidden":
            report += [f"forbidden:  {found(answer)}" for answer in matching]
    if case.exact:
        welcome = [cells for need, cells in case.rows if need != "forbidden"]
        report += [
            f"unexpected: {found(answer)}" for answer in answers if not any(match(cells, answer) for cells in welcome)
        ]
    return list(dict.fromkeys(report))


# --- asking


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """``kb query`` in this process, with the data read once."""
    bundled = sources.bundled(find_project())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "bundled", lambda project, named_graphs=False: bundled)
        yield lambda *words: answered(*words)


def answered(*words: str) -> list[Row]:
    done = small_project.kb(*words, "--format", "json")
    assert done.returncode == 0, done.stderr
    return [
        {name: "" if value is None else curie(str(value)) for name, value in row.items()}
        for row in json.loads(done.stdout)
    ]


def claims_of(passage: str, ask: Ask) -> list[str]:
    text = f"SELECT ?claim WHERE {{ ?claim a mm:Claim ; mm:statedIn passage:{passage} }} ORDER BY ?claim"
    return [row["claim"] for row in ask("query", "-q", text)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_answer_is_that_of_the_text(case: Case, ask: Ask) -> None:
    report = []
    passage = case.each_claim_of or case.any_claim_of
    if passage is not None:
        answers_by_claim = {claim: ask(*case.call, "-p", f"claim={claim}") for claim in claims_of(passage, ask)}
        assert answers_by_claim, f"no claim is stated in {passage}"
        if case.each_claim_of is None:
            answers_by_claim = {passage: [row for answers in answers_by_claim.values() for row in answers]}
        for claim, answers in answers_by_claim.items():
            report += [f"{claim}: {line}" for line in differences(case, answers)]
    else:
        answers = ask(*case.call)
        if case.passages is not None:
            first, last = case.passages
            answers = [answer for answer in answers if first <= passage_of(answer["claim"]) <= last]
        report = differences(case, answers)
    assert not report, "\n".join([f"kb {shlex.join(case.call)}", *report, *(f"note: {note}" for note in case.notes)])


def test_the_command_by_itself_answers_the_same(ask: Ask) -> None:
    done = small_project.process("query", "revenue", "--format", "json")
    assert [{name: "" if value is None else curie(str(value)) for name, value in row.items()}
            for row in json.loads(done.stdout)] == ask("query", "revenue")  # fmt: skip


def test_every_competency_question_has_an_expected_answer() -> None:
    asked = {case.call[1] for case in CASES}
    competency = {path.stem for path in (find_project().queries / "competency").glob("*.rq")}
    assert competency <= asked


def test_the_expectations_name_things_that_there_are(ask: Ask) -> None:
    known = {row["thing"] for row in ask("query", "-q", "SELECT DISTINCT ?thing WHERE { ?thing a ?class } ORDER BY ?thing")}
    for case in CASES:
        named = {case.each_claim_of or "", case.any_claim_of or "", *(case.passages or ())} - {""}
        wanted = {f"passage:{name}" for name in named}
        for _, cells in case.rows:
            for column, cell in zip(case.columns, cells, strict=True):
                for option in cell.removeprefix("not ").split(" | "):
                    if column.endswith("@passage") and option not in ("*", "none"):
                        wanted.add(f"passage:{option}")
                    elif expand(option) is not None:
                        wanted.add(option)
        assert wanted <= known, f"{case.name}: {sorted(wanted - known)}"


# --- the comparison itself

ANSWER = [
    {"claim": "claim:letter-002-1", "printed": "over 40 boats", "minimum": "40.0", "place": "place:norland"},
    {"claim": "claim:letter-002-2", "printed": "", "minimum": "", "place": ""},
]
COLUMNS = ("claim@passage", "printed~", "minimum", "place")
FIRST, SECOND = ("letter-002", "40", "40", "place:norland"), ("letter-002", "", "", "none | place:sudland")


def small(*rows: tuple[str, tuple[str, ...]], exact: bool = True) -> Case:
    return Case("x", ("query", "x"), exact, COLUMNS, list(rows))


@pytest.mark.parametrize(
    ("case", "begins"),
    [
        (small(("required", FIRST), ("required", SECOND)), []),
        (small(("required", FIRST), ("allowed", ("*", "*", "not 40", "*"))), []),
        (small(("required", FIRST)), ["unexpected: claim@passage=letter-002, printed~=(none)"]),
        (small(("required", FIRST), exact=False), []),
        (small(("forbidden", SECOND), exact=False), ["forbidden:  claim@passage=letter-002, printed~=(none)"]),
        (small(("required", ("letter-003", *FIRST[1:])), exact=False), ["missing:    claim@passage=letter-003"]),
        (small(("required", (*FIRST[:2], "41", FIRST[3])), exact=False), ["missing:    claim@passage=letter-002"]),
        (small(("required", (FIRST[0], "about 40", *FIRST[2:])), exact=False), ["missing:    claim@passage=letter-002"]),
        (small(("required", (*FIRST[:3], "none"))), ["missing:  ", "unexpected", "unexpected"]),
        (small(), ["unexpected", "unexpected"]),
    ],
)
def test_a_difference_is_seen(case: Case, begins: list[str]) -> None:
    found = differences(case, ANSWER)
    assert len(found) == len(begins), found
    for line, beginning in zip(found, begins, strict=True):
        assert line.startswith(beginning)
