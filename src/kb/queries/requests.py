"""What a question is made of: where it is asked, how its answer is wanted, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kb import sources
from kb.errors import UsageError
from kb.project import Project
from kb.queries.bundled import Query

if TYPE_CHECKING:
    from kb.stores import Store


class Where(NamedTuple):
    """What is asked: the bundled data, or else the files in ``data``, or the store in a folder, or an endpoint.

    ``timeout`` is in seconds, and is for the endpoint; a local answer is stopped with its process (``kb.queries.deadline``).
    ``narrow`` takes away what is not to be seen (``kb.views``), from the data in memory or a copy of the store's.
    ``ahead`` gives that store, where it is being opened already.
    ``opened`` is handed what answers: a process that is about to end keeps it, since to free it takes longer than to write.
    """

    project: Project
    data: tuple[str, ...] = ()
    store: Path | None = None
    endpoint: str | None = None
    base_iri: str | None = None
    timeout: float | None = None
    narrow: Callable[[sources.MemorySource], sources.MemorySource] | None = None
    opened: Callable[[sources.Source], None] | None = None
    ahead: Callable[[], Store] | None = None

    @property
    def is_bundled(self) -> bool:
        """Whether it is the data that comes with the knowledge base, read from its files."""
        return not self.data and not self.is_store

    @property
    def is_store(self) -> bool:
        """Whether a store answers: one in a folder, or a server."""
        return self.store is not None or self.endpoint is not None

    def source(self, named_graphs: bool = False) -> sources.Source:
        """What answers, narrowed if that is asked for; see ``_opened``.

        Raises UsageError for named graphs of a store that is to be narrowed.
        """
        if self.narrow is not None and self.is_store and named_graphs:
            raise UsageError("a view copies a store as one graph, so it cannot be asked with GRAPH or FROM")
        source = self._opened(named_graphs)
        if self.narrow is not None:
            source = self.narrow(sources.in_memory(source))
        if self.opened is not None:
            self.opened(source)
        return source

    def _opened(self, named_graphs: bool) -> sources.Source:
        """Open it; each bundled file is a named graph only with ``named_graphs``.

        Raises InputError for files that cannot be read, StoreError for a store that does not answer.
        """
        if self.is_store:
            from kb.stores import open_store

            remote = self.endpoint is not None
            store = self.ahead() if self.ahead is not None else open_store(self.store, self.endpoint)
            return sources.StoreSource(store, self.timeout if remote else None, remote=remote)
        if self.data:
            return sources.given(self.data, self.base_iri)
        return sources.bundled(self.project, named_graphs)


class Request(NamedTuple):
    """A query and how its answer is wanted. ``query`` is set for a bundled one; ``name`` is shown in messages.

    ``labels`` names things in the human forms, and in JSON beside their IRIs; ``ids`` adds a column of identifiers beside
    the labels; ``cite`` adds to each claim where it stands and what it cites.
    """

    where: Where
    text: str
    name: str
    query: Query | None = None
    given: Mapping[str, str] = {}
    lang: str = "en"
    labels: bool = True
    ids: bool = False
    cite: bool = False
    limit: int | None = None
    format: str | None = None
    on_terminal: bool = False
    width: int | None = None


class Outcome(NamedTuple):
    """The written answer, what else the asker should know, and whether there was nothing to find."""

    content: str
    notes: list[str]
    is_empty: bool


class Prepared(NamedTuple):
    """A query ready for the engine: its parameters bound; whether it has an order of its own; warnings; for a
    ``SELECT *`` the variables in the order in which it names them."""

    text: str
    ordered: bool
    notes: list[str]
    columns: tuple[str, ...] = ()
