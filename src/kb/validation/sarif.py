"""A report as SARIF 2.1.0 (OASIS), with which a code host shows each finding at its line."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Any
from urllib.parse import quote

from kb import __version__, rdf
from kb.errors import EXIT_INPUT, InputError
from kb.namespaces import curie
from kb.validation.nouns import shown
from kb.validation.own_rules import UNREADABLE
from kb.validation.report import Finding, Report, Severity, title
from kb.validation.shapes import Rule, in_language

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT = "%SRCROOT%"
_FINGERPRINT = "finding/v1"

Json = dict[str, Any]


def as_sarif(report: Report, lang: str, exit_code: int) -> str:
    """All findings as a SARIF log of one run. ``exit_code`` is the one that the command ends with."""
    rules = list({finding.rule.iri: finding.rule for finding in report.findings}.values())
    severities = {finding.rule.iri: finding.severity for finding in reversed(report.findings)}
    index = {rule.iri: number for number, rule in enumerate(rules)}
    prints = _Fingerprints()
    results = [
        {
            **_result(finding.rule, index[finding.rule.iri], finding.severity),
            "message": _message(finding, lang),
            "locations": [_location(finding, lang)],
            "partialFingerprints": {_FINGERPRINT: prints.of(finding)},
        }
        for finding in report.findings
    ]
    described = [_rule(rule, severities[rule.iri], lang) for rule in rules]
    return _log(described, results, {"executionSuccessful": True, "exitCode": exit_code}, lang)


def errors_as_sarif(errors: Sequence[InputError], lang: str) -> str:
    """Files that cannot be read or parsed, each a result at its place: a code host shows results, and no notifications."""
    results = []
    for error in errors:
        path = error.position.path if error.position else ""
        physical: Json = {"artifactLocation": _artifact(path)}
        if error.position and error.position.line:
            region = {"startLine": error.position.line}
            if error.position.column:
                region["startColumn"] = error.position.column
            physical["region"] = region
        results.append(
            {
                **_result(UNREADABLE, 0, Severity.VIOLATION),
                "message": {"text": error.message},
                "locations": [{"physicalLocation": physical}],
                "partialFingerprints": {_FINGERPRINT: _digest(UNREADABLE.iri, _uri(path), error.message)},
            }
        )
    invocation = {
        "executionSuccessful": False,
        "exitCode": EXIT_INPUT,
        "exitCodeDescription": "a file cannot be read, so that no rule was applied",
    }
    return _log([_rule(UNREADABLE, Severity.VIOLATION, lang)], results, invocation, lang)


def _log(rules: list[Json], results: list[Json], invocation: Json, lang: str) -> str:
    driver = {
        "name": "kb validate",
        "semanticVersion": __version__,
        "version": __version__,
        "language": lang,
        "shortDescription": {"text": "Checks the statements of the medical-missions knowledge base against its rules."},
        "rules": rules,
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "language": lang,
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder in which kb was run."}}},
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Rule, severity: Severity, lang: str) -> Json:
    description = in_language(rule.description, lang)
    name = curie(rule.iri)
    found: Json = {
        "id": name,
        "name": name.replace("#", "/").rpartition("/")[2].rpartition(":")[2],
        "shortDescription": {"text": title(rule, lang)},
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }
    message = in_language(rule.message, lang)
    if message:
        found["fullDescription"] = {"text": message}
    if description:
        more = f"kb validate --explain {name}"
        found["help"] = {"text": f"{description}\n\n{more}", "markdown": f"{_markdown(description)}\n\n`{more}`"}
    return found


def _result(rule: Rule, index: int, severity: Severity) -> Json:
    return {"ruleId": curie(rule.iri), "ruleIndex": index, "kind": "fail", "level": _LEVELS[severity]}


def _message(finding: Finding, lang: str) -> dict[str, str]:
    sentence = in_language(finding.rule.message or finding.message, lang) or title(finding.rule, lang)
    told, description = finding.told(lang), in_language(finding.rule.description, lang)
    return {
        "text": "\n".join(part for part in (sentence, told) if part),
        "markdown": "\n\n".join(
            part for part in (f"**{_markdown(sentence)}**", _markdown(told), _markdown(description or "")) if part
        ),
    }


def _location(finding: Finding, lang: str) -> Json:
    location: Json = {"physicalLocation": {"artifactLocation": _artifact(finding.file or "")}}
    if finding.line is not None:
        region: dict[str, int] = {"startLine": finding.line}
        if finding.column is not None:
            region["startColumn"] = finding.column
            if finding.end is not None:
                region["endLine"], region["endColumn"] = finding.end
        location["physicalLocation"]["region"] = region
    if isinstance(finding.focus, rdf.NamedNode):
        logical = {"name": shown(finding.focus), "fullyQualifiedName": finding.focus.value, "kind": "resource"}
        location["logicalLocations"] = [logical]
    return location


def _artifact(path: str) -> Json:
    uri = _uri(path)
    return {"uri": uri} if uri.startswith("file:") else {"uri": uri, "uriBaseId": _ROOT}


def _uri(path: str) -> str:
    """A path relative to the folder that kb runs in, as a URI; of a file elsewhere, its absolute URI."""
    if path in ("", "<stdin>"):
        return "stdin" if path else "."
    relative = os.path.relpath(path)
    if relative.startswith(os.pardir):
        return FilePath(os.path.abspath(path)).as_uri()
    # As the bytes that it is on disk, which need not be UTF-8.
    return quote(FilePath(relative).as_posix().encode("utf-8", "surrogateescape"), safe="/-._~")


class _Fingerprints:
    """What tells one finding from another although lines move; of equal ones, their number."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, finding: Finding) -> str:
        terms = (finding.focus, finding.value)
        # The labels of blank nodes are new at every run.
        parts = ["[]" if isinstance(term, rdf.BlankNode) else str(term) for term in terms]
        key = _digest(finding.rule.iri, finding.component, _uri(finding.file or ""), str(finding.path), *parts)
        self._seen[key] += 1
        return key if self._seen[key] == 1 else f"{key}:{self._seen[key]}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _markdown(text: str) -> str:
    """Text from data as text: nothing in it may become markup."""
    for sign in "\\`*_[]<>|":
        text = text.replace(sign, f"\\{sign}")
    return text
