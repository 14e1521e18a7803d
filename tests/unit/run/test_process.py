import os
import subprocess
import sys
from pathlib import Path

import pytest

from setpoint._run.process import host, process_key

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells of processes by files")


def test_the_nearest_ancestor_is_the_parent():
    script = "import os; from setpoint._run.process import *; print(next(ancestors()) == os.getppid())"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "True\n"


def test_a_process_deep_below_finds_the_one_above_all(tmp_path):
    script = "from setpoint._run.process import *; print(*ancestors())"
    command = f"sh -c '{sys.executable} -c \"{script}\"; true'; true"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert str(os.getpid()) in done.stdout.split()


def test_sixteen_ancestors_are_the_most(tmp_path):
    script = tmp_path / "nest.sh"
    count = "from setpoint._run.process import *; print(len(list(ancestors())))"
    script.write_text(f'if [ $1 -gt 0 ]; then sh "$0" $(($1 - 1)); else {sys.executable} -c "{count}"; fi; true\n')
    done = subprocess.run(["sh", str(script), "20"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["16"]


def test_a_command_with_spaces_and_brackets_in_its_name_is_no_trouble(tmp_path):
    odd = tmp_path / "a) 1 (b"
    odd.symlink_to(Path(sys.executable).resolve())
    script = "import os; from setpoint._run.process import *; print(*ancestors())"
    inner = f"import subprocess; subprocess.run([{sys.executable!r}, '-c', {script!r}])"
    done = subprocess.run([str(odd), "-c", inner], capture_output=True, text=True, check=True, env=os.environ)
    assert str(os.getpid()) in done.stdout.split()


def test_the_key_of_a_process_holds_as_long_as_it_lives_and_no_other_has_it():
    assert process_key(os.getpid()) == process_key(os.getpid())
    assert process_key(os.getpid()) != process_key(os.getppid())
    assert process_key(os.getpid()).startswith(host())
