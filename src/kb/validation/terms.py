"""Checks before any shape: does a file say anything, and are the names that it uses in the project's namespaces known ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kb import rdf
from kb.messages import did_you_mean
from kb.namespaces import BASE, GRAPH, ID, ID_KINDS, ONTOLOGY, PREFIXES, SHAPES, curie
from kb.validation.shapes import Messages, Rule

_DEPRECATED = rdf.NamedNode(f"{PREFIXES['owl']}deprecated")
_REPLACED_BY = f"{PREFIXES['dcterms']}isReplacedBy"
_DEFINING = (PREFIXES["owl"], PREFIXES["rdfs"], PREFIXES["rdf"])
_OTHER_SPACES = (GRAPH, SHAPES, f"{BASE}module/")

EMPTY = Rule(
    f"{SHAPES}NotEmpty",
    {"en": "Something is said", "es": "Algo se dice"},
    {"en": "The file holds no statements: nothing was checked.", "es": "El archivo no contiene enunciados: no se comprobó nada."},
    {"en": "Look whether the right file was given, or whether it was cut off.",
     "es": "Mire si es el archivo correcto o si quedó truncado."},
)  # fmt: skip
UNKNOWN_TERM = Rule(
    f"{SHAPES}KnownTerm",
    {"en": "Terms of the ontology", "es": "Términos de la ontología"},
    {"en": "A term in the mm: namespace is one that the ontology defines.",
     "es": "Un término del espacio mm: es uno que la ontología define."},
    {"en": "Correct the spelling, capital letters included, or define the term in the ontology first.",
     "es": "Corrija la grafía, mayúsculas incluidas, o defina antes el término en la ontología."},
)  # fmt: skip
UNKNOWN_KIND = Rule(
    f"{SHAPES}KnownKind",
    {"en": "Kinds of identifier", "es": "Clases de identificador"},
    {"en": "An identifier of the project is …/id/<kind>/<name>, with one of its kinds and a name.",
     "es": "Un identificador del proyecto es …/id/<clase>/<nombre>, con una de sus clases y un nombre."},
    {"en": "Use the prefix of the kind (actor:, claim:, passage: …).",
     "es": "Use el prefijo de la clase (actor:, claim:, passage: …)."},
)  # fmt: skip
DEPRECATED_TERM = Rule(
    f"{SHAPES}CurrentTerm",
    {"en": "Deprecated terms", "es": "Términos obsoletos"},
    {"en": "A term is one that the ontology has not deprecated.", "es": "Un término no es de los que la ontología declara obsoletos."},
    {"en": "Use the term that replaces it.", "es": "Use el término que lo sustituye."},
)  # fmt: skip
UNKNOWN_CLASS = Rule(
    f"{SHAPES}KnownClass",
    {"en": "Kinds of node", "es": "Clases de nodo"},
    {"en": "A node states the classes that it has, so that the rules for them can be applied.",
     "es": "Un nodo enuncia sus clases, para que se le puedan aplicar las reglas."},
    {"en": "No rule looks at these nodes. State the general class and the specific one (a mm:Claim , mm:Allegation); give a node in brackets an IRI.",
     "es": "Ninguna regla mira estos nodos. Enuncie la clase general y la específica (a mm:Claim , mm:Allegation); dé un IRI al nodo entre corchetes."},
)  # fmt: skip


@dataclass(frozen=True)
class TermFinding:
    """A name in a triple that a rule objects to; ``detail`` says in each language what is wrong with it."""

    rule: Rule
    severity: str
    triple: rdf.Quad
    detail: Messages = field(default_factory=dict)


class Terms:
    """The terms that the ontology defines, those that it deprecates, and what replaces these."""

    def __init__(self, ontology: Iterable[rdf.Quad]) -> None:
        self.known = {ONTOLOGY}
        self._deprecated: dict[str, str | None] = {}
        replaced: dict[str, str] = {}
        for quad in ontology:
            subject = quad.subject.value
            if quad.predicate == rdf.RDF_TYPE and quad.object.value.startswith(_DEFINING) and subject.startswith(ONTOLOGY):
                self.known.add(subject)
            if quad.predicate == _DEPRECATED and quad.object.value in ("true", "1"):
                self._deprecated[subject] = None
            elif quad.predicate.value == _REPLACED_BY:
                replaced[subject] = quad.object.value
        self._deprecated = {term: replaced.get(term) for term in self._deprecated}

    def check(self, quads: Iterable[rdf.Quad]) -> Iterator[TermFinding]:
        """What is wrong with the names in the triples, each name once a subject and property."""
        seen: set[tuple] = set()
        for quad in quads:
            datatype = quad.object.datatype if isinstance(quad.object, rdf.Literal) else None
            for place, term in enumerate((quad.subject, quad.predicate, quad.object, datatype)):
                if not isinstance(term, rdf.NamedNode) or not term.value.startswith(BASE):
                    continue
                key = (term.value, place, *((quad.subject, quad.predicate) if place else ()))
                if key in seen:
                    continue
                seen.add(key)
                found = self._judge(term.value, quad)
                if found:
                    yield found

    def _judge(self, iri: str, quad: rdf.Quad) -> TermFinding | None:
        if iri.startswith(ONTOLOGY):
            # A version of the ontology is named below its namespace.
            if iri not in self.known and not iri[len(ONTOLOGY) :][:1].isdigit():
                hint = did_you_mean(iri[len(ONTOLOGY) :], (term[len(ONTOLOGY) :] for term in self.known))
                return TermFinding(UNKNOWN_TERM, "Violation", quad, _detail(iri, "is not defined", "no está definido", hint))
            if iri in self._deprecated and quad.subject.value != iri:
                replacement = self._deprecated[iri]
                hint = f" → {curie(replacement)}" if replacement else ""
                return TermFinding(DEPRECATED_TERM, "Warning", quad, _detail(iri, "is deprecated", "está obsoleto", hint))
        elif iri.startswith(ID):
            kind, _, name = iri[len(ID) :].partition("/")
            if kind not in ID_KINDS or not name:
                hint = did_you_mean(kind, ID_KINDS) if kind not in ID_KINDS else ""
                return TermFinding(UNKNOWN_KIND, "Violation", quad, _detail(iri, "has no known kind", "no es de ninguna clase", hint))
        elif iri != BASE and not iri.startswith(_OTHER_SPACES):
            hint = did_you_mean(iri[len(BASE) :].partition("/")[0], ("ontology", "id", "graph", "shapes", "module"))
            return TermFinding(UNKNOWN_KIND, "Violation", quad, _detail(iri, "is in no known namespace", "no está en ningún espacio conocido", hint))
        return None


def _detail(iri: str, en: str, es: str, hint: str) -> Messages:
    return {"en": f"{curie(iri)} {en}{hint}", "es": f"{curie(iri)} {es}{hint.replace('did you mean', '¿quizá')}"}
