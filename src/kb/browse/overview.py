"""What the knowledge base holds, in numbers: counted from the data each time, never written down."""

from __future__ import annotations

from typing import Any

from kb import __version__, rdf
from kb.namespaces import ONTOLOGY, curie
from kb.project import Project
from kb.results.labels import labels
from kb.sources import Source

_GROUPS = {
    "claims": "mm:Claim",
    "argument links": "mm:ArgumentLink",
    "status records": "mm:StatusRecord",
    "propositions": "mm:Proposition",
    "figures": "mm:Figure",
    "documents": "mm:Document",
    "passages": "mm:Passage",
    "citation markers": "mm:CitationMarker",
    "references": "biro:BibliographicReference",
    "cited works": "mm:CitedWork",
    "actors": "mm:Actor",
    "places": "mm:Place",
    "missions": "mm:Mission",
    "programmes": "mm:Programme",
    "agreements": "mm:Agreement",
    "legal instruments": "mm:LegalInstrument",
    "events": "mm:Event",
    "concepts": "mm:Concept",
}
CODE_LICENCE = "Apache-2.0"
_DETAILED = ("claims", "propositions")


def overview(project: Project, source: Source, lang: str = "en") -> dict[str, Any]:
    """Version, place, ontology, counts, documents with their claims, licences; ready for JSON."""
    return {
        "version": __version__,
        "project": str(project.root),
        "ontology": _ontology(source),
        "files": {"ontology": len(project.ontology_files()), "data": len(project.data_files())},
        "triples": _number(source, "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"),
        "counts": {name: _count(source, term) for name, term in _GROUPS.items()},
        "by class": {name: _by_class(source, _GROUPS[name], lang) for name in _DETAILED},
        "documents": _documents(source, lang),
        "licences": {"code": CODE_LICENCE, "ontology and data": _licence(source)},
    }


def _ontology(source: Source) -> dict[str, str | None]:
    rows = source.query(
        f"SELECT ?version ?info WHERE {{ OPTIONAL {{ <{ONTOLOGY}> owl:versionIRI ?version }} "
        f"OPTIONAL {{ <{ONTOLOGY}> owl:versionInfo ?info }} }}"
    )
    row = next(iter(rows))
    return {name: row[name].value if row[name] is not None else None for name in ("version", "info")}


def _licence(source: Source) -> str | None:
    rows = list(source.query(f"SELECT ?l WHERE {{ <{ONTOLOGY}> dcterms:license ?l }}"))
    return rows[0]["l"].value if rows else None


def _number(source: Source, query: str) -> int:
    return int(next(iter(source.query(query)))["n"].value)


def _count(source: Source, term: str) -> int:
    return _number(source, f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s a {term} }}")


def _by_class(source: Source, term: str, lang: str) -> dict[str, int]:
    """How many of a class are of each of its subclasses, by label; the rest are of the class alone."""
    rows = source.query(
        f"SELECT ?c (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?c rdfs:subClassOf+ {term} . ?s a {term} , ?c }} GROUP BY ?c"
    )
    counts = {row["c"].value: int(row["n"].value) for row in rows}
    names = labels(source, counts, lang)
    return {names.get(iri, curie(iri)): n for iri, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))}


def _documents(source: Source, lang: str) -> list[dict[str, Any]]:
    rows = source.query(
        "SELECT ?d (COUNT(DISTINCT ?passage) AS ?passages) (COUNT(DISTINCT ?claim) AS ?claims) WHERE { ?d a mm:Document "
        "OPTIONAL { ?passage oa:hasSource/mm:versionOf ?d OPTIONAL { ?claim mm:statedIn ?passage ; a mm:Claim } } } "
        "GROUP BY ?d ORDER BY ?d"
    )
    found = [(row["d"], int(row["passages"].value), int(row["claims"].value)) for row in rows]
    iris = [document.value for document, _, _ in found if isinstance(document, rdf.NamedNode)]
    names = labels(source, iris, lang)
    return [
        {"id": curie(d.value), "label": names.get(d.value, curie(d.value)), "passages": passages, "claims": claims}
        for d, passages, claims in found
        if isinstance(d, rdf.NamedNode)
    ]
