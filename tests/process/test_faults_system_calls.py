"""The Nth system call of a whole script fails, for every N: the script goes on, and what was acknowledged is kept.

``SETPOINT_TEST_CALLS`` says how many calls of each kind are tried; 100 tries them all.
"""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from scripts import environment

from setpoint._journal.reader import find_runs, read_run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="faults are made with Linux's means")

CALLS = {"write": 1, "sync": 2, "close": 3, "open": 4, "name": 5}
MOST = int(os.environ.get("SETPOINT_TEST_CALLS", "3"))
STEPS = 6

# One process imports everything, then each turn is a fork of it that runs the script and ends as a script does.
TURNS = """
import atexit, ctypes, json, os, sys
import setpoint, setpoint._run.init, setpoint._run.environment

call, error, for_good, moment, most, script = *map(int, sys.argv[1:4]), *sys.argv[4:]
shim = ctypes.CDLL(None)

def begin(turn, nth):
    store = os.path.abspath(f"store-{turn}")
    os.environ["SETPOINT_STORE"] = store
    shim.faults_within(store.encode())
    for fd, name in ((1, "out"), (2, "err"), (3, "seen")):
        file = os.open(f"{name}-{turn}", os.O_WRONLY | os.O_CREAT)
        if file != fd:
            os.dup2(file, fd)
            os.close(file)
    atexit.register(lambda: os.write(3, str(shim.faults_seen()).encode()))
    arm = lambda: shim.faults_arm(call, nth, error, for_good)
    if moment == "init":
        arm()
        return lambda: None
    return arm

for nth in range(1, int(most) + 1):
    if (pid := os.fork()) == 0:
        arm = begin(nth, nth)
        break
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with open(f"seen-{nth}") as file:
        seen = int(file.read() or 0)
    print(nth, status, seen, flush=True)
    if seen < nth:
        sys.exit()
else:
    sys.exit()
exec(compile(open(script).read(), "train.py", "exec"))
"""
SCRIPT = f"""
run = setpoint.init(config={{"lr": 0.1}})
os.write(1, b"ready\\n")
arm()
for step in range({STEPS}):
    run.log({{"loss": 1.0 / (step + 1)}})
    run.config[f"k{{step}}"] = step
    if step == 3:
        run._recorder.writer.tick()
    os.write(1, b"%d\\n" % step)
run.summary["best"] = 1
run._recorder.writer._retry_at = 0.0  # as if the pause between two tries were over
sys.exit(4)
"""


class Turn(NamedTuple):
    """How the script went with the Nth call failing."""

    nth: int
    exit_code: int
    out: str
    said: list[str]
    other: list[str]
    store: Path


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the library that makes calls fail, compiled here."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler to make the failing calls with")
    library = tmp_path_factory.mktemp("shim") / "faults.so"
    source = Path(__file__).parents[1] / "journal" / "data" / "faults.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True, timeout=60)
    return library


def turns(folder: Path, shim: Path, call: str, error: int, *, for_good: bool, moment: str) -> list[Turn]:
    """Run the script once for each N until it makes less than N such calls."""
    (folder / "turns.py").write_text(TURNS)
    (folder / "script").write_text(SCRIPT)
    told = [str(CALLS[call]), str(error), str(int(for_good)), moment, str(MOST), "script"]
    done = subprocess.run(
        [sys.executable, "turns.py", *told],
        cwd=folder,
        env=environment(folder, LD_PRELOAD=str(shim)),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    return [_turn(folder, nth, exit_code) for nth, exit_code, _ in found]


def _turn(folder: Path, nth: int, exit_code: int) -> Turn:
    lines = (folder / f"err-{nth}").read_text().splitlines()
    said = [line for line in lines if line.startswith("setpoint: ") and not line.startswith("setpoint: run ")]
    other = [line for line in lines if not line.startswith("setpoint: ")]
    return Turn(nth, exit_code, (folder / f"out-{nth}").read_text(), said, other, folder / f"store-{nth}")


ALL_OUT = "ready\n" + "".join(f"{step}\n" for step in range(STEPS))
FAULTS = [
    ("write", errno.EIO), ("write", errno.ENOSPC), ("write", errno.EINTR), ("write", -errno.EIO),
    ("write", 0), ("sync", errno.EIO), ("close", errno.EIO), ("open", errno.EMFILE), ("name", errno.EACCES),
]  # fmt: skip
LASTING = [
    fault for fault in FAULTS if fault[1] != errno.EINTR
]  # a call that is interrupted for ever is tried for ever


@pytest.mark.parametrize(("call", "error"), FAULTS)
def test_whichever_call_after_init_fails_once_the_script_is_the_same_and_nothing_is_lost(
    call: str, error: int, tmp_path: Path, shim: Path
) -> None:
    for turn in turns(tmp_path, shim, call, error, for_good=False, moment="training"):
        assert (turn.exit_code, turn.out, turn.other) == (4, ALL_OUT, []), turn
        assert len(turn.said) <= 1, turn
        (state,) = [read_run(run) for run in find_runs(turn.store)]
        assert state.config == {"lr": 0.1, **{f"k{step}": step for step in range(STEPS)}}, turn
        assert list(state.metrics["loss"].steps) == list(range(STEPS)), turn
        assert (state.status, state.exit_code, state.summary["best"]) == ("failed", 4, 1), turn


@pytest.mark.parametrize(("call", "error"), LASTING)
def test_from_whichever_call_after_init_on_all_fail_the_script_is_the_same_and_losses_are_counted(
    call: str, error: int, tmp_path: Path, shim: Path
) -> None:
    for turn in turns(tmp_path, shim, call, error, for_good=True, moment="training"):
        assert (turn.exit_code, turn.out, turn.other) == (4, ALL_OUT, []), turn
        assert len(turn.said) <= 2, turn
        (state,) = [read_run(run) for run in find_runs(turn.store)]
        kept = len(state.config) - 1 + len(state.metrics["loss"].steps if "loss" in state.metrics else ())
        if kept < 2 * STEPS:
            assert _lost(tmp_path, turn) >= 2 * STEPS - kept, turn
        assert state.config.items() <= {"lr": 0.1, **{f"k{step}": step for step in range(STEPS)}}.items()


@pytest.mark.parametrize(
    ("call", "error", "for_good"), [*((*fault, False) for fault in FAULTS), *((*fault, True) for fault in LASTING)]
)
def test_whichever_call_in_init_fails_it_is_said_before_training_or_does_not_matter(
    call: str, error: int, for_good: bool, tmp_path: Path, shim: Path
) -> None:
    for turn in turns(tmp_path, shim, call, error, for_good=for_good, moment="init"):
        if turn.out:
            assert (turn.exit_code, turn.out, turn.other) == (4, ALL_OUT, []), turn
            assert len(turn.said) <= 2, turn
        else:
            assert turn.exit_code == 1, turn
            assert "StoreError" in turn.other[-1], turn
            assert "SETPOINT_STORE" in turn.other[-1], turn


def _lost(folder: Path, turn: Turn) -> int:
    """Return how many records the line at the end says were not saved."""
    words = (folder / f"err-{turn.nth}").read_text().partition(" NOT saved")[0].split()
    return int(words[-3]) if words[-2:] == ["records", "were"] or words[-2:] == ["record", "was"] else 0
