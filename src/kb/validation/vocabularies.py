"""Which terms the vocabularies of others have, as far as the project uses these vocabularies: from ``external_terms.txt``."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import NamedTuple

from kb.namespaces import EXTERNAL
from kb.validation.hints import nearest

_CHECKED = {prefix: namespace for prefix, namespace in EXTERNAL.items() if prefix != "wd"}
"""Wikidata's are individuals without end: where an identifier came from is what counts there."""
_SECTION = re.compile(r"\[(\w+) (\w+)( deprecated)?\]\Z")
_NAME = re.compile(r"[\w.-]+\Z")
_MEMBER = re.compile(r"_[1-9][0-9]*\Z")


class Term(NamedTuple):
    """A term: ``kind`` is Class, Property, Datatype or Individual."""

    kind: str
    deprecated: bool


def split(iri: str) -> tuple[str, str] | None:
    """Prefix and local name of an IRI in one of the vocabularies; None for any other, and for a namespace itself."""
    for prefix, namespace in _CHECKED.items():
        if iri.startswith(namespace) and iri != namespace:
            return prefix, iri[len(namespace) :]
    return None


def term(prefix: str, name: str) -> Term | None:
    """What a vocabulary knows of a name; None where it has no such term."""
    if prefix == "rdf" and _MEMBER.match(name):
        return Term("Property", False)
    return _terms().get(prefix, {}).get(name)


def is_unknown(iri: str) -> bool:
    """Whether an IRI is in one of the vocabularies, looks like a term of it, and is none."""
    found = split(iri)
    return found is not None and _NAME.match(found[1]) is not None and term(*found) is None


def near(iri: str) -> list[str]:
    """The CURIEs of the terms of its vocabulary that an IRI may stand for."""
    found = split(iri)
    return [f"{found[0]}:{name}" for name in nearest(found[1], names(found[0]))] if found else []


def names(prefix: str) -> list[str]:
    """All terms of a vocabulary."""
    return list(_terms().get(prefix, {}))


@cache
def _terms() -> dict[str, dict[str, Term]]:
    found: dict[str, dict[str, Term]] = {}
    section = Term("", False)
    current: dict[str, Term] = {}
    for line in resources.files("kb.validation").joinpath("external_terms.txt").read_text(encoding="utf-8").splitlines():
        header = _SECTION.match(line)
        if header:
            current = found.setdefault(header[1], {})
            section = Term(header[2], bool(header[3]))
        elif not line.startswith("#"):
            current.update(dict.fromkeys(line.split(), section))
    return found
