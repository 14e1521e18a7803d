import signal
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import pytest

from setpoint._run import exits
from setpoint._run.exits import Ending, ending_of, error_line

FRAME = """
import atexit, sys
from setpoint._run.exits import ending, note_exits
note_exits()
note_exits()
atexit.register(lambda: print("ENDING", ending().exit_code, repr(ending().error)))
"""


def run(script, *options):
    return subprocess.run([sys.executable, *options, "-c", script], capture_output=True, text=True, check=False)


def run_both(script):
    """Run *script* with and without setpoint; return what it is seen to end with, and both processes."""
    script = textwrap.dedent(script)
    plain, noted = run("import sys\n" + script), run(FRAME + script)
    seen = noted.stdout.rpartition("ENDING ")[2].strip()
    return seen, plain, noted


@pytest.mark.parametrize(
    ("script", "seen"),
    [
        ("pass", "0 ''"),
        ("sys.exit()", "0 ''"),
        ("sys.exit(0)", "0 ''"),
        ("sys.exit(False)", "0 ''"),
        ("sys.exit(3)", "3 ''"),
        ("sys.exit(256 + 7)", "7 ''"),
        ("sys.exit('no data')", "1 'SystemExit: no data'"),
        ("exit(4)", "4 ''"),
        ("quit('bye')", "1 'SystemExit: bye'"),
        ("raise ValueError('lr is\\n nan')", "1 'ValueError: lr is nan'"),
        ("raise KeyboardInterrupt", "130 'KeyboardInterrupt'"),
        ("import argparse; argparse.ArgumentParser().parse_args(['--wrong'])", "2 ''"),
        ("try:\n    sys.exit(3)\nexcept SystemExit:\n    pass", "0 ''"),
        (
            "try:\n    sys.exit(3)\nexcept SystemExit as error:\n    print(error)\nraise ValueError('a')",
            "1 'ValueError: a'",
        ),
        ("def main():\n    try:\n        sys.exit(3)\n    finally:\n        print('bye')\nmain()", "3 ''"),
        ("try:\n    sys.exit(3)\nexcept SystemExit:\n    sys.exit(5)", "5 ''"),
        ("try:\n    sys.exit(3)\nexcept SystemExit:\n    sys.exit(0)", "0 ''"),
        ("import threading\nt = threading.Thread(target=sys.exit, args=(3,))\nt.start(); t.join()", "0 ''"),
        ("sys.excepthook = lambda *args: print('mine')\nraise ValueError('a')", "1 'ValueError: a'"),
    ],
)
def test_the_ending_is_seen_and_the_script_ends_as_it_does_without(script, seen):
    ending, plain, noted = run_both(script)
    assert ending == seen
    assert noted.returncode == plain.returncode
    assert noted.stderr.splitlines()[-1:] == plain.stderr.splitlines()[-1:]
    assert noted.stdout.rpartition("ENDING")[0] == plain.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no process dies of a signal there")
def test_an_interrupted_script_still_dies_of_the_signal():
    _, plain, noted = run_both("raise KeyboardInterrupt")
    assert noted.returncode == plain.returncode == -signal.SIGINT


def test_an_exit_in_a_module_run_by_name_is_seen(tmp_path):
    (tmp_path / "train.py").write_text(FRAME + "sys.exit(3)\n")
    done = subprocess.run([sys.executable, "-m", "train"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (3, "ENDING 3 ''\n")


def test_without_site_there_is_no_exit_builtin_and_sys_exit_is_seen():
    paths = f"import sys; sys.path[:] = {sys.path!r}\n"
    done = run(paths + FRAME + "sys.exit(3)", "-S")
    assert (done.returncode, done.stdout) == (3, "ENDING 3 ''\n")


def test_a_process_that_is_typed_in_tells_nothing_by_its_end():
    done = subprocess.run(
        [sys.executable, "-i", "-c", FRAME + "1 / 0"], capture_output=True, text=True, check=False, input=""
    )
    assert done.stdout == "ENDING 0 ''\n"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (None, Ending()),
        (SystemExit(), Ending()),
        (SystemExit(None), Ending()),
        (SystemExit(2), Ending(2)),
        (SystemExit(-1), Ending(255)),
        (SystemExit("no"), Ending(1, "SystemExit: no")),
        (KeyboardInterrupt(), Ending(130, "KeyboardInterrupt")),
        (RuntimeError("CUDA out of memory"), Ending(1, "RuntimeError: CUDA out of memory")),
    ],
)
def test_an_error_that_leaves_a_with_block_ends_it_by_the_interpreters_rules(error, expected):
    assert ending_of(error) == expected


def test_an_error_is_one_line_of_bounded_length():
    line = error_line(ValueError("a\nb" + "x" * 10_000))
    assert line.startswith("ValueError: a bx")
    assert len(line) == 2000


def test_an_error_whose_own_text_raises_is_still_named():
    class WorseError(Exception):
        def __str__(self):
            raise RuntimeError

    assert error_line(WorseError()) == "WorseError: (its message raised RuntimeError)"


def test_in_a_notebook_the_last_error_does_not_count(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: object()))
    monkeypatch.setattr(sys, "last_value", ValueError("an earlier cell's"), raising=False)
    assert exits.ending() == Ending()
