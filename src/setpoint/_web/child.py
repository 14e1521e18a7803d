"""The server of ``setpoint.ui()``: it reads what to serve from standard input, and ends when that is closed."""

import json
import os
import sys
import threading
from typing import Any

from setpoint.errors import SetpointError

from .opener import opened
from .serving import Served, Settings, prepare


def main() -> None:
    """Serve until standard input is closed: by ``stop()``, or because the process that started this one is gone."""
    asked: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    try:
        served = prepare(asked["store"], Settings(port=asked["port"], is_framed=True))
        served.page.catalog.catch_up()
    except (OSError, SetpointError) as error:
        _say({"problem": str(error)})
        sys.exit(1)
    threading.Thread(target=_wait_for_end, args=(served,), daemon=True).start()
    with served.server.capture_signals(), opened(served, has_browser=asked["has_browser"]):
        served.server.serve_until_told(served.socket, lambda: _say({"url": served.url}))


def _wait_for_end(served: Served) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        continue
    served.server.tell_to_end()


def _say(said: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
