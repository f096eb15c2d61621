"""What things are called: labels in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from kb import rdf
from kb.messages import LANGUAGES
from kb.namespaces import curie
from kb.sources import Source

# In order of preference; the gloss names a proposition.
NAMING = ("skos:prefLabel", "rdfs:label", "dcterms:title", "mm:gloss")
_BATCH = 1_000


def labels(source: Source, iris: Iterable[str], lang: str) -> dict[str, str]:
    """The label of each IRI that has one: in ``lang``, else in the other language, else in any."""
    wanted, naming = list(dict.fromkeys(iris)), ", ".join(NAMING)
    best: dict[str, tuple[tuple[int, int, str], str]] = {}
    for start in range(0, len(wanted), _BATCH):
        nodes = " ".join(str(rdf.NamedNode(iri)) for iri in wanted[start : start + _BATCH])
        text = f"SELECT ?s ?p ?l WHERE {{ VALUES ?s {{ {nodes} }} ?s ?p ?l FILTER(?p IN ({naming})) }}"
        for row in source.query(text):
            label = row["l"]
            if isinstance(label, rdf.Literal):
                iri, property = row["s"].value, curie(row["p"].value)
                rank = (NAMING.index(property), _language_rank(label.language, lang), label.value)
                if iri not in best or rank < best[iri][0]:
                    best[iri] = (rank, label.value)
    return {iri: label for iri, (_, label) in best.items()}


def _language_rank(language: str | None, lang: str) -> int:
    if language is None:
        return 1
    primary = language.partition("-")[0].lower()
    return 0 if primary == lang else 2 if primary in LANGUAGES else 3
