"""Questions that must be answered in time, or not at all.

The query engine cannot be interrupted, and a text that is too much for it ends its process by a signal. So what is not
trusted runs in a child process (``kb.sandbox``). What is trusted runs in a thread (``kb.threads``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kb import sandbox
from kb.errors import StoreError

MEMORY_LIMIT = 4 * 1024**3
"""Bytes of address space that an answer may use; the bundled data needs a fiftieth of it."""


class TimeoutReached(StoreError):
    """The answer was not there in time. Where it is looked for in a thread, only ``os._exit`` ends that."""


def run(work: Callable[[], Any], timeout: float | None, memory: int | None = MEMORY_LIMIT) -> Any:
    """The result of ``work()``; see ``kb.sandbox.run`` for what it may be made of.

    ``timeout`` is in seconds, None for none; ``memory`` in bytes. Raises what the work raises where that is a KbError,
    and StoreError where it took too long or too much memory, or was ended by a signal.
    """
    try:
        return sandbox.run(lambda: work, sandbox.Limits(timeout, memory), sandbox.Door.OPEN)
    except sandbox.TooLate:
        raise TimeoutReached(
            f"no answer within {timeout:g} s; ask for less, or allow more time with --timeout"
        ) from None
    except sandbox.TooLarge:
        allowed = f"the {memory / 1024**3:.1f} GiB allowed" if memory else "what there is"
        raise StoreError(
            f"the query needed more memory than {allowed}; ask for less, or ask a store (--store)"
        ) from None
    except sandbox.Crashed as crash:
        raise StoreError(
            f"the query was too much for the engine, which ended by {crash}; write it less deep or shorter"
        ) from None
