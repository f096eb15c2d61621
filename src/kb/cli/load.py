"""``kb load``: put statements into a triple store, checked before and counted after."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from kb.cli.common import note, pass_project, printable
from kb.cli.limits import run
from kb.errors import EXIT_FINDING, UsageError
from kb.files import read_bytes


@click.command("load")
@click.argument("paths", nargs=-1, metavar="[FILE|DIR|-]…", type=click.Path(allow_dash=True, path_type=Path))
@click.option("--store", type=click.Path(path_type=Path), metavar="DIR", help="Load into the store in this folder; made if need be.")
@click.option("--endpoint", metavar="URL", help="Load into this server: Oxigraph's root, or the query address of any other.")
@click.option("--graph", metavar="IRI", help="The named graph to load into, instead of one for each file.")
@click.option("--replace", is_flag=True, help="Make each graph equal to its file, instead of adding to it.")
@click.option("--dry-run", is_flag=True, help="Read, check and count, and write nothing.")
@click.option("--no-validate", "unchecked", is_flag=True, help="Do not check against the shapes (syntax is always checked).")
@click.option("--via", type=click.Choice(("graph-store", "update")), default="graph-store", show_default=True, help="The protocol for --endpoint.")
@click.option("--graph-store-url", metavar="URL", help="Where the server takes graphs, if not beside its query address.")
@click.option("--update-url", metavar="URL", help="Where the server takes updates, if not beside its query address.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Give up a request to the server after S seconds.")
@pass_project
def command(
    project: Any, paths: tuple[Path, ...], store: Path | None, endpoint: str | None, graph: str | None, replace: bool,
    dry_run: bool, unchecked: bool, via: str, graph_store_url: str | None, update_url: str | None, timeout: float | None,
) -> None:  # fmt: skip
    """Load files, or the whole knowledge base, into a triple store.

    A folder stands for all RDF files below it, and - for standard input; without any, the whole knowledge base is
    loaded.

    Everything is read and checked first, and one bad file loads nothing. Each file goes to a named graph of its own,
    after its path; the graphs of TriG and N-Quads files keep their names. Loading a file again adds nothing.

    A user name and password for a server come from KB_USER and KB_PASSWORD or from a netrc file. Exit code 1: a file
    breaks a rule; 3: a file cannot be read; 4: the store fails.

    \b
    Examples:
      kb load --store ./store
      kb load mine.ttl --store ./store --replace
      kb load data ontology --endpoint http://localhost:7878
    """
    from kb.stores import loading, open_store

    _check_choices(store, endpoint, dry_run, (via != "graph-store", graph_store_url, update_url, timeout))
    files = loading.files_to_load(project, paths)
    if graph is not None:
        loading.check_graph(graph)
    _check(project, files, bool(paths), unchecked)
    with _stage(f"reading {_count(len(files), 'file')}"):
        plan = loading.read(project, files, graph)
    if dry_run:
        _print_counts([(content.iri, len(content.triples), None) for content in plan.contents])
        click.echo(f"{_count(plan.triples, 'triple')} in {_count(len(plan.contents), 'graph')}; nothing was written (--dry-run)")
        return
    with open_store(
        store, endpoint, write=True, update_url=update_url, graph_store_url=graph_store_url, via=via, timeout=timeout
    ) as target:
        with _stage(f"loading {plan.triples:,} triples"):
            loaded = loading.load(plan, target, replace=replace)
        name = target.name
    _print_counts([(done.graph, done.read, done.present) for done in loaded])
    click.echo(printable(f"{_count(plan.triples, 'triple')} in {_count(len(loaded), 'graph')} loaded into {name}"))
    _remark(plan, loaded, replace)


def _check_choices(store: Path | None, endpoint: str | None, dry_run: bool, for_servers: tuple[Any, ...]) -> None:
    if store is not None and endpoint is not None:
        raise UsageError("--store and --endpoint exclude each other")
    if store is None and endpoint is None and not dry_run:
        raise UsageError("say where to load: --store DIR or --endpoint URL")
    if endpoint is None and any(for_servers):
        raise UsageError("--via, --graph-store-url, --update-url and --timeout go with --endpoint")


def _check(project: Any, files: list[Path], given: bool, unchecked: bool) -> None:
    """Let the files be parsed, and judged unless they stay ``unchecked``, where no parser that they kill takes the
    command down. Leave with exit code 1 where one breaks a rule."""
    from kb.stores import loading

    if Path("-") in files:
        read_bytes("-")  # kept: what the child process reads would be gone

    def judge() -> Callable[[], tuple[bool, str, int]]:
        from kb.validation import Validator

        work = Validator(project).prepare(files if given else [])

        def summed() -> tuple[bool, str, int]:
            report = work()
            return report.conforms, "" if report.conforms else report.text(), len(report.findings)

        return summed

    with _stage("reading" if unchecked else "checking against the shapes"):
        work = (lambda: loading.syntax_check(files)) if unchecked else judge
        outcome = run(work, files, project=project.stated_files(), adjustable=False)
    if unchecked:
        return
    conforms, text, findings = outcome
    if not conforms:
        note(text)
        note("nothing was loaded; mend the violations, or load unchecked with --no-validate")
        sys.exit(EXIT_FINDING)
    if findings:
        note(f"{_count(findings, 'remark')} short of a violation; `kb validate` shows them")


def _print_counts(rows: list[tuple[str, int, int | None]]) -> None:
    width = max((len(f"{read:,}") for _, read, _ in rows), default=0)
    for graph, read, present in rows:
        more = "" if present is None or present == read else f"  ({present:,} in the graph now)"
        click.echo(printable(f"{read:>{width},}  {graph}{more}"))


def _remark(plan: Any, loaded: list[Any], replace: bool) -> None:
    if plan.blank_nodes:
        note(f"{_count(plan.blank_nodes, 'blank node')} got an IRI, so that loading again does not double it")
    if any(done.present < done.read for done in loaded):
        note("where a graph holds fewer triples than were read, literals of the same value (1.5, 1.50) became one")
    for graph, names in plan.files.items() if replace else ():
        if len(names) > 1:
            note(f"{graph} now holds {len(names)} files together: {', '.join(names)}")


def _count(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'s' * (number != 1)}"


@contextmanager
def _stage(what: str) -> Iterator[None]:
    """Show on a terminal what takes its time, and take it away again."""
    shown = sys.stderr.isatty()
    if shown:
        click.echo(f"{what} …", err=True, nl=False)
    try:
        yield
    finally:
        if shown:
            click.echo("\r\x1b[K", err=True, nl=False)
