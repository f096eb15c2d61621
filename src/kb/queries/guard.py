"""A look at a query before the engine sees it.

The engine runs whatever it is given: it fetches what SERVICE and LOAD name, and deep nesting or a long chain of
operators overflows its stack and ends the process by a signal. This module refuses such texts with a plain message. What
it lets through may still be slow: that is for the deadline (``kb.queries.deadline``).
"""

from __future__ import annotations

from collections.abc import Collection

from kb import sparql
from kb.errors import InputError
from kb.messages import did_you_mean
from kb.namespaces import PREFIXES

MAX_CHARACTERS = 1_000_000
"""Ample for a query with thousands of VALUES."""
MAX_DEPTH = 100
"""Brackets within brackets. The W3C's own tests nest 5 deep; the engine fails from about 300 sub-patterns on."""
MAX_OPERATORS = 1_000
"""Operators and clauses in all. The engine fails from about 2,000 chained ones on."""

_OPENING = ("{", "(", "[", "<<", "{|")
_CLOSING = ("}", ")", "]", ">>", "|}")
_OPERATORS = ("+", "-", "*", "/", "|", "^", "!", "||", "&&", "=", "!=", "<", ">", "<=", ">=")
_CLAUSES = ("UNION", "OPTIONAL", "MINUS", "BIND", "FILTER", "EXISTS", "GRAPH", "VALUES", "SELECT", "HAVING", "IN")


def check(text: str, name: str) -> None:
    """Refuse a query that must not reach the engine; ``name`` is shown as the text's place. Raises InputError."""
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"{name}: the query has {len(text):,} characters; at most {MAX_CHARACTERS:,} are taken")
    if not text.strip():
        raise InputError(f"{name}: the query is empty")
    words = list(sparql.tokens(text))
    _check_form(text, words, name)
    _check_size(text, words, name)
    _check_keywords(text, words, name)
    decoded = sparql.unescaped(text)
    if decoded != text:
        # SER\u0056ICE must not pass where SERVICE does not.
        decoded_words = list(sparql.tokens(decoded))
        _check_size(decoded, decoded_words, name)
        _check_keywords(decoded, decoded_words, name)
    _check_prefixes(text, words, name)


def check_graphs(text: str, name: str, graphs: Collection[str], base_iri: str | None = None) -> None:
    """Refuse a query that reads FROM, or FROM NAMED, a graph other than these; ``base_iri`` is that of relative names.

    Raises InputError.
    """
    from urllib.parse import urljoin  # here, because few queries name graphs

    prefixes = PREFIXES | sparql.declared_prefixes(text)
    base = sparql.declared_base(text) or base_iri or ""
    words = list(sparql.tokens(text))
    for index, token in enumerate(words):
        if token.word != "FROM":
            continue
        following = [word for word in words[index + 1 : index + 3] if word.word != "NAMED"]
        if not following or following[0].kind not in ("iri", "name"):
            continue  # the engine will say what is wrong
        graph = following[0]
        iri = urljoin(base, sparql.iri_of(graph, prefixes))
        if iri not in graphs:
            raise _refusal(f"there is no graph <{iri}> in the data{did_you_mean(iri, graphs)}", text, graph, name)


def _check_form(text: str, words: list[sparql.Token], name: str) -> None:
    found = sparql.form(text)
    if found in sparql.FORMS:
        return
    if found in sparql.UPDATES:
        at = next(token for token in words if token.word == found)
        raise _refusal(f"{found} changes data, and a query only asks; `kb load` adds data to a store", text, at, name)
    at = words[0] if words else sparql.Token("mark", "", 0)
    near = did_you_mean(at.text.upper(), sparql.FORMS) if at.kind == "word" else ""
    raise _refusal(f"a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE{near}", text, at, name)


def _check_size(text: str, words: list[sparql.Token], name: str) -> None:
    depth = operators = 0
    for token in words:
        if token.text in _OPENING:
            depth += 1
            if depth > MAX_DEPTH:
                raise _refusal(f"brackets are nested more than {MAX_DEPTH} deep", text, token, name)
        elif token.text in _CLOSING:
            depth -= 1
        elif token.text in _OPERATORS or token.word in _CLAUSES:
            operators += 1
            if operators > MAX_OPERATORS:
                raise _refusal(
                    f"the query has more than {MAX_OPERATORS:,} operators and clauses; VALUES or IN take long lists",
                    text, token, name,
                )  # fmt: skip


def _check_keywords(text: str, words: list[sparql.Token], name: str) -> None:
    for token in words:
        if token.word == "SERVICE":
            raise _refusal("SERVICE would ask another server, which a query here may not", text, token, name)
        if token.word == "LOAD":
            raise _refusal("LOAD would fetch data, which a query here may not; use `kb load`", text, token, name)


def _check_prefixes(text: str, words: list[sparql.Token], name: str) -> None:
    known = PREFIXES.keys() | sparql.declared_prefixes(text).keys()
    for before, token in zip([None, *words], words, strict=False):
        if token.kind != "name" or (before is not None and before.word == "PREFIX"):
            continue
        prefix = token.text.partition(":")[0]
        if prefix not in known:
            hint = did_you_mean(prefix, known) if prefix else ""
            raise _refusal(f"unknown prefix {prefix + ':'!r}{hint}; declare it with PREFIX {prefix}: <…>", text, token, name)


def _refusal(message: str, text: str, token: sparql.Token, name: str) -> InputError:
    return InputError(message, sparql.position(text, token.start, name))
