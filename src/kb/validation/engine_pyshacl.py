"""The reference: pyshacl. It gets what our own parser has read, infers nothing, and fetches nothing.

What it lacks is mended here as far as that can be: prefixes that a query's ontology imports; ``sh:uniqueLang "1"``, which is
not true; ``$`` in patterns, which stands for the very end; literals that do not fit their datatype, which have no order. What
stays wrong: things of different kinds have an order; ``sh:lessThan`` ends the run at a blank node; no ``$shapesGraph``; in
queries, ``$this`` is not set within each branch of a UNION; the validators of constraint components do not all get their values.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import rdflib
import rdflib.plugins.stores.memory
from pyshacl import validate
from pyshacl.errors import ReportableRuntimeError, ValidationFailure
from rdflib.namespace import RDF, SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query

from kb import rdf
from kb.errors import InputError
from kb.namespaces import PREFIXES
from kb.rdflib_bridge import Converter
from kb.validation.engine import Result, is_of_core, plain
from kb.validation.literals import is_well_typed

_DEEPEST = 100
"""Shapes within shapes; by default it would take 15 for endless."""

_DOLLAR = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$", re.DOTALL)
"""A dollar, or what may hold one that means itself."""
_VARIABLE = re.compile(r"\{[?$]\w+\}")
_IMPORTS = f"{PREFIXES['owl']}imports"


def results(
    data: Iterable[rdf.Quad], shapes: Iterable[rdf.Quad], at_work: Callable[[], None] = lambda: None
) -> Iterator[Result]:
    """See ``kb.validation.engine.run``; blank nodes keep their labels."""
    at_work()
    shapes = list(shapes)
    messages = _Messages(shapes)
    report = _report(data, [*_understood(shapes), *_imported_prefixes(shapes)])
    for root in report.subjects(RDF.type, SH.ValidationReport):
        # What the data say of the blank nodes that are reported comes along: it may be another report.
        if (None, None, root) not in report:
            for node in report.objects(root, SH.result):
                yield _result(report, node, messages)


def _report(data: Iterable[rdf.Quad], shapes: Iterable[rdf.Quad]) -> rdflib.Graph:
    convert = _Converter()
    # A literal that does not fit its datatype is a finding of ours, not a traceback in a log; what is wrong is raised.
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    logging.getLogger("pyshacl-validate").disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _, report, text = validate(
                convert.graph(data),
                shacl_graph=convert.graph(shapes),
                inference="none",
                advanced=False,
                meta_shacl=False,
                do_owl_imports=False,
                inplace=True,
                max_validation_depth=_DEEPEST,
            )
    except RecursionError:
        raise InputError("the data or the shapes are nested too deeply to be validated") from None
    except MemoryError:
        raise
    except (ReportableRuntimeError, ValidationFailure) as error:
        raise InputError(f"the shapes cannot be used: {plain(getattr(error, 'message', error))}") from None
    except InputError:
        raise
    except Exception as error:
        # Shapes that are not well formed make it stumble in many ways (AttributeError, TypeError, KeyError …).
        raise InputError(f"the shapes cannot be used: {type(error).__name__}: {plain(error)}") from error
    if not isinstance(report, rdflib.Graph):
        # pyshacl hands a failure back instead of raising it.
        raise InputError(f"the shapes cannot be used: {plain(getattr(report, 'message', text))}")
    return report


def _understood(shapes: list[rdf.Quad]) -> Iterator[rdf.Quad]:
    """The shapes with what pyshacl would read in another way than SHACL."""
    otherwise = {q.subject for q in shapes if q.predicate.value == f"{SH}flags" and set("mq") & set(q.object.value)}
    for quad in shapes:
        if quad.predicate.value == f"{SH}pattern" and quad.subject not in otherwise:
            # Python's $ also stands before a line break that ends the text.
            pattern = _DOLLAR.sub(lambda found: r"\Z" if found[0] == "$" else found[0], quad.object.value)
            yield rdf.Quad(quad.subject, quad.predicate, rdf.Literal(pattern))
        elif quad.predicate.value != f"{SH}uniqueLang" or quad.object.value == "true":
            yield quad


def _imported_prefixes(shapes: list[rdf.Quad]) -> Iterator[rdf.Quad]:
    """The prefixes that an ontology takes over from those that it imports, as if it declared them itself."""
    declared, imported = defaultdict(list), defaultdict(list)
    for quad in shapes:
        if quad.predicate.value == f"{SH}declare":
            declared[quad.subject].append(quad)
        elif quad.predicate.value == _IMPORTS:
            imported[quad.subject].append(quad.object)
    for ontology in list(imported):
        waiting, seen = [ontology], {ontology}
        while waiting:
            for other in imported.get(waiting.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
                    for quad in declared.get(other, ()):
                        yield rdf.Quad(ontology, quad.predicate, quad.object)


class _Messages:
    """What shapes and queries say. pyshacl fills in the variables, and forgets the language."""

    def __init__(self, shapes: list[rdf.Quad]) -> None:
        self._of_shape = defaultdict(set)
        self._templates = []
        for quad in shapes:
            if quad.predicate.value == f"{SH}message":
                text, language = quad.object.value, quad.object.language
                self._of_shape[str(quad.subject)].add(text)
                if language:
                    pattern = ".*".join(re.escape(part) for part in _VARIABLE.split(text))
                    self._templates.append((re.compile(pattern, re.DOTALL), language))

    def of_query(self, shape: object, said: Iterable[rdflib.Literal]) -> tuple[tuple[str, str], ...]:
        """The sentences with their languages, without those of the shape itself, which come along."""
        texts = (message for message in said if str(message) not in self._of_shape[str(shape)])
        return tuple(sorted({(text.language or self._language(str(text)), str(text)) for text in texts}))

    def _language(self, text: str) -> str:
        return next((language for pattern, language in self._templates if pattern.fullmatch(text)), "")


def _result(report: rdflib.Graph, node: rdflib.term.Node, messages: _Messages) -> Result:
    path = report.value(node, SH.resultPath)
    value = report.value(node, SH.value)
    shape = _term(report.value(node, SH.sourceShape))
    component = str(report.value(node, SH.sourceConstraintComponent))
    return Result(
        focus=_term(report.value(node, SH.focusNode)),
        path=rdf.NamedNode(str(path)) if isinstance(path, rdflib.URIRef) else None,
        value=None if value is None else _term(value),
        shape=shape,
        component=component,
        severity=str(report.value(node, SH.resultSeverity)),
        messages=() if is_of_core(component) else messages.of_query(shape, report.objects(node, SH.resultMessage)),
    )


class _Graph(rdflib.Graph):
    """A graph that reads each query once: a SPARQL constraint asks the same one of every focus node."""

    def __init__(self) -> None:
        super().__init__(bind_namespaces="none")
        self._queries: dict[str, Query] = {}

    def query(self, query_object: str | Query, *args: object, **kwargs: object) -> rdflib.query.Result:  # type: ignore[override]
        if isinstance(query_object, str):
            if query_object not in self._queries:
                self._queries[query_object] = prepareQuery(query_object)
            query_object = self._queries[query_object]
        return super().query(query_object, *args, **kwargs)  # type: ignore[arg-type]


class _Converter(Converter):
    """The same terms, but literals that do not fit their datatype have no value to compare."""

    def graph(self, quads: Iterable[rdf.Quad]) -> rdflib.Graph:
        graph = _Graph()
        graph.addN((self._term(q.subject), self._term(q.predicate), self._term(q.object), graph) for q in quads)
        return graph

    def _typed(self, text: str, datatype: rdflib.URIRef) -> rdflib.Literal:
        literal = super()._typed(text, datatype)
        # rdflib reads more than there is to read: numbers with spaces around them, a date with a time.
        fits = not literal.ill_typed and is_well_typed(text, str(datatype))
        return literal if fits else _IllTyped(text, datatype=datatype, normalize=False)


class _IllTyped(rdflib.Literal):
    """A literal that does not fit its datatype: neither equal to another one, nor more, nor less. rdflib would put all
    literals in some order, or raise an error that ends the validation."""

    ill_typed = True

    def eq(self, other: object) -> bool:
        raise TypeError("a literal that does not fit its datatype has no value")

    def __gt__(self, other: object) -> bool:
        return False

    __ge__ = __lt__ = __le__ = __gt__


def _term(term: rdflib.term.Node | None) -> rdf.NamedNode | rdf.BlankNode | rdf.Literal:
    if isinstance(term, rdflib.URIRef):
        return rdf.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return rdf.BlankNode(str(term))
    if not isinstance(term, rdflib.Literal):
        raise InputError(f"the engine's report is not well formed: {term!r} in the place of a term")
    if term.language:
        return rdf.Literal(str(term), language=term.language)
    return rdf.Literal(str(term), datatype=rdf.NamedNode(str(term.datatype))) if term.datatype else rdf.Literal(str(term))
