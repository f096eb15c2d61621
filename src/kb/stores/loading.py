"""From files to what a store takes: a file of N-Triples for each graph, made before anything is written to the store."""

from __future__ import annotations

import errno
import shutil
import stat
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from kb import compression, rdf, sandbox, turtle
from kb.errors import InputError, Position, StoreError, UsageError, in_one
from kb.files import display_name, unreadable
from kb.namespaces import GRAPH
from kb.project import Project
from kb.sources import files_below
from kb.stores import spooling
from kb.stores.base import GraphFile
from kb.stores.spooling import Source

_STDIN = GRAPH + "external/stdin"
_TOGETHER = 100
"""Files that one child process reads: each takes two descriptors, and a process has a thousand or fewer."""
_OPEN = 64
"""Files of graphs that are open at once."""
_PIECE, _RUN = 1 << 20, 1 << 17
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Run = Callable[[Callable[[], sandbox.Work], Sequence[Path]], Any]
"""Does work on files in a sandbox, within limits that follow their sizes, and gives its result: ``kb.sandbox.run``, say."""


@dataclass(frozen=True)
class Spool:
    """What a load will write: each graph once, in the order of the files, with the files that it comes from."""

    files: tuple[GraphFile, ...]
    names: dict[str, tuple[str, ...]]
    blank_nodes: int
    """How many got IRIs; of one file no more than ``kb.stores.spooling.MOST_COUNTED`` are counted."""

    @property
    def lines(self) -> int:
        """How many triples there are in all, repeated ones as often as they stand."""
        return sum(file.lines for file in self.files)


def files_to_load(project: Project, paths: Sequence[Path]) -> list[Path]:
    """The files that these files and folders stand for; without any, the project's ontology, registers and documents.

    Raises InputError for a folder without RDF files.
    """
    if not paths:
        return project.stated_files()
    return [file for path in paths for file in files_below(path)]


def check_graph(iri: str) -> None:
    """Raises UsageError where the name that a user gives to a graph is not an IRI."""
    if not rdf.is_iri(iri):
        raise UsageError(f"--graph takes an absolute IRI, not {iri!r}")


def check_no_pipes(files: Iterable[Path]) -> None:
    """Raises InputError for a pipe: once it has been read to be judged, nothing is left to load. Standard input is kept."""
    for path in files:
        try:
            is_pipe = str(path) != "-" and stat.S_ISFIFO(path.stat().st_mode)
        except (OSError, ValueError):
            continue  # told when it is read
        if is_pipe:
            raise InputError("a pipe can be read only once; give it as standard input (-), or load unchecked", Position(display_name(path)))


def spool(
    project: Project, files: Iterable[Path], graph: str | None, folder: Path, run: Run, standard_input: IO[bytes]
) -> Spool:
    """Write what the files say (``-`` is standard input) to files below a folder, each triple where it belongs.

    A TriG or N-Quads file's named graphs keep their names. All else goes to ``graph`` or, without that, to the graph that
    the file's path names. The files are parsed by ``run``; here only lines that it has written are looked at.

    Raises InputError for every file that cannot be read or parsed, all in one, and StoreError where the folder has no room.
    """
    try:
        return _spool(project, files, graph, folder, run, standard_input)
    except OSError as error:
        raise StoreError(f"{folder.parent}: cannot hold what is to be loaded: {error.strerror or error}; nothing was loaded") from None


def _spool(
    project: Project, files: Iterable[Path], graph: str | None, folder: Path, run: Run, standard_input: IO[bytes]
) -> Spool:
    sources, errors = [], []
    for number, path in enumerate(files):
        try:
            packed = _seekable(path, folder / f"{number}.packed", standard_input)
        except (OSError, ValueError) as error:
            if getattr(error, "errno", None) in _NO_ROOM:
                raise
            errors.append(unreadable(error, path))
            continue
        name = display_name(path)
        home = graph or (_STDIN if str(path) == "-" else project.graph_iri(_plain(path)))
        sources.append(Source(name, turtle.format_of(str(path)), packed, folder / f"{number}.spool", home))
    blank_nodes = 0
    for start in range(0, len(sources), _TOGETHER):
        some = sources[start : start + _TOGETHER]
        try:
            blank_nodes += run(lambda some=some: spooling.prepare(some), [source.packed for source in some])
        except InputError as error:
            errors.append(error)
    if errors:
        raise in_one(errors)
    return _by_graph(sources, folder, blank_nodes)


def _plain(path: Path) -> Path:
    """A file without the suffix of a compression: its graph is that of the plain one."""
    return Path(compression.plain_name(str(path)))


def _seekable(path: Path, copy: Path, standard_input: IO[bytes]) -> Path:
    """A file that can be read twice: itself, or a copy of what comes through a pipe. Raises OSError."""
    if str(path) == "-":
        _copy(standard_input, copy)
        return copy
    mode = path.stat().st_mode
    if stat.S_ISCHR(mode):
        raise OSError(errno.EINVAL, "this is a device, which may never end")
    if not stat.S_ISFIFO(mode):
        return path
    with path.open("rb") as stream:
        _copy(stream, copy)
    return copy


def _copy(stream: IO[bytes], copy: Path) -> None:
    with copy.open("wb") as file:
        shutil.copyfileobj(stream, file, _PIECE)


def _by_graph(sources: Sequence[Source], folder: Path, blank_nodes: int) -> Spool:
    """The spools of the files, put together by graph."""
    names: dict[str, dict[str, None]] = {}
    with closing(_GraphFiles(folder)) as graphs:
        for source in sources:
            if source.format.supports_datasets:
                for iri in graphs.distribute(source.spool) or (source.graph,):
                    names.setdefault(iri, {})[source.name] = None
            else:
                graphs.append(source.graph, source.spool)
                names.setdefault(source.graph, {})[source.name] = None
    return Spool(tuple(map(graphs.file, names)), {iri: tuple(found) for iri, found in names.items()}, blank_nodes)


def _end_of(lines: bytes) -> bytes:
    """How the first of some lines of N-Quads ends: its graph and the full stop. No literal has a line end in it."""
    line = lines[: lines.index(b"\n") + 1]
    return line[line.rindex(b" <") :]


class _GraphFiles:
    """A file of N-Triples for each graph, of which only some are open at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._paths: dict[str, Path] = {}
        self._open: OrderedDict[str, IO[bytes]] = OrderedDict()

    def append(self, graph: str, spool: Path) -> None:
        """Add a file of N-Triples to a graph's; it is gone then."""
        if graph not in self._paths:
            self._paths[graph] = spool
            return
        with spool.open("rb") as file:
            shutil.copyfileobj(file, self._opened(graph), _PIECE)
        spool.unlink()

    def distribute(self, spool: Path) -> dict[str, None]:
        """Add the lines of a file of N-Quads, which all name a graph, to the graphs' files; gives the graphs in order."""
        found: dict[str, None] = {}
        with spool.open("rb") as file:
            while piece := file.read(_RUN) + file.readline():
                lines = [piece]
                # One graph's lines mostly follow each other, and then they need not be taken apart.
                if piece.count(_end_of(piece)) < piece.count(b"\n"):
                    lines = piece.splitlines(keepends=True)
                for text in lines:
                    end = _end_of(text)
                    iri = end[2:-4].decode()
                    found[iri] = None
                    self._opened(iri).write(text.replace(end, b" .\n"))
        spool.unlink()
        return found

    def file(self, graph: str) -> GraphFile:
        """What there is of a graph, once all is closed."""
        if graph not in self._paths:
            self._opened(graph).close()
        with self._paths[graph].open("rb") as file:
            lines = sum(piece.count(b"\n") for piece in iter(lambda: file.read(_PIECE), b""))
        return GraphFile(graph, self._paths[graph], lines)

    def close(self) -> None:
        for file in self._open.values():
            file.close()
        self._open.clear()

    def _opened(self, graph: str) -> IO[bytes]:
        file = self._open.pop(graph, None)
        if file is None:
            path = self._paths.setdefault(graph, self._folder / f"{len(self._paths)}.nt")
            file = path.open("ab")
        self._open[graph] = file
        if len(self._open) > _OPEN:
            self._open.popitem(last=False)[1].close()
        return file
