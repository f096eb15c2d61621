"""The addresses of a server: which are taken, and which follow from one."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit, urlunsplit

from kb.errors import UsageError
from kb.stores import auth


def check_url(url: str) -> SplitResult:
    """The parts of an http(s) URL. Raises UsageError for any other, or one with a user, a password or a fragment."""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        valid, parts = False, urlsplit("")
    if "@" in parts.netloc:
        raise UsageError(
            f"a URL with a user or password in it can be read by others: set {auth.USER} and {auth.PASSWORD}, "
            "or use a netrc file"
        )
    if not valid or parts.fragment or not url.isascii() or any(ord(c) <= 0x20 or c in '<>"{}|\\^`' for c in url):
        raise UsageError(f"not the http or https URL of a server: {url.rpartition('@')[2]}")
    return parts


def server(url: str) -> str:
    """The scheme, host and port of a URL, for messages."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def beside(endpoint: str) -> tuple[str, dict[str, str]]:
    """A server's query address, and those beside it for writing where they follow from it: ``update`` and ``store``."""
    parts = check_url(endpoint)
    path = parts.path.rstrip("/")
    if path and not path.endswith("/query"):
        return endpoint, {}
    root = path.removesuffix("/query")

    def address(name: str) -> str:
        return urlunsplit((parts.scheme, parts.netloc, f"{root}/{name}", parts.query, ""))

    return address("query"), {"update": address("update"), "store": address("store")}
