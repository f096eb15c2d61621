"""The engine's complaints about a query, in plain words and at their place."""

from __future__ import annotations

import re

from kb import rdf, sparql
from kb.errors import InputError, Position
from kb.messages import did_you_mean
from kb.namespaces import PREFIXES

_PLACE = re.compile(r"error at (\d+):(\d+): (?:expected (?:one of )?)?(.*)", re.DOTALL)
# Some of what the engine expected are sentences, and then they are the reason.
_SENTENCE = re.compile(r"[A-Z][\w*]*(?: [\w*.()<>'-]+)+")
_CHARACTER_CLASS = re.compile(r"\[[^\]]*\](?:\s*\|\s*'[^,]*)?")
_QUOTED = re.compile(r'"(\S{1,3})"')
_MANY = 8
"""Marks that the engine expected; more of them are no help."""

_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a abs add all as asc ask avg base bind bnode bound by ceil clear coalesce concat construct contains copy count create
        datatype day default delete desc describe distinct drop encode_for_uri exists false filter floor from graph group
        group_concat having hours if in insert into iri isblank isiri isliteral isnumeric istriple isuri lang langmatches
        langdir haslang haslangdir strlangdir lcase limit load max md5 min minus minutes month move named not now object
        offset optional order predicate prefix rand reduced regex replace round sameterm sample seconds select separator
        service sha1 sha256 sha384 sha512 silent str strafter strbefore strdt strends strlang strlen strstarts struuid subject
        substr sum timezone to triple true tz ucase undef union unsaid uri uuid using values version where with year adjust
        """,
    )
)


def message(error: SyntaxError) -> str:
    """The engine's message without the place and its lists of characters; empty where nothing readable is left."""
    match = _PLACE.match(str(error.msg))
    expected = _CHARACTER_CLASS.sub("", match[3] if match else str(error.msg))
    for part in expected.split(", "):
        if _SENTENCE.fullmatch(part.strip()):
            return part.strip()
    marks = [f"'{mark}'" for mark in dict.fromkeys(_QUOTED.findall(expected))]
    if 1 < len(marks) <= _MANY:
        return f"expected {', '.join(marks[:-1])} or {marks[-1]}"
    return f"expected {marks[0]}" if marks and len(marks) == 1 else ""


def query_error(error: SyntaxError, text: str, name: str) -> InputError:
    """The engine's syntax error as ours, with line, column and a caret.

    The engine points to where it could not go on, often far behind the slip; so the usual slips are looked for first.
    """
    slip = _unclosed(text) or _misspelt(text)
    if slip is not None:
        return InputError(slip[0], sparql.position(text, slip[1].start, name))
    match = _PLACE.match(str(error.msg))
    if match is None:
        return InputError(str(error.msg), Position(name))
    line, column = int(match[1]), int(match[2])
    where = Position.within(text, line, column, name)
    said = message(error)
    if _SENTENCE.fullmatch(said):
        hint = "; a relative IRI needs --base" if said == "IRI parsing failed" else ""
        return InputError(said + hint, where)
    rest = "".join(text.split("\n")[line - 1 : line])[column - 1 :] + "\n".join(["", *text.split("\n")[line:]])
    token = next(sparql.tokens(rest), None)
    found = f"cannot be read from {token.text[:40]!r} on" if token else "the query ends too early"
    return InputError(f"{found}: {said}" if said else found, where)


def bound_query_error(error: SyntaxError, bound: str, text: str, name: str, base_iri: str | None) -> InputError:
    """The error in the asker's own text, where the engine was given that text with parameters bound in it."""
    if bound == text:
        return query_error(error, text, name)
    try:
        rdf.Store().query(text, base_iri=base_iri, prefixes=PREFIXES)
    except SyntaxError as own:
        return query_error(own, text, name)
    what = "a parameter cannot be bound: the query gives its variable a value itself, or uses it where none can stand"
    return InputError(f"{name}: {what} ({message(error) or error.msg})")


def _unclosed(text: str) -> tuple[str, sparql.Token] | None:
    """The first string or bracket that is not closed, or closes nothing."""
    pairs = {")": "(", "]": "[", "}": "{"}
    still_open: list[sparql.Token] = []
    for token in sparql.tokens(text):
        if token.text in ('"', "'"):
            return "this string is never closed", token
        if token.text in pairs.values():
            still_open.append(token)
        elif token.text in pairs:
            if not still_open:
                return f"this {token.text!r} closes nothing", token
            if still_open[-1].text != pairs[token.text]:
                return f"this {still_open[-1].text!r} is not closed before the next {token.text!r}", still_open[-1]
            still_open.pop()
    return (f"this {still_open[-1].text!r} is never closed", still_open[-1]) if still_open else None


def _misspelt(text: str) -> tuple[str, sparql.Token] | None:
    """The first word that SPARQL does not have."""
    for token in sparql.tokens(text):
        if token.kind == "word" and token.text.lower() not in _WORDS:
            hint = did_you_mean(token.text.upper(), [word.upper() for word in _WORDS])
            return f"{token.text!r} is no word of SPARQL{hint}", token
    return None
