"""Which terms the vocabularies of others have, as far as the project uses these vocabularies: from ``external_terms.txt``."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kb.namespaces import EXTERNAL
from kb.validation.hints import nearest

_CHECKED = {prefix: namespace for prefix, namespace in EXTERNAL.items() if prefix != "wd"}
"""Wikidata's are individuals without end: where an identifier came from is what counts there."""
_SECTION = re.compile(r"^\[(\w+) (\w+)( deprecated)?\]$", re.MULTILINE)
_NAME = re.compile(r"[\w.-]+\Z")
_MEMBER = re.compile(r"_[1-9][0-9]*\Z")

_READ: dict[str, dict[str, Term]] = {}


class Term(NamedTuple):
    """A term: ``kind`` is Class, Property, Datatype or Individual."""

    kind: str
    deprecated: bool


def load() -> None:
    """Read the list, now and not when it is first asked."""
    _sections()


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
    return _terms(prefix).get(name)


def is_unknown(iri: str) -> bool:
    """Whether an IRI is in one of the vocabularies, looks like a term of it, and is none."""
    found = split(iri)
    return found is not None and _NAME.match(found[1]) is not None and term(*found) is None


def unknown_near(iri: str) -> list[str]:
    """The CURIEs of the terms that an unknown one of a vocabulary may stand for; none for any other IRI."""
    found = split(iri) if is_unknown(iri) else None
    return [f"{found[0]}:{name}" for name in nearest(found[1], names(found[0]))] if found else []


def names(prefix: str) -> list[str]:
    """All terms of a vocabulary."""
    return list(_terms(prefix))


def _terms(prefix: str) -> dict[str, Term]:
    """The terms of one vocabulary, read when they are first asked for."""
    if prefix not in _READ:
        _READ[prefix] = {}
        for start, section in _sections():
            if start[1] == prefix:
                _READ[prefix].update(dict.fromkeys(section.split(), Term(start[2], bool(start[3]))))
    return _READ[prefix]


@cache
def _sections() -> list[tuple[re.Match[str], str]]:
    text = Path(__file__).with_name("external_terms.txt").read_text(encoding="utf-8")
    starts = list(_SECTION.finditer(text))
    ends = [*(start.start() for start in starts[1:]), len(text)]
    return [(start, text[start.end() : end]) for start, end in zip(starts, ends, strict=True)]
