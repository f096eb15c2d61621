"""The words of labels and texts, as the rules compare them: without case, accents or endings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from kb import rdf

STEM = 4
"""Letters by which words are taken for one, whatever their endings."""


def words(text: str) -> list[str]:
    """The words of a text in lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall("[a-z0-9]+", plain)


def beginnings(found: Iterable[str]) -> set[str]:
    """The first letters of words that have as many as a ``STEM``; of words that are all shorter, the words."""
    found = set(found)
    return {word[:STEM] for word in found if len(word) >= STEM} or found


def said_in(text: str) -> set[str]:
    """The words of a text and their first letters, among which ``beginnings`` are found."""
    found = words(text)
    return {*found, *(word[:STEM] for word in found)}


def says(text: str, sought: set[str]) -> bool:
    """Whether one of these ``beginnings`` is in a text."""
    return not sought.isdisjoint(said_in(text))


def texts(quads: Iterable[rdf.Quad], predicate: rdf.NamedNode, language: str) -> Iterator[str]:
    """The texts of a property in a language."""
    for quad in quads:
        if quad.predicate == predicate and isinstance(quad.object, rdf.Literal) and quad.object.language == language:
            yield quad.object.value
