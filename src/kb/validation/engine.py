"""The SHACL engines, behind one function: triples and shapes go in, plain results come out.

pyshacl is the reference. ``shacl``, in Rust, is some fifty times faster; it is the default wherever it is installed and to
be trusted with the shapes (``kb.validation.engine_shacl.doubt``). A test holds the two to the same results.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from types import ModuleType

from kb import rdf
from kb.errors import InputError, UsageError
from kb.namespaces import PREFIXES, curie

SH = PREFIXES["sh"]

ENGINES = ("auto", "pyshacl", "shacl")
"""``auto`` is the fast one where it is to be trusted, else the reference."""

SPARQL_CONSTRAINT = f"{SH}SPARQLConstraintComponent"
_OF_CORE = re.compile(rf"{re.escape(SH)}\w+ConstraintComponent")
_NOTHING = rdf.NamedNode("urn:x-kb:nothing")

Node = rdf.NamedNode | rdf.BlankNode | rdf.Literal


@dataclass(frozen=True)
class Result:
    """One thing that a constraint finds wrong.

    ``path`` is the property where the path is one; None for another path, which is then the shape's own, and for none.
    ``shape`` is the very shape that has the constraint, a blank node where it has no IRI; blank nodes are those that were
    given. ``messages`` are what a query says, with its variables filled in, as pairs of a language (empty for none) and a
    sentence; a constraint of SHACL core has none, since it says what its shape says.
    """

    focus: Node
    path: rdf.NamedNode | None
    value: Node | None
    shape: rdf.NamedNode | rdf.BlankNode
    component: str
    severity: str
    messages: tuple[tuple[str, str], ...] = ()


def is_of_core(component: str) -> bool:
    """Whether a constraint component is of SHACL core, not a query nor one that somebody defines."""
    return component != SPARQL_CONSTRAINT and _OF_CORE.fullmatch(component) is not None


def run(data: Iterable[rdf.Quad], shapes: Iterable[rdf.Quad], engine: str = "auto", own: bool = False) -> list[Result]:
    """Validate the union of the data against the shapes, without any inference; results in a fixed order.

    Classes and their ``rdfs:subClassOf`` are part of the data; graph names are ignored. ``own`` says that the shapes are
    the project's: tests compare the engines on these, queries and all. Raises InputError where no engine can apply the
    shapes, which names the shape that is to blame; UsageError where the engine that was asked for is not installed, or not
    to be trusted with them. Keeps nothing and starts no process, so that the caller may run it in a process of its own.
    """
    data, shapes = list(data), list(shapes)
    if engine == "auto":
        fast = _fast()
        if fast and not fast.doubt(data, shapes, own):
            try:
                return _ordered(fast.results(data, shapes))
            except InputError:
                pass  # it knows fewer regular expressions and functions; the reference has the last word
        engine = "pyshacl"
    if engine == "shacl":
        module = _fast()
        if module is None:
            raise UsageError(
                "the engine 'shacl' is not installed; pip install 'medical-missions-kb[fast]' (it needs Rust on this machine "
                "if there is no wheel for it), or use --engine pyshacl"
            )
        reason = module.doubt(data, shapes, own)
        if reason:
            raise UsageError(f"the engine 'shacl' is not to be trusted here: {reason}; use --engine pyshacl")
    else:
        module = importlib.import_module("kb.validation.engine_pyshacl")
    try:
        return _ordered(module.results(data, shapes))
    except InputError as error:
        raise _blamed(error, shapes, module.results) from None


def _fast() -> ModuleType | None:
    try:
        return importlib.import_module("kb.validation.engine_shacl")
    except ImportError:
        return None


def _ordered(results: Iterable[Result]) -> list[Result]:
    def key(result: Result) -> tuple[str, ...]:
        return tuple(str(part) for part in (result.shape, result.focus, result.path, result.value, result.component))

    found, queried = [], set()
    for result in results:
        # What a query answers twice is one thing. Core constraints count: a shape that two others hold is applied twice.
        if is_of_core(result.component):
            found.append(result)
        elif result not in queried:
            queried.add(result)
            found.append(result)
    return sorted(found, key=key)


def _blamed(
    error: InputError, shapes: list[rdf.Quad], results: Callable[[list[rdf.Quad], list[rdf.Quad]], Iterable[Result]]
) -> InputError:
    """The engine's complaint with the name of the first shape that it cannot apply even alone, to a node of which nothing
    is said; the complaint as it is where there is none."""
    stated: dict[Node, list[rdf.Quad]] = {}
    for quad in shapes:
        stated.setdefault(quad.subject, []).append(quad)
    aims = {f"{SH}target{kind}" for kind in ("Node", "Class", "SubjectsOf", "ObjectsOf")}
    for shape in sorted((node for node in stated if isinstance(node, rdf.NamedNode)), key=str):
        if not any(quad.predicate.value.startswith(SH) for quad in stated[shape]):
            continue
        alone = [quad for quad in _about(shape, stated) if quad.predicate.value not in aims]
        alone.append(rdf.Quad(shape, rdf.NamedNode(f"{SH}targetNode"), _NOTHING))
        try:
            list(results([], alone))
        except InputError as own_error:
            return InputError(f"the shape {curie(shape.value)}: {own_error}")
    return error


def _about(shape: rdf.NamedNode, stated: dict[Node, list[rdf.Quad]]) -> Collection[rdf.Quad]:
    """What is said of a shape and of the blank nodes below it, with the prefixes that its queries use."""
    found: dict[rdf.Quad, None] = {}
    waiting: list[Node] = [shape]
    while waiting:
        for quad in stated.get(waiting.pop(), ()):
            if quad in found:
                continue
            found[quad] = None
            if isinstance(quad.object, rdf.BlankNode) or quad.predicate.value in (f"{SH}prefixes", f"{SH}sparql"):
                waiting.append(quad.object)
    return found
