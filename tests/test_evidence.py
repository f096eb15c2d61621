"""On how many independent works a claim rests, asked of an invented list of references: duplicates, editions, equal titles,
issuers and venues in common, works of the claimant and of the accused, and circles."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import small_project
from small_project import kb

PREFIXES = small_project.PREFIXES + """
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix venue: <https://w3id.org/medical-missions/id/venue/> .
@prefix concept: <https://w3id.org/medical-missions/id/concept/> .
@prefix agreement: <https://w3id.org/medical-missions/id/agreement/> .
"""

# 1 and 2 of the port agency; 3 an edition of 2; 4 the title of 3; 5 in the Courier and 6 too; 7 and 8 describe one work;
# 9 of the union; 10 of the council and 11 of the harbour office, both bodies of Alder Bay; 12 stands alone; 13 of the port
# agency, in the Courier.
WORKS = """
work:w1 a mm:CitedWork ; dcterms:publisher actor:port-agency .
work:w2 a mm:CitedWork ; dcterms:publisher actor:port-agency .
work:w3 a mm:CitedWork ; dcterms:publisher actor:press ; dcterms:isVersionOf work:w2 .
work:w4 a mm:CitedWork ; dcterms:publisher actor:bureau ; prov:alternateOf work:w3 .
work:w5 a mm:CitedWork ; mm:venue venue:courier .
work:w6 a mm:CitedWork ; mm:venue venue:courier .
work:w7 a mm:CitedWork ; dcterms:publisher actor:archive .
work:w9 a mm:CitedWork ; dcterms:publisher actor:union .
work:w10 a mm:CitedWork ; dcterms:publisher actor:council ; mm:issuingState actor:alder-bay .
work:w11 a mm:CitedWork ; dcterms:publisher actor:harbour-office ; mm:issuingState actor:alder-bay .
work:w12 a mm:CitedWork ; dcterms:publisher actor:alone .
work:w13 a mm:CitedWork ; dcterms:publisher actor:port-agency ; mm:venue venue:courier .
"""
WORK_OF = {n: f"w{7 if n == 8 else n}" for n in range(1, 14)}


def claim(name: str, numbers: tuple[int, ...], claimant: str = "author", agent: str = "nobody") -> str:
    """A claim of a claimant on an agent, with a marker for each number; its proposition is its own."""
    markers = "".join(f" ; mm:viaMarker marker:{name}-{n}" for n in numbers)
    lines = [
        f"claim:{name} a mm:Claim ; mm:claimant actor:{claimant} ; mm:expresses proposition:{name}{markers} .",
        f"proposition:{name} a mm:Proposition ; mm:agent actor:{agent} .",
        *(f"marker:{name}-{n} c4o:denotes reference:r{n} ." for n in numbers),
    ]
    return "\n".join(lines)


def link(source: str, target: str) -> str:
    return f"link:{source}-{target} mm:linkKind linkkind:supports ; mm:fromClaim claim:{source} ; mm:toClaim claim:{target} ."


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., list[dict[str, str]]]:
    def asked(*statements: str, claim: str = "c") -> list[dict[str, str]]:
        references = "\n".join(
            f"reference:r{n} mm:referenceNumber {n} ; biro:references work:{work} ." for n, work in WORK_OF.items()
        )
        path = tmp_path / "evidence.ttl"
        path.write_text("\n".join((PREFIXES, WORKS, references, *statements)), encoding="utf-8")
        done = kb("query", "evidence", "-p", f"claim=claim:{claim}", "--data", str(path), "--format", "csv", "--no-labels")
        assert done.returncode == 0, done.stderr
        return list(csv.DictReader(io.StringIO(done.stdout)))

    return asked


def groups(rows: list[dict[str, str]]) -> dict[int, int]:
    return {int(row["number"]): int(row["group"]) for row in rows}


def independent(rows: list[dict[str, str]]) -> int:
    (count,) = {row["independentWorks"] for row in rows}
    return int(count)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((1, 12), {1: 1, 12: 12}),
        ((1, 2), {1: 1, 2: 1}),  # one issuer
        ((2, 3), {2: 2, 3: 2}),  # an edition
        ((3, 4), {3: 3, 4: 3}),  # one title
        ((1, 4, 12), {1: 1, 4: 1, 12: 12}),  # through works that the claim does not cite: 1, 2, 3, 4
        ((5, 6), {5: 5, 6: 5}),  # one venue
        ((7, 8), {7: 7, 8: 7}),  # two references to one work
        ((10, 11), {10: 10, 11: 11}),  # two bodies of one state are two issuers
        ((1, 5), {1: 1, 5: 5}),  # 13, which the claim does not cite, is of the one's issuer and in the other's venue
        ((1, 5, 13), {1: 1, 5: 5, 13: 1}),  # nor are they one where it is cited
    ],
)
def test_what_is_one_source(ask: Callable[..., list[dict[str, str]]], numbers: tuple[int, ...], expected: dict[int, int]) -> None:
    rows = ask(claim("c", numbers), claim("other", (2, 3, 5, 9)))
    assert groups(rows) == expected
    assert independent(rows) == len(set(expected.values()))


def test_no_cited_work_is_no_source(ask: Callable[..., list[dict[str, str]]]) -> None:
    (row,) = ask(claim("c", ()), claim("other", (1,)))
    assert (row["independentWorks"], row["number"], row["work"]) == ("0", "", "")


@pytest.mark.parametrize(
    ("number", "claimant", "agent", "flags"),
    [
        (9, "union", "nobody", {"mm:claimant"}),
        (9, "author", "union", {"mm:agent"}),
        (9, "author", "nobody", set()),
        (10, "author", "alder-bay", {"mm:agent"}),  # the state whose body issued it is accused
        (10, "harbour-office", "nobody", {"mm:claimant"}),  # another body of that state speaks
        (12, "union", "nobody", set()),
    ],
)
def test_works_of_the_claimant_and_of_the_accused_are_flagged(
    ask: Callable[..., list[dict[str, str]]], number: int, claimant: str, agent: str, flags: set[str]
) -> None:
    rows = ask(claim("c", (number,), claimant, agent))
    assert {row["issuerIs"] for row in rows} - {""} == flags


def test_what_is_said_of_an_issuer_is_shown(ask: Callable[..., list[dict[str, str]]]) -> None:
    said = "proposition:said mm:subject actor:union ; mm:classifiedAs concept:state-controlled-media ."
    (row,) = ask(claim("c", (9,)), said)
    assert row["saidOfIssuer"] == "concept:state-controlled-media"


@pytest.mark.parametrize(
    ("links", "circle"),
    [
        ([("c", "d"), ("d", "c")], "true"),
        ([("c", "d"), ("d", "e"), ("e", "c")], "true"),
        ([("c", "d"), ("e", "c")], ""),
        ([("d", "e"), ("e", "d")], ""),
    ],
)
def test_claims_that_support_each_other_are_a_circle(
    ask: Callable[..., list[dict[str, str]]], links: list[tuple[str, str]], circle: str
) -> None:
    rows = ask(claim("c", (1,)), claim("d", ()), claim("e", ()), *(link(*pair) for pair in links))
    assert {row["circle"] for row in rows} == {circle}


def test_a_work_that_is_an_edition_of_itself_is_a_circle(ask: Callable[..., list[dict[str, str]]]) -> None:
    rows = ask(claim("c", (2, 12)), "work:w2 dcterms:isVersionOf work:w3 .")
    assert {row["number"]: row["circle"] for row in rows} == {"2": "true", "12": ""}
