"""What the peers do, bare: each task is one process, and prints one line of JSON with what it found.

    python benchmarks/bench/peers.py TASK ARGUMENT…

``answer`` is what is compared with others, ``inner`` the seconds of the task itself, without imports and, where the line of
the task below says so, without reading the files.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self
from urllib.parse import urlencode
from urllib.request import Request, urlopen

_LONGEST = 3600
"""Seconds that a server is waited for; the process itself has a limit."""


class Clock:
    """The seconds of the block that it is around."""

    seconds = 0.0

    def __enter__(self) -> Self:
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start


def bulk_load(file: str, folder: str) -> tuple[str, float]:
    """pyoxigraph: load N-Quads into a new folder, or into memory where ``folder`` is empty."""
    import pyoxigraph

    with Clock() as clock:
        store = pyoxigraph.Store(folder) if folder else pyoxigraph.Store()
        store.bulk_load(path=file, format=pyoxigraph.RdfFormat.N_QUADS)
        if folder:
            store.flush()
    return "", clock.seconds


def count(folder: str) -> tuple[str, float]:
    """pyoxigraph: how many quads in named graphs a folder holds."""
    import pyoxigraph

    store = pyoxigraph.Store.read_only(folder)
    rows = store.query("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }")
    return f"{int(next(iter(rows))[0].value)} quads", 0.0


def pyoxigraph_query(folder: str, query: str) -> tuple[str, float]:
    """pyoxigraph: ask a folder; ``inner`` is the query alone."""
    import pyoxigraph

    store = pyoxigraph.Store.read_only(folder)
    with Clock() as clock:
        # The unnamed graph of a folder that kb has loaded is the union of the others.
        rows = sum(1 for _ in store.query(_text(query)))
    return f"{rows} rows", clock.seconds


def pyoxigraph_files(query: str, *files: str) -> tuple[str, float]:
    """pyoxigraph: read Turtle files into memory and ask; ``inner`` is the query alone."""
    import pyoxigraph

    store = pyoxigraph.Store()
    for file in files:
        store.load(path=file, format=pyoxigraph.RdfFormat.TURTLE)
    with Clock() as clock:
        rows = sum(1 for _ in store.query(_text(query)))
    return f"{rows} rows", clock.seconds


def rdflib_files(query: str, *files: str) -> tuple[str, float]:
    """rdflib: read Turtle files into memory and ask; ``inner`` is the query alone."""
    import rdflib

    graph = rdflib.Graph()
    for file in files:
        graph.parse(file, format="turtle")
    with Clock() as clock:
        rows = len(list(graph.query(_text(query))))
    return f"{rows} rows", clock.seconds


def rdflib_parse(file: str) -> tuple[str, float]:
    """rdflib: read N-Quads into memory."""
    with Clock() as clock:
        dataset = _dataset(file)
    return f"{sum(1 for _ in dataset.quads())} quads", clock.seconds


def rdflib_query(file: str, query: str) -> tuple[str, float]:
    """rdflib: read N-Quads and ask; ``inner`` is the query alone."""
    dataset = _dataset(file)
    with Clock() as clock:
        rows = len(list(dataset.query(_text(query))))
    return f"{rows} rows", clock.seconds


def post(url: str, file: str) -> tuple[str, float]:
    """A server: take N-Quads in one request of a stated length."""
    with open(file, "rb") as body, Clock() as clock:
        headers = {"Content-Type": "application/n-quads", "Content-Length": str(Path(file).stat().st_size)}
        urlopen(Request(url, body, headers, method="POST"), timeout=_LONGEST).close()
    return "", clock.seconds


def ask(url: str, query: str) -> tuple[str, float]:
    """A server: ask; ``inner`` is the request until its answer is read."""
    with Clock() as clock:
        rows = _rows(url, query)
    return f"{len(rows)} rows", clock.seconds


def rows_of(url: str, query: str) -> tuple[str, float]:
    """A server: the whole answer, in the place of a line about it."""
    sys.stdout = sys.__stdout__
    json.dump(_answer(url, query), sys.stdout)
    raise SystemExit


def count_on_server(url: str, query: str) -> tuple[str, float]:
    """A server: the number that a query counts as ?n, of quads."""
    return f"{_rows(url, query)[0]['n']['value']} quads", 0.0


def shacl_validate(data: str, shapes: str, faults: str) -> tuple[str, float]:
    """shacl (Rust): judge N-Triples; ``inner`` is without reading the shapes."""
    import shacl

    judge = shacl.Shapes.from_text(Path(shapes).read_text(encoding="utf-8"), "ntriples")
    with Clock() as clock:
        report = judge.validate_text(Path(data).read_text(encoding="utf-8"), "ntriples")
    return found(faults, {str(result.focus_node).strip("<>") for result in report.results}), clock.seconds


def pyshacl_validate(data: str, shapes: str, faults: str) -> tuple[str, float]:
    """pyshacl: judge N-Triples; ``inner`` is without reading files."""
    import pyshacl
    import rdflib
    from rdflib.namespace import SH

    graph, rules = rdflib.Graph().parse(data, format="nt"), rdflib.Graph().parse(shapes, format="nt")
    with warnings.catch_warnings(), Clock() as clock:
        warnings.simplefilter("ignore")
        _, report, said = pyshacl.validate(graph, shacl_graph=rules, inference="none", inplace=True)
    if not isinstance(report, rdflib.Graph):
        raise SystemExit(f"pyshacl gives no report: {said}")
    return found(faults, {str(node) for node in report.objects(None, SH.focusNode)}), clock.seconds


def report(file: str, faults: str) -> tuple[str, float]:
    """A W3C report in Turtle: which faults it tells of."""
    import pyoxigraph

    focus = "http://www.w3.org/ns/shacl#focusNode"
    quads = pyoxigraph.parse(path=file, format=pyoxigraph.RdfFormat.TURTLE)
    return found(faults, {quad.object.value for quad in quads if quad.predicate.value == focus}), 0.0


def owlrl_closure(data: str, out: str) -> tuple[str, float]:
    """owlrl: read N-Triples and write their closure; ``inner`` is the closure alone."""
    import owlrl
    import rdflib

    rdflib.NORMALIZE_LITERALS = False  # what follows has its literals as they are written
    graph = rdflib.Graph().parse(data, format="nt")
    with Clock() as clock:
        owlrl.OWLRL_Semantics(graph, axioms=False, daxioms=False).closure()
    with open(out, "w", encoding="utf-8") as file:
        for subject, predicate, value in graph:
            # RDF cannot say anything of a literal; owlrl does.
            if not isinstance(subject, rdflib.Literal):
                file.write(f"{subject.n3()} {predicate.n3()} {value.n3()} .\n")
    return "", clock.seconds


def rules_closure(data: str) -> tuple[str, float]:
    """kb's own rules without its command: read N-Triples and infer; ``inner`` is the inference alone."""
    from kb import rdf
    from kb.inference import infer

    premises = list(_triples(rdf, data))
    with Clock() as clock:
        infer(premises)
    return "", clock.seconds


def what_matters(stated: str, closure: str) -> tuple[str, float]:
    """Of a closure in N-Triples, the digest of what ``kb infer`` would tell: new, and worth telling."""
    import hashlib

    from kb import rdf
    from kb.inference import says_something

    known = set(_triples(rdf, stated))
    new = sorted({str(triple) for triple in _triples(rdf, closure) if triple not in known and says_something(triple)})
    return f"{len(new)} new triples, SHA-256 {hashlib.sha256(chr(10).join(new).encode()).hexdigest()[:12]}", 0.0


def found(faults: str, told: set[str]) -> str:
    """How many of the planted faults, an IRI a line, are told of; of data without any, how many nodes have results."""
    planted = set(Path(faults).read_text(encoding="utf-8").split())
    if not planted:
        return f"{len(told)} nodes with results"
    missed = planted - told
    return (
        f"all {len(planted)} planted faults"
        if not missed
        else f"{len(planted) - len(missed)} of {len(planted)} planted faults"
    )


def _triples(rdf: object, file: str) -> Iterator[object]:
    return (quad.triple for quad in rdf.parse(path=file, format=rdf.RdfFormat.N_TRIPLES))  # type: ignore[attr-defined]


def _rows(url: str, query: str) -> list[dict[str, dict[str, str]]]:
    return _answer(url, query)["results"]["bindings"]


def _answer(url: str, query: str) -> dict:
    form = urlencode({"query": _text(query)}).encode()
    headers = {"Accept": "application/sparql-results+json", "Content-Type": "application/x-www-form-urlencoded"}
    with urlopen(Request(url, form, headers), timeout=_LONGEST) as answer:
        return json.load(answer)


def _dataset(file: str) -> object:
    import rdflib

    dataset = rdflib.Dataset(default_union=True)
    return dataset.parse(file, format="nquads")


def _text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


TASKS: dict[str, Callable[..., tuple[str, float]]] = {
    task.__name__: task
    for task in (
        bulk_load, count, pyoxigraph_query, pyoxigraph_files, rdflib_files, rdflib_parse, rdflib_query, post, ask, rows_of, count_on_server,
        shacl_validate, pyshacl_validate, report,
        owlrl_closure, rules_closure, what_matters,
    )
}  # fmt: skip


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # rdflib logs a traceback for each literal that it cannot read as a value
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        answer, inner = TASKS[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({"answer": answer, "inner": inner}))
