"""Comunica, a federation engine for Node.js, as it is on npm; one process a question."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from bench.processes import Run, run
from bench.servers import Missing

VERSION = "3.3.0"
"""The last one that joins across endpoints: 4.4 and 4.5 end with an error, and 5.4 does not install as it is."""

_PACKAGE = "@comunica/query-sparql"
_INSTALL, _COMPILE = 600.0, 300.0
"""Seconds."""
_LEFT_OUT = (
    "urn:comunica:default:rdf-join/actors#inner-multi-bind",
    "urn:comunica:default:rdf-join/actors#optional-bind",
)
"""Joins that ask every server again for each row found so far: thousands of requests for one question. Without them the engine
fetches what a pattern matches once, and joins by hashes."""
_RUNNER = "require('@comunica/runner-cli').runArgsInProcessStatic(require('./engine.js')());\n"


class Comunica:
    """The engine in a folder, installed there if it is not yet."""

    def __init__(self, folder: Path) -> None:
        """Raises Missing where Node.js or npm is, and RuntimeError where the engine cannot be installed."""
        for program in ("node", "npm"):
            if shutil.which(program) is None:
                raise Missing(f"{program} is not installed (apt-get install nodejs npm)")
        self._folder = folder
        modules = folder / "node_modules"
        folder.mkdir(parents=True, exist_ok=True)
        if not (modules / _PACKAGE).is_dir():
            words = [
                "npm",
                "install",
                "--prefix",
                folder,
                "--no-audit",
                "--no-fund",
                "--save-exact",
                f"{_PACKAGE}@{VERSION}",
            ]
            _or_raise(run(words, _INSTALL))
        if not (folder / "engine.js").exists():
            (folder / "joins.json").write_text(
                json.dumps(_configuration(modules / "@comunica/config-query-sparql/config"))
            )
            done = _or_raise(
                run(["node", modules / ".bin/comunica-compile-config", folder / "joins.json"], _COMPILE, cwd=folder)
            )
            (folder / "run.js").write_text(_RUNNER)
            (folder / "engine.js").write_text(done.out)

    def ask(self, sources: Sequence[str], query: Path, limit: float, *, as_it_comes: bool = False) -> Run:
        """Ask some sources as one, each ``sparql@`` and an endpoint, or ``file@`` and an address; the answer is SPARQL's JSON.

        ``as_it_comes`` leaves the engine all its joins, which a few questions need.
        """
        program = "node_modules/.bin/comunica-sparql" if as_it_comes else "run.js"
        words = ["-f", query, "-t", "application/sparql-results+json"]
        return run(["node", self._folder / program, *sources, *words], limit)


def _configuration(installed: Path) -> dict[str, object]:
    """The configuration that is installed, without the joins that are left out."""
    found = json.loads((installed / "config-default.json").read_text())
    contexts, actors = list(found["@context"]), []
    imports = [name for name in found["import"] if name != "ccqs:config/rdf-join/actors.json"]
    for name in ("actors-inner", "actors-optional"):
        part = json.loads((installed / "rdf-join" / f"{name}.json").read_text())
        contexts += [context for context in part["@context"] if context not in contexts]
        for actor in part["actors"]:
            if actor["@id"] in _LEFT_OUT:
                continue
            if "beforeActors" in actor:
                actor["beforeActors"] = [other for other in actor["beforeActors"] if other["@id"] not in _LEFT_OUT]
            actors.append(actor)
    return {
        "@context": contexts, "@id": "urn:comunica:default:Runner", "@type": "Runner",
        "import": [*imports, "ccqs:config/rdf-join/actors-minus.json"], "actors": actors,
    }  # fmt: skip


def _or_raise(done: Run) -> Run:
    if done.failure:
        raise RuntimeError(done.failure)
    return done
