"""The command line. Only this package imports click, prints, or exits; a module per command, imported when it is called."""

from __future__ import annotations

import gc

# Starting makes many objects and hardly any garbage: looking for some takes a tenth of a short command's time.
gc.set_threshold(100_000, 50, 100)

import importlib
import os
import sys
from pathlib import Path

import click

from kb import __version__
from kb.errors import EXIT_BUG, KbError

# command -> module of this package that defines a click command named ``command``; the order is that of the help.
COMMANDS = {
    "query": "query",
    "queries": "queries",
    "show": "show",
    "search": "search",
    "validate": "validate",
    "load": "load",
    "infer": "infer",
    "coverage": "coverage",
    "document": "document",
    "fmt": "fmt",
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

            ctx.fail(f"no command {name!r}{did_you_mean(name, COMMANDS)}")
        return super().resolve_command(ctx, args)


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
      kb query NAME               the answer to one of them
      kb search oil               things by their names
      kb show place:brazil        all that is said of one thing
      kb validate mine.ttl        check new statements
      kb load --store ./store     put it all into a triple store
    """
    from kb.project import find_project

    ctx.obj = find_project(project)


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit: the documented code, one message on stderr, no traceback unless ``--debug``."""
    argv = sys.argv[1:] if args is None else args
    try:
        code = cli.main(args=argv, prog_name="kb", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except KbError as error:
        from kb.cli.common import error_line

        click.echo(error_line(str(error)), err=True)
        code = error.exit_code
    except BrokenPipeError:
        # The reader of our output (head, less) has left: nothing is wrong, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:  # the last resort, so that a bug of ours reads as one
        if "--debug" in argv:
            raise
        click.echo(
            f"kb: unexpected error ({type(error).__name__}: {error}). This is a bug of ours; "
            "run again with `kb --debug …` and report what it prints.",
            err=True,
        )
        code = EXIT_BUG
    code = code if isinstance(code, int) else 0
    if args is None:
        from kb.cli.common import leave

        leave(code)
    sys.exit(code)
