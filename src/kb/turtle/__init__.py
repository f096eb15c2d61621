"""RDF in files: the formats by suffix, and parsing.

The modules here keep the parser from what would kill it (``depth``), word its complaints (``syntax_errors``), and know
Turtle as text: its tokens and comments (``source``), and its one form (``formatting``, ``writer``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kb import rdf
from kb.compression import plain_name
from kb.files import display_name, read_bytes
from kb.turtle import syntax_errors
from kb.turtle.depth import check_depth
from kb.turtle.syntax_errors import syntax_error, too_long

__all__ = ["FORMATS", "address", "check_depth", "format_of", "is_rdf", "parse", "parse_file", "syntax_error", "too_long"]

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


def format_of(name: str) -> rdf.RdfFormat:
    """The format that a file's suffix stands for; Turtle where it says nothing."""
    return FORMATS.get(_suffix(name), rdf.RdfFormat.TURTLE)


def is_rdf(name: str) -> bool:
    """Whether a file's suffix stands for a format; one of a compression may follow it."""
    return _suffix(name) in FORMATS


def _suffix(name: str) -> str:
    return Path(plain_name(name)).suffix.lower()


def address(path: str | Path) -> str | None:
    """A file's own IRI, against which its relative IRIs stand (RFC 3986, 5.1.3); standard input has none."""
    return None if str(path) == "-" else Path(os.path.abspath(path)).as_uri()


def parse(content: bytes, name: str, format: rdf.RdfFormat | None = None, base: str | None = None) -> Iterator[rdf.Quad]:
    """The quads of a document, with its literals' lexical forms as written; blank nodes are renamed apart.

    Raises InputError at the first syntax error, with the line, the column and the line's text, and for what the engine
    would not survive (see ``check_depth``).
    """
    format = format or format_of(name)
    check_depth(content, name, format)
    yield from syntax_errors.parse(content, name, format=format, base_iri=base, rename_blank_nodes=True)


def parse_file(path: str | Path) -> Iterator[rdf.Quad]:
    """The quads of a file; see ``kb.files.read_bytes`` and ``parse`` for the errors."""
    return parse(read_bytes(path), display_name(path), format_of(str(path)))
