"""Completeness: numbers and names as they are found, and gaps planted in an invented text."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kb import turtle
from kb.coverage.claims import Gap, choose, claim_gaps, counts
from kb.coverage.knowledge import Knowledge
from kb.coverage.mentions import Names, contains, is_name, numbers
from kb.coverage.text import find_texts, text_gaps
from kb.errors import InputError, UsageError
from kb.project import find_project

ROOT = find_project().root
WORLD = Path(__file__).parent / "world"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Over 20,000 of 31,000+ people", ["20000", "31000"]),
        ("9.4 times, Article 176.1", ["9.4", "176.1"]),
        ("MXN 100k/mo, $6 billion to $8 Billion", ["100", "6", "billion", "8", "billion"]),
        ("on 2020-05-03", ["2020", "5", "3"]),
        ("in 1959/..", ["1959"]),
        ("said it twice.¹,²³", []),
        ("G8, COVID-19", ["8", "19"]),
        ("three to eight years; two-track; tens of thousands; a dozen", ["three", "eight", "two", "ten", "thousand", "dozen"]),
        ("one-third of it, a third of them, but a third party", ["third", "third"]),
        ("one hand, first of all, both, often, attend, weight", []),
        ("0.75 and 007", ["0.75", "7"]),
        ("1,2 and 1,2345", ["1,2", "1,2345"]),
    ],
)  # fmt: skip
def test_numbers(text: str, found: list[str]) -> None:
    assert numbers(text) == found


NAMES = Names(
    [
        ("Alder Bay", "place"),
        ("Alder Bay Courier", "paper"),
        ("the PAB", "agency"),
        ("Alder", "tree"),
        ("Port Agency", "agency"),
        ("U.S.", "us"),
        ("Workers’ Union", "union"),
        ("deckhands", "group"),
        ("Alder Bay", "state"),
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("in Alder Bay, says the Alder Bay Courier", ["Alder Bay", "Alder Bay Courier"]),
        ("Alder Bay’s ferry, an Alder Bayside inn", ["Alder Bay", "Alder"]),
        ("the PAB, The PAB and PABs", ["PAB", "PAB"]),
        ("in the U.S. The port agency", ["U.S."]),
        ("the Workers' Union; the Workers’ Union", ["Workers' Union", "Workers' Union"]),
        ("Port\nAgency and Port\u00a0Agency", ["Port Agency", "Port Agency"]),
        ("deckhands", []),
    ],
)
def test_names(text: str, found: list[str]) -> None:
    assert [name for name, _ in NAMES.mentions(text)] == found


def test_a_name_may_have_several_bearers() -> None:
    ((_, bearers),) = NAMES.mentions("Alder Bay")
    assert set(bearers) == {"place", "state"}


def test_is_name() -> None:
    assert [label for label in ("Union", "the UN", "60 Minutes", "iPress", "member states", "the brigades", "") if is_name(label)] == [
        "Union", "the UN", "60 Minutes", "iPress"
    ]  # fmt: skip


def test_contains_whole_words() -> None:
    assert contains("Crew of the Alder Bay ferry", "Alder Bay")
    assert not contains("Bayside", "Bay")


# --- gaps in the world --------------------------------------------------------------------------------------------


def files() -> dict[str, str]:
    """The files of the tests' world, by name, to be changed by a test."""
    return {path.name: path.read_text() for path in WORLD.glob("*.ttl")}


def gaps_of(contents: dict[str, str], texts: Path = WORLD, section: str | None = None) -> list[Gap]:
    quads = [quad for name, content in contents.items() for quad in turtle.parse(content.encode(), name)]
    knowledge = Knowledge(quads)
    documents, view = choose(knowledge.documents(), "ferry-review", section)
    found = find_texts(texts, documents)
    return [gap for one in documents for gap in (*claim_gaps(one, view), *text_gaps(knowledge, one, found, view))]


def planted(name: str, old: str, new: str, section: str | None = None) -> list[tuple[str, str]]:
    """The gaps, as kind and passage, that a change of one file makes."""
    contents = files()
    assert old in contents[name], old
    contents[name] = contents[name].replace(old, new)
    before = gaps_of(files(), section=section)
    return [(gap.kind, (gap.passage or "").rpartition("/")[2]) for gap in gaps_of(contents, section=section) if gap not in before]


def test_the_worlds_curated_sections_have_no_gap() -> None:
    for section in ("passage:ferry-review-002", "ferry-review-007"):
        assert gaps_of(files(), section=section) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "gap"),
    [
        # a passage without claims or reason; one with both
        ("claims.ttl", "passage:ferry-review-007\n    mm:noClaimReason reason:structural .", "", ("claim", "ferry-review-007")),
        ("claims.ttl", "passage:ferry-review-007\n", "passage:ferry-review-005 mm:noClaimReason reason:structural .\npassage:ferry-review-007\n", ("claim", "ferry-review-005")),
        # a number that no figure prints, an article that no proposition names, a date that none bears
        ("claims.ttl", 'mm:printed "about 40%"', 'mm:printed "about 4%"', ("number", "ferry-review-003")),
        ("claims.ttl", 'mm:printed "a third"', 'mm:printed "some"', ("number", "ferry-review-005")),
        ("claims.ttl", 'mm:article "12" ;', "", ("number", "ferry-review-006")),
        ("claims.ttl", 'mm:printed "up to eight months"', 'mm:printed "some months"', ("number", "ferry-review-006")),
        # a name that no claim reaches
        ("claims.ttl", "mm:ofInstrument instrument:harbour-act ;", "", ("name", "ferry-review-006")),
        # a marker that is missing, elsewhere, or of another number
        ("text.ttl", "mm:markerIn passage:ferry-review-005 ;", "", ("marker", "ferry-review-005")),
        ("text.ttl", "c4o:denotes reference:ferry-review-1 ;", "c4o:denotes reference:ferry-review-2 ;", ("marker", "ferry-review-003")),
        # a digest, a position, an overlap
        ("text.ttl", "77ec567442e8238230821d5f35073864810ab41944f86d0b15f5ac0707136071", "0" * 64, ("anchor", "ferry-review-003")),
        ("text.ttl", 'oa:end "124"^^xsd:nonNegativeInteger', 'oa:end "5124"^^xsd:nonNegativeInteger', ("anchor", "ferry-review-003")),
        ("text.ttl", 'oa:start "37"^^xsd:nonNegativeInteger', 'oa:start "30"^^xsd:nonNegativeInteger', ("anchor", "ferry-review-003")),
        # text in no passage
        ("text.ttl", 'oa:end "124"^^xsd:nonNegativeInteger', 'oa:end "100"^^xsd:nonNegativeInteger', ("text", "")),
        ("text.ttl", "mm:characterCount 577", "mm:characterCount 600", ("text", "")),
    ],
)  # fmt: skip
def test_planted_gap_is_found(name: str, old: str, new: str, gap: tuple[str, str]) -> None:
    assert gap in planted(name, old, new)


def test_what_another_passage_says_is_no_account_of_this_one() -> None:
    """The claim now only answers the next passage's, which expresses the proposition that has the figure."""
    assert ("number", "ferry-review-003") in planted(
        "claims.ttl",
        "mm:expresses proposition:port-agency-keeps-40-percent-of-crew-fee ;\n    mm:reportedBy actor:ferry-reviewer ;\n    mm:stance",
        "mm:respondsTo claim:ferry-review-004-1 ;\n    mm:stance",
    )


def test_gaps_outside_the_section_are_left_out() -> None:
    assert planted("claims.ttl", 'mm:printed "about 40%"', 'mm:printed "about 4%"', section="ferry-review-007") == []


def test_changed_text_is_not_taken_for_the_text(tmp_path: Path) -> None:
    (tmp_path / "ferry-review.txt").write_text((WORLD / "ferry-review.txt").read_text().replace("40%", "41%"))
    gaps = gaps_of(files(), texts=tmp_path)
    assert [gap.detail for gap in gaps if gap.kind == "text"] == [
        "no file has the digest of text:ferry-review-v1: nothing could be compared"
    ]


def test_text_is_found_by_its_digest_under_any_name(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    shutil.copy(WORLD / "ferry-review.txt", tmp_path / "sub" / "renamed")
    assert gaps_of(files(), texts=tmp_path) == gaps_of(files())


def test_counts_add_up() -> None:
    quads = [quad for path in WORLD.glob("*.ttl") for quad in turtle.parse_file(path)]
    (document,) = Knowledge(quads).documents()
    rows = counts(document, None)
    assert rows[-1][0] == "all"
    assert [sum(column) for column in list(zip(*rows[:-1], strict=True))[1:]] == list(rows[-1][1:])
    assert rows[-1][1] == len(document.leaves()) == rows[-1][2] + rows[-1][4] + rows[-1][5]


def test_unknown_document_and_passage() -> None:
    quads = [quad for path in WORLD.glob("*.ttl") for quad in turtle.parse_file(path)]
    documents = Knowledge(quads).documents()
    with pytest.raises(UsageError, match="did you mean ferry-review"):
        choose(documents, "fery-review", None)
    with pytest.raises(UsageError, match="did you mean passage:ferry-review-0"):
        choose(documents, None, "passage:ferry-review-099")
    with pytest.raises(InputError, match="no such folder"):
        find_texts(Path("/no/such/folder"), documents)


# --- the command --------------------------------------------------------------------------------------------------


def kb(root: Path, *args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kb", "--project", str(root), "coverage", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("ontology", "shapes", "queries"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    shutil.copytree(WORLD, tmp_path / "data")
    return tmp_path


def test_command_without_gaps(root: Path) -> None:
    done = kb(root, "--texts", root, "--section", "passage:ferry-review-002")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ferry-review\nkind")
    assert "Gaps" not in done.stdout


def test_command_with_a_gap(root: Path) -> None:
    claims = root / "data" / "claims.ttl"
    claims.write_text(claims.read_text().replace('mm:printed "about 40%"', 'mm:printed "some"'))
    done = kb(root, "--texts", root, "--section", "passage:ferry-review-002")
    assert done.returncode == 1
    assert "Gaps (number): 1\n  passage:ferry-review-003: no claim of the passage reaches the number 40\n" in done.stdout
    result = json.loads(kb(root, "--texts", root, "--section", "ferry-review-002", "--format", "json").stdout)
    assert {gap["passage"] for gap in result[0]["gaps"]} == {"passage:ferry-review-003"}
    rows = list(csv.DictReader(io.StringIO(kb(root, "--format", "csv").stdout)))
    assert (rows[-1]["document"], rows[-1]["kind"]) == ("ferry-review", "all")


def test_command_refuses_an_unreadable_folder_and_unknown_names(root: Path) -> None:
    assert kb(root, "--texts", root / "none").returncode == 3
    assert kb(root, "--texts", root / "data" / "claims.ttl").returncode == 3
    assert kb(root, "--document", "none").returncode == 2
