"""The forms of an answer: W3C's are exact, those for people are readable, and none sends control characters raw."""

from __future__ import annotations

import csv
import io
import json
import re
from xml.etree import ElementTree

import pytest

from kb import rdf, results
from kb.errors import UsageError
from kb.namespaces import PREFIXES
from kb.results import columns
from kb.results.answers import Graph, Rows, collect

NAME = rdf.NamedNode(PREFIXES["place"] + "norland")
NASTY = "red \x1b[31m \x07 \x9b2J \u202e \u2028 tab\tline\nreturn\r quote\" back\\slash <b>|&'"
XSD = PREFIXES["xsd"]

ROWS = Rows(
    ("thing", "value"),
    [
        (NAME, rdf.Literal(NASTY)),
        (rdf.BlankNode("b1"), rdf.Literal("sí", language="es")),
        (None, rdf.Literal("1.50", datatype=rdf.NamedNode(XSD + "decimal"))),
        (NAME, rdf.Literal("7", datatype=rdf.NamedNode(XSD + "integer"))),
        (NAME, rdf.Literal("true", datatype=rdf.NamedNode(XSD + "boolean"))),
        (NAME, rdf.Literal("2025-06", datatype=rdf.NamedNode(PREFIXES["edtf"] + "EDTF"))),
    ],
)
LABELS = {NAME.value: "Norland"}


def test_no_form_sends_control_characters() -> None:
    graph = Graph([rdf.Triple(NAME, NAME, rdf.Literal(NASTY))])
    written = [results.write(ROWS, name, LABELS) for name in (*results.HUMAN, *results.EXACT)]
    written += [results.write(graph, name) for name in results.GRAPH]
    for text in written:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202e]", text), text


@pytest.mark.parametrize(
    ("name", "format"), [("srj", rdf.QueryResultsFormat.JSON), ("tsv", rdf.QueryResultsFormat.TSV)]
)
def test_w3c_forms_are_read_back_as_they_were(name: str, format: rdf.QueryResultsFormat) -> None:
    read = rdf.parse_query_results(results.write(ROWS, name).encode(), format)
    assert [variable.value for variable in read.variables] == ["thing", "value"]
    assert [_comparable(tuple(row)) for row in read] == [_comparable(row) for row in ROWS.rows]


def test_w3c_xml_is_read_back_but_for_what_xml_cannot_say() -> None:
    text = results.write(ROWS, "xml")
    read = list(rdf.parse_query_results(text.encode(), rdf.QueryResultsFormat.XML))
    assert [_comparable(tuple(row)) for row in read[1:]] == [_comparable(row) for row in ROWS.rows[1:]]
    assert ElementTree.fromstring(text)[1][0][1][0].text == NASTY.replace("\x1b", "\ufffd").replace("\x07", "\ufffd")


def _comparable(row: tuple) -> list[str]:
    return ["_:b" if isinstance(term, rdf.BlankNode) else str(term) for term in row]


@pytest.mark.parametrize(("name", "format"), [("ttl", rdf.RdfFormat.TURTLE), ("nt", rdf.RdfFormat.N_TRIPLES)])
def test_triples_are_read_back_as_they_were(name: str, format: rdf.RdfFormat) -> None:
    triples = [rdf.Triple(NAME, NAME, term) for row in ROWS.rows for term in row if isinstance(term, rdf.Literal)]
    text = results.write(Graph(triples), name)
    assert {quad.triple for quad in rdf.parse(text, format=format)} == set(triples)
    if name == "ttl":
        assert "@prefix place:" in text and "@prefix skos:" not in text


def test_json_has_plain_values() -> None:
    table = json.loads(results.write(ROWS, "json"))
    assert table[0] == {"thing": NAME.value, "value": NASTY}
    assert [row["value"] for row in table[1:]] == ["sí", 1.5, 7, True, "2025-06"]
    assert table[2]["thing"] is None
    assert [json.loads(line) for line in results.write(ROWS, "jsonl").splitlines()] == table


@pytest.mark.parametrize("format", ["table", "csv", "md", "tsv", "json", "jsonl"])
def test_a_truth_value_in_a_word(format: str) -> None:
    assert results.write(True, format) == "true\n"


def test_a_truth_value_in_w3c_forms() -> None:
    for format, name in ((rdf.QueryResultsFormat.JSON, "srj"), (rdf.QueryResultsFormat.XML, "xml")):
        assert bool(rdf.parse_query_results(results.write(False, name).encode(), format)) is False


def test_forms_that_an_answer_does_not_have() -> None:
    for answer, format in ((ROWS, "ttl"), (True, "nt"), (Graph([]), "csv"), (Graph([]), "srj")):
        with pytest.raises(UsageError, match=f"not {format}"):
            results.write(answer, format)


def test_no_rows() -> None:
    empty = Rows(("a", "b"), [])
    assert results.write(empty, "csv") == "a,b\n"
    assert results.write(empty, "table") == "a  b\n─  ─\n"
    assert results.write(empty, "md") == "| a | b |\n| --- | --- |\n"
    assert json.loads(results.write(empty, "srj")) == {"head": {"vars": ["a", "b"]}, "results": {"bindings": []}}


def test_csv_runs_no_formula_and_leaves_numbers_alone() -> None:
    cells = ["=1+1", "+1", "-1", "@x", "a=b", "", 'say "x", y', "two\nlines"]
    rows = Rows(("t", "n"), [(rdf.Literal(cell), rdf.Literal(-5)) for cell in cells])
    read = list(csv.reader(io.StringIO(results.write(rows, "csv"))))
    assert [row[0] for row in read[1:]] == ["'=1+1", "'+1", "'-1", "'@x", "a=b", "", 'say "x", y', "two lines"]
    assert {row[1] for row in read[1:]} == {"-5"}
    formula = Rows(("x",), [(NAME,)])
    assert results.write(formula, "csv", {NAME.value: "=cmd|x"}) == "x\n'=cmd|x\n"


def test_a_shared_label_is_told_apart() -> None:
    other = rdf.NamedNode(PREFIXES["actor"] + "norland")
    rows = Rows(("x",), [(NAME,), (other,)])
    labels = {NAME.value: "Norland", other.value: "Norland"}
    assert results.write(rows, "csv", labels) == "x\nNorland (place:norland)\nNorland (actor:norland)\n"
    assert results.write(rows, "csv") == "x\nplace:norland\nactor:norland\n"


def test_markdown_keeps_its_columns() -> None:
    row = results.write(Rows(("x",), [(rdf.Literal("a|b *c* <img src=x> [l](u)"),)]), "md").splitlines()[2]
    assert row == r"| a\|b \*c\* &lt;img src=x&gt; \[l\](u) |"


def test_a_table_is_aligned_by_what_a_terminal_shows() -> None:
    rows = Rows(
        ("name", "n"),
        [(rdf.Literal("e\u0301a"), rdf.Literal(5)), (rdf.Literal("日本"), rdf.Literal(1200)), (rdf.Literal("abc"), None)],
    )
    assert results.write(rows, "table") == "name     n\n────  ────\ne\u0301a       5\n日本  1200\nabc\n"


@pytest.mark.parametrize("width", [34, 35, 47, 80, 200])
def test_a_table_is_fitted_to_its_terminal(width: int) -> None:
    words = "one two three four five six seven eight nine ten " * 3
    rows = Rows(("a", "b"), [(rdf.Literal(words), rdf.Literal("#" * 60)), (rdf.Literal("s"), rdf.Literal("t"))])
    text = results.write(rows, "table", width=width)
    assert max(columns.text_width(line) for line in text.splitlines()) <= width
    first = [line[: text.splitlines()[1].index(" ")].strip() for line in text.splitlines()[2:-1]]
    assert " ".join(" ".join(first).split()) == words.strip()
    assert text.count("#") == 60


def test_a_table_too_wide_for_its_terminal_is_a_list() -> None:
    words = [rdf.Literal("some words that need their space"), None, rdf.Literal("longer " * 8), rdf.Literal(5)]
    rows = Rows(("first", "none", "c", "n"), [tuple(words), (words[0], None, None, None)])
    assert results.write(rows, "table", width=36) == (
        "first  some words that need their\n       space\n"
        "c      longer longer longer longer\n       longer longer longer longer\nn      5\n"
        "\nfirst  some words that need their\n       space\n"
    )


def test_order_where_the_query_has_none() -> None:
    store = rdf.Store()
    for number in (10, 9, 100):
        store.add(rdf.Quad(NAME, NAME, rdf.Literal(number)))
    store.add(rdf.Quad(NAME, NAME, rdf.Literal("b")))
    store.add(rdf.Quad(NAME, NAME, NAME))
    answer = collect(store.query("SELECT ?o { ?s ?p ?o }"), ordered=False)
    assert [row[0].value for row in answer.rows] == [NAME.value, "9", "10", "100", "b"]
    kept = collect(store.query("SELECT ?o { ?s ?p ?o FILTER(ISNUMERIC(?o)) } ORDER BY DESC(?o)"), ordered=True)
    assert [row[0].value for row in kept.rows] == ["100", "10", "9"]


def test_limits() -> None:
    store = rdf.Store()
    for number in range(5):
        store.add(rdf.Quad(NAME, NAME, rdf.Literal(number)))
    query = "SELECT ?o { ?s ?p ?o } ORDER BY ?o"
    assert [len(collect(store.query(query), n).rows) for n in (0, 3, 5, 9)] == [0, 3, 5, 5]
    assert [collect(store.query(query), n).more for n in (0, 3, 5, 9, None)] == [True, True, False, False, False]
    graph = collect(store.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"), 2)
    assert (len(graph.triples), graph.more) == (2, True)
