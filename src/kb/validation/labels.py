"""Rules on labels and definitions that are no shapes, since they look into the words: what SHACL compares are whole values."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from kb import rdf
from kb.namespaces import CONCEPT_KINDS, ENTITY_KINDS, SHAPES, iri_of, kind_of
from kb.validation.lookups import Lookups
from kb.validation.neighbours import Fault
from kb.validation.shapes import Rule

_PREFERRED, _ALTERNATIVE = rdf.NamedNode(iri_of("skos:prefLabel")), rdf.NamedNode(iri_of("skos:altLabel"))
_IN_BOTH = frozenset(
    rdf.NamedNode(iri_of(name)) for name in ("skos:prefLabel", "skos:definition", "skos:scopeNote", "mm:gloss", "rdfs:label")
)
"""What is written once in English and once in Spanish."""
_AS_PRINTED = frozenset({rdf.NamedNode(iri_of("dcterms:title")), _ALTERNATIVE})
_NAMED_KINDS = (*ENTITY_KINDS, *(kind for kind in CONCEPT_KINDS if kind != "scheme"))
# Names may repeat a word (Bora Bora); they have capital letters.
_TWICE = re.compile(r"(?<!\w)([^\W\d_]{2,}) \1(?!\w)")
_STEM = 4
_SMALL_WORDS = frozenset("a and at by for from in of on the to with".split())  # noqa: SIM905 - a list to read

LANGUAGE = Rule(
    f"{SHAPES}TwoLanguages",
    {"en": "English and Spanish", "es": "Inglés y español"},
    {"en": "A label, definition, note or gloss for all readers has the language tag en or es, without a region.",
     "es": "Una etiqueta, definición, nota o glosa para todos los lectores lleva la etiqueta de lengua en o es, sin región."},
    {"en": "Queries ask for en and es, and pass over en-GB. Write \"…\"@en or \"…\"@es.",
     "es": "Las consultas piden en y es, y no ven en-GB. Escriba \"…\"@en o \"…\"@es."},
)  # fmt: skip
NUMBERS = Rule(
    f"{SHAPES}SameNumbers",
    {"en": "Numbers in both languages", "es": "Números en ambas lenguas"},
    {"en": "The English and the Spanish text should have the same numbers.",
     "es": "El texto inglés y el español deberían tener los mismos números."},
    {"en": "A translation keeps the numbers. Compare the two; leave them where one language writes a number in words. Zeros are not compared: 6 billion is 6000 millones.",
     "es": "Una traducción conserva los números. Compare los dos textos; déjelos si una lengua escribe un número con palabras. Los ceros no se comparan: 6 billion son 6000 millones."},
)  # fmt: skip
TWICE = Rule(
    f"{SHAPES}NoWordTwice",
    {"en": "No word twice", "es": "Ninguna palabra repetida"},
    {"en": "No word should stand twice in a row.", "es": "Ninguna palabra debería ir dos veces seguidas."},
    {"en": "It is mostly a slip of the pen. Take one of the two away.", "es": "Casi siempre es un desliz. Quite una de las dos."},
)  # fmt: skip
NAMED = Rule(
    f"{SHAPES}NamedAfterLabel",
    {"en": "Identifiers made from labels", "es": "Identificadores hechos con etiquetas"},
    {"en": "The identifier of an entity or concept should share a word with one of its labels.",
     "es": "El identificador de una entidad o un concepto debería compartir una palabra con alguna de sus etiquetas."},
    {"en": "Either the label is of something else, or it has changed since. Correct it; if it is right, add a skos:altLabel with the words of the identifier, which stays as it is.",
     "es": "O bien la etiqueta es de otra cosa, o bien ha cambiado desde entonces. Corríjala; si es correcta, añada una skos:altLabel con las palabras del identificador, que se queda como está."},
)  # fmt: skip


def check(quads: Iterable[rdf.Quad], lookups: Lookups) -> Iterator[Fault]:
    """What is wrong with the labels and texts among some triples; ``lookups`` has the other language and the other labels."""
    labelled: dict[rdf.NamedNode, rdf.Quad] = {}
    pairs: dict[tuple, rdf.Quad] = {}
    for quad in quads:
        text = quad.object
        if not isinstance(text, rdf.Literal) or not text.language or not isinstance(quad.subject, rdf.NamedNode):
            continue
        triple = (quad.subject, quad.predicate, text)
        if quad.predicate in _IN_BOTH:
            pairs.setdefault((quad.subject, quad.predicate), quad)
            if text.language not in ("en", "es"):
                yield Fault(LANGUAGE, "Violation", triple)
        if quad.predicate not in _AS_PRINTED and any(match[1].islower() for match in _TWICE.finditer(text.value)):
            yield Fault(TWICE, "Warning", triple)
        if quad.predicate == _PREFERRED and text.language == "en" and kind_of(quad.subject.value) in _NAMED_KINDS:
            labelled.setdefault(quad.subject, quad)
    for (node, predicate), quad in pairs.items():
        digits = defaultdict(set)
        for other in lookups.out(node):
            if other.predicate == predicate and isinstance(other.object, rdf.Literal):
                digits[other.object.language].add("".join(sorted(c for c in other.object.value if c in "123456789")))
        if len(digits["en"]) == len(digits["es"]) == 1 and digits["en"] != digits["es"]:
            yield Fault(NUMBERS, "Warning", (node, predicate, quad.object))
    for node, quad in labelled.items():
        if not _shares_a_word(node, lookups):
            yield Fault(NAMED, "Warning", (node, quad.predicate, quad.object))


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


def _words(text: str) -> list[str]:
    """The words of a text in lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall("[a-z0-9]+", plain)
