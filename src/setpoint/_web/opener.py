"""Opens the browser on the page without the token in any argument list: by a file that only this user can read."""

import os
import shutil
import tempfile
import webbrowser
from collections.abc import Generator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from threading import Thread, Timer

from .serving import Served

_KEPT_S = 60.0  # a browser that starts cold has read the file by then

_HTML = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>setpoint</title>
<meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url={url}"></head>
<body><p><a rel="noreferrer" href="{url}">Open the page</a></p></body></html>
"""


def write_opener(folder: Path, url: str) -> Path:
    """Write the file that leads to *url*, readable by this user only, and return its path."""
    path = folder / "open.html"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123  # a descriptor
        file.write(_HTML.format(url=escape(url)))
    return path


@contextmanager
def opened(served: Served, *, has_browser: bool) -> Generator[None]:
    """Open the browser while the block runs; the file for it is gone a minute later, and at the end in any case."""
    if not has_browser:
        yield
        return
    folder = Path(tempfile.mkdtemp(prefix="setpoint-ui-"))  # mode 0700
    timer = Timer(_KEPT_S, shutil.rmtree, (folder,), {"ignore_errors": True})
    timer.daemon = True
    try:
        path = write_opener(folder, served.url)
        # In a thread: some browsers' starters wait for the browser to end. The socket listens already.
        Thread(target=webbrowser.open, args=(path.as_uri(),), daemon=True).start()
        timer.start()
        yield
    finally:
        timer.cancel()
        shutil.rmtree(folder, ignore_errors=True)
