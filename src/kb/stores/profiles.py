"""What servers do each in their own way; they are told apart by the ``Server`` header of their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb import sparql
from kb.errors import StoreError
from kb.stores.base import DERIVED


@dataclass(frozen=True)
class Profile:
    """How a server behaves where the standards leave it open, or where it does not keep to them."""

    name: str = ""
    """What its ``Server`` header begins with."""
    one_step: bool = False
    """Whether a request is a transaction, so that nobody sees half of it; only where that is known."""
    unites_graphs: bool = False
    """Whether it takes ``union-default-graph``, which is faster than the graphs' names."""
    hides_graphs: bool = False
    """Whether a query sees the union of all graphs but those that are hidden from it by Virtuoso's own pragmas. With
    dozens of graphs named as the protocol has it, Virtuoso takes seconds for a query, or ends the connection."""
    own_graphs: tuple[str, ...] = ()
    """Graphs that it keeps for itself. Those with most triples come first."""

    def dataset(self, text: str, graphs: Sequence[str], *, derived: bool) -> tuple[str, list[tuple[str, str]]]:
        """The query's text, and the request's other fields, with which it sees the union of these graphs; the derived ones
        only if ``derived``, and all of them with GRAPH. Raises StoreError for what the server is known to answer wrongly.
        """
        hidden = [] if derived else [iri for iri in graphs if iri.startswith(DERIVED)]
        if self.hides_graphs:
            return self._hiding(text, graphs, hidden) + text, []
        if self.unites_graphs and not hidden:
            return text, [("union-default-graph", "true")]
        shown = [("default-graph-uri", iri) for iri in graphs if iri not in hidden]
        return text, shown + [("named-graph-uri", iri) for iri in graphs]

    def _hiding(self, text: str, graphs: Sequence[str], hidden: Sequence[str]) -> str:
        unseen = [*hidden, *self.own_graphs]
        if _follows_paths(text):
            # Virtuoso 7.2.5 loses rows where such a path is joined and more than one graph is hidden. Its own graphs do no
            # harm beside ours: nothing in them has our properties.
            if len(hidden) > 1:
                raise StoreError(
                    "this server answers wrongly where a path has * or + and several graphs are hidden, as the derived "
                    f"ones here: {', '.join(f'<{iri}>' for iri in hidden)}; ask a local store, or leave them out of this one"
                )
            unseen = unseen[:1]
        pragmas = [f"define input:default-graph-exclude <{iri}>" for iri in unseen]
        if any(token.word == "GRAPH" for token in sparql.tokens(text)):
            # Where any graph is hidden, GRAPH with an IRI finds nothing but in graphs that are named.
            pragmas += [f"define input:named-graph-uri <{iri}>" for iri in graphs]
        return "".join(f"{pragma}\n" for pragma in pragmas)


STANDARD = Profile()
"""A server of which nothing is known."""
_KNOWN = (
    Profile("Oxigraph", one_step=True, unites_graphs=True),
    Profile(
        "Virtuoso",
        hides_graphs=True,
        own_graphs=("http://www.openlinksw.com/schemas/virtrdf#", "http://localuriqaserver/sparql", "http://www.w3.org/ns/ldp#"),
    ),
)


def profile_of(server: str | None) -> Profile:
    """The profile of whoever sends this ``Server`` header."""
    return next((known for known in _KNOWN if (server or "").startswith(known.name)), STANDARD)


def _follows_paths(text: str) -> bool:
    """Whether the query may have a path of any length: ``*`` or ``+`` after a property or a group. A calculation may look
    like one."""
    return any(
        mark.text in ("*", "+") and (before.kind in ("name", "iri") or before.text == ")" or before.word == "A")
        for before, mark in pairwise(sparql.tokens(text))
    )
