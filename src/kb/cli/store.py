"""``kb store``: look after a store on disk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from kb.cli.common import note, printable
from kb.cli.progress import Progress
from kb.errors import EXIT_FINDING

_FOLDER = click.Path(path_type=Path)


@click.group("store")
def command() -> None:
    """Check, copy and restore a store that `kb load --store` made.

    \b
    Examples:
      kb store check ./store
      kb store backup ./store ./store-monday
      kb store restore ./store-monday ./store --replace
    """


@command.command("check")
@click.argument("folder", metavar="DIR", type=_FOLDER)
def check(folder: Path) -> None:
    """Read every triple of the store in DIR, in every index, and count its graphs.

    Exit code 1: the union of the graphs, which queries see, is not what it should be; 4: the store is damaged, in use,
    or none.
    """
    from kb.stores import upkeep

    with Progress(lambda: f"reading {folder}"):
        checked = upkeep.check(folder)
    _print(checked)
    if checked.differs:
        note(
            f"{folder}: the union that queries see, of {checked.united:,} triples, is not what the graphs hold together, {checked.expected:,}; "
            "another program has changed the graphs. Load the store anew"
        )
        sys.exit(EXIT_FINDING)
    click.echo(f"{folder}: all can be read")


@command.command("backup")
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.argument("target", metavar="TO", type=_FOLDER)
def backup(folder: Path, target: Path) -> None:
    """Copy the store in DIR to TO, where nothing may be yet.

    On one file system the copy takes no time and no room (hard links): it outlives a bad load, but not a bad disk; for that,
    TO is on another disk. The copy is read before it gets its name. Exit code 4: it cannot be made.
    """
    from kb.stores import upkeep

    with Progress(lambda: f"copying {folder}"):
        checked = upkeep.back_up(folder, target)
    _tell(checked, f"copied from {folder} to {target}")


@command.command("restore")
@click.argument("source", metavar="FROM", type=_FOLDER)
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option("--replace", is_flag=True, help="Take the place of the store in DIR, damaged or not.")
def restore(source: Path, folder: Path, replace: bool) -> None:
    """Make the store in DIR equal to the backup FROM, in one step; the backup stays.

    Exit code 4: the backup cannot be read, or DIR is taken or in use; then DIR is as it was.
    """
    from kb.stores import upkeep

    with Progress(lambda: f"reading {source}"):
        checked = upkeep.restore(source, folder, replace=replace)
    _tell(checked, f"restored from {source} to {folder}")


def _print(checked: Any) -> None:
    width = max((len(f"{count:,}") for _, count in checked.graphs), default=0)
    for graph, count in checked.graphs:
        click.echo(printable(f"{count:>{width},}  {graph}"))


def _tell(checked: Any, done: str) -> None:
    total = sum(count for _, count in checked.graphs)
    click.echo(printable(f"{total:,} triples in {len(checked.graphs):,} graphs {done}; all can be read"))
