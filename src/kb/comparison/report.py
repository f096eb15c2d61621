"""A comparison for people: counts, then who says what, then everything else by kind; as text or as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from kb import rdf
from kb.comparison.changes import CHANGES, CONTENT, MOVED, REMOVED, Change, Content, Difference, Thing
from kb.comparison.reader import Reader
from kb.comparison.wording import COLUMNS, KINDS, MARKS, OTHERS, PHRASES
from kb.messages import printable
from kb.namespaces import PREFIXES, curie
from kb.results import columns, tables
from kb.results.answers import Term

_MOST_MOVED = 20
"""Things that are named of those that have moved together; the other formats name all."""

_LONGEST = 300
"""Characters of a value that are shown."""

_STRING = PREFIXES["xsd"] + "string"
# A space at an end, and one after another.
_LOOKS_LIKE_NONE = re.compile(r'(?<=\A") | (?= )| (?="\Z)')


@dataclass
class Entry:
    """One thing in the report: what happened to it, its identifier, what it is, and a line for each change."""

    mark: str
    identifier: str
    text: str
    lines: list[str] = field(default_factory=list)


class Report:
    """Puts a difference into words."""

    def __init__(self, difference: Difference, old: Reader, new: Reader, names: tuple[str, str]) -> None:
        self._difference = difference
        self._old, self._new = old, new
        self._names = names
        self._lang = new.lang

    def text(self, summary: bool = False, width: int | None = None) -> str:
        """For a terminal or a pipe; lines are wrapped to ``width``, where there is one."""
        title = " → ".join(self._names)
        if not self._difference:
            return printable(f"{title}: {PHRASES[self._lang]['same']}\n")
        header, rows = self.counts()
        blocks = [f"{title}\n", columns.aligned(header, rows, width, [False] + [True] * (len(header) - 1))]
        for heading, entries in [] if summary else self.sections():
            lines = [heading[:1].upper() + heading[1:]]
            marks = max((len(entry.mark) + 2 for entry in entries if entry.mark), default=0)
            for entry in entries:
                told = ": ".join(part for part in (entry.identifier, entry.text) if part)
                lines += _wrapped(f"  {entry.mark:<{marks}}", told, width)
                for line in entry.lines:
                    lines += _wrapped("    " + " " * marks, line, width)
            blocks.append("\n".join(lines) + "\n")
        return printable("\n".join(blocks))

    def markdown(self, summary: bool = False) -> str:
        """For a comment on a change: the counts as a table, the rest as lists."""
        title = f"**{' → '.join(_code(name) for name in self._names)}**"
        if not self._difference:
            return printable(f"{title}: {PHRASES[self._lang]['same']}\n")
        header, rows = self.counts()
        blocks = [f"{title}\n", tables.markdown(header, rows)]
        for heading, entries in [] if summary else self.sections():
            lines = [f"### {heading[:1].upper()}{heading[1:]}\n"]
            for entry in entries:
                told = [
                    entry.mark and _mark(entry.mark),
                    " → ".join(_code(part) for part in entry.identifier.split(" → ")),
                    _escaped(entry.text),
                ]
                lines.append(f"- {' '.join(part for part in told if part)}")
                lines += [f"  - {_escaped(line)}" for line in entry.lines]
            blocks.append("\n".join(lines) + "\n")
        return printable("\n".join(blocks))

    def counts(self) -> tuple[list[str], list[list[str]]]:
        """A row for each kind of thing, a column for each change; those without any are left out."""
        counted = self._difference.counts()
        removed, added = self._difference.others
        shown = [change for change in CHANGES if any(counter[change] for counter in counted.values())]
        shown += [
            change for change, triples in (("added", added), ("removed", removed)) if triples and change not in shown
        ]
        shown.sort(key=CHANGES.index)
        rows = [[KINDS[self._lang][kind], *(str(c[change] or "") for change in shown)] for kind, c in counted.items()]
        if removed or added:
            numbers = {"added": len(added), "removed": len(removed)}
            rows.append([KINDS[self._lang][OTHERS], *(str(numbers.get(change) or "") for change in shown)])
        return ["", *(COLUMNS[self._lang][change] for change in shown)], rows

    def sections(self) -> Iterator[tuple[str, list[Entry]]]:
        """The claims whose claimant or stance has changed, then all other things by kind, what has moved, and the rest."""
        things = self._difference.things
        first = [thing for thing in things if thing.who_says_it]
        if first:
            yield PHRASES[self._lang]["who"], [self._entry(thing, "") for thing in first]
        rest = [thing for thing in things if not thing.who_says_it and thing.change != MOVED]
        for kind, members in groupby(rest, key=lambda thing: thing.kind):
            yield KINDS[self._lang][kind], [self._entry(t, MARKS[self._lang][t.change]) for t in members]
        if any(thing.moved for thing in things):
            yield PHRASES[self._lang]["moved"], list(self._moved())
        removed, added = self._difference.others
        if removed or added:
            entries = [Entry(sign, "", self._statement(t)) for sign, ts in (("−", removed), ("+", added)) for t in ts]
            yield KINDS[self._lang][OTHERS], entries

    def _entry(self, thing: Thing, mark: str) -> Entry:
        reader = self._old if thing.change == REMOVED else self._new
        identifier = curie(thing.node.value)
        if thing.renamed_from is not None:
            identifier = f"{curie(thing.renamed_from.value)} → {identifier}"
        entry = Entry(mark, identifier, _cut(reader.headline(thing.node)))
        if thing.following:
            entry.lines.append(PHRASES[self._lang]["following"].format(thing.following))
        if thing.change in (CHANGES[0], *CHANGES[4:]):
            entry.lines += [self.line(change) for change in thing.changes]
        elif thing.change != CONTENT and not entry.text:
            # What has no name of its own is told by what is said of it.
            texts = [self.line(change, sign=False) for change in thing.changes if change.property != rdf.RDF_TYPE]
            entry.text = _cut("; ".join(texts))
        entry.lines += [
            f"{PHRASES[self._lang]['says']}: {line}" for content in thing.content for line in self._content(content)
        ]
        return entry

    def line(self, change: Change, sign: bool = True) -> str:
        """``label: old → new``, or with a sign what only one side has."""
        label = self._new.name(change.property.value) + (f" ({change.language})" if change.language else "")
        old, new = self.values(change)
        if old and new:
            return f"{label}: {'; '.join(old)} → {'; '.join(new)}"
        mark = "" if not sign else "+ " if new else "− "
        return f"{label}: {mark}{'; '.join(old or new)}"

    def values(self, change: Change) -> tuple[list[str], list[str]]:
        """The old and the new values in words; with their datatypes, where they would look the same."""
        old, new = [self._old.shown(value) for value in change.old], [self._new.shown(value) for value in change.new]
        if set(old) & set(new) or [" ".join(v.split()) for v in old] == [" ".join(v.split()) for v in new]:
            old = [_exact(value, text) for value, text in zip(change.old, old, strict=True)]
            new = [_exact(value, text) for value, text in zip(change.new, new, strict=True)]
        if len(old) == len(new) == 1:
            start = next((i for i, (a, b) in enumerate(zip(old[0], new[0], strict=False)) if a != b), 0)
            return [_cut(old[0], start)], [_cut(new[0], start)]
        return [_cut(value) for value in old], [_cut(value) for value in new]

    def _content(self, content: Content) -> Iterator[str]:
        way = self._new.way(content)
        is_figure = content.thing.value.startswith(PREFIXES["figure"])
        before, after = (reader.phrase(content.thing) if is_figure else "" for reader in (self._old, self._new))
        if before != after:
            yield f"{way}: {before} → {after}"
            return
        for change in content.changes:
            yield " › ".join(part for part in (way, self.line(change)) if part)

    def _moved(self) -> Iterator[Entry]:
        """Things that have moved together, under where they were and are."""
        moved = [thing for thing in self._difference.things if thing.moved]
        groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Thing]] = {}
        for thing in moved:
            assert thing.moved is not None
            groups.setdefault(thing.moved, []).append(thing)
        for (before, after), things in sorted(groups.items()):
            named = [self._new.shown(thing.node) for thing in things[:_MOST_MOVED]]
            if len(things) > _MOST_MOVED:
                named.append(PHRASES[self._lang]["more"].format(len(things) - _MOST_MOVED))
            places = " → ".join(", ".join(place or "—" for place in places) for places in (before, after))
            yield Entry("", places, "; ".join(named))

    def _statement(self, triple: rdf.Triple) -> str:
        subject, predicate, value = triple
        told, within = ("[]", "[ … ]") if isinstance(subject, rdf.BlankNode) else (curie(subject.value), None)
        if isinstance(value, rdf.NamedNode):
            shown = curie(value.value)
        else:
            shown = within if within and isinstance(value, rdf.BlankNode) else _exact(value, self._new.shown(value))
        return f"{told} {curie(predicate.value)} {_cut(shown)}"


def _exact(term: Term, otherwise: str) -> str:
    """A literal as Turtle has it, so that datatype and white space show; anything else as it is."""
    if not isinstance(term, rdf.Literal):
        return otherwise
    quoted = _LOOKS_LIKE_NONE.sub(r"\\u0020", str(rdf.Literal(term.value)))
    if term.language:
        return f"{quoted}@{term.language}"
    return quoted if term.datatype.value == _STRING else f"{quoted}^^{curie(term.datatype.value)}"


def _cut(text: str, start: int = 0) -> str:
    """The text on one line; where it is long, the part from a little before ``start``."""
    if len(text) <= _LONGEST:
        return text
    first = max(0, min(start - 40, len(text) - _LONGEST))
    return ("…" if first else "") + text[first : first + _LONGEST] + ("…" if first + _LONGEST < len(text) else "")


def _wrapped(lead: str, text: str, width: int | None) -> list[str]:
    if width is None:
        return [lead + text]
    hanging = " " * (len(lead) + 2)
    first, *rest = columns.wrap(text, max(width - len(hanging), 20))
    return [lead + first, *(hanging + line for line in rest)]


def _code(text: str) -> str:
    return f"`{text.replace('`', chr(39))}`" if text else ""


def _mark(mark: str) -> str:
    """A sign would begin a list of its own."""
    return mark if mark.isalpha() else _code(mark)


def _escaped(text: str) -> str:
    return tables.markdown_text(" ".join(text.split()))
