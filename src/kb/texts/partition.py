"""A text as passages: every sentence, heading, list item, table cell and bibliography entry, with its citation markers.

Passages that hold others (a list item of several sentences, a table row) are containers; all others are leaves, and
the leaves partition the text: no two overlap, and what lies outside them is white space, list bullets and numbers, the
bars and rules of tables, ``#`` signs and quotation bars. A span is in Unicode code points, end-exclusive, over exactly
the text given; it begins and ends with something visible, and takes in the markers that follow its stop.

This module knows nothing of RDF; ``kb.texts.textgraph`` gives the passages their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from kb.errors import InputError
from kb.texts import citations, layout, phrases, roles, sentences
from kb.texts.citations import Marker
from kb.texts.hints import Hints
from kb.texts.layout import Block

# Kinds in which a superscript or a bracketed number is part of a title or of the page, not a citation.
_UNCITED = ("bibliography-entry", "furniture")
_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,40}+(?![^\W\d_])")
# After a sentence's first word of one letter ("A", "I").
_AFTER_ONE_LETTER = (" ", "\u00a0", "'", "’")


@dataclass
class Passage:
    """One passage; other passages are referred to by their index in ``Partition.passages``.

    ``kind`` is the local name of a concept of the scheme of passage kinds; ``row`` counts body rows from 1; ``number``
    is that of the reference which a bibliography entry makes up.
    """

    kind: str
    start: int
    end: int
    level: int | None = None
    section: int | None = None
    part_of: int | None = None
    row: int | None = None
    column: int | None = None
    row_header: int | None = None
    column_header: int | None = None
    number: int | None = None
    markers: list[Marker] = field(default_factory=list)


@dataclass(frozen=True)
class Remark:
    """Something that a person should look at: the place in the text (line and column from 1, if any) and what it is."""

    message: str
    line: int | None = None
    column: int | None = None


@dataclass
class Partition:
    """The passages of a text in its order, a container before its parts; and what was doubtful."""

    passages: list[Passage]
    remarks: list[Remark]

    def containers(self) -> set[int]:
        """The indexes of the passages that others are part of."""
        return {passage.part_of for passage in self.passages if passage.part_of is not None}

    def leaves(self) -> list[Passage]:
        """The passages that partition the text."""
        containers = self.containers()
        return [passage for index, passage in enumerate(self.passages) if index not in containers]


def partition(text: str, hints: Hints | None = None) -> Partition:
    """The passages of a text. Raises InputError where it holds nothing to read."""
    if layout.BLANK.fullmatch(text):
        raise InputError("the text is empty")
    return _Partitioner(text, hints or Hints()).run()


class _Partitioner:
    """Walks the blocks of one text; one instance, one text."""

    def __init__(self, text: str, hints: Hints) -> None:
        self.text = text
        self.hints = hints
        self.passages: list[Passage] = []
        self.remarks: list[Remark] = []
        self._headings: list[int] = []
        self._recommending = False
        self._entries = 0
        self._numbers: set[int] = set()

    def run(self) -> Partition:
        blocks = layout.blocks(self.text, self.hints)
        found = roles.assign(self.text, blocks, self.hints)
        index = 0
        while index < len(blocks):
            block, role = blocks[index], found[index]
            last = index + 1
            if role.name in ("item", "row"):
                while last < len(blocks) and found[last].name in (role.name, "nothing") and self._goes_on(blocks[last]):
                    last += 1
                group = [b for b, r in zip(blocks[index:last], found[index:last], strict=True) if r.name == role.name]
                self._list(group) if role.name == "item" else self._table(group)
            elif role.name == "heading":
                self._heading(block, role)
            elif role.name == "paragraph":
                for start, end in self._split(block.start, block.end):
                    self._add("sentence", start, end)
            elif role.name == "bibliography-entry":
                self._entry(block)
            elif role.name != "nothing":
                self._add(role.name, block.start, block.end)
            index = last
        self._mark()
        if not self.passages:
            raise InputError("the text holds nothing to read, only bullets, bars or rules")
        for hint in self.hints.unused():
            self.remarks.append(Remark(f"no line matches the hint {hint}"))
        return Partition(self.passages, self.remarks)

    @staticmethod
    def _goes_on(block: Block) -> bool:
        """Whether a block may belong to the list or table before it: a table ends at a blank line, a list does not."""
        return block.shape == "item" or not block.after_blank

    def _add(self, kind: str, start: int, end: int, **more: int | None) -> int:
        section = None
        if kind not in ("furniture", "title", "byline", "dateline") and self._headings:
            section = self._headings[-1]
        self.passages.append(Passage(kind, start, end, section=section, **more))
        return len(self.passages) - 1

    def _split(self, start: int, end: int) -> list[tuple[int, int]]:
        return sentences.split(self.text, start, end, self.hints.markers, self.hints.abbreviations)

    def _remark(self, message: str, position: int) -> None:
        self.remarks.append(Remark(message, *layout.place(self.text, position)))

    def _heading(self, block: Block, role: roles.Role) -> None:
        level = role.level or 1
        while self._headings and (self.passages[self._headings[-1]].level or 1) >= level:
            self._headings.pop()
        self._headings.append(self._add("heading", block.start, block.end, level=level))
        self._recommending = role.opens == "recommendations"

    def _entry(self, block: Block) -> None:
        self._entries += 1
        number = self._entries if block.number is None else block.number
        if number in self._numbers:
            self._remark(f"a second bibliography entry has the number {number}; nothing can cite this one", block.start)
            number = None
        else:
            self._numbers.add(number)
        self._add("bibliography-entry", block.start, block.end, number=number)

    def _list(self, items: list[Block]) -> None:
        joints = list(self._joints(items))
        for block, joint in zip(items, joints, strict=True):
            self._item(block, joint)

    def _item(self, block: Block, joint: int | None) -> None:
        """A list item: one leaf where it is one sentence, else a container of its title and its sentences."""
        spans = self._split(block.start if joint is None else joint, block.end)
        reasons = [self._is_rationale(start, end) for start, end in spans]
        advises = self._recommending or any(reasons)
        if joint is None and len(spans) == 1:
            self._add("recommendation" if self._recommending else "list-item", block.start, block.end)
            return
        container = self._add("list-item", block.start, block.end)
        if joint is not None:
            end = block.start + len(self.text[block.start : joint].rstrip())
            self._add("item-heading", block.start, end, part_of=container)
        kind = "recommendation" if advises else "sentence"
        for (start, end), is_reason in zip(spans, reasons, strict=True):
            kind = "rationale" if is_reason else kind
            self._add(kind, start, end, part_of=container)

    def _is_rationale(self, start: int, end: int) -> bool:
        return any(pattern.match(self.text, start, end) for pattern in (phrases.RATIONALE, *self.hints.rationale))

    def _joints(self, items: list[Block]) -> Iterator[int | None]:
        """For each item of a list, where its title ends and its text begins, if it has a title glued to it.

        One capital inside a word proves little; that most items of a list have one, or that the item also has a glued
        rationale, does.
        """
        glued = [self._joint(block) for block in items]
        most = sum(joint is not None for joint in glued)
        for block, joint in zip(items, glued, strict=True):
            hinted = next((p for p in self.hints.item_headings if p.match(self.text, block.start, block.end)), None)
            if hinted:
                end = hinted.match(self.text, block.start, block.end).end()
                begin = layout.BLANK.match(self.text, end, block.end).end()
                yield begin if block.start < end and begin < block.end else None
            elif joint is None or (most >= 2 and most * 2 > len(items)):
                yield joint
            else:
                rationale = any(self._is_rationale(start, end) for start, end in self._split(joint, block.end))
                yield joint if rationale and phrases.is_title_case(self.text[block.start : joint]) else None

    def _joint(self, block: Block) -> int | None:
        """Where, inside a word, a title of three words or more ends and a sentence begins."""
        text, end = self.text, block.end
        for match in _WORD.finditer(text, block.start, end):
            word = match.group()
            for inside in range(1, len(word)):
                position = match.start() + inside
                follows = text[position + 1 : position + 2]
                capital = word[inside - 1].islower() and word[inside].isupper()
                if not capital or not (follows.islower() or follows in _AFTER_ONE_LETTER):
                    continue
                head, rest = text[block.start : position], text[position:end].split()
                if re.search(r"[.:;!?]", head):
                    return None
                sentence = len(rest) > 3 and any(following[0].islower() for following in rest[1:3])
                if sentence and len(head.split()) > 2 and not self._is_name(word, inside):
                    return position
        return None

    def _is_name(self, word: str, inside: int) -> bool:
        """Whether a word has a capital inside because it is a name: a known one, or one that the text has again."""
        if word in phrases.CAMEL_NAMES or word in self.hints.names or phrases.CAMEL_PREFIX.match(word[:inside]):
            return True
        return len(re.findall(rf"\b{word}\b", self.text)) > 1

    def _table(self, rows: list[Block]) -> None:
        headers: dict[int, int] = {}
        for row, block in enumerate(rows):
            cells = list(self._cells(block))
            visible = [(column, start, end) for column, start, end in cells if end > start]
            if not visible:
                continue
            container = self._add("table-row", visible[0][1], visible[-1][2])
            row_header = None
            for column, start, end in visible:
                if row == 0:
                    headers[column] = self._add("table-header", start, end, part_of=container, column=column)
                    continue
                if column not in headers:
                    self._remark(f"this cell is in column {column}, which has no header", start)
                cell = self._add(
                    "table-cell", start, end, part_of=container, row=row, column=column,
                    row_header=row_header, column_header=headers.get(column),
                )  # fmt: skip
                if column == 1:
                    row_header = cell

    def _cells(self, block: Block) -> Iterator[tuple[int, int, int]]:
        """Column number from 1, start and end of each cell of a row, empty ones included; ``\\|`` is no border."""
        borders = [m.start() for m in re.compile(r"(?<!\\)\|").finditer(self.text, block.start, block.end)]
        if not borders or borders[0] != block.start:
            borders.insert(0, block.start - 1)
        if borders[-1] != block.end - 1:
            borders.append(block.end)
        for column, (left, right) in enumerate(pairwise(borders), 1):
            start = layout.BLANK.match(self.text, left + 1, right).end()
            yield column, start, start + len(self.text[start:right].rstrip())

    def _mark(self) -> None:
        """Tie each marker to the passage that it stands in; report what looks like one and is none."""
        containers = Partition(self.passages, []).containers()
        orphans = []
        for index, passage in enumerate(self.passages):
            if index in containers or passage.kind in _UNCITED:
                continue
            for found in citations.find(self.text, passage.start, passage.end, self.hints.markers):
                if not isinstance(found, Marker):
                    shown = self.text[found.start : found.end]
                    self._remark(f"{shown} is read as an exponent, not as a citation marker", found.start)
                elif found.number in self._numbers:
                    passage.markers.append(found)
                else:
                    orphans.append(found)
        for marker in orphans if self._numbers else orphans[:1]:
            why = (
                f"the bibliography has no entry {marker.number}"
                if self._numbers
                else "the text has no numbered bibliography"
            )
            others = "" if self._numbers or len(orphans) == 1 else f", nor are {len(orphans) - 1} others"
            self._remark(f"{marker.number} is not recorded as a citation marker{others}: {why}", marker.start)
