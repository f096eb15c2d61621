"""Where each row of an answer can be checked: beside a claim its document, its passage, the characters, and the works cited."""

from __future__ import annotations

from collections.abc import Iterable

from kb import rdf
from kb.errors import UsageError
from kb.namespaces import kind_of
from kb.results.answers import Rows, Term
from kb.sources import Source

COLUMNS = ("document", "passage", "characters", "works")
_BATCH = 1_000
_PLACES = """
SELECT ?claim ?document ?passage ?start ?end WHERE {{
  VALUES ?claim {{ {} }}
  ?claim mm:statedIn ?passage .
  OPTIONAL {{ ?passage oa:hasSource/mm:versionOf ?document }}
  OPTIONAL {{ ?passage oa:hasSelector ?selector . ?selector oa:start ?start ; oa:end ?end }}
}}
ORDER BY ?claim ?passage
"""
_WORKS = """
SELECT DISTINCT ?claim ?work ?label WHERE {{
  VALUES ?claim {{ {} }}
  ?claim mm:viaMarker/c4o:denotes/biro:references ?work .
  OPTIONAL {{ ?work skos:prefLabel ?label }}
}}
ORDER BY ?claim ?work ?label
"""


def cited(source: Source, answer: Rows, lang: str = "en", labels: bool = True) -> Rows:
    """The answer with ``COLUMNS`` added for each column of claims, named after it where there are several.

    Works are told by label in ``lang`` or, without ``labels``, by IRI. Raises UsageError where no column has claims.
    """
    columns = [
        index
        for index in range(len(answer.variables))
        if any(_is_claim(row[index]) for row in answer.rows)
    ]
    if answer.rows and not columns:
        raise UsageError("no column of this answer has claims, so there is nothing to cite")
    claims = dict.fromkeys(row[index].value for index in columns for row in answer.rows if _is_claim(row[index]))
    places, works = _places(source, claims), _works(source, claims, lang, labels)
    several = len(columns) > 1
    names = [
        f"{answer.variables[index]}{name.capitalize()}" if several else _free(name, answer.variables)
        for index in columns
        for name in COLUMNS
    ]
    nothing: tuple[Term, ...] = (None, None, None)
    rows = []
    for row in answer.rows:
        more: list[Term] = []
        for index in columns:
            claim = row[index].value if _is_claim(row[index]) else None
            more += [*places.get(claim, nothing), works.get(claim)] if claim else [*nothing, None]
        rows.append((*row, *more))
    return Rows((*answer.variables, *names), rows, answer.more)


def _is_claim(term: Term) -> bool:
    return isinstance(term, rdf.NamedNode) and kind_of(term.value) == "claim"


def _free(name: str, taken: tuple[str, ...]) -> str:
    """The name, or another where the query has a column of that name already."""
    return f"cited{name.capitalize()}" if name in taken else name


def _places(source: Source, claims: Iterable[str]) -> dict[str, tuple[Term, ...]]:
    found: dict[str, tuple[Term, ...]] = {}
    for row in _asked(source, _PLACES, claims):
        start, end = row["start"], row["end"]
        span = None if start is None or end is None else rdf.Literal(f"{start.value}–{end.value}")
        found.setdefault(row["claim"].value, (row["document"], row["passage"], span))
    return found


def _works(source: Source, claims: Iterable[str], lang: str, labels: bool) -> dict[str, Term]:
    names: dict[str, dict[str, str]] = {}
    for row in _asked(source, _WORKS, claims):
        work, label = row["work"].value, row["label"]
        known = names.setdefault(row["claim"].value, {})
        if label is not None and labels and (work not in known or label.language == lang):
            known[work] = label.value
        known.setdefault(work, work)
    return {claim: rdf.Literal("; ".join(works.values())) for claim, works in names.items()}


def _asked(source: Source, query: str, claims: Iterable[str]) -> Iterable[rdf.QuerySolution]:
    listed = list(claims)
    for start in range(0, len(listed), _BATCH):
        nodes = " ".join(str(rdf.NamedNode(claim)) for claim in listed[start : start + _BATCH])
        yield from source.query(query.format(nodes))
