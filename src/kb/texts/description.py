"""The bibliographic description of a document, from what its curator states on the command line."""

from __future__ import annotations

import re
from datetime import date

from kb import rdf
from kb.errors import UsageError
from kb.namespaces import PREFIXES, expand, kind_of
from kb.turtle.formatting import format_quads

# Extended Date/Time Format, as far as a date of publication needs it: year, month, day, qualified, or an interval.
_EDTF_DATE = r"-?\d{4}(?:-\d{2}(?:-\d{2})?)?[?~%]?"
_EDTF = re.compile(rf"{_EDTF_DATE}(?:/(?:{_EDTF_DATE}|\.\.)?)?\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{1,8})*\Z")


def describe(slug: str, title: str, creators: tuple[str, ...], issued: str | None, language: str) -> str:
    """The bibliographic description of the document ``slug`` as Turtle, for its ``document.ttl``.

    ``creators`` are CURIEs of actors, ``issued`` an EDTF date, ``language`` a BCP 47 tag. Raises UsageError for one that
    is not.
    """
    if not title.isascii() and any("\ud800" <= character <= "\udfff" for character in title):
        raise UsageError(f"--title {title}: not text in UTF-8")
    if not _LANGUAGE.match(language):
        raise UsageError(f"--language {language}: not a language tag such as en, es or pt-BR")
    if issued is not None and not _is_date(issued):
        raise UsageError(f"--issued {issued}: not an EDTF date such as 2025, 2025-06 or 2025-06-18")
    subject = rdf.NamedNode(f"{PREFIXES['document']}{slug}")
    dcterms = PREFIXES["dcterms"]
    said = [
        (rdf.RDF_TYPE.value, rdf.NamedNode(f"{PREFIXES['mm']}Document")),
        (f"{dcterms}title", rdf.Literal(title, language=language)),
        *((f"{PREFIXES['skos']}prefLabel", rdf.Literal(title, language=tag)) for tag in ("en", "es")),
        (f"{dcterms}language", rdf.Literal(language)),
    ]
    for creator in creators:
        iri = expand(creator)
        if iri is None or kind_of(iri) != "actor":
            raise UsageError(f"--creator {creator}: not the identifier of an actor, such as actor:jane-doe")
        said.append((f"{dcterms}creator", rdf.NamedNode(iri)))
    if issued is not None:
        said.append((f"{dcterms}issued", rdf.Literal(issued, datatype=rdf.NamedNode(f"{PREFIXES['edtf']}EDTF"))))
    return format_quads(rdf.Quad(subject, rdf.NamedNode(predicate), value) for predicate, value in said)


def _is_date(issued: str) -> bool:
    """Whether each date of an EDTF value exists in the calendar."""
    if not _EDTF.match(issued):
        return False
    try:
        for part in re.findall(r"(?<![\d-])-?(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", issued):
            date(max(int(part[0]), 4), int(part[1] or 1), int(part[2] or 1))
    except ValueError:
        return False
    return True
