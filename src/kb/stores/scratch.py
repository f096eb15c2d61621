"""Folders beside a store in which the next store is made, and the step that puts it in place.

A scratch folder is named ``.NAME.load-…`` after the store ``NAME``, and holds a file that the process which made it keeps
locked: one whose lock is free was left by a load that was killed, and is cleared away by the next.

A store is replaced by two renames: the old one into the scratch folder, the new one into its place. Whoever finds the place
empty in between waits, if the process lives, and else puts the old store back: nobody was told of the new one yet.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kb.files import umask
from kb.stores.locks import hold, is_held

_TRIES = 20
_LOCK = "kb-load.lock"
_BEFORE = "before"
"""In a scratch folder, the store that is being replaced."""
_TEMPORARY = "kb-load-"


@contextmanager
def scratch_folder(place: Path | None) -> Iterator[Path]:
    """A new folder beside the store at ``place``, on the same file system, or the temporary folder where there is no such
    place or nothing can be made there; gone with all that it holds at the end. Folders of killed loads go too.

    Raises OSError where there is no room for it at all.
    """
    made: list[Path] = []
    folder, lock = _made(place, made)
    try:
        yield folder
    finally:
        _remove(folder)
        os.close(lock)
        for parent in made:
            with suppress(OSError):  # the store is there now
                parent.rmdir()


def put_in_place(new: Path, place: Path, *, replace: bool) -> None:
    """Make the store ``new``, which lies in a scratch folder beside ``place``, the store there.

    With ``replace`` there is one, which the caller has locked; else nothing, or an empty folder. Raises OSError; then all is
    as before.
    """
    before = new.parent / _BEFORE
    if place.exists():
        found = place.stat()
        new.chmod(found.st_mode & 0o7777)
        with suppress(OSError, AttributeError):  # only root can, and it should
            os.chown(new, found.st_uid, found.st_gid)
    else:
        new.chmod(0o777 & ~umask())
    if replace:
        os.rename(place, before)
    elif place.exists():
        place.rmdir()
    try:
        os.rename(new, place)
    except BaseException:
        if replace:
            os.rename(before, place)
        raise
    _sync(place.parent)


def can_be_replaced(place: Path) -> bool:
    """Whether a store can be moved away: not where it is a mount, or its folder's folder may not be written."""
    return not os.path.ismount(place) and os.access(place.parent, os.W_OK)


def recover(place: Path) -> bool:
    """Put a store back whose process was killed while it replaced it; gives whether one that lives is just at it.

    Raises OSError where it cannot be put back.
    """
    for folder in _beside(place):
        if not place.exists() and (folder / _BEFORE).exists():
            if is_held(folder / _LOCK):
                return True
            with suppress(FileNotFoundError):  # somebody else was faster
                os.rename(folder / _BEFORE, place)
    return False


def _clear(parent: Path, prefix: str) -> None:
    """Clear away the scratch folders of killed loads."""
    for folder in _named(parent, prefix):
        with suppress(OSError):
            if not (folder / _LOCK).exists():
                folder.rmdir()  # a process may just be about to lock it, and then makes another
            elif not is_held(folder / _LOCK):
                _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a scratch folder, its lock last: one without is empty. An engine that fails may still be closing its files, and
    puts one into a folder that is just being emptied; so there is more than one try."""
    import shutil  # here, because only a load needs it, and whoever asks a store loads this module, too

    for _ in range(_TRIES):
        with suppress(OSError):
            for path in folder.iterdir():
                if path.name != _LOCK:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
            shutil.rmtree(folder)
        if not folder.exists():
            return
        time.sleep(0.05)


def _beside(place: Path) -> list[Path]:
    return _named(place.parent, _prefix(place))


def _named(parent: Path, prefix: str) -> list[Path]:
    try:
        return [parent / name for name in os.listdir(parent) if name.startswith(prefix) and (parent / name).is_dir()]
    except OSError:
        return []


def _prefix(place: Path) -> str:
    return f".{place.name}.load-"


def _made(place: Path | None, made: list[Path]) -> tuple[Path, int]:
    if place is not None:
        with suppress(OSError):
            recover(place)
            _clear(place.parent, _prefix(place))
            made += [parent for parent in place.parents if not parent.exists()]
            place.parent.mkdir(parents=True, exist_ok=True)
            return _locked(place.parent, _prefix(place))
    import tempfile

    temporary = Path(tempfile.gettempdir())
    _clear(temporary, _TEMPORARY)
    return _locked(temporary, _TEMPORARY)


def _locked(parent: Path, prefix: str) -> tuple[Path, int]:
    import tempfile

    while True:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
        with suppress(FileNotFoundError):  # another load took it, still empty, for a killed one's
            return folder, hold(folder / _LOCK)


def _sync(folder: Path) -> None:
    """Make the names in a folder safe on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # not every file system can; the rename stands without it
    finally:
        os.close(descriptor)
