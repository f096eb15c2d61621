"""Rules on labels and definitions that are no shapes, since they look into the words: what SHACL compares are whole values."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from kb import rdf
from kb.namespaces import CONCEPT_KINDS, ENTITY_KINDS, iri_of, kind_of
from kb.validation import own_rules
from kb.validation.lookups import Lookups
from kb.validation.own_rules import Fault

_PREFERRED, _ALTERNATIVE = rdf.NamedNode(iri_of("skos:prefLabel")), rdf.NamedNode(iri_of("skos:altLabel"))
_IN_BOTH = frozenset(
    rdf.NamedNode(iri_of(name)) for name in ("skos:prefLabel", "skos:definition", "skos:scopeNote", "mm:gloss", "rdfs:label")
)
"""What is written once in English and once in Spanish."""
_AS_PRINTED = frozenset({rdf.NamedNode(iri_of("dcterms:title")), _ALTERNATIVE})
_NAMED_KINDS = (*ENTITY_KINDS, *(kind for kind in CONCEPT_KINDS if kind != "scheme"))
_REGISTERED_KINDS = (*ENTITY_KINDS, "concept")
# Names may repeat a word (Bora Bora); they have capital letters.
_TWICE = re.compile(r"(?<!\w)([^\W\d_]{2,}) \1(?!\w)")
# 6 billion is 6000 millones.
_SCALES = re.compile(r"\b(?:thousands?|mil|mill[ió]|bill[ió]|trill[ió])", re.IGNORECASE)
_STEM = 4
_COGNATE = 3
"""Letters that an English and a Spanish word of one origin begin with alike: labour, laboral."""
_SMALL_WORDS = frozenset("a and at by for from in of on the to with".split())  # noqa: SIM905 - lists to read
_SMALL_SPANISH_WORDS = frozenset("ante cada como desde entre esta este esto hasta otra otro para sobre unas unos".split())  # noqa: SIM905
_GLOSS, _DEFINITION = rdf.NamedNode(iri_of("mm:gloss")), rdf.NamedNode(iri_of("skos:definition"))


def check(quads: Iterable[rdf.Quad], lookups: Lookups) -> Iterator[Fault]:
    """What is wrong with the labels and texts among some triples; ``lookups`` has the other language and the other labels."""
    labelled: dict[rdf.NamedNode, rdf.Quad] = {}
    in_spanish: dict[rdf.NamedNode, rdf.Quad] = {}
    pairs: dict[tuple, rdf.Quad] = {}
    for quad in quads:
        text = quad.object
        if not isinstance(text, rdf.Literal) or not text.language or not isinstance(quad.subject, rdf.NamedNode):
            continue
        if quad.predicate in _IN_BOTH:
            pairs.setdefault((quad.subject, quad.predicate), quad)
            if text.language not in ("en", "es"):
                yield Fault(own_rules.TWO_LANGUAGES, "Violation", quad)
        if quad.predicate not in _AS_PRINTED and any(match[1].islower() for match in _TWICE.finditer(text.value)):
            yield Fault(own_rules.WORD_TWICE, "Warning", quad)
        if quad.predicate == _PREFERRED and text.language == "en" and kind_of(quad.subject.value) in _NAMED_KINDS:
            labelled.setdefault(quad.subject, quad)
        if quad.predicate == _PREFERRED and text.language == "es" and kind_of(quad.subject.value) in _REGISTERED_KINDS:
            in_spanish.setdefault(quad.subject, quad)
    for (node, predicate), quad in pairs.items():
        texts = defaultdict(set)
        for other in lookups.out(node):
            if other.predicate == predicate and isinstance(other.object, rdf.Literal):
                texts[other.object.language].add(other.object.value)
        if len(texts["en"]) == len(texts["es"]) == 1 and not _same_numbers(*texts["en"], *texts["es"]):
            yield Fault(own_rules.SAME_NUMBERS, "Warning", quad)
    for node, quad in labelled.items():
        if not _shares_a_word(node, lookups):
            yield Fault(own_rules.OTHER_NAME, "Warning", quad)
    for node, quad in in_spanish.items():
        if not _is_said_in_spanish(node, lookups):
            yield Fault(own_rules.OTHER_SPANISH_LABEL, "Warning", quad)


def _same_numbers(english: str, spanish: str) -> bool:
    """Whether two texts have the same digits in any order; zeros count where no word such as million stands for some."""
    digits = "123456789" if _SCALES.search(english) or _SCALES.search(spanish) else "0123456789"
    one, other = (sorted(c for c in text if c in digits) for text in (english, spanish))
    return one == other


def _shares_a_word(node: rdf.NamedNode, lookups: Lookups) -> bool:
    """Whether the local name has a word, or the beginning of one, of the English label or of an alternative one."""
    name = set(node.value.rpartition("/")[2].split("-"))
    name = name - _SMALL_WORDS or name
    for quad in lookups.out(node):
        text = quad.object
        english = quad.predicate == _PREFERRED and isinstance(text, rdf.Literal) and text.language == "en"
        if english or quad.predicate == _ALTERNATIVE:
            for word in _words(text.value):
                if word in name or (len(word) >= _STEM and any(other.startswith(word[:_STEM]) for other in name)):
                    return True
    return False


def _is_said_in_spanish(node: rdf.NamedNode, lookups: Lookups) -> bool:
    """Whether a word of a Spanish label, or its beginning, is in the Spanish definition, in a Spanish gloss that is about the
    node, or much like a word of the English label or of the local name. True where there is no Spanish text to look into."""
    said = list(lookups.out(node))
    labels = {word for text in (*_in(said, _PREFERRED, "es"), *_in(said, _ALTERNATIVE, "es")) for word in _words(text)}
    labels = labels - _SMALL_SPANISH_WORDS or labels
    like = {word[:_COGNATE] for text in (*_in(said, _PREFERRED, "en"), node.value.rpartition("/")[2]) for word in _words(text)}
    if any(len(word) > _COGNATE and word[:_COGNATE] in like for word in labels):
        return True
    begins = {word[:_STEM] for word in labels if len(word) >= _STEM} or labels
    propositions = (quad.subject for quad in lookups.into(node) if isinstance(quad.subject, rdf.NamedNode))
    glosses = (text for one in propositions if kind_of(one.value) == "proposition" for text in _in(lookups.out(one), _GLOSS, "es"))
    looked_at = False
    for text in itertools.chain(_in(said, _DEFINITION, "es"), glosses):
        looked_at = True
        words = set(_words(text))
        if begins & words or begins & {word[:_STEM] for word in words}:
            return True
    return not looked_at


def _in(quads: Iterable[rdf.Quad], predicate: rdf.NamedNode, language: str) -> Iterator[str]:
    """The texts of a property in a language."""
    for quad in quads:
        if quad.predicate == predicate and isinstance(quad.object, rdf.Literal) and quad.object.language == language:
            yield quad.object.value


def _words(text: str) -> list[str]:
    """The words of a text in lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall("[a-z0-9]+", plain)
