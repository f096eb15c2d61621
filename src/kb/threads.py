"""Work that is waited for only so long: the query engine cannot be interrupted, so a thread that is late is left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


class TooLate(Exception):
    """The work was not done in time; its thread still goes on, and only ``os._exit`` ends it."""


def run_within(work: Callable[[], T], timeout: float | None) -> T:
    """The result of ``work()`` if it comes within ``timeout`` seconds (None: however long it takes), or its own error.

    Raises TooLate where it does not come.
    """
    import threading  # here, because few runs have a time limit and start-up is most of a short command's time

    outcome: list[T] = []
    failure: list[Exception] = []

    def target() -> None:
        try:
            outcome.append(work())
        except Exception as error:  # noqa: BLE001 - raised again by the thread that waits
            failure.append(error)

    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    thread.join(None if timeout is None else min(timeout, threading.TIMEOUT_MAX))
    if failure:
        raise failure[0]
    if not outcome:
        raise TooLate
    return outcome[0]


def beside(work: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
    """The results of both: ``work`` is done in a thread while ``other`` is done here. Raises the error of either, ``work``'s
    where both fail.

    It gains something where ``work`` is an engine's, which lets Python go on meanwhile.
    """
    import threading

    outcome: list[T] = []
    failure: list[BaseException] = []

    def target() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again below
            failure.append(error)

    thread = threading.Thread(target=target)
    thread.start()
    try:
        result = other()
    finally:
        thread.join()
        if failure:
            raise failure[0]
    return outcome[0], result
