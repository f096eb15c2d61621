"""The canonical form: nothing lost, nothing rewritten, the same bytes again; and the command that writes it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from kb import rdf
from kb.errors import InputError
from kb.project import find_project
from kb.turtle.formatting import Comments, format_document, format_quads

PROJECT = find_project()
PREFIXES = "@prefix ex: <http://example.org/> .\n"
RDF_PREFIX = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"


def fmt(text: str) -> str:
    return format_document(text.encode(), "mine.ttl")


def content(text: str | bytes) -> rdf.Dataset:
    dataset = rdf.Dataset(rdf.parse(text, format=rdf.RdfFormat.TURTLE))
    dataset.canonicalize(rdf.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def kb(*args: str, stdin: str | bytes = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    data = stdin if isinstance(stdin, bytes) else stdin.encode()
    done = subprocess.run([sys.executable, "-m", "kb", *args], input=data, capture_output=True, cwd=cwd, check=False)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def test_the_form() -> None:
    source = """@prefix ex: <http://example.org/> .
@prefix unused: <http://unused.example/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix mm: <https://w3id.org/medical-missions/ontology/> .
@prefix c: <https://w3id.org/medical-missions/id/claim/> .
c:two mm:stance ex:yes ; a mm:Claim, mm:Allegation ; skos:prefLabel "Dos"@es, "Two"@en .
c:one a mm:Claim . c:two mm:viaMarker ex:m2 , ex:m1 .
"""
    assert (
        fmt(source)
        == """@prefix mm: <https://w3id.org/medical-missions/ontology/> .
@prefix claim: <https://w3id.org/medical-missions/id/claim/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex: <http://example.org/> .

claim:two a mm:Claim , mm:Allegation ;
    skos:prefLabel
        "Two"@en ,
        "Dos"@es ;
    mm:stance ex:yes ;
    mm:viaMarker
        ex:m1 ,
        ex:m2 .

claim:one a mm:Claim .
"""
    )


def test_lists_and_blank_nodes_are_written_where_they_are_used() -> None:
    source = PREFIXES + (
        "ex:a ex:list ( 1 () [ ex:q 2 ] ) ; ex:path [ ex:inverse ex:z ] ; ex:p [ ex:z 1 ; ex:y 3, 2 ], [ ex:a 0 ] ."
    )
    assert (
        fmt(source)
        == """@prefix ex: <http://example.org/> .

ex:a
    ex:list ( 1 () [ ex:q 2 ] ) ;
    ex:p
        [
            ex:y
                2 ,
                3 ;
            ex:z 1 ;
        ] ,
        [ ex:a 0 ] ;
    ex:path [ ex:inverse ex:z ] .
"""
    )


def test_a_shared_blank_node_keeps_its_label() -> None:
    formatted = fmt(PREFIXES + "ex:a ex:p _:shared . ex:b ex:p _:shared . _:shared ex:q _:once . _:once ex:r 1 .")
    assert formatted.count("_:shared") == 3
    assert "_:once" not in formatted
    assert fmt(formatted) == formatted


@pytest.mark.parametrize(
    "graph",
    [
        "_:a ex:p _:b . _:b ex:p _:a ; ex:q [ ex:r 1 ] .",
        "_:a ex:p _:a ; ex:q [ ex:r [] ] .",
        "[ ex:q 1 ] . [] ex:p ( 1 2 ) . ( 3 4 ) ex:p 5 . () ex:p 6 .",
        "_:l rdf:first 1 ; rdf:rest _:l . ex:a ex:p _:l .",
        "ex:a ex:p [ rdf:first 1 ] .",
        "ex:a a [ ex:p 1 ; ex:q 2 ] , ex:B .",
    ],
)
def test_odd_shapes_of_graphs_survive(graph: str) -> None:
    source = PREFIXES + RDF_PREFIX + graph
    formatted = fmt(source)
    assert content(formatted) == content(source)
    assert fmt(formatted) == formatted


@pytest.mark.parametrize(
    "literal",
    ["01", "+5", "1.50", "-0.0", "00.5", "1e5", "1.0E+3", "1.e3", ".5", "true", '"1"^^<http://www.w3.org/2001/XMLSchema#boolean>',
     '"x"^^ex:own', '"a\\"b\\\\"', '"tab\\tbell\\u0007esc\\u001B"', '"line\\none"', '"cr\\r\\nlf"', '"quotes \\"\\"\\" here\\n\\""',
     '"trailing backslash\\\\\\n\\\\"', '"\\u202Eright to left"', '"no\\u00A0break"', '"😀 \\U0001F600"', '"x"@en', '"x"@es-CU', '""', '"\\n"'],
)  # fmt: skip
def test_lexical_forms_are_kept(literal: str) -> None:
    source = f"{PREFIXES}ex:a ex:p {literal} ."
    formatted = fmt(source)
    before, after = ([q.object for q in rdf.parse(t, format=rdf.RdfFormat.TURTLE)] for t in (source, formatted))
    assert before == after
    assert fmt(formatted) == formatted
    # What a reader could not see does not stand raw in a file.
    assert all(character.isprintable() or character == "\n" for character in formatted)


def test_numbers_lose_their_quotes_only_in_their_usual_form() -> None:
    formatted = fmt(PREFIXES + "ex:a ex:p 1, 01, 1.50, +5, true .")
    for written in (" 1 ,", ' "01"^^xsd:integer', " 1.50 ", ' "+5"^^xsd:integer', " true "):
        assert written in formatted


def test_comments_stay_with_their_subject() -> None:
    source = f"""# What this file is for.
# violates: mms:Some
{PREFIXES}
# --- Section I ---

# on b

# more on b
ex:b ex:p 1 .
# on a
ex:a ex:p 1 .
# again on b
ex:b ex:p 2 .
# on the unnamed
[] ex:p 3 .

# the end
"""
    formatted = fmt(source)
    assert (
        formatted
        == """# What this file is for.
# violates: mms:Some

@prefix ex: <http://example.org/> .

# --- Section I ---

# on b

# more on b
# again on b
ex:b
    ex:p
        1 ,
        2 .

# on a
ex:a
    ex:p 1 .

# on the unnamed
[]
    ex:p 3 .

# the end
"""
    )
    assert fmt(formatted) == formatted


def test_a_commented_blank_node_keeps_its_place() -> None:
    formatted = fmt(PREFIXES + "ex:a ex:p _:x .\n# why\n_:x ex:q 1 .\n")
    assert "# why\n_:x\n" in formatted
    assert fmt(formatted) == formatted


@pytest.mark.parametrize("source", ["# only a comment\n", "", "# a\n\n# b\n\n<urn:a:a> <urn:a:b> <urn:a:c> .\n"])
def test_files_of_little_are_stable(source: str) -> None:
    formatted = fmt(source)
    assert [line for line in formatted.splitlines() if line.startswith("#")] == [
        line for line in source.splitlines() if line.startswith("#")
    ]
    assert fmt(formatted) == formatted


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        (PREFIXES + "ex:a ex:p 1 ; # why\n  ex:q 2 .", 2, 15),
        (PREFIXES + "ex:a ex:p 1 ;\n  # why\n  ex:q 2 .", 3, 3),
        (PREFIXES + "ex:a ex:p 1 . # why\n", 2, 15),
        ("@prefix # why\n ex: <http://example.org/> .", 1, 9),
    ],
)
def test_a_comment_without_a_place_is_refused_not_lost(source: str, line: int, column: int) -> None:
    with pytest.raises(InputError) as caught:
        fmt(source)
    assert (caught.value.position.line, caught.value.position.column) == (line, column)


def test_a_prefix_of_ours_is_not_taken_over() -> None:
    formatted = fmt("@prefix claim: <http://example.org/> . @prefix s: <http://schema.org/> . claim:a s:name claim:b .")
    assert "<http://example.org/a>" in formatted
    assert "schema:name" in formatted
    assert "@prefix s:" not in formatted


def test_a_prefix_that_is_redefined_and_a_base() -> None:
    source = (
        "@prefix a: <http://one.example/> . a:x a:p a:y .\n@base <http://base.example/> .\n"
        "# on the second\nPREFIX a: <http://two.example/>\na:x a:p <rel> .\n"
    )
    formatted = fmt(source)
    assert content(formatted) == content(source)
    assert "# on the second\n\na:x\n" in formatted


def test_nesting_beyond_reading_is_refused() -> None:
    with pytest.raises(InputError, match="nested"):
        fmt(PREFIXES + "ex:a ex:p " + "[ ex:p " * 100_000 + "1" + " ]" * 100_000 + " .")


def test_a_long_list_is_not_deep() -> None:
    formatted = fmt(PREFIXES + f"ex:a ex:p ( {' '.join(str(n) for n in range(5000))} ) .")
    assert formatted.count("\n        ") == 5000


@pytest.mark.parametrize("statement", ["ex:a ex:p <<( ex:b ex:c ex:d )>> .", "# why\n<< ex:b ex:c ex:d >> .", 'ex:a ex:p "x"@ar--rtl .'])
def test_what_turtle_1_1_cannot_say_is_refused(statement: str) -> None:
    with pytest.raises(InputError, match="RDF 1.1"):
        fmt(PREFIXES + statement)


def random_graph(seed: int) -> str:
    """N-Triples of a random graph: IRIs with and without prefixes, every sort of literal, trees and knots of blank nodes."""
    pick = random.Random(seed)
    nodes = ["<http://example.org/a>", "<https://w3id.org/medical-missions/id/claim/c1>", "<http://x.example/a%20b#c>",
             "<https://w3id.org/medical-missions/id/claim/é.>", *(f"_:n{i}" for i in range(pick.randint(0, 6)))]  # fmt: skip
    predicates = ["<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://www.w3.org/2000/01/rdf-schema#label>",
                  "<http://www.w3.org/1999/02/22-rdf-syntax-ns#first>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>",
                  "<http://example.org/p>", "<http://example.org/-odd>"]  # fmt: skip
    letters = 'ab "\\\n\r\t\'#.;é\u2028\u200b\x07'
    nil = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>"

    def value() -> str:
        if pick.random() < 0.6:
            return pick.choice([*nodes, nil])
        text = "".join(pick.choice(letters) for _ in range(pick.randint(0, 8)))
        kind = pick.choice(["", "@en", "@es", "^^<http://example.org/d>", "^^<http://www.w3.org/2001/XMLSchema#integer>"])
        if kind.endswith("integer>"):
            text = pick.choice(["1", "01", "-3", "+2", "x"])
        return str(rdf.Literal(text)) + kind

    return "\n".join(f"{pick.choice(nodes)} {pick.choice(predicates)} {value()} ." for _ in range(pick.randint(1, 14)))


@pytest.mark.parametrize("start", range(0, 1000, 250))
def test_random_graphs_survive_and_are_stable(start: int) -> None:
    for seed in range(start, start + 250):
        graph = random_graph(seed)
        formatted = fmt(graph)
        assert content(formatted) == content(graph), seed
        assert fmt(formatted) == formatted, seed


@pytest.mark.parametrize(
    "path",
    [*PROJECT.ontology_files(alignments=True), *PROJECT.data_files(), *PROJECT.shape_files()],
    ids=lambda path: path.relative_to(PROJECT.root).as_posix(),
)
def test_the_projects_files_survive(path: Path) -> None:
    source = path.read_bytes()
    formatted = format_document(source, path.name)
    assert content(formatted) == content(source)
    assert format_document(formatted.encode(), path.name) == formatted


def test_quads_of_a_generator_keep_their_order_and_take_a_header() -> None:
    ex = "https://w3id.org/medical-missions/id/passage/"
    triples = [
        rdf.Triple(rdf.NamedNode(ex + name), rdf.NamedNode("https://w3id.org/medical-missions/ontology/order"), order)
        for name, order in (("b", rdf.Literal(1)), ("a", rdf.Literal(2)))
    ]
    assert format_quads(triples, comments=Comments(header=["# Generated."])) == (
        "# Generated.\n\n@prefix mm: <https://w3id.org/medical-missions/ontology/> .\n"
        "@prefix passage: <https://w3id.org/medical-missions/id/passage/> .\n\n"
        "passage:b\n    mm:order 1 .\n\npassage:a\n    mm:order 2 .\n"
    )


UGLY = PREFIXES + "ex:b ex:p 2,1 . ex:a ex:p 1 ."
TIDY = fmt(UGLY)


def test_command_formats_in_place_and_then_leaves_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.ttl"
    path.write_text(UGLY)
    path.chmod(0o640)
    done = kb("fmt", str(path))
    assert (done.returncode, path.read_text(), path.stat().st_mode & 0o777) == (0, TIDY, 0o640)
    before = path.stat().st_mtime_ns
    assert kb("fmt", str(path)).returncode == 0
    assert path.stat().st_mtime_ns == before
    assert os.listdir(tmp_path) == ["mine.ttl"]


def test_command_check_names_the_files_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "ugly.ttl").write_text(UGLY)
    (tmp_path / "tidy.ttl").write_text(TIDY)
    done = kb("fmt", "--check", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, f"{tmp_path / 'ugly.ttl'}\n")
    assert (tmp_path / "ugly.ttl").read_text() == UGLY
    assert kb("fmt", "--check", str(tmp_path / "tidy.ttl")).returncode == 0


def test_command_diff_shows_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ugly.ttl"
    path.write_text(UGLY)
    done = kb("fmt", "--diff", str(path))
    assert done.returncode == 0
    assert "-ex:b ex:p 2,1 . ex:a ex:p 1 .\n\\ No newline" in done.stdout
    assert "\n+    ex:p 1 .\n" in done.stdout
    assert path.read_text() == UGLY
    assert kb("fmt", "--check", "--diff", str(path)).returncode == 1


def test_command_reads_standard_input() -> None:
    done = kb("fmt", "-", stdin=UGLY)
    assert (done.returncode, done.stdout, done.stderr) == (0, TIDY, "")


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        ("syntax.ttl", b"@prefix ex: <http://example.org/> .\nex:a ex:p ; .\n", ":2:11: "),
        ("latin1.ttl", "# Año\n".encode("latin-1"), ":1:4: not valid UTF-8"),
        ("bom.ttl", b"\xef\xbb\xbf" + UGLY.encode(), "byte order mark"),
        ("inside.ttl", PREFIXES.encode() + b"ex:a ex:p 1 ; # why\n ex:q 2 .", ":2:15: this comment has no place"),
        ("other.rdf", b"<x/>", "only Turtle"),
    ],
)
def test_command_leaves_a_file_that_it_cannot_format(tmp_path: Path, name: str, source: bytes, message: str) -> None:
    bad, good = tmp_path / name, tmp_path / "good.ttl"
    bad.write_bytes(source)
    good.write_text(UGLY)
    done = kb("fmt", str(bad), str(good))
    assert done.returncode == 3
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert bad.read_bytes() == source
    assert good.read_text() == TIDY


def test_command_on_a_missing_file_and_a_folder_without_turtle(tmp_path: Path) -> None:
    done = kb("fmt", str(tmp_path / "none.ttl"))
    assert (done.returncode, done.stderr.count("no such file")) == (3, 1)
    assert kb("fmt", str(tmp_path)).returncode == 0
