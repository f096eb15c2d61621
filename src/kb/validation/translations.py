"""Rules on what is written in English and in Spanish: in these and no other, and whether the two speak of the same, as far as
words can tell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from kb import rdf
from kb.namespaces import ENTITY_KINDS, iri_of, kind_of
from kb.validation import own_rules
from kb.validation.lookups import Lookups
from kb.validation.own_rules import Fault
from kb.validation.words import beginnings, said_in, says, texts, words

_PREFERRED, _ALTERNATIVE, _DEFINITION, _GLOSS = (
    rdf.NamedNode(iri_of(name)) for name in ("skos:prefLabel", "skos:altLabel", "skos:definition", "mm:gloss")
)
_IN_BOTH = frozenset(
    {_PREFERRED, _DEFINITION, _GLOSS, *(rdf.NamedNode(iri_of(name)) for name in ("skos:scopeNote", "rdfs:label"))}
)
"""What is written once in English and once in Spanish."""
_REGISTERED_KINDS = (*ENTITY_KINDS, "concept")
# 6 billion is 6000 millones.
_SCALES = re.compile(r"\b(?:thousands?|mil|mill[ió]|bill[ió]|trill[ió])", re.IGNORECASE)
_JUDGEMENT = ("As a judgement:", "Como juicio:")
"""How the definition of what somebody judges something to be opens."""
_COGNATE = 3
"""Letters that an English and a Spanish word of one origin begin with alike: labour, laboral."""
_SMALL_WORDS = frozenset("ante cada como desde entre esta este esto hasta otra otro para sobre unas unos".split())  # noqa: SIM905
# Their values are told by the verb of a gloss, in many ways.
_TOLD_BY_THE_VERB = frozenset(
    rdf.NamedNode(iri_of(f"mm:{name}"))
    for name in (
        "relation", "causalRelation", "occurrenceType", "manner", "measure", "paymentKind", "role", "ofProgramme", "ofAgreement",
        "ofMission",
    )
)  # fmt: skip


def check(quads: Iterable[rdf.Quad], lookups: Lookups) -> Iterator[Fault]:
    """Where the languages differ among some triples; ``lookups`` has the other language, and what the glosses name."""
    pairs: dict[tuple[rdf.NamedNode, rdf.NamedNode], rdf.Quad] = {}
    spanish: dict[tuple[rdf.NamedNode, rdf.NamedNode], rdf.Quad] = {}
    for quad in quads:
        text = quad.object
        if quad.predicate in _IN_BOTH and isinstance(text, rdf.Literal) and text.language and isinstance(quad.subject, rdf.NamedNode):
            if text.language not in ("en", "es"):
                yield Fault(own_rules.TWO_LANGUAGES, "Violation", quad)
            pairs.setdefault((quad.subject, quad.predicate), quad)
            if text.language == "es":
                spanish.setdefault((quad.subject, quad.predicate), quad)
    for (node, predicate), quad in pairs.items():
        said: dict[str, set[str]] = defaultdict(set)
        for other in lookups.out(node):
            if other.predicate == predicate and isinstance(other.object, rdf.Literal):
                said[other.object.language or ""].add(other.object.value)
        if len(said["en"]) == len(said["es"]) == 1:
            english, castilian = *said["en"], *said["es"]
            if not _same_numbers(english, castilian):
                yield Fault(own_rules.SAME_NUMBERS, "Warning", quad)
            if predicate == _PREFERRED and english.isupper() != castilian.isupper():
                yield Fault(own_rules.CAPITALS, "Warning", quad)
            if predicate == _DEFINITION and english.startswith(_JUDGEMENT[0]) != castilian.startswith(_JUDGEMENT[1]):
                yield Fault(own_rules.SAME_OPENING, "Warning", quad)
    in_slots: dict[rdf.NamedNode, set[str]] = {}
    for (node, predicate), quad in spanish.items():
        kind = kind_of(node.value)
        if predicate == _PREFERRED and kind in _REGISTERED_KINDS and not _label_is_in_use(node, lookups):
            yield Fault(own_rules.OTHER_SPANISH_LABEL, "Warning", quad)
        if predicate == _GLOSS and kind == "proposition" and not _names_its_slots(node, quad.object.value, lookups, in_slots):
            yield Fault(own_rules.OTHER_SPANISH_GLOSS, "Warning", quad)


def _same_numbers(english: str, spanish: str) -> bool:
    """Whether two texts have the same digits in any order; zeros count where no word such as million stands for some."""
    digits = "123456789" if _SCALES.search(english) or _SCALES.search(spanish) else "0123456789"
    one, other = (sorted(c for c in text if c in digits) for text in (english, spanish))
    return one == other


def _label_is_in_use(node: rdf.NamedNode, lookups: Lookups) -> bool:
    """Whether a word of a Spanish label, or its beginning, is in a Spanish gloss that is about the node, in its Spanish
    definition, or much like a word of the English label or of the local name. True where no gloss is about it."""
    said = list(lookups.out(node))
    labels = _spanish_words(said)
    like = {word[:_COGNATE] for text in (*texts(said, _PREFERRED, "en"), node.value.rpartition("/")[2]) for word in words(text)}
    if any(len(word) > _COGNATE and word[:_COGNATE] in like for word in labels):
        return True
    propositions = (quad.subject for quad in lookups.into(node) if isinstance(quad.subject, rdf.NamedNode))
    glosses = (text for one in propositions if kind_of(one.value) == "proposition" for text in texts(lookups.out(one), _GLOSS, "es"))
    sought = beginnings(labels)
    if any(says(text, sought) for text in texts(said, _DEFINITION, "es")):
        return True
    gloss = next(glosses, None)
    return gloss is None or says(gloss, sought) or any(says(text, sought) for text in glosses)


def _names_its_slots(
    proposition: rdf.NamedNode, gloss: str, lookups: Lookups, known: dict[rdf.NamedNode, set[str]]
) -> bool:
    """Whether a Spanish gloss names at least half of the entities and concepts in the slots that have a Spanish label.

    ``known`` keeps what their labels begin with: the same ones are in many slots.
    """
    said = said_in(gloss)
    named = slots = 0
    for quad in lookups.out(proposition):
        value = quad.object
        if quad.predicate in _TOLD_BY_THE_VERB or not isinstance(value, rdf.NamedNode) or kind_of(value.value) not in _REGISTERED_KINDS:
            continue
        if value not in known:
            known[value] = beginnings(_spanish_words(lookups.out(value)))
        if known[value]:
            slots += 1
            named += not said.isdisjoint(known[value])
    return 2 * named >= slots


def _spanish_words(quads: Iterable[rdf.Quad]) -> set[str]:
    """The words of the Spanish labels, without those that any label may have."""
    quads = list(quads)
    found = {word for text in (*texts(quads, _PREFERRED, "es"), *texts(quads, _ALTERNATIVE, "es")) for word in words(text)}
    return found - _SMALL_WORDS or found
