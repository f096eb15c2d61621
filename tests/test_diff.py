"""kb diff: what changed, told by claims and things; each expected answer is worked out from the invented dispute."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path

import pytest
from small_project import DOCUMENT, PREFIXES, REGISTERS, build, kb, process
from test_fmt import random_graph

from kb import rdf, sources
from kb.comparison import changes, sides
from kb.turtle.blanks import by_content

OLD = PREFIXES + REGISTERS + DOCUMENT
EX = "@prefix ex: <http://example.org/> .\n"
ACTOR = "https://w3id.org/medical-missions/id/actor/"


def replaced(text: str, *pairs: tuple[str, str]) -> str:
    for before, after in pairs:
        assert before in text, before
        text = text.replace(before, after)
    return text


NEW = replaced(
    OLD,
    (
        "mm:expresses proposition:strike ; mm:stance stance:affirms ;\n    mm:claimant actor:ministry",
        "mm:expresses proposition:strike ; mm:stance stance:rejects ;\n    mm:claimant actor:gazette",
    ),
    ('"under 900" ; mm:maximum 900', '"under 800" ; mm:maximum 800'),
    ("actor:harbour-union", "actor:port-union"),
    ('"Nórdica"@es', '"Norlandia"@es'),
    ('mission:day-ferries a mm:Entity , mm:Mission ; skos:prefLabel "Day ferries"@en ; mm:inPlace place:cote .\n', ""),
) + (
    "claim:letter-002-3 a mm:Claim ; mm:expresses proposition:strike ; mm:stance stance:rejects ;\n"
    "    mm:claimant actor:port-union ; mm:statedIn passage:letter-002 .\n"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("small"))


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Writes two files and gives what the command says of them."""
    monkeypatch.chdir(tmp_path)

    def compare(old: str, new: str, *options: str, project: Path | None = None):
        Path("old.ttl").write_text(old, encoding="utf-8")
        Path("new.ttl").write_text(new, encoding="utf-8")
        return kb("diff", "old.ttl", "new.ttl", *options, project=project)

    return compare


def test_everything_at_once(pair, project: Path) -> None:
    done = pair(OLD, NEW, project=project)
    assert done.stderr == ""
    assert (
        done.stdout
        == """old.ttl → new.ttl

          changed  content changed  added  removed  renamed
────────  ───────  ───────────────  ─────  ───────  ───────
claims          1                3      1
figures         1
actors                                                    1
missions                                         1
places          1

Claimant or stance changed
  claim:letter-002-2: Gazette rejects: That low pay led to a strike.
    mm:claimant: Ministry of Ferries (actor:ministry) → Gazette (actor:gazette)
    mm:stance: affirms (stance:affirms) → rejects (stance:rejects)
    what it says changed: effect › figure: under 900 ferry pilots (at most 900; per month) → under 800 ferry pilots (at most 800; per month)

Claims
  content  claim:letter-001-1: Harbour Union affirms: That pilots are paid little.
             what it says changed: figure: under 900 ferry pilots (at most 900; per month) → under 800 ferry pilots (at most 800; per month)
  content  claim:letter-002-1: Ministry of Ferries rejects: That pilots are paid little.
             what it says changed: figure: under 900 ferry pilots (at most 900; per month) → under 800 ferry pilots (at most 800; per month)
  added    claim:letter-002-3: Harbour Union rejects: That low pay led to a strike.

Figures
  changed  figure:pay: under 800 ferry pilots (at most 800; per month)
             mm:maximum: 900 → 800
             mm:printed: under 900 → under 800

Actors
  renamed  actor:harbour-union → actor:port-union: Harbour Union
             references that follow: 1

Missions
  removed  mission:day-ferries: Day ferries

Places
  changed  place:norland: Norland
             name (es): Nórdica → Norlandia
"""
    )
    assert done.returncode == 1


def test_in_spanish(pair, project: Path) -> None:
    done = pair(OLD, NEW, "--lang", "es", project=project)
    for line in (
        "cambios  cambios de contenido  altas  bajas  cambios de nombre",
        "Cambia quién lo dice o su postura",
        "  claim:letter-002-2: Gazette rechaza: That low pay led to a strike.",
        "    mm:claimant: Ministerio de Transbordadores (actor:ministry) → Gazette (actor:gazette)",
        "Afirmaciones",
        "  contenido  claim:letter-001-1: Unión del Puerto afirma: Que los pilotos cobran poco.",
        "cambia lo que dice: cifra: under 900 pilotos (como máximo 900; por mes) → under 800 pilotos (como máximo 800; por mes)",
        "  nombre  actor:harbour-union → actor:port-union: Unión del Puerto",
        "            referencias que lo siguen: 1",
        "  baja  mission:day-ferries: Day ferries",
        "            nombre (es): Nórdica → Norlandia",
    ):
        assert line in done.stdout, line


def test_summary_is_the_counts(pair, project: Path) -> None:
    whole = pair(OLD, NEW, project=project).stdout
    done = pair(OLD, NEW, "--summary", project=project)
    assert done.stdout == whole[: whole.index("\nClaimant or stance changed")]
    assert done.returncode == 1
    counts = pair(OLD, NEW, "--summary", "--format", "csv", project=project).stdout
    assert counts == (
        "kind,changed,content changed,added,removed,renamed\n"
        "claims,1,3,1,,\nfigures,1,,,,\nactors,,,,,1\nmissions,,,,1,\nplaces,1,,,,\n"
    )
    document = json.loads(pair(OLD, NEW, "--summary", "--format", "json", project=project).stdout)
    assert document["counts"]["claim"] == {"changed": 1, "content": 3, "added": 1}
    assert "things" not in document


def test_layout_order_prefixes_and_format_are_no_difference(tmp_path: Path) -> None:
    (tmp_path / "old.ttl").write_text(OLD)
    triples = list(rdf.parse(OLD, format=rdf.RdfFormat.TURTLE))
    random.Random(1).shuffle(triples)
    for suffix, format in ((".nt", rdf.RdfFormat.N_TRIPLES), (".rdf", rdf.RdfFormat.RDF_XML), (".jsonld", rdf.RdfFormat.JSON_LD)):
        path = tmp_path / f"new{suffix}"
        path.write_bytes(rdf.serialize([quad.triple for quad in triples], format=format) or b"")
        done = kb("diff", str(tmp_path / "old.ttl"), str(path))
        assert (done.returncode, done.stdout) == (0, f"{tmp_path}/old.ttl → {path}: no difference in content\n")


def test_the_case_of_a_language_tag_is_none_and_a_lexical_form_is_one(pair) -> None:
    old = PREFIXES + 'actor:a skos:prefLabel "A"@es-CU ; mm:share 1.50 ; mm:text "a b" , "1" ; mm:old 1 .'
    assert pair(old, old.replace("es-CU", "ES-cu")).returncode == 0
    done = pair(old, replaced(old, ("1.50", "1.5"), ('"a b"', '"a  b"'), ('"1"', "1"), ("mm:old 1", '<http://example.org/#x> "x"@en')), "--alone")
    assert done.stdout.split("Actors\n")[1] == (
        "  changed  actor:a: A\n"
        "             http://example.org/#x (en): + x\n"
        "             mm:old: − 1\n"
        "             mm:share: 1.50 → 1.5\n"
        '             mm:text: "1"; "a b" → "1"^^xsd:integer; "a\\u0020 b"\n'
    )


def test_statements_about_other_things(pair) -> None:
    done = pair(EX + 'ex:a ex:p 1 , "x"@en .', EX + "ex:a ex:p 2 ; ex:q ex:b .")
    assert done.stdout.endswith(
        "Other statements\n"
        '  −  http://example.org/a http://example.org/p "1"^^xsd:integer\n'
        '  −  http://example.org/a http://example.org/p "x"@en\n'
        '  +  http://example.org/a http://example.org/p "2"^^xsd:integer\n'
        "  +  http://example.org/a http://example.org/q http://example.org/b\n"
    )


# Who refers to what has changed


def test_what_a_claim_says_changes_with_a_slot_of_its_proposition(pair, project: Path) -> None:
    done = pair(OLD, replaced(OLD, ("mm:payer actor:ministry", "mm:payer actor:gazette")), project=project)
    line = "payer: Ministry of Ferries (actor:ministry) → Gazette (actor:gazette)"
    told = [text.strip() for text in done.stdout.splitlines() if line in text]
    # At the three claims, one of them by way of the strike that it led to; and at the proposition.
    assert told == [f"what it says changed: {line}"] * 2 + [f"what it says changed: effect › {line}", line]


def test_claims_that_only_the_knowledge_base_has(pair, project: Path) -> None:
    alone = PREFIXES + DOCUMENT[DOCUMENT.index("figure:pay a") :]
    new = replaced(alone, ("mm:maximum 900", "mm:maximum 850"))
    done = pair(alone, new, project=project)
    assert "content  claim:letter-001-1: Harbour Union affirms: That pilots are paid little.\n" in done.stdout
    assert "effect › figure: under 900 ferry pilots (at most 900; per month) → under 900 ferry pilots (at most 850" in done.stdout
    done = pair(alone, new, "--alone", project=project)
    assert done.stdout.split("\n\n")[2] == (
        "Figures\n  changed  figure:pay: under 900 concept:pilots (at most 850; per unit:MO)\n             mm:maximum: 900 → 850\n"
    )


def test_the_knowledge_base_is_read_only_where_it_is_needed(pair, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("the knowledge base was read")

    monkeypatch.setattr(sources, "bundled", refuse)
    assert pair(OLD, NEW, project=project).returncode == 1
    monkeypatch.setattr(sources, "given", refuse)
    assert pair(OLD, NEW, "--alone", project=project).returncode == 1
    assert pair(OLD, NEW, "--triples", project=project).returncode == 1
    assert pair(OLD, NEW, "--summary", project=project).returncode == 1
    assert pair(OLD, OLD, project=project).returncode == 0


def test_a_knowledge_base_that_cannot_be_read_costs_only_the_names(pair, tmp_path: Path) -> None:
    broken = build(tmp_path / "broken")
    (broken / "ontology" / "kb.ttl").write_text("no Turtle")
    done = pair(PREFIXES + "actor:a mm:payer actor:b .", PREFIXES + "actor:a mm:payer actor:c .", project=broken)
    assert "mm:payer: actor:b → actor:c" in done.stdout


# Renamed


def test_a_claim_its_proposition_and_its_figure_renamed_together(pair, project: Path) -> None:
    new = replaced(OLD, ("claim:letter-001-1", "claim:first"), ("proposition:low-pay", "proposition:pay"), ("figure:pay", "figure:salary"))
    done = pair(OLD, new, project=project)
    assert [line.strip() for line in done.stdout.splitlines() if "→" in line or "follow" in line][1:] == [
        "renamed  claim:letter-001-1 → claim:first: Harbour Union affirms: That pilots are paid little.",
        "references that follow: 3",  # respondsTo, toClaim, ofClaim
        "renamed  proposition:low-pay → proposition:pay: That pilots are paid little.",
        "references that follow: 3",  # two claims and the strike
        "renamed  figure:pay → figure:salary: under 900 ferry pilots (at most 900; per month)",
        "references that follow: 1",
    ]


def test_what_looks_alike_is_told_apart_by_who_refers_to_it(pair) -> None:
    def figures(first: str, second: str) -> str:
        return PREFIXES + (
            f"figure:{first} a mm:Figure ; mm:value 5 . figure:{second} a mm:Figure ; mm:value 5 .\n"
            f"proposition:x mm:figure figure:{first} . proposition:y mm:figure figure:{second} ."
        )

    done = pair(figures("a", "b"), figures("d", "c"), "--alone")
    assert "renamed  figure:b → figure:c" in done.stdout
    assert "renamed  figure:a → figure:d" in done.stdout
    assert "Propositions" not in done.stdout


def test_what_has_only_a_type_is_not_renamed_nor_what_is_of_another_kind(pair) -> None:
    done = pair(PREFIXES + "actor:a a mm:Actor . place:p mm:x 1 .", PREFIXES + "actor:b a mm:Actor . mission:p mm:x 1 .")
    assert [line.split() for line in done.stdout.splitlines() if line.startswith(("  added", "  removed"))] == [
        ["added", "actor:b"], ["removed", "actor:a"], ["added", "mission:p:", "mm:x:", "1"], ["removed", "place:p:", "mm:x:", "1"],
    ]  # fmt: skip


def test_a_renamed_property_is_followed(pair) -> None:
    old = PREFIXES + 'mm:payer rdfs:label "payer"@en . actor:a mm:payer actor:b .'
    done = pair(old, old.replace("mm:payer", "mm:paidBy"))
    assert done.stdout.split("\n\n")[2] == (
        "Terms of the ontology\n  renamed  mm:payer → mm:paidBy: payer\n             references that follow: 1\n"
    )


# Folders


def folders(root: Path, old: dict[str, str], new: dict[str, str]) -> None:
    for side, files in (("old", old), ("new", new)):
        for name, text in files.items():
            path = root / side / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(PREFIXES + text)


def test_moved_to_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one, two = 'actor:one skos:prefLabel "One" .\n', 'actor:two skos:prefLabel "Two" ; mm:x 1 .\n'
    folders(tmp_path, {"r/a.ttl": one + two, "r/same.ttl": "place:p mm:x 1 ."}, {"r/a.ttl": one, "r/b.ttl": two.replace("1", "2"), "r/same.ttl": "place:p mm:x 1 ."})
    done = kb("diff", "old", "new", "--alone")
    assert done.stdout == """old → new

        changed  moved
──────  ───────  ─────
actors        1      1

Actors
  changed  actor:two: Two
             mm:x: 1 → 2

Moved
  r/a.ttl → r/b.ttl: Two (actor:two)
"""
    only = kb("diff", "old/r/a.ttl", "new", "--alone")  # of a file and a folder, places say nothing
    assert "oved" not in only.stdout


def test_only_moved_is_a_difference_too(tmp_path: Path) -> None:
    folders(tmp_path, {"a.ttl": "actor:x mm:x 1 ."}, {"b.ttl": "actor:x mm:x 1 ."})
    done = kb("diff", str(tmp_path / "old"), str(tmp_path / "new"), "--format", "csv")
    assert (done.returncode, done.stdout) == (1, "change,kind,id,label,property,old,new,via\nmoved,actor,actor:x,,,a.ttl,b.ttl,\n")
    assert kb("diff", str(tmp_path / "old"), str(tmp_path / "new"), "--triples").stdout == ""


def test_moved_to_another_graph(tmp_path: Path) -> None:
    for name, graph in (("old.trig", "one"), ("new.trig", "two")):
        (tmp_path / name).write_text(f"{PREFIXES} <http://example.org/{graph}> {{ actor:x mm:x 1 }}")
    done = kb("diff", str(tmp_path / "old.trig"), str(tmp_path / "new.trig"), "--alone")
    assert "  <http://example.org/one> → <http://example.org/two>: actor:x\n" in done.stdout


def test_a_whole_project_is_its_ontology_data_and_shapes(tmp_path: Path) -> None:
    for side in ("old", "new"):
        build(tmp_path / side)
    (tmp_path / "new" / "notes.ttl").write_text("no Turtle, and no part of it")
    (tmp_path / "new" / ".hidden").mkdir()
    (tmp_path / "new" / ".hidden" / "x.ttl").write_text("nor this")
    path = tmp_path / "new" / "ontology" / "kb.ttl"
    path.write_text(path.read_text().replace('"tone"@en', '"manner"@en'))
    done = kb("diff", str(tmp_path / "old"), str(tmp_path / "new"))
    assert done.stdout.split("\n\n")[2] == "Terms of the ontology\n  changed  mm:tone: manner\n             name (en): tone → manner\n"


def test_a_side_without_files(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    done = kb("diff", str(tmp_path / "old"), str(tmp_path / "new"))
    assert (done.returncode, "no RDF file" in done.stderr) == (3, True)
    (tmp_path / "new" / "a.ttl").write_text(PREFIXES + "actor:a mm:x 1 .")
    done = kb("diff", str(tmp_path / "old"), str(tmp_path / "new"), "--alone")
    assert (done.returncode, "  added  actor:a: mm:x: 1\n" in done.stdout) == (1, True)
    # As git gives a file that was not there before.
    done = kb("diff", "/dev/null", str(tmp_path / "new" / "a.ttl"), "--alone")
    assert (done.returncode, "  added  actor:a: mm:x: 1\n" in done.stdout) == (1, True)


# Blank nodes


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("ex:a ex:p [ ex:q 1 ; ex:r ( 1 2 ) ] .", "ex:a ex:p _:x . _:x ex:r _:l ; ex:q 1 . _:l rdf:rest ( 2 ) ; rdf:first 1 .", True),
        ("ex:a ex:p [ ex:q 1 ] , [ ex:q 2 ] .", "ex:a ex:p [ ex:q 2 ] , [ ex:q 1 ] .", True),
        ("ex:a ex:p [ ex:q 1 ] , [ ex:q 1 ] .", "ex:a ex:p [ ex:q 1 ] .", False),
        ("ex:a ex:p [ ex:q 1 ] . ex:b ex:p [ ex:q 1 ] .", "ex:a ex:p _:x . ex:b ex:p _:x . _:x ex:q 1 .", False),
        ("_:a ex:p _:b . _:b ex:p _:c . _:c ex:p _:a ; ex:q 1 .", "_:x ex:p _:y ; ex:q 1 . _:y ex:p _:z . _:z ex:p _:x .", True),
        ("_:a ex:p _:b . _:b ex:p _:c . _:c ex:p _:a ; ex:q 1 .", "_:x ex:p _:y ; ex:q 2 . _:y ex:p _:z . _:z ex:p _:x .", False),
        (
            "".join(f"_:a{i} ex:p _:a{(i + 1) % 6} ." for i in range(6)),
            "".join(f"_:b{i} ex:p _:b{(i + 1) % 3} . _:c{i} ex:p _:c{(i + 1) % 3} ." for i in range(3)),
            False,
        ),
        (
            "".join(f"_:a{i} ex:p _:a{j} ." for i in range(14) for j in range(14) if i != j) + "_:a0 ex:q [] .",
            "".join(f"_:b{i} ex:p _:b{j} ." for i in range(14) for j in range(14) if i != j) + "_:b9 ex:q [] .",
            True,
        ),
    ],
)
def test_blank_nodes_are_compared_by_content(pair, old: str, new: str, same: bool) -> None:
    rdf_prefix = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
    done = pair(EX + rdf_prefix + old, EX + rdf_prefix + new)
    assert done.returncode == (0 if same else 1)
    assert same or "Other statements" in done.stdout


def test_content_is_the_same_exactly_where_graphs_are_isomorphic() -> None:
    """By the engine's canonical form, which would take for ever on large knots; and whatever the order and the labels."""
    for seed in range(400):
        one, other = random_graph(seed), random_graph(seed)
        lines = other.replace("_:n", "_:renamed").split("\n")
        random.Random(seed).shuffle(lines)
        if seed % 2:
            lines[0] = lines[0].replace("<http://example.org/p>", "<http://example.org/q>").replace("_:renamed0", "_:renamed1")
        graphs = [list(rdf.parse(text, format=rdf.RdfFormat.N_TRIPLES)) for text in (one, "\n".join(lines))]
        datasets = [rdf.Dataset(graph) for graph in graphs]
        for dataset in datasets:
            dataset.canonicalize(rdf.CanonicalizationAlgorithm.UNSTABLE)
        assert (by_content(graphs[0]) == by_content(graphs[1])) == (datasets[0] == datasets[1]), seed


def test_a_blank_node_is_told_at_what_leads_to_it(pair) -> None:
    source = EX + PREFIXES + "actor:a mm:x [ ex:q 1 ; ex:r [ ex:s 2 ] ] ; mm:y [ ex:q 1 ] . [] ex:t 5 ."
    done = pair(source, replaced(source, ("ex:s 2", "ex:s 3")), "--alone")
    assert done.stdout.split("\n\n")[2:] == [
        "Actors\n  changed  actor:a\n             mm:x: [ http://example.org/q: 1; http://example.org/r: [ http://example.org/s: 2 ] ] → "
        "[ http://example.org/q: 1; http://example.org/r: [ http://example.org/s: 3 ] ]\n"
    ]
    done = pair(source, replaced(source, ("ex:t 5", "ex:t 6")), "--alone")
    assert '  −  [] http://example.org/t "5"^^xsd:integer\n  +  [] http://example.org/t "6"^^xsd:integer\n' in done.stdout


# Forms


def test_json(pair, project: Path) -> None:
    done = pair(OLD, NEW, "--format", "json", project=project)
    document = json.loads(done.stdout)
    assert (done.returncode, document["old"], document["new"], document["different"]) == (1, "old.ttl", "new.ttl", True)
    # 2 of the claim, 2 of the figure, 5 of the actor with the claim that names it, 4 of the mission, 1 label, 5 of the new claim
    assert document["statements"] == {"removed": 2 + 2 + 5 + 4 + 1, "added": 2 + 2 + 5 + 1 + 5}
    things = {thing["id"].rpartition("/id/")[2]: thing for thing in document["things"]}
    assert things["claim/letter-002-2"]["properties"][0] == {
        "property": "https://w3id.org/medical-missions/ontology/claimant",
        "label": "mm:claimant",
        "removed": [{"iri": f"{ACTOR}ministry", "label": "Ministry of Ferries"}],
        "added": [{"iri": f"{ACTOR}gazette", "label": "Gazette"}],
    }
    content = things["claim/letter-001-1"]["content"][0]
    assert content["id"].endswith("figure/pay")
    assert content["via"] == ["https://w3id.org/medical-missions/ontology/figure"]
    assert content["properties"][0]["added"] == [{"value": "800", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}]
    assert things["actor/port-union"]["renamed from"] == f"{ACTOR}harbour-union"
    same = json.loads(pair(OLD, OLD, "--format", "json", project=project).stdout)
    assert (same["different"], same["counts"], same["things"]) == (False, {}, [])


def test_csv(pair, project: Path) -> None:
    done = pair(OLD, NEW, "--format", "csv", project=project)
    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert rows[0] == ["change", "kind", "id", "label", "property", "old", "new", "via"]
    strike = "Gazette rejects: That low pay led to a strike."
    assert ["changed", "claim", "claim:letter-002-2", strike, "mm:stance", "affirms (stance:affirms)", "rejects (stance:rejects)", ""] in rows
    assert ["content", "claim", "claim:letter-002-2", strike, "mm:maximum", "900", "800", "mm:effect mm:figure figure:pay"] in rows
    assert ["renamed", "actor", "actor:port-union", "Harbour Union", "", "actor:harbour-union", "actor:port-union", ""] in rows
    assert ["removed", "mission", "mission:day-ferries", "Day ferries", "", "", "", ""] in rows
    assert ["changed", "place", "place:norland", "Norland", "skos:prefLabel@es", "Nórdica", "Norlandia", ""] in rows
    assert len(rows) == 1 + (2 + 2) + 2 + 2 + 1 + 2 + 1 + 1 + 1


def test_markdown(pair, project: Path) -> None:
    done = pair(OLD, replaced(OLD, ('"Nórdica"@es', '"*N* | <b>"@es')), "--format", "md", project=project)
    assert done.stdout == (
        "**`old.ttl` → `new.ttl`**\n\n|  | changed |\n| --- | --- |\n| places | 1 |\n\n### Places\n\n"
        "- changed `place:norland` Norland\n  - name (es): Nórdica → \\*N\\* \\| &lt;b&gt;\n"
    )
    assert pair(OLD, OLD, "--format", "md").stdout == "**`old.ttl` → `new.ttl`**: no difference in content\n"


def applied(old: set[str], patch: str) -> set[str]:
    """An RDF Patch applied, as a store would."""
    lines = patch.splitlines()
    assert not lines or (lines[0], lines[-1]) == ("TX .", "TC .")
    triples = set(old)
    for line in lines[1:-1]:
        code, statement = line[0], line[2:]
        (triple,) = rdf.parse(statement, format=rdf.RdfFormat.N_TRIPLES)
        if code == "D":
            triples.remove(str(triple.triple))
        else:
            assert code == "A" and str(triple.triple) not in triples
            triples.add(str(triple.triple))
    return triples


def statements(text: str) -> set[str]:
    return {str(quad.triple) for quad in rdf.parse(text, format=rdf.RdfFormat.TURTLE)}


def test_triples_are_a_patch(pair) -> None:
    done = pair(OLD, NEW, "--triples")
    assert (done.returncode, applied(statements(OLD), done.stdout)) == (1, statements(NEW))
    assert pair(OLD, OLD, "--triples").stdout == ""
    for other in (("--summary",), ("--format", "md")):
        assert pair(OLD, NEW, "--triples", *other).returncode == 2


def random_data(seed: int) -> str:
    pick = random.Random(seed)
    kinds = ("claim", "proposition", "figure", "actor", "place")
    lines = []
    for _ in range(pick.randint(0, 12)):
        subject = f"{pick.choice(kinds)}:{pick.choice('abc')}" if pick.random() < 0.9 else "<http://example.org/x>"
        value = pick.choice(
            [*(f"{kind}:{letter}" for kind in kinds for letter in "ab"), "1", '"x"@en', '"y\\n\\u0007"', "stance:affirms"]
        )
        predicate = pick.choice(("a", "mm:claimant", "mm:stance", "mm:expresses", "mm:figure", "mm:effect", "skos:prefLabel"))
        lines.append(f"{subject} {predicate} {value} .")
    return PREFIXES + "\n".join(lines)


def test_random_pairs_are_told_whole(tmp_path: Path) -> None:
    for seed in range(300):
        old, new = random_data(seed), random_data(seed + 1000)
        if seed % 3 == 0:  # a few statements are other ones
            lines = old.splitlines()
            new = "\n".join(lines[:-1]) if len(lines) > 40 else old
        (tmp_path / "old.ttl").write_text(old)
        (tmp_path / "new.ttl").write_text(new)
        difference = changes.compare(*sides.read(str(tmp_path / "old.ttl"), str(tmp_path / "new.ttl")))
        removed, added = ({str(triple) for triple in triples} for triples in difference.patch)
        assert (statements(old) - removed) | added == statements(new), seed
        assert bool(difference) == (statements(old) != statements(new)), seed
        told = {str(t.renamed_from or t.node) for t in difference.things} | {str(t.node) for t in difference.things}
        told |= {str(triple.subject) for triples in difference.others for triple in triples}
        assert {line.split()[0] for line in removed | added} <= told, seed
        for form in ("text", "json", "csv", "md"):
            done = kb("diff", str(tmp_path / "old.ttl"), str(tmp_path / "new.ttl"), "--alone", "--format", form) if seed < 30 else None
            assert done is None or (done.returncode, done.stderr) == (1 if difference else 0, "")


@pytest.mark.parametrize("form", ["text", "json", "csv", "md", "triples"])
def test_nothing_from_the_data_drives_a_terminal(pair, form: str) -> None:
    evil = '"red \\u001B[31m\\u009B\\u202E\\u0000"'
    new = PREFIXES + f"actor:a skos:prefLabel {evil} ; <http://example.org/\\u202Ex> {evil} . <http://example.org/\\u202Ey> mm:x {evil} ."
    options = ["--triples"] if form == "triples" else ["--format", form]
    for old in (PREFIXES, new.replace("red", "blue")):
        shown = pair(old, new, *options, "--alone").stdout
        assert shown
        assert all(character.isprintable() or character == "\n" for character in shown)


def test_a_long_value_is_shown_where_it_differs(pair) -> None:
    done = pair(PREFIXES + f'actor:a mm:x "{"a" * 5000}" .', PREFIXES + f'actor:a mm:x "{"a" * 4000}b{"a" * 999}" .', "--alone")
    line = next(line for line in done.stdout.splitlines() if "mm:x" in line)
    assert line.strip() == f"mm:x: …{'a' * 300}… → …{'a' * 40}b{'a' * 259}…"


# Input


def test_standard_input_is_one_side(tmp_path: Path, project: Path) -> None:
    (tmp_path / "new.ttl").write_text(NEW)
    done = process("diff", "-", str(tmp_path / "new.ttl"), "--summary", stdin=NEW, project=project)
    assert (done.returncode, done.stdout) == (0, f"<stdin> → {tmp_path}/new.ttl: no difference in content\n")
    done = process("diff", "-", "-", stdin=NEW)
    assert (done.returncode, "not both" in done.stderr) == (2, True)


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("\nactor:a")
    (tmp_path / "star.ttl").write_text(EX + "ex:a ex:p <<( ex:a ex:b ex:c )>> .")
    done = kb("diff", str(tmp_path / "bad.ttl"), str(tmp_path / "none.ttl"))
    assert done.returncode == 3
    assert "bad.ttl:2:" in done.stderr and "none.ttl: no such file" in done.stderr
    done = kb("diff", str(tmp_path / "star.ttl"), "/dev/null")
    assert (done.returncode, "RDF 1.2" in done.stderr) == (3, True)
    assert kb("diff", str(tmp_path / "bad.ttl")).returncode == 2


def test_output_to_a_file(pair, tmp_path: Path) -> None:
    done = pair(OLD, NEW, "--format", "md", "-o", "comment.md")
    assert (done.returncode, done.stdout) == (1, "")
    assert (tmp_path / "comment.md").read_text().startswith("**`old.ttl` → `new.ttl`**\n")
