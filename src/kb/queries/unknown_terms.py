"""What a query names that the knowledge base does not have: said before an empty answer is taken for a finding."""

from __future__ import annotations

from kb import rdf, sparql
from kb.messages import hint_at, near_names
from kb.namespaces import ID, ONTOLOGY, PREFIXES, curie
from kb.sources import Source


def unknown_terms(source: Source, text: str) -> list[str]:
    """A sentence for each of our own terms and identifiers in the query that the source does not describe."""
    named = _own_terms(text)
    if not named:
        return []
    nodes = " ".join(str(rdf.NamedNode(iri)) for iri in named)
    known = source.query(f"SELECT ?t WHERE {{ VALUES ?t {{ {nodes} }} FILTER EXISTS {{ ?t ?p ?o }} }}")
    unknown = dict.fromkeys(named)
    for row in known:
        unknown.pop(row["t"].value, None)
    if not unknown:
        return []
    described = _described(source)
    sentences = []
    for iri in unknown:
        namespace = iri[: iri.rindex("/") + 1]
        known_names = [other[len(namespace) :] for other in described if other.startswith(namespace)]
        hint = hint_at([curie(namespace + name) for name in near_names(iri[len(namespace) :], known_names)])
        what = "the ontology has no" if namespace == ONTOLOGY else "the data has no"
        sentences.append(f"warning: {what} {curie(iri)}{hint}")
    return sentences


def _own_terms(text: str) -> list[str]:
    """The IRIs in our ontology's and our data's namespaces that the query names, each once, in order."""
    prefixes = PREFIXES | sparql.declared_prefixes(text)
    found: dict[str, None] = {}
    for token in sparql.tokens(text):
        iri = sparql.iri_of(token, prefixes) if token.kind in ("iri", "name") else ""
        # An IRI that ends in a slash is a namespace in a PREFIX declaration.
        if iri.startswith((ONTOLOGY, ID)) and not iri.endswith("/") and rdf.is_iri(iri):
            found.setdefault(iri)
    return list(found)


def _described(source: Source) -> list[str]:
    ours = f'STRSTARTS(STR(?t), "{ONTOLOGY}") || STRSTARTS(STR(?t), "{ID}")'
    return [row["t"].value for row in source.query(f"SELECT DISTINCT ?t WHERE {{ ?t a ?c FILTER(ISIRI(?t) && ({ours})) }}")]
