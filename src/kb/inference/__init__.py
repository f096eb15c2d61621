"""What follows from the ontology and the data by the OWL 2 RL rules: new triples, for a graph of their own.

Two engines give the same answer. ``rules`` is made from the ontology's own axioms, takes a fraction of a second, and refuses
an axiom that it does not cover; ``owlrl`` is the reference, covers the whole profile, and takes a hundred times as long.

Left out, because it says nothing about the subject:

- what is true of everything (``x owl:sameAs x``, ``x a owl:Thing``) or of the language's own terms (rdf:, rdfs:, owl:, xsd:),
  and that a class or property is below or equivalent to itself;
- triples about blank nodes, which here are only the lists inside axioms, and about literals, which RDF cannot say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb import rdf, telling, turtle
from kb.errors import UsageError
from kb.files import display_name
from kb.namespaces import EXTERNAL
from kb.project import Project
from kb.stores import DERIVED, Store
from kb.turtle.writer import format_quads

GRAPH = DERIVED + "owl-rl"
"""The named graph of the inferred triples."""

ENGINES = ("rules", "owlrl")

_LANGUAGE = tuple(EXTERNAL[prefix] for prefix in ("rdf", "rdfs", "owl", "xsd"))
_XSD = EXTERNAL["xsd"]
_REFLEXIVE = tuple(
    EXTERNAL["owl"] + name for name in ("sameAs", "equivalentClass", "equivalentProperty")
) + tuple(EXTERNAL["rdfs"] + name for name in ("subClassOf", "subPropertyOf"))


@dataclass(frozen=True)
class Inference:
    """The triples that follow and are not stated, sorted, and why the premises cannot all be true, if they cannot."""

    new: tuple[rdf.Triple, ...]
    clashes: tuple[str, ...]

    @property
    def consistent(self) -> bool:
        """Whether the premises can all be true, as far as the rules can tell."""
        return not self.clashes


def infer(premises: Iterable[rdf.Triple], engine: str = "rules") -> Inference:
    """The OWL 2 RL closure of the premises, without the premises and what is left out (see above).

    Raises InputError for an axiom that the engine ``rules`` does not cover and for triple terms, UsageError for an unknown engine.
    """
    stated = set(premises)
    inferred, clashes = load(engine)(stated)
    new = sorted((triple for triple in inferred - stated if says_something(triple)), key=str)
    return Inference(tuple(new), tuple(sorted(set(clashes))))


def load(engine: str) -> Callable[[set[rdf.Triple]], tuple[set[rdf.Triple], list[str]]]:
    """The function of an engine. Behind a closed door (``kb.sandbox``) it must have been loaded before."""
    if engine == "rules":
        from kb.inference import rules

        return rules.closure
    if engine == "owlrl":
        from kb.inference import reference

        return reference.closure
    raise UsageError(f"unknown engine {engine!r}: one of {', '.join(ENGINES)}")


def premises_of(project: Project, more: Iterable[str | Path] = ()) -> list[rdf.Triple]:
    """The triples of the ontology, the registers and the documents, and of more files. Raises InputError."""
    triples = []
    for path in (*project.stated_files(), *more):
        telling.working_on(display_name(path))
        triples += [quad.triple for quad in turtle.parse_file(path)]
    telling.working_on("")
    return triples


def says_something(triple: rdf.Triple) -> bool:
    """Whether an inferred triple is worth keeping; what is not is listed at the head of this module."""
    subject, predicate, object = triple.subject, triple.predicate, triple.object
    if not isinstance(subject, rdf.NamedNode) or isinstance(object, rdf.BlankNode):
        return False
    if subject.value.startswith(_LANGUAGE):
        return False
    if isinstance(object, rdf.NamedNode) and object.value.startswith(_LANGUAGE) and not object.value.startswith(_XSD):
        return False
    return not (subject == object and predicate.value in _REFLEXIVE)


def premises_in(store: Store, project: Project) -> list[rdf.Triple]:
    """The triples of a store's graphs, but for the derived ones, and of the ontology. Raises StoreError."""
    held = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    assert not isinstance(held, (rdf.QuerySolutions, rdf.QueryBoolean))
    return [*held, *(quad.triple for path in project.ontology_files() for quad in turtle.parse_file(path))]


def serialize(triples: Sequence[rdf.Triple], format: str) -> str:
    """The triples as ``ttl`` or ``nt``, or in their named graph as ``trig`` or ``nq``."""
    if format in ("ttl", "trig"):
        document = format_quads(triples)
        if format == "ttl":
            return document
        # The prefixes stay outside the graph's braces.
        head, _, body = document.partition("\n\n") if document.startswith("@prefix") else ("", "", document)
        return f"{head}\n\n<{GRAPH}> {{\n\n{body}\n}}\n"
    graph = f" <{GRAPH}>" if format == "nq" else ""
    return "".join(f"{triple}{graph} .\n" for triple in triples)
