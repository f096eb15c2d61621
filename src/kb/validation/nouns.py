"""What things are called inside a sentence of a report: kinds of node, classes, datatypes, languages; in English and Spanish."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kb import rdf
from kb.namespaces import ID, PREFIXES, curie
from kb.validation.lookups import Lookups, Node
from kb.validation.shapes import Messages, in_language

_XSD, _RDFS, _OWL = PREFIXES["xsd"], PREFIXES["rdfs"], PREFIXES["owl"]
LANG_STRING = f"{PREFIXES['rdf']}langString"
STRING = f"{_XSD}string"
EDTF = f"{PREFIXES['edtf']}EDTF"
_LABEL = f"{_RDFS}label"
_ABOVE = rdf.NamedNode(f"{_RDFS}subClassOf")
_MOST = 8
"""Values that a sentence lists."""

_NUMBERS = frozenset(
    f"{_XSD}{name}"
    for name in (
        "integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger",
        "nonPositiveInteger", "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte",
    )
)  # fmt: skip
_DATATYPES: dict[str, tuple[str, str]] = {
    STRING: ("a text in quotes", "un texto entre comillas"),
    LANG_STRING: ("a text with a language tag", "un texto con etiqueta de lengua"),
    f"{_XSD}integer": ("a whole number", "un número entero"),
    f"{_XSD}nonNegativeInteger": ("a whole number from 0 on", "un número entero desde 0"),
    f"{_XSD}positiveInteger": ("a whole number from 1 on", "un número entero desde 1"),
    f"{_XSD}decimal": ("a decimal number", "un número decimal"),
    f"{_XSD}double": ("a number", "un número"),
    f"{_XSD}float": ("a number", "un número"),
    f"{_XSD}boolean": ("true or false", "true o false"),
    f"{_XSD}date": ("a date", "una fecha"),
    f"{_XSD}dateTime": ("a date with a time", "una fecha con hora"),
    f"{_XSD}gYear": ("a year", "un año"),
    f"{_XSD}gYearMonth": ("a year and month", "un año y mes"),
    f"{_XSD}anyURI": ("a web address", "una dirección web"),
    EDTF: ("an EDTF date", "una fecha EDTF"),
}
_NODE_KINDS: dict[str, tuple[str, str]] = {
    "IRI": ("an identifier (IRI)", "un identificador (IRI)"),
    "Literal": ("a text or number in quotes", "un texto o número entre comillas"),
    "BlankNode": ("a node in brackets", "un nodo entre corchetes"),
    "BlankNodeOrIRI": ("an identifier or a node in brackets", "un identificador o un nodo entre corchetes"),
    "IRIOrLiteral": ("an identifier or a text", "un identificador o un texto"),
    "BlankNodeOrLiteral": ("a node in brackets or a text", "un nodo entre corchetes o un texto"),
}
_BEGINS = re.compile(r"\^([\w /:,;.'-]+)")
_KINDS = re.compile(re.escape(ID) + r"\(([a-z|]+)\)/")
_NAMESPACES = sorted(((namespace, prefix) for prefix, namespace in PREFIXES.items()), key=lambda pair: -len(pair[0]))
_LONGEST_FORM = 60
_FEW = 4
_LANGUAGES = {
    "en": ("English", "inglés"), "es": ("Spanish", "español"), "fr": ("French", "francés"), "pt": ("Portuguese", "portugués"),
}  # fmt: skip


def both(en: str, es: str) -> Messages:
    """A text in the two languages of the reports."""
    return {"en": en, "es": es}


def shown(term: Node) -> str:
    """A term as people read it: a CURIE, or a literal's text with its language."""
    if isinstance(term, rdf.NamedNode):
        return curie(term.value)
    if isinstance(term, rdf.Literal):
        return f"{term.value}@{term.language}" if term.language else term.value
    return "[ … ]"


def listed(terms: Iterable[Node], most: int = _MOST) -> str:
    """Terms one after the other, texts in quotes; of many the first, and how many there are."""
    names = [quoted(term) for term in terms]
    return ", ".join(names[:most]) + (f" … ({len(names)})" if len(names) > most else "")


def quoted(term: Node) -> str:
    """A term as people write it: a text in quotes, everything else as it is shown."""
    if not isinstance(term, rdf.Literal) or term.datatype.value not in (STRING, LANG_STRING):
        return shown(term)
    return f'"{term.value}"@{term.language}' if term.language else f'"{term.value}"'


def beginning(pattern: str) -> str | None:
    """With what a text must begin to match a pattern that asks for nothing else; None for any other pattern."""
    if pattern == "^https?://":
        return "http:// or https://"
    found = _BEGINS.fullmatch(pattern)
    return _shortened(found[1]) if found else None


def form(pattern: str) -> str | None:
    """A pattern as people may read it: without its ends, and with a prefix for an address; None for a long one."""
    text = _shortened(pattern.removeprefix("^").removesuffix("$"))
    return text if len(text) <= _LONGEST_FORM else None


def _shortened(text: str) -> str:
    """The address that a text begins with as a prefix, and one with several ends as several."""
    found = _KINDS.match(text)
    if found:
        kinds = [f"{kind}:" for kind in found[1].split("|")]
        return ", ".join(kinds[:_FEW]) + (" …" if len(kinds) > _FEW else "") + text[found.end() :]
    for namespace, prefix in _NAMESPACES:
        if text.startswith(namespace):
            return f"{prefix}:{text[len(namespace):]}"
    return text


def joined(parts: Sequence[str], word: str) -> str:
    """``a, b or c``."""
    return f" {word} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def with_article(noun: str) -> str:
    """An English noun with a or an; a CURIE alone."""
    if ":" in noun:
        return noun
    return f"{'an' if noun[:1].lower() in 'aeiou' and noun[:3].lower() not in ('uni', 'one') else 'a'} {noun}"


def kind_of_literal(literal: rdf.Literal) -> Messages:
    """What a literal is: a text, a number, a date …"""
    iri = literal.datatype.value
    if iri in (STRING, LANG_STRING):
        return both("a text in quotes", "un texto entre comillas")
    if iri in _NUMBERS:
        return both("a number", "un número")
    if iri == f"{_XSD}boolean":
        return both("true or false", "true o false")
    return datatype(iri)


def datatype(iri: str) -> Messages:
    """A datatype in words, where it is a usual one, with its CURIE."""
    if iri in (STRING, LANG_STRING, EDTF):
        return both(*_DATATYPES[iri])
    if iri in _DATATYPES:
        en, es = _DATATYPES[iri]
        return both(f"{en} ({curie(iri)})", f"{es} ({curie(iri)})")
    return both(f"a value of the type {curie(iri)}", f"un valor del tipo {curie(iri)}")


def node_kind(name: str) -> Messages:
    """One of SHACL's node kinds, by local name."""
    return both(*_NODE_KINDS.get(name, (name, name)))


def language(tag: str) -> Messages:
    """A language with its tag as Turtle has it."""
    en, es = _LANGUAGES.get(tag, ("", ""))
    return both(f"{en} (@{tag})" if en else f"@{tag}", f"{es} (@{tag})" if es else f"@{tag}")


class Nouns:
    """Names of classes and properties, from the labels that the ontology gives them."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups
        self._labels: dict[str, Messages] = {}

    def labels(self, iri: str) -> Messages:
        """The labels of a term of the ontology; none for one that it does not define."""
        if iri not in self._labels:
            found = self._lookups.out(rdf.NamedNode(iri))
            self._labels[iri] = {
                quad.object.language or "": quad.object.value
                for quad in found
                if quad.predicate.value == _LABEL and isinstance(quad.object, rdf.Literal)
            }
        return self._labels[iri]

    def name(self, iri: str, lang: str) -> str:
        """A class or property by its label, else by its CURIE."""
        return in_language(self.labels(iri), lang) or curie(iri)

    def classes(self, iris: Sequence[str], word: tuple[str, str] = ("or", "o")) -> Messages:
        """Classes one after the other: ``an actor, a place or an event``; in Spanish without articles, which need a gender."""
        return both(
            joined([with_article(self.name(iri, "en")) for iri in iris], word[0]),
            joined([self.name(iri, "es") for iri in iris], word[1]),
        )

    def classes_of(self, node: Node) -> list[str]:
        """The classes that a node states, without those above another of them; of the ontology's, if there are any."""
        if isinstance(node, rdf.Literal):
            return []
        stated = [
            quad.object.value
            for quad in self._lookups.out(node)
            if quad.predicate == rdf.RDF_TYPE and isinstance(quad.object, rdf.NamedNode)
        ]
        above = {over for iri in stated for over in self._all_above(iri)}
        own = sorted({iri for iri in stated if iri not in above and iri != f"{_OWL}NamedIndividual"})
        return [iri for iri in own if self.labels(iri)] or own

    def _all_above(self, iri: str) -> set[str]:
        found: set[str] = set()
        stack = [iri]
        while stack:
            for quad in self._lookups.out(rdf.NamedNode(stack.pop())):
                if quad.predicate == _ABOVE and isinstance(quad.object, rdf.NamedNode) and quad.object.value not in found:
                    found.add(quad.object.value)
                    stack.append(quad.object.value)
        return found - {iri}
