"""The queries that come with the knowledge base, found by name and read with their documentation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from kb.errors import InputError, Position, UsageError
from kb.files import read_text
from kb.messages import did_you_mean, hint_at
from kb.project import Project
from kb.queries.header import REQUIRED, Parameter, parse_header

FOLDERS = ("competency", "reports", "checks")
"""The folders of ``queries/`` whose files are questions; ``rules/`` holds CONSTRUCT rules, ``values/`` what a parameter may be."""

SUBJECTS = {
    "figures": "cifras",
    "payments": "pagos",
    "agreements": "acuerdos",
    "law": "normas",
    "personnel": "personal",
    "allegations": "alegaciones",
    "voices": "voces",
    "events": "sucesos",
    "recommendations": "recomendaciones",
    "sources": "fuentes",
    "people": "personas",
    "balance": "balance",
    "checks": "comprobaciones",
}
"""The subjects of the bundled questions with their Spanish names, in the order in which they are listed."""


class Query(NamedTuple):
    """A query with its documentation; ``questions`` is the English and the Spanish wording."""

    name: str
    path: Path
    text: str
    questions: tuple[str, str]
    subject: str
    parameters: tuple[Parameter, ...]
    examples: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def example(self) -> str:
        """The first of the example calls, which is the one that messages and exports show."""
        return self.examples[0]

    def question(self, lang: str) -> str:
        """The question in Spanish for ``es``, else in English."""
        return self.questions[1 if lang == "es" else 0]

    def subject_name(self, lang: str) -> str:
        """The subject in Spanish for ``es`` where it is a known one, else as the header has it."""
        return SUBJECTS.get(self.subject, self.subject) if lang == "es" else self.subject


def paths(project: Project) -> dict[str, Path]:
    """The name of every bundled query with its file, in order of name. Raises InputError where two have one name."""
    found: dict[str, Path] = {}
    for folder in FOLDERS:
        for path in sorted((project.queries / folder).glob("*.rq")):
            if path.stem in found:
                raise InputError(f"the name is already that of {found[path.stem]}", Position(str(path)))
            found[path.stem] = path
    return dict(sorted(found.items()))


def read_all(project: Project) -> list[Query]:
    """Every bundled query, by subject, in the order of ``SUBJECTS``, and name."""
    order = {subject: number for number, subject in enumerate(SUBJECTS)}
    found = [read(path) for path in paths(project).values()]
    return sorted(found, key=lambda query: (order.get(query.subject, len(order)), query.subject, query.name))


def find(project: Project, name: str) -> Query:
    """The bundled query of this name. Raises UsageError, with the nearest names, where there is none."""
    if re.fullmatch(r"[\w-]+", name):
        for folder in FOLDERS:
            path = project.queries / folder / f"{name}.rq"
            if _is_file(path):
                return read(path)
    known = paths(project)
    hint = did_you_mean(name.removesuffix(".rq"), known) or hint_at(_asking(project, name))
    raise UsageError(f"no query named {name!r}{hint or '; `kb queries` lists them'}")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than the system takes
        return False


def _asking(project: Project, words: str) -> list[str]:
    """The names of the queries whose questions have most of these words, at most three; none where hardly one is there."""
    wanted = {word for word in re.findall(r"\w+", words.casefold()) if len(word) > 2}
    shared = {
        query.name: len(wanted & set(re.findall(r"\w+", f"{query.name} {' '.join(query.questions)}".casefold())))
        for query in read_all(project)
    }
    best = sorted((name for name in shared if 2 * shared[name] > len(wanted)), key=lambda name: (-shared[name], name))
    return best[:3] if wanted else []


def read(path: Path) -> Query:
    """A bundled query from its file. Raises InputError where the file or its header is not as documented."""
    text = read_text(path)
    header = parse_header(text, str(path))
    missing = [key for key in REQUIRED if key not in header.values]
    if missing:
        raise InputError(f"the header lacks {', '.join(missing)}; see queries/README.md", Position(str(path), 1))
    return Query(
        name=path.stem,
        path=path,
        text=text,
        questions=(header.values["question@en"], header.values["question@es"]),
        subject=header.values["subject"],
        parameters=header.parameters,
        examples=header.examples,
        notes=header.notes,
    )
