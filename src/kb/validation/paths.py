"""SHACL property paths: as people write them, and as the triples of a report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb import rdf
from kb.namespaces import PREFIXES, curie

_SH, _RDF = PREFIXES["sh"], PREFIXES["rdf"]
UNARY = {"^": "inversePath", "*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}
"""SPARQL's operator to SHACL's property."""


@dataclass(frozen=True)
class Path:
    """A property path: an IRI (operator empty), or an operator of SPARQL's (``^ * + ? / |``) on other paths."""

    operator: str
    parts: tuple[str | Path, ...]

    @property
    def iri(self) -> str | None:
        """The property's IRI where the path is one property."""
        return str(self.parts[0]) if not self.operator else None

    def incoming(self) -> list[str]:
        """The properties of a path that leads backwards alone, by one property or by any of several; else none."""
        if self.operator == "^" and isinstance(self.parts[0], Path) and self.parts[0].iri:
            return [self.parts[0].iri]
        if self.operator != "|":
            return []
        found = [part.incoming() for part in self.parts if isinstance(part, Path)]
        return [iri for part in found for iri in part] if all(found) else []

    def comes_back(self) -> str | None:
        """The property of a path that follows one, backwards or forwards, any number of times."""
        inner = self.parts[0]
        if self.operator != "+" or not isinstance(inner, Path):
            return None
        return inner.iri or next(iter(inner.incoming()), None)

    def __str__(self) -> str:
        """As in SPARQL, with the project's prefixes."""
        if not self.operator:
            return curie(str(self.parts[0]))
        inner = [f"({part})" if isinstance(part, Path) and part.operator else str(part) for part in self.parts]
        if self.operator == "^":
            return f"^{inner[0]}"
        return inner[0] + self.operator if self.operator in UNARY else self.operator.join(inner)

    def triples(self) -> tuple[rdf.NamedNode | rdf.BlankNode, Iterator[rdf.Triple]]:
        """The node that stands for the path in a graph, and the triples that describe it."""
        if not self.operator:
            return rdf.NamedNode(str(self.parts[0])), iter(())
        node = rdf.BlankNode()
        return node, self._describe(node)

    def _describe(self, node: rdf.BlankNode) -> Iterator[rdf.Triple]:
        members = []
        for part in self.parts:
            assert isinstance(part, Path)
            member, described = part.triples()
            members.append(member)
            yield from described
        if self.operator in UNARY:
            yield rdf.Triple(node, rdf.NamedNode(_SH + UNARY[self.operator]), members[0])
            return
        cell = node
        if self.operator == "|":
            cell = rdf.BlankNode()
            yield rdf.Triple(node, rdf.NamedNode(f"{_SH}alternativePath"), cell)
        for index, member in enumerate(members):
            rest = rdf.BlankNode() if index < len(members) - 1 else rdf.NamedNode(f"{_RDF}nil")
            yield rdf.Triple(cell, rdf.NamedNode(f"{_RDF}first"), member)
            yield rdf.Triple(cell, rdf.NamedNode(f"{_RDF}rest"), rest)
            cell = rest
