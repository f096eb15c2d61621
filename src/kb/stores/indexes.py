"""Reading every index of an engine on disk: a question meets only those that suit it, and damage elsewhere waits for another.

The engine keeps a quad in six orders and a triple of the default graph in three. Which order it reads follows from what is
known when it looks a pattern up. So each query here looks up, in one order, all that another order holds.

The engine gives the error of a damaged place again and again. A plain SELECT ends at the first; what counts, sorts or asks
(COUNT, ORDER BY, ASK) would go on for ever, and collect them until the memory ends.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from kb import rdf

_NONE = "FILTER(SAMETERM(?p, <urn:x-kb:none>))"
"""No row comes of it; the engine does not see that, and looks at all."""
_OF_QUADS = (
    # By subject, predicate and object; the filter needs both graphs, so that neither pattern is done without the other.
    "GRAPH ?h { ?s ?p ?o } GRAPH ?g { ?s ?p ?o } FILTER(SAMETERM(IF(SAMETERM(?g, ?h), ?p, ?s), <urn:x-kb:none>))",
    f"GRAPH ?h {{ ?s ?q ?o }} GRAPH ?g {{ ?s ?p ?o }} {_NONE}",  # by object and subject
    f"GRAPH ?g {{ ?s ?q ?o . ?s ?p ?o {_NONE} }}",  # by graph, object and subject
    f"{{ SELECT DISTINCT ?q {{ GRAPH ?h {{ ?x ?q ?y }} }} }} GRAPH ?g {{ ?s ?q ?p }} {_NONE}",  # by predicate
    f"{{ SELECT DISTINCT ?g ?q {{ GRAPH ?g {{ ?x ?q ?y }} }} }} GRAPH ?g {{ ?s ?q ?p }} {_NONE}",  # by graph and predicate
)
_OF_THE_DEFAULT_GRAPH = (
    f"?s ?q ?o . ?s ?p ?o {_NONE}",  # by object and subject
    f"{{ SELECT DISTINCT ?q {{ ?x ?q ?y }} }} ?s ?q ?p {_NONE}",  # by predicate
)
_THREADS = 2


def read(engine: rdf.Store) -> None:
    """Read the indexes that a dump of all graphs, which is to be done before, does not read. Raises the engine's OSError and
    RuntimeError where one is damaged."""
    with ThreadPoolExecutor(_THREADS) as pool:
        for done in [pool.submit(_exhaust, engine, where) for where in (*_OF_QUADS, *_OF_THE_DEFAULT_GRAPH)]:
            done.result()


def _exhaust(engine: rdf.Store, where: str) -> None:
    for _ in engine.query(f"SELECT ?s WHERE {{ {where} }}"):
        pass
