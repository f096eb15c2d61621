"""Invented figures: numbers of the size that real ones have, and the words that print them."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from distributions import Figure
from invented import Registers, Triple, literal

_BEFORE = {
    "qualifier:estimated": "an estimated",
    "qualifier:reported": "reportedly",
    "qualifier:typical": "typically",
    "qualifier:only": "only",
    "qualifier:about": "about",
    "qualifier:over": "over",
    "qualifier:under": "under",
    "qualifier:up-to": "up to",
    "qualifier:at-least": "at least",
}
_AFTER = {"qualifier:or-more": "or more", "qualifier:planned-more": "more planned"}
_UNITS = {
    "unit:PERCENT": "{}%",
    "unit:CCY_USD": "${}",
    "unit:CCY_MXN": "MXN {}",
    "unit:YR": "{} years",
    "unit:MO": "{} months",
    "unit:WK": "{} weeks",
    "unit:DAY": "{} days",
    "unit:BBL": "{} barrels",
    "unit:UNITLESS": "{} times",
}
_PERIODS = {"unit:DAY": "per day", "unit:WK": "per week", "unit:MO": "per month", "unit:YR": "per year"}


@dataclass
class Printed:
    """The name of a figure, the numbers printed in it, and its year where it has one: what a gloss has to say."""

    name: str
    numbers: list[str] = field(default_factory=list)


def make_figure(form: Figure, name: str, registers: Registers, chance: random.Random, out: list[Triple], year: int) -> Printed:
    """Write a figure of a form to ``out``."""
    found: list[tuple[str, str]] = [("rdf:type", "mm:Figure")]
    unit = next((group for slot, (_, group) in form.slots if slot == "mm:unit"), "")
    numbers = _numbers(form, unit == "unit:PERCENT", chance)
    for slot, value in numbers.items():
        found.append((f"mm:{slot}", literal(value, "xsd:decimal" if "." in value else "xsd:integer")))
    if form.approximate:
        found.append(("mm:approximate", literal("true", "xsd:boolean")))
    found += [("mm:qualifier", qualifier) for qualifier in form.qualifiers]
    vague = ""
    for slot, sort in form.slots:
        value = sort[1] if sort[0] == "value" else registers.draw(sort, chance)
        found.append((slot, value))
        if slot == "mm:vagueQuantity":
            vague = registers.label(sort, int(value.rpartition("-")[2]), "en")
    if form.as_of:
        found.append(("mm:asOf", literal(f"{year}-01-01"[: form.as_of], "edtf:EDTF")))
    period = next((_PERIODS[group] for slot, (_, group) in form.slots if slot == "mm:perUnit"), "")
    found.append(("mm:printed", literal(_print(form, numbers, unit, vague, period), "xsd:string")))
    out += [(name, predicate, value) for predicate, value in found]
    return Printed(name, [*numbers.values(), *([str(year)] if form.as_of else [])])


def _numbers(form: Figure, percent: bool, chance: random.Random) -> dict[str, str]:
    """Numbers of about the size of the form's, in the same order; a share lies within its whole."""
    found: dict[str, str] = {}
    factor = 10 ** chance.uniform(-0.5, 0.5)
    for slot, model in form.numbers:
        if slot in ("numerator", "denominator"):
            found[slot] = str(int(model) + (chance.randint(0, 6) if slot == "denominator" else 0))
        elif percent:
            found[slot] = str(chance.randint(1, 98))
        elif "." in model:
            found[slot] = f"{float(model) * factor:.1f}"
        else:
            number = max(1, float(model) * factor)
            found[slot] = str(max(1, int(round(number, 1 - int(math.log10(number))))))
    if {"minimum", "maximum"} <= found.keys():
        low, high = sorted((int(found["minimum"]), int(found["maximum"])))
        found["minimum"], found["maximum"] = str(low), str(high if high > low else low + 1)
    return found


def _print(form: Figure, numbers: dict[str, str], unit: str, vague: str, period: str) -> str:
    """The words of a figure, at most seven."""
    shown = {slot: f"{int(value):,}" if value.isdigit() else value for slot, value in numbers.items()}
    pattern = _UNITS.get(unit, "{}")
    if vague:
        text = vague
    elif "numerator" in shown:
        text = f"{shown['numerator']}/{shown['denominator']}"
    elif len(shown) == 2:
        joined = "between {} and {}" if "qualifier:between" in form.qualifiers else "{} to {}"
        text = joined.format(pattern.format(shown["minimum"]).partition(" years")[0], pattern.format(shown["maximum"]))
    else:
        text = pattern.format(next(iter(shown.values())))
    before = [_BEFORE[q] for q in form.qualifiers if q in _BEFORE]
    after = [_AFTER[q] for q in form.qualifiers if q in _AFTER]
    return " ".join(" ".join([*before, text, *after, period]).split()[:7])
