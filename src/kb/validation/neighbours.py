"""Rules that are no shapes, since they look at what surrounds a node whatever the property: is everything that is named
described, is every entry of the registers used, and is a text as ``kb document add`` wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kb import rdf
from kb.namespaces import ENTITY_KINDS, ID, iri_of, kind_of
from kb.texts.seal import SEAL, UNSEALED, seal
from kb.validation import own_rules
from kb.validation.lookups import Lookups, Node, describes
from kb.validation.own_rules import Fault

_SOURCE, _SELECTOR = rdf.NamedNode(iri_of("oa:hasSource")), rdf.NamedNode(iri_of("oa:hasSelector"))
_MARKER_IN, _REFERENCE_IN = rdf.NamedNode(iri_of("mm:markerIn")), rdf.NamedNode(iri_of("mm:referenceIn"))
_REVISION = rdf.NamedNode(iri_of("prov:wasRevisionOf"))
_SEALED_KINDS = ("text", "passage", "selector", "marker", "reference")
_REGISTERED_KINDS = (*ENTITY_KINDS, "concept")


def undescribed(quads: Iterable[rdf.Quad], lookups: Lookups) -> Iterator[Fault]:
    """The triples whose object is an identifier of the project that nothing describes."""
    described: dict[Node, bool] = {}
    for quad in quads:
        node = quad.object
        if not isinstance(node, rdf.NamedNode) or not node.value.startswith(ID):
            continue
        if node not in described:
            described[node] = describes(lookups, node)
        if not described[node]:
            yield Fault(own_rules.UNDESCRIBED, "Violation", quad)


def unused(quads: Iterable[rdf.Quad], lookups: Lookups) -> Iterator[Fault]:
    """The entities and concepts that some triples describe and that are the object of nothing; ``lookups`` must be everything."""
    registered: dict[Node, rdf.Quad] = {}
    for quad in quads:
        if quad.subject not in registered and isinstance(quad.subject, rdf.NamedNode):
            registered[quad.subject] = quad
    for node, quad in registered.items():
        if kind_of(node.value) in _REGISTERED_KINDS and next(iter(lookups.into(node)), None) is None:
            yield Fault(own_rules.UNUSED, "Warning", quad, part="subject")


def unsealed(quads: Iterable[rdf.Quad], lookups: Lookups) -> Iterator[Fault]:
    """The texts of which some triples say something that is sealed, and whose seal is not that of their statements.

    A text without a seal is left to the shapes.
    """
    kinds: dict[Node, bool] = {}
    touched: dict[Node, None] = {}
    for quad in quads:
        node = quad.subject
        if node not in kinds:
            kinds[node] = isinstance(node, rdf.NamedNode) and kind_of(node.value) in _SEALED_KINDS
        if kinds[node] and quad.predicate not in UNSEALED:
            touched[node] = None
    covered: set[Node] = set()
    texts: set[Node] = set()
    for node in touched:
        if node in covered:
            continue
        for text in sorted(_texts_of(node, lookups) - texts, key=str):
            texts.add(text)
            statements = list(_statements(text, lookups))
            covered.update(quad.subject for quad in statements)
            stated = [quad for quad in statements if quad.subject == text and quad.predicate == SEAL]
            if stated and {quad.object for quad in stated} != {rdf.Literal(seal(statements))}:
                yield Fault(own_rules.UNSEALED, "Violation", stated[0])


def _texts_of(node: rdf.NamedNode, lookups: Lookups) -> set[rdf.NamedNode]:
    """The text versions whose seal covers what is said of a node."""
    found: set[rdf.NamedNode] = set()
    seen: set[Node] = set()
    waiting: list[Node] = [node]
    while waiting:
        node = waiting.pop()
        if node in seen or not isinstance(node, rdf.NamedNode):
            continue
        seen.add(node)
        if kind_of(node.value) == "text":
            found.add(node)
            waiting += [quad.subject for quad in lookups.into(node, _REVISION)]
            continue
        waiting += [quad.object for quad in lookups.out(node) if quad.predicate in (_SOURCE, _MARKER_IN, _REFERENCE_IN)]
        waiting += [quad.subject for quad in lookups.into(node, _SELECTOR)]
    return found


def _statements(text: rdf.NamedNode, lookups: Lookups) -> Iterator[rdf.Quad]:
    """All that is said of a text version and those before it, of its passages, their positions, markers and references."""
    versions: list[Node] = [text]
    for version in versions:
        for quad in lookups.out(version):
            yield quad
            if quad.predicate == _REVISION and quad.object not in versions:
                versions.append(quad.object)
    passages = {quad.subject for quad in lookups.into(text, _SOURCE)}
    hanging = {quad.subject for passage in passages for into in (_MARKER_IN, _REFERENCE_IN) for quad in lookups.into(passage, into)}
    for node in passages | hanging:
        for quad in lookups.out(node):
            yield quad
            if quad.predicate == _SELECTOR:
                yield from lookups.out(quad.object)
