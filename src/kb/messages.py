"""Text that is shown to people: safe on a terminal, and with a hint where a name is misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

LANGUAGES = ("en", "es")
"""Those of labels, questions and reports; the first is the default."""

# C0 and C1 controls other than tab and newline, and what reorders text: from data, they could drive the reader's terminal.
# Surrogates are the bytes of a file's name that is not UTF-8, and no stream takes them.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with control characters shown as escapes, so that data cannot drive a terminal."""
    return CONTROL.sub(lambda match: f"\\u{ord(match.group()):04X}", text)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean a, b?`` for the known names nearest to an unknown one, or an empty string."""
    return hint_at(near_names(name, known))


def hint_at(near: Sequence[str]) -> str:
    """``; did you mean a, b?`` for names to be shown as they are, or an empty string where there are none."""
    return f"; did you mean {', '.join(near)}?" if near else ""


def near_names(name: str, known: Iterable[str]) -> list[str]:
    """The known names nearest to an unknown one, the nearest first; at most three."""
    import difflib  # here, because few runs need it and start-up is most of a short command's time

    # A name of two or three letters is unlike every other once one letter is wrong.
    return difflib.get_close_matches(name, list(known), n=3, cutoff=0.6 if len(name) > 3 else 0.5)
