"""Questions, parameters and views that were made to do harm: one message, a documented exit code, nothing raw to a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import small_project
from small_project import kb

import kb as knowledge_base
from kb import rdf
from kb.browse import search
from kb.messages import CONTROL
from kb.turtle import FORMATS
from kb.views import projection

ESCAPES = "\\u001B[31mred\\u0007 \\u009B2J\\u202E =1+1"
LONG = "x" * 100_000


@pytest.fixture(scope="module")
def coloured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose labels, glosses and printed words would drive a terminal."""
    root = small_project.build(tmp_path_factory.mktemp("coloured"))
    for file in (root / "data").rglob("*.ttl"):
        text = file.read_text(encoding="utf-8")
        for name in ("skos:prefLabel", "mm:gloss", "mm:printed"):
            text = text.replace(f'{name} "', f'{name} "{ESCAPES}')
        file.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("form", ["ttl", "nt", "trig", "nq"])
def test_the_triples_of_a_view_are_exact_and_hold_no_raw_control_character(form: str) -> None:
    text = "\x1b[31mred\x07 \x9b2J\u202e"
    triple = rdf.Triple(rdf.NamedNode("https://example.org/s"), rdf.NamedNode("https://example.org/p"), rdf.Literal(text))
    written = projection.written(projection.Projection((), (triple,), 1, {}), "document=letter", form)
    assert not CONTROL.search(written)
    (quad,) = rdf.parse(written.encode(), format=FORMATS[f".{form}"])
    assert quad.object.value == text


@pytest.mark.parametrize("command", [["show", "norland"], ["search", "red"], ["figures"], ["queries", "values", "missions-in", "country"]])
def test_pages_and_lists_write_no_control_character(command: list[str], coloured: Path) -> None:
    done = kb(*command, project=coloured)
    assert done.returncode in (0, 2)
    assert not CONTROL.search(done.stdout + done.stderr)


@pytest.mark.parametrize(
    "line",
    [
        {"_KB_COMPLETE": "fish_complete", "COMP_WORDS": "kb --project {} show place:", "COMP_CWORD": "place:"},
        {"_KB_COMPLETE": "zsh_complete", "COMP_WORDS": "kb --project {} query missions-in -p country=", "COMP_CWORD": "6"},
    ],
    ids=lambda line: line["_KB_COMPLETE"],
)
def test_completion_writes_no_control_character(line: dict[str, str], coloured: Path) -> None:
    asked = os.environ | {name: value.format(coloured) for name, value in line.items()}
    done = subprocess.run([sys.executable, "-m", "kb"], env=asked, capture_output=True, text=True, check=False, timeout=60)
    assert "31mred" in done.stdout and not CONTROL.search(done.stdout)


@pytest.mark.parametrize(
    "command",
    [
        ["query", LONG],
        ["query", "payments", "-p", f"country={LONG}"],
        ["query", "payments", "-p", f"country=place:{LONG}"],
        ["query", "payments", "--view", LONG],
        ["query", "payments", "--view", f"document={LONG}"],
        ["view", LONG],
        ["show", LONG],
        ["figures", LONG, LONG],
        ["queries", "show", LONG],
        ["queries", "values", "payments", LONG],
    ],
    ids=lambda command: " ".join(word[:20] for word in command),
)
def test_a_name_of_any_length_is_refused_in_a_message_that_can_be_read(command: list[str]) -> None:
    done = kb(*command)
    assert (done.returncode, done.stdout) == (2, "")
    assert 0 < len(done.stderr) < 12_000


@pytest.mark.parametrize(
    "value",
    ['"', "'", "}", "bolivia> } INSERT DATA { <a:a> <a:b> <a:c> }", 'bolivia" . ?s ?p ?o', "\n", "\\u0022", "place:", "<>", "urn:x", "?x"],
)
def test_a_value_stays_a_value(value: str) -> None:
    done = kb("query", "payments", "-p", f"country={value}")
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.startswith("kb: ") and "payments country" in done.stderr
    found = knowledge_base.query("SELECT ?x WHERE { ?x skos:prefLabel ?label }", label=json.dumps(value))
    assert len(found) == 0


def test_many_words_are_searched_as_fast_as_few() -> None:
    source = knowledge_base.api._where(None, (), None, None, (), "en").source()
    few, many = (search.search(source, words, "en") for words in ("mission", "mission " * 50_000))
    assert {hit.iri for hit in few} == {hit.iri for hit in many}


def test_a_language_that_there_is_not_is_refused() -> None:
    done = kb("query", "payments", "-p", "lang=fr")
    assert (done.returncode, done.stdout) == (2, "") and "en or es" in done.stderr
    with pytest.raises(knowledge_base.UsageError, match="en or es"):
        knowledge_base.query("payments", lang="fr")
    with pytest.raises(knowledge_base.UsageError, match="-1"):
        knowledge_base.query("payments", limit=-1)


def test_a_view_of_a_store_is_not_asked_for_named_graphs(tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert kb("load", "--store", str(store)).returncode == 0
    for text in ("SELECT * { GRAPH ?g { ?s ?p ?o } }", "SELECT * FROM <https://example.org/> { ?s ?p ?o }"):
        done = kb("query", "-q", text, "--store", str(store), "--view", "uncontested")
        assert (done.returncode, done.stdout) == (2, "") and "one graph" in done.stderr
