"""The seal of a text: one digest of all that ``kb document add`` states of it, so that a change made by hand is told.

It is the SHA-256 of one line for each statement, in code-point order: the statement in N-Triples, but a literal without its
datatype, since stores rewrite some. Classes are left out, as the shapes see to them, and what curators add. So neither the order
and the spelling of the file count, nor its prefixes and comments.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from kb import rdf
from kb.namespaces import iri_of

SEAL = rdf.NamedNode(iri_of("mm:passagesSha256"))

UNSEALED = frozenset(
    rdf.NamedNode(iri_of(name)) for name in ("rdf:type", "mm:noClaimReason", "biro:references", "mm:declaredDuplicateOf")
)
"""Classes, which other files repeat, and what curators add there to passages and references."""


def seal(statements: Iterable[rdf.Quad]) -> str:
    """The digest, in lower-case hexadecimal, of the statements on one text; what is not sealed is left out."""
    lines = {_line(quad) for quad in statements if quad.predicate != SEAL and quad.predicate not in UNSEALED}
    return sha256("".join(sorted(lines)).encode("utf-8")).hexdigest()


def _line(quad: rdf.Quad) -> str:
    value = rdf.Literal(quad.object.value) if isinstance(quad.object, rdf.Literal) else quad.object
    return f"{quad.subject} {quad.predicate} {value} .\n"
