"""A bundled question asked plainly, ``kb query NAME -p x=y --format csv --store DIR``, read without click.

Only the line is read here; what it means is ``asking``'s, as for every other. A line with anything else in it, or with a
mistake, is left to click, which explains it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kb.messages import LANGUAGES
from kb.results import FORMATS

_VALUES = {"--format": ("format", FORMATS), "--lang": ("lang", LANGUAGES)}
_READ: dict[str, tuple[str, Callable[[str], Any]]] = {
    "--store": ("store", Path), "--limit": ("limit", int), "--timeout": ("timeout", float), "--memory": ("memory", float),
}  # fmt: skip
_FLAGS = {"--cite": ("cite", True), "--ids": ("ids", True), "--labels": ("labels", True), "--no-labels": ("labels", False)}


def question(argv: Sequence[str]) -> dict[str, Any] | None:
    """What a plain question asks, as ``asking.ask`` takes it; None for any other line."""
    if len(argv) < 2 or argv[0] != "query" or "KB_PROJECT" in os.environ:
        return None
    found: dict[str, Any] = {"params": []}
    words = iter(argv[1:])
    for word in words:
        if word in _FLAGS:
            key, value = _FLAGS[word]
            found[key] = value
        elif word in ("-p", "--param"):
            found["params"].append(next(words, None))
        elif word in _VALUES:
            key, known = _VALUES[word]
            found[key] = next(words, None)
            if found[key] not in known:
                return None
        elif word in _READ:
            key, read = _READ[word]
            try:
                found[key] = read(next(words))
            except (StopIteration, ValueError):
                return None
        elif word.startswith("-") or "name" in found:
            return None
        else:
            found["name"] = word
    plain = found.get("name") and None not in found["params"] and found.get("limit", 0) >= 0
    return found if plain else None


def answer(asked: dict[str, Any]) -> int:
    """Answer it, of the knowledge base that ``kb`` came with. Gives the exit code; raises KbError."""
    from kb.cli.asking import ask
    from kb.project import find_project

    return ask(find_project(), **asked)
