"""Questions that must be answered in time, or not at all.

The query engine cannot be interrupted, and a text that is too much for it ends its process by a signal. So what is not
trusted, or is asked of a store of any size, runs in a child process (``kb.sandbox``). A bundled question of the bundled
data runs in a thread (``kb.threads``).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kb.errors import StoreError, UsageError

GIB = 1024**3
TIMEOUT = 60.0
"""Seconds that an answer may take where nothing else is asked for."""
MEMORY = 4.0
"""GiB of address space that an answer may use where nothing else is asked for; the bundled data needs a fiftieth of it."""
_LARGEST = 1e6
"""GiB; and no number of seconds is too large."""


class TimeoutReached(StoreError):
    """The answer was not there in time. Where it is looked for in a thread, only ``os._exit`` ends that."""


def check(timeout: float, memory: float | None = None) -> None:
    """Raises UsageError for a time-out, or a memory in GiB, that is no number of its kind."""
    if not 0 <= timeout < math.inf:
        raise UsageError("--timeout takes a number of seconds, or 0 for never")
    if memory is not None and not 0 <= memory <= _LARGEST:
        raise UsageError(f"--memory takes a number of GiB up to {_LARGEST:,.0f}, or 0 for no limit")


def run(work: Callable[[], Any], timeout: float = TIMEOUT, memory: float | None = None, store: Path | None = None) -> Any:
    """The result of ``work()``, done in a child process; see ``kb.sandbox.run`` for what it may be made of.

    ``timeout`` is in seconds, ``memory`` in GiB, ``MEMORY`` where it is None; 0 is for no limit. ``store`` is the folder that is asked, if one is.
    Raises what the work raises where that is a KbError, and StoreError where it took too long or too much memory, or was ended by a signal.
    """
    from kb import sandbox  # here, because start-up is most of a short question's time, and few need a child

    memory = MEMORY if memory is None else memory
    limits = sandbox.Limits(timeout or None, int(memory * GIB) or None)
    # The engine meets a damaged place again and again, and collects its errors where it sorts or counts (see ``kb.stores.indexes``).
    doubt = f". If neither helps, `kb store check {store}` tells whether the store is damaged" if store is not None else ""
    try:
        return sandbox.run(lambda: work, limits, sandbox.Door.OPEN)
    except sandbox.TooLate:
        raise TimeoutReached(
            f"no answer within {timeout:g} s; ask for less, or allow more time with --timeout{doubt}"
        ) from None
    except sandbox.TooLarge:
        allowed = f"the {memory:,.3g} GiB allowed; ask for less, or allow more with --memory" if memory else "there is"
        raise StoreError(f"the query needed more memory than {allowed}{doubt}") from None
    except sandbox.Crashed as crash:
        raise StoreError(
            f"the query was too much for the engine, which ended by {crash}; write it less deep or shorter"
        ) from None
