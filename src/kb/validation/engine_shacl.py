"""The fast engine: ``shacl`` 0.3, in Rust. What it would get wrong is mended here, or it is not asked (``doubt``).

It is right on SHACL core, as far as the W3C's tests and ours go, and reads regular expressions as XPath does.
It knows SHACL 1.2 as well, of which 1.0 knows nothing. In queries it replaces ``$this`` throughout, as SHACL asks, but:

- ``<``, ``>`` and ``!=`` between dates, times, durations, ``xsd:gYear`` and the like, or booleans are passed over in
  silence, as is ``=`` where they are written differently (SPARQL 1.1 defines them for ``xsd:dateTime`` alone);
  ``YEAR`` and its like answer for ``xsd:dateTime`` only;
- a ``?value`` that the query computes, and that stands nowhere in the data, is missing from the result;
- ``MINUS``, ``VALUES`` and ``BIND … AS $this`` are refused, as they must be, but not every sub-select without ``$this``;
- constraint components run once a value: those that look at a focus node without values, or are given two parameters of
  one name, are passed over.

So other people's queries go to the reference, and the project's own, which tests compare on both, come here. How such a
query is written is in ``shapes/README.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from uuid import uuid4

import shacl

from kb import rdf
from kb.errors import InputError
from kb.threads import beside
from kb.validation.engine import SH, SPARQL_CONSTRAINT, Node, Result, is_of_core, plain
from kb.validation.suspects import ENOUGH, Queries
from kb.validation.vocabulary import CONSTRAINTS

_QUERIES = (f"{SH}select", f"{SH}ask")
_VALIDATORS = {f"{SH}{name}" for name in ("validator", "nodeValidator", "propertyValidator")}
_CONSTRAINTS = {f"{SH}{name}" for name in CONSTRAINTS}
_SHAPE = rdf.NamedNode(f"{SH}shape")
"""A property of SHACL 1.2: in the data it would be a target. No shape of SHACL 1.0 knows it."""
_PATH_VARIABLE = re.compile(r"\?PATH\b")
_VALUE_VARIABLE = re.compile(r"[?$]value\b")


def doubt(shapes: Iterable[rdf.Quad], own: bool) -> str | None:
    """Why this engine is not to be trusted with these shapes; None where it is. ``own``: they are the project's."""
    shapes = list(shapes)
    queries = [quad.object.value for quad in shapes if quad.predicate.value in _QUERIES]
    if any(quad.predicate.value in _VALIDATORS for quad in shapes):
        return "the shapes define constraint components"
    if not own and not all("shapesGraph" in query for query in queries):
        # The reference cannot look into the shapes graph: that optional feature of SHACL is this engine's alone.
        return "the shapes have SPARQL constraints"
    return None


def results(
    data: Iterable[rdf.Quad], shapes: Iterable[rdf.Quad], at_work: Callable[[], None] = lambda: None
) -> Iterator[Result]:
    """See ``kb.validation.engine.run``; not asked where ``doubt`` has a reason."""
    translation = _Translation()
    data = list(data)
    translated = list(translation.shapes(shapes))
    text = _text(translation.data(data))
    queries = Queries(translated)
    at_work()
    if len(data) < ENOUGH or not queries.texts:
        yield from translation.results(_report(translated, text))
        return
    # The engine and the query engine each take a processor of their own.
    others, suspects = beside(lambda: _report(queries.without(), text), lambda: queries.suspects(text))
    yield from translation.results(others)
    if suspects:
        yield from translation.results(_report(queries.aimed(suspects, translation.naming), text))


def _report(shapes: Iterable[rdf.Quad], data: str) -> list[rdf.Triple]:
    """The engine's report on some N-Triples; nothing where they conform."""
    try:
        report = shacl.Shapes.from_text(_text(shapes), "ntriples").validate_text(data, "ntriples")
    except ValueError as error:
        raise InputError(f"the shapes cannot be used: {plain(error)}") from None
    except BaseException as error:
        # A panic of the Rust code is no Exception; anything else is none of our business.
        if type(error).__name__ != "PanicException":
            raise
        raise InputError(f"the shapes cannot be used: {plain(error)}") from None
    if not report.results:
        return []
    return [quad.triple for quad in rdf.parse(report.serialize("ntriples"), format=rdf.RdfFormat.N_TRIPLES)]


class _Translation:
    """Data and shapes as the engine is to get them, and its results in the terms that were given.

    The engine relabels blank nodes, and a blank node of the data is another one in the shapes. So a shape without an IRI
    gets one for the run; a blank node of the data is the value of a property of ours, by which a shape finds it as its
    target, and the report tells which one it is.
    """

    def __init__(self) -> None:
        self._base = f"urn:uuid:{uuid4()}#"
        self.naming = self._ours("Naming")
        """A shape whose results tell the data's blank nodes by the names that they have in that very report."""
        self._names = self._ours("names")
        self._named = self._ours("Named")
        self._shape = self._ours("shape")
        self._given: dict[rdf.NamedNode, rdf.BlankNode] = {}
        self._aims: list[tuple[rdf.NamedNode, Node]] = []
        self._without_value: set[Node] = set()

    def shapes(self, quads: Iterable[rdf.Quad]) -> Iterator[rdf.Quad]:
        """The shapes with IRIs for those that have none, and with targets that the engine can find."""
        quads = list(quads)
        named = self._shape_names(quads)
        # The engine would take a target that has a query for a query for targets, and heeds no constraint that is off.
        queries = {quad.subject for quad in quads if quad.predicate.value == f"{SH}select"}
        off = {q.subject for q in quads if q.predicate.value == f"{SH}deactivated" and q.object.value == "true"}
        self._without_value = _without_value(quads)
        targets: dict[Node, rdf.NamedNode] = {}
        for quad in quads:
            subject, value = named.get(quad.subject, quad.subject), named.get(quad.object, quad.object)
            name = quad.predicate.value.removeprefix(SH)
            if name == "targetNode" and (isinstance(quad.object, rdf.BlankNode) or quad.object in queries):
                if subject not in targets:
                    targets[subject] = self._ours(f"aim-{len(targets)}")
                    yield rdf.Quad(subject, _sh("targetObjectsOf"), targets[subject])
                self._aims.append((targets[subject], quad.object))
            elif name == "select" and isinstance(value, rdf.Literal):
                yield rdf.Quad(subject, quad.predicate, rdf.Literal(_PATH_VARIABLE.sub("$PATH", value.value)))
            elif name != "sparql" or quad.object not in off:
                yield rdf.Quad(subject, quad.predicate, value)
        yield rdf.Quad(self.naming, _sh("targetSubjectsOf"), self._names)
        yield rdf.Quad(self.naming, _sh("property"), self._named)
        yield rdf.Quad(self._named, _sh("path"), self._names)
        yield rdf.Quad(self._named, _sh("nodeKind"), _sh("IRI"))

    def data(self, quads: Iterable[rdf.Quad]) -> Iterator[rdf.Quad]:
        """The data with what points to its blank nodes; after ``shapes``."""
        blank: dict[rdf.BlankNode, None] = {}
        for quad in quads:
            if isinstance(quad.subject, rdf.BlankNode):
                blank[quad.subject] = None
            if isinstance(quad.object, rdf.BlankNode):
                blank[quad.object] = None
            yield quad if quad.predicate != _SHAPE else rdf.Quad(quad.subject, self._shape, quad.object)
        for property_, node in self._aims:
            if isinstance(node, rdf.BlankNode):
                blank[node] = None
            yield rdf.Quad(self._ours("aim"), property_, node)
        for node in blank:
            name = self._ours(f"node-{node.value}")
            self._given[name] = node
            yield rdf.Quad(name, self._names, node)

    def results(self, report: Iterable[rdf.Triple]) -> Iterator[Result]:
        """The results of a report, in the terms that were given."""
        stated: dict[Node, dict[str, list]] = {}
        for triple in report:
            stated.setdefault(triple.subject, {}).setdefault(triple.predicate.value.removeprefix(SH), []).append(triple.object)
        found = [values for values in stated.values() if "focusNode" in values]
        given: dict[Node, rdf.BlankNode] = dict(self._given)
        for values in found:
            if values["sourceShape"][0] == self._named:
                given[values["value"][0]] = self._given[values["focusNode"][0]]
        for values in found:
            if values["sourceShape"][0] != self._named:
                yield self._result(values, given)

    def _result(self, values: dict[str, list], given: dict[Node, rdf.BlankNode]) -> Result:
        focus, component = values["focusNode"][0], values["sourceConstraintComponent"][0].value
        path, value = values.get("resultPath", [None])[0], values.get("value", [None])[0]
        shape = given.get(values["sourceShape"][0], values["sourceShape"][0])
        if component == SPARQL_CONSTRAINT and shape in self._without_value:
            value = None  # the engine gives the focus node
        messages = () if is_of_core(component) else values.get("resultMessage", ())
        return Result(
            focus=given.get(focus, focus),
            path=_SHAPE if path == self._shape else path if isinstance(path, rdf.NamedNode) else None,
            value=given.get(value, value),
            shape=shape,
            component=component,
            severity=values["resultSeverity"][0].value,
            messages=tuple(sorted((message.language or "", message.value) for message in messages)),
        )

    def _shape_names(self, quads: list[rdf.Quad]) -> dict[Node, rdf.NamedNode]:
        """An IRI for each blank node that has constraints."""
        shapes = {q.subject for q in quads if q.predicate.value in _CONSTRAINTS and isinstance(q.subject, rdf.BlankNode)}
        named = {shape: self._ours(f"shape-{shape.value}") for shape in shapes}
        self._given |= {name: shape for shape, name in named.items()}
        return named

    def _ours(self, name: str) -> rdf.NamedNode:
        return rdf.NamedNode(self._base + name)


def _without_value(quads: list[rdf.Quad]) -> set[Node]:
    """The property shapes whose queries say nothing of a value."""
    with_value = {q.subject for q in quads if q.predicate.value == f"{SH}select" and _VALUE_VARIABLE.search(q.object.value)}
    properties = {quad.subject for quad in quads if quad.predicate.value == f"{SH}path"}
    asking = {quad.subject for quad in quads if quad.predicate.value == f"{SH}sparql" and quad.object in with_value}
    return properties - asking


def _text(quads: Iterable[rdf.Quad]) -> str:
    return rdf.serialize(quads, format=rdf.RdfFormat.N_TRIPLES).decode()


def _sh(name: str) -> rdf.NamedNode:
    return rdf.NamedNode(SH + name)
