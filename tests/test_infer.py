"""``kb infer``: the fast rules give what the reference gives, refuse what they do not cover, and tell contradictions."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from kb import rdf
from kb.errors import InputError, UsageError
from kb.inference import GRAPH, infer, premises_of, says_something
from kb.namespaces import sparql_prologue
from kb.project import find_project
from kb.stores import open_store

PROJECT = find_project()
PREFIXES = "".join(f"@prefix {line[7:]} .\n" for line in sparql_prologue().splitlines()) + "@prefix : <https://example.org/> .\n"


def triples(text: str) -> list[rdf.Triple]:
    return [quad.triple for quad in rdf.parse(PREFIXES + text, format=rdf.RdfFormat.TURTLE)]


# Each: the premises, and all that follows from them.
RULES = {
    "subclasses": (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :x a :A .", ":A rdfs:subClassOf :C . :x a :B , :C ."),
    "equivalent classes": (
        ":A owl:equivalentClass :B . :x a :A . :y a :B .",
        ":x a :B . :y a :A . :A rdfs:subClassOf :B . :B rdfs:subClassOf :A ; owl:equivalentClass :A .",
    ),
    "a ring of classes": (
        ":A rdfs:subClassOf :B . :B rdfs:subClassOf :A . :x a :A .",
        ":x a :B . :A owl:equivalentClass :B . :B owl:equivalentClass :A .",
    ),
    "subproperties": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r . :x :p :y .",
        ":p rdfs:subPropertyOf :r . :x :q :y ; :r :y .",
    ),
    "equivalent properties": (
        ":p owl:equivalentProperty :q . :x :p :y . :z :q 1 .",
        ":x :q :y . :z :p 1 . :p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p ; owl:equivalentProperty :p .",
    ),
    "domain and range": (
        ":p rdfs:domain :A ; rdfs:range :B . :A rdfs:subClassOf :C . :q rdfs:subPropertyOf :p . :x :q :y .",
        ":x :p :y ; a :A , :C . :y a :B . :p rdfs:domain :C . :q rdfs:domain :A , :C ; rdfs:range :B .",
    ),
    "a value is no subject": (":p rdfs:range :A . :x :p 1 .", ""),
    "inverses": (":p owl:inverseOf :q . :x :p :y . :z :q :w .", ":y :q :x . :w :p :z ."),
    "symmetry": (":p a owl:SymmetricProperty . :x :p :y .", ":y :p :x ."),
    "transitivity": (
        ":p a owl:TransitiveProperty . :a :p :b . :b :p :c . :c :p :d .",
        ":a :p :c , :d . :b :p :d .",
    ),
    "a chain": (
        ":c owl:propertyChainAxiom ( :p :q :r ) . :x :p :y1 , :y2 . :y1 :q :z . :y2 :q :z . :z :r :end . :z :r :other .",
        ":x :c :end , :other .",
    ),
    "a chain to a value": (":c owl:propertyChainAxiom ( :p :q ) . :x :p :y . :y :q 'v'@en .", ":x :c 'v'@en ."),
    "a chain of one": (":c owl:propertyChainAxiom ( :p ) . :x :p :y .", ":x :c :y ."),
    "a chain through itself": (
        ":c owl:propertyChainAxiom ( :c :p ) . :a :c :b . :b :p :d . :d :p :e .", ":a :c :d , :e ."
    ),
    "rules that feed each other": (
        ":p owl:inverseOf :q . :q rdfs:subPropertyOf :t . :t a owl:TransitiveProperty ; rdfs:domain :D . :b :p :a . :c :p :b .",
        ":a :q :b ; :t :b , :c ; a :D . :b :q :c ; :t :c ; a :D . :q rdfs:domain :D .",
    ),
    "annotations of the language": (
        """:A a owl:Class ; rdfs:label 'A' ; rdfs:comment 'c' ; rdfs:isDefinedBy : ; rdfs:seeAlso :s ; owl:deprecated true .
           : a owl:Ontology ; owl:versionInfo '1' ; owl:imports :o . :x a owl:NamedIndividual ; owl:differentFrom :y .""",
        "",
    ),
    "labels by a property below": (":p rdfs:subPropertyOf rdfs:label . :x :p 'x'@en .", ":x rdfs:label 'x'@en ."),
    "lexical forms": (":p rdfs:subPropertyOf :q . :x :p 1.50 , '01'^^xsd:integer .", ":x :q 1.50 , '01'^^xsd:integer ."),
}


@pytest.mark.parametrize("engine", ["rules", "owlrl"])
@pytest.mark.parametrize("name", RULES)
def test_each_rule(name: str, engine: str) -> None:
    given, wanted = RULES[name]
    result = infer(triples(given), engine)
    assert sorted(map(str, result.new)) == sorted(map(str, triples(wanted))) and result.consistent


def random_premises(seed: int) -> list[rdf.Triple]:
    """A small ontology of the covered kinds of axiom, with data; the same for the same seed."""
    dice = random.Random(seed)
    classes, properties, things = [[f":{kind}{n}" for n in range(6)] for kind in "Cpx"]

    def axiom() -> str:
        a, b, c = dice.choices(classes, k=3)
        p, q, r = dice.choices(properties, k=3)
        return dice.choice(
            [
                f"{a} rdfs:subClassOf {b} .", f"{a} rdfs:subClassOf {b} , {c} .", f"{a} owl:equivalentClass {b} .",
                f"{p} rdfs:subPropertyOf {q} .", f"{p} rdfs:subPropertyOf {q} .", f"{p} owl:equivalentProperty {q} .",
                f"{p} rdfs:domain {a} .", f"{p} rdfs:range {b} .", f"{p} owl:inverseOf {q} .", f"{p} a owl:SymmetricProperty .",
                f"{p} a owl:TransitiveProperty .", f"{p} owl:propertyChainAxiom ( {q} {r} ) .",
                f"{p} owl:propertyChainAxiom ( {q} {r} {q} ) .", f"{a} owl:disjointWith {b} .",
                f"{p} owl:propertyDisjointWith {q} .", f"{p} a owl:IrreflexiveProperty .", f"{p} a owl:AsymmetricProperty .",
                f"[] a owl:AllDisjointClasses ; owl:members ( {a} {b} {c} ) .",
            ]
        )  # fmt: skip

    def fact() -> str:
        x, y = dice.choices(things, k=2)
        return dice.choice([f"{x} {dice.choice(properties)} {y} .", f"{x} a {dice.choice(classes)} ."])

    axioms = [axiom() for _ in range(dice.randint(2, 12))]
    return triples("\n".join(axioms + [fact() for _ in range(dice.randint(3, 20))]))


def test_the_rules_give_what_the_reference_gives_on_any_ontology() -> None:
    consistent = 0
    for seed in range(40):
        premises = random_premises(seed)
        fast, reference = infer(premises), infer(premises, "owlrl")
        assert fast.new == reference.new, f"seed {seed}"
        assert fast.consistent == reference.consistent, f"seed {seed}: {fast.clashes} {reference.clashes}"
        consistent += fast.consistent
    assert 5 < consistent < 35  # both outcomes are tried


def sample() -> list[rdf.Triple]:
    """The ontology, and of each data file every fifth subject with all that is said of it."""
    found = {triple: None for triple in premises_of(PROJECT)}
    ontology = {quad.triple for path in PROJECT.ontology_files() for quad in rdf.parse(path=path)}
    subjects = sorted({str(triple.subject) for triple in found if triple not in ontology})
    chosen = set(subjects[::5])
    tboxes = [t for t in found if t in ontology or isinstance(t.subject, rdf.BlankNode) or isinstance(t.object, rdf.BlankNode)]
    return tboxes + [t for t in found if str(t.subject) in chosen]


def test_the_rules_give_what_the_reference_gives_on_a_sample_of_the_knowledge_base() -> None:
    premises = [t for t in sample() if not isinstance(t.object, rdf.Literal) or t.object.datatype.value[-10:] != "langString"]
    fast, reference = infer(premises), infer(premises, "owlrl")
    assert fast.new == reference.new and len(fast.new) > 300 and fast.consistent and reference.consistent


@pytest.mark.slow
def test_the_rules_give_what_the_reference_gives_on_the_whole_knowledge_base() -> None:
    premises = premises_of(PROJECT)
    fast, reference = infer(premises), infer(premises, "owlrl")
    assert fast.new == reference.new and fast.consistent and reference.consistent


def test_what_is_kept_says_something() -> None:
    result = infer(premises_of(PROJECT))
    stated = set(premises_of(PROJECT))
    assert result.new and not stated & set(result.new)
    for triple in result.new:
        assert says_something(triple) and isinstance(triple.subject, rdf.NamedNode), triple
        assert "/owl#" not in str(triple.object) and not str(triple.subject).startswith("<http://www.w3.org/2002/07/owl#")
    assert any("citesWork" in str(triple.predicate) for triple in result.new)


UNCOVERED = [
    ":p a owl:FunctionalProperty .", ":p a owl:InverseFunctionalProperty .", ":p a owl:ReflexiveProperty .",
    ":x owl:sameAs :y .", ":C owl:hasKey ( :p ) .", ":C rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :D ] .",
    "[ owl:unionOf ( :A :B ) ] rdfs:subClassOf :C .", ":C owl:equivalentClass [ owl:intersectionOf ( :A :B ) ] .", ":C owl:oneOf ( :x ) .",
    ":C owl:unionOf ( :A :B ) .", ":C owl:complementOf :D .", ":C owl:disjointUnionOf ( :A :B ) .",
    ":p rdfs:range [ owl:unionOf ( :A :B ) ] .", ":p rdfs:domain [] .", "[] owl:inverseOf :p .", ":p owl:inverseOf [] .",
    ":x a [ owl:complementOf :A ] .", "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual :x .", ":p rdfs:subPropertyOf rdf:type .",
    ":p rdfs:subPropertyOf rdfs:subClassOf .", "rdf:type rdfs:domain :C .", "rdfs:subClassOf rdfs:subPropertyOf :p .",
    ":p owl:propertyChainAxiom ( rdf:type :q ) .", ":p owl:propertyChainAxiom ( [ owl:inverseOf :q ] :r ) .", ":A rdfs:subClassOf owl:Class .",
    ":p rdfs:range owl:Class .", "owl:Thing rdfs:subClassOf :A .", ":p rdfs:subPropertyOf owl:topObjectProperty .", ":x a owl:SelfRestriction .",
    ":p owl:onDatatype xsd:integer .", ":x rdf:value 1 .", ":p owl:inverseOf :q . :x :p 1 .", ":p a owl:SymmetricProperty . :x :p 'a' .",
    ":A rdfs:subClassOf 'A' .", "owl:sameAs rdfs:domain :A .", ":x owl:hasValue 1 ; owl:onProperty :p .", ":p owl:propertyChainAxiom 'x' .",
]  # fmt: skip


@pytest.mark.parametrize("text", UNCOVERED)
def test_an_axiom_that_is_not_covered_is_refused_loudly(text: str) -> None:
    with pytest.raises(InputError, match="the fast rules do not cover this use of .*--engine owlrl"):
        infer(triples(text + " :y a :A ; :p :z ."))


@pytest.mark.parametrize("text", ["[] a owl:AllDisjointClasses ; owl:members [ rdf:first :A ] .",
                                  ":c owl:propertyChainAxiom _:l . _:l rdf:first :p ; rdf:rest _:l ."])  # fmt: skip
def test_a_broken_list_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="list in an axiom is broken"):
        infer(triples(text))


def test_an_engine_that_does_not_exist() -> None:
    with pytest.raises(UsageError, match="one of rules, owlrl"):
        infer([], "guess")


# Each: the premises, and words of what clashes.
CLASHES = {
    "disjoint classes": (
        ":A owl:disjointWith :B . :C rdfs:subClassOf :A . :p rdfs:range :B . :x a :C . :y :p :x .",
        "https://example.org/x is in https://example.org/A and in https://example.org/B, which are disjoint: it is stated "
        + "to be in https://example.org/C; it is the https://example.org/p of https://example.org/y (range https://example.org/B)",
    ),
    "all disjoint": (
        "[] a owl:AllDisjointClasses ; owl:members ( :A :B :C ) . :p rdfs:domain :C . :x a :B ; :p :y .",
        "it has https://example.org/p (domain https://example.org/C)",
    ),
    "disjoint with itself": (":A owl:disjointWith :A . :x a :A .", "which are disjoint"),
    "nothing": (":A rdfs:subClassOf owl:Nothing . :x a :A .", "is in owl:Nothing"),
    "disjoint properties": (":p owl:propertyDisjointWith :q . :x :p :y ; :q :y .", "which are disjoint"),
    "all disjoint properties": ("[] a owl:AllDisjointProperties ; owl:members ( :p :q :r ) . :x :q 1 ; :r 1 .", "which are disjoint"),
    "irreflexive": (":p a owl:IrreflexiveProperty . :x :p :x .", "which is irreflexive"),
    "asymmetric": (":p a owl:AsymmetricProperty . :x :p :y . :y :p :x .", "which is asymmetric"),
    "a word for a number": (":p rdfs:range xsd:integer . :x :p 'seven' .", "is outside its range xsd:integer"),
    "a fraction for an integer": (":p rdfs:range xsd:integer . :x :p 1.5 .", "is outside its range xsd:integer"),
    "a negative count": (":p rdfs:range xsd:nonNegativeInteger . :x :p -1 .", "is outside its range"),
    "ill-typed": (":x :p 'abc'^^xsd:integer .", "which is no xsd:integer"),
    "a literal of disjoint classes": (":A owl:disjointWith :B . :p rdfs:range :A . :q rdfs:range :B . :x :p 'l' ; :q 'l' .", "disjoint"),
}


@pytest.mark.parametrize("name", CLASHES)
def test_each_contradiction(name: str) -> None:
    given, said = CLASHES[name]
    clashes = infer(triples(given)).clashes
    assert clashes and said in clashes[0]


@pytest.mark.parametrize("text", [
    ":A owl:disjointWith :B . :x a :A . :y a :B .", ":p rdfs:range xsd:decimal . :x :p 1 , 1.5 .", ":p rdfs:range rdfs:Literal . :x :p 'a'@en .",
    ":p rdfs:range xsd:integer . :x :p 2.0 , '3'^^xsd:nonNegativeInteger .", ":p rdfs:range xsd:string . :x :p 'a' .",
    ":x :p '2025-06'^^edtf:EDTF .", ":p owl:propertyDisjointWith :q . :x :p :y ; :q :z .", ":p a owl:AsymmetricProperty . :x :p :y .",
    ":x :p true , '1'^^xsd:boolean , 1e3 , 'NaN'^^xsd:double , '2025-01-01T00:00:00Z'^^xsd:dateTime .",
])  # fmt: skip
def test_what_is_no_contradiction(text: str) -> None:
    assert infer(triples(text)).consistent


# The command


def kb(*arguments: object, project: Path | None = None, input: str = "") -> subprocess.CompletedProcess[str]:
    options = ["--project", str(project)] if project else []
    done = subprocess.run(
        [sys.executable, "-m", "kb", *options, *map(str, arguments)],
        input=input, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr and "unexpected error" not in done.stderr, done.stderr
    return done


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A small knowledge base of its own."""
    for name in ("ontology", "data", "shapes", "queries"):
        (tmp_path / name).mkdir()
    (tmp_path / "ontology" / "kb.ttl").write_text(
        PREFIXES + "mm:Actor rdfs:subClassOf mm:Entity . mm:Entity owl:disjointWith mm:Claim . mm:claimant rdfs:range mm:Actor ."
    )
    (tmp_path / "data" / "a.ttl").write_text(PREFIXES + "claim:one mm:claimant actor:one .")
    return tmp_path


def test_the_new_triples_are_written(base: Path, tmp_path: Path) -> None:
    done = kb("infer", project=base)
    new = triples("actor:one a mm:Actor , mm:Entity . mm:claimant rdfs:range mm:Entity .")
    assert (done.returncode, done.stderr) == (0, "3 new triples\n")
    assert {quad.triple for quad in rdf.parse(done.stdout, format=rdf.RdfFormat.TURTLE)} == set(new)
    assert kb("infer", project=base).stdout == done.stdout
    for suffix, format in (("nt", rdf.RdfFormat.N_TRIPLES), ("nq", rdf.RdfFormat.N_QUADS), ("trig", rdf.RdfFormat.TRIG)):
        assert kb("infer", "-o", tmp_path / f"out.{suffix}", project=base).stdout == ""
        quads = list(rdf.parse(path=tmp_path / f"out.{suffix}", format=format))
        assert {quad.triple for quad in quads} == set(new)
        graph = rdf.DefaultGraph() if suffix == "nt" else rdf.NamedNode(GRAPH)
        assert {quad.graph_name for quad in quads} == {graph}
    assert kb("infer", "--format", "nt", project=base).stdout == (tmp_path / "out.nt").read_text()
    assert kb("infer", "--engine", "owlrl", project=base).stdout == done.stdout


def test_more_files_take_part(base: Path, tmp_path: Path) -> None:
    (tmp_path / "more.ttl").write_text(PREFIXES + "claim:two mm:claimant actor:two .")
    assert kb("infer", tmp_path / "more.ttl", project=base).stderr == "5 new triples\n"
    assert kb("infer", "-", project=base, input=PREFIXES + "claim:two mm:claimant actor:two .").stderr == "5 new triples\n"


def test_a_store_infers_from_what_it_holds(base: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    kb("load", base / "data", "--store", store, "--no-validate", project=base)
    for _ in range(2):
        done = kb("infer", "--store", store, project=base)
        assert (done.returncode, done.stdout) == (0, f"3 new triples in {GRAPH}\n")
    (tmp_path / "more.ttl").write_text(PREFIXES + "claim:two mm:claimant actor:two .")
    kb("load", tmp_path / "more.ttl", "--store", store, "--no-validate", project=base)
    assert kb("infer", "--store", store, project=base).stdout == f"5 new triples in {GRAPH}\n"
    with open_store(store) as opened:
        classes = "SELECT DISTINCT ?x WHERE { ?x a ?class }"
        assert len(list(opened.query(classes))) == 0 and len(list(opened.query(classes, derived=True))) == 2
    assert kb("query", "-q", f"SELECT ?x WHERE {{ GRAPH <{GRAPH}> {{ ?x a mm:Actor }} }}", "--store", store).stdout.count("actor:") == 2


def test_a_contradiction_is_told_and_nothing_is_written(base: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.ttl").write_text(PREFIXES + "actor:one a mm:Claim .")
    for options in ((), ("--engine", "owlrl")):
        done = kb("infer", tmp_path / "wrong.ttl", "-o", tmp_path / "out.ttl", *options, project=base)
        assert done.returncode == 1 and "1 contradiction; nothing was written" in done.stderr
        assert not (tmp_path / "out.ttl").exists()
    assert "actor:one is in mm:Claim and in mm:Entity, which are disjoint" in kb("infer", tmp_path / "wrong.ttl", project=base).stderr
    store = tmp_path / "store"
    kb("load", base / "data", tmp_path / "wrong.ttl", "--store", store, "--no-validate", project=base)
    assert kb("infer", "--store", store, project=base).returncode == 1
    with open_store(store) as opened:
        assert GRAPH not in opened.graphs()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["missing.ttl"], 3, "no such file"),
        (["{base}/bad.ttl"], 3, "bad.ttl:1:"),
        (["{base}/odd.ttl"], 3, "do not cover this use of owl:hasKey"),
        (["--store", "{base}/none"], 4, "there is nothing in this store"),
        (["--store", "{base}/bad.ttl"], 4, "Not a directory"),
        (["--store", "{base}/s", "-o", "x.ttl"], 2, "--store takes its statements from the store"),
        (["--store", "{base}/s", "{base}/bad.ttl"], 2, "load files first"),
        (["-o", "{base}/data/derived.ttl"], 2, "do not go into data/"),
        (["-o", "{base}/none/x.ttl"], 3, "cannot be written"),
        (["--engine", "guess"], 2, "guess"),
    ],
)
def test_what_cannot_be_done(base: Path, arguments: list[str], code: int, said: str) -> None:
    (base / "bad.ttl").write_text("oops")
    (base / "odd.ttl").write_text(PREFIXES + ":C owl:hasKey ( :p ) .")
    done = kb("infer", *(argument.format(base=base) for argument in arguments), project=base)
    assert (done.returncode, done.stdout) == (code, "") and said in done.stderr
    assert not (base / "none").exists() and not (base / "data" / "derived.ttl").exists()
