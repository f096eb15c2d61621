"""Mutants of the real data: one small fault each, made at random from a seed.

A mutant is the project with one file changed by a few triples. The operators know the form of RDF and which literals are
dates, digests or positions; they know nothing of the shapes, and do not care whether the fault can be found.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from realdata import TYPE, Data, Node, Term

from kb import rdf
from kb.namespaces import CONCEPT_KINDS, ENTITY_KINDS, ID, PREFIXES, curie, kind_of

XSD, MM, OA, SKOS = (PREFIXES[name] for name in ("xsd", "mm", "oa", "skos"))
EDTF = PREFIXES["edtf"] + "EDTF"
DIGESTS = {MM + "sha256", MM + "spanSha256"}
POSITIONS = {OA + "start", OA + "end", *(MM + n for n in ("order", "characterCount", "lastPassageNumber", "row", "column"))}
LABELS = {SKOS + "prefLabel", SKOS + "altLabel", PREFIXES["dcterms"] + "title"}
TIERS = {
    **dict.fromkeys(("document", "text", "passage", "selector", "marker", "reference"), "text tier"),
    **dict.fromkeys(ENTITY_KINDS, "registers"),
    **dict.fromkeys(CONCEPT_KINDS, "concepts"),
    **dict.fromkeys(("claim", "status", "curation"), "claims"),
    "proposition": "propositions",
    "figure": "figures",
    "link": "links",
}
"""Kind of identifier to the part of the data that it belongs to."""

@dataclass(frozen=True)
class Mutant:
    """A change of one file: ``removed`` and ``added`` triples. ``focus`` is the triple that the operator was given."""

    operator: str
    file: Path
    focus: rdf.Triple
    removed: tuple[rdf.Triple, ...] = ()
    added: tuple[rdf.Triple, ...] = ()

    @property
    def tier(self) -> str:
        """The part of the data that the fault is in."""
        return TIERS.get(kind_of(self.focus.subject.value) or "", "others")

    @property
    def nodes(self) -> set[Term]:
        """The nodes that the change speaks of."""
        return {node for t in (*self.removed, *self.added) for node in (t.subject, t.object) if isinstance(node, rdf.NamedNode)}


class Mutator:
    """Draws mutants of the data; the same seed and arguments give the same mutants."""

    def __init__(self, data: Data, seed: int, operators: Iterable[str] = (), classes: Iterable[str] = ()) -> None:
        """``operators`` are names of families or of kinds, ``classes`` are CURIEs of classes of the subject; all without.

        Raises ValueError for an operator or a class that does not exist.
        """
        self._data = data
        self._random = random.Random(seed)
        wanted = list(operators) or list(FAMILIES)
        unknown = [name for name in wanted if name not in FAMILIES and name not in KINDS]
        if unknown:
            raise ValueError(f"no operator {unknown[0]!r}; there are {', '.join((*FAMILIES, *KINDS))}")
        self._families = [FAMILIES.get(name) or (name,) for name in wanted]
        places = [(path, triple) for path, triples in data.files.items() for triple in triples]
        if chosen := set(classes):
            places = [(path, triple) for path, triple in places if self._is_of(triple.subject, chosen)]
            if not places:
                raise ValueError(f"no subject is of the class {', '.join(sorted(chosen))}")
        self._places = {kind: [place for place in places if fits(place[1])] for kind, (fits, _) in KINDS.items()}
        self._values: dict[str, list[Term]] = defaultdict(list)
        self._nodes: dict[tuple[str, str], list[Node]] = defaultdict(list)
        for triples in data.files.values():
            for triple in triples:
                self._values[triple.predicate.value].append(triple.object)
        for node in data.out:
            if isinstance(node, rdf.NamedNode) and node.value.startswith((ID, PREFIXES["unit"])):
                self._nodes[self._sort(node)].append(node)
        self.class_names = sorted({term.value for terms in (self._values[TYPE],) for term in terms})

    def draw(self, count: int) -> Iterator[Mutant]:
        """``count`` different mutants. Raises ValueError where so many are not to be found."""
        seen: set[tuple] = set()
        misses = 0
        while len(seen) < count:
            kind = self._random.choice(self._random.choice(self._families))
            mutant = self._try(kind)
            key = mutant and (frozenset(mutant.removed), frozenset(mutant.added))
            if not mutant or key in seen:
                misses += 1
                if misses > 50 * count + 1000:
                    raise ValueError(f"only {len(seen)} different mutants were found")
                continue
            seen.add(key)
            yield mutant

    def _try(self, kind: str) -> Mutant | None:
        if not self._places[kind]:
            return None
        file, triple = self._random.choice(self._places[kind])
        change = KINDS[kind][1](self, file, triple)
        if change is None:
            return None
        removed, added = change
        # A triple that is there already, is put back, or is said in another file, too, is no change.
        if set(removed) & set(added) or any(self._data.count(triple) for triple in added):
            return None
        if any(self._data.count(triple) > 1 for triple in removed):
            return None
        return Mutant(kind, file, triple, tuple(removed), tuple(added))

    def _sort(self, node: Node) -> tuple[str, str]:
        """The class of a node and, since all enumerations are of one class, the kind of its identifier."""
        return self._data.class_of(node), kind_of(node.value) or ""

    def _is_of(self, node: Node, wanted: set[str]) -> bool:
        stated = self._data.classes(node)
        return bool(wanted & {curie(name) for c in stated for name in (c, *self._data.above(c))})

    # The operators. Each is given a triple and returns what is removed and what is added, or None.

    def delete(self, file: Path, triple: rdf.Triple) -> Change:
        return [triple], []

    def duplicate_value(self, file: Path, triple: rdf.Triple) -> Change:
        """A second value of the same property, taken from elsewhere."""
        value = self._random.choice(self._values[triple.predicate.value])
        return [], [rdf.Triple(triple.subject, triple.predicate, value)]

    def duplicate_node(self, file: Path, triple: rdf.Triple) -> Change:
        """What the file says of a node said again under another identifier, which looks like the first."""
        name = triple.subject.value
        number = re.search(r"\d+\Z", name)
        for step in range(1, 1000):
            last = int(number[0]) + step if number else step + 1
            twin = rdf.NamedNode(f"{name[: number.start()]}{last:0{len(number[0])}}" if number else f"{name}-{last}")
            if twin not in self._data.out and twin not in self._data.into:
                break
        return [], [rdf.Triple(twin, t.predicate, t.object) for t in self._data.files[file] if t.subject == triple.subject]

    def swap_same(self, file: Path, triple: rdf.Triple) -> Change:
        """The objects of two triples of one file with the same property."""
        return self._swap(triple, [t for t in self._data.files[file] if t.predicate == triple.predicate])

    def swap_other(self, file: Path, triple: rdf.Triple) -> Change:
        """The objects of two triples of one file with different properties."""
        return self._swap(triple, [t for t in self._data.files[file] if t.predicate != triple.predicate])

    def _swap(self, one: rdf.Triple, others: list[rdf.Triple]) -> Change:
        others = [t for t in others if t.object != one.object and t != one]
        if not others:
            return None
        other = self._random.choice(others)
        return [one, other], [
            rdf.Triple(one.subject, one.predicate, other.object),
            rdf.Triple(other.subject, other.predicate, one.object),
        ]

    def retype_class(self, file: Path, triple: rdf.Triple) -> Change:
        return self._replace(triple, rdf.NamedNode(self._random.choice(self.class_names)))

    def retype_datatype(self, file: Path, triple: rdf.Triple) -> Change:
        """The same characters with another datatype, or with a language where there was none."""
        names = [XSD + n for n in ("string", "integer", "decimal", "boolean", "date", "gYear", "nonNegativeInteger", "anyURI")]
        kind = self._random.choice([EDTF, *names, "en"])
        literal = triple.object
        if kind == "en":
            return self._replace(triple, rdf.Literal(literal.value, language="en"))
        return self._replace(triple, rdf.Literal(literal.value, datatype=rdf.NamedNode(kind)))

    def retype_language(self, file: Path, triple: rdf.Triple) -> Change:
        """The same text in another language, or in none."""
        lang = self._random.choice(["en", "es", "fr", "pt", "en-GB", ""])
        text = triple.object.value
        return self._replace(triple, rdf.Literal(text, language=lang) if lang else rdf.Literal(text))

    def redirect_same_class(self, file: Path, triple: rdf.Triple) -> Change:
        nodes = self._nodes.get(self._sort(triple.object))
        return self._replace(triple, self._random.choice(nodes)) if nodes else None

    def redirect_other_class(self, file: Path, triple: rdf.Triple) -> Change:
        others = sorted(set(self._nodes) - {self._sort(triple.object)})
        return self._replace(triple, self._random.choice(self._nodes[self._random.choice(others)]))

    def redirect_nothing(self, file: Path, triple: rdf.Triple) -> Change:
        """An identifier that nothing describes, one keystroke from the right one."""
        head, _, name = triple.object.value.rpartition("/")
        node = rdf.NamedNode(f"{head}/{self._typo(name, 'abcdefghijklmnopqrstuvwxyz0123456789-')}")
        return None if node in self._data.out else self._replace(triple, node)

    def perturb_character(self, file: Path, triple: rdf.Triple) -> Change:
        """One keystroke in a literal: a character more, less, another, or two in the wrong order."""
        text = triple.object.value
        return self._rewrite(triple, self._typo(text, "abcdefghijklmnopqrstuvwxyz ABC.,-'"))

    def perturb_number(self, file: Path, triple: rdf.Triple) -> Change:
        """A number in a literal: one more or less, ten times as much, or another digit."""
        text = triple.object.value
        found = self._random.choice(list(re.finditer(r"\d+", text)))
        number = int(found[0])
        digit = self._random.randrange(len(found[0]))
        other = found[0][:digit] + self._random.choice("0123456789") + found[0][digit + 1 :]
        new = self._random.choice([str(number + 1), str(max(0, number - 1)), found[0] + "0", other])
        return self._rewrite(triple, text[: found.start()] + new.zfill(len(found[0])) + text[found.end() :])

    def perturb_position(self, file: Path, triple: rdf.Triple) -> Change:
        """An offset, a length or a place in an order, somewhat off."""
        step = self._random.choice([-1, 1, self._random.randint(-60, 60), self._random.randint(-3000, 3000)])
        return self._rewrite(triple, str(max(0, int(triple.object.value) + step)))

    def perturb_digest(self, file: Path, triple: rdf.Triple) -> Change:
        """One digit of a digest: another, missing, or in upper case."""
        text = triple.object.value
        at = self._random.randrange(len(text))
        new = self._random.choice([self._random.choice("0123456789abcdef"), "", text[at].upper()])
        return self._rewrite(triple, text[:at] + new + text[at + 1 :])

    def perturb_date(self, file: Path, triple: rdf.Triple) -> Change:
        """A date with another year, month or day, which need not exist, less precise, or in another notation."""
        text = triple.object.value
        parts = text.split("-")
        at = self._random.randrange(len(parts))
        if self._random.random() < 0.25:
            new = self._random.choice([parts[:-1], [*parts, "01"], list(reversed(parts))])
            return self._rewrite(triple, "-".join(new) or "unknown") if new != parts else None
        if not parts[at].isdigit():
            return None
        step = self._random.choice([-1, 1, -10, 10])
        parts[at] = str(max(0, int(parts[at]) + step)).zfill(len(parts[at]))
        return self._rewrite(triple, "-".join(parts))

    def perturb_label(self, file: Path, triple: rdf.Triple) -> Change:
        """A word of a label left out, said twice, or another word; capitals; spaces around it; nothing at all."""
        text = triple.object.value
        words = text.split(" ")
        at = self._random.randrange(len(words))
        other = self._random.choice(self._random.choice(self._values[SKOS + "prefLabel"]).value.split(" "))
        new = self._random.choice([
            " ".join(words[:at] + words[at + 1 :]), " ".join([*words[: at + 1], *words[at:]]),
            " ".join([*words[:at], other, *words[at + 1 :]]), text.swapcase(), text + " ", " " + text, "",
        ])  # fmt: skip
        return self._rewrite(triple, new)

    def _typo(self, text: str, letters: str) -> str:
        at = self._random.randrange(len(text))
        letter = self._random.choice(letters)
        return self._random.choice([
            text[:at] + letter + text[at:], text[:at] + letter + text[at + 1 :], text[:at] + text[at + 1 :],
            text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :],
        ])  # fmt: skip

    @staticmethod
    def _replace(triple: rdf.Triple, value: Term) -> Change:
        return [triple], [rdf.Triple(triple.subject, triple.predicate, value)]

    def _rewrite(self, triple: rdf.Triple, text: str) -> Change:
        """The same literal with another text."""
        old = triple.object
        new = rdf.Literal(text, language=old.language) if old.language else rdf.Literal(text, datatype=old.datatype)
        return self._replace(triple, new)


Change = tuple[list[rdf.Triple], list[rdf.Triple]] | None


def _any(triple: rdf.Triple) -> bool:
    return True


def _is_link(triple: rdf.Triple) -> bool:
    return isinstance(triple.object, rdf.NamedNode) and triple.predicate != rdf.RDF_TYPE


def _is_literal(triple: rdf.Triple) -> bool:
    return isinstance(triple.object, rdf.Literal)


def _has_number(triple: rdf.Triple) -> bool:
    return (
        _is_literal(triple)
        and triple.predicate.value not in DIGESTS | POSITIONS
        and triple.object.datatype.value != EDTF
        and re.search(r"\d", triple.object.value) is not None
    )


KINDS: dict[str, tuple[Callable[[rdf.Triple], bool], Callable[[Mutator, Path, rdf.Triple], Change]]] = {
    "delete": (_any, Mutator.delete),
    "duplicate-value": (_any, Mutator.duplicate_value),
    "duplicate-node": (_any, Mutator.duplicate_node),
    "swap-same": (_any, Mutator.swap_same),
    "swap-other": (_any, Mutator.swap_other),
    "retype-class": (lambda t: t.predicate == rdf.RDF_TYPE, Mutator.retype_class),
    "retype-datatype": (lambda t: _is_literal(t) and not t.object.language, Mutator.retype_datatype),
    "retype-language": (lambda t: _is_literal(t) and bool(t.object.language), Mutator.retype_language),
    "redirect-same-class": (_is_link, Mutator.redirect_same_class),
    "redirect-other-class": (_is_link, Mutator.redirect_other_class),
    "redirect-nothing": (_is_link, Mutator.redirect_nothing),
    "perturb-character": (lambda t: _is_literal(t) and t.object.value != "", Mutator.perturb_character),
    "perturb-number": (_has_number, Mutator.perturb_number),
    "perturb-position": (lambda t: t.predicate.value in POSITIONS, Mutator.perturb_position),
    "perturb-digest": (lambda t: t.predicate.value in DIGESTS, Mutator.perturb_digest),
    "perturb-date": (lambda t: _is_literal(t) and t.object.datatype.value == EDTF, Mutator.perturb_date),
    "perturb-label": (lambda t: t.predicate.value in LABELS, Mutator.perturb_label),
}
"""Each operator: the triples that it can be given, and what it does."""

FAMILIES: dict[str, tuple[str, ...]] = {}
"""The six families of the task, each with its operators. A family is drawn first, so each has its share of the mutants."""
for _name in KINDS:
    FAMILIES.setdefault(_name.partition("-")[0], ())
    FAMILIES[_name.partition("-")[0]] += (_name,)
