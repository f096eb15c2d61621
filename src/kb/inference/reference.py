"""The reference engine: owlrl, on rdflib. The only module that imports them."""

from __future__ import annotations

import logging

import owlrl  # type: ignore[import-untyped]
import rdflib
import rdflib.plugins.parsers.nquads
import rdflib.plugins.parsers.ntriples  # these two are else loaded when a sandbox lets nothing be loaded any more
import rdflib.plugins.stores.memory

from kb import rdf
from kb.errors import InputError
from kb.inference.axioms import NO_TRIPLE_TERMS


def closure(triples: set[rdf.Triple]) -> tuple[set[rdf.Triple], list[str]]:
    """All that owlrl gives, without its axiomatic triples and what RDF cannot say, and its error messages. Raises InputError for
    triple terms."""
    if any(isinstance(triple.object, rdf.Triple) for triple in triples):
        raise InputError(NO_TRIPLE_TERMS)
    # rdflib logs a traceback for each literal that it cannot read as a value; owlrl reports those that matter.
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    rdflib.NORMALIZE_LITERALS = False  # an inferred triple has its literal as it is written
    graph = rdflib.Graph()
    graph.parse(data=rdf.serialize(triples, format=rdf.RdfFormat.N_TRIPLES), format="nt")
    engine = owlrl.OWLRL_Semantics(graph, axioms=False, daxioms=False)
    engine.closure()
    clashes = list(engine.error_messages)
    content = []
    for subject, predicate, object in graph:
        if isinstance(subject, rdflib.Literal) or str(predicate).startswith(str(owlrl.Namespaces.ERRNS)):
            continue
        content.append(f"{subject.n3()} {predicate.n3()} {object.n3()} .\n")
    parsed = rdf.parse("".join(content), format=rdf.RdfFormat.N_TRIPLES)
    return {quad.triple for quad in parsed}, clashes
