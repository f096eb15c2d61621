"""Which literals cannot be values of which datatypes, for the datatypes of OWL 2 RL."""

from __future__ import annotations

import re
from decimal import Decimal

from kb import rdf
from kb.namespaces import EXTERNAL

XSD, RDF = EXTERNAL["xsd"], EXTERNAL["rdf"]

_INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
_STRINGS = ("string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN")
# Datatypes whose values have nothing in common have different names here.
_SPACES = (
    {XSD + name: "number" for name in ("decimal", *_INTEGERS)}
    | {XSD + name: "string" for name in _STRINGS}
    | {XSD + name: "dateTime" for name in ("dateTime", "dateTimeStamp")}
    | {XSD + name: name for name in ("boolean", "float", "double", "hexBinary", "base64Binary", "anyURI")}
    | {RDF + "langString": "langString"}
)
ANY_TEXT = frozenset((XSD + "string", RDF + "langString"))
"""Datatypes that every literal of theirs is a value of; most literals are theirs."""
_FORMS = {
    "number": re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)\Z"),
    "boolean": re.compile(r"(?:true|false|1|0)\Z"),
    "float": re.compile(r"(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN)\Z"),
    "double": re.compile(r"(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN)\Z"),
    "dateTime": re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?\Z"),
}


def excludes(literal: rdf.Literal, datatype: rdf.NamedNode) -> bool:
    """Whether the literal's value is certainly not in the datatype; False for datatypes that OWL 2 RL does not know."""
    space, wanted = _SPACES.get(literal.datatype.value), _SPACES.get(datatype.value)
    if space is None or wanted is None:
        return False
    if space != wanted:
        return True
    form = _FORMS.get(space)
    text = literal.value.strip(" \t\r\n")
    if form is not None and not form.match(text):
        return True
    name = datatype.value.removeprefix(XSD)
    if name not in _INTEGERS:
        return False
    number = Decimal(text)
    low, high = _INTEGERS[name]
    return number != number.to_integral_value() or (low is not None and number < low) or (high is not None and number > high)
