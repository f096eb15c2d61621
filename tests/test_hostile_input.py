"""Input that was made to do harm, or that nobody foresaw: one message, a documented exit code, and it ends."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from servers import raw_server

from kb import files, rdf, turtle
from kb.errors import InputError, StoreError
from kb.stores import transport
from kb.texts import hints
from kb.texts.partition import partition
from kb.texts.passage_names import Known, KnownPassage, number_passages
from kb.turtle.blanks import by_content
from kb.turtle.formatting import format_document

STATEMENT = b"<http://example.org/s>\n    <http://example.org/p> <http://example.org/o> .\n"


def kb(*arguments: str | bytes, shell: str = "", **options) -> subprocess.CompletedProcess:
    """Run the command; ``shell`` is what a shell would write after it."""
    command = [sys.executable, "-m", "kb", *arguments]
    if shell:
        command = ["/bin/sh", "-c", f'exec "$@" {shell}', "sh", *command]
    done = subprocess.run(command, capture_output=True, timeout=100, check=False, **options)
    assert b"Traceback" not in done.stdout + done.stderr
    return done


# Standard streams


COMMANDS = (("--version",), ("query", "-q", "ASK { }"), ("load", "--dry-run", "--no-validate", "small.ttl"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.ttl").write_bytes(STATEMENT)
    return tmp_path


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_an_output_that_takes_nothing_is_an_error(arguments: tuple[str, ...], folder: Path) -> None:
    done = kb(*arguments, shell=">/dev/full", cwd=folder)
    assert (done.returncode, done.stderr.count(b"\n")) == (3, 1)
    assert b"<stdout>" in done.stderr and b"No space left" in done.stderr


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_a_closed_output_is_an_error(arguments: tuple[str, ...], folder: Path) -> None:
    done = kb(*arguments, shell=">&-", cwd=folder)
    assert (done.returncode, done.stderr.count(b"\n")) == (3, 1)
    assert b"<stdout>" in done.stderr


@pytest.mark.parametrize("shell", ["2>&-", "2>/dev/full"])
def test_messages_that_nobody_takes_change_nothing(shell: str, folder: Path) -> None:
    if "full" in shell and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    assert kb("fmt", "--check", "small.ttl", shell=shell, cwd=folder).returncode == 0
    assert kb("fmt", "--check", "missing.ttl", shell=shell, cwd=folder).returncode == 3


def test_a_closed_input_is_an_error(folder: Path) -> None:
    done = kb("fmt", "-", shell="<&-", cwd=folder)
    assert done.returncode == 3
    assert b"<stdin>: cannot be read" in done.stderr


# Files


def test_endless_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 3 << 20)
    with pytest.raises(InputError, match="larger than 3 MiB"):
        files.read_bytes("/dev/zero")


def test_the_largest_file_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(files, "LARGEST", 3 << 20)
    path = tmp_path / "large.ttl"
    path.write_bytes(b"#" * (3 << 20))
    assert len(files.read_bytes(path)) == 3 << 20
    path.write_bytes(b"#" * ((3 << 20) + 1))
    with pytest.raises(InputError, match="larger than 3 MiB"):
        files.read_bytes(path)


def test_a_message_quotes_only_the_beginning_of_a_long_token() -> None:
    with pytest.raises(InputError) as raised:
        list(turtle.parse(b"<http://example.org/s> <http://example.org/p> " + b"A" * 100_000 + b" .", "x.ttl"))
    assert len(str(raised.value)) < 1_000


XML = b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">%s</r:RDF>'


def test_deep_xml_is_refused() -> None:
    for deep in (b"<e:A><e:p>" * 100_000, XML % (b"<e:A e:q='/>'><e:p >" * 300 + b"</e:p></e:A>" * 300)):
        with pytest.raises(InputError, match="elements nested more than 500 deep"):
            list(turtle.parse(deep, "deep.rdf"))


def test_long_xml_is_read() -> None:
    element = b"<e:A><!-- <e:A> --><e:p>1</e:p><e:q r:parseType='Literal'><![CDATA[<e:A>]]></e:q></e:A><?x <e:A> ?>\n"
    assert len(list(turtle.parse(XML % (element * 1_000), "long.rdf"))) == 3_000


ENTITIES = b'<!DOCTYPE r [<!ENTITY a "http://example.org/"><!ENTITY b %s>]>'


def test_entities_that_grow_are_refused() -> None:
    uses = XML % b"<e:A><e:p>&b;</e:p></e:A>"
    for value in (b'"&a;&a;"', b"'&a;&a;'", b'"&#38;a;"'):
        with pytest.raises(InputError, match="made of other entities"):
            list(turtle.parse(ENTITIES % value + uses, "grows.rdf"))
    many = XML % (b"<e:A><e:p>" + b"&b;" * 1_000 + b"</e:p></e:A>")
    with pytest.raises(InputError, match="more than 64 MiB"):
        list(turtle.parse(ENTITIES % (b'"' + b"x" * 100_000 + b'"') + many, "grows.rdf"))
    plain = ENTITIES % b'"1 &lt; 2"' + XML % b"<e:A r:about='&a;x'><e:p>&b;</e:p></e:A>"
    assert "<http://example.org/x>" in [str(quad.subject) for quad in turtle.parse(plain, "plain.rdf")]


@pytest.mark.parametrize("command", [("validate", "--alone"), ("infer",)], ids=lambda command: command[0])
def test_triple_terms_are_refused_where_they_mean_nothing(command: tuple[str, ...], tmp_path: Path) -> None:
    claimed = b"<http://example.org/s> <https://w3id.org/medical-missions/ontology/claimant> <<( <a:s> <a:p> <a:o> )>> ."
    (tmp_path / "term.ttl").write_bytes(claimed)
    done = kb(*command, "term.ttl", cwd=tmp_path)
    assert (done.returncode, done.stderr.count(b"\n"), b"triple terms" in done.stderr) == (3, 1, True)


def test_a_ring_of_links_is_an_unreadable_file(tmp_path: Path) -> None:
    (tmp_path / "loop.ttl").symlink_to("loop.ttl")
    (tmp_path / "small.ttl").write_bytes(STATEMENT)
    for arguments in (
        ("validate", "--alone", "loop.ttl"),
        ("load", "--dry-run", "--no-validate", "loop.ttl"),
    ):
        done = kb(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stderr.count(b"\n")) == (3, 1), arguments
        assert b"loop.ttl" in done.stderr
    assert kb("infer", "small.ttl", "-o", "loop.ttl", cwd=tmp_path).returncode in (0, 3)


def test_a_name_that_is_not_utf8_is_shown_escaped(tmp_path: Path) -> None:
    name = os.path.join(os.fsencode(tmp_path), b"\xff.ttl")
    try:
        Path(os.fsdecode(name)).write_bytes(b"<http://example.org/s>    <http://example.org/p> 1 .\n")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    done = kb("fmt", "--check", name)
    assert done.returncode == 1
    assert done.stdout.endswith(b"\\uDCFF.ttl\n")
    assert b"/%FF" in kb("load", "--dry-run", "--no-validate", name).stdout


def test_long_lists_are_formatted_at_once() -> None:
    written = b"<http://example.org/s> <http://example.org/p> ( " + b"1 " * 20_000 + b") ."
    formatted = format_document(written, "x.ttl")
    assert formatted.count(" 1\n") == 20_000


# What formatting compares must tell such documents apart.
DIFFERENT = (
    ("[] :p 1 .", "[] :p 1 . [] :p 1 ."),
    (":s :p [ :q 1 ] .", ":s :p [ :q 2 ] ."),
    (":s :p _:a . :t :p _:a . _:a :q 1 .", ":s :p [ :q 1 ] . :t :p [ :q 1 ] ."),
    (":s :p ( 1 2 ) .", ":s :p ( 2 1 ) ."),
    ("_:a :p _:b . _:b :p _:a .", "_:a :p _:a ."),
    ("_:a :p _:b , [ :q 1 ] . _:b :p _:a .", "_:a :p _:b , [ :q 2 ] . _:b :p _:a ."),
)
SAME = (
    (":s :p _:a . _:a :q _:b . _:b :r 1 .", ":s :p [ :q [ :r 1 ] ] ."),
    ("_:a :p _:b . _:b :p _:a ; :q [ :r ( 1 2 ) ] .", "_:x :p _:y ; :q [ :r ( 1 2 ) ] . _:y :p _:x ."),
)


def content(text: str) -> tuple:
    return by_content(rdf.parse(f"@prefix : <http://example.org/> . {text}", format=rdf.RdfFormat.TURTLE))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_a_lost_blank_node_is_noticed(one: str, other: str) -> None:
    assert content(one) != content(other)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_other_labels_say_the_same(one: str, other: str) -> None:
    assert content(one) == content(other)


# Texts


def test_endless_runs_of_markers_are_partitioned_at_once() -> None:
    text = "Harbour\n\nThe ferry stays" + "¹,²³," * 20_000 + ".\n"
    assert [passage.kind for passage in partition(text).passages if passage.end > 100_000]


def test_a_text_of_equal_passages_keeps_their_names() -> None:
    keys = [(False, "same")] * 20_000
    known = Known("", 20_000, [KnownPassage(n + 1, n, key) for n, key in enumerate(keys)], {}, set(), {})
    assert number_passages(keys, known) == (list(range(1, 20_001)), 20_000)
    changed = [*keys[:100], (False, "new"), *keys[:100]]
    numbers, last = number_passages(changed, known)
    assert numbers == [*range(1, 101), 20_001, *range(19_901, 20_001)] and last == 20_001


def test_places_of_many_remarks_are_found_at_once() -> None:
    text = "Harbour\n\n" + "a¹ " * 50_000
    remarks = partition(text).remarks
    assert [(remark.line, remark.column) for remark in remarks[:2]] == [(3, 2), (3, 5)]
    assert len(remarks) == 50_000


@pytest.mark.parametrize(
    "content",
    ["a = " + "[" * 5_000, 'rationale = ["' + "(" * 5_000 + ")" * 5_000 + '"]', 'rationale = ["a{99999999999}"]'],
    ids=["deep TOML", "deep pattern", "huge repetition"],
)
def test_hints_that_python_cannot_take_are_refused(content: str) -> None:
    with pytest.raises(InputError, match="hints.toml: "):
        hints.parse(content, "hints.toml")


# Arguments


def test_control_characters_in_a_mistaken_argument_are_shown_escaped() -> None:
    import pty

    above, below = pty.openpty()  # where there is a terminal, nothing strips them on the way
    try:
        done = subprocess.run(
            [sys.executable, "-m", "kb", "info", "\x1b[31mred\x07"], stdout=subprocess.DEVNULL, stderr=below, timeout=60,
            check=False,
        )  # fmt: skip
        shown = os.read(above, 10_000)
    finally:
        os.close(above)
        os.close(below)
    assert done.returncode == 2
    assert b"\x1b" not in shown and b"red\\u0007" in shown


def test_values_that_are_not_utf8_are_refused(folder: Path) -> None:
    (folder / "text.txt").write_text("Harbour\n\nA sentence.\n", encoding="utf-8")
    for arguments in (
        ("query", "-q", "SELECT ?x { }", "-p", b"x=\xff"),
        ("query", "-q", "SELECT ?x { }", "-p", b'x="\xff"'),
        ("query", "-q", b"SELECT ?x { ?x ?y '\xff' }"),
        ("document", "add", "text.txt", "--dry-run", "--title", b"\xff"),
    ):
        done = kb(*arguments, cwd=folder)
        assert done.returncode in (2, 3), arguments
        assert done.stderr.count(b"\n") == 1 or b"^" in done.stderr


# Servers


def drops(first: bytes) -> Callable[[socket.socket, bytes], None]:
    def answer(connection: socket.socket, _: bytes) -> None:
        connection.sendall(first)
        for _ in range(600):
            connection.sendall(b"a")
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nX-Drop: "], ids=["status", "header"])
def test_a_head_in_drops_is_not_waited_for_beyond_the_time_allowed(first: bytes) -> None:
    with raw_server(drops(first)) as url, pytest.raises(StoreError, match="no answer in the time allowed"):
        transport.Client().send("GET", url, None, {}, timeout=1)


def test_of_an_error_only_what_is_there_is_read() -> None:
    head = b"HTTP/1.1 500 Sorry\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\n"
    with raw_server(drops(head)) as url, pytest.raises(StoreError, match="HTTP 500"):
        transport.Client().send("GET", url, None, {}, timeout=20)


def test_any_number_of_seconds_is_taken(folder: Path) -> None:
    done = kb(
        "load", "--no-validate", "small.ttl", "--endpoint", "http://127.0.0.1:1", "--timeout", "1e300", cwd=folder
    )
    assert (done.returncode, b"nobody answers there" in done.stderr) == (4, True)
    assert kb("query", "-q", "ASK { }", "--timeout", "1e300").returncode == 0
