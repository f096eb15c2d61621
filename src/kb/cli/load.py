"""``kb load``: put statements into a triple store, checked before and read back after."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from kb import sandbox, telling
from kb.cli.common import note, pass_project, printable
from kb.cli.limits import run
from kb.cli.progress import Meter, Progress
from kb.errors import EXIT_FINDING, UsageError
from kb.files import read_bytes

_EXAMPLES = 3
_MEMORY = 4.0
"""GiB of address space for parsing, whatever the size of the files; most of it is the libraries' own."""


@click.command("load")
@click.argument("paths", nargs=-1, metavar="[FILE|DIR|-]…", type=click.Path(allow_dash=True, path_type=Path))
@click.option("--store", type=click.Path(path_type=Path), metavar="DIR", help="Load into the store in this folder; made if need be.")
@click.option("--endpoint", metavar="URL", help="Load into this server: Oxigraph's root, or the query address of any other.")
@click.option("--graph", metavar="IRI", help="The named graph to load into, instead of one for each file.")
@click.option("--replace", is_flag=True, help="Make each graph equal to its file, instead of adding to it.")
@click.option("--dry-run", is_flag=True, help="Read, check and count, and write nothing.")
@click.option("--no-validate", "unchecked", is_flag=True, help="Do not check against the shapes; memory then does not grow with the files.")
@click.option("--no-proof", "unproved", is_flag=True, help="Do not read back what was loaded; only count it.")
@click.option("--via", type=click.Choice(("graph-store", "update")), default="graph-store", show_default=True, help="The protocol for --endpoint.")
@click.option("--graph-store-url", metavar="URL", help="Where the server takes graphs, if not beside its query address.")
@click.option("--update-url", metavar="URL", help="Where the server takes updates, if not beside its query address.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Give up a request to the server after S seconds.")
@pass_project
def command(
    project: Any, paths: tuple[Path, ...], store: Path | None, endpoint: str | None, graph: str | None, replace: bool,
    dry_run: bool, unchecked: bool, unproved: bool, via: str, graph_store_url: str | None, update_url: str | None, timeout: float | None,
) -> None:  # fmt: skip
    """Load files, or the whole knowledge base, into a triple store.

    A folder stands for all RDF files below it, and - for standard input; without any, the whole knowledge base is
    loaded. Files may be compressed (.gz, .bz2, .xz).

    Everything is read and checked first, together with what the store holds, and one bad file loads nothing. Each file
    goes to a named graph of its own, after its path; the graphs of TriG and N-Quads files keep their names. Loading a file
    again adds nothing. At the end the graphs are read back, and are proved to hold what was sent.

    A user name and password for a server come from KB_USER and KB_PASSWORD or from a netrc file. Exit code 1: a file
    breaks a rule; 3: a file cannot be read; 4: the store fails, or holds something else than was sent.

    \b
    Examples:
      kb load --store ./store
      kb load mine.ttl --store ./store --replace
      kb load dump.nt.gz --store ./store --no-validate
      kb load data ontology --endpoint http://localhost:7878
    """
    from kb.stores import loading, open_store
    from kb.stores.scratch import scratch_folder

    _check_choices(store, endpoint, dry_run, unproved, (via != "graph-store", graph_store_url, update_url, timeout))
    files = loading.files_to_load(project, paths)
    if graph is not None:
        loading.check_graph(graph)
    if not unchecked:
        loading.check_no_pipes(files)
    with scratch_folder(None if store is None or dry_run else Path(os.path.realpath(store))) as scratch:
        spool = _spool(project, files, graph, scratch, unchecked)
        if not unchecked:
            _check(project, files, bool(paths), store, spool, replace)
        if dry_run:
            _tell_counts(spool.files, scratch)
            return
        meter = Meter("loading", spool.lines, "triples", "reading back")
        with Progress(meter.text), open_store(
            store, endpoint, write=True, update_url=update_url, graph_store_url=graph_store_url, via=via, timeout=timeout
        ) as target:  # fmt: skip
            how = {"proof": False} if unproved else {}
            proofs = target.load(spool.files, replace=replace, progress=meter.add, **how)
            name, remarks = target.name, target.remarks
    _print_counts([(proof.graph, proof.sent, proof.present) for proof in proofs])
    end = "" if unproved else ", read back and equal"
    loaded = f"{_count(sum(proof.sent for proof in proofs), 'triple')} in {_count(len(proofs), 'graph')}"
    click.echo(printable(f"{loaded} loaded into {name}{end}"))
    _remark(spool, proofs, replace)
    for remark in remarks:
        note(remark)


def _check_choices(store: Path | None, endpoint: str | None, dry_run: bool, unproved: bool, for_servers: tuple[Any, ...]) -> None:
    if store is not None and endpoint is not None:
        raise UsageError("--store and --endpoint exclude each other")
    if store is None and endpoint is None and not dry_run:
        raise UsageError("say where to load: --store DIR or --endpoint URL")
    if unproved and store is None:
        raise UsageError("--no-proof goes with --store")
    if endpoint is None and any(for_servers):
        raise UsageError("--via, --graph-store-url, --update-url and --timeout go with --endpoint")


def _spool(project: Any, files: list[Path], graph: str | None, scratch: Path, unchecked: bool) -> Any:
    """The files as N-Triples, parsed where no parser that they kill takes the command down."""
    from kb import turtle
    from kb.stores import loading
    from kb.turtle.streaming import is_held

    def parse(prepare: Callable[[], sandbox.Work], some: Sequence[Path]) -> Any:
        memory = None if any(is_held(turtle.format_of(str(file))) for file in files) else _MEMORY
        return run(prepare, some, memory=memory, adjustable=False)

    # To be judged, standard input is kept; else it only passes through.
    standard_input = sys.stdin.buffer if unchecked or Path("-") not in files else io.BytesIO(read_bytes("-"))
    with Progress(lambda: telling.stage() or "reading"):
        return loading.spool(project, files, graph, scratch, parse, standard_input)


def _check(project: Any, files: list[Path], given: bool, store: Path | None, spool: Any, replace: bool) -> None:
    """Let the files be judged, together with what the store holds or, for a new store and a server, with the knowledge base.
    Leave with exit code 1 where one breaks a rule."""
    from kb.stores import embedded

    existing = store is not None and embedded.is_store(store)

    def judge() -> Callable[[], tuple[bool, str, int]]:
        from kb.stores.embedded import EmbeddedStore
        from kb.validation import Validator

        held = EmbeddedStore(store) if existing else None
        if held is not None:
            held.look_beside(spool.files, replace=replace)
        validator = Validator(project, store=held, all_of_store=held and held.everything, progress=telling.at_stage)
        work = validator.prepare(files if given or existing else [])

        def summed() -> tuple[bool, str, int]:
            report = work()
            return report.conforms, "" if report.conforms else report.text(), len(report.findings)

        return summed

    door = sandbox.Door.OFFLINE if existing else sandbox.Door.CLOSED  # a store opens its files when it needs them
    with Progress(lambda: telling.stage() or "checking against the shapes"):
        conforms, text, findings = run(judge, files, project=project.stated_files(), adjustable=False, door=door)
    if not conforms:
        note(text)
        note("nothing was loaded; mend the violations, or load unchecked with --no-validate")
        sys.exit(EXIT_FINDING)
    if findings:
        note(f"{_count(findings, 'remark')} short of a violation; `kb validate` shows them")


def _tell_counts(files: Sequence[Any], scratch: Path) -> None:
    """What would be loaded; a triple that stands twice counts once."""
    from kb.stores.digests import Sent

    counts = [(file.iri, Sent(file, scratch).count, None) for file in files]
    _print_counts(counts)
    total = sum(number for _, number, _ in counts)
    click.echo(f"{_count(total, 'triple')} in {_count(len(counts), 'graph')}; nothing was written (--dry-run)")


def _print_counts(rows: list[tuple[str, int, int | None]]) -> None:
    width = max((len(f"{read:,}") for _, read, _ in rows), default=0)
    for graph, read, present in rows:
        more = "" if present is None or present == read else f"  ({present:,} in the graph now)"
        click.echo(printable(f"{read:>{width},}  {graph}{more}"))


def _remark(spool: Any, proofs: Sequence[Any], replace: bool) -> None:
    from kb.stores.spooling import MOST_COUNTED

    if spool.blank_nodes:
        note(f"{'at least ' if spool.blank_nodes >= MOST_COUNTED else ''}{_count(spool.blank_nodes, 'blank node')} got an IRI, so that loading again does not double it")
    rewritten = sum(proof.rewritten for proof in proofs)
    if rewritten:
        examples = dict.fromkeys(f"{sent} as {kept}" for proof in proofs for sent, kept in proof.examples)
        shown = "; ".join(list(examples)[:_EXAMPLES]).replace("<http://www.w3.org/2001/XMLSchema#", "xsd:").replace(">", "")
        note(f"the store keeps {_count(rewritten, 'literal')} in another form of the same value, such as {shown}")
    for graph, names in spool.names.items() if replace else ():
        if len(names) > 1:
            note(f"{graph} now holds {len(names)} files together: {', '.join(names)}")


def _count(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'s' * (number != 1)}"
