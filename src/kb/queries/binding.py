"""Binding parameters: the terms are put into the query's text, as the engine's own classes write them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kb import rdf, sparql
from kb.errors import InputError


class _Group:
    """A pair of braces while the query is read: where it begins, its own variables, and the WHERE group that a
    sub-select's head hands its variables to."""

    def __init__(self, start: int, *, is_pattern: bool, is_select: bool = False) -> None:
        self.start = start
        self.is_pattern = is_pattern
        self.is_select = is_select
        self.mentions: set[str] = set()
        self.where: _Group | None = None


class _Mention(NamedTuple):
    """A variable in the text: where it begins, the token before it, and whether it stands for its value there: not where it is
    handed on, assigned, or asked whether it has one."""

    start: int
    before: str
    is_value: bool


def bind(text: str, values: Mapping[str, rdf.NamedNode | rdf.Literal], name: str) -> str:
    """The query with its parameters bound. No line is added.

    The term stands in the variable's place, if it may stand wherever the variable does. Where the query hands the variable on,
    asks whether it has a value, or the like, ``VALUES (?x) { (term) }`` stands in the outermost group and in every group that
    mentions it, so that sub-selects, UNION branches and their filters see it too. That means the same; but engines plan a
    query better that has the term, and Virtuoso 7 loses rows where VALUES meet a path such as ``skos:broader*``.

    Raises InputError for a CONSTRUCT WHERE without a template, which has no room for a binding.
    """
    if not values:
        return text
    groups, outermost, mentions = _groups(text, name)
    if outermost is None:
        return f"{text.rstrip()} WHERE {{ {_bindings(values, values)} }}"
    replaced = set() if sparql.selects_all(text) else {key for key, term in values.items() if _is_replaceable(term, mentions[key])}
    joined = [variable for variable in values if variable not in replaced]
    outermost.mentions |= {*joined}
    # A sign such as < must not run into the term.
    edits = {
        m.start: (m.start + len(key) + 1, f"{'' if text[m.start - 1] in ' (' else ' '}{values[key]}")
        for key in replaced
        for m in mentions[key]
    }
    for group in groups:
        wanted = [variable for variable in joined if variable in group.mentions]
        if group.is_pattern and not group.is_select and wanted:
            edits[group.start] = (group.start, f" {_bindings(values, wanted)}")
    pieces, last = [], 0
    for start, (end, new) in sorted(edits.items()):
        pieces += [text[last:start], new]
        last = end
    return "".join(pieces) + text[last:]


def _is_replaceable(term: rdf.NamedNode | rdf.Literal, mentions: list[_Mention]) -> bool:
    """Whether a term may stand wherever its variable does; a literal is no subject, so it stands in comparisons only."""
    is_literal = isinstance(term, rdf.Literal)
    return bool(mentions) and all(m.before in ("=", "!=") or (m.is_value and not is_literal) for m in mentions)


def _bindings(values: Mapping[str, rdf.NamedNode | rdf.Literal], names: Iterable[str]) -> str:
    return " ".join(f"VALUES (?{name}) {{ ({values[name]}) }}" for name in names) + " "


def _groups(text: str, name: str) -> tuple[list[_Group], _Group | None, dict[str, list[_Mention]]]:
    """Every pair of braces in order, the query's outermost WHERE group, and every variable."""
    groups: list[_Group] = []
    mentions: dict[str, list[_Mention]] = defaultdict(list)
    root = _Group(0, is_pattern=False, is_select=True)
    open_groups = [root]
    before: sparql.Token | None = None
    second: sparql.Token | None = None
    data_block = False
    for token in sparql.tokens(text):
        group = open_groups[-1]
        if token.kind == "variable":
            # In a SELECT's head and tail the variable belongs to its WHERE group.
            target = group.where if group.is_select and group.where else group
            target.mentions.add(token.text[1:])
            asked = second is not None and second.word == "BOUND"
            is_value = not (group.is_select or data_block or asked or (before is not None and before.word == "AS"))
            mentions[token.text[1:]].append(_Mention(token.start, before.text if before else "", is_value))
        elif token.word == "VALUES":
            data_block = True
        elif token.word == "SELECT" and before is not None and before.text == "{" and group.is_pattern:
            group.is_select = True
        elif token.text == "{":
            template = before is not None and before.word == "CONSTRUCT"
            new = _Group(token.start + 1, is_pattern=not template and not data_block)
            data_block = False
            groups.append(new)
            if new.is_pattern and group.is_select and group.where is None:
                group.where = new
                new.mentions |= group.mentions
            open_groups.append(new)
        elif token.text == "}" and len(open_groups) > 1:
            open_groups.pop()
        if token.word == "WHERE" and before is not None and before.word == "CONSTRUCT":
            raise InputError(
                "a CONSTRUCT WHERE has no room for parameters; write CONSTRUCT { … } WHERE { … }",
                sparql.position(text, before.start, name),
            )
        second, before = before, token
    return groups, root.where, mentions
