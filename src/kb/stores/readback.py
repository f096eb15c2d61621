"""What a server keeps of the triples that it was sent: lines of N-Triples, read back by their subjects and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import count
from typing import NamedTuple

from kb import rdf
from kb.errors import StoreError

SUBJECTS = 200
ROWS = 2_000
"""What one query asks about at most: subjects, and triples that were sent. Servers cut an answer off at 10,000 rows, some
of them without a word, and take no query of any length."""

WHOLE = 5_000
"""Triples up to which a graph is read as a whole, which is faster."""
_COMPARED = 1_000
"""Pairs of literals that are compared together."""


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


def kept(select: Select, graph: str, lines: Sequence[str], at_most: int) -> set[str]:
    """All triples that the graph holds of the subjects of these lines, which are in order, so that a subject's are together.
    ``at_most``: how many triples it can hold in all, as far as we know. Raises StoreError."""
    if at_most <= WHOLE:
        subjects = {line.partition(" ")[0] for line in lines}
        with suppress(CutOff):
            return {line for line in _asked(select, graph, "") if line.partition(" ")[0] in subjects}
    return {line for group in _groups(lines) for line in _of_subjects(select, graph, group)}


def pages(select: Select, graph: str) -> Iterator[rdf.QuerySolution]:
    """The triples of a graph as ?s, ?p and ?o, in answers of limited size. They are in no order, and it is for the caller to
    see that they are as many as the server counts. Raises StoreError."""
    for offset in count(0, WHOLE):
        rows = list(select(f"SELECT ?s ?p ?o WHERE {{ GRAPH {rdf.NamedNode(graph)} {{ ?s ?p ?o }} }} LIMIT {WHOLE} OFFSET {offset}"))
        yield from rows
        if len(rows) < WHOLE:
            return


def compare(sent: Iterable[str], found: set[str]) -> Comparison:
    """Pair what was sent with what was found."""
    absent = sorted(set(sent) - found)
    there: dict[tuple[str, str], list[str]] = {_place(line): [] for line in absent}
    for line in found:
        if _place(line) in there:
            there[_place(line)].append(line)
    equal = _of_equal_value((line, other) for line in absent for other in there[_place(line)])
    missing = [line for line in absent if line not in equal]
    rewritten = [(line, equal[line]) for line in absent if line in equal]
    return Comparison(missing, rewritten, sorted(found.difference(sent, equal.values())))


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
    for subject, number in counts.items():
        if group and (len(group) == SUBJECTS or rows + number > ROWS):
            yield group
            group, rows = [], 0
        group.append(subject)
        rows += number
    if group:
        yield group


def _of_subjects(select: Select, graph: str, subjects: list[str]) -> Iterator[str]:
    try:
        yield from _asked(select, graph, f"VALUES ?s {{ {' '.join(subjects)} }}")
    except CutOff:
        if len(subjects) == 1:
            raise StoreError(f"{subjects[0]} has more triples in <{graph}> than the server gives at once: they cannot be checked") from None
        middle = len(subjects) // 2
        yield from _of_subjects(select, graph, subjects[:middle])
        yield from _of_subjects(select, graph, subjects[middle:])


def _asked(select: Select, graph: str, pattern: str) -> Iterator[str]:
    for row in select(f"SELECT ?s ?p ?o WHERE {{ {pattern} GRAPH {rdf.NamedNode(graph)} {{ ?s ?p ?o }} }}"):
        yield f"{row['s']} {row['p']} {row['o']} ."


def _place(line: str) -> tuple[str, str]:
    subject, predicate, _ = line.split(" ", 2)
    return subject, predicate


def _of_equal_value(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Of lines that say something of one subject with one property, the first of each pair whose literals SPARQL holds for
    equal, with the second: numbers of any datatype, dates, truth values, and texts with a language in any case."""
    candidates = [pair for pair in pairs if all(object_of(line).startswith('"') for line in pair)]
    equal: dict[str, str] = {}
    engine = rdf.Store()
    for start in range(0, len(candidates), _COMPARED):
        some = candidates[start : start + _COMPARED]
        values = "\n".join(f"({number} {object_of(one)} {object_of(other)})" for number, (one, other) in enumerate(some))
        tagged = "LCASE(LANG(?one)) = LCASE(LANG(?other)) && STR(?one) = STR(?other) && LANG(?one) != ''"
        rows = engine.query(f"SELECT ?n WHERE {{ VALUES (?n ?one ?other) {{ {values} }} FILTER(?one = ?other || ({tagged})) }}")
        assert isinstance(rows, rdf.QuerySolutions)
        equal |= dict(some[int(row["n"].value)] for row in rows)
    return equal
