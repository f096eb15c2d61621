"""The rows of the table, and what is worked out from them: growth, and whether a target was met."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from bench.processes import Run, median

OURS = "kb"


@dataclass(frozen=True)
class Row:
    """What one program took for one task at one size.

    ``claims`` is 0 for the bundled data. Times are in seconds and ``peak`` in MiB, as in ``bench.processes.Run``: medians of
    ``runs``, ``fastest`` the shortest wall time, ``peak`` the largest. ``inner`` is what the program itself says that the
    task took, without its start and without reading the data. ``note`` says why there are no figures, or what is to be
    known about them; ``answer`` is what is compared between programs.
    """

    part: str
    task: str
    who: str
    claims: int
    triples: int
    runs: int = 0
    wall: float | None = None
    fastest: float | None = None
    cpu: float | None = None
    peak: float | None = None
    inner: float | None = None
    answer: str = ""
    note: str = ""

    @property
    def measured(self) -> bool:
        """Whether the task came to its end."""
        return self.wall is not None


def row(
    part: str, task: str, who: str, size: tuple[int, int], runs: Sequence[Run], *,
    answer: str = "", inner: float | None = None, note: str = "",
) -> Row:  # fmt: skip
    """The row of some runs at a ``size`` in claims and triples; one without figures where the last of them failed."""
    failure = runs[-1].failure
    if failure:
        return Row(part, task, who, *size, note=failure)
    return Row(
        part, task, who, *size, len(runs), median(runs, "wall"), min(run.wall for run in runs), median(runs, "cpu"),
        max(run.peak for run in runs), inner, answer, note,
    )  # fmt: skip


def absent(part: str, task: str, who: str, size: tuple[int, int], why: str) -> Row:
    """The row of what was not measured."""
    return Row(part, task, who, *size, note=why)


def as_record(row: Row) -> dict[str, object]:
    """The row for CSV and JSON."""
    return asdict(row)


@dataclass(frozen=True)
class Growth:
    """How time and memory grow with the triples: the slopes of the best lines through the logarithms; 1 is in proportion."""

    part: str
    task: str
    who: str
    sizes: tuple[int, ...]
    wall: float
    cpu: float
    peak: float


def growths(rows: Iterable[Row]) -> list[Growth]:
    """The growth of what was measured at two sizes of generated data or more."""
    series: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        if row.measured and row.claims:
            series.setdefault((row.part, row.task, row.who), []).append(row)
    found = []
    for key, points in series.items():
        if len({row.triples for row in points}) > 1:
            slopes = (slope([(row.triples, getattr(row, part)) for row in points]) for part in ("wall", "cpu", "peak"))
            found.append(Growth(*key, tuple(sorted({row.claims for row in points})), *slopes))
    return found


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The least-squares slope of log y over log x; values of 0 count as a thousandth."""
    xs = [math.log(x) for x, _ in points]
    ys = [math.log(max(y, 0.001)) for _, y in points]
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / sum(
        (x - middle_x) ** 2 for x in xs
    )


def differences(rows: Iterable[Row]) -> list[str]:
    """Where programs that did the same task gave different answers, a line for each task and size."""
    answers: dict[tuple[str, str, int], dict[str, list[str]]] = {}
    for row in rows:
        if row.answer:
            answers.setdefault((row.part, row.task, row.claims), {}).setdefault(row.answer, []).append(row.who)
    return [
        f"{part}, {task}, {claims:,} claims: "
        + "; ".join(f"{', '.join(who)}: {answer}" for answer, who in found.items())
        for (part, task, claims), found in answers.items()
        if len(found) > 1
    ]
