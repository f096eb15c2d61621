"""The header of a query file: its question, its parameters and its notes, in comments; see ``queries/README.md``."""

from __future__ import annotations

import re
from typing import NamedTuple

from kb.errors import InputError, Position
from kb.messages import did_you_mean
from kb.namespaces import ID_KINDS

TYPES = ("iri", "string", "integer", "decimal", "date", "boolean")

REQUIRED = ("question@en", "question@es", "subject", "example")
_KEYS = (*REQUIRED, "param", "note")
_ATTRIBUTES = ("type", "kind", "default", "optional", "values")
_KEY_LINE = re.compile(r"#[ \t]?([a-z]+(?:@[a-z]+)?):[ \t]*(.*)")
_CONTINUATION = re.compile(r"#[ \t]{3,}(\S.*)")
_ATTRIBUTE = re.compile(r'([a-z]+)(?:=(?:"([^"]*)"|(\S+)))?(?:\s+|$)')


class Parameter(NamedTuple):
    """A variable of the query that the asker gives a value.

    ``kinds`` are the kinds of identifier that an ``iri`` may be of, empty for any. ``default`` is written as on the
    command line; without one the parameter is required, unless it is ``optional``. ``description`` is by language.
    ``values`` names the query in ``queries/values/`` that lists what may be given.
    """

    name: str
    type: str
    kinds: tuple[str, ...] = ()
    default: str | None = None
    optional: bool = False
    description: tuple[str, str] = ("", "")
    values: str | None = None

    def described(self, lang: str) -> str:
        """The description in a language, else in English; empty where the header gives none."""
        english, spanish = self.description
        return (spanish if lang == "es" else english) or english

    @property
    def wanted(self) -> str:
        """What a value is: ``place``, ``actor or venue``, ``integer``."""
        return " or ".join(self.kinds) if self.kinds else self.type


class Header(NamedTuple):
    """The documentation at the head of a query file."""

    values: dict[str, str]
    parameters: tuple[Parameter, ...]
    notes: tuple[str, ...]
    examples: tuple[str, ...] = ()


def parse_header(text: str, name: str) -> Header:
    """The header of a query text; empty where the text begins otherwise. Raises InputError with the line at fault."""
    values: dict[str, str] = {}
    parameters: dict[str, Parameter] = {}
    notes: list[str] = []
    examples: list[str] = []
    for number, key, value in _entries(text):
        where = Position(name, number)
        if key not in _KEYS:
            raise InputError(f"unknown key {key + ':'!r} in the header{did_you_mean(key, _KEYS)}", where)
        if key == "param":
            parameter = _parameter(value, where)
            if parameter.name in parameters:
                raise InputError(f"the parameter {parameter.name!r} is described twice", where)
            parameters[parameter.name] = parameter
        elif key == "note":
            notes.append(value)
        elif not value:
            raise InputError(f"{key!r} says nothing", where)
        elif key == "example":
            examples.append(value)
            values.setdefault(key, value)
        elif key in values:
            raise InputError(f"{key!r} comes twice in the header", where)
        else:
            values[key] = value
    return Header(values, tuple(parameters.values()), tuple(notes), tuple(examples))


def _entries(text: str) -> list[tuple[int, str, str]]:
    """Line number, key and value of each entry of the header, continuation lines joined."""
    entries: list[tuple[int, str, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("#"):
            break
        if match := _KEY_LINE.fullmatch(line.rstrip()):
            entries.append((number, match[1], match[2].strip()))
        elif entries and (match := _CONTINUATION.fullmatch(line.rstrip())):
            first, key, value = entries[-1]
            entries[-1] = (first, key, f"{value} {match[1]}".strip())
    return entries


def _parameter(value: str, where: Position) -> Parameter:
    """``NAME type=T [kind=K] [default=V] [optional] [values=Q] | English | Spanish``"""
    specification, *descriptions = [part.strip() for part in value.split("|")]
    name, _, rest = specification.partition(" ")
    if not re.fullmatch(r"[A-Za-z]\w*", name):
        raise InputError(f"{name!r} cannot be a parameter's name; it is a variable without its question mark", where)
    attributes: dict[str, str] = {}
    rest = rest.strip()
    while rest:
        match = _ATTRIBUTE.match(rest)
        if not match or match[1] not in _ATTRIBUTES:
            raise InputError(f"cannot read {rest!r}; after the name come type=, kind=, default=, optional or values=", where)
        attributes[match[1]] = match[2] if match[2] is not None else match[3] or ""
        rest = rest[match.end() :]
    if attributes.get("type") not in TYPES:
        raise InputError(f"the parameter {name!r} needs a type: {', '.join(TYPES)}", where)
    kinds = tuple(kind for kind in attributes.get("kind", "").split(",") if kind)
    if kinds and attributes["type"] != "iri":
        raise InputError(f"the parameter {name!r} has a kind, so its type must be iri", where)
    _check_kinds(kinds, where)
    if "default" in attributes and "optional" in attributes:
        raise InputError(f"the parameter {name!r} has a default, so it is optional already", where)
    english, spanish = (*descriptions, "", "")[:2]
    return Parameter(
        name, attributes["type"], kinds, attributes.get("default"), "optional" in attributes, (english, spanish),
        attributes.get("values"),
    )  # fmt: skip


def _check_kinds(kinds: tuple[str, ...], where: Position) -> None:
    for kind in kinds:
        if kind not in ID_KINDS:
            raise InputError(f"unknown kind {kind!r}{did_you_mean(kind, ID_KINDS)}", where)
