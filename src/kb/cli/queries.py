"""``kb queries``: the questions that come with the knowledge base."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kb.cli.common import as_json, as_rows, completes, note, pass_project, printable, write_output
from kb.messages import LANGUAGES

_FORMATS = ("table", "csv", "json")


@click.group(invoke_without_command=True)
@click.option("--format", type=click.Choice(_FORMATS), help="By default table on a terminal, csv in a pipe.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The questions' language.")
@click.option("--about", metavar="WORDS", help="Only questions that have all these words, in either language.")
@click.pass_context
def command(context: click.Context, format: str | None, lang: str, about: str | None) -> None:
    """List the bundled queries by subject, show one, list what a parameter may be, or export them all.

    A bundled query answers one question; `kb query NAME` asks it.

    \b
    Examples:
      kb queries
      kb queries --about "recommended host"
      kb queries --lang es --format csv
      kb queries show payments
      kb queries values payments country
      kb queries export -o questions.ttl
    """
    if context.invoked_subcommand is not None:
        return
    from kb.queries.bundled import read_all

    found = [query for query in read_all(context.obj) if about is None or _is_about(query, about)]
    if not found:
        note(f"no question has {about!r}; `kb search` looks into the data")
    if format == "json":
        text = as_json([_described(query) for query in found])
    else:
        rows = [[query.subject_name(lang), query.name, query.question(lang)] for query in found]
        text = as_rows(("subject", "name", "question"), rows, format)
    write_output(printable(text), None)


@command.command("show")
@click.argument("name", shell_complete=completes("query names"))
@pass_project
def show(project: Any, name: str) -> None:
    """Show a query: question, parameters, example, SPARQL text."""
    from kb.queries.bundled import find

    query = find(project, name)
    english, spanish = query.questions
    lines = [query.name, f"  {english}", f"  {spanish}", "", f"Subject: {query.subject}"]
    if query.parameters:
        lines.append("Parameters:")
        lines += [f"  {line}" for parameter in query.parameters for line in _parameter_lines(query.name, parameter)]
    else:
        lines.append("Parameters: none")
    lines += [f"Note: {note}" for note in query.notes]
    lines += [*(f"Example: {example}" for example in query.examples), "", query.text.rstrip()]
    write_output(printable("\n".join(lines) + "\n"), None)


@command.command("values")
@click.argument("name", shell_complete=completes("query names"))
@click.argument("parameter", shell_complete=completes("parameter names"))
@click.option("--format", type=click.Choice(_FORMATS), help="By default table on a terminal, csv in a pipe.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The labels' language.")
@pass_project
def values(project: Any, name: str, parameter: str, format: str | None, lang: str) -> None:
    """List what a query's parameter may be: the values that the data holds, with their labels.

    \b
    Examples:
      kb queries values payments country
      kb queries values payments country --lang es --format json
    """
    from kb import sources
    from kb.queries.bundled import find
    from kb.queries.values import find_parameter, values_of

    chosen = find_parameter(find(project, name), parameter)
    found = values_of(project, sources.bundled(project), chosen, lang)
    if found is None:
        note(f"{chosen.name} may be any {chosen.wanted}")
    rows = [[value.text, value.label] for value in found or ()]
    if format == "json":
        text = as_json([{"value": value.text, "label": value.label, "term": value.term.value} for value in found or ()])
    else:
        text = as_rows(("value", "label"), rows, format)
    write_output(printable(text), None)


@command.command("export")
@click.option(
    "--format", type=click.Choice(("sib",)), default="sib", show_default=True,
    help="sib: Turtle by the convention of the SIB SPARQL examples, which public query editors read.",
)  # fmt: skip
@click.option("--target", "targets", multiple=True, metavar="URL", help="A SPARQL endpoint that answers them. Repeatable.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file.")
@pass_project
def export(project: Any, format: str, targets: tuple[str, ...], output: Path | None) -> None:
    """Write the bundled queries for other tools, each as its example asks it.

    \b
    Examples:
      kb queries export -o questions.ttl
      kb queries export --target https://example.org/sparql
    """
    from kb import sources
    from kb.queries.bundled import read_all
    from kb.queries.export import sib_examples

    write_output(sib_examples(read_all(project), sources.bundled(project), targets), output)


def _is_about(query: Any, words: str) -> bool:
    from kb.results.labels import fold

    text = fold(" ".join((query.name, query.subject_name("en"), query.subject_name("es"), *query.questions)))
    return all(word in text for word in fold(words).split())


def _parameter_lines(query: str, parameter: Any) -> list[str]:
    need = "required"
    if parameter.name == "lang":
        need = "the one of --lang"
    elif parameter.default is not None:
        need = f"default {parameter.default}"
    elif parameter.optional:
        need = "may be left out"
    listed = f"; kb queries values {query} {parameter.name} lists them" if parameter.values else ""
    lines = [f"{parameter.name}  {parameter.wanted}, {need}{listed}"]
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
                "required": parameter.default is None and not parameter.optional and parameter.name != "lang",
                "description": {"en": parameter.description[0], "es": parameter.description[1]},
                "values": parameter.values,
            }
            for parameter in query.parameters
        ],
        "example": query.example,
        "examples": list(query.examples),
        "notes": list(query.notes),
    }
