"""Files as a user gives and gets them: read as UTF-8 or refused with a reason, replaced in one step or left as they were."""

from __future__ import annotations

import errno
import functools
import io
import os
import stat
import sys
from pathlib import Path
from typing import IO

from kb import compression
from kb.errors import InputError, Position

LARGEST = 1 << 30
"""Bytes of a file that are read at most; its triples would take twenty times as much memory."""

BOM = b"\xef\xbb\xbf"


def display_name(path: str | Path) -> str:
    """What messages call a file: its path on one line, or ``<stdin>`` for ``-``."""
    return "<stdin>" if str(path) == "-" else str(path).replace("\n", "\\u000A")


def read_bytes(path: str | Path) -> bytes:
    """The content of a file, or of standard input for ``-``.

    Raises InputError for a file that is missing, a folder, unreadable, not UTF-8, or larger than ``LARGEST``; a byte
    order mark is refused, since a Turtle parser elsewhere may not skip it.
    """
    return _checked(read_packed(path), display_name(path))


def read_packed(path: str | Path) -> bytes:
    """The bytes of a file or of standard input, whatever they are. Raises InputError for what cannot be read."""
    try:
        content = _standard_input(sys.stdin.buffer) if str(path) == "-" else _content(path)
    except (OSError, ValueError) as error:
        raise unreadable(error, path) from None
    _check_size(content, display_name(path))
    return content


def unpacked(content: bytes, path: str | Path) -> bytes:
    """What ``read_packed`` gave, unpacked if the file's name says that it is compressed. Raises InputError as ``read_bytes``."""
    name = display_name(path)
    if compression.is_compressed(name):
        try:
            content = _up_to_largest(compression.unpacked(io.BytesIO(content), name))
        except Exception as error:
            raise compression.damage(error, name) or error from None
        _check_size(content, name)
    return _checked(content, name)


def unreadable(error: OSError | ValueError, path: str | Path) -> InputError:
    """Why a file cannot be opened or read."""
    name = display_name(path)
    if isinstance(error, FileNotFoundError):
        return InputError("no such file", Position(name))
    if isinstance(error, IsADirectoryError):
        return InputError("this is a folder, not a file", Position(name))
    return InputError(f"cannot be read: {getattr(error, 'strerror', None) or error}", Position(name))


def byte_order_mark(name: str) -> InputError:
    """The error for a file that begins with one."""
    return InputError("the file begins with a byte order mark (BOM); save it as UTF-8 without one", Position(name, 1, 1))


def not_utf8(byte: int, position: Position) -> InputError:
    """The error for a byte that no UTF-8 has where it stands."""
    return InputError(f"not valid UTF-8: byte 0x{byte:02X} cannot be decoded; save the file as UTF-8", position)


def _check_size(content: bytes, name: str) -> None:
    if len(content) > LARGEST:
        raise InputError(f"larger than {LARGEST >> 20:,} MiB, the most that is read; split it", Position(name))


def _checked(content: bytes, name: str) -> bytes:
    if content.startswith(BOM):
        raise byte_order_mark(name)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        start = content.rfind(b"\n", 0, error.start) + 1
        column = len(content[start : error.start].decode("utf-8")) + 1
        raise not_utf8(content[error.start], Position(name, line, column)) from None
    return content


def _content(path: str | Path) -> bytes:
    with open(path, "rb", buffering=0) as stream:
        return _up_to_largest(stream)


@functools.lru_cache(maxsize=1)
def _standard_input(stream: IO[bytes]) -> bytes:
    """What it holds; kept, since a command may look at its input twice (to validate, and to load)."""
    return _up_to_largest(stream)


def _up_to_largest(stream: IO[bytes]) -> bytes:
    """What a stream holds, or a little more than the largest that is taken: it may be endless."""
    parts, size = [], 0
    while size <= LARGEST and (part := stream.read(1 << 20)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def read_text(path: str | Path) -> str:
    """The text of a file, or of standard input for ``-``; see ``read_bytes`` for the errors."""
    return read_bytes(path).decode("utf-8")


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the file's content in one step; its permissions, owner and group stay. A link's target is what is replaced.

    A pipe or a device, which cannot be replaced, is written to. Raises InputError where that cannot be done; the old file
    stays.
    """
    import shutil
    import tempfile

    try:
        before = os.stat(path) if os.path.exists(path) else None
        if before is not None and not stat.S_ISREG(before.st_mode):
            with open(path, "wb") as file:
                file.write(data)
            return
        target = Path(os.path.realpath(path))
        if before is not None and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if before is None:
                os.chmod(temporary, 0o666 & ~umask())
            else:
                _keep_owner(temporary, before)
                shutil.copystat(target, temporary)
                os.utime(temporary)
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", Position(str(path))) from None


def _keep_owner(temporary: str, before: os.stat_result) -> None:
    """Give a file the owner and group of the one that it will replace. Raises PermissionError where that is not allowed."""
    now = os.stat(temporary)
    if (now.st_uid, now.st_gid) == (before.st_uid, before.st_gid):
        return
    try:
        os.chown(temporary, before.st_uid, before.st_gid)
    except PermissionError:
        raise PermissionError(errno.EPERM, "it belongs to another user or group, who would lose it") from None


def umask() -> int:
    """The permissions that a new file of this process lacks: a temporary one has to be given what it would have had."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
