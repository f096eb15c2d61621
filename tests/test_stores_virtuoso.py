"""What Virtuoso does its own way, as a user meets it: each is dealt with, or said in one message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from servers import Request, Virtuoso, fake_server

from kb import rdf
from kb.errors import StoreError
from kb.sources import StoreSource, in_memory
from kb.sparql import rows_of
from kb.stores import DERIVED, QueryTimeout, Store, open_store
from kb.stores.profiles import mended, profile_of

G = "https://example.org/graph/a"
P, Q = rdf.NamedNode("https://example.org/p"), rdf.NamedNode("https://example.org/q")
OWN = profile_of("Virtuoso/07.20").own_graphs


@pytest.fixture
def store(virtuoso_for_keeper: Virtuoso) -> Iterator[Store]:
    with open_store(**virtuoso_for_keeper.options) as opened:
        yield opened
    virtuoso_for_keeper.clear()


def node(number: int) -> rdf.NamedNode:
    return rdf.NamedNode(f"https://example.org/n{number}")


def numbers(store: Store, query: str) -> list[int]:
    answer: Any = store.query(query)
    return sorted(int(row[0].value.rpartition("n")[2]) for row in answer)


def test_its_own_graphs_are_not_shown(store: Store, virtuoso_for_keeper: Virtuoso) -> None:
    """Those that the profile names are all that a new Virtuoso has."""
    found = virtuoso_for_keeper.sql("SPARQL SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } };\n")
    assert {line for line in found.splitlines() if line.startswith("http")} == set(OWN)
    assert store.graphs() == []


def test_a_path_beside_one_derived_graph_is_answered_and_beside_two_refused(store: Store) -> None:
    chain = [rdf.Triple(node(number), P, node(number + 1)) for number in range(4)]
    store.add(G, [*chain, rdf.Triple(node(0), Q, node(9))])
    store.add(DERIVED + "one", [rdf.Triple(node(0), P, node(7))])
    query = "SELECT ?n WHERE { ?x <https://example.org/q> ?y ; <https://example.org/p>+ ?n }"
    assert numbers(store, query) == [1, 2, 3, 4]
    store.add(DERIVED + "two", [rdf.Triple(node(0), P, node(8))])
    with pytest.raises(StoreError, match="loses rows where a path has"):
        store.query(query)
    assert numbers(store, "SELECT ?n WHERE { ?x <https://example.org/p> ?n }") == [1, 2, 3, 4]


def test_nothing_that_is_cut_off_is_taken_for_the_whole(store: Store) -> None:
    """It gives 10,000 rows at most, and says so only of a SELECT."""
    store.add(G, [rdf.Triple(node(number % 6), P, rdf.Literal(str(number))) for number in range(10_100)])
    for query in ("SELECT ?s WHERE { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"):
        with pytest.raises(StoreError, match="cuts answers off at 10,000 rows"):
            store.query(query)
    assert len(list(store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5000"))) == 5000
    assert len(in_memory(StoreSource(store, None, remote=True)).engine) == 10_100


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "SELECT * WHERE { ?s ?p ?o }"),
        ("PREFIX a: <b> CONSTRUCT { ?s a:p 1 } { ?s ?p ?o { ?a ?b ?c } } LIMIT 3", "PREFIX a: <b> SELECT * { ?s ?p ?o { ?a ?b ?c } } LIMIT 3"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "SELECT * WHERE { ?s ?p ?o }"),
        ("CONSTRUCT { ?s ?p ?o } FROM <g> WHERE { ?s ?p ?o }", "SELECT * FROM <g> WHERE { ?s ?p ?o }"),
        ("DESCRIBE ?x { ?x a ?y }", "SELECT * { ?x a ?y }"),
        ("DESCRIBE <x>", None),
        ("SELECT * { }", None),
    ],
)
def test_the_rows_behind_triples(text: str, rows: str | None) -> None:
    assert rows_of(text) == rows


def test_truth_values_are_words(store: Store) -> None:
    boolean = rdf.NamedNode("http://www.w3.org/2001/XMLSchema#boolean")
    store.add(G, [rdf.Triple(node(0), P, rdf.Literal("true", datatype=boolean))])
    answer: Any = store.query("SELECT ?o WHERE { ?s ?p ?o }")
    assert [row["o"] for row in answer] == [rdf.Literal(True)]


def test_a_row_comes_once_where_it_is_asked_for_once() -> None:
    row = b'{"x": {"type": "literal", "value": "a"}}'
    content = b'{"head": {"vars": ["x"]}, "results": {"bindings": [' + b",".join([row] * 3) + b"]}}"
    assert mended(content, "SELECT DISTINCT ?x WHERE { }").count(b'"value"') == 1
    assert mended(content, "SELECT ?x WHERE { { SELECT DISTINCT ?x WHERE { } } }").count(b'"value"') == 3
    assert mended(b'{"head": {}, "boolean": true}', "ASK { }") == b'{"head": {}, "boolean": true}'


def answers(request: Request, status: int, content: bytes, **headers: str) -> None:
    request.name = "Virtuoso/07.20.3229"
    if b"GRAPH" in request.body:
        request.rows("g")
    else:
        request.answer(status, content, "application/sparql-results+json", **headers)


def test_an_answer_in_part_is_no_answer() -> None:
    empty = b'{"head": {"vars": ["s"]}, "results": {"bindings": []}}'
    with fake_server(lambda request: answers(request, 200, empty, X_SQL_State="S1TAT")) as (url, seen):
        with pytest.raises(QueryTimeout, match="gave the query up and answers in part"):
            open_store(endpoint=url).query("SELECT ?s WHERE { ?s ?p ?o }", timeout=1.5)
    assert b"&timeout=1500" in seen[-1].body  # so that it does not go on for nobody


def test_a_query_that_it_thinks_too_costly_is_tried_with_less_hidden() -> None:
    said = b"Virtuoso 42000 Error The estimated execution time 517 (sec) exceeds the limit of 400 (sec)."
    with fake_server(lambda request: answers(request, 500, said)) as (url, seen):
        with pytest.raises(StoreError, match="MaxQueryCostEstimationTime in the .SPARQL. part of the server's ini"):
            open_store(endpoint=url).query("SELECT ?s WHERE { ?s ?p ?o }")
    assert [request.body.count(b"default-graph-exclude") for request in seen[-2:]] == [3, 1]
