"""RDF in files: the formats by suffix, the parser kept from what would kill it, syntax errors with their place.

The modules here know Turtle as text: its tokens and comments (``source``), and its one form (``formatting``, ``writer``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kb import rdf
from kb.errors import InputError, Position
from kb.files import display_name, read_bytes
from kb.messages import did_you_mean
from kb.namespaces import PREFIXES

FORMATS = {
    ".ttl": rdf.RdfFormat.TURTLE,
    ".nt": rdf.RdfFormat.N_TRIPLES,
    ".nq": rdf.RdfFormat.N_QUADS,
    ".trig": rdf.RdfFormat.TRIG,
    ".rdf": rdf.RdfFormat.RDF_XML,
    ".owl": rdf.RdfFormat.RDF_XML,
    ".jsonld": rdf.RdfFormat.JSON_LD,
}
"""File suffix to format; standard input and unknown suffixes are read as Turtle."""

# People write a few levels. Deep JSON and triple terms kill the engine's parser by a signal, which nobody could catch;
# deep brackets take gigabytes, and deep XML minutes.
_DEEPEST = 500
_LONGEST_MESSAGE = 500
_JSON_NESTING = re.compile(rb'"(?:[^"\\]|\\.)*"|(?P<open>[\[{])|(?P<close>[\]}])')
_TURTLE_NESTING = re.compile(
    rb'''"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\\.|\#[^\n]*'''
    rb"|(?P<open><<|[\[(])|(?P<close>>>|[\])])|<[^<>\s]*>",
    re.DOTALL,
)
_XML_ENTITY = re.compile(rb"""<!ENTITY\s+([^\s%"'<>&;]+)\s+(?:"([^"]*)"|'([^']*)')""")
_XML_REFERENCE = re.compile(rb"&(?!#|(?:amp|lt|gt|quot|apos);)|&#(?:38|[xX]0*26);")
_LONGEST_ENTITIES = 64 << 20
_XML_NESTING = re.compile(
    rb"""<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|(?P<close></)|<[^\s!?/<>](?:[^<>"'/]|/(?!>)|"[^"]*"|'[^']*')*(?:/>|(?P<open>>))""",
    re.DOTALL,
)


def format_of(name: str) -> rdf.RdfFormat:
    """The format that a file's suffix stands for; Turtle where it says nothing."""
    return FORMATS.get(Path(name).suffix.lower(), rdf.RdfFormat.TURTLE)


def parse(content: bytes, name: str, format: rdf.RdfFormat | None = None, base: str | None = None) -> Iterator[rdf.Quad]:
    """The quads of a document, with its literals' lexical forms as written; blank nodes are renamed apart.

    Raises InputError at the first syntax error, with the line, the column and the line's text, and for nesting that the
    engine would not survive.
    """
    check_depth(content, name, format or format_of(name))
    try:
        yield from rdf.parse(content, format=format or format_of(name), base_iri=base, rename_blank_nodes=True)
    except SyntaxError as error:
        raise syntax_error(error, content, name) from None


def parse_file(path: str | Path) -> Iterator[rdf.Quad]:
    """The quads of a file; see ``kb.files.read_bytes`` and ``parse`` for the errors."""
    return parse(read_bytes(path), display_name(path), format_of(str(path)))


def check_depth(content: bytes, name: str, format: rdf.RdfFormat) -> None:
    """Raises InputError for brackets, triple terms, JSON or XML nested so deep that a parser or its user would die of it."""
    what = "brackets"
    if format == rdf.RdfFormat.JSON_LD:
        signs, nesting = (b"{", b"["), _JSON_NESTING
    elif format == rdf.RdfFormat.RDF_XML:
        _check_entities(content, name)
        signs, nesting, what = (b"<",), _XML_NESTING, "elements"
    else:
        signs, nesting = (b"[", b"(", b"<<"), _TURTLE_NESTING
    if sum(content.count(sign) for sign in signs) <= _DEEPEST:
        return
    depth = 0
    for match in nesting.finditer(content):
        depth += {"open": 1, "close": -1}.get(match.lastgroup or "", 0)
        if depth > _DEEPEST:
            line = content.count(b"\n", 0, match.start()) + 1
            raise InputError(f"{what} nested more than {_DEEPEST} deep", Position(name, line))


def _check_entities(content: bytes, name: str) -> None:
    """Raises InputError for an XML document whose entities would grow beyond measure: the parser dies of it by a signal."""
    size = 0
    for match in _XML_ENTITY.finditer(content):
        value = match[2] or match[3] or b""
        if _XML_REFERENCE.search(value):
            line = content.count(b"\n", 0, match.start()) + 1
            raise InputError("an entity that is made of other entities is not taken; write it out", Position(name, line))
        size += len(value) * content.count(b"&" + match[1] + b";")
    if size > _LONGEST_ENTITIES:
        raise InputError(f"its entities would make more than {_LONGEST_ENTITIES >> 20} MiB", Position(name))


def syntax_error(error: SyntaxError, content: bytes, name: str) -> InputError:
    """The engine's syntax error as ours: its message without the position that it repeats, and the place it points to."""
    message = re.sub(r"^Parser error (?:at|between) [^:]*: ", "", error.msg)
    if len(message) > _LONGEST_MESSAGE:  # it may quote a token, and that may be megabytes long
        message = message[:_LONGEST_MESSAGE] + "…"
    message += _prefix_hint(message)
    if message == "No scheme found in an absolute IRI":
        message = "this IRI is relative, and nothing says to what; write it whole, or add an @base"
    if error.lineno is None:
        return InputError(message, Position(name))
    return InputError(message, Position.within(content.decode("utf-8", "replace"), error.lineno, error.offset, name))


def _prefix_hint(message: str) -> str:
    """How to declare a prefix that the parser misses; empty for another message."""
    found = re.search(r"The prefix ([^\s:]*): has not been declared", message)
    if not found:
        return ""
    if found[1] in PREFIXES:
        return f"; add the line `@prefix {found[1]}: <{PREFIXES[found[1]]}> .`"
    return did_you_mean(found[1], PREFIXES) if len(found[1]) > 2 else ""
