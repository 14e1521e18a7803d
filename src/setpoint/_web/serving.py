"""A server on this machine: its socket, its address with the token, and an end that waits for nobody."""

import asyncio
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import h11
import uvicorn
from msgspec import Struct
from uvicorn.protocols.http.h11_impl import H11Protocol

from setpoint.errors import InvalidArgumentError

from .app import make_app
from .guard import Access, failure, security_headers
from .page import Page

PORT = 7007
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_TRIED_PORTS = 50
_MOST_CONNECTIONS = 300
_MOST_HEAD_BYTES = 65_536
_HEAD_S = 20.0  # a request's head must be there by then


class Settings(Struct, frozen=True):
    """Where and for whom a page is served.

    ``port`` None: PORT, or the next free one. ``static`` is a folder with another build of the page.
    """

    host: str = "127.0.0.1"
    port: int | None = None
    socket_path: str = ""
    allowed_hosts: tuple[str, ...] = ()
    is_behind_proxy: bool = False
    tls_cert: str = ""
    tls_key: str = ""
    is_framed: bool = False
    static: Path | None = None


class Served(Struct):
    """A server that listens but does not answer yet. ``url`` has the token behind ``#``."""

    page: Page
    token: str
    address: str
    server: "Server"
    socket: Any  # a socket.socket

    @property
    def url(self) -> str:
        """The address that opens the page."""
        return f"{self.address}/#token={self.token}"


def check(settings: Settings) -> None:
    """Refuse to serve where others could listen in or ask.

    Raises:
        InvalidArgumentError: with the option that is wrong.
    """
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise InvalidArgumentError("--tls-cert", repr(settings.tls_cert), "a certificate together with --tls-key")
    for option, name in (("--tls-cert", settings.tls_cert), ("--tls-key", settings.tls_key)):
        if name and not Path(name).is_file():
            raise InvalidArgumentError(option, repr(name), "a file in PEM format")
    is_safe = bool(settings.tls_cert) or settings.is_behind_proxy or bool(settings.socket_path)
    if settings.host not in _LOOPBACK and not is_safe:
        raise InvalidArgumentError(
            "--host",
            repr(settings.host),
            "127.0.0.1; other machines may ask only through TLS (--tls-cert, --tls-key) or a proxy (--behind-proxy)",
        )
    for name in settings.allowed_hosts:
        if not name or any(char in name for char in "*/@ \t\r\n"):
            raise InvalidArgumentError("--allowed-host", repr(name), "a host's name, maybe with a port")


def prepare(store: str | Path | None, settings: Settings) -> Served:
    """Return a server for a store that listens already, so that its address is known.

    Raises:
        InvalidArgumentError: a setting is not safe.
        OSError: the port or socket can't be had.
    """
    check(settings)
    listening = _listening(settings)
    address, hosts = _names(settings, listening)
    token = secrets.token_urlsafe(32)
    page = Page(store)
    access = Access(
        token,
        hosts,
        any_port=bool(settings.socket_path),
        schemes=("http", "https") if settings.is_behind_proxy else ("https",) if settings.tls_cert else ("http",),
        is_framed=settings.is_framed,
    )
    config = uvicorn.Config(
        make_app(page, access, settings.static),
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=_MOST_HEAD_BYTES,
        ssl_certfile=settings.tls_cert or None,
        ssl_keyfile=settings.tls_key or None,
    )
    config.load()  # a certificate that can't be read is an error before the address is told
    return Served(page, token, address, Server(config, page), listening)


def _listening(settings: Settings) -> socket.socket:
    if settings.socket_path:
        return _unix_socket(Path(settings.socket_path))
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    first = PORT if settings.port is None else settings.port
    last = first + _TRIED_PORTS if settings.port is None else first
    for port in range(first, last + 1):
        listening = socket.socket(family)
        if sys.platform != "win32":  # there it would share the port with another process
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((settings.host, port))
            listening.listen(128)
        except OSError as error:
            listening.close()
            if port == last:
                raise OSError(error.errno, f"{error.strerror} (port {port})", settings.host) from None
            continue
        return listening
    raise AssertionError("the last port returns or raises")


def _unix_socket(path: Path) -> socket.socket:
    if path.is_socket():
        _remove_unused(path)
    listening = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)  # the file is 0600 from its first moment
    try:
        listening.bind(str(path))
    except OSError as error:
        listening.close()
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        os.umask(before)
    listening.listen(128)
    return listening


def _remove_unused(path: Path) -> None:
    """Remove the socket that a killed server left; one that still answers stays, and binding to it then fails."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()


def _names(settings: Settings, listening: socket.socket) -> tuple[str, frozenset[str]]:
    """Return the address to open, and the values that a Host header may have."""
    if settings.socket_path:
        return "http://localhost", frozenset({*_LOOPBACK[:2], "[::1]", *map(str.lower, settings.allowed_hosts)})
    port = listening.getsockname()[1]
    scheme = "https" if settings.tls_cert else "http"
    own = f"[{settings.host}]" if ":" in settings.host else settings.host
    names = ["127.0.0.1", "localhost", "[::1]", own] if settings.host not in ("0.0.0.0", "::") else ["127.0.0.1"]  # noqa: S104  # compared, not bound
    hosts = {f"{name}:{port}".lower() for name in names}
    for name in settings.allowed_hosts:
        hosts |= {name.lower(), f"{name}:{port}".lower()}
    shown = settings.allowed_hosts[0] if settings.allowed_hosts and settings.is_behind_proxy else f"{names[-1]}:{port}"
    return f"{scheme}://{shown}", frozenset(hosts)


class Server(uvicorn.Server):
    """Ends within a second of a signal, also while live streams are open."""

    def __init__(self, config: uvicorn.Config, page: Page) -> None:
        """Take uvicorn's configuration, and the page whose threads and streams end with the server."""
        super().__init__(config)
        self._page = page

    def serve_until_told(self, listening: socket.socket, on_ready: Callable[[], None] | None = None) -> None:
        """Answer until ``tell_to_end`` or a signal; *on_ready* is called when answers begin."""
        # Each row that SQLite finds is handed over under the interpreter's lock: a thread that computes lets go of it
        # ten times as soon as it would by default, so that small answers don't wait for large ones.
        sys.setswitchinterval(0.0005)
        self._page.start()
        if on_ready is not None:
            on_ready()
        try:
            self.run(sockets=[listening])
        finally:
            self._page.close()
            listening.close()

    def tell_to_end(self) -> None:
        """End soon; may be called from any thread."""
        self.should_exit = True
        self._page.end_streams()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  # uvicorn's own
        """End; streams are told at once, since uvicorn would wait for them."""
        if self.should_exit:
            self.force_exit = True
        self.tell_to_end()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Take the signals that end a process; unlike uvicorn's, they are not raised once more at the end.

        May be entered before the server runs, so that whatever there is to clean up is cleaned up.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        former = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)


class _Protocol(H11Protocol):
    """uvicorn's HTTP/1.1, with a limit on connections, one on how long a request's head takes, and our headers."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own is typed
        super().connection_made(transport)
        if len(self.connections) > _MOST_CONNECTIONS:
            transport.abort()
            return
        self.loop.call_later(_HEAD_S, self._check_head)

    def _check_head(self) -> None:
        cycle: Any = self.cycle  # None until the first head is there, though uvicorn does not say so
        if cycle is None and not self.transport.is_closing():
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        body = failure("http", msg)
        headers = [
            ("content-type", "application/json"),
            ("content-length", str(len(body))),
            ("connection", "close"),
            *security_headers().items(),
        ]
        for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
