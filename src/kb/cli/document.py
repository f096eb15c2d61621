"""``kb document``: take the text of a document into the knowledge base, by position and digest, without its wording."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from pathlib import Path

import click

from kb.cli.common import note, pass_project, write_output
from kb.errors import InputError, Position, UsageError
from kb.files import display_name, read_bytes, read_text, write_atomically
from kb.project import Project

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


@click.group()
def command() -> None:
    """Add a document, or a new state of one that is known."""


@command.command()
@click.argument("text", metavar="TEXT")
@click.option("--slug", help="The document's folder and part of every identifier. [default: from the file's name]")
@click.option("--title", help="Title for document.ttl. [default: the text's own title line]")
@click.option("--creator", "creators", multiple=True, metavar="actor:NAME", help="An author for document.ttl.")
@click.option(
    "--issued", metavar="EDTF", help="Date for document.ttl, as precise as printed: 2025, 2025-06, 2025-06-18."
)
@click.option(
    "--language", default="en", show_default=True, metavar="TAG", help="Language of the text, for document.ttl."
)
@click.option("--no-description", is_flag=True, help="Write text.ttl only, and no document.ttl.")
@click.option(
    "--hints",
    "hints_file",
    type=click.Path(path_type=Path),
    help="What no rule can see in the text. [default: partition.toml in the document's folder]",
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write text.ttl to this file instead."
)
@click.option("--stdout", "to_stdout", is_flag=True, help="Write text.ttl to standard output instead.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@pass_project
def add(
    project: Project,
    text: str,
    slug: str | None,
    title: str | None,
    creators: tuple[str, ...],
    issued: str | None,
    language: str,
    no_description: bool,
    hints_file: Path | None,
    output: Path | None,
    to_stdout: bool,
    dry_run: bool,
) -> None:
    """Divide a text into passages, and record their positions.

    The passages go to data/documents/SLUG/text.ttl. TEXT is a plain text or Markdown file in UTF-8, or - for standard input. Its sentences, headings, list items, table
    cells and bibliography entries are recorded by position and digest, with the citation markers in them; no wording is
    kept. The same text gives the same bytes again. Of an edited text, the passages that have not changed keep their
    identifiers; those that vanished are listed, with the files that still refer to them.

    What no rule can see in a text (a heading's level, page furniture, an abbreviation) goes into partition.toml in the
    document's folder; docs/texts.md describes its keys. Where document.ttl does not exist yet, it is written from
    --title, --creator, --issued and --language; an existing one is never touched.

    \b
    Examples:
      kb document add hearing.txt --issued 2025-06-18
      kb document add hearing.txt --dry-run
      kb document add informe.md --slug informe-2024 --language es --title "Informe anual"
    """
    from kb.texts import hints, partition, passage_names, textgraph
    from kb.texts.description import describe
    from kb.turtle import formatting

    if to_stdout and output is not None:
        raise UsageError("give either --output or --stdout, not both")
    slug = _slug(text, slug)
    folder = project.data / "documents" / slug
    elsewhere = to_stdout or output is not None
    if not elsewhere and not dry_run:
        _check_writable(project)
    _check_neighbours(project, slug)

    content = read_text(text)
    parsed_hints = _hints(hints, hints_file, folder / "partition.toml")
    try:
        parts = partition.partition(content, parsed_hints)
    except InputError as error:
        raise InputError(str(error), Position(display_name(text))) from None
    target = output or folder / "text.ttl"
    source = target if target.is_file() else folder / "text.ttl"
    known = passage_names.read(read_bytes(source), str(source), slug) if source.is_file() else None
    graph = textgraph.build(content, parts, slug, known)
    if known is not None and known.passages and not graph.kept:
        raise UsageError(f"no passage of {slug} is in this text, so it is another document: give it its own --slug")
    description = None
    if not (elsewhere or no_description or (folder / "document.ttl").exists()):
        title = title or _title(content, parts)
        description = describe(slug, title, creators, issued, language)
    data = formatting.format_quads(graph.quads)

    for remark in parts.remarks:
        note(f"warning: {Position(display_name(text), remark.line, remark.column)}: {remark.message}")
    _report_vanished(project, graph.vanished, skip=source)
    say = note if elsewhere else click.echo
    _report_counts(say, slug, parts, graph, known)
    if dry_run:
        say("nothing was written (--dry-run)")
        return
    if elsewhere:
        write_output(data, output)
        return
    _make_folder(folder)
    write_atomically(target, data.encode("utf-8"))
    say(f"wrote {target}")
    if description is not None:
        write_atomically(folder / "document.ttl", description.encode("utf-8"))
        say(f"wrote {folder / 'document.ttl'}")


def _slug(text: str, given: str | None) -> str:
    """The document's short name: the one given, or the file's name in lower-case letters, digits and hyphens."""
    if given is None:
        if text == "-":
            raise UsageError("a text from standard input needs a --slug")
        plain = unicodedata.normalize("NFKD", Path(text).stem).encode("ascii", "ignore").decode()
        given = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
        if not given:
            raise UsageError(f"{text}: no short name can be made of the file's name; give a --slug")
    if not _SLUG.match(given):
        raise UsageError(f"--slug {given}: use lower-case letters a to z, digits, and single hyphens between them")
    return given


def _check_writable(project: Project) -> None:
    if project.root.name == "_bundle":
        raise UsageError(
            "the knowledge base inside an installed kb is read-only; name your own copy with `kb --project FOLDER`, "
            "or write the file elsewhere with -o FILE"
        )


def _check_neighbours(project: Project, slug: str) -> None:
    """Names end in numbers: of ``report`` and ``report-012`` one could be given the other's."""
    for folder in sorted((project.data / "documents").glob("*/")):
        short, long = sorted((slug, folder.name), key=len)
        if re.fullmatch(re.escape(short) + r"(?:-v?\d+)+", long):
            raise UsageError(
                f"the identifiers of {slug} could not be told from those of the document {folder.name}; "
                "choose a --slug that differs from it by more than a number"
            )


def _hints(hints, given: Path | None, default: Path):
    path = given or (default if default.is_file() else None)
    if path is None:
        return None
    return hints.parse(read_text(path), str(path))


def _title(content: str, parts) -> str:
    for passage in parts.passages:
        if passage.kind == "title":
            return " ".join(content[passage.start : passage.end].split())
    raise UsageError("the text has no title line: give a --title for document.ttl, or --no-description to leave it out")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be created: {error.strerror}", Position(str(folder))) from None


def _report_vanished(project: Project, vanished: list[str], skip: Path) -> None:
    """List the identifiers that the new text no longer has, first those that other files still use."""
    if not vanished:
        return
    from kb.namespaces import curie
    from kb.texts import passage_names

    files = [path for path in project.data_files() if os.path.realpath(path) != os.path.realpath(skip)]
    used = passage_names.users(vanished, files)
    for iri in sorted(vanished, key=lambda name: (name not in used, name)):
        where = ", ".join(str(path) for path in used.get(iri, ()))
        note(f"warning: {curie(iri)} is gone" + (f"; still used in {where}" if where else ""))


def _report_counts(say, slug: str, parts, graph, known) -> None:
    kinds = Counter(passage.kind for passage in parts.passages)
    say(f"{slug}: text version {graph.version}, {len(parts.passages)} passages, {len(parts.leaves())} of them leaves")
    for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0])):
        say(f"  {kind:<20}{count:>6}")
    say(f"  {'citation markers':<20}{sum(len(passage.markers) for passage in parts.passages):>6}")
    say(f"  {'references':<20}{sum(passage.number is not None for passage in parts.passages):>6}")
    if known is not None:
        new = len(parts.passages) - graph.kept
        gone = len(known.passages) - graph.kept
        say(f"  {graph.kept} passages kept their identifiers, {new} are new, {gone} are gone")
