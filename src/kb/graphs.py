"""The knowledge base in memory: one named graph per file, questions answered over their union."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kb import rdf, turtle
from kb.project import Project


def load_files(store: rdf.Store, files: Iterable[Path], project: Project) -> None:
    """Load each file into the graph that its path names. Raises InputError for one that cannot be read."""
    for path in files:
        content = turtle.read_bytes(path)
        turtle.check_depth(content, str(path), turtle.format_of(path.name))
        try:
            store.bulk_load(content, format=turtle.format_of(path.name), to_graph=rdf.NamedNode(project.graph_iri(path)))
        except SyntaxError as error:
            raise turtle.syntax_error(error, content, str(path)) from None


def load_project(project: Project) -> rdf.Store:
    """A store in memory with the ontology, the registers and the documents; nothing that is derived.

    At the size of the bundled data no cache is needed: reading the files takes a few tens of milliseconds.
    """
    store = rdf.Store()
    load_files(store, [*project.ontology_files(), *project.data_files()], project)
    return store
