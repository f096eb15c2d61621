"""A report as data: JSON, CSV, Markdown, and the W3C validation report in Turtle."""

from __future__ import annotations

import csv
import io
import json
import re

from kb import rdf
from kb.namespaces import PREFIXES, curie
from kb.turtle.formatting import format_quads
from kb.validation.report import Finding, Report
from kb.validation.shapes import in_language
from kb.validation.wording import shown

COLUMNS = ("severity", "rule", "name", "message", "focus", "label", "path", "value", "detail", "file", "line", "mend")
COUNT_COLUMNS = ("severity", "rule", "name", "count")

Row = dict[str, str | int | None]
_SH, _XSD = PREFIXES["sh"], PREFIXES["xsd"]
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
        writer.writerow({name: "" if value is None else _cell(value) for name, value in row.items()})
    return buffer.getvalue()


def as_markdown(report: Report, lang: str, summary: bool = False) -> str:
    """The headline, then a table with a row a finding, or a rule for the summary."""
    columns = COUNT_COLUMNS if summary else ("severity", "rule", "place", "finding")
    lines = [report.headline(lang), ""]
    if report.findings:
        lines += [f"| {' | '.join(columns)} |", "|" + " --- |" * len(columns)]
    for row in _counted(report, lang) if summary else [_told(finding, lang) for finding in report.findings]:
        lines.append(f"| {' | '.join(_markdown(str(row[name])) for name in columns)} |")
    return "\n".join(lines) + "\n"


def as_turtle(report: Report) -> str:
    """The W3C validation report; ``sh:conforms`` is false for results of any severity, as SHACL has it."""
    root = rdf.BlankNode()
    conforms = rdf.Literal("false" if report.findings else "true", datatype=rdf.NamedNode(f"{_XSD}boolean"))
    triples = [rdf.Triple(root, rdf.RDF_TYPE, _sh("ValidationReport")), rdf.Triple(root, _sh("conforms"), conforms)]
    for finding in report.findings:
        node = rdf.BlankNode()
        triples.append(rdf.Triple(root, _sh("result"), node))
        triples += _result(node, finding)
    return format_quads(triples)


def _result(node: rdf.BlankNode, finding: Finding) -> list[rdf.Triple]:
    triples = [
        rdf.Triple(node, rdf.RDF_TYPE, _sh("ValidationResult")),
        rdf.Triple(node, _sh("resultSeverity"), rdf.NamedNode(finding.severity_iri)),
        rdf.Triple(node, _sh("sourceConstraintComponent"), rdf.NamedNode(finding.component)),
        rdf.Triple(node, _sh("sourceShape"), finding.shape),
    ]
    if finding.focus is not None:
        triples.append(rdf.Triple(node, _sh("focusNode"), finding.focus))
    if finding.path is not None:
        path, described = finding.path.triples()
        triples += [rdf.Triple(node, _sh("resultPath"), path), *described]
    if finding.value is not None:
        triples.append(rdf.Triple(node, _sh("value"), finding.value))
    for lang, text in sorted((finding.message or finding.rule.message).items()):
        message = rdf.Literal(text, language=lang) if lang else rdf.Literal(text)
        triples.append(rdf.Triple(node, _sh("resultMessage"), message))
    return triples


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
    }


def _sh(name: str) -> rdf.NamedNode:
    return rdf.NamedNode(_SH + name)


def _cell(value: str | int | None) -> str | int | None:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _markdown(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
