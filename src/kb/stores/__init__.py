"""Where the triples are: one interface (``base``), three stores (``memory``, ``embedded``, ``remote``), and how files get in."""

from __future__ import annotations

from pathlib import Path

from kb.errors import UsageError
from kb.stores.base import DERIVED, Answer, GraphContent, QueryTimeout, Store

__all__ = ["DERIVED", "Answer", "GraphContent", "QueryTimeout", "Store", "open_store"]


def open_store(
    store: Path | None = None,
    endpoint: str | None = None,
    *,
    write: bool = False,
    update_url: str | None = None,
    graph_store_url: str | None = None,
    via: str = "graph-store",
    timeout: float | None = None,
) -> Store:
    """The embedded store in a folder, or the server at a URL; exactly one of the two is given.

    ``write`` opens a folder for loading (and makes it where there is none); a server needs no such word. The other
    arguments are for servers, see ``kb.stores.remote.RemoteStore``. Raises StoreError, and UsageError for a bad URL.
    """
    if store is not None and endpoint is None:
        from kb.stores.embedded import EmbeddedStore

        return EmbeddedStore(store, write=write)
    if endpoint is not None and store is None:
        from kb.stores.remote import RemoteStore

        return RemoteStore(
            endpoint, update_url=update_url, graph_store_url=graph_store_url, via=via, timeout=timeout
        )
    raise UsageError("name one store: a folder (--store DIR) or a server (--endpoint URL)")
