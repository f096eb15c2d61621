"""What changed between two states of the data, in terms of claims and entities: the work of ``kb diff``."""

from __future__ import annotations

from kb.errors import EXIT_FINDING, UsageError
from kb.project import Project

FORMATS = ("text", "json", "csv", "md")


def diff(
    project: Project,
    old: str,
    new: str,
    *,
    format: str = "text",
    lang: str = "en",
    summary: bool = False,
    triples: bool = False,
    with_kb: bool = True,
    width: int | None = None,
) -> tuple[str, int]:
    """What changed from one file, folder or ``-`` to another, and the exit code: 0 where nothing did, else 1.

    ``format`` is one of ``FORMATS``; ``summary`` gives the counts alone, ``triples`` the statements as an RDF Patch.
    ``with_kb`` takes names, and claims that say what has changed, from the project where neither side has them; ``width``
    wraps the text. Raises UsageError for options that exclude each other, and InputError for what cannot be read.
    """
    from kb.comparison import outputs
    from kb.comparison.changes import compare
    from kb.comparison.reader import Knowledge, Reader, mentioned
    from kb.comparison.report import Report
    from kb.comparison.sides import read

    if triples and (summary or format != "text"):
        raise UsageError("--triples is a form of its own: it goes with neither --summary nor --format")
    before, after = read(old, new)
    knowledge = Knowledge(project) if with_kb else None
    difference = compare(before, after, knowledge.users if knowledge else None)
    code = EXIT_FINDING if difference else 0
    if triples:
        return outputs.as_patch(difference), code
    readers = Reader(before, after, lang, knowledge), Reader(after, before, lang, knowledge)
    if not summary:
        for reader, side in zip(readers, (before, after), strict=True):
            reader.learn(mentioned(difference, side))
    names = (before.name, after.name)
    report = Report(difference, *readers, names)
    if format == "json":
        return outputs.as_json(difference, *readers, names, summary), code
    if format == "csv":
        return outputs.as_csv(difference, report, *readers, summary), code
    return report.markdown(summary) if format == "md" else report.text(summary, width), code
