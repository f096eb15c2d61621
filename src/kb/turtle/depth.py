"""What a parser or its user would die of, found before anything is parsed: deep nesting, and XML entities that grow.

The patterns read each byte once: what is not closed runs to the end of the file, and nothing is tried twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import chain

from kb import rdf
from kb.errors import InputError, Position

# People write a few levels. Deep JSON and triple terms kill the engine's parser by a signal, which nobody could catch;
# deep brackets take gigabytes, and deep XML minutes.
DEEPEST = 500
LONGEST_ENTITIES = 64 << 20

_JSON_NESTING = re.compile(rb'"(?>[^"\\]|\\.)*+"?|(?P<open>[\[{])|(?P<close>[\]}])', re.DOTALL)
_TURTLE_NESTING = re.compile(
    rb'''"""(?>[^"\\]|\\.|"(?!""))*+(?:""")?|"(?>[^"\\\n]|\\.)*+"?|\'\'\'(?>[^'\\]|\\.|'(?!\'\'))*+(?:\'\'\')?|'(?>[^'\\\n]|\\.)*+'?'''
    rb"|\\.|\#[^\n]*+|(?P<open><<|[\[(])|(?P<close>>>|[\])])|<[^<>\s]*+>",
    re.DOTALL,
)
_XML_NESTING = re.compile(
    rb"<!--(?:.*?-->|.*+)|<!\[CDATA\[(?:.*?\]\]>|.*+)|<\?(?:.*?\?>|.*+)|(?P<close></)"
    rb"""|<[^\s!?/<>](?>[^<>"'/]|/(?!>)|"[^"]*+"|'[^']*+')*+(?:/>|(?P<open>>))?""",
    re.DOTALL,
)
_TURTLE_SIGNS, _WHITE = (b"[", b"(", b"<<"), (b" ", b"\n", b"\t", b"\r")
TOO_LONG = "a text, an IRI or a comment of more than 16 MiB is not taken"
_LONGEST_TOKEN = 16 << 20
"""Bytes of a text, an IRI or a comment; the engine takes no longer one."""
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
        signs, nesting = _TURTLE_SIGNS, _TURTLE_NESTING
    if sum(content.count(sign) for sign in signs) <= DEEPEST:
        return
    depth = 0
    for match in nesting.finditer(content):
        depth += {"open": 1, "close": -1}.get(match.lastgroup or "", 0)
        if depth > DEEPEST:
            raise InputError(f"{what} nested more than {DEEPEST} deep", _line(content, match.start(), name))


def signs(piece: bytes, *, lines: bool) -> int:
    """How many signs of nesting there are in a piece of N-Triples or N-Quads (``lines``), or of Turtle or TriG."""
    return sum(piece.count(sign) for sign in (_TURTLE_SIGNS[-1:] if lines else _TURTLE_SIGNS))


def check_pieces(pieces: Iterable[bytes], name: str) -> None:
    """As ``check_depth``, of a document in one of these formats that comes in pieces and is not held."""
    level, line, rest = 0, 1, b""
    for piece in chain(pieces, (b"",)):  # what is left at the end is looked at with nothing to follow
        text = rest + piece
        # Only texts and comments go on beyond white space; one that is not at its end yet is put back.
        end = max(text.rfind(white) for white in _WHITE) + 1 if piece else len(text)
        for match in _TURTLE_NESTING.finditer(text, 0, end):
            if match.end() == end and not match.lastgroup and piece:
                end = match.start()
                break
            level += {"open": 1, "close": -1}.get(match.lastgroup or "", 0)
            if level > DEEPEST:
                line += text.count(b"\n", 0, match.start())
                raise InputError(f"brackets nested more than {DEEPEST} deep", Position(name, line))
        line += text.count(b"\n", 0, end)
        rest = text[end:]
        if len(rest) > 2 * _LONGEST_TOKEN:
            raise InputError(TOO_LONG, Position(name, line))


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
