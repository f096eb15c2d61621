"""Documents of any size, read from an open file: what is held of one does not follow its size.

That is so for N-Triples, N-Quads, Turtle and TriG. JSON-LD and RDF/XML are read whole: their brackets, elements and entities
can only be judged as a whole (``depth``).
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from kb import rdf
from kb.compression import damage
from kb.errors import InputError, Position
from kb.files import LARGEST, byte_order_mark, not_utf8, unreadable
from kb.turtle import depth, syntax_errors

_WHOLE = (rdf.RdfFormat.JSON_LD, rdf.RdfFormat.RDF_XML)
_LABELLED = (rdf.RdfFormat.N_TRIPLES, rdf.RdfFormat.N_QUADS)
_PIECE, _SHOWN = 1 << 18, 1 << 20
_BOM = "\ufeff"


def is_held(format: rdf.RdfFormat) -> bool:
    """Whether a document of this format is read whole, so that memory follows its size."""
    return format in _WHOLE


class Document(NamedTuple):
    """What was seen of a document before it is parsed."""

    digest: str
    """The SHA-256 of its bytes, in hexadecimal."""
    may_have_blank_nodes: bool


def check(stream: IO[bytes], name: str, format: rdf.RdfFormat) -> Document:
    """Look through a document before it is parsed.

    The stream can be read again from its start. Raises InputError for what cannot be read or unpacked, is not UTF-8, begins
    with a byte order mark, or is nested so deep that the parser would not survive it.
    """
    digest = hashlib.sha256()
    text = _Utf8(name)
    signs, anonymous, last = 0, is_held(format), b""
    marks = (b"_:",) if format in _LABELLED else (b"_:", b"[", b"(")
    for piece in _pieces(stream, name):
        digest.update(piece)
        text.feed(piece)
        # A sign that two pieces share is missed, which matters nothing: the limit is one of reason.
        signs += depth.signs(piece, lines=format in _LABELLED)
        anonymous = anonymous or last + piece[:1] == b"_:" or any(mark in piece for mark in marks)
        last = piece[-1:]
    text.end()
    if signs > depth.DEEPEST and not is_held(format):
        depth.check_pieces(_pieces(stream, name), name)
    return Document(digest.hexdigest(), anonymous)


def parse(stream: IO[bytes], name: str, format: rdf.RdfFormat) -> Iterator[rdf.Quad]:
    """The quads of a document that was checked; the blank nodes of N-Triples and N-Quads keep their labels.

    Raises InputError at the first error, with the line, the column and the line's text.
    """
    stream.seek(0)
    if is_held(format):
        content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise InputError(f"larger than {LARGEST >> 20:,} MiB, the most that is read of this format; split it", Position(name))
        depth.check_depth(content, name, format)
        yield from syntax_errors.parse(content, name, format=format, rename_blank_nodes=True)
        return
    try:
        yield from rdf.parse(stream, format=format, rename_blank_nodes=format not in _LABELLED)
    except SyntaxError as error:
        raise syntax_errors.in_words(error, lambda line: _line(stream, line), name) from None
    except MemoryError as error:
        raise syntax_errors.too_long(error, name) from None


def _pieces(stream: IO[bytes], name: str) -> Iterator[bytes]:
    """A stream from its start, piece by piece."""
    try:
        stream.seek(0)
        while piece := stream.read(_PIECE):
            yield piece
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise unreadable(error, name) from None
        raise damage(error, name) or error from None


def _line(stream: IO[bytes], number: int) -> bytes:
    """The beginning of a line of a document, without its end."""
    stream.seek(0)
    for _ in range(number - 1):
        while (part := stream.readline(_SHOWN)) and not part.endswith(b"\n"):
            pass
    return stream.readline(_SHOWN).rstrip(b"\r\n")


class _Utf8:
    """Judges bytes that come in pieces, and knows the place of the first that is wrong."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._begun = False
        self._line, self._column = 1, 1

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Raises InputError for bytes that are not UTF-8, and for a byte order mark at the start."""
        try:
            text = self._decoder.decode(piece, last)
        except UnicodeDecodeError as error:
            self._advance(error.object[: error.start].decode("utf-8"))
            raise not_utf8(error.object[error.start], Position(self._name, self._line, self._column)) from None
        if text and not self._begun and text[0] == _BOM:
            raise byte_order_mark(self._name)
        self._begun = self._begun or bool(text)
        self._advance(text)

    def end(self) -> None:
        """Raises InputError where a character is cut off."""
        self.feed(b"", last=True)

    def _advance(self, text: str) -> None:
        breaks = text.count("\n")
        if breaks:
            self._line += breaks
            self._column = len(text) - text.rfind("\n")
        else:
            self._column += len(text)
