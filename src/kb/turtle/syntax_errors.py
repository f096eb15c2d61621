"""The parser's complaints as ours: in plain words, with the place in the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from kb import rdf
from kb.errors import InputError, Position
from kb.messages import did_you_mean
from kb.namespaces import PREFIXES
from kb.turtle.depth import TOO_LONG

_LONGEST_MESSAGE = 500
_LARGEST_SEARCHED = 16 << 20
# Where a text can be cut so that what comes before is parsed as it was: after a tag, or after a member.
_CUTS = {rdf.RdfFormat.RDF_XML: re.compile(rb">"), rdf.RdfFormat.JSON_LD: re.compile(rb"[]},]")}
_REMOTE_CONTEXT = re.compile(rb'"@(?:context|import)"\s*:\s*\[?\s*"')
_NO_CALLBACK = "No LoadDocumentCallback has been set to load remote contexts"
_WORDING = (
    (_NO_CALLBACK, "a context at an address is not fetched; write it into the file"),
    ("No scheme found in an absolute IRI", "this IRI is relative, and nothing says to what; write it whole, or add an @base"),
)  # fmt: skip


def parse(content: bytes, name: str, **options: Any) -> Iterable[rdf.Quad]:
    """As ``kb.rdf.parse``; raises InputError where that raises an error of the document's."""
    try:
        yield from rdf.parse(content, **options)
    except SyntaxError as error:
        raise syntax_error(error, content, name, options["format"], options.get("base_iri")) from None
    except MemoryError as error:
        raise too_long(error, name) from None


def syntax_error(
    error: SyntaxError, content: bytes, name: str, format: rdf.RdfFormat | None = None, base: str | None = None
) -> InputError:
    """The engine's syntax error as ours: its message without the position that it repeats, and the place it points to.

    Where the engine does not tell the place, it is looked for, if the format is given.
    """
    line, column = error.lineno, error.offset
    if line is None and format in _CUTS and len(content) <= _LARGEST_SEARCHED:
        line, column = _place(content, format, base, _message(error))
    message = _worded(error)
    if line is None:
        return InputError(message, Position(name))
    return InputError(message, Position.within(content.decode("utf-8", "replace"), line, column, name))


def in_words(error: SyntaxError, line: Callable[[int], bytes], name: str) -> InputError:
    """The same for a document that is not held; ``line`` gives one of its lines."""
    text = None if error.lineno is None else line(error.lineno).decode("utf-8", "replace")
    return InputError(_worded(error), Position(name, error.lineno, error.offset, text))


def _worded(error: SyntaxError) -> str:
    """The engine's message in our words, no longer than can be read."""
    message = _message(error)
    if len(message) > _LONGEST_MESSAGE:  # it may quote a token, and that may be megabytes long
        message = message[:_LONGEST_MESSAGE] + "…"
    for theirs, ours in _WORDING:
        message = message.replace(theirs, ours)
    return message + _prefix_hint(message)


def too_long(error: MemoryError, name: str) -> Exception:
    """The error for a token that the engine does not take; any other want of memory is what it is."""
    if "buffer maximal size" not in str(error):
        return error
    return InputError(TOO_LONG, Position(name))


def _message(error: SyntaxError) -> str:
    return re.sub(r"^(?:Parser error (?:at|between) [^:]*|at \d+\.\.\d+): ", "", error.msg)


def _place(content: bytes, format: rdf.RdfFormat, base: str | None, message: str) -> tuple[int, int]:
    """The line and column where the shortest beginning of the document ends that the engine refuses with this message."""
    cuts = [match.end() for match in _CUTS[format].finditer(content)]
    first, last = 0, len(cuts)
    while first < last:
        middle = (first + last) // 2
        if _complaint(content[: cuts[middle]], format, base) == message:
            last = middle
        else:
            first = middle + 1
    end = cuts[last] if last < len(cuts) else len(content.rstrip())
    remote = _REMOTE_CONTEXT.search(content) if message.endswith(_NO_CALLBACK) else None
    if remote:
        at = remote.start()
    elif format == rdf.RdfFormat.RDF_XML:
        at = max(0, content.rfind(b"<", 0, end))
    else:
        at = max(0, end - 1)
    start = content.rfind(b"\n", 0, at) + 1
    return content.count(b"\n", 0, at) + 1, len(content[start:at].decode("utf-8", "replace")) + 1


def _complaint(content: bytes, format: rdf.RdfFormat, base: str | None) -> str | None:
    try:
        for _ in rdf.parse(content, format=format, base_iri=base):
            pass
    except SyntaxError as error:
        return _message(error)
    except MemoryError:
        pass
    return None


def _prefix_hint(message: str) -> str:
    """How to declare a prefix that the parser misses; empty for another message."""
    found = re.search(r"The prefix ([^\s:]*): has not been declared", message)
    if not found:
        return ""
    if found[1] in PREFIXES:
        return f"; add the line `@prefix {found[1]}: <{PREFIXES[found[1]]}> .`"
    same = [prefix for prefix in PREFIXES if prefix == found[1].lower()]
    if same:
        return f"; did you mean {same[0]}? Capital letters count"
    return did_you_mean(found[1], PREFIXES) if len(found[1]) > 2 else ""
