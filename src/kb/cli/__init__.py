"""The command line. Only this package imports click, prints, or exits.

Starting is most of a short command's time, and loading click a good part of that: a question that is asked plainly is
answered without it (``plain``), everything else by the commands (``commands``).
"""

from __future__ import annotations

import gc

# Starting makes many objects and hardly any garbage: looking for some takes a tenth of a short command's time.
gc.set_threshold(100_000, 50, 100)

import os
import sys

from kb.cli.output import discard_output, error_line, leave, note
from kb.errors import EXIT_BUG, EXIT_INPUT, EXIT_STORE, KbError


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit: the documented code, one message on stderr, no traceback unless ``--debug``."""
    argv = sys.argv[1:] if args is None else args
    _reopen_closed_streams()
    try:
        code = _run(argv)
        sys.stdout.flush()
    except KbError as error:
        note(error_line(str(error)))
        code = error.exit_code
    except MemoryError:
        note(error_line("there is not enough memory for this; ask for less, or give smaller files"))
        code = EXIT_STORE
    except KeyboardInterrupt:
        note("interrupted")
        code = 130
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
    if args is None:
        leave(code)
    sys.exit(code)


def _run(argv: list[str]) -> int:
    if "_KB_COMPLETE" in os.environ:
        from kb.cli import completion

        completion.install()
    else:
        from kb.cli import plain

        question = plain.question(argv)
        if question is not None:
            return plain.answer(question)
    from kb.cli import commands

    return commands.run(argv)


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
