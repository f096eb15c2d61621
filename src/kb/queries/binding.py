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

    A literal whose variable only ever stands after ``=`` or ``!=`` takes its place there: that means the same, and spares a
    join with every row. An identifier does not: engines begin with VALUES, and with a path from a term they often do not.

    Raises InputError for a CONSTRUCT WHERE without a template, which has no room for a binding.
    """
    if not values:
        return text
    tokens = list(sparql.tokens(text))
    groups, outermost = _groups(tokens, text, name)
    if outermost is None:
        return f"{text.rstrip()} WHERE {{ {_bindings(values, values)} }}"
    compared = {} if sparql.selects_all(text) else _compared(tokens, [key for key, term in values.items() if isinstance(term, rdf.Literal)])
    joined = [variable for variable in values if variable not in compared]
    outermost.mentions |= {*joined}
    # A sign of comparison must not run into the term.
    edits = {start: (start + len(key) + 1, f" {values[key]}") for key, places in compared.items() for start in places}
    for group in groups:
        wanted = [variable for variable in joined if variable in group.mentions]
        if group.is_pattern and not group.is_select and wanted:
            edits[group.start] = (group.start, f" {_bindings(values, wanted)}")
    pieces, last = [], 0
    for start, (end, new) in sorted(edits.items()):
        pieces += [text[last:start], new]
        last = end
    return "".join(pieces) + text[last:]


def _compared(tokens: Iterable[sparql.Token], variables: Iterable[str]) -> dict[str, list[int]]:
    """Where those of the variables stand that only ever stand after a sign of comparison."""
    found: dict[str, list[int]] = {}
    others: set[str] = set()
    before = ""
    for token in tokens:
        if token.kind == "variable":
            if before in ("=", "!="):
                found.setdefault(token.text[1:], []).append(token.start)
            else:
                others.add(token.text[1:])
        before = token.text
    return {variable: found[variable] for variable in variables if variable in found and variable not in others}


def _bindings(values: Mapping[str, rdf.NamedNode | rdf.Literal], names: Iterable[str]) -> str:
    return " ".join(f"VALUES (?{name}) {{ ({values[name]}) }}" for name in names) + " "


def _groups(tokens: Iterable[sparql.Token], text: str, name: str) -> tuple[list[_Group], _Group | None]:
    """Every pair of braces in order, and the query's outermost WHERE group."""
    groups: list[_Group] = []
    root = _Group(0, is_pattern=False, is_select=True)
    open_groups = [root]
    before: sparql.Token | None = None
    data_block = False
    for token in tokens:
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
