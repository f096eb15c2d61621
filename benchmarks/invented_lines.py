"""Generated triples as text: N-Triples, N-Quads and Turtle."""

from __future__ import annotations

from collections.abc import Iterable

from invented import Triple

from kb.namespaces import PREFIXES


class Lines:
    """N-Triples or, with a graph, N-Quads."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def write(self, triples: list[Triple], graph: str = "") -> str:
        """The triples, one a line."""
        lines = []
        known, name, last = self._names, "", ""
        end = f" <{graph}> .\n" if graph else " .\n"
        for subject, predicate, value in triples:
            if subject != last:
                last, name = subject, self._iri(subject)
            if predicate not in known:
                known[predicate] = self._iri(predicate)
            if value[0] != '"':
                shown = self._iri(value)
            elif value[-1] == '"' or '"^^' not in value:
                shown = value
            else:
                text, _, kind = value.rpartition("^^")
                if kind not in known:
                    known[kind] = self._iri(kind)
                # A plain string needs no datatype in N-Triples.
                shown = text if kind == "xsd:string" else f"{text}^^{known[kind]}"
            lines.append(f"{name} {known[predicate]} {shown}{end}")
        return "".join(lines)

    @staticmethod
    def _iri(curie: str) -> str:
        if curie[0] == "<":
            return curie
        prefix, _, name = curie.partition(":")
        return f"<{PREFIXES[prefix]}{name}>"


def turtle(triples: list[Triple]) -> str:
    """The triples as blocks of Turtle, for a text that declares all the prefixes."""
    blocks = []
    for subject, properties in by_subject(triples).items():
        values: dict[str, list[str]] = {}
        for predicate, value in properties:
            text = value.removesuffix("^^xsd:string") if value[0] == '"' else value
            values.setdefault("a" if predicate == "rdf:type" else predicate, []).append(text)
        said = [f"{predicate} {' , '.join(dict.fromkeys(found))}" for predicate, found in values.items()]
        blocks.append(f"{subject} " + " ;\n    ".join(said) + " .\n\n")
    return "".join(blocks)


def prologue() -> str:
    """The prefixes of the project, for Turtle."""
    return "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items()) + "\n"


def by_subject(triples: Iterable[Triple]) -> dict[str, list[tuple[str, str]]]:
    """The triples in blocks, in the order in which their subjects first occur."""
    blocks: dict[str, list[tuple[str, str]]] = {}
    for subject, predicate, value in triples:
        blocks.setdefault(subject, []).append((predicate, value))
    return blocks
