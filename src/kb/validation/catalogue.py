"""The rules as a catalogue: found by name, and told what they look at, what they ask, and where they are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from kb import rdf
from kb.errors import UsageError
from kb.messages import did_you_mean
from kb.namespaces import SHAPES, curie, expand
from kb.project import Project
from kb.validation.asked import Asked
from kb.validation.examples import Example, Examples
from kb.validation.inputs import Input, read
from kb.validation.lookups import Index
from kb.validation.nouns import Nouns, both, shown
from kb.validation.own_rules import OWN_RULES
from kb.validation.paths import Path
from kb.validation.report import Severity
from kb.validation.shapes import Messages, Rule, Shapes, in_language, shape_files_of
from kb.validation.targets import Shape

_ENDING = "Shape"
# How a shape says which nodes it looks at -> in words; {} stands for a class or a property.
_TARGETS = {
    "targetSubjectsOf": ("everything that has {}", "todo lo que tiene {}"),
    "targetObjectsOf": ("everything that {} leads to", "todo aquello a lo que lleva {}"),
    "targetNode": ("{}", "{}"),
}


@dataclass(frozen=True)
class Entry:
    """A rule with its severity and the place where it is written; None for the rules that are no shapes."""

    rule: Rule
    severity: Severity
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Explanation:
    """All that there is to say of one rule; each text in English and Spanish."""

    entry: Entry
    looks_at: list[Messages] = field(default_factory=list)
    asks: list[Messages] = field(default_factory=list)
    valid: Example | None = None
    invalid: Example | None = None


class Catalogue:
    """The rules of some files of shapes, and the rules that are no shapes."""

    def __init__(self, project: Project, paths: Iterable[FilePath] = (), own_shapes: bool = False) -> None:
        """The project's rules or, with ``paths``, those of these files and folders, with ``own_shapes`` both.

        Raises InputError for a file that cannot be read.
        """
        own = own_shapes or not paths
        files = [file for path in paths for file in shape_files_of(path)]
        self._inputs = read([*files, *(project.shape_files() if own else ())])
        self._shapes = Shapes(quad for file in self._inputs for quad in file.quads)
        self._project = project
        self._own = own

    def entries(self) -> list[Entry]:
        """Every rule: those that are no shapes first, then the shapes in the order of their files."""
        found = [Entry(rule, Severity.of(severity)) for rule, severity in OWN_RULES.values()] if self._own else []
        rules = self._shapes.rules()
        for file in self._inputs:
            for shape in dict.fromkeys(quad.subject for quad in file.quads):
                if isinstance(shape, rdf.NamedNode) and shape.value in rules:
                    rules.discard(shape.value)
                    place = file.place(shape)
                    found.append(
                        Entry(self._shapes.rule(shape), self._severity(shape), self._name(file), place.line if place else None)
                    )
        return found

    def explain(self, name: str) -> Explanation:
        """The rule that a CURIE, an IRI, a bare name or a title in either language stands for.

        Raises UsageError where there is none, or more than one.
        """
        entry = self._named(name)
        rule = entry.rule
        examples = Examples(self._project.shapes / "examples")
        if rule.iri in OWN_RULES:
            return Explanation(entry, valid=examples.of_own(rule.iri, True), invalid=examples.of_own(rule.iri, False))
        shape = rdf.NamedNode(rule.iri)
        ontology = [quad for file in read(self._project.ontology_files()) for quad in file.quads]
        names = Nouns(Index([*ontology, *(quad for file in self._inputs for quad in file.quads)]))
        asked = Asked(self._shapes, names)
        homes = self._homes(shape)
        path = self._shapes.path(shape)
        looks_at = [words for home in homes for words in self._targets(home, asked)]
        if path:
            looks_at.append(_of_path(path))
        stem = FilePath(entry.file).stem if entry.file else ""
        return Explanation(
            entry,
            looks_at,
            [words for words in asked.parts(shape) if any(words.values())],
            examples.valid(self._shapes, shape, homes, path, ontology, stem),
            examples.invalid(self._shapes, shape, homes, path, ontology),
        )

    def _named(self, name: str) -> Entry:
        entries = self.entries()
        text = name.strip().removeprefix("<").removesuffix(">")
        wanted = {expand(text) or text, SHAPES + text, SHAPES + text + _ENDING}
        found = [entry for entry in entries if entry.rule.iri in wanted]
        found = found or [e for e in entries if _local(e.rule.iri).casefold() in (text.casefold(), (text + _ENDING).casefold())]
        found = found or [e for e in entries if text.casefold() in {title.casefold() for title in e.rule.name.values()}]
        if len(found) == 1:
            return found[0]
        if found:
            listed = "".join(f"\n  {curie(e.rule.iri)}  {in_language(e.rule.message, 'en') or ''}" for e in found)
            raise UsageError(f"several rules are called {name!r}; give one of these names{listed}")
        known = {spelling: e.rule.iri for e in entries for spelling in (_local(e.rule.iri), *e.rule.name.values())}
        raise UsageError(f"there is no rule {name!r}{did_you_mean(text.rpartition(':')[2], known)}; --rules lists them all")

    def _severity(self, shape: Shape) -> Severity:
        stated = self._shapes.values(shape, "severity")
        return Severity.of(stated[0].value) if stated else Severity.VIOLATION

    def _name(self, file: Input) -> str:
        """A file as people know it: the project's own by its path below the project."""
        try:
            return FilePath(file.path).resolve().relative_to(self._project.root.resolve()).as_posix()
        except ValueError:
            return file.name

    def _homes(self, shape: Shape) -> list[Shape]:
        """The shapes with targets by which a shape is applied: itself, or those that hold it."""
        aimed = set(self._shapes.with_targets())
        holders: dict[Shape, list[Shape]] = {}
        for quad in self._shapes.quads:
            if isinstance(quad.object, (rdf.NamedNode, rdf.BlankNode)):
                holders.setdefault(quad.object, []).append(quad.subject)
        found, seen, stack = [], {shape}, [shape]
        while stack:
            current = stack.pop()
            if current in aimed:
                found.append(current)
            above = [holder for holder in holders.get(current, ()) if holder not in seen]
            seen.update(above)
            stack += above
        return sorted(found, key=str)

    def _targets(self, shape: Shape, asked: Asked) -> Iterable[Messages]:
        for target in self._shapes.target_classes(shape):
            name = asked.class_named(target)
            en = name["en"].removeprefix("a ").removeprefix("an ").removeprefix("of the class ")
            yield both(f"every {en}", f"cada {name['es'].removeprefix('de la clase ')}")
        for parameter, (en, es) in _TARGETS.items():
            for target in self._shapes.values(shape, parameter):
                yield both(en.format(shown(target)), es.format(shown(target)))


def _of_path(path: Path) -> Messages:
    incoming = path.incoming()
    if incoming:
        names = ", ".join(map(curie, incoming))
        return both(f"of each, what refers to it with {names}", f"de cada cosa, lo que se refiere a ella con {names}")
    names = ", ".join(str(part) for part in path.parts) if path.operator == "|" else str(path)
    return both(f"of each, the values of {names}", f"de cada cosa, los valores de {names}")


def _local(iri: str) -> str:
    return iri.replace("#", "/").rpartition("/")[2]
