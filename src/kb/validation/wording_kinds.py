"""What is wrong with the kind of a value, in a few words: its class, its datatype, and what shapes within shapes ask of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb import rdf
from kb.namespaces import ID, PREFIXES, curie
from kb.validation import nouns, vocabularies
from kb.validation.asked import Asked
from kb.validation.engine import Result
from kb.validation.hints import Names, hint, nearest
from kb.validation.literals import is_well_typed
from kb.validation.lookups import Lookups, describes
from kb.validation.nouns import Nouns, both, listed, shown
from kb.validation.shapes import Messages, Shapes

_IN_SCHEME = rdf.NamedNode(f"{PREFIXES['skos']}inScheme")
_DOMAIN = rdf.NamedNode(f"{PREFIXES['rdfs']}domain")
_BARE = (f"{PREFIXES['xsd']}integer", f"{PREFIXES['xsd']}decimal")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_FEW = 8
"""Values that a sentence offers to choose from."""
_LONGEST = 40
"""Characters of a literal that a sentence writes out again."""


class Kinds:
    """Says what a value is, and what it should be; ``lookups`` is all that is known."""

    def __init__(self, shapes: Shapes, lookups: Lookups) -> None:
        self._shapes = shapes
        self._lookups = lookups
        self._names = Names(lookups)
        self.nouns = Nouns(lookups)
        self._asked = Asked(shapes, self.nouns)

    def nowhere(self, node: object) -> Messages:
        """For a reference to a thing that nothing describes: that, and which one may be meant."""
        near = hint([])
        if isinstance(node, rdf.NamedNode):
            near = hint(self._names.near(node.value) if node.value.startswith(ID) else vocabularies.unknown_near(node.value))
        return both(f"is described nowhere{near['en']}", f"no está descrito en ninguna parte{near['es']}")

    def is_nowhere(self, value: object) -> bool:
        """Whether a value is one of the project's identifiers, and nothing describes it."""
        return isinstance(value, rdf.NamedNode) and value.value.startswith(ID) and not describes(self._lookups, value)

    def qualified(self, result: Result) -> Messages:
        """What a qualified value shape asks."""
        held = self._shapes.values(result.shape, "qualifiedValueShape")
        phrase = self._asked.phrase(held[0]) if held else {}
        return phrase if any(phrase.values()) else both("of the kind that is asked", "de la clase que se pide")

    def of_class(self, result: Result) -> Messages:
        wanted = [value.value for value in self._shapes.values(result.shape, "class")]
        # Of several classes, those that the value does not state.
        stated = set(self._stated(result.value))
        return self._is_not(result.value, [iri for iri in wanted if iri not in stated] or wanted)

    def _is_not(self, value: object, wanted: Sequence[str]) -> Messages:
        """``is a place, not an actor``."""
        names = self.nouns.classes(wanted)
        if isinstance(value, rdf.Literal):
            kind = nouns.kind_of_literal(value)
            return both(
                f"is {kind['en']}, not {names['en']}; write its identifier, without quotes",
                f"es {kind['es']}, no un identificador ({names['es']}); escríbalo sin comillas",
            )
        classes = self.nouns.classes_of(value)
        if classes and any(self.nouns.labels(iri) for iri in classes):
            own = self.nouns.classes(classes, ("and", "y"))
            return both(f"is {own['en']}, not {names['en']}", f"es de la clase {own['es']}, no de la clase {names['es']}")
        if not describes(self._lookups, value):
            return self.nowhere(value)
        says = f" ({', '.join(map(curie, classes))})" if classes else ""
        return both(f"does not say that it is {names['en']}{says}", f"no dice que sea de la clase {names['es']}{says}")

    def _stated(self, value: object) -> list[str]:
        if not isinstance(value, (rdf.NamedNode, rdf.BlankNode)):
            return []
        return [quad.object.value for quad in self._lookups.out(value) if quad.predicate == rdf.RDF_TYPE]

    def of_datatype(self, result: Result) -> Messages:
        """``is a text in quotes, not a whole number; write 2, without quotes``."""
        return self._is_not_typed(result.value, [value.value for value in self._shapes.values(result.shape, "datatype")])

    def _is_not_typed(self, value: object, wanted: Sequence[str]) -> Messages:
        names = [nouns.datatype(iri) for iri in wanted]
        name = both(nouns.joined([n["en"] for n in names], "or"), nouns.joined([n["es"] for n in names], "o"))
        if not isinstance(value, rdf.Literal):
            return both(f"is an identifier, not {name['en']}", f"es un identificador, no {name['es']}")
        ways = [way for iri in wanted if is_well_typed(value.value, iri) for way in _written(value.value, iri)]
        if len(value.value) > _LONGEST or "\n" in value.value:
            ways = []
        en = f"; write {' or '.join(dict.fromkeys(ways))}" if ways else ""
        es = f"; escriba {' o '.join(dict.fromkeys(ways))}" if ways else ""
        own = value.datatype.value
        if own in wanted:
            return both(f"is not {name['en']}", f"no es {name['es']}")
        if (own, *wanted) == (nouns.STRING, nouns.LANG_STRING):
            return both(f"has no language tag{en}", f"no tiene etiqueta de lengua{es}")
        if (own, *wanted) == (nouns.LANG_STRING, nouns.STRING):
            return both(f"must not have a language tag{en}", f"no debe tener etiqueta de lengua{es}")
        kind = nouns.datatype(own)
        return both(f"is {kind['en']}, not {name['en']}{en}", f"es {kind['es']}, no {name['es']}{es}")

    def of_node_kind(self, result: Result) -> Messages:
        wanted = nouns.node_kind(self._shapes.values(result.shape, "nodeKind")[0].value.rpartition("#")[2])
        is_ = nouns.kind_of_literal(result.value) if isinstance(result.value, rdf.Literal) else nouns.node_kind(
            "IRI" if isinstance(result.value, rdf.NamedNode) else "BlankNode"
        )  # fmt: skip
        return both(f"is {is_['en']}, not {wanted['en']}", f"es {is_['es']}, no {wanted['es']}")

    def of_in(self, result: Result) -> Messages:
        items = [item for value in self._shapes.values(result.shape, "in") for item in self._shapes.items(value)]
        if len(items) <= _FEW:
            return both(f"is not one of {listed(items)}", f"no es ninguno de {listed(items)}")
        near = hint(nearest(shown(result.value), [shown(item) for item in items])) if result.value else hint([])
        return both(f"is none of the {len(items)} that may stand here{near['en']}",
                    f"no es ninguno de los {len(items)} que pueden figurar aquí{near['es']}")  # fmt: skip

    def of_closed(self, result: Result) -> Messages:
        """A property that has no place: where it belongs, or which one may be meant."""
        if result.path is None:
            return both("has no place here", "no cabe aquí")
        homes = [quad.object.value for quad in self._lookups.out(result.path) if quad.predicate == _DOMAIN]
        if homes:
            name = self.nouns.classes(homes)
            return both(f"has no place here: it belongs to {name['en']}", f"no cabe aquí: es propia de la clase {name['es']}")
        allowed = [str(p) for value in self._shapes.values(result.shape, "property") if (p := self._shapes.path(value))]
        unknown = vocabularies.is_unknown(result.path.value)
        near = hint([] if describes(self._lookups, result.path) else nearest(curie(result.path.value), allowed))
        if unknown:
            near = near if near["en"] else hint(vocabularies.unknown_near(result.path.value))
            return both(f"does not exist{near['en']}", f"no existe{near['es']}")
        return both(f"has no place here{near['en']}", f"no cabe aquí{near['es']}")

    # --- shapes within shapes -----------------------------------------------------------------------------------------

    def of_node(self, result: Result) -> Messages:
        inner = [value for value in self._shapes.values(result.shape, "node") if not isinstance(value, rdf.Literal)]
        schemes = [scheme for value in inner if (scheme := self._asked.scheme_of(value))]
        if schemes and result.value is not None:
            return self._of_scheme(result.value, schemes[0])
        phrase = self._asked.phrase(inner[0]) if len(inner) == 1 and isinstance(inner[0], rdf.BlankNode) else {}
        if any(phrase.values()):
            return both(f"does not have what it must: {phrase['en']}", f"no tiene lo que debe: {phrase['es']}")
        names = [self._shapes.rule(value).name for value in inner if isinstance(value, rdf.NamedNode)]
        title = [next((name[lang] for name in names if lang in name), listed(inner)) for lang in ("en", "es")]
        return both(f"breaks the rule “{title[0]}”", f"incumple la regla «{title[1]}»")

    def _of_scheme(self, value: rdf.NamedNode | rdf.BlankNode | rdf.Literal, scheme: rdf.NamedNode) -> Messages:
        """What the value is instead, and what there is to choose from."""
        members = sorted({curie(quad.subject.value) for quad in self._lookups.into(scheme, _IN_SCHEME)})
        if 0 < len(members) <= _FEW:
            end = both(f"; choose from {', '.join(members)}", f"; elija entre {', '.join(members)}")
        else:
            end = hint(nearest(shown(value), members))
        en, es = f"a concept of {shown(scheme)}", f"un concepto de {shown(scheme)}"
        if isinstance(value, rdf.Literal):
            kind = nouns.kind_of_literal(value)
            return both(f"is {kind['en']}, not {en}{end['en']}", f"es {kind['es']}, no {es}{end['es']}")
        own = [quad.object for quad in self._lookups.out(value) if quad.predicate == _IN_SCHEME]
        if own:
            return both(f"is a concept of {listed(own)}, not of {shown(scheme)}{end['en']}",
                        f"es un concepto de {listed(own)}, no de {shown(scheme)}{end['es']}")  # fmt: skip
        return both(f"is not {en}{end['en']}", f"no es {es}{end['es']}")

    def of_or(self, result: Result) -> Messages:
        """None of the ways that one may choose from."""
        items = [item for value in self._shapes.values(result.shape, "or") for item in self._shapes.items(value)]
        classes, datatypes = self._asked.plain(items, "class"), self._asked.plain(items, "datatype")
        if classes and result.value is not None:
            return self._is_not(result.value, classes)
        if datatypes and result.value is not None:
            return self._is_not_typed(result.value, datatypes)
        condition = self._asked.condition(items)
        if condition:
            if_, then = condition
            return both(f"since {if_['en']}, this must hold: {then['en']}", f"puesto que {if_['es']}, debe cumplirse: {then['es']}")
        phrase = self._asked.alternatives(items)
        return both(f"is not so: {phrase['en']}", f"no es así: {phrase['es']}")

    def of_xone(self, result: Result) -> Messages:
        return self._as_asked(result, "xone", "meets none of these, or several", "no cumple ninguna de estas cosas, o varias")

    def of_and(self, result: Result) -> Messages:
        return self._as_asked(result, "and", "lacks something of what it must have", "le falta algo de lo que debe tener")

    def of_not(self, result: Result) -> Messages:
        return self._as_asked(result, "not", "is what it must not be", "es lo que no debe ser")

    def _as_asked(self, result: Result, parameter: str, en: str, es: str) -> Messages:
        held = [value for value in self._shapes.values(result.shape, parameter)]
        items = [item for value in held for item in self._shapes.items(value)] or held
        phrases = [phrase for item in items if any((phrase := self._asked.held(item)).values())]
        ends = [" | ".join(phrase[lang] for phrase in phrases) for lang in ("en", "es")]
        return both(en + (f": {ends[0]}" if ends[0] else ""), es + (f": {ends[1]}" if ends[1] else ""))


def _written(text: str, datatype: str) -> list[str]:
    """How Turtle writes a text as a value of a datatype."""
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if datatype == nouns.LANG_STRING:
        return [f"{quoted}@en", f"{quoted}@es"]
    if datatype == nouns.STRING:
        return [quoted]
    return [text] if datatype in _BARE and _NUMBER.fullmatch(text) else [f"{quoted}^^{curie(datatype)}"]
