"""pyshacl as an engine. It gets what our own parser has read, infers nothing, and fetches nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator

import rdflib
from pyshacl import validate
from pyshacl.errors import ReportableRuntimeError, ValidationFailure
from rdflib.namespace import RDF, SH

from kb import rdf
from kb.errors import InputError
from kb.rdflib_bridge import Converter
from kb.validation.engine import Result


def results(data: Iterable[rdf.Quad], shapes: Iterable[rdf.Quad]) -> Iterator[Result]:
    """See ``kb.validation.engine.run``; blank nodes keep their labels."""
    # A literal that does not fit its datatype is a finding of ours, not a traceback in a log.
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    convert = Converter()
    try:
        _, report, text = validate(
            convert.graph(data),
            shacl_graph=convert.graph(shapes),
            inference="none",
            advanced=False,
            meta_shacl=False,
            do_owl_imports=False,
            inplace=True,
        )
    except RecursionError:
        raise InputError("the data or the shapes are nested too deeply to be validated") from None
    except (ReportableRuntimeError, ValidationFailure) as error:
        raise InputError(f"the shapes cannot be used: {getattr(error, 'message', error)}") from None
    except Exception as error:
        # Shapes that are not well formed make it stumble in many ways (AttributeError, TypeError, KeyError …).
        raise InputError(f"the shapes cannot be used: {type(error).__name__}: {error}") from error
    if not isinstance(report, rdflib.Graph):
        # pyshacl hands a failure back instead of raising it.
        raise InputError(f"the shapes cannot be used: {getattr(report, 'message', text)}")
    for root in report.subjects(RDF.type, SH.ValidationReport):
        for node in report.objects(root, SH.result):
            yield _result(report, node)


def _result(report: rdflib.Graph, node: rdflib.term.Node) -> Result:
    path = report.value(node, SH.resultPath)
    value = report.value(node, SH.value)
    return Result(
        focus=_term(report.value(node, SH.focusNode)),
        path=rdf.NamedNode(str(path)) if isinstance(path, rdflib.URIRef) else None,
        value=None if value is None else _term(value),
        shape=_term(report.value(node, SH.sourceShape)),
        component=str(report.value(node, SH.sourceConstraintComponent)),
        severity=str(report.value(node, SH.resultSeverity)),
        messages=tuple(sorted((m.language or "", str(m)) for m in report.objects(node, SH.resultMessage))),
    )


def _term(term: rdflib.term.Node | None) -> rdf.NamedNode | rdf.BlankNode | rdf.Literal:
    if isinstance(term, rdflib.URIRef):
        return rdf.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return rdf.BlankNode(str(term))
    if not isinstance(term, rdflib.Literal):
        raise InputError(f"the engine's report is not well formed: {term!r} in the place of a term")
    if term.language:
        return rdf.Literal(str(term), language=term.language)
    return rdf.Literal(str(term), datatype=rdf.NamedNode(str(term.datatype))) if term.datatype else rdf.Literal(str(term))
