"""Figures that can be compared, and those that cannot and why; see ``docs/figures.md``."""

from __future__ import annotations

from kb.figures.comparison import Comparison, compare, pairs
from kb.figures.reading import Figure, read

__all__ = ["Comparison", "Figure", "compare", "pairs", "read"]
