"""Bundled questions as an engine gets them: their values bound, the prefixes declared."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from kb.namespaces import sparql_prologue
from kb.project import Project
from kb.queries.asking import asked
from kb.queries.bundled import Query
from kb.queries.requests import Request, Where


def in_full(place: Where, query: Query, given: Mapping[str, str], lang: str = "en") -> str:
    """The text that the engine gets for these parameters, whose values must exist in what is asked."""
    _, prepared, _ = asked(Request(place, query.text, query.name, query, given, lang))
    return sparql_prologue() + prepared.text


def example_in_full(project: Project, query: Query) -> str:
    """The text that the engine gets for the query's own example, on the bundled data."""
    words = shlex.split(query.example)
    given = dict(word.split("=", 1) for option, word in zip(words, words[1:], strict=False) if option == "-p")
    lang = words[words.index("--lang") + 1] if "--lang" in words else "en"
    return in_full(Where(project), query, given, lang)
