"""What must hold of a shapes graph before an engine sees it.

Over what is not well formed one engine stumbles in its own words, and another ignores it: then all would conform. Here each
fault is told by the shape that has it. Regular expressions and the grammar of queries are left to the engines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from kb import rdf, sparql
from kb.errors import InputError, in_one
from kb.messages import hint_at, near_names
from kb.namespaces import PREFIXES, curie
from kb.validation.paths import UNARY
from kb.validation.shapes_graph import INNER, INNER_LISTS, NIL, SH, Shape, ShapesGraph
from kb.validation.vocabulary import TERMS

_QUERIES = tuple(f"{SH}{name}" for name in ("select", "ask", "construct", "update"))
_REACH_OUT = ("SERVICE", "FROM", "LOAD")
_NOT_TO_SHAPES = tuple(f"{SH}{name}" for name in ("targetNode", "hasValue", "focusNode", "value"))
_FIRST = f"{PREFIXES['rdf']}first"
_XSD = PREFIXES["xsd"]
_KINDS = frozenset("IRI BlankNode Literal BlankNodeOrIRI BlankNodeOrLiteral IRIOrLiteral".split())  # noqa: SIM905
_LONGEST_PATH = 500
_LONGEST_VALUE = 80
_MOST = 5
"""Faults that are told at once."""


def check(graph: ShapesGraph) -> None:
    """Raises InputError for terms that SHACL does not have, queries that reach out of the data, values and paths that are
    not well formed, and shapes that refer to themselves; the error names the shapes."""
    errors = [InputError(fault) for fault in dict.fromkeys(_faults(graph))]
    if errors:
        more = [InputError(f"… and {len(errors) - _MOST} more")] if len(errors) > _MOST else []
        raise in_one([*errors[:_MOST], *more])


def _faults(graph: ShapesGraph) -> Iterator[str]:
    yield from _unknown_terms(graph)
    yield from _queries(graph)
    for node in graph.nodes():
        yield from _values(graph, node)
        yield from _paths(graph, node)
    yield from _recursion(graph)


def _unknown_terms(graph: ShapesGraph) -> Iterator[str]:
    """A misspelt target or constraint would be ignored. Data that stand in one file with shapes may say what they like."""
    stated = Counter(quad.subject for quad in graph.quads if _is_shacl(quad.predicate) or _is_shacl(quad.object))
    used = {q.object for q in graph.quads if _is_shacl(q.predicate) and q.predicate.value not in _NOT_TO_SHAPES}
    used |= {quad.object for quad in graph.quads if quad.predicate.value == _FIRST}
    for quad in graph.quads:
        for term in (quad.predicate, quad.object):
            if not _is_shacl(term) or (stated[quad.subject] < 2 and quad.subject not in used):
                continue
            name = term.value[len(SH) :]
            if name not in TERMS and "ConstraintComponent" not in name:
                hint = hint_at([f"sh:{near}" for near in near_names(name, TERMS)[:1]])
                yield (
                    f"{graph.called(quad.subject)} uses sh:{name}, "
                    f"which is no term of SHACL's core or of its SPARQL constraints{hint}"
                )


def _is_shacl(term: object) -> bool:
    return isinstance(term, rdf.NamedNode) and term.value.startswith(SH)


def _queries(graph: ShapesGraph) -> Iterator[str]:
    for quad in graph.quads:
        if quad.predicate.value in _QUERIES and isinstance(quad.object, rdf.Literal):
            # A forbidden word may be written with escapes.
            for text in {quad.object.value, sparql.unescaped(quad.object.value)}:
                word = next((token.word for token in sparql.tokens(text) if token.word in _REACH_OUT), None)
                if word:
                    yield (
                        f"{graph.called(quad.subject)} holds a query with {word}; "
                        "a shape may only look at the data that it is given"
                    )
                    break
            form = quad.predicate.value.removeprefix(SH).upper()
            if form in ("SELECT", "ASK") and sparql.form(quad.object.value) != form:
                yield f"{graph.called(quad.subject)}: sh:{form.lower()} must be a query that begins with {form}"


def _is_count(value: object) -> bool:
    return isinstance(value, rdf.Literal) and value.datatype.value == f"{_XSD}integer" and value.value.lstrip("+").isdecimal()


def _is_boolean(value: object) -> bool:
    return (
        isinstance(value, rdf.Literal)
        and value.datatype.value == f"{_XSD}boolean"
        and value.value in ("true", "false", "1", "0")
    )


def _is_string(value: object) -> bool:
    return isinstance(value, rdf.Literal) and value.datatype.value == f"{_XSD}string"


def _is_text(value: object) -> bool:
    return _is_string(value) or (isinstance(value, rdf.Literal) and value.language is not None)


def _is_iri(value: object) -> bool:
    return isinstance(value, rdf.NamedNode)


def _is_kind(value: object) -> bool:
    return isinstance(value, rdf.NamedNode) and value.value.removeprefix(SH) in _KINDS


def _is_literal(value: object) -> bool:
    return isinstance(value, rdf.Literal)


def _are_flags(value: object) -> bool:
    return _is_string(value) and not set(value.value) - set("smixq")


def _is_node(value: object) -> bool:
    return not isinstance(value, rdf.Literal)


def _is_anything(value: object) -> bool:
    return True


_FORMS: dict[str, tuple[Callable[[object], bool], str]] = {
    **dict.fromkeys(
        ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount"),
        (_is_count, "a whole number from 0 up"),
    ),
    **dict.fromkeys(("closed", "deactivated", "uniqueLang", "qualifiedValueShapesDisjoint"), (_is_boolean, "true or false")),
    **dict.fromkeys(("pattern", "select", "ask"), (_is_string, "a string")),
    "message": (_is_text, "a string, with or without a language"),
    "flags": (_are_flags, "of the letters s, m, i, x and q"),
    **dict.fromkeys(("minInclusive", "maxInclusive", "minExclusive", "maxExclusive"), (_is_literal, "a literal")),
    **dict.fromkeys(
        (
            "class", "datatype", "equals", "disjoint", "lessThan", "lessThanOrEquals", "severity", "targetClass",
            "targetSubjectsOf", "targetObjectsOf",
        ),
        (_is_iri, "an IRI"),
    ),
    "nodeKind": (_is_kind, f"one of {', '.join(f'sh:{kind}' for kind in sorted(_KINDS))}"),
    **dict.fromkeys(INNER, (_is_node, "a shape")),
}  # fmt: skip
"""What the values of a property must be, and in words."""

_ITEMS: dict[str, tuple[Callable[[object], bool], str]] = {
    **dict.fromkeys(INNER_LISTS, (_is_node, "shapes")),
    "languageIn": (_is_string, "strings"),
    "ignoredProperties": (_is_iri, "IRIs"),
    "in": (_is_anything, "anything"),
}


def _values(graph: ShapesGraph, node: Shape) -> Iterator[str]:
    stated = sorted(iri[len(SH) :] for iri in graph.properties(node) if iri.startswith(SH))
    for name in stated:
        is_right, words = _FORMS.get(name, (_is_anything, ""))
        for value in graph.values(node, name):
            if not is_right(value):
                yield f"{graph.called(node)}: sh:{name} must be {words}, not {_shown(value)}"
    for name in stated:
        for value in graph.values(node, name) if name in _ITEMS else ():
            if isinstance(value, rdf.Literal) or not graph.is_list(value):
                yield f"{graph.called(node)}: sh:{name} must be a list ( … )"
                continue
            for item in graph.items(value):
                is_right, words = _ITEMS[name]
                if not is_right(item):
                    yield f"{graph.called(node)}: the items of sh:{name} must be {words}, not {_shown(item)}"
    for constraint in graph.values(node, "sparql"):
        if not graph.values(constraint, "select"):
            yield f"{graph.called(node)}: its sh:sparql has no sh:select"


def _paths(graph: ShapesGraph, node: Shape) -> Iterator[str]:
    for shape in graph.values(node, "property"):
        if isinstance(shape, rdf.Literal):
            continue
        if len(graph.values(shape, "path")) != 1:
            few = "no sh:path" if not graph.values(shape, "path") else "more than one sh:path"
            yield f"{graph.called(shape)} is a value of sh:property and has {few}"
    for path in graph.values(node, "path"):
        fault = _fault_of_path(graph, path)
        if fault:
            yield f"{graph.called(node)}: its sh:path {fault}"


def _fault_of_path(graph: ShapesGraph, path: object) -> str | None:
    waiting = [path]
    for _ in range(_LONGEST_PATH):
        if not waiting:
            return None
        node = waiting.pop()
        if node == NIL:
            return "is an empty list"
        if isinstance(node, rdf.NamedNode):
            continue
        if isinstance(node, rdf.Literal):
            return f"is {_shown(node)}, and not a property or a path"
        members = _parts_of_path(graph, node)
        if len(members) > 1 and not graph.stated(node, _FIRST) and not graph.values(node, "alternativePath"):
            return "is two paths at once"
        if not members:
            return "is neither a property, nor a list of paths, nor one of SHACL's kinds of path"
        waiting += members
    return f"holds itself, or more than {_LONGEST_PATH} parts"


def _parts_of_path(graph: ShapesGraph, node: Shape) -> list:
    if graph.stated(node, _FIRST):
        return graph.items(node) if graph.is_list(node) else []
    for head in graph.values(node, "alternativePath")[:1]:
        return graph.items(head) if not isinstance(head, rdf.Literal) and graph.is_list(head) else []
    return [value for name in UNARY.values() for value in graph.values(node, name)]


def _recursion(graph: ShapesGraph) -> Iterator[str]:
    """Shapes that refer to themselves, of which SHACL leaves open what they mean."""
    done: set[Shape] = set()
    for start in graph.nodes():
        if start in done:
            continue
        trail: dict[Shape, None] = {start: None}
        waiting = [graph.inner(start)]
        while waiting:
            shape = next(waiting[-1], None)
            if shape is None:
                waiting.pop()
                done.add(trail.popitem()[0])
            elif shape in trail:
                ring = [*list(trail)[list(trail).index(shape) :], shape]
                yield f"{graph.called(shape)} refers to itself, and SHACL leaves open what that means: {' → '.join(_shown(node) for node in ring)}"
                return
            elif shape not in done and not isinstance(shape, rdf.Literal):
                trail[shape] = None
                waiting.append(graph.inner(shape))


def _shown(term: object) -> str:
    if isinstance(term, rdf.NamedNode):
        return curie(term.value)
    if isinstance(term, rdf.Literal):
        return f"'{term.value[:_LONGEST_VALUE]}'"
    return "[ … ]"
