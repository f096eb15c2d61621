"""The SHACL engines behind one function: results in the very terms that were given, queries that both read alike, and
which engine is trusted with what. ``test_engines_agree`` compares them on the project's own shapes and data."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import pytest

from kb import rdf
from kb.cli.validate import command
from kb.errors import InputError, UsageError
from kb.validation.engine import CHOICES, Result, load, run
from kb.validation.lookups import Index
from kb.validation.shapes import Shapes

EX, SH = "http://example.org/", "http://www.w3.org/ns/shacl#"
PREFIXES = """@prefix : <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
DECLARED = """:names sh:declare [ sh:prefix "" ; sh:namespace "http://example.org/"^^xsd:anyURI ] ,
    [ sh:prefix "xsd" ; sh:namespace "http://www.w3.org/2001/XMLSchema#"^^xsd:anyURI ] .
"""


@pytest.fixture(params=["pyshacl", "shacl", "shacl and queries"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name = request.param.split()[0]
    if name == "shacl":
        pytest.importorskip("shacl", reason="there is no wheel of it for this machine")
    if request.param != name:
        monkeypatch.setattr("kb.validation.engine_shacl.ENOUGH", 0)
    return name


@pytest.fixture
def fast() -> str:
    pytest.importorskip("shacl", reason="there is no wheel of it for this machine")
    return "shacl"


def parsed(text: str) -> list[rdf.Quad]:
    return list(rdf.parse(PREFIXES + text, format=rdf.RdfFormat.TURTLE))


def local(name: str) -> rdf.NamedNode:
    return rdf.NamedNode(EX + name)


def object_of(quads: Iterable[rdf.Quad], subject: object, name: str) -> rdf.NamedNode | rdf.BlankNode | rdf.Literal:
    return next(q.object for q in quads if q.subject == subject and q.predicate.value in (SH + name, EX + name))


def component(result: Result) -> str:
    return result.component.removeprefix(SH).removesuffix("ConstraintComponent")


def told(results: Iterable[Result]) -> list[str]:
    """The focus node and the value of each result, as they stand in the tables below."""

    def word(term: object) -> str:
        if isinstance(term, rdf.BlankNode):
            return "[]"
        return term.value.rpartition("/")[2] if isinstance(term, rdf.NamedNode) else term.value

    return sorted(" ".join(word(term) for term in (result.focus, result.value) if term is not None) for result in results)


# --- results in the terms that were given -----------------------------------------------------------------------------


def test_shape_without_an_iri_is_reported_as_the_blank_node_that_it_is(engine: str) -> None:
    shapes = parsed(
        """:S a sh:NodeShape ; sh:targetClass :T ; sh:property [ sh:path :p ; sh:not [ sh:class :U ] ;
            sh:property [ sh:path ( :q [ sh:inversePath :r ] ) ; sh:minCount 1 ] ] ;
            sh:or ( [ sh:property [ sh:path :none ; sh:minCount 1 ] ] [ sh:closed true ] ) .
        [] sh:targetClass :T ; sh:property [ sh:path [ sh:zeroOrMorePath :p ] ; sh:maxCount 1 ] ."""
    )
    outer = object_of(shapes, local("S"), "property")
    inner = object_of(shapes, outer, "property")
    anonymous = next(q.subject for q in shapes if q.predicate.value == f"{SH}targetClass" and q.subject != local("S"))
    results = run(parsed(":a a :T ; :p :b . :b a :U ."), shapes, engine)
    assert {(component(r), r.focus, r.shape, r.path) for r in results} == {
        ("Not", local("a"), outer, local("p")),
        ("MinCount", local("b"), inner, None),
        ("Or", local("a"), local("S"), None),
        ("MaxCount", local("a"), object_of(shapes, anonymous, "property"), None),
    }


def test_blank_nodes_of_the_data_come_back_as_themselves(engine: str) -> None:
    data = parsed("_:x a :T ; :p _:y . _:y :q _:z . :c a :T ; :p [ ] . _:unseen :q 1 .")
    shapes = Shapes(
        parsed(
            """:S a sh:NodeShape ; sh:targetClass :T ; sh:property [ sh:path ( :p :q ) ; sh:nodeKind sh:IRI ] ;
            sh:property [ sh:path :p ; sh:minCount 2 ; sh:nodeKind sh:IRI ] . :R sh:targetSubjectsOf :q ; sh:nodeKind sh:Literal ."""
        )
    )
    x = next(q.subject for q in data if isinstance(q.subject, rdf.BlankNode) and q.predicate == rdf.RDF_TYPE)
    y, other = object_of(data, x, "p"), object_of(data, local("c"), "p")
    z, unseen = object_of(data, y, "q"), next(q.subject for q in data if q.object == rdf.Literal(1))
    expected = {
        ("MinCount", x, None), ("NodeKind", x, y), ("NodeKind", x, z), ("MinCount", local("c"), None),
        ("NodeKind", local("c"), other), ("NodeKind", y, y), ("NodeKind", unseen, unseen),
    }  # fmt: skip
    aimed = shapes.aimed_at(shapes.targets(Index(data)))
    for stated in (shapes.quads, aimed):  # found by the engine, and named by us
        assert {(component(r), r.focus, r.value) for r in run(data, stated, engine)} == expected


def test_blank_node_that_a_query_finds_comes_back_as_itself(engine: str) -> None:
    data = parsed(":a a :T ; :p [ :q 1 ] . :b a :T ; :p [ :q 2 ] .")
    shapes = parsed(':S sh:targetClass :T ; sh:sparql [ sh:select "SELECT $this ?value WHERE { $this <http://example.org/p> ?value }" ] .')
    values = {object_of(data, local(name), "p") for name in "ab"}
    assert {result.value for result in run(data, shapes, engine, own=True)} == values


def test_path_of_a_result_is_a_property_or_the_shapes_own(engine: str) -> None:
    shapes = parsed(
        """:S sh:targetNode :a ; sh:closed true ; sh:ignoredProperties ( :p ) ; sh:property :Direct , :Through ; sh:node :Inner .
        :Direct sh:path :p ; sh:minCount 2 . :Through sh:path ( :p :q ) ; sh:minCount 1 .
        :Inner sh:property [ sh:path :inner ; sh:minCount 1 ] ."""
    )
    results = run(parsed(":a :p :b ; :stray 1 ; <http://www.w3.org/ns/shacl#shape> :S ."), shapes, engine)
    assert {(component(r), r.shape, r.path) for r in results} == {
        ("Closed", local("S"), local("stray")),
        ("Closed", local("S"), rdf.NamedNode(f"{SH}shape")),  # a target in SHACL 1.2, and nothing in 1.0
        ("MinCount", local("Direct"), local("p")),
        ("MinCount", local("Through"), None),
        ("Node", local("S"), None),
    }
    assert len(results) == 5


def test_severity_of_ones_own_deactivated_shapes_and_messages(engine: str) -> None:
    shapes = parsed(
        """:S sh:targetNode :a ; sh:property :P , :Off .
        :P sh:path :p ; sh:minCount 1 ; sh:severity :Grave ; sh:message "one"@en , "uno"@es .
        :Off sh:path :q ; sh:minCount 1 ; sh:deactivated true .
        :Asked sh:targetNode :a ; sh:message "not this"@en ; sh:sparql [ sh:deactivated true ; sh:select "SELECT $this {}" ] ,
            [ sh:message "{$this} is too {?value}"@en , "{$this} es demasiado {?value}"@es ; sh:select "SELECT $this ?value { $this <http://example.org/is> ?value }" ] ."""
    )
    core, asked = run(parsed(':a :is "short" .'), shapes, engine, own=True)[::-1]
    assert (core.severity, core.messages) == (f"{EX}Grave", ())  # those of the shape, with their languages
    assert (asked.shape, asked.messages) == (
        local("Asked"),
        (("en", f"{EX}a is too short"), ("es", f"{EX}a es demasiado short")),
    )


def test_shape_that_two_shapes_hold_is_applied_twice_and_an_answer_given_twice_told_once(engine: str) -> None:
    shapes = parsed(
        """:A sh:targetNode :a ; sh:property :P . :B sh:targetNode :a ; sh:property :P . :P sh:path :p ; sh:maxCount 1 .
        :C sh:targetNode :a ; sh:sparql [ sh:select "SELECT $this { $this <http://example.org/p> ?x }" ] ."""
    )
    assert sorted(map(component, run(parsed(":a :p 1 , 2 ."), shapes, engine, own=True))) == ["MaxCount", "MaxCount", "SPARQL"]


def test_target_that_has_a_query_is_a_node_like_any_other(engine: str) -> None:
    """Shapes are data for the shapes that check shapes; SHACL 1.2 would run the query."""
    both = ':q sh:select "SELECT ?this { ?this a ?nothing }" .'
    shapes = parsed(f":S sh:targetNode :q ; sh:property [ sh:path :p ; sh:minCount 1 ] . {both}")
    assert told(run(parsed(both), shapes, engine, own=True)) == ["q"]


def test_report_among_the_data_is_not_taken_for_the_result(engine: str) -> None:
    data = parsed(":a :p [ a sh:ValidationReport ; sh:result [ a sh:ValidationResult ; sh:focusNode :b ; sh:sourceShape :S ] ] .")
    assert told(run(data, parsed(":S sh:targetNode :a ; sh:closed true ."), engine)) == ["a []"]


def test_shapes_within_shapes(engine: str) -> None:
    nested = "".join(f":S{n} sh:node :S{n + 1} . " for n in range(40))
    assert told(run(parsed(":a :p 1 ."), parsed(f":S0 sh:targetSubjectsOf :p . {nested} :S40 sh:class :T ."), engine)) == ["a a"]


# --- queries ----------------------------------------------------------------------------------------------------------

THINGS = ":a a :T ; :p :b . :b a :T . :c a :T ; :p :a , :b ."
# What a query asks, the data, and the focus node and value of each result, as the words of SHACL and SPARQL have it.
ALIKE = {
    "exists": ("SELECT $this { FILTER EXISTS { $this :p ?x } }", THINGS, ["a a", "c c"]),
    "not exists": ("SELECT $this { FILTER NOT EXISTS { $this :p ?x } }", THINGS, ["b b"]),
    "not exists, nested": ("SELECT $this { FILTER NOT EXISTS { $this :p ?x . FILTER NOT EXISTS { ?x :p ?y } } }", THINGS, ["b b"]),
    "not exists, of a value": ("SELECT $this ?value { $this :p ?value FILTER NOT EXISTS { ?value :p ?x } }", THINGS, ["a b", "c b"]),
    "a filter within": (
        "SELECT $this ?value { $this :p ?value FILTER NOT EXISTS { ?value a ?t FILTER(?value = :b && $this != :c) } }",
        THINGS, ["c a", "c b"],
    ),
    "another with the same key": (
        "SELECT DISTINCT $this ?value { $this :k ?k . ?value :k ?k FILTER($this != ?value) }",
        ":a a :T ; :k 1 . :b a :T ; :k 1 . :c a :T ; :k 2 .", ["a b", "b a"],
    ),
    "optional": ("SELECT $this { $this a :T OPTIONAL { $this :p ?x } FILTER(!BOUND(?x)) }", THINGS, ["b b"]),
    "union": ("SELECT $this { { $this :p :a } UNION { ?x :p $this FILTER(?x != :c) } }", THINGS, ["b b", "c c"]),
    "bound": ("SELECT $this { FILTER(BOUND($this)) }", ":a a :T .", ["a a"]),
    "bind": ("SELECT $this ?value { BIND($this AS ?t) ?t :p ?value }", THINGS, ["a b", "c a", "c b"]),
    "select all": ("SELECT * { $this :p ?value }", THINGS, ["a b", "c a", "c b"]),
    "order and limit": ("SELECT $this ?value { $this :p ?value } ORDER BY ?value LIMIT 1", THINGS, ["a b", "c a"]),
    "sub-select": ("SELECT $this { { SELECT $this (COUNT(?x) AS ?n) { $this :p ?x } GROUP BY $this } FILTER(?n > 1) }", THINGS, ["c c"]),
    "having": ("SELECT $this { $this :p ?x } GROUP BY $this HAVING (COUNT(DISTINCT ?x) > 1)", THINGS, ["c c"]),
    "sum": ("SELECT $this { $this :p ?x } GROUP BY $this HAVING (SUM(?x) != 100)", ":a a :T ; :p 40 , 60 . :b a :T ; :p 40 , 61 .", ["b b"]),
    "path": ("SELECT $this ?value { $this :p+/:q ?value }", ":a a :T ; :p :b . :b :p :c ; :q 1 . :c :q 2 .", ["a 1", "a 2"]),
    "inverse path": ("SELECT $this ?value { $this ^:p* ?value }", ":a a :T . :b :p :a .", ["a a", "a b"]),
    "any property": ("SELECT $this ?path ?value { $this ?path ?value FILTER(isLiteral(?value)) }", ":a a :T ; :p 1 ; :q :z .", ["a 1"]),
    "lexical form": ("SELECT $this ?value { $this :p ?value }", ':a a :T ; :p 01 , 1.50 , "x"@en-GB .', ["a 01", "a 1.50", "a x"]),
    "integers": ("SELECT $this ?value { $this :p ?value ; :q ?q FILTER(?value > ?q) }", ":a a :T ; :p 9 , 10 , 011 ; :q 9 .", ["a 011", "a 10"]),
    "integers and decimals": ("SELECT $this ?value { $this :p ?value FILTER(?value * 2 > 3.5) }", ":a a :T ; :p 1 , 2 , 1.75 , 1.76 .", ["a 1.76", "a 2"]),
    "equal numbers": ("SELECT $this ?value { $this :p ?value ; :q ?q FILTER(?value = ?q) }", ":a a :T ; :p 01 ; :q 1.0 .", ["a 01"]),
    "moments": (
        "SELECT $this ?value { $this :p ?value FILTER(?value < '2020-01-01T12:00:00Z'^^xsd:dateTime) }",
        ":a a :T ; :p '2020-01-01T12:30:00+01:00'^^xsd:dateTime , '2020-01-01T12:30:00Z'^^xsd:dateTime .", ["a 2020-01-01T12:30:00+01:00"],
    ),
    "dates as text": ("SELECT $this ?value { $this :p ?value FILTER(STR(?value) < '2020') }", ":a a :T ; :p '2019-05-01'^^xsd:date , '2020-05-01'^^xsd:date .", ["a 2019-05-01"]),
    "strings in order": ("SELECT $this ?value { $this :p ?value FILTER(?value < 'b') }", ":a a :T ; :p 'a' , 'b' , 'aé' .", ["a a", "a aé"]),
    "a term, not a number": ("SELECT $this { $this :p 1 }", ":a a :T ; :p 01 . :b a :T ; :p 1 .", ["b b"]),
    "starts": ("SELECT $this ?value { $this :p ?value FILTER(STRSTARTS(?value, 'é')) }", ":a a :T ; :p 'éa' , 'ea' , 'é'@es .", ["a é", "a éa"]),
    "ends": ("SELECT $this ?value { $this :p ?value FILTER(STRENDS(STR(?value), '/b')) }", THINGS, ["a b", "c b"]),
    "contains": ("SELECT $this ?value { $this :p ?value FILTER(CONTAINS(?value, 'b')) }", ":a a :T ; :p 'abc' , 'ac' .", ["a abc"]),
    "regular expression": ("SELECT $this ?value { $this :p ?value FILTER(!regex(?value, '^[A-Z][0-9]+$', 'i')) }", ":a a :T ; :p 'a1' , 'A12' , 'ab' .", ["a ab"]),
    "lengths and parts": (
        "SELECT $this ?value { $this :p ?value FILTER(STRLEN(?value) != 2 || SUBSTR(?value, 2, 1) = 'b' || STRBEFORE(?value, 'x') = 'a') }",
        ":a a :T ; :p 'éa' , 'abc' , 'ab' , 'ax' .", ["a ab", "a abc", "a ax"],
    ),
    "numbers in text": ("SELECT $this ?value { $this :p ?value FILTER(xsd:integer(STRAFTER(?value, '-')) > 9) }", ":a a :T ; :p 'x-9' , 'x-10' , 'x' .", ["a x-10"]),
    "languages": ("SELECT $this ?value { $this :p ?value FILTER(langMatches(LANG(?value), 'en') || LANG(?value) = '') }", ":a a :T ; :p 'a'@en-GB , 'b'@es , 'c' .", ["a a", "a c"]),
    "datatypes": ("SELECT $this ?value { $this :p ?value FILTER(DATATYPE(?value) IN (xsd:integer, xsd:string)) }", ":a a :T ; :p 1 , 1.0 , 'c' .", ["a 1", "a c"]),
    "if and coalesce": ("SELECT $this ?value { $this :p ?value OPTIONAL { $this :q ?q } FILTER(IF(COALESCE(?q, 0) > 0, true, ?value > 5)) }", ":a a :T ; :p 1 ; :q 1 . :b a :T ; :p 1 . :c a :T ; :p 6 .", ["a 1", "c 6"]),
    "nodes without a name": ("SELECT $this { FILTER(isBlank($this) && EXISTS { ?x :q $this }) }", "_:x a :T . _:y a :T ; :q _:x . :c a :T .", ["[] []"]),
    "the name of the shape": ("SELECT $this { FILTER($currentShape = :S) }", ":a a :T .", ["a a"]),
}  # fmt: skip


@pytest.mark.parametrize("name", ALIKE)
def test_engines_read_these_queries_alike(engine: str, name: str) -> None:
    query, data, expected = ALIKE[name]
    shapes = parsed(DECLARED + f':S a sh:NodeShape ; sh:targetClass :T ; sh:sparql [ sh:prefixes :names ; sh:select """{query}""" ] .')
    assert told(run(parsed(data), shapes, engine, own=True)) == expected


# Of property shapes: the path, the query, the data, the results. A query that names no value gives none.
OF_PROPERTIES = {
    "property": (":p", "SELECT $this ?value { $this $PATH ?value FILTER(?value > 5) }", ":a a :T ; :p 6 , 5 .", ["a 6"]),
    "the other sign": (":p", "SELECT ?this ?value { ?this ?PATH ?value FILTER(?value > 5) }", ":a a :T ; :p 6 , 5 ; :q 7 .", ["a 6"]),
    "no value": (":p", "SELECT $this { FILTER EXISTS { $this $PATH ?v } }", ":a a :T ; :p 6 . :b a :T .", ["a"]),
    "inverse": ("[ sh:inversePath :p ]", "SELECT $this ?value { $this $PATH ?value }", ":a a :T . :b :p :a .", ["a b"]),
    "sequence": ("( :p :q )", "SELECT $this ?value { $this $PATH ?value }", ":a a :T ; :p :b . :b :q 1 .", ["a 1"]),
    "alternatives": ("[ sh:alternativePath ( :p :q ) ]", "SELECT $this ?value { $this $PATH ?value }", ":a a :T ; :p 1 ; :q 2 .", ["a 1", "a 2"]),
    "any number": ("[ sh:zeroOrMorePath :p ]", "SELECT $this ?value { $this $PATH ?value }", ":a a :T ; :p :b . :b :p :c .", ["a a", "a b", "a c"]),
}  # fmt: skip


@pytest.mark.parametrize("name", OF_PROPERTIES)
def test_engines_read_the_paths_of_queries_alike(engine: str, name: str) -> None:
    path, query, data, expected = OF_PROPERTIES[name]
    shapes = parsed(DECLARED + f':P sh:targetClass :T ; sh:path {path} ; sh:sparql [ sh:prefixes :names ; sh:select "{query}" ] .')
    assert told(run(parsed(data), shapes, engine, own=True)) == expected


WITHIN = {
    "sh:node :I": ["a a", "c c"],
    "sh:not :I": ["b b"],
    "sh:or ( :I [ sh:hasValue :a ] )": ["c c"],
    "sh:property [ sh:path :p ; sh:qualifiedValueShape :I ; sh:qualifiedMaxCount 0 ]": ["a", "c"],
}


@pytest.mark.parametrize("holder", WITHIN)
def test_query_within_other_constraints(engine: str, holder: str) -> None:
    shapes = parsed(
        DECLARED + f':S a sh:NodeShape ; sh:targetClass :T ; {holder} . :I a sh:NodeShape ; sh:sparql [ sh:prefixes :names ;'
        ' sh:select "SELECT $this { $this :p ?x }" ] .'
    )
    assert told(run(parsed(THINGS), shapes, engine, own=True)) == WITHIN[holder]


def test_prefixes_of_an_imported_ontology(engine: str) -> None:
    shapes = parsed(
        DECLARED + ":here owl:imports :between . :between owl:imports :names , :here ."
        ' :S sh:targetClass :T ; sh:sparql [ sh:prefixes :here ; sh:select "SELECT $this { $this :p :a }" ] .'
    )
    assert told(run(parsed(THINGS), shapes, engine, own=True)) == ["c c"]


# --- whom to trust ----------------------------------------------------------------------------------------------------

# The query or shape, the data, what is right, and what the fast engine finds. When it learns better, loosen the rule.
AMISS = {
    "dates": ("SELECT $this { $this :p ?x ; :q ?y FILTER(?x < ?y) }", ":a a :T ; :p '2020-01-01'^^xsd:date ; :q '2020-01-02'^^xsd:date .", ["a a"], []),
    "dates that differ": ("SELECT $this { $this :p ?x ; :q ?y FILTER(?x != ?y) }", ":a a :T ; :p '2020-01-01'^^xsd:date ; :q '2020-01-02'^^xsd:date .", ["a a"], []),
    "truth": ("SELECT $this { $this :p ?x ; :q ?y FILTER(?x < ?y) }", ":a a :T ; :p false ; :q true .", ["a a"], []),
    "the year of a date": ("SELECT $this { $this :p ?x FILTER(YEAR(?x) = 2020) }", ":a a :T ; :p '2020-01-01'^^xsd:date .", ["a a"], []),
    "a value that is computed": ("SELECT $this (CONCAT(?x, '!') AS ?value) { $this :p ?x }", ":a a :T ; :p 'b' .", ["a b!"], ["a"]),
}  # fmt: skip


@pytest.mark.parametrize("name", AMISS)
def test_other_peoples_queries_go_to_the_reference(fast: str, name: str) -> None:
    query, data, right, wrong = AMISS[name]
    shapes = parsed(DECLARED + f':S sh:targetClass :T ; sh:sparql [ sh:prefixes :names ; sh:select "{query}" ] .')
    assert told(run(parsed(data), shapes, fast, own=True)) == wrong
    with pytest.raises(UsageError, match="not to be trusted here: the shapes have SPARQL constraints; use --engine pyshacl"):
        run(parsed(data), shapes, fast)
    assert told(run(parsed(data), shapes)) == right


# The query, the data, what is right, as the fast engine finds it, and what the reference finds.
REFERENCE_AMISS = {
    "a branch without a pattern": ("SELECT $this { { FILTER(false) } UNION { FILTER($this = :a) } }", ":a a :T . :b a :T .", ["a a"], ["a a", "b b"]),
    "a number and a string": ("SELECT $this ?value { $this :p ?value FILTER(?value > 5) }", ":a a :T ; :p 'abc'^^xsd:integer , 6 , '7' .", ["a 6"], ["a 6", "a 7"]),
    "a last line break": ("SELECT $this ?value { $this :p ?value FILTER(regex(?value, 'a$')) }", r":a a :T ; :p 'a' , 'a\n' .", ["a a"], ["a a", "a a\n"]),
}  # fmt: skip


@pytest.mark.parametrize("name", REFERENCE_AMISS)
def test_queries_that_the_reference_gets_wrong(fast: str, name: str) -> None:
    query, data, right, wrong = REFERENCE_AMISS[name]
    shapes = parsed(DECLARED + f':S sh:targetClass :T ; sh:sparql [ sh:prefixes :names ; sh:select "{query}" ] .')
    assert told(run(parsed(data), shapes, fast, own=True)) == right
    assert told(run(parsed(data), shapes, "pyshacl")) == wrong


def test_constraint_components_go_to_the_reference(fast: str) -> None:
    shapes = parsed(
        """:C a sh:ConstraintComponent ; sh:parameter [ sh:path :longest ] ; sh:validator [ a sh:SPARQLAskValidator ;
            sh:ask "ASK { FILTER(STRLEN(STR($value)) <= $longest) }" ] . :S sh:targetObjectsOf :p ; :longest 2 ."""
    )
    data = parsed(':a :p "ab" , "abc" .')
    assert told(run(data, shapes)) == ["abc abc"]
    for own in (True, False):
        with pytest.raises(UsageError, match="define constraint components"):
            run(data, shapes, fast, own=own)


def test_query_that_looks_into_the_shapes_is_for_the_fast_engine_alone(fast: str) -> None:
    shapes = parsed(
        ':S sh:targetNode :a ; sh:sparql [ sh:select "SELECT $this { GRAPH $shapesGraph { $currentShape <http://example.org/is> 1 } }" ] ; :is 1 .'
    )
    assert told(run([], shapes)) == ["a a"]
    with pytest.raises(InputError, match="the shape http://example.org/S cannot be used: .*shapesGraph"):
        run([], shapes, "pyshacl")


@pytest.mark.parametrize("pattern", ["^(?!bb)", r"^(.)(?!\\1)"])
def test_expression_that_the_fast_engine_does_not_know_goes_to_the_reference(pattern: str) -> None:
    shapes = parsed(f':S sh:targetObjectsOf :p ; sh:pattern "{pattern}" .')
    assert told(run(parsed(':a :p "ab" , "bb" .'), shapes)) == ["bb bb"]


def test_expression_that_only_the_fast_engine_knows(fast: str) -> None:
    shapes = parsed(r':S sh:targetObjectsOf :p ; sh:pattern "^\\p{Lu}$" .')
    assert told(run(parsed(':a :p "É" , "é" .'), shapes)) == ["é é"]
    with pytest.raises(InputError, match="the shape http://example.org/S cannot be used: .*bad escape"):
        run(parsed(':a :p "É" .'), shapes, "pyshacl")


def test_hostile_expression_ends_at_once(fast: str) -> None:
    shapes = parsed(':S sh:targetObjectsOf :p ; sh:pattern "^(a+)+$" .')
    assert len(run(parsed(f':a :p "{"a" * 5000}!" .'), shapes)) == 1


def test_without_the_fast_engine_the_reference_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shacl", None)
    monkeypatch.delitem(sys.modules, "kb.validation.engine_shacl", raising=False)
    shapes = parsed(":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:minCount 1 ] .")
    assert told(run([], shapes, own=True)) == ["a"]
    load(own=True)
    for wanted in (lambda: run([], shapes, "shacl"), lambda: load("shacl")):
        with pytest.raises(UsageError, match="is not installed"):
            wanted()


def test_all_that_a_run_needs_can_be_loaded_before(fast: str) -> None:
    for own, needed in ((True, {"shacl"}), (False, {"shacl", "pyshacl"})):
        load(own=own)
        assert needed <= sys.modules.keys()


def test_the_command_offers_every_engine() -> None:
    (option,) = [parameter for parameter in command.params if parameter.name == "engine"]
    assert tuple(option.type.choices) == CHOICES
    assert option.default == "auto"


def test_uniqueness_of_languages_is_asked_for_by_true_alone(engine: str) -> None:
    data = parsed(':a :p "a"@en , "b"@en .')
    for value, expected in (("true", 1), ("false", 0), ('"1"^^xsd:boolean', 0)):
        assert len(run(data, parsed(f":P sh:targetNode :a ; sh:path :p ; sh:uniqueLang {value} ."), engine)) == expected


# --- shapes that cannot be used ---------------------------------------------------------------------------------------

BROKEN = {
    ":P sh:path 5 .": "P: its sh:path is '5'",
    ":P sh:path [ ] .": "P: its sh:path is neither",
    ":P sh:path ( ) .": "P: its sh:path is an empty list",
    ":P sh:path [ sh:inversePath :p ; sh:oneOrMorePath :p ] .": "P: its sh:path is two paths at once",
    "_:x sh:inversePath _:x . :P sh:path _:x .": "P: its sh:path holds itself",
    ":P sh:path [ sh:alternativePath :p ] .": "P: its sh:path is neither",
    ":P sh:path :p , :q .": "P is a value of sh:property and has more than one sh:path",
    ":P sh:minCount 1 .": "P is a value of sh:property and has no sh:path",
    ":P sh:path :p ; sh:minCount 'many' .": "P: sh:minCount must be a whole number from 0 up, not 'many'",
    ":P sh:path :p ; sh:maxCount -1 .": "P: sh:maxCount must be a whole number",
    ":P sh:path :p ; sh:nodeKind sh:Violation .": "P: sh:nodeKind must be one of sh:BlankNode",
    ":P sh:path :p ; sh:class 'T' .": "P: sh:class must be an IRI, not 'T'",
    ":P sh:path :p ; sh:or ( [ sh:datatype 'T' ] ) .": "a shape within http://example.org/P: sh:datatype must be an IRI",
    ":P sh:path :p ; sh:closed 'yes' .": "P: sh:closed must be true or false",
    ":P sh:path :p ; sh:in :a .": r"P: sh:in must be a list",
    ":P sh:path :p ; sh:and _:l . _:l rdf:first :S1 ; rdf:rest _:l .": r"P: sh:and must be a list",
    ":P sh:path :p ; sh:xone ( 'x' ) .": "P: the items of sh:xone must be shapes, not 'x'",
    ":P sh:path :p ; sh:languageIn ( 5 ) .": "P: the items of sh:languageIn must be strings",
    ":P sh:path :p ; sh:pattern 5 .": "P: sh:pattern must be a string, not '5'",
    ":P sh:path :p ; sh:sparql [ sh:select 'SELECT $this {}' ; sh:message :m ] .": "sh:message must be a string, with or without",
    ":P sh:path :p ; sh:pattern 'a' ; sh:flags 'w' .": "P: sh:flags must be of the letters",
    ":P sh:path :p ; sh:minInclusive :a .": "P: sh:minInclusive must be a literal",
    ":P sh:path :p ; sh:sparql [ sh:message 'x' ] .": "P: its sh:sparql has no sh:select",
    ":P sh:path :p ; sh:sparql [ sh:select 'ASK { }' ] .": "a shape within http://example.org/P: sh:select must be a query that begins with SELECT",
    ":P sh:path :p ; sh:node :S .": "refers to itself, and SHACL leaves open what that means: .*S → .*P → .*S",
    ":P sh:path :p ; sh:not [ sh:or ( [ sh:property :P ] ) ] .": "refers to itself",
    ":P sh:path :p ; sh:or ( [ sh:clas :T ] ) .": "a shape within http://example.org/P uses sh:clas, which",
    ":P sh:path :p ; sh:minCoutn 1 .": "P uses sh:minCoutn, which is no term .* did you mean sh:minCount",
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN)
def test_shape_that_is_not_well_formed_is_named(broken: str) -> None:
    with pytest.raises(InputError, match=BROKEN[broken]):
        Shapes(parsed(f":S a sh:NodeShape ; sh:targetClass :T ; sh:property :P . {broken}"))


NOT_TAKEN = [
    "sh:pattern '('",
    "sh:pattern 'a' , '['",
    "sh:sparql [ sh:select 'SELECT $this {' ]",
    "sh:sparql [ sh:select 'SELECT $this { $this ex:p 1 }' ]",
    "sh:sparql [ sh:select 'SELECT $this { VALUES ?x { 1 } $this ?p ?x }' ]",
    "sh:sparql [ sh:select 'SELECT $this { ?x ?p 1 MINUS { $this ?p ?x } }' ]",
    "sh:sparql [ sh:select 'SELECT $this { BIND(1 AS $this) }' ]",
    "sh:sparql [ sh:select 'SELECT ?x { { SELECT ?x { $this ?p ?x } } }' ]",
]


@pytest.mark.parametrize("constraint", NOT_TAKEN)
def test_shape_that_no_engine_can_apply_is_named(engine: str, constraint: str) -> None:
    shapes = Shapes(
        parsed(f":A sh:targetNode :a ; sh:property :P . :S sh:targetClass :T ; sh:property :P , :Q . :P sh:path :p ; {constraint} . :Q sh:path :q .")
    )
    for own, which in ((True, engine), (False, "auto")):
        with pytest.raises(InputError, match="^the shape http://example.org/P cannot be used: ") as caught:
            run(parsed(":a a :T ; :p 1 ."), shapes.quads, which, own=own)
        assert len(str(caught.value)) < 500 and "\n" not in str(caught.value)


def test_data_in_one_file_with_shapes_may_say_what_they_like() -> None:
    Shapes(parsed(":a a :T ; sh:nodeShape :S . :S a sh:NodeShape ; sh:targetNode :a ; sh:class :T ."))


def test_shapes_side_by_side_do_not_refer_to_themselves() -> None:
    Shapes(parsed(":A sh:node :C ; sh:property [ sh:path :p ; sh:node :B ] . :B sh:node :C ; sh:or ( :C :D ) . :C sh:class :T . :D sh:node :C ."))
