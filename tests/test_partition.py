"""How a text is cut into passages: sentences, headings, lists, tables, markers, of texts of several makes."""

import re
from collections import Counter

import pytest

from kb.errors import InputError
from kb.texts import citations, hints, sentences
from kb.texts.partition import partition

# What may lie outside leaves: white space, bullets, numbers of lists and notes, bars and rules of tables, # and >.
OUTSIDE = re.compile(r"(?:\s|[-*+•–#>=|:_~]|\[\^?\d+\][:.]?|\(?\d+[.)]|\(?[a-z]\)|[⁰¹²³⁴⁵⁶⁷⁸⁹]+)*")


def parts(text: str, toml: str = ""):
    """The partition of a text, after the checks that hold for every text."""
    found = partition(text, hints.parse(toml, "partition.toml") if toml else None)
    position = 0
    for leaf in found.leaves():
        assert leaf.start >= position, "two leaves overlap"
        assert OUTSIDE.fullmatch(text[position : leaf.start]), f"left out: {text[position : leaf.start]!r}"
        assert leaf.end > leaf.start
        assert text[leaf.start : leaf.end] == text[leaf.start : leaf.end].strip()
        position = leaf.end
    assert OUTSIDE.fullmatch(text[position:]), f"left out: {text[position:]!r}"
    for passage in found.passages:
        if passage.part_of is not None:
            whole = found.passages[passage.part_of]
            assert whole.start <= passage.start and passage.end <= whole.end
        for marker in passage.markers:
            assert passage.start <= marker.start < marker.end <= passage.end
    return found


def leaves(text: str, toml: str = "") -> list[tuple[str, str]]:
    return [(leaf.kind, text[leaf.start : leaf.end]) for leaf in parts(text, toml).leaves()]


def texts(text: str, toml: str = "") -> list[str]:
    return [content for _, content in leaves(text, toml)]


def cited(text: str, toml: str = "") -> list[list[int]]:
    """The numbers cited by each leaf that cites."""
    return [[m.number for m in leaf.markers] for leaf in parts(text, toml).leaves() if leaf.markers]


def messages(text: str, toml: str = "") -> list[str]:
    return [remark.message for remark in parts(text, toml).remarks]


def bibliography(count: int) -> str:
    return "\n\nReferences\n\n" + "".join(f"- Author {n}. A work.\n" for n in range(1, count + 1))


# Sentences


@pytest.mark.parametrize(
    "text",
    [
        "The port of the U.S. Navy lies in the D.C.-based office.",
        "It was signed by Dr. Lane, Mr. Vance and Sen. Bell of Acme Co. Ltd.",
        "The fleet (Harbour Lines, S.A.), a small firm, runs it.",
        "Approx. MXN 90k per boat is paid by the gov't, which keeps it.",
        "The gov’t pays approx. 40 per cent, e.g. for fuel, i.e. diesel.",
        "J.M. Soto, E.J. Bell, J. A. Lane and F. De Vries wrote it.",
        "I. The boats sail when they can, or never.",
        "The rate is 9.4 times higher under Article 176.1 of the code.",
        "See Fig. 3, No. 5, pp. 12 and Vol. 2 of it.",
        "He came on Jan. 5 at 7 a.m. Monday.",
        "It says so in S.2138 and in H.Res.1446 and at www.Example.Org and Boats.Com today.",
        "“Is it so?” she asked, and “Wait!” he said.",
        "They wrote Smith et al. in the margin, vs. the usual practice.",
        "Lo dijo la Sra. Ruiz en la pág. 5 del art. 7 sobre EE. UU. y otros.",
        "El Sr. Gómez llegó a las 5 p. m. con el Dr. Vega.",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(text):
    assert texts(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They live in the U.S. These are free.", ["They live in the U.S.", "These are free."]),
        ("It met U.S. demands. Few knew.", ["It met U.S. demands.", "Few knew."]),
        ("It opened in 1963. It closed in 2001.", ["It opened in 1963.", "It closed in 2001."]),
        ("He said no. Then he left.", ["He said no.", "Then he left."]),
        ("A brand of “harbour peace.” The rest is map.", ["A brand of “harbour peace.”", "The rest is map."]),
        ("They say (for now.) Others do not.", ["They say (for now.)", "Others do not."]),
        ('"Stop." (She went.) He stayed!', ['"Stop."', "(She went.)", "He stayed!"]),
        ("Who? You… Yes, you.", ["Who?", "You…", "Yes, you."]),
        (
            "¿Por qué? ¡Porque sí! «Nadie lo sabe». Así fue.",
            ["¿Por qué?", "¡Porque sí!", "«Nadie lo sabe».", "Así fue."],
        ),
        ("Lo dijo en EE. UU. El resto calla.", ["Lo dijo en EE. UU.", "El resto calla."]),
        ("Vive en EE.UU. Los demás, no.", ["Vive en EE.UU.", "Los demás, no."]),
        ("It was plan B. The rest waited.", ["It was plan B.", "The rest waited."]),
        ("It is run by Acme Ltd.[1] Soto owns it.", ["It is run by Acme Ltd.[1]", "Soto owns it."]),
        ("We left at 6 p.m. The sun rose.", ["We left at 6 p.m.", "The sun rose."]),
        ("It cost 5 dollars. $9 is more. ~50 came.", ["It cost 5 dollars.", "$9 is more.", "~50 came."]),
        ("The aims are these: boats and fuel. None is new:", ["The aims are these: boats and fuel.", "None is new:"]),
        (
            "The first\u00a0one.\u00a0The second\tone.\u3000The third.",
            ["The first\u00a0one.", "The second\tone.", "The third."],
        ),
        ("It must obey the laws.Why it counts is plain.", ["It must obey the laws.", "Why it counts is plain."]),
    ],
)
def test_a_stop_at_the_end_of_a_sentence_ends_it(text, expected):
    assert texts(text) == expected


def test_a_word_of_this_text_alone_is_an_abbreviation_by_hint():
    text = "The Bgda. Norte sailed. It was Bgda. Sur that stayed."
    assert len(texts(text)) == 4
    assert texts(text, "abbreviations = ['Bgda.']") == ["The Bgda. Norte sailed.", "It was Bgda. Sur that stayed."]


# Citation markers


def test_markers_belong_to_the_sentence_before_them_in_the_order_printed():
    text = "One is so.¹,¹¹,¹² Two “is so.”³⁵,²⁴,²⁹ Three is² so.⁵ Four is not." + bibliography(35)
    assert cited(text) == [[1, 11, 12], [35, 24, 29], [2, 5]]
    assert texts(text)[:4] == ["One is so.¹,¹¹,¹²", "Two “is so.”³⁵,²⁴,²⁹", "Three is² so.⁵", "Four is not."]


def test_every_superscript_digit_counts_whatever_its_block():
    text = "All.¹⁰,²³,⁴⁵,⁶⁷,⁸⁹" + bibliography(89)
    assert cited(text) == [[10, 23, 45, 67, 89]]


def test_a_marker_is_the_place_of_its_own_digits():
    text = "So it is.¹,¹¹ And [3, 12]." + bibliography(12)
    found = [m for leaf in parts(text).leaves() for m in leaf.markers]
    assert [(m.number, text[m.start : m.end]) for m in found] == [(1, "¹"), (11, "¹¹"), (3, "3"), (12, "12")]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("As told [3].", [3]),
        ("As told.[3] Next is this.", [3]),
        ("As told. [3] Next is this.", [3]),
        ("As told [3, 5–7].", [3, 5, 6, 7]),
        ("As told [3][4].", [3, 4]),
        ("As told.[^2][^1] Next is this.", [2, 1]),
        ("As told.¹⁻³ Next is this.", [1, 2, 3]),
        ("As told.¹; ³ Next is this.", [1, 3]),
    ],
)
def test_markers_of_other_makes(text, numbers):
    assert cited(text + bibliography(7)) == [numbers]
    assert texts(text + bibliography(7))[0].startswith("As told")
    assert ("Next is this." in texts(text + bibliography(7))) == ("Next" in text)


def test_a_number_inside_a_range_is_placed_on_the_whole_range():
    text = "As told [5-7]." + bibliography(7)
    markers = parts(text).passages[0].markers
    assert [(m.number, text[m.start : m.end]) for m in markers] == [(5, "5"), (6, "5-7"), (7, "7")]


def test_parentheses_hold_markers_only_by_hint():
    text = "As told (2)." + bibliography(2)
    assert cited(text) == []
    assert cited(text, "markers = ['parentheses']") == [[2]]


def test_exponents_are_no_markers_and_are_reported():
    text = "It covers 40 km² and 10⁶ m³, where x² holds.⁹ The Port² does too." + bibliography(9)
    assert cited(text) == [[9], [2]]
    assert [m for m in messages(text) if "exponent" in m] == [
        f"{digit} is read as an exponent, not as a citation marker" for digit in "²⁶³²"
    ]


def test_a_number_without_an_entry_is_no_marker_and_is_reported_with_its_place():
    found = parts("First.\n\nSo it is.¹,⁷ Then [12]." + bibliography(2))
    assert [m.number for leaf in found.leaves() for m in leaf.markers] == [1]
    assert [(r.line, r.column) for r in found.remarks] == [(3, 12), (3, 20)]
    assert found.remarks[0].message == "7 is not recorded as a citation marker: the bibliography has no entry 7"


def test_markers_without_any_bibliography_are_reported_once():
    assert cited("One.¹ Two.² Three.³") == []
    assert messages("One.¹ Two.² Three.³") == [
        "1 is not recorded as a citation marker, nor are 2 others: the text has no numbered bibliography"
    ]


def test_a_number_of_a_thousand_digits_is_no_marker():
    assert cited("So." + "¹" * 5000 + bibliography(1)) == []


def test_a_citation_style_knows_its_digits():
    found = list(citations.find("a¹,² b [3]", 0, 10, ("superscript", "brackets")))
    assert [(m.number, m.start, m.end) for m in found] == [(1, 1, 2), (2, 3, 4), (3, 8, 9)]


# A report: a line a paragraph, Roman headings, bullets, glued recommendations, a table, works by position

REPORT = """I. The Harbour: A Short View
The port opened in 1963. It grew at once.¹,³
Main Figures
- Boats: Over 400 boats of 12 owners came.²,¹
- Crews: They are many. They earn little.³ Some leave.¹,²
Where It Lies
The Old Quay (North, South)
Ships wait here. The rule has three parts:
- One part is short.
- Rule 168: It forbids nothing.² Its parts are:
II. What Follows
Table 2.1: The Quays by Size
| Quay | Approx. Boats (Peak) | Terms |
| North | 31+ | Owner pays it. Approx. 10k a boat.¹,² |
| South | N/A |  |
This table shows little.
Recommendations for the Board
All must act.
- Open the LedgersThe board must open all ledgers to visitors.Why it’s crucial: It shows what is paid.
- Pay Crews DirectlyA simple rule must hold on every quay. Owners must keep it.Why it’s crucial: It ends theft.²
- Count the BoatsClerks must count boats.Why it's crucial: Nobody else does; trust is low.
In conclusion, little is known.
Works Cited
- Soto, A. “A Port.” 2020.
- Lane, B., and C. Bell. “Who pays? | The Show.” YouTube.
- Harbour Archive. “A Port.” (Duplicate of #1).


Post a Comment
You must be logged in for that.
"""


def test_a_report_of_one_line_a_paragraph():
    assert leaves(REPORT) == [
        ("heading", "I. The Harbour: A Short View"),
        ("sentence", "The port opened in 1963."),
        ("sentence", "It grew at once.¹,³"),
        ("heading", "Main Figures"),
        ("list-item", "Boats: Over 400 boats of 12 owners came.²,¹"),
        ("sentence", "Crews: They are many."),
        ("sentence", "They earn little.³"),
        ("sentence", "Some leave.¹,²"),
        ("heading", "Where It Lies"),
        ("heading", "The Old Quay (North, South)"),
        ("sentence", "Ships wait here."),
        ("sentence", "The rule has three parts:"),
        ("list-item", "One part is short."),
        ("sentence", "Rule 168: It forbids nothing.²"),
        ("sentence", "Its parts are:"),
        ("heading", "II. What Follows"),
        ("table-caption", "Table 2.1: The Quays by Size"),
        ("table-header", "Quay"),
        ("table-header", "Approx. Boats (Peak)"),
        ("table-header", "Terms"),
        ("table-cell", "North"),
        ("table-cell", "31+"),
        ("table-cell", "Owner pays it. Approx. 10k a boat.¹,²"),
        ("table-cell", "South"),
        ("table-cell", "N/A"),
        ("sentence", "This table shows little."),
        ("heading", "Recommendations for the Board"),
        ("sentence", "All must act."),
        ("item-heading", "Open the Ledgers"),
        ("recommendation", "The board must open all ledgers to visitors."),
        ("rationale", "Why it’s crucial: It shows what is paid."),
        ("item-heading", "Pay Crews Directly"),
        ("recommendation", "A simple rule must hold on every quay."),
        ("recommendation", "Owners must keep it."),
        ("rationale", "Why it’s crucial: It ends theft.²"),
        ("item-heading", "Count the Boats"),
        ("recommendation", "Clerks must count boats."),
        ("rationale", "Why it's crucial: Nobody else does; trust is low."),
        ("sentence", "In conclusion, little is known."),
        ("heading", "Works Cited"),
        ("bibliography-entry", "Soto, A. “A Port.” 2020."),
        ("bibliography-entry", "Lane, B., and C. Bell. “Who pays? | The Show.” YouTube."),
        ("bibliography-entry", "Harbour Archive. “A Port.” (Duplicate of #1)."),
        ("furniture", "Post a Comment"),
        ("furniture", "You must be logged in for that."),
    ]
    assert cited(REPORT) == [[1, 3], [2, 1], [3], [1, 2], [2], [1, 2], [2]]
    assert messages(REPORT) == []


def test_the_report_in_its_sections():
    found = parts(REPORT, "[headings]\n3 = 'The Old Quay'")
    named = {REPORT[p.start : p.end].split("\n")[0]: p for p in found.passages}

    def section(name: str) -> str | None:
        index = named[name].section
        return None if index is None else REPORT[found.passages[index].start : found.passages[index].end]

    assert {name: p.level for name, p in named.items() if p.level} == {
        "I. The Harbour: A Short View": 1, "Main Figures": 2, "Where It Lies": 2, "The Old Quay (North, South)": 3,
        "II. What Follows": 1, "Recommendations for the Board": 2, "Works Cited": 1,
    }  # fmt: skip
    assert section("I. The Harbour: A Short View") is None
    assert section("It grew at once.¹,³") == "I. The Harbour: A Short View"
    assert section("Main Figures") == "I. The Harbour: A Short View"
    assert section("Where It Lies") == "I. The Harbour: A Short View"
    assert section("The Old Quay (North, South)") == "Where It Lies"
    assert section("Ships wait here.") == "The Old Quay (North, South)"
    assert section("They earn little.³") == "Main Figures"
    assert section("Post a Comment") is None


def test_the_report_in_its_containers():
    found = parts(REPORT)
    containers = Counter(found.passages[index].kind for index in found.containers())
    assert containers == {"list-item": 5, "table-row": 3}
    item = next(p for p in found.passages if REPORT[p.start :].startswith("Crews:") and p.kind == "list-item")
    inside = [p for p in found.passages if p.part_of is not None and found.passages[p.part_of] is item]
    assert [p.markers != [] for p in inside] == [False, True, True]
    assert item.markers == []


def test_the_cells_of_a_table_know_their_row_column_and_headers():
    found = parts(REPORT)
    cells = {}
    for passage in found.passages:
        if passage.kind == "table-cell":
            headers = [
                None if i is None else REPORT[found.passages[i].start : found.passages[i].end]
                for i in (passage.row_header, passage.column_header)
            ]
            cells[passage.row, passage.column] = (REPORT[passage.start : passage.end][:5], *headers)
    assert cells == {
        (1, 1): ("North", None, "Quay"),
        (1, 2): ("31+", "North", "Approx. Boats (Peak)"),
        (1, 3): ("Owner", "North", "Terms"),
        (2, 1): ("South", None, "Quay"),
        (2, 2): ("N/A", "South", "Approx. Boats (Peak)"),
    }


def test_the_references_of_the_report_are_numbered_by_position():
    entries = [p for p in parts(REPORT).passages if p.kind == "bibliography-entry"]
    assert [p.number for p in entries] == [1, 2, 3]


# Glued headings


def test_names_with_a_capital_inside_are_not_glued_headings():
    text = "- Watch some YouTube clips about boats.\n- Read all PubMed notes about crews.\n- Ask old Mr. McDonald too."
    assert [kind for kind, _ in leaves(text)] == ["list-item"] * 3


def test_a_word_that_the_text_has_again_is_a_name():
    text = "- Use the HarbourWatch site to count boats.\n- Ask the HarbourWatch staff to help."
    assert [kind for kind, _ in leaves(text)] == ["list-item"] * 2


def test_a_name_of_this_text_is_kept_whole_by_hint():
    text = "- Buy the QuayMaster app for all clerks.\n- Use the BoatFinder app with all crews."
    assert "item-heading" in [kind for kind, _ in leaves(text)]
    assert [kind for kind, _ in leaves(text, "names = ['QuayMaster', 'BoatFinder']")] == ["list-item"] * 2


def test_item_headings_by_hint():
    text = "- Short title — Boats must be counted. Crews too.\n- Other one — Quays must be kept."
    assert leaves(text, r"item_headings = ['[^—]+—']") == [
        ("item-heading", "Short title —"),
        ("sentence", "Boats must be counted."),
        ("sentence", "Crews too."),
        ("item-heading", "Other one —"),
        ("sentence", "Quays must be kept."),
    ]


# An article: blank lines, title, byline, date, no references

ARTICLE = """Is the port of the U.S. lost?

Ana Soto and Daniel de la Vega

June 18, 2025

The ports body (IPB), part of the D.C.-based group, sent a letter. “It may be so,” said Bell, “and it's odd.”

Boats Bear The Cost

The Sea – and the Lake – is “shut.”

But some [old] ports resist the U.S.

Others do not."""


def test_an_article_with_title_byline_and_date():
    assert leaves(ARTICLE) == [
        ("title", "Is the port of the U.S. lost?"),
        ("byline", "Ana Soto and Daniel de la Vega"),
        ("dateline", "June 18, 2025"),
        ("sentence", "The ports body (IPB), part of the D.C.-based group, sent a letter."),
        ("sentence", "“It may be so,” said Bell, “and it's odd.”"),
        ("heading", "Boats Bear The Cost"),
        ("sentence", "The Sea – and the Lake – is “shut.”"),
        ("sentence", "But some [old] ports resist the U.S."),
        ("sentence", "Others do not."),
    ]
    assert messages(ARTICLE) == []


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_of_other_systems_make_no_difference_to_the_passages(newline):
    assert texts(ARTICLE.replace("\n", newline)) == texts(ARTICLE)
    assert texts(REPORT.replace("\n", newline)) == texts(REPORT)


def test_a_title_block_that_is_repeated_is_furniture():
    head = "A View of the Port\n\nBy Ana Soto\n\n18 June 2025\n\n"
    found = leaves(head + head + "It opened in 1963.")
    assert [kind for kind, _ in found] == ["title", "byline", "dateline", *["furniture"] * 3, "sentence"]


# Markdown, wrapped, with numbered notes in brackets

MARKDOWN = """---
title: The Harbour
---

# The Harbour Report

By Ana Soto and J. P. O'Neil

12 March 2024

## Background

The port opened in 1963.[1] It was built by Dr. Lane of Acme Co. in the U.S. and,
as two studies say [2, 3], it never paid. Ships wait; "why?" he asked. Some named
[3] and no other. It was, as they all had said at the time, the Ministry of the
Sea that said nothing.

> A quoted line is here. It then goes on without any hurry for a good long while
> to the next one.

### Numbers ###

1. First step is short.
2. Second step is long. It has two sentences [1-3].
   And a third on a new line.

Port | Ships | Notes
---- | :---: | -----
Alba | 12 | Approx. 3 a day.[2] More in May.
Bera |    | a \\| b

***

## References

[1] Soto, A. "A Port." 2020.
[2] Lane, B. Notes. 2021.
[3] O'Neil, J.P. *Ships*. 2019.
"""


def test_a_markdown_text_with_notes_in_brackets():
    assert leaves(MARKDOWN) == [
        ("furniture", "title: The Harbour"),
        ("title", "The Harbour Report"),
        ("byline", "By Ana Soto and J. P. O'Neil"),
        ("dateline", "12 March 2024"),
        ("heading", "Background"),
        ("sentence", "The port opened in 1963.[1]"),
        (
            "sentence",
            "It was built by Dr. Lane of Acme Co. in the U.S. and,\nas two studies say [2, 3], it never paid.",
        ),
        ("sentence", 'Ships wait; "why?" he asked.'),
        ("sentence", "Some named\n[3] and no other."),
        ("sentence", "It was, as they all had said at the time, the Ministry of the\nSea that said nothing."),
        ("sentence", "A quoted line is here."),
        ("sentence", "It then goes on without any hurry for a good long while\n> to the next one."),
        ("heading", "Numbers"),
        ("list-item", "First step is short."),
        ("sentence", "Second step is long."),
        ("sentence", "It has two sentences [1-3]."),
        ("sentence", "And a third on a new line."),
        ("table-header", "Port"),
        ("table-header", "Ships"),
        ("table-header", "Notes"),
        ("table-cell", "Alba"),
        ("table-cell", "12"),
        ("table-cell", "Approx. 3 a day.[2] More in May."),
        ("table-cell", "Bera"),
        ("table-cell", "a \\| b"),
        ("heading", "References"),
        ("bibliography-entry", 'Soto, A. "A Port." 2020.'),
        ("bibliography-entry", "Lane, B. Notes. 2021."),
        ("bibliography-entry", "O'Neil, J.P. *Ships*. 2019."),
    ]
    assert cited(MARKDOWN) == [[1], [2, 3], [3], [1, 2, 3], [2]]
    assert [p.level for p in parts(MARKDOWN).passages if p.kind == "heading"] == [2, 3, 2]


# Spanish, with superscripts and a numbered bibliography

SPANISH = """El puerto y su gente

Por María Núñez

18 de junio de 2025

Antecedentes

El puerto de EE. UU. es grande. Según el Sr. Gómez, «nadie lo sabe». ¿Por qué?¹ ¡Porque sí!²,³ Lo dijo allí.
«No es cierto». La Marina, S.A. de C.V., cerró. Nadie volvió.

Recomendaciones

- Exigir cuentas clarasLas oficinas deben publicar las cuentas.Por qué es importante: Así se protege a todos.
- Pagar a cada quienEl pago debe ser directo. Nadie más cobra.Justificación: Reduce el abuso.³

Tabla 2. Puertos del sur

| País | Barcos |
|------|--------|
| Perú | 10 |

Bibliografía

1. Gómez, L. «El puerto». 2001.
2. Ruiz, A. Libro. 2002.
3. Vega, C. Otro. 2003.
"""


def test_a_spanish_text():
    assert leaves(SPANISH) == [
        ("title", "El puerto y su gente"),
        ("byline", "Por María Núñez"),
        ("dateline", "18 de junio de 2025"),
        ("heading", "Antecedentes"),
        ("sentence", "El puerto de EE. UU. es grande."),
        ("sentence", "Según el Sr. Gómez, «nadie lo sabe»."),
        ("sentence", "¿Por qué?¹"),
        ("sentence", "¡Porque sí!²,³"),
        ("sentence", "Lo dijo allí."),
        ("sentence", "«No es cierto»."),
        ("sentence", "La Marina, S.A. de C.V., cerró."),
        ("sentence", "Nadie volvió."),
        ("heading", "Recomendaciones"),
        ("item-heading", "Exigir cuentas claras"),
        ("recommendation", "Las oficinas deben publicar las cuentas."),
        ("rationale", "Por qué es importante: Así se protege a todos."),
        ("item-heading", "Pagar a cada quien"),
        ("recommendation", "El pago debe ser directo."),
        ("recommendation", "Nadie más cobra."),
        ("rationale", "Justificación: Reduce el abuso.³"),
        ("table-caption", "Tabla 2. Puertos del sur"),
        ("table-header", "País"),
        ("table-header", "Barcos"),
        ("table-cell", "Perú"),
        ("table-cell", "10"),
        ("heading", "Bibliografía"),
        ("bibliography-entry", "Gómez, L. «El puerto». 2001."),
        ("bibliography-entry", "Ruiz, A. Libro. 2002."),
        ("bibliography-entry", "Vega, C. Otro. 2003."),
    ]
    assert cited(SPANISH) == [[1], [2, 3], [3]]


# Other makes


def test_numbered_headings_and_numbered_lists_are_told_apart():
    text = "1. Introduction\n\nText is here.\n\n1.1 Scope\n\nMore.\n\n2. Steps\n\n1. Do this\n2. Do that\n\nIt ends."
    found = parts(text)
    assert [(text[p.start : p.end], p.level) for p in found.passages if p.kind == "heading"] == [
        ("1. Introduction", 1), ("1.1 Scope", 2), ("2. Steps", 1),
    ]  # fmt: skip
    assert [content for kind, content in leaves(text) if kind == "list-item"] == ["Do this", "Do that"]


def test_notes_by_superscript_or_footnote_label_are_entries_with_their_printed_number():
    for notes in ("³ First.\n⁷ Second.", "[^3]: First.\n[^7]: Second.", "Notes\n\n3. First.\n7. Second."):
        text = f"Said.³ Again.⁷ Never.¹\n\n{notes}\n"
        assert [(p.number, text[p.start : p.end]) for p in parts(text).passages if p.number] == [
            (3, "First."),
            (7, "Second."),
        ]
        assert cited(text) == [[3], [7]]


def test_a_bibliography_of_plain_paragraphs_is_numbered_by_position():
    text = "Said [2].\n\nReferences\n\nSoto, A. A port. 2001.\n\nLane, B. Another. 2002.\n"
    assert [p.number for p in parts(text).passages if p.kind == "bibliography-entry"] == [1, 2]
    assert cited(text) == [[2]]


def test_prose_under_a_heading_of_notes_is_no_bibliography():
    text = "Said so.\n\nNotes\n\nThis text was made in May. It was kept."
    assert "bibliography-entry" not in [kind for kind, _ in leaves(text)]


def test_two_entries_of_one_number_are_reported():
    text = "Said [1].\n\nReferences\n\n[1] One.\n[1] Two.\n"
    assert messages(text) == ["a second bibliography entry has the number 1; nothing can cite this one"]


def test_text_after_a_list_of_works_is_no_work():
    text = "Said.¹\n\nWorks Cited\n\n- Soto, A.\n- Lane, B.\n\nAbout the Author\n\nAna Soto writes.\n\n- Boats\n"
    assert leaves(text)[-3:] == [
        ("heading", "About the Author"),
        ("sentence", "Ana Soto writes."),
        ("list-item", "Boats"),
    ]


def test_a_cell_without_a_header_is_reported():
    assert messages("| A | B |\n| 1 | 2 | 3 |") == ["this cell is in column 3, which has no header"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("## Quays ##", [("heading", "Quays")]),
        ("## Quays\u00a0#", [("heading", "Quays")]),
        ("## Boats of type C#", [("heading", "Boats of type C#")]),
        ("### ##", []),
        ("###", []),
        ("#quay is a word", [("sentence", "#quay is a word")]),
    ],
)
def test_headings_between_number_signs(line, expected):
    assert leaves(f"It begins.\n\n{line}\n\nIt ends.")[1:-1] == expected


def test_a_number_in_parentheses_opens_an_item_and_no_heading():
    assert leaves("It begins.\n\n(2) Quays\n\nIt ends.")[1] == ("list-item", "Quays")


def test_underlined_headings():
    text = "The Harbour\n===========\n\nBackground\n----------\nIt opened.\n\nNumbers\n-------\nTwo came."
    assert [kind for kind, _ in leaves(text)] == ["title", "heading", "sentence", "heading", "sentence"]
    assert [passage.level for passage in parts(text).passages if passage.level] == [2, 2]


def test_an_item_goes_on_where_its_next_line_is_indented():
    text = "- The first item is\n  Ana's.\n- The second is not."
    assert leaves(text) == [("list-item", "The first item is\n  Ana's."), ("list-item", "The second is not.")]


def test_a_sentence_that_begins_on_a_quoted_line_begins_after_its_bar():
    text = "> The boats that lay there were\n> old. Nobody had sailed in them since the\n> war. And\n> so they stayed."
    assert texts(text)[1:] == ["Nobody had sailed in them since the\n> war.", "And\n> so they stayed."]
    text = "> The boats that lay there were all of them old.\n> They stayed, and nobody ever sailed in them\n> again."
    assert texts(text, "line_breaks = 'wrapped'") == [
        "The boats that lay there were all of them old.",
        "They stayed, and nobody ever sailed in them\n> again.",
    ]


def test_a_text_without_headings_or_references():
    assert leaves("One is here. Two is there.") == [("sentence", "One is here."), ("sentence", "Two is there.")]
    assert leaves("no stop at all") == [("sentence", "no stop at all")]


@pytest.mark.parametrize("text", ["", " \n\t\r\n\u00a0\u200b", "---\n***\n"])
def test_a_text_with_nothing_to_read_is_refused(text):
    with pytest.raises(InputError, match="empty|nothing to read"):
        partition(text)


@pytest.mark.parametrize(
    "text",
    ["." * 100_000, 'a."' * 50_000, "a." + ")" * 100_000, "- a" + "bC" * 50_000 + " d e f.", "|" * 50_000 + "x|",
     "- " * 50_000 + "x", "# a" + " " * 50_000 + "x", "[1," * 50_000, "a.¹," * 20_000, "\u00a0" * 100_000 + "x",
     "Ab cd, " * 20_000],
)  # fmt: skip
def test_no_text_takes_more_than_linear_time(text):
    # A quadratic step would take minutes here.
    parts(text + "\nEnd.") if "|" not in text else partition(text)


# Hints


def test_hints_name_what_no_rule_finds():
    text = "SHIPS | Login\nThe port is lost!\nAna S\nspring 1987\nThe quays.\nthey are old.\nSome say no\nPlate one\n"
    toml = """
        title = 'The port'
        byline = 3
        dateline = '^spring \\d+'
        furniture = ['.* Login$']
        caption = 'Plate'
        paragraph = ['Some say']
        [headings]
        2 = ['The quays']
    """
    assert [kind for kind, _ in leaves(text, toml)] == [
        "furniture", "title", "byline", "dateline", "heading", "sentence", "sentence", "table-caption",
    ]  # fmt: skip
    assert messages(text, toml) == []


def test_hints_name_a_bibliography_recommendations_and_rationales():
    text = "Said.²\nWhat Must Be Done\n- Count boats. So that all know: it helps.\nRead More Here\n- Soto.\n- Lane.\n"
    toml = "bibliography = 'Read More'\nrecommendations = 'What Must'\nrationale = ['So that all know']"
    assert leaves(text, toml) == [
        ("sentence", "Said.²"),
        ("heading", "What Must Be Done"),
        ("recommendation", "Count boats."),
        ("rationale", "So that all know: it helps."),
        ("heading", "Read More Here"),
        ("bibliography-entry", "Soto."),
        ("bibliography-entry", "Lane."),
    ]
    assert cited(text, toml) == [[2]]


def test_line_breaks_by_hint():
    text = "The Ministry of the Sea\nBoard met.\n"
    assert leaves(text) == [("title", "The Ministry of the Sea"), ("sentence", "Board met.")]
    assert leaves(text, "line_breaks = 'wrapped'") == [("sentence", "The Ministry of the Sea\nBoard met.")]


def test_a_hint_that_matches_no_line_is_reported():
    assert messages("One is here.", "furniture = ['Login', 7]") == [
        "no line matches the hint furniture = 'Login'",
        "no line matches the hint furniture = 7",
    ]


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("titel = 'x'", "unknown key 'titel'; did you mean title?"),
        ("title = '('", "title: '(' is not a regular expression"),
        ("title = true", "title: True is not a text or a line number"),
        ("title = 0", "title: lines are counted from 1, not 0"),
        ("furniture = [1.5]", "furniture: 1.5 is not a text or a line number"),
        ("names = [3]", "names: 3 is not a text"),
        ("markers = ['stars']", "markers: 'stars' is not one of superscript, brackets, parentheses"),
        ("line_breaks = 'none'", "line_breaks: 'none' is not one of paragraphs, wrapped"),
        ("headings = 'x'", "headings must be a table of levels"),
        ("[headings]\n0 = 'x'", "headings: '0' is not a level from 1 to 9"),
        ("[headings]\n2 = ''", "headings.2: '' is not a text or a line number"),
    ],
)
def test_a_hint_that_is_not_understood_is_refused(toml, message):
    with pytest.raises(InputError) as caught:
        hints.parse(toml, "partition.toml")
    assert str(caught.value).startswith(f"partition.toml: {message}")


def test_a_syntax_error_in_the_hints_has_its_place():
    with pytest.raises(InputError) as caught:
        hints.parse("title = 'x'\nbyline 3\n", "partition.toml")
    assert re.match(r"partition\.toml:2:8: not valid TOML: .*\n    byline 3\n           \^", str(caught.value))


def test_the_stop_of_a_line_is_seen_behind_marks_and_markers():
    assert sentences.ends_with_stop("It is so.”¹,²") == "."
    assert sentences.ends_with_stop("These are:") == ":"
    assert sentences.ends_with_stop("A heading") == ""
