"""What a passage mentions: its numbers, and the registered names in it. Pure functions on strings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

# Figures as printed: 20,000 · 9.4 · 176.1; superscripts are citations and no decimal digits, so they do not match.
_FIGURE = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?\Z")
# Words that count. Not "one", "both", "first", "second", "single", which mostly do something else.
_WORD_NUMBERS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety dozen hundred thousand million billion trillion half"
)
_WORD = re.compile(
    rf"\b(?:({'|'.join(_WORD_NUMBERS.split())})s?|(?:one|two|three)[- ](third|quarter|fifth)s?|a (third|quarter|fifth)(?= of\b|\Z))\b",
    re.IGNORECASE,
)
_SAME = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "\u202f": " ", "‑": "-", "–": "-"})
_TOKEN = re.compile(r"\w+")


def numbers(text: str) -> list[str]:
    """The numbers in a text in their order, in one spelling: ``20,000`` as ``20000``, ``07`` as ``7``, ``Billions`` as
    ``billion``; a fraction in words by its part (``one-third``, ``a third of`` as ``third``)."""
    found = [(match.start(), _plain(match.group())) for match in _FIGURE.finditer(text)]
    found += [(match.start(), (match[1] or match[2] or match[3]).casefold()) for match in _WORD.finditer(text)]
    return [number for _, number in sorted(found)]


def _plain(figure: str) -> str:
    if _THOUSANDS.match(figure):
        figure = figure.replace(",", "")
    whole, point, rest = figure.partition(".")
    return (whole.lstrip("0") or "0") + point + rest


def normal(text: str) -> str:
    """The text with one sort of apostrophe, hyphen and space, so that spellings of a name compare equal."""
    return re.sub(r"\s+", " ", text.translate(_SAME)).strip()


def is_name(label: str) -> bool:
    """Whether a label is a name rather than a description: it has a capital letter, or starts with a figure."""
    bare = re.sub(r"^[Tt]he ", "", label)
    return bool(bare) and (bare[0].isdigit() or any(letter.isupper() for letter in bare))


class Names:
    """Registered names, to be found in a text; the longest name that fits a place is the one mentioned there."""

    def __init__(self, labels: Iterable[tuple[str, str]]) -> None:
        """``labels`` are pairs of a name and what bears it; one name may have several bearers."""
        self._bearers: dict[str, set[str]] = defaultdict(set)
        for label, bearer in labels:
            if is_name(label):
                self._bearers[re.sub(r"^[Tt]he ", "", normal(label))].add(bearer)
        self._by_first_word: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._bearers, key=len, reverse=True):
            first = _TOKEN.search(name)
            if first and first.start() == 0:
                self._by_first_word[first.group()].append(name)

    def mentions(self, text: str) -> Iterator[tuple[str, Collection[str]]]:
        """Each name in the text with its bearers, from left to right, none inside another. Capitals count."""
        text = normal(text)
        position = 0
        for word in _TOKEN.finditer(text):
            if word.start() < position:
                continue
            for name in self._by_first_word.get(word.group(), ()):
                end = word.start() + len(name)
                if text.startswith(name, word.start()) and not (name[-1].isalnum() and text[end : end + 1].isalnum()):
                    yield name, self._bearers[name]
                    position = end
                    break


def contains(label: str, name: str) -> bool:
    """Whether a label has the name in it as whole words."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", normal(label)) is not None
