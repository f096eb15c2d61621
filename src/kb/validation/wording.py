"""What is wrong at one place, in a few words of English or Spanish, from the constraint that failed."""

from __future__ import annotations

from kb import rdf
from kb.namespaces import curie
from kb.validation.shapes import SH, Messages, Shapes

# Component -> (the parameter that the words quote, English, Spanish). {} stands for the parameter's values.
_WORDS: dict[str, tuple[str, str, str]] = {
    "MinCount": ("minCount", "fewer than {}", "menos de {}"),
    "MaxCount": ("maxCount", "more than {}", "más de {}"),
    "Class": ("class", "is not of the class {}", "no es de la clase {}"),
    "Datatype": ("datatype", "is not of the datatype {}", "no es del tipo de dato {}"),
    "NodeKind": ("nodeKind", "is not of the kind {}", "no es de la clase {}"),
    "MinExclusive": ("minExclusive", "is not above {}", "no es mayor que {}"),
    "MinInclusive": ("minInclusive", "is below {}", "es menor que {}"),
    "MaxExclusive": ("maxExclusive", "is not below {}", "no es menor que {}"),
    "MaxInclusive": ("maxInclusive", "is above {}", "es mayor que {}"),
    "MinLength": ("minLength", "is shorter than {} characters", "tiene menos de {} caracteres"),
    "MaxLength": ("maxLength", "is longer than {} characters", "tiene más de {} caracteres"),
    "Pattern": ("pattern", "does not have the form {}", "no tiene la forma {}"),
    "LanguageIn": ("languageIn", "is in none of the languages {}", "no está en ninguno de los idiomas {}"),
    "UniqueLang": ("", "has more than one value in the same language", "tiene más de un valor en el mismo idioma"),
    "Equals": ("equals", "differs from {}", "difiere de {}"),
    "Disjoint": ("disjoint", "is also a value of {}", "también es un valor de {}"),
    "LessThan": ("lessThan", "is not less than {}", "no es menor que {}"),
    "LessThanOrEquals": ("lessThanOrEquals", "is more than {}", "es mayor que {}"),
    "Not": ("", "is what it must not be", "es lo que no debe ser"),
    "And": ("", "does not meet all that is asked", "no cumple todo lo que se pide"),
    "Or": ("", "meets none of the alternatives", "no cumple ninguna de las alternativas"),
    "Xone": ("", "does not meet exactly one of the alternatives", "no cumple exactamente una de las alternativas"),
    "Node": ("node", "does not meet {}", "no cumple {}"),
    "QualifiedMinCount": ("qualifiedMinCount", "fewer than {} of the kind that is asked", "menos de {} de los que se piden"),
    "QualifiedMaxCount": ("qualifiedMaxCount", "more than {} of the kind that is asked", "más de {} de los que se piden"),
    "Closed": ("", "this property has no place here", "esta propiedad no cabe aquí"),
    "HasValue": ("hasValue", "lacks {}", "falta {}"),
    "In": ("in", "is not one of {}", "no es ninguno de {}"),
}  # fmt: skip
_MOST_QUOTED = 8


def what_is_wrong(shapes: Shapes, shape: rdf.NamedNode | rdf.BlankNode, component: str) -> Messages:
    """A few words for each language; empty for a constraint that has only its message (SPARQL, custom components)."""
    name = component.removeprefix(SH).removesuffix("ConstraintComponent")
    if name not in _WORDS:
        return {}
    parameter, en, es = _WORDS[name]
    values = shapes.values(shape, parameter) if parameter else []
    if name == "MinCount" and [v.value for v in values] == ["1"]:
        return {"en": "no value", "es": "falta el valor"}
    if parameter in ("in", "languageIn") and values:
        values = shapes.items(values[0])
    quoted = [shown(value) for value in values]
    more = f" … ({len(quoted)})" if len(quoted) > _MOST_QUOTED else ""
    text = ", ".join(quoted[:_MOST_QUOTED]) + more
    return {"en": en.format(text), "es": es.format(text)}


def shown(term: rdf.NamedNode | rdf.BlankNode | rdf.Literal) -> str:
    """A term as people read it: a CURIE, or a literal's text with its language."""
    if isinstance(term, rdf.NamedNode):
        return curie(term.value)
    if isinstance(term, rdf.Literal):
        return f"{term.value}@{term.language}" if term.language else term.value
    return "[ … ]"
