"""From what an engine or a check of terms found to findings: named, with the place in a file, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from kb import rdf
from kb.messages import did_you_mean
from kb.namespaces import ID, PREFIXES, curie
from kb.validation import terms
from kb.validation.engine import Result
from kb.validation.inputs import Input
from kb.validation.lookups import Lookups, Node, describes
from kb.validation.paths import Path
from kb.validation.report import Finding, Severity
from kb.validation.shapes import SH, Messages, Rule, Shapes
from kb.validation.wording import what_is_wrong

_LABELS = (f"{PREFIXES['skos']}prefLabel", f"{PREFIXES['rdfs']}label", f"{PREFIXES['dcterms']}title")
_ONTOLOGY = f"{PREFIXES['owl']}Ontology"
_REFERENCES = (f"{SH}ClassConstraintComponent", f"{SH}NodeConstraintComponent")
_MOST_NAMES = 100_000
"""Names that are gone through for a hint; a store may hold any number."""


class Findings:
    """Makes findings on some files; ``lookups`` is all that is known, the files among it."""

    def __init__(self, shapes: Shapes, files: list[Input], lookups: Lookups) -> None:
        self._shapes = shapes
        self._files = files
        self._lookups = lookups
        self._only_file = files[0] if len(files) == 1 else None

    def of_files(self) -> Iterator[Finding]:
        """Files that say nothing."""
        for file in self._files:
            if not file.quads:
                yield self._own(terms.EMPTY, "Warning", file, ())

    def of_terms(self, known: terms.Terms) -> Iterator[Finding]:
        """Names that nobody knows."""
        for file in self._files:
            for found in known.check(file.quads):
                triple = (found.triple.subject, found.triple.predicate, found.triple.object)
                yield self._own(found.rule, found.severity, file, triple, found.detail)

    def of_nodes_without_rule(self, focus: set[Node]) -> Iterator[Finding]:
        """Nodes of the project's kinds, and nodes without a name, that no shape looks at: they would conform in silence."""
        for file in self._files:
            if any(quad.object.value == _ONTOLOGY for quad in file.quads if quad.predicate == rdf.RDF_TYPE):
                continue
            for node in sorted(file.subjects - focus, key=str):
                if isinstance(node, rdf.BlankNode) or node.value.startswith(ID):
                    yield self._own(terms.UNKNOWN_CLASS, "Violation", file, (node,))

    def of_results(self, results: Iterable[Result], causes: Mapping[Node, rdf.Quad]) -> Iterator[Finding]:
        """What an engine found. ``causes`` has a triple of the files for each node that they bear on and do not describe."""
        for result in results:
            detail = what_is_wrong(self._shapes, result.shape, result.component)
            if result.component in _REFERENCES:
                detail = self._with_hint(detail, result.value)
            file, line = self._place(result, causes.get(result.focus))
            yield Finding(
                rule=self._shapes.rule(result.shape),
                severity=Severity.of(result.severity),
                component=result.component,
                shape=result.shape,
                focus=result.focus,
                label=self._label(result.focus),
                path=Path("", (result.path.value,)) if result.path else self._shapes.path(result.shape),
                value=result.value,
                detail=detail,
                message=self._shapes.messages(result.shape) or dict(result.messages),
                file=file.name if file else None,
                line=line,
                severity_iri=result.severity,
            )

    def _place(self, result: Result, cause: rdf.Quad | None) -> tuple[Input | None, int | None]:
        triple: tuple = (result.focus, result.path, result.value)
        file = next((file for file in self._files if result.focus in file.subjects), None)
        if file is None and cause is not None:
            triple = (cause.subject, cause.predicate, cause.object)
            file = next((file for file in self._files if cause.subject in file.subjects), None)
        file = file or self._only_file
        return file, file.line(*triple) if file else None

    def _own(self, rule: Rule, severity: str, file: Input, triple: tuple, detail: Messages | None = None) -> Finding:
        """A finding of a rule that is no shape; ``triple`` is as much of it as is concerned."""
        focus, predicate, value = (*triple, None, None, None)[:3]
        return Finding(
            rule=rule,
            severity=Severity.of(severity),
            component=rule.iri,
            shape=rdf.NamedNode(rule.iri),
            focus=focus,
            label={} if focus is None else self._label(focus),
            path=Path("", (predicate.value,)) if predicate else None,
            value=value,
            detail=detail or {},
            message=rule.message,
            file=file.name,
            line=file.line(*triple) if triple else None,
            severity_iri=SH + severity,
        )

    def _label(self, node: Node) -> Messages:
        found: dict[str, str] = {}
        if not isinstance(node, rdf.Literal):
            for quad in self._lookups.out(node):
                if quad.predicate.value in _LABELS and isinstance(quad.object, rdf.Literal):
                    found.setdefault(quad.object.language or "", quad.object.value)
        return found

    def _with_hint(self, detail: Messages, value: object) -> Messages:
        """For a reference to a node that nothing describes: say that, and which one may be meant."""
        if not isinstance(value, rdf.NamedNode) or not value.value.startswith(ID) or describes(self._lookups, value):
            return detail
        prefix, _, name = curie(value.value).partition(":")
        hint = did_you_mean(name, self._names()[prefix])
        return {
            "en": f"is not described{hint}",
            "es": f"no está descrito{hint.replace('did you mean', '¿quizá')}",
        }

    def _names(self) -> Mapping[str, set[str]]:
        """The local names of what is described, by prefix."""
        names: dict[str, set[str]] = defaultdict(set)
        for quad in islice(self._lookups.having(rdf.RDF_TYPE), _MOST_NAMES):
            if isinstance(quad.subject, rdf.NamedNode):
                prefix, _, name = curie(quad.subject.value).partition(":")
                names[prefix].add(name)
        return names
