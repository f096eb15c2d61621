"""What a parser or its user would die of, found before anything is parsed: deep nesting, and XML entities that grow.

The patterns read each byte once: what is not closed runs to the end of the file, and nothing is tried twice.
"""

from __future__ import annotations

import re
from collections import Counter

from kb import rdf
from kb.errors import InputError, Position

# People write a few levels. Deep JSON and triple terms kill the engine's parser by a signal, which nobody could catch;
# deep brackets take gigabytes, and deep XML minutes.
DEEPEST = 500
LONGEST_ENTITIES = 64 << 20

_JSON_NESTING = re.compile(rb'"(?:[^"\\]|\\.)*+"?|(?P<open>[\[{])|(?P<close>[\]}])', re.DOTALL)
_TURTLE_NESTING = re.compile(
    rb'''"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?|"(?:[^"\\\n]|\\.)*+"?|\'\'\'(?:[^'\\]|\\.|'(?!\'\'))*+(?:\'\'\')?|'(?:[^'\\\n]|\\.)*+'?'''
    rb"|\\.|\#[^\n]*+|(?P<open><<|[\[(])|(?P<close>>>|[\])])|<[^<>\s]*+>",
    re.DOTALL,
)
_XML_NESTING = re.compile(
    rb"<!--(?:.*?-->|.*+)|<!\[CDATA\[(?:.*?\]\]>|.*+)|<\?(?:.*?\?>|.*+)|(?P<close></)"
    rb"""|<[^\s!?/<>](?:[^<>"'/]|/(?!>)|"[^"]*+"|'[^']*+')*+(?:/>|(?P<open>>))?""",
    re.DOTALL,
)
_XML_DOCTYPE = re.compile(rb"(?>\s+|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_XML_ENTITY = re.compile(rb"""<!ENTITY\s++(?:([^\s%"'<>&;]++)\s++(?:"([^"]*+)"|'([^']*+)'|(SYSTEM|PUBLIC))|(%))""")
_XML_INNER = re.compile(rb"&(?!#|(?:amp|lt|gt|quot|apos);)|&#(?:38|[xX]0*26);")
_XML_USE = re.compile(rb"&([^\s%\"'<>&;]++);")


def check_depth(content: bytes, name: str, format: rdf.RdfFormat) -> None:
    """Raises InputError for brackets, triple terms, JSON or XML nested too deep, and for XML entities that grow."""
    what = "brackets"
    if format == rdf.RdfFormat.JSON_LD:
        signs, nesting = (b"{", b"["), _JSON_NESTING
    elif format == rdf.RdfFormat.RDF_XML:
        _check_entities(content, name)
        signs, nesting, what = (b"<",), _XML_NESTING, "elements"
    else:
        signs, nesting = (b"[", b"(", b"<<"), _TURTLE_NESTING
    if sum(content.count(sign) for sign in signs) <= DEEPEST:
        return
    depth = 0
    for match in nesting.finditer(content):
        depth += {"open": 1, "close": -1}.get(match.lastgroup or "", 0)
        if depth > DEEPEST:
            raise InputError(f"{what} nested more than {DEEPEST} deep", _line(content, match.start(), name))


def _check_entities(content: bytes, name: str) -> None:
    """Raises InputError for an XML document with entities that are elsewhere, or that would grow beyond measure."""
    if not _XML_DOCTYPE.match(content):
        return
    uses = Counter(_XML_USE.findall(content))
    size = 0
    for match in _XML_ENTITY.finditer(content):
        if match[4] or match[5]:
            raise InputError(
                "an entity that is not written out in the file itself is not fetched; write it out",
                _line(content, match.start(), name),
            )
        value = match[2] or match[3] or b""
        if _XML_INNER.search(value):
            raise InputError(
                "an entity that is made of other entities is not taken; write it out", _line(content, match.start(), name)
            )
        size += len(value) * uses[match[1]]
    if size > LONGEST_ENTITIES:
        raise InputError(f"its entities would make more than {LONGEST_ENTITIES >> 20} MiB", Position(name))


def _line(content: bytes, offset: int, name: str) -> Position:
    return Position(name, content.count(b"\n", 0, offset) + 1)
