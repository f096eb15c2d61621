"""Where the knowledge base lies: a checkout, or the copy inside an installed wheel; and the name of each file's graph."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from kb.errors import UsageError
from kb.namespaces import GRAPH

_FOLDERS = ("ontology", "data", "shapes", "queries")


class Project(NamedTuple):
    """A folder that holds ``ontology/ data/ shapes/ queries/``."""

    root: Path

    @property
    def ontology(self) -> Path:
        return self.root / "ontology"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def shapes(self) -> Path:
        return self.root / "shapes"

    @property
    def queries(self) -> Path:
        return self.root / "queries"

    def ontology_files(self, alignments: bool = False) -> list[Path]:
        """The ontology's modules in order of name; the alignments to other vocabularies only on request."""
        return [p for p in sorted(self.ontology.glob("*.ttl")) if alignments or p.name != "alignments.ttl"]

    def data_files(self) -> list[Path]:
        """Registers and documents, in order of path."""
        return sorted(self.data.rglob("*.ttl"))

    def stated_files(self) -> list[Path]:
        """All that the knowledge base states: ontology, registers and documents, without alignments."""
        return [*self.ontology_files(), *self.data_files()]

    def shape_files(self) -> list[Path]:
        """The shapes, in order of name."""
        return sorted(self.shapes.glob("*.ttl"))

    def graph_iri(self, path: Path) -> str:
        """The IRI of the named graph that holds a file: its path below the root, without the suffix.

        A file from elsewhere gets a graph named after its file name, below ``…/graph/external/``.
        """
        try:
            name = Path(os.path.realpath(path)).relative_to(os.path.realpath(self.root)).with_suffix("").as_posix()
        except ValueError:
            name = "external/" + path.stem
        from urllib.parse import quote  # here, because few runs name a graph

        # As the bytes that it is on disk, which need not be UTF-8.
        return GRAPH + quote(name.encode("utf-8", "surrogateescape"), safe="/-._~")


def find_project(root: Path | None = None) -> Project:
    """The project to work on: ``root`` if given, else the checkout that this package lies in, else the wheel's copy.

    Raises UsageError where ``root`` lacks one of the project's folders.
    """
    if root is not None:
        missing = [name for name in _FOLDERS if not (root / name).is_dir()]
        if missing:
            raise UsageError(f"{root} is not a knowledge base: it has no {'/, '.join(missing)}/ folder")
        return Project(root)
    package = Path(__file__).resolve().parent
    checkout = package.parent.parent
    if package.parent.name == "src" and (checkout / "ontology").is_dir():
        return Project(checkout)
    return Project(package / "_bundle")
