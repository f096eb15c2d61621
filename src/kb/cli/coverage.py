"""kb coverage: what of the documents is accounted for, and what is not."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import click

from kb.cli.common import as_json, pass_project, printable, write_output
from kb.errors import EXIT_FINDING
from kb.project import Project

_COLUMNS = ("kind", "passages", "with claims", "claims", "with a reason", "gaps")
_MOST_LINES = 20


@click.command("coverage")
@click.option(
    "--texts",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Compare with the documents' texts, wherever in this folder they are: they are known by their digest.",
)
@click.option("--document", metavar="SLUG", help="Only this document.")
@click.option("--section", metavar="PASSAGE", help="Only this heading and what is below it, e.g. passage:article-003.")
@click.option("--format", "format_", type=click.Choice(("table", "csv", "json")), default="table", show_default=True)
@pass_project
def command(project: Project, texts: Path | None, document: str | None, section: str | None, format_: str) -> None:
    """Count which passages carry claims, and list the gaps.

    For each document it counts the passages that carry claims, that say why they carry none, and that do neither: a
    gap.

    With --texts, also compare with the texts: digests and positions, text in no passage, citation markers, and the
    numbers and registered names of each passage that none of its claims reaches. Exit code 1 where there is any gap.

    \b
    Examples:
      kb coverage
      kb coverage --texts ~/texts --section passage:medical-missions-report-001
    """
    from kb import turtle
    from kb.coverage import claims
    from kb.coverage.knowledge import Knowledge

    files = project.stated_files()
    knowledge = Knowledge(quad for path in files for quad in turtle.parse_file(path))
    documents, view = claims.choose(knowledge.documents(), document, section)
    gaps = [gap for one in documents for gap in claims.claim_gaps(one, view)]
    if texts is not None:
        from kb.coverage.text import find_texts, text_gaps

        found = find_texts(texts, documents)
        gaps += [gap for one in documents for gap in text_gaps(knowledge, one, found, view)]
    rows = {one.slug: claims.counts(one, view) for one in documents}
    write = {"table": _table, "csv": _csv, "json": _json}[format_]
    write_output(write(rows, gaps), None)
    sys.exit(EXIT_FINDING if gaps else 0)


def _table(rows: dict, gaps: list) -> str:
    from kb.namespaces import curie
    from kb.results.columns import aligned

    blocks = []
    for slug, counted in rows.items():
        lines = [slug, aligned(_COLUMNS, [[str(cell) for cell in row] for row in counted], right=[False, *[True] * 5])]
        by_kind = defaultdict(list)
        for gap in gaps:
            if gap.document == slug:
                by_kind[gap.kind].append(f"  {curie(gap.passage) if gap.passage else slug}: {gap.detail}")
        for kind, found in by_kind.items():
            lines.append(f"Gaps ({kind}): {len(found)}")
            lines += found[:_MOST_LINES]
            if len(found) > _MOST_LINES:
                lines.append(f"  … and {len(found) - _MOST_LINES} more; --format json shows all")
        blocks.append("\n".join(lines).rstrip() + "\n")
    return printable("\n".join(blocks) or "no document has a text tier\n")


def _csv(rows: dict, gaps: list) -> str:
    from kb.results.tables import csv

    return csv(("document", *_COLUMNS), [[slug, *map(str, row)] for slug, counted in rows.items() for row in counted])


def _json(rows: dict, gaps: list) -> str:
    from kb.namespaces import curie

    result = [
        {
            "document": slug,
            "kinds": [dict(zip(_COLUMNS, row, strict=True)) for row in counted],
            "gaps": [
                {"passage": curie(gap.passage) if gap.passage else None, "kind": gap.kind, "detail": gap.detail}
                for gap in gaps
                if gap.document == slug
            ],
        }
        for slug, counted in rows.items()
    ]
    return as_json(result)
