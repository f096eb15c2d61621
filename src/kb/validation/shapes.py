"""The shapes as a reader meets them: their names and sentences; and what must hold of them before an engine sees them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath

from kb import rdf, sparql
from kb.errors import InputError, UsageError
from kb.messages import hint_at, near_names
from kb.namespaces import PREFIXES, curie
from kb.validation.inputs import Input
from kb.validation.paths import UNARY, Path
from kb.validation.vocabulary import CONSTRAINTS, TARGETS, TERMS

SH = PREFIXES["sh"]
_RDF, _RDFS = PREFIXES["rdf"], PREFIXES["rdfs"]
_QUERIES = tuple(f"{SH}{name}" for name in ("select", "ask", "construct", "update"))
_DEEPEST_PATH = 20
_REACHES_OUT = re.compile(r"(?<![?$:\w])(SERVICE|FROM)\b", re.IGNORECASE)

Messages = dict[str, str]


@dataclass(frozen=True)
class Rule:
    """A shape for its reader: each text maps a language (empty for none) to a sentence."""

    iri: str
    name: Messages = field(default_factory=dict)
    message: Messages = field(default_factory=dict)
    description: Messages = field(default_factory=dict)


class Shapes:
    """A shapes graph, with the properties of each shape at hand."""

    def __init__(self, quads: Iterable[rdf.Quad]) -> None:
        """Raises InputError for a SHACL term that does not exist, and for a query that would reach out of the data."""
        self.quads = list(quads)
        self._properties: dict[rdf.NamedNode | rdf.BlankNode, dict[str, list]] = defaultdict(lambda: defaultdict(list))
        for quad in self.quads:
            self._properties[quad.subject][quad.predicate.value].append(quad.object)
        self._check_terms()
        self._check_queries()

    def values(self, shape: rdf.NamedNode | rdf.BlankNode, name: str) -> list:
        """What a shape states with the SHACL property ``name``."""
        return self.stated(shape, SH + name)

    def stated(self, node: rdf.NamedNode | rdf.BlankNode, iri: str) -> list:
        """What a node of the shapes graph states with a property of any vocabulary."""
        return self._properties[node].get(iri, []) if node in self._properties else []

    def with_targets(self) -> list[rdf.NamedNode | rdf.BlankNode]:
        """The shapes that say themselves which nodes they are applied to."""
        aims = {f"{SH}{name}" for name in TARGETS}
        return [shape for shape, stated in list(self._properties.items()) if aims & stated.keys() or self._is_class(shape)]

    def holders_of(self, shape: rdf.NamedNode | rdf.BlankNode) -> list[rdf.NamedNode | rdf.BlankNode]:
        """The shapes that hold a property shape."""
        return [quad.subject for quad in self.quads if quad.object == shape and quad.predicate.value == f"{SH}property"]

    def has_custom_constraint(self, shape: rdf.NamedNode | rdf.BlankNode) -> bool:
        """Whether a shape uses a constraint component that the shapes graph itself defines."""
        return bool(self._parameters & self._properties[shape].keys()) if shape in self._properties else False

    def items(self, node: rdf.NamedNode | rdf.BlankNode) -> list:
        """The items of an RDF list; what is not well formed ends it."""
        items: list = []
        seen = set()
        while node in self._properties and node not in seen:
            seen.add(node)
            items += self._properties[node][f"{_RDF}first"]
            node = next(iter(self._properties[node][f"{_RDF}rest"]), None)
        return items

    def rule(self, shape: rdf.NamedNode | rdf.BlankNode) -> Rule:
        """The rule that a result belongs to. An inner shape without a name counts to the shape that holds it."""
        owner = shape
        seen = {owner}
        while isinstance(owner, rdf.BlankNode) and owner in self._holders and self._holders[owner] not in seen:
            owner = self._holders[owner]
            seen.add(owner)
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
            if self.values(node, name):
                return _path_of(operator, [self._path(self.values(node, name)[0], depth + 1)])
        alternatives = self.values(node, "alternativePath")
        members = self.items(alternatives[0] if alternatives else node)
        return _path_of("|" if alternatives else "/", [self._path(member, depth + 1) for member in members])

    def rules(self) -> set[str]:
        """The IRIs of the rules: the shapes that have a constraint of their own, or hold one that has no IRI."""
        return {
            self.rule(shape).iri
            for shape, properties in list(self._properties.items())
            if any(name.startswith(SH) and name.removeprefix(SH) in CONSTRAINTS for name in properties)
        }

    def targets(self, data: Iterable[rdf.Quad]) -> dict[rdf.NamedNode | rdf.BlankNode, set]:
        """The focus nodes of each shape that has targets."""
        members: dict[str, set] = defaultdict(set)
        subjects_of: dict[str, set] = defaultdict(set)
        objects_of: dict[str, set] = defaultdict(set)
        below: dict[str, set[str]] = defaultdict(set)
        for quad in data:
            predicate = quad.predicate.value
            subjects_of[predicate].add(quad.subject)
            objects_of[predicate].add(quad.object)
            if isinstance(quad.object, rdf.NamedNode):
                if quad.predicate == rdf.RDF_TYPE:
                    members[quad.object.value].add(quad.subject)
                elif predicate == f"{_RDFS}subClassOf" and isinstance(quad.subject, rdf.NamedNode):
                    below[quad.object.value].add(quad.subject.value)
        found: dict[rdf.NamedNode | rdf.BlankNode, set] = {}
        for shape in list(self._properties):
            classes = {target.value for target in self.target_classes(shape)}
            focus = set(self.values(shape, "targetNode"))
            focus.update(*(members[name] for name in _closure(classes, below)))
            focus.update(*(subjects_of[target.value] for target in self.values(shape, "targetSubjectsOf")))
            focus.update(*(objects_of[target.value] for target in self.values(shape, "targetObjectsOf")))
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
        types = {t.value for t in self._properties[shape][rdf.RDF_TYPE.value] if isinstance(t, rdf.NamedNode)}
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

    @cached_property
    def _holders(self) -> dict:
        """Each blank node with the node that uses it."""
        return {
            value: subject
            for subject, properties in self._properties.items()
            for values in properties.values()
            for value in values
            if isinstance(value, rdf.BlankNode)
        }

    def _check_terms(self) -> None:
        for quad in self.quads:
            for term in (quad.predicate, quad.object):
                if not isinstance(term, rdf.NamedNode) or not term.value.startswith(SH):
                    continue
                name = term.value[len(SH) :]
                if name not in TERMS and "ConstraintComponent" not in name:
                    hint = hint_at([f"sh:{near}" for near in near_names(name, TERMS)[:1]])
                    raise InputError(
                        f"the shape {_shown(quad.subject)} uses sh:{name}, "
                        f"which is no term of SHACL's core or of its SPARQL constraints{hint}"
                    )

    def _check_queries(self) -> None:
        for quad in self.quads:
            if quad.predicate.value in _QUERIES and isinstance(quad.object, rdf.Literal):
                # A forbidden word may be written with escapes.
                found = _REACHES_OUT.search(sparql.unescaped(quad.object.value))
                if found:
                    raise InputError(
                        f"the shape {_shown(quad.subject)} holds a query with {found[1].upper()}; "
                        "a shape may only look at the data that it is given"
                    )


def read_shapes(paths: Iterable[FilePath]) -> Shapes:
    """The shapes of files and of folders' Turtle files.

    Raises InputError for one that cannot be read, UsageError where there is no shape at all: everything would conform.
    """
    quads: list[rdf.Quad] = []
    shown = []
    for path in paths:
        shown.append(str(path))
        for file in sorted(path.rglob("*.ttl")) if path.is_dir() else [path]:
            quads += Input(file).quads
    if not any(quad.predicate.value in (f"{SH}{name}" for name in ("path", "property", *TARGETS)) for quad in quads):
        raise UsageError(f"no shape in {', '.join(shown) or 'the knowledge base'}: nothing could be checked")
    return Shapes(quads)


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


def _shown(node: rdf.NamedNode | rdf.BlankNode) -> str:
    return curie(node.value) if isinstance(node, rdf.NamedNode) else "in brackets"
