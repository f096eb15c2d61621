"""What a shape asks, in plain words of English and Spanish: for its explanation, and inside what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb import rdf
from kb.namespaces import PREFIXES, curie
from kb.validation import nouns
from kb.validation.nouns import Nouns, both, listed, shown
from kb.validation.shapes import Messages, Shapes, in_language

Shape = rdf.NamedNode | rdf.BlankNode

_DEEPEST = 6
"""Shapes within shapes that are put in words."""
_IN_SCHEME = rdf.NamedNode(f"{PREFIXES['skos']}inScheme")

# Parameter -> what is asked with it, in English and in Spanish; {} stands for its value.
_WITH_VALUE: dict[str, tuple[str, str]] = {
    "hasValue": ("{} among the values", "{} entre los valores"),
    "minExclusive": ("more than {}", "más de {}"),
    "minInclusive": ("{} or more", "{} o más"),
    "maxExclusive": ("less than {}", "menos de {}"),
    "maxInclusive": ("{} or less", "{} o menos"),
    "minLength": ("at least {} characters", "al menos {} caracteres"),
    "maxLength": ("at most {} characters", "como máximo {} caracteres"),
    "equals": ("the same values as {}", "los mismos valores que {}"),
    "disjoint": ("no value that {} has too", "ningún valor que tenga también {}"),
    "lessThan": ("less than {}", "menos que {}"),
    "lessThanOrEquals": ("no more than {}", "no más que {}"),
}


class Asked:
    """Puts the constraints of shapes in words."""

    def __init__(self, shapes: Shapes, names: Nouns) -> None:
        self._shapes = shapes
        self._nouns = names

    def phrase(self, shape: Shape, depth: int = 0) -> Messages:
        """All that a shape asks, as one phrase; empty texts for one without constraints that have words."""
        return _joined(self.parts(shape, depth), "; ")

    def parts(self, shape: Shape, depth: int = 0) -> list[Messages]:
        """What a shape itself asks, a phrase for each constraint; of inner shapes where they are in brackets."""
        if depth > _DEEPEST:
            return []
        parts = [*self._counts(shape), *self._kinds(shape), *self._comparisons(shape), *self._texts(shape)]
        parts += self._inner(shape, depth)
        if self._truth(shape, "closed"):
            parts.append(both("no other properties than those named here", "ninguna propiedad más que las nombradas aquí"))
        if self._shapes.values(shape, "sparql"):
            parts.append(both("what its query looks for must not be found", "que su consulta no encuentre nada"))
        return parts

    def _counts(self, shape: Shape) -> Iterable[Messages]:
        least, most = self._number(shape, "minCount"), self._number(shape, "maxCount")
        if most == "0":
            yield both("no value", "ningún valor")
        elif least is not None and least == most:
            yield both(f"exactly {least} {_values(least)[0]}", f"exactamente {least} {_values(least)[1]}")
        else:
            if least not in (None, "0"):
                yield both(f"at least {least} {_values(least)[0]}", f"al menos {least} {_values(least)[1]}")
            if most is not None:
                yield both(f"at most {most} {_values(most)[0]}", f"como máximo {most} {_values(most)[1]}")

    def _kinds(self, shape: Shape) -> Iterable[Messages]:
        for value in self._shapes.values(shape, "class"):
            yield self.class_named(value)
        for value in self._shapes.values(shape, "datatype"):
            yield nouns.datatype(value.value)
        for value in self._shapes.values(shape, "nodeKind"):
            yield nouns.node_kind(value.value.rpartition("#")[2])
        for value in self._shapes.values(shape, "in"):
            items = listed(self._shapes.items(value), 20)
            yield both(f"one of {items}", f"uno de {items}")

    def class_named(self, value: rdf.NamedNode) -> Messages:
        """A class by its label, with its CURIE."""
        name, written = self._nouns.classes([value.value]), curie(value.value)
        if name["en"] == written:
            return both(f"of the class {written}", f"de la clase {written}")
        return both(f"{name['en']} ({written})", f"{name['es']} ({written})")

    def _comparisons(self, shape: Shape) -> Iterable[Messages]:
        for parameter, (en, es) in _WITH_VALUE.items():
            for value in self._shapes.values(shape, parameter):
                yield both(en.format(shown(value)), es.format(shown(value)))

    def _texts(self, shape: Shape) -> Iterable[Messages]:
        for value in self._shapes.values(shape, "pattern"):
            start, form = nouns.beginning(value.value), nouns.form(value.value)
            if start:
                yield both(f"beginning with {start}", f"que empiece por {start}")
            elif form:
                yield both(f"of the form {form}", f"de la forma {form}")
        for value in self._shapes.values(shape, "languageIn"):
            names = [nouns.language(item.value) for item in self._shapes.items(value) if isinstance(item, rdf.Literal)]
            yield both(
                f"in {nouns.joined([name['en'] for name in names], 'or')}",
                f"en {nouns.joined([name['es'] for name in names], 'o')}",
            )
        if self._truth(shape, "uniqueLang"):
            yield both("no two in the same language", "no dos en la misma lengua")

    def _inner(self, shape: Shape, depth: int) -> Iterable[Messages]:
        scheme = self.scheme_of(shape)
        if scheme:
            yield both(f"a concept of {shown(scheme)}", f"un concepto de {shown(scheme)}")
        for value in self._shapes.values(shape, "property"):
            if isinstance(value, rdf.BlankNode) and not scheme:
                yield self.of_property(value, depth + 1)
        for value in self._shapes.values(shape, "node"):
            yield self.held(value, depth)
        for value in self._shapes.values(shape, "not"):
            held = self.held(value, depth)
            yield both(f"not: {held['en']}", f"no: {held['es']}")
        for value in self._shapes.values(shape, "and"):
            yield _joined([self.held(item, depth) for item in self._shapes.items(value)], "; ")
        for value in self._shapes.values(shape, "or"):
            yield self.alternatives([item for item in self._shapes.items(value) if not isinstance(item, rdf.Literal)], depth)
        for value in self._shapes.values(shape, "xone"):
            held = _joined([self.held(item, depth) for item in self._shapes.items(value)], " | ")
            yield both(f"exactly one of: {held['en']}", f"exactamente una de estas cosas: {held['es']}")
        for value in self._shapes.values(shape, "qualifiedValueShape"):
            yield self._qualified(shape, self.held(value, depth))

    def of_property(self, shape: Shape, depth: int = 0) -> Messages:
        """What is asked of the values of a property."""
        path = self._shapes.path(shape)
        stated = {name: self._shapes.values(shape, name) for name in ("minCount", "maxCount", "hasValue")}
        if len(self.parts(shape, depth)) == 1:
            if stated["hasValue"]:
                return both(f"{path} is {shown(stated['hasValue'][0])}", f"{path} es {shown(stated['hasValue'][0])}")
            if [value.value for value in stated["minCount"]] == ["1"]:
                return both(f"it has {path}", f"tiene {path}")
            if [value.value for value in stated["maxCount"]] == ["0"]:
                return both(f"it has no {path}", f"no tiene {path}")
        return {lang: f"{path}: {text}" for lang, text in self.phrase(shape, depth).items()}

    def alternatives(self, items: Sequence[Shape], depth: int = 0) -> Messages:
        """What ``sh:or`` lets one choose from."""
        condition = self.condition(items, depth)
        if condition:
            return both(f"if {condition[0]['en']}, then {condition[1]['en']}", f"si {condition[0]['es']}, entonces {condition[1]['es']}")
        held = [self.held(item, depth) for item in items]
        if all(len(self.parts(item, depth)) == 1 for item in items):
            return both(nouns.joined([way["en"] for way in held], "or"), nouns.joined([way["es"] for way in held], "o"))
        ways = _joined(held, " | ")
        return both(f"at least one of: {ways['en']}", f"al menos una de estas cosas: {ways['es']}")

    def condition(self, items: Sequence[Shape], depth: int = 0) -> tuple[Messages, Messages] | None:
        """If and then, where ``sh:or`` has «not A» among what one may choose from, which is how SHACL says that."""
        unless = [item for item in items if self._shapes.values(item, "not")]
        then = [item for item in items if item not in unless]
        if not unless or not then:
            return None
        conditions = [self.held(value, depth) for item in unless for value in self._shapes.values(item, "not")]
        if_ = _joined(conditions, "; ")
        if_ = both(if_["en"].replace("beginning", "it begins", 1), if_["es"].replace("que empiece", "empieza", 1))
        return if_, _joined([self.held(item, depth) for item in then], " | ")

    def plain(self, items: Sequence[Shape], parameter: str) -> list[str]:
        """The classes, or datatypes, where each of some shapes asks for one and for nothing else; else none."""
        found = [self._shapes.values(item, parameter) for item in items]
        plain = all(len(values) == 1 and len(self.parts(item)) == 1 for values, item in zip(found, items, strict=True))
        return [values[0].value for values in found] if plain else []

    def scheme_of(self, shape: Shape) -> rdf.NamedNode | None:
        """The scheme of which a shape asks that a value be a concept, where it asks for nothing else."""
        held = self._shapes.values(shape, "property")
        if len(held) != 1 or self._shapes.values(held[0], "path") != [_IN_SCHEME] or len(self.parts(held[0])) != 1:
            return None
        return next((v for v in self._shapes.values(held[0], "hasValue") if isinstance(v, rdf.NamedNode)), None)

    def _qualified(self, shape: Shape, held: Messages) -> Messages:
        least, most = self._number(shape, "qualifiedMinCount"), self._number(shape, "qualifiedMaxCount")
        if least is not None and least == most:
            return both(f"exactly {least} that is: {held['en']}", f"exactamente {least} que sea: {held['es']}")
        parts = []
        if least is not None:
            parts.append(both(f"at least {least} that is: {held['en']}", f"al menos {least} que sea: {held['es']}"))
        if most is not None:
            parts.append(both(f"at most {most} that is: {held['en']}", f"como máximo {most} que sea: {held['es']}"))
        return _joined(parts, "; ")

    def held(self, value: Shape, depth: int = 0) -> Messages:
        """An inner shape: by its name where it has one, else by what it asks."""
        names = self._shapes.rule(value).name if isinstance(value, rdf.NamedNode) else {}
        if names:
            return {lang: f"“{in_language(names, lang)}” ({shown(value)})" for lang in ("en", "es")}
        return self.of_property(value, depth + 1) if self._shapes.values(value, "path") else self.phrase(value, depth + 1)

    def _number(self, shape: Shape, name: str) -> str | None:
        return next((value.value for value in self._shapes.values(shape, name) if isinstance(value, rdf.Literal)), None)

    def _truth(self, shape: Shape, name: str) -> bool:
        return self._number(shape, name) in ("true", "1")


def _values(count: str) -> tuple[str, str]:
    return ("value", "valor") if count == "1" else ("values", "valores")


def _joined(parts: Iterable[Messages], sign: str) -> Messages:
    parts = [part for part in parts if any(part.values())]
    return both(sign.join(part["en"] for part in parts), sign.join(part["es"] for part in parts))
