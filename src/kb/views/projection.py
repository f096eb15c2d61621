"""The plain triples that follow from the claims of a view, by the CONSTRUCT rules in ``queries/rules/``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kb import rdf
from kb.files import read_text
from kb.messages import printable
from kb.namespaces import PREFIXES, curie, iri_of
from kb.project import Project
from kb.results.answers import Rows
from kb.sources import MemorySource
from kb.stores import DERIVED
from kb.turtle.formatting import format_quads

_READINGS, _STATEMENTS = "rules/readings", "rules/statements"
_DERIVED_FROM = rdf.NamedNode(iri_of("prov:wasDerivedFrom"))
_RDF, _OWL = PREFIXES["rdf"], PREFIXES["owl"]
_SUBJECT = (f"{_RDF}subject", f"{_OWL}sourceIndividual")
_PREDICATE = (f"{_RDF}predicate", f"{_OWL}assertionProperty")
_OBJECT = (f"{_RDF}object", f"{_OWL}targetIndividual", f"{_OWL}targetValue")
_DENIAL = rdf.NamedNode(f"{_OWL}NegativePropertyAssertion")

WHY_NOT = """
SELECT ?why (COUNT(DISTINCT ?claim) AS ?claims) WHERE {
  ?claim a mm:Claim ; mm:stance ?stance ; mm:expresses ?proposition .
  OPTIONAL { ?claim mm:hedge ?hedge }
  OPTIONAL { ?proposition mm:condition ?condition }
  OPTIONAL { ?proposition mm:realisation ?realisation FILTER(?realisation != realisation:realised) }
  MINUS { ?statement prov:wasDerivedFrom ?claim }
  BIND(IF(?stance = stance:questions, "question",
    IF(BOUND(?hedge), "hedge", IF(BOUND(?condition), "condition", IF(BOUND(?realisation), "realisation", "form")))) AS ?why)
}
GROUP BY ?why
"""
"""For each reason why a claim gives no plain triple, how many claims there are; ``form`` where a frame has none."""


@dataclass(frozen=True)
class Statement:
    """A plain triple, or one that is denied, with the claims that it follows from."""

    triple: tuple[rdf.NamedNode, rdf.NamedNode, rdf.NamedNode | rdf.Literal]
    denied: bool
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Projection:
    """What a view comes to. ``triples`` are the plain ones and those that trace each of them to its claims."""

    statements: tuple[Statement, ...]
    triples: tuple[rdf.Triple, ...]
    accepted: int
    without: dict[str, int]


def project_view(project: Project, source: MemorySource) -> Projection:
    """Apply the rules to a narrowed source, which gets their results. Raises InputError for a rule that cannot be read."""
    store = source.engine
    store.extend(rdf.Quad(*triple) for triple in _constructed(source, project.queries / _READINGS))
    triples = list(dict.fromkeys(_constructed(source, project.queries / _STATEMENTS)))
    store.extend(rdf.Quad(*triple) for triple in triples)
    number = next(iter(source.query("SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?c a mm:Claim }")))["n"].value
    without = {row["why"].value: int(row["claims"].value) for row in source.query(WHY_NOT)}
    return Projection(_statements(triples), tuple(triples), int(number), without)


def _constructed(source: MemorySource, folder: Path) -> Iterable[rdf.Triple]:
    return [triple for path in sorted(folder.glob("*.rq")) for triple in source.query(read_text(path))]


def _statements(triples: Iterable[rdf.Triple]) -> tuple[Statement, ...]:
    about: dict[rdf.NamedNode, list[rdf.Triple]] = {}
    for triple in triples:
        about.setdefault(triple.subject, []).append(triple)
    found = []
    for said in about.values():
        claims = sorted(triple.object.value for triple in said if triple.predicate == _DERIVED_FROM)
        if claims:
            parts = [_one(said, names) for names in (_SUBJECT, _PREDICATE, _OBJECT)]
            denied = any(triple.object == _DENIAL for triple in said)
            found.append(Statement(tuple(parts), denied, tuple(claims)))
    return tuple(sorted(found, key=lambda s: ([str(part) for part in s.triple], s.denied)))


def _one(said: list[rdf.Triple], names: tuple[str, ...]) -> rdf.NamedNode | rdf.Literal:
    return next(triple.object for triple in said if triple.predicate.value in names)


def rows(found: Projection, denied: str = "denied") -> Rows:
    """The statements as a table: a denied one says so in this word, and the claims are identifiers."""
    no = rdf.Literal(denied)
    listed = [
        (*s.triple, no if s.denied else None, rdf.Literal(", ".join(curie(claim) for claim in s.claims)))
        for s in found.statements
    ]
    return Rows(("subject", "predicate", "object", "denied", "claims"), listed)


def written(found: Projection, name: str, format: str) -> str:
    """The triples as ``ttl``, ``nt``, ``trig`` or ``nq``; the last two with the name of the view's derived graph."""
    triples = sorted(found.triples, key=str)
    if format == "ttl":
        return format_quads(triples)
    if format == "nt":
        return printable((rdf.serialize(triples, format=rdf.RdfFormat.N_TRIPLES) or b"").decode())
    graph = rdf.NamedNode(f"{DERIVED}view/{quote(name, safe='')}")
    kind = rdf.RdfFormat.TRIG if format == "trig" else rdf.RdfFormat.N_QUADS
    quads = [rdf.Quad(*triple, graph) for triple in triples]
    # Escapes of these formats too, so that the text is exact as well as harmless on a terminal.
    return printable((rdf.serialize(quads, format=kind, prefixes=PREFIXES if format == "trig" else None) or b"").decode())
