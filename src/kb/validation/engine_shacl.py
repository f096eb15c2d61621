"""The fast engine: ``shacl``, in Rust, for shapes of SHACL core alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import shacl

from kb import rdf
from kb.errors import InputError, UsageError
from kb.validation.engine import SH, Result

_QUERIES = {f"{SH}{name}" for name in ("sparql", "select", "ask")}


def results(data: Iterable[rdf.Quad], shapes: Iterable[rdf.Quad]) -> Iterator[Result]:
    """See ``kb.validation.engine.run``. Raises UsageError for shapes with queries, in which this engine misses things."""
    shapes = list(shapes)
    if any(quad.predicate.value in _QUERIES for quad in shapes):
        raise UsageError("the engine 'shacl' is not used for shapes with SPARQL constraints; use --engine pyshacl")
    try:
        report = shacl.Shapes.from_text(_triples(shapes), "ntriples").validate_text(_triples(data), "ntriples")
    except ValueError as error:
        raise InputError(f"the shapes cannot be used: {error}") from None
    except BaseException as error:
        # A panic of the Rust code is no Exception; anything else is none of our business.
        if type(error).__name__ != "PanicException":
            raise
        raise InputError(f"the shapes cannot be used: {error}") from None
    for found in report.results:
        path = _term(found.path) if found.path and _is_name(found.path) else None
        yield Result(
            focus=_term(found.focus_node),
            path=path,
            value=None if found.value is None else _term(found.value),
            # It gives blank nodes labels of its own, so a shape without an IRI is told by the one that holds it.
            shape=_term(found.source_shape if _is_name(found.source_shape or "") else found.root_shape or "_:shape"),
            component=found.component_iri,
            severity=found.severity_iri,
            messages=tuple(("", message) for message in found.messages),
        )


def _triples(quads: Iterable[rdf.Quad]) -> str:
    triples = (rdf.Triple(quad.subject, quad.predicate, quad.object) for quad in quads)
    return rdf.serialize(triples, format=rdf.RdfFormat.N_TRIPLES).decode()


def _is_name(path: str) -> bool:
    return path.startswith("<") and path.endswith(">") and path.count("<") == 1


def _term(text: str) -> rdf.NamedNode | rdf.BlankNode | rdf.Literal:
    """A term from its N-Triples form."""
    return next(iter(rdf.parse(f"<urn:x:s> <urn:x:p> {text} .", format=rdf.RdfFormat.N_TRIPLES))).object
