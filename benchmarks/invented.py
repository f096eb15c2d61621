"""Invented registers: entities and concepts with labels of invented words, as many as a data set of a size needs, each
named as often as Zipf's law has it. Nothing is kept in memory but how many there are.
"""

from __future__ import annotations

import random
import string
import sys
from collections.abc import Iterator

from distributions import Model, Sort

Triple = tuple[str, str, str]
"""Subject, predicate and object: CURIEs, or a literal in Turtle with a CURIE for its datatype."""

_SYLLABLES = [c + v for c in ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z") for v in "aeiou"]

_NOUNS = {
    "mm:Group": ("people", "gente"),
    "mm:Person": ("", ""),
    "mm:Organisation": ("body", "entidad"),
    "mm:State": ("", ""),
    "mm:Government": ("government", "gobierno"),
    "mm:Agreement": ("accord", "convenio"),
    "mm:Event": ("event", "hecho"),
    "mm:LegalInstrument": ("act", "norma"),
    "mm:Mission": ("mission", "misión"),
    "mm:Place": ("", ""),
    "mm:Programme": ("programme", "programa"),
    "mm:Venue": ("journal", "revista"),
    "mm:Work": ("paper", "escrito"),
}
"""What is added to an invented name in English and in Spanish."""

STATE_CODES = [f"X{letter}" for letter in string.ascii_uppercase]
"""The codes that ISO 3166-1 leaves to users, and will never give to a state: there are as many invented states at most."""


def word(number: int) -> str:
    """An invented word, another for each number."""
    number += len(_SYLLABLES)
    syllables = []
    while number:
        number, rest = divmod(number, len(_SYLLABLES))
        syllables.append(_SYLLABLES[rest])
    return "".join(syllables)


def words(chance: random.Random, count: int) -> str:
    """So many invented words, each of two syllables, and none twice in a row."""
    number = chance.getrandbits(13 * count)
    found: list[str] = []
    for _ in range(count):
        number, rest = divmod(number, 4000)
        chosen = word(rest)
        found.append(chosen if chosen not in found[-1:] else word((rest + 1) % 4000))
    return " ".join(found)


def literal(text: str, kind: str) -> str:
    """A literal in Turtle: ``kind`` is a language or the CURIE of a datatype. Invented text needs no escapes."""
    return f'"{text}"^^{kind}' if ":" in kind else f'"{text}"@{kind}'


class Registers:
    """Registers that grow with the claims: a new thing is named as often as Heaps' law has it, and is entered when it is
    first named; else one that is there already. So every entry is used."""

    def __init__(self, model: Model, seed: int) -> None:
        self._model = model
        self._seed = seed
        self.claims = 0
        self.closed = False
        self._sorts = [sort for sort in model.usage if sort != ("work", "mm:CitedWork")]
        self._entered = dict.fromkeys(self._sorts, 0)
        self._laws = {sort: self._law(sort) for sort in self._sorts}

    def _law(self, sort: Sort) -> tuple[float, float, int, float]:
        usage = self._model.usage[sort]
        growth = self._model.growth["concepts" if sort[0] == "concept" else "entities"]
        most = len(STATE_CODES) if sort[1] == "mm:State" else sys.maxsize
        return usage.count / self._model.claims**growth, growth, most, 1 - usage.exponent

    def draw(self, sort: Sort, chance: random.Random, another: bool = False) -> str:
        """One of a group: a new one where it is time for one, or where ``another`` is asked for; else the first the most
        often, by the inverse of Zipf's cumulated frequencies, as a continuous law."""
        count, growth, most, power = self._laws[sort]
        size = self._entered[sort]
        wanted = another or size < count * self.claims**growth
        if not size or (wanted and size < most and not self.closed):
            self._entered[sort] = size + 1
            return self._node(sort, size + 1)
        if another:
            rank = chance.randint(1, size)
        elif abs(power) < 0.01:
            rank = (size + 1) ** chance.random()
        else:
            rank = (1 + chance.random() * ((size + 1) ** power - 1)) ** (1 / power)
        return self._node(sort, int(rank))

    def label(self, sort: Sort, number: int, lang: str) -> str:
        """The label of the thing of this number, from 1, in its group; another for each thing."""
        name = word(self._place(sort, number)).capitalize()
        if sort[1] == "mm:Person":
            name = f"{word(number % 61).capitalize()} {name}"
        en, es = _NOUNS.get(sort[1], ("", ""))
        if sort[0] == "concept":
            return name.lower() if lang == "en" else f"lo {name.lower()}"
        return f"{name} {en}".strip() if lang == "en" else f"{es} {name}".strip()

    def triples(self) -> Iterator[tuple[str, list[Triple]]]:
        """What the registers say of what was entered, by kind of identifier, in portions of a thing."""
        for sort, size in self._entered.items():
            for number in range(1, size + 1):
                yield sort[0], self._thing(sort, number)

    def _node(self, sort: Sort, number: int) -> str:
        """The identifier of the thing of this number in its group, with a word of its label; the number comes last."""
        kind = sort[1].removeprefix("mm:").lower().replace("+", "-")
        return f"{sort[0]}:g{self._seed}-{kind}-{word(self._place(sort, number))}-{number}"

    def _place(self, sort: Sort, number: int) -> int:
        """A number of its own for each thing of all groups."""
        return number * len(self._sorts) + self._sorts.index(sort)

    def _thing(self, sort: Sort, number: int) -> list[Triple]:
        node = self._node(sort, number)
        usage = self._model.usage[sort]
        chance = random.Random(f"{self._seed}/{node}")
        if sort[0] == "concept":
            classes = ["mm:Concept", "skos:Concept"]
        else:
            classes = ["mm:Entity", *(["mm:Actor"] if sort[0] == "actor" else []), sort[1]]
        found = [(node, "rdf:type", name) for name in classes]
        for place, lang in enumerate(("en", "es")):
            found.append((node, "skos:prefLabel", literal(self.label(sort, number, lang), lang)))
            if chance.random() * 100 < usage.alternatives[place]:
                short = f"{word(self._place(sort, number)).upper()} {lang.upper()}"
                found.append((node, "skos:altLabel", literal(short, lang)))
        if sort[0] == "concept":
            name = self.label(sort, number, "en")
            found.append((node, "skos:definition", literal(f"What is called {name} here.", "en")))
            found.append((node, "skos:definition", literal(f"Lo que aquí se llama {name}.", "es")))
            found += [(node, "skos:inScheme", f"scheme:{scheme}") for scheme in sort[1].split("+")]
            if number > 1 and chance.random() < self._model.broader:
                found.append((node, "skos:broader", self._node(sort, chance.randrange(1, number))))
        elif sort[1] == "mm:State":
            code = STATE_CODES[number - 1]
            found.append((node, "dcterms:identifier", literal(f"ISO 3166-1:{code}", "xsd:string")))
            found.append((node, "skos:exactMatch", f"<http://example.org/invented-states/{code}>"))
        return found
