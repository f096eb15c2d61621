"""Views: what there is if one accepts a chosen set of claims; see ``docs/views.md``."""

from __future__ import annotations

from kb.views.choice import Choice, choices
from kb.views.narrowing import narrowed, narrowing

__all__ = ["Choice", "choices", "narrowed", "narrowing"]
