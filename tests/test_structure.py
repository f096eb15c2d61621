"""The shape of the house: who may import whom, each engine behind one door, nothing heavy before it is needed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import kb

PACKAGE = Path(kb.__file__).parent
MODULES = {
    ".".join(("kb", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if "_bundle" not in path.parts
}

# What the whole rests on: a module of one level imports only from its own and those before.
FOUNDATIONS = (("kb.errors", "kb.namespaces", "kb.messages"), ("kb.compression", "kb.files", "kb.rdf", "kb.project", "kb.threads", "kb.confinement", "kb.telling", "kb.sandbox"))
# What reads and holds data knows nothing of what is done with it.
DATA = ("kb.turtle", "kb.sparql", "kb.sources", "kb.results", "kb.stores")
WORK = (
    "kb.validation", "kb.inference", "kb.queries", "kb.browse", "kb.texts", "kb.coverage", "kb.views", "kb.figures", "kb.server",
    "kb.export", "kb.comparison", "kb.cli",
)  # fmt: skip

# Each engine, and the network, has one door.
DOORS = {
    "pyoxigraph": {"kb.rdf"},
    "pyshacl": {"kb.validation.engine_pyshacl"},
    "shacl": {"kb.validation.engine_shacl"},
    "owlrl": {"kb.inference.reference"},
    "rdflib": {"kb.rdflib_bridge", "kb.validation.engine_pyshacl", "kb.inference.reference", "kb.api"},
    "pandas": {"kb.api"},
    "http": {"kb.stores.transport", "kb.stores.connections"},
    "urllib.request": {"kb.stores.transport", "kb.stores.connections"},
    "socket": {"kb.stores.transport", "kb.stores.connections"},
    "ssl": {"kb.stores.transport"},
}


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def imports(name: str, lazy: bool = True) -> Iterator[str]:
    """What a module imports at its top, and if ``lazy`` inside functions too; of ``from x import y`` both x and x.y."""
    for node in ast.walk(tree(name)) if lazy else tree(name).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: imports are absolute"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_modules(name: str, lazy: bool = True) -> set[str]:
    """The project's own modules among the imports."""
    return {found for found in imports(name, lazy) if found in MODULES} - {name, "kb"}


def within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_there_is_something_to_check() -> None:
    assert {"kb.rdf", "kb.cli.query", "kb.validation.validator"} <= MODULES.keys()
    assert "kb.turtle" in imported_modules("kb.sources")


@pytest.mark.parametrize("name", [name for name in MODULES if not within(name, ("kb.cli", "kb.__main__"))])
def test_only_the_command_line_talks_to_the_user(name: str) -> None:
    assert not [found for found in imports(name) if found.split(".")[0] == "click" or within(found, ("kb.cli",))]
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in ("print", "sys.exit", "exit", "quit", "SystemExit"), f"{name}:{node.lineno}: {called}"


@pytest.mark.parametrize("level", range(len(FOUNDATIONS)))
def test_foundations_rest_on_nothing_above(level: int) -> None:
    allowed = tuple(package for packages in FOUNDATIONS[: level + 1] for package in packages)
    for name in FOUNDATIONS[level]:
        wrong = [found for found in imported_modules(name) if not within(found, allowed)]
        assert not wrong, f"{name} imports {', '.join(wrong)}"


@pytest.mark.parametrize("name", [name for name in MODULES if within(name, DATA)])
def test_what_holds_data_does_not_know_what_is_done_with_it(name: str) -> None:
    assert not [found for found in imported_modules(name) if within(found, WORK)]


def test_no_module_imports_itself_by_a_detour() -> None:
    finished: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path[path.index(name) :], name))
        if name not in finished:
            # A package's face is loaded before its parts, which may not rely on it.
            for other in sorted(imported_modules(name) - {name.rpartition(".")[0]}):
                visit(other, (*path, name))
            finished.add(name)

    for name in MODULES:
        visit(name, ())


@pytest.mark.parametrize("engine", DOORS)
def test_each_engine_has_one_door(engine: str) -> None:
    through = {name for name in MODULES if any(within(found, (engine,)) for found in imports(name))}
    assert through <= DOORS[engine]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_one_job(name: str) -> None:
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 310


@pytest.mark.parametrize("name", MODULES)
def test_modules_and_their_functions_say_what_they_are_for(name: str) -> None:
    assert ast.get_docstring(tree(name)) or not tree(name).body, f"{name} has no docstring"
    for node in tree(name).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and len(node.body) > 4:
            assert ast.get_docstring(node), f"{name}.{node.name} has no docstring"


def test_nothing_heavy_is_loaded_with_the_commands() -> None:
    """Start-up is most of a short command's time: SHACL, OWL and HTTP wait until they are called."""
    commands = [name for name in MODULES if within(name, ("kb.cli",))]
    heavy = ("rdflib", "pyshacl", "owlrl", "shacl", "http.client", "urllib.request", "ssl", "asyncio", "multiprocessing")
    code = f"import sys, {', '.join(commands)}; print(*(set({heavy!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_help_loads_no_engine() -> None:
    code = "import sys, kb.cli; print('pyoxigraph' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_plain_question_is_answered_without_the_command_line_library() -> None:
    """It takes longer to load than the answer to find; see ``kb.cli.plain``."""
    code = (
        "import os, sys, kb.cli\n"
        "os._exit = lambda code: sys.stderr.write(' '.join(m for m in ('click', 'inspect', 'dataclasses') if m in sys.modules))\n"
        "sys.argv = ['kb', 'query', 'payments', '-p', 'country=bolivia', '--lang', 'es', '--format', 'md']\n"
        "kb.cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("| ") and done.stderr == ""


def test_what_is_repeated_without_a_way_back_has_none_inside() -> None:
    """Before Python 3.11.5, which Debian 12 has not, a possessive repetition goes wrong where its group can be matched in several ways."""
    from re import _constants as words
    from re import _parser as parser

    def wrong(parsed: Any) -> Iterator[Any]:
        for kind, value in parsed:
            if kind is words.POSSESSIVE_REPEAT and not (len(value[2]) == 1 and value[2][0][0] in single):
                yield value[2]
            for part in value if isinstance(value, (tuple, list)) else (value,):
                for inner in part if isinstance(part, list) else (part,):
                    if isinstance(inner, parser.SubPattern):
                        yield from wrong(inner)

    single = (words.IN, words.LITERAL, words.NOT_LITERAL, words.ANY, words.CATEGORY, words.ATOMIC_GROUP)
    assert list(wrong(parser.parse("(?:a+|b)*+"))) and list(wrong(parser.parse("x(y(?:a|bc)*+|z)")))
    assert not list(wrong(parser.parse("(?>a+|b)*+[a-z]++.*+")))
    patterns = [
        (name, found)
        for name, path in MODULES.items()
        if "re.compile" in path.read_text(encoding="utf-8")
        for found in vars(import_module(name)).values()
        if isinstance(found, re.Pattern)
    ]
    assert len(patterns) > 30
    assert [(name, found.pattern) for name, found in patterns if list(wrong(parser.parse(found.pattern, found.flags)))] == []
