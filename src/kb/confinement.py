"""What a process gives up before it works on what is not trusted: time, memory, and every way to open anything.

The limits are the system's own, so that they hold for engines in any language. They need no privileges, and cannot be
taken back without them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

_NETWORK = ("socket.", "urllib.")
_ELSEWHERE = (*_NETWORK, "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")


class ClosedDoorError(BaseException):
    """Something was to be opened or imported behind the closed door: ``what``, and whether it was an ``import``.

    No library may take that for an error in the data, and go on with something else.
    """

    def __init__(self, what: str, *, is_import: bool = False) -> None:
        super().__init__(what)
        self.is_import = is_import


def limit(seconds: float | None, memory: int | None) -> None:
    """Bound this process's time and its address space in bytes, and let it leave no core."""
    import resource

    _lower(resource.RLIMIT_CORE, 0)
    if memory is not None:
        _lower(resource.RLIMIT_AS, memory)
    if seconds is not None:
        # The parent's clock ends the work; this is for a child whose parent was killed. It counts every processor.
        _lower(resource.RLIMIT_CPU, int(seconds * (os.cpu_count() or 1)) + 2)


def close_the_door(kept: Iterable[int], largest: int) -> None:
    """Close all descriptors but standard error and those ``kept``, and let the system give this process no other; no file
    that it still writes gets more than ``largest`` bytes."""
    import resource

    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    first = 3
    for descriptor in sorted(kept):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))
    before = [bound for bound in resource.getrlimit(resource.RLIMIT_FSIZE) if bound != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_FSIZE, (min(largest, *before),) * 2 if before else (largest, largest))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    sys.addaudithook(_tell_of_the_door)


def refuse_the_network() -> None:
    """Let Python open no connection any more; an engine in another language is not bound by this."""
    sys.addaudithook(_tell_of_the_network)


def _tell_of_the_door(event: str, arguments: tuple[Any, ...]) -> None:
    """The system refuses already; this says at once what was tried."""
    if event == "import":
        raise ClosedDoorError(arguments[0], is_import=True)
    if event.startswith(_ELSEWHERE) or event == "open" and not isinstance(arguments[0], int):
        raise ClosedDoorError(_what(event, arguments))


def _tell_of_the_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_NETWORK):
        raise ClosedDoorError(_what(event, arguments))


def _what(event: str, arguments: tuple[Any, ...]) -> str:
    return str(next((item for item in arguments if isinstance(item, str | bytes)), event))


def _lower(what: int, most: int) -> None:
    """Lower a limit of this process; one that is lower already stays."""
    import resource

    soft, hard = resource.getrlimit(what)
    bounds = [bound for bound in (most, soft, hard) if bound != resource.RLIM_INFINITY]
    with suppress(OSError, ValueError):  # macOS refuses some; the parent's clock remains
        resource.setrlimit(what, (min(bounds), hard))
