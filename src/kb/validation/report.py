"""The outcome of a validation: findings, by rule, with their place in a file and what is wrong in a few words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from kb import rdf
from kb.namespaces import curie
from kb.validation.nouns import quoted, shown
from kb.validation.own_rules import OWN_RULES
from kb.validation.paths import Path
from kb.validation.shapes import SH, Messages, Rule, in_language

MOST_LINES = 50
"""Lines shown for one rule in the text report; the other formats hold all."""
_LONGEST = 100
_MOST_NAMES = 3


class Severity(IntEnum):
    """How grave a finding is; the larger the graver."""

    INFO = 1
    WARNING = 2
    VIOLATION = 3

    @classmethod
    def of(cls, iri: str) -> Severity:
        """The severity that a SHACL severity's IRI or local name stands for; one that SHACL does not know is grave."""
        name = iri.rpartition("#")[2]
        return {"Info": cls.INFO, "Debug": cls.INFO, "Trace": cls.INFO, "Warning": cls.WARNING}.get(name, cls.VIOLATION)

    def word(self, lang: str, count: int = 1) -> str:
        """Its name in a language (English where there is none), in the plural for any other count than 1."""
        return _SEVERITIES[lang if lang in _SEVERITIES else "en"][self][count != 1]


_SEVERITIES = {
    "en": {
        Severity.INFO: ("info", "infos"),
        Severity.WARNING: ("warning", "warnings"),
        Severity.VIOLATION: ("violation", "violations"),
    },
    "es": {
        Severity.INFO: ("información", "informaciones"),
        Severity.WARNING: ("advertencia", "advertencias"),
        Severity.VIOLATION: ("infracción", "infracciones"),
    },
}
# What is counted: one, and any other number of them.
_COUNTED = {
    "en": {
        "file": ("file", "files"), "statement": ("statement", "statements"), "node": ("node checked", "nodes checked"),
        "rule": ("rule", "rules"),
    },
    "es": {
        "file": ("archivo", "archivos"), "statement": ("enunciado", "enunciados"), "node": ("nodo comprobado", "nodos comprobados"),
        "rule": ("regla", "reglas"),
    },
}  # fmt: skip
_WORDS = {
    "en": {
        "mend": "To mend it",
        "such": "For example",
        "rule": "Rule",
        "more": "… and {} more; --format csv shows all",
        "explain": "Of each rule, kb validate --explain {} says more, with whole examples.",
    },
    "es": {
        "mend": "Para corregirlo",
        "such": "Por ejemplo",
        "rule": "Regla",
        "more": "… y {} más; --format csv los muestra todos",
        "explain": "De cada regla, kb validate --explain {} dice más, con ejemplos completos.",
    },
}
_CONFORMS = {"en": "conforms", "es": "conforme"}
_OR = {"en": "or", "es": "o"}
_WHOLE = {"en": "the knowledge base", "es": "la base de conocimiento"}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, at one place. ``detail`` says in a few words what; ``message`` is the rule's sentence.

    ``shape`` is the very shape that failed, which may be an inner one of the rule's; ``severity_iri`` is as it states.
    ``through`` is the property that leads to the value where the path leaves it open; ``path_label`` is the label of the
    one or the other.
    ``line`` and ``column`` count from 1, the column in code points; ``end`` is the line and column after the last character.
    """

    rule: Rule
    severity: Severity
    component: str
    shape: rdf.NamedNode | rdf.BlankNode
    focus: rdf.NamedNode | rdf.BlankNode | rdf.Literal | None
    label: Messages = field(default_factory=dict)
    path: Path | None = None
    path_label: Messages = field(default_factory=dict)
    through: Path | None = None
    value: rdf.NamedNode | rdf.BlankNode | rdf.Literal | None = None
    detail: Messages = field(default_factory=dict)
    message: Messages = field(default_factory=dict)
    file: str | None = None
    line: int | None = None
    column: int | None = None
    end: tuple[int, int] | None = None
    severity_iri: str = f"{SH}Violation"

    def place(self) -> str:
        """``file:line``, as far as it is known."""
        return ":".join(str(part) for part in (self.file, self.line) if part is not None)

    def subject(self, lang: str) -> str:
        """The focus node as a CURIE with its label."""
        if self.focus is None:
            return ""
        label = in_language(self.label, lang)
        return f"{_short(shown(self.focus))} ({_short(label)})" if label else _short(shown(self.focus))

    def property(self, lang: str) -> str:
        """The property that is meant, with its label where that says more than the name; of several, any."""
        path = self.through or self.path
        if path is None:
            return ""
        word = f" {_OR.get(lang, 'or')} "
        if path.incoming():
            return word.join(map(curie, path.incoming()))
        if path.operator == "|":
            return word.join(str(part) for part in path.parts)
        label, name = in_language(self.path_label, lang), "a" if path.iri == rdf.RDF_TYPE.value else str(path)
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.rpartition(":")[2]).lower()
        return f"{name} ({label})" if label and label.lower() != words else name

    def wrong(self, lang: str) -> str:
        """What is wrong, in a few words; empty where the rule's sentence says all."""
        detail = in_language(self.detail, lang)
        if detail is None and self.message != self.rule.message:
            detail = in_language(self.message, lang)
        return detail or ""

    def told(self, lang: str) -> str:
        """``label → property → value: what is wrong``; the arrows turn round where others refer to the node."""
        value = _short(quoted(self.value)) if self.value is not None and self.value != self.focus else ""
        arrow = " ← " if self.path is not None and self.path.incoming() else " → "
        steps = arrow.join(part for part in (self.subject(lang), self.property(lang), value) if part)
        return ": ".join(part for part in (steps, self.wrong(lang)) if part)


@dataclass(frozen=True)
class Report:
    """All findings on the files; ``names`` are the files as the user knows them, none for the knowledge base itself."""

    findings: tuple[Finding, ...]
    names: tuple[str, ...]
    statements: int
    nodes: int
    rules: int

    @property
    def conforms(self) -> bool:
        """Whether nothing is a violation; warnings and advice do not keep data out."""
        return not self.at_least(Severity.VIOLATION)

    def at_least(self, severity: Severity) -> list[Finding]:
        """The findings of this severity and graver ones."""
        return [finding for finding in self.findings if finding.severity >= severity]

    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity, the gravest first."""
        counted = Counter(finding.severity for finding in self.findings)
        return {severity: counted[severity] for severity in sorted(Severity, reverse=True)}

    def by_rule(self) -> list[tuple[Rule, Severity, list[Finding]]]:
        """The findings of each rule and severity: the gravest first, then those on names and files, then the most frequent."""
        groups: dict[tuple[str, Severity], list[Finding]] = defaultdict(list)
        for finding in self.findings:
            groups[finding.rule.iri, finding.severity].append(finding)
        ordered = sorted(groups.items(), key=lambda item: (-item[0][1], item[0][0] not in OWN_RULES, -len(item[1]), item[0][0]))
        return [(found[0].rule, severity, found) for (_, severity), found in ordered]

    def headline(self, lang: str) -> str:
        """What was looked at, how much of it, and how many findings of each severity; one line."""
        counts = [f"{n} {severity.word(lang, n)}" for severity, n in self.counts().items() if n]
        what = ", ".join(self.names) if len(self.names) <= _MOST_NAMES else counted("file", len(self.names), lang)
        looked = ", ".join(
            counted(what, count, lang)
            for what, count in (("statement", self.statements), ("node", self.nodes), ("rule", self.rules))
        )
        return f"{what or _WHOLE.get(lang, _WHOLE['en'])}: {', '.join(counts) or _CONFORMS.get(lang, 'conforms')} ({looked})"

    def summary(self, lang: str = "en") -> str:
        """The headline, then a line for each rule."""
        lines = [self.headline(lang)]
        for rule, severity, found in self.by_rule():
            lines.append(f"  {len(found):>5}  {severity.word(lang, len(found)):<12}  {title(rule, lang)}  ({curie(rule.iri)})")
        return "\n".join(lines) + "\n"

    def text(self, lang: str = "en", examples: Mapping[str, str] | None = None) -> str:
        """The report for people: a block per rule with what must be so, where it is not, and how to mend it.

        ``examples`` has, for the IRI of a rule, a line of Turtle that is right.
        """
        words = _WORDS.get(lang, _WORDS["en"])
        blocks = [self.headline(lang)]
        for rule, severity, found in self.by_rule():
            lines = [f"{title(rule, lang)} — {len(found)} {severity.word(lang, len(found))}"]
            message = in_language(rule.message, lang) or in_language(found[0].message, lang)
            if message:
                lines.append(f"  {message}")
            width = max(len(finding.place()) for finding in found[:MOST_LINES])
            lines += [f"    {f.place():<{width}}  {f.told(lang)}".rstrip() for f in found[:MOST_LINES]]
            if len(found) > MOST_LINES:
                lines.append(f"    {words['more'].format(len(found) - MOST_LINES)}")
            description = in_language(rule.description, lang)
            if description:
                lines.append(f"  {words['mend']}: {description}")
            if examples and rule.iri in examples:
                lines.append(f"  {words['such']}: {examples[rule.iri]}")
            lines.append(f"  {words['rule']}: {curie(rule.iri)}")
            blocks.append("\n".join(lines))
        if self.findings:
            blocks.append(words["explain"].format(curie(self.by_rule()[0][0].iri)))
        return "\n\n".join(blocks) + "\n"


def title(rule: Rule, lang: str) -> str:
    """What a rule is called."""
    return in_language(rule.name, lang) or curie(rule.iri)


def counted(what: str, count: int, lang: str) -> str:
    """A number of files, statements, nodes or rules in words."""
    number = f"{count:,}" if lang == "en" else str(count)
    return f"{number} {_COUNTED.get(lang, _COUNTED['en'])[what][count != 1]}"


def _short(text: str) -> str:
    """The text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
