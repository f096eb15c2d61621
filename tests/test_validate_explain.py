"""Rules explained: found by any of their names, in words, with examples that the tests hold to what they say."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from validating import PREFIXES, kb

from kb.errors import UsageError
from kb.project import Project, find_project
from kb.turtle import parse
from kb.validation.catalogue import Catalogue
from kb.validation.own_rules import OWN_RULES

PROJECT = find_project()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(PROJECT)


@pytest.mark.parametrize(
    "name",
    ["mms:ClaimClaimantShape", "ClaimClaimantShape", "ClaimClaimant", "claimclaimantshape", "claimant", "Claimant", "quién lo dice",
     "https://w3id.org/medical-missions/shapes/ClaimClaimantShape", " <https://w3id.org/medical-missions/shapes/ClaimClaimantShape> "],
)  # fmt: skip
def test_a_rule_has_many_names(catalogue: Catalogue, name: str) -> None:
    assert catalogue.explain(name).entry.rule.iri.endswith("/ClaimClaimantShape")


def test_an_unknown_rule_exits_2_with_a_hint() -> None:
    done = kb(PROJECT, "--explain", "mms:ClaimClaimntShape")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no rule 'mms:ClaimClaimntShape'; did you mean ClaimClaimantShape" in done.stderr


def test_a_name_of_several_rules_lists_them(project: Project) -> None:
    (project.root / "shapes" / "more.ttl").write_text(
        PREFIXES + "mms:SecondShape a sh:PropertyShape ; sh:targetClass mm:Actor ; sh:path mm:order ; sh:maxCount 1 ; sh:name 'Stance'@en ."
    )
    with pytest.raises(UsageError, match="several rules are called 'stance'") as error:
        Catalogue(project).explain("stance")
    assert "mms:SecondShape" in str(error.value) and "mms:ClaimStanceShape" in str(error.value)


def test_what_is_said_of_a_rule() -> None:
    done = kb(PROJECT, "--explain", "ClaimClaimantShape")
    assert done.returncode == 0
    head, _, rest = done.stdout.partition("Right\n")
    assert head.startswith("mms:ClaimClaimantShape — claimant (violation)\n\nWhat must be so\n  A claim must have exactly one claimant")
    for words in (
        "Why, and how to mend it\n  Without a claimant",
        "What it looks at\n  - every claim (mm:Claim)\n  - of each, the values of mm:claimant\n",
        "What it asks\n  - exactly 1 value\n  - an actor (mm:Actor)\n",
    ):
        assert words in head
    right, _, wrong = rest.partition("Wrong")
    assert "mm:claimant actor:" in right and "mm:claimant" not in wrong
    assert "The examples are from an invented world.\n\nWritten in shapes/claims.ttl:" in wrong


def test_the_same_in_spanish() -> None:
    text = kb(PROJECT, "--explain", "ClaimClaimantShape", "--lang", "es").stdout
    for words in ("(infracción)", "Qué debe cumplirse", "cada afirmación (mm:Claim)", "de cada cosa, los valores de mm:claimant",
                  "exactamente 1 valor", "actor (mm:Actor)", "Bien\n", "Mal\n", "Escrita en shapes/claims.ttl"):  # fmt: skip
        assert words in text
    assert "every" not in text and "Right" not in text


def test_formats_of_an_explanation() -> None:
    data = json.loads(kb(PROJECT, "--explain", "ClaimClaimantShape", "--format", "json").stdout)
    assert (data["rule"], data["severity"], data["looksAt"][0]) == ("mms:ClaimClaimantShape", "violation", "every claim (mm:Claim)")
    assert data["valid"].startswith("claim:") and data["invalid"].startswith("claim:")
    markdown = kb(PROJECT, "--explain", "ClaimClaimantShape", "--format", "md").stdout
    assert markdown.startswith("# mms:ClaimClaimantShape") and markdown.count("```turtle\n") == 2
    for arguments in (("--explain", "x", "--format", "csv"), ("--explain", "x", "--rules"), ("--rules", "mine.ttl"), ("--rules", "--format", "ttl")):
        assert kb(PROJECT, *arguments).returncode == 2


@pytest.mark.parametrize("format_", ["text", "csv", "json", "md"])
def test_all_rules_are_listed(format_: str, catalogue: Catalogue) -> None:
    text = kb(PROJECT, "--rules", "--format", format_).stdout
    names = {entry.rule.iri.rpartition("/")[2] for entry in catalogue.entries()}
    assert len(names) > 250 and {iri.rpartition("/")[2] for iri in OWN_RULES} < names
    assert not [name for name in names if f"mms:{name}" not in text]
    if format_ == "csv":
        rows = list(csv.DictReader(io.StringIO(text)))
        assert list(rows[0]) == ["severity", "rule", "name", "message", "mend", "file", "line"]
        assert len(rows) == len(names)
        written = next(row for row in rows if row["rule"] == "mms:ClaimStanceShape")
        lines = (PROJECT.root / written["file"]).read_text().splitlines()
        assert lines[int(written["line"]) - 1].startswith("mms:ClaimStanceShape ")
    if format_ == "json":
        assert len(json.loads(text)) == len(names)


def test_every_rule_can_be_explained_with_a_wrong_example(catalogue: Catalogue) -> None:
    """Each with words on what it looks at; each example is Turtle once its prefixes stand before it."""
    from kb.namespaces import PREFIXES as ALL

    declared = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in ALL.items())
    without = {"mms:Readable", "mms:NotEmpty"}
    for entry in catalogue.entries()[::7]:
        found = catalogue.explain(entry.rule.iri)
        name = f"mms:{entry.rule.iri.rpartition('/')[2]}"
        assert found.invalid or name in without, name
        assert found.looks_at or entry.rule.iri in OWN_RULES, name
        for example in (found.valid, found.invalid):
            if example:
                assert list(parse((declared + example.text).encode(), name)), name


def test_other_peoples_rules_are_explained_too(project: Project, tmp_path: Path) -> None:
    shapes = tmp_path / "theirs.ttl"
    shapes.write_text(
        PREFIXES
        + "ex:BoatShape a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property ex:NameShape ; sh:closed true .\n"
        + "ex:NameShape a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ; sh:name 'name of a boat' ; sh:message 'A boat has a name.' ;\n"
        + "    sh:description 'Paint it on.' ; sh:severity sh:Info .\n"
    )
    done = kb(project, "--shapes", shapes, "--explain", "name of a boat")
    assert done.returncode == 0
    for words in ("http://example.org/NameShape — name of a boat (info)", "A boat has a name.", "Paint it on.", "at least 1 value",
                  "every http://example.org/Boat", "theirs.ttl:12"):  # fmt: skip
        assert words in done.stdout
    listed = kb(project, "--shapes", shapes, "--rules").stdout
    assert "ex:" not in listed and "http://example.org/BoatShape" in listed and "mms:" not in listed
    assert "mms:ClaimClaimantShape" in kb(project, "--shapes", shapes, "--own-shapes", "--rules").stdout


def test_examples_travel_in_the_wheel() -> None:
    """They lie below the folder of shapes, which pyproject puts into the wheel, and are no shapes themselves."""
    assert '"shapes" = "kb/_bundle/shapes"' in (PROJECT.root / "pyproject.toml").read_text()
    assert (PROJECT.shapes / "examples" / "claims").is_dir()
    assert not [path for path in PROJECT.shape_files() if "examples" in path.parts]
