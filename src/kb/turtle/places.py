"""Where a Turtle, TriG, N-Triples or N-Quads file says something: line and column of each triple's parts.

The parser gives triples without their place. Here the tokens of a text that it has accepted are put together to triples
again, each as a statement of its own, and the parser reads those: it alone knows what a name stands for, and the n-th
statement is the n-th triple. What is written in brackets has no name; such nodes are told by the order of their triples.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from kb import rdf
from kb.namespaces import PREFIXES
from kb.turtle.source import Lines
from kb.turtle.written import Reader, Span, Written, is_nameless

_RDF = PREFIXES["rdf"]
_FIRST, _REST = (rdf.NamedNode(_RDF + name) for name in ("first", "rest"))

LONGEST = 8 << 20
"""Characters of a text that is read whole, for the places of nodes without a name; a second or two for that many."""

# From one end of a statement to the next, quickly; what stands in texts, addresses and comments is passed over. A full stop
# within a name or a number ends nothing. Where the text is so dense that this errs, a place is not found, never a wrong one.
_STATEMENT = re.compile(
    r"""(?> [^.{}"'<\#\\]++ | \"{3}(?>[^"\\]|\\.|"(?!""))*+\"{3} | '{3}(?>[^'\\]|\\.|'(?!''))*+'{3}
      | "(?>[^"\\\n\r]|\\.)*+" | '(?>[^'\\\n\r]|\\.)*+' | <[^<>\s]*+> | < | \#[^\n\r]*+ | \\.
      | (?<=[\w:%-])\.(?=[\w:%-]) | ["'] )*+ [.{}]""",
    re.VERBOSE | re.DOTALL,
)
_WORD = re.compile(r"(?>\s+|\#[^\n\r]*)*+(<[^<>\s]*>|[^\s<>\[\]();,\"']+)")
_DIRECTIVE = re.compile(r"@|(?:PREFIX|BASE|VERSION)\Z", re.IGNORECASE)
_DECLARED = re.compile(
    r"^[ \t]*(?:@prefix\s+[^\s:]*:\s*<[^<>\s]*>\s*\.|PREFIX\s+[^\s:]*:\s*<[^<>\s]*>|@base\s*<[^<>\s]*>\s*\.|BASE\s*<[^<>\s]*>)",
    re.IGNORECASE | re.MULTILINE,
)
_PREFIX = re.compile(r"prefix\s+([^\s:]*):\s*<([^<>\s]*)>", re.IGNORECASE)


class Place(NamedTuple):
    """From where to where something is written: lines and columns from 1, columns in code points, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Places:
    """The places of the triples of one text. What is asked for is read, and no more: a text may be long."""

    def __init__(self, text: str, quads: Sequence[rdf.Quad], base_iri: str | None = None) -> None:
        """``quads`` are what the parser made of the text, in its order."""
        self._text = text
        self._quads = quads
        self._base = base_iri
        self._found: dict[object, _Index] = {}

    def has(self, subject: object, predicate: object = None, value: object = None) -> bool:
        """Whether the place of just these parts is known."""
        index = self._index(subject, value)
        if value is not None:
            return (subject, predicate, value) in index.triples
        return (subject, predicate) in index.predicates if predicate is not None else subject in index.subjects

    def nearest(self, subject: object, predicate: object = None, value: object = None) -> Place | None:
        """The place of the value in the triple, else that of the property, else that of the subject; terms are the engine's."""
        index = self._index(subject, value)
        triple = index.triples.get((subject, predicate, value))
        span = triple[1] if triple else index.predicates.get((subject, predicate)) or index.subjects.get(subject)
        return self._place(span) if span else None

    def of_predicate(self, subject: object, predicate: object, value: object) -> Place | None:
        """The place of the property in one triple; the nearest where that is not known."""
        triple = self._index(subject, value).triples.get((subject, predicate, value))
        return self._place(triple[0]) if triple else self.nearest(subject, predicate)

    def _index(self, subject: object, value: object) -> _Index:
        """What is known of a node: of one with a name from the statements that begin with it, else from the whole text."""
        if isinstance(value, rdf.BlankNode) and self._whole.subjects:
            return self._whole
        if subject not in self._found:
            index = self._of_statements(subject) if isinstance(subject, rdf.NamedNode) else _Index()
            self._found[subject] = index if subject in index.subjects else self._whole
        return self._found[subject]

    def _of_statements(self, subject: rdf.NamedNode) -> _Index:
        spans: list[Span] = []
        for name in (f"<{subject.value}>", *self._prefixed(subject.value)):
            spans += self._statements.get(name, ())
        return self._read(sorted([*self._directives, *spans])) if spans else _Index()

    def _prefixed(self, iri: str) -> Iterator[str]:
        for span in self._directives:
            declared = _PREFIX.search(self._text, *span)
            if declared and iri.startswith(declared[2]):
                yield f"{declared[1]}:{iri[len(declared[2]) :]}"

    @cached_property
    def _whole(self) -> _Index:
        return self._read([Span(0, len(self._text))], self._quads) if len(self._text) <= LONGEST else _Index()

    def _read(self, spans: Iterable[Span], quads: Sequence[rdf.Quad] = ()) -> _Index:
        """What some parts of the text say; with the parser's ``quads``, of nodes without a name too. Nothing is known where
        the parts are not read as the parser has read the whole."""
        written, plain = Reader(self._text, spans).read()
        try:
            parsed = list(rdf.parse(plain, format=rdf.RdfFormat.TURTLE, base_iri=self._base))
        except SyntaxError:
            return _Index()
        read = [rdf.Triple(quad.subject, quad.predicate, quad.object) for quad in parsed]
        return _Index.of(written, read, _names(written, read, quads))

    @cached_property
    def _statements(self) -> dict[str, list[Span]]:
        """Where the statements stand, by their first word."""
        found: dict[str, list[Span]] = defaultdict(list)
        for statement in _STATEMENT.finditer(self._text):
            start, end = statement.span()
            first = _WORD.match(self._text, start, end)
            if first and _DIRECTIVE.match(first[1]):
                # SPARQL's PREFIX ends without a full stop.
                start = max((declared.end() for declared in _DECLARED.finditer(self._text, start, end)), default=end)
                first = _WORD.match(self._text, start, end)
            if first:
                found[first[1]].append(Span(start, end))
        return found

    @cached_property
    def _directives(self) -> list[Span]:
        """Where directives stand. One that only looks like it, in a text, may hide a name: then the whole text is read."""
        return [Span(*found.span()) for found in _DECLARED.finditer(self._text)]

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self._text)

    def _place(self, span: Span) -> Place:
        lines, end = self._lines, span.end
        return Place(lines.line(span.start), lines.column(span.start), lines.line(end), lines.column(end))


@dataclass
class _Index:
    """The places of triples (of property and value), of properties of a subject, and of subjects; the first of each."""

    triples: dict[tuple, tuple[Span, Span]] = field(default_factory=dict)
    predicates: dict[tuple, Span] = field(default_factory=dict)
    subjects: dict[object, Span] = field(default_factory=dict)

    @classmethod
    def of(cls, written: Sequence[Written], read: Sequence[rdf.Triple], names: dict[object, object]) -> _Index:
        index = cls()
        for triple, as_written in zip(read, written, strict=False):
            subject, value = names.get(triple.subject, triple.subject), names.get(triple.object, triple.object)
            at_subject, at_predicate, at_object = as_written.spans
            index.subjects.setdefault(subject, at_subject)
            index.predicates.setdefault((subject, triple.predicate), at_predicate)
            index.triples.setdefault((subject, triple.predicate, value), (at_predicate, at_object))
        return index


def _names(written: Sequence[Written], read: Sequence[rdf.Triple], quads: Sequence[rdf.Quad]) -> dict[object, object]:
    """The nodes without a name in the plain statements as the parser has called them in the text itself.

    The triples of one property come in the same order in both; where that should not be so, no name is given.
    """
    if not quads or not any(is_nameless(node) for triple in read for node in (triple.subject, triple.object)):
        return {}
    theirs: dict[rdf.NamedNode, list[rdf.Quad]] = defaultdict(list)
    for quad in quads:
        theirs[quad.predicate].append(quad)
    ours: dict[rdf.NamedNode, list[rdf.Triple]] = defaultdict(list)
    items: list[rdf.Triple] = []
    for triple, as_written in zip(read, written, strict=False):
        (items if as_written.item else ours[triple.predicate]).append(triple)
    names: dict[object, object] = {}
    pairs: list[tuple[object, object]] = []
    for predicate, triples in ours.items():
        if len(triples) == len(theirs[predicate]):
            for triple, quad in zip(triples, theirs[predicate], strict=True):
                pairs += [(triple.subject, quad.subject), (triple.object, quad.object)]
    pairs += _members(items, pairs, quads)
    for here, there in pairs:
        if not is_nameless(here):
            agree = here == there
        else:
            agree = isinstance(there, rdf.BlankNode) and names.setdefault(here, there) == there
        if not agree:
            return {}
    return names


def _members(
    items: Iterable[rdf.Triple], pairs: Iterable[tuple[object, object]], quads: Iterable[rdf.Quad]
) -> Iterator[tuple[object, object]]:
    """The cells and members of lists, from the cells that the lists begin with."""
    known = {here: there for here, there in pairs if is_nameless(here)}
    first = {quad.subject: quad.object for quad in quads if quad.predicate == _FIRST} if items else {}
    rest = {quad.subject: quad.object for quad in quads if quad.predicate == _REST} if items else {}
    cells: dict[str, list[object]] = {}
    for item in items:
        head, _, number = item.subject.value.rpartition(":")
        if head not in cells:
            cells[head] = list(_cells(known.get(rdf.NamedNode(head)), rest))
        cell = cells[head][int(number)] if int(number) < len(cells[head]) else None
        if cell in first:
            known.setdefault(item.object, first[cell])
            yield from ((item.subject, cell), (item.object, first[cell]))


def _cells(cell: object, rest: dict) -> Iterator[object]:
    seen = set()
    while cell is not None and cell not in seen:
        seen.add(cell)
        yield cell
        cell = rest.get(cell)
