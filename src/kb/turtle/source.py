"""The text of a Turtle file, below its triples: its comments, and the line on which each statement stands.

A parser gives triples without their place and drops comments. This reads the tokens of a file that the parser has
already accepted, so it need not judge them: it only has to tell strings, comments, IRIs and punctuation apart.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kb import rdf

# White space is Turtle's four characters and no other: an IRI or a name may have what Unicode calls a space.
# A local name's dots are inside it or escaped; a dot at its end is the full stop of the statement.
_NAME_CHAR = r"(?:[^\x00-\x20<>\"'\#;,.\[\](){}|^`@~\\!$&*+=/?]|\\.)"
_NAME = rf"{_NAME_CHAR}(?:\.*{_NAME_CHAR})*+"
# Strings are read without a way back, which would cost a hundred times their length in memory.
_TOKEN = re.compile(
    rf"""
    (?P<comment>\#[^\n\r]*+)
  | (?P<string>\"\"\"(?:[^\"\\]++|\\.|\"(?!\"\"))*+\"\"\" | '''(?:[^'\\]++|\\.|'(?!''))*+'''
      | \"(?:[^\"\\\n\r]++|\\.)*+\" | '(?:[^'\\\n\r]++|\\.)*+')
  | (?P<triple><<\(? | \)?>> | \{{\| | \|\}} | ~)
  | (?P<iri><[^<>\"{{}}|^`\x00-\x20]*+>)
  | (?P<datatype>\^\^)
  | (?P<at>@[A-Za-z]+(?:-+[A-Za-z0-9]+)*+)
  | (?P<number>[+-]?(?:[0-9]+\.[0-9]*[eE][+-]?[0-9]+|\.?[0-9]+[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)(?![\w:%-]))
  | (?P<open>[\[({{])
  | (?P<close>[\])}}])
  | (?P<punct>[.;,])
  | (?P<name>{_NAME})
  | (?P<other>[^ \t\r\n])
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """One token: its kind (``comment``, ``string``, ``iri``, ``name`` …), its text and where it starts.

    What no kind fits is ``other``; a text that the parser accepts has none.
    """

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a Turtle text in order; white space is not one."""
    for match in _TOKEN.finditer(text):
        yield Token(str(match.lastgroup), match.group(), match.start())


@dataclass
class Lines:
    """Offsets of a text as lines and columns, both counted from 1."""

    text: str
    _starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n?|\n", self.text))]

    def line(self, offset: int) -> int:
        """The line that an offset is on."""
        return bisect_right(self._starts, offset)

    def column(self, offset: int) -> int:
        """The column of an offset, in code points."""
        return offset - self._starts[self.line(offset) - 1] + 1

    def content(self, line: int) -> str:
        """The text of a line, without its end."""
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return self.text[self._starts[line - 1] : end].rstrip("\r\n")


@dataclass(frozen=True)
class Comment:
    """A comment with its sign; ``inside`` where a statement has begun and not ended."""

    text: str
    start: int
    inside: bool


@dataclass(frozen=True)
class Written:
    """A property as written: predicate and object (None where it is in brackets), and where the object starts."""

    predicate: str
    object: str | None
    start: int


@dataclass
class Statement:
    """A statement from its first token to its full stop: a directive, or a subject with its properties.

    ``subject`` is None where it is written in brackets, and so has no name.
    """

    start: int
    end: int
    directive: str | None = None
    subject: str | None = None
    triples: list[Written] = field(default_factory=list)


def statements(text: str, parts: Iterable[Token] | None = None) -> Iterator[Statement | Comment]:
    """The statements and the comments of a Turtle text in order; a comment inside a statement comes before it.

    ``parts`` are the text's tokens, where they have been read already.
    """
    current: list[Token] = []
    depth = 0
    sparql_directive = 0
    for token in tokens(text) if parts is None else parts:
        if token.kind == "comment":
            yield Comment(token.text, token.start, bool(current))
            continue
        current.append(token)
        if token.kind == "open":
            depth += 1
        elif token.kind == "close":
            depth -= 1
        if len(current) == 1 and token.kind == "name" and token.text.upper() in ("PREFIX", "BASE", "VERSION"):
            # The SPARQL spelling of a directive ends without a full stop.
            sparql_directive = 3 if token.text.upper() == "PREFIX" else 2
        if sparql_directive and len(current) == sparql_directive:
            yield Statement(current[0].start, token.end, directive=text[current[0].start : token.end])
            current, sparql_directive = [], 0
        elif depth == 0 and token.text == "." and token.kind == "punct":
            yield _statement(text, current)
            current = []


def _statement(text: str, parts: list[Token]) -> Statement:
    start, end = parts[0].start, parts[-1].end
    if parts[0].kind == "at":
        return Statement(start, end, directive=text[start:end])
    terms = list(_terms(text, parts[:-1]))
    statement = Statement(start, end, subject=terms[0][0] if terms else None)
    predicate: str | None = None
    for written, kind, start in terms[1:]:
        if written == ";" and kind == "punct":
            predicate = None
        elif predicate is None:
            predicate = written or ""
        elif kind != "punct":
            statement.triples.append(Written(predicate, written, start))
    return statement


def _terms(text: str, parts: list[Token]) -> Iterator[tuple[str | None, str, int]]:
    """Whole terms and punctuation: a literal with its datatype or language is one, a bracketed group is one without text."""
    index = 0
    while index < len(parts):
        token = parts[index]
        last = index
        if token.kind == "open":
            depth = 1
            while depth and last + 1 < len(parts):
                last += 1
                depth += {"open": 1, "close": -1}.get(parts[last].kind, 0)
            empty = text[token.start] == "(" and last == index + 1
            yield "()" if empty else None, "group", token.start
        elif token.kind == "triple":
            # RDF 1.2 syntax: no project file has it, and a missing place is better than a wrong one.
            return
        else:
            if token.kind == "string" and last + 1 < len(parts):
                following = parts[last + 1].kind
                last += 1 if following == "at" else 2 if following == "datatype" else 0
            yield text[token.start : parts[last].end], token.kind, token.start
        index = last + 1


class Places:
    """Where a Turtle file says something: the line of a subject, and of a triple where it is written without brackets."""

    def __init__(self, text: str) -> None:
        """Reads a text that the parser accepts; a text that it refuses raises SyntaxError."""
        lines = Lines(text)
        # The parser itself resolves the names: each triple is given to it in a statement of its own, in the same order.
        plain: list[str] = []
        where: list[tuple[int, int]] = []
        for item in statements(text):
            if isinstance(item, Comment):
                continue
            if item.directive:
                plain.append(item.directive)
                continue
            if item.subject is None:
                continue
            subject_line = lines.line(item.start)
            for written in item.triples:
                plain.append(f"{item.subject} {written.predicate} {written.object or '<urn:x-group>'} .")
                where.append((subject_line, lines.line(written.start)))
        self._subjects: dict[str, int] = {}
        self._predicates: dict[tuple[str, str], int] = {}
        self._triples: dict[tuple[str, str, str], int] = {}
        parsed = rdf.parse("\n".join(plain), format=rdf.RdfFormat.TURTLE)
        for triple, (subject_line, line) in zip(parsed, where, strict=False):
            subject, predicate = str(triple.subject), str(triple.predicate)
            self._subjects.setdefault(subject, subject_line)
            self._predicates.setdefault((subject, predicate), line)
            self._triples.setdefault((subject, predicate, str(triple.object)), line)

    def line(self, subject: object, predicate: object = None, value: object = None) -> int | None:
        """The nearest line known for a triple: its own, that of its property, that of its subject; else None.

        Terms are the engine's, or their N-Triples form.
        """
        keys = str(subject), str(predicate), str(value)
        return self._triples.get(keys) or self._predicates.get(keys[:2]) or self._subjects.get(keys[0])
