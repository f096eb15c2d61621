"""From what an engine or a check of ours found to findings: named, with the place in a file, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kb import rdf
from kb.namespaces import ID, PREFIXES
from kb.turtle.places import Place
from kb.validation import labels, literals, neighbours, own_rules, terms, translations
from kb.validation.engine import Result
from kb.validation.inputs import Input
from kb.validation.lookups import Lookups, Node
from kb.validation.nouns import shown
from kb.validation.own_rules import Fault
from kb.validation.paths import Path
from kb.validation.report import Finding, Severity
from kb.validation.shapes import SH, Messages, Rule, Shapes
from kb.validation.whereabouts import Whereabouts
from kb.validation.wording import Wording

_LABELS = (f"{PREFIXES['skos']}prefLabel", f"{PREFIXES['rdfs']}label", f"{PREFIXES['dcterms']}title")
_ONTOLOGY = f"{PREFIXES['owl']}Ontology"
# What a constraint says of a literal that does not fit its own datatype is nothing new.
_OF_LITERALS = frozenset(
    f"{SH}{name}ConstraintComponent"
    for name in ("Datatype", "MinInclusive", "MinExclusive", "MaxInclusive", "MaxExclusive", "LessThan", "LessThanOrEquals")
)
_OF_CLASSES = (f"{SH}HasValueConstraintComponent", f"{SH}ClassConstraintComponent")
_MIN_COUNT = f"{SH}MinCountConstraintComponent"
_CLOSED = f"{SH}ClosedConstraintComponent"


class Findings:
    """Makes findings on some files; ``lookups`` is all that is known, the files among it.

    What a check of ours has said, a shape need not say again, and the other way round where the shape's word is graver.
    """

    def __init__(self, shapes: Shapes, files: list[Input], lookups: Lookups) -> None:
        self._shapes = shapes
        self._files = files
        self._lookups = lookups
        self._wording = Wording(shapes, lookups)
        self._whereabouts = Whereabouts(files)
        self._ill_typed: set[Node] = set()
        self._unknown_terms: set[Node] = set()
        self._meant: set[tuple[Node, str]] = set()
        self._put_off: list[Finding] = []
        self._said: set[tuple] = set()
        self._nowhere: list[tuple[Input, Fault]] = []

    def of_files(self) -> Iterator[Finding]:
        """Files that say nothing."""
        for file in self._files:
            if not file.quads:
                yield self._own(own_rules.EMPTY, "Warning", file)

    def of_terms(self, known: terms.Terms) -> Iterator[Finding]:
        """Names that nobody knows or that stand in the wrong place, prefixes for something else, ill-typed literals."""
        for file in self._files:
            for found in (*known.check(file.quads), *literals.check(file.quads)):
                if found.rule is own_rules.WELL_TYPED:
                    self._ill_typed.add(found.triple.object)
                elif found.rule in (own_rules.UNKNOWN_TERM, own_rules.UNKNOWN_KIND):
                    self._unknown_terms.add(getattr(found.triple, found.part))
                    if found.meant:
                        self._meant.add((found.triple.subject, found.meant))
                finding = self._fault(file, found)
                if finding.severity == Severity.VIOLATION:
                    yield finding
                else:
                    self._put_off.append(finding)
            for prefix, place, detail in file.foreign_prefixes():
                yield self._own(own_rules.OTHER_NAMESPACE, "Warning", file, place, detail)

    def of_nodes_without_rule(self, focus: set[Node]) -> Iterator[Finding]:
        """Nodes of the project's kinds, and nodes without a name, that no shape looks at: they would conform in silence."""
        for file in self._files:
            types = [quad for quad in file.quads if quad.predicate == rdf.RDF_TYPE]
            if not file.quads or any(quad.object.value == _ONTOLOGY for quad in types):
                continue
            # Where a class is misspelt, that has been said.
            excused = {quad.subject for quad in types if quad.object in self._unknown_terms} | self._unknown_terms
            unseen = [
                node
                for node in sorted(file.subjects - focus, key=str)
                if isinstance(node, rdf.BlankNode) or node.value.startswith(ID)
            ]
            for node in unseen:
                if node not in excused:
                    yield self._own(own_rules.UNKNOWN_CLASS, "Violation", file, file.place(node), focus=node)
            looked_at = any(quad.subject in focus or quad.object in focus for quad in file.quads)
            if not unseen and not excused and not looked_at:
                yield self._own(own_rules.UNCHECKED, "Warning", file, file.first_place())

    def of_results(self, results: Iterable[Result], causes: Mapping[Node, rdf.Quad]) -> Iterator[Finding]:
        """What an engine found. ``causes`` has a triple of the files for each node that they bear on and do not describe."""
        said = self._said
        for result in results:
            if self._is_said(result):
                continue
            said |= {(result.focus, result.value), (result.focus, result.path if result.component == _CLOSED else None)}
            path = Path("", (result.path.value,)) if result.path else self._shapes.path(result.shape)
            file, place = self._whereabouts.of(result, path, causes.get(result.focus))
            yield self._finding(
                self._shapes.rule(result.shape),
                result.severity,
                file,
                place,
                component=result.component,
                shape=result.shape,
                focus=result.focus,
                path=path,
                through=self._through(result, path),
                value=result.value,
                detail=self._because(result, path, causes),
                message=dict(result.messages) or self._shapes.messages(result.shape),
            )
        for finding in self._put_off:
            property = rdf.NamedNode(finding.path.iri) if finding.path and finding.path.iri else None
            meant = property if finding.value is None else finding.value
            if meant is None or (finding.focus, meant) not in said:
                yield finding

    def of_surroundings(self, whole: bool) -> Iterator[Finding]:
        """Labels that do not fit, and texts changed by hand; with ``whole``, also entries of the registers that nothing uses."""
        for file in self._files:
            for found in (
                *labels.check(file.quads, self._lookups),
                *translations.check(file.quads, self._lookups),
                *neighbours.unsealed(file.quads, self._lookups),
                *(neighbours.unused(file.quads, self._lookups) if whole else ()),
            ):
                yield self._fault(file, found)
            self._nowhere += [(file, found) for found in neighbours.undescribed(file.quads, self._lookups)]

    def of_the_undescribed(self) -> Iterator[Finding]:
        """Names of what is not described, that ``of_surroundings`` came upon. To be called last: what has been said of a value
        is not said again."""
        for file, found in self._nowhere:
            triple = found.triple
            if (triple.subject, triple.object) not in self._said and not {triple.predicate, triple.object} & self._unknown_terms:
                yield self._fault(file, replace(found, detail=self._wording.nowhere(triple.object)))

    def _because(self, result: Result, path: Path | None, causes: Mapping[Node, rdf.Quad]) -> Messages:
        """What is wrong; with a thing that the files do not describe, what they say that bears on it."""
        detail, cause = self._wording.of(result, path), causes.get(result.focus)
        if cause is None or any(result.focus in file.subjects for file in self._files):
            return detail
        link = f"{shown(cause.subject)} → {shown(cause.predicate)}"
        words = {"en": f"the file bears on it with {link}", "es": f"el archivo le afecta con {link}"}
        return {lang: "; ".join(part for part in (detail.get(lang), word) if part) for lang, word in words.items()}

    def _through(self, result: Result, path: Path | None) -> Path | None:
        """The one property of a path with alternatives that has the value."""
        if path is None or path.operator != "|" or result.value is None or isinstance(result.focus, rdf.Literal):
            return None
        ways = [part for part in path.parts if isinstance(part, Path) and part.iri]
        there = {quad.predicate.value for quad in self._lookups.out(result.focus) if quad.object == result.value}
        return next((way for way in ways if way.iri in there), None)

    def _is_said(self, result: Result) -> bool:
        """Whether a check of ours has said the same already; of a misspelt name, that the right one is missing too."""
        if result.component == _CLOSED:
            return result.path in self._unknown_terms
        if result.component == _MIN_COUNT and result.path is not None:
            return (result.focus, result.path.value) in self._meant
        if result.component in _OF_CLASSES and (result.path == rdf.RDF_TYPE or result.value == result.focus):
            asked = [*self._shapes.values(result.shape, "hasValue"), *self._shapes.values(result.shape, "class")]
            return any((result.focus, value.value) in self._meant for value in asked)
        return result.value in self._ill_typed and result.component in _OF_LITERALS

    def _fault(self, file: Input, found: Fault) -> Finding:
        triple = found.triple
        if found.part == "subject":
            return self._own(found.rule, found.severity, file, file.place(triple.subject), found.detail, triple.subject)
        of_predicate = found.part == "predicate"
        place = file.place_of_predicate if of_predicate else file.place
        return self._own(
            found.rule,
            found.severity,
            file,
            place(triple.subject, triple.predicate, triple.object),
            found.detail,
            triple.subject,
            Path("", (triple.predicate.value,)),
            None if of_predicate else triple.object,
        )

    def _own(
        self,
        rule: Rule,
        severity: str,
        file: Input,
        place: Place | None = None,
        detail: Messages | None = None,
        focus: Node | None = None,
        path: Path | None = None,
        value: Node | None = None,
    ) -> Finding:
        """A finding of a rule that is no shape."""
        return self._finding(
            rule, SH + severity, file, place, component=rule.iri, shape=rdf.NamedNode(rule.iri), focus=focus, path=path,
            value=value, detail=detail or {}, message=rule.message,
        )  # fmt: skip

    def _finding(
        self,
        rule: Rule,
        severity: str,
        file: Input | None,
        place: Place | None,
        *,
        focus: Node | None,
        path: Path | None,
        through: Path | None = None,
        **told,
    ) -> Finding:
        property = (through or path).iri if through or path else None
        return Finding(
            rule=rule,
            severity=Severity.of(severity),
            severity_iri=severity,
            focus=focus,
            label={} if focus is None else self._label(focus),
            path=path,
            through=through,
            path_label=self._wording.labels(property) if property else {},
            file=file.name if file else None,
            line=place.line if place else None,
            column=place.column if place else None,
            end=(place.end_line, place.end_column) if place else None,
            **told,
        )

    def _label(self, node: Node) -> Messages:
        found: dict[str, str] = {}
        if not isinstance(node, rdf.Literal):
            for quad in self._lookups.out(node):
                if quad.predicate.value in _LABELS and isinstance(quad.object, rdf.Literal):
                    found.setdefault(quad.object.language or "", quad.object.value)
        return found
