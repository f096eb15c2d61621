"""The triples of a Turtle text as they are written: each as a statement of its own, with where its parts stand.

What a name stands for is left to the parser, which reads these statements in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kb import rdf
from kb.namespaces import PREFIXES
from kb.turtle.source import Token, tokens

_FIRST, _NIL = (f"<{PREFIXES['rdf']}{name}>" for name in ("first", "nil"))
GROUP = "urn:x-group:"
_DIRECTIVES = {"@prefix": 3, "@base": 2, "@version": 2, "PREFIX": 3, "BASE": 2, "VERSION": 2}
"""The tokens of each directive, the full stop of those with @ left out."""


class Span(NamedTuple):
    start: int
    end: int


class Written(NamedTuple):
    """A triple as written; a node in brackets goes by a name of its own. ``item`` says that it is a member of a list."""

    subject: str
    predicate: str
    object: str
    spans: tuple[Span, Span, Span]
    item: bool


class _Frame:
    """A subject whose properties are being read: of a statement, in brackets, or the list that holds items."""

    def __init__(self, sign: str, subject: str | None = None, span: Span | None = None) -> None:
        self.sign = sign
        self.subject = subject
        self.span = span
        self.predicate: tuple[str, Span] | None = None
        self.wants_object = False
        self.items = 0


class Reader:
    """Reads a text to the triples that it writes. Nesting is kept on a list: a text may be nested deeper than Python is."""

    def __init__(self, text: str, spans: Iterable[Span]) -> None:
        self._text = text
        self._tokens = [token for span in spans for token in tokens(text, *span) if token.kind != "comment"]
        self._written: list[Written] = []
        self._plain: list[str] = []
        self._groups = 0

    def read(self) -> tuple[list[Written], str]:
        """The triples in the order of the text, one in brackets before the one that they are the value of; and all of them
        as plain statements, with the directives between them."""
        frames = [_Frame("")]
        index = 0
        while index < len(self._tokens):
            token = self._tokens[index]
            if token.kind == "triple":
                break  # RDF 1.2: no project file has it, and a missing place is better than a wrong one
            length = _directive(token) if len(frames) == 1 and frames[0].subject is None else 0
            if length:
                words = [part.text for part in self._tokens[index : index + length]]
                self._plain.append(" ".join(words) + (" ." if token.kind == "at" else ""))
                index += length
            elif token.kind == "open" and token.text == "[":
                frames.append(_Frame("[", self._group(), Span(token.start, token.end)))
                index += 1
            elif token.kind == "open" and token.text == "(":
                following = self._tokens[index + 1] if index + 1 < len(self._tokens) else token
                span = Span(token.start, token.end)
                if following.text == ")" and following.kind == "close":
                    self._term(frames[-1], _NIL, span)
                    index += 2
                else:
                    name = self._group()
                    self._term(frames[-1], name, span)
                    frames.append(_Frame("(", name, span))
                    index += 1
            elif token.kind == "close" and len(frames) > 1:
                frame = frames.pop()
                if frame.sign == "[" and frame.subject and frame.span:
                    self._term(frames[-1], frame.subject, frame.span)
                index += 1
            elif token.kind in ("open", "close"):  # of a graph in TriG, the name of which stands before it
                frames = [_Frame("")]
                index += 1
            elif token.kind == "punct":
                _punctuate(frames[-1], token.text)
                index += 1
            else:
                last = self._last(index)
                span = Span(token.start, self._tokens[last].end)
                self._term(frames[-1], self._text[span.start : span.end], span)
                index = last + 1
        return self._written, "\n".join(self._plain)

    def _group(self) -> str:
        self._groups += 1
        return f"<{GROUP}{self._groups}>"

    def _last(self, index: int) -> int:
        """The index of the token that ends a term: a literal may have a language or a datatype."""
        if self._tokens[index].kind != "string" or index + 1 >= len(self._tokens):
            return index
        return index + {"at": 1, "datatype": 2}.get(self._tokens[index + 1].kind, 0)

    def _term(self, frame: _Frame, text: str, span: Span) -> None:
        if frame.sign == "(":
            subject = f"{str(frame.subject)[:-1]}:{frame.items}>"
            frame.items += 1
            self._write(subject, _FIRST, text, (span, span, span), item=True)
        elif frame.subject is None:
            frame.subject, frame.span = text, span
        elif frame.predicate is None:
            frame.predicate, frame.wants_object = (text, span), True
        elif frame.wants_object and frame.span:
            # What follows a value without a comma is the graph, in N-Quads.
            frame.wants_object = False
            predicate, at_predicate = frame.predicate
            self._write(frame.subject, predicate, text, (frame.span, at_predicate, span), item=False)

    def _write(self, subject: str, predicate: str, value: str, spans: tuple[Span, Span, Span], item: bool) -> None:
        self._written.append(Written(subject, predicate, value, spans, item))
        self._plain.append(f"{subject} {predicate} {value} .")


def _directive(token: Token) -> int:
    """How many tokens a directive has that begins with this one; 0 where it begins none."""
    if token.kind == "at":
        return _DIRECTIVES.get(token.text, 0)
    return _DIRECTIVES.get(token.text.upper(), 0) if token.kind == "name" else 0


def _punctuate(frame: _Frame, sign: str) -> None:
    if sign == ",":
        frame.wants_object = True
        return
    frame.predicate, frame.wants_object = None, False
    if sign == ".":
        frame.subject = frame.span = None


def is_nameless(node: object) -> bool:
    """Whether a node of the plain statements is one that the text writes in brackets, or a blank one."""
    return isinstance(node, rdf.BlankNode) or isinstance(node, rdf.NamedNode) and node.value.startswith(GROUP)
