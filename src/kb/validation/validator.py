"""A validation from files to report: what is read, what it is read together with, and which way it is judged."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from pathlib import Path as FilePath

from kb import rdf
from kb.errors import InputError, UsageError, in_one
from kb.namespaces import PREFIXES
from kb.project import Project
from kb.validation import scope as scopes
from kb.validation import terms
from kb.validation.findings import Findings
from kb.validation.inputs import Input
from kb.validation.lookups import Index, Joined, Lookups
from kb.validation.reach import Reach
from kb.validation.report import Finding, Report
from kb.validation.scope import Scope
from kb.validation.shapes import read_shapes

_SUCCESSION = (rdf.NamedNode(f"{PREFIXES['owl']}deprecated"), rdf.NamedNode(f"{PREFIXES['dcterms']}isReplacedBy"))


def validate(
    project: Project,
    paths: Sequence[FilePath | str] = (),
    *,
    alone: bool = False,
    shapes: Sequence[FilePath] = (),
    engine: str = "pyshacl",
    store: Lookups | None = None,
) -> Report:
    """The report on files (``-`` for standard input), or on the whole knowledge base where there are none.

    See ``Validator`` for the arguments and the errors.
    """
    return Validator(project, alone=alone, shapes=shapes, engine=engine, store=store).check(paths)


class Validator:
    """Checks files against the shapes of one project; what it reads of the project, it reads once."""

    def __init__(
        self,
        project: Project,
        *,
        alone: bool = False,
        shapes: Sequence[FilePath] = (),
        engine: str = "pyshacl",
        store: Lookups | None = None,
    ) -> None:
        """``alone`` leaves out the knowledge base's data, though not the ontology; ``store`` is looked into in the place
        of that data; ``shapes`` are used instead of the project's own; ``engine`` is one of
        ``kb.validation.engine.ENGINES``.

        Raises InputError and UsageError for a project or shapes that cannot be used.
        """
        self._own_rules = not shapes
        self._shapes = read_shapes(shapes or project.shape_files())
        self._engine = engine
        self._ontology = _read(project.ontology_files())
        self._data_files = project.data_files()
        self._alone = alone
        self._store = store

    @cached_property
    def _data(self) -> list[Input]:
        return _read(self._data_files)

    @cached_property
    def _reach(self) -> Reach:
        return Reach(self._shapes)

    def check(self, paths: Sequence[FilePath | str] = (), *, instead_of: Iterable[FilePath] = ()) -> Report:
        """The report on files, read together with the ontology and the knowledge base: on what they describe, and on what
        they make of the things of the knowledge base. Without files, the report on all of the knowledge base.

        A file of the project is not read twice; ``instead_of`` are files of the project that are left out, since the files
        take their place. Raises InputError for a file that cannot be read or parsed, UsageError where a store would have
        to be read whole.
        """
        if not paths:
            return self._on_everything()
        files = _read(paths)
        given = {_real(path) for path in (*(file.path for file in files), *instead_of)}
        around = [file for file in self._ontology if _real(file.path) not in given]
        if not self._alone and self._store is None:
            around += [file for file in self._data if _real(file.path) not in given]
        quads, others = _quads(files), _quads(around)
        before: Lookups = Index(others)
        if self._store is not None:
            before = Joined(before, self._store)
        scope = self._scope(quads, others, before)
        return self._report(files, tuple(file.name for file in files), scope, Joined(Index(quads), before))

    def _on_everything(self) -> Report:
        if self._store is not None or self._alone:
            raise UsageError("name the files to validate")
        files = [*self._ontology, *self._data]
        quads = _quads(files)
        scope = scopes.of_everything(self._shapes, quads, self._run)
        return self._report(files, (), scope, Index(quads))

    def _scope(self, files: list[rdf.Quad], others: list[rdf.Quad], before: Lookups) -> Scope:
        if self._alone:
            return scopes.of_files_alone(self._shapes, files, others, self._run)
        if not self._reach.unbounded and not scopes.changes_classes(files, before):
            return scopes.of_a_change(self._shapes, self._reach, files, before, self._run)
        if self._store is not None:
            raise UsageError(
                "these shapes or files could concern anything in the store, which would have to be read whole: a shape "
                "has a query that does not state its mms:reads, or a file says which class is below which; use --alone"
            )
        return scopes.of_a_change_anywhere(self._shapes, files, others, self._run)

    @property
    def _run(self) -> scopes.Run:
        from kb.validation.engine import run

        return partial(run, engine=self._engine)

    def _report(self, files: list[Input], names: tuple[str, ...], scope: Scope, lookups: Lookups) -> Report:
        make = Findings(self._shapes, files, lookups)
        findings: list[Finding] = [*make.of_files(), *make.of_terms(self._terms(files, lookups))]
        if self._own_rules:
            findings += make.of_nodes_without_rule(scope.focus)
        findings += make.of_results(scope.results, scope.causes)
        findings.sort(key=lambda f: (f.file or "", f.line or 0, f.rule.iri, str(f.focus), str(f.path), str(f.value)))
        return Report(
            findings=tuple(findings),
            names=names,
            statements=sum(len(file.quads) for file in files),
            nodes=len(scope.focus),
            rules=len(self._shapes.rules()),
        )

    def _terms(self, files: list[Input], lookups: Lookups) -> terms.Terms:
        succession = [quad for predicate in _SUCCESSION for quad in lookups.having(predicate)]
        return terms.Terms([*_quads(self._ontology), *_quads(files), *succession])


def _quads(files: Iterable[Input]) -> list[rdf.Quad]:
    return [quad for file in files for quad in file.quads]


def _read(paths: Iterable[FilePath | str]) -> list[Input]:
    """All files read; raises one InputError that tells of every file that cannot be."""
    files, errors = [], []
    for path in paths:
        try:
            files.append(Input(path))
        except InputError as error:
            errors.append(error)
    if errors:
        raise in_one(errors)
    return files


def _real(path: FilePath | str) -> str:
    return "-" if str(path) == "-" else os.path.realpath(path)
