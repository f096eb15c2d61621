"""The shapes as a reader meets them: their names and sentences, their paths and what they are applied to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath

from kb import rdf
from kb.errors import UsageError
from kb.namespaces import PREFIXES
from kb.validation import wellformed
from kb.validation.inputs import Opened, opened, parsed
from kb.validation.lookups import Lookups
from kb.validation.paths import UNARY, Path
from kb.validation.shapes_graph import SH, ShapesGraph
from kb.validation.vocabulary import CONSTRAINTS, TARGETS

_RDF, _RDFS = PREFIXES["rdf"], PREFIXES["rdfs"]
_DEEPEST_PATH = 20
_SAYS_SOMETHING = frozenset(f"{SH}{name}" for name in ("property", *TARGETS, *CONSTRAINTS))

Messages = dict[str, str]


@dataclass(frozen=True)
class Rule:
    """A shape for its reader: each text maps a language (empty for none) to a sentence."""

    iri: str
    name: Messages = field(default_factory=dict)
    message: Messages = field(default_factory=dict)
    description: Messages = field(default_factory=dict)


class Shapes(ShapesGraph):
    """A shapes graph whose shapes are well formed."""

    def __init__(self, quads: Iterable[rdf.Quad]) -> None:
        """Raises InputError, see ``kb.validation.wellformed.check``."""
        super().__init__(quads)
        wellformed.check(self)

    def with_targets(self) -> list[rdf.NamedNode | rdf.BlankNode]:
        """The shapes that say themselves which nodes they are applied to."""
        aims = {f"{SH}{name}" for name in TARGETS}
        return [shape for shape in self.nodes() if aims & self.properties(shape) or self._is_class(shape)]

    def holders_of(self, shape: rdf.NamedNode | rdf.BlankNode) -> list[rdf.NamedNode | rdf.BlankNode]:
        """The shapes that hold a property shape."""
        return [quad.subject for quad in self.quads if quad.object == shape and quad.predicate.value == f"{SH}property"]

    def look_further(self) -> bool:
        """Whether a property shape holds another: what that finds is said of the values, not of the node that was judged."""
        holders = {quad.subject for quad in self.quads if quad.predicate.value == f"{SH}property"}
        return any(f"{SH}path" in self.properties(holder) for holder in holders)

    def has_custom_constraint(self, shape: rdf.NamedNode | rdf.BlankNode) -> bool:
        """Whether a shape uses a constraint component that the shapes graph itself defines."""
        return bool(self._parameters & self.properties(shape))

    def rule(self, shape: rdf.NamedNode | rdf.BlankNode) -> Rule:
        """The rule that a result belongs to. An inner shape without a name counts to the shape that holds it."""
        owner = self.owner(shape)
        iri = owner.value if isinstance(owner, rdf.NamedNode) else str(owner)
        texts = (_texts(self.values(owner, name)) for name in ("name", "message", "description"))
        return Rule(iri, *texts)

    def messages(self, shape: rdf.NamedNode | rdf.BlankNode) -> Messages:
        """What the shape itself says where it fails."""
        return _texts(self.values(shape, "message"))

    def path(self, shape: rdf.NamedNode | rdf.BlankNode) -> Path | None:
        """The path of a property shape; None for a node shape, or where it is not well formed."""
        written = self.values(shape, "path")
        return self._path(written[0], 0) if written else None

    def _path(self, node: rdf.NamedNode | rdf.BlankNode, depth: int) -> Path | None:
        if isinstance(node, rdf.NamedNode):
            return Path("", (node.value,))
        if depth > _DEEPEST_PATH:
            return None
        for operator, name in UNARY.items():
            if self.values(node, name) and not self.stated(node, f"{_RDF}first"):
                return _path_of(operator, [self._path(self.values(node, name)[0], depth + 1)])
        alternatives = self.values(node, "alternativePath")
        members = self.items(alternatives[0] if alternatives else node)
        return _path_of("|" if alternatives else "/", [self._path(member, depth + 1) for member in members])

    def rules(self) -> set[str]:
        """The IRIs of the rules: the shapes that have a constraint of their own, or hold one that has no IRI."""
        return {
            self.rule(shape).iri
            for shape in self.nodes()
            if any(name.startswith(SH) and name.removeprefix(SH) in CONSTRAINTS for name in self.properties(shape))
        }

    def targets(self, data: Lookups) -> dict[rdf.NamedNode | rdf.BlankNode, set]:
        """The focus nodes of each shape that has targets."""
        members: dict[str, set] = defaultdict(set)
        for quad in data.having(rdf.RDF_TYPE):
            if isinstance(quad.object, rdf.NamedNode):
                members[quad.object.value].add(quad.subject)
        below: dict[str, set[str]] = defaultdict(set)
        for quad in data.having(rdf.NamedNode(f"{_RDFS}subClassOf")):
            if isinstance(quad.subject, rdf.NamedNode) and isinstance(quad.object, rdf.NamedNode):
                below[quad.object.value].add(quad.subject.value)
        found: dict[rdf.NamedNode | rdf.BlankNode, set] = {}
        for shape in self.with_targets():
            classes = {target.value for target in self.target_classes(shape)}
            focus = set(self.values(shape, "targetNode"))
            focus.update(*(members[name] for name in _closure(classes, below)))
            for target in self.values(shape, "targetSubjectsOf"):
                focus.update(quad.subject for quad in data.having(target))
            for target in self.values(shape, "targetObjectsOf"):
                focus.update(quad.object for quad in data.having(target))
            if focus:
                found[shape] = focus
        return found

    def target_classes(self, shape: rdf.NamedNode | rdf.BlankNode) -> list:
        """The classes whose instances a shape targets: those that it names, and itself where it is a class too."""
        return [*self.values(shape, "targetClass"), *([shape] if self._is_class(shape) else [])]

    def aimed_at(self, aims: Mapping[rdf.NamedNode | rdf.BlankNode, Iterable]) -> list[rdf.Quad]:
        """The same shapes with these focus nodes for their only targets, so that an engine's work follows the request.

        Restricting the targets, and not the results or the engine's own list of focus nodes, leaves what a shape says of
        the values of a focus node in force.
        """
        stated = {f"{SH}{name}" for name in TARGETS}
        classes = {f"{_RDFS}Class", f"{PREFIXES['owl']}Class"}
        kept = [
            quad
            for quad in self.quads
            if quad.predicate.value not in stated
            and not (
                quad.predicate == rdf.RDF_TYPE
                and isinstance(quad.object, rdf.NamedNode)
                and quad.object.value in classes
                and self._is_class(quad.subject)
            )
        ]
        target_node = rdf.NamedNode(f"{SH}targetNode")
        for shape, nodes in aims.items():
            kept += [rdf.Quad(shape, target_node, node) for node in nodes]
        return kept

    def _is_class(self, shape: rdf.NamedNode | rdf.BlankNode) -> bool:
        """Whether a shape is also a class, and so targets its instances."""
        types = {t.value for t in self.stated(shape, rdf.RDF_TYPE.value) if isinstance(t, rdf.NamedNode)}
        return (
            isinstance(shape, rdf.NamedNode)
            and bool(types & {f"{SH}NodeShape", f"{SH}PropertyShape"})
            and bool(types & {f"{_RDFS}Class", f"{PREFIXES['owl']}Class"})
        )

    @cached_property
    def _parameters(self) -> set[str]:
        """The properties that are parameters of constraint components defined in the shapes graph."""
        nodes = [quad.object for quad in self.quads if quad.predicate.value == f"{SH}parameter"]
        return {path.value for node in nodes if not isinstance(node, rdf.Literal) for path in self.values(node, "path")}


def read_shapes(paths: Iterable[FilePath]) -> Shapes:
    """The shapes of files and of folders; see ``shape_files_of``, and ``shapes_in`` for the errors."""
    return shapes_in(opened(file for path in paths for file in shape_files_of(path)))


def shapes_in(files: Opened) -> Shapes:
    """The shapes in these files.

    Raises InputError for one that cannot be read, UsageError where there is no shape at all: everything would conform.
    """
    quads = [quad for file in parsed(files) for quad in file.quads]
    shapes = Shapes(quads)
    if not any(quad.predicate.value in _SAYS_SOMETHING for quad in quads):
        shown = ", ".join(file.name for file in parsed(files))
        raise UsageError(f"no shape in {shown or 'the knowledge base'}: nothing could be checked")
    return shapes


def shape_files_of(path: FilePath) -> list[FilePath]:
    """The file itself, or a folder's Turtle files; examples beside shapes are data, and no shapes."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*.ttl") if "examples" not in file.relative_to(path).parts[:-1])


def in_language(texts: Messages, lang: str) -> str | None:
    """The text in a language, else without language, else in English, else any; None where there is none."""
    for wanted in (lang, "", "en", *sorted(texts)):
        if wanted in texts:
            return texts[wanted]
    return None


def _path_of(operator: str, parts: list[Path | None]) -> Path | None:
    return Path(operator, tuple(part for part in parts if part)) if parts and all(parts) else None


def _texts(values: Iterable) -> Messages:
    return {value.language or "": value.value for value in values if isinstance(value, rdf.Literal)}


def _closure(classes: set[str], below: dict[str, set[str]]) -> Iterator[str]:
    """The classes and all below them."""
    seen: set[str] = set()
    stack = list(classes)
    while stack:
        name = stack.pop()
        if name not in seen:
            seen.add(name)
            yield name
            stack += below[name]
