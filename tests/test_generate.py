"""The generator's data conforms, is the same for the same seed, refers to nothing that is not there, and is like the real data."""

from __future__ import annotations

import re
import shutil
import sys
import tracemalloc
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from kb import rdf
from kb.namespaces import GRAPH, ID, PREFIXES, kind_of
from kb.project import Project, find_project
from kb.validation import validate

ROOT = find_project().root
sys.path.insert(0, str(ROOT / "benchmarks"))

import generate
from distributions import Model, measured, zipf
from invented import word
from realdata import Data

MM, SKOS = PREFIXES["mm"], PREFIXES["skos"]


@pytest.fixture(scope="module")
def real() -> Data:
    return Data(find_project())


@pytest.fixture(scope="module")
def model(real: Data) -> Model:
    return measured(real)


def made(model: Model, claims: int, seed: int = 1, beside: int = 0) -> dict[str, list[rdf.Triple]]:
    """A generated data set, by portion."""
    found: dict[str, list[rdf.Triple]] = {}

    def keep(place: str, triples: list) -> None:
        text = generate.Lines().write(triples)
        quads = rdf.parse(text, format=rdf.RdfFormat.N_TRIPLES)
        found.setdefault(place, []).extend(rdf.Triple(q.subject, q.predicate, q.object) for q in quads)

    generate.generate(model, claims, seed, keep, beside)
    return found


def said(triples: dict[str, list[rdf.Triple]]) -> list[rdf.Triple]:
    return [triple for portion in triples.values() for triple in portion]


def project_with(tmp_path: Path, *, bundled: bool = False) -> Project:
    """The project's ontology and shapes, with no data or with the bundled data."""
    for name in ("ontology", "shapes", "queries"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "data").mkdir()
    if bundled:
        shutil.rmtree(tmp_path / "data")
        shutil.copytree(ROOT / "data", tmp_path / "data")
    return Project(tmp_path)


def run(tmp_path: Path, *arguments: str) -> None:
    assert generate.main([*arguments, "--out", str(tmp_path)]) == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_generated_data_conforms(tmp_path: Path, seed: int) -> None:
    pytest.importorskip("shacl")
    project = project_with(tmp_path)
    run(project.data, "--claims", "1000", "--seed", str(seed), "--format", "ttl")
    report = validate(project, engine="auto")
    assert report.nodes > 5000
    assert [f"{f.rule.iri} {f.focus} {f.path} {f.value}" for f in report.findings] == []


@pytest.mark.slow
def test_ten_thousand_claims_conform(tmp_path: Path) -> None:
    pytest.importorskip("shacl")
    project = project_with(tmp_path)
    run(project.data, "--claims", "10000", "--seed", "4", "--format", "ttl")
    assert validate(project, engine="auto").findings == ()


def test_it_conforms_beside_the_bundled_data_and_shares_no_name_with_it(tmp_path: Path, real: Data, model: Model) -> None:
    pytest.importorskip("shacl")
    project = project_with(tmp_path, bundled=True)
    run(project.data / "generated.ttl", "--claims", "300")
    report = validate(project, engine="auto")
    assert report.nodes > 5500
    assert [f"{f.rule.iri} {f.focus}" for f in report.findings] == []
    subjects = {triple.subject for triple in said(made(model, 300))}
    assert len(subjects) > 1000 and not subjects & real.out.keys()


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("one", "7"), ("again", "7"), ("other", "8")):
        run(tmp_path / f"{name}.nt", "--claims", "150", "--seed", seed)
    one, again, other = ((tmp_path / f"{name}.nt").read_bytes() for name in ("one", "again", "other"))
    assert one == again != other


def test_all_formats_say_the_same(tmp_path: Path) -> None:
    for format_ in ("nt", "ttl", "nq"):
        run(tmp_path / f"data.{format_}", "--claims", "120", "--format", format_)
    run(tmp_path / "folder", "--claims", "120", "--format", "ttl")
    read = {}
    for path in sorted(tmp_path.rglob("*.*")):
        quads = rdf.parse(path.read_bytes(), format=rdf.RdfFormat.from_extension(path.suffix[1:]))
        part = "folder" if path.parent != tmp_path else path.suffix
        read.setdefault(part, set()).update((str(q.subject), str(q.predicate), str(q.object)) for q in quads)
    assert len({frozenset(triples) for triples in read.values()}) == 1 and len(read) == 4
    graphs = {q.graph_name.value for q in rdf.parse((tmp_path / "data.nq").read_bytes(), format=rdf.RdfFormat.N_QUADS)}
    assert {f"{GRAPH}generated/registers/actor", f"{GRAPH}generated/documents/g1-00001"} <= graphs


def test_what_is_referred_to_is_there_and_the_number_of_claims_is_exact(model: Model) -> None:
    ontology = {n for n in Data(find_project()).out if isinstance(n, rdf.NamedNode)}
    for claims in (1, 57, 900):
        triples = said(made(model, claims))
        described = {triple.subject for triple in triples}
        named = {t.object for t in triples if isinstance(t.object, rdf.NamedNode) and t.object.value.startswith(ID)}
        assert named <= described | ontology
        assert sum(t.predicate.value == MM + "expresses" for t in triples) == claims


def test_documents_beside_a_data_set_are_new_and_refer_to_its_registers(model: Model) -> None:
    base, more = said(made(model, 700)), said(made(model, 100, beside=700))
    known, new = ({triple.subject for triple in triples} for triples in (base, more))
    assert not known & new
    outside = {t.object for t in more if isinstance(t.object, rdf.NamedNode)} & known
    assert {kind_of(node.value) for node in outside} >= {"actor", "concept", "place"}
    assert sum(t.predicate.value == MM + "expresses" for t in more) == 100


def test_nothing_is_issued_in_the_future_and_only_headings_and_titles_name_what_was_curated(model: Model) -> None:
    triples = [triple for seed in (5, 6) for triple in said(made(model, 2_000, seed))]
    issued = [t.object.value for t in triples if t.predicate.value == PREFIXES["dcterms"] + "issued"]
    assert len(issued) > 100 and all(date <= model.today[: len(date)] for date in issued)
    kinds = {t.subject: t.object.value for t in triples if t.predicate.value == MM + "passageKind"}
    curated = {kinds[t.object] for t in triples if t.predicate.value == MM + "curatedSection"}
    assert curated and curated <= {f"{ID}kind/title", f"{ID}kind/heading"}


def shares(triples: list[rdf.Triple]) -> dict[str, Counter]:
    """How often what the model is about occurs, as counts by name."""
    out: dict[rdf.NamedNode, dict[str, list]] = {}
    for triple in triples:
        out.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple.object)
    claims = {node: p for node, p in out.items() if MM + "expresses" in p}
    propositions = {node: p for node, p in out.items() if MM + "gloss" in p}
    named = Counter(p[MM + "statedIn"][0] for p in claims.values())
    return {
        "claims in a passage": Counter(min(6, named[n]) for n, p in out.items() if MM + "spanSha256" in p),
        "classes": Counter(t.value for p in claims.values() for t in p[rdf.RDF_TYPE.value]),
        "stances": Counter(p[MM + "stance"][0].value for p in claims.values()),
        "reported": Counter(MM + "reportedBy" in p for p in claims.values()),
        "hedged": Counter(MM + "hedge" in p for p in claims.values()),
        "cited": Counter(min(4, len(p.get(MM + "viaMarker", ()))) for p in claims.values()),
        "frames": Counter(t.value for p in propositions.values() for t in p[rdf.RDF_TYPE.value]),
        "slots": Counter(name for p in propositions.values() for name in p),
        "figures": Counter(MM + "figure" in p for p in propositions.values()),
        "links": Counter(o.value for p in out.values() for o in p.get(MM + "linkKind", ())),
        "kinds of passage": Counter(o.value for p in out.values() for o in p.get(MM + "passageKind", ())),
    }


def test_distributions_are_those_of_the_real_data(real: Data, model: Model) -> None:
    documents = [t for path, triples in real.files.items() if "documents" in path.parts for t in triples]
    expected, found = shares(documents), shares(said(made(model, 8_000, seed=6)))
    for name, counts in expected.items():
        total, others = sum(counts.values()), sum(found[name].values())
        distance = sum(abs(counts[k] / total - found[name][k] / others) for k in counts | found[name]) / 2
        # Sections come whole, so what gathers in some of them varies the most.
        assert distance < (0.08 if name in ("links", "kinds of passage") else 0.04), f"{name}: {distance:.3f}"
    links = sum(expected["links"].values()) / model.claims
    assert sum(found["links"].values()) / 8_000 == pytest.approx(links, rel=0.1)


def test_the_frequency_of_actors_follows_a_power_law_and_registers_grow_more_slowly_than_claims(model: Model) -> None:
    triples = said(made(model, 4_000, seed=6))
    authors = {t.object for t in triples if t.predicate.value.endswith("creator")}
    named = Counter(t.object for t in triples if isinstance(t.object, rdf.NamedNode) and kind_of(t.object.value) == "actor")
    exponent = zipf(count for actor, count in named.items() if actor not in authors)
    assert exponent == pytest.approx(model.usage["actor", "mm:Group"].exponent, abs=0.25)
    sizes = [sum(place.startswith("registers/") for place, _, _ in generate.portions(model, n, 1)) for n in (800, 3_200, 12_800)]
    assert all(2 < later / earlier < 3.8 for earlier, later in pairwise(sizes))


def test_memory_does_not_grow_with_the_data(model: Model) -> None:
    peaks = []
    for claims in (4_000, 16_000):  # the largest document is among them early; registers grow much more slowly
        tracemalloc.start()
        generate.generate(model, claims, 1, lambda place, triples: None)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_words_are_invented_and_each_number_has_its_own() -> None:
    found = [word(number) for number in range(20_000)]
    assert len(set(found)) == len(found)
    assert all(re.fullmatch(r"([bdfgklmnprstvz][aeiou]){2,4}", name) for name in found)


@pytest.mark.parametrize("arguments", [["--claims", "0"], ["--claims", "x"], ["--claims", "5", "--seed", "-1"], []])
def test_usage(arguments: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        generate.main([*arguments, "--out", str(tmp_path / "data.nt")])
    assert ended.value.code == 2


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.ttl").write_text("")
    with pytest.raises(SystemExit):
        generate.main(["--claims", "5", "--out", str(tmp_path)])
    assert [path.name for path in tmp_path.iterdir()] == ["mine.ttl"]
