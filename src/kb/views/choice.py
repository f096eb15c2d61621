"""Which claims a view accepts: the queries in ``queries/views/``, chosen by name, combined by what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kb.errors import UsageError
from kb.messages import did_you_mean
from kb.project import Project
from kb.queries.binding import bind
from kb.queries.bundled import Query, read
from kb.queries.parameters import terms
from kb.results.labels import Finder
from kb.sources import Source

FOLDER = "views"


class Choice(NamedTuple):
    """A view with the value of its parameter, where it has one."""

    view: Query
    value: str | None

    @property
    def name(self) -> str:
        """As it is written on the command line."""
        return self.view.name if self.value is None else f"{self.view.name}={self.value}"


def views(project: Project) -> list[Query]:
    """The views that there are, in order of name. Raises InputError for one that is not as documented."""
    return [read(path) for path in sorted((project.queries / FOLDER).glob("*.rq"))]


def choices(project: Project, items: Sequence[str]) -> list[Choice]:
    """The views that these words choose: ``uncontested``, ``according-to=actor:csmc``, or the two words
    ``according-to actor:csmc``. Raises UsageError for an unknown view, or one whose value is missing or too much."""
    known = {view.name: view for view in views(project)}
    found: list[Choice] = []
    waiting = list(items)
    while waiting:
        name, separator, value = waiting.pop(0).partition("=")
        if name not in known:
            raise UsageError(f"no view named {name!r}{did_you_mean(name, known) or '; there are ' + ', '.join(known)}")
        view = known[name]
        if not view.parameters:
            if separator:
                raise UsageError(f"the view {name!r} takes no value")
            found.append(Choice(view, None))
            continue
        if not separator and waiting:
            value = waiting.pop(0)
        if not value:
            raise UsageError(f"the view {name!r} needs a value: {name}=…; for example: {view.example}")
        found.append(Choice(view, value))
    return found


def accepted(source: Source, chosen: Sequence[Choice], lang: str = "en") -> set[str]:
    """The IRIs of the claims that all of these views accept. Raises UsageError for a value that stands for nothing."""
    sets = [_claims(source, choice, lang) for choice in chosen]
    return set.intersection(*sets) if sets else set()


def _claims(source: Source, choice: Choice, lang: str) -> set[str]:
    view, text = choice.view, choice.view.text
    if choice.value is not None:
        given = {view.parameters[0].name: choice.value}
        values = terms(view.parameters, given, Finder(source), lang=lang, query=f"the view {view.name!r}", example=view.example)
        text = bind(text, values, str(view.path))
    claims = {row["claim"].value for row in source.query("SELECT ?claim WHERE { ?claim a mm:Claim }")}
    return claims & {row["claim"].value for row in source.query(text)}
