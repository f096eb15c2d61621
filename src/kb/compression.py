"""Compressed files, told by their names: ``mine.ttl.gz`` is Turtle, once gzip has had it."""

from __future__ import annotations

import importlib
from typing import IO

from kb.errors import InputError, Position

_MODULES = {".gz": "gzip", ".bz2": "bz2", ".xz": "lzma"}
_COMPLAINTS = ("BadGzipFile", "LZMAError", "error")  # the last is zlib's


def plain_name(name: str) -> str:
    """The name without the suffix of a compression, if it has one."""
    return name[: -len(_suffix(name))] if _suffix(name) else name


def is_compressed(name: str) -> bool:
    """Whether the name says that a file is compressed."""
    return bool(_suffix(name))


def load(name: str) -> None:
    """Import what unpacking a file of that name needs: behind a closed door (``kb.sandbox``) it would be too late."""
    if is_compressed(name):
        importlib.import_module(_MODULES[_suffix(name)])


def unpacked(stream: IO[bytes], name: str) -> IO[bytes]:
    """What a file of that name holds, as a stream: itself, or its content as it is unpacked."""
    if not is_compressed(name):
        return stream
    module = importlib.import_module(_MODULES[_suffix(name)])
    return module.open(stream, "rb")


def damage(error: Exception, name: str) -> InputError | None:
    """The error of unpacking as ours; None for an error of another kind."""
    told = isinstance(error, EOFError) or type(error).__name__ in _COMPLAINTS
    if not told and not (isinstance(error, OSError) and error.errno is None):
        return None
    reason = "it ends too soon" if isinstance(error, EOFError) else str(error).rstrip(".")
    return InputError(f"cannot be unpacked: {reason}", Position(name))


def _suffix(name: str) -> str:
    return next((suffix for suffix in _MODULES if name.lower().endswith(suffix)), "")
