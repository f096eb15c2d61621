"""Views of an invented dispute: which claims each accepts, what follows from them in plain triples, and two beside each other.

The expected answers are worked out from the dispute below by hand.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_project import Done, kb
from validating import around

from kb import rdf, sources
from kb.namespaces import curie, iri_of
from kb.project import Project, find_project
from kb.views import choices, narrowed
from kb.views.choice import accepted
from kb.views.comparison import compare
from kb.views.projection import project_view

# Two documents on a ferry. The letter: the union says that the port keeps half of the fee (cites a survey), that the ferry is
# unsafe, perhaps, and that the port plans a second ferry. The reply: the port denies keeping half, says itself that it keeps a
# tenth (as the union's survey also has it), and that the ferry serves the islands; the reviewer says the same as the port of the
# islands, and asks whether the ferry is unsafe.
DISPUTE = """
document:letter a mm:Document ; skos:prefLabel "Letter"@en . document:reply a mm:Document ; skos:prefLabel "Reply"@en .
text:letter a mm:TextVersion ; mm:versionOf document:letter . text:reply a mm:TextVersion ; mm:versionOf document:reply .
passage:letter-001 a mm:Passage ; oa:hasSource text:letter . passage:reply-001 a mm:Passage ; oa:hasSource text:reply .
marker:letter-001-1 a mm:CitationMarker ; mm:markerIn passage:letter-001 ; c4o:denotes reference:letter-1 .
reference:letter-1 a biro:BibliographicReference ; biro:references work:survey .
work:survey a mm:Entity , mm:Work ; skos:prefLabel "Survey"@en .
actor:union a mm:Entity , mm:Actor ; skos:prefLabel "Union"@en , "Sindicato"@es .
actor:port a mm:Entity , mm:Actor ; skos:prefLabel "Port"@en , "Puerto"@es .
actor:reviewer a mm:Entity , mm:Actor ; skos:prefLabel "Reviewer"@en .
actor:islanders a mm:Entity , mm:Actor ; skos:prefLabel "Islanders"@en .
programme:ferry a mm:Entity , mm:Programme ; skos:prefLabel "Ferry"@en .
concept:serves a mm:Concept ; skos:prefLabel "serves"@en . concept:unsafe a mm:Concept ; skos:prefLabel "unsafe"@en .
concept:fee a mm:Concept ; skos:prefLabel "fee"@en . concept:opening a mm:Concept ; skos:prefLabel "opening"@en .

claim:half a mm:Claim ; mm:claimant actor:union ; mm:stance stance:affirms ; mm:expresses proposition:keeps-half ;
    mm:statedIn passage:letter-001 ; mm:viaMarker marker:letter-001-1 .
claim:unsafe a mm:Claim ; mm:claimant actor:union ; mm:stance stance:affirms ; mm:expresses proposition:unsafe ;
    mm:hedge hedge:possible ; mm:statedIn passage:letter-001 .
claim:second a mm:Claim ; mm:claimant actor:union ; mm:stance stance:affirms ; mm:expresses proposition:second-ferry ;
    mm:statedIn passage:letter-001 .
claim:not-half a mm:Claim , mm:Response , mm:Denial ; mm:claimant actor:port ; mm:stance stance:rejects ;
    mm:expresses proposition:keeps-half ; mm:respondsTo claim:half ; mm:statedIn passage:reply-001 .
claim:tenth a mm:Claim ; mm:claimant actor:port ; mm:stance stance:affirms ; mm:expresses proposition:keeps-tenth ;
    mm:statedIn passage:reply-001 .
claim:tenth-too a mm:Claim ; mm:claimant actor:union ; mm:stance stance:affirms ; mm:expresses proposition:keeps-ten-percent ;
    mm:statedIn passage:letter-001 .
claim:serves a mm:Claim ; mm:claimant actor:port ; mm:stance stance:affirms ; mm:expresses proposition:serves ;
    mm:statedIn passage:reply-001 .
claim:serves-too a mm:Claim ; mm:claimant actor:reviewer ; mm:stance stance:affirms ; mm:expresses proposition:serves ;
    mm:statedIn passage:reply-001 .
claim:is-it-unsafe a mm:Claim ; mm:claimant actor:reviewer ; mm:stance stance:questions ; mm:expresses proposition:unsafe ;
    mm:statedIn passage:reply-001 .
link:same a mm:ArgumentLink ; mm:fromClaim claim:tenth ; mm:toClaim claim:tenth-too ; mm:linkKind linkkind:same-content .
link:half-undercut a mm:ArgumentLink ; mm:fromClaim claim:tenth ; mm:toClaim claim:half ; mm:linkKind linkkind:qualifies .
status:half a mm:StatusRecord ; mm:ofClaim claim:half .

proposition:keeps-half a mm:Proposition , mm:PaymentProposition ; mm:paymentKind concept:fee ; mm:retainedBy actor:port ;
    mm:figure figure:half ; mm:gloss "That the port keeps half of the fee."@en .
proposition:keeps-tenth a mm:Proposition , mm:PaymentProposition ; mm:paymentKind concept:fee ; mm:retainedBy actor:port ;
    mm:figure figure:tenth ; mm:gloss "That the port keeps a tenth of the fee."@en .
proposition:keeps-ten-percent a mm:Proposition , mm:PaymentProposition ; mm:paymentKind concept:fee ; mm:retainedBy actor:port ;
    mm:figure figure:ten-percent ; mm:gloss "That the port keeps ten percent of the fee."@en .
proposition:unsafe a mm:Proposition , mm:ClassificationProposition ; mm:subject programme:ferry ; mm:classifiedAs concept:unsafe ;
    mm:gloss "That the ferry is unsafe."@en .
proposition:second-ferry a mm:Proposition , mm:OccurrenceProposition ; mm:agent actor:port ; mm:occurrenceType concept:opening ;
    mm:realisation realisation:planned ; mm:gloss "That a second ferry is planned."@en .
proposition:serves a mm:Proposition , mm:RelationProposition ; mm:subject programme:ferry ; mm:relation concept:serves ;
    mm:object actor:islanders ; mm:gloss "That the ferry serves the islands."@en .
figure:half a mm:Figure ; mm:printed "half" . figure:tenth a mm:Figure ; mm:printed "a tenth" .
figure:ten-percent a mm:Figure ; mm:printed "10 %" .
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    dispute = around(tmp_path_factory.mktemp("dispute"))
    dispute.data.mkdir()
    from kb.namespaces import PREFIXES

    prefixes = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    (dispute.data / "all.ttl").write_text(prefixes + DISPUTE)
    return dispute


def claims_of(project: Project, *views: str) -> set[str]:
    found = accepted(sources.bundled(project), choices(project, views))
    return {curie(iri).removeprefix("claim:") for iri in found}


def statements_of(project: Project, *views: str) -> set[tuple[str, ...]]:
    found = project_view(project, narrowed(sources.bundled(project), choices(project, views)))
    return {
        (*(curie(part.value) for part in s.triple), *(["denied"] if s.denied else []), *map(curie, s.claims))
        for s in found.statements
    }


def test_each_view_accepts_its_claims(project: Project) -> None:
    assert claims_of(project, "according-to=actor:union") == {"half", "unsafe", "second", "tenth-too"}
    assert claims_of(project, "according-to", "Port") == {"not-half", "tenth", "serves"}
    assert claims_of(project, "document=letter") == {"half", "unsafe", "second", "tenth-too"}
    assert claims_of(project, "cited-by=work:survey") == {"half"}


def test_uncontested_leaves_out_both_sides(project: Project) -> None:
    """Half is denied, and unsafe is questioned; a qualification contests nothing."""
    assert claims_of(project, "uncontested") == {"second", "tenth", "tenth-too", "serves", "serves-too"}


def test_what_says_the_same_as_something_contested_is_contested(project: Project, tmp_path: Path) -> None:
    more = around(tmp_path / "more")
    more.data.mkdir()
    text = (project.data / "all.ttl").read_text().replace("linkkind:qualifies", "linkkind:rebuts")
    (more.data / "all.ttl").write_text(text)
    # Now tenth rebuts half, so both are contested, and tenth-too says the same as tenth.
    assert claims_of(more, "uncontested") == {"second", "serves", "serves-too"}


def test_several_views_have_in_common_what_all_accept(project: Project) -> None:
    assert claims_of(project, "uncontested", "according-to=actor:union") == {"second", "tenth-too"}
    assert claims_of(project, "document=reply", "cited-by=survey") == set()


def test_plain_triples_follow_from_what_is_affirmed_and_done(project: Project) -> None:
    """The hedged claim, the planned ferry and the question give none."""
    assert statements_of(project, "according-to=actor:union") == {
        ("actor:port", "mm:keepsOfPayment", "half", "claim:half"),
        ("actor:port", "mm:keepsOfPayment", "10 %", "claim:tenth-too"),
    }
    assert statements_of(project, "document=reply") == {
        ("actor:port", "mm:keepsOfPayment", "half", "denied", "claim:not-half"),
        ("actor:port", "mm:keepsOfPayment", "a tenth", "claim:tenth"),
        ("programme:ferry", "concept:serves", "actor:islanders", "claim:serves", "claim:serves-too"),
    }


def test_claims_without_a_plain_triple_are_counted_with_the_reason(project: Project) -> None:
    found = project_view(project, narrowed(sources.bundled(project), choices(project, ["according-to=union"])))
    assert (found.accepted, found.without) == (4, {"hedge": 1, "realisation": 1})
    found = project_view(project, narrowed(sources.bundled(project), choices(project, ["document=reply"])))
    assert (found.accepted, found.without) == (5, {"question": 1})


def test_a_denial_is_no_triple(project: Project) -> None:
    """Whoever reads the output as plain RDF must not find what the port denies among what it says."""
    done = kb("view", "according-to", "port", "--format", "nt", project=project.root)
    triples = {quad.triple for quad in rdf.parse(done.stdout.encode(), format=rdf.RdfFormat.N_TRIPLES)}
    keeps = rdf.NamedNode(iri_of("mm:keepsOfPayment"))
    assert [t.object.value for t in triples if t.predicate == keeps] == ["a tenth"]
    assert [t.object.value for t in triples if t.predicate.value.endswith("targetValue")] == ["half"]


def test_every_plain_triple_can_be_traced_to_its_claims_in_the_same_output(project: Project) -> None:
    done = kb("view", "document", "reply", "--format", "ttl", project=project.root)
    found = sources.MemorySource(rdf.Store())
    found.engine.load(done.stdout.encode(), format=rdf.RdfFormat.TURTLE)
    untraced = """SELECT ?s ?p ?o WHERE {
      ?s ?p ?o . FILTER(!STRSTARTS(STR(?s), "https://w3id.org/medical-missions/graph/derived/"))
      MINUS { ?statement rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; prov:wasDerivedFrom ?claim }
    }"""
    assert not list(found.query(untraced))
    assert len(list(found.query("SELECT ?s WHERE { ?s a rdf:Statement }"))) == 2


def test_trig_names_the_graph_of_the_view(project: Project) -> None:
    done = kb("view", "document=reply", "uncontested", "--format", "nq", project=project.root)
    graphs = {quad.graph_name.value for quad in rdf.parse(done.stdout.encode(), format=rdf.RdfFormat.N_QUADS)}
    assert graphs == {"https://w3id.org/medical-missions/graph/derived/view/document%3Dreply%20uncontested"}


def test_a_query_sees_only_what_the_view_accepts(project: Project) -> None:
    """Neither the other claims, nor their propositions, figures, links and statuses, nor mentions of them."""
    query = "SELECT (COUNT(*) AS ?n) WHERE { { ?x a mm:%s } }"

    def count(kind: str, *views: str) -> int:
        options = [word for view in views for word in ("--view", view)]
        done = kb("query", "--format", "csv", *options, "-q", query % kind, project=project.root)
        assert done.returncode == 0, done.stderr
        return int(done.stdout.split()[1])

    assert [count(kind) for kind in ("Claim", "Proposition", "Figure", "ArgumentLink", "StatusRecord")] == [9, 6, 3, 2, 1]
    # The port's: three claims, on keeping half, keeping a tenth, and serving; two figures; no link has both ends left.
    kinds = ("Claim", "Proposition", "Figure", "ArgumentLink", "StatusRecord", "Passage", "Actor")
    assert [count(kind, "according-to=port") for kind in kinds] == [3, 3, 2, 0, 0, 2, 4]
    assert [count(kind, "according-to=port", "uncontested") for kind in kinds[:3]] == [2, 2, 1]
    done = kb("query", "--view", "according-to=port", "-q", "ASK { ?denial mm:respondsTo ?answered }", project=project.root)
    assert done.stdout.strip() == "false"


def test_views_of_a_store(project: Project, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    assert kb("load", "--no-validate", "--store", store, project=project.root).returncode == 0
    for options in (["view", "document=reply", "--format", "nt"], ["query", "-q", "SELECT ?c { ?c a mm:Claim } ORDER BY ?c", "--view", "uncontested"]):
        ours, stored = (kb(*options, *where, project=project.root) for where in ([], ["--store", store]))
        assert sorted(ours.stdout.splitlines()) == sorted(stored.stdout.splitlines()) != []
        assert ours.stderr == stored.stderr


def test_two_views_beside_each_other(project: Project) -> None:
    def compared(first: str, second: str) -> set[tuple[str, ...]]:
        rows = compare(project, sources.bundled(project), choices(project, [first]), choices(project, [second]))
        return {(row.relation, *(curie(iri).removeprefix("claim:") if iri else "" for iri in row[1:])) for row in rows}

    assert compared("document=letter", "document=reply") == {
        ("denied-by-second", "half", "not-half"),
        ("both", "tenth-too", "tenth"),
        ("only-first", "unsafe", ""),
        ("only-first", "second", ""),
        ("only-second", "", "serves"),
        ("only-second", "", "serves-too"),
        ("only-second", "", "is-it-unsafe"),
    }
    assert compared("according-to=port", "according-to=reviewer") == {
        ("both", "serves", "serves-too"),
        ("only-first", "not-half", ""),
        ("only-first", "tenth", ""),
        ("only-second", "", "is-it-unsafe"),
    }


def test_comparison_on_the_command_line(project: Project) -> None:
    done = kb("view", "document=letter", "--against", "document=reply", "--format", "json", project=project.root)
    first = json.loads(done.stdout)[0]
    assert first["relation"] == "the second contradicts it"
    assert [curie(first[side]) for side in ("firstClaim", "firstClaimant", "secondClaim", "secondClaimant")] == [
        "claim:half", "actor:union", "claim:not-half", "actor:port",
    ]  # fmt: skip
    assert done.stderr.startswith("the second contradicts it: 1; the first contradicts it: 0; both say it: 1; ")


@pytest.mark.parametrize(
    "options, message",
    [
        (["view", "uncontestd"], "did you mean uncontested?"),
        (["view", "according-to"], "the view 'according-to' needs a value"),
        (["view", "uncontested=1"], "takes no value"),
        (["view", "document=nothing"], "no document is called 'nothing'"),
        (["view", "--against", "uncontested"], "name the other one too"),
        (["view", "uncontested", "--against", "uncontested", "--format", "ttl"], "a comparison has rows"),
        (["view", "uncontested", "--store", "x", "--endpoint", "http://localhost"], "view one thing"),
        (["query", "revenue", "--view", "acording-to=port"], "did you mean according-to?"),
    ],
)
def test_mistakes_get_one_message(project: Project, options: list[str], message: str) -> None:
    done: Done = kb(*options, project=project.root)
    assert done.returncode == 2 and done.stdout == ""
    assert message in done.stderr and done.stderr.startswith("kb: ")


def test_views_are_listed(project: Project) -> None:
    done = kb("view", project=project.root)
    assert [line.split(",")[0] for line in done.stdout.splitlines()] == ["view", "according-to", "cited-by", "document", "uncontested"]


def test_no_bundled_claim_is_lost_between_projected_and_not() -> None:
    """Over the real data: every accepted claim either has a plain triple, or is counted with a reason for having none."""
    project = find_project()
    for views in (["uncontested"], ["document=oas-article"], ["document=medical-missions-report"]):
        found = project_view(project, narrowed(sources.bundled(project), choices(project, views)))
        with_triples = {claim for statement in found.statements for claim in statement.claims}
        assert len(with_triples) + sum(found.without.values()) == found.accepted > 100


# --- what a triple would lose


LIMITED = """
actor:crews a mm:Entity , mm:Actor ; skos:prefLabel "Crews"@en .
actor:mayor a mm:Entity , mm:Actor , mm:Person ; skos:prefLabel "Mayor"@en .
place:bay a mm:Entity , mm:Place ; skos:prefLabel "Bay"@en .
concept:fares a mm:Concept ; skos:prefLabel "fares"@en . concept:cheap a mm:Concept ; skos:prefLabel "cheap"@en .
instrument:harbour-act a mm:Entity , mm:LegalInstrument ; skos:prefLabel "Harbour Act"@en .
figure:some a mm:Figure ; mm:printed "some" ; mm:vagueQuantity concept:some .
claim:limited a mm:Claim ; mm:claimant actor:mayor ; mm:stance %s ; mm:expresses proposition:limited ; mm:statedIn passage:letter-001 .
proposition:limited a mm:Proposition , %s ; mm:gloss "That it is so."@en .
"""
CLASSED = "mm:ClassificationProposition ; mm:subject %s ; mm:classifiedAs concept:cheap"
DONE = "mm:ConductProposition ; mm:agent actor:crews ; mm:conductType concept:opening ; mm:realisation realisation:realised"
PLAIN = [
    (CLASSED % "programme:ferry", 1),
    (CLASSED % "programme:ferry ; mm:extent extent:highly", 1),
    (CLASSED % "programme:ferry ; mm:timeframe timeframe:present", 1),
    (CLASSED % "actor:mayor ; mm:scope actor:port", 1),
    (CLASSED % "concept:fares", 1),
    (CLASSED % "programme:ferry ; mm:extent extent:less", 0),
    (CLASSED % "programme:ferry ; mm:extent extent:not-only", 0),
    (CLASSED % "programme:ferry ; mm:inPlace place:bay", 0),
    (CLASSED % "programme:ferry ; mm:scope actor:islanders", 0),
    (CLASSED % "programme:ferry ; mm:timeframe timeframe:origin", 0),
    (CLASSED % 'programme:ferry ; mm:date "1999"^^edtf:EDTF', 0),
    (CLASSED % "programme:ferry ; mm:ofInstrument instrument:harbour-act", 0),
    (CLASSED % "actor:port ; mm:counterpart actor:union", 0),
    (CLASSED % "actor:crews ; mm:figure figure:some", 0),
    (CLASSED % "concept:fares ; mm:inPlace place:bay", 0),
    (CLASSED % "concept:fares ; mm:ofProgramme programme:ferry", 0),
    (CLASSED % "concept:fares ; mm:agent actor:port", 0),
    (DONE, 1),
    (DONE + ' ; mm:date "1999"^^edtf:EDTF ; mm:inPlace place:bay', 1),
    (DONE + " ; mm:frequency frequency:systematic", 1),
    (DONE + " ; mm:frequency frequency:often", 0),
    (DONE + " ; mm:frequency frequency:most-cases", 0),
    (DONE + " ; mm:manner concept:under-duress", 0),
    (DONE + " ; mm:figure figure:some", 0),
    ("mm:RelationProposition ; mm:subject actor:crews ; mm:relation concept:serves ; mm:object actor:port ; mm:extent extent:mainly", 0),
    ("mm:RelationProposition ; mm:subject actor:crews ; mm:relation concept:serves ; mm:object actor:port ; mm:beforeEvent event:fire", 0),
    ("mm:QuantityProposition ; mm:subject actor:crews ; mm:measure concept:fares ; mm:figure figure:some", 1),
    ("mm:QuantityProposition ; mm:subject actor:crews ; mm:measure concept:fares ; mm:figure figure:some ; mm:timeframe timeframe:at-peak", 0),
    ("mm:CausationProposition ; mm:cause concept:fares ; mm:causalRelation concept:serves ; mm:effect actor:port", 1),
    ("mm:CausationProposition ; mm:cause concept:fares ; mm:causalRelation concept:serves ; mm:effect actor:port ; mm:affected actor:crews", 0),
    ("mm:ConductProposition ; mm:affected concept:fares ; mm:conductType concept:opening", 0),
]


@pytest.fixture(scope="module")
def invented() -> str:
    from kb.namespaces import PREFIXES

    return "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items()) + DISPUTE


def plain_forms(invented: str, stance: str, content: str) -> int:
    """How many triples, plain or denied, follow from the mayor's one claim."""
    source = sources.MemorySource(rdf.Store())
    source.engine.load((invented + LIMITED % (stance, content)).encode(), format=rdf.RdfFormat.TURTLE)
    project = find_project()
    return len(project_view(project, narrowed(source, choices(project, ["according-to=actor:mayor"]))).statements)


@pytest.mark.parametrize(("content", "number"), PLAIN, ids=lambda value: value if isinstance(value, str) else "")
def test_a_content_that_a_triple_would_not_tell_whole_has_none(content: str, number: int, invented: str) -> None:
    assert plain_forms(invented, "stance:affirms", content) == number


@pytest.mark.parametrize(
    ("content", "number"),
    [
        (CLASSED % "programme:ferry", 1),
        (CLASSED % "programme:ferry ; mm:extent extent:entirely", 0),
        (CLASSED % "programme:ferry ; mm:timeframe timeframe:present", 0),
        (CLASSED % "programme:ferry ; mm:scope actor:islanders", 0),
        (DONE, 1),
        (DONE + " ; mm:frequency frequency:always", 0),
        (DONE + ' ; mm:date "1999"^^edtf:EDTF', 0),
        (DONE + " ; mm:about concept:cheap", 0),
    ],
)
def test_a_denial_of_something_limited_is_no_denial_of_all(content: str, number: int, invented: str) -> None:
    """Who says that aid is not simply aid, or that nobody accused them of espionage, denies less than a plain triple would."""
    assert plain_forms(invented, "stance:rejects", content) == number


def test_a_claim_on_a_contested_content_is_contested_whoever_makes_it(invented: str) -> None:
    """The union's half is denied by the port, so the mayor's half is contested too; and so is what says the same as it."""
    content = "mm:Proposition ; mm:gloss 'x'@en . claim:mine a mm:Claim ; mm:claimant actor:mayor ; mm:stance stance:affirms ; mm:expresses proposition:keeps-half"
    source = sources.MemorySource(rdf.Store())
    source.engine.load((invented + LIMITED % ("stance:affirms", content)).encode(), format=rdf.RdfFormat.TURTLE)
    found = {curie(iri) for iri in accepted(source, choices(find_project(), ["uncontested"]))}
    assert "claim:mine" not in found and "claim:limited" in found


@pytest.mark.parametrize(
    ("view", "told"),
    [
        # "could amount to forced labor", and the denial by the article: neither is plain in what nobody contests.
        ("uncontested", "forced labour"),
        # Section VI has the claim of volunteers; the report's own 75 % and the article stand against each other.
        ("uncontested", "volunteers"),
        # "subject to the same framework" but "details less public": not that the conditions are publicly known.
        ("document=medical-missions-report", "publicly known"),
        # "not simple migration or humanitarian aid": no denial that it is aid; the table's "no public allegations" no denial of all.
        ("document=medical-missions-report", "accusation,denied"),
        ("document=medical-missions-report", "humanitarian aid,denied"),
        # What the doctors were forced to is not plainly theirs, and "some" were told to falsify.
        ("document=medical-missions-report", "withholding care from opposition supporters"),
        ("document=medical-missions-report", "instruction to falsify records"),
        # "over 400,000 … since the program began" is no number of today, "more limited" no engagement as such.
        ("document=medical-missions-report", "Over 400,000"),
        # "several heads of government", "mostly from Global South countries", control that was lost in the 2000s.
        ("document=oas-article", "open defiance"),
        ("document=oas-article", "comes from,Global South"),
        ("document=oas-article", "United States,controls"),
    ],
)
def test_a_view_of_the_documents_says_no_more_than_they_do(view: str, told: str) -> None:
    done = kb("view", view, "--format", "csv")
    assert done.returncode == 0 and len(done.stdout.splitlines()) > 100
    assert told not in done.stdout
