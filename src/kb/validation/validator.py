"""A validation from files to report: what is read, which nodes are judged, and where each finding stands."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path as FilePath

from kb import rdf
from kb.messages import did_you_mean
from kb.namespaces import ID, PREFIXES, curie
from kb.project import Project
from kb.validation import inputs, terms
from kb.validation.engine import load, run
from kb.validation.inputs import Input
from kb.validation.paths import Path
from kb.validation.report import Finding, Report, Severity
from kb.validation.shapes import SH, Messages, Rule, Shapes, read_shapes, shape_files
from kb.validation.wording import what_is_wrong

_LABELS = (f"{PREFIXES['skos']}prefLabel", f"{PREFIXES['rdfs']}label", f"{PREFIXES['dcterms']}title")
_ONTOLOGY = f"{PREFIXES['owl']}Ontology"
_REFERENCES = (f"{SH}ClassConstraintComponent", f"{SH}NodeConstraintComponent")


def validate(
    project: Project,
    paths: Sequence[FilePath | str] = (),
    *,
    alone: bool = False,
    shapes: Sequence[FilePath] = (),
    engine: str = "pyshacl",
    format: rdf.RdfFormat | None = None,
    base: str | None = None,
) -> Report:
    """The report on files (``-`` for standard input), or on the whole knowledge base where there are none.

    See ``Validator`` and its ``prepare`` for the arguments and the errors.
    """
    return Validator(project, alone=alone, shapes=shapes, engine=engine).check(paths, format, base)


class Validator:
    """Checks files against the shapes of one project; what it reads of the project, it reads once."""

    def __init__(
        self, project: Project, *, alone: bool = False, shapes: Sequence[FilePath] = (), engine: str = "pyshacl"
    ) -> None:
        """``alone`` leaves out the knowledge base's data, though not the ontology; ``shapes`` are used instead of the
        project's own; ``engine`` is one of ``kb.validation.engine.ENGINES``.

        Raises InputError and UsageError for a project or shapes that cannot be used.
        """
        self._own_rules = not shapes
        self._shape_files = shape_files(shapes or project.shape_files())
        self._engine = engine
        self._ontology = inputs.read(project.ontology_files())
        self._data_files = project.data_files()
        self._alone = alone

    @cached_property
    def _shapes(self) -> Shapes:
        return read_shapes(self._shape_files)

    @cached_property
    def _data(self) -> list[Input]:
        return inputs.read(self._data_files)

    def check(
        self, paths: Sequence[FilePath | str] = (), format: rdf.RdfFormat | None = None, base: str | None = None
    ) -> Report:
        """The report; see ``prepare``."""
        return self.prepare(paths, format, base)()

    def prepare(
        self, paths: Sequence[FilePath | str] = (), format: rdf.RdfFormat | None = None, base: str | None = None
    ) -> Callable[[], Report]:
        """Read and load all that is needed; what is returned opens no file any more, and gives the report.

        The report is on the files, parsed together with the ontology and the knowledge base; only what they themselves
        describe is judged. Without files, it is on all of the knowledge base. ``format`` and ``base`` are those of the
        files, by default what their suffix says and their own address. A file of the project is not read twice.

        The work raises InputError for a file that cannot be read or parsed.
        """
        load(self._engine)
        files = inputs.read(paths, format, base)
        if not paths:
            everything = [*self._ontology, *self._data]
            return lambda: self._report(inputs.parsed(everything), [], named=False)
        given = {_real(file.path) for file in files}
        around = [
            file for file in (*self._ontology, *(() if self._alone else self._data)) if _real(file.path) not in given
        ]
        return lambda: self._report(inputs.parsed(files), inputs.parsed(around), named=True)

    def _report(self, files: list[Input], around: list[Input], named: bool) -> Report:
        return _Validation(self._shapes, files, around, named, self._own_rules).report(self._engine)


class _Validation:
    """One run: ``files`` are judged, ``around`` is only looked at."""

    def __init__(self, shapes: Shapes, files: list[Input], around: list[Input], named: bool, own_rules: bool) -> None:
        self._shapes = shapes
        self._files = files
        self._around = around
        self._own_rules = own_rules
        self._only_file = files[0] if len(files) == 1 else None
        self._names = tuple(file.name for file in files) if named else ()
        self._union = [quad for file in (*files, *around) for quad in file.quads]
        self._described = {quad.subject for quad in self._union}
        self._labels: dict[object, Messages] = defaultdict(dict)
        for quad in self._union:
            if quad.predicate.value in _LABELS and isinstance(quad.object, rdf.Literal):
                self._labels[quad.subject].setdefault(quad.object.language or "", quad.object.value)

    def report(self, engine: str) -> Report:
        targets = self._shapes.targets(self._union)
        targeted: set = set().union(*targets.values())
        focus = self._judged(targeted)
        findings = [*self._empty_files(), *self._terms()]
        if self._own_rules:
            findings += self._without_rule(targeted)
        if focus:
            findings += self._results(engine, self._shapes.aimed_at(focus, targets))
        findings.sort(key=lambda f: (f.file or "", f.line or 0, f.rule.iri, str(f.focus), str(f.path), str(f.value)))
        return Report(
            findings=tuple(findings),
            names=self._names,
            statements=sum(len(file.quads) for file in self._files),
            nodes=len(focus),
            rules=len(self._shapes.rules()),
        )

    def _judged(self, targeted: set) -> set:
        """The focus nodes for which the files answer: what they describe, and what nothing else describes or mentions."""
        described = {subject for file in self._files for subject in file.subjects}
        mentioned = {quad.object for file in self._files for quad in file.quads}
        described_around = {subject for file in self._around for subject in file.subjects}
        mentioned_around = {quad.object for file in self._around for quad in file.quads}
        return {
            node
            for node in targeted
            if node in described
            or (node not in described_around and (node in mentioned or node not in mentioned_around))
        }

    def _without_rule(self, targeted: set) -> Iterable[Finding]:
        """Nodes of the project's kinds, and nodes without a name, that no shape looks at: they would conform in silence."""
        for file in self._files:
            if any(quad.object.value == _ONTOLOGY for quad in file.quads if quad.predicate == rdf.RDF_TYPE):
                continue
            for node in sorted(file.subjects - targeted, key=str):
                if isinstance(node, rdf.BlankNode) or node.value.startswith(ID):
                    yield self._own(terms.UNKNOWN_CLASS, "Violation", file, (node,))

    def _empty_files(self) -> Iterable[Finding]:
        for file in self._files:
            if not file.quads:
                yield self._own(terms.EMPTY, "Warning", file, ())

    def _terms(self) -> Iterable[Finding]:
        known = terms.Terms(self._union)
        for file in self._files:
            for found in known.check(file.quads):
                triple = (found.triple.subject, found.triple.predicate, found.triple.object)
                yield self._own(found.rule, found.severity, file, triple, found.detail)

    def _own(self, rule: Rule, severity: str, file: Input, triple: tuple, detail: Messages | None = None) -> Finding:
        """A finding of a rule that is no shape; ``triple`` is as much of it as is concerned."""
        focus, predicate, value = (*triple, None, None, None)[:3]
        return Finding(
            rule=rule,
            severity=Severity.of(severity),
            component=rule.iri,
            shape=rdf.NamedNode(rule.iri),
            focus=focus,
            label=self._labels.get(focus, {}),
            path=Path("", (predicate.value,)) if predicate else None,
            value=value,
            detail=detail or {},
            message=rule.message,
            file=file.name,
            line=file.line(*triple) if triple else None,
            severity_iri=SH + severity,
        )

    def _results(self, engine: str, shapes: list[rdf.Quad]) -> Iterable[Finding]:
        for result in run(self._union, shapes, engine):
            detail = what_is_wrong(self._shapes, result.shape, result.component)
            if result.component in _REFERENCES:
                detail = self._with_hint(detail, result.value)
            file = next((file for file in self._files if result.focus in file.subjects), self._only_file)
            yield Finding(
                rule=self._shapes.rule(result.shape),
                severity=Severity.of(result.severity),
                component=result.component,
                shape=result.shape,
                focus=result.focus,
                label=self._labels.get(result.focus, {}),
                path=Path("", (result.path.value,)) if result.path else self._shapes.path(result.shape),
                value=result.value,
                detail=detail,
                message=self._shapes.messages(result.shape) or dict(result.messages),
                file=file.name if file else None,
                line=file.line(result.focus, result.path, result.value) if file else None,
                severity_iri=result.severity,
            )

    def _with_hint(self, detail: Messages, value: object) -> Messages:
        """For a reference to a node that nothing describes: say that, and which one may be meant."""
        if not isinstance(value, rdf.NamedNode) or not value.value.startswith(ID) or value in self._described:
            return detail
        prefix, _, name = curie(value.value).partition(":")
        others = (curie(node.value).partition(":") for node in self._described if isinstance(node, rdf.NamedNode))
        hint = did_you_mean(name, (other for kind, _, other in others if kind == prefix))
        return {
            "en": f"is not described{hint}",
            "es": f"no está descrito{hint.replace('did you mean', '¿quizá')}",
        }


def _real(path: FilePath | str) -> str:
    return "-" if str(path) == "-" else os.path.realpath(path)
