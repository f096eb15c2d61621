"""A report as tables: JSON, CSV and Markdown."""

from __future__ import annotations

import csv
import io
import json
import re

from kb.namespaces import curie
from kb.validation.nouns import shown
from kb.validation.report import Finding, Report
from kb.validation.shapes import in_language

COLUMNS = (
    "severity", "rule", "name", "message", "focus", "label", "path", "value", "detail", "file", "line", "mend", "column",
)  # fmt: skip
COUNT_COLUMNS = ("severity", "rule", "name", "count")

Row = dict[str, str | int | None]
# A spreadsheet would run a cell that begins with one of these as a formula.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9.]+\Z)")


def as_json(report: Report, lang: str, summary: bool = False) -> str:
    """All of the report, or with ``summary`` the counts by rule in the place of the results."""
    document = {
        "conforms": report.conforms,
        "files": list(report.names),
        "statements": report.statements,
        "nodes": report.nodes,
        "rules": report.rules,
        "counts": {severity.name.lower(): count for severity, count in report.counts().items()},
        "summary" if summary else "results": _counted(report, lang) if summary else _rows(report, lang),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def as_csv(report: Report, lang: str, summary: bool = False) -> str:
    """A row a finding with the columns of ``COLUMNS``, or a row a rule for the summary."""
    buffer = io.StringIO()
    columns = COUNT_COLUMNS if summary else COLUMNS
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    for row in _counted(report, lang) if summary else _rows(report, lang):
        writer.writerow({name: "" if value is None else cell(value) for name, value in row.items()})
    return buffer.getvalue()


def as_markdown(report: Report, lang: str, summary: bool = False) -> str:
    """The headline, then a table with a row a finding, or a rule for the summary."""
    columns = COUNT_COLUMNS if summary else ("severity", "rule", "place", "finding")
    lines = [report.headline(lang), ""]
    if report.findings:
        lines += [f"| {' | '.join(columns)} |", "|" + " --- |" * len(columns)]
    for row in _counted(report, lang) if summary else [_told(finding, lang) for finding in report.findings]:
        lines.append(f"| {' | '.join(markdown(str(row[name])) for name in columns)} |")
    return "\n".join(lines) + "\n"


def _rows(report: Report, lang: str) -> list[Row]:
    return [_row(finding, lang) for finding in report.findings]


def _counted(report: Report, lang: str) -> list[Row]:
    return [
        {
            "severity": severity.name.lower(),
            "rule": curie(rule.iri),
            "name": in_language(rule.name, lang),
            "count": len(found),
        }
        for rule, severity, found in report.by_rule()
    ]


def _told(finding: Finding, lang: str) -> Row:
    return {
        "severity": finding.severity.name.lower(),
        "rule": curie(finding.rule.iri),
        "place": finding.place(),
        "finding": finding.told(lang),
    }


def _row(finding: Finding, lang: str) -> Row:
    rule = finding.rule
    return {
        "severity": finding.severity.name.lower(),
        "rule": curie(rule.iri),
        "name": in_language(rule.name, lang),
        "message": in_language(rule.message or finding.message, lang),
        "focus": None if finding.focus is None else shown(finding.focus),
        "label": in_language(finding.label, lang),
        "path": None if finding.path is None else str(finding.path),
        "value": None if finding.value is None else shown(finding.value),
        "detail": in_language(finding.detail, lang),
        "file": finding.file,
        "line": finding.line,
        "mend": in_language(rule.description, lang),
        "column": finding.column,
    }


def cell(value: str | int | None) -> str | int | None:
    """A value as a spreadsheet may have it: no formula."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def markdown(text: str) -> str:
    """Text that a cell of a Markdown table shows as it is."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
