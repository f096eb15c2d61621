"""The one way in which the project's Turtle files are written, so that a change of one value is a change of one line.

Subjects stay in the order of their author, who groups what is read together; what is inside a subject is ordered here.
Lexical forms are kept as written, and nothing is lost: a comment that has no place in the form is refused.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from kb import rdf, turtle
from kb.errors import InputError, Position
from kb.turtle.source import Comment, Lines, Statement, statements, tokens
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
    labels = {token.text[2:] for token in tokens(text) if token.kind == "name" and token.text.startswith("_:")}
    comments = _read_comments(text, name, _anonymous(quads, labels))
    try:
        formatted = format_quads(quads, parser.prefixes, comments, labels)
    except InputError as error:
        raise InputError(str(error), Position(name)) from None
    _check_nothing_lost(quads, formatted)
    return formatted


def _read_comments(text: str, name: str, anonymous: Iterator[Term]) -> Comments:
    """The comments of a text, each tied to the subject of the statement that it stands before.

    ``anonymous`` are the subjects of the statements that begin with a bracket, in order.
    """
    lines = Lines(text)
    found = Comments()
    pending: list[str] = []
    directives: list[str] = []
    last_line = 0
    started = False
    for item in statements(text):
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
            directives.append(item.directive)
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
            subject = subject or _subject(item, directives)
            found.before.setdefault(subject, []).extend(pending)
            pending = []
    found.footer = pending
    return found


def _anonymous(quads: list[rdf.Quad], labels: set[str]) -> Iterator[Term]:
    """The subjects that are written in brackets, in order: blank nodes that nothing refers to and nobody has labelled."""
    used = {quad.object for quad in quads}
    subjects = dict.fromkeys(quad.subject for quad in quads)
    return (s for s in subjects if isinstance(s, rdf.BlankNode) and s not in used and s.value not in labels)


def _subject(statement: Statement, directives: list[str]) -> Term:
    """The subject of a statement as a term, its name resolved by the parser."""
    probe = "\n".join([*directives, f"{statement.subject} <urn:x:p> <urn:x:o> ."])
    return next(iter(rdf.parse(probe, format=rdf.RdfFormat.TURTLE))).subject


def _check_nothing_lost(quads: list[rdf.Quad], formatted: str) -> None:
    """Raises RuntimeError where the formatted text does not say the same: a bug of ours must not reach a file."""

    again = list(rdf.parse(formatted, format=rdf.RdfFormat.TURTLE))
    if set(again) != set(quads) and _named_by_content(again) != _named_by_content(quads):
        raise RuntimeError("the formatted text does not hold the same triples")


def _named_by_content(quads: Iterable[rdf.Quad]) -> tuple[Counter, rdf.Dataset]:
    """The triples, each as often as it is said, with a digest of what it says for every blank node; and those about the
    blank nodes that lead back to themselves.

    The engine's canonical form alone would do, but takes a minute for a list of 500 items.
    """
    said: dict[Term, list[rdf.Quad]] = defaultdict(list)
    users: dict[Term, list[Term]] = defaultdict(list)
    missing: Counter = Counter()
    for quad in set(quads):
        said[quad.subject].append(quad)
        if isinstance(quad.subject, rdf.BlankNode) and isinstance(quad.object, rdf.BlankNode):
            users[quad.object].append(quad.subject)
            missing[quad.subject] += 1
        if isinstance(quad.object, rdf.BlankNode):
            said.setdefault(quad.object, [])
    names: dict[Term, str] = {}
    ready = [node for node in said if isinstance(node, rdf.BlankNode) and not missing[node]]
    while ready:
        node = ready.pop()
        content = sorted(f"{quad.predicate} {names.get(quad.object) or quad.object}" for quad in said[node])
        names[node] = f"_:{hashlib.sha256(chr(10).join(content).encode()).hexdigest()}"
        for user in users[node]:
            missing[user] -= 1
            if not missing[user]:
                ready.append(user)

    def named(term: Term) -> Term | str:
        return names.get(term) or term

    found: Counter = Counter()
    rings: list[rdf.Quad] = []
    for quad in (quad for about in said.values() for quad in about):
        subject, object = named(quad.subject), named(quad.object)
        if isinstance(subject, rdf.BlankNode) or isinstance(object, rdf.BlankNode):
            in_place = rdf.NamedNode(f"urn:x-content:{object}") if isinstance(object, str) else object
            rings.append(rdf.Quad(quad.subject, quad.predicate, in_place))
        else:
            found[subject, quad.predicate, object] += 1
    dataset = rdf.Dataset(rings)
    dataset.canonicalize(rdf.CanonicalizationAlgorithm.UNSTABLE)
    return found, dataset
