"""``kb queries``: the questions that come with the knowledge base."""

from __future__ import annotations

from typing import Any

import click

from kb.cli.common import as_json, as_rows, pass_project, printable, write_output
from kb.messages import LANGUAGES

_FORMATS = ("table", "csv", "json")


@click.group(invoke_without_command=True)
@click.option("--format", type=click.Choice(_FORMATS), help="By default table on a terminal, csv in a pipe.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The questions' language.")
@click.pass_context
def command(context: click.Context, format: str | None, lang: str) -> None:
    """List the bundled queries by subject, or show one.

    A bundled query answers one question; `kb query NAME` asks it.

    \b
    Examples:
      kb queries
      kb queries --lang es --format csv
      kb queries show NAME
    """
    if context.invoked_subcommand is not None:
        return
    from kb.queries.bundled import read_all

    found = read_all(context.obj)
    if format == "json":
        text = as_json([_described(query) for query in found])
    else:
        rows = [[query.subject, query.name, query.question(lang)] for query in found]
        text = as_rows(("subject", "name", "question"), rows, format)
    write_output(printable(text), None)


@command.command("show")
@click.argument("name")
@pass_project
def show(project: Any, name: str) -> None:
    """Show a query: question, parameters, example, SPARQL text."""
    from kb.queries.bundled import find

    query = find(project, name)
    english, spanish = query.questions
    lines = [query.name, f"  {english}", f"  {spanish}", "", f"Subject: {query.subject}"]
    if query.parameters:
        lines.append("Parameters:")
        lines += [f"  {line}" for parameter in query.parameters for line in _parameter_lines(parameter)]
    else:
        lines.append("Parameters: none")
    lines += [f"Note: {note}" for note in query.notes]
    lines += [f"Example: {query.example}", "", query.text.rstrip()]
    write_output(printable("\n".join(lines) + "\n"), None)


def _parameter_lines(parameter: Any) -> list[str]:
    need = "required"
    if parameter.default is not None:
        need = f"default {parameter.default}"
    elif parameter.optional:
        need = "may be left out"
    lines = [f"{parameter.name}  {parameter.wanted}, {need}"]
    return lines + [f"  {text}" for text in parameter.description if text]


def _described(query: Any) -> dict[str, Any]:
    return {
        "name": query.name,
        "subject": query.subject,
        "question": {"en": query.questions[0], "es": query.questions[1]},
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type,
                "kinds": list(parameter.kinds),
                "default": parameter.default,
                "required": parameter.default is None and not parameter.optional,
                "description": {"en": parameter.description[0], "es": parameter.description[1]},
            }
            for parameter in query.parameters
        ],
        "example": query.example,
    }
