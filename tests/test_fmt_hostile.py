"""The formatter against what people and machines write: odd syntax, odd graphs, odd files, and ends at a bad moment."""

from __future__ import annotations

import os
import random
import resource
import signal
import stat
import subprocess
import sys
import threading
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from kb import files, rdf
from kb.errors import InputError
from kb.turtle import formatting
from kb.turtle.formatting import format_document, format_quads
from kb.turtle.source import Comment, statements

PREFIXES = "@prefix ex: <http://example.org/> .\n"
RDF_PREFIX = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
UGLY = PREFIXES + "ex:b ex:p 2,1 . ex:a ex:p 1 ."
TIDY = format_document(UGLY.encode(), "ugly.ttl")


def fmt(text: str) -> str:
    return format_document(text.encode(), "mine.ttl")


def content(text: str) -> rdf.Dataset:
    dataset = rdf.Dataset(rdf.parse(text, format=rdf.RdfFormat.TURTLE))
    dataset.canonicalize(rdf.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def comments(text: str) -> list[str]:
    return [item.text.rstrip() for item in statements(text) if isinstance(item, Comment)]


def kb(*args: object, stdin: str | bytes = "", before: str = "", **options: object) -> subprocess.CompletedProcess[str]:
    """Run the command; ``before`` is Python that is run first in its process."""
    code = f"{before}\nfrom kb.cli import main\nmain()"
    data = stdin if isinstance(stdin, bytes) else stdin.encode()
    command = [sys.executable, "-c", code, *map(str, args)]
    done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=120, **options)
    return subprocess.CompletedProcess(args, done.returncode, done.stdout.decode(), done.stderr.decode())


# Syntax


def test_language_tags_keep_their_case() -> None:
    source = PREFIXES + 'ex:a ex:p "x"@EN , "y"@es-CU , """z\n"""@zh-Hans-CN , "w"@fr .'
    formatted = fmt(source)
    for written in ('"x"@EN', '"y"@es-CU', '"""z\n"""@zh-Hans-CN', '"w"@fr'):
        assert written in formatted
    assert fmt(formatted) == formatted


def test_a_tag_in_two_spellings_is_one_to_rdf_and_gets_the_first() -> None:
    assert fmt(PREFIXES + 'ex:a ex:p "x"@En . ex:b ex:p "x"@en .').count('"x"@En') == 2


def test_a_space_that_is_none_to_turtle_does_not_end_an_iri_or_a_name() -> None:
    source = PREFIXES + "# on it\n<http://x.example/a\u00a0b#c> ex:p 1 .\n# on the other\nex:a\u1680b ex:p <http://x.example/\u3000#d> .\n"
    formatted = fmt(source)
    assert content(formatted) == content(source)
    assert comments(formatted) == ["# on it", "# on the other"]
    assert "# on it\n<http://x.example/a\\u00A0b#c>\n" in formatted


def test_what_a_reader_cannot_see_is_escaped_in_iris_too() -> None:
    formatted = fmt("@prefix p: <http://x.example/\u200b/> .\np:a p:b <http://x.example/\u202ecba> , \"\u202ecba\" .")
    assert "@prefix p: <http://x.example/\\u200B/> ." in formatted
    assert "<http://x.example/\\u202Ecba>" in formatted
    assert all(character.isprintable() or character == "\n" for character in formatted)
    assert fmt(formatted) == formatted


def test_what_is_escaped_does_not_depend_on_the_unicode_that_python_knows() -> None:
    old = unicodedata.ucd_3_2_0  # the one table that every Python has
    sorts = ("Cc", "Cf", "Zs", "Zl", "Zp", "Co")
    invisible = {chr(code) for code in range(0x110000) if old.category(chr(code)) in sorts} - {" ", "\n"}
    assert len(invisible) > 137_000
    subject, predicate = rdf.NamedNode("urn:x:s"), rdf.NamedNode("urn:x:p")
    formatted = format_quads([rdf.Triple(subject, predicate, rdf.Literal("".join(sorted(invisible))))])
    assert not invisible & set(formatted)
    # New in Unicode 15 and 16: escaped by a Python that does not know them, if that were asked.
    assert '"\U0001fae8\U00010d40\u1c89"' in fmt(PREFIXES + 'ex:a ex:p "\U0001fae8\U00010d40\u1c89" .')


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(end: str) -> None:
    source = f"# head{end}{PREFIXES.strip()}{end}# on a{end}ex:a ex:p 1 .{end}# end{end}"
    assert fmt(source) == f"# head\n\n{PREFIXES}\n# on a\nex:a\n    ex:p 1 .\n\n# end\n"


def test_signs_of_a_comment_within_strings_and_iris() -> None:
    source = PREFIXES + (
        '# one\nex:a ex:p "# no" , \'# "no\' , """# no "" \\""" # no""" , \'\'\'\' # no\'\'\' , <http://x.example/#no> , ex:a\\#no .\n# two\n'
    )
    formatted = fmt(source)
    assert content(formatted) == content(source)
    assert comments(formatted) == ["# one", "# two"]


@pytest.mark.parametrize("odd", ["ex:a ex:p 1 . # why", "ex:a # why\n ex:p 1 .", "ex:a ex:p ( 1 # why\n 2 ) .", "ex:a ex:p 1 # why\n .",
                                 "ex:a ex:p 1 ; # why\n .", "ex:a ex:p [ # why\n ] .", "@prefix a: # why\n <http://a.example/> .",
                                 "BASE # why\n <http://a.example/>", 'ex:a ex:p "x" # why\n @en .', 'ex:a ex:p "x"^^ # why\n ex:d .'])  # fmt: skip
def test_a_comment_in_an_odd_place_is_refused_with_its_place(odd: str) -> None:
    with pytest.raises(InputError, match="no place in the canonical form") as caught:
        fmt(PREFIXES + odd)
    line = next(number for number, text in enumerate(odd.split("\n"), 2) if "#" in text)
    assert caught.value.position is not None and caught.value.position.line == line


def test_a_relative_iri_needs_a_base() -> None:
    with pytest.raises(InputError, match="relative.*@base"):
        fmt("<a> <b> <c> .")
    assert fmt("@base <http://b.example/x/> .\n<a> <../b> <#c> .") == "<http://b.example/x/a>\n    <http://b.example/b> <http://b.example/x/#c> .\n"


# Graphs


def test_a_chain_that_looks_like_a_list_and_is_none() -> None:
    cells = "".join(f"_:n{i} rdf:first {i} ; rdf:rest _:n{i + 1} .\n" for i in range(4000))
    for end in ("_:n4000 ex:p 1 .", "_:n4000 rdf:first 1 , 2 ; rdf:rest () .", '_:n4000 rdf:first 1 ; rdf:rest "x" .'):
        source = PREFIXES + RDF_PREFIX + f"ex:a ex:p _:n0 .\n{cells}{end}\n"
        formatted = fmt(source)
        assert len(set(rdf.parse(formatted, format=rdf.RdfFormat.TURTLE))) == len(set(rdf.parse(source, format=rdf.RdfFormat.TURTLE)))
        assert fmt(formatted) == formatted
    brackets = "[ rdf:first 1 ; rdf:rest " * 400 + "[ ex:p 1 ]" + " ]" * 400
    with pytest.raises(InputError, match="nested more than 50 deep"):
        fmt(PREFIXES + RDF_PREFIX + f"ex:a ex:p {brackets} .")


@pytest.mark.parametrize("size", [30, 200, 20_000])
def test_a_ring_of_blank_nodes(size: int) -> None:
    source = PREFIXES + "".join(f"_:n{i} ex:p _:n{(i + 1) % size} .\n" for i in range(size))
    formatted = fmt(source)
    assert formatted.count("ex:p") == size
    assert fmt(formatted) == formatted


def test_a_chain_of_labelled_nodes_is_cut_and_stays_so() -> None:
    source = PREFIXES + "ex:a ex:p _:n0 .\n" + "".join(f"_:n{i} ex:p _:n{i + 1} .\n" for i in range(120)) + "_:n120 ex:p ( 1 ( 2 ) ) ."
    formatted = fmt(source)
    assert content(formatted) == content(source)
    assert fmt(formatted) == formatted


def test_a_loss_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    source = PREFIXES + "_:a ex:p _:b , [ ex:q 1 ] . _:b ex:p _:a , [ ex:q 1 ] , [ ex:q 2 ] . ex:c ex:p 1 ."
    for right, wrong in (("ex:q 2", "ex:q 1"), ("_:a ;", "[] ;"), ("ex:p 1", "ex:p 2"), ("[ ex:q 1 ]", "[]")):
        assert right in fmt(source)
        with monkeypatch.context() as patch:
            write = formatting.format_quads
            patch.setattr(formatting, "format_quads", lambda *a, r=right, w=wrong, f=write: f(*a).replace(r, w, 1))
            with pytest.raises(RuntimeError, match="does not hold the same"):
                fmt(source)


def test_symmetric_blank_nodes_cost_no_more_than_others() -> None:
    knot = "".join(f"_:n{i} ex:p _:n{j} .\n" for i in range(14) for j in range(14) if i != j)
    formatted = fmt(PREFIXES + knot + "_:n0 ex:q [] , [] .")
    assert formatted.count("[]") == 2
    assert fmt(formatted) == formatted


def test_comments_cost_one_parse_however_many(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Counter()
    parse = rdf.parse
    monkeypatch.setattr(rdf, "parse", lambda *a, **k: calls.update(["parse"]) or parse(*a, **k))
    fmt("".join(f"PREFIX ex: <http://example.org/{i}>\n# on {i}\nex:a ex:p 1 .\n" for i in range(200)))
    assert calls["parse"] <= 4


# Generated documents


def random_document(seed: int) -> tuple[str, bool]:
    """Turtle in every syntax that it has, and whether there is a comment where none can be kept."""
    pick = random.Random(seed)
    odd = pick.random() < 0.2
    state = {"odd": False, "comments": 0}
    prefixes = {"ex": "http://example.org/", "": "http://example.org/empty#", "é": "http://e.example/é/", "mm": "http://other.example/",
                "skos": "http://www.w3.org/2004/02/skos/core#", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#"}  # fmt: skip

    def gap(must: bool = False) -> str:
        if odd and pick.random() < 0.05:
            state["odd"] = True
            return f" # inside {pick.randint(0, 9)}\n"
        return pick.choice([" ", "\n", "\t", "\r\n", "  ", " \n "] + ([] if must else [""]))

    def remark() -> str:
        state["comments"] += 1
        return f"# {state['comments']} " + pick.choice(["", '"', "<http://x.example/#>", "'''", "é\u00a0 ", ". ; [", "# #", "\\"])

    def iri() -> str:
        return pick.choice(["<http://example.org/a>", "<http://x.example/a%20b#c>", "<rel>", "<#frag>", "<>", "<http://x.example/\\u00e9\u00a0>",
                            "ex:a", "ex:b", "ex:c.d", "ex:a\\-b", "ex:%41", ":x", ":", "é:ü", "mm:Claim", "skos:prefLabel", "ex:a:b", "rdf:value"])  # fmt: skip

    def literal() -> str:
        return pick.choice(["1", "01", "-1", "+1", "1.0", "1.50", "-.5", "1e3", "1.E3", ".1e-3", "true", "false", '"x"', "'x'", '"x"@en', '"x"@es-CU',
                            '"y"^^<http://www.w3.org/2001/XMLSchema#integer>', '"1"^^ex:d', '"""a\n"b" \\"""c"""', "'''it''s\r\n'''", '"\\t\\u0000\\\\"',
                            '"#"', "'\"'", '""', '"""\n"""', '"\\U0001F600"', '"e\u0301"', '"\u00e9"'])  # fmt: skip

    def value(depth: int) -> str:
        sort = pick.random()
        if sort < 0.4:
            return literal()
        if sort < 0.65 or depth > 3:
            return iri()
        if sort < 0.78:
            return f"_:{pick.choice('abc')}{pick.choice(['', '1', '.2', '-'])}"
        if sort < 0.9:
            return f"[{gap()}{properties(depth + 1) if pick.random() < 0.8 else ''}{gap()}]"
        return f"({gap()}{gap(True).join(value(depth + 1) for _ in range(pick.randint(0, 3)))}{gap(True)})"

    def properties(depth: int) -> str:
        parts = []
        for _ in range(pick.randint(1, 3)):
            values = f"{gap()},{gap()}".join(value(depth) for _ in range(pick.choice([1, 1, 2])))
            parts.append(f"{pick.choice([iri(), iri(), 'a'])}{gap(True)}{values}")
        return f"{gap(True)};{gap()}".join(parts) + pick.choice(["", " ;", " ;; "])

    def directive() -> str:
        if pick.random() < 0.2:
            base = pick.choice(["http://base.example/x/", "http://base.example/y#z"])
            return pick.choice([f"@base <{base}> .", f"BASE <{base}>", f"base{gap(True)}<{base}>"])
        name = pick.choice(list(prefixes))
        space = prefixes[name] if pick.random() < 0.8 else "http://new.example/"
        return pick.choice([f"@prefix {name}: <{space}> .", f"PREFIX {name}: <{space}>", f"prefix{gap(True)}{name}:{gap()}<{space}>"])

    def statement() -> str:
        subject = pick.choice([iri(), iri(), iri(), value(2)])
        if subject[0] not in "<[(_" and ":" not in subject or subject[0] in "\"'":
            subject = "[]"
        return f"{subject}{gap(True)}{properties(0)}{gap(True)}."

    lines = [f"@prefix {name}: <{space}> ." for name, space in prefixes.items()] + ["@base <http://base.example/> ."]
    for _ in range(pick.randint(0, 6)):
        lines += [remark() for _ in range(pick.choice([0, 0, 1, 2]))]
        lines += [""] * pick.choice([0, 0, 1, 2])
        lines.append(pick.choice([statement, statement, statement, directive])())
    lines += [remark() for _ in range(pick.choice([0, 0, 1]))]
    if pick.random() < 0.3:
        lines.insert(0, remark())
    return pick.choice(["\n", "\n", "\r\n"]).join(lines) + pick.choice(["", "\n"]), state["odd"]


@pytest.mark.parametrize("start", range(0, 2000, 250))
def test_random_documents_survive_with_their_comments_or_are_refused(start: int) -> None:
    kept = 0
    for seed in range(start, start + 250):
        source, odd = random_document(seed)
        try:
            formatted = fmt(source)
        except InputError as error:
            assert odd and "no place in the canonical form" in str(error), (seed, str(error))
            continue
        kept += 1
        assert content(formatted) == content(source), seed
        assert Counter(comments(formatted)) == Counter(comments(source)), seed
        assert fmt(formatted) == formatted, seed
        assert ("@es-CU" in source) == ("@es-CU" in formatted), seed
    assert kept > 150


@pytest.mark.parametrize("start", range(0, 1000, 250))
def test_damaged_documents_are_formatted_or_refused(start: int) -> None:
    for seed in range(start, start + 250):
        pick = random.Random(seed)
        data = bytearray(random_document(seed)[0].encode())
        for _ in range(pick.randint(1, 4)):
            place = pick.randrange(len(data))
            data[place : place + pick.randint(0, 3)] = pick.choice([b"", b"#", b'"', b"<", b"[", b".", b"\\", b"'''", b"\n", b"\x00", b"\xc2\xa0", b"@"])
        try:
            formatted = format_document(bytes(data), "mine.ttl")
        except (InputError, UnicodeDecodeError):  # the file is not UTF-8: read_bytes refuses it before
            continue
        assert format_document(formatted.encode(), "mine.ttl") == formatted, seed


def test_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    path = tmp_path / "mine.ttl"
    path.write_bytes(b"\n".join(line for seed in range(40) for line in (b"", random_document(seed)[0].encode()) if not random_document(seed)[1]))
    runs = {kb("fmt", "-", stdin=path.read_bytes(), env={**os.environ, "PYTHONHASHSEED": str(seed)}).stdout for seed in range(4)}
    assert len(runs) == 1
    assert len(runs.pop()) > 5000


# Files


def limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))


def test_a_long_string_costs_a_few_times_its_size(tmp_path: Path) -> None:
    done = kb("fmt", "-", stdin=f'<urn:x:a> <urn:x:b> """{"long " * 2_500_000}""" .', preexec_fn=limit_memory)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout) > 12_500_000


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.ttl"
    path.write_text(UGLY)
    done = kb("fmt", path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50)))
    assert (done.returncode, path.read_text(), os.listdir(tmp_path)) == (3, UGLY, ["mine.ttl"])
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("moment", ["replace", "fsync", "chmod"])
def test_a_kill_at_any_moment_leaves_the_old_file(tmp_path: Path, moment: str) -> None:
    path = tmp_path / "mine.ttl"
    path.write_text(UGLY)
    done = kb("fmt", path, before=f"import os\nos.{moment} = lambda *a, **k: os.kill(os.getpid(), {signal.SIGKILL})")
    assert (done.returncode, path.read_text()) == (-signal.SIGKILL, UGLY)
    # What it left behind is no Turtle file to anybody, and hinders nobody.
    assert not [name for name in os.listdir(tmp_path) if name != "mine.ttl" and name.endswith(".ttl")]
    assert kb("fmt", tmp_path).returncode == 0
    assert path.read_text() == TIDY


def test_permissions_owner_and_links_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "mine.ttl", tmp_path / "link.ttl"
    path.write_text(UGLY)
    link.symlink_to(path)
    path.chmod(0o640)
    owner = (12345, 23456) if os.geteuid() == 0 else (os.geteuid(), path.stat().st_gid)
    os.chown(path, *owner)
    assert kb("fmt", link).returncode == 0
    state = path.stat()
    assert (path.read_text(), stat.S_IMODE(state.st_mode), state.st_uid, state.st_gid) == (TIDY, 0o640, *owner)
    assert link.is_symlink()


def test_a_file_whose_owner_would_change_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.ttl"
    path.write_text(UGLY)

    def refuse(*args: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    real = os.stat
    monkeypatch.setattr(os, "chown", refuse)
    other = list(real(path))
    other[stat.ST_UID] += 1
    monkeypatch.setattr(os, "stat", lambda p, *a, **k: os.stat_result(other) if p == path else real(p, *a, **k))
    with pytest.raises(InputError, match="belongs to another user"):
        files.write_atomically(path, b"new")
    monkeypatch.undo()
    assert (path.read_text(), os.listdir(tmp_path)) == (UGLY, ["mine.ttl"])


def test_a_file_marked_read_only_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.ttl"
    path.write_text(UGLY)
    monkeypatch.setattr(os, "access", lambda p, mode: False)  # to root, nothing is read-only
    with pytest.raises(InputError, match="Permission denied"):
        files.write_atomically(path, b"new")
    assert path.read_text() == UGLY


def test_a_folder_that_takes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.ttl"
    path.write_text(UGLY)
    refuse = "import tempfile\ndef refuse(**k): raise PermissionError(13, 'Permission denied')\ntempfile.mkstemp = refuse"
    done = kb("fmt", path, before=refuse)
    assert (done.returncode, path.read_text()) == (3, UGLY)
    assert f"{path}: cannot be written: Permission denied" in done.stderr


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    files.write_atomically(pipe, b"through")
    reader.join(10)
    assert (got, stat.S_ISFIFO(pipe.stat().st_mode)) == ([b"through"], True)
    done = kb("fmt", pipe)
    assert (done.returncode, "pipe or a device" in done.stderr) == (3, True)


def test_a_file_that_changes_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.ttl"
    path.write_text(UGLY)
    meddle = (
        "import kb.cli.fmt as f\nreal = f.run\n"
        f"def slow(*a):\n    done = real(*a)\n    open({str(path)!r}, 'a').write('# saved meanwhile')\n    return done\nf.run = slow"
    )
    done = kb("fmt", path, before=meddle)
    assert (done.returncode, path.read_text()) == (3, UGLY + "# saved meanwhile")
    assert "changed by somebody else" in done.stderr


def test_folders_many_files_and_one_bad_one(tmp_path: Path) -> None:
    for name in ("a.ttl", "sub/b.TTL", ".hidden/c.ttl", "sub/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(UGLY)
    (tmp_path / "folder.ttl").mkdir()
    (tmp_path / "bad.ttl").write_text("ex:a")
    done = kb("fmt", tmp_path, tmp_path / "a.ttl")
    assert done.returncode == 3
    assert done.stderr.count("kb: ") == 1 and "bad.ttl:1:" in done.stderr
    assert done.stderr.endswith("3 files read, 2 changed\n")
    texts = [(tmp_path / name).read_text() for name in ("a.ttl", "sub/b.TTL", ".hidden/c.ttl", "sub/notes.txt", "bad.ttl")]
    assert texts == [TIDY, TIDY, UGLY, UGLY, "ex:a"]
    assert kb("fmt", tmp_path / ".hidden").returncode == 0
    assert (tmp_path / ".hidden/c.ttl").read_text() == TIDY


def test_one_file_that_cannot_be_written_does_not_keep_the_next_from_it(tmp_path: Path) -> None:
    for name in ("a.ttl", "b.ttl"):
        (tmp_path / name).write_text(UGLY)
    first = "import os\nreal = os.replace\ndef once(*a):\n    os.replace = real\n    raise OSError(5, 'Input/output error')\nos.replace = once"
    done = kb("fmt", tmp_path, before=first)
    assert (done.returncode, [(tmp_path / name).read_text() for name in ("a.ttl", "b.ttl")]) == (3, [UGLY, TIDY])
    assert sorted(os.listdir(tmp_path)) == ["a.ttl", "b.ttl"]


def test_check_and_diff_together(tmp_path: Path) -> None:
    path = tmp_path / "mine.ttl"
    path.write_text(UGLY)
    assert kb("fmt", "--diff", path).returncode == 0
    both = kb("fmt", "--check", "--diff", path)
    assert (both.returncode, both.stdout.startswith(f"--- {path}\n")) == (1, True)
    assert path.read_text() == UGLY
    piped = kb("fmt", "--check", "-", stdin=UGLY)
    assert (piped.returncode, piped.stdout) == (1, "<stdin>\n")
