"""``kb info``: what this knowledge base is and holds."""

from __future__ import annotations

from typing import Any

import click

from kb.cli.common import as_json, pass_project, printable, write_output
from kb.messages import LANGUAGES


@click.command()
@click.option("--format", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of labels.")
@pass_project
def command(project: Any, format: str, lang: str) -> None:
    """Version, place, licences, and how much there is of what.

    \b
    Example:
      kb info --format json
    """
    from kb import sources
    from kb.browse.overview import overview

    found = overview(project, sources.bundled(project), lang)
    if format == "json":
        text = as_json(found)
    else:
        text = "\n".join(_lines(found)) + "\n"
    write_output(printable(text), None)


def _lines(found: dict[str, Any]) -> list[str]:
    licences = found["licences"]
    lines = [
        f"medical-missions knowledge base {found['version']}",
        f"in {found['project']}",
        f"ontology {found['ontology']['version'] or 'without a version'}",
        f"licences: code {licences['code']}; ontology and data {licences['ontology and data'] or 'not stated'}",
        "",
        f"{found['triples']:,} triples in {sum(found['files'].values())} files",
    ]
    for name, count in found["counts"].items():
        lines.append(f"  {count:>7,} {name}")
        for part, number in found["by class"].get(name, {}).items():
            lines.append(f"  {'':>7}   {number:,} {part}")
    lines += ["", "documents:"]
    for document in found["documents"]:
        lines.append(f"  {document['label']} ({document['id']}): {document['passages']:,} passages, "
                     f"{document['claims']:,} claims")  # fmt: skip
    return lines
