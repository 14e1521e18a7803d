"""The page's server as an ASGI app: the guard outside, then the calls and the page's own files."""

from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import shapes
from .guard import MAX_BODY_BYTES, Access, Guard, is_visit
from .live import Live
from .openapi import document
from .page import Page
from .routes import failure_body, json_answer, routes
from .shell import PATHS, STATIC, Shell, is_page

_WORDS = {
    404: "There is no such call or page.",
    405: "That method is not for this call.",
    413: f"The request's body is larger than {MAX_BODY_BYTES} bytes.",
}


def make_app(page: Page, access: Access, static: Path | None = None) -> Guard:
    """Return the app that answers about *page*'s store.

    Args:
        page: the store.
        access: who may ask.
        static: a folder with a build of the page that is looked at anew for each answer; by default the package's own.
    """
    shell = Shell(STATIC if static is None else static, is_changing=static is not None)
    live, described = Live(page), msgspec.json.encode(document())

    async def openapi(_: Request) -> Response:
        return json_answer(200, described)

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        is_lost = error.status_code == 404 and is_visit(request.scope)
        return shell.answer(404) if is_lost else _http_error(error)

    table = [
        *routes(page),
        Route("/api/live", live.stream, methods=["GET"]),
        Route("/api/openapi.json", openapi, methods=["GET"]),
        *(Route(path, shell.page, methods=["GET"]) for path in (*PATHS, "/run/{id}")),
        Route("/assets/{name}", shell.asset, methods=["GET"]),
    ]
    inner = Starlette(routes=table, exception_handlers={HTTPException: http_error, Exception: _broken})
    inner.router.redirect_slashes = False
    return Guard(inner, access, is_page)


def _http_error(error: HTTPException) -> Response:
    facts = shapes.ErrorFacts("http", _WORDS.get(error.status_code, error.detail))
    answer = json_answer(error.status_code, failure_body(facts))
    for name, text in (error.headers or {}).items():  # Allow, of 405
        answer.headers[name] = text
    return answer


async def _broken(_: Request, __: Exception) -> Response:
    """Answer what nobody foresaw; Starlette raises it once more, so that it is seen in the terminal."""
    facts = shapes.ErrorFacts("server", "The server failed at this; its terminal says how.")
    return json_answer(500, failure_body(facts))
