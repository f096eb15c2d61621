"""The SHACL engines, behind one function: triples and shapes go in, plain results come out.

pyshacl is the reference. ``shacl``, in Rust, is some fifty times faster; it is the default wherever it is installed and to
be trusted with the shapes (``kb.validation.engine_shacl.doubt``). A test holds the two to the same results.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType

from kb import rdf
from kb.errors import InputError, UsageError
from kb.validation.shapes_graph import SH, ShapesGraph

ENGINES = {"pyshacl": "kb.validation.engine_pyshacl", "shacl": "kb.validation.engine_shacl"}
"""Engine to the module that drives it, with a function ``results(data, shapes)``."""
CHOICES = ("auto", *ENGINES)
"""``auto`` is the fast one where it is to be trusted, else the reference."""

SPARQL_CONSTRAINT = f"{SH}SPARQLConstraintComponent"
_OF_CORE = re.compile(rf"{re.escape(SH)}\w+ConstraintComponent")
_NOT_INSTALLED = (
    "the engine 'shacl' is not installed; pip install 'medical-missions-kb[fast]', which needs Rust where there is no wheel "
    "for the machine, or use --engine pyshacl"
)
_LONGEST = 300
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


def plain(error: object) -> str:
    """What an engine's error says, on one line, cut where it is long, and without advice on where to read more."""
    lines = (line.strip() for line in str(error).splitlines())
    text = " ".join(line for line in lines if line and not line.startswith(("For reference", "See http")))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def run(
    data: Iterable[rdf.Quad],
    shapes: Iterable[rdf.Quad],
    engine: str = "auto",
    own: bool = False,
    at_work: Callable[[], None] = lambda: None,
) -> list[Result]:
    """Validate the union of the data against the shapes, without any inference; results in a fixed order.

    Classes and their ``rdfs:subClassOf`` are part of the data; graph names are ignored. ``own`` says that the shapes are
    the project's: tests compare the engines on these, queries and all. Raises InputError where no engine can apply the
    shapes, which names the shape that is to blame; UsageError where the engine that was asked for is not installed, or not
    to be trusted with them. ``at_work`` is told when the engine begins, and other Python need not wait any more. Keeps
    nothing and starts no process, so that the caller may run it in a process of its own.
    """
    data, shapes = list(data), list(shapes)
    module = _chosen(engine, shapes, own)
    try:
        return _ordered(module.results(data, shapes, at_work))
    except InputError as error:
        if engine == "auto" and not own and module.__name__ != ENGINES["pyshacl"]:
            # It knows fewer regular expressions; the reference has the last word on what can be used.
            return run(data, shapes, "pyshacl")
        raise _blamed(error, shapes, module.results) from None


def load(engine: str = "auto", own: bool = False) -> None:
    """Import all that ``run`` may need with the same arguments, for a caller that lets nothing be imported later.

    Raises UsageError where the engine is not installed.
    """
    fast = _installed("shacl") if engine != "pyshacl" else None
    if engine == "shacl" and fast is None:
        raise UsageError(_NOT_INSTALLED)
    if engine == "pyshacl" or engine == "auto" and not (own and fast):
        importlib.import_module(ENGINES["pyshacl"])


def _chosen(engine: str, shapes: list[rdf.Quad], own: bool) -> ModuleType:
    fast = _installed("shacl") if engine != "pyshacl" else None
    reason = fast.doubt(shapes, own) if fast else None
    if engine == "shacl" and fast is None:
        raise UsageError(_NOT_INSTALLED)
    if engine == "shacl" and reason:
        raise UsageError(f"the engine 'shacl' is not to be trusted here: {reason}; use --engine pyshacl")
    return fast if fast and not reason else importlib.import_module(ENGINES["pyshacl"])


def _installed(engine: str) -> ModuleType | None:
    try:
        return importlib.import_module(ENGINES[engine])
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
    """The engine's complaint with the name of the innermost shape that it cannot apply even alone, to a node of which
    nothing is said; or else it is about shapes and data together."""
    graph = ShapesGraph(shapes)
    for shape in graph.inside_out():
        aim = rdf.Quad(shape, rdf.NamedNode(f"{SH}targetNode"), _NOTHING)
        try:
            list(results([], [*graph.alone(shape), aim]))
        except InputError as its_own:
            return InputError(str(its_own).replace("the shapes", graph.called(shape), 1))
    return InputError(str(error).replace("cannot be used:", "cannot be used with these data:", 1))
