"""How the time of every bundled question, view, list of values and rule grows with the data.

    python benchmarks/growth.py [--claims 2000 8000 32000] [--seconds 60] [--rules | --questions] [--out TABLE.csv] [NAME …]

Generated data (`generate.py`) of each size are put in a store in memory. A question is asked as `kb` asks it, with the
parameters of its example: those that have a list of values get one of the values that the smallest and the largest data
share. The rules of views, and of two views beside each other, are asked in their order, of all claims, on a store that has
the results of those before them. A rule of the shapes is applied alone, with the inner shapes that it uses, by the engine
that `kb validate` takes; what reading the data costs is taken off. All times are CPU time, the least of up to three runs,
each in a process of its own.

Told are the times and the exponent of the growth from the first size to the last, as the slope between their logarithms: of
the time against the triples. Named, with exit code 1, is

- what grows faster than the triples and the rows of its answer together: by an exponent that is more than 0.25 higher;
- a question that needs to be given a thing by name, and whose time grows with the store and not with its rows.

Times below 10 ms count as 10 ms: that is the noise of a busy machine.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import platform
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import shacl
from distributions import measured
from generate import generate
from invented_lines import Lines
from realdata import Data

from kb import rdf, turtle
from kb.errors import KbError
from kb.files import read_text
from kb.namespaces import curie
from kb.project import Project, find_project
from kb.queries import bundled, deadline
from kb.queries.binding import bind
from kb.queries.header import parse_header
from kb.queries.parameters import terms
from kb.queries.values import FOLDER, values_of
from kb.results.labels import Finder
from kb.sources import MemorySource
from kb.stores import DERIVED
from kb.validation.shapes import SH, Shapes, read_shapes
from kb.validation.suspects import Queries
from kb.validation.vocabulary import TARGETS
from kb.views.choice import views

SLACK = 0.25
"""How much higher than it must be an exponent may come out: an index is a tree, and caches end."""
NOISE = 0.010
"""Seconds of CPU time below which a growth is not told from noise."""


@dataclass
class Growth:
    """What was measured of one question or rule: seconds and rows at each size; seconds are None where it took too long."""

    name: str
    by_name: bool
    """Whether it asks about something that it is given by name, so that the rest of the store is not its business."""
    seconds: list[float | None] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def exponent(self, triples: Sequence[int]) -> float | None:
        """Of the time; None where it cannot be told."""
        first, last = self.seconds[0], self.seconds[-1]
        return None if first is None or last is None else slope(triples, max(first, NOISE), max(last, NOISE))

    def fault(self, triples: Sequence[int]) -> str:
        """Why its growth is too fast; empty where it is not."""
        if None in self.seconds:
            return "took too long"
        if self.seconds[-1] < NOISE:
            return ""
        exponent = self.exponent(triples)
        seen = [count + rows for count, rows in zip(triples, self.rows, strict=True)]
        if exponent > slope(triples, seen[0], seen[-1]) + SLACK:
            return "faster than the data and the answer"
        rows = slope(triples, max(self.rows[0], 1), max(self.rows[-1], 1))
        if self.by_name and exponent > max(0.0, rows) + SLACK:
            return "with the store, though asked by name"
        return ""


def slope(triples: Sequence[int], first: float, last: float) -> float:
    """The exponent of a growth from the first size to the last."""
    return math.log(last / first) / math.log(triples[-1] / triples[0])


def data_of(project: Project, claims: int, folder: Path) -> list[rdf.Quad]:
    """Generated data of a size with the ontology."""
    path = folder / f"{claims}.nt"
    lines = Lines()
    with path.open("w", encoding="utf-8") as file:
        generate(measured(Data(project)), claims, 1, lambda place, triples: file.write(lines.write(triples, "")))
    quads = list(rdf.parse(path=str(path), format=rdf.RdfFormat.N_TRIPLES))
    path.unlink()
    return quads + [quad for file in project.ontology_files() for quad in turtle.parse_file(file)]


def source_of(quads: list[rdf.Quad]) -> MemorySource:
    """A store in memory that holds them."""
    store = rdf.Store()
    store.bulk_extend(quads)
    return MemorySource(store)


def least(work: Callable[[], tuple[float, int]], seconds: float) -> tuple[float | None, int]:
    """The least CPU time of up to three runs of what tells its time, and its rows; None where it takes too long."""
    best, rows, spent = None, 0, 0.0
    for _ in range(3):
        try:
            took, rows = deadline.run(work, seconds)
        except KbError as error:
            print(f"  {error}", file=sys.stderr)
            return None, 0
        best = took if best is None else min(best, took)
        spent += took
        if spent > seconds / 20:
            break
    return best, rows


def grown(name: str, works: Iterable[Callable[[], tuple[float, int]]], seconds: float, *, by_name: bool = False) -> Growth:
    """The growth of what is done at each size, one work after the other; see ``least``."""
    found = Growth(name, by_name)
    for work in works:
        took, rows = least(work, seconds)
        found.seconds.append(took)
        found.rows.append(rows)
    return found


def asking(source: MemorySource, text: str) -> Callable[[], tuple[float, int]]:
    """Asks the engine, and tells the CPU time of the answer and its rows."""

    def work() -> tuple[float, int]:
        start = time.process_time()
        found = source.query(text)
        rows = 1 if isinstance(found, rdf.QueryBoolean) else sum(1 for _ in found)
        return time.process_time() - start, rows

    return work


def questions(project: Project, sources: list[MemorySource], names: Sequence[str], seconds: float) -> Iterator[Growth]:
    """The growth of each question, view and list of values."""
    of_views = [query._replace(name=f"{query.path.parent.name}/{query.name}") for query in views(project)]
    for query in [*bundled.read_all(project), *of_views]:
        if names and query.name not in names:
            continue
        given = example(project, query, sources)
        if given is None:
            print(f"  {query.name}: the generated data have no values for it", file=sys.stderr)
            continue
        by_name = any(_is_required(query, name) for name in given)
        yield grown(query.name, (asking(source, _bound(query, given, source)) for source in sources), seconds, by_name=by_name)
    for path in sorted((project.queries / FOLDER).glob("*.rq")):
        name = f"{FOLDER}/{path.stem}"
        if names and name not in names:
            continue
        text = path.read_text("utf-8")
        if parse_header(text, name).parameters:
            text = bind(text, {"lang": rdf.Literal("en")}, name)
        yield grown(name, (asking(source, text) for source in sources), seconds)


def _bound(query: bundled.Query, given: dict[str, str], source: MemorySource) -> str:
    if not query.parameters:
        return query.text
    values = terms(query.parameters, given, Finder(source), lang="en", query=query.name, example="")
    return bind(query.text, values, query.name)


def rules_of_views(project: Project, sources: list[MemorySource], names: Sequence[str], seconds: float) -> Iterator[Growth]:
    """The growth of each rule by which a view becomes plain triples, and of those that compare two views: here the claims that
    cite a work and those that cite none. The sources get what the rules say."""
    for source in sources:
        for side, kind in (("first", "EXISTS"), ("second", "NOT EXISTS")):
            chosen = source.query(f"CONSTRUCT {{ ?c a mm:Claim }} WHERE {{ ?c a mm:Claim FILTER {kind} {{ ?c mm:viaMarker ?m }} }}")
            graph = rdf.NamedNode(f"{DERIVED}view/{side}")
            source.engine.extend([rdf.Quad(*triple, graph) for triple in chosen])
    for folder in ("rules/comparison", "rules/readings", "rules/statements"):
        texts = {path.stem: read_text(path) for path in sorted((project.queries / folder).glob("*.rq"))}
        for stem, text in texts.items():
            if not names or f"{folder}/{stem}" in names:
                yield grown(f"{folder}/{stem}", (asking(source, text) for source in sources), seconds)
        for source in sources if folder == "rules/readings" else ():
            source.engine.extend([rdf.Quad(*triple) for text in texts.values() for triple in source.query(text)])


def _is_required(query: bundled.Query, name: str) -> bool:
    return any(p.name == name and p.default is None and not p.optional and p.type == "iri" for p in query.parameters)


def example(project: Project, query: bundled.Query, sources: list[MemorySource]) -> dict[str, str] | None:
    """The parameters of its example, with values that the smallest and the largest data have; None where they have none."""
    given = {}
    for name, value in (_assigned(query.example) or {p.name: "" for p in query.parameters if _is_required(query, p.name)}).items():
        parameter = next(p for p in query.parameters if p.name == name)
        if parameter.type != "iri":
            given[name] = value
            continue
        lists = [values_of(project, source, parameter, "en") or [] for source in (sources[0], sources[-1])]
        largest = {value.term for value in lists[1]}
        shared = [value.text for value in lists[0] if value.term in largest]
        if not shared:
            return None
        given[name] = shared[len(shared) // 2]
    return given


def _assigned(call: str) -> dict[str, str]:
    words = shlex.split(call)
    return dict(word.split("=", 1) for before, word in zip(words, words[1:], strict=False) if before == "-p")


def rules(project: Project, data: list[list[rdf.Quad]], names: Sequence[str], seconds: float) -> Iterator[Growth]:
    """The growth of each rule that has a query, as `kb validate` asks it of much data; and without what it costs to read the
    data and to apply no rule, of the others together or, where these grow too fast, of halves of them and so on down to the
    rules that are to blame."""
    shapes = read_shapes(project.shape_files())
    queries = Queries(shapes.quads)
    stores = [source_of(quads).engine for quads in data]
    for shape in queries.texts:
        if not names or curie(shape.value) in names:
            yield grown(curie(shape.value), (looking(queries, store, shape) for store in stores), seconds)
    del stores
    texts = [rdf.serialize(quads, format=rdf.RdfFormat.N_TRIPLES).decode() for quads in data]
    triples = [len(quads) for quads in data]
    nothing = [least(applying(shapes, (), text), seconds)[0] or 0.0 for text in texts]

    def growth(chosen: Sequence[Any]) -> Growth:
        name = curie(chosen[0].value) if len(chosen) == 1 else f"{curie(chosen[0].value)} and {len(chosen) - 1} more"
        found = grown(name, (applying(shapes, chosen, text) for text in texts), seconds)
        took = zip(found.seconds, nothing, strict=True)
        return replace(found, seconds=[None if time is None else max(time - base, 0.0) for time, base in took])

    wanted = [shape for shape in shapes.with_targets() if not names or curie(shape.value) in names]
    groups = [[shape for shape in wanted if shape not in queries.texts]]
    while groups:
        chosen = groups.pop()
        if not chosen:
            continue
        found = growth(chosen)
        yield found
        if len(chosen) > 1 and found.fault(triples):
            groups += [chosen[len(chosen) // 2 :], chosen[: len(chosen) // 2]]


def looking(queries: Queries, store: rdf.Store, shape: Any) -> Callable[[], tuple[float, int]]:
    """Looks for the nodes that the queries of a shape could find wrong, and tells the CPU time and how many there are."""

    def work() -> tuple[float, int]:
        start = time.process_time()
        found = len(queries.found(store, shape) or ())
        return time.process_time() - start, found

    return work


def applying(shapes: Shapes, chosen: Sequence[Any], data: str) -> Callable[[], tuple[float, int]]:
    """Lets the engine apply these shapes, and tells the CPU time and how many results there are."""
    aims = {f"{SH}{name}" for name in TARGETS}
    kept = [quad for quad in shapes.quads if quad.predicate.value not in aims or quad.subject in chosen]
    text = rdf.serialize(kept, format=rdf.RdfFormat.N_TRIPLES).decode()

    def work() -> tuple[float, int]:
        compiled = shacl.Shapes.from_text(text, "ntriples")
        start = time.process_time()
        found = len(compiled.validate_text(data, "ntriples").results)
        return time.process_time() - start, found

    return work


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--claims", type=int, nargs="+", default=[2000, 8000, 32000], help="the sizes, from small to large")
    options.add_argument("--seconds", type=float, default=60.0, help="what one answer may take")
    options.add_argument("--out", type=Path, metavar="FILE", help="write the table here too, as CSV")
    what = options.add_mutually_exclusive_group()
    what.add_argument("--rules", action="store_true", help="only the rules of the shapes")
    what.add_argument("--questions", action="store_true", help="only the questions, views and their rules, and the lists of values")
    options.add_argument("names", nargs="*", metavar="NAME", help="only these questions, views/VIEWS, values/LISTS, rules/… and mms:RULES")
    chosen = options.parse_args()
    project = find_project()
    with tempfile.TemporaryDirectory() as folder:
        data = [data_of(project, claims, Path(folder)) for claims in chosen.claims]
    triples = [len(quads) for quads in data]
    print(f"machine   {platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"versions  Python {platform.python_version()}, pyoxigraph {version('pyoxigraph')}, shacl {version('shacl')}")
    print(f"data      claims {', '.join(f'{n:,}' for n in chosen.claims)}; triples {', '.join(f'{n:,}' for n in triples)}\n")
    print(f"{'':<34}{'CPU seconds':>{9 * len(data)}}  exponent  {'rows':>{9 * len(data)}}")
    table = []
    if not chosen.rules:
        sources = [source_of(quads) for quads in data]
        table += told(questions(project, sources, chosen.names, chosen.seconds), triples)
        table += told(rules_of_views(project, sources, chosen.names, chosen.seconds), triples)
        del sources
    if not chosen.questions:
        table += told(rules(project, data, chosen.names, chosen.seconds), triples)
    if chosen.out:
        with chosen.out.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["name", *(f"s at {n}" for n in triples), "exponent", *(f"rows at {n}" for n in triples), "fault"], *table])
    faults = [row for row in table if row[-1] and " more" not in row[0]]
    print(f"\n{len(faults)} of {len(table)} grow too fast" + "".join(f"\n  {row[0]}: {row[-1]}" for row in faults))
    return 1 if faults else 0


def told(growths: Iterator[Growth], triples: Sequence[int]) -> list[list[Any]]:
    """Prints each as it comes, and gives the rows of the table."""
    table = []
    for growth in growths:
        exponent, fault = growth.exponent(triples), growth.fault(triples)
        seconds = "".join("  too long" if took is None else f"{took:>9.3f}" for took in growth.seconds)
        rows = "".join(f"{count:>9,}" for count in growth.rows)
        print(f"{growth.name[:33]:<34}{seconds}  {'' if exponent is None else f'{exponent:.2f}':>8}  {rows}  {fault}", flush=True)
        table.append([growth.name, *growth.seconds, exponent, *growth.rows, fault])
    return table


if __name__ == "__main__":
    sys.exit(main())
