"""Draw docs/img/demo.svg: what the commands print for the runs of examples/digits, as a terminal shows it."""

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

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
DIGITS = HERE.parents[1] / "examples" / "digits"
LINES, COLUMNS = 200, 112


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


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "digits"
        shutil.copytree(DIGITS, folder, ignore=shutil.ignore_patterns(".setpoint", "__pycache__"))
        (folder / ".setpoint").mkdir()  # so that no store further up is found
        printed = output(folder, "demo.py")
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    begin, end = printed.rindex("\n", 0, printed.index("setpoint ls")) + 1, printed.index("What to type next")
    console.print(Text.from_ansi(printed[begin : printed.rindex("\n\n", begin, end) + 1]))
    svg = console.export_svg(title="make demo", code_format=without_remote_fonts(CONSOLE_SVG_FORMAT), unique_id="demo")
    (HERE / "demo.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
