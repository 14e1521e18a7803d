"""``setpoint.ui()``: the page in a notebook, or in the browser, served by a process of its own."""

import json
import subprocess
import sys
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from setpoint._query.store import catalog_for
from setpoint._run.notebook import in_notebook
from setpoint.errors import SetpointError

_WAITED_S = 5.0
_HEIGHT = 720


class NotStartedError(SetpointError, RuntimeError):
    """The page's server ended before it answered."""

    def __init__(self, problem: str) -> None:
        """Take what it said."""
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return f"The page could not be served: {self.problem} 'setpoint ui' in a terminal tells more."


class Ui:
    """A page that is being served: ``url`` opens it, ``stop()`` ends it. It ends with this process in any case.

    The address holds the page's token: who has it can read the store as long as the server runs. It stands in the
    notebook's output, and means nothing once the server has ended.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", url: str, *, height: int = _HEIGHT) -> None:
        """Take the server's process, the page's address and the height of its frame in pixels."""
        self.url = url
        self._process, self._height = process, height

    @property
    def is_running(self) -> bool:
        """Whether the server still answers."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the server; does nothing where it has ended."""
        if self._process.stdin is not None:
            self._process.stdin.close()  # its sign to end, which also comes when this process dies
        try:
            self._process.wait(_WAITED_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<setpoint ui at {self.url.partition('#')[0]}{'' if self.is_running else ', stopped'}>"

    def _repr_html_(self) -> str:
        """Show the page in a frame; IPython asks for this."""
        address = escape(self.url)
        frame = f'<iframe src="{address}" width="100%" height="{self._height}" style="border: 0"></iframe>'
        return f'{frame}<p><a href="{address}" target="_blank" rel="noopener noreferrer">Open in a tab</a></p>'


def ui(
    store: str | Path | None = None, *, port: int = 0, height: int = _HEIGHT, open_browser: bool | None = None
) -> Ui:
    """Serve the page on a store's runs, and return it: in a notebook it shows as a frame.

    Outside a notebook the browser is opened. The server is a process of its own on this machine's loopback address; it
    ends with ``stop()`` or with this process. Only pages of this machine, such as a notebook's, may frame it.

    Args:
        store: the store's folder or URL; by default ``$SETPOINT_STORE``, else the nearest ``.setpoint`` upwards.
        port: the port to serve at; 0 takes a free one.
        height: of the frame, in pixels.
        open_browser: whether to open the browser; by default only outside a notebook.

    Raises:
        NotStartedError: the server can't be started.
    """
    has_browser = not in_notebook() if open_browser is None else open_browser
    asked = {"store": catalog_for(store).store, "port": port, "has_browser": has_browser}
    process = subprocess.Popen(
        [sys.executable, "-c", "from setpoint._web.child import main; main()"],
        stdin=subprocess.PIPE,  # no argument list shows the store's URL
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in the notebook's terminal is meant for a cell's code
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(asked).encode() + b"\n")
    process.stdin.flush()
    return Ui(process, _url_from(process), height=height)


def _url_from(process: "subprocess.Popen[bytes]") -> str:
    assert process.stdout is not None
    with process.stdout:
        line = process.stdout.readline()
    said: dict[str, Any] = json.loads(line) if line else {"problem": "its process ended."}
    if "url" not in said:
        process.communicate()
        raise NotStartedError(said["problem"])
    return str(said["url"])
