"""Finding things by words: labels, aliases, titles, glosses and definitions, in every language at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from kb import rdf
from kb.messages import near_names
from kb.namespaces import ID, ONTOLOGY, curie, kind_of
from kb.results.labels import fold, labels
from kb.sources import Source

# In order of weight: a hit in a name tells more than one in a definition.
_PROPERTIES = (
    "skos:prefLabel", "skos:altLabel", "rdfs:label", "dcterms:title", "mm:quotedTerm", "mm:gloss", "skos:definition",
)  # fmt: skip
TERM = "term"
"""The kind of what the ontology defines."""

EXACT, PREFIX, PHRASE, WORDS, PARTS = range(5)
"""How well a text matches: it is what was asked, begins with it, has it whole, has its words, has them within others."""


class Hit(NamedTuple):
    """Something found: its label, and the text in which the words were found."""

    iri: str
    kind: str
    label: str
    matched: str
    property: str


def search(source: Source, text: str, lang: str, kinds: Collection[str] = ()) -> list[Hit]:
    """Everything of these kinds (of any, if none) whose texts have all the words, the best match first."""
    wanted = fold(text)
    if not wanted:
        return []
    words = tuple(dict.fromkeys(wanted.split()))
    best: dict[str, tuple[tuple[int, int, int, int, str], str, str]] = {}
    for iri, property, value, language in _texts(source, kinds):
        match = _match(wanted, words, fold(value))
        if match is not None:
            rank = (match, _PROPERTIES.index(property), language != lang, len(value), value)
            if iri not in best or rank < best[iri][0]:
                best[iri] = (rank, value, property)
    names = labels(source, best, lang)
    ordered = sorted(best.items(), key=lambda item: (item[1][0], item[0]))
    return [
        Hit(iri, kind(iri), names.get(iri, curie(iri)), value, property) for iri, (_, value, property) in ordered
    ]


def kind(iri: str) -> str:
    """The kind of identifier, or ``term`` for what the ontology defines."""
    return kind_of(iri) or TERM


def nearest(source: Source, text: str) -> list[str]:
    """Words and names in the data that are spelt like the text."""
    known: dict[str, str] = {}
    for _, property, value, _ in _texts(source, ()):
        if property in _PROPERTIES[:4]:
            known.setdefault(fold(value), value)
            for word in re.findall(r"\w{4,}", value):
                known.setdefault(fold(word), word)
    return list(dict.fromkeys(known[near] for near in near_names(fold(text), known)))


def _texts(source: Source, kinds: Collection[str]) -> list[tuple[str, str, str, str]]:
    """IRI, property, text and language of everything that is searched."""
    rows = source.query(
        f"SELECT ?s ?p ?text WHERE {{ VALUES ?p {{ {' '.join(_PROPERTIES)} }} ?s ?p ?text "
        f'FILTER(ISIRI(?s) && (STRSTARTS(STR(?s), "{ID}") || STRSTARTS(STR(?s), "{ONTOLOGY}"))) }}'
    )
    return [
        (row["s"].value, curie(row["p"].value), row["text"].value, row["text"].language or "")
        for row in rows
        if isinstance(row["text"], rdf.Literal) and (not kinds or kind(row["s"].value) in kinds)
    ]


def _match(wanted: str, words: Sequence[str], text: str) -> int | None:
    """How the folded text that is wanted, and its words, match another folded text; None where they do not."""
    if text == wanted:
        return EXACT
    if text.startswith(wanted):
        return PREFIX
    if not all(word in text for word in words):
        return None
    if wanted in text and _has_word(text, wanted):
        return PHRASE
    return WORDS if all(_has_word(text, word) for word in words) else PARTS


def _has_word(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
