"""Which figures can be compared, how they stand to each other, why others cannot, and derived figures computed anew."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from small_project import kb

from kb import rdf, sources
from kb.figures import Figure, compare, pairs, read
from kb.figures.derived import NotComputable, evaluate, recomputed
from kb.namespaces import PREFIXES, curie
from kb.project import find_project

PROLOGUE = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())


def figures(*descriptions: str) -> list[Figure]:
    """Figures a, b, c …, each from its properties and, after a bar, those of its proposition; all are affirmed."""
    text = PROLOGUE
    for letter, description in zip("abcdefgh", descriptions, strict=False):
        own, _, proposition = description.partition("|")
        text += f"figure:{letter} a mm:Figure ; {own} .\n"
        text += f"proposition:{letter} a mm:QuantityProposition ; mm:figure figure:{letter} ; {proposition or 'mm:subject actor:crew'} .\n"
        text += f"claim:{letter} mm:expresses proposition:{letter} ; mm:stance stance:affirms ; mm:claimant actor:{letter} .\n"
    store = rdf.Store()
    store.load(text.encode(), format=rdf.RdfFormat.TURTLE)
    return read(sources.MemorySource(store))


def relation(first: str, second: str) -> str:
    return compare(*figures(first, second)).relation


@pytest.mark.parametrize(
    "first, second, expected",
    [
        ("mm:value 7", "mm:value 7.0", "same"),
        ("mm:value 7", "mm:value 8", "disjoint"),
        ("mm:minimum 6 ; mm:maximum 8", "mm:minimum 6 ; mm:maximum 8", "same"),
        ("mm:value 7", "mm:minimum 6 ; mm:maximum 8", "first-within-second"),
        ("mm:minimum 6 ; mm:maximum 8", "mm:value 7", "second-within-first"),
        ("mm:minimum 6 ; mm:maximum 8", "mm:minimum 7 ; mm:maximum 9", "overlapping"),
        ("mm:minimum 6 ; mm:maximum 8", "mm:minimum 8 ; mm:maximum 9", "overlapping"),
        ("mm:minimum 6 ; mm:maximum 8", "mm:minimum 9", "disjoint"),
        # Open ends: 700 or more; more than 700, which is not 700 itself.
        ("mm:minimum 700", "mm:value 20000", "second-within-first"),
        ("mm:minimum 700", "mm:value 700", "second-within-first"),
        ("mm:minimum 700 ; mm:qualifier qualifier:over", "mm:value 700", "disjoint"),
        ("mm:minimum 700 ; mm:qualifier qualifier:over", "mm:minimum 700", "first-within-second"),
        ("mm:minimum 700 ; mm:qualifier qualifier:over", "mm:minimum 700 ; mm:qualifier qualifier:over", "same"),
        ("mm:maximum 5 ; mm:qualifier qualifier:under", "mm:minimum 5", "disjoint"),
        ("mm:maximum 900", "mm:minimum 100", "overlapping"),
        ("mm:numerator 1 ; mm:denominator 4", "mm:value 0.25", "same"),
        ("mm:numerator 1 ; mm:denominator 3", "mm:value 0.33", "disjoint"),
    ],
)
def test_figures_of_one_thing(first: str, second: str, expected: str) -> None:
    assert relation(first, second) == expected


@pytest.mark.parametrize(
    "first, second, kinds",
    [
        ("mm:value 1 ; mm:shareOf concept:fee", "mm:value 1 ; mm:shareOf concept:salary", ["denominator"]),
        ("mm:value 1 ; mm:unit unit:CCY_USD", "mm:value 1 ; mm:unit unit:CCY_MXN", ["currency"]),
        ("mm:value 1 ; mm:unit unit:CCY_USD", "mm:value 1 ; mm:unit unit:YR", ["unit"]),
        ("mm:value 1 ; mm:unit unit:CCY_USD", "mm:value 1", ["unit"]),
        ("mm:value 1 ; mm:countOf concept:doctors", "mm:value 1 ; mm:countOf concept:nurses", ["counted"]),
        ("mm:value 1 ; mm:perUnit unit:YR", "mm:value 1 ; mm:perUnit unit:MO", ["rate"]),
        ("mm:value 1 ; mm:perItem concept:doctors", "mm:value 1", ["rate"]),
        ('mm:printed "many"', "mm:value 1", ["no-number"]),
        ("mm:value 1|mm:inPlace place:x", "mm:value 1|mm:inPlace place:y", ["scope"]),
        ("mm:value 1|mm:inPlace place:x", "mm:value 1|mm:subject actor:crew", ["scope"]),
        ("mm:value 1|mm:measure concept:a ; mm:subject actor:crew", "mm:value 1|mm:measure concept:b ; mm:subject actor:crew", ["measure"]),
        ('mm:value 1 ; mm:asOf "2019"', 'mm:value 1 ; mm:asOf "2020"', ["period"]),
        ("mm:value 1 ; mm:unit unit:YR|mm:inPlace place:x", "mm:value 1|mm:inPlace place:y", ["unit", "scope"]),
    ],
)
def test_figures_that_cannot_be_compared_say_why(first: str, second: str, kinds: list[str]) -> None:
    found = compare(*figures(first, second))
    assert found.relation == "not-comparable"
    assert [difference.kind for difference in found.differences] == kinds
    assert not found.conflict


def test_pure_numbers_have_no_unit() -> None:
    assert relation("mm:value 1 ; mm:unit unit:UNITLESS", "mm:value 1") == "same"


def test_what_only_one_states_is_a_reservation() -> None:
    found = compare(*figures("mm:value 1|mm:inPlace place:x ; mm:ofAgreement agreement:y", "mm:value 1|mm:inPlace place:x"))
    assert found.relation == "same"
    assert [(d.kind, len(d.first), len(d.second)) for d in found.reservations] == [("scope", 1, 0)]


def test_conflicts_are_those_that_somebody_affirms() -> None:
    first, second = figures("mm:value 1", "mm:value 2")
    assert compare(first, second).conflict
    rejected = Figure(**{**second.__dict__, "claims": ((second.claims[0][0], "https://w3id.org/medical-missions/id/stance/rejects", "x"),)})
    assert not compare(first, rejected).conflict


def test_pairs_are_all_that_can_be_compared() -> None:
    known = figures("mm:value 1", "mm:value 2", "mm:value 1 ; mm:unit unit:YR", "mm:minimum 1 ; mm:unit unit:YR", 'mm:printed "some"')
    assert [(curie(c.first.iri)[-1], curie(c.second.iri)[-1], c.relation) for c in pairs(known)] == [
        ("a", "b", "disjoint"),
        ("c", "d", "first-within-second"),
    ]


def test_pairs_of_the_real_data_are_those_that_comparing_everything_finds() -> None:
    known = read(sources.bundled(find_project()))
    one_by_one = {
        (a.iri, b.iri) for i, a in enumerate(known) for b in known[i + 1 :] if compare(a, b).relation != "not-comparable"
    }
    assert {(c.first.iri, c.second.iri) for c in pairs(known)} == one_by_one != set()


@pytest.mark.parametrize(
    "calculation, expected",
    [
        ("figure:a * 12", (72, 96)),
        ("figure:a - figure:b", (4, 7)),
        ("figure:b / figure:a", (Fraction(1, 8), Fraction(1, 3))),
        ("100 * (figure:b + 1) / 4", (50, 75)),
        ("figure:a + figure:c", (16, None)),
        ("figure:b * figure:c", (10, None)),
        ("figure:b / figure:c", (0, Fraction(1, 5))),
        ("2 - 3 - 4", (-5, -5)),
        ("8 / 4 / 2", (1, 1)),
    ],
)
def test_calculations_are_done_on_ranges(calculation: str, expected: tuple) -> None:
    """a is 6 to 8, b is 1 to 2, c is 10 or more."""
    known = figures("mm:minimum 6 ; mm:maximum 8", "mm:minimum 1 ; mm:maximum 2", "mm:minimum 10")
    inputs = {curie(figure.iri): figure for figure in known}
    assert evaluate(calculation, inputs) == expected


@pytest.mark.parametrize(
    "calculation, message",
    [
        ("", "no calculation is stated"),
        ("the fee times twelve", "no number, figure or sign"),
        ("figure:z * 2", "figure:z is not among the figures"),
        ("figure:a * ", "ends too early"),
        ("(figure:a", "not closed"),
        ("figure:a figure:a", "no place there"),
        ("* 2", "no place there"),
        ("1 / (figure:a - 6)", "divide by what may be zero"),
        ("figure:b", "has no number"),
        ("(" * 2000 + "1" + ")" * 2000, "nested too deep"),
    ],
)
def test_calculations_that_cannot_be_done_say_why(calculation: str, message: str) -> None:
    inputs = {curie(figure.iri): figure for figure in figures("mm:minimum 6 ; mm:maximum 8", 'mm:printed "many"')}
    with pytest.raises(NotComputable, match=message):
        evaluate(calculation, inputs)


def test_derived_figures_are_computed_anew() -> None:
    known = figures(
        "mm:value 100",
        'mm:value 1200 ; mm:derivedFrom figure:a ; mm:calculation "figure:a * 12"',
        'mm:value 1300 ; mm:derivedFrom figure:a ; mm:calculation "figure:a * 12"',
        'mm:value 5 ; mm:derivedFrom figure:a ; mm:calculation "by eye"',
    )
    assert [(curie(r.figure.iri)[-1], r.agrees, bool(r.problem)) for r in recomputed(known)] == [
        ("b", True, False),
        ("c", False, False),
        ("d", False, True),
    ]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for folder in ("data", "shapes", "queries"):
        (root / folder).mkdir(parents=True)
    (root / "ontology").symlink_to(find_project().root / "ontology")
    (root / "data" / "all.ttl").write_text(
        PROLOGUE + 'figure:few mm:printed "3" ; a mm:Figure ; mm:value 3 . figure:more a mm:Figure ; mm:printed "over 3" ;\n'
        "mm:minimum 3 ; mm:qualifier qualifier:over .\n"
        "proposition:p mm:figure figure:few ; mm:subject actor:crew . proposition:q mm:figure figure:more ; mm:subject actor:crew ;\n"
        "mm:inPlace place:bay . place:bay skos:prefLabel \"Bay\"@en , \"Bahía\"@es .\n"
        "claim:p mm:expresses proposition:p ; mm:stance stance:affirms ; mm:claimant actor:crew .\n"
        "claim:q mm:expresses proposition:q ; mm:stance stance:affirms ; mm:claimant actor:crew .\n"
        'figure:year a mm:Figure ; mm:printed "36 a year" ; mm:value 37 ; mm:derivedFrom figure:few ; mm:calculation "figure:few * 12" .\n'
    )
    return root


def test_command(project: Path) -> None:
    done = kb("figures", "few", "figure:more", "--format", "csv", project=project)
    assert (done.returncode, done.stdout.splitlines()[1:]) == (
        0,
        ["they exclude each other,only one says what it holds of (not said / Bay),figure:few,figure:more,3,over 3,claim:p,claim:q,"],
    )
    assert "solo una dice para qué vale (no se dice / Bahía)" in kb("figures", "--lang", "es", project=project).stdout
    assert kb("figures", "--conflicts", project=project).returncode == 1
    done = kb("figures", "--derived", project=project)
    assert (done.returncode, done.stdout.splitlines()[1:]) == (1, ["figure:year,36 a year,figure:few * 12,36,differs"])
    assert kb("figures", "--format", "md", project=project).stdout.startswith("| relation | why |")


@pytest.mark.parametrize("options", [["few"], ["few", "more", "--conflicts"], ["--conflicts", "--derived"], ["few", "place:bay"], ["few", "fewer"]])
def test_mistakes_are_the_users_to_mend(project: Path, options: list[str]) -> None:
    done = kb("figures", *options, project=project)
    assert done.returncode == 2 and done.stderr.startswith("kb: ")


def test_no_two_bundled_figures_that_can_be_compared_exclude_each_other() -> None:
    """Read from the texts: the doctors' fee in Mexico and the oil for Venezuela are each given twice, alike."""
    found = {(c.relation, c.first.printed, c.second.printed) for c in pairs(read(sources.bundled(find_project())))}
    assert found == {
        ("same", "reportedly around MXN 100,000 per month", "Approx. MXN 100k/mo per doctor"),
        ("same", "about 100,000 barrels of oil per day", "~100,000 barrels of oil per day"),
    }
