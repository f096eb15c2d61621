"""Where sentences end: full stops that close one, and those of abbreviations, initials, acronyms and numbers.

A sentence takes with it the closing quotation marks and brackets after its stop, and the citation markers after those:
they belong to what has been said, not to what follows.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kb.texts import citations, phrases

_BLANK = rf"[\s{phrases.INVISIBLE}]"
_CLOSE = re.escape(phrases.CLOSERS)
_OPEN = re.escape(phrases.OPENERS)
_ACRONYM = re.compile(r"(?:[^\W\d_]{1,2}\.[ \u00a0]?)+[^\W\d_]{1,2}\Z")
_ENUMERATOR = re.compile(r"(?:[IVXLC]{1,5}|[A-Za-z]|\d{1,3})\Z")
# The word before a stop, with its inner stops and hyphens.
_WORD_BEFORE = re.compile(r"[^\W_](?:[\w.'’\-]*[^\W_])?\Z")
_LONGEST_END = 1_000
_DOMAINS = frozenset(("com", "edu", "gov", "info", "int", "net", "org"))
_NEXT_WORD = re.compile(rf"[{_OPEN}]*([^\W_][\w'’]*)?")


@lru_cache(maxsize=16)
def _stop(styles: tuple[str, ...]) -> re.Pattern[str]:
    run = citations.run_pattern(styles) if styles else r"(?!)"
    spaced = "|".join(citations.STYLES[style] for style in styles if style != "superscript") or "(?!)"
    # Possessive, and begun only at the first stop of several: linear whatever the text.
    return re.compile(
        rf"(?<![.!?…])(?P<stop>[.!?…]++)"
        rf"(?P<after>(?>[{_CLOSE}]|{run}|(?<=\S)[ \u00a0](?:{spaced})(?={_BLANK}|\Z))*+)"
        rf"(?P<gap>(?>{_BLANK}|(?<=\n)>)++|\Z|(?=[{_OPEN}]*+[^\W\d_]))"
    )


def split(
    text: str,
    start: int,
    end: int,
    styles: tuple[str, ...] = citations.DEFAULT_STYLES,
    abbreviations: frozenset[str] = frozenset(),
) -> list[tuple[int, int]]:
    """The spans of the sentences in ``text[start:end]``, without the white space between them.

    ``styles`` are the ways in which the text marks citations; ``abbreviations`` (lower case, without the last stop) are
    words of this text whose stop ends no sentence. The span is taken to begin and end with something visible.
    """
    span = text[start:end]
    found = []
    begin = 0
    for match in _stop(styles).finditer(span):
        if match.end() >= len(span):
            break
        stop_end = match.end("after")
        if match.group("gap"):
            ends = _ends_sentence(span, begin, match, abbreviations)
        else:
            ends = _is_glued(span, begin, match, abbreviations)
        if ends:
            found.append((start + begin, start + stop_end))
            begin = match.end()
    if begin < len(span):
        found.append((start + begin, end))
    return found


def ends_with_stop(text: str, styles: tuple[str, ...] = citations.DEFAULT_STYLES) -> str:
    """The stop (``. ! ? … : ;`` or a comma) that a line ends with, before closing marks and markers; empty if none."""
    run = citations.run_pattern(styles) if styles else r"(?!)"
    # Possessive, and only the end of a line that may be of any length: else the time grows with its square, or worse.
    match = re.search(rf"([.!?…:;,])(?>{run}|[{_CLOSE}]|[ \u00a0])*+\Z", text[-_LONGEST_END:])
    return match.group(1) if match else ""


def _word_before(span: str, begin: int, stop: int) -> str:
    match = _WORD_BEFORE.search(span[max(begin, stop - 40) : stop])
    return match.group() if match else ""


def _ends_sentence(span: str, begin: int, match: re.Match[str], abbreviations: frozenset[str]) -> bool:
    """Whether a stop that white space follows closes a sentence."""
    following = _NEXT_WORD.match(span, match.end())
    word = following.group(1) or ""
    if word[:1].islower():
        return False
    if match.group("stop") != ".":
        return True
    before = _word_before(span, begin, match.start())
    lowered = before.lower()
    if lowered in abbreviations:
        return word.lower() in phrases.STARTERS
    closed = match.group("after") != ""
    if closed and not set(match.group("after")) <= set(phrases.CLOSERS):
        # A citation marker after the stop: nobody cites in the middle of an abbreviation.
        return True
    # A number or letter that opens the text is its enumeration ("I. …"), not a sentence.
    if begin == match.start() - len(before) and _ENUMERATOR.match(before):
        return False
    if lowered in phrases.NEVER_FINAL:
        return False
    if lowered in phrases.BEFORE_NUMBER and word[:1].isdigit():
        return False
    if len(before) == 1 and before.isupper():
        # An initial: what follows may be the next one, or a name with a particle.
        next_initial = len(word) == 1 and span[following.end() : following.end() + 1] == "."
        return not next_initial and word.lower() in phrases.STARTERS and word.lower() not in phrases.PARTICLES
    if lowered in phrases.MAYBE_FINAL or _ACRONYM.match(before):
        return word.lower() in phrases.STARTERS or not word
    return True


def _is_glued(span: str, begin: int, match: re.Match[str], abbreviations: frozenset[str]) -> bool:
    """Whether a stop closes a sentence although the next one follows without white space.

    Only between a plain word in lower case and a capitalised one: names such as ``Node.js``, ``H.Res.1446`` and
    addresses hold stops of another kind.
    """
    following = _NEXT_WORD.match(span, match.end())
    word = following.group(1) or ""
    if not word[:1].isupper() or (len(word) > 1 and not word[1].islower() and word[1] not in "'’"):
        return False
    if len(word) == 1 and span[following.end() : following.end() + 1] not in (" ", "\u00a0"):
        return False
    chunk = f".{span[max(begin, match.start() - 200) : match.start()]}".split()[-1]
    if re.search(r"[/@\\]|www\Z|\w\.\w", chunk) or word.lower() in _DOMAINS:
        return False
    before = re.sub(rf"[{_CLOSE}{citations.SUPERSCRIPT}]+\Z", "", chunk)
    plain = re.search(r"[^\W\d_]+\Z", before)
    lowered = plain.group().lower() if plain else ""
    if lowered in phrases.NEVER_FINAL or lowered in abbreviations:
        return False
    return bool(plain) and plain.group()[1:].islower() and len(lowered) >= (2 if plain.group().islower() else 3)
