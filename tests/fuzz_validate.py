"""Files with random faults, given to the command: whatever they hold, it ends in time with a documented exit code, a
message, and nothing in its output that would drive a terminal.

    python tests/fuzz_validate.py --seed 7 --count 5000
    python tests/fuzz_validate.py --seed 7 --only 4711 --keep folder

A case depends on the seed and its number alone; --only runs one again, --keep leaves its files.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import shlex
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import mutilate

from kb import rdf
from kb.cli import main
from kb.cli.validate import command as validate_command
from kb.errors import EXIT_FINDING, EXIT_INPUT, EXIT_STORE, EXIT_USAGE
from kb.messages import CONTROL

csv.field_size_limit(1 << 30)
DOCUMENTED = (0, EXIT_FINDING, EXIT_USAGE, EXIT_INPUT, EXIT_STORE)
LIMITS = ("--timeout", "10", "--memory", "2")
PATIENCE = 40
"""Seconds after which the command itself, and not its work alone, counts as hanging."""


class Case(NamedTuple):
    """A command line, the files that it names, and its standard input."""

    arguments: list[str]
    files: dict[str, bytes]
    stdin: bytes = b""


class Outcome(NamedTuple):
    """How a command ended: its exit code, or minus the signal's number."""

    code: int
    stdout: bytes
    stderr: bytes
    seconds: float


def choices(option: str) -> list[str]:
    """The values that an option of ``kb validate`` takes."""
    return [*next(p for p in validate_command.params if f"--{option}" in p.opts).type.choices]


def case(seed: int, number: int) -> Case:
    """One of the cases of a seed."""
    rng = random.Random(f"{seed}:{number}")
    content, suffix = mutilate.document(rng)
    name = rng.choice(("mine", "mine", "año", "a b", "-x", "\x1b[31m", "a\nb")) + suffix
    files = {name: content}
    path = f"./{name}"
    kind = rng.random()
    if kind < 0.06:
        return Case(["fmt", rng.choice(("--check", "--diff")), path], files)
    if kind < 0.12:
        return Case(["load", "--dry-run", "--no-validate", path], files)
    if kind < 0.16:
        other, suffix = mutilate.document(rng)
        return Case(["diff", "--alone", *LIMITS, path, f"./other{suffix}"], files | {f"other{suffix}": other})
    if kind < 0.17:
        return Case(["infer", *LIMITS, path], files)
    if kind < 0.22:
        return Case(["query", "-q", "SELECT * { ?s ?p ?o }", "--data", path, "--limit", "9", *LIMITS[:2]], files)
    arguments = ["validate", "--alone", *LIMITS, "--format", rng.choice(choices("format"))]
    for option in ("lang", "fail-on", "engine"):
        if rng.random() < 0.5:
            arguments += [f"--{option}", rng.choice(choices(option))]
    if rng.random() < 0.1:
        arguments.append("--summary")
    if rng.random() < 0.1:
        arguments += ["--base", "http://example.org/base"]
    if rng.random() < 0.5:
        files["shapes.ttl"] = mutilate.shapes(rng)
        arguments += ["--shapes", "shapes.ttl"]
    if rng.random() < 0.1:
        return Case([*arguments, "--input-format", suffix[1:].replace("owl", "rdf"), "-"], files, content)
    return Case([*arguments, path], files)


def run(given: Case, folder: Path) -> Outcome:
    """Run the command in a child process, in a folder with the case's files."""
    for name, content in given.files.items():
        (folder / name).write_bytes(content)
    (folder / ".stdin").write_bytes(given.stdin)
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        _be_the_command(given.arguments, folder)
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() - started > PATIENCE:
            os.killpg(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            break
        time.sleep(0.002)
    code = os.waitstatus_to_exitcode(status)
    return Outcome(code, (folder / ".stdout").read_bytes(), (folder / ".stderr").read_bytes(), time.monotonic() - started)


def _be_the_command(arguments: list[str], folder: Path) -> None:
    code = 99
    try:
        os.setpgid(0, 0)
        os.chdir(folder)
        for number, (name, way) in enumerate(
            ((".stdin", os.O_RDONLY), (".stdout", os.O_WRONLY | os.O_CREAT), (".stderr", os.O_WRONLY | os.O_CREAT))
        ):
            os.dup2(os.open(name, way), number)
        sys.stdin = os.fdopen(0, "r", encoding="utf-8")
        try:
            main(arguments)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def faults(given: Case, found: Outcome) -> Iterator[str]:
    """What must not be so, whatever the files hold."""
    if found.code < 0:
        yield f"ended by {signal.Signals(-found.code).name} after {found.seconds:.0f} s"
    elif found.code not in DOCUMENTED:
        yield f"exit code {found.code}"
    if b"Traceback (most recent" in found.stdout + found.stderr:
        yield "a traceback"
    if found.code not in (0, EXIT_FINDING) and not found.stderr.strip():
        yield "no message"
    for stream, content in (("output", found.stdout), ("message", found.stderr)):
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            yield f"{stream} that is not UTF-8"
            continue
        raw = CONTROL.search(text)
        if raw:
            yield f"a raw {raw.group()!r} in the {stream}"
    if found.code in (0, EXIT_FINDING) and given.arguments[0] == "validate":
        yield from _unreadable(given, found)


def _unreadable(given: Case, found: Outcome) -> Iterator[str]:
    """Whether the report can be read by what reads its format."""
    format = given.arguments[given.arguments.index("--format") + 1]
    text = found.stdout.decode("utf-8", "replace")
    try:
        if format in ("json", "sarif"):
            json.loads(text)
        elif format == "ttl":
            list(rdf.parse(text, format=rdf.RdfFormat.TURTLE))
        elif format == "csv":
            widths = {len(row) for row in csv.reader(io.StringIO(text), strict=True)}
            if len(widths) != 1:
                yield f"rows of {widths} cells"
    except (ValueError, SyntaxError, csv.Error) as error:
        yield f"{format} that cannot be read: {error}"


def warm() -> None:
    """Load what takes long to load and what the command would load itself, so that each child has it."""
    import importlib

    from kb.validation.engine import ENGINES

    for module in ("kb.cli.fmt", "kb.cli.load", "kb.cli.query", "kb.cli.diff", "kb.cli.infer", "kb.validation", "kb.stores.loading", *ENGINES.values()):
        try:
            importlib.import_module(module)
        except ImportError:
            print(f"not installed: {module}")


def fuzz(seed: int, numbers: range, keep: Path | None = None) -> int:
    """Run the cases, print what is wrong with the number of its case and a summary, and return how many are wrong."""
    warm()
    counted: Counter[str] = Counter()
    wrong = 0
    slowest = (0.0, 0)
    started = time.monotonic()
    for number in numbers:
        given = case(seed, number)
        with tempfile.TemporaryDirectory() as name:
            found = run(given, Path(name))
            if keep is not None:
                shutil.copytree(name, keep, dirs_exist_ok=True)
        slowest = max(slowest, (found.seconds, number))
        counted[f"{given.arguments[0]} {found.code}"] += 1
        problems = list(faults(given, found))
        if problems or keep is not None:
            print(f"case {seed}:{number}: {'; '.join(problems) or 'nothing wrong'}")
            print(f"  kb {shlex.join(given.arguments)!r}")
            print(f"  {found.stderr[-400:]!r}", flush=True)
        wrong += bool(problems)
    print(
        f"{len(numbers)} cases of seed {seed} in {time.monotonic() - started:.0f} s, {wrong} wrong; "
        f"slowest {slowest[0]:.1f} s (case {slowest[1]}); {dict(sorted(counted.items()))}"
    )
    return wrong


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--from", type=int, default=0, dest="first", help="the number of the first case")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="one case alone")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the files of the last case there")
    return parser.parse_args()


if __name__ == "__main__":
    options = _arguments()
    chosen = range(options.first, options.first + options.count)
    sys.exit(bool(fuzz(options.seed, chosen if options.only is None else range(options.only, options.only + 1), options.keep)))
