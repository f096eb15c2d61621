"""Random faults in RDF files and in shapes: in their bytes, and in their triples, which then are valid syntax again."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from kb import rdf, turtle
from kb.namespaces import PREFIXES
from kb.project import find_project
from kb.validation.vocabulary import TERMS

SUFFIXES = tuple(turtle.FORMATS)
_ROOT = find_project().root
_SH, _XSD, _RDF = PREFIXES["sh"], PREFIXES["xsd"], PREFIXES["rdf"]
_MOST_QUADS = 60

# Bytes that parsers, terminals, spreadsheets and markup take for something else than text.
_TOKENS = (
    b"\x00", b"\x1b[31m", b"\x1b]0;x\x07", b"\x9b31m", b"\xc2\x9b", b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xff", b"\xed\xa0\x80",
    b"\xef\xbb\xbf", b"\r", b"\r\n", b"\n", b"\t", b"\x0b", b"\x7f", b"\\u001B[31m", b"\\uD800", b"\\U00110000", b"\\u0000", b"\\",
    b'"', b'"""', b"'", b"'''", b"<", b">", b"<<", b">>", b"<<(", b")>>", b"[", b"]", b"(", b")", b"{", b"}", b"{|", b"|}", b".",
    b";", b",", b"a ", b"_:", b"_:b", b"[]", b"()", b"@", b"@en", b"@prefix", b"@base <x> .", b"^^", b"^^xsd:date", b"#", b":", b"\xc3",
    b"=1+1", b"|", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?", b"?>", b"&a;", b"&#27;", b"&#x1b;", b"<!DOCTYPE r [<!ENTITY a 'x'>]>",
    b"xmlns:", b"rdf:ID='x'", b'rdf:parseType="Literal"', b'"@context"', b'"@id"', b'"@graph"', b'"@reverse"', b'"@list":[', b"null",
    b"true", b"-1", b"1e999", b"9" * 400, b"0x1", b"<a>", b"<../x>", b"<file:///etc/passwd>", b"<http://127.0.0.1:9/>", b"xsd:integer",
    b"sh:minCount", b"rdf:first", b"rdf:nil", b"owl:imports", b"SERVICE", b"PREFIX", b"GRAPH", b"$this", b"?x", b"UNION {", b"FILTER(",
)  # fmt: skip
_TEXTS = (
    "", " ", "\x00", "\x1b[31mred\x1b[0m", "\u009b31m", "\u202eevil", "\u2028", "=1+1", "+1", "-1", "@x", "a\nb", "a\rb", "a\tb", "|", "``",
    "<script>", "</a>", '"', '"""', "'", "\\", "{$this}", "{", "}", "%s", "{0}", "é" * 300, "x" * 5_000, "NaN", "INF", "0", "01", "1.50",
    "1e999", "9" * 400, "-9" * 40, "true", "2025-02-30", "2025-13", "0000-00-00", "99999999999-01-01", "P1Y", "\ufeff", "\U0010ffff",
    "^(a+)+$", "(", "[", "\\p{Lu}", "(?i)x", "a{99999}", "SELECT $this WHERE { $this ?p ?o }", "ASK { ?s ?p ?o }", "SELECT",
    "SELECT $this ?value { $this $PATH ?value FILTER(!isIRI(?value)) }", "SELECT $this { SERVICE <http://127.0.0.1:9/> { $this ?p ?o } }",
    "http://example.org/", "javascript:alert(1)",
)  # fmt: skip
_DATATYPES = ("string", "integer", "decimal", "double", "boolean", "date", "dateTime", "gYear", "anyURI", "duration", "nope")
_IRIS = (
    "http://example.org/a", "urn:x", "file:///etc/passwd", "javascript:alert(1)", "http://example.org/%1B%5B31m", f"{_RDF}nil", f"{_RDF}type",
    "http://example.org/" + "x" * 3_000, "https://w3id.org/medical-missions/ontology/", "https://w3id.org/medical-missions/id/claim/",
    "https://w3id.org/medical-missions/nowhere/x", "http://example.org/\u00e9\u202e",
)  # fmt: skip


@cache
def sources() -> tuple[Path, ...]:
    """The project's own Turtle files and the examples of its shapes."""
    return tuple(sorted(path for folder in ("data", "ontology", "shapes", "tests") for path in (_ROOT / folder).rglob("*.ttl")))


@cache
def shape_sources() -> tuple[Path, ...]:
    """The project's shapes."""
    return tuple(sorted((_ROOT / "shapes").glob("*.ttl")))


@cache
def _quads(path: Path) -> tuple[rdf.Quad, ...]:
    return tuple(turtle.parse_file(path))


def document(rng: random.Random) -> tuple[bytes, str]:
    """A piece of real data in any format, with some faults; its bytes and the suffix of its format."""
    quads = _piece(rng, _quads(rng.choice(sources())))
    suffix = rng.choice((".ttl", *SUFFIXES))
    for _ in range(rng.choice((0, 0, 1, 3, 10))):
        quads = rng.choice(_TRIPLE_FAULTS)(rng, quads)
    content = written(rng, quads, suffix)
    for _ in range(rng.choice((0, 0, 0, 1, 2, 8))):
        content = rng.choice(_BYTE_FAULTS)(rng, content)
    return content, suffix


def shapes(rng: random.Random) -> bytes:
    """Real shapes with faults: mostly in their triples, some in their bytes."""
    quads = _piece(rng, _quads(rng.choice(shape_sources())))
    for _ in range(rng.choice((0, 1, 1, 2, 5))):
        quads = rng.choice((*_TRIPLE_FAULTS, *_SHAPE_FAULTS * 3))(rng, quads)
    content = written(rng, quads, ".ttl")
    return rng.choice(_BYTE_FAULTS)(rng, content) if rng.random() < 0.2 else content


def written(rng: random.Random, quads: list[rdf.Quad], suffix: str) -> bytes:
    """The quads in a format; named graphs where it has them."""
    format = turtle.FORMATS[suffix]
    if format.supports_datasets and rng.random() < 0.7:
        graphs = [rdf.NamedNode("http://example.org/g"), rdf.BlankNode("g"), rdf.DefaultGraph()]
        quads = [rdf.Quad(q.subject, q.predicate, q.object, rng.choice(graphs)) for q in quads]
    parts = quads if format.supports_datasets else [rdf.Triple(q.subject, q.predicate, q.object) for q in quads]
    try:
        return rdf.serialize(parts, format=format, prefixes=PREFIXES if rng.random() < 0.8 else None)
    except ValueError:  # RDF/XML has no way to write some properties
        return rdf.serialize(
            [rdf.Triple(q.subject, q.predicate, q.object) for q in quads], format=rdf.RdfFormat.N_TRIPLES
        )


def _piece(rng: random.Random, quads: tuple[rdf.Quad, ...]) -> list[rdf.Quad]:
    """All of a small file, a run of triples of a large one."""
    if len(quads) <= _MOST_QUADS * 2:
        return list(quads)
    start = rng.randrange(len(quads) - _MOST_QUADS)
    return list(quads[start : start + _MOST_QUADS])


# Faults in triples


def _replaced(rng: random.Random, quads: list[rdf.Quad], change: Callable[[rdf.Quad], rdf.Quad]) -> list[rdf.Quad]:
    if quads:
        at = rng.randrange(len(quads))
        quads[at] = change(quads[at])
    return quads


def _other_value(rng: random.Random, quads: list[rdf.Quad]) -> list[rdf.Quad]:
    return _replaced(rng, quads, lambda q: rdf.Quad(q.subject, q.predicate, _term(rng, quads)))


def _other_property(rng: random.Random, quads: list[rdf.Quad]) -> list[rdf.Quad]:
    return _replaced(rng, quads, lambda q: rdf.Quad(q.subject, rng.choice(quads).predicate, q.object))


def _other_subject(rng: random.Random, quads: list[rdf.Quad]) -> list[rdf.Quad]:
    def change(quad: rdf.Quad) -> rdf.Quad:
        term = _term(rng, quads)
        return rdf.Quad(quad.subject if isinstance(term, rdf.Literal) else term, quad.predicate, quad.object)

    return _replaced(rng, quads, change)


def _lost(rng: random.Random, quads: list[rdf.Quad]) -> list[rdf.Quad]:
    return [quad for quad in quads if rng.random() > 0.1]


def _chain(rng: random.Random, quads: list[rdf.Quad]) -> list[rdf.Quad]:
    """Blank nodes in a row, or in a ring."""
    nodes = [rdf.BlankNode(f"c{i}") for i in range(rng.choice((1, 3, 99, 120)))]
    predicate = rng.choice(quads).predicate if quads else rdf.RDF_TYPE
    links = [rdf.Quad(one, predicate, other) for one, other in itertools.pairwise(nodes)]
    ring = [rdf.Quad(nodes[-1], predicate, nodes[0])] if rng.random() < 0.5 else []
    return [*quads, *links, *ring, *([rdf.Quad(rng.choice(quads).subject, predicate, nodes[0])] if quads else [])]


def _term(rng: random.Random, quads: list[rdf.Quad]) -> rdf.NamedNode | rdf.BlankNode | rdf.Literal:
    kind = rng.random()
    if kind < 0.4 and quads:
        return getattr(rng.choice(quads), rng.choice(("subject", "predicate", "object")))
    if kind < 0.5:
        return rdf.BlankNode(f"b{rng.randrange(3)}")
    if kind < 0.65:
        return rdf.NamedNode(rng.choice(_IRIS))
    text = rng.choice(_TEXTS)
    if kind < 0.8:
        return rdf.Literal(text, datatype=rdf.NamedNode(_XSD + rng.choice(_DATATYPES)))
    return rdf.Literal(text, language=rng.choice(("en", "es", "en-GB", "x-y"))) if kind < 0.9 else rdf.Literal(text)


_TRIPLE_FAULTS = (_other_value, _other_value, _other_property, _other_subject, _lost, _chain)


# Faults in shapes


def _other_term(rng: random.Random, quads: list[rdf.Quad]) -> list[rdf.Quad]:
    """Another term of SHACL as the property."""
    name = rng.choice(sorted(term for term in TERMS if term[0].islower()))
    return _replaced(rng, quads, lambda q: rdf.Quad(q.subject, rdf.NamedNode(_SH + name), q.object))


def _another_constraint(rng: random.Random, quads: list[rdf.Quad]) -> list[rdf.Quad]:
    if not quads:
        return quads
    name = rng.choice(sorted(term for term in TERMS if term[0].islower()))
    return [*quads, rdf.Quad(rng.choice(quads).subject, rdf.NamedNode(_SH + name), _term(rng, quads))]


def _target(rng: random.Random, quads: list[rdf.Quad]) -> list[rdf.Quad]:
    if not quads:
        return quads
    target = rng.choice(("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf"))
    return [*quads, rdf.Quad(rng.choice(quads).subject, rdf.NamedNode(_SH + target), _term(rng, quads))]


def _query_fault(rng: random.Random, quads: list[rdf.Quad]) -> list[rdf.Quad]:
    """A fault in the text of a query, a pattern or a message."""
    places = [i for i, q in enumerate(quads) if isinstance(q.object, rdf.Literal) and len(q.object.value) > 3]
    if places:
        at = rng.choice(places)
        quad = quads[at]
        text = rng.choice(_BYTE_FAULTS)(rng, quad.object.value.encode()).decode("utf-8", "replace")[:20_000]
        quads[at] = rdf.Quad(quad.subject, quad.predicate, rdf.Literal(text))
    return quads


_SHAPE_FAULTS = (_other_term, _another_constraint, _target, _query_fault)


# Faults in bytes


def _flip(rng: random.Random, content: bytes) -> bytes:
    if not content:
        return content
    at = rng.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]


def _insert(rng: random.Random, content: bytes) -> bytes:
    at = rng.randint(0, len(content))
    return content[:at] + rng.choice(_TOKENS) * rng.choice((1, 1, 1, 2, 3, 40)) + content[at:]


def _insert_many(rng: random.Random, content: bytes) -> bytes:
    at = rng.randint(0, len(content))
    return content[:at] + rng.choice(_TOKENS) * rng.choice((600, 3_000, 30_000)) + content[at:]


def _range(rng: random.Random, content: bytes) -> tuple[int, int]:
    start = rng.randint(0, len(content))
    return start, min(len(content), start + rng.choice((1, 2, 10, 100, 1_000)))


def _delete(rng: random.Random, content: bytes) -> bytes:
    start, end = _range(rng, content)
    return content[:start] + content[end:]


def _repeat(rng: random.Random, content: bytes) -> bytes:
    start, end = _range(rng, content)
    times = rng.choice((2, 3, 50, 2_000))
    return content[:end] + content[start:end][:200] * times + content[end:]


def _move(rng: random.Random, content: bytes) -> bytes:
    start, end = _range(rng, content)
    rest = content[:start] + content[end:]
    at = rng.randint(0, len(rest))
    return rest[:at] + content[start:end] + rest[at:]


def _cut(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randint(0, len(content))]


def _recode(rng: random.Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    return rng.choice((
        lambda: text.encode("utf-16"), lambda: text.encode("utf-16-be"), lambda: text.encode("latin-1", "replace"),
        lambda: text.encode("utf-8-sig"), lambda: content.replace(b"\n", b"\r\n"), lambda: content.replace(b"\n", b"\r"),
        lambda: content.upper(), lambda: content[::-1],
    ))()  # fmt: skip


def _in_string(rng: random.Random, content: bytes) -> bytes:
    """Something else in the place of a text in quotation marks."""
    found = list(re.finditer(rb'"[^"\n\\]*"', content))
    if not found:
        return content
    match = rng.choice(found)
    text = rng.choice(_TEXTS).encode("utf-8", "replace")
    if rng.random() < 0.5:
        text = re.sub(rb"[\x00-\x1f\"\\]", lambda m: b"\\u%04X" % m.group()[0], text)
    return content[: match.start() + 1] + text + content[match.end() - 1 :]


_BYTE_FAULTS = (_flip, _insert, _insert, _insert_many, _delete, _repeat, _move, _cut, _recode, _in_string, _in_string)
