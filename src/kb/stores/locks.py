"""Locks between processes. Where the system has none of a kind (Windows), the engine's own must do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


def hold(path: Path) -> int | None:
    """Make a file and lock it, until the descriptor is closed or the process ends. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if fcntl is not None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def is_held(path: Path) -> bool:
    """Whether some process holds a file that ``hold`` made; not where there is no such file."""
    if fcntl is None:
        return True  # who knows
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


class StoreLock:
    """A lock on the file that the engine locks in a store that it writes to: shared among readers, or for one alone.

    The system forgets it as soon as this process closes *any* descriptor of that file: no engine may open the store for
    writing while it is held.
    """

    def __init__(self, path: Path) -> None:
        """Share it with readers. Raises BlockingIOError where a writer has the store."""
        self._descriptor: int | None = None
        if fcntl is None:
            return
        try:
            self._descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return
        except OSError:  # somebody who may only read the store
            self._descriptor = os.open(path, os.O_RDONLY)
        try:
            self._lock(fcntl.LOCK_SH)
            if os.stat(path).st_ino != os.fstat(self._descriptor).st_ino:
                raise BlockingIOError(errno.EAGAIN, "the store was just replaced")
        except OSError:
            self.close()
            raise

    def claim(self) -> None:
        """Have it alone. Raises BlockingIOError while others share it."""
        if self._descriptor is not None:
            self._lock(fcntl.LOCK_EX)

    def close(self) -> None:
        """Give it up."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _lock(self, kind: int) -> None:
        assert self._descriptor is not None
        try:
            fcntl.lockf(self._descriptor, kind | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN):
                raise BlockingIOError(error.errno, "locked") from None
            # Else a file system without locks.
