"""Comunica, a federation engine for Node.js, as it is on npm; one process a question."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.processes import Run, run
from bench.servers import Missing

VERSION = "5.4.1"

_PACKAGE = "@comunica/query-sparql"
_NEEDS = {"private": True, "dependencies": {_PACKAGE: VERSION}, "overrides": {"undici": "^7.0.0"}}
"""Its own choice of undici, 8, needs Node.js 22; with 7 it runs on 20 as well."""
_INSTALL, _COMPILE = 300.0, 300.0
"""Seconds."""
_BINDING = ("inner-multi-bind", "optional-bind")
"""Joins that ask every server again for each row found so far: thousands of requests for one question. Without them the engine
fetches what a pattern matches once, and joins by hashes."""
_PUSHING = "filter-pushdown"
"""An optimisation that joins each with each where a filter compares two patterns that nothing but a third one connects."""
_WAYS = {
    "by hashes": (*_BINDING, _PUSHING),
    "by hashes, without connecting": (*_BINDING, _PUSHING, "join-connected"),
    "as it comes": (),
}
"""What is left out of the engine in each of the ways to ask. In the first it sometimes ends without an answer, in the second it
can take long, and only as it comes it has a path of any length that ends at a row found so far."""
WAYS = tuple(_WAYS)
"""The ways to ask, in the order in which they are best tried."""
_RUNNER = "require('@comunica/runner-cli').runArgsInProcessStatic(require('./{}')());\n"
_REPLACED = ("rdf-join/actors-inner", "rdf-join/actors-optional", "optimize-query-operation/actors")
"""Parts of its configuration that have what is left out."""


class Comunica:
    """The engine in a folder, installed there if it is not yet."""

    def __init__(self, folder: Path) -> None:
        """Raises Missing where Node.js or npm is, or npm does not install the engine, and RuntimeError where it cannot be compiled."""
        for program in ("node", "npm"):
            if shutil.which(program) is None:
                raise Missing(f"{program} is not installed (apt-get install nodejs npm)")
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        package = folder / "node_modules" / _PACKAGE / "package.json"
        if not package.exists() or json.loads(package.read_text())["version"] != VERSION:
            (folder / "package.json").write_text(json.dumps(_NEEDS))
            done = run(["npm", "install", "--prefix", folder, "--no-audit", "--no-fund"], _INSTALL)
            if done.failure:
                raise Missing(f"Comunica cannot be installed from npm: {done.failure}")
        self._programs = {way: self._program(way) for way in WAYS}

    def ask(self, sources: Sequence[str], query: Path, limit: float, way: str) -> Run:
        """Ask some sources as one, each ``sparql@`` and an endpoint, or ``file@`` and an address; the answer is SPARQL's JSON.

        ``way`` is one of ``WAYS``.
        """
        words = ["-f", query, "-t", "application/sparql-results+json"]
        return run(["node", self._programs[way], *sources, *words], limit)

    def _program(self, way: str) -> Path:
        commands = self._folder / "node_modules/.bin"
        if not _WAYS[way]:
            return commands / "comunica-sparql"
        name = f"{way}-{VERSION}"
        program, engine = self._folder / f"{name}.js", self._folder / f"{name}-engine.js"
        if not program.exists():
            configuration = self._folder / f"{name}.json"
            configuration.write_text(json.dumps(self._configuration(_WAYS[way])))
            done = _or_raise(run(["node", commands / "comunica-compile-config", configuration], _COMPILE, cwd=self._folder))
            engine.write_text(done.out)
            program.write_text(_RUNNER.format(engine.name))
        return program

    def _configuration(self, left_out: Sequence[str]) -> dict[str, object]:
        """The configuration that is installed, without some of its actors."""
        installed = self._folder / "node_modules/@comunica/config-query-sparql/config"
        found = json.loads((installed / "config-default.json").read_text())
        gone = {f"ccqs:config/{name}.json" for name in ("rdf-join/actors", *_REPLACED)}
        imports = [name for name in found["import"] if name not in gone]
        contexts, actors = list(found["@context"]), []
        for name in _REPLACED:
            part = json.loads((installed / f"{name}.json").read_text())
            contexts += [context for context in part["@context"] if context not in contexts]
            actors += _kept(part["actors"], left_out)
        return {
            "@context": contexts, "@id": "urn:comunica:default:Runner", "@type": "Runner",
            "import": [*imports, "ccqs:config/rdf-join/actors-minus.json"], "actors": actors,
        }  # fmt: skip


def _kept(actors: Sequence[dict[str, object]], left_out: Sequence[str]) -> Iterator[dict[str, object]]:
    def stays(actor: dict[str, object]) -> bool:
        return str(actor["@id"]).partition("#")[2] not in left_out

    for actor in filter(stays, actors):
        before = actor.get("beforeActors", [])
        yield actor | {"beforeActors": [*filter(stays, before if isinstance(before, list) else [before])]}


def _or_raise(done: Run) -> Run:
    if done.failure:
        raise RuntimeError(done.failure)
    return done
