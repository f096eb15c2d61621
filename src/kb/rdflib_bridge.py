"""Our triples as rdflib's: parsed by our own parser, which is the stricter and the quicker one, and handed over."""

from __future__ import annotations

from collections.abc import Iterable

import rdflib

from kb import rdf
from kb.errors import InputError


class Converter:
    """Our terms as rdflib's, each IRI built once; literals keep their lexical form."""

    def __init__(self) -> None:
        self._names: dict[str, rdflib.URIRef] = {}

    def graph(self, quads: Iterable[rdf.Quad]) -> rdflib.Graph:
        """A graph without bound prefixes. Raises InputError for a triple term, which rdflib does not have."""
        graph = rdflib.Graph(bind_namespaces="none")
        graph.addN((self._term(q.subject), self._term(q.predicate), self._term(q.object), graph) for q in quads)
        return graph

    def _term(self, term: rdf.NamedNode | rdf.BlankNode | rdf.Literal) -> rdflib.term.Node:
        if isinstance(term, rdf.NamedNode):
            return self._name(term.value)
        if isinstance(term, rdf.BlankNode):
            return rdflib.BNode(term.value)
        if not isinstance(term, rdf.Literal):
            raise InputError(f"a triple term is RDF 1.2, which is not taken here: {term}")
        if term.language is not None:
            return rdflib.Literal(term.value, lang=term.language)
        if term.datatype.value == str(rdflib.XSD.string):
            return rdflib.Literal(term.value)
        return self._typed(term.value, self._name(term.datatype.value))

    def _typed(self, text: str, datatype: rdflib.URIRef) -> rdflib.Literal:
        return rdflib.Literal(text, datatype=datatype, normalize=False)

    def _name(self, iri: str) -> rdflib.URIRef:
        if iri not in self._names:
            self._names[iri] = rdflib.URIRef(iri)
        return self._names[iri]
