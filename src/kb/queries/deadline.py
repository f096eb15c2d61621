"""Work that must end: in time, and where it is not trusted, within a bound on memory and without taking the command
down with it.

The query engine cannot be interrupted, and a text that is too much for it ends its process by a signal. So what is not
trusted runs in a child process, forked before anything is loaded. What is trusted runs in a thread, as everything does
where the system has no fork.
"""

from __future__ import annotations

import marshal
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from kb import errors
from kb.errors import KbError, StoreError
from kb.threads import TooLate, run_within

MEMORY_LIMIT = 4 * 1024**3
"""Bytes of address space that the work may use; the bundled data needs a fiftieth of it."""

_LONGEST = 1e6
"""Seconds, eleven days; the system's clock takes no numbers of any size."""
_KINDS: dict[str, type[KbError]] = {
    kind.__name__: kind for kind in (errors.UsageError, errors.InputError, errors.StoreError)
}


class TimeoutReached(StoreError):
    """The work was not done in time. Where it runs in a thread it still goes on, and only ``os._exit`` ends it."""


def run(
    work: Callable[[], Any], timeout: float | None, memory: int | None = MEMORY_LIMIT
) -> Any:
    """The result of ``work()``, which must be made of what ``marshal`` writes: numbers, text, bytes, tuples, tables.

    ``timeout`` is in seconds, None for none; ``memory`` in bytes. Raises what the work raises
    where that is a KbError, and StoreError where it took too long or too much memory, or was ended by a signal.
    """
    timeout = None if timeout is None else min(timeout, _LONGEST)
    if not hasattr(os, "fork"):
        try:
            return run_within(work, timeout)
        except TooLate:
            raise _too_late(timeout) from None
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _be_child(work, writing, memory)
    os.close(writing)
    try:
        content = _read(reading, None if timeout is None else time.monotonic() + timeout)
    except BaseException:
        _end(child)
        raise
    finally:
        os.close(reading)
    if content is None:
        _end(child)
        raise _too_late(timeout)
    _, status = os.waitpid(child, 0)
    if not content:
        raise _died(status, memory)
    kind, value = marshal.loads(content)
    if kind == "result":
        return value
    if kind in _KINDS:
        raise _KINDS[kind](value)
    message, trace = value
    unexpected = UnexpectedError(message)
    unexpected.add_note(trace)
    raise unexpected


class UnexpectedError(Exception):
    """An error in the work that is a bug of ours; its note is the traceback from the child process."""


def _be_child(work: Callable[[], Any], writing: int, memory: int | None) -> None:
    """Do the work, send its outcome, and leave without running anything of the parent's."""
    try:
        try:
            _be_silent()
            _limit(memory)
            outcome = ("result", work())
        except KbError as error:
            kind = next(name for name, known in _KINDS.items() if isinstance(error, known))
            outcome = (kind, str(error))
        except MemoryError:
            outcome = ("StoreError", _memory_message(memory))
        except Exception as error:  # noqa: BLE001 - every error goes to the parent
            import traceback

            outcome = ("bug", (f"{type(error).__name__}: {error}", traceback.format_exc()))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(marshal.dumps(outcome))
    finally:
        # Without a word even for an interrupt: the parent receives it too, and speaks.
        os._exit(0)


def _be_silent() -> None:
    """The engine's and Python's last words before a signal are for developers; the parent tells the user."""
    if "faulthandler" in sys.modules:
        sys.modules["faulthandler"].disable()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _limit(memory: int | None) -> None:
    if memory is not None:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        bounds = [limit for limit in (memory, soft, hard) if limit != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_AS, (min(bounds), hard))


def _read(reading: int, deadline: float | None) -> bytes | None:
    """Everything from the pipe until its other end closes; None where the deadline comes first."""
    import select

    chunks: list[bytes] = []
    while True:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        # Once the result has begun to arrive the work is done, and only its transport is left.
        if not chunks and not select.select([reading], [], [], left)[0]:
            return None
        chunk = os.read(reading, 1 << 20)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)


def _end(child: int) -> None:
    import signal

    try:
        os.kill(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(child, 0)


def _too_late(timeout: float | None) -> TimeoutReached:
    return TimeoutReached(f"no answer within {timeout:g} s; ask for less, or allow more time with --timeout")


def _memory_message(memory: int | None) -> str:
    allowed = f"the {memory / 1024**3:.1f} GiB allowed" if memory else "what there is"
    return f"the query needed more memory than {allowed}; ask for less, or ask a store (--store)"


def _died(status: int, memory: int | None) -> StoreError:
    import signal

    if os.WIFSIGNALED(status):
        if os.WTERMSIG(status) == signal.SIGABRT:
            return StoreError(_memory_message(memory))
        name = signal.Signals(os.WTERMSIG(status)).name
        return StoreError(f"the query was too much for the engine, which ended by {name}; write it less deep or shorter")
    return StoreError("the query ended without an answer")
