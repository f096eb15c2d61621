"""A report as the W3C validation report, in Turtle."""

from __future__ import annotations

from kb import rdf
from kb.namespaces import PREFIXES
from kb.turtle.formatting import format_quads
from kb.validation.report import Finding, Report

_SH, _XSD = PREFIXES["sh"], PREFIXES["xsd"]


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


def _sh(name: str) -> rdf.NamedNode:
    return rdf.NamedNode(_SH + name)
