"""Where a Turtle, TriG, N-Triples or N-Quads file says something: line and column of each triple's parts.

The parser gives triples without their place. Here the tokens of a text that it has accepted are put together to triples
again, each as a statement of its own, and the parser reads those: it alone knows what a name stands for, and the n-th
statement is the n-th triple. What is written in brackets has no name; such nodes are told by the order of their triples.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kb import rdf
from kb.namespaces import PREFIXES
from kb.turtle.source import Token, tokens

_RDF = PREFIXES["rdf"]
_FIRST, _REST, _NIL = (rdf.NamedNode(_RDF + name) for name in ("first", "rest", "nil"))
_GROUP = "urn:x-group:"
_DIRECTIVES = {"@prefix": 3, "@base": 2, "@version": 2, "PREFIX": 3, "BASE": 2, "VERSION": 2}
"""The tokens of each directive, the full stop of those with @ left out."""


class Place(NamedTuple):
    """From where to where something is written: lines and columns from 1, columns in code points, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class _Span(NamedTuple):
    start: int
    end: int


class _Written(NamedTuple):
    """A triple as written; a node in brackets goes by a name of its own. ``item`` says that it is a member of a list."""

    subject: str
    predicate: str
    object: str
    spans: tuple[_Span, _Span, _Span]
    item: bool


class Places:
    """The places of the triples of one text."""

    def __init__(self, text: str, quads: Sequence[rdf.Quad], base_iri: str | None = None) -> None:
        """``quads`` are what the parser made of the text, in its order; a text that it refuses raises SyntaxError."""
        self._starts = [0, *(index + 1 for index, sign in enumerate(text) if sign == "\n")]
        written, plain = _Reader(text).read()
        read = [
            rdf.Triple(quad.subject, quad.predicate, quad.object)
            for quad in rdf.parse(plain, format=rdf.RdfFormat.TURTLE, base_iri=base_iri)
        ]
        names = _names(written, read, quads)
        self._triples: dict[tuple, tuple[_Span, _Span]] = {}
        self._predicates: dict[tuple, _Span] = {}
        self._subjects: dict[object, _Span] = {}
        for triple, as_written in zip(read, written, strict=False):
            subject, value = names.get(triple.subject, triple.subject), names.get(triple.object, triple.object)
            at_subject, at_predicate, at_object = as_written.spans
            self._subjects.setdefault(subject, at_subject)
            self._predicates.setdefault((subject, triple.predicate), at_predicate)
            self._triples.setdefault((subject, triple.predicate, value), (at_predicate, at_object))

    def has(self, subject: object, predicate: object = None, value: object = None) -> bool:
        """Whether the place of just these parts is known."""
        if value is not None:
            return (subject, predicate, value) in self._triples
        return (subject, predicate) in self._predicates if predicate is not None else subject in self._subjects

    def nearest(self, subject: object, predicate: object = None, value: object = None) -> Place | None:
        """The place of the value in the triple, else that of the property, else that of the subject; terms are the engine's."""
        triple = self._triples.get((subject, predicate, value))
        span = triple[1] if triple else self._predicates.get((subject, predicate)) or self._subjects.get(subject)
        return self._place(span) if span else None

    def of_predicate(self, subject: object, predicate: object, value: object) -> Place | None:
        """The place of the property in one triple; the nearest where that is not known."""
        triple = self._triples.get((subject, predicate, value))
        return self._place(triple[0]) if triple else self.nearest(subject, predicate)

    def _place(self, span: _Span) -> Place:
        line, end_line = bisect_right(self._starts, span.start), bisect_right(self._starts, span.end)
        return Place(
            line, span.start - self._starts[line - 1] + 1, end_line, span.end - self._starts[end_line - 1] + 1
        )


class _Frame:
    """A subject whose properties are being read: of a statement, in brackets, or the list that holds items."""

    def __init__(self, sign: str, subject: str | None = None, span: _Span | None = None) -> None:
        self.sign = sign
        self.subject = subject
        self.span = span
        self.predicate: tuple[str, _Span] | None = None
        self.wants_object = False
        self.items = 0


class _Reader:
    """Reads a text to the triples that it writes. Nesting is kept on a list: a text may be nested deeper than Python is."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [token for token in tokens(text) if token.kind != "comment"]
        self._written: list[_Written] = []
        self._plain: list[str] = []
        self._groups = 0

    def read(self) -> tuple[list[_Written], str]:
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
                frames.append(_Frame("[", self._group(), _Span(token.start, token.end)))
                index += 1
            elif token.kind == "open" and token.text == "(":
                following = self._tokens[index + 1] if index + 1 < len(self._tokens) else token
                span = _Span(token.start, token.end)
                if following.text == ")" and following.kind == "close":
                    self._term(frames[-1], str(_NIL), span)
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
                span = _Span(token.start, self._tokens[last].end)
                self._term(frames[-1], self._text[span.start : span.end], span)
                index = last + 1
        return self._written, "\n".join(self._plain)

    def _group(self) -> str:
        self._groups += 1
        return f"<{_GROUP}{self._groups}>"

    def _last(self, index: int) -> int:
        """The index of the token that ends a term: a literal may have a language or a datatype."""
        if self._tokens[index].kind != "string" or index + 1 >= len(self._tokens):
            return index
        return index + {"at": 1, "datatype": 2}.get(self._tokens[index + 1].kind, 0)

    def _term(self, frame: _Frame, text: str, span: _Span) -> None:
        if frame.sign == "(":
            subject = f"{str(frame.subject)[:-1]}:{frame.items}>"
            frame.items += 1
            self._write(subject, str(_FIRST), text, (span, span, span), item=True)
        elif frame.subject is None:
            frame.subject, frame.span = text, span
        elif frame.predicate is None:
            frame.predicate, frame.wants_object = (text, span), True
        elif frame.wants_object and frame.span:
            # What follows a value without a comma is the graph, in N-Quads.
            frame.wants_object = False
            predicate, at_predicate = frame.predicate
            self._write(frame.subject, predicate, text, (frame.span, at_predicate, span), item=False)

    def _write(self, subject: str, predicate: str, value: str, spans: tuple[_Span, _Span, _Span], item: bool) -> None:
        self._written.append(_Written(subject, predicate, value, spans, item))
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


def _names(written: Sequence[_Written], read: Sequence[rdf.Triple], quads: Sequence[rdf.Quad]) -> dict[object, object]:
    """The nodes without a name in the plain statements as the parser has called them in the text itself.

    The triples of one property come in the same order in both; where that should not be so, no name is given.
    """
    if not any(_is_nameless(node) for triple in read for node in (triple.subject, triple.object)):
        return {}
    theirs: dict[rdf.NamedNode, list[rdf.Quad]] = defaultdict(list)
    for quad in quads:
        theirs[quad.predicate].append(quad)
    ours: dict[rdf.NamedNode, list[rdf.Triple]] = defaultdict(list)
    items: list[rdf.Triple] = []
    for triple, as_written in zip(read, written, strict=False):
        (items if as_written.item else ours[triple.predicate]).append(triple)
    names: dict[object, object] = {}
    pairs: list[tuple[object, object]] = []
    for predicate, triples in ours.items():
        if len(triples) == len(theirs[predicate]):
            for triple, quad in zip(triples, theirs[predicate], strict=True):
                pairs += [(triple.subject, quad.subject), (triple.object, quad.object)]
    pairs += _members(items, pairs, quads)
    for here, there in pairs:
        if not _is_nameless(here):
            agree = here == there
        else:
            agree = isinstance(there, rdf.BlankNode) and names.setdefault(here, there) == there
        if not agree:
            return {}
    return names


def _members(
    items: Iterable[rdf.Triple], pairs: Iterable[tuple[object, object]], quads: Iterable[rdf.Quad]
) -> Iterator[tuple[object, object]]:
    """The cells and members of lists, from the cells that the lists begin with."""
    known = {here: there for here, there in pairs if _is_nameless(here)}
    first = {quad.subject: quad.object for quad in quads if quad.predicate == _FIRST} if items else {}
    rest = {quad.subject: quad.object for quad in quads if quad.predicate == _REST} if items else {}
    cells: dict[str, list[object]] = {}
    for item in items:
        head, _, number = item.subject.value.rpartition(":")
        if head not in cells:
            cells[head] = list(_cells(known.get(rdf.NamedNode(head)), rest))
        cell = cells[head][int(number)] if int(number) < len(cells[head]) else None
        if cell in first:
            known.setdefault(item.object, first[cell])
            yield from ((item.subject, cell), (item.object, first[cell]))


def _cells(cell: object, rest: dict) -> Iterator[object]:
    seen = set()
    while cell is not None and cell not in seen:
        seen.add(cell)
        yield cell
        cell = rest.get(cell)


def _is_nameless(node: object) -> bool:
    return isinstance(node, rdf.BlankNode) or isinstance(node, rdf.NamedNode) and node.value.startswith(_GROUP)
