"""One request to a server, and every way in which it can fail as one clear message."""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

from kb import __version__
from kb.errors import StoreError
from kb.stores import auth, connections
from kb.stores.addresses import server
from kb.stores.base import QueryTimeout

IDLE = 300.0
"""Seconds without a sign of life after which a server is given up, where the caller sets no time limit."""
PAUSES = (0.25, 0.5, 1.0)
"""Seconds before each new try. Every request here may be repeated: it asks, or it writes a set of triples."""
LONGEST_PAUSE = 30.0
"""The longest ``Retry-After``, in seconds, that is waited for."""
_LONGEST_TIMEOUT = 1e8
"""Seconds; three years are as good as for ever, and the system's clock takes no numbers of any size."""
LARGEST_ANSWER = 1 << 30
"""Bytes of an answer that are read at most."""
_LARGE = 100_000
"""Bytes that are not sent to a server that may ask first who we are."""

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_REDIRECTS = (301, 302, 303, 307, 308)


class HttpError(StoreError):
    """The server answered with an error status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


Body = bytes | Path | None
"""What is sent: bytes, or a file that is read as it is sent."""


@dataclass(frozen=True)
class Response:
    status: int
    headers: Message
    body: bytes

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case; empty where the server names none."""
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()


class Client:
    """Sends requests, and remembers how each server wants to be told who we are."""

    def __init__(self) -> None:
        self._challenges: dict[str, list[str]] = {}
        self._uses: dict[str, int] = {}

    def send(
        self, method: str, url: str, body: Body, headers: dict[str, str], timeout: float | None = None
    ) -> Response:
        """The server's answer, with a 2xx status. ``timeout``: seconds in all, new tries included.

        Tries again where nobody answers yet or the server asks for patience (503, 429); follows redirects within the
        same server; answers a request for authentication. Raises HttpError, QueryTimeout, and StoreError for all else.
        """
        deadline = None if timeout is None else time.monotonic() + min(timeout, _LONGEST_TIMEOUT)
        pauses = iter(PAUSES)
        redirects = 3
        asked = False
        if _size(body) > _LARGE:
            self._introduce(url, headers, deadline)
        while True:
            try:
                return _exchange(method, url, body, headers | self._authorization(method, url), deadline)
            except urllib.error.HTTPError as error:
                with error:
                    text = _excerpt(error)
                if error.code == 401 and not asked:
                    asked = True
                    self._challenged(url, error)
                elif error.code in _REDIRECTS and redirects:
                    url = _redirected(error, url)
                    redirects -= 1
                else:
                    pause = next(pauses, None) if error.code in (429, 503) else None
                    pause = None if pause is None else _asked_pause(error, pause)
                    if pause is None or not _wait(pause, deadline):
                        raise HttpError(_status_message(error, url, text), error.code) from None
            except (ConnectionRefusedError, ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected) as error:
                pause = next(pauses, None)
                if pause is None or not _wait(pause, deadline):
                    raise StoreError(f"{server(url)}: {_connection_message(error)}") from None

    def _introduce(self, url: str, headers: dict[str, str], deadline: float | None) -> None:
        """Let the server ask who we are before much is sent: Virtuoso ends the connection in the middle of a large PUT that it
        would ask of. The question is an empty POST, which adds nothing; a failure is left to the request itself."""
        if server(url) in self._challenges or auth.credentials_for(urlsplit(url).hostname or "") is None:
            return
        try:
            _exchange("POST", url, b"", headers, deadline)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 401:
                    self._challenged(url, error)
        except (OSError, http.client.HTTPException, StoreError):
            pass

    def _challenged(self, url: str, error: urllib.error.HTTPError) -> None:
        self._challenges[server(url)] = error.headers.get_all("WWW-Authenticate", [])
        self._uses[server(url)] = 0

    def _authorization(self, method: str, url: str) -> dict[str, str]:
        """The header with which to answer what this server asked before; none where it asked nothing."""
        name = server(url)
        if name not in self._challenges:
            return {}
        parts = urlsplit(url)
        credentials = auth.credentials_for(parts.hostname or "")
        if credentials is None:
            raise HttpError(
                f"{name}: the server asks who you are: set {auth.USER} and {auth.PASSWORD}, or add it to your netrc file",
                401,
            )
        self._uses[name] += 1
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        header = auth.answer(self._challenges[name], credentials, method, target, self._uses[name])
        if header is None:
            raise HttpError(f"{name}: the server asks for a kind of authentication other than Basic or Digest", 401)
        return {"Authorization": header}


def _size(body: Body) -> int:
    return body.stat().st_size if isinstance(body, Path) else len(body or b"")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Redirects come back as errors: where they lead is decided in ``Client.send``."""

    def redirect_request(self, *args: object) -> None:
        return None


def _exchange(method: str, url: str, body: Body, headers: dict[str, str], deadline: float | None) -> Response:
    """Send once and read the whole answer. Raises HTTPError and connection errors as they come, the rest as StoreError."""
    if isinstance(body, Path):
        with body.open("rb") as content:
            # With its length: Virtuoso says that it took a body in chunks, and stores nothing of it.
            return _exchanged(method, url, content, headers | {"Content-Length": str(body.stat().st_size)}, deadline)
    return _exchanged(method, url, body, headers, deadline)


def _exchanged(
    method: str, url: str, body: bytes | BinaryIO | None, headers: dict[str, str], deadline: float | None
) -> Response:
    handlers: list[urllib.request.BaseHandler | type] = [_NoRedirect, *connections.handlers(deadline, IDLE)]
    if urlsplit(url).hostname in _LOOPBACK:
        handlers.append(urllib.request.ProxyHandler({}))
    opener = urllib.request.build_opener(*handlers)
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    request.add_header("User-Agent", f"medical-missions-kb/{__version__}")
    try:
        with opener.open(request, timeout=_remaining(deadline, url)) as response:
            return Response(response.status, response.headers, _read(response, url, deadline))
    except urllib.error.HTTPError:
        raise
    except urllib.error.URLError as error:
        reason = error.reason
        if isinstance(reason, (ConnectionRefusedError, ConnectionResetError, BrokenPipeError)):
            raise reason from None
        if isinstance(reason, TimeoutError):
            raise _late(url, deadline) from None
        if isinstance(reason, ssl.SSLError):
            raise StoreError(f"{server(url)}: the secure connection fails: {reason.reason or reason}") from None
        raise StoreError(f"{server(url)}: {_connection_message(reason)}") from None
    except TimeoutError:
        raise _late(url, deadline) from None
    except (ConnectionResetError, http.client.RemoteDisconnected):
        raise
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise StoreError(f"{server(url)}: {_connection_message(error)}") from None


def _read(response: http.client.HTTPResponse, url: str, deadline: float | None) -> bytes:
    """The whole body; StoreError where less comes than was announced."""
    announced = response.length  # None where the length is not told; then only the content can show what is missing
    parts: list[bytes] = []
    size = 0
    try:
        while part := response.read1(1 << 20):
            parts.append(part)
            size += len(part)
            _remaining(deadline, url)
            if size > LARGEST_ANSWER:
                raise StoreError(f"{server(url)}: the answer is larger than {LARGEST_ANSWER >> 20:,} MiB; ask for less")
    except (ConnectionResetError, http.client.IncompleteRead):
        raise StoreError(f"{server(url)}: the answer breaks off after {size:,} bytes") from None
    if announced is not None and size < announced:
        raise StoreError(f"{server(url)}: the answer breaks off after {size:,} of {announced:,} bytes")
    return b"".join(parts)


def _remaining(deadline: float | None, url: str) -> float:
    if deadline is None:
        return IDLE
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise _late(url, deadline)
    return remaining


def _late(url: str, deadline: float | None) -> QueryTimeout:
    within = f"within {IDLE:g} s" if deadline is None else "in the time allowed"
    return QueryTimeout(f"{server(url)}: no answer {within}")


def _wait(pause: float, deadline: float | None) -> bool:
    """Sleep, and say so; False where the deadline comes first."""
    if deadline is not None and time.monotonic() + pause >= deadline:
        return False
    time.sleep(pause)
    return True


def _asked_pause(error: urllib.error.HTTPError, pause: float) -> float | None:
    """The server's ``Retry-After`` in seconds, or our own pause where it names none; None where it is too long."""
    asked = error.headers.get("Retry-After", "").strip()
    if not asked.isdigit():  # a date is rare, and then our own pause will do
        return pause
    return float(asked) if float(asked) <= LONGEST_PAUSE else None


def _redirected(error: urllib.error.HTTPError, url: str) -> str:
    """Where a redirect leads, if to the same server; data and passwords go nowhere that the user did not name."""
    target = urljoin(url, error.headers.get("Location", ""))
    if error.code == 303 or server(target) != server(url):
        raise HttpError(
            f"{server(url)}: the server redirects to {target.rpartition('@')[2]}; name that URL if it is the right one",
            error.code,
        )
    return target


def _excerpt(error: urllib.error.HTTPError) -> str:
    """The first line of what the server says, at most 300 characters of it; nothing where it is a web page."""
    if "html" in (error.headers.get("Content-Type") or ""):
        return ""
    try:
        # One read, and no more: what comes drop by drop would be waited for without end.
        text = error.read1(4096).decode("utf-8", "replace").strip()
    except (OSError, http.client.HTTPException):
        return ""
    return text.partition("\n")[0].strip()[:300]


_STATUS = {
    401: "the server does not accept this user and password",
    403: "the server does not allow this",
    404: "there is nothing at this address",
    405: "the address does not take this kind of request",
    413: "the server finds the data too large; try --via update, which sends it in parts",
    415: "the server does not take data in this format",
    429: "the server is asked too often; try again later",
    503: "the server is not available now; try again later",
}


def _status_message(error: urllib.error.HTTPError, url: str, text: str) -> str:
    what = _STATUS.get(error.code)
    if what is None:
        what = "the server failed" if error.code >= 500 else "the server refused the request"
    return f"{url.partition('?')[0]}: {what} (HTTP {error.code})" + (f": {text}" if text else "")


def _connection_message(error: object) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "nobody answers there (connection refused); is the server running?"
    if isinstance(error, (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected)):
        return "the server closed the connection without an answer"
    if isinstance(error, http.client.HTTPException):
        return "the answer is not HTTP"
    if isinstance(error, OSError):
        return f"no connection: {error.strerror or error}"
    return f"no connection: {error}"
