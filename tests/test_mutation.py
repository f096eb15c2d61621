"""The mutation test measures validation, so what it does itself must be sure: the faults, the excuses, the grouping."""

from __future__ import annotations

import csv
import io
import shutil
import sys
from pathlib import Path

import pytest

from kb import rdf
from kb.namespaces import PREFIXES, iri_of
from kb.project import Project, find_project
from kb.validation import Severity

ROOT = find_project().root
sys.path.insert(0, str(ROOT / "benchmarks"))

import mutation
from alternatives import REASONS, Alternatives, valid_date
from mutants import FAMILIES, KINDS, Mutant, Mutator
from realdata import Data

pytest.importorskip("shacl")


@pytest.fixture(scope="module")
def data() -> Data:
    return Data(find_project())


@pytest.fixture(scope="module")
def oracle(data: Data) -> Alternatives:
    return Alternatives(data)


@pytest.fixture
def world(tmp_path: Path) -> Project:
    """The invented world of the tests as a project."""
    for name in ("ontology", "shapes", "queries"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "tests" / "world", tmp_path / "data")
    return Project(tmp_path)


def term(text: str) -> rdf.NamedNode | rdf.Literal:
    """A term from how it is written in the tests: a CURIE, ``text@en`` or ``text^^prefix:type``."""
    if "@" in text:
        value, _, lang = text.rpartition("@")
        return rdf.Literal(value, language=lang)
    if "^^" in text:
        value, _, datatype = text.rpartition("^^")
        return rdf.Literal(value, datatype=rdf.NamedNode(iri_of(datatype)))
    return rdf.NamedNode(iri_of(text))


def mutant(data: Data, subject: str, predicate: str, old: str | None, new: str | None, operator: str = "delete") -> Mutant:
    """A mutant made by hand; the old triple must be in the data."""
    made = [rdf.Triple(term(subject), term(predicate), term(value)) if value else None for value in (old, new)]
    files = [path for path, triples in data.files.items() if made[0] in triples or not made[0]]
    assert files, f"the data does not say {subject} {predicate} {old}"
    return Mutant(operator, files[0], made[0] or made[1], (made[0],) if made[0] else (), (made[1],) if made[1] else ())


@pytest.mark.parametrize("kind", KINDS)
def test_an_operator_changes_what_the_data_says(data: Data, kind: str) -> None:
    said = {triple for triples in data.files.values() for triple in triples}
    for made in Mutator(data, 7, [kind]).draw(20):
        assert made.operator == kind
        assert set(made.removed) <= set(data.files[made.file])
        assert not set(made.added) & said
        assert (said - set(made.removed)) | set(made.added) != said


def test_the_same_seed_gives_the_same_mutants(data: Data) -> None:
    first, again, other = (list(Mutator(data, seed).draw(120)) for seed in (3, 3, 4))
    assert first == again != other
    assert len({(m.removed, m.added) for m in first}) == 120
    assert {m.operator.partition("-")[0] for m in first} == set(FAMILIES)


def test_operators_and_classes_can_be_chosen(data: Data) -> None:
    made = list(Mutator(data, 1, ["delete", "perturb"], ["mm:Figure", "mm:Person"]).draw(60))
    assert {m.operator.partition("-")[0] for m in made} == {"delete", "perturb"}
    assert {data.class_of(m.focus.subject) for m in made} == {"mm:Figure", "mm:Person"}
    with pytest.raises(ValueError, match="no operator 'delte'"):
        Mutator(data, 1, ["delte"])
    with pytest.raises(ValueError, match="mm:Fgure"):
        Mutator(data, 1, [], ["mm:Fgure"])


P, Q = "passage:medical-missions-report-002", "proposition:money-drives-missions"
C, A = "claim:medical-missions-report-040-2", "claim:oas-article-014-1"


@pytest.mark.parametrize(
    ("subject", "predicate", "old", "new", "reason"),
    [
        # What another text could have given reason for.
        ("claim:oas-article-043-1", "mm:hedge", "hedge:possible", None, "optional"),
        ("claim:oas-article-043-1", "mm:hedge", "hedge:possible", "hedge:likely", "another-value"),
        (Q, "mm:timeframe", "timeframe:present", None, "optional"),
        (Q, "mm:cause", "concept:money", "concept:mission-revenue", "another-value"),
        ("actor:c-guttman", "rdf:type", "mm:Person", "mm:Group", "another-kind"),
        ("work:sanchez-da-silva-doctors-working-abroad", "dcterms:issued", "2006-09-02^^edtf:EDTF", "2006-09^^edtf:EDTF", "another-date"),
        # A text never gives reason for these.
        (P, "mm:order", "2^^xsd:integer", "3^^xsd:integer", None),
        (P, "mm:passageKind", "kind:sentence", "kind:heading", None),
        (P, "mm:inSection", "passage:medical-missions-report-001", None, None),
        ("selector:medical-missions-report-002", "oa:end", "123^^xsd:nonNegativeInteger", "122^^xsd:nonNegativeInteger", None),
        # What the frame, or another node, needs.
        (Q, "mm:causalRelation", "concept:motivates", None, None),
        (Q, "mm:cause", "concept:money", "hedge:possible", None),
        (C, "mm:expresses", "proposition:ideology-drives-missions", Q, None),
        (A, "mm:stance", "stance:rejects", "stance:affirms", None),
        (A, "rdf:type", "mm:Response", None, None),
        # Names tell what they name, and one claims in one's own text without a reporter.
        (C, "mm:statedIn", "passage:medical-missions-report-040", P, None),
        (C, "mm:claimant", "actor:report-author", "actor:granma", None),
        # What is not described, or is described twice.
        (C, "mm:claimant", "actor:report-author", "actor:nobody", None),
        ("actor:granma", "skos:altLabel", None, "CSMC@en", None),
    ],
)  # fmt: skip
def test_the_oracle_excuses_only_what_a_curator_could_have_written(
    data: Data, oracle: Alternatives, subject: str, predicate: str, old: str | None, new: str | None, reason: str | None
) -> None:
    before = {node: {name: list(values) for name, values in properties.items() if values} for node, properties in data.out.items()}
    assert oracle.reason(mutant(data, subject, predicate, old, new)) == reason
    after = {node: {name: sorted(map(str, v)) for name, v in properties.items() if v} for node, properties in data.out.items()}
    assert after == {node: {name: sorted(map(str, v)) for name, v in p.items()} for node, p in before.items()}


def test_no_digest_position_datatype_language_or_twin_is_ever_excused(data: Data, oracle: Alternatives) -> None:
    never = ["perturb-digest", "perturb-position", "retype-datatype", "retype-language", "duplicate-node", "redirect-nothing"]
    assert [m for m in Mutator(data, 11, never).draw(200) if oracle.reason(m)] == []


def test_every_excuse_is_explained(data: Data, oracle: Alternatives) -> None:
    given = {part for m in Mutator(data, 2).draw(600) for part in (oracle.reason(m) or "").split("+") if part}
    assert given and given <= REASONS.keys()


def test_a_number_in_a_gloss_or_a_print_is_not_another_wording(data: Data, oracle: Alternatives) -> None:
    figure = "figure:cuban-state-keeps-75-to-95-percent-of-host-payment"
    assert oracle.reason(mutant(data, figure, "mm:printed", "between 75% and 95%^^xsd:string", "between 75% and 96%^^xsd:string")) is None
    assert oracle.reason(mutant(data, figure, "mm:minimum", "75^^xsd:integer", "76^^xsd:integer")) is None
    gloss = "That money is what moves Cuba to run its medical missions now."
    assert oracle.reason(mutant(data, Q, "mm:gloss", f"{gloss}@en", f"{gloss.replace('money', 'monéy')}@en")) == "another-wording"
    assert oracle.reason(mutant(data, Q, "mm:gloss", f"{gloss}@en", f"{gloss.replace('money', '1 money')}@en")) is None


@pytest.mark.parametrize(("text", "valid"), [("2024", True), ("2024-02", True), ("2024-02-29", True), ("2023-02-29", False), ("2024-13", False), ("24", False)])
def test_dates_of_the_calendar(text: str, valid: bool) -> None:
    assert valid_date(text) is valid


def test_a_known_fault_is_caught_and_a_known_alternative_survives(data: Data, oracle: Alternatives, tmp_path: Path) -> None:
    fault = mutant(data, C, "mm:claimant", "actor:report-author", None)
    twice = mutant(data, C, "mm:stance", None, "stance:affirms")
    fine = mutant(data, "claim:oas-article-043-1", "mm:hedge", "hedge:possible", None)
    run = mutation.Run(data, mutation.ProjectCopy(data, tmp_path))
    for made in (fault, twice):
        [found] = run.findings([made], 1)
        assert {f.focus for f in found} == {term(C)} and max(f.severity for f in found) == Severity.VIOLATION
    # Together, too, the findings go to whom they belong, and the innocent has none.
    first, second = run.findings([fault, fine])
    assert first and not second and oracle.reason(fine) == "optional"


def test_groups_find_what_validation_of_each_alone_finds(world: Project) -> None:
    alone = mutation.measure(world, 5, 40, alone=True)
    together = mutation.measure(world, 5, 40)
    assert [(o.mutant, o.severity, o.reason) for o in together] == [(o.mutant, o.severity, o.reason) for o in alone]
    assert {True, False} == {outcome.caught for outcome in alone}


def test_the_report(world: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--project", str(world.root), "--seed", "1", "--count", "30"]
    survivors = tmp_path / "survivors.csv"
    assert mutation.main([*arguments, "--format", "csv", "--survivors", str(survivors), "--fail-under", "0"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    left = list(csv.DictReader(io.StringIO(survivors.read_text(encoding="utf-8"))))
    assert len(rows) == 30
    assert [r for r in rows if r["outcome"] not in ("violation", "warning", "info")] == left
    assert all((r["outcome"] == "MISSED") == (not r["reason"]) for r in left)
    assert mutation.main([*arguments, "--format", "md", "--fail-under", "100.5"]) == 1
    shown = capsys.readouterr().out
    missed = sum(r["outcome"] == "MISSED" for r in left)
    assert f"## MISSED: faults that nothing found ({missed})" in shown and "of all 30 mutants" in shown
    with pytest.raises(SystemExit) as ended:
        mutation.main([*arguments, "--operators", "delte"])
    assert ended.value.code == 2


def test_what_the_data_has_wrong_already_is_nobodys_catch(world: Project, tmp_path: Path) -> None:
    registers = world.data / "registers.ttl"
    extra = f'\n<{PREFIXES["actor"]}spare> a <{PREFIXES["mm"]}Actor> .\n'
    registers.write_text(registers.read_text(encoding="utf-8") + extra, encoding="utf-8")
    data = Data(world)
    folder = tmp_path / "copy"
    folder.mkdir()
    judge = mutation.ProjectCopy(data, folder)
    assert judge([])
    text = next(path for path in data.files if path.name == "text.ttl")
    harmless = Mutant("delete", text, data.files[text][0])
    assert mutation.Run(data, judge).findings([harmless], 1) == [[]]
