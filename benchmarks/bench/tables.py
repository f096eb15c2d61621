"""The results as files: a Markdown page for people, CSV and JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path

from bench.rows import Growth, Row, as_record, differences, growths
from bench.targets import Target, judged

_ABOUT = """Each figure is of processes of their own: wall time and CPU time (user and system, all cores together) are medians, the peak is the
largest resident memory of one process. Of a server they are its own CPU time and memory during the task. "Inner" is what the program
says that the task itself took, without its start and without reading files. Programs run in turn, so that a busy machine slows all alike."""


def write(folder: Path, facts: dict[str, str], rows: Sequence[Row]) -> None:
    """Write ``scale.md``, ``scale.csv`` and ``scale.json`` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    targets, growth = judged(rows), growths(rows)
    (folder / "scale.md").write_text(page(facts, rows, targets, growth), encoding="utf-8")
    text = io.StringIO()
    table = csv.DictWriter(text, [field.name for field in fields(Row)])
    table.writeheader()
    table.writerows(as_record(row) for row in rows)
    (folder / "scale.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    record = {
        "facts": facts,
        "rows": [as_record(row) for row in rows],
        "growth": [asdict(slopes) for slopes in growth],
        "targets": [asdict(target) for target in targets],
        "differences": differences(rows),
    }
    (folder / "scale.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def page(facts: dict[str, str], rows: Sequence[Row], targets: Sequence[Target], growth: Sequence[Growth]) -> str:
    """The Markdown page."""
    parts = dict.fromkeys(row.part for row in rows)
    lines = ["# Benchmarks", "", *(f"- {name}: {value}" for name, value in facts.items()), "", *_ABOUT.splitlines(), ""]
    lines += [
        "## Targets",
        "",
        *_table(("what", "expected", "measured", ""), (_target(target) for target in targets)),
        "",
    ]
    for part in parts:
        lines += [f"## {part.capitalize()}", ""]
        own = [row for row in rows if row.part == part]
        heads = ("task", "claims", "triples", "who", "wall", "fastest", "CPU", "inner", "peak", "runs", "")
        lines += [*_table(heads, map(_row, own)), ""]
        slopes = [slopes for slopes in growth if slopes.part == part]
        if slopes:
            lines += [
                "Growth with the triples, as the slope on logarithmic scales (1: in proportion; the start of a process flattens it):",
                "",
            ]
            lines += [*_table(("task", "who", "claims", "wall", "CPU", "peak"), map(_growth, slopes)), ""]
    different = differences(rows)
    lines += [
        "## Answers",
        "",
        *(
            [f"- DIFFERENT {line}" for line in different]
            or ["All programs that did the same task gave the same answer, as far as it was compared."]
        ),
    ]
    return "\n".join(lines) + "\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    found = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return found + [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]


def _target(target: Target) -> tuple[str, ...]:
    verdict = {True: "met", False: "**not met**", None: "not measured"}[target.met]
    return target.what, target.expected, target.measured, verdict


def _row(row: Row) -> tuple[str, ...]:
    size = (f"{row.claims:,}" if row.claims else "bundled", f"{row.triples:,}")
    figures = tuple(seconds(value) for value in (row.wall, row.fastest, row.cpu, row.inner))
    peak = "" if row.peak is None else f"{row.peak:,.0f} MiB"
    return (
        row.task,
        *size,
        row.who,
        *figures,
        peak,
        str(row.runs or ""),
        "; ".join(filter(None, (row.answer, row.note))),
    )


def _growth(slopes: Growth) -> tuple[str, ...]:
    sizes = f"{min(slopes.sizes):,} – {max(slopes.sizes):,}"
    return slopes.task, slopes.who, sizes, *(f"{value:.2f}" for value in (slopes.wall, slopes.cpu, slopes.peak))


def seconds(value: float | None) -> str:
    """A time for people, in milliseconds below a second; empty for none."""
    if value is None:
        return ""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s" if value < 10 else f"{value:,.1f} s"
