"""Completion in a shell, by click's own mechanism: the names of queries, their parameters and values, and identifiers.

`eval "$(_KB_COMPLETE=bash_source kb)"` switches it on; ``docs/questions.md`` has the other shells.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import click
from click.shell_completion import BashComplete, CompletionItem, add_completion_class, split_arg_string

from kb.errors import KbError
from kb.messages import printable
from kb.namespaces import ID, ID_KINDS, ONTOLOGY, curie

_MOST = 500
"""Completions shown at most: a shell asks before it shows more than a screenful."""

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' line
    COMPREPLY=()
    for line in $(env COMP_BEFORE="${COMP_LINE:0:$COMP_POINT}" COMP_BREAKS="$COMP_WORDBREAKS" \\
            %(complete_var)s=bash_complete "$1"); do
        case $line in
            dir,*) compopt -o dirnames ;;
            file,*) compopt -o default ;;
            *[=:]) compopt -o nospace; COMPREPLY+=("${line#*,}") ;;
            *) COMPREPLY+=("${line#*,}") ;;
        esac
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class Bash(BashComplete):
    """Bash takes ``country=place:bo`` for five words, and replaces only the last: so the whole line is read, and a
    completion is cut to what stands after the last sign at which Bash cuts. No space follows what goes on."""

    source_template = _BASH
    _head = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        before = os.environ["COMP_BEFORE"]
        words = split_arg_string(before)
        incomplete = words.pop() if words and not before[-1:].isspace() else ""
        breaks = [sign for sign in "=:" if sign in os.environ["COMP_BREAKS"]]
        self._head = incomplete[: max((incomplete.rfind(sign) + 1 for sign in breaks), default=0)]
        return words[1:], incomplete

    def format_completion(self, item: CompletionItem) -> str:
        return f"{item.type},{item.value.removeprefix(self._head)}"


def install() -> None:
    """Let click use this module's ways with a shell."""
    add_completion_class(Bash, "bash")


def query_names(ctx: click.Context, typed: str) -> list[CompletionItem]:
    """The names of bundled queries, with their questions."""
    from kb.queries.bundled import read_all

    lang = ctx.params.get("lang") or "en"
    return _items(
        (query.name, query.question(lang)) for query in read_all(_project(ctx)) if query.name.startswith(typed)
    )


def assignments(ctx: click.Context, typed: str) -> list[CompletionItem]:
    """``name=`` of the chosen query's parameters, or ``name=value`` once the name is clear."""
    from kb.queries.bundled import find

    # While an option waits for its value, click has not yet given the arguments their names.
    query = find(_project(ctx), ctx.params.get("name") or next(iter(ctx.args), ""))
    lang = ctx.params.get("lang") or "en"
    name, separator, value = typed.partition("=")
    given = {item.partition("=")[0] for item in ctx.params.get("params") or ()}
    free = [parameter for parameter in query.parameters if parameter.name not in given]
    if not separator:
        free = [parameter for parameter in free if parameter.name.startswith(name)]
        if len(free) != 1:
            return _items((f"{parameter.name}=", parameter.described(lang)) for parameter in free)
    else:
        free = [parameter for parameter in free if parameter.name == name]
    for parameter in free:
        found = list(_values(ctx, parameter, value, lang))
        return _items((f"{parameter.name}={text}", label) for text, label in found or ([("", "")] * (not separator)))
    return []


def parameter_names(ctx: click.Context, typed: str) -> list[CompletionItem]:
    """The parameters of the chosen query."""
    from kb.queries.bundled import find

    lang = ctx.params.get("lang") or "en"
    parameters = find(_project(ctx), ctx.params.get("name") or "").parameters
    return _items((known.name, known.described(lang)) for known in parameters if known.name.startswith(typed))


def identifiers(ctx: click.Context, typed: str) -> list[CompletionItem]:
    """``kind:`` of the kinds of identifier, or the identifiers of a kind once it is typed."""
    from kb import sources
    from kb.results.labels import labels

    kind, separator, local = typed.partition(":")
    if not separator:
        return _items((f"{known}:", "") for known in ("mm", *ID_KINDS) if known.startswith(typed))
    if kind not in ("mm", *ID_KINDS):
        return []
    beginning = ONTOLOGY if kind == "mm" else f"{ID}{kind}/"
    source = sources.bundled(_project(ctx))
    rows = source.query(f'SELECT DISTINCT ?s WHERE {{ ?s a ?c FILTER(STRSTARTS(STR(?s), "{beginning}")) }} ORDER BY ?s')
    iris = [row["s"].value for row in rows if row["s"].value.removeprefix(beginning).startswith(local)][:_MOST]
    called = labels(source, iris, ctx.params.get("lang") or "en")
    return _items((curie(iri), called.get(iri, "")) for iri in iris)


def views(ctx: click.Context, typed: str) -> list[CompletionItem]:
    """A view, as ``--view`` takes it: its name, or ``name=value``."""
    from kb.views.choice import views as known_views

    lang = ctx.params.get("lang") or "en"
    known = {view.name: view for view in known_views(_project(ctx))}
    name, separator, value = typed.partition("=")
    if not separator:
        fitting = [view for view in known.values() if view.name.startswith(name)]
        return _items((f"{view.name}{'=' * bool(view.parameters)}", view.question(lang)) for view in fitting)
    parameters = known[name].parameters if name in known else ()
    return _items((f"{name}={text}", label) for parameter in parameters for text, label in _values(ctx, parameter, value, lang))


def view_words(ctx: click.Context, typed: str) -> list[CompletionItem]:
    """A view, as ``kb view`` takes it: as above, or the value of the view before."""
    before = (ctx.params.get("views") or ("",))[-1]
    if typed.partition("=")[1] or not (found := [item for item in views(ctx, before) if item.value == f"{before}="]):
        return views(ctx, typed)
    beginning = found[0].value
    return [CompletionItem(item.value.removeprefix(beginning), help=item.help) for item in views(ctx, beginning + typed)]


def figures(ctx: click.Context, typed: str) -> list[CompletionItem]:
    """The identifiers of figures."""
    return identifiers(ctx, typed if typed.startswith("figure:") else f"figure:{typed}")


def kinds(ctx: click.Context, typed: str) -> list[CompletionItem]:
    """The kinds of identifier that ``kb search`` takes."""
    from kb.browse.search import TERM

    return _items((kind, "") for kind in (*ID_KINDS, TERM) if kind.startswith(typed))


def _values(ctx: click.Context, parameter: Any, typed: str, lang: str) -> Iterator[tuple[str, str]]:
    """The values that begin as typed, or else those whose labels do: as local names, unless a prefix is typed."""
    from kb import sources
    from kb.queries.values import values_of
    from kb.results.labels import fold

    project = _project(ctx)
    known = values_of(project, sources.bundled(project), parameter, lang) or []
    if ":" in typed:
        known = [value._replace(text=curie(value.term.value)) for value in known]
    else:
        known = [value._replace(text=value.text.rpartition(":")[2]) for value in known]
    wanted = fold(typed)
    begin = [value for value in known if value.text.startswith(typed) or fold(value.text).startswith(wanted)]
    for value in begin or [value for value in known if fold(value.label).startswith(wanted)]:
        yield value.text, value.label


def _items(found: Iterable[tuple[str, str]]) -> list[CompletionItem]:
    once: dict[str, str] = {}
    for text, label in found:
        once.setdefault(text, label)
    # A shell shows the help as it is, and takes a line for an item.
    return [CompletionItem(text, help=printable(" ".join(label.split())) or None) for text, label in list(once.items())[:_MOST]]


def _project(ctx: click.Context) -> Any:
    """The project that the command line names so far; the group itself does not run while its line is typed."""
    from kb.project import find_project

    return find_project(ctx.find_root().params.get("project"))


_WAYS = {
    "query names": query_names,
    "assignments": assignments,
    "parameter names": parameter_names,
    "identifiers": identifiers,
    "kinds": kinds,
    "views": views,
    "view words": view_words,
    "figures": figures,
}


def complete(what: str, ctx: click.Context, typed: str) -> list[CompletionItem]:
    """Completions by one of the functions above; none where the line so far is not right, since a shell shows no message."""
    try:
        return _WAYS[what](ctx, typed)
    except (KbError, OSError):
        return []
