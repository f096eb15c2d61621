"""A figure in words: as printed, with what it counts, its unit, whole, period and date."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kb import rdf
from kb.namespaces import PREFIXES
from kb.results.answers import Term, is_number

_MM = PREFIXES["mm"]
_WORDS = {
    "en": {"of": "of", "per": "per", "as of": "as of", "at least": "at least", "at most": "at most", "exactly": "exactly"},
    "es": {
        "of": "de", "per": "por", "as of": "a fecha de", "at least": "al menos", "at most": "como máximo",
        "exactly": "exactamente",
    },
}  # fmt: skip


def phrase(properties: Mapping[str, Sequence[Term]], name: Callable[[str], str], lang: str) -> str:
    """``over 400,000 health professionals (at least 400,000)``.

    ``properties`` are the figure's values by property IRI; ``name`` gives the label of an IRI. Nothing is computed: a
    bound is shown only where the data states it.
    """
    words = _WORDS[lang]

    def first(local: str) -> Term:
        values = properties.get(_MM + local)
        return values[0] if values else None

    def named(local: str) -> str:
        term = first(local)
        return name(term.value) if isinstance(term, rdf.NamedNode) else ""

    printed = first("printed")
    parts = [printed.value if printed is not None else named("vagueQuantity")]
    parts += [named("countOf")] if named("countOf") and not _has(parts[0], named("countOf")) else []
    if named("shareOf"):
        parts.append(f"{words['of']} {named('shareOf')}")
    exact = [number(first("value"))] if first("value") is not None else []
    exact += [f"{words['at least']} {number(first('minimum'))}"] if first("minimum") is not None else []
    exact += [f"{words['at most']} {number(first('maximum'))}"] if first("maximum") is not None else []
    if first("numerator") is not None and first("denominator") is not None:
        exact.append(f"{first('numerator').value}/{first('denominator').value}")
    details = [", ".join(exact)] if exact else []
    details += [named("unit")] if named("unit") else []
    details += [f"{words['per']} {named(slot)}" for slot in ("perUnit", "perItem") if named(slot)]
    if first("asOf") is not None:
        details.append(f"{words['as of']} {first('asOf').value}")
    said = " ".join(part for part in parts if part)
    return f"{said} ({'; '.join(details)})" if details else said


def number(term: Term) -> str:
    """A number with its thousands set apart, and its decimals as stated."""
    if not is_number(term):
        return term.value
    whole, point, decimals = term.value.partition(".")
    return f"{int(whole):,}{point}{decimals}" if whole.lstrip("+-").isdigit() else term.value


def _has(text: str, words: str) -> bool:
    return words.casefold() in text.casefold()
