"""What the stores in memory and on disk share: both are the engine's own.

The engine can read its default graph as the union of all named graphs, but then a triple that stands in two of them counts
twice. So every triple is also put in the default graph itself, but for those of derived graphs, which a query sees only
on request.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator

from kb import rdf
from kb.stores.base import DERIVED, Answer, GraphContent, QueryTimeout
from kb.threads import TooLate, run_within


def query_engine(
    engine: rdf.Store, text: str, timeout: float | None, base_iri: str | None, derived: bool
) -> Answer:
    """Ask the engine; see ``Store.query``. Raises its OSError and RuntimeError where the files are at fault.

    The work is left to whoever reads the answer, but with a deadline it is done here.
    """
    from kb import sparql  # here, because the engine opens its files meanwhile

    def ask() -> Answer:
        if sparql.names_graphs(text):
            return engine.query(text, base_iri=base_iri)
        united = is_united(engine)
        if united and not derived:
            return engine.query(text, base_iri=base_iri)
        graphs = [rdf.NamedNode(iri) for iri in graphs_engine(engine)]
        hidden = [graph for graph in graphs if is_derived(graph)]
        if united:
            return engine.query(text, base_iri=base_iri, default_graph=[rdf.DefaultGraph(), *hidden])
        # Filled by another program, which knows nothing of our default graph.
        if derived or not hidden:
            return engine.query(text, base_iri=base_iri, use_default_graph_as_union=True)
        return engine.query(text, base_iri=base_iri, default_graph=[graph for graph in graphs if graph not in hidden])

    if timeout is None:
        return ask()
    # Only bytes leave a thread: the engine's answers are bound to the one that made them.
    try:
        content, is_triples = run_within(lambda: _evaluated(ask), timeout)
    except TooLate:
        raise QueryTimeout(f"no answer within {timeout:g} s; ask for less, or allow more time") from None
    if not is_triples:
        return rdf.parse_query_results(content, rdf.QueryResultsFormat.JSON)
    return [quad.triple for quad in rdf.parse(content, format=rdf.RdfFormat.N_TRIPLES)]


def _evaluated(ask: Callable[[], Answer]) -> tuple[bytes, bool]:
    """The answer, worked out and written down, and whether it is triples: the engine itself works only as it is read."""
    answer = ask()
    if isinstance(answer, (rdf.QuerySolutions, rdf.QueryBoolean)):
        return answer.serialize(format=rdf.QueryResultsFormat.JSON) or b"", False
    return rdf.serialize(answer, format=rdf.RdfFormat.N_TRIPLES) or b"", True


def write_engine(engine: rdf.Store, contents: list[GraphContent], replace: bool) -> tuple[list[rdf.Quad], list[rdf.Quad]]:
    """Write in one transaction; see ``Store.write``. Gives what was taken out and what was put in."""
    wanted = rdf.Store()  # the engine's own spelling of each literal, so that old and new can be compared
    wanted.bulk_extend(quads(contents))
    removed = []
    if replace:
        for graph in {rdf.NamedNode(content.iri) for content in contents}:
            removed += [quad for quad in engine.quads_for_pattern(None, None, None, graph) if quad not in wanted]
        removed += no_longer_shown(engine, removed, wanted)
    added = [quad for quad in wanted if quad not in engine]
    exchange(engine, removed, added)
    return removed, added


def exchange(engine: rdf.Store, removed: list[rdf.Quad], added: list[rdf.Quad]) -> None:
    """Take quads out and put others in, in one transaction."""
    if not removed:
        engine.extend(added)
        return
    # Only an update takes out and puts in within one transaction.
    engine.update(f"DELETE DATA {{ {_data(removed)} }} ; INSERT DATA {{ {_data(added)} }}")


def quads(contents: Iterable[GraphContent]) -> Iterator[rdf.Quad]:
    """What is stored for these contents: each triple in its graph and, unless that is derived, in the default graph."""
    for content in contents:
        graph = rdf.NamedNode(content.iri)
        for triple in content.triples:
            quad = rdf.Quad(triple.subject, triple.predicate, triple.object, graph)
            yield quad
            if is_shown(quad):
                yield unnamed(quad)


def is_united(engine: rdf.Store) -> bool:
    """Whether the default graph holds the union of the others; not where another program has filled the store."""
    return next(engine.quads_for_pattern(None, None, None, rdf.DefaultGraph()), None) is not None


def is_derived(graph: rdf.NamedNode | rdf.BlankNode | rdf.DefaultGraph) -> bool:
    """Whether a graph holds what was inferred or projected."""
    return isinstance(graph, rdf.NamedNode) and graph.value.startswith(DERIVED)


def is_shown(quad: rdf.Quad) -> bool:
    """Whether a quad is in a named graph that is not derived, so that the default graph has its triple too."""
    return isinstance(quad.graph_name, rdf.NamedNode) and not is_derived(quad.graph_name)


def unnamed(quad: rdf.Quad) -> rdf.Quad:
    """The same triple in the default graph."""
    return rdf.Quad(quad.subject, quad.predicate, quad.object)


def no_longer_shown(engine: rdf.Store, removed: list[rdf.Quad], wanted: Container[rdf.Quad] = ()) -> list[rdf.Quad]:
    """The default graph's copies of triples that are to be removed, without those that another graph holds, and those that
    are wanted there."""
    going = set(removed)
    gone = []
    for quad in {unnamed(quad) for quad in removed if is_shown(quad)}:
        holders = engine.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
        if quad not in wanted and not any(is_shown(held) and held not in going for held in holders):
            gone.append(quad)
    return gone


def _data(quads: list[rdf.Quad]) -> str:
    return "\n".join(
        f"GRAPH {quad.graph_name} {{ {quad.triple} }}" if isinstance(quad.graph_name, rdf.NamedNode) else f"{quad.triple} ."
        for quad in quads
    )


def count_engine(engine: rdf.Store, graph: str | None) -> int:
    """How many triples a named graph of the engine holds, or the default graph, for None."""
    pattern = "?s ?p ?o" if graph is None else f"GRAPH {rdf.NamedNode(graph)} {{ ?s ?p ?o }}"
    # Row by row, since a COUNT of what is damaged never ends (``kb.stores.indexes``).
    return sum(1 for _ in engine.query(f"SELECT (1 AS ?one) WHERE {{ {pattern} }}"))


def graphs_engine(engine: rdf.Store) -> list[str]:
    """The IRIs of the engine's named graphs, in order."""
    return sorted(graph.value for graph in engine.named_graphs() if isinstance(graph, rdf.NamedNode))
