"""Connections that wait only so long for the whole head of an answer, however many drops it comes in.

A socket's own timeout begins anew with each byte, so a server that sends one now and then would be waited for without end.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import Any


def handlers(deadline: float | None, idle: float) -> list[urllib.request.BaseHandler]:
    """For ``urllib.request.build_opener``: http and https with such connections, which raise TimeoutError.

    ``deadline`` is on the monotonic clock; without one, the head may take ``idle`` seconds.
    """
    return [_Http(deadline, idle), _Https(deadline, idle)]


class _Connection(http.client.HTTPConnection):
    deadline: float | None = None
    idle: float

    def getresponse(self) -> http.client.HTTPResponse:
        wait = self.idle if self.deadline is None else max(0.0, self.deadline - time.monotonic())
        late = threading.Event()
        watch = threading.Timer(wait, _hang_up, (self.sock, late))
        watch.daemon = True
        watch.start()
        try:
            response = super().getresponse()
        except (http.client.HTTPException, OSError):
            if late.is_set():
                raise TimeoutError from None
            raise
        finally:
            watch.cancel()
        if late.is_set():
            raise TimeoutError
        return response


class _SecureConnection(_Connection, http.client.HTTPSConnection):
    pass


def _hang_up(connection: socket.socket, late: threading.Event) -> None:
    late.set()
    with contextlib.suppress(OSError):
        # Of the plain socket beneath, where there is TLS: its reader sees the end, and nobody waits for a farewell.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Http(urllib.request.HTTPHandler):
    def __init__(self, deadline: float | None, idle: float) -> None:
        super().__init__()
        self._limits = deadline, idle

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_within(_Connection, *self._limits), request)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, deadline: float | None, idle: float) -> None:
        super().__init__()
        self._limits = deadline, idle

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_within(_SecureConnection, *self._limits), request, context=self._context)


def _within(kind: type[_Connection], deadline: float | None, idle: float) -> Callable[..., _Connection]:
    def connect(*args: Any, **options: Any) -> _Connection:
        connection = kind(*args, **options)
        connection.deadline, connection.idle = deadline, idle
        return connection

    return connect
