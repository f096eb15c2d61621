"""The fast engine finds what the reference finds, result by result, with the project's own shapes: in all that is wrong on
purpose, in the real data, and in real data that chance has spoilt."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

from kb import rdf, turtle
from kb.errors import InputError
from kb.namespaces import ONTOLOGY
from kb.project import find_project
from kb.validation.engine import Result, run
from kb.validation.shapes import SH, Shapes, read_shapes

pytest.importorskip("shacl", reason="there is no wheel of it for this machine")

PROJECT = find_project()
TESTS = Path(__file__).parent
XSD = "http://www.w3.org/2001/XMLSchema#"


@cache
def shapes() -> Shapes:
    return read_shapes(PROJECT.shape_files())


def statements(*paths: Path) -> list[rdf.Quad]:
    return [quad for path in paths for quad in turtle.parse_file(path)]


def told(result: Result) -> tuple[object, ...]:
    return (result.focus, result.path, result.value, result.shape, result.component, result.severity)


def differences(data: list[rdf.Quad]) -> tuple[Counter, Counter, Counter]:
    """What both engines find, what only the reference finds, and what only the fast one finds."""
    reference, fast = (Counter(map(told, run(data, shapes().quads, engine, own=True))) for engine in ("pyshacl", "shacl"))
    return reference & fast, reference - fast, fast - reference


def test_on_all_examples() -> None:
    examples = sorted((PROJECT.shapes / "examples").glob("*/*.ttl"))
    both, *apart = differences(statements(*PROJECT.ontology_files(), *sorted((TESTS / "world").glob("*.ttl")), *examples))
    assert apart == [Counter(), Counter()]
    found = {shape for _, _, _, shape, _, _ in both}
    assert len(found) > sum(path.name.startswith("invalid-") for path in examples) / 2


@pytest.mark.slow
def test_on_the_real_data() -> None:
    """Neither finds anything: that the data conform is the verdict of the reference, too."""
    assert differences(statements(*PROJECT.ontology_files(), *PROJECT.data_files())) == (Counter(), Counter(), Counter())


@pytest.mark.slow
@pytest.mark.parametrize("seed", [4, 2026])
def test_on_real_data_that_chance_has_spoilt(seed: int) -> None:
    """Two hundred faults, a hundred at a time: the reference takes as long for one as for all."""
    data = spoilt(statements(*PROJECT.data_files()), seed, 100)
    both, only_reference, only_fast = differences([*data, *statements(*PROJECT.ontology_files())])
    assert both.total() > 100, "chance did no harm"
    assert len({component for _, _, _, _, component, _ in both}) > 8
    excused = where_they_may_differ(data)
    assert not [found for found in (*only_reference, *only_fast) if found[0] not in excused]


def where_they_may_differ(data: list[rdf.Quad]) -> set[object]:
    """The nodes with numbers that are below their datatype's least, and those whose ends are of kinds that have no common
    order: see the tests below."""
    nodes: set[object] = set()
    for quad in data:
        value = quad.object
        datatype = value.datatype.value.removeprefix(XSD) if isinstance(value, rdf.Literal) else ""
        below = datatype == "nonNegativeInteger" and value.value.startswith("-")
        ordered = datatype in ("integer", "nonNegativeInteger", "decimal", "double")
        if below or (quad.predicate.value in COMPARED and not ordered):
            nodes.add(quad.subject)
    return nodes


@pytest.mark.parametrize(
    ("constraint", "value"),
    [
        ("sh:lessThan ex:year", "'2019'^^xsd:gYear"),
        ("sh:lessThanOrEquals ex:thing", "ex:a"),
        ("sh:minInclusive '2020-01-01'^^xsd:date", "9"),
        ("sh:maxExclusive 5", "true"),
    ],
)
def test_what_the_reference_passes_over(constraint: str, value: str) -> None:
    """Each of these is wrong, and the fast engine says so."""
    assert differences_of(constraint, value)[2].total() == 1


@pytest.mark.parametrize(
    ("constraint", "value"),
    [
        ("sh:pattern '^[a-z]+$'", '"abc\\n"'),
        ("sh:pattern '[$]$'", '"a$\\n"'),
        ("sh:minInclusive 0", '"-5"^^xsd:nonNegativeInteger'),
        ("sh:maxInclusive 0", '"5"^^xsd:nonPositiveInteger'),
        ("sh:maxExclusive 9", '"x"^^xsd:integer'),
        ("sh:lessThan ex:other", '"x"^^xsd:integer'),
        ("sh:lessThanOrEquals ex:other", '"x"^^xsd:integer'),
        ("sh:lessThan ex:odd", "5"),
        ("sh:lessThanOrEquals ex:odd", "5"),
        ("sh:lessThan ex:other", '" 1"^^xsd:integer'),
        ("sh:minInclusive 5", "'x'"),
        ("sh:datatype xsd:integer", '" 1"^^xsd:integer'),
        ("sh:datatype xsd:decimal", '"1e0"^^xsd:decimal'),
        ("sh:datatype xsd:date", '"2020-01-01T00:00:00"^^xsd:date'),
        ("sh:datatype xsd:dateTime", '"2020-01-01"^^xsd:dateTime'),
        ("sh:datatype xsd:time", '"10:00"^^xsd:time'),
        ("sh:lessThan ex:other", "ex:a"),
    ],
)
def test_what_the_reference_is_taught(constraint: str, value: str) -> None:
    """What pyshacl would pass over, or give up over, and both engines find."""
    both, *apart = differences_of(constraint, value)
    assert (both.total(), apart) == (1, [Counter(), Counter()])


@pytest.mark.parametrize(
    "value", ['"0.1234567890123456789"^^xsd:decimal', '"123456789012345678901234567890"^^xsd:decimal']
)
def test_what_the_fast_engine_takes_for_wrong(value: str) -> None:
    """It counts decimals with 128 bits, 18 places after the point."""
    assert differences_of("sh:datatype xsd:decimal", value)[2].total() == 1


def test_what_the_reference_gives_up_over() -> None:
    with pytest.raises(InputError, match="cannot be used with these data: Cannot use sh:lessThan to compare a BlankNode"):
        differences_of("sh:lessThan ex:other", "[ ]")


@pytest.mark.parametrize(
    ("constraint", "value"),
    [
        # A datatype that SPARQL does not know: SHACL leaves open whether it is checked.
        ("sh:datatype xsd:hexBinary", '"0G"^^xsd:hexBinary'),
        ("sh:datatype xsd:base64Binary", '"A"^^xsd:base64Binary'),
        # It reads a whole number beyond its datatype's bounds, and compares it; sh:datatype tells of it.
        ("sh:lessThan ex:other", '"-5"^^xsd:nonNegativeInteger'),
        ("sh:minInclusive -9", '"-5"^^xsd:nonNegativeInteger'),
    ],
)
def test_what_the_fast_engine_passes_over(constraint: str, value: str) -> None:
    assert differences_of(constraint, value)[1].total() == 1


def differences_of(constraint: str, value: str) -> tuple[Counter, Counter, Counter]:
    prefixes = f"@prefix ex: <http://example.org/> . @prefix sh: <{SH}> . @prefix xsd: <{XSD}> .\n"
    rules = rdf.parse(f"{prefixes} ex:P sh:targetNode ex:a ; sh:path ex:p ; {constraint} .", format=rdf.RdfFormat.TURTLE)
    data = rdf.parse(f"{prefixes} ex:a ex:p {value} ; ex:other 5 ; ex:odd 'x'^^xsd:integer ; ex:year '2020'^^xsd:gYear ; ex:thing ex:b .", format=rdf.RdfFormat.TURTLE)
    rules, data = list(rules), list(data)
    reference, fast = (Counter(map(told, run(data, rules, engine))) for engine in ("pyshacl", "shacl"))
    return reference & fast, reference - fast, fast - reference


def spoilt(quads: list[rdf.Quad], seed: int, times: int) -> list[rdf.Quad]:
    """The statements with harm done to as many of them, the same for the same seed."""
    chance = random.Random(seed)
    by_predicate: dict[rdf.NamedNode, list[rdf.Quad]] = defaultdict(list)
    for quad in quads:
        by_predicate[quad.predicate].append(quad)
    left = dict.fromkeys(quads)
    for index, quad in enumerate(chance.sample(quads, times)):
        left.pop(quad, None)
        left |= dict.fromkeys(harmed(quad, HARMS[index % len(HARMS)], chance, quads, by_predicate))
    return list(left)


HARMS = ("delete", "duplicate", "retype", "redirect", "misname", "perturb", "perturb", "hide")


def harmed(
    quad: rdf.Quad, harm: str, chance: random.Random, quads: list[rdf.Quad], by_predicate: dict[rdf.NamedNode, list[rdf.Quad]]
) -> list[rdf.Quad]:
    """What takes the place of a statement."""
    subject, predicate, value = quad.subject, quad.predicate, quad.object
    if harm == "delete":
        return []
    if harm == "duplicate":
        return [quad, rdf.Quad(subject, predicate, chance.choice(by_predicate[predicate]).object)]
    if harm == "retype":
        return [quad, rdf.Quad(subject, rdf.RDF_TYPE, chance.choice(by_predicate[rdf.RDF_TYPE]).object)]
    if harm == "redirect":
        return [rdf.Quad(subject, predicate, chance.choice(quads).subject)]
    if harm == "misname":
        return [rdf.Quad(subject, chance.choice(quads).predicate, value)]
    if harm == "hide" and predicate.value not in COMPARED:
        return [rdf.Quad(subject, predicate, rdf.BlankNode(f"hidden{chance.randrange(10**9)}"))]
    return [rdf.Quad(subject, predicate, perturbed(value, chance))]


# The reference gives up where it should compare a node without a name.
COMPARED = ("http://www.w3.org/ns/oa#start", "http://www.w3.org/ns/oa#end", f"{ONTOLOGY}minimum", f"{ONTOLOGY}maximum")


def perturbed(value: object, chance: random.Random) -> rdf.NamedNode | rdf.Literal:
    """A value that is a little wrong."""
    if not isinstance(value, rdf.Literal):
        return rdf.NamedNode(value.value[:-1])
    text = value.value
    spelt = chance.choice((text + "\n", f" {text}", text[:-1], f"-{text}", f"0{text}", text.upper(), text * 30, ""))
    if chance.random() < 0.3:
        kind = chance.choice(("integer", "decimal", "double", "string", "gYear"))
        return rdf.Literal(text, datatype=rdf.NamedNode(XSD + kind))
    if chance.random() < 0.3:
        return rdf.Literal(text, language=chance.choice(("en", "es-419", "fr")))
    return rdf.Literal(spelt, language=value.language) if value.language else rdf.Literal(spelt, datatype=value.datatype)
