"""Giving a query's parameters their values: text from a command line becomes an RDF term, and the term is bound.

A value never becomes part of the query's text except as a term that the engine's own classes have written, so it can
neither end a string nor open a group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kb import rdf
from kb.errors import UsageError
from kb.messages import LANGUAGES, did_you_mean
from kb.namespaces import PREFIXES, curie, expand, kind_of
from kb.queries.header import Parameter
from kb.results.labels import Finder

Term = rdf.NamedNode | rdf.Literal

_XSD = PREFIXES["xsd"]
# Texts: a regular expression is compiled when it is first used, and most questions use few of these.
_PATTERNS = {
    "integer": r"[+-]?[0-9]+\Z",
    "decimal": r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)\Z",
    "boolean": r"(?:true|false)\Z",
}
_EXAMPLES = {"integer": "5", "decimal": "2.5", "boolean": "true or false", "date": "2019, 2019-05 or 2019-05-31"}
_DATE = r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z"
_ABSOLUTE_IRI = r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\]*\Z"
_LITERAL = r'(?s)"((?:[^"\\]|\\.)*)"(?:@([A-Za-z]+(?:-[A-Za-z0-9]+)*)|\^\^(\S+))?\Z'


def terms(
    parameters: Iterable[Parameter], given: Mapping[str, str], finder: Finder, *, lang: str, query: str, example: str,
    lister: str = "",
) -> dict[str, Term]:  # fmt: skip
    """The term of every parameter that has a value, from what the asker gave and the defaults.

    Raises UsageError for an unknown or missing parameter, or a value that is not of the parameter's type; ``lister`` is the
    command that, with a parameter's name, lists what it may be.
    """
    known = {parameter.name: parameter for parameter in parameters}
    for name in given:
        if name not in known:
            has = f"its parameters: {', '.join(known)}" if known else "it has none"
            raise UsageError(f"{query} has no parameter {name!r}{did_you_mean(name, known) or '; ' + has}")
    found: dict[str, Term] = {}
    for name, parameter in known.items():
        value = given.get(name, lang if name == "lang" else parameter.default)
        if value is not None:
            try:
                found[name] = term(parameter, value, finder)
            except UsageError as error:
                if not (lister and parameter.values):
                    raise
                joint = " " if str(error).endswith("?") else "; "
                raise UsageError(f"{error}{joint}`{lister} {name}` lists what it may be") from None
        elif not parameter.optional:
            described = f", {parameter.described(lang)}" if parameter.described(lang) else ""
            for_example = f"; for example: {example}" if example else ""
            listed = f"; `{lister} {name}` lists what it may be" if lister and parameter.values else ""
            raise UsageError(f"{query} needs -p {name}=… ({parameter.wanted}{described}){for_example}{listed}")
    return found


def term(parameter: Parameter, value: str, finder: Finder) -> Term:
    """The value as a term of the parameter's type. Raises UsageError where it is none."""
    _check_text(value)
    if parameter.name == "lang" and value not in LANGUAGES:
        raise UsageError(f"the parameter 'lang' is {' or '.join(LANGUAGES)}, and not {value!r}")
    if parameter.type == "string":
        return rdf.Literal(value)
    if parameter.type == "iri":
        return _iri(parameter, value, finder)
    text = value.strip()
    if parameter.type == "date":
        date = _date(text)
        if date is not None:
            return date
    elif re.match(_PATTERNS[parameter.type], text):
        return rdf.Literal(text, datatype=rdf.NamedNode(_XSD + parameter.type))
    raise UsageError(
        f"the parameter {parameter.name!r} is of type {parameter.type} "
        f"(such as {_EXAMPLES[parameter.type]}), and {value!r} is not"
    )


def plain_term(value: str) -> Term:
    """The term that a value stands for where nothing says its type.

    A CURIE with a known prefix, ``<IRI>`` or ``http(s)://…`` is an IRI; ``5``, ``2.5``, ``true`` are what they are in
    Turtle, and so are ``"quoted"``, ``"text"@en`` and ``"2019"^^xsd:gYear``; anything else is a string.
    Raises UsageError for a literal or IRI that is not well formed.
    """
    _check_text(value)
    if value.startswith("<") and value.endswith(">"):
        return _node(value[1:-1], value)
    if re.match(r"https?://", value):
        return _node(value, value)
    iri = expand(value)
    if iri is not None:
        return _node(iri, value)
    for type in ("integer", "decimal", "boolean"):
        if re.match(_PATTERNS[type], value):
            return rdf.Literal(value, datatype=rdf.NamedNode(_XSD + type))
    match = re.match(_LITERAL, value)
    if match is None:
        return rdf.Literal(value)
    text = re.sub(r"\\(.)", lambda escape: {"n": "\n", "t": "\t", "r": "\r"}.get(escape[1], escape[1]), match[1])
    if match[2]:
        return rdf.Literal(text, language=match[2])
    if match[3]:
        datatype = match[3][1:-1] if match[3].startswith("<") else expand(match[3])
        if datatype is None:
            raise UsageError(f"unknown datatype {match[3]!r} in {value!r}")
        return rdf.Literal(text, datatype=_node(datatype, value))
    return rdf.Literal(text)


def _check_text(value: str) -> None:
    """A command line may hold bytes that are not UTF-8, and a term may not. Raises UsageError."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{value!r} is not text in UTF-8") from None


def _date(text: str) -> rdf.Literal | None:
    match = re.match(_DATE, text)
    if match is None:
        return None
    import datetime

    try:
        datetime.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return None
    datatype = "date" if match[3] else "gYearMonth" if match[2] else "gYear"
    return rdf.Literal(text, datatype=rdf.NamedNode(_XSD + datatype))


def _node(iri: str, value: str) -> rdf.NamedNode:
    if not rdf.is_iri(iri):
        raise UsageError(f"{value!r} is not an IRI")
    return rdf.NamedNode(iri)


def _iri(parameter: Parameter, value: str, finder: Finder) -> rdf.NamedNode:
    value = value.strip()
    if value.startswith("<") and value.endswith(">"):
        iri = _node(value[1:-1], value).value
    elif (expanded := expand(value)) is not None:
        iri = _node(expanded, value).value
    elif re.match(_ABSOLUTE_IRI, value) and (not parameter.kinds or value.startswith(("http://", "https://", "urn:"))):
        prefix = value.partition(":")[0]
        if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:/|urn:", value) and (hint := did_you_mean(prefix, PREFIXES)):
            raise UsageError(f"the parameter {parameter.name!r}: unknown prefix {prefix + ':'!r}{hint}")
        iri = _node(value, value).value
    else:
        return rdf.NamedNode(finder.one(value, parameter.kinds, f"the parameter {parameter.name!r}"))
    if parameter.kinds:
        if kind_of(iri) not in parameter.kinds:
            raise UsageError(
                f"the parameter {parameter.name!r} takes an identifier of the kind "
                f"{' or '.join(parameter.kinds)}, and {curie(iri)} is not one"
            )
        if not finder.exists(iri):
            local = iri.rpartition("/")[2]
            hint = finder.suggestions(local, parameter.kinds)
            raise UsageError(f"the parameter {parameter.name!r}: there is no {curie(iri)} in the data{hint}")
    return rdf.NamedNode(iri)
