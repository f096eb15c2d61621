"""``kb document add``: the text.ttl it writes, names that last over edits, and what it refuses."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kb import rdf, turtle
from kb.namespaces import curie, expand

TEXT = """The Harbour and its People

By Ana Soto

12 March 2024

Quays of the North

The port opened in 1963. It grew at once.¹,² It grew at once.¹,² Few say so.²,²
- One quay is here. It is long.²
- Another is there.

Works Cited

- Soto, A. A port. 2020.
- Lane, B. “Who pays?” 2021.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("ontology", "data/documents", "data/registers", "shapes", "queries"):
        (tmp_path / "kb" / name).mkdir(parents=True)
    return tmp_path / "kb"


def kb(root: Path, *args: str, stdin: str = "", **more) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "kb", "--project", str(root), "document", "add", *args]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False, **more)


def add(root: Path, text: str, *args: str, name: str = "harbour.txt") -> subprocess.CompletedProcess:
    path = root.parent / name
    path.write_bytes(text.encode("utf-8"))
    done = kb(root, str(path), *args)
    assert done.returncode == 0, done.stderr
    return done


class Graph:
    """A text.ttl by subject and predicate, all as CURIEs or plain values."""

    def __init__(self, path: Path) -> None:
        self.content = path.read_bytes()
        self.statements: dict[str, dict[str, list[str]]] = {}
        for quad in turtle.parse(self.content, str(path)):
            predicates = self.statements.setdefault(curie(quad.subject.value), {})
            predicates.setdefault(curie(quad.predicate.value), []).append(curie(quad.object.value))

    def one(self, subject: str, predicate: str) -> str:
        (value,) = self.statements[subject][predicate]
        return value

    def names(self, prefix: str) -> list[str]:
        return [name for name in self.statements if name.startswith(prefix + ":")]

    def seal(self) -> str:
        """The digest of all that the file says, computed as docs/texts.md tells it."""
        lines = rdf.serialize((q.triple for q in turtle.parse(self.content, "x.ttl")), format=rdf.RdfFormat.N_TRIPLES).decode().splitlines()
        plain = {re.sub(r'"\^\^<[^>]*> \.$', '" .', line) for line in lines if "#type>" not in line and "passagesSha256>" not in line}
        return hashlib.sha256("".join(line + "\n" for line in sorted(plain)).encode()).hexdigest()

    def span(self, node: str, text: str) -> str:
        selector = self.one(node, "oa:hasSelector")
        return text[int(self.one(selector, "oa:start")) : int(self.one(selector, "oa:end"))]

    def passages(self, text: str) -> dict[str, str]:
        return {name.removeprefix("passage:"): self.span(name, text) for name in self.names("passage")}


def graph(root: Path, slug: str = "harbour") -> Graph:
    return Graph(root / "data" / "documents" / slug / "text.ttl")


def test_what_is_written(root):
    done = add(root, TEXT, "--issued", "2024-03-12")
    found = graph(root)
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    assert found.statements["text:harbour-v1"] == {
        "rdf:type": ["mm:TextVersion"],
        "mm:versionOf": ["document:harbour"],
        "mm:sha256": [digest],
        "mm:characterCount": [str(len(TEXT))],
        "mm:lastPassageNumber": ["15"],
        "mm:passagesSha256": [found.seal()],
    }
    passages = found.passages(TEXT)
    assert list(passages) == [f"harbour-{number:03d}" for number in range(1, 16)]
    assert passages["harbour-005"] == "The port opened in 1963."
    for name, span in passages.items():
        assert found.one(f"passage:{name}", "mm:spanSha256") == hashlib.sha256(span.encode()).hexdigest()
    assert found.statements["passage:harbour-011"] == {
        "rdf:type": ["mm:Passage", "oa:SpecificResource"],
        "oa:hasSource": ["text:harbour-v1"],
        "oa:hasSelector": ["selector:harbour-011"],
        "mm:passageKind": ["kind:sentence"],
        "mm:order": ["11"],
        "mm:spanSha256": [hashlib.sha256("It is long.²".encode()).hexdigest()],
        "mm:inSection": ["passage:harbour-004"],
        "mm:partOfPassage": ["passage:harbour-009"],
    }
    assert found.statements["marker:harbour-011-2"] == {
        "rdf:type": ["mm:CitationMarker", "c4o:InTextReferencePointer"],
        "mm:markerIn": ["passage:harbour-011"],
        "oa:hasSelector": ["selector:harbour-011-2"],
        "c4o:denotes": ["reference:harbour-2"],
    }
    assert found.span("marker:harbour-011-2", TEXT) == "²"
    assert found.statements["reference:harbour-2"] == {
        "rdf:type": ["biro:BibliographicReference"],
        "mm:referenceNumber": ["2"],
        "mm:referenceIn": ["passage:harbour-015"],
    }
    assert found.span("passage:harbour-015", TEXT) == "Lane, B. “Who pays?” 2021."
    assert done.stdout.startswith("harbour: text version 1, 15 passages, 14 of them leaves\n")
    assert done.stderr == ""


def test_the_same_number_twice_in_a_passage_gives_two_markers(root):
    add(root, TEXT)
    found = graph(root)
    assert [name for name in found.names("marker") if "-008-" in name] == [
        "marker:harbour-008-2",
        "marker:harbour-008-2-2",
    ]
    assert found.one("marker:harbour-008-2-2", "c4o:denotes") == "reference:harbour-2"


def test_no_wording_is_kept(root):
    add(root, TEXT, "--no-description")
    content = (root / "data/documents/harbour/text.ttl").read_text(encoding="utf-8")
    for word in ("port", "Soto", "quay", "People"):
        assert word not in content


def test_positions_count_code_points(root):
    text = "So 🚢🚢 it is. Then é\u0301 came."
    add(root, text, "--no-description")
    assert list(graph(root).passages(text).values()) == ["So 🚢🚢 it is.", "Then é\u0301 came."]


def test_line_ends_are_counted_as_they_are(root):
    text = "One is here.\r\nTwo is there.\r\n"
    add(root, text, "--no-description")
    assert list(graph(root).passages(text).values()) == ["One is here.", "Two is there."]


def test_numbers_are_integers_and_positions_non_negative_integers(root):
    add(root, TEXT)
    datatypes = {}
    for quad in turtle.parse_file(root / "data/documents/harbour/text.ttl"):
        if isinstance(quad.object, rdf.Literal):
            datatypes.setdefault(curie(quad.predicate.value), set()).add(curie(quad.object.datatype.value))
    assert datatypes == {
        "mm:sha256": {"xsd:string"}, "mm:spanSha256": {"xsd:string"}, "mm:passagesSha256": {"xsd:string"},
        "mm:characterCount": {"xsd:integer"}, "mm:lastPassageNumber": {"xsd:integer"}, "mm:order": {"xsd:integer"},
        "mm:headingLevel": {"xsd:integer"}, "mm:referenceNumber": {"xsd:integer"},
        "oa:start": {"xsd:nonNegativeInteger"}, "oa:end": {"xsd:nonNegativeInteger"},
    }  # fmt: skip


def test_twice_gives_the_same_bytes_and_kb_fmt_has_nothing_to_change(root):
    add(root, TEXT)
    path = root / "data/documents/harbour/text.ttl"
    first = path.read_bytes()
    done = add(root, TEXT)
    assert path.read_bytes() == first
    assert "15 passages kept their identifiers, 0 are new, 0 are gone" in done.stdout
    fmt = subprocess.run([sys.executable, "-m", "kb", "fmt", "--check", str(path)], capture_output=True, check=False)
    assert fmt.returncode == 0, fmt.stderr


# Names that last


def test_an_edit_keeps_the_names_of_what_has_not_changed(root):
    add(root, TEXT)
    before = graph(root)
    edited = TEXT.replace("Few say so.²,²", "Many say so.² All agree.")
    done = add(root, edited)
    after = graph(root)
    old, new = before.passages(TEXT), after.passages(edited)
    assert {name for name in old if name not in new} == {"harbour-008"}
    assert {name: span for name, span in new.items() if name not in old} == {
        "harbour-016": "Many say so.²",
        "harbour-017": "All agree.",
    }
    assert all(new[name] == span for name, span in old.items() if name in new)
    orders = [int(after.one(f"passage:{name}", "mm:order")) for name in new]
    assert orders == list(range(1, 17))
    assert {after.one(f"passage:{name}", "oa:hasSource") for name in new} == {"text:harbour-v2"}
    assert after.one("text:harbour-v2", "mm:lastPassageNumber") == "17"
    assert after.one("text:harbour-v2", "prov:wasRevisionOf") == "text:harbour-v1"
    # The seal is that of the passages there are; it covers what is said of the earlier text, too.
    assert after.one("text:harbour-v2", "mm:passagesSha256") == after.seal()
    assert "mm:passagesSha256" not in after.statements["text:harbour-v1"]
    del before.statements["text:harbour-v1"]["mm:passagesSha256"]
    assert after.statements["text:harbour-v1"] == before.statements["text:harbour-v1"]
    assert after.names("reference") == before.names("reference")
    assert "warning: passage:harbour-008 is gone" in done.stderr
    assert "warning: marker:harbour-008-2 is gone" in done.stderr
    assert "14 passages kept their identifiers, 2 are new, 1 are gone" in done.stdout


def test_a_number_is_never_given_again(root):
    add(root, TEXT)
    second = TEXT.replace("- Another is there.\n", "- Another is there.\n- A third is nowhere.\n")
    add(root, second)
    assert graph(root).passages(second)["harbour-016"] == "A third is nowhere."
    add(root, TEXT)
    third = TEXT.replace("- Another is there.\n", "- Another is there.\n- A fourth is everywhere.\n")
    add(root, third)
    found = graph(root)
    assert found.passages(third)["harbour-017"] == "A fourth is everywhere."
    assert "harbour-016" not in found.passages(third)
    assert found.names("text") == ["text:harbour-v4", "text:harbour-v3", "text:harbour-v2", "text:harbour-v1"]
    assert found.one("text:harbour-v4", "prov:wasRevisionOf") == "text:harbour-v3"
    assert found.one("text:harbour-v3", "prov:wasRevisionOf") == "text:harbour-v2"
    assert found.one("text:harbour-v3", "mm:sha256") == found.one("text:harbour-v1", "mm:sha256")


def test_identical_passages_are_told_apart_by_their_order(root):
    add(root, TEXT)
    edited = TEXT.replace("The port opened in 1963. It grew", "It grew at once.¹,² The port opened in 1963. It grew", 1)
    add(root, edited)
    found = graph(root)
    same = [name for name, span in found.passages(edited).items() if span == "It grew at once.¹,²"]
    # Two of the three stand where they stood, after the sentence on the port; the one before it is new.
    assert same == ["harbour-016", "harbour-006", "harbour-007"]


def test_what_moves_keeps_its_name(root):
    add(root, TEXT)
    edited = TEXT.replace("The port opened in 1963. ", "").replace(
        "- Another is there.", "- Another is there.\n\nThe port opened in 1963."
    )
    add(root, edited)
    found = graph(root).passages(edited)
    assert found["harbour-005"] == "The port opened in 1963."
    assert len(found) == 15


def test_a_reference_is_its_entry_whatever_its_number(root):
    add(root, TEXT)
    edited = (
        TEXT.replace("- Soto, A. A port.", "- Bell, C. A sail. 2019.\n- Soto, A. A port.")
        .replace("²", "³")
        .replace("¹", "²")
    )
    add(root, edited)
    found = graph(root)
    numbers = {name: found.one(name, "mm:referenceNumber") for name in found.names("reference")}
    assert numbers == {"reference:harbour-1-v2": "1", "reference:harbour-1": "2", "reference:harbour-2": "3"}
    entry = found.one("reference:harbour-1", "mm:referenceIn")
    assert found.span(entry, edited) == "Soto, A. A port. 2020."
    marker = next(name for name in found.names("marker") if found.one(name, "c4o:denotes") == "reference:harbour-2")
    assert found.span(marker, edited) == "³"


def test_a_reference_whose_entry_changes_gets_another_name(root):
    add(root, TEXT)
    edited = TEXT.replace("2021.", "2022.")
    done = add(root, edited)
    found = graph(root)
    assert found.names("reference") == ["reference:harbour-1", "reference:harbour-2-v2"]
    assert found.one("marker:harbour-011-2", "c4o:denotes") == "reference:harbour-2-v2"
    assert "warning: reference:harbour-2 is gone" in done.stderr


def test_what_vanishes_is_listed_with_the_files_that_still_use_it(root):
    add(root, TEXT)
    claims = root / "data/documents/harbour/claims.ttl"
    claims.write_text(
        f"<{expand('claim:c1')}> <{expand('mm:statedIn')}> <{expand('passage:harbour-008')}> ;\n"
        f"  <{expand('mm:viaMarker')}> <{expand('marker:harbour-008-2')}> .\n"
    )
    broken = root / "data/registers/broken.ttl"
    broken.write_text("this is no Turtle")
    lines = add(root, TEXT.replace("Few say so.²,²", "None say so.")).stderr.splitlines()
    assert lines == [
        f"warning: marker:harbour-008-2 is gone; still used in {claims}",
        f"warning: passage:harbour-008 is gone; still used in {claims}",
        "warning: marker:harbour-008-2-2 is gone",
    ]


def test_new_hints_on_the_same_text_make_no_new_version(root):
    add(root, TEXT)
    (root / "data/documents/harbour/partition.toml").write_text("paragraph = 'Quays of'")
    add(root, TEXT)
    found = graph(root)
    assert found.names("text") == ["text:harbour-v1"]
    assert found.one("passage:harbour-004", "mm:passageKind") == "kind:sentence"
    assert len(found.passages(TEXT)) == 15


def test_another_text_under_a_known_name_is_refused(root):
    add(root, TEXT)
    before = graph(root).content
    other = root.parent / "other.txt"
    other.write_text("Nothing of it is the same.")
    done = kb(root, str(other), "--slug", "harbour")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no passage of harbour is in this text" in done.stderr
    assert graph(root).content == before


# The description


def test_document_ttl_is_written_once_from_the_options(root):
    add(root, TEXT, "--issued", "2024-03-12", "--creator", "actor:ana-soto", "--language", "en")
    path = root / "data/documents/harbour/document.ttl"
    said = Graph(path).statements["document:harbour"]
    assert said == {
        "rdf:type": ["mm:Document"],
        "dcterms:title": ["The Harbour and its People"],
        "skos:prefLabel": ["The Harbour and its People"] * 2,
        "dcterms:language": ["en"],
        "dcterms:creator": ["actor:ana-soto"],
        "dcterms:issued": ["2024-03-12"],
    }
    assert '"2024-03-12"^^edtf:EDTF' in path.read_text()
    path.write_text("# mine\n")
    done = add(root, TEXT, "--title", "Other")
    assert path.read_text() == "# mine\n"
    assert "document.ttl" not in done.stdout


def test_a_text_without_a_title_needs_one_or_none(root):
    text = root.parent / "plain.txt"
    text.write_text("One is here. Two is there.")
    done = kb(root, str(text))
    assert done.returncode == 2
    assert "give a --title" in done.stderr
    assert not (root / "data/documents/plain").exists()
    assert kb(root, str(text), "--no-description").returncode == 0
    assert not (root / "data/documents/plain/document.ttl").exists()
    assert kb(root, str(text), "--title", "Plain").returncode == 0
    assert (root / "data/documents/plain/document.ttl").exists()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--issued", "12 March"], "not an EDTF date"),
        (["--issued", "2024-13"], "not an EDTF date"),
        (["--issued", "2023-02-29"], "not an EDTF date"),
        (["--creator", "Ana Soto"], "not the identifier of an actor"),
        (["--creator", "place:here"], "not the identifier of an actor"),
        (["--language", "english please"], "not a language tag"),
        (["--slug", "Big Harbour"], "use lower-case letters"),
        (["--slug", "../up"], "use lower-case letters"),
        (["--stdout", "-o", "x.ttl"], "either --output or --stdout"),
    ],
)
def test_an_option_that_is_not_understood_is_refused(root, args, message):
    (root.parent / "harbour.txt").write_text(TEXT, encoding="utf-8")
    done = kb(root, str(root.parent / "harbour.txt"), *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert list((root / "data/documents").iterdir()) == []


# Where it goes


def test_to_standard_output(root):
    done = add(root, TEXT, "--stdout")
    assert done.stdout.startswith("@prefix mm:")
    assert "15 passages" in done.stderr
    assert list((root / "data/documents").iterdir()) == []


def test_to_a_file_and_from_standard_input(root):
    target = root.parent / "mine.ttl"
    done = kb(root, "-", "--slug", "harbour", "-o", str(target), stdin=TEXT)
    assert (done.returncode, done.stdout) == (0, "")
    first = target.read_bytes()
    edited = TEXT.replace("Few say", "Most say")
    assert kb(root, "-", "--slug", "harbour", "-o", str(target), stdin=edited).returncode == 0
    assert target.read_bytes() != first
    assert "passage:harbour-016 a mm:Passage" in target.read_text()
    assert list((root / "data/documents").iterdir()) == []
    assert kb(root, "-", stdin=TEXT).returncode == 2


def test_a_dry_run_writes_nothing(root):
    done = add(root, TEXT, "--dry-run")
    assert "nothing was written" in done.stdout
    assert list((root / "data/documents").iterdir()) == []


def test_the_short_name_comes_from_the_file(root):
    done = add(root, TEXT, "--no-description", name="El Puerto_Ñandú (2).md")
    assert done.stdout.startswith("el-puerto-nandu-2: ")
    assert (root / "data/documents/el-puerto-nandu-2/text.ttl").exists()


def test_names_that_could_be_taken_for_another_documents_are_refused(root):
    add(root, TEXT)
    (root.parent / "harbour-2.txt").write_text(TEXT, encoding="utf-8")
    done = kb(root, str(root.parent / "harbour-2.txt"))
    assert done.returncode == 2
    assert "could not be told from those of the document harbour" in done.stderr


def test_the_read_only_bundle_is_named_as_such(root, tmp_path):
    bundle = tmp_path / "_bundle"
    root.rename(bundle)
    (tmp_path / "harbour.txt").write_text(TEXT, encoding="utf-8")
    done = kb(bundle, str(tmp_path / "harbour.txt"))
    assert done.returncode == 2
    assert "read-only" in done.stderr
    assert "-o FILE" in done.stderr
    assert kb(bundle, str(tmp_path / "harbour.txt"), "--stdout").returncode == 0


def test_a_file_in_the_way_of_the_folder(root):
    (root / "data/documents/harbour").write_text("in the way")
    (root.parent / "harbour.txt").write_text(TEXT, encoding="utf-8")
    done = kb(root, str(root.parent / "harbour.txt"))
    assert done.returncode == 3
    assert "cannot be created" in done.stderr


# Bad input


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the text is empty"),
        (b" \n\n\t", "the text is empty"),
        (b"One is h\xffre.", "not valid UTF-8"),
        (b"\xef\xbb\xbfOne is here.", "byte order mark"),
        (None, "no such file"),
    ],
)
def test_a_text_that_cannot_be_read(root, content, message):
    path = root.parent / "bad.txt"
    if content is not None:
        path.write_bytes(content)
    done = kb(root, str(path), "--no-description")
    assert (done.returncode, done.stdout) == (3, "")
    assert message in done.stderr
    assert str(path) in done.stderr
    assert len(done.stderr.splitlines()) <= 3
    assert list((root / "data/documents").iterdir()) == []


def test_a_folder_instead_of_a_text(root):
    done = kb(root, str(root))
    assert done.returncode == 3
    assert "folder" in done.stderr


def test_hints_that_cannot_be_read(root):
    hints = root.parent / "hints.toml"
    (root.parent / "harbour.txt").write_text(TEXT, encoding="utf-8")
    done = kb(root, str(root.parent / "harbour.txt"), "--hints", str(hints))
    assert done.returncode == 3
    assert f"{hints}: no such file" in done.stderr
    hints.write_text("title = [")
    done = kb(root, str(root.parent / "harbour.txt"), "--hints", str(hints))
    assert done.returncode == 3
    assert f"{hints}:1:10: not valid TOML" in done.stderr
    hints.write_text("furniture = 'Login'")
    done = kb(root, str(root.parent / "harbour.txt"), "--hints", str(hints), "--no-description")
    assert done.returncode == 0
    assert "no line matches the hint furniture = 'Login'" in done.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("@prefix x: <http://x/> .\nx:a x:b", "text.ttl:2:8: "),
        ("", "not a file that `kb document add` wrote for harbour (it has no text version)"),
        ("<{text}harbour-v1> a <{mm}TextVersion> .", "not a file that `kb document add` wrote"),
        ("<{text}other-v1> a <{mm}TextVersion> .", "is not named after it"),
    ],
)
def test_an_existing_text_ttl_that_is_damaged_stays_as_it_is(root, content, message):
    path = root / "data/documents/harbour/text.ttl"
    path.parent.mkdir()
    path.write_text(content.replace("{text}", expand("text:x")[:-1]).replace("{mm}", expand("mm:x")[:-1]))
    before = path.read_bytes()
    (root.parent / "harbour.txt").write_text(TEXT, encoding="utf-8")
    done = kb(root, str(root.parent / "harbour.txt"))
    assert (done.returncode, done.stdout) == (3, "")
    assert message in done.stderr
    assert path.read_bytes() == before


def test_the_help_names_the_hints_and_an_example(root):
    done = kb(root, "--help")
    assert done.returncode == 0
    for word in ("partition.toml", "docs/texts.md", "kb document add hearing.txt"):
        assert word in done.stdout
