"""The examples that come with the shapes, cut down to the thing that a rule is about.

They are the files of ``shapes/examples/``, which the tests hold to what they say: the ``valid-`` ones conform, the
``invalid-`` ones break the rules that their first line names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path as FilePath
from typing import NamedTuple

from kb import rdf
from kb.files import read_text
from kb.namespaces import PREFIXES, curie
from kb.turtle.source import Lines, Statement, statements
from kb.validation.inputs import Input
from kb.validation.lookups import Index
from kb.validation.paths import Path
from kb.validation.shapes import Shapes
from kb.validation.targets import Shape

_BREAKS = re.compile(r"# violates: (.*)")
_DIRECTIVE = re.compile(r"@prefix\s+([\w-]*):\s*<([^>]*)>")
_FEW = 2
"""Things of one example that are shown together, where they make up the fault between them."""
_LONGEST_LINE = 120


class Example(NamedTuple):
    """A piece of Turtle without its prefixes, and what the file says of it."""

    text: str
    remark: str


class Examples:
    """The examples in a folder; none where there is no such folder."""

    def __init__(self, folder: FilePath) -> None:
        self._folder = folder

    def valid(
        self, shapes: Shapes, shape: Shape, homes: Sequence[Shape], path: Path | None, ontology: list[rdf.Quad], stem: str
    ) -> Example | None:
        """A thing that the rule looks at and lets pass, with the property in question if any example has it."""
        best: tuple | None = None
        files = sorted(self._folder.glob("*/valid-*.ttl"), key=lambda file: (file.parent.name != stem, file))
        for rank, file in enumerate(files):
            example = _File(file)
            for node in example.focus(shapes, homes, ontology):
                text = example.text_of([node])
                key = (not example.has(node, path), file.parent.name != stem, len(text), rank)
                if text and (best is None or key < best[0]):
                    best = (key, Example(text, ""))
        return best[1] if best else None

    def invalid(
        self, shapes: Shapes, shape: Shape, homes: Sequence[Shape], path: Path | None, ontology: list[rdf.Quad]
    ) -> Example | None:
        """The things of an example that break the rule, of those that break the fewest others."""
        name = curie(shape.value)
        for file in self._breaking(name):
            example = _File(file)
            nodes = example.focus(shapes, homes, ontology)
            if len(nodes) > _FEW:
                asks = any(shapes.values(shape, needed) for needed in ("minCount", "hasValue", "qualifiedMinCount"))
                nodes = sorted(nodes, key=lambda node: example.has(node, path) == asks)[:1]
            text = example.text_of(nodes) or "\n\n".join(example.parts())
            if text:
                return Example(text, example.remark)
        return None

    def of_own(self, iri: str, valid: bool) -> Example | None:
        """An example of a rule that is no shape: what is in one of the two files and not in the other."""
        for file in self._breaking(curie(iri)):
            right = file.with_name(file.name.replace("invalid-", "valid-", 1))
            if right.is_file():
                this, other = (_File(path) for path in ((right, file) if valid else (file, right)))
                own = [part for part in this.parts() if part not in other.parts()] or this.parts()
                parts = [part for part in this.parts() if part in own or _declares_for(part, own)]
                return Example("\n\n".join(parts), this.remark)
        return None

    def load(self) -> None:
        """Read what ``line_for`` needs, now and not when it is asked."""
        _ = self._shapes, self._valid

    def line_for(self, rule: str, property: str) -> str | None:
        """A property with its values, as a valid example of the module whose shapes hold the rule writes them; None where
        no example has it, or it does not fit one line."""
        if property == rdf.RDF_TYPE.value:
            return None  # which classes must stand together depends on the thing
        name = re.escape(curie(property))
        written = re.compile(rf"^(?:\s+|[\w-]+:\S+ ){name}\s+((?:[^;\"]|\"[^\"\n]*\")*?)\s*[;.]$", re.MULTILINE)
        start = f"\n{curie(rule)} a "
        stem = next((stem for stem, text in self._shapes if start in text), "")
        for text in self._valid.get(stem, ()):
            found = written.search(text)
            if found:
                line = " ".join(f"{curie(property)} {found[1]}".split())
                return f"{line} ;" if len(line) <= _LONGEST_LINE else None
        return None

    @cached_property
    def _shapes(self) -> list[tuple[str, str]]:
        """The files of shapes beside the examples: name, which the folder of their examples has too, and text."""
        return [(file.stem, "\n" + read_text(file)) for file in sorted(self._folder.parent.glob("*.ttl"))]

    @cached_property
    def _valid(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for file in sorted(self._folder.glob("*/valid-*.ttl")):
            found.setdefault(file.parent.name, []).append(read_text(file))
        return found

    def _breaking(self, name: str) -> list[FilePath]:
        """The invalid examples of a rule, those that break the fewest others first."""
        found = []
        for file in sorted(self._folder.glob("*/invalid-*.ttl")):
            first = read_text(file).partition("\n")[0]
            named = [part.strip() for part in _BREAKS.sub(r"\1", first).split(",")]
            if name in named:
                found.append((len(named), file.stat().st_size, file))
        return [file for _, _, file in sorted(found)]


def _declares_for(part: str, others: Iterable[str]) -> bool:
    """Whether a statement declares a prefix that some others use."""
    found = _DIRECTIVE.match(part)
    return found is not None and any(re.search(rf"(?<![\w:]){found[1]}:", other) for other in others)


class _File:
    """One example."""

    def __init__(self, path: FilePath) -> None:
        self._text = read_text(path)
        self._input = Input(path)
        self._lines = Lines(self._text)

    @property
    def remark(self) -> str:
        """What the comments before the first statement say, but for the line that names the rules."""
        lines = []
        for line in self._text.splitlines():
            if not line.startswith("#"):
                break
            if not _BREAKS.match(line):
                lines.append(line.removeprefix("#").strip())
        return " ".join(lines)

    def focus(self, shapes: Shapes, homes: Iterable[Shape], ontology: list[rdf.Quad]) -> list[rdf.NamedNode]:
        """The things of the file that the shapes look at, in order."""
        targets = shapes.targets(Index([*self._input.quads, *ontology]))
        aimed = {node for home in homes for node in targets.get(home, ())}
        subjects = dict.fromkeys(quad.subject for quad in self._input.quads)
        return [node for node in subjects if node in aimed and isinstance(node, rdf.NamedNode)]

    def has(self, node: rdf.NamedNode, path: Path | None) -> bool:
        """Whether a thing has the property of a path, or one of its properties; True where there is no path."""
        if path is None or path.incoming():
            return True
        names = {path.iri} if path.iri else {part.iri for part in path.parts if isinstance(part, Path)}
        return any(quad.subject == node and quad.predicate.value in names for quad in self._input.quads)

    def text_of(self, nodes: Sequence[rdf.NamedNode]) -> str:
        """The statements about some things as written."""
        lines = {place.line for node in nodes if (place := self._input.place(node))}
        return "\n\n".join(self._written(s) for s in self._statements if s.directive is None and self._lines.line(s.start) in lines)

    def parts(self) -> list[str]:
        """All statements as written, and the prefixes that are not the project's."""
        found = []
        for statement in self._statements:
            prefix = _DIRECTIVE.match(statement.directive or "")
            if not prefix or PREFIXES.get(prefix[1]) != prefix[2]:
                found.append(self._written(statement))
        return found

    def _written(self, statement: Statement) -> str:
        return self._text[statement.start : statement.end]

    @cached_property
    def _statements(self) -> list[Statement]:
        return [item for item in statements(self._text) if isinstance(item, Statement)]
