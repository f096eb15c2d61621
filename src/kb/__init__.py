"""The medical-missions knowledge base: who says what about Cuba's medical missions, where, and on what evidence.

From Python: ``kb.query`` asks a question, ``kb.graph`` and ``kb.store`` hand over the data; see ``kb.api``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from kb.api import Rows, graph, query, store
    from kb.errors import InputError, KbError, StoreError, UsageError

__all__ = ["InputError", "KbError", "Rows", "StoreError", "UsageError", "graph", "query", "store"]


def __getattr__(name: str) -> Any:
    """The public names, loaded when they are first used: the command line starts without them."""
    if name in __all__:
        import importlib

        return getattr(importlib.import_module("kb.errors" if name.endswith("Error") else "kb.api"), name)
    raise AttributeError(f"module 'kb' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
