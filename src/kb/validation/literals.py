"""Literals that do not say what their datatype lets one say, and texts with characters that nobody sees.

The forms are those of XML Schema 1.1, Part 2. They are here because nothing at hand checks them: the RDF engine takes
``P1YT`` for a duration and refuses ``--02-29`` and whole numbers of 20 digits, and elementpath looks at the form of a date
alone, not at the calendar.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date

from kb import rdf
from kb.messages import CONTROL
from kb.namespaces import PREFIXES, iri_of
from kb.validation import nouns, own_rules
from kb.validation.nouns import both
from kb.validation.own_rules import Fault
from kb.validation.shapes import Messages

_XSD = PREFIXES["xsd"]
_YEAR = r"-?(?:[1-9][0-9]{3,}|0[0-9]{3})"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_UNSIGNED = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_DAYS = r"(?:[0-9]+D)"
_CLOCK = r"T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?"
_INTEGER = r"[+-]?[0-9]+"
_B64 = "[A-Za-z0-9+/] ?"

_FORMS = {
    "boolean": "true|false|1|0",
    "decimal": rf"[+-]?{_UNSIGNED}",
    "integer": _INTEGER,
    "float": rf"[+-]?{_UNSIGNED}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    "double": rf"[+-]?{_UNSIGNED}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    "date": f"(?P<year>{_YEAR})-(?P<month>{_MONTH})-(?P<day>{_DAY}){_ZONE}?",
    "dateTime": f"(?P<year>{_YEAR})-(?P<month>{_MONTH})-(?P<day>{_DAY})T{_TIME}{_ZONE}?",
    "dateTimeStamp": f"(?P<year>{_YEAR})-(?P<month>{_MONTH})-(?P<day>{_DAY})T{_TIME}{_ZONE}",
    "time": f"{_TIME}{_ZONE}?",
    "gYear": f"{_YEAR}{_ZONE}?",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}?",
    "gMonth": f"--{_MONTH}{_ZONE}?",
    "gMonthDay": f"--(?P<month>{_MONTH})-(?P<day>{_DAY}){_ZONE}?",
    "gDay": f"---{_DAY}{_ZONE}?",
    "duration": rf"-?P(?=.)(?:[0-9]+Y)?(?:[0-9]+M)?{_DAYS}?(?:{_CLOCK})?",
    "dayTimeDuration": rf"-?P(?=.){_DAYS}?(?:{_CLOCK})?",
    "yearMonthDuration": r"-?P(?=.)(?:[0-9]+Y)?(?:[0-9]+M)?",
    "hexBinary": "(?:[0-9a-fA-F]{2})*",
    "base64Binary": f"(?:(?:{_B64}){{4}})*(?:(?:{_B64}){{3}}[A-Za-z0-9+/]|(?:{_B64}){{2}}[AEIMQUYcgkosw048] ?="
                    f"|{_B64}[AQgw] ?= ?=)?",
    "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "normalizedString": "[^\t\n\r]*",
    "token": r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?",
}  # fmt: skip
# The whole numbers within bounds: the least and the greatest, None for none.
_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "long": (-(2**63), 2**63 - 1), "int": (-(2**31), 2**31 - 1), "short": (-(2**15), 2**15 - 1), "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1), "unsignedInt": (0, 2**32 - 1), "unsignedShort": (0, 2**16 - 1), "unsignedByte": (0, 255),
    "nonNegativeInteger": (0, None), "positiveInteger": (1, None), "nonPositiveInteger": (None, 0), "negativeInteger": (None, -1),
}  # fmt: skip
_SUCH_AS = {
    "date": "2025-06-17", "dateTime": "2025-06-17T10:30:00", "gYear": "2025", "gYearMonth": "2025-06", "boolean": "true",
    "integer": "42", "decimal": "6.50", "time": "10:30:00",
}  # fmt: skip
_LABELS = frozenset(
    PREFIXES[prefix] + name
    for prefix, name in (
        ("skos", "prefLabel"), ("skos", "altLabel"), ("skos", "definition"), ("rdfs", "label"), ("dcterms", "title"), ("mm", "gloss"),
    )
)  # fmt: skip
_DATES_OF_DEEDS = frozenset(
    rdf.NamedNode(iri_of(name))
    for name in ("dcterms:issued", "dcterms:created", "dcterms:modified", "mm:curatedOn", "mm:saidOn", "mm:standingOn")
)
_PATTERNS: dict[str, re.Pattern[str]] = {}


def is_well_typed(text: str, datatype: str) -> bool:
    """Whether a text is in the lexical space of a datatype; True for a datatype that XML Schema does not define."""
    name = datatype.removeprefix(_XSD) if datatype.startswith(_XSD) else ""
    form = "integer" if name in _BOUNDS else name
    if form not in _FORMS:
        return True
    if form not in _PATTERNS:
        _PATTERNS[form] = re.compile(_FORMS[form])
    match = _PATTERNS[form].fullmatch(text)
    if match is None:
        return False
    if "day" in match.groupdict():
        return int(match["day"]) <= _days(match.groupdict())
    return _within(text, *_BOUNDS[name]) if name in _BOUNDS else True


def _days(date: dict[str, str]) -> int:
    """The days of a month; the most that it can have where no year is given. The calendar repeats itself every 400 years."""
    year = 2000 + int(date.get("year", "0000").lstrip("-")[-4:]) % 400
    return monthrange(year, int(date["month"]))[1]


def _within(text: str, least: int | None, most: int | None) -> bool:
    digits = text.lstrip("+-0")
    if len(digits) > 20:  # beyond every bound, and perhaps beyond what Python reads as a number
        return (most is None) if not text.startswith("-") else (least is None)
    number = int(text)
    return (least is None or number >= least) and (most is None or number <= most)


def check(quads: Iterable[rdf.Quad]) -> Iterator[Fault]:
    """Ill-typed literals, dates of what was done that have not come, and texts with control characters or, where they are
    names, with white space around them."""
    today = date.today().isoformat()
    judged: dict[tuple[str, str], bool] = {}
    for quad in quads:
        literal = quad.object
        if not isinstance(literal, rdf.Literal):
            continue
        text, datatype = literal.value, literal.datatype.value
        if datatype in (nouns.STRING, nouns.LANG_STRING):
            detail = _unseen(text, quad.predicate.value)
            if detail:
                yield Fault(own_rules.PLAIN_TEXT, "Warning", quad, detail)
            continue
        start = text.partition("/")[0].rstrip("?~%") if quad.predicate in _DATES_OF_DEEDS else ""
        if start.replace("-", "").isdigit() and start > today[: len(start)]:
            yield Fault(own_rules.FUTURE, "Warning", quad)
        key = (text, datatype)
        if key not in judged:
            judged[key] = is_well_typed(text, datatype)
        if not judged[key]:
            yield Fault(own_rules.WELL_TYPED, "Violation", quad, _ill_typed(text, datatype))


def _ill_typed(text: str, datatype: str) -> Messages:
    name = nouns.datatype(datatype)
    local = datatype.removeprefix(_XSD)
    if text != text.strip():
        return both(f"has spaces around it, so it is not {name['en']}", f"tiene espacios alrededor, así que no es {name['es']}")
    if "day" in _FORMS.get(local, "") and _PATTERNS[local].fullmatch(text):
        return both("is a day that the calendar does not have", "es un día que no existe en el calendario")
    such = _SUCH_AS.get(local)
    return both(f"is not {name['en']}" + (f", such as {such}" if such else ""),
                f"no es {name['es']}" + (f", como {such}" if such else ""))  # fmt: skip


def _unseen(text: str, predicate: str) -> Messages | None:
    found = CONTROL.search(text)
    if found:
        sign = f"U+{ord(found.group()):04X}"
        return both(f"has a character that nobody sees ({sign})", f"tiene un carácter que nadie ve ({sign})")
    if predicate in _LABELS and text != text.strip():
        return both("has white space at its beginning or end", "tiene espacios al principio o al final")
    return None
