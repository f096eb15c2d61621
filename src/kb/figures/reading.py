"""Figures with all that decides whether two of them speak of the same thing: what is counted, of what, where and when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from kb import rdf
from kb.namespaces import PREFIXES, iri_of
from kb.sources import Source

_MM = PREFIXES["mm"]
_UNITLESS = iri_of("unit:UNITLESS")
_EXCLUSIVE = {iri_of("qualifier:over"): "minimum", iri_of("qualifier:under"): "maximum"}

SCOPE = ("subject", "inPlace", "ofMission", "ofProgramme", "ofAgreement", "ofInstrument", "article", "scope", "condition")
"""The slots of a proposition that say of whom or what its figure holds."""
PERIOD = ("asOf", "date", "timeframe", "duringEvent", "afterEvent", "beforeEvent")
"""The properties of a figure and of its proposition that say when it holds."""

_OF_FIGURES = "SELECT ?figure ?name ?value WHERE { ?figure a mm:Figure ; ?name ?value }"
_OF_PROPOSITIONS = """
SELECT DISTINCT ?figure ?proposition ?name ?value WHERE { ?proposition mm:figure ?figure ; ?name ?value }
"""
_OF_CLAIMS = """
SELECT ?figure ?claim ?stance ?claimant WHERE {
  ?claim mm:expresses/mm:figure ?figure ; mm:stance ?stance ; mm:claimant ?claimant .
}
"""


@dataclass(frozen=True)
class Bound:
    """One end of what a figure allows; ``exclusive`` where the number itself is not meant (over 700)."""

    number: Fraction
    exclusive: bool = False


@dataclass(frozen=True)
class Figure:
    """A figure as the data has it. ``lower`` and ``upper`` are what is printed, None for an end that is open.

    ``slots`` are the IRIs and literals of the figure and of its propositions, by local name. ``claims`` are the claims
    that give it, each with its stance and claimant.
    """

    iri: str
    printed: str
    lower: Bound | None
    upper: Bound | None
    approximate: bool
    slots: dict[str, frozenset[str]] = field(default_factory=dict)
    claims: tuple[tuple[str, str, str], ...] = ()

    def stated(self, name: str) -> frozenset[str]:
        """What is stated with a property, by its local name."""
        return self.slots.get(name, frozenset())

    @property
    def has_number(self) -> bool:
        """Whether any number is printed; ``thousands`` has none."""
        return self.lower is not None or self.upper is not None

    @property
    def unit(self) -> frozenset[str]:
        """The unit; none for a pure number."""
        return self.stated("unit") - {_UNITLESS}

    @property
    def affirmed(self) -> bool:
        """Whether any claim affirms it."""
        return any(stance == iri_of("stance:affirms") for _, stance, _ in self.claims)


def read(source: Source) -> list[Figure]:
    """All figures of a source, in order of IRI."""
    values: dict[str, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    for row in source.query(_OF_FIGURES):
        values[row["figure"].value][_local(row["name"])].append(row["value"])
    context: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in source.query(_OF_PROPOSITIONS):
        context[row["figure"].value][_local(row["name"])].add(row["value"].value)
    claims: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in source.query(_OF_CLAIMS):
        claims[row["figure"].value].append((row["claim"].value, row["stance"].value, row["claimant"].value))
    return [_figure(iri, values[iri], context[iri], sorted(claims[iri])) for iri in sorted(values)]


def _figure(
    iri: str, values: dict[str, list], context: dict[str, set[str]], claims: list[tuple[str, str, str]]
) -> Figure:
    slots = {name: frozenset(term.value for term in terms) for name, terms in values.items()}
    for name, found in context.items():
        slots[name] = slots.get(name, frozenset()) | frozenset(found)
    lower, upper = _bounds(values)
    exclusive = {_EXCLUSIVE[q] for q in slots.get("qualifier", ()) if q in _EXCLUSIVE}
    return Figure(
        iri=iri,
        printed=next((term.value for term in values.get("printed", [])), ""),
        lower=None if lower is None else Bound(lower, "minimum" in exclusive and "value" not in values),
        upper=None if upper is None else Bound(upper, "maximum" in exclusive and "value" not in values),
        approximate=any(term.value in ("true", "1") for term in values.get("approximate", [])),
        slots=slots,
        claims=tuple(claims),
    )


def _bounds(values: dict[str, list]) -> tuple[Fraction | None, Fraction | None]:
    """The least and the greatest that is printed: a value and a fraction are both."""
    single = _number(values, "value")
    numerator, denominator = _number(values, "numerator"), _number(values, "denominator")
    if single is None and numerator is not None and denominator:
        single = numerator / denominator
    if single is not None:
        return single, single
    return _number(values, "minimum"), _number(values, "maximum")


def _number(values: dict[str, list], name: str) -> Fraction | None:
    for term in values.get(name, []):
        try:
            return Fraction(Decimal(term.value))
        except (InvalidOperation, ValueError, OverflowError):
            continue
    return None


def _local(term: rdf.NamedNode) -> str:
    """The local name of one of our properties; another's IRI is kept whole, so that the two never mix."""
    return term.value.removeprefix(_MM)
