"""Rules on labels that are no shapes, since they look into the words: what SHACL compares are whole values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kb import rdf
from kb.namespaces import CONCEPT_KINDS, ENTITY_KINDS, iri_of, kind_of
from kb.validation import own_rules
from kb.validation.lookups import Lookups
from kb.validation.own_rules import Fault
from kb.validation.words import STEM, texts, words

_PREFERRED, _ALTERNATIVE = rdf.NamedNode(iri_of("skos:prefLabel")), rdf.NamedNode(iri_of("skos:altLabel"))
_PERSON = rdf.NamedNode(iri_of("mm:Person"))
_AS_PRINTED = frozenset({rdf.NamedNode(iri_of("dcterms:title")), _ALTERNATIVE})
_NAMED_KINDS = (*ENTITY_KINDS, *(kind for kind in CONCEPT_KINDS if kind != "scheme"))
# Names may repeat a word (Bora Bora); they have capital letters.
_TWICE = re.compile(r"(?<!\w)([^\W\d_]{2,}) \1(?!\w)")
# A small letter and then capitals, or capitals in a word longer than those made of initials.
_CAPITALS = re.compile(r"\b[a-zß-ÿ][A-ZÀ-Þ]{2}|\b[A-ZÀ-Þ]{8}")
_SMALL_WORDS = frozenset("a and at by for from in of on the to with".split())  # noqa: SIM905 - a list to read


def check(quads: Iterable[rdf.Quad], lookups: Lookups) -> Iterator[Fault]:
    """What is wrong with the labels and texts among some triples; ``lookups`` has the other labels."""
    labelled: dict[rdf.NamedNode, rdf.Quad] = {}
    for quad in quads:
        text = quad.object
        if not isinstance(text, rdf.Literal) or not text.language or not isinstance(quad.subject, rdf.NamedNode):
            continue
        if quad.predicate not in _AS_PRINTED and any(match[1].islower() for match in _TWICE.finditer(text.value)):
            yield Fault(own_rules.WORD_TWICE, "Warning", quad)
        if quad.predicate == _PREFERRED and text.language == "en" and kind_of(quad.subject.value) in _NAMED_KINDS:
            labelled.setdefault(quad.subject, quad)
        if quad.predicate in (_PREFERRED, _ALTERNATIVE) and _CAPITALS.search(text.value):
            yield Fault(own_rules.CAPITALS, "Warning", quad)
        if quad.predicate == _ALTERNATIVE and not _is_of_the_same(quad.subject, text.value, lookups):
            yield Fault(own_rules.ALTERNATIVE_OF_ANOTHER, "Warning", quad)
    for node, quad in labelled.items():
        if not _shares_a_word(node, lookups):
            yield Fault(own_rules.OTHER_NAME, "Warning", quad)


def _is_of_the_same(node: rdf.NamedNode, label: str, lookups: Lookups) -> bool:
    """Whether an alternative label has the name of the person, and no number that is in no other label."""
    numbers = set(re.findall(r"\d+", label))
    if not numbers and kind_of(node.value) != "actor":
        return True
    said = list(lookups.out(node))
    others = [node.value.rpartition("/")[2]]
    for quad in said:
        if quad.predicate in (_PREFERRED, _ALTERNATIVE) and quad.object.value != label:
            others.append(quad.object.value)
    if numbers and not numbers <= set(re.findall(r"\d+", " ".join(others))):
        return False
    if not any(quad.predicate == rdf.RDF_TYPE and quad.object == _PERSON for quad in said):
        return True
    names = {word for other in others for word in words(other) if len(word) > 2}
    return not names.isdisjoint(words(label))


def _shares_a_word(node: rdf.NamedNode, lookups: Lookups) -> bool:
    """Whether the local name has a word, or the beginning of one, of the English label or of an alternative one."""
    name = set(node.value.rpartition("/")[2].split("-"))
    name = name - _SMALL_WORDS or name
    said = list(lookups.out(node))
    labels = [*texts(said, _PREFERRED, "en"), *(quad.object.value for quad in said if quad.predicate == _ALTERNATIVE)]
    return any(
        word in name or (len(word) >= STEM and any(other.startswith(word[:STEM]) for other in name))
        for label in labels
        for word in words(label)
    )
