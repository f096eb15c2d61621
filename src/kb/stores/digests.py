"""What is in a file of N-Triples or in a graph, told apart in constant memory: a 64-bit number for each triple.

The numbers are Python's own hashes of the lines, keyed anew for each process, so that nobody can make a file whose triples
look alike. Their count and their sum, which no order changes, are the digest of a set of triples: two sets that differ share
it once in 2⁶⁴ times.
"""

from __future__ import annotations

import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

from kb import rdf
from kb.stores.base import GraphFile

BUCKETS = 256
_IN_MEMORY = 1 << 20
"""Numbers that a set holds before it goes to files: 8 MiB of them, 100 once they are a set."""
_LINES = 20_000
"""Lines that are looked at together."""
_REMEMBERED = 100_000
_EXAMPLES = 3
_MASK = (1 << 64) - 1


class Digest(NamedTuple):
    """How many triples, and the sum of their numbers."""

    count: int
    total: int


class Distinct:
    """A set of 64-bit numbers that may be larger than the memory: in files below a folder, once it is large."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: Path | None = None
        self._new = array("q")

    def update(self, numbers: Iterable[int]) -> None:
        """Take up numbers; one may come any number of times. Raises OSError for a full disk."""
        self._new.extend(numbers)
        if len(self._new) >= _IN_MEMORY:
            self._put_away()

    def buckets(self) -> Iterator[set[int]]:
        """The numbers in ``BUCKETS`` parts, the same number in the same part of every set."""
        parts = _parted(self._new)
        for index, part in enumerate(parts):
            found = set(part)
            if self._files is not None:
                stored = self._files / str(index)
                if stored.exists():
                    with stored.open("rb") as file:
                        while content := file.read(1 << 20):
                            found.update(array("q", content))
            yield found

    def _put_away(self) -> None:
        if self._files is None:
            self._files = Path(tempfile.mkdtemp(dir=self._folder, prefix="set-"))
        for index, part in enumerate(_parted(self._new)):
            if part:
                with (self._files / str(index)).open("ab") as file:
                    part.tofile(file)
        self._new = array("q")


def bucket_of(number: int) -> int:
    """The bucket that a number belongs in."""
    return (number >> 56) + BUCKETS // 2


def _parted(numbers: array[int]) -> Iterator[array[int]]:
    ordered = array("q", sorted(numbers))
    start = 0
    for index in range(1, BUCKETS):
        end = bisect_left(ordered, (index - BUCKETS // 2) << 56, start)
        yield ordered[start:end]
        start = end
    yield ordered[start:]


class Numbers(Protocol):
    """A set of numbers, in parts that fit into memory."""

    def buckets(self) -> Iterator[set[int]]:
        """The numbers in ``BUCKETS`` parts, the same number in the same part of every set."""


def digest_of(sets: Iterable[Numbers]) -> Digest:
    """The digest of what is in one of the sets at least."""
    count = total = 0
    for buckets in zip(*(one.buckets() for one in sets), strict=True):
        numbers = set().union(*buckets)
        count += len(numbers)
        total += sum(numbers)
    return Digest(count, total & _MASK)


def grouped(numbers: Numbers) -> Iterator[tuple[range, set[int]]]:
    """A set in portions: the buckets of a portion, and its numbers."""
    first, portion = 0, set[int]()
    for index, bucket in enumerate(numbers.buckets()):
        portion |= bucket
        if len(portion) >= _IN_MEMORY or index == BUCKETS - 1:
            yield range(first, index + 1), portion
            first, portion = index + 1, set()


class Sent:
    """What a file sends to its graph, as it is written and as the engine will keep it.

    The engine keeps some literals in another form (``1.50`` as ``1.5``); the rest of a triple stays as it is.
    """

    def __init__(self, file: GraphFile, folder: Path) -> None:
        """Reads the file; ``folder`` is for sets that become large. Raises OSError."""
        self.iri = file.iri
        self.path = file.path
        self.examples: list[tuple[str, str]] = []
        self._written, self._rewritten, self._kept = Distinct(folder), Distinct(folder), Distinct(folder)
        spelling = Spelling()
        for lines in batches(file.path):
            self._written.update(map(hash, lines))
            kept = spelling.kept(lines)
            self._rewritten.update(hash(lines[number]) for number in kept)
            self._kept.update(map(hash, kept.values()))
            self._show((lines[number], line) for number, line in kept.items())
        self.rewritten = digest_of([self._rewritten]).count
        self.count = digest_of([self._written]).count
        self.digest = digest_of([self])

    def buckets(self) -> Iterator[set[int]]:
        """What the engine will keep."""
        parts = zip(self._written.buckets(), self._rewritten.buckets(), self._kept.buckets(), strict=True)
        return ((written - rewritten) | kept for written, rewritten, kept in parts)

    def _show(self, changes: Iterable[tuple[bytes, bytes]]) -> None:
        for sent, kept in changes:
            if len(self.examples) == _EXAMPLES:
                return
            pair = _object(sent).decode(), _object(kept).decode()
            if pair not in self.examples:
                self.examples.append(pair)


class Spelling:
    """How the engine spells the literals that it is given: it is asked, in memory, and its answers are remembered."""

    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {}

    def kept(self, lines: list[bytes]) -> dict[int, bytes]:
        """Of lines of N-Triples, without their ends, those that the engine keeps in another form, by their number.

        It may spell otherwise what is typed, tagged with capitals, or part of a triple term.
        """
        asked = {
            number: _object(line)
            for number, line in enumerate(lines)
            if b'"^^<' in line or b'"@' in line and _has_capitals(line) or b" <<(" in line
        }
        new = list(set(asked.values()) - self._known.keys())
        if len(self._known) + len(new) > _REMEMBERED:
            self._known.clear()
            new = list(set(asked.values()))
        if new:
            self._known.update(zip(new, _respelt(new), strict=True))
        changed = {number: text for number, text in asked.items() if self._known[text] != text}
        return {number: lines[number][: -len(text) - 2] + self._known[text] + b" ." for number, text in changed.items()}


def batches(path: Path) -> Iterator[list[bytes]]:
    """The lines of a file without their ends, many at a time."""
    with path.open("rb") as file:
        while lines := list(islice(file, _LINES)):
            yield [line[:-1] for line in lines]


class Dump:
    """What the engine writes a graph to: takes up the digest of its lines, and their numbers in a set, if one is given."""

    def __init__(self, numbers: Distinct | None = None) -> None:
        self._numbers = numbers
        self._rest = b""
        self._count = self._total = 0

    def write(self, content: bytes) -> int:
        """Take what is written; a line may come in parts."""
        *lines, self._rest = (self._rest + content).split(b"\n")
        numbers = list(map(hash, lines))
        self._count += len(numbers)
        self._total += sum(numbers)
        if self._numbers is not None:
            self._numbers.update(numbers)
        return len(content)

    def flush(self) -> None:
        """Nothing is held back that could be written."""

    @property
    def digest(self) -> Digest:
        return Digest(self._count, self._total & _MASK)


def _has_capitals(line: bytes) -> bool:
    """Whether a literal with a language tag has one that the engine spells otherwise."""
    tag = line[line.rfind(b'"@') :]
    return tag != tag.lower()


def _object(line: bytes) -> bytes:
    return line.split(b" ", 2)[2][:-2]


def _respelt(objects: list[bytes]) -> list[bytes]:
    """The same objects, in the same order, as the engine spells them."""
    engine = rdf.Store()
    document = b"".join(b"<n:%d> <n:p> %s .\n" % (number, text) for number, text in enumerate(objects))
    engine.load(document, rdf.RdfFormat.N_TRIPLES)
    answers = engine.dump(format=rdf.RdfFormat.N_TRIPLES, from_graph=rdf.DefaultGraph()) or b""
    found: list[bytes] = [b""] * len(objects)
    for line in answers.split(b"\n")[:-1]:
        found[int(line[3 : line.index(b">")])] = _object(line)
    return found

