"""The application on a port: waitress, with errors in JSON and a limit on how long a request may arrive."""

from __future__ import annotations

import errno
import json
import logging
import socket
import threading
import time
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask
from waitress.utilities import Error

from digitcam.errors import UserError, one_line
from digitcam.web.limits import ARRIVING, FORM_BYTES, MOST_BYTES, MOST_CONNECTIONS, THREADS

# Seconds a connection may stay open without a word.
IDLE = 60
BACKLOG = 256
SENTENCES = {
    400: "This request is malformed.",
    408: "This request took too long to arrive.",
    413: f"This request is too large: pictures may have up to {MOST_BYTES // 10**6} MB.",
    431: "The headers of this request are too large.",
    500: "Something went wrong inside digitcam.",
    501: "This request is encoded in a way that digitcam does not know.",
}


class _TooSlow(Error):
    code = 408
    reason = "Request Timeout"


class _JsonError(ErrorTask):
    """What waitress itself refuses, told as the application tells its errors."""

    def execute(self) -> None:
        error = self.request.error
        # What is wrong is with the client: 501, for an encoding that is not known, is no fault of the server.
        code, reason = (400, "Bad Request") if error.code == 501 else (error.code, error.reason)
        body = json.dumps({"error": SENTENCES.get(error.code, f"{reason}.")}).encode()
        self.status = f"{code} {reason}"
        self.response_headers += [("Content-Type", "application/json"), ("X-Content-Type-Options", "nosniff")]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class _Channel(HTTPChannel):
    """A connection that notes when the request began that is arriving."""

    error_task_class = _JsonError
    request: Any = None  # that is arriving
    arriving_since = 0.0

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.arriving_since = time.time()
        return bool(super().received(data))

    def give_up_if_slow(self, now: float, limit: float) -> None:
        """Answer a request that has been arriving for longer than ``limit`` seconds, and close."""
        with self.requests_lock:
            slow = self.request
            if slow is None or self.requests or now - self.arriving_since < limit:
                return
            slow.error, slow.completed, self.request = _TooSlow(""), True, None
            self.requests.append(slow)
        self.server.add_task(self)


class _Listener(TcpWSGIServer):
    """Looks after connections: ``arriving`` seconds are allowed for a request to arrive."""

    channel_class = _Channel
    arriving = ARRIVING

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            channel.give_up_if_slow(now, self.arriving)


class Server:
    """An application on a port.

    Args:
        app: WSGI.
        host, port: where to listen; port 0 takes any that is free.
        arriving: seconds that a request may take to arrive.

    Attributes:
        port: that it listens on.

    Raises:
        UserError: it cannot listen there.
    """

    def __init__(self, app: Any, host: str, port: int, arriving: float = ARRIVING) -> None:
        # Of many requests at once some wait for a thread, as they should: not worth a warning.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        listening = _listen(host, port)
        self.port: int = listening.getsockname()[1]
        self._server = _Listener(
            app,
            _sock=listening,
            sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
            bind_socket=False,
            threads=THREADS,
            connection_limit=MOST_CONNECTIONS,
            asyncore_use_poll=True,  # select() ends at 1,024 file descriptors
            channel_timeout=IDLE,
            cleanup_interval=1,
            max_request_body_size=MOST_BYTES + 2 * FORM_BYTES,  # some more: the application says it better
            max_request_header_size=FORM_BYTES,
            ident=None,
        )
        self._server.arriving = arriving
        self._thread = threading.Thread(target=self._server.run, name="server", daemon=True)

    def start(self) -> None:
        """Answer from now on, on threads of its own."""
        self._thread.start()

    def close(self) -> None:
        """Close the port and all connections."""
        if self._thread.is_alive():
            self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._server._map))
            self._thread.join()
        self._server.task_dispatcher.shutdown(timeout=1)


def _listen(host: str, port: int) -> socket.socket:
    """A socket that is bound; waitress begins to listen on it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise UserError(
            f"there is no address {host} to listen on: {one_line(error)}; try --host 127.0.0.1"
        ) from None
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows lets two programs share a port otherwise
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
        return listening
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise UserError(
                f"port {port} of {host} is in use: close what uses it, or take another: --port {port + 1}"
            ) from None
        raise UserError(
            f"cannot listen on port {port} of {host}: {one_line(error)}; try --host 127.0.0.1 --port 8000"
        ) from None
