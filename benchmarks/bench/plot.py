"""The plot: wall time over triples, on logarithmic scales, a panel for each task."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.rows import OURS, Row

_COLUMNS = 3


def write(path: Path, rows: Sequence[Row]) -> str:
    """Draw what was measured at two sizes or more into an SVG file; says what came of it."""
    try:
        import matplotlib
    except ImportError:
        return "none: matplotlib is not installed (pip install 'medical-missions-kb[bench]')"
    panels: dict[tuple[str, str], dict[str, list[Row]]] = {}
    for row in rows:
        if row.measured and row.claims:
            panels.setdefault((row.part, row.task), {}).setdefault(row.who, []).append(row)
    panels = {key: lines for key, lines in panels.items() if any(len(points) > 1 for points in lines.values())}
    if not panels:
        return "none: nothing was measured at two sizes"
    matplotlib.use("Agg")
    # The same rows give the same file.
    matplotlib.rcParams.update({"svg.hashsalt": "kb", "svg.fonttype": "none", "font.size": 8})
    from matplotlib import pyplot

    lines = -(-len(panels) // _COLUMNS)
    figure, axes = pyplot.subplots(
        lines, _COLUMNS, figsize=(5 * _COLUMNS, 3.6 * lines), squeeze=False, layout="constrained"
    )
    for panel in axes.flat[len(panels) :]:
        panel.set_visible(False)
    for panel, ((part, task), programs) in zip(axes.flat, panels.items(), strict=False):
        for who, points in programs.items():
            points = sorted(points, key=lambda row: row.triples)
            ours = who.split(",")[0] == OURS
            panel.plot(
                [row.triples for row in points], [row.wall for row in points], label=who, marker="o", markersize=3,
                linewidth=2 if ours else 1, linestyle="-" if ours else "--",
            )  # fmt: skip
        panel.set(
            xscale="log", yscale="log", xlabel="triples", ylabel="seconds, whole process", title=f"{part}: {task}"
        )
        panel.grid(True, which="major", alpha=0.3)
        panel.legend(fontsize=6)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return path.name
