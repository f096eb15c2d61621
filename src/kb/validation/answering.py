"""One request to validate, or to explain the rules, from what is asked to the text that answers it and the exit code."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from kb import rdf, turtle
from kb.errors import EXIT_FINDING, InputError, UsageError
from kb.project import Project
from kb.validation.examples import Examples
from kb.validation.report import Report, Severity
from kb.validation.validator import Validator

FORMATS = ("text", "json", "csv", "md", "ttl", "sarif")
LEVELS = ("violation", "warning", "info", "never")


@dataclass(frozen=True)
class Request:
    """What a user asks for: files (``-`` for standard input), or none for the whole knowledge base; see ``kb validate``.

    ``store`` is the folder of a store on disk, which is read together with the files in the place of the data; ``explain``
    is the name of a rule, and ``rules`` asks for a list of all. ``input_format`` is a suffix without its full stop, ``base``
    the IRI that relative ones stand against; by default the files' own.
    """

    paths: tuple[FilePath, ...] = ()
    alone: bool = False
    store: FilePath | None = None
    shapes: tuple[FilePath, ...] = ()
    own_shapes: bool = False
    engine: str = "auto"
    fail_on: str = "violation"
    format: str = "text"
    summary: bool = False
    lang: str = "en"
    explain: str | None = None
    rules: bool = False
    input_format: str | None = None
    base: str | None = None


class Answer(NamedTuple):
    """What to print, the exit code, and an error to tell of besides, if any: then the text, which is for a program, has it too."""

    text: str
    exit_code: int = 0
    error: str = ""


def prepare(project: Project, request: Request, progress: Callable[[str], None] | None = None) -> Callable[[], Answer]:
    """Read and import what a request needs; what is returned carries it out, and opens nothing any more but a store's files.

    Raises UsageError for a request that contradicts itself, StoreError for a store that cannot be opened, InputError for
    shapes that cannot be read. The work raises InputError for files that cannot be, unless the answer is SARIF, which tells
    of such files too.
    """
    _check(request)
    if request.explain is not None or request.rules:
        text = _explained(project, request)
        return lambda: Answer(text)
    own = request.own_shapes or not request.shapes
    examples = Examples(project.shapes / "examples") if own and request.format == "text" and not request.summary else None
    if examples:
        examples.load()
    write = _writer(request, examples)
    if request.format == "sarif":
        from kb.validation.sarif import errors_as_sarif as write_errors
    stores = contextlib.ExitStack()
    validator = Validator(
        project, alone=request.alone, shapes=request.shapes, own_shapes=request.own_shapes, engine=request.engine,
        store=stores.enter_context(_opened(request.store)), progress=progress,
    )  # fmt: skip
    format = turtle.FORMATS[f".{request.input_format}"] if request.input_format else None
    judge = validator.prepare(request.paths, format=format, base=request.base)

    def work() -> Answer:
        try:
            with stores:
                report = judge()
        except InputError as error:
            if request.format != "sarif" or not all(part.position for part in error.parts):
                raise
            return Answer(write_errors(error.parts, request.lang), error.exit_code, str(error))
        failing = request.fail_on != "never" and report.at_least(Severity[request.fail_on.upper()])
        code = EXIT_FINDING if failing else 0
        return Answer(write(report, code), code)

    return work


def answer(project: Project, request: Request, progress: Callable[[str], None] | None = None) -> Answer:
    """The answer to a request; see ``prepare`` for the errors."""
    return prepare(project, request, progress)()


def _check(request: Request) -> None:
    if request.summary and request.format in ("ttl", "sarif"):
        raise UsageError(f"--summary and --format {request.format} exclude each other: that report holds every result")
    if request.store is not None and request.alone:
        raise UsageError("--alone and --store exclude each other: a store is read together with the files")
    if request.base is not None and not rdf.is_iri(request.base):
        raise UsageError(f"--base takes an absolute IRI, not {request.base!r}")
    if request.own_shapes and not request.shapes:
        raise UsageError("--own-shapes goes with --shapes; without that, the project's own shapes are used anyway")
    if request.explain is None and not request.rules:
        return
    if request.paths or request.summary or (request.explain is not None and request.rules):
        raise UsageError("--explain and --rules stand alone: they tell of rules, not of files")
    allowed = ("text", "json", "md", "csv") if request.rules else ("text", "json", "md")
    if request.format not in allowed:
        option = "--rules" if request.rules else "--explain"
        raise UsageError(f"{option} knows the formats {', '.join(allowed)}, not {request.format}")


def _opened(store: FilePath | None) -> contextlib.AbstractContextManager[Any]:
    if store is None:
        return contextlib.nullcontext()
    from kb.stores import open_store

    return open_store(store)


def _explained(project: Project, request: Request) -> str:
    from kb.validation import explanations
    from kb.validation.catalogue import Catalogue

    catalogue = Catalogue(project, request.shapes, request.own_shapes)
    if request.explain is None:
        return explanations.all_of_them(catalogue.entries(), request.format, request.lang)
    return explanations.one(catalogue.explain(request.explain), request.format, request.lang)


def _writer(request: Request, examples: Examples | None) -> Callable[[Report, int], str]:
    """What writes a report, and the exit code, in the format of the request; imported here, since later nothing may be."""
    lang, summary = request.lang, request.summary
    if request.format == "text":
        return lambda report, code: report.summary(lang) if summary else report.text(lang, _lines(examples, report))
    if request.format == "ttl":
        from kb.validation.w3c import as_turtle

        return lambda report, code: as_turtle(report)
    if request.format == "sarif":
        from kb.validation.sarif import as_sarif

        return lambda report, code: as_sarif(report, lang, code)
    from kb.validation import outputs

    write = {"json": outputs.as_json, "csv": outputs.as_csv, "md": outputs.as_markdown}[request.format]
    return lambda report, code: write(report, lang, summary)


def _lines(examples: Examples | None, report: Report) -> dict[str, str]:
    """For the rules that are broken, a line of Turtle that is right, from the examples beside the shapes."""
    lines = {}
    for rule, _, found in report.by_rule() if examples else ():
        path = found[0].through or found[0].path
        if examples and path is not None and path.iri and found[0].shape.value == rule.iri:
            line = examples.line_for(rule.iri, path.iri)
            if line:
                lines[rule.iri] = line
    return lines
