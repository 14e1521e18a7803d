import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from setpoint._run.shell import Shell, ShellGoneError, has_repository, start_shell

pytestmark = pytest.mark.skipif(not hasattr(os, "posix_spawn"), reason="there is no such shell here")

_CHILDLESS = """
import os, time
from pathlib import Path
from setpoint._run.shell import start_shell
shell = start_shell(Path.cwd(), os.environ)
shell.settle()
_, parent = shell.run(("sh", "-c", "echo $PPID"), 1000, time.monotonic() + 10)
assert int(parent) != os.getpid()
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    shell.close()
else:
    raise AssertionError("a child is left")
"""


@pytest.fixture
def shell(tmp_path):
    (tmp_path / ".git").mkdir()
    made = start_shell(tmp_path, os.environ)
    assert made is not None
    made.settle()
    yield made
    made.close()


def run(shell: Shell, *command: str, limit_bytes: int = 1000, within_s: float = 10, told: bool = False):
    return shell.run(command, limit_bytes, time.monotonic() + within_s, told=told)


def test_commands_run_one_after_the_other_and_tell_code_and_output(shell):
    assert run(shell, "printf", r"a\0b\n") == (0, b"a\0b\n")
    assert run(shell, "sh", "-c", "echo out; echo err >&2; exit 3") == (3, b"out\n")
    assert run(shell, "sh", "-c", "echo out; echo err >&2; exit 3", told=True) == (3, b"err\n")
    assert run(shell, "no-such-program") == (127, b"")


def test_words_reach_the_command_as_they_are(shell):
    odd = "a b'\"$HOME;`ls`\n\\é" + os.fsdecode(b"\xff")
    assert run(shell, "printf", "%s", odd) == (0, os.fsencode(odd))


def test_output_beyond_the_limit_ends_the_command_and_not_the_shell(shell):
    _, output = run(shell, "yes", limit_bytes=5000)
    assert output == b"y\n" * 2500
    assert run(shell, "echo", "next") == (0, b"next\n")


def test_no_process_is_a_child_of_this_one(tmp_path):
    """A process of its own asks, for other tests leave children to this one."""
    (tmp_path / ".git").mkdir()
    done = subprocess.run([sys.executable, "-c", _CHILDLESS], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_command_that_hangs_is_ended_with_the_shell(shell):
    began_s = time.monotonic()
    with pytest.raises(TimeoutError):
        run(shell, "sleep", "60", within_s=0.2)
    assert time.monotonic() - began_s < 5
    assert _ends(shell._group)
    with pytest.raises(ShellGoneError):
        run(shell, "true")


def test_a_shell_that_was_killed_is_an_error_and_no_signal(shell):
    before = signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.killpg(shell._group, signal.SIGKILL)
        assert _ends(shell._group)
        with pytest.raises(ShellGoneError):
            run(shell, "true")
        with pytest.raises(ShellGoneError):
            run(shell, "echo", "x" * 200_000)
    finally:
        signal.signal(signal.SIGPIPE, before)


def test_the_shell_ends_when_the_script_dies_and_holds_none_of_its_files(tmp_path):
    (tmp_path / ".git").mkdir()
    script = (
        "import os; from pathlib import Path; from setpoint._run.shell import start_shell\n"
        "shell = start_shell(Path('.'), os.environ); shell.settle()\n"
        "print(shell._group, flush=True)\n"
        "os._exit(0)"
    )
    reading, writing = os.pipe()
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, pass_fds=[writing], capture_output=True)
    os.close(writing)
    began_s = time.monotonic()
    assert os.read(reading, 1) == b""
    assert time.monotonic() - began_s < 5
    os.close(reading)
    assert _ends(int(done.stdout))


def test_there_is_no_shell_where_git_has_nothing_to_say_or_nothing_can_be_started(tmp_path, monkeypatch):
    assert not has_repository(tmp_path, {})
    assert start_shell(tmp_path, {}) is None
    assert has_repository(tmp_path, {"GIT_DIR": "/elsewhere"})
    (tmp_path / ".git").mkdir()
    assert has_repository(tmp_path / "below" / "it", {})
    script = (
        "import os, resource; from pathlib import Path; from setpoint._run.shell import start_shell\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (5, 5)); print(start_shell(Path('.'), os.environ))\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (5, 5)); os.close(0); print(start_shell(Path('.'), os.environ))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("None\nNone\n", "")


def _ends(group: int) -> bool:
    """Wait until no process of a group runs any more."""
    deadline_s = time.monotonic() + 5
    while time.monotonic() < deadline_s:
        if group not in map(_group_of, filter(str.isdigit, os.listdir("/proc"))):
            return True
        time.sleep(0.01)
    return False


def _group_of(pid: str) -> int:
    try:
        state, _, group = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:3]
    except OSError:  # it has just ended
        return 0
    return 0 if state in "ZX" else int(group)
