"""Questions asked across three servers that each hold some of the documents, beside the same questions to one store.

    python benchmarks/federation.py [--claims 1000] [--limit 60] [--comunica DIR] [--out FILE] [QUESTION …]

The bundled documents and generated ones go to three Oxigraph servers on loopback, each document whole to one of them; the
registers and the ontology to the first. A statement goes to one server only, though several files make it: an engine that
puts answers together cannot tell twice the same from two. Comunica (npm) asks the three as one; a fourth server holds all.
For each bundled question with its example's values it is told whether the rows are equal, differ (how; and whether the
engine gives the same wrong answer with all data in its memory), or that it cannot be asked (why), with the times. Exit code 1:
dividing the data changes an answer; 4: the engine or a server is missing.

DIR is where Comunica is, or is installed to from npm: ``build/comunica`` by default.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlencode

from bench.comunica import VERSION, WAYS, Comunica
from bench.datasets import BENCHMARKS, generate
from bench.machine import installed, processor
from bench.processes import Run, clean_up_when_terminated, run
from bench.questions import example_in_full
from bench.servers import Missing, Oxigraph, beside_python

from kb import rdf, turtle
from kb.namespaces import PREFIXES
from kb.project import Project, find_project
from kb.queries import bundled

SERVERS = 3
OF_THE_ENGINE = "the engine's error"
NOT_ASKABLE = "not askable"
VERDICTS = ("equal", "differs", OF_THE_ENGINE, NOT_ASKABLE)
"""``differs`` is of dividing the data; where the engine answers wrongly whether they are divided or not, it is its own error."""
_EVERYTHING = urlencode({"query": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"})
_LOAD_LIMIT = 300.0
_XSD = PREFIXES["xsd"]
_NUMBERS = {_XSD + name for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")}

Answer = tuple[tuple[str, ...], ...]
"""The rows, each with a text for each variable; in the order given."""


@dataclass(frozen=True)
class Outcome:
    """What came of a question: one of ``VERDICTS``, with the reason, the rows of one store and wall times in seconds."""

    question: str
    verdict: str
    why: str
    rows: int
    alone: float
    across: float


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("questions", nargs="*", metavar="QUESTION", help="bundled questions; all by default")
    options.add_argument(
        "--claims", type=int, default=1000, help="claims of generated documents beside the bundled ones; 0 for none"
    )
    options.add_argument("--limit", type=float, default=60.0, metavar="S", help="seconds that a question may take")
    options.add_argument("--comunica", type=Path, default=Path("build/comunica"), metavar="DIR")
    options.add_argument("--out", type=Path, metavar="FILE", help="a file for the table, besides standard output")
    chosen = options.parse_args(arguments)
    clean_up_when_terminated()
    try:
        engine = Comunica(chosen.comunica.resolve())
        with tempfile.TemporaryDirectory(prefix="kb-federation-") as scratch:
            text, outcomes = compared(engine, Path(scratch), chosen.claims, chosen.limit, chosen.questions)
    except (Missing, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 4
    print(text)
    if chosen.out:
        chosen.out.write_text(text + "\n", encoding="utf-8")
    return 1 if any(outcome.verdict == "differs" for outcome in outcomes) else 0


def compared(
    engine: Comunica, scratch: Path, claims: int, limit: float, names: Sequence[str]
) -> tuple[str, list[Outcome]]:
    """The table, and what came of each question. Raises Missing and RuntimeError."""
    project = find_project()
    queries = [query for query in bundled.read_all(project) if not names or query.name in names]
    parts = partitioned(scratch, files_by_server(project, scratch, claims))
    with ExitStack() as stack:
        servers = []
        for _ in range(SERVERS + 1):
            servers.append(Oxigraph())
            stack.callback(servers[-1].stop)
        *parted, whole = servers
        counts = [0] * SERVERS
        for number, part in enumerate(parts):
            counts[number] = sum(1 for _ in part.open(encoding="utf-8"))
            for server in (parted[number], whole):
                _load(part, server)
        outcomes = []
        for query in queries:
            text = scratch / f"{query.name}.rq"
            text.write_text(example_in_full(project, query), encoding="utf-8")
            alone = run([sys.executable, BENCHMARKS / "bench" / "peers.py", "rows_of", whole.query, text], limit)
            sources = [f"sparql@{server.query}" for server in parted]
            for way in WAYS:
                across = engine.ask(sources, text, limit, way)
                outcome = judged(query.name, alone, across)
                if outcome.verdict != NOT_ASKABLE:
                    break
            if outcome.verdict != NOT_ASKABLE and way != WAYS[0]:
                outcome = replace(outcome, why="; ".join(filter(None, (outcome.why, f"asked {way}"))))
            if outcome.verdict == "differs":
                outcome = _whose(outcome, across, engine.ask([f"file@{whole.query}?{_EVERYTHING}"], text, limit, way))
            outcomes.append(outcome)
            print(f"{query.name}: {outcome.verdict} {outcome.why}".rstrip(), file=sys.stderr, flush=True)
    return _table(outcomes, counts), outcomes


def files_by_server(project: Project, scratch: Path, claims: int) -> list[list[Path]]:
    """Which files each server gets: the documents so that all have about as much, and all else to the first."""
    others, documents = list(project.ontology_files()), []
    roots = [project.data]
    if claims:
        roots.append(scratch / "generated")
        generate(roots[-1], "--claims", str(claims), "--format", "ttl")
    for root in roots:
        for path in sorted(root.rglob("*.ttl")):
            (documents if "documents" in path.relative_to(root).parts else others).append(path)
    # A bundled document is a folder with several files, a generated one a file.
    named: dict[str, list[Path]] = {}
    for path in documents:
        named.setdefault(path.parent.name if path.parent.name != "documents" else path.stem, []).append(path)
    servers = [others, *([] for _ in range(SERVERS - 1))]
    for files in sorted(named.values(), key=lambda files: -_size(files)):
        min(servers, key=_size).extend(files)
    return servers


def _size(files: Sequence[Path]) -> int:
    return sum(path.stat().st_size for path in files)


def partitioned(scratch: Path, servers: Sequence[Sequence[Path]]) -> list[Path]:
    """The statements of each server as N-Triples, each statement for one server only."""
    seen: set[str] = set()
    parts = []
    for number, files in enumerate(servers):
        parts.append(scratch / f"server-{number}.nt")
        with parts[-1].open("w", encoding="utf-8") as out:
            for place, path in enumerate(files):
                for line in _lines(path, f"s{number}f{place}"):
                    if line not in seen:
                        seen.add(line)
                        out.write(line)
    return parts


def _lines(path: Path, mark: str) -> Iterator[str]:
    for quad in turtle.parse_file(path):
        line = f"{quad.triple} .\n"
        # Every file has its own blank nodes.
        blank = isinstance(quad.subject, rdf.BlankNode) or isinstance(quad.object, rdf.BlankNode)
        yield line.replace("_:", f"_:{mark}x") if blank else line


def _load(part: Path, server: Oxigraph) -> None:
    program = beside_python("kb")
    kb = [program] if program else [sys.executable, "-m", "kb"]
    done = run([*kb, "load", part, *server.load, "--no-validate"], _LOAD_LIMIT)
    if done.failure:
        raise RuntimeError(f"kb load: {done.failure}")


def judged(question: str, alone: Run, across: Run) -> Outcome:
    """What came of a question, from the answers of one store and of all together."""
    if alone.failure:
        return Outcome(question, NOT_ASKABLE, f"of one store: {alone.failure}", 0, alone.wall, across.wall)
    expected = rows_of(alone.out)
    if across.failure or not across.out.lstrip().startswith("{"):
        reason = _reason(across)
        return Outcome(question, NOT_ASKABLE, reason, len(expected), alone.wall, across.wall)
    try:
        found = rows_of(across.out)
    except ValueError:
        return Outcome(question, NOT_ASKABLE, _reason(across), len(expected), alone.wall, across.wall)
    missing, added = Counter(expected) - Counter(found), Counter(found) - Counter(expected)
    if Counter(map(_sorted_within, expected)) == Counter(map(_sorted_within, found)) and missing:
        why = "in another order inside a joined value, which SPARQL leaves open"
        return Outcome(question, "equal", why, len(expected), alone.wall, across.wall)
    if missing or added:
        example = next(iter(missing or added))
        why = (
            f"{missing.total()} rows missing, {added.total()} added; such as {' · '.join(filter(None, example))[:150]}"
        )
        return Outcome(question, "differs", why, len(expected), alone.wall, across.wall)
    why = "" if expected == found else "in another order where the question leaves it open"
    return Outcome(question, "equal", why, len(expected), alone.wall, across.wall)


def _whose(outcome: Outcome, across: Run, undivided: Run) -> Outcome:
    """The outcome with whether the difference comes from dividing the data: ``undivided`` is the engine's own answer from all
    of them in its memory."""
    if undivided.failure:
        return outcome
    if Counter(rows_of(undivided.out)) == Counter(rows_of(across.out)):
        return replace(
            outcome, verdict=OF_THE_ENGINE, why=f"{outcome.why}; the engine gives the same of undivided data"
        )
    return replace(outcome, why=f"{outcome.why}; and of undivided data the engine answers otherwise")


def _sorted_within(row: tuple[str, ...]) -> tuple[str, ...]:
    """The row with what GROUP_CONCAT has joined, in no order that SPARQL defines, in order."""
    return tuple(", ".join(sorted(value.strip('"').split(", "))) if ", " in value else value for value in row)


def rows_of(content: str) -> Answer:
    """The rows of SPARQL's JSON; numbers by their value, since servers write them in their own ways."""
    answer = json.loads(content)
    names = answer["head"].get("vars", ())  # Comunica leaves them out of an empty answer
    return tuple(tuple(_term(row.get(name)) for name in names) for row in answer["results"]["bindings"])


def _term(term: dict[str, str] | None) -> str:
    if term is None:
        return ""
    kind, value = term.get("datatype", ""), term["value"]
    if kind in _NUMBERS:
        try:
            return f"{Decimal(value).normalize():f}"
        except InvalidOperation:
            pass  # compared as it is written
    tag = term.get("xml:lang") or ("" if kind == f"{_XSD}string" else kind)
    return f"<{value}>" if term["type"] == "uri" else f'"{value}"{tag}'


def _reason(done: Run) -> str:
    said = [line.strip() for line in done.err.splitlines() if line.strip() and "WARN" not in line]
    known = [line for line in said if "requires an operation with source annotation" in line]
    if known:
        return "the engine ends with an error: " + known[0][:120]
    return done.failure or f"no answer: {(said or ['nothing said'])[-1][:160]}"


def _table(outcomes: Sequence[Outcome], counts: Sequence[int]) -> str:
    tally = Counter(outcome.verdict for outcome in outcomes)
    lines = [
        f"{processor()}; Comunica {VERSION}, Oxigraph {installed('oxigraph')}; {SERVERS} servers with {', '.join(f'{n:,}' for n in counts)} triples",
        "",
        f"{len(outcomes)} questions: " + ", ".join(f"{tally[verdict]} {verdict}" for verdict in VERDICTS),
        "",
        "| question | rows | one store | three servers | |",
        "|---|---|---|---|---|",
    ]
    for outcome in outcomes:
        why = f"{outcome.verdict}{': ' if outcome.why else ''}{outcome.why}".replace("|", "/")
        lines.append(
            f"| {outcome.question} | {outcome.rows} | {outcome.alone:.2f} s | {outcome.across:.2f} s | {why} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
