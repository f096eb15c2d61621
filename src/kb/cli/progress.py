"""What is being done, on a terminal, while it takes longer than a moment."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Self

_QUIET = 1.0
"""Seconds in which nothing is shown."""
_EVERY = 0.5
_ERASE = "\r\x1b[K"


class Progress:
    """Shows the last thing that it was told, and the seconds so far, on stderr; only where that is a terminal.

    It leaves nothing behind. A context manager, called with what is being done.
    """

    def __init__(self) -> None:
        self._doing = ""
        self._began = time.monotonic()
        self._shown = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True) if sys.stderr.isatty() else None

    def __enter__(self) -> Self:
        if self._thread:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._thread:
            self._over.set()
            self._thread.join()
            if self._shown:
                self._write(_ERASE)

    def __call__(self, doing: str) -> None:
        self._doing = doing

    def _show(self) -> None:
        wait = _QUIET
        while not self._over.wait(wait):
            wait = _EVERY
            self._shown = True
            self._write(f"{_ERASE}{self._doing} … {time.monotonic() - self._began:.0f} s")

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            self._over.set()
