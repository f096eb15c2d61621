"""Two views beside each other: what both say, what one denies of the other, and what only one of them says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kb import rdf
from kb.files import read_text
from kb.namespaces import iri_of
from kb.project import Project
from kb.results import answers
from kb.sources import MemorySource
from kb.stores import DERIVED
from kb.views.choice import Choice, accepted

RELATIONS = ("denied-by-second", "denied-by-first", "both", "only-first", "only-second")
"""What a row says of its claims, in the order in which they are shown."""

_FOLDER = "rules/comparison"
_TOLD = """
SELECT ?claim ?claimant ?stance ?gloss WHERE {
  ?claim mm:claimant ?claimant ; mm:stance ?stance ; mm:expresses/mm:gloss ?gloss .
}
"""


class Row(NamedTuple):
    """A claim of the first view, of the second, or of each."""

    relation: str
    first: str | None
    second: str | None


def compare(
    project: Project, source: MemorySource, first: Sequence[Choice], second: Sequence[Choice], lang: str = "en"
) -> list[Row]:
    """The rows of the comparison, in order; every claim of either view is in one at least.

    The source gets the claims of the two views as graphs. Raises UsageError, see ``accepted``.
    """
    sides = {"first": accepted(source, first, lang), "second": accepted(source, second, lang)}
    claim = rdf.NamedNode(iri_of("mm:Claim"))
    for side, claims in sides.items():
        graph = rdf.NamedNode(f"{DERIVED}view/{side}")
        source.engine.extend(rdf.Quad(rdf.NamedNode(iri), rdf.RDF_TYPE, claim, graph) for iri in claims)
    rows = [Row(f"denied-by-{row['denier'].value}", *_pair(row)) for row in _asked(project, source, "denied")]
    denied = {row[1:] for row in rows}
    rows += [Row("both", *pair) for row in _asked(project, source, "shared") if (pair := _pair(row)) not in denied]
    met = {claim for row in rows for claim in row[1:]}
    rows += [Row("only-first", iri, None) for iri in sides["first"] - met]
    rows += [Row("only-second", None, iri) for iri in sides["second"] - met]
    return sorted(rows, key=lambda row: (RELATIONS.index(row.relation), row.first or "", row.second or ""))


def rows(source: MemorySource, found: Iterable[Row], relations: Mapping[str, str], lang: str) -> answers.Rows:
    """The comparison as a table, with what the claims say and who makes them; ``relations`` words each relation."""
    told = {
        row["claim"].value: (row["claimant"], row["stance"], row["gloss"])
        for row in source.query(_TOLD)
        if row["gloss"].language == lang
    }
    listed = []
    for row in found:
        cells: list = [rdf.Literal(relations[row.relation])]
        for claim in (row.first, row.second):
            known = told.get(claim, (None, None, None)) if claim else (None, None, None)
            cells += [rdf.NamedNode(claim) if claim else None, *known]
        listed.append(tuple(cells))
    columns = [f"{side}{name}" for side in ("first", "second") for name in ("Claim", "Claimant", "Stance", "Gloss")]
    return answers.Rows(("relation", *columns), listed)


def _asked(project: Project, source: MemorySource, name: str) -> Iterable[rdf.QuerySolution]:
    return source.query(read_text(project.queries / _FOLDER / f"{name}.rq"))


def _pair(row: rdf.QuerySolution) -> tuple[str, str]:
    return row["first"].value, row["second"].value
