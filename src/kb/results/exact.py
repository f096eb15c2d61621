"""The forms of an answer that programs read: SPARQL results in JSON, XML and TSV, plain JSON, Turtle and N-Triples.

Each writes control characters by an escape of its own syntax, so that they are both exact and harmless on a terminal:
the one that messages have is also that of JSON, Turtle, N-Triples and SPARQL's TSV. XML 1.0 has none for most of them;
there they become U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from kb import rdf
from kb.messages import CONTROL, printable
from kb.namespaces import PREFIXES, curie
from kb.results.answers import XSD, Answer, Graph, Rows, Term, is_number

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_INTEGER = re.compile(r"[+-]?[0-9]+\Z")
_DECIMAL = re.compile(r"[+-]?[0-9]*\.[0-9]+\Z")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+\Z")
_BARE = {XSD + "integer": _INTEGER, XSD + "decimal": _DECIMAL, XSD + "double": _DOUBLE}
_SPARQL_RESULTS = "http://www.w3.org/2005/sparql-results#"


def write(answer: Answer, format: str) -> str:
    """The answer in a form that it has, see ``kb.results.check_format``."""
    if isinstance(answer, Graph):
        return _graph(answer.triples, format)
    if isinstance(answer, bool):
        return _truth(answer, format)
    return _WRITERS[format](answer)


def _graph(triples: list[rdf.Triple], format: str) -> str:
    if format == "nt":
        return printable("".join(f"{triple} .\n" for triple in triples))
    used = {curie(iri).partition(":")[0] for triple in triples for node in triple for iri in _iris_of(node)}
    prefixes = {name: namespace for name, namespace in PREFIXES.items() if name in used}
    turtle = rdf.serialize(triples, format=rdf.RdfFormat.TURTLE, prefixes=prefixes) or b""
    return printable(turtle.decode("utf-8"))


def _iris_of(node: Term) -> Iterable[str]:
    if isinstance(node, rdf.NamedNode):
        yield node.value
    elif isinstance(node, rdf.Literal):
        yield node.datatype.value
    elif isinstance(node, rdf.Triple):
        for part in node:
            yield from _iris_of(part)


def _truth(value: bool, format: str) -> str:
    word = "true" if value else "false"
    if format == "srj":
        return f'{{"head":{{}},"boolean":{word}}}\n'
    if format == "xml":
        return f'<?xml version="1.0"?>\n<sparql xmlns="{_SPARQL_RESULTS}"><head/><boolean>{word}</boolean></sparql>\n'
    return word + "\n"


def _tsv(answer: Rows) -> str:
    lines = ["\t".join(f"?{variable}" for variable in answer.variables)]
    lines += ["\t".join("" if term is None else _tsv_term(term) for term in row) for row in answer.rows]
    return printable("\n".join(lines) + "\n")


def _tsv_term(term: Term) -> str:
    """As in Turtle, with numbers bare."""
    if isinstance(term, rdf.Literal):
        bare = _BARE.get(term.datatype.value)
        if bare is not None and bare.match(term.value):
            return term.value
    return str(term).replace("\t", "\\t").replace("\r", "\\r").replace("\n", "\\n")


def _plain(term: Term) -> Any:
    """IRIs and text as strings, numbers and booleans as such, null for an unbound variable."""
    if term is None:
        return None
    if not isinstance(term, rdf.Literal):
        return term.value if isinstance(term, rdf.NamedNode) else str(term)
    if term.datatype.value == XSD + "boolean" and term.value in ("true", "false"):
        return term.value == "true"
    if is_number(term):
        if _INTEGER.match(term.value):
            return int(term.value) if len(term.value) < 4000 else term.value
        if _DECIMAL.match(term.value) or _DOUBLE.match(term.value):
            return float(term.value)
    return term.value


def _objects(answer: Rows) -> list[dict[str, Any]]:
    return [dict(zip(answer.variables, map(_plain, row), strict=True)) for row in answer.rows]


def _json(answer: Rows) -> str:
    return _dumps(_objects(answer), indent=2)


def _jsonl(answer: Rows) -> str:
    return "".join(_dumps(item) for item in _objects(answer))


def _dumps(value: Any, indent: int | None = None) -> str:
    import json

    return printable(json.dumps(value, ensure_ascii=False, indent=indent)) + "\n"


def _srj(answer: Rows) -> str:
    bindings = [
        {variable: _srj_term(term) for variable, term in zip(answer.variables, row, strict=True) if term is not None}
        for row in answer.rows
    ]
    return _dumps({"head": {"vars": answer.variables}, "results": {"bindings": bindings}}, indent=1)


def _srj_term(term: Term) -> dict[str, Any]:
    if isinstance(term, rdf.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, rdf.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, rdf.Triple):
        parts = zip(("subject", "predicate", "object"), term, strict=True)
        return {"type": "triple", "value": {name: _srj_term(part) for name, part in parts}}
    if term.language:
        return {"type": "literal", "value": term.value, "xml:lang": term.language}
    if term.datatype.value == XSD + "string":
        return {"type": "literal", "value": term.value}
    return {"type": "literal", "value": term.value, "datatype": term.datatype.value}


def _xml(answer: Rows) -> str:
    head = "".join(f'<variable name="{escape(variable)}"/>' for variable in answer.variables)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<sparql xmlns="{_SPARQL_RESULTS}">']
    lines += [f"<head>{head}</head>", "<results>"]
    for row in answer.rows:
        cells = [
            f'<binding name="{escape(variable)}">{_xml_term(term)}</binding>'
            for variable, term in zip(answer.variables, row, strict=True)
            if term is not None
        ]
        lines.append(f"<result>{''.join(cells)}</result>")
    return "\n".join([*lines, "</results>", "</sparql>"]) + "\n"


def _xml_term(term: Term) -> str:
    if isinstance(term, rdf.Triple):
        names = ("subject", "predicate", "object")
        parts = "".join(f"<{name}>{_xml_term(part)}</{name}>" for name, part in zip(names, term, strict=True))
        return f"<triple>{parts}</triple>"
    value = CONTROL.sub(lambda match: f"&#{ord(match.group())};", escape(_NOT_XML.sub("\ufffd", term.value)))
    if isinstance(term, rdf.NamedNode):
        return f"<uri>{value}</uri>"
    if isinstance(term, rdf.BlankNode):
        return f"<bnode>{value}</bnode>"
    if term.language:
        return f'<literal xml:lang="{escape(term.language)}">{value}</literal>'
    if term.datatype.value == XSD + "string":
        return f"<literal>{value}</literal>"
    return f'<literal datatype="{escape(term.datatype.value)}">{value}</literal>'


_WRITERS: dict[str, Callable[[Rows], str]] = {"tsv": _tsv, "json": _json, "jsonl": _jsonl, "srj": _srj, "xml": _xml}
