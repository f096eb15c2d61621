"""The knowledge base from Python, as somebody in a notebook uses it; the page on it is run."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import small_project

import kb
from kb import rdf
from kb.project import find_project

PAGE = find_project().root / "docs" / "python.md"
BASE = "https://w3id.org/medical-missions/id/"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_project.build(tmp_path_factory.mktemp("python"))


def test_rows_are_tables_of_python_values(project: Path) -> None:
    rows = kb.query(
        "SELECT ?figure ?max ?day ?sure ?nothing WHERE { ?figure mm:maximum ?max "
        'BIND(xsd:decimal("1.50") AS ?day) BIND(true AS ?sure) OPTIONAL { ?figure mm:payer ?nothing } } ORDER BY ?figure',
        project=project,
    )
    assert rows.columns == ("figure", "max", "day", "sure", "nothing")
    assert list(rows) == [
        {"figure": f"{BASE}figure/pay", "max": 900, "day": Decimal("1.5"), "sure": True, "nothing": None}
    ]
    assert isinstance(rows[0]["max"], int) and rows.column("max") == [900]
    assert len(rows[:0]) == 0 and rows[:1].columns == rows.columns
    with pytest.raises(KeyError):
        rows.column("least")


def test_bundled_question_with_parameters_labels_and_language(project: Path) -> None:
    rows = kb.query("missions-in", country="norland", project=project)
    assert list(rows) == [{"mission": f"{BASE}mission/night-ferries", "country": f"{BASE}place/norland"}]
    assert kb.query("missions-in", country="norland", labels=True, lang="es", project=project)[0]["country"] == "Nórdica"
    assert len(kb.query("said-by", most=0, project=project)) == 0
    assert [row["gloss"] for row in kb.query("said-by", lang="es", actor=None, limit=1, project=project)] == ["Que los pilotos cobran poco."]


def test_one_call_makes_a_data_frame(project: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = kb.query("missions-in", country="place:cote", labels=True, project=project).to_pandas()
    expected = pandas.DataFrame({"mission": ["Day ferries"], "country": ["Côte d'Azul"]})
    pandas.testing.assert_frame_equal(frame, expected)
    assert list(kb.query("nothing", project=project).to_pandas().columns) == ["x"]


def test_other_data_and_stores_can_be_asked(project: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.ttl"
    mine.write_text("<http://example.org/a> <http://example.org/b> 5 .\n")
    assert kb.query("SELECT ?o WHERE { ?s ?p ?o }", data=mine).column("o") == [5]
    assert kb.query("SELECT ?o WHERE { ?s ?p ?o }", data=[mine, str(mine)]).column("o") == [5]
    store = tmp_path / "store"
    assert small_project.kb("load", str(mine), "--no-validate", "--store", str(store)).returncode == 0
    assert kb.query("SELECT ?o WHERE { ?s ?p ?o }", store=store).column("o") == [5]


def test_views_restrict_a_question() -> None:
    everything, some = (kb.query("SELECT ?c WHERE { ?c a mm:Claim }", view=view) for view in ((), "cited-by=work:us-congress-s-2138"))
    assert 0 < len(some) < len(everything)
    assert set(some.column("c")) == set(
        kb.query("SELECT DISTINCT ?c WHERE { ?c mm:viaMarker/c4o:denotes/biro:references work:us-congress-s-2138 }").column("c")
    )


def test_graph_and_store_hold_what_the_files_say(project: Path) -> None:
    store, graph = kb.store(project), kb.graph(project)
    assert isinstance(store, rdf.Store)
    assert len(store) == len(graph) > 100
    assert str(graph.namespace_manager.store.namespace("claim")) == f"{BASE}claim/"
    assert len(list(graph.query("SELECT ?c WHERE { ?c a mm:Denial }"))) == 1


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: kb.query("missons-in"), kb.UsageError, "no query named 'missons-in'"),
        (lambda: kb.query("payments", land="bolivia"), kb.UsageError, "has no parameter 'land'"),
        (lambda: kb.query("payments", country="Atlantis"), kb.UsageError, "no place is called"),
        (lambda: kb.query("SELECT ?c WHERE {"), kb.InputError, "query:1"),
        (lambda: kb.query("ASK { ?s ?p ?o }"), kb.UsageError, "takes a SELECT"),
        (lambda: kb.query("SELECT ?c WHERE { SERVICE <http://127.0.0.1> { ?c ?p ?o } }"), kb.InputError, "SERVICE"),
        (lambda: kb.query("revenue", store="/nowhere/at/all"), kb.StoreError, "no store in this folder"),
        (lambda: kb.query("revenue", view="everything"), kb.UsageError, "no view named"),
    ],
)
def test_errors_say_what_is_wrong(call, error: type[kb.KbError], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)):
        call()


def test_package_alone_loads_nothing() -> None:
    """The command line starts with this import."""
    code = "import sys, kb; print(*(m for m in ('pyoxigraph', 'rdflib', 'pandas', 'kb.api', 'kb.errors') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
    assert {"query", "graph", "store", "KbError"} <= set(dir(kb))
    with pytest.raises(AttributeError):
        kb.nothing  # noqa: B018 - that it is not there is the point


def test_page_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its examples use the bundled data, and a store in the folder where they are run."""
    pytest.importorskip("pandas")
    monkeypatch.chdir(tmp_path)
    assert small_project.kb("load", "--no-validate", "--store", "store").returncode == 0
    names: dict = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        exec(block, names)  # noqa: S102 - our own page
    assert names["rows"][0]["payer"] is None
    assert len(names["graph"]) == len(names["store"])
