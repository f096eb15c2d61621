"""What a child process (``kb.sandbox``) tells its parent while it works: which file it reads, and what it does with it.

In memory that both share, so that the parent can read it whatever becomes of the child.
"""

from __future__ import annotations

from typing import Any

_PAGE = 4096


class Told:
    """What was told last."""

    def __init__(self) -> None:
        import mmap

        self._pages: Any = mmap.mmap(-1, 2 * _PAGE)

    def file(self) -> str:
        """The file that was being read, or nothing."""
        return self._read(0)

    def stage(self) -> str:
        """What was being done, or nothing."""
        return self._read(_PAGE)

    def write(self, start: int, text: str) -> None:
        """Put a text, cut where the page ends, at one of the two places."""
        content = text.encode("utf-8", "surrogateescape")[: _PAGE - 1] + b"\0"
        self._pages[start : start + len(content)] = content

    def _read(self, start: int) -> str:
        return self._pages[start : self._pages.find(b"\0", start)].decode("utf-8", "replace")


_told: Told | None = None


def share() -> Told:
    """A new place to tell, for this process and those that it forks from now on."""
    global _told
    _told = Told()
    return _told


def working_on(file: str) -> None:
    """Tell the parent process, for its message if this one does not come to its end, which file is read now."""
    if _told is not None:
        _told.write(0, file)


def at_stage(stage: str) -> None:
    """Tell the parent process what is done now, in a few words."""
    if _told is not None:
        _told.write(_PAGE, stage)


def stage() -> str:
    """What the child process says that it does."""
    return _told.stage() if _told is not None else ""
