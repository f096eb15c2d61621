"""The bundled queries as RDF, by the convention of the SIB SPARQL examples, which public query editors read.

The convention (https://github.com/sib-swiss/sparql-examples) describes each query with SHACL's terms for executables, its
question with rdfs:comment, and its keywords and endpoints with schema.org's, under https.
"""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Iterable, Iterator, Sequence

from kb import rdf, sparql
from kb.errors import UsageError
from kb.namespaces import BASE, PREFIXES, iri_of
from kb.queries.binding import bind
from kb.queries.bundled import SUBJECTS, Query
from kb.queries.parameters import terms
from kb.results.labels import Finder
from kb.sources import Source
from kb.turtle.writer import format_quads

QUERIES = BASE + "query/"
"""The namespace of the bundled queries: each is named after its file."""

_SCHEMA = "https://schema.org/"
_DECLARATIONS = rdf.NamedNode(QUERIES + "prefixes")
_KINDS = {"SELECT": "Select", "ASK": "Ask", "CONSTRUCT": "Construct", "DESCRIBE": "Describe"}


def sib_examples(queries: Sequence[Query], source: Source, targets: Iterable[str] = ()) -> str:
    """Turtle that describes the queries; the parameters of each have the values of its example, and their defaults.

    ``targets`` are endpoints that hold the data. Raises UsageError for a target that is no IRI of the web.
    """
    endpoints = [_endpoint(target) for target in targets]
    texts = {query: runnable(query, source) for query in queries}
    used = sorted({prefix for text in texts.values() for prefix in sparql.declared_prefixes(text)})
    quads = [*_declarations(used), *(quad for query in queries for quad in _described(query, texts[query], endpoints))]
    return format_quads(quads, {"query": QUERIES, "schemaorg": _SCHEMA})


def runnable(query: Query, source: Source) -> str:
    """The query's text as its example asks it: parameters bound, prefixes declared, without its header."""
    finder = Finder(source)
    given = dict(_assignments(query.example))
    values = terms(query.parameters, given, finder, lang="en", query=query.name, example=query.example)
    lines = query.text.splitlines()
    start = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    text = "\n".join(lines[start:]).strip()
    bound = bind(text, values, query.name)
    declared = sparql.declared_prefixes(bound)
    names = {token.text.partition(":")[0] for token in sparql.tokens(bound) if token.kind == "name"}
    needed = [prefix for prefix in PREFIXES if prefix in names and prefix not in declared]
    return "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in needed) + bound + "\n"


def _assignments(example: str) -> Iterator[tuple[str, str]]:
    words = shlex.split(example)
    for before, word in itertools.pairwise(words):
        if before in ("-p", "--param"):
            name, _, value = word.partition("=")
            yield name, value


def _declarations(prefixes: Iterable[str]) -> Iterator[rdf.Quad]:
    """The prefixes that the queries use, for editors that take them from here."""
    yield _quad(_DECLARATIONS, "rdf:type", rdf.NamedNode(iri_of("owl:Ontology")))
    for prefix in prefixes:
        node = rdf.NamedNode(f"{QUERIES}prefix-{prefix}")
        yield _quad(_DECLARATIONS, "sh:declare", node)
        yield _quad(node, "sh:prefix", rdf.Literal(prefix))
        yield _quad(node, "sh:namespace", rdf.Literal(PREFIXES[prefix], datatype=rdf.NamedNode(iri_of("xsd:anyURI"))))


def _described(query: Query, text: str, endpoints: Iterable[rdf.NamedNode]) -> Iterator[rdf.Quad]:
    node = rdf.NamedNode(QUERIES + query.name)
    form = sparql.form(text) or "SELECT"
    yield _quad(node, "rdf:type", rdf.NamedNode(iri_of("sh:SPARQLExecutable")))
    yield _quad(node, "rdf:type", rdf.NamedNode(f"{PREFIXES['sh']}SPARQL{_KINDS[form]}Executable"))
    for language, question in zip(("en", "es"), query.questions, strict=True):
        yield _quad(node, "rdfs:comment", rdf.Literal(question, language=language))
    yield _quad(node, "sh:prefixes", _DECLARATIONS)
    yield _quad(node, f"sh:{form.lower()}", rdf.Literal(text))
    for keyword in dict.fromkeys((query.subject, SUBJECTS.get(query.subject, query.subject))):
        yield rdf.Quad(node, rdf.NamedNode(_SCHEMA + "keywords"), rdf.Literal(keyword))
    for endpoint in endpoints:
        yield rdf.Quad(node, rdf.NamedNode(_SCHEMA + "target"), endpoint)


def _quad(subject: rdf.NamedNode, predicate: str, value: rdf.NamedNode | rdf.Literal) -> rdf.Quad:
    return rdf.Quad(subject, rdf.NamedNode(iri_of(predicate)), value)


def _endpoint(target: str) -> rdf.NamedNode:
    if not target.startswith(("http://", "https://")) or not rdf.is_iri(target):
        raise UsageError(f"--target takes the address of an endpoint, and {target!r} is none")
    return rdf.NamedNode(target)
