"""What a server keeps of the triples that it was sent: lines of N-Triples, read back by their subjects and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from kb import rdf
from kb.errors import StoreError

SUBJECTS = 200
ROWS = 2_000
"""What one query asks about at most: subjects, and triples that were sent. Servers cut an answer off at 10,000 rows, some
of them without a word, and take no query of any length."""


class CutOff(StoreError):
    """The server ended an answer before its end, and said so."""


Select = Callable[[str], Iterable[rdf.QuerySolution]]
"""Asks a SELECT. Raises CutOff, and StoreError for all else."""


class Comparison(NamedTuple):
    """What was sent against what is kept."""

    missing: list[str]
    """What is not there, in order."""
    rewritten: list[tuple[str, str]]
    """What was sent and what is kept in its place: the same subject and property, and an object of equal value."""
    added: list[str]
    """What is there and was not sent."""


def kept(select: Select, graph: str, lines: Sequence[str]) -> set[str]:
    """All triples that the graph holds of the subjects of these lines. The lines are in order, so that a subject's are
    together. Raises StoreError."""
    return {line for subjects in _groups(lines) for line in _of_subjects(select, graph, subjects)}


def compare(sent: Iterable[str], found: set[str]) -> Comparison:
    """Pair what was sent with what was found."""
    absent = sorted(set(sent) - found)
    there: dict[tuple[str, str], list[str]] = {_place(line): [] for line in absent}
    for line in found:
        if _place(line) in there:
            there[_place(line)].append(line)
    missing, rewritten = [], []
    for line in absent:
        same = next((other for other in there[_place(line)] if _same_value(line, other)), None)
        if same is None:
            missing.append(line)
        else:
            rewritten.append((line, same))
    return Comparison(missing, rewritten, sorted(found.difference(sent, (new for _, new in rewritten))))


def object_of(line: str) -> str:
    """The object of a line of N-Triples, as it stands there."""
    return line.split(" ", 2)[2].removesuffix(" .")


def _groups(lines: Sequence[str]) -> Iterator[list[str]]:
    """The subjects, as many together as one query may ask about."""
    counts: dict[str, int] = {}
    for line in lines:
        subject = line.partition(" ")[0]
        counts[subject] = counts.get(subject, 0) + 1
    group: list[str] = []
    rows = 0
    for subject, count in counts.items():
        if group and (len(group) == SUBJECTS or rows + count > ROWS):
            yield group
            group, rows = [], 0
        group.append(subject)
        rows += count
    if group:
        yield group


def _of_subjects(select: Select, graph: str, subjects: list[str]) -> Iterator[str]:
    pattern = f"VALUES ?s {{ {' '.join(subjects)} }} ?s ?p ?o"
    try:
        rows = select(f"SELECT ?s ?p ?o WHERE {{ GRAPH {rdf.NamedNode(graph)} {{ {pattern} }} }}")
    except CutOff:
        if len(subjects) == 1:
            raise StoreError(f"{subjects[0]} has more triples in <{graph}> than the server gives at once: they cannot be checked") from None
        middle = len(subjects) // 2
        yield from _of_subjects(select, graph, subjects[:middle])
        yield from _of_subjects(select, graph, subjects[middle:])
        return
    for row in rows:
        yield f"{row['s']} {row['p']} {row['o']} ."


def _place(line: str) -> tuple[str, str]:
    subject, predicate, _ = line.split(" ", 2)
    return subject, predicate


def _same_value(one: str, other: str) -> bool:
    """Whether two lines differ in how their literals are written, and in nothing else."""
    if not (object_of(one).startswith('"') and object_of(other).startswith('"')):
        return False
    return _as_engine_keeps_it(one) == _as_engine_keeps_it(other)


def _as_engine_keeps_it(line: str) -> rdf.Quad:
    """A triple as the engine here would keep it: numbers, dates and truth values in one form for each value."""
    engine = rdf.Store()
    engine.load(line, format=rdf.RdfFormat.N_TRIPLES)
    return next(iter(engine))
