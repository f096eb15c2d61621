"""The words of a SPARQL text: enough grammar to look at a query, or to add to it, without being misled by strings,
IRIs or comments. Parsing proper is the engine's work.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from kb.errors import Position

# One alternative per kind of token; each is linear, and every character matches one of them.
_TOKEN = re.compile(
    r"""
    (?P<space>[\ \t\r\n]+)
  | (?P<comment>\#[^\r\n]*)
  | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\[uU][0-9A-Fa-f]{4,8})*>)
  | (?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
      | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*')
  | (?P<variable>[?$]\w+)
  | (?P<blank>_:\w[\w.-]*)
  | (?P<name>(?:[^\W\d_][\w.-]*)?:(?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\[-_~.!$&'()*+,;=/?\#@%])
      (?:[\w:.-]|%[0-9A-Fa-f]{2}|\\[-_~.!$&'()*+,;=/?\#@%])*)?)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<word>[^\W\d]\w*)
  | (?P<mark>\{\||\|\}|\|\||&&|\^\^|<<|>>|<=|>=|!=|.)
    """,
    re.VERBOSE | re.DOTALL,
)

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")


class Token(NamedTuple):
    """A piece of a query: ``kind`` is a group of the pattern above; ``start`` is its offset in code points."""

    kind: str
    text: str
    start: int

    @property
    def word(self) -> str | None:
        """The keyword in upper case, or None where the token is none."""
        return self.text.upper() if self.kind == "word" else None


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query without white space and comments. Never fails: what is no SPARQL comes out as marks."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        if kind == "space" or kind == "comment":
            continue
        value = match.group()
        if kind in ("name", "blank") and value.endswith("."):
            bare = value.rstrip(".")  # a full stop at the end of a name ends the triple
            yield Token(kind, bare, match.start())
            for offset in range(len(bare), len(value)):
                yield Token("mark", ".", match.start() + offset)
        else:
            yield Token(kind, value, match.start())


def form(text: str) -> str | None:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; for an update its first keyword; None where the text has neither."""
    for token in tokens(text):
        word = token.word
        if word in FORMS or word in UPDATES:
            return word
        if word is None and token.kind == "mark":
            return None
    return None


def names_graphs(text: str) -> bool:
    """Whether the query says itself which graphs it asks, with FROM."""
    return "FROM" in text.upper() and any(token.word == "FROM" for token in tokens(text))


def is_ordered(text: str) -> bool:
    """Whether the query as a whole, not just a sub-select, has an ORDER BY."""
    depth = 0
    for token in tokens(text):
        if token.text == "{" or token.text == "}":
            depth += 1 if token.text == "{" else -1
        elif depth == 0 and token.word == "ORDER":
            return True
    return False


def selects_all(text: str) -> bool:
    """Whether the query as a whole is a ``SELECT *``."""
    after_select = False
    for token in tokens(text):
        if after_select and token.word not in ("DISTINCT", "REDUCED"):
            return token.text == "*"
        after_select = after_select or token.word == "SELECT"
    return False


def is_distinct(text: str) -> bool:
    """Whether the query as a whole is a ``SELECT DISTINCT``."""
    after_select = False
    for token in tokens(text):
        if after_select:
            return token.word == "DISTINCT"
        after_select = token.word == "SELECT"
    return False


def rows_of(text: str) -> str | None:
    """The SELECT of the rows from which a CONSTRUCT makes its triples, or a DESCRIBE its descriptions; None where the text
    is neither, or has no pattern of its own."""
    words = list(tokens(text))
    start = next((index for index, token in enumerate(words) if token.word in ("CONSTRUCT", "DESCRIBE")), None)
    if start is None:
        return None
    depth = 0
    for index, token in enumerate(words[start + 1 :]):
        template = index == 0 and words[start].word == "CONSTRUCT"
        if depth == 0 and (token.word in ("FROM", "WHERE") or (token.text == "{" and not template)):
            return f"{text[: words[start].start]}SELECT * {text[token.start :]}"
        depth += (token.text == "{") - (token.text == "}")
    return None


def variables(text: str) -> list[str]:
    """The names of all variables, without their question mark, each once, in order."""
    return list(dict.fromkeys(token.text[1:] for token in tokens(text) if token.kind == "variable"))


def declared_prefixes(text: str) -> dict[str, str]:
    """The prefixes that the query declares itself."""
    found: dict[str, str] = {}
    words = list(tokens(text))
    for word, name, iri in zip(words, words[1:], words[2:], strict=False):
        if word.word == "PREFIX" and name.kind == "name" and name.text.endswith(":") and iri.kind == "iri":
            found[name.text[:-1]] = iri.text[1:-1]
    return found


def declared_base(text: str) -> str | None:
    """The base that the query declares itself; None where it declares none."""
    for word, iri in pairwise(tokens(text)):
        if word.word == "BASE" and iri.kind == "iri":
            return iri.text[1:-1]
    return None


def iri_of(token: Token, prefixes: Mapping[str, str]) -> str:
    """What an IRI or a prefixed name stands for; the local name alone where the prefix is none of these."""
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    return prefixes.get(prefix, "") + local.replace("\\", "")


def unescaped(text: str) -> str:
    r"""The text with its \uXXXX escapes read: SPARQL lets them stand for any character of a query, keywords included."""
    return _ESCAPE.sub(lambda match: _character(int(match[1] or match[2], 16)), text)


def _character(number: int) -> str:
    return chr(number) if number <= 0x10FFFF else "\ufffd"


def position(text: str, offset: int, name: str) -> Position:
    """The place of an offset, with its line's text."""
    starts = [0, *(match.end() for match in re.finditer(r"\n", text))]
    line = bisect_right(starts, offset)
    return Position.within(text, line, offset - starts[line - 1] + 1, name)
