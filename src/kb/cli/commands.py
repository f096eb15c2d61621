"""The commands and their group; a module per command, imported when it is called."""

from __future__ import annotations

import contextlib
import importlib
import io
from collections.abc import Sequence
from pathlib import Path

import click

from kb import __version__
from kb.cli.output import note

# command -> module of this package that defines a click command named ``command``; the order is that of the help.
COMMANDS = {
    "query": "query",
    "queries": "queries",
    "show": "show",
    "search": "search",
    "view": "view",
    "figures": "figures",
    "validate": "validate",
    "load": "load",
    "store": "store",
    "infer": "infer",
    "coverage": "coverage",
    "document": "document",
    "fmt": "fmt",
    "diff": "diff",
    "info": "info",
}


class LazyGroup(click.Group):
    """A group whose commands are imported only when they are used: start-up is most of a short command's time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        return importlib.import_module(f"kb.cli.{COMMANDS[name]}").command

    def resolve_command(self, ctx: click.Context, args: list[str]):
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from kb.cli.common import did_you_mean

            hint = did_you_mean(name, COMMANDS)
            ctx.fail(f"no command {name!r}{hint or _as_question(ctx.params.get('project'), name)}")
        return super().resolve_command(ctx, args)


def _as_question(project: Path | None, name: str) -> str:
    """A hint for somebody who gives a question's name where a command is wanted."""
    from kb.errors import KbError
    from kb.project import find_project
    from kb.queries.bundled import find

    with contextlib.suppress(KbError, OSError):
        return f"; it is a question: kb query {find(find_project(project), name).name}"
    return ""


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kb")
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="KB_PROJECT",
    help="Work on the knowledge base in this folder instead of the one that kb came with.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
@click.pass_context
def cli(ctx: click.Context, project: Path | None, debug: bool) -> None:
    """Ask, check, load and extend the knowledge base on Cuba's medical missions.

    \b
    Examples:
      kb queries                  the questions that come with it
      kb query payments           the answer to one of them
      kb query payments -p country=brazil --lang es --cite
      kb search oil               things by their names
      kb show place:brazil        all that is said of one thing
      kb validate mine.ttl        check new statements
      kb load --store ./store     put it all into a triple store
    """
    from kb.project import find_project

    ctx.obj = find_project(project)


def run(argv: Sequence[str]) -> int:
    """Run a command line and give its exit code; raises what the command raises, but for what click says of the line."""
    try:
        code = cli.main(args=list(argv), prog_name="kb", standalone_mode=False)
    except click.exceptions.Abort:
        note("interrupted")
        return 130
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(file=shown)  # it repeats what was typed, or pasted
        note(shown.getvalue().rstrip("\n"))
        return error.exit_code
    return code if isinstance(code, int) else 0
