"""What a source says of one thing and of what surrounds it: values, incoming references, names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kb import rdf
from kb.browse import figures
from kb.namespaces import PREFIXES, curie
from kb.results.answers import Term, sort_key
from kb.results.labels import labels
from kb.sources import Source

MM = PREFIXES["mm"]
RDF_TYPE = rdf.RDF_TYPE.value


class Saying(NamedTuple):
    """A claim and what a list of claims tells of it. All but ``works``, a number, are IRIs or None."""

    claim: str
    claimant: str | None
    stance: str | None
    proposition: str
    hedges: tuple[str, ...]
    reported_by: str | None
    works: int


class Neighbours:
    """Looks things up in a source and keeps what it has found; names are in one language."""

    def __init__(self, source: Source, lang: str) -> None:
        self.source = source
        self.lang = lang
        self._names: dict[str, str] = {}
        self._properties: dict[str, dict[str, list[Term]]] = {}

    def properties(self, iri: str) -> dict[str, list[Term]]:
        """The thing's values by property IRI, in a stable order."""
        if iri not in self._properties:
            found: dict[str, list[Term]] = {}
            for row in self.source.query(f"SELECT ?p ?o WHERE {{ {rdf.NamedNode(iri)} ?p ?o }}"):
                found.setdefault(row["p"].value, []).append(row["o"])
            for values in found.values():
                values.sort(key=sort_key)
            self._properties[iri] = dict(sorted(found.items()))
        return self._properties[iri]

    def nodes(self, iri: str, *path: str) -> list[str]:
        """The IRIs at the end of a path of properties, such as ``mm:viaMarker``, ``c4o:denotes``."""
        steps = "/".join(path)
        rows = self.source.query(f"SELECT DISTINCT ?o WHERE {{ {rdf.NamedNode(iri)} {steps} ?o }}")
        return sorted(row["o"].value for row in rows if isinstance(row["o"], rdf.NamedNode))

    def value(self, iri: str, *path: str) -> Term:
        """The first value at the end of a path, or None."""
        rows = self.source.query(f"SELECT ?o WHERE {{ {rdf.NamedNode(iri)} {'/'.join(path)} ?o }}")
        return min((row["o"] for row in rows), key=sort_key, default=None)

    def incoming(self, iri: str) -> dict[str, list[str]]:
        """Who points to the thing: subjects by property IRI."""
        found: dict[str, list[str]] = {}
        for row in self.source.query(f"SELECT DISTINCT ?p ?s WHERE {{ ?s ?p {rdf.NamedNode(iri)} FILTER(ISIRI(?s)) }}"):
            found.setdefault(row["p"].value, []).append(row["s"].value)
        return {property: sorted(subjects) for property, subjects in sorted(found.items())}

    def types(self, iri: str) -> list[str]:
        """The IRIs of the classes that the thing is stated to be of."""
        return [term.value for term in self.properties(iri).get(RDF_TYPE, []) if isinstance(term, rdf.NamedNode)]

    def is_a(self, iri: str, local: str) -> bool:
        """Whether the thing is stated to be of our class of this name, such as ``Figure``."""
        return MM + local in self.types(iri)

    def learn(self, iris: Iterable[str]) -> None:
        """Look up the names of several things at once."""
        missing = [iri for iri in dict.fromkeys(iris) if iri not in self._names]
        found = labels(self.source, missing, self.lang) if missing else {}
        self._names.update({iri: found.get(iri) or curie(iri) for iri in missing})

    def name(self, iri: str) -> str:
        """The label of a thing, or its CURIE where it has none."""
        self.learn([iri])
        return self._names[iri]

    def shown(self, term: Term) -> str:
        """A value in words: a figure in its qualifiers, other things by label and CURIE, text as it is."""
        if not isinstance(term, rdf.NamedNode):
            return term.value if isinstance(term, rdf.Literal) else str(term)
        if self.is_a(term.value, "Figure"):
            values = [v.value for vs in self.properties(term.value).values() for v in vs if isinstance(v, rdf.NamedNode)]
            self.learn(values)
            return figures.phrase(self.properties(term.value), self.name, self.lang)
        name, identifier = self.name(term.value), curie(term.value)
        return identifier if name == identifier else f"{name} ({identifier})"

    def sayings(self, pattern: str) -> list[Saying]:
        """The claims that a graph pattern on ``?claim`` and its ``?proposition`` finds, in the order of the texts."""
        rows = self.source.query(
            "SELECT DISTINCT ?claim ?claimant ?stance ?proposition ?hedge ?reportedBy ?work ?order WHERE { "
            f"{pattern} ?claim mm:expresses ?proposition . OPTIONAL {{ ?claim mm:claimant ?claimant }} "
            "OPTIONAL { ?claim mm:stance ?stance } OPTIONAL { ?claim mm:hedge ?hedge } "
            "OPTIONAL { ?claim mm:reportedBy ?reportedBy } OPTIONAL { ?claim mm:statedIn/mm:order ?order } "
            "OPTIONAL { ?claim mm:viaMarker/c4o:denotes/biro:references ?work } }"
        )
        found: dict[str, tuple[tuple[float, str], Saying, set[str], set[str]]] = {}
        for row in rows:
            claim = row["claim"].value
            if claim not in found:
                order = float(row["order"].value) if row["order"] is not None else float("inf")
                saying = Saying(
                    claim, _iri(row["claimant"]), _iri(row["stance"]), row["proposition"].value, (),
                    _iri(row["reportedBy"]), 0,
                )  # fmt: skip
                # Claim identifiers begin with their document's name, so that documents stay together.
                found[claim] = ((order, claim), saying, set(), set())
            hedges, works = found[claim][2:]
            hedges.update([row["hedge"].value] if row["hedge"] is not None else [])
            works.update([str(row["work"])] if row["work"] is not None else [])
        ordered = sorted(found.values(), key=lambda entry: entry[0])
        return [saying._replace(hedges=tuple(sorted(h)), works=len(w)) for _, saying, h, w in ordered]


def _iri(term: Term) -> str | None:
    return term.value if isinstance(term, rdf.NamedNode) else None
