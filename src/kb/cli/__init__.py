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
from kb.errors import EXIT_BUG, EXIT_INPUT, EXIT_STORE, KbError

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
    from kb.cli.common import discard_output, error_line, note

    argv = sys.argv[1:] if args is None else args
    _reopen_closed_streams()
    if "_KB_COMPLETE" in os.environ:
        from kb.cli import completion

        completion.install()
    try:
        code = cli.main(args=argv, prog_name="kb", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        note("interrupted")
        code = 130
    except click.ClickException as error:
        import io

        shown = io.StringIO()
        error.show(file=shown)  # it repeats what was typed, or pasted
        note(shown.getvalue().rstrip("\n"))
        code = error.exit_code
    except KbError as error:
        note(error_line(str(error)))
        code = error.exit_code
    except MemoryError:
        note(error_line("there is not enough memory for this; ask for less, or give smaller files"))
        code = EXIT_STORE
    except BrokenPipeError:
        # The reader of our output (head, less) has left: nothing is wrong, and nothing more can be said.
        discard_output()
        code = 0
    except OSError as error:
        # Nearly always our own output, on a disk that is full: what a command opens itself, it answers for itself.
        discard_output()
        note(error_line(f"{error.filename or '<stdout>'}: {error.strerror or error}"))
        code = EXIT_INPUT
    except Exception as error:  # the last resort, so that a bug of ours reads as one
        if "--debug" in argv:
            raise
        note(
            f"kb: unexpected error ({type(error).__name__}: {error}). This is a bug of ours; "
            "run again with `kb --debug …` and report what it prints."
        )
        code = EXIT_BUG
    code = code if isinstance(code, int) else 0
    if args is None:
        from kb.cli.common import leave

        leave(code)
    sys.exit(code)


def _reopen_closed_streams() -> None:
    """Put in place of a standard stream that the caller has closed one that fails when it is used.

    Else the next file that is opened would take its number, and a message could end in a store.
    """
    for number, (name, way) in enumerate((("stdin", os.O_WRONLY), ("stdout", os.O_RDONLY), ("stderr", os.O_WRONLY))):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, way)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            mode = "r" if number == 0 else "w"
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", errors="backslashreplace"))
