"""A generator of data like ours, at any size: invented documents with claims, and the registers that they refer to.

    python benchmarks/generate.py --claims 1000000 [--seed 1] [--format nt|ttl|nq] [--out PATH]

It measures the knowledge base's own data (claims in a passage, classes, frames, slots, hedges, figures, citations, links;
how often each actor is named; how registers grow) and writes more of the kind: conforming to the shapes, with invented
names and words, and the same for the same arguments. It needs no more memory for ten million claims than for a thousand.

PATH is a file or a folder (``registers/KIND.ttl`` and a file for each document); without it all goes to standard output.
``nq`` has a named graph for each register and document. ``--beside N`` writes documents that are not among those of
``--claims N`` with the same seed, and refer to its registers and to claims of its first document.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from distributions import Model, measured
from invented import Registers, Triple
from invented_documents import Library
from invented_lines import Lines, prologue, turtle
from realdata import Data

from kb.errors import KbError
from kb.namespaces import GRAPH
from kb.project import find_project

Portion = tuple[str, list[Triple], int]
"""Where a portion of the data belongs (``registers/actor``, ``documents/g1-00001``), what it says, and how many claims are in it."""


def portions(model: Model, claims: int, seed: int, beside: int = 0) -> Iterator[Portion]:
    """The data set, portion by portion: the documents, then the things that they named, for the registers."""
    registers = Registers(model, seed)
    library = Library(model, registers, seed)
    if beside:
        # The first documents tell what the registers of the data set have for sure.
        while registers.claims < min(beside, 3000):
            library.next(beside - registers.claims)
        registers.closed = True
        library = Library(model, registers, seed, mark="x", past=library.past)
    written = 0
    while written < claims:
        document = library.next(claims - written)
        written += len(document.claims)
        yield f"documents/{document.slug}", document.out, len(document.claims)
    if not beside:
        yield from ((f"registers/{kind}", triples, 0) for kind, triples in registers.triples())


class Output:
    """One file, standard output, or a folder with a file for each portion. A file is in its place only when it is whole."""

    def __init__(self, path: Path | None, format_: str, folder: bool) -> None:
        self._path = path
        self._format = format_
        self._folder = folder
        self._lines = Lines()
        self._stack = ExitStack()
        self._files: dict[str, TextIO] = {}
        self._whole = sys.stdout
        if path and not folder:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._part = path.with_name(f".{path.name}.part")
            self._whole = self._stack.enter_context(self._part.open("w", encoding="utf-8"))
        if not folder and format_ == "ttl":
            self._whole.write(prologue())

    def write(self, place: str, triples: list[Triple]) -> None:
        file = self._file(place) if self._folder else self._whole
        if self._format == "ttl":
            file.write(turtle(triples))
        else:
            file.write(self._lines.write(triples, f"{GRAPH}generated/{place}" if self._format == "nq" else ""))

    def close(self) -> None:
        """Put the files in their places."""
        self._stack.close()
        self._close_files()
        if self._path and not self._folder:
            os.replace(self._part, self._path)

    def _file(self, place: str) -> TextIO:
        if place not in self._files:
            # A document is written in one go, a register is, too: the one before is done.
            self._close_files()
            target = self._path / f"{place}.{self._format}"
            target.parent.mkdir(parents=True, exist_ok=True)
            # A kind of identifier may come in several groups.
            fresh = not target.exists()
            self._files[place] = target.open("a", encoding="utf-8")
            if fresh and self._format == "ttl":
                self._files[place].write(prologue())
        return self._files[place]

    def _close_files(self) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()


def generate(
    model: Model, claims: int, seed: int, write: Callable[[str, list[Triple]], None], beside: int = 0
) -> dict[str, int]:
    """Write a data set; the counts of documents, claims and triples."""
    counts = {"documents": 0, "claims": 0, "triples": 0}
    for place, triples, found in portions(model, claims, seed, beside):
        write(place, triples)
        counts["documents"] += place.startswith("documents/")
        counts["claims"] += found
        counts["triples"] += len(triples)
    return counts


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--claims", type=_count, required=True, help="how many claims, from 1")
    options.add_argument("--seed", type=_seed, default=1)
    options.add_argument("--format", choices=("nt", "ttl", "nq"), default="nt")
    options.add_argument("--out", type=Path, help="a file, or a folder for a file a document; standard output by default")
    options.add_argument("--beside", type=_count, default=0, metavar="N", help="further documents for a data set of N claims")
    options.add_argument("--project", type=Path, help="another folder with ontology/ data/ shapes/ queries/")
    chosen = options.parse_args(arguments)
    folder = bool(chosen.out) and (chosen.out.is_dir() or not chosen.out.suffix)
    if folder and chosen.out.is_dir() and any(chosen.out.iterdir()):
        options.error(f"{chosen.out} is not empty")
    start = time.perf_counter()
    try:
        model = measured(Data(find_project(chosen.project)))
    except KbError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    output = Output(chosen.out, chosen.format, folder)
    counts = generate(model, chosen.claims, chosen.seed, output.write, chosen.beside)
    output.close()
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{counts['claims']:,} claims in {counts['documents']:,} documents, {counts['triples']:,} triples; {seconds:.1f} s, "
        f"{60 * counts['claims'] / seconds:,.0f} claims a minute, at most {memory:.0f} MB",
        file=sys.stderr,
    )
    return 0


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a whole number from 1")
    return number


def _seed(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("a whole number from 0")
    return number


if __name__ == "__main__":
    sys.exit(main())
