"""The command in a real terminal and in real pipes."""

import os
import re
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest

from setpoint._cli.text import width_of

pty = pytest.importorskip("pty")

STYLE = re.compile(r"\x1b\[[0-9;]*m")
COMMAND = [sys.executable, "-m", "setpoint"]
HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202e\x9b31mx"
LONG = {f"section.key_{number}": f"a rather long value, number {number} of many" for number in range(3)}


@pytest.fixture(scope="module")
def terminal_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import setpoint

    store = tmp_path_factory.mktemp("terminal") / "store"
    for number in range(20):
        config = {"lr": 0.1 / (number + 1), "name": f"学习率-{number}", "evil": f"{HOSTILE}{number}", **LONG}
        config[f"only_{number}"] = number
        with setpoint.init(id=f"run-{number:02d}", name=HOSTILE, notes=HOSTILE, dir=store, config=config) as run:
            run.log({"loss": 1 / (number + 3), "acc": 1 - 1 / (number + 3)})
    return store


@cache
def in_terminal(store: Path, *arguments: str, width: int = 80, height: int = 50, **environ: str) -> str:
    """Return what the command writes to a terminal of that size."""
    import fcntl
    import struct
    import termios

    main, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    inherited = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=child,
        stdout=child,
        stderr=child,
        env={**inherited, "TERM": "xterm-256color", "PAGER": "cat", "SETPOINT_STORE": str(store), **environ},
    )
    os.close(child)
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:  # Linux tells the end of a terminal as an error
            break
        if not part:
            break
        parts.append(part)
    os.close(main)
    process.wait(timeout=60)
    return b"".join(parts).decode().replace("\r\n", "\n")


COMMANDS = [
    ["ls"],
    ["ls", "--group", "name"],
    ["best", "acc"],
    ["show", "run-07"],
    ["blame", "run-07"],
    ["diff", "run-01", "run-02"],
    ["diff", "run-01", "run-02", "run-03", "run-04", "run-05"],
    ["alike", "run-07", "--except", "lr"],
    ["ls", "--columns", 'run.created,run.notes,evil,"section.key_0"'],
    ["--help"],
]


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_line_is_wider_than_the_terminal(terminal_store: Path, arguments: list[str], width: int) -> None:
    lines = STYLE.sub("", in_terminal(terminal_store, *arguments, width=width)).splitlines()
    assert lines
    assert max(map(width_of, lines)) <= width


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_nothing_recorded_acts_on_the_terminal(terminal_store: Path, arguments: list[str]) -> None:
    text = STYLE.sub("", in_terminal(terminal_store, *arguments))
    assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize(
    "arguments", [["show", f"{HOSTILE}?"], ["ls", f"'{HOSTILE}"], [HOSTILE], ["ls", f"--{HOSTILE}"]]
)
def test_nothing_typed_acts_on_the_terminal_when_it_is_said_back(terminal_store: Path, arguments: list[str]) -> None:
    text = STYLE.sub("", in_terminal(terminal_store, *arguments))
    assert "setpoint: " in text
    assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize(
    "arguments",
    [["show", "run-07", "--json"], ["show", "run-07", "--config"], ["export"], ["export", "--json"], ["verify"]],
    ids=" ".join,
)
def test_what_is_not_fitted_to_the_terminal_is_safe_for_it_too(terminal_store: Path, arguments: list[str]) -> None:
    text = in_terminal(terminal_store, *arguments)
    assert all(char.isprintable() or char == "\n" for char in text)


def test_a_terminal_gets_a_screenful_and_the_number_of_the_others(terminal_store: Path) -> None:
    text = in_terminal(terminal_store, "ls", height=19)
    assert len([line for line in STYLE.sub("", text).splitlines() if line.startswith("run-")]) == 15
    assert "and 5 more" in text


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_are_off_when_asked(terminal_store: Path, environ: dict[str, str]) -> None:
    assert "\x1b[" in in_terminal(terminal_store, "ls")
    assert "\x1b" not in in_terminal(terminal_store, "ls", **environ)


def test_long_output_goes_through_the_pager(terminal_store: Path, tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED\nexec cat\n")
    pager.chmod(0o755)
    assert "PAGED" in in_terminal(terminal_store, "show", "run-07", height=10, PAGER=str(pager))
    assert "PAGED" not in in_terminal(terminal_store, "show", "run-07", height=100, PAGER=str(pager))


def test_a_reader_that_leaves_early_is_told_nothing(terminal_store: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--store", str(terminal_store), "export"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    with process.stderr:
        assert process.stderr.read() == b""
    process.wait(timeout=60)


def test_watch_shows_new_runs_until_it_is_stopped(terminal_store: Path) -> None:
    import signal

    process = subprocess.Popen(
        [*COMMAND, "--store", str(terminal_store), "ls", "--watch", "--limit", "3"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b"id")
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in err


def test_a_bar_shows_the_progress_of_long_work(tmp_path: Path) -> None:
    code = (
        "import time; from setpoint._cli.progress import progress_bar\n"
        "with progress_bar('Reading journals') as bar:\n"
        "    bar(1, 4); time.sleep(0.5); bar(2, 4); time.sleep(0.3)\n"
    )
    main, child = pty.openpty()
    environ = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    subprocess.run([sys.executable, "-c", code], stderr=child, env=environ, check=True, timeout=60)
    os.close(child)
    shown = os.read(main, 65536).decode()
    os.close(main)
    assert "Reading journals" in shown
    assert "2/4" in shown


def test_no_bar_is_drawn_where_nobody_sees_it() -> None:
    code = (
        "import sys, time; from setpoint._cli.progress import progress_bar\n"
        "with progress_bar('Reading') as bar: time.sleep(0.5); bar(1, 4)\n"
        "sys.exit('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert done.stdout == done.stderr == b""
