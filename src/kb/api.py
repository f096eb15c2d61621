"""The knowledge base from Python: questions, an rdflib graph, a pyoxigraph store; see ``docs/python.md``.

All of it is reached from the package itself: ``import kb; kb.query("revenue")``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from kb import rdf
from kb.errors import UsageError
from kb.messages import LANGUAGES
from kb.namespaces import PREFIXES
from kb.project import find_project

if TYPE_CHECKING:  # loaded only by what gives one
    import pandas
    import rdflib

Value = str | int | Decimal | float | bool | None
"""A cell: an IRI or a text as ``str``, a number or truth value as Python has it, ``None`` where there is no value."""

_XSD = PREFIXES["xsd"]
_INTEGERS = {
    _XSD + name
    for name in ("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "unsignedInt")
}


class Rows(Sequence[dict[str, Value]]):
    """The answer to a question: a sequence of rows, each a table of column to value."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
        self.columns = tuple(columns)
        self._rows = [tuple(row) for row in rows]

    @overload
    def __getitem__(self, index: int) -> dict[str, Value]: ...
    @overload
    def __getitem__(self, index: slice) -> Rows: ...
    def __getitem__(self, index: int | slice) -> dict[str, Value] | Rows:
        if isinstance(index, slice):
            return Rows(self.columns, self._rows[index])
        return dict(zip(self.columns, self._rows[index], strict=True))

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        return (self[index] for index in range(len(self)))

    def __repr__(self) -> str:
        return f"<{len(self)} rows: {', '.join(self.columns)}>"

    def column(self, name: str) -> list[Value]:
        """The values of one column. Raises KeyError for a name that is none of the columns."""
        if name not in self.columns:
            raise KeyError(name)
        index = self.columns.index(name)
        return [row[index] for row in self._rows]

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a DataFrame. Raises ImportError where pandas is not installed (``pip install medical-missions-kb[pandas]``)."""
        import pandas

        return pandas.DataFrame.from_records(self._rows, columns=list(self.columns))


def query(
    name: str,
    *,
    lang: str = "en",
    labels: bool = False,
    view: str | Sequence[str] = (),
    limit: int | None = None,
    data: str | Path | Sequence[str | Path] = (),
    store: str | Path | None = None,
    endpoint: str | None = None,
    project: str | Path | None = None,
    **params: Any,
) -> Rows:
    """Ask a bundled question by its name, or a SPARQL SELECT of your own; the keyword arguments are its parameters.

    A parameter takes what ``-p`` takes: an identifier (``"place:bolivia"``), its last part, a label, a number, a date. IRIs
    come as full IRIs, or with ``labels`` as their labels in ``lang`` (``en`` or ``es``). ``view`` restricts the question
    to the claims that a view accepts (``"uncontested"``, ``"according-to=actor:csmc"``). ``data``, ``store`` and
    ``endpoint`` ask something else than the bundled data.

    Raises UsageError for an unknown question, parameter or value, InputError for a query or a file that cannot be read,
    StoreError for a store that fails; all are ``kb.KbError``. There is no time limit.
    """
    from kb.queries.asking import asked
    from kb.queries.bundled import find
    from kb.queries.requests import Request
    from kb.results import labels as naming
    from kb.results.answers import Rows as Answered
    from kb.results.answers import iris

    if limit is not None and limit < 0:
        raise UsageError(f"limit is a number of rows, and {limit} is none")
    if lang not in LANGUAGES:
        raise UsageError(f"lang is {' or '.join(LANGUAGES)}, and not {lang!r}")
    where = _where(project, data, store, endpoint, view, lang)
    given = {key: _written(value) for key, value in params.items() if value is not None}
    if _is_sparql(name):
        request = Request(where, name, "query", given=given, lang=lang, limit=limit)
    else:
        bundled = find(where.project, name)
        request = Request(where, bundled.text, str(bundled.path), bundled, given, lang, limit=limit)
    source, _, answer = asked(request)
    if not isinstance(answer, Answered):
        raise UsageError("kb.query gives rows, so it takes a SELECT; kb.store().query(…) answers any query")
    named = naming.labels(source, iris(answer), lang) if labels else {}
    return Rows(answer.variables, [[_value(term, named) for term in row] for row in answer.rows])


def store(project: str | Path | None = None) -> rdf.Store:
    """The ontology, the registers and the documents in a pyoxigraph store in memory, all in its default graph.

    It is a copy: what is changed in it changes nothing else.
    """
    from kb import sources

    return sources.bundled(_project(project)).engine


def graph(project: str | Path | None = None) -> rdflib.Graph:
    """The same as an rdflib graph, with the project's prefixes bound and its literals as written."""
    from kb import turtle
    from kb.rdflib_bridge import Converter

    quads = (quad for path in _project(project).stated_files() for quad in turtle.parse_file(path))
    found = Converter().graph(quads)
    for prefix, namespace in PREFIXES.items():
        found.bind(prefix, namespace, replace=True)
    return found


def _where(
    project: str | Path | None, data: str | Path | Sequence[str | Path], store: str | Path | None, endpoint: str | None,
    view: str | Sequence[str], lang: str,
) -> Any:  # fmt: skip
    from kb.queries.requests import Where

    found = _project(project)
    paths = (data,) if isinstance(data, (str, Path)) else tuple(data)
    narrow = None
    if view:
        from kb.views import narrowing

        narrow = narrowing(found, (view,) if isinstance(view, str) else tuple(view), lang)
    return Where(found, tuple(map(str, paths)), None if store is None else Path(store), endpoint, narrow=narrow)


def _project(root: str | Path | None) -> Any:
    return find_project(None if root is None else Path(root))


def _is_sparql(text: str) -> bool:
    """Whether it is a query and no name: names have neither spaces nor brackets."""
    return any(character.isspace() or character == "{" for character in text.strip())


def _written(value: Any) -> str:
    """A Python value as it is written on the command line."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(term: Any, named: Mapping[str, str]) -> Value:
    if term is None:
        return None
    if not isinstance(term, rdf.Literal):
        return named.get(term.value, term.value) if isinstance(term, rdf.NamedNode) else str(term)
    kind = term.datatype.value
    try:
        if kind in _INTEGERS:
            return int(term.value)
        if kind == _XSD + "decimal":
            return Decimal(term.value)
        if kind in (_XSD + "double", _XSD + "float"):
            return float(term.value.replace("INF", "inf"))
    except (ValueError, ArithmeticError):
        return term.value
    if kind == _XSD + "boolean":
        return {"true": True, "1": True, "false": False, "0": False}.get(term.value, term.value)
    return term.value
