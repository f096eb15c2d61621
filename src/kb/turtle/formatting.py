"""The one way in which the project's Turtle files are written, so that a change of one value is a change of one line.

Subjects stay in the order of their author, who groups what is read together; what is inside a subject is ordered here.
Lexical forms are kept as written, and nothing is lost: a comment that has no place in the form is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kb import rdf, turtle
from kb.errors import InputError, Position
from kb.turtle.blanks import by_content
from kb.turtle.source import Comment, Lines, Token, statements, tokens
from kb.turtle.writer import Comments, Term, format_quads

__all__ = ["Comments", "format_document", "format_quads"]


def format_document(content: bytes, name: str) -> str:
    """A Turtle document in the project's form.

    Raises InputError for a syntax error, or for a comment that could not be kept: one inside a statement, or after one
    on the same line.
    """
    turtle.check_depth(content, name, rdf.RdfFormat.TURTLE)
    parser = rdf.parse(content, format=rdf.RdfFormat.TURTLE)
    try:
        quads = list(parser)
    except SyntaxError as error:
        raise turtle.syntax_error(error, content, name) from None
    except MemoryError as error:
        raise turtle.too_long(error, name) from None
    text = content.decode("utf-8")
    parts = list(tokens(text))
    if any(part.kind == "other" for part in parts):
        raise RuntimeError("the parser accepts what the formatter cannot read")
    labels = {part.text[2:] for part in parts if part.kind == "name" and part.text.startswith("_:")}
    comments = _read_comments(text, parts, name, _anonymous(quads, labels))
    try:
        formatted = format_quads(quads, parser.prefixes, comments, labels, _tags(parts))
    except InputError as error:
        raise InputError(str(error), Position(name)) from None
    _check_nothing_lost(quads, formatted, labels)
    return formatted


def _read_comments(text: str, parts: list[Token], name: str, anonymous: Iterator[Term]) -> Comments:
    """The comments of a text, each tied to the subject of the statement that it stands before.

    ``anonymous`` are the subjects of the statements that begin with a bracket, in order.
    """
    lines = Lines(text)
    found = Comments()
    pending: list[str] = []
    # The parser itself resolves the names of subjects, each where its prefixes hold.
    probe: list[str] = []
    commented: list[tuple[Term | None, list[str]]] = []
    last_line = 0
    started = False
    for item in statements(text, parts):
        line = lines.line(item.start)
        if isinstance(item, Comment):
            if item.inside or lines.content(line)[: lines.column(item.start) - 1].strip():
                raise InputError(
                    "this comment has no place in the canonical form; put it on a line of its own, before the statement",
                    Position(name, line, lines.column(item.start), lines.content(line)),
                )
            if pending and line > last_line + 1:
                pending.append("")
            pending.append(item.text.rstrip())
            last_line = line
            continue
        if item.directive is not None:
            probe.append(item.directive)
            if pending and not started:
                found.header += ([""] if found.header else []) + pending
                pending = []
            continue
        started = True
        # RDF 1.2 has subjects of another sort, which the writer refuses.
        subject = next(anonymous, rdf.BlankNode()) if item.subject is None else None
        if pending:
            if line > last_line + 1:
                pending.append("")
            if subject is None:
                probe.append(f"{item.subject} <urn:x:p> <urn:x:o> .")
            commented.append((subject, pending))
            pending = []
    found.footer = pending
    named = (quad.subject for quad in rdf.parse("\n".join(probe), format=rdf.RdfFormat.TURTLE))
    for subject, about in commented:
        found.before.setdefault(next(named) if subject is None else subject, []).extend(about)
    return found


def _anonymous(quads: list[rdf.Quad], labels: set[str]) -> Iterator[Term]:
    """The subjects that are written in brackets, in order: blank nodes that nothing refers to and nobody has labelled."""
    used = {quad.object for quad in quads}
    subjects = dict.fromkeys(quad.subject for quad in quads)
    return (s for s in subjects if isinstance(s, rdf.BlankNode) and s not in used and s.value not in labels)


def _tags(parts: list[Token]) -> dict[rdf.Literal, str]:
    """Literals with their language tags as written, where the engine changes some: it gives them in lower case.

    A literal whose tag is written in two ways keeps the first, since to RDF they are one.
    """
    pairs = [(string.text, tag.text) for string, tag in pairwise(parts) if string.kind == "string" and tag.kind == "at"]
    if all(tag == tag.lower() for _, tag in pairs):
        return {}
    probe = "\n".join(f"<urn:x:s> <urn:x:p> {string}{tag} ." for string, tag in pairs)
    literals = (quad.object for quad in rdf.parse(probe, format=rdf.RdfFormat.TURTLE))
    found: dict[rdf.Literal, str] = {}
    for literal, (_, tag) in zip(literals, pairs, strict=True):
        found.setdefault(literal, tag[1:])
    return found


def _check_nothing_lost(quads: list[rdf.Quad], formatted: str, labels: set[str]) -> None:
    """Raises RuntimeError where the formatted text does not say the same: a bug of ours must not reach a file."""
    again = list(rdf.parse(formatted, format=rdf.RdfFormat.TURTLE))
    # The nodes that kept their label are known by it; all others are in brackets now, each at one place.
    kept = {term for quad in again for term in (quad.subject, quad.object) if isinstance(term, rdf.BlankNode)}
    kept = {node for node in kept if node.value in labels}
    if by_content(again, kept) != by_content(quads, kept):
        raise RuntimeError("the formatted text does not hold the same triples")
