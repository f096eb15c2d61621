"""The RDF engine: pyoxigraph's terms, parser, serialiser and store. The only module that imports it.

Chosen for correctness and speed: it passes the W3C suites for Turtle, TriG, N-Triples and N-Quads, its syntax errors
carry line and column, and it imports in milliseconds. What it does differently from the letter of RDF is noted where
it matters (``Store`` rewrites some lexical forms; parsing alone keeps them).
"""

from __future__ import annotations

from pyoxigraph import (  # noqa: F401 - this module is the door to the engine
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolution,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
    parse,
    parse_query_results,
    serialize,
)

RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def is_iri(text: str) -> bool:
    """Whether the text is an absolute IRI, by the rules that the engine holds every IRI to."""
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True
