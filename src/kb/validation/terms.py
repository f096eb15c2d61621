"""Checks before any shape: are the names that a file uses known ones, in the project's namespaces and in those of the
vocabularies that it uses; and does each stand where such a name may stand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from kb import rdf
from kb.namespaces import BASE, EXTERNAL, GRAPH, ID, ID_KINDS, ONTOLOGY, PREFIXES, SHAPES, curie
from kb.validation import own_rules, vocabularies
from kb.validation.hints import hint, nearest
from kb.validation.own_rules import Fault
from kb.validation.shapes import Messages

_DEPRECATED = rdf.NamedNode(f"{PREFIXES['owl']}deprecated")
_REPLACED_BY = f"{PREFIXES['dcterms']}isReplacedBy"
_DEFINING = (PREFIXES["owl"], PREFIXES["rdfs"], PREFIXES["rdf"])
_OTHER_SPACES = (GRAPH, SHAPES, f"{BASE}module/", f"{BASE}.well-known/")
_PARTS = ("subject", "predicate", "object", "object")
_EXTERNAL = tuple(EXTERNAL.values())
# The project's address with a slip: http, another case, a hyphen or a letter less.
_NEARLY_BASE = re.compile(r"https?://(?:www\.)?w3id\.org/medical[-_]?missions?(?:[/#]|\Z)", re.IGNORECASE)


class Terms:
    """The terms that the ontology defines, what kind each is, those that it deprecates, and what replaces these."""

    def __init__(self, ontology: Iterable[rdf.Quad]) -> None:
        self.known = {ONTOLOGY}
        self._kinds: dict[str, set[str]] = defaultdict(set)
        self._deprecated: dict[str, str | None] = {}
        self._judged: dict[tuple[str, int], tuple | None] = {}
        replaced: dict[str, str] = {}
        for quad in ontology:
            subject = quad.subject.value
            if quad.predicate == rdf.RDF_TYPE and quad.object.value.startswith(_DEFINING) and subject.startswith(ONTOLOGY):
                self.known.add(subject)
                self._kinds[subject].add(_kind(quad.object.value))
            if quad.predicate == _DEPRECATED and quad.object.value in ("true", "1"):
                self._deprecated[subject] = None
            elif quad.predicate.value == _REPLACED_BY:
                replaced[subject] = quad.object.value
        self._deprecated = {term: replaced.get(term) for term in self._deprecated}

    def check(self, quads: Iterable[rdf.Quad]) -> Iterator[Fault]:
        """What is wrong with the names in the triples, each name once a subject and property."""
        if self._are_right(quads):
            return
        seen: set[tuple] = set()
        for quad in quads:
            literal = quad.object if isinstance(quad.object, rdf.Literal) else None
            places = (quad.subject, quad.predicate, None if literal else quad.object, literal.datatype if literal else None)
            for place, term in enumerate(places):
                if not isinstance(term, rdf.NamedNode):
                    continue
                # A class stands as the object of one property alone.
                role = place if place != 2 or quad.predicate == rdf.RDF_TYPE else 4
                found = self._judged_as(role, term)
                if found is None:
                    continue
                once = (term.value, place, *((quad.subject, quad.predicate) if place else ()))
                if once not in seen and not (found[0] is own_rules.DEPRECATED_TERM and quad.subject == term):
                    seen.add(once)
                    rule, severity, detail, *meant = found
                    if place == 3:  # a datatype is not to be seen beside the words
                        detail = {lang: f"{curie(term.value)} {words}" for lang, words in detail.items()}
                    yield Fault(rule, severity, quad, detail, _PARTS[place], *meant)

    def _are_right(self, quads: Iterable[rdf.Quad]) -> bool:
        """Whether there is nothing wrong, as nearly always: the same names come again and again, and to look at each of them
        takes a fraction of the time that looking at each triple takes."""
        subjects, properties, classes, values = set(), set(), set(), set()
        for quad in quads:
            property = quad.predicate
            subjects.add(quad.subject)
            properties.add(property)
            (classes if property == rdf.RDF_TYPE else values).add(quad.object)
        datatypes = {value.datatype for value in values | classes if isinstance(value, rdf.Literal)}
        names = enumerate((subjects, properties, classes, datatypes, values))
        return all(
            self._judged_as(role, name) is None for role, found in names for name in found if isinstance(name, rdf.NamedNode)
        )

    def _judged_as(self, role: int, name: rdf.NamedNode) -> tuple | None:
        key = (name.value, role)
        if key not in self._judged:
            self._judged[key] = self._judge(name.value, role)
        return self._judged[key]

    def _judge(self, iri: str, role: int) -> tuple | None:
        """Rule, severity and words for a name; ``role``: 0 subject, 1 property, 2 class, 3 datatype, 4 another value."""
        if iri.startswith(ONTOLOGY):
            return self._own(iri, role)
        if iri.startswith(ID):
            kind, _, name = iri[len(ID) :].partition("/")
            if kind in ID_KINDS and name:
                return None
            near = hint([f"{other}:" for other in nearest(kind, ID_KINDS)] if kind not in ID_KINDS else [])
            return own_rules.UNKNOWN_KIND, "Violation", _detail("has no known kind", "no es de ninguna clase conocida", near)
        if iri.startswith(_EXTERNAL):
            return _external(iri, role)
        if iri.startswith(BASE):
            if iri == BASE or iri.startswith(_OTHER_SPACES):
                return None
            near = hint(nearest(iri[len(BASE) :].partition("/")[0].partition("#")[0], ("ontology", "id", "graph", "shapes", "module")))
            return own_rules.UNKNOWN_KIND, "Violation", _detail("is in no known namespace", "no está en ningún espacio conocido", near)
        if _NEARLY_BASE.match(iri):
            words = {"en": f"; the project's begin with {BASE}", "es": f"; los del proyecto empiezan por {BASE}"}
            return own_rules.UNKNOWN_KIND, "Violation", _detail("is no identifier of the project", "no es un identificador del proyecto", words)
        if iri.startswith("file:"):
            words = _detail("depends on where the file lies", "depende de dónde esté el archivo", {"en": "", "es": ""})
            return own_rules.WHOLE_IRI, "Violation", words
        return None

    def _own(self, iri: str, role: int) -> tuple | None:
        # A version of the ontology is named below its namespace.
        if iri not in self.known and not iri[len(ONTOLOGY) :][:1].isdigit():
            name = iri[len(ONTOLOGY) :]
            near = nearest(name, (term[len(ONTOLOGY) :] for term in self.known if term != ONTOLOGY))
            words = _unknown(name, near, "mm", "is not defined", "no está definido")
            return own_rules.UNKNOWN_TERM, "Violation", words, ONTOLOGY + near[0] if near else None
        misplaced = _misplaced(iri, role, self._kinds.get(iri, set()))
        if misplaced:
            return misplaced
        if iri in self._deprecated:
            successor = self._deprecated[iri]
            words = f" → {curie(successor)}" if successor else ""
            return own_rules.DEPRECATED_TERM, "Warning", _detail("is deprecated", "está obsoleto", {"en": words, "es": words})
        return None


def _external(iri: str, role: int) -> tuple | None:
    found = vocabularies.split(iri)
    if found is None:
        return None
    prefix, name = found
    term = vocabularies.term(prefix, name)
    if term is None:
        if not vocabularies.is_unknown(iri):
            return None
        near = nearest(name, vocabularies.names(prefix))
        return own_rules.UNKNOWN_EXTERNAL_TERM, "Warning", _unknown(name, near, prefix, "does not exist", "no existe")
    if term.deprecated:
        return own_rules.DEPRECATED_TERM, "Warning", _detail("is deprecated", "está obsoleto", {"en": "", "es": ""})
    return _misplaced(iri, role, {term.kind})


def _misplaced(iri: str, role: int, kinds: set[str]) -> tuple | None:
    """A class or a datatype in the place of a property, or a property in theirs."""
    if role == 1 and kinds and "Property" not in kinds and kinds <= {"Class", "Datatype", "Individual"}:
        words = ("is no property, so it cannot have a value", "no es una propiedad, así que no puede tener un valor")
    elif role == 2 and kinds == {"Property"}:
        words = ("is a property, not a class", "es una propiedad, no una clase")
    elif role == 3 and kinds and not kinds & {"Datatype", "Class"}:
        words = ("is no datatype", "no es un tipo de dato")
    else:
        return None
    return own_rules.MISPLACED_TERM, "Violation", _detail(*words, {"en": "", "es": ""})


def _kind(defining: str) -> str:
    """Class, Property, Datatype or Other, from the class of OWL or RDFS that a term is declared to have."""
    name = re.split("[#/]", defining)[-1]
    if name.endswith("Property"):
        return "Property"
    return name if name in ("Class", "Datatype") else "Other"


def _unknown(name: str, near: list[str], prefix: str, en: str, es: str) -> Messages:
    words = hint([f"{prefix}:{other}" for other in near])
    if near and near[0].casefold() == name.casefold():
        words = {"en": words["en"] + " Capital letters count", "es": words["es"] + " Las mayúsculas cuentan"}
    return _detail(en, es, words)


def _detail(en: str, es: str, end: Messages) -> Messages:
    return {"en": f"{en}{end['en']}", "es": f"{es}{end['es']}"}
