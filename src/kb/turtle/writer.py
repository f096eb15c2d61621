"""Writing triples as Turtle in the project's form: the same triples in the same order give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kb import rdf
from kb.errors import InputError
from kb.namespaces import LOCAL_NAME, PREFIXES

WIDTH = 110
"""A list or a nested node stays on one line up to this many characters."""

_DEEPEST = 50
_INDENT = "    "
_RDF = PREFIXES["rdf"]
_XSD = PREFIXES["xsd"]
_FIRST, _REST, _NIL = f"{_RDF}first", f"{_RDF}rest", f"{_RDF}nil"
_TYPE = f"{_RDF}type"
# What names a node comes before what else is said of it.
_LEADING = ("a", "dcterms:title", "skos:prefLabel", "rdfs:label", "sh:name", "skos:altLabel", "skos:definition")
# Literals that Turtle writes without quotes, where that is also their usual lexical form.
_SHORT = {
    f"{_XSD}integer": re.compile(r"(?:0|-?[1-9][0-9]*)\Z"),
    f"{_XSD}decimal": re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+\Z"),
    f"{_XSD}double": re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[eE]-?[0-9]+\Z"),
    f"{_XSD}boolean": re.compile(r"(?:true|false)\Z"),
}
# What a reader could not see: controls, spaces other than the usual one, format and private-use characters, noncharacters.
# Written out, since Python's own tables differ from version to version, and the bytes of a file may not.
_HIDDEN = (
    r"\x00-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u1680\u180e\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
_IN_STRING = re.compile(rf'["\\{_HIDDEN}]')
_IN_LONG_STRING = re.compile(rf'(?!\n)[\\{_HIDDEN}]|"(?="|\Z)')
_IN_IRI = re.compile(f"[{_HIDDEN}]")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", '"': '\\"'}

Term = rdf.NamedNode | rdf.BlankNode | rdf.Literal | rdf.Triple


@dataclass
class Comments:
    """A document's comment lines: at its top, before subjects, and at its end; an empty string is an empty line."""

    header: list[str] = field(default_factory=list)
    before: dict[Term, list[str]] = field(default_factory=dict)
    footer: list[str] = field(default_factory=list)


def format_quads(
    quads: Iterable[rdf.Quad | rdf.Triple],
    prefixes: Mapping[str, str] | None = None,
    comments: Comments | None = None,
    labels: Collection[str] = (),
    tags: Mapping[rdf.Literal, str] | None = None,
) -> str:
    """Turtle in the project's form; subjects in the order in which the quads first name them.

    Graph names are not written. ``prefixes`` are those to use beside the project's own, which win where a name clashes;
    ``labels`` are the blank nodes' labels that somebody chose, to be preferred where one is needed; ``tags`` are language
    tags as somebody wrote them, which the engine gives in lower case.
    Raises InputError for what Turtle 1.1 cannot write (triple terms, a base direction) or nesting beyond reading.
    """
    return _Writer(quads, prefixes or {}, comments or Comments(), labels, tags or {}).document()


class _Writer:
    """Writes one graph; one instance, one document."""

    def __init__(
        self,
        quads: Iterable[rdf.Quad | rdf.Triple],
        prefixes: Mapping[str, str],
        comments: Comments,
        labels: Collection[str],
        tags: Mapping[rdf.Literal, str],
    ) -> None:
        self._comments = comments
        self._labels = labels
        self._tags = tags
        self._properties: dict[Term, dict[str, dict[Term, None]]] = {}
        self._references: dict[rdf.BlankNode, list[Term]] = {}
        for quad in quads:
            values = self._properties.setdefault(quad.subject, {}).setdefault(quad.predicate.value, {})
            if quad.object not in values and isinstance(quad.object, rdf.BlankNode):
                self._references.setdefault(quad.object, []).append(quad.subject)
            values[quad.object] = None
        self._namespaces = _by_length(prefixes)
        self._names: dict[str, str] = {}
        self._used: dict[str, str] = {}
        self._blocks, self._inline, self._cells_of_lists = self._arrange()

    def document(self) -> str:
        blocks = [self._block(subject) for subject in self._blocks]
        # Our prefixes come in the order of their table, then the file's own by name.
        order = {prefix: index for index, prefix in enumerate(PREFIXES)}
        used = sorted(self._used, key=lambda prefix: (order.get(prefix, len(order)), prefix))
        parts = []
        if self._comments.header:
            parts.append("\n".join(self._comments.header))
        if used:
            parts.append("\n".join(f"@prefix {prefix}: {_bracketed(self._used[prefix])} ." for prefix in used))
        parts += blocks
        if self._comments.footer:
            parts.append("\n".join(self._comments.footer))
        return "\n\n".join(parts) + "\n" if parts else ""

    def _arrange(self) -> tuple[list[Term], set[Term], set[Term]]:
        """The subjects that stand on their own, in order, the blank nodes written where they are used, and those of them
        that are cells of a list. Raises InputError for nesting too deep to read."""
        inline = {
            node
            for node, users in self._references.items()
            if len(users) == 1 and node not in self._comments.before
        }
        blocks = {subject for subject in self._properties if subject not in inline}
        for start in self._rings(inline):
            inline.discard(start)
            blocks.add(start)
        cells = self._cells(inline)
        # A list is written flat, however long; anything else inside something else is a step deeper.
        stack = [(subject, 0) for subject in blocks]
        while stack:
            node, depth = stack.pop()
            if depth > _DEEPEST and node.value in self._labels:
                # Somebody has written it on its own, and so it stays.
                inline.discard(node)
                cells.discard(node)
                blocks.add(node)
                depth = 0
            elif depth > _DEEPEST:
                raise InputError(f"brackets nested more than {_DEEPEST} deep; give the inner nodes IRIs of their own")
            for predicate, values in self._properties.get(node, {}).items():
                stack += [(v, depth + (predicate != _REST or v not in cells)) for v in values if v in inline]
        return [subject for subject in self._properties if subject in blocks], inline, cells

    def _rings(self, inline: set[Term]) -> Iterator[Term]:
        """Of the nodes that only use each other in a ring, the one that has to be named; of each ring one."""
        seen: set[Term] = set()
        for node in self._properties:
            way: dict[Term, None] = {}
            while node in inline and node not in seen:
                seen.add(node)
                way[node] = None
                node = self._references[node][0]
            if node in way:
                ring = list(way)[list(way).index(node) :]
                yield min(ring, key=lambda member: (member.value not in self._labels, member.value))

    def _cells(self, inline: set[Term]) -> set[Term]:
        """The nodes that are cells of a list, well formed from there to its end."""
        cells: set[Term] = set()
        seen: set[Term] = set()
        for node in self._properties:
            way = []
            while node not in seen and node in inline and (rest := self._rest(node)) is not None:
                seen.add(node)
                way.append(node)
                node = rest
            if node.value == _NIL or node in cells:
                cells.update(way)
        return cells

    def _rest(self, node: Term) -> Term | None:
        """What follows a list's cell; None where the node is not shaped like one."""
        properties = self._properties.get(node, {})
        if properties.keys() != {_FIRST, _REST} or any(len(values) != 1 for values in properties.values()):
            return None
        rest = next(iter(properties[_REST]))
        return None if isinstance(rest, rdf.Literal) else rest

    def _block(self, subject: Term) -> str:
        lines = self._comments.before.get(subject, [])
        if isinstance(subject, rdf.BlankNode):
            name = self._label(subject) if self._references.get(subject) else "[]"
        else:
            name = self._iri(subject.value)
        properties = self._lines(subject, 1)
        if properties[0].startswith(f"{_INDENT}a ") and "\n" not in properties[0]:
            name, properties = f"{name} {properties[0].lstrip()}", properties[1:]
            text = " ;\n".join([name, *properties])
        else:
            text = f"{name}\n" + " ;\n".join(properties)
        return "\n".join([*lines, f"{text} ."])

    def _lines(self, subject: Term, level: int) -> list[str]:
        """Each property of a subject with its values, indented; the type first."""
        written = []
        for predicate, values in self._properties[subject].items():
            name = "a" if predicate == _TYPE else self._iri(predicate)
            written.append((_LEADING.index(name) if name in _LEADING else len(_LEADING), name, list(values)))
        indent = _INDENT * level
        lines = []
        for _, name, values in sorted(written, key=lambda entry: entry[:2]):
            if len(values) == 1:
                lines.append(f"{indent}{name} {self._value(values[0], level)}")
                continue
            if name == "a":
                # The author's order: the general class, then the specific one.
                texts = [self._value(value, level) for value in values]
                if not any("\n" in text for text in texts):
                    lines.append(f"{indent}a {' , '.join(texts)}")
                    continue
            texts = [text for _, text in sorted(self._ordered(value, level + 1) for value in values)]
            lines.append(f"{indent}{name}\n" + " ,\n".join(f"{indent}{_INDENT}{text}" for text in texts))
        return lines

    def _ordered(self, value: Term, level: int) -> tuple[tuple, str]:
        """A value's text with its place among others: IRIs, then literals by language, then nodes by content."""
        text = self._value(value, level)
        if isinstance(value, rdf.Literal):
            return (1, value.language or "", value.value, text), text
        return (2 if isinstance(value, rdf.BlankNode) else 0, text), text

    def _value(self, value: Term, level: int) -> str:
        if isinstance(value, rdf.NamedNode):
            return "()" if value.value == _NIL else self._iri(value.value)
        if isinstance(value, rdf.Literal):
            return self._literal(value)
        if isinstance(value, rdf.BlankNode):
            return self._node(value, level) if value in self._inline else self._label(value)
        raise InputError(f"a triple term cannot be written in RDF 1.1 Turtle: {value}")

    def _node(self, node: rdf.BlankNode, level: int) -> str:
        items = self._items(node)
        if items is not None:
            texts = [self._value(item, level + 1) for item in items]
            flat = f"( {' '.join(texts)} )"
            if "\n" not in flat and len(_INDENT) * level + len(flat) <= WIDTH:
                return flat
            inner = _INDENT * (level + 1)
            return "(\n" + "".join(f"{inner}{text}\n" for text in texts) + _INDENT * level + ")"
        if node not in self._properties:
            return "[]"
        lines = self._lines(node, level + 1)
        flat = f"[ {lines[0].lstrip()} ]"
        if len(lines) == 1 and "\n" not in flat and len(_INDENT) * level + len(flat) <= WIDTH:
            return flat
        return "[\n" + "".join(f"{line} ;\n" for line in lines) + _INDENT * level + "]"

    def _items(self, node: Term) -> list[Term] | None:
        """The items of the list that begins here; None where none does."""
        if node not in self._cells_of_lists:
            return None
        items = []
        while node in self._cells_of_lists:
            items += self._properties[node][_FIRST]
            node = next(iter(self._properties[node][_REST]))
        return items

    def _literal(self, literal: rdf.Literal) -> str:
        if literal.direction is not None:
            raise InputError(f"a base direction cannot be written in RDF 1.1 Turtle: {literal}")
        if literal.language is not None:
            return f"{_quoted(literal.value)}@{self._tags.get(literal, literal.language)}"
        datatype = literal.datatype.value
        if datatype == f"{_XSD}string":
            return _quoted(literal.value)
        if datatype in _SHORT and _SHORT[datatype].match(literal.value):
            return literal.value
        return f"{_quoted(literal.value)}^^{self._iri(datatype)}"

    def _label(self, node: rdf.BlankNode) -> str:
        return f"_:{node.value}"

    def _iri(self, iri: str) -> str:
        if iri not in self._names:
            self._names[iri] = _bracketed(iri)
            for namespace, prefix in self._namespaces:
                if iri.startswith(namespace) and LOCAL_NAME.match(iri, len(namespace)):
                    self._used[prefix] = namespace
                    self._names[iri] = f"{prefix}:{iri[len(namespace) :]}"
                    break
        return self._names[iri]


def _by_length(prefixes: Mapping[str, str]) -> list[tuple[str, str]]:
    """Namespaces with their prefixes, the longest first; the project's prefixes win over others."""
    ours = set(PREFIXES.values())
    chosen = {namespace: prefix for prefix, namespace in PREFIXES.items()}
    for prefix in sorted(prefixes):
        if prefix not in PREFIXES and prefixes[prefix] not in ours:
            chosen.setdefault(prefixes[prefix], prefix)
    return sorted(chosen.items(), key=lambda pair: (-len(pair[0]), pair[1]))


def _bracketed(iri: str) -> str:
    """An IRI as Turtle, what a reader could not see in it escaped."""
    return f"<{_IN_IRI.sub(_escaped, iri)}>"


def _quoted(text: str) -> str:
    """A string as Turtle: over several lines where it has some; whatever a reader could not see is escaped."""
    if "\n" in text:
        # Every quotation mark that could close the string is escaped.
        return f'"""{_IN_LONG_STRING.sub(_escaped, text)}"""'
    return f'"{_IN_STRING.sub(_escaped, text)}"'


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    return _ESCAPES.get(character) or (f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}")
