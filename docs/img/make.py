"""Draw what the commands print for the runs of examples/digits (demo.svg), and the page on them (page.png).

The page must be built (`make web`), and a Chromium or Chrome be on the PATH or named by SETPOINT_CHROMIUM.
"""

import fcntl
import io
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
DIGITS = HERE.parents[1] / "examples" / "digits"
LINES, COLUMNS = 200, 112
WIDTH, HEIGHT = 1200, 620


def output(folder: Path, *arguments: str) -> str:
    """Return what a script prints in *folder* on a terminal of ``COLUMNS`` columns, with its colours."""
    environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PAGER": "cat"}
    for name in ("NO_COLOR", "SETPOINT_STORE", "COLUMNS"):
        environment.pop(name, None)
    terminal, screen = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, cwd=folder, env=environment, stdin=screen, stdout=screen, stderr=screen) as process:
        os.close(screen)
        printed = b"".join(iter(lambda: read(terminal), b""))
    if process.returncode:
        raise SystemExit(printed.decode(errors="replace"))
    return printed.decode().replace("\r\n", "\n")


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # so Linux says that the other end has closed
        return b""


def without_remote_fonts(svg_format: str) -> str:
    """Return rich's format without the fonts it fetches: a picture in a README may load nothing."""
    return re.sub(r"@font-face \{\{.*?\}\}", "", svg_format, flags=re.DOTALL)


def draw_terminal(printed: str) -> None:
    """Draw the middle of what the demo printed: its commands and their answers."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    begin, end = printed.rindex("\n", 0, printed.index("setpoint ls")) + 1, printed.index("What to type next")
    console.print(Text.from_ansi(printed[begin : printed.rindex("\n\n", begin, end) + 1]))
    svg = console.export_svg(title="make demo", code_format=without_remote_fonts(CONSOLE_SVG_FORMAT), unique_id="demo")
    (HERE / "demo.svg").write_text(svg, encoding="utf-8")


def draw_page(store: Path) -> None:
    """Draw the screen of runs."""
    chromium = os.environ.get("SETPOINT_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    command = [sys.executable, "-m", "setpoint", "--store", str(store), "ui", "--port", "0", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server, sync_playwright() as driver:
        assert server.stdout is not None
        address = next(found[0] for line in server.stdout if (found := re.search(r"http\S+#token=\S+", line)))
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(address)
        page.get_by_role("gridcell").first.wait_for()
        page.wait_for_timeout(1500)  # counts of values come later
        page.screenshot(path=HERE / "page.png")
        browser.close()
        server.terminate()


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "digits"
        shutil.copytree(DIGITS, folder, ignore=shutil.ignore_patterns(".setpoint", "__pycache__"))
        (folder / ".setpoint").mkdir()  # so that no store further up is found
        draw_terminal(output(folder, "demo.py"))
        draw_page(folder / ".setpoint")


if __name__ == "__main__":
    main()
