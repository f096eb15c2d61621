"""Work on what is not trusted, in a child process that can only compute.

A hostile file may keep an engine busy for ever, use up the memory, overflow a stack (which ends the process by a signal,
and no Python can catch it), or name an address that some library would fetch. So the work is forked off before anything
is loaded. The child reads its files and imports what it needs; then it closes all its descriptors, and the system gives
it no new one: no file and no socket, for Python or for an engine in another language. It ends with its time or its
memory, and all that it can give is its result.

This needs no privileges. Where the system has no fork (Windows), the work runs in a thread, and only its time is bounded.
"""

from __future__ import annotations

import errno
import importlib
import marshal
import os
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from enum import Enum
from typing import IO, Any, NamedTuple, NoReturn

from kb import confinement, errors, telling
from kb.confinement import ClosedDoorError
from kb.errors import KbError
from kb.threads import TooLate as ThreadTooLate
from kb.threads import run_within

Work = Callable[[], Any]

LONGEST = 1e6
"""Seconds, eleven days; the system's clock takes no numbers of any size."""
_KINDS: dict[str, type[KbError]] = {kind.__name__: kind for kind in (errors.UsageError, errors.InputError, errors.StoreError)}
_LAST_WORDS = 4096
_OUT_OF_MEMORY = (os.strerror(errno.ENOMEM), "failed to map segment", "can't start new thread")
"""How an error of the system's, one in loading a library, and one in giving a thread its stack tell of it."""
_WANT_OF_MEMORY = marshal.dumps(("memory", ""))
"""The outcome that says so, made while there is some."""
_LAST_WORDS_OF_MEMORY = (b"memory allocation of", b"std::bad_alloc", b"std::system_error", b"mmap for RocksDB", b"cannot allocate memory")
"""What an engine in Rust, a store in C++, or the C library says when it is refused memory, or a thread with its stack, and aborts."""

LOADED = ("_strptime", "difflib")
"""What this package, or Python, imports only where it is needed, and would in vain behind the closed door."""


class Limits(NamedTuple):
    """What the work may use: seconds, and bytes of address space; None for no limit."""

    seconds: float | None
    memory: int | None


class Stopped(Exception):
    """The work did not come to its end; ``file`` is the one that it was reading, or empty."""

    def __init__(self, message: str, file: str = "") -> None:
        super().__init__(message)
        self.file = file


class TooLate(Stopped):
    """It took too long. Where it runs in a thread it still goes on, and only ``os._exit`` ends it."""


class TooLarge(Stopped):
    """It needed more memory than it was given."""


class Crashed(Stopped):
    """It was ended by a signal, which the message names, or by a fault that an engine noticed itself."""


class ReachedOut(Stopped):
    """It would have opened a file or an address, which the message names."""


class UnexpectedError(Exception):
    """An error in the work that is a bug of ours; its note is the traceback from the child process."""


class Door(Enum):
    """What the work may still open: nothing; files, but for Python no address; anything."""

    CLOSED = "closed"
    OFFLINE = "offline"
    OPEN = "open"


def run(prepare: Callable[[], Work], limits: Limits, door: Door = Door.CLOSED) -> Any:
    """The result of ``prepare()()``, which must be made of what ``marshal`` writes: numbers, text, bytes, tuples, tables.

    ``prepare`` reads and imports all that is needed; the work that it returns can open neither files nor connections,
    as far as the ``door`` is closed. Call it before anything starts threads: only one of them lives on in a fork.

    Raises what the work raises where that is a KbError, Stopped where the work did not come to its end, and
    UnexpectedError for anything else.
    """
    seconds = None if limits.seconds is None else min(limits.seconds, LONGEST)
    if not hasattr(os, "fork"):
        try:
            return run_within(lambda: prepare()(), seconds)
        except ThreadTooLate:
            raise TooLate(f"{seconds:g} s") from None
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        told = telling.share()
        reading, writing = os.pipe()
        hearing, speaking = os.pipe()
        child = os.fork()
    except OSError as error:
        raise errors.StoreError(f"no process can be started for it: {error.strerror}") from None
    if child == 0:
        _be_child(prepare, writing, speaking, Limits(seconds, limits.memory), door)
    os.close(writing)
    os.close(speaking)
    with os.fdopen(reading, "rb", 0) as results, os.fdopen(hearing, "rb", 0) as last_words:
        try:
            content = _content(results, None if seconds is None else time.monotonic() + seconds)
        except BaseException:
            _end(child)
            raise
        if content is None:
            _end(child)
            raise TooLate(f"{seconds:g} s", told.file())
        _, status = os.waitpid(child, 0)
        try:
            return _outcome(content)
        except _NoAnswerError:
            raise _death(status, last_words.read(_LAST_WORDS), seconds, told.file()) from None
        except Stopped as stopped:
            stopped.file = told.file()
            raise


def keep_open(descriptors: Iterable[int], largest: int) -> None:
    """For ``prepare``: leave files open behind the closed door, of which none may be made larger than so many bytes."""
    global _largest_written
    _kept_open.update(descriptors)
    _largest_written = largest


_kept_open: set[int] = set()
_largest_written = 0


class _NoAnswerError(Exception):
    """The child has sent nothing whole."""


def _outcome(content: bytes) -> Any:
    """The result that the child has sent; raises the error that it has sent in its place."""
    try:
        kind, value = marshal.loads(content)
    except (EOFError, ValueError, TypeError):
        raise _NoAnswerError from None
    if kind == "result":
        return value
    if kind in _KINDS:
        raise _KINDS[kind](value)
    if kind == "memory":
        raise TooLarge("out of memory")
    if kind == "reach":
        raise ReachedOut(value)
    if kind == "fault":
        raise Crashed(value)
    message, trace = value
    unexpected = UnexpectedError(message)
    unexpected.add_note(trace)
    raise unexpected


def _death(status: int, last_words: bytes, seconds: float | None, file: str) -> Stopped:
    """How the child ended, which has sent nothing whole."""
    import signal

    number = signal.Signals(os.WTERMSIG(status)) if os.WIFSIGNALED(status) else None
    name = number.name if number else "no answer"
    if number == signal.SIGXCPU:
        return TooLate(f"{seconds:g} s", file)
    if any(sign in last_words for sign in _LAST_WORDS_OF_MEMORY):
        return TooLarge(name, file)
    return Crashed(name, file)


def _be_child(prepare: Callable[[], Work], writing: int, speaking: int, limits: Limits, door: Door) -> NoReturn:
    """Do the work, send its outcome, and leave without running anything of the parent's."""
    try:
        try:
            _be_silent(speaking)
            confinement.limit(limits.seconds, limits.memory)
            if door is Door.CLOSED:
                for name in LOADED:
                    importlib.import_module(name)
            work = prepare()
            if door is Door.CLOSED:
                confinement.close_the_door({writing, *_kept_open}, _largest_written)
            elif door is Door.OFFLINE:
                confinement.refuse_the_network()
            outcome: tuple[str, Any] = ("result", work())
        except KbError as error:
            kind = next(name for name, known in _KINDS.items() if isinstance(error, known))
            outcome = (kind, str(error))
        except MemoryError:
            outcome = ("memory", "")
        except RecursionError:
            outcome = ("fault", "nested too deeply")
        except Exception as error:  # noqa: BLE001 - every error goes to the parent
            bug = ("bug", (f"{type(error).__name__}: {error}", _trace(error)))
            outcome = ("memory", "") if any(sign in str(error) for sign in _OUT_OF_MEMORY) else bug
        except ClosedDoorError as error:
            late = (f"{error} was to be imported too late", _trace(error))
            outcome = ("bug", late) if error.is_import else ("reach", str(error))
        except BaseException as error:  # noqa: BLE001 - a panic of an engine in Rust is no Exception
            outcome = ("fault", type(error).__name__)
        _send(marshal.dumps(outcome), writing)
    except MemoryError:  # there was not even enough to say so
        _send(_WANT_OF_MEMORY, writing)
    finally:
        os._exit(0)


def _send(content: bytes, pipe: int) -> None:
    """Write all of it, which takes no memory."""
    left = memoryview(content)
    while left:
        left = left[os.write(pipe, left) :]


def _trace(error: BaseException) -> str:
    """Where an error came from; not with the traceback module, which opens the source files."""
    places = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{code.co_filename}:{step.tb_lineno} in {code.co_name}")
        step = step.tb_next
    return "\n".join(places)


def _be_silent(speaking: int) -> None:
    """The engine's and Python's last words before a signal are for developers; the parent reads them and tells the user.

    It is the parent, too, that answers an interrupt from the keyboard, which both receive.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if "faulthandler" in sys.modules:
        sys.modules["faulthandler"].disable()
    os.set_blocking(speaking, False)  # what is too much is lost
    os.dup2(speaking, 2)
    os.close(speaking)


def _content(results: IO[bytes], deadline: float | None) -> bytes | None:
    """Everything from the pipe until its other end closes; None where the deadline comes first."""
    import select

    chunks: list[bytes] = []
    while True:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        # Once the result has begun to arrive the work is done, and only its transport is left.
        if not chunks and not select.select([results], [], [], left)[0]:
            return None
        chunk = results.read(1 << 20)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)


def _end(child: int) -> None:
    import signal

    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
