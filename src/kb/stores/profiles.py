"""What servers do each in their own way; they are told apart by the ``Server`` header of their answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from kb import sparql
from kb.errors import StoreError
from kb.namespaces import PREFIXES
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
    mends_rows: bool = False
    """Whether its rows need ``mended``."""
    cuts_silently: bool = False
    """Whether it ends a CONSTRUCT or DESCRIBE after so many rows without a word."""
    stops_late_queries: bool = False
    """Whether it takes ``timeout``, in milliseconds, as a field of a query."""
    own_graphs: tuple[str, ...] = ()
    """Graphs that it keeps for itself. Those with most triples come first."""

    def asked(self, text: str, graphs: Sequence[str], *, derived: bool) -> list[Asked]:
        """The query so that it sees the union of these graphs; the derived ones only if ``derived``, and all of them with
        GRAPH. Where there are several ways, the next is for a server that finds the one before too costly.

        Raises StoreError for what the server is known to answer wrongly.
        """
        hidden = [] if derived else [iri for iri in graphs if iri.startswith(DERIVED)]
        if self.hides_graphs:
            return self._hiding(text, graphs, hidden)
        if self.unites_graphs and not hidden:
            return [Asked(text, [("union-default-graph", "true")])]
        shown = [("default-graph-uri", iri) for iri in graphs if iri not in hidden]
        return [Asked(text, shown + [("named-graph-uri", iri) for iri in graphs])]

    def _hiding(self, text: str, graphs: Sequence[str], hidden: Sequence[str]) -> list[Asked]:
        unseen = [*hidden, *self.own_graphs]
        # Where any graph is hidden, GRAPH with an IRI finds nothing but in graphs that are named.
        named = graphs if any(token.word == "GRAPH" for token in sparql.tokens(text)) else ()
        names = "".join(f"define input:named-graph-uri <{iri}>\n" for iri in named)
        most, least = ("".join(f"define input:default-graph-exclude <{iri}>\n" for iri in some) for some in (unseen, unseen[:1]))
        # With two hidden graphs or more, Virtuoso 7.2.5 loses rows where a path of any length is joined, and its estimate of
        # what a query costs is a thousand times what it is with one. Its own graphs are small, but for the first, and say
        # nothing with a property of ours: what a query with variable properties may see of them does no harm.
        if len(hidden) > 1 and _follows_paths(text):
            raise StoreError(
                "this server loses rows where a path has * or + and several graphs are hidden, as the derived ones here: "
                f"{', '.join(f'<{iri}>' for iri in hidden)}; name the graphs to be seen with FROM, or ask another store"
            )
        if _follows_paths(text):
            return [Asked(names + least + text, [])]
        if len(hidden) > 1:
            return [Asked(names + most + text, [])]
        return [Asked(names + some + text, []) for some in (most, least)]


class Asked(NamedTuple):
    """A query's text, and the other fields of the request."""

    text: str
    fields: list[tuple[str, str]]


def mended(content: bytes, text: str) -> bytes:
    """Rows in JSON as they should be: truth values in words, where Virtuoso writes 1 and 0, and of a SELECT DISTINCT each
    row once: it lets some pass twice that have a long text with a language. Raises ValueError for what is no such answer.
    """
    answer = json.loads(content)
    try:
        rows = answer["results"]["bindings"]
        for term in (term for row in rows for term in row.values()):
            if term.get("datatype") == _BOOLEAN:
                term["value"] = {"1": "true", "0": "false"}.get(term["value"], term["value"])
    except (KeyError, TypeError, AttributeError):
        return content  # a truth value, or what the parser will say more of
    if sparql.is_distinct(text):
        answer["results"]["bindings"] = list({json.dumps(row, sort_keys=True): row for row in rows}.values())
    return json.dumps(answer).encode()


_BOOLEAN = PREFIXES["xsd"] + "boolean"

STANDARD = Profile()
"""A server of which nothing is known."""
_KNOWN = (
    Profile("Oxigraph", one_step=True, unites_graphs=True),
    Profile(
        "Virtuoso",
        hides_graphs=True,
        mends_rows=True,
        cuts_silently=True,
        stops_late_queries=True,
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
