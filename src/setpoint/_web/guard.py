"""Who may ask: the host's name, where the page came from and the token are looked at before anything else is."""

import hmac
from collections.abc import Callable, MutableMapping
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .shapes import ErrorFacts, Failure

MAX_BODY_BYTES = 1_000_000
_ASSETS, _CALLS = "/assets/", "/api/"
_FRAMES = "http://localhost:* http://127.0.0.1:* https://localhost:* https://127.0.0.1:*"


class Access(msgspec.Struct, frozen=True):
    """Who may ask.

    ``token`` is asked of every path but those of the page itself; ``hosts`` are the values that a Host header may have,
    or, where ``any_port`` (a Unix socket has none of its own), their names; ``schemes`` are those of the page's own
    origin; ``is_framed`` lets pages of this machine, such as a notebook's, show the page in a frame.
    """

    token: str
    hosts: frozenset[str]
    any_port: bool = False
    schemes: tuple[str, ...] = ("http",)
    is_framed: bool = False


def security_headers(*, is_framed: bool = False) -> dict[str, str]:
    """Return the headers that every answer has."""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {_FRAMES if is_framed else chr(39) + 'none' + chr(39)}; require-trusted-types-for 'script'"
    )
    return {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        **({} if is_framed else {"x-frame-options": "DENY"}),
    }


def failure(kind: str, message: str) -> bytes:
    """Return the body of an answer that is not 2xx."""
    return msgspec.json.encode(Failure(ErrorFacts(kind, message)))


_NO_TOKEN = failure("token", "This needs the token. Open the page by the address that 'setpoint ui' printed.")
_WRONG_HOST = failure(
    "host",
    "This server does not answer to that name. Open the page by the address that 'setpoint ui' printed, or name the "
    "host with --allowed-host.",
)
_FOREIGN = failure("origin", "Another site asked for this; only the page itself may.")
_TOO_LARGE = failure("size", f"The request's body is larger than {MAX_BODY_BYTES} bytes.")
_NOT_JSON = failure("type", "The request's body must be JSON, with Content-Type: application/json.")


def is_visit(scope: Scope) -> bool:
    """Tell whether a browser opens an address as a page, such as a mistyped one: it is answered with the page itself.

    The page is the same for everybody, so that no token is needed; calls and assets are never visited.
    """
    headers, path = _Headers(scope), scope["path"]
    return (
        scope["method"] == "GET"
        and not f"{path}/".startswith((_ASSETS, _CALLS))
        and any(b"text/html" in accepted.lower() for accepted in headers.all(b"accept"))
        and headers.all(b"sec-fetch-mode") in ([], [b"navigate"])
    )


class Guard:
    """Lets through what may be asked, and puts the security headers on every answer, errors too."""

    def __init__(self, app: ASGIApp, access: Access, is_open: Callable[[str], bool]) -> None:
        """Take the app, who may ask, and which paths need no token."""
        self._app, self._access, self._is_open = app, access, is_open
        self._token = f"Bearer {access.token}".encode()
        self._headers = [
            (name.encode(), text.encode()) for name, text in security_headers(is_framed=access.is_framed).items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise RuntimeError(f"only HTTP is served, not {scope['type']}")

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in self._headers}
                kept = [(name, text) for name, text in message["headers"] if name.lower() not in own]
                message = {**message, "headers": [*kept, *self._headers]}
            await send(message)

        refused = self._refusal(scope)
        if refused is not None:
            await answer(guarded, *refused)
        else:
            await self._app(scope, _limited(receive), guarded)

    def _refusal(self, scope: Scope) -> tuple[int, bytes] | None:
        headers = _Headers(scope)
        host = headers.only(b"host")
        if host is None or not self._is_known(host) or not scope["path"].startswith("/"):
            return 421, _WRONG_HOST
        if not self._is_own(scope, headers, host):
            return 403, _FOREIGN
        if self._needs_token(scope) and not hmac.compare_digest(headers.only(b"authorization") or b"", self._token):
            return 401, _NO_TOKEN
        length = headers.only(b"content-length") or b"0"
        if not length.isdigit() or int(length[:20]) > MAX_BODY_BYTES:
            return 413, _TOO_LARGE
        has_body = length != b"0" or headers.all(b"transfer-encoding")
        if has_body and (headers.only(b"content-type") or b"").split(b";")[0].strip().lower() != b"application/json":
            return 415, _NOT_JSON
        return None

    def _needs_token(self, scope: Scope) -> bool:
        path = scope["path"]
        return not (self._is_open(path) or path.startswith(_ASSETS) or is_visit(scope))

    def _is_known(self, host: bytes) -> bool:
        name = host.decode("latin-1").lower()
        if not self._access.any_port:
            return name in self._access.hosts
        before, colon, port = name.rpartition(":")
        return name in self._access.hosts or (
            bool(colon) and port.isascii() and port.isdigit() and before in self._access.hosts
        )

    def _is_own(self, scope: Scope, headers: "_Headers", host: bytes) -> bool:
        """Tell whether the page itself asks, a program that is no browser, or a person who opens the page."""
        origins, sites = headers.all(b"origin"), headers.all(b"sec-fetch-site")
        if any(origin not in [f"{scheme}://".encode() + host for scheme in self._access.schemes] for origin in origins):
            return False
        if all(site in (b"same-origin", b"none") for site in sites):
            return True
        targets = (b"document", b"iframe") if self._access.is_framed else (b"document",)
        return (
            scope["method"] == "GET"
            and not self._needs_token(scope)
            and not scope["path"].startswith(_ASSETS)
            and headers.only(b"sec-fetch-mode") == b"navigate"
            and headers.only(b"sec-fetch-dest") in targets
        )


class _Headers:
    def __init__(self, scope: Scope) -> None:
        self._pairs: list[tuple[bytes, bytes]] = scope["headers"]

    def all(self, name: bytes) -> list[bytes]:
        return [text for key, text in self._pairs if key.lower() == name]

    def only(self, name: bytes) -> bytes | None:
        """Return the header's text where there is exactly one of it."""
        found = self.all(name)
        return found[0] if len(found) == 1 else None


def _limited(receive: Receive) -> Receive:
    """Return *receive* with an end: a body sent in chunks says no length beforehand."""
    taken = 0

    async def limited() -> MutableMapping[str, Any]:  # ASGI's message
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MAX_BODY_BYTES:
            raise HTTPException(413)
        return message

    return limited


async def answer(send: Send, status: int, body: bytes, kind: str = "application/json") -> None:
    """Send a whole answer."""
    headers = [
        (b"content-type", kind.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
