"""Files and shapes that were made to do harm: refused with a message, or ended in time; nothing is fetched."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kb import turtle
from kb.cli import limits
from kb.cli.validate import command as validate_command
from kb.errors import InputError
from kb.messages import CONTROL

PREFIXES = """@prefix ex: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""
DATA = PREFIXES + f'ex:a a ex:T ; ex:p "{"a" * 40}!" , 1 , ex:a ; ex:next ex:b . ex:b ex:next ex:a .\n'
XML = '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">{}</r:RDF>'
DOCTYPE = "<!DOCTYPE r [{}]>" + XML.format("<e:A><e:p>&x;</e:p></e:A>")
MOST = 16 << 20


def kb(folder: Path, *arguments: str, stdin: bytes | None = b"", **options) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder; what holds whatever it is given is checked here."""
    done = subprocess.run(
        [sys.executable, "-m", "kb", *arguments], cwd=folder, input=stdin, capture_output=True, timeout=100, check=False, **options
    )
    assert b"Traceback" not in done.stdout + done.stderr
    assert done.returncode in (0, 1, 2, 3, 4), done.stderr
    assert done.stderr or done.returncode < 2
    out, err = done.stdout.decode(), done.stderr.decode()
    assert not CONTROL.search(out + err)
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def validate(folder: Path, *arguments: str, shapes: str | None = None, data: str = DATA, **options) -> subprocess.CompletedProcess[str]:
    """``kb validate --alone`` of some data against some shapes."""
    (folder / "data.ttl").write_text(data)
    if shapes is not None:
        (folder / "shapes.ttl").write_text(shapes)
        arguments = ("--shapes", "shapes.ttl", *arguments)
    return kb(folder, "validate", "--alone", *arguments, "data.ttl", **options)


# What is fetched: nothing


def test_nothing_that_a_file_names_is_fetched(tmp_path: Path, canary: tuple[str, list[bytes]]) -> None:
    url, heard = canary
    remote = "a context at an address is not fetched; write it into the file"
    for name, content, message in (
        ("imports.ttl", f"{PREFIXES}ex:o owl:imports <{url}> , <file:///etc/passwd> .", ""),
        ("context.jsonld", f'{{\n "@context": "{url}",\n "http://example.org/p": 1}}', f"context.jsonld:2:2: {remote}"),
        ("contexts.jsonld", f'{{"@context":[{{}},"{url}"],"http://example.org/p":1}}', remote),
        ("file.jsonld", '{"@context":"file:///etc/passwd","http://example.org/p":1}', remote),
        ("near.jsonld", '{"@context":"imports.ttl","http://example.org/p":1}', remote),
        ("import.jsonld", f'{{"@context":{{"@version":1.1,"@import":"{url}"}},"http://example.org/p":1}}', remote),
        ("scoped.jsonld", f'{{"@context":{{"p":{{"@id":"http://example.org/p","@context":"{url}"}}}},"p":{{"q":1}}}}', remote),
        ("entity.rdf", DOCTYPE.format(f'<!ENTITY x SYSTEM "{url}">'), "entity.rdf:1: an entity that is not written out in the file"),
        ("public.rdf", DOCTYPE.format('<!ENTITY x PUBLIC "-//X" "file:///etc/passwd">'), "not written out in the file itself"),
        ("parameter.rdf", DOCTYPE.format(f'<!ENTITY % y SYSTEM "{url}"> %y;'), "not written out in the file itself"),
        ("dtd.rdf", f'<!DOCTYPE r SYSTEM "{url}">' + XML.format("<e:A/>"), ""),
        ("style.rdf", f'<?xml-stylesheet href="{url}"?>' + XML.format("<e:A/>"), ""),
        ("include.rdf", XML.format(
            f'<e:A><e:p r:parseType="Literal"><i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{url}"/></e:p></e:A>'
        ), ""),
    ):  # fmt: skip
        (tmp_path / name).write_text(content)
        done = kb(tmp_path, "validate", "--alone", name)
        assert done.returncode == (3 if message else done.returncode) and message in done.stderr, (name, done.stderr)
    assert heard == []


SPELLINGS = (
    "SERVICE", "sErViCe", r"SER\u0056ICE", r"\U00000053ERVICE", "SERVICE SILENT", "SERVICE # away\n", "BIND(<{0}> AS ?s) SERVICE ?s #",
)  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_shape_asks_no_other_server(spelling: str, tmp_path: Path, canary: tuple[str, list[bytes]]) -> None:
    url, heard = canary
    query = f"{{ {spelling.format(url)} <{url}>\n {{ $this ?p ?o }} }}".replace("\\", "\\\\")
    target = f"{PREFIXES}ex:S a sh:NodeShape ; sh:targetClass ex:T ; "
    for shapes in (
        f"{target} sh:sparql [ sh:select '''SELECT $this WHERE {query}''' ] .",
        (f"{target} ex:limit 1 . ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:limit ] ;"
        f" sh:validator [ a sh:SPARQLAskValidator ; sh:ask '''ASK {query}''' ] ."),
        (f"{target} ex:limit 1 . ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:limit ] ;"
        f" sh:nodeValidator [ a sh:SPARQLSelectValidator ; sh:select '''SELECT $this WHERE {query}''' ] ."),
    ):
        done = validate(tmp_path, shapes=shapes)
        assert (done.returncode, "with SERVICE" in done.stderr) == (3, True), done.stderr
    assert heard == []


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("sh:sparql [ sh:select 'SELECT $this FROM <{0}> { $this ?p ?o }' ]", "FROM"),
        ("sh:sparql [ sh:select 'SELECT $this FR\\\\u004FM NAMED <file:///etc/passwd> { $this ?p ?o }' ]", "FROM"),
        ("sh:sparql [ sh:select 'LOAD <{0}>' ]", "LOAD"),
        ("sh:js [ sh:jsLibrary [ sh:jsLibraryURL '{0}' ] ; sh:jsFunctionName 'f' ]", "no term of SHACL"),
        ("sh:rule [ a sh:SPARQLRule ; sh:construct 'CONSTRUCT {{ }} WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}' ]", ""),
        ("sh:target [ a sh:SPARQLTarget ; sh:select 'SELECT ?this {{ SERVICE <{0}> {{ ?this ?p ?o }} }}' ]", ""),
        (("sh:sparql [ sh:prefixes [ sh:declare [ sh:prefix 'e' ; sh:namespace 'http://e/>\\nSELECT $this {{ SERVICE <{0}> {{ $this ?p ?o }} }} #' ] ] ;"
         " sh:select 'SELECT $this {{ $this e:p ?o }}' ]"), ""),
    ],
    ids=["FROM", "FROM NAMED", "LOAD", "js", "rule", "target", "prefixes"],
)  # fmt: skip
def test_a_shape_reaches_nothing_else(shape: str, words: str, tmp_path: Path, canary: tuple[str, list[bytes]]) -> None:
    url, heard = canary
    shapes = f"{PREFIXES}ex:S a sh:NodeShape ; sh:targetClass ex:T ; {shape.replace('{0}', url).replace('{{', '{').replace('}}', '}')} ."
    done = validate(tmp_path, shapes=shapes)
    assert (done.returncode, words in done.stderr) == (3, True), done.stderr
    assert heard == []


def test_shapes_are_fetched_neither_by_import_nor_by_the_data(tmp_path: Path, canary: tuple[str, list[bytes]]) -> None:
    url, heard = canary
    shapes = f"{PREFIXES}ex:o owl:imports <{url}> ; sh:shapesGraph <{url}> . ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:class ex:U ."
    data = f"{DATA} ex:o owl:imports <{url}> ; sh:shapesGraph <{url}> ."
    assert validate(tmp_path, shapes=shapes, data=data).returncode == 1
    assert heard == []


def test_a_word_in_a_comment_or_a_text_is_no_query(tmp_path: Path) -> None:
    query = "SELECT $this WHERE { # not from here, no service\n $this ?p 'from the SERVICE' }"
    shapes = f"{PREFIXES}ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:sparql [ sh:select '''{query}''' ] ."
    done = validate(tmp_path, shapes=shapes.replace("'from the SERVICE'", '"from the SERVICE"'))
    assert done.returncode == 0, done.stderr


def test_what_a_guard_missed_would_still_fetch_nothing(tmp_path: Path, canary: tuple[str, list[bytes]]) -> None:
    """As if no word of a query were known: the door is closed all the same."""
    url, heard = canary
    (tmp_path / "data.ttl").write_text(DATA)
    query = rf"SELECT $this WHERE {{ $this ?p ?o . SER\\u0056ICE <{url}> {{ ?o ?q ?r }} }}"
    (tmp_path / "shapes.ttl").write_text(f"{PREFIXES}ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:sparql [ sh:select '{query}' ] .")
    code = "from kb.validation import wellformed; wellformed._REACH_OUT = (); from kb.cli import main; main()"
    command = [sys.executable, "-c", code, "validate", "--alone", "--engine", "pyshacl", "--shapes", "shapes.ttl", "data.ttl"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, heard) == (3, []), done.stderr
    assert f"would open {url}, and nothing but the files themselves may be read" in done.stderr


# What never ends, or grows


SLOW = {
    "pattern": "sh:property [ sh:path ex:p ; sh:pattern '^(a+)+$' ]",
    "filter": "sh:sparql [ sh:select 'SELECT $this { $this ?p ?o FILTER(REGEX(STR(?o), \"^(a+)+$\")) }' ]",
    "cartesian": "sh:sparql [ sh:select 'SELECT $this { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o . ?q ?r ?s . ?t ?u ?v }' ]",
}


@pytest.mark.parametrize("shape", SLOW)
def test_a_shape_that_never_ends_is_ended(shape: str, tmp_path: Path) -> None:
    started = time.monotonic()
    shapes = f"{PREFIXES}ex:S a sh:NodeShape ; sh:targetClass ex:T ; {SLOW[shape]} ."
    data = DATA + "".join(f"ex:c{i} ex:next ex:c{i + 1} .\n" for i in range(300))
    done = validate(tmp_path, "--engine", "pyshacl", "--timeout", "2", shapes=shapes, data=data)
    assert (done.returncode, done.stderr) == (4, "kb: data.ttl, shapes.ttl: not done within 2 s; --timeout allows more\n")
    assert time.monotonic() - started < 20


def test_a_query_in_a_shape_that_grows_is_ended(tmp_path: Path) -> None:
    doubling = " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(60))
    query = f'SELECT $this {{ $this ?p ?o BIND("aaaaaaaa" AS ?x0) {doubling} FILTER(STRLEN(?x60) > 1) }}'
    shapes = f"{PREFIXES}ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:sparql [ sh:select '{query}' ] ."
    done = validate(tmp_path, "--engine", "pyshacl", "--memory", "1", shapes=shapes)
    assert (done.returncode, "needs more memory than the 1 GiB allowed; --memory allows more" in done.stderr) == (4, True)


def test_endless_input_ends(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "silent.ttl")
    for command in (("validate", "--alone", "--timeout", "1"), ("infer", "--timeout", "1")):
        done = kb(tmp_path, *command, "silent.ttl")
        assert (done.returncode, "silent.ttl: not done within 1 s" in done.stderr) == (4, True), done.stderr
    if Path("/dev/zero").exists():
        done = kb(tmp_path, "validate", "--alone", "--memory", "0.5", "/dev/zero")
        assert (done.returncode, "/dev/zero: needs more memory than the 0.5 GiB allowed" in done.stderr) == (4, True)


def test_what_kills_the_parser_does_not_kill_the_command(tmp_path: Path) -> None:
    """A chain of terms in a context overflows the parser's stack."""
    terms = ",".join(f'"p{i}":{{"@id":"p{i + 1}:x"}}' for i in range(50_000))
    (tmp_path / "chain.jsonld").write_text(f'{{"@context":{{{terms}}},"p1":1}}')
    (tmp_path / "good.ttl").write_text(DATA)
    for command in (("validate", "--alone"), ("load", "--dry-run", "--no-validate"), ("infer",), ("diff", "--alone")):
        done = kb(tmp_path, *command, "good.ttl", "chain.jsonld")
        assert (done.returncode, done.stderr.count("\n")) == (4, 1), (command, done.stderr)
        assert "chain.jsonld: too much for the parser or the engine, which ended by SIG" in done.stderr


# What is refused


@pytest.mark.parametrize("suffix", [".ttl", ".nt", ".jsonld"])
def test_a_token_that_is_too_long_is_named(suffix: str) -> None:
    for size, refused in ((MOST // 4, False), (MOST + 1_000, True)):
        literal = b'"' + b"x" * size + b'"'
        content = b"<urn:a:a> <urn:a:b> " + literal + b" ." if suffix != ".jsonld" else b'{"@id":"urn:a:a","urn:a:b":' + literal + b"}"
        if refused:
            with pytest.raises(InputError, match="of more than 16 MiB is not taken"):
                list(turtle.parse(content, f"long{suffix}"))
        else:
            assert len(list(turtle.parse(content, f"long{suffix}"))) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("comments.rdf", "<!--" * 200_000),
        ("sections.rdf", "<![CDATA[" * 200_000),
        ("instructions.rdf", "<?a " * 200_000),
        ("tags.rdf", "<a b='" * 200_000),
        ("entities.rdf", "<!DOCTYPE r [" + "".join(f'<!ENTITY a{i} "x">' for i in range(100_000)) + "]><"),
        ("doctype.rdf", "<!-- -->" * 100_000 + "<!DOC"),
        ("quotes.ttl", "'''" + "[" * 501 + "\\'" * 200_000),
        ("brackets.ttl", "[ '" * 200_000),
        ("strings.jsonld", "[" * 499 + '["\\"' * 200_000),
    ],
)  # fmt: skip
def test_looking_for_depth_reads_each_byte_once(name: str, content: str) -> None:
    started = time.monotonic()
    with pytest.raises(InputError):
        list(turtle.parse(content.encode(), name))
    assert time.monotonic() - started < 10


def test_brackets_in_long_texts_are_no_depth() -> None:
    for quotes in ("'''", '"""'):
        content = f"<urn:a:a> <urn:a:b> {quotes} it's \" one\n" + "[ ( << " * 600 + f"{quotes} ."
        assert len(list(turtle.parse(content.encode(), "text.ttl"))) == 1


def test_what_rdf_1_2_added_is_refused(tmp_path: Path) -> None:
    for content in ("ex:a ex:p 'x'@en--ltr .", "ex:a ex:p <<( ex:a ex:p 1 )>> ."):
        done = validate(tmp_path, data=PREFIXES + content)
        assert (done.returncode, "RDF 1.2" in done.stderr) == (3, True)


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("id.rdf", XML.format('\n<e:A r:ID="x"/>\n  <e:A r:ID="x"/>'), "3:3"),
        ("li.rdf", XML.format("\n<e:A>\n <r:Description r:li='1'/></e:A>"), "3:2"),
        ("entity.rdf", XML.format("\n<e:A>\n<e:p>&z;</e:p></e:A>"), "3:9"),
        ("open.rdf", XML.format("\n<e:A>")[:-5], "2:6"),
        ("twice.jsonld", '{"@id":"urn:a:a",\n"@id":"urn:a:b"}', "2:16"),
    ],
)
def test_the_place_of_a_fault_is_told_in_every_format(name: str, content: str, place: str) -> None:
    with pytest.raises(InputError, match=f"{name}:{place}: "):
        list(turtle.parse(content.encode(), name, base="http://example.org/"))


# Names, texts and terminals


def test_a_text_drives_no_terminal_in_any_format(tmp_path: Path) -> None:
    evil = "\\u001B[31m\\u0007\\u009B31m\\u202E\\u2028\\r"
    shapes = (
        f'{PREFIXES}ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property [ sh:path ex:p ; sh:maxCount 0 ; sh:name "{evil}" ;'
        f' sh:message "{evil}" ; sh:description "{evil}" ; sh:hasValue "{evil}" ] .'
    )
    data = f'{PREFIXES}ex:a a ex:T ; rdfs:label "{evil}" ; ex:p "{evil}"@en , <http://example.org/\\u202E> .'
    formats = next(p for p in validate_command.params if p.name == "format_").type.choices
    for format in formats:
        done = validate(tmp_path, "--format", format, shapes=shapes, data=data)
        assert done.returncode == 1
        assert "\\u001B" in done.stdout or "\\u001b" in done.stdout, format


def test_a_name_drives_no_terminal(tmp_path: Path) -> None:
    name = "a\nkb: all is well\x1b[2J.ttl"
    for content, code in (("<", 3), (DATA, 0)):
        (tmp_path / name).write_text(content)
        done = kb(tmp_path, "validate", "--alone", name)
        assert done.returncode == code
        assert (done.stderr or done.stdout).startswith(("kb: a\\u000Akb: all is well\\u001B", "a\\u000Akb:")), done
        done = kb(tmp_path, "fmt", "--check", name)
        assert "\nkb: all" not in done.stdout + done.stderr


# Formats and bases


def test_every_format_is_read_by_its_suffix_or_by_its_name(tmp_path: Path) -> None:
    content = {
        "ttl": "<http://example.org/a> <http://example.org/p> 1 .",
        "nt": "<http://example.org/a> <http://example.org/p> <http://example.org/b> .",
        "trig": "<http://example.org/g> { <http://example.org/a> <http://example.org/p> 1 }",
        "nq": "<http://example.org/a> <http://example.org/p> <http://example.org/b> <http://example.org/g> .",
        "rdf": XML.format('<r:Description r:about="http://example.org/a"><e:p>1</e:p></r:Description>'),
        "jsonld": '{"@id":"http://example.org/a","http://example.org/p":1}',
    }
    assert set(content) == set(next(p for p in validate_command.params if p.name == "input_format").type.choices)
    shapes = f"{PREFIXES}ex:S a sh:NodeShape ; sh:targetSubjectsOf ex:p ; sh:class ex:T ."
    (tmp_path / "shapes.ttl").write_text(shapes)
    for format, text in content.items():
        (tmp_path / f"mine.{format}").write_text(text)
        (tmp_path / "mine.txt").write_text(text)
        for arguments, stdin in (
            ((f"mine.{format}",), b""),
            (("--input-format", format, "mine.txt"), b""),
            (("--input-format", format, "-"), text.encode()),
        ):
            done = kb(tmp_path, "validate", "--alone", "--shapes", "shapes.ttl", "--format", "csv", *arguments, stdin=stdin)
            assert (done.returncode, done.stdout.count("\n")) == (1, 2), (format, done)


def test_relative_iris_stand_against_the_file_or_what_is_said(tmp_path: Path) -> None:
    data = "@prefix ex: <http://example.org/> . <#me> a ex:T ."
    shapes = f"{PREFIXES}ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:class ex:U ."
    done = validate(tmp_path, "--format", "csv", shapes=shapes, data=data)
    assert f"{(tmp_path / 'data.ttl').as_uri()}#me" in done.stdout
    done = validate(tmp_path, "--format", "csv", "--base", "http://example.org/x", shapes=shapes, data=data)
    assert "http://example.org/x#me" in done.stdout
    done = kb(tmp_path, "validate", "--alone", "--shapes", "shapes.ttl", "-", stdin=data.encode())
    assert (done.returncode, "<stdin>:1:37: this IRI is relative, and nothing says to what" in done.stderr) == (3, True)
    done = kb(tmp_path, "validate", "--alone", "--shapes", "shapes.ttl", "--base", "http://example.org/", "-", stdin=data.encode())
    assert done.returncode == 1
    assert kb(tmp_path, "validate", "--base", "x", "data.ttl").returncode == 2
    assert "depends on where the file lies" not in validate(tmp_path, shapes=shapes, data=data).stdout
    done = kb(tmp_path, "validate", "--alone", "data.ttl")
    assert (done.returncode, "mms:WholeIri" in done.stdout) == (1, True)
    done = kb(tmp_path, "validate", "--alone", "--base", "http://example.org/x", "data.ttl")
    assert "mms:WholeIri" not in done.stdout


# The child process


COUNT_THREADS = """
import os, sys
os.register_at_fork(before=lambda: print("threads", len(os.listdir("/proc/self/task")), file=sys.stderr))
from kb.cli import main
main()
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="this system does not tell its threads")
@pytest.mark.parametrize(
    "command",
    [("validate", "data.ttl"), ("validate", "--alone", "data.ttl"), ("load", "--store", "store", "--no-validate", "data.ttl"),
     ("infer", "data.ttl"), ("query", "-q", "ASK {}", "--data", "data.ttl"), ("fmt", "--check", "data.ttl"), ("diff", "data.ttl", "data.ttl")],
    ids=lambda command: " ".join(command[:2]),
)  # fmt: skip
def test_a_process_that_is_forked_has_one_thread(command: tuple[str, ...], tmp_path: Path) -> None:
    """A fork takes one thread with it, and leaves the locks that others held closed for ever."""
    (tmp_path / "data.ttl").write_text(DATA)
    done = subprocess.run([sys.executable, "-c", COUNT_THREADS, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if line.startswith("threads")] == ["threads 1"], done.stderr


@pytest.mark.parametrize("limit", ["nan", "inf", "-1", "1e300", "x"])
def test_a_limit_is_a_number(limit: str, tmp_path: Path) -> None:
    for option in ("--timeout", "--memory"):
        assert validate(tmp_path, option, limit).returncode == 2


def test_too_little_memory_to_begin_with_is_told(tmp_path: Path) -> None:
    for memory in ("0.0001", "0.01", "0.02"):
        done = validate(tmp_path, "--memory", memory)
        assert (done.returncode, "data.ttl: needs more memory than the" in done.stderr) == (4, True), done.stderr


def test_limits_follow_the_size_of_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "large").write_bytes(b"#" * (3 << 20))
    seen = []
    monkeypatch.setattr(limits.sandbox, "run", lambda prepare, given, door: seen.append(given))
    for arguments in ((None, None), (0, 0), (5, 2)):
        limits.run(lambda: lambda: None, [tmp_path / "large", tmp_path / "none"], *arguments)
    assert [(given.seconds, given.memory) for given in seen] == [
        (60 + 3 * 60, (4 << 30) + 3 * (200 << 20)), (None, None), (5, 2 << 30),
    ]  # fmt: skip
