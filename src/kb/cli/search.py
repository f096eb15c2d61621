"""``kb search``: find things by words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kb.cli.common import (
    answer_limits,
    as_json,
    as_rows,
    check_one_store,
    completes,
    did_you_mean,
    note,
    pass_project,
    printable,
    within,
    write_output,
)
from kb.errors import UsageError
from kb.messages import LANGUAGES, hint_at

_FORMATS = ("table", "csv", "json")
_LIMIT = 20


@click.command()
@click.argument("words", metavar="TEXT", nargs=-1, required=True)
@click.option(
    "--kind", "kinds", multiple=True, metavar="KIND", shell_complete=completes("kinds"),
    help="Only these: actor, place, claim, term … Repeatable.",
)  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), default=_LIMIT, show_default=True, metavar="N", help="Show at most N.")
@click.option("--format", type=click.Choice(_FORMATS), help="By default table on a terminal, csv in a pipe.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="The language of labels.")
@click.option("--store", type=click.Path(path_type=Path), metavar="DIR", help="Search the store in this folder.")
@click.option("--endpoint", metavar="URL", help="Search the SPARQL endpoint at this address.")
@answer_limits
@pass_project
def command(
    project: Any, words: tuple[str, ...], kinds: tuple[str, ...], limit: int, format: str | None, lang: str,
    store: Path | None, endpoint: str | None, timeout: float, memory: float | None,
) -> None:
    """Find things by words in their names, glosses and definitions.

    All the words of TEXT must be in one label, other name, title, gloss or definition. Both languages are searched; case and accents do not matter. A whole name comes first, then names that begin so,
    then whole words, then parts of words. The column matched has the text that was found where it is not the label.
    KIND is the prefix of the identifier (actor, claim, concept, hedge …); term is what the ontology defines.

    \b
    Examples:
      kb search mision brasil
      kb search passport --kind proposition --format json
    """
    from kb.browse import search
    from kb.namespaces import ID_KINDS, curie
    from kb.queries.requests import Where

    known = (*ID_KINDS, search.TERM)
    for kind in kinds:
        if kind not in known:
            raise UsageError(f"no kind {kind!r}{did_you_mean(kind, known) or '; the kinds: ' + ', '.join(known)}")
    text = " ".join(words)
    if not text.strip():
        raise UsageError("give a word to search for")
    check_one_store(store, endpoint)

    def found() -> tuple[str, str]:
        """The hits as they are to be written, and what else there is to say."""
        source = Where(project, store=store, endpoint=endpoint, timeout=timeout or None).source()
        hits = search.search(source, text, lang, kinds)
        shown = hits[:limit]
        if not hits:
            remark = f"nothing has {text!r}{hint_at(search.nearest(source, text))}"
        else:
            remark = f"the best {limit} of {len(hits)}; --limit shows more" if len(hits) > limit else ""
        if format == "json":
            return as_json([_described(hit) for hit in shown]), remark
        rows = [[curie(hit.iri), hit.kind, hit.label, hit.matched if hit.matched != hit.label else ""] for hit in shown]
        return as_rows(("id", "kind", "label", "matched"), rows, format), remark

    content, remark = within(found, timeout, memory, store)
    write_output(printable(content), None)
    if remark:
        note(remark)


def _described(hit: Any) -> dict[str, str]:
    from kb.namespaces import curie

    return {
        "id": curie(hit.iri),
        "iri": hit.iri,
        "kind": hit.kind,
        "label": hit.label,
        "matched": hit.matched,
        "property": hit.property,
    }
