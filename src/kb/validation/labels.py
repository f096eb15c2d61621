"""Rules on labels that are no shapes, since they look into the words: what SHACL compares are whole values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kb import rdf
from kb.namespaces import CONCEPT_KINDS, ENTITY_KINDS, iri_of, kind_of
from kb.validation import own_rules
from kb.validation.lookups import Lookups
from kb.validation.own_rules import Fault
from kb.validation.words import STEM, beginnings, says, texts, words

_PREFERRED, _ALTERNATIVE = rdf.NamedNode(iri_of("skos:prefLabel")), rdf.NamedNode(iri_of("skos:altLabel"))
_PERSON = rdf.NamedNode(iri_of("mm:Person"))
_LABELS = frozenset({_PREFERRED, _ALTERNATIVE})
_AS_PRINTED = rdf.NamedNode(iri_of("dcterms:title"))
_NAMED_KINDS = (*ENTITY_KINDS, *(kind for kind in CONCEPT_KINDS if kind != "scheme"))
_TWICE = re.compile(r"(?<!\w)([^\W\d_]{2,}) \1(?!\w)")
# A small letter and then capitals, or capitals in a word longer than those made of initials.
_CAPITALS = re.compile(r"\b[a-zß-ÿ][A-ZÀ-Þ]{2}|\b[A-ZÀ-Þ]{8}")
_LONGEST_NAME = 8
"""Words of a name that is looked for within a label."""
_SMALL_WORDS = frozenset("a and at by for from in of on the to with".split())  # noqa: SIM905 - a list to read


def check(quads: Iterable[rdf.Quad], lookups: Lookups) -> Iterator[Fault]:
    """What is wrong with the labels and texts among some triples; ``lookups`` has the other labels."""
    labelled: dict[rdf.NamedNode, rdf.Quad] = {}
    for quad in quads:
        text = quad.object
        if not isinstance(text, rdf.Literal) or not text.language or not isinstance(quad.subject, rdf.NamedNode):
            continue
        if quad.predicate != _AS_PRINTED and _has_a_word_twice(quad):
            yield Fault(own_rules.WORD_TWICE, "Warning", quad)
        if quad.predicate == _PREFERRED and text.language == "en" and kind_of(quad.subject.value) in _NAMED_KINDS:
            labelled.setdefault(quad.subject, quad)
        if quad.predicate in _LABELS and _CAPITALS.search(text.value):
            yield Fault(own_rules.CAPITALS, "Warning", quad)
        if quad.predicate == _ALTERNATIVE and not _is_of_the_same(quad.subject, text, lookups):
            yield Fault(own_rules.ALTERNATIVE_OF_ANOTHER, "Warning", quad)
    for node, quad in labelled.items():
        if not _shares_a_word(node, lookups):
            yield Fault(own_rules.OTHER_NAME, "Warning", quad)


def _has_a_word_twice(quad: rdf.Quad) -> bool:
    """Whether a word stands twice in a row. Names have capital letters and may repeat a word, which their identifier then
    repeats as well (Bora Bora)."""
    name = quad.subject.value.rpartition("/")[2]
    for match in _TWICE.finditer(quad.object.value):
        same = "-".join(words(match[1]) * 2)
        if match[1].islower() or (quad.predicate in _LABELS and same not in name):
            return True
    return False


def _is_of_the_same(node: rdf.NamedNode, label: rdf.Literal, lookups: Lookups) -> bool:
    """Whether an alternative label has the name of the person, no number that is in no other label, and something in common
    with the other labels where it is another thing's label, too."""
    said = list(lookups.out(node))
    others = [node.value.rpartition("/")[2]]
    for quad in said:
        if quad.predicate in _LABELS and quad.object.value != label.value:
            others.append(quad.object.value)
    numbers = set(re.findall(r"\d+", label.value))
    if numbers and not numbers <= set(re.findall(r"\d+", " ".join(others))):
        return False
    names = {word for other in others for word in words(other) if len(word) > 2}
    its_words = words(label.value)
    if _is_a_person(said):
        return not names.isdisjoint(its_words)
    sought = beginnings(its_words)
    return any(says(other, sought) for other in others) or not _is_of_another(node, label, lookups)


def _is_a_person(said: Iterable[rdf.Quad]) -> bool:
    return any(quad.predicate == rdf.RDF_TYPE and quad.object == _PERSON for quad in said)


def _is_of_another(node: rdf.NamedNode, label: rdf.Literal, lookups: Lookups) -> bool:
    """Whether a label is another thing's, or has the preferred label of one of the same kind within it. Places are left out beside
    actors: a government is called by the name of its seat."""
    kind = kind_of(node.value)
    for text in _parts(label.value):
        for quad in lookups.into(rdf.Literal(text, language=label.language)):
            other = kind_of(quad.subject.value) if isinstance(quad.subject, rdf.NamedNode) else None
            if quad.subject == node or quad.predicate not in _LABELS or other is None or {kind, other} == {"actor", "place"}:
                continue
            if text == label.value or (kind == other and kind in ENTITY_KINDS and quad.predicate == _PREFERRED):
                return True
    return False


def _parts(text: str) -> Iterator[str]:
    """A label, and what is left of it without words at its beginning or end, up to as many words as a name has."""
    yield text
    found = text.split()
    for start in range(len(found)):
        for end in range(start + 1, min(start + _LONGEST_NAME, len(found)) + 1):
            yield " ".join(found[start:end])


def _shares_a_word(node: rdf.NamedNode, lookups: Lookups) -> bool:
    """Whether the local name has a word, or the beginning of one, of the English label or, but for a person, of an alternative
    one."""
    name = set(node.value.rpartition("/")[2].split("-"))
    name = name - _SMALL_WORDS or name
    said = list(lookups.out(node))
    labels = [*texts(said, _PREFERRED, "en")]
    if not _is_a_person(said):
        labels += [quad.object.value for quad in said if quad.predicate == _ALTERNATIVE]
    return any(
        word in name or (len(word) >= STEM and any(other.startswith(word[:STEM]) for other in name))
        for label in labels
        for word in words(label)
    )
