"""Which name may have been meant: of the things that are described, and of any names that may stand at a place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice

from kb import rdf
from kb.messages import hint_at, near_names
from kb.namespaces import ID
from kb.validation.lookups import Lookups
from kb.validation.shapes import Messages

_MOST_NAMES = 100_000
"""Names that are gone through; a store may hold any number."""
_MUCH_LESS = 0.15
"""Likeness by which a name is left out beside a better one."""
_MANY = 3_000
"""Names of one kind that are all compared; of more, those that begin or end alike."""


def hint(near: Sequence[str]) -> Messages:
    """``; did you mean a, b?`` in both languages, or empty texts where there is nothing near."""
    return {"en": hint_at(near), "es": f"; ¿quiso decir {', '.join(near)}?" if near else ""}


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The known names nearest to one: those that differ in capital letters alone, else the most alike, at most three."""
    known = list(known)
    same = [other for other in known if other.casefold() == name.casefold() and other != name]
    if same:
        return same[:1]
    near = near_names(name, known)
    if len(near) < 2:
        return near
    from difflib import SequenceMatcher  # as the others: few runs need it

    likeness = [SequenceMatcher(None, other, name).ratio() for other in near]
    return [other for other, like in zip(near, likeness, strict=True) if like > likeness[0] - _MUCH_LESS]


class Names:
    """The names of all that is described, looked through once."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups
        self._found: dict[str, list[str]] = {}

    def near(self, iri: str) -> list[str]:
        """The CURIEs of described things that may be meant by the project's IRI of one that is not: the same name of
        another kind, else the most alike of the same kind."""
        if iri not in self._found:
            kind, _, name = iri.removeprefix(ID).partition("/")
            same = sorted(f"{other}:{name}" for other, names in self._by_kind.items() if name in names)
            self._found[iri] = same[:3] or [f"{kind}:{near}" for near in nearest(name, self._alike(kind, name))]
        return self._found[iri]

    def _alike(self, kind: str, name: str) -> Iterable[str]:
        names = self._by_kind.get(kind, {})
        if len(names) <= _MANY:
            return names
        return (other for other in names if other[:4] == name[:4] or other[-4:] == name[-4:])

    @cached_property
    def _by_kind(self) -> Mapping[str, Mapping[str, None]]:
        """The names of what is described, by kind of identifier."""
        names: dict[str, dict[str, None]] = defaultdict(dict)
        for quad in islice(self._lookups.having(rdf.RDF_TYPE), _MOST_NAMES):
            iri = quad.subject.value
            if iri.startswith(ID):
                kind, _, name = iri[len(ID) :].partition("/")
                names[kind][name] = None
        return names
