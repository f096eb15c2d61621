"""The child process in which untrusted files are worked on: what it gives back, how it ends, and what it cannot do."""

from __future__ import annotations

import errno
import marshal
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb import confinement, rdf, sandbox, telling
from kb.errors import InputError, Position, StoreError, UsageError

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
LIMITS = sandbox.Limits(30, None)  # of time only: by now this process may have more address space than any limit leaves


def behind_the_door(work: Callable[[], Any], limits: sandbox.Limits = LIMITS) -> Any:
    return sandbox.run(lambda: work, limits)


# What comes back


def test_the_result_comes_back() -> None:
    assert behind_the_door(lambda: ("text", b"bytes", 1.5, [None, {"a": True}])) == ("text", b"bytes", 1.5, [None, {"a": True}])
    assert len(behind_the_door(lambda: b"x" * (8 << 20))) == 8 << 20


@pytest.mark.parametrize("kind", [UsageError, InputError, StoreError])
def test_an_error_of_ours_comes_back_as_it_is(kind: type[Exception]) -> None:
    def fail() -> None:
        raise InputError("wrong", Position("a.ttl", 3, 4)) if kind is InputError else kind("wrong")

    with pytest.raises(kind) as raised:
        behind_the_door(fail)
    assert str(raised.value) == ("a.ttl:3:4: wrong" if kind is InputError else "wrong")


def test_a_bug_comes_back_with_its_traceback() -> None:
    with pytest.raises(sandbox.UnexpectedError, match="ZeroDivisionError") as raised:
        behind_the_door(lambda: 1 // 0)
    assert "test_sandbox.py" in raised.value.__notes__[0]


# How it ends


def test_want_of_memory_is_told_where_there_is_none_left_to_tell_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(marshal, "dumps", exhausted)
    with pytest.raises(sandbox.TooLarge):
        behind_the_door(lambda: 1)


def test_work_that_takes_too_long_is_ended() -> None:
    started = time.monotonic()
    with pytest.raises(sandbox.TooLate, match="0.3 s"):
        behind_the_door(lambda: time.sleep(60), sandbox.Limits(0.3, None))
    assert time.monotonic() - started < 10


def test_reading_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "silent")
    with pytest.raises(sandbox.TooLate):
        sandbox.run(lambda: (tmp_path / "silent").read_bytes, sandbox.Limits(0.3, None), sandbox.Door.OPEN)


def in_a_new_process(*works: str) -> list[str]:
    """How each of these expressions ends behind the door, forked from a process as a command's: small, and of one thread.

    The tests' own process has engines with threads in it by now, and a large part of the memory that is allowed.
    """
    code = f"""
from kb import rdf, sandbox
for work in ({", ".join(f"(lambda: {work})" for work in works)},):
    try:
        sandbox.run(lambda: work, sandbox.Limits(30, 1 << 30))
        print("done")
    except sandbox.Stopped as stopped:
        print(type(stopped).__name__, stopped)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    return done.stdout.splitlines()


def test_too_much_memory_is_refused() -> None:
    doubling = " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40))
    text = f"SELECT (STRLEN(?x40) AS ?n) {{ BIND('aaaaaaaa' AS ?x0) {doubling} }}"
    # Python is refused the memory, and says so; the engine aborts.
    ended = in_a_new_process("len(b'x' * (2 << 30))", f"len(list(rdf.Store().query({text!r})))")
    assert [line.partition(" ")[0] for line in ended] == ["TooLarge", "TooLarge"]


def test_a_death_names_its_signal_and_the_file() -> None:
    def die() -> None:
        telling.working_on("año\n.ttl")
        os.kill(os.getpid(), signal.SIGSEGV)

    with pytest.raises(sandbox.Crashed, match="SIGSEGV") as raised:
        behind_the_door(die)
    assert raised.value.file == "año\n.ttl"


def test_a_stack_that_overflows_is_told() -> None:
    with pytest.raises(sandbox.Crashed, match="SIG"):
        behind_the_door(lambda: rdf.Store().query("ASK " + "{" * 9_000 + "}" * 9_000))
    with pytest.raises(sandbox.Crashed, match="nested too deeply"):
        behind_the_door(lambda: (f := lambda: f())())


def test_a_panic_is_told() -> None:
    class PanicException(BaseException):
        pass

    def panic() -> None:
        raise PanicException

    with pytest.raises(sandbox.Crashed, match="PanicException"):
        behind_the_door(panic)


def test_an_end_without_an_answer_is_told() -> None:
    with pytest.raises(sandbox.Crashed, match="no answer"):
        behind_the_door(lambda: os._exit(0))


def test_time_of_the_processor_is_bounded_for_a_child_without_its_parent() -> None:
    import resource

    seconds, _ = behind_the_door(lambda: resource.getrlimit(resource.RLIMIT_CPU), sandbox.Limits(3, None))
    assert 3 <= seconds <= 3 * os.cpu_count() + 2
    assert behind_the_door(lambda: resource.getrlimit(resource.RLIMIT_CORE))[0] == 0


# What it cannot do


def reason(attempt: Callable[[], Any]) -> Callable[[], str]:
    """The work of trying something, whose result is why it failed."""

    def work() -> str:
        try:
            attempt()
        except Exception as error:  # noqa: BLE001 - any
            return errno.errorcode.get(getattr(error, "errno", None) or 0, repr(error))
        return "it worked"

    return work


def open_in_python(path: Path | str, mode: str) -> Callable[[], Any]:
    """An attempt whose audit event is nobody's business: what the system itself lets it do."""
    return lambda: os.open(path, os.O_RDONLY if mode == "r" else os.O_WRONLY | os.O_CREAT)


def test_no_file_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = rdf.Store()
    for path, mode in (("/etc/passwd", "r"), (tmp_path / "new", "w"), ("/dev/tty", "r"), (tmp_path, "r")):
        with pytest.raises(sandbox.ReachedOut, match=str(path)):
            behind_the_door(reason(open_in_python(path, mode)))
    assert not list(tmp_path.iterdir())
    # The engines in Rust are told nothing: the system refuses.
    assert "only 0 allowed" in behind_the_door(reason(lambda: rdf.Store(str(tmp_path / "store"))))
    assert "Too many open files" in behind_the_door(reason(lambda: store.load(path=__file__, format=rdf.RdfFormat.TURTLE)))
    # It refuses Python too.
    monkeypatch.setattr(confinement, "_tell_of_the_door", lambda event, arguments: None)
    assert behind_the_door(reason(open_in_python("/etc/passwd", "r"))) == "EMFILE"


def test_no_connection_is_made(canary: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    import urllib.request

    url, heard = canary
    store = rdf.Store()
    ask = f"ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}"
    assert behind_the_door(reason(lambda: store.query(ask))) != "it worked"
    assert behind_the_door(reason(lambda: store.query(f"ASK {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}"))) == "it worked"
    assert behind_the_door(reason(lambda: store.update(f"LOAD <{url}>"))) != "it worked"
    with pytest.raises(sandbox.ReachedOut, match=url):
        behind_the_door(reason(lambda: urllib.request.urlopen(url, timeout=5)))
    monkeypatch.setattr(confinement, "_tell_of_the_door", lambda event, arguments: None)
    for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
        assert behind_the_door(reason(lambda family=family: socket.socket(family))) == "EMFILE"
    assert heard == []
    with pytest.raises(OSError):
        store.query(ask)
    assert len(heard) == 1, "the canary hears what is not behind the door"


def test_an_offline_process_opens_files_but_no_address(canary: tuple[str, list[bytes]], tmp_path: Path) -> None:
    import urllib.request

    url, heard = canary
    (tmp_path / "a").write_text("a")
    assert sandbox.run(lambda: (tmp_path / "a").read_text, LIMITS, sandbox.Door.OFFLINE) == "a"
    with pytest.raises(sandbox.ReachedOut, match=url):
        sandbox.run(lambda: lambda: urllib.request.urlopen(url, timeout=5).read(), LIMITS, sandbox.Door.OFFLINE)
    assert heard == []


def test_nothing_of_the_parents_stays_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_kept_open", set())  # in this process, other tests have done work that keeps files open
    (tmp_path / "secret").write_text("secret")

    def open_descriptors() -> list[int]:
        found = []
        for number in range(1 << 16):
            try:
                status = os.fstat(number)
            except OSError:
                continue
            if (status.st_dev, status.st_ino) != nowhere:
                found.append(number)
        return found

    nowhere = (os.stat(os.devnull).st_dev, os.stat(os.devnull).st_ino)
    with open(tmp_path / "secret"), open(tmp_path / "written", "wb"):
        assert len(behind_the_door(open_descriptors)) == 2, "only the pipes to the parent"


def test_what_it_prints_is_not_the_users(capfd: pytest.CaptureFixture[str]) -> None:
    def speak() -> None:
        os.write(1, b"\x1b[31m")
        os.write(2, b"\x1b[31m")

    behind_the_door(speak)
    assert capfd.readouterr() == ("", "")


def test_what_would_be_imported_too_late_is_a_bug_and_no_silent_difference() -> None:
    for name in ("wave", "no_such_module"):
        sys.modules.pop(name, None)
        with pytest.raises(sandbox.UnexpectedError, match=f"{name} was to be imported too late"):
            behind_the_door(reason(lambda name=name: __import__(name)))


# What must hold before


ENGINE = """
import sys
from kb import rdf, sandbox
from kb.validation import engine
shapes = list(rdf.parse(open(sys.argv[1], "rb").read(), format=rdf.RdfFormat.TURTLE))
data = list(rdf.parse(open(sys.argv[2], "rb").read(), format=rdf.RdfFormat.TURTLE))
def work():
    found = engine.run(data, shapes, sys.argv[3])
    return [(str(r.focus), r.component, str(r.path), str(r.value) * (type(r.value) is not rdf.BlankNode)) for r in found]
def prepare():
    engine.load(sys.argv[3])
    return work
found = sandbox.run(prepare, sandbox.Limits(60, None))
assert sorted(found) == sorted(work()), "other results than outside"
print(*{component.rpartition("/")[2].rpartition("#")[2] for _, component, _, _ in found})
"""
DATA = """@prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:a a ex:T ; ex:p "a"@en , "b"@en , 1.50 , 2e0 , true , "2020-01-01"^^xsd:date , "x"^^xsd:integer , ex:a , [ ] ;
    ex:q "P1Y"^^xsd:duration , "2020-01-01T00:00:00Z"^^xsd:dateTime , "é" ; ex:r 1 ."""
SHAPES = """@prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:targetSubjectsOf ex:p ; sh:targetObjectsOf ex:p ; sh:targetNode ex:b ;
    sh:closed true ; sh:ignoredProperties ( ex:z ) ; sh:hasValue ex:z ; sh:in ( ex:z ) ; sh:class ex:U ; sh:nodeKind sh:BlankNode ;
    sh:not [ sh:nodeKind sh:IRI ] ; sh:or ( [ sh:class ex:U ] ) ; sh:and ( [ sh:class ex:U ] ) ;
    sh:xone ( [ sh:class ex:U ] [ sh:class ex:V ] ) ; sh:node [ sh:class ex:U ] ; sh:property ex:P , ex:Q .
ex:P a sh:PropertyShape ; sh:path [ sh:alternativePath ( ex:p ( ex:q [ sh:zeroOrMorePath ex:r ] ) [ sh:inversePath ex:q ] ) ] ;
    sh:minCount 40 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:minLength 2 ; sh:maxLength 0 ; sh:pattern "^É" ; sh:flags "i" ;
    sh:languageIn ( "es" ) ; sh:uniqueLang true ; sh:minInclusive 7 ; sh:maxExclusive "2019-01-01"^^xsd:date ;
    sh:qualifiedValueShape [ sh:nodeKind sh:IRI ] ; sh:qualifiedMinCount 7 .
ex:Q a sh:PropertyShape ; sh:path ex:q ; sh:equals ex:r ; sh:disjoint ex:q ; sh:lessThan ex:q ; sh:lessThanOrEquals ex:r ."""
QUERIES = """
ex:S sh:sparql [ a sh:SPARQLConstraint ; sh:message "{$this} is {?value}" ; sh:prefixes ex:Prefixes ; sh:select '''
    SELECT $this ?value WHERE { $this ex:p ?value FILTER(REGEX(STR(?value), "^[a-z]") || xsd:decimal(?value) > NOW())
        OPTIONAL { $this ex:q+ ?x BIND(SHA256(UCASE(?x)) AS ?y) } FILTER NOT EXISTS { $this ex:no ?z } }''' ] ;
    ex:limit 1 .
ex:Prefixes sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] ,
    [ sh:prefix "xsd" ; sh:namespace "http://www.w3.org/2001/XMLSchema#"^^xsd:anyURI ] .
ex:LimitComponent a sh:ConstraintComponent ; sh:parameter [ sh:path ex:limit ] ;
    sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { FILTER($value = $limit) }" ; sh:message "not {$limit}" ] .
"""


CORE = frozenset(
    """MinCount MaxCount Class Datatype NodeKind MinInclusive MaxExclusive MinLength MaxLength Pattern LanguageIn UniqueLang
    Equals Disjoint LessThan LessThanOrEquals Not And Or Xone Node QualifiedMinCount Closed HasValue In""".split()  # noqa: SIM905
)


@pytest.mark.parametrize("engine", ["pyshacl", "shacl"])
def test_an_engine_works_behind_the_door(engine: str, tmp_path: Path) -> None:
    """In a new process, in which nothing has been loaded that it would not load itself."""
    pytest.importorskip(engine, reason="the optional engine is not installed: pip install '.[fast]'")
    (tmp_path / "shapes.ttl").write_text(SHAPES + (QUERIES if engine == "pyshacl" else ""))
    (tmp_path / "data.ttl").write_text(DATA)
    command = [sys.executable, "-c", ENGINE, str(tmp_path / "shapes.ttl"), str(tmp_path / "data.ttl"), engine]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    found = {name.removesuffix("ConstraintComponent") for name in done.stdout.split()}
    assert found >= CORE
    assert engine != "pyshacl" or found >= {"SPARQL", "LimitComponent"}
