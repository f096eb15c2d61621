"""What each block of a text is: title, byline, heading, caption, bibliography entry, furniture, or plain text.

Decided from the words and the neighbourhood of a block; what a person says in the hints goes before every rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from kb.texts import phrases, sentences
from kb.texts.hints import Hints
from kb.texts.layout import HEADING_NUMBER, Block, is_heading_like

_FRONT = 8
"""The title, byline and dateline, and their repetition, are looked for in this many blocks from the start."""


@dataclass
class Role:
    """What a block is: a passage kind, ``paragraph`` or ``item`` for running text, ``row``, or ``nothing``.

    ``level`` is that of a heading; ``opens`` says what begins under it: ``bibliography`` or ``recommendations``.
    """

    name: str
    level: int | None = None
    opens: str | None = None


def assign(text: str, blocks: list[Block], hints: Hints) -> list[Role]:
    """The role of each block, in the same order."""
    marked = any(block.shape == "heading" for block in blocks)
    roles = [_role(text, blocks, index, marked) for index in range(len(blocks))]
    _front(text, blocks, roles)
    _levels(text, blocks, roles)
    _bibliography(text, blocks, roles)
    return roles


def _content(text: str, block: Block) -> str:
    return text[block.start : block.end]


def _role(text: str, blocks: list[Block], index: int, marked: bool) -> Role:
    block = blocks[index]
    if block.shape in ("rule", "separator"):
        return Role("nothing")
    if block.shape == "metadata":
        return Role("furniture")
    hinted = _hinted(block)
    if hinted is not None:
        return hinted
    if block.shape == "row":
        return Role("row")
    line = _content(text, block)
    if phrases.FURNITURE.match(line):
        return Role("furniture")
    if block.shape == "item":
        return Role("item")
    if block.shape == "heading":
        return Role("heading", block.level, _opens(line))
    beside_table = any(0 <= other < len(blocks) and blocks[other].shape == "row" for other in (index - 1, index + 1))
    if phrases.CAPTION.match(line) and (beside_table or is_heading_like(line)):
        return Role("table-caption")
    if phrases.BIBLIOGRAPHY.match(line) and index + 1 < len(blocks):
        return Role("heading", opens="bibliography")
    if is_heading_like(line) and (not marked or index == 0) and index + 1 < len(blocks):
        return Role("heading", opens=_opens(line))
    return Role("paragraph")


def _hinted(block: Block) -> Role | None:
    hints = block.hints
    for name in ("title", "byline", "dateline", "furniture"):
        if name in hints:
            return Role(name)
    if "caption" in hints:
        return Role("table-caption")
    if hints.keys() & {"heading", "bibliography", "recommendations"}:
        level = hints["heading"].level if "heading" in hints else block.level
        opens = next((name for name in ("bibliography", "recommendations") if name in hints), None)
        return Role("heading", level, opens)
    if "paragraph" in hints:
        return Role("item" if block.shape == "item" else "paragraph")
    return None


def _opens(line: str) -> str | None:
    if phrases.BIBLIOGRAPHY.match(line):
        return "bibliography"
    return "recommendations" if phrases.RECOMMENDATIONS.match(line) else None


def _front(text: str, blocks: list[Block], roles: list[Role]) -> None:
    """Title, byline and dateline at the start, and whatever repeats them before the text begins."""
    title = next((_content(text, b) for b, r in zip(blocks, roles, strict=True) if r.name == "title"), None)
    seen: set[str] = set()
    for index, (block, role) in enumerate(list(zip(blocks, roles, strict=True))[:_FRONT]):
        line = _content(text, block)
        if role.name in ("nothing", "furniture"):
            continue
        if line in seen:
            roles[index] = Role("furniture")
        elif role.name in ("title", "byline", "dateline"):
            seen.add(line)
        elif block.hints or block.shape not in ("paragraph", "heading"):
            return
        elif phrases.DATELINE.match(line):
            roles[index] = Role("dateline")
            seen.add(line)
        elif title is None and _is_title(text, blocks, roles, index):
            title = line
            roles[index] = Role("title")
            seen.add(line)
        elif _is_byline(text, blocks, index):
            roles[index] = Role("byline")
            seen.add(line)
        else:
            return


def _is_title(text: str, blocks: list[Block], roles: list[Role], index: int) -> bool:
    line = _content(text, blocks[index])
    if blocks[index].shape == "heading":
        return blocks[index].level == 1 and sum(role.level == 1 for role in roles) == 1
    if roles[index].opens or HEADING_NUMBER.match(line) or phrases.BYLINE.match(line) or len(blocks) == 1:
        return False
    # A title may be a question, if it stands apart from what follows.
    apart = index + 1 < len(blocks) and blocks[index + 1].after_blank
    asks = sentences.ends_with_stop(line) in ("?", "!") and len(line.split()) <= 20
    return roles[index].name == "heading" or (apart and asks)


def _is_byline(text: str, blocks: list[Block], index: int) -> bool:
    line = _content(text, blocks[index])
    if (
        sentences.ends_with_stop(line) in ("?", "!", ":")
        or len(line.split()) > 20
        or blocks[index].shape != "paragraph"
    ):
        return False
    if phrases.BYLINE.match(line) and sentences.ends_with_stop(line) != ".":
        return True
    following = _content(text, blocks[index + 1]) if index + 1 < len(blocks) else ""
    return phrases.is_names(line) and phrases.DATELINE.match(following) is not None


def _levels(text: str, blocks: list[Block], roles: list[Role]) -> None:
    """Levels of the headings that carry none: by their numbering, else one below the numbered ones."""
    headings = [index for index, role in enumerate(roles) if role.name == "heading"]
    numbers = {index: HEADING_NUMBER.match(_content(text, blocks[index])) for index in headings}
    numbered = any(match and not match.group("letter") for match in numbers.values())
    previous = ""
    for index, match in numbers.items():
        level = 2 if numbered else 1
        if match:
            letter = match.group("letter") or match.group("roman") or ""
            follows = len(letter) == 1 and len(previous) == 1 and ord(letter) == ord(previous) + 1
            if match.group("decimal"):
                level = match.group("decimal").count(".") + 1
            elif match.group("roman") and not (follows and letter not in ("II", "V", "X")):
                level = 1
            previous = letter if match.group("letter") or follows else ""
        elif roles[index].opens == "bibliography":
            level = 1
        if roles[index].level is None:
            roles[index].level = level


def _bibliography(text: str, blocks: list[Block], roles: list[Role]) -> None:
    """Entries under the heading of a bibliography, and numbered notes anywhere."""
    for index, block in enumerate(blocks):
        if block.bracketed and roles[index].name == "item":
            roles[index] = Role("bibliography-entry")
    index = 0
    while index < len(blocks):
        if roles[index].opens != "bibliography":
            index += 1
            continue
        heading, first = index, index + 1
        listed = first < len(blocks) and blocks[first].shape == "item"
        loose = phrases.NOTES.match(_content(text, blocks[heading])) and "bibliography" not in blocks[heading].hints
        index = first
        while index < len(blocks) and not _ends_bibliography(blocks, roles, heading, index, listed):
            index += 1
        section = range(first, index)
        entry = "item" if any(blocks[i].shape == "item" for i in section) else None if loose else "paragraph"
        for i in section:
            plain = roles[i].name in ("item", "paragraph", "heading") and not blocks[i].hints
            if plain and blocks[i].shape == entry:
                roles[i] = Role("bibliography-entry")


def _ends_bibliography(blocks: list[Block], roles: list[Role], heading: int, index: int, listed: bool) -> bool:
    role = roles[index]
    if role.name != "heading":
        return False
    if blocks[index].shape == "heading" or blocks[index].hints:
        return (role.level or 1) <= (roles[heading].level or 1)
    # In a plain list a line without a stop may be an entry; below bullets it is the next heading.
    return listed or role.opens is not None
