"""What is being done, on a terminal, while it takes longer than a moment."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

_QUIET, _EVERY = 1.0, 0.5
"""Seconds in which nothing is shown, and between one look and the next."""
_ERASE = "\r\x1b[K"


class Progress:
    """Shows what is being done, and the seconds so far, on stderr; only where that is a terminal.

    It leaves nothing behind. A context manager. A timer of the system wakes it, and no thread: the work is forked off.
    """

    def __init__(self, doing: Callable[[], str]) -> None:
        self._doing = doing
        self._began = time.monotonic()
        self._shown = False
        self._before: Any = None
        self._on = sys.stderr.isatty() and hasattr(signal, "setitimer")

    def __enter__(self) -> Self:
        if self._on:
            self._before = signal.signal(signal.SIGALRM, self._show)
            signal.setitimer(signal.ITIMER_REAL, _QUIET, _EVERY)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._on:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._before)
            if self._shown:
                self._write(_ERASE)

    def _show(self, number: int, frame: FrameType | None) -> None:
        self._shown = True
        self._write(f"{_ERASE}{self._doing()} … {time.monotonic() - self._began:.0f} s")

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, RuntimeError):  # nobody reads it any more, or something else was just being written
            self._shown = False


class Meter:
    """How much of some work is done, at which rate, and how long the rest will take."""

    def __init__(self, doing: str, total: int, unit: str, afterwards: str) -> None:
        """``afterwards`` is what is done once all of the ``total`` is."""
        self._doing, self._total, self._unit, self._afterwards = doing, total, unit, afterwards
        self._done = 0
        self._began = 0.0

    def add(self, number: int) -> None:
        """So much more is done."""
        self._began = self._began or time.monotonic()
        self._done += number

    def text(self) -> str:
        """In words, for ``Progress``."""
        passed = time.monotonic() - self._began if self._began else 0
        if not self._done or not passed:
            return self._doing
        if self._done >= self._total:
            return self._afterwards
        rate = self._done / passed
        left = (self._total - self._done) / rate
        return f"{self._doing}: {self._done:,} of {self._total:,} {self._unit}, {rate:,.0f} a second, about {left:.0f} s left"
