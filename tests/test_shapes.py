"""Every rule catches what it is for, and lets pass what is right: a file in shapes/examples/<stem>/ is a test.

``valid-*.ttl`` conform to all shapes. ``invalid-*.ttl`` break the rules named in their first line (``# violates: mms:…``,
several divided by commas) and no other. They are read with the ontology and tests/world.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from validating import around

from kb import rdf, turtle
from kb.namespaces import EXTERNAL, ONTOLOGY, SHAPES, curie, expand, kind_of
from kb.project import find_project
from kb.validation import Validator, own_rules
from kb.validation.lookups import Index
from kb.validation.own_rules import OWN_RULES
from kb.validation.shapes import SH, Shapes, read_shapes

PROJECT = find_project()
EXAMPLES = PROJECT.shapes / "examples"
WORLD = Path(__file__).parent / "world"
VALID = sorted(EXAMPLES.glob("*/valid-*.ttl"))
INVALID = sorted(EXAMPLES.glob("*/invalid-*.ttl"))
OWN = "terms"
"""The folder with the examples of the rules that are no shapes."""
FIRST_LINE = re.compile(r"# violates: (mms:\w+(?:\s*,\s*mms:\w+)*)\s*\Z")


def name_of(path: Path) -> str:
    return path.relative_to(EXAMPLES).as_posix()


def named_rules(path: Path) -> set[str]:
    """The IRIs of the rules that an invalid example says it breaks."""
    match = FIRST_LINE.match(path.read_text().partition("\n")[0])
    assert match, f"{path}: the first line must be '# violates: mms:SomeShape'"
    return {str(expand(name.strip())) for name in match[1].split(",")}


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Validator:
    """The project's rules over the tests' world in the place of the real data."""
    world = around(tmp_path_factory.mktemp("world"))
    world.data.symlink_to(WORLD)
    return Validator(world)


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return read_shapes(PROJECT.shape_files())


@pytest.mark.parametrize("path", VALID, ids=name_of)
def test_valid_example_conforms(validator: Validator, path: Path) -> None:
    report = validator.check([path])
    assert not report.findings, report.text()
    assert report.nodes, "no rule looked at anything"


@pytest.mark.parametrize("path", INVALID, ids=name_of)
def test_invalid_example_breaks_the_rules_that_it_names(validator: Validator, shapes: Shapes, path: Path) -> None:
    report = validator.check([path])
    broken = {finding.rule.iri for finding in report.findings}
    # The checks of terms and kinds, which are no shapes, may have their say besides, but in their own examples.
    assert broken & (broken if path.parent.name == OWN else shapes.rules()) == named_rules(path), report.text()


def test_every_rule_has_an_invalid_example(shapes: Shapes) -> None:
    broken = set().union(*(named_rules(path) for path in INVALID))
    # A file that cannot be read is no example, and an entry is unused only in the whole knowledge base.
    rules = shapes.rules() | OWN_RULES.keys() - {own_rules.UNREADABLE.iri, own_rules.UNUSED.iri}
    missing = sorted(curie(rule) for rule in rules - broken)
    assert not missing, f"no invalid example for {', '.join(missing)}"


@pytest.mark.parametrize("path", PROJECT.shape_files(), ids=lambda path: path.stem)
def test_every_file_of_shapes_has_a_valid_example(path: Path) -> None:
    assert any(example.parent.name == path.stem for example in VALID)


def test_every_rule_can_be_read(shapes: Shapes) -> None:
    """An IRI in mms:, and title, sentence and advice in both languages."""
    own = [rule for rule, _ in OWN_RULES.values()]
    for rule in [*own, *(shapes.rule(rdf.NamedNode(iri)) for iri in shapes.rules())]:
        iri = rule.iri
        assert iri.startswith(SHAPES) and (iri.endswith("Shape") or rule in own), f"{curie(iri)}: every shape is mms:…Shape, none is blank"
        for texts in (rule.name, rule.message, rule.description):
            assert set(texts) == {"en", "es"} and all(texts.values()), f"{curie(iri)} lacks a text in en or es: {texts}"


def test_targets_and_paths_exist(shapes: Shapes) -> None:
    """A misspelt target or property conforms in silence."""
    ontology = {q.subject.value for path in PROJECT.ontology_files() for q in turtle.parse_file(path) if q.predicate == rdf.RDF_TYPE}
    used = {"targetClass", "targetSubjectsOf", "targetObjectsOf", "path", "class", "inversePath", "disjoint", "equals"}
    used |= {"lessThan", "lessThanOrEquals"}
    for quad in shapes.quads:
        if quad.predicate.value.removeprefix(SH) in used and isinstance(quad.object, rdf.NamedNode):
            iri = quad.object.value
            known = iri in ontology if iri.startswith(ONTOLOGY) else iri.startswith(tuple(EXTERNAL.values()))
            assert known, f"{quad.subject} names {curie(iri)}, which no vocabulary of the project defines"


def test_queries_say_where_they_look(shapes: Shapes) -> None:
    """A property that a query asks for and no path of mms:reads has would be missing from what an engine is given."""
    constraints = [quad.object for quad in shapes.quads if quad.predicate.value == f"{SH}sparql"]
    assert constraints
    for constraint in constraints:
        [query] = shapes.values(constraint, "select")
        plain = re.sub(r'"(?:[^"\\\n]|\\.)*"|#[^\n]*', " ", query.value)
        asked = {str(expand(name)) for name in re.findall(r"\b(?!xsd:)[a-z0-9]+:[a-z]\w*", plain)}
        asked = {iri for iri in asked if kind_of(iri) is None}
        asked |= {rdf.RDF_TYPE.value} if re.search(r"\?\w+ a \?|\$this a ", plain) else set()
        stated, waiting = set(), [q.object for q in shapes.quads if q.subject == constraint and q.predicate.value == f"{SHAPES}reads"]
        while waiting:
            node = waiting.pop()
            if isinstance(node, rdf.NamedNode):
                stated.add(node.value)
            waiting += [q.object for q in shapes.quads if q.subject == node and isinstance(node, rdf.BlankNode)]
        assert asked <= stated, f"{query.value}: mms:reads lacks {', '.join(map(curie, sorted(asked - stated)))}"


def test_every_target_is_met_by_an_example(shapes: Shapes) -> None:
    paths = [*VALID, *INVALID, *WORLD.glob("*.ttl"), *PROJECT.ontology_files()]
    met = shapes.targets(Index(quad for path in paths for quad in turtle.parse_file(path)))
    aimed = {q.subject for q in shapes.quads if q.predicate.value.removeprefix(SH).startswith("target")}
    assert not [str(shape) for shape in aimed if shape not in met]
