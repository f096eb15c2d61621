"""What several commands share: the project, completion, and all of ``output``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from kb.cli.output import (  # noqa: F401 - commands take these from here
    as_json,
    as_rows,
    discard_output,
    error_line,
    leave,
    note,
    terminal_width,
    write_output,
)
from kb.errors import UsageError
from kb.messages import did_you_mean, printable  # noqa: F401 - and both of these

pass_project = click.make_pass_decorator(object)
"""Gives a command the ``kb.project.Project`` to work on."""


def check_one_store(store: Path | None, endpoint: str | None, doing: str = "look into") -> None:
    """Raises UsageError, which says what is done, where both a folder and a server are given."""
    if store is not None and endpoint is not None:
        raise UsageError(f"{doing} one thing: --store or --endpoint")


def answer_limits(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--timeout`` and ``--memory``, for a command that asks within ``kb.queries.deadline``; see ``within``."""
    from kb.queries import deadline

    seconds = click.option(
        "--timeout", type=float, default=deadline.TIMEOUT, show_default=True, metavar="S",
        help="Give up after S seconds; 0: never.",
    )  # fmt: skip
    memory = click.option(
        "--memory", type=float, metavar="GIB",
        help=f"Use no more memory for the answer; 0: no limit.  [default: {deadline.MEMORY:g}]",
    )  # fmt: skip
    return seconds(memory(command))


def within(work: Callable[[], Any], timeout: float, memory: float | None, store: Path | None) -> Any:
    """What ``work()`` gives, made of what ``marshal`` writes, in a process that ends with its time or its memory; ``store`` is
    the folder that it asks, if it asks one.

    Raises UsageError for limits that are none, StoreError where the work does not come to its end, and what it raises.
    """
    from kb.queries import deadline

    deadline.check(timeout, memory)
    return deadline.run(work, timeout, memory, store)


def completes(what: str) -> Callable[[click.Context, click.Parameter, str], Any]:
    """What completes an argument in a shell: a way of ``kb.cli.completion``, which is imported only then."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> Any:
        from kb.cli import completion

        return completion.complete(what, ctx, incomplete)

    return complete
