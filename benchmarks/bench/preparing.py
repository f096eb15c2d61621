"""Turns a project into all that the programs take: N-Quads, N-Triples, planted faults, questions in full.

    python benchmarks/bench/preparing.py generated|bundled FOLDER PROJECT

A process of its own, so that the one that measures stays small. Prints a line of JSON.
"""

from __future__ import annotations

import json
import random
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.questions import example_in_full, in_full
from kb import rdf, turtle
from kb.namespaces import PREFIXES, curie
from kb.project import Project
from kb.queries import bundled
from kb.queries.requests import Where
from kb.validation.inputs import opened, parsed
from kb.validation.shapes import shape_files_of

MM = PREFIXES["mm"]
FAULTS = 30
"""How many faults are planted, or fewer where the data is small; a third of each kind."""


ASKED = ("evidence", "payments", "works-by-claims")
"""What is asked of the bundled data: one thing looked up, a join, a report."""


def main(kind: str, folder: Path, project: Project) -> None:
    claims, answered, propositions, actors, triples = written(project, folder)
    rules = [quad for file in parsed(opened(shape_files_of(project.shapes))) for quad in file.quads]
    _write(folder / "shapes.nt", (f"{quad.triple} .\n" for quad in rules))
    if kind == "generated":
        plant(project, folder, claims, propositions, actors)
        middle = claims[len(claims) // 2 :]
        commands = questions(project, folder, next((claim for claim in middle if claim in answered), middle[0]))
    else:
        _write(folder / "faults.txt", [])
        commands = examples(project, folder)
    print(json.dumps({"triples": triples, "commands": commands}))


def written(project: Project, folder: Path) -> tuple[list[str], set[str], list[str], list[str], int]:
    """Write the statements as N-Quads and N-Triples; gives the claims that cite a work, those that another answers, propositions,
    actors, and the count."""
    claims, propositions, actors, triples = [], [], [], 0
    answered: set[str] = set()
    with (
        open(folder / "all.nq", "w", encoding="utf-8") as quads,
        open(folder / "all.nt", "w", encoding="utf-8") as plain,
    ):
        for number, path in enumerate(project.stated_files()):
            graph = f" <{project.graph_iri(path)}> .\n"
            for quad in turtle.parse_file(path):
                # Every file has its own blank nodes.
                line = str(quad.triple).replace("_:", f"_:f{number}x") if _has_blank(quad) else str(quad.triple)
                quads.write(line + graph)
                plain.write(line + " .\n")
                triples += 1
                predicate = quad.predicate.value
                if predicate == f"{MM}viaMarker":
                    claims.append(quad.subject.value)
                elif predicate == f"{MM}toClaim":
                    answered.add(quad.object.value)
                elif predicate == f"{MM}gloss":
                    propositions.append(quad.subject.value)
                elif quad.object == _ACTOR and quad.predicate == rdf.RDF_TYPE:
                    actors.append(quad.subject.value)
    return list(dict.fromkeys(claims)), answered, list(dict.fromkeys(propositions)), actors, triples


_ACTOR = rdf.NamedNode(f"{MM}Actor")


def _has_blank(quad: rdf.Quad) -> bool:
    return isinstance(quad.subject, rdf.BlankNode) or isinstance(quad.object, rdf.BlankNode)


def plant(project: Project, folder: Path, claims: list[str], propositions: list[str], actors: list[str]) -> None:
    """A project with the same data and a file of faults: of claims a second stance, of propositions a second gloss, of
    actors a second name."""
    planted = Project(folder / "planted")
    planted.root.mkdir()
    for name in ("ontology", "shapes", "queries"):
        (planted.root / name).symlink_to((project.root / name).resolve())
    for path in project.data_files():
        link = planted.data / path.relative_to(project.data)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path.resolve())
    chance = random.Random(1)
    each = max(1, min(FAULTS // 3, len(claims) // 4, len(actors) // 4))
    faults: dict[str, str] = {}
    for claim in chance.sample(claims, each):
        faults[claim] = f"<{claim}> <{MM}stance> <{PREFIXES['stance']}affirms> , <{PREFIXES['stance']}questions> .\n"
    for proposition in chance.sample(propositions, each):
        faults[proposition] = f'<{proposition}> <{MM}gloss> "Said a second time."@en .\n'
    for actor in chance.sample(actors, each):
        faults[actor] = f'<{actor}> <{PREFIXES["skos"]}prefLabel> "A second name"@en .\n'
    _write(planted.data / "faults.ttl", faults.values())
    _write(folder / "faults.txt", (f"{node}\n" for node in faults))
    with open(folder / "planted.nt", "w", encoding="utf-8") as whole:
        with open(folder / "all.nt", encoding="utf-8") as plain:
            whole.writelines(plain)
        whole.writelines(f"{quad.triple} .\n" for quad in turtle.parse_file(planted.data / "faults.ttl"))


def questions(project: Project, folder: Path, claim: str) -> dict[str, list[str]]:
    """Write the questions as an engine gets them; the words after ``kb`` that ask them."""
    one = {"claim": curie(claim)}
    # A lookup stays near its claim; sources follows its works to their issuers, venues and editions.
    chosen = {"lookup": ("answers", one), "sources": ("evidence", one), "join": ("arguments", {}), "report": ("claimants", {})}
    document = "-".join(claim.rpartition("/")[2].split("-")[:2])
    place = Where(project, data=(str(project.data / "documents" / f"{document}.ttl"),))
    commands = {}
    for task, (name, given) in chosen.items():
        query = bundled.find(project, name)
        _write(folder / f"{task}.rq", [in_full(place, query, given)])
        values = [word for key, value in given.items() for word in ("-p", f"{key}={value}")]
        commands[task] = ["query", name, *values]
    return commands


def examples(project: Project, folder: Path) -> dict[str, list[str]]:
    """The same for the example calls of some questions of the bundled data."""
    commands = {}
    for name in ASKED:
        query = bundled.find(project, name)
        _write(folder / f"{name}.rq", [example_in_full(project, query)])
        commands[name] = shlex.split(query.example)[1:]
    return commands


def _write(path: Path, lines: Iterable[str]) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Project(Path(sys.argv[3])))
