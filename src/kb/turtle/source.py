"""The text of a Turtle file, below its triples: its tokens, its comments, and where each statement stands.

A parser gives triples without their place and drops comments. This reads the tokens of a file that the parser has
already accepted, so it need not judge them: it only has to tell strings, comments, IRIs and punctuation apart.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

# White space is Turtle's four characters and no other: an IRI or a name may have what Unicode calls a space.
# A local name's dots are inside it or escaped; a dot at its end is the full stop of the statement.
_NAME_CHAR = r"(?:[^\x00-\x20<>\"'\#;,.\[\](){}|^`@~\\!$&*+=/?]|\\.)"
# What is repeated without a way back is a group without one, too, (?>…)*+ here and elsewhere: before Python 3.11.5, (?:…)*+ goes
# wrong where the group can be matched in more than one way.
_NAME = rf"{_NAME_CHAR}(?>\.*{_NAME_CHAR})*+"
# Strings are read without a way back, which would cost a hundred times their length in memory.
_TOKEN = re.compile(
    rf"""
    (?P<comment>\#[^\n\r]*+)
  | (?P<string>\"\"\"(?>[^\"\\]++|\\.|\"(?!\"\"))*+\"\"\" | '''(?>[^'\\]++|\\.|'(?!''))*+'''
      | \"(?>[^\"\\\n\r]++|\\.)*+\" | '(?>[^'\\\n\r]++|\\.)*+')
  | (?P<triple><<\(? | \)?>> | \{{\| | \|\}} | ~)
  | (?P<iri><[^<>\"{{}}|^`\x00-\x20]*+>)
  | (?P<datatype>\^\^)
  | (?P<at>@[A-Za-z]+(?>-+[A-Za-z0-9]+)*+)
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


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The tokens of a Turtle text, or of a part of it, in order; white space is not one."""
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
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


@dataclass
class Statement:
    """A statement from its first token to its full stop: a directive, or a subject with its properties.

    ``subject`` is None where it is written in brackets, and so has no name.
    """

    start: int
    end: int
    directive: str | None = None
    subject: str | None = None


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
    if parts[0].text == "(" and parts[1].text == ")":
        return Statement(start, end, subject="()")
    return Statement(start, end, subject=parts[0].text if parts[0].kind not in ("open", "triple") else None)
