"""Every namespace and prefix of the project, in one table; Turtle files, queries and results all use these.

The external ones are those whose terms the project really uses; each was checked against a copy of its vocabulary.
"""

from __future__ import annotations

import re

BASE = "https://w3id.org/medical-missions/"
ONTOLOGY = BASE + "ontology/"
ID = BASE + "id/"
GRAPH = BASE + "graph/"
SHAPES = BASE + "shapes/"

# The kinds of identifier: https://w3id.org/medical-missions/id/<kind>/<local name>, each with a prefix of the same name.
ENTITY_KINDS = (
    "actor", "agreement", "event", "instrument", "mission", "place", "programme", "venue", "work",
)  # fmt: skip
CONCEPT_KINDS = (
    "concept", "basis", "comparison", "confidence", "deontic", "extent", "frequency", "hedge", "kind", "linkkind", "qualifier",
    "realisation", "reason", "stance", "standing", "timeframe", "scheme", "theme",
)  # fmt: skip
TEXT_KINDS = ("document", "text", "passage", "selector", "marker", "reference")
CONTENT_KINDS = ("proposition", "figure")
DISCOURSE_KINDS = ("claim", "link", "status", "curation")
ID_KINDS = ENTITY_KINDS + CONCEPT_KINDS + TEXT_KINDS + CONTENT_KINDS + DISCOURSE_KINDS

EXTERNAL = {
    "bibo": "http://purl.org/ontology/bibo/",
    "biro": "http://purl.org/spar/biro/",
    "c4o": "http://purl.org/spar/c4o/",
    "cito": "http://purl.org/spar/cito/",
    "dcterms": "http://purl.org/dc/terms/",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "fabio": "http://purl.org/spar/fabio/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qudt": "http://qudt.org/schema/qudt/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "unit": "http://qudt.org/vocab/unit/",
    "vann": "http://purl.org/vocab/vann/",
    "wd": "http://www.wikidata.org/entity/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

PREFIXES: dict[str, str] = {
    "mm": ONTOLOGY,
    "mms": SHAPES,
    **{kind: f"{ID}{kind}/" for kind in ID_KINDS},
    **EXTERNAL,
}
"""Prefix to namespace; the order is mm, the shapes, our kinds of identifier, then the external vocabularies."""

# Local names that Turtle, SPARQL and people all read without escapes.
LOCAL_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")
_CURIE = re.compile(r"([A-Za-z][\w-]*):([^\s<>\"{}|^`\\/][^\s<>\"{}|^`\\]*)\Z")
# Longest namespace first, so that an IRI is abbreviated by the most specific one.
_BY_LENGTH = sorted(((ns, prefix) for prefix, ns in PREFIXES.items()), key=lambda pair: -len(pair[0]))


def curie(iri: str) -> str:
    """The IRI as ``prefix:local`` where a prefix of the project fits without escapes, else the IRI unchanged."""
    for namespace, prefix in _BY_LENGTH:
        if iri.startswith(namespace) and LOCAL_NAME.match(iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace):]}"
    return iri


def expand(name: str) -> str | None:
    """The IRI that ``prefix:local`` stands for; None where the prefix is none of ours or the form is not a CURIE."""
    match = _CURIE.match(name)
    if match and match.group(1) in PREFIXES:
        return PREFIXES[match.group(1)] + match.group(2)
    return None


def iri_of(name: str) -> str:
    """The IRI of a ``prefix:local`` that the code itself writes. Raises ValueError for a prefix that is none of ours."""
    iri = expand(name)
    if iri is None:
        raise ValueError(f"{name} is not a name of the project")
    return iri


def kind_of(iri: str) -> str | None:
    """The kind of identifier (``claim``, ``actor`` …) of one of our data IRIs; None for any other IRI."""
    if not iri.startswith(ID):
        return None
    kind = iri[len(ID) :].partition("/")[0]
    return kind if kind in ID_KINDS else None


def sparql_prologue() -> str:
    """PREFIX declarations for all prefixes, so that a query needs none of its own for them."""
    return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
