"""Things found again by what they are called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from kb import rdf
from kb.errors import UsageError
from kb.messages import hint_at, near_names
from kb.namespaces import ID, ONTOLOGY, curie, expand, kind_of
from kb.results.naming import NAMING, labels  # noqa: F401 - most who find things also name them
from kb.sources import Source


class Name(NamedTuple):
    """One of the names of a thing."""

    iri: str
    property: str
    text: str
    language: str


def fold(text: str) -> str:
    """The text without case, accents and repeated white space, for comparing what people type."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


class Finder:
    """Finds things by name in a source; asks the source once, and only when it must. Messages name things in ``lang``."""

    def __init__(self, source: Source, lang: str = "en") -> None:
        self._source = source
        self._lang = lang
        self._names: dict[tuple[str, ...], list[Name]] = {}

    def exists(self, iri: str) -> bool:
        """Whether the data says anything of this thing."""
        return bool(self._source.query(f"ASK {{ {rdf.NamedNode(iri)} ?p ?o }}"))

    def names(self, kinds: Iterable[str] = ()) -> list[Name]:
        """Every label, alternative label and title of the things of these kinds; without any, of everything of ours, the
        ontology's terms included."""
        namespaces = tuple(f"{ID}{kind}/" for kind in kinds) or (ID, ONTOLOGY)
        if namespaces not in self._names:
            ours = " || ".join(f'STRSTARTS(STR(?s), "{namespace}")' for namespace in namespaces)
            rows = self._source.query(
                "SELECT ?s ?p ?l WHERE { VALUES ?p { skos:prefLabel skos:altLabel dcterms:title rdfs:label } ?s ?p ?l "
                f"FILTER(ISIRI(?s) && ({ours})) }}"
            )
            self._names[namespaces] = [
                Name(row["s"].value, curie(row["p"].value), row["l"].value, row["l"].language or "")
                for row in rows
                if isinstance(row["l"], rdf.Literal)
            ]
        return self._names[namespaces]

    def named(self, text: str, kinds: Iterable[str] = ()) -> dict[str, str]:
        """IRI and matching name of everything of these kinds (of any, if none) with that local name, or else called that.

        A local name is looked up without reading any labels; it is exact, and labels are not.
        """
        kinds = tuple(kinds)
        found = {iri: text for kind in kinds if text and rdf.is_iri(iri := f"{ID}{kind}/{text}") and self.exists(iri)}
        if not found and (wanted := fold(text)):
            for name in self.names(kinds):
                if fold(name.text) == wanted or (not kinds and name.iri.rpartition("/")[2] == text):
                    found.setdefault(name.iri, name.text)
        return found

    def thing(self, text: str) -> str:
        """The IRI of the one thing that a CURIE, an IRI or a name stands for; UsageError as in ``one``."""
        text = text.strip()
        bare = text[1:-1] if text.startswith("<") and text.endswith(">") else text
        iri = expand(bare) or (bare if re.match(r"https?://|urn:", bare) else None)
        if iri is None:
            return self.one(text, (), "kb show")
        if not rdf.is_iri(iri):
            raise UsageError(f"{text!r} is not an IRI")
        if not self.exists(iri):
            kind = kind_of(iri)
            hint = self.suggestions(iri.rpartition("/")[2], (kind,) if kind else ())
            raise UsageError(f"there is no {curie(iri)} in the data{hint}")
        return iri

    def one(self, text: str, kinds: Iterable[str], what: str) -> str:
        """The IRI of the one thing of these kinds called that; ``what`` begins the message where there is not one.

        Raises UsageError where nothing is called that, or several things are.
        """
        kinds = tuple(kinds)
        found = self.named(text, kinds)
        if len(found) == 1:
            return next(iter(found))
        if found:
            called = labels(self._source, found, self._lang)
            listed = "".join(f"\n  {curie(iri)}  {called.get(iri, name)}" for iri, name in sorted(found.items()))
            raise UsageError(f"{what}: {text!r} may be any of these; give one of the identifiers{listed}")
        of_kinds = " or ".join(kinds) if kinds else "thing"
        raise UsageError(f"{what}: no {of_kinds} is called {text!r}{self.suggestions(text, kinds)}")

    def suggestions(self, text: str, kinds: Iterable[str] = ()) -> str:
        """``; did you mean …?`` with the labels and local names of these kinds nearest to a text, else with some that contain
        it, or nothing."""
        kinds = tuple(kinds)
        known: dict[str, str] = {}
        shown: dict[str, str] = {}
        # The first label met is the one shown: the preferred one, in the reader's language.
        for name in sorted(self.names(kinds), key=lambda n: (n.property != "skos:prefLabel", n.language != self._lang, n.language)):
            for spelling in (fold(name.text), name.iri.rpartition("/")[2]):
                known.setdefault(spelling, name.iri)
                shown.setdefault(name.iri, f"{curie(name.iri)} ({name.text})")
        for kind in kinds:
            for iri in self._identifiers(kind):
                known.setdefault(iri.rpartition("/")[2], iri)
        wanted = fold(text)
        near = near_names(wanted, known) or [spelling for spelling in sorted(known) if len(wanted) > 2 and wanted in spelling]
        found = list(dict.fromkeys(known[spelling] for spelling in near))[:3]
        return hint_at([shown.get(iri, curie(iri)) for iri in found])

    def _identifiers(self, kind: str) -> list[str]:
        rows = self._source.query(f'SELECT DISTINCT ?s WHERE {{ ?s a ?c FILTER(STRSTARTS(STR(?s), "{ID}{kind}/")) }}')
        return [row["s"].value for row in rows]
