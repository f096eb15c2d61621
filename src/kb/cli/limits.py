"""Files that are not trusted: read, parsed and judged in a child process, within a time and a memory that follow their size."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from kb import sandbox
from kb.errors import InputError, StoreError, UsageError
from kb.files import display_name

# Of real data, the fast engine takes 2 s and 90 MiB for each MiB, and the slowest 4 s; hostile files are small, and are
# stopped soon.
SECONDS, SECONDS_PER_MIB = 60.0, 60.0
MEMORY, MEMORY_PER_MIB = 4 << 30, 200 << 20
_MIB = 1 << 20
_LARGEST = 1_000_000
_MOST_NAMES = 3


def limit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--timeout`` and ``--memory``, for a command that runs its work with ``run``."""
    seconds = click.option(
        "--timeout", type=float, metavar="S",
        help=f"Give up after S seconds; 0: never.  [default: {SECONDS:g}, and {SECONDS_PER_MIB:g} more for each MiB of the files]",
    )  # fmt: skip
    memory = click.option(
        "--memory", type=float, metavar="GIB",
        help=f"Use no more memory; 0: no limit.  [default: {MEMORY >> 30}, and {MEMORY_PER_MIB >> 20} times the size of the files]",
    )  # fmt: skip
    return seconds(memory(command))


def run(
    prepare: Callable[[], sandbox.Work],
    files: Iterable[Path | str],
    timeout: float | None = None,
    memory: float | None = None,
    *,
    project: Iterable[Path] = (),
    adjustable: bool = True,
    door: sandbox.Door = sandbox.Door.CLOSED,
) -> Any:
    """The result of work on files; see ``kb.sandbox.run``.

    ``timeout`` is in seconds and ``memory`` in GiB; 0 stands for no limit, None for one that follows the sizes of the files
    and of those of the ``project`` that are read with them. ``adjustable`` says whether the user can set them.

    Raises UsageError for limits that are no numbers, InputError for files that would have something else opened, and
    StoreError where the work does not come to its end.
    """
    for name, value in (("--timeout", timeout), ("--memory", memory)):
        if value is not None and not 0 <= value <= _LARGEST:
            raise UsageError(f"{name} takes a number up to {_LARGEST:,}, or 0 for no limit")
    files = list(files)
    size = sum(map(_size, (*files, *project))) / _MIB
    seconds = SECONDS + size * SECONDS_PER_MIB if timeout is None else timeout or None
    most = int(MEMORY + size * MEMORY_PER_MIB) if memory is None else int(memory * (1 << 30)) or None
    try:
        return sandbox.run(prepare, sandbox.Limits(seconds, most), door)
    except sandbox.ReachedOut as reached:
        raise InputError(
            f"{reached.file or _named(files)}: would open {reached}, and nothing but the files themselves may be read"
        ) from None
    except sandbox.Stopped as stopped:
        raise StoreError(f"{stopped.file or _named(files)}: {_reason(stopped, seconds, most, adjustable)}") from None


def _reason(stopped: sandbox.Stopped, seconds: float | None, most: int | None, adjustable: bool) -> str:
    if isinstance(stopped, sandbox.TooLate):
        return f"not done within {seconds:,.4g} s" + ("; --timeout allows more" if adjustable else "")
    if isinstance(stopped, sandbox.TooLarge):
        allowed = f"the {most / (1 << 30):,.3g} GiB allowed" if most else "there is"
        return f"needs more memory than {allowed}" + ("; --memory allows more" if adjustable and most else "")
    return f"too much for the parser or the engine, which ended by {stopped}"


def _size(path: Path | str) -> int:
    """Bytes of a file, or of all in a folder; none for what is not there."""
    try:
        if str(path) == "-":
            return os.fstat(0).st_size
        if not os.path.isdir(path):
            return os.stat(path).st_size
        return sum(file.stat().st_size for file in Path(path).rglob("*") if file.is_file())
    except (OSError, ValueError):
        return 0


def _named(files: list[Path | str]) -> str:
    names = [display_name(path) for path in files]
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more or "the knowledge base"
