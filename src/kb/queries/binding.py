"""Binding parameters: the terms are put into the query's text, as the engine's own classes write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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


def bind(text: str, values: Mapping[str, rdf.NamedNode | rdf.Literal], name: str) -> str:
    """The query with its parameters bound: ``VALUES (?x) { (term) }`` in the outermost group and in every group that
    mentions the variable, so that sub-selects, UNION branches and their filters see it too. No line is added.

    Raises InputError for a CONSTRUCT WHERE without a template, which has no room for a binding.
    """
    if not values:
        return text
    groups, outermost = _groups(text, name)
    if outermost is None:
        return f"{text.rstrip()} WHERE {{ {_bindings(values, values)} }}"
    outermost.mentions |= values.keys()
    pieces, last = [], 0
    for group in groups:
        wanted = [variable for variable in values if variable in group.mentions]
        if group.is_pattern and not group.is_select and wanted:
            pieces += [text[last : group.start], " ", _bindings(values, wanted)]
            last = group.start
    return "".join(pieces) + text[last:]


def _bindings(values: Mapping[str, rdf.NamedNode | rdf.Literal], names: Iterable[str]) -> str:
    return " ".join(f"VALUES (?{name}) {{ ({values[name]}) }}" for name in names) + " "


def _groups(text: str, name: str) -> tuple[list[_Group], _Group | None]:
    """Every pair of braces in order, and the query's outermost WHERE group."""
    groups: list[_Group] = []
    root = _Group(0, is_pattern=False, is_select=True)
    open_groups = [root]
    before: sparql.Token | None = None
    data_block = False
    for token in sparql.tokens(text):
        group = open_groups[-1]
        if token.kind == "variable":
            # In a SELECT's head and tail the variable belongs to its WHERE group.
            target = group.where if group.is_select and group.where else group
            target.mentions.add(token.text[1:])
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
        before = token
    return groups, root.where
