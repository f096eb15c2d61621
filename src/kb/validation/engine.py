"""The SHACL engines, behind one function: triples and shapes go in, plain results come out.

pyshacl is the reference and the default: it misses least. ``shacl`` (optional, in Rust) is many times faster; it is used
on request, and only for shapes without queries, since it is known to pass over some comparisons in those. A test holds
it to pyshacl's answers.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType

from kb import rdf
from kb.errors import UsageError
from kb.namespaces import PREFIXES

SH = PREFIXES["sh"]

ENGINES = {"pyshacl": "kb.validation.engine_pyshacl", "shacl": "kb.validation.engine_shacl"}
"""Engine to the module that drives it, with a function ``results(data, shapes)``; the first is the default."""


@dataclass(frozen=True)
class Result:
    """One thing that a constraint finds wrong.

    ``path`` is the property where the path is one; None for another path, which is then the shape's own, and for none.
    ``messages`` are pairs of a language (empty for none) and a sentence.
    """

    focus: rdf.NamedNode | rdf.BlankNode | rdf.Literal
    path: rdf.NamedNode | None
    value: rdf.NamedNode | rdf.BlankNode | rdf.Literal | None
    shape: rdf.NamedNode | rdf.BlankNode
    component: str
    severity: str
    messages: tuple[tuple[str, str], ...] = ()


def run(data: Iterable[rdf.Quad], shapes: Iterable[rdf.Quad], engine: str = "pyshacl") -> list[Result]:
    """Validate the union of the data against the shapes, without any inference; results in a fixed order.

    Classes and their ``rdfs:subClassOf`` are part of the data; graph names are ignored. Raises InputError where the
    engine cannot apply the shapes, UsageError where it is not installed or not to be trusted with them.
    """
    return sorted(load(engine).results(data, shapes), key=_order)


def load(engine: str) -> ModuleType:
    """The module that drives an engine. Behind a closed door (``kb.sandbox``) it must have been loaded before.

    Raises UsageError where the engine is not installed.
    """
    try:
        return importlib.import_module(ENGINES[engine])
    except ImportError:
        raise UsageError(f"the engine {engine!r} is not installed; pip install 'medical-missions-kb[fast]'") from None


def _order(result: Result) -> tuple[str, ...]:
    return tuple(str(part) for part in (result.shape, result.focus, result.path, result.value, result.component))

