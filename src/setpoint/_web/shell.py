"""The page's own files: read once, found by their names in the folder, never by a path that somebody asks for."""

import re
from pathlib import Path

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).with_name("static")
PATHS = ("/", "/runs", "/compare", "/explore")
_RUN = "/run/"
_HASHED = re.compile(r"-[\w-]{8}\.\w+$")  # as Vite names what it builds: another content has another name
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_NOT_BUILT = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>setpoint</title></head><body>
<h1>The page is not built</h1>
<p>This is a checkout of setpoint's source, in which the page still has to be built. Type <code>make web</code> there,
then load this page again. Packages from an index have it built already.</p>
<p>All that the page tells, the command line tells too: <code>setpoint ls</code>.</p>
</body></html>
"""


class _File(Struct, frozen=True):
    body: bytes
    kind: str


class Shell:
    """Answers with the page's files, which are the same for everybody and hold nothing of a store."""

    def __init__(self, folder: Path = STATIC, *, is_changing: bool = False) -> None:
        """Take the folder with the built page; read it anew for each answer where it *is_changing*."""
        self._folder, self._is_changing = folder, is_changing
        self._files = _read(folder)

    async def page(self, _: Request) -> Response:
        """Answer with the page, or with how to build it."""
        return self.answer(200)

    def answer(self, status: int) -> Response:
        """Return the page as an answer; with 404 it is the page too, which then says that nothing is there."""
        file = self._found("index.html")
        body = _NOT_BUILT if file is None else file.body
        return Response(body, status, media_type=_KINDS[".html"], headers={"cache-control": "no-cache"})

    async def asset(self, request: Request) -> Response:
        """Answer with a file of ``assets/``."""
        file = self._found(f"assets/{request.path_params['name']}")
        if file is None:
            return Response(b"There is no such file.", 404, media_type="text/plain; charset=utf-8")
        keep = "private, max-age=31536000, immutable" if _HASHED.search(request.path_params["name"]) else "no-cache"
        return Response(file.body, media_type=file.kind, headers={"cache-control": keep})

    def _found(self, name: str) -> _File | None:
        if self._is_changing:
            self._files = _read(self._folder)
        return self._files.get(name)


def is_page(path: str) -> bool:
    """Tell whether the page itself is at *path*."""
    return path in PATHS or (path.startswith(_RUN) and "/" not in path[len(_RUN) :] and path != _RUN)


def _read(folder: Path) -> dict[str, _File]:
    paths = [path for path in (folder, folder / "assets") if path.is_dir()]
    return {
        found.relative_to(folder).as_posix(): _File(found.read_bytes(), _KINDS[found.suffix])
        for path in paths
        for found in path.iterdir()
        if found.suffix in _KINDS and found.is_file()
    }
