"""Work that is waited for only so long: the query engine cannot be interrupted, so a thread that is late is left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import threading

T = TypeVar("T")
U = TypeVar("U")


class TooLate(Exception):
    """The work was not done in time; its thread still goes on, and only ``os._exit`` ends it."""


def run_within(work: Callable[[], T], timeout: float | None) -> T:
    """The result of ``work()`` if it comes within ``timeout`` seconds (None: however long it takes), or its own error.

    Raises TooLate where it does not come.
    """
    import threading  # here, because few runs have a time limit and start-up is most of a short command's time

    thread, result = _started(work, Exception)
    thread.join(None if timeout is None else min(timeout, threading.TIMEOUT_MAX))
    return result()


def beside(work: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
    """The results of both: ``work`` is done in a thread while ``other`` is done here. Raises the error of either, ``work``'s
    where both fail.

    It gains something where ``work`` is an engine's, which lets Python go on meanwhile.
    """
    there = begun(work)
    try:
        here = other()
    except BaseException:
        there()  # raises the work's error, if it has one
        raise
    return there(), here


def begun(work: Callable[[], T]) -> Callable[[], T]:
    """Begin some work in a thread; what is returned waits for it, and gives its result or raises its error."""
    thread, result = _started(work, BaseException)

    def finished() -> T:
        thread.join()
        return result()

    return finished


def _started(work: Callable[[], T], caught: type[BaseException]) -> tuple[threading.Thread, Callable[[], T]]:
    """A thread that does the work, and what gives its result, or raises its error where that is one of those ``caught``:
    TooLate as long as there is neither."""
    import threading

    outcome: list[T] = []
    failure: list[BaseException] = []

    def target() -> None:
        try:
            outcome.append(work())
        except caught as error:  # raised again by the thread that waits
            failure.append(error)

    def result() -> T:
        if failure:
            raise failure[0]
        if not outcome:
            raise TooLate
        return outcome[0]

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    return thread, result
