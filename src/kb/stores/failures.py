"""The errors of the engine and the system, as one that says what happened to which store."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from kb.errors import StoreError

_ROCKSDB_FILE = re.compile(r"/(?:MANIFEST-\d+|\d+\.(?:sst|log))\b")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def failures(name: str, what: str) -> Iterator[None]:
    """Raise a StoreError for an OSError or RuntimeError: that the store called ``name`` ``what``, in use, or damaged; and a
    MemoryError for want of memory, which is not the store's fault."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if is_want_of_memory(error):
            raise MemoryError from None
        text = getattr(error, "strerror", None) or str(error)
        if is_locked(error):
            raise in_use(name) from None
        if "Corruption" in text or (isinstance(error, FileNotFoundError) and _ROCKSDB_FILE.search(text)):
            raise StoreError(
                f"{name}: the store is damaged: {_reason(text)}. Load it anew elsewhere, or `kb store restore` a backup"
            ) from None
        if isinstance(error, RuntimeError) and "read-write" in text:
            raise StoreError(f"{name}: the store was opened for reading only") from None
        full = getattr(error, "errno", None) in _NO_ROOM or "No space left" in text
        reason = "no space is left on the disk" if full else _reason(text)
        raise StoreError(f"{name}: the store {what}: {reason}") from None


def in_use(name: str) -> StoreError:
    """The error for a store that another process holds."""
    return StoreError(f"{name}: the store is in use by another process; try again when it is done")


def is_want_of_memory(error: OSError | RuntimeError) -> bool:
    """Whether an error says that the system gave no memory."""
    return getattr(error, "errno", None) == errno.ENOMEM or os.strerror(errno.ENOMEM) in str(error)


def is_locked(error: OSError | RuntimeError) -> bool:
    """Whether an error says that another process holds the store."""
    return isinstance(error, BlockingIOError) or bool(re.search(r"lock hold by|While lock file", str(error)))


def _reason(text: str) -> str:
    """The engine's message without its own prefixes."""
    return re.sub(r"^(?:IO error: |Corruption: )+|  The file .*", "", text).rstrip(". ")
