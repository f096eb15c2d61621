"""In which file, and at which place of it, a result of an engine is to be mended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kb import rdf
from kb.turtle.places import Place
from kb.validation.engine import Result
from kb.validation.inputs import Input
from kb.validation.lookups import Node
from kb.validation.paths import Path

Parts = tuple[Node, ...]
"""A triple, or its subject with or without its property."""


class Whereabouts:
    """Finds the place of the very triple where it can be told, else of the property, else of the node."""

    def __init__(self, files: Sequence[Input]) -> None:
        self._files = files

    def of(self, result: Result, path: Path | None, cause: rdf.Quad | None) -> tuple[Input | None, Place | None]:
        """The file and the place; the only file where none of several is nearer, and no place where none can be told.

        ``cause`` is a triple of the files that bears on a node which they do not describe.
        """
        for parts in self._candidates(result, path, cause):
            for file in self._files:
                if file.says(*parts):
                    return file, file.place(*parts)
        return (self._files[0] if len(self._files) == 1 else None), None

    def _candidates(self, result: Result, path: Path | None, cause: rdf.Quad | None) -> Iterator[Parts]:
        """From the triple itself to the node, then where the node is mentioned."""
        focus, value = result.focus, result.value
        forwards, backwards = _steps(path)
        if not isinstance(focus, rdf.Literal):
            if value is not None:
                yield from ((focus, property, value) for property in forwards)
            if isinstance(value, (rdf.NamedNode, rdf.BlankNode)):
                yield from ((value, property, focus) for property in backwards)
            yield from ((focus, property) for property in forwards)
            yield (focus,)
        if cause is not None:
            yield (cause.subject, cause.predicate, cause.object)
        for file in self._files:
            mention = file.mention(focus)
            if mention is not None:
                yield (mention.subject, mention.predicate, mention.object)


def _steps(path: Path | None) -> tuple[list[rdf.NamedNode], list[rdf.NamedNode]]:
    """The properties with which a path may leave its focus node: forwards, and backwards."""
    if path is None:
        return [], []
    if path.iri is not None:
        return [rdf.NamedNode(path.iri)], []
    parts = [part for part in path.parts if isinstance(part, Path)]
    # A sequence leaves by its first step; an alternative by any.
    steps = [_steps(part) for part in (parts[:1] if path.operator == "/" else parts)]
    forwards, backwards = [p for ways, _ in steps for p in ways], [p for _, ways in steps for p in ways]
    return (backwards, forwards) if path.operator == "^" else (forwards, backwards)
