"""The knowledge base as a view has it: without the claims that it does not accept, and without what only those say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from kb import rdf
from kb.namespaces import iri_of
from kb.project import Project
from kb.sources import MemorySource
from kb.views.choice import Choice, accepted, choices

_CLAIM = rdf.NamedNode(iri_of("mm:Claim"))
_CONTENT = (rdf.NamedNode(iri_of("mm:Proposition")), rdf.NamedNode(iri_of("mm:Figure")))
_LINKS = tuple(rdf.NamedNode(iri_of(name)) for name in ("mm:fromClaim", "mm:toClaim", "mm:ofClaim"))


def narrowing(project: Project, views: Sequence[str], lang: str = "en") -> Callable[[MemorySource], MemorySource] | None:
    """What narrows a source to what these views accept, see ``choices`` and ``narrowed``; None where there are none."""
    if not views:
        return None
    chosen = choices(project, views)
    return lambda source: narrowed(source, chosen, lang)


def narrowed(source: MemorySource, chosen: Sequence[Choice], lang: str = "en") -> MemorySource:
    """The source without what the views do not accept; it is changed, and given back.

    Away go the other claims, the links and status records of them, mentions of them, and the propositions and figures that
    no accepted claim leads to. Texts, registers and the ontology stay whole. Raises UsageError, see ``accepted``.
    """
    wanted = {rdf.NamedNode(iri) for iri in accepted(source, chosen, lang)}
    store = source.engine
    gone = _instances(store, _CLAIM) - wanted
    for link in _LINKS:
        gone |= {quad.subject for claim in gone.copy() for quad in store.quads_for_pattern(None, link, claim, None)}
    content = set().union(*(_instances(store, kind) for kind in _CONTENT))
    gone |= content - _led_to(store, wanted, content)
    for node in gone:
        for pattern in ((node, None, None, None), (None, None, node, None)):
            for quad in list(store.quads_for_pattern(*pattern)):
                store.remove(quad)
    return source


def _instances(store: rdf.Store, kind: rdf.NamedNode) -> set:
    return {quad.subject for quad in store.quads_for_pattern(None, rdf.RDF_TYPE, kind, None)}


def _led_to(store: rdf.Store, claims: Iterable[rdf.NamedNode], content: set) -> set:
    """The content that claims lead to, directly or by way of other content, but not by way of other claims."""
    found: set = set()
    waiting = list(claims)
    while waiting:
        node = waiting.pop()
        for quad in store.quads_for_pattern(node, None, None, None):
            if quad.object in content and quad.object not in found:
                found.add(quad.object)
                waiting.append(quad.object)
    return found
