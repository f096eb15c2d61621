"""The outcome of a validation, for the person who wrote the data: by rule, with the place, and how to mend it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import IntEnum

from kb import rdf
from kb.namespaces import curie
from kb.validation.paths import Path
from kb.validation.shapes import SH, Messages, Rule, in_language
from kb.validation.wording import shown

MOST_LINES = 50
"""Lines shown for one rule in the text report; the other formats hold all."""

_LONGEST = 100


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
        words = _SEVERITIES[lang if lang in _SEVERITIES else "en"][self]
        return words[count != 1]


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
_PHRASES = {
    "en": {
        "conforms": "conforms",
        "rules": "rules",
        "nodes": "nodes checked",
        "statements": "statements",
        "mend": "To mend it",
        "rule": "Rule",
        "more": "… and {} more; --format csv shows all",
        "whole": "the knowledge base",
    },
    "es": {
        "conforms": "conforme",
        "rules": "reglas",
        "nodes": "nodos comprobados",
        "statements": "enunciados",
        "mend": "Para corregirlo",
        "rule": "Regla",
        "more": "… y {} más; --format csv los muestra todos",
        "whole": "la base de conocimiento",
    },
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, at one place. ``detail`` says in a few words what; ``message`` is the rule's sentence.

    ``shape`` is the very shape that failed, which may be an inner one of the rule's; ``severity_iri`` is as it states.
    """

    rule: Rule
    severity: Severity
    component: str
    shape: rdf.NamedNode | rdf.BlankNode
    focus: rdf.NamedNode | rdf.BlankNode | rdf.Literal | None
    label: Messages = field(default_factory=dict)
    path: Path | None = None
    value: rdf.NamedNode | rdf.BlankNode | rdf.Literal | None = None
    detail: Messages = field(default_factory=dict)
    message: Messages = field(default_factory=dict)
    file: str | None = None
    line: int | None = None
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

    def told(self, lang: str) -> str:
        """``label → path → value: what is wrong``."""
        parts = [self.subject(lang)]
        if self.path is not None:
            parts.append(str(self.path))
        if self.value is not None and self.value != self.focus:
            parts.append(_short(shown(self.value)))
        steps = " → ".join(part for part in parts if part)
        detail = in_language(self.detail, lang)
        if detail is None and self.message != self.rule.message:
            detail = in_language(self.message, lang)
        return ": ".join(part for part in (steps, detail) if part)


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
        """The findings of each rule and severity: the gravest first, then the most frequent."""
        groups: dict[tuple[str, Severity], list[Finding]] = defaultdict(list)
        for finding in self.findings:
            groups[finding.rule.iri, finding.severity].append(finding)
        ordered = sorted(groups.items(), key=lambda item: (-item[0][1], -len(item[1]), item[0][0]))
        return [(found[0].rule, severity, found) for (_, severity), found in ordered]

    def summary(self, lang: str = "en") -> str:
        """One line: what was looked at, and how many findings of each severity; then a line for each rule."""
        lines = [self.headline(lang)]
        for rule, severity, found in self.by_rule():
            lines.append(f"  {len(found):>5}  {severity.word(lang, len(found)):<12}  {_title(rule, lang)}  ({curie(rule.iri)})")
        return "\n".join(lines) + "\n"

    def headline(self, lang: str) -> str:
        """What was looked at, how much of it, and how many findings of each severity; one line."""
        phrases = _phrases(lang)
        counts = [f"{n} {severity.word(lang, n)}" for severity, n in self.counts().items() if n]
        what = ", ".join(self.names) or phrases["whole"]
        looked = f"{self.statements} {phrases['statements']}, {self.nodes} {phrases['nodes']}, {self.rules} {phrases['rules']}"
        return f"{what}: {', '.join(counts) or phrases['conforms']} ({looked})"

    def text(self, lang: str = "en") -> str:
        """The report for people: a block per rule with its sentence, its places, and how to mend it."""
        phrases = _phrases(lang)
        blocks = [self.headline(lang)]
        for rule, severity, found in self.by_rule():
            lines = [f"{_title(rule, lang)} — {len(found)} {severity.word(lang, len(found))}"]
            message = in_language(rule.message, lang) or in_language(found[0].message, lang)
            if message:
                lines.append(f"  {message}")
            width = max(len(finding.place()) for finding in found[:MOST_LINES])
            lines += [f"    {f.place():<{width}}  {f.told(lang)}".rstrip() for f in found[:MOST_LINES]]
            if len(found) > MOST_LINES:
                lines.append(f"    {phrases['more'].format(len(found) - MOST_LINES)}")
            description = in_language(rule.description, lang)
            if description:
                lines.append(f"  {phrases['mend']}: {description}")
            lines.append(f"  {phrases['rule']}: {curie(rule.iri)}")
            blocks.append("\n".join(lines))
        return "\n\n".join(blocks) + "\n"


def _short(text: str) -> str:
    """The text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _phrases(lang: str) -> dict[str, str]:
    return _PHRASES.get(lang, _PHRASES["en"])


def _title(rule: Rule, lang: str) -> str:
    return in_language(rule.name, lang) or curie(rule.iri)
