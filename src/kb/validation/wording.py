"""What is wrong at one place, in a few words of English and Spanish: from the constraint that failed, and what is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from kb import rdf
from kb.namespaces import curie
from kb.validation import nouns
from kb.validation.engine import Result
from kb.validation.lookups import Lookups
from kb.validation.nouns import both, listed, shown
from kb.validation.paths import Path
from kb.validation.shapes import SH, Messages, Shapes
from kb.validation.wording_kinds import Kinds

_REFERENCES = ("Class", "Node", "Or", "Xone", "And")
_NAME_PATTERN = "[a-z0-9]+(-[a-z0-9]+)*$"

_TYPE_LABEL = {"en": "its class", "es": "su clase"}
_COMPARED: dict[str, tuple[str, str, str]] = {
    "MinExclusive": ("minExclusive", "must be more than {}", "debe ser más de {}"),
    "MinInclusive": ("minInclusive", "must be {} or more", "debe ser {} o más"),
    "MaxExclusive": ("maxExclusive", "must be less than {}", "debe ser menos de {}"),
    "MaxInclusive": ("maxInclusive", "must be {} or less", "debe ser {} o menos"),
}


class Wording:
    """Says what is wrong; ``lookups`` is all that is known."""

    def __init__(self, shapes: Shapes, lookups: Lookups) -> None:
        self._shapes = shapes
        self._lookups = lookups
        self._kinds = kinds = Kinds(shapes, lookups)
        self._of_value: dict[str, Callable[[Result], Messages]] = {
            "And": kinds.of_and, "Class": kinds.of_class, "Closed": kinds.of_closed, "Datatype": kinds.of_datatype,
            "Disjoint": self._disjoint, "Equals": self._equals, "HasValue": self._has_value, "In": kinds.of_in,
            "LanguageIn": self._language_in, "LessThan": self._less_than, "LessThanOrEquals": self._less_than_or_equals,
            "MaxLength": self._max_length, "MinLength": self._min_length, "Node": kinds.of_node,
            "NodeKind": kinds.of_node_kind, "Not": kinds.of_not, "Or": kinds.of_or, "Pattern": self._pattern,
            "QualifiedMaxCount": self._qualified_max, "QualifiedMinCount": self._qualified_min, "Xone": kinds.of_xone,
        }  # fmt: skip
        self._of_values: dict[str, Callable[[Result, list | None], Messages]] = {
            "MaxCount": self._max_count, "MinCount": self._min_count, "UniqueLang": self._unique_lang,
        }  # fmt: skip

    def nowhere(self, node: object) -> Messages:
        """For a name of what nothing describes: that, and which one may be meant."""
        return self._kinds.nowhere(node)

    def of(self, result: Result, path: Path | None) -> Messages:
        """A few words for each language; empty for a constraint that has only its message (SPARQL, custom components).

        ``path`` is the result's, or its shape's where that is not one property.
        """
        name = result.component.removeprefix(SH).removesuffix("ConstraintComponent")
        if not name or not self._shapes.values(result.shape, name[:1].lower() + name[1:]):
            return {}  # an engine may not tell which inner shape it was
        if name in _REFERENCES and self._kinds.is_nowhere(result.value):
            return self._kinds.nowhere(result.value)
        if name in _COMPARED:
            return self._compared(result, *_COMPARED[name])
        if name == "MinCount" and path is not None and path.incoming():
            return both("nothing refers to it in this way", "nada se refiere a ello de este modo")
        if name == "Disjoint" and path is not None and path.comes_back() in self._stated(result, "disjoint"):
            way = curie(path.comes_back() or "")
            return both(f"{way} goes round in a circle", f"{way} da la vuelta en círculo")
        if name in self._of_values:
            return self._of_values[name](result, self._values(result, path))
        return self._of_value[name](result) if name in self._of_value else {}

    def labels(self, iri: str) -> Messages:
        """The labels of a property, where the ontology defines it."""
        return _TYPE_LABEL if iri == rdf.RDF_TYPE.value else self._kinds.nouns.labels(iri)

    # --- how many -----------------------------------------------------------------------------------------------------

    def _min_count(self, result: Result, there: list | None) -> Messages:
        least = self._parameter(result, "minCount")
        wanted = {v.value for item in self._shapes.values(result.shape, "languageIn") for v in self._shapes.items(item)}
        missing = sorted(wanted - {v.language for v in there or () if isinstance(v, rdf.Literal)})
        if missing and there is not None:
            tags = [nouns.language(tag) for tag in missing]
            return both(
                f"none in {nouns.joined([tag['en'] for tag in tags], 'and')}",
                f"falta en {nouns.joined([tag['es'] for tag in tags], 'y')}",
            )
        if least == "1":
            return both("no value", "falta el valor")
        if not there:
            return both(f"fewer than {least} values", f"menos de {least} valores")
        return both(f"only {len(there)}; at least {least} must be there", f"solo {len(there)}; debe haber al menos {least}")

    def _max_count(self, result: Result, there: list | None) -> Messages:
        most = self._parameter(result, "maxCount")
        if most == "0":
            return both("must not be stated here", "no debe figurar aquí")
        if not there:
            return both(f"more than {most}", f"más de {most}")
        return both(
            f"{len(there)} values ({listed(there)}); at most {most} may be there",
            f"{len(there)} valores ({listed(there)}); puede haber como máximo {most}",
        )

    def _unique_lang(self, result: Result, there: list | None) -> Messages:
        tags = Counter(v.language for v in there or () if isinstance(v, rdf.Literal) and v.language)
        again = [nouns.language(tag) for tag, count in sorted(tags.items()) if count > 1]
        if not again:
            return both("more than one in the same language", "más de uno en la misma lengua")
        return both(
            f"more than one in {nouns.joined([tag['en'] for tag in again], 'and in')}",
            f"más de uno en {nouns.joined([tag['es'] for tag in again], 'y en')}",
        )

    def _qualified_min(self, result: Result) -> Messages:
        least, what = self._parameter(result, "qualifiedMinCount"), self._kinds.qualified(result)
        if least == "1":
            return both(f"none that is {what['en']}", f"ninguno que sea {what['es']}")
        return both(f"fewer than {least} that are {what['en']}", f"menos de {least} que sean {what['es']}")

    def _qualified_max(self, result: Result) -> Messages:
        most, what = self._parameter(result, "qualifiedMaxCount"), self._kinds.qualified(result)
        if most == "0":
            return both(f"must not have one that is {what['en']}", f"no debe tener ninguno que sea {what['es']}")
        return both(f"more than {most} that are {what['en']}", f"más de {most} que son {what['es']}")

    # --- how it is written --------------------------------------------------------------------------------------------

    def _pattern(self, result: Result) -> Messages:
        pattern, value = self._parameter(result, "pattern"), result.value
        if isinstance(value, rdf.Literal) and value.datatype.value == nouns.EDTF:
            return both("is no date that EDTF allows", "no es una fecha que admita EDTF")
        start, form = nouns.beginning(pattern), nouns.form(pattern)
        if start:
            return both(f"does not begin with “{start}”", f"no empieza por «{start}»")
        if pattern.endswith(_NAME_PATTERN) and isinstance(value, rdf.NamedNode):
            return self._name(pattern[1 : -len(_NAME_PATTERN)], value.value)
        text = "" if isinstance(value, rdf.NamedNode) or value is None else value.value
        if text != text.strip():
            return both("has spaces around it", "tiene espacios alrededor")
        if not form or self._shapes.rule(result.shape).message:
            return both("does not have this form", "no tiene esta forma")
        return both(f"does not have the form {form}", f"no tiene la forma {form}")

    def _name(self, namespace: str, iri: str) -> Messages:
        """What is wrong with an identifier that should be a namespace and a name of small letters, digits and hyphens."""
        found = re.match(namespace, iri)
        if not found:
            start = nouns.beginning(f"^{namespace}") or nouns.form(namespace) or namespace
            return both(f"does not begin with {start}", f"no empieza por {start}")
        wrong = list(dict.fromkeys(re.findall(r"[^a-z0-9-]", iri[found.end() :])))
        if wrong:
            en, es = ", ".join(f"“{sign}”" for sign in wrong), ", ".join(f"«{sign}»" for sign in wrong)
            return both(
                f"has {en} in its name; only a–z, 0–9 and hyphens may be there",
                f"tiene {es} en el nombre; solo puede haber a–z, 0–9 y guiones",
            )
        return both("a hyphen must stand between letters or digits", "un guion debe estar entre letras o cifras")

    def _min_length(self, result: Result) -> Messages:
        return self._quoting(result, "minLength", f"{self._length(result)}; at least {{}} are needed",
                             f"{self._length(result, 'es')}; hacen falta al menos {{}}")  # fmt: skip

    def _max_length(self, result: Result) -> Messages:
        return self._quoting(result, "maxLength", f"{self._length(result)}; at most {{}} are allowed",
                             f"{self._length(result, 'es')}; se admiten como máximo {{}}")  # fmt: skip

    def _length(self, result: Result, lang: str = "en") -> str:
        count = len(getattr(result.value, "value", ""))
        if lang == "es":
            return f"tiene {count} {'carácter' if count == 1 else 'caracteres'}"
        return f"has {count} character{'' if count == 1 else 's'}"

    def _language_in(self, result: Result) -> Messages:
        tags = [nouns.language(i.value) for v in self._shapes.values(result.shape, "languageIn") for i in self._shapes.items(v)]
        wanted = [nouns.joined([tag[lang] for tag in tags], word) for lang, word in (("en", "or"), ("es", "o"))]
        own = result.value.language if isinstance(result.value, rdf.Literal) else None
        if not own:
            return both(f"has no language; it must be in {wanted[0]}", f"no indica lengua; debe estar en {wanted[1]}")
        name = nouns.language(own)
        return both(f"is in {name['en']}; it must be in {wanted[0]}", f"está en {name['es']}; debe estar en {wanted[1]}")

    def _has_value(self, result: Result) -> Messages:
        value = shown(self._shapes.values(result.shape, "hasValue")[0])
        return both(f"{value} is missing", f"falta {value}")

    # --- compared with other values -----------------------------------------------------------------------------------

    def _compared(self, result: Result, parameter: str, en: str, es: str) -> Messages:
        """With a bound; what is no number or date cannot be."""
        bound = self._shapes.values(result.shape, parameter)[0]
        if isinstance(result.value, rdf.Literal) and isinstance(bound, rdf.Literal):
            is_, wanted = nouns.kind_of_literal(result.value), nouns.kind_of_literal(bound)
            if is_ != wanted:
                return both(f"is {is_['en']}, so it cannot be compared with {shown(bound)}",
                            f"es {is_['es']}, así que no se puede comparar con {shown(bound)}")  # fmt: skip
        return self._quoting(result, parameter, en, es)

    def _equals(self, result: Result) -> Messages:
        other = self._shapes.values(result.shape, "equals")[0]
        if any(quad.predicate == other and quad.object == result.value for quad in self._lookups.out(result.focus)):
            return both(f"is given as {shown(other)} alone; both must agree", f"solo figura en {shown(other)}; ambos deben concordar")
        return self._against(result, "equals", "differs from", "difiere de")

    def _disjoint(self, result: Result) -> Messages:
        return self._quoting(result, "disjoint", "must not be a value of {} too", "no debe ser también un valor de {}")

    def _less_than(self, result: Result) -> Messages:
        return self._against(result, "lessThan", "is not less than", "no es menor que")

    def _less_than_or_equals(self, result: Result) -> Messages:
        return self._against(result, "lessThanOrEquals", "is more than", "es mayor que")

    def _against(self, result: Result, parameter: str, en: str, es: str) -> Messages:
        other = self._shapes.values(result.shape, parameter)[0]
        values = [quad.object for quad in self._lookups.out(result.focus) if quad.predicate == other]
        text = f"{shown(other)} ({listed(values)})" if values else shown(other)
        return both(f"{en} {text}", f"{es} {text}")

    def _parameter(self, result: Result, name: str) -> str:
        return next((value.value for value in self._shapes.values(result.shape, name)), "?")

    def _stated(self, result: Result, name: str) -> list[str]:
        return [value.value for value in self._shapes.values(result.shape, name)]

    def _quoting(self, result: Result, parameter: str, en: str, es: str) -> Messages:
        value = listed(self._shapes.values(result.shape, parameter))
        return both(en.format(value), es.format(value))

    def _values(self, result: Result, path: Path | None) -> list | None:
        """The values of the property in question; None where the path is not one property."""
        if path is None or path.iri is None or isinstance(result.focus, rdf.Literal):
            return None
        found = (quad.object for quad in self._lookups.out(result.focus) if quad.predicate.value == path.iri)
        return list(dict.fromkeys(found))
