"""A validation from files to report: what is read, what it is read together with, and which way it is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from pathlib import Path as FilePath
from threading import Event

from kb import rdf
from kb.errors import UsageError
from kb.namespaces import PREFIXES
from kb.project import Project
from kb.threads import beside
from kb.validation import scope as scopes
from kb.validation import terms, vocabularies
from kb.validation.engine import load, run
from kb.validation.findings import Findings
from kb.validation.inputs import Input, Opened, opened, parsed, real_name
from kb.validation.lookups import Index, Joined, Lookups
from kb.validation.reach import Reach
from kb.validation.report import Finding, Report
from kb.validation.scope import Scope
from kb.validation.shapes import Shapes, shape_files_of, shapes_in

_SUCCESSION = (rdf.NamedNode(f"{PREFIXES['owl']}deprecated"), rdf.NamedNode(f"{PREFIXES['dcterms']}isReplacedBy"))

Progress = Callable[[str], None]
"""Is told what is being done."""


def validate(
    project: Project,
    paths: Sequence[FilePath | str] = (),
    *,
    alone: bool = False,
    shapes: Sequence[FilePath] = (),
    own_shapes: bool = False,
    engine: str = "auto",
    store: Lookups | None = None,
    progress: Progress | None = None,
    format: rdf.RdfFormat | None = None,
    base: str | None = None,
) -> Report:
    """The report on files (``-`` for standard input), or on the whole knowledge base where there are none.

    See ``Validator`` and its ``prepare`` for the arguments and the errors.
    """
    validator = Validator(
        project, alone=alone, shapes=shapes, own_shapes=own_shapes, engine=engine, store=store, progress=progress
    )
    return validator.prepare(paths, format=format, base=base)()


class Validator:
    """Checks files against the shapes of one project; what it reads of the project, it reads once."""

    def __init__(
        self,
        project: Project,
        *,
        alone: bool = False,
        shapes: Sequence[FilePath] = (),
        own_shapes: bool = False,
        engine: str = "auto",
        store: Lookups | None = None,
        all_of_store: Callable[[], Iterable[rdf.Quad]] | None = None,
        progress: Progress | None = None,
    ) -> None:
        """``alone`` leaves out the knowledge base's data, though not the ontology; ``store`` is looked into in the place
        of that data, and ``all_of_store`` reads it where it has to be read whole; ``shapes`` are used instead of the project's own or, with ``own_shapes``, beside them; ``engine`` is
        one of ``kb.validation.engine.CHOICES``; ``progress`` is told what is being done, in a few English words.

        Raises InputError and UsageError for a project or shapes that cannot be used.
        """
        vocabularies.load()
        self._progress = progress or _nobody
        self._own_rules = own_shapes or not shapes
        self._only_own_shapes = not shapes
        self._progress("reading the shapes and the ontology")
        paths = [*shapes, *(project.shape_files() if self._own_rules else ())]
        self._shape_files = opened(file for path in paths for file in shape_files_of(path))
        self._engine = engine
        self._ontology_files = opened(project.ontology_files())
        self._data_files = project.data_files()
        self._alone = alone
        self._store = store
        self._all_of_store = all_of_store

    @cached_property
    def _shapes(self) -> Shapes:
        return shapes_in(self._shape_files)

    @cached_property
    def _ontology(self) -> list[Input]:
        return parsed(self._ontology_files)

    @cached_property
    def _opened_data(self) -> Opened:
        self._progress("reading the knowledge base")
        return opened(self._data_files)

    @cached_property
    def _data(self) -> list[Input]:
        return parsed(self._opened_data)

    @cached_property
    def _reach(self) -> Reach:
        return Reach(self._shapes)

    def check(self, paths: Sequence[FilePath | str] = ()) -> Report:
        """The report; see ``prepare``."""
        return self.prepare(paths)()

    def prepare(
        self,
        paths: Sequence[FilePath | str] = (),
        *,
        format: rdf.RdfFormat | None = None,
        base: str | None = None,
    ) -> Callable[[], Report]:
        """Read and load all that is needed; what is returned opens nothing any more but a store's files, and gives the
        report: on files, parsed together with the ontology and the knowledge base, on what they describe and on what they
        make of the things of the knowledge base; without files, on all of the knowledge base.

        A file of the project is not read twice. ``format`` and ``base`` are those of the files, by default what their suffix
        says and their own address. The work raises InputError for a file that cannot be read or parsed, UsageError where a
        store would have to be read whole.
        """
        load(self._engine, self._only_own_shapes)
        if not paths:
            if self._store is not None or self._alone:
                raise UsageError("name the files to validate")
            self._opened_data  # noqa: B018 - reads
            return self._on_everything
        with_data = not self._alone and self._store is None
        if with_data:
            self._opened_data  # noqa: B018 - reads
        self._progress("reading the files")
        files = opened(paths, format, base)
        return lambda: self._on_files(parsed(files), with_data)

    def _on_files(self, files: list[Input], with_data: bool) -> Report:
        given = {real_name(file.path) for file in files}
        around = [file for file in (*self._ontology, *(self._data if with_data else ())) if real_name(file.path) not in given]
        quads, others = _quads(files), _quads(around)
        own, before = Index(quads), Index(others)
        known: Lookups = before if self._store is None else Joined(before, self._store)
        lookups = Joined(own, known)
        make = Findings(self._shapes, files, lookups)
        if not self._alone:
            scope = self._scope(quads, others, known)
            return self._finished(make, files, _names(files), scope, self._first(make, files, lookups))
        scope, first = self._beside(
            lambda run: scopes.of_files_alone(self._shapes, quads, others, own, before, run),
            lambda: self._first(make, files, lookups),
        )
        return self._finished(make, files, _names(files), scope, first)

    def _on_everything(self) -> Report:
        files = [*self._ontology, *self._data]
        quads = _quads(files)
        everything = Index(quads)
        make = Findings(self._shapes, files, everything)
        scope, first = self._beside(
            lambda run: scopes.of_everything(self._shapes, quads, everything, run),
            lambda: self._first(make, files, everything, whole=True),
        )
        return self._finished(make, files, (), scope, first)

    def _beside(
        self, judged: Callable[[scopes.Run], Scope], first: Callable[[], list[Finding]]
    ) -> tuple[Scope, list[Finding]]:
        """Both, the second once the engine is at work: before that, each would wait for the other's Python."""
        at_work = Event()
        run = partial(self._run, at_work=at_work.set)

        def scope() -> Scope:
            try:
                return judged(run)
            finally:
                at_work.set()

        def told() -> list[Finding]:
            at_work.wait()
            return first()

        return beside(scope, told)

    def _scope(self, files: list[rdf.Quad], others: list[rdf.Quad], before: Lookups) -> Scope:
        if not self._reach.unbounded and not scopes.changes_classes(files, before):
            return scopes.of_a_change(self._shapes, self._reach, files, before, self._run)
        if self._all_of_store is not None:
            return scopes.of_a_change_anywhere(self._shapes, files, [*others, *self._all_of_store()], self._run)
        if self._store is not None:
            raise UsageError(
                "these shapes or files could concern anything in the store, which would have to be read whole: a shape "
                "has a query that does not state its mms:reads, or a file says which class is below which; use --alone"
            )
        return scopes.of_a_change_anywhere(self._shapes, files, others, self._run)

    @property
    def _run(self) -> scopes.Run:
        self._progress("applying the rules")
        return partial(run, engine=self._engine, own=self._only_own_shapes)

    def _first(self, make: Findings, files: list[Input], lookups: Lookups, *, whole: bool = False) -> list[Finding]:
        """What can be told without the shapes."""
        if not self._own_rules:
            return [*make.of_files()]
        return [*make.of_files(), *make.of_terms(self._terms(files, lookups)), *make.of_surroundings(whole)]

    def _finished(
        self, make: Findings, files: list[Input], names: tuple[str, ...], scope: Scope, first: list[Finding]
    ) -> Report:
        self._progress("writing the report")
        findings = [*first]
        if self._own_rules:
            findings += make.of_nodes_without_rule(scope.focus)
        findings += make.of_results(scope.results, scope.causes)
        if self._own_rules:
            findings += make.of_the_undescribed()
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


def _nobody(doing: str) -> None:
    """For a caller who does not ask for progress."""


def _names(files: list[Input]) -> tuple[str, ...]:
    return tuple(file.name for file in files)


def _quads(files: Iterable[Input]) -> list[rdf.Quad]:
    return [quad for file in files for quad in file.quads]
