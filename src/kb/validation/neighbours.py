"""Rules that are no shapes, since they look at what surrounds a node whatever the property: is everything that is named
described, is every entry of the registers used, and is a text as ``kb document add`` wrote it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb import rdf
from kb.namespaces import ENTITY_KINDS, ID, SHAPES, iri_of, kind_of
from kb.texts.seal import SEAL, UNSEALED, seal
from kb.validation.lookups import Lookups, Node, describes
from kb.validation.shapes import Rule

_SOURCE, _SELECTOR = rdf.NamedNode(iri_of("oa:hasSource")), rdf.NamedNode(iri_of("oa:hasSelector"))
_MARKER_IN, _REFERENCE_IN = rdf.NamedNode(iri_of("mm:markerIn")), rdf.NamedNode(iri_of("mm:referenceIn"))
_REVISION = rdf.NamedNode(iri_of("prov:wasRevisionOf"))
_SEALED_KINDS = ("text", "passage", "selector", "marker", "reference")
_REGISTERED_KINDS = (*ENTITY_KINDS, "concept")

SEALED = Rule(
    f"{SHAPES}SealedText",
    {"en": "Sealed texts", "es": "Textos sellados"},
    {"en": "The passages, positions, markers and references of a text are as kb document add wrote them.",
     "es": "Los pasajes, posiciones, llamadas y referencias de un texto están como los escribió kb document add."},
    {"en": "text.ttl is generated, and something in it was changed, added or taken away by hand. Run kb document add on the text again; what a rule gets wrong goes into partition.toml.",
     "es": "text.ttl se genera, y algo en él se cambió, añadió o quitó a mano. Ejecute de nuevo kb document add con el texto; lo que una regla haga mal va en partition.toml."},
)  # fmt: skip
DESCRIBED = Rule(
    f"{SHAPES}DescribedNode",
    {"en": "Things that are described", "es": "Cosas descritas"},
    {"en": "Whatever an identifier of the project names is described somewhere.",
     "es": "Todo lo que nombra un identificador del proyecto está descrito en algún lugar."},
    {"en": "Look for a misspelt name, or describe the thing: an entity or concept in data/registers/, anything else in the document's folder.",
     "es": "Busque un nombre mal escrito o describa la cosa: una entidad o un concepto en data/registers/, lo demás en la carpeta del documento."},
)  # fmt: skip
USED = Rule(
    f"{SHAPES}UsedEntry",
    {"en": "Entries of the registers in use", "es": "Entradas de los registros en uso"},
    {"en": "Something should refer to each entity and each concept of the registers.",
     "es": "Algo debería referirse a cada entidad y a cada concepto de los registros."},
    {"en": "Either a statement names another one by mistake, or this one is left over. Look for the statement, or take the entry away. Asked only of the whole knowledge base.",
     "es": "O bien un enunciado nombra otra por error, o bien esta sobra. Busque el enunciado o quite la entrada. Solo se pide a la base de conocimiento entera."},
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What a rule objects to; ``triple`` is as much of a triple as is concerned."""

    rule: Rule
    severity: str
    triple: tuple


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
            yield Fault(DESCRIBED, "Violation", (quad.subject, quad.predicate, node))


def unused(nodes: Iterable[Node], lookups: Lookups) -> Iterator[Fault]:
    """The entities and concepts among some nodes that are the object of nothing; ``lookups`` must be everything."""
    registered = (n for n in nodes if isinstance(n, rdf.NamedNode) and kind_of(n.value) in _REGISTERED_KINDS)
    for node in sorted(registered, key=str):
        if next(iter(lookups.into(node)), None) is None:
            yield Fault(USED, "Warning", (node,))


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
            stated = {quad.object for quad in statements if quad.subject == text and quad.predicate == SEAL}
            if stated and stated != {rdf.Literal(seal(statements))}:
                yield Fault(SEALED, "Violation", (text, SEAL, min(stated, key=str)))


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
