"""``kb query`` once its line is read: the options checked against each other, the answer in time and where it is wanted."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.cli.output import error_line, leave, note, terminal_width, write_output
from kb.errors import EXIT_FINDING, EXIT_STORE, UsageError
from kb.files import display_name, read_text
from kb.queries import deadline
from kb.results import FORMATS, HUMAN, LABELLED

if TYPE_CHECKING:
    from kb.queries.requests import Outcome

_last: list[Any] = []


def ask(
    project: Any, *, name: str | None = None, file: str | None = None, text: str | None = None, params: Iterable[str] = (),
    format: str | None = None, output: Path | None = None, lang: str = "en", labels: bool | None = None, ids: bool = False,
    cite: bool = False, limit: int | None = None, timeout: float = deadline.TIMEOUT, memory: float | None = None, data: tuple[str, ...] = (),
    base_iri: str | None = None, store: Path | None = None, endpoint: str | None = None, views: tuple[str, ...] = (),
    fail_if_empty: bool = False,
) -> int:  # fmt: skip
    """Answer and write; the parameters are the options of ``kb query``. Gives the exit code; raises KbError."""
    _exactly_one(name, file, text)
    if sum((bool(data), store is not None, endpoint is not None)) > 1:
        raise UsageError("ask one thing: --data, --store or --endpoint")
    deadline.check(timeout, memory)
    if format is None and output is not None and output.suffix[1:] in FORMATS:
        format = output.suffix[1:]
    if labels and format not in (None, *HUMAN, *LABELLED):
        raise UsageError(f"--labels goes with {', '.join((*HUMAN, *LABELLED))}; {format} has the terms themselves")
    if ids and (labels is False or format not in (None, *HUMAN)):
        raise UsageError(f"--ids goes with labels, in {', '.join(HUMAN)}")
    given = assignments(params)
    on_terminal = output is None and sys.stdout.isatty()

    def work() -> Outcome:
        ahead = _opening(store)
        from kb.queries.asking import answer  # here, because the store opens meanwhile
        from kb.queries.requests import Request, Where

        where = Where(project, data, store, endpoint, base_iri, timeout or None, _narrowing(project, views, lang), _keep, ahead)
        return answer(
            Request(
                where, **_asked(project, name, file, text), given=given, lang=lang,
                labels=labels is True or (labels is None and format not in LABELLED), ids=ids, cite=cite, limit=limit, format=format, on_terminal=on_terminal, width=terminal_width() if on_terminal else None,
            )
        )  # fmt: skip

    # A bundled question of the bundled data leaves the engine alive, and takes no memory worth a limit.
    trusted = name not in (None, "-") and not data and store is None and memory is None
    # What a child process sends comes without its class, which is not loaded here for it.
    content, notes, is_empty = _in_this_process(work, timeout) if trusted else deadline.run(lambda: tuple(work()), timeout, memory, store)
    write_output(content, output)
    for remark in notes:
        note(remark)
    return EXIT_FINDING if is_empty and fail_if_empty else 0


def _opening(store: Path | None) -> Callable[[], Any] | None:
    """What gives the store in a folder, which is being opened meanwhile: the engine takes longer for it than Python does to
    read a question."""
    if store is None:
        return None
    from kb.stores.embedded import EmbeddedStore
    from kb.threads import begun

    return begun(lambda: EmbeddedStore(store))


def _keep(source: Any) -> None:
    """Keep what answered until the process ends, or the next question in it: to free it takes longer than to write."""
    _last[:] = [source]


def _narrowing(project: Any, views: tuple[str, ...], lang: str) -> Callable[[Any], Any] | None:
    if not views:
        return None
    from kb.views import narrowing  # here, because few questions have a view and start-up is most of a short one's time

    return narrowing(project, views, lang)


def assignments(items: Iterable[str]) -> dict[str, str]:
    """``name=value`` items as a table. Raises UsageError for one without an equals sign, or a name given twice."""
    found: dict[str, str] = {}
    for item in items:
        name, separator, value = item.partition("=")
        name = name.strip().lstrip("?$")
        if not separator or not name:
            raise UsageError(f"-p takes name=value, not {item!r}")
        if name in found:
            raise UsageError(f"the parameter {name!r} is given twice")
        found[name] = value
    return found


def _in_this_process(work: Callable[[], Outcome], timeout: float) -> Outcome:
    """The outcome of the work; ends this process where the work is not done in time."""
    from kb.threads import TooLate, run_within

    try:
        return run_within(work, timeout or None)
    except TooLate:
        note(error_line(f"no answer within {timeout:g} s; ask for less, or allow more time with --timeout"))
        leave(EXIT_STORE)


def _exactly_one(name: str | None, file: str | None, text: str | None) -> None:
    if sum(choice is not None for choice in (name, file, text)) != 1:
        raise UsageError("give one query: NAME, -f FILE, -q TEXT, or - for standard input; `kb queries` lists the names")


def _asked(project: Any, name: str | None, file: str | None, text: str | None) -> dict[str, Any]:
    """The query's text, what messages call it, and the bundled query where it is one."""
    if text is not None:
        return {"text": text, "name": "query"}
    path = "-" if name == "-" else file
    if path is None:
        from kb.queries.bundled import find

        query = find(project, name or "")
        return {"text": query.text, "name": str(query.path), "query": query}
    return {"text": read_text(path), "name": display_name(path)}
