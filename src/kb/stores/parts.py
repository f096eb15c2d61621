"""A file of N-Triples in parts that fit into memory, however large it is: each triple once, a subject's all in one part."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from kb.stores.base import GraphFile

PART = 50_000
"""Triples in a part, about. As a request's body that is some 8 MiB; Virtuoso took up to 200,000 and lost nothing."""
_BUFFER = 1 << 15
"""Characters of a part that wait in memory to be written."""


def parts(file: GraphFile) -> Iterator[list[str]]:
    """The file's lines without their ends, in order within each part. Raises OSError, for a full disk too: what is larger
    than one part is first sorted into files below the system's temporary folder."""
    if file.lines <= PART:
        yield _lines(file.path)
        return
    with tempfile.TemporaryDirectory(prefix="kb-parts-") as folder:
        names = [Path(folder, str(number)) for number in range(file.lines // PART + 1)]
        _distribute(file.path, names)
        for name in names:
            if name.exists():
                yield _lines(name)
                name.unlink()


def _lines(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="\n") as stream:
        return sorted({line.rstrip("\n") for line in stream})


def _distribute(path: Path, names: list[Path]) -> None:
    waiting: list[list[str]] = [[] for _ in names]
    sizes = [0] * len(names)

    def put_away(number: int) -> None:
        with names[number].open("a", encoding="utf-8", newline="\n") as stream:
            stream.writelines(waiting[number])
        waiting[number], sizes[number] = [], 0

    with path.open(encoding="utf-8", newline="\n") as stream:
        for line in stream:
            number = hash(line.partition(" ")[0]) % len(names)
            waiting[number].append(line)
            sizes[number] += len(line)
            if sizes[number] > _BUFFER:
                put_away(number)
    for number, lines in enumerate(waiting):
        if lines:
            put_away(number)
