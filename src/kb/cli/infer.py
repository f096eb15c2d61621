"""``kb infer``: what follows from the ontology and the data, for a graph of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from kb.cli.common import note, pass_project, write_output
from kb.cli.limits import limit_options, run
from kb.errors import EXIT_FINDING, StoreError, UsageError

_FORMATS = ("ttl", "nt", "trig", "nq")


@click.command("infer")
@click.argument("files", nargs=-1, metavar="[FILE|-]…", type=click.Path(allow_dash=True, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the triples to this file.")
@click.option("--format", "format", type=click.Choice(_FORMATS), help="By default as the suffix of -o says, else ttl; trig and nq name the graph.")
@click.option("--store", type=click.Path(path_type=Path), metavar="DIR", help="Infer from what this store holds, and put the result there.")
@click.option("--engine", type=click.Choice(("rules", "owlrl")), default="rules", show_default=True, help="The fast rules, or the slow reference.")
@limit_options
@pass_project
def command(
    project: Any, files: tuple[Path, ...], output: Path | None, format: str | None, store: Path | None, engine: str,
    timeout: float | None, memory: float | None,
) -> None:  # fmt: skip
    """Write the new triples that follow by OWL 2 RL.

    They follow from the knowledge base, together with any FILEs.

    With --store, from the store's graphs and the ontology, into the store's graph
    https://w3id.org/medical-missions/graph/derived/owl-rl, replacing what was there. Queries see it when they name it.
    Triples that say nothing (everything is an owl:Thing and the same as itself) are left out.

    Exit code 1: the statements contradict each other; standard error says which, and nothing is written.

    \b
    Examples:
      kb infer -o inferred.ttl
      kb infer mine.ttl --format nq
      kb infer --store ./store
    """
    from kb import inference

    if store is not None and (files or output is not None or format is not None):
        raise UsageError("--store takes its statements from the store and puts the result there; load files first")
    if store is not None and (timeout is not None or memory is not None):
        raise UsageError("--timeout and --memory are for files; what is in a store was checked when it was loaded")
    if output is not None and Path(os.path.realpath(project.data)) in Path(os.path.realpath(output)).parents:
        raise UsageError(f"{output}: inferred triples do not go into data/, which holds what somebody stated")
    if store is not None:
        _into_store(project, store, engine)
        return

    def prepare() -> Callable[[], tuple[tuple[str, ...], int, str]]:
        premises = inference.premises_of(project, files)
        inference.load(engine)

        def work() -> tuple[tuple[str, ...], int, str]:
            result = inference.infer(premises, engine)
            written = inference.serialize(result.new, format or _format_of(output)) if result.consistent else ""
            return result.clashes, len(result.new), written

        return work

    clashes, count, written = run(prepare, files, timeout, memory, project=project.stated_files())
    _leave_if_inconsistent(clashes)
    write_output(written, output)
    note(f"{count:,} new triples")


def _into_store(project: Any, folder: Path, engine: str) -> None:
    from kb import inference
    from kb.stores import open_store

    with open_store(folder, write=True) as store:
        if not store.graphs():
            raise StoreError(f"{folder}: there is nothing in this store; load statements first")
        result = inference.infer(inference.premises_in(store, project), engine)
        _leave_if_inconsistent(result.clashes)
        store.replace_graph(inference.GRAPH, result.new)
        click.echo(f"{store.count(inference.GRAPH):,} new triples in {inference.GRAPH}")


def _leave_if_inconsistent(clashes: Sequence[str]) -> None:
    if not clashes:
        return
    for clash in clashes:
        note(clash)
    count = len(clashes)
    note(f"{count} contradiction{'s' * (count != 1)}; nothing was written")
    sys.exit(EXIT_FINDING)


def _format_of(output: Path | None) -> str:
    suffix = output.suffix.lower().lstrip(".") if output is not None else ""
    return suffix if suffix in _FORMATS else "ttl"
