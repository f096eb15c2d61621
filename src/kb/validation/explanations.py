"""Rules explained, one or all of them, as text, Markdown, JSON or CSV."""

from __future__ import annotations

from kb.namespaces import curie
from kb.validation.catalogue import Entry, Explanation
from kb.validation.report import title
from kb.validation.shapes import Messages, in_language

COLUMNS = ("severity", "rule", "name", "message", "mend", "file", "line")

_WORDS = {
    "en": {
        "must": "What must be so", "why": "Why, and how to mend it", "looks": "What it looks at", "asks": "What it asks",
        "right": "Right", "wrong": "Wrong", "written": "Written in", "world": "The examples are from an invented world.",
        "rules": "{} rules; kb validate --explain RULE says more of one",
    },
    "es": {
        "must": "Qué debe cumplirse", "why": "Por qué, y cómo corregirlo", "looks": "Qué mira", "asks": "Qué pide",
        "right": "Bien", "wrong": "Mal", "written": "Escrita en", "world": "Los ejemplos son de un mundo inventado.",
        "rules": "{} reglas; kb validate --explain REGLA dice más de una",
    },
}  # fmt: skip


def one(explanation: Explanation, format: str, lang: str) -> str:
    """All that there is to say of a rule, as ``text``, ``md`` or ``json``."""
    if format == "json":
        return _json(_as_data(explanation, lang))
    markdown = format == "md"
    words = _WORDS.get(lang, _WORDS["en"])
    entry, rule = explanation.entry, explanation.entry.rule
    heading = f"{curie(rule.iri)} — {title(rule, lang)} ({entry.severity.word(lang)})"
    parts = [f"# {heading}" if markdown else heading]
    sections: list[tuple[str, list[str]]] = [
        ("must", [in_language(rule.message, lang) or ""]),
        ("why", [in_language(rule.description, lang) or ""]),
        ("looks", [in_language(words, lang) or "" for words in explanation.looks_at]),
        ("asks", [in_language(words, lang) or "" for words in explanation.asks]),
    ]
    for name, lines in sections:
        lines = [line for line in lines if line]
        if lines:
            several = len(lines) > 1 or name in ("looks", "asks")
            parts.append(_section(words[name], [f"- {line}" if several else line for line in lines], markdown))
    examples = [(name, example) for name, example in (("right", explanation.valid), ("wrong", explanation.invalid)) if example]
    for name, example in examples:
        # What an example's file says of it is in English alone.
        heading = f"{words[name]}: {example.remark}" if example.remark and name == "wrong" and lang == "en" else words[name]
        turtle = ["```turtle", *example.text.splitlines(), "```"] if markdown else example.text.splitlines()
        parts.append(_section(heading, turtle, markdown))
    if examples:
        parts.append(words["world"])
    if entry.file:
        parts.append(f"{words['written']} {entry.file}" + (f":{entry.line}" if entry.line else ""))
    return "\n\n".join(parts) + "\n"


def all_of_them(entries: list[Entry], format: str, lang: str) -> str:
    """A line a rule, as ``text``, ``md``, ``json`` or ``csv``."""
    rows = [_row(entry, lang) for entry in entries]
    if format == "json":
        return _json(rows)
    if format == "csv":
        from kb.results import tables

        return tables.csv(COLUMNS, [["" if row[name] is None else str(row[name]) for name in COLUMNS] for row in rows])
    if format == "md":
        from kb.validation.outputs import markdown

        shown = COLUMNS[:4]
        lines = [f"| {' | '.join(shown)} |", "|" + " --- |" * len(shown)]
        lines += [f"| {' | '.join(markdown(str(row[name] or '')) for name in shown)} |" for row in rows]
        return "\n".join(lines) + "\n"
    lines, file = [], ""
    for entry, row in zip(entries, rows, strict=True):
        if entry.file and entry.file != file:
            file = entry.file
            lines += ["", file]
        lines.append(f"  {entry.severity.word(lang):<11}  {row['rule']}  {row['name']}")
    lines += ["", _WORDS.get(lang, _WORDS["en"])["rules"].format(len(entries))]
    return "\n".join(lines).lstrip("\n") + "\n"


def _section(heading: str, lines: list[str], markdown: bool) -> str:
    if markdown:
        return "\n".join([f"## {heading}", "", *lines])
    return "\n".join([heading, *(f"  {line}" if line else "" for line in lines)])


def _row(entry: Entry, lang: str) -> dict[str, str | int | None]:
    rule = entry.rule
    return {
        "severity": entry.severity.name.lower(),
        "rule": curie(rule.iri),
        "name": in_language(rule.name, lang),
        "message": in_language(rule.message, lang),
        "mend": in_language(rule.description, lang),
        "file": entry.file,
        "line": entry.line,
    }


def _as_data(explanation: Explanation, lang: str) -> dict[str, object]:
    def told(texts: list[Messages]) -> list[str]:
        return [text for words in texts if (text := in_language(words, lang))]

    return {
        **_row(explanation.entry, lang),
        "looksAt": told(explanation.looks_at),
        "asks": told(explanation.asks),
        "valid": explanation.valid.text if explanation.valid else None,
        "invalid": explanation.invalid.text if explanation.invalid else None,
    }


def _json(value: object) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
