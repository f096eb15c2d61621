"""Query texts before the engine sees them: headers, tokens, the guard, and the binding of parameters."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from small_project import kb

from kb import rdf, sparql
from kb.cli.query import assignments
from kb.errors import InputError, UsageError
from kb.namespaces import PREFIXES
from kb.project import find_project
from kb.queries import asking, binding, bundled, guard, parameters, syntax_errors
from kb.queries.header import Header, Parameter, parse_header
from kb.results.labels import Finder, fold
from kb.sources import MemorySource

PROJECT = find_project()
BUNDLED = bundled.paths(PROJECT)


# --- headers

HEADER = """\
# question@en: Which?
# question@es: ¿Cuál?
# subject: things
# example: kb query x
"""


def header(*lines: str) -> Header:
    return parse_header(HEADER + "\n".join(lines) + "\nSELECT * {}\n# param: later type=nothing", "x.rq")


def test_a_header_in_full() -> None:
    found = header(
        "# param: place type=iri kind=place,actor values=places | where | dónde",
        '# param: words type=string default="two words" | which',
        "#     words to look for",
        "# param: since type=date optional",
        "# note: First.",
        "# example: kb query x -p place=here",
        "# A free remark with a colon: it says nothing to a program.",
    )
    assert found.values == {
        "question@en": "Which?", "question@es": "¿Cuál?", "subject": "things", "example": "kb query x",
    }  # fmt: skip
    place, words, since = found.parameters
    assert place == Parameter("place", "iri", ("place", "actor"), description=("where", "dónde"), values="places")
    assert found.examples == ("kb query x", "kb query x -p place=here")
    assert (words.default, words.described("es")) == ("two words", "which words to look for")
    assert (since.optional, since.default, since.type) == (True, None, "date")
    assert found.notes == ("First.",)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("# parm: x type=iri", "unknown key 'parm:' in the header; did you mean param?"),
        ("# subject: again", "'subject' comes twice"),
        ("# param: x type=iri\n# param: x type=string", "'x' is described twice"),
        ("# param: x", "'x' needs a type"),
        ("# param: x type=float", "'x' needs a type"),
        ("# param: ?x type=iri", "cannot be a parameter's name"),
        ("# param: x type=iri kind=plcae", "did you mean place?"),
        ("# param: x type=string kind=place", "must be iri"),
        ("# param: x type=string default=a optional", "optional already"),
        ("# param: x type=string default=a words", "cannot read 'words'"),
        ("# param: x type=iri value=places", "cannot read 'value=places'"),
        ("# example:", "'example' says nothing"),
    ],
)
def test_a_header_that_says_something_wrong(line: str, words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)) as caught:
        header(line)
    assert str(caught.value).startswith(f"x.rq:{5 + line.count(chr(10))}: ")


def test_a_bundled_query_needs_its_header(tmp_path: Path) -> None:
    path = tmp_path / "x.rq"
    path.write_text("# question@en: Which?\nSELECT * {}")
    with pytest.raises(InputError, match="lacks question@es, subject, example"):
        bundled.read(path)


@pytest.mark.parametrize("name", sorted(BUNDLED))
def test_bundled_queries_keep_the_convention(name: str) -> None:
    query = bundled.read(BUNDLED[name])
    known = {parameter.name: parameter for parameter in query.parameters}
    required = {p.name for p in query.parameters if p.default is None and not p.optional and p.name != "lang"}
    for example in query.examples:
        words = shlex.split(example)
        assert words[:3] == ["kb", "query", name], "the example calls the query itself"
        given = assignments(words[i + 1] for i, word in enumerate(words) if word in ("-p", "--param"))
        assert required <= given.keys() <= known.keys()
    assert known.keys() <= set(sparql.variables(query.text)), "every parameter is a variable of the query"
    guard.check(query.text, name)
    if sparql.form(query.text) == "SELECT":
        assert sparql.is_ordered(query.text)
    # With every parameter bound, and with only the required ones, the engine takes it.
    values = {
        "iri": rdf.NamedNode("http://example.org/x"), "integer": rdf.Literal(1), "decimal": rdf.Literal(1),
        "boolean": rdf.Literal(True), "date": rdf.Literal("2020"), "string": rdf.Literal("x"),
    }  # fmt: skip
    for chosen in (query.parameters, [p for p in query.parameters if not p.optional]):
        text = binding.bind(query.text, {p.name: values[p.type] for p in chosen}, name)
        try:
            rdf.Store().query(text, prefixes=PREFIXES)
        except SyntaxError as error:
            pytest.fail(f"with {[p.name for p in chosen]} bound: {error}")


EXAMPLES = [example for path in BUNDLED.values() for example in bundled.read(path).examples]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_in_a_header_works(example: str) -> None:
    done = kb(*shlex.split(example)[1:])
    assert done.returncode == 0 and (done.stderr == "" or done.stderr.startswith("0 rows: "))
    assert done.stdout.strip()


def test_two_queries_of_one_name(tmp_path: Path) -> None:
    from kb.project import Project

    for folder in ("competency", "reports"):
        (tmp_path / "queries" / folder).mkdir(parents=True)
        (tmp_path / "queries" / folder / "same.rq").write_text(HEADER)
    with pytest.raises(InputError, match="already that of"):
        bundled.paths(Project(tmp_path))


# --- tokens

TRICKY = '''PREFIX ex: <http://e/#x> # a comment { "
SELECT ?a ("x { # \\" y" AS ?b) WHERE { ?s ex:a\\'b ex:c. ?s ?p <http://x/#y>, """ " } "" """ .
  FILTER(?a<3 && ?b>4) _:b ex:e.f "a"@en-GB , "1"^^xsd:integer , \'\'\'it's } \'\'\' . $d a :z } # ?no
'''


def test_strings_iris_and_comments_hide_nothing_and_show_nothing() -> None:
    found = list(sparql.tokens(TRICKY))
    assert [token.text for token in found if token.text in "{}"] == ["{", "}"]
    assert sparql.variables(TRICKY) == ["a", "b", "s", "p", "d"]
    assert [token.text for token in found if token.kind == "string"] == [
        '"x { # \\" y"', '""" " } "" """', '"a"', '"1"', "'''it's } '''",
    ]  # fmt: skip
    assert [token.text for token in found if token.kind == "name"] == [
        "ex:", "ex:a\\'b", "ex:c", "ex:e.f", "xsd:integer", ":z",
    ]  # fmt: skip
    assert sparql.declared_prefixes(TRICKY) == {"ex": "http://e/#x"}
    for token in found:
        assert TRICKY[token.start :].startswith(token.text)


@pytest.mark.parametrize(
    ("text", "form", "ordered", "all_of_it"),
    [
        ("SELECT * {}", "SELECT", False, True),
        ("PREFIX a: <b:c> BASE <x:y> select distinct * {} order by ?x", "SELECT", True, True),
        ("SELECT ?x { { SELECT * {} ORDER BY ?y } }", "SELECT", False, False),
        ("# SELECT\nASK { 'ORDER' ?p 1 }", "ASK", False, False),
        ("CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c }", "CONSTRUCT", False, False),
        ("PREFIX a: <b:c> DELETE WHERE { ?s ?p ?o }", "DELETE", False, False),
        ("{ SELECT * {} }", None, False, True),
        ("", None, False, False),
    ],
)
def test_what_kind_of_query(text: str, form: str | None, ordered: bool, all_of_it: bool) -> None:
    assert (sparql.form(text), sparql.is_ordered(text)) == (form, ordered)
    if form == "SELECT":
        assert sparql.selects_all(text) is all_of_it


@pytest.mark.parametrize("piece", ['"\\', '"""', "'''a''", "<", "a:.", "%", '"a', "\\u", "{|", "?"])
def test_tokens_of_anything_are_all_of_it(piece: str) -> None:
    text = piece * 2000
    assert "".join(token.text for token in sparql.tokens(text)) == text


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("SELECT ?g { GRAPH ?g { ?s ?p ?o } }", True),
        ("select * from <x:y> { ?s ?p ?o }", True),
        ("SELECT ?x { ?x mm:fromClaim ?graph } # FROM", False),
        ("SELECT ?x { ?x rdfs:label 'GRAPH' }", False),
        ("SELECT ?x { \\u0047RAPH ?g { ?x rdfs:label 'FROM' } }", True),
        ("SELECT ?x { ?x a ?y }", False),
    ],
)
def test_only_a_keyword_makes_a_query_ask_of_graphs(text: str, may: bool) -> None:
    assert asking._may_use_graphs(text) is may


# --- the guard


@pytest.mark.parametrize(
    "text",
    [
        TRICKY.replace(":z", "ex:z"),
        "SELECT * { ?s ?p 'SERVICE', \"LOAD <x>\" } # SERVICE\n",
        "SELECT ?service ?load { ?service rdfs:label ?load }",
        "SELECT * { ?x ?y " + "( " * 40 + "1" + " )" * 40 + " }",
        "SELECT * { VALUES ?x { " + "1 " * 20_000 + "} FILTER(?x IN (" + "1, " * 20_000 + "2)) }",
        "DESCRIBE place:norland",
        "PREFIX mine: <http://e/> ASK { mine:a ?p ?o }",
    ],
)
def test_the_guard_lets_sound_queries_through(text: str) -> None:
    guard.check(text, "query")


@pytest.mark.parametrize("opening", ["{", "(", "[", "<<", "{ SELECT * {", "FILTER EXISTS {", "OPTIONAL {", "STR("])
def test_the_guard_stops_nesting_before_the_engine_dies_of_it(opening: str) -> None:
    with pytest.raises(InputError, match="nested more than 100 deep"):
        guard.check("SELECT * WHERE { " + opening * 101, "query")


@pytest.mark.parametrize("link", ["+1", "*1", "/a", "|a", "||true", "&&true", "!", "UNION{}", "OPTIONAL{}", "MINUS{}",
                                  "BIND(1 AS ?x)", "FILTER(1)", "VALUES ?x {1}"])  # fmt: skip
def test_the_guard_stops_long_chains(link: str) -> None:
    with pytest.raises(InputError, match="more than 1,000 operators"):
        guard.check("SELECT * WHERE { " + link * 1001, "query")


def test_escapes_hide_neither_words_nor_nesting() -> None:
    for text in ("SELECT * { \\u0053ERVICE <x:y> {} }", "SELECT * { S\\U00000045RVICE <x:y> {} }"):
        with pytest.raises(InputError, match="SERVICE"):
            guard.check(text, "query")
    with pytest.raises(InputError, match="nested"):
        guard.check("SELECT * { " + "\\u007B" * 200, "query")


# --- binding

X = rdf.NamedNode("http://e/x")


def bound(text: str, **values: rdf.Literal | rdf.NamedNode) -> str:
    return binding.bind(text, values, "query")


def answers(text: str, **values: rdf.Literal | rdf.NamedNode) -> list[list[str]]:
    store = rdf.Store()
    store.load(
        b"@prefix e: <http://e/> . e:x e:p 1 , 2 ; e:q e:y . e:y e:p 2 , 3 .", format=rdf.RdfFormat.TURTLE
    )
    solutions = store.query(bound(text, **values), prefixes={"e": "http://e/"})
    return sorted(["" if term is None else term.value for term in row] for row in solutions)


def test_a_value_is_bound_where_the_query_begins_and_where_it_is_mentioned() -> None:
    assert bound("SELECT ?a { ?a ?b ?s }", s=X) == "SELECT ?a { VALUES (?s) { (<http://e/x>) }  ?a ?b ?s }"
    text = bound("SELECT ?a { ?a ?b ?c { ?s ?d ?e } UNION { ?f ?g ?h } }", s=X)
    assert text.count("VALUES") == 2 and "UNION { ?f" in text
    assert bound("SELECT ?a { }", s=X).count("VALUES") == 1
    assert bound("SELECT ?a { }") == "SELECT ?a { }"
    assert bound("SELECT * {\n?a ?b ?s }\n", s=X).count("\n") == 2


def test_a_literal_takes_the_place_of_a_variable_that_is_only_compared() -> None:
    text = "SELECT ?a { ?a ?b ?c FILTER(LANG(?c) = ?l) { SELECT ?a { ?a ?d ?e FILTER(?e!=?l) } } }"
    written = 'SELECT ?a { ?a ?b ?c FILTER(LANG(?c) =  "en") { SELECT ?a { ?a ?d ?e FILTER(?e!= "en") } } }'
    assert bound(text, l=rdf.Literal("en")) == written
    assert bound("SELECT ?a { ?a ?b ?c FILTER(?c = ?ll || ?c = ?l) }", l=rdf.Literal(1)).endswith(f"?c = ?ll || ?c =  {rdf.Literal(1)}) }}")
    assert "VALUES (?l)" in bound(text, l=X)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?l { ?a ?b ?c FILTER(?c = ?l) }", "SELECT * { ?a ?b ?c FILTER(?c = ?l) }", "SELECT ?a { ?a ?b ?l FILTER(?b = ?l) }",
        "SELECT ?a { ?a ?b ?c FILTER(!BOUND(?l) || ?c = ?l) }", "SELECT ?a { ?a ?b ?c FILTER(?l = ?c) }", "SELECT ?a { BIND(1 AS ?l) ?a ?b ?c FILTER(?c = ?l) }",
    ],
)  # fmt: skip
def test_where_the_variable_does_more_than_that_it_stays(text: str) -> None:
    assert re.sub(r' VALUES \(\?l\) \{ \("en"\) \} ', "", bound(text, l=rdf.Literal("en"))) == text


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT ?o { ?s e:p ?o }", [["1"], ["2"]]),
        ("SELECT ?s { ?s e:p 3 }", []),
        ("SELECT ?o { ?s e:p ?o { FILTER(?o > 1) } UNION { ?a e:p ?o FILTER(?a = ?s && ?o > 1) } }", [["2"]]),
        ("SELECT ?n { { SELECT (COUNT(*) AS ?n) { ?s e:p ?o } } }", [["2"]]),
        ("SELECT ?n { { SELECT (COUNT(*) AS ?n) WHERE { ?a e:p ?o FILTER(?a != ?s) } } }", [["2"]]),
        ("SELECT ?s ?n { { SELECT ?s (COUNT(*) AS ?n) { ?a e:p ?o } GROUP BY ?s } }", [["http://e/x", "4"]]),
        ("SELECT DISTINCT ?a { ?a e:p ?o MINUS { ?a e:p ?v FILTER(?a = ?s) } }", [["http://e/y"]]),
        ("SELECT DISTINCT ?a { ?a e:p ?o FILTER NOT EXISTS { ?s e:p ?o } }", [["http://e/y"]]),
        ("SELECT DISTINCT ?a ?t { ?a e:p ?o OPTIONAL { ?a e:q ?t FILTER(?a = ?s) } }",
         [["http://e/x", "http://e/y"], ["http://e/y", ""]]),
        ("SELECT ?o { VALUES ?v { 1 2 } ?s e:p ?o FILTER(?o = ?v) }", [["1"], ["2"]]),
        ("SELECT ?o WHERE { ?s e:q/e:p ?o } ORDER BY DESC(?o) LIMIT 1", [["3"]]),
        ("SELECT (SUM(?o) AS ?n) { ?s e:p ?o } GROUP BY ?s", [["3"]]),
    ],
)  # fmt: skip
def test_a_parameter_has_its_value_everywhere(query: str, rows: list[list[str]]) -> None:
    assert answers(query, s=X) == rows


def test_other_forms_of_query() -> None:
    store = rdf.Store()
    store.add(rdf.Quad(X, X, rdf.Literal(1)))
    assert bool(store.query(bound("ASK { ?s ?p 1 }", s=X)))
    assert len(list(store.query(bound("DESCRIBE ?s", s=X)))) == 1
    assert len(list(store.query(bound("CONSTRUCT { ?s ?p ?s } WHERE { ?s ?p ?o }", s=X)))) == 1
    with pytest.raises(InputError, match="CONSTRUCT WHERE has no room"):
        bound("CONSTRUCT WHERE { ?s ?p ?o }", s=X)


@pytest.mark.parametrize("value", ['"', "\\", "'''", '"""', "} #", "\n", "\r\n\t", "\x00\x1b", "ñ😀", "\\u0022", "?s {", "%"])
def test_no_value_gets_out_of_its_literal(value: str) -> None:
    for literal in (rdf.Literal(value), rdf.Literal(value, language="en")):
        assert answers("SELECT ?v { }", v=literal) == [[value]]


@pytest.mark.parametrize("text", ["a> b", "a\nb", "a{b}", "http://e/ >", 'http://e/"'])
def test_no_iri_gets_out_of_its_brackets(text: str) -> None:
    for value in (f"<{text}>", f"http://{text}"):
        with pytest.raises(UsageError, match="is not an IRI"):
            parameters.plain_term(value)


def finder() -> Finder:
    store = rdf.Store()
    label = rdf.NamedNode(PREFIXES["skos"] + "prefLabel")
    store.add(rdf.Quad(rdf.NamedNode(PREFIXES["place"] + "norland"), label, rdf.Literal("Norland", language="en")))
    return Finder(MemorySource(store))


@pytest.mark.parametrize(
    ("type", "value", "term"),
    [
        ("string", " 5 ", '" 5 "'),
        ("integer", "-5", '"-5"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("decimal", "2.50", '"2.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("boolean", "true", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
        ("date", "2020", '"2020"^^<http://www.w3.org/2001/XMLSchema#gYear>'),
        ("date", "2020-02", '"2020-02"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>'),
        ("date", "2020-02-29", '"2020-02-29"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("iri", "http://e/x", "<http://e/x>"),
        ("iri", "urn:x:y", "<urn:x:y>"),
        ("iri", "skos:Concept", "<http://www.w3.org/2004/02/skos/core#Concept>"),
        ("iri", "norland", "<https://w3id.org/medical-missions/id/place/norland>"),
    ],
)
def test_terms_by_type(type: str, value: str, term: str) -> None:
    assert str(parameters.term(Parameter("x", type), value, finder())) == term


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("integer", "5.0"), ("integer", ""), ("integer", "٣"), ("decimal", "1e5"), ("boolean", "yes"), ("date", "2021-02-29"),
        ("date", "20"), ("date", "2020-13"), ("date", "2020-01-01T00:00:00"), ("iri", "<a b>"), ("iri", "scos:Concept"),
    ],
)  # fmt: skip
def test_values_of_another_type(type: str, value: str) -> None:
    with pytest.raises(UsageError, match="'x'|not an IRI"):
        parameters.term(Parameter("x", type), value, finder())


def test_folding() -> None:
    assert fold("  Más   MÉDICOS ") == fold("mas medicos")
    assert fold("Straße") == fold("STRASSE")
    assert fold("Côte") == fold("COTE")


def test_a_parameter_that_the_query_assigns_itself() -> None:
    text = "SELECT ?s { BIND(1 AS ?s) }"
    store = rdf.Store()
    with pytest.raises(SyntaxError) as caught:
        store.query(bound(text, s=X))
    error = syntax_errors.bound_query_error(caught.value, bound(text, s=X), text, "query", None)
    assert "a parameter cannot be bound" in str(error)
