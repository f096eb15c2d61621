"""The two sides of a comparison as triples: a file, a folder of files, a whole project, or standard input."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kb import rdf, telling, turtle
from kb.errors import InputError, Position, UsageError, in_one
from kb.files import display_name, read_bytes
from kb.project import Project
from kb.turtle.blanks import Node, by_content

_NO_TRIPLES: tuple[rdf.Triple, ...] = ()


@dataclass
class Side:
    """All that one side says, as one graph. Blank nodes bear a digest of their content as label.

    ``homes`` are the places of each triple, but for files that are the same on both sides: its file below the folder, or
    its named graph.
    """

    name: str
    is_folder: bool
    plain: set[rdf.Triple] = field(default_factory=set)
    blank: Counter[rdf.Triple] = field(default_factory=Counter)
    homes: dict[rdf.Triple, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def about(self) -> dict[Node, list[rdf.Triple]]:
        """The triples of each subject."""
        found: dict[Node, list[rdf.Triple]] = {}
        for triples in (self.plain, self.blank):
            for triple in triples:
                found.setdefault(triple.subject, []).append(triple)
        return found

    def of(self, node: Node) -> list[rdf.Triple] | tuple[rdf.Triple, ...]:
        """What this side says of a node."""
        return self.about.get(node, _NO_TRIPLES)


def read(old: str, new: str) -> tuple[Side, Side]:
    """Both sides. A file that is the same in both, byte for byte, is parsed once.

    Raises UsageError where both are standard input, and InputError for files that cannot be read, each with its place,
    for triple terms, and where neither side has an RDF file.
    """
    if old == "-" == new:
        raise UsageError("standard input can be one of the two sides, not both")
    sides, contents = [], []
    for name in (old, new):
        sides.append(Side(display_name(name), name != "-" and Path(name).is_dir()))
        contents.append(dict(_files(name)))
    if not any(contents):
        suffixes = ", ".join(turtle.FORMATS)
        raise InputError(f"no RDF file ({suffixes}) in this folder, nor in {sides[1].name}", Position(sides[0].name))
    parsed: dict[tuple[bytes, rdf.RdfFormat], list[rdf.Quad]] = {}
    errors: list[InputError] = []
    keys: list[dict[str, tuple[bytes, rdf.RdfFormat]]] = [{}, {}]
    for files, found in zip(contents, keys, strict=True):
        for place, path in files.items():
            try:
                content = read_bytes(path)
                key = found[place] = content, turtle.format_of(str(path))
                if key not in parsed:
                    parsed[key] = list(_parsed(content, path))
            except InputError as error:
                errors.append(error)
    if errors:
        raise in_one(errors)
    for side, found, other in zip(sides, keys, reversed(keys), strict=True):
        side.plain, side.blank = by_content(quad for key in found.values() for quad in parsed[key])
        for place, key in found.items():
            if other.get(place) != key:
                _settle(side, place, parsed[key])
    return sides[0], sides[1]


def _files(name: str) -> Iterator[tuple[str, Path]]:
    """Each file with its place below the folder that it was found in; empty for a file that was named itself."""
    root = Path(name)
    if name == "-" or not root.is_dir():
        yield "", root
        return
    project = Project(root)
    if all(folder.is_dir() for folder in (project.ontology, project.data, project.shapes)):
        paths = [*project.ontology_files(alignments=True), *project.data_files(), *project.shape_files()]
    else:
        paths = sorted(path for path in root.rglob("*") if path.suffix.lower() in turtle.FORMATS and path.is_file())
    for path in paths:
        place = path.relative_to(root)
        if not any(part.startswith(".") for part in place.parts[:-1]):
            yield place.as_posix(), path


def _parsed(content: bytes, path: Path) -> Iterator[rdf.Quad]:
    telling.working_on(display_name(path))
    for quad in turtle.parse(content, display_name(path), turtle.format_of(str(path))):
        if isinstance(quad.object, rdf.Triple):
            raise InputError("triple terms are RDF 1.2; what is compared is RDF 1.1", Position(display_name(path)))
        yield quad
    telling.working_on("")


def _settle(side: Side, place: str, quads: list[rdf.Quad]) -> None:
    """Note where a file's triples are."""
    for quad in quads:
        graph = quad.graph_name
        home = " ".join(part for part in (place, str(graph) if isinstance(graph, rdf.NamedNode) else "") if part)
        triple = quad.triple
        known = side.homes.get(triple, ())
        if home not in known:
            side.homes[triple] = (*known, home)
