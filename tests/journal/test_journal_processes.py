"""Writers that fork and die: each child gets a segment of its own, and what was acknowledged is there."""

import os
import random
import signal
import sys
import threading
from pathlib import Path

import pytest
from journals import CODE, damage_in, logged, make_writer, start_python

from setpoint._journal.reader import find_segments, read_run
from setpoint._journal.record import Log, Set

FORKS = int(os.environ.get("SETPOINT_TEST_FORKS", "200"))
KILLS = int(os.environ.get("SETPOINT_TEST_KILLS", "40"))

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

FORKING = """
import os, signal, sys, threading, time
from pathlib import Path
from journals import make_writer
from setpoint._journal.record import Log

folder, forks = Path(sys.argv[1]), int(sys.argv[2])
writer = make_writer(folder)
os.register_at_fork(after_in_child=writer.after_fork_in_child)
stopped = threading.Event()

def work(first):
    step = first
    while not stopped.is_set():
        writer.append(Log(step, {"loss": 1.0}))
        step += 4
        time.sleep(0.0002)
        if step % 64 == first:
            writer.tick()

threads = [threading.Thread(target=work, args=(first,), daemon=True) for first in range(4)]
for thread in threads:
    thread.start()
for fork in range(forks):
    pid = os.fork()
    if pid == 0:
        signal.alarm(5)  # a child that hangs dies of it
        writer.append(Log(-1 - fork, {"child": float(fork)}))
        lost = writer.close().count
        os._exit(lost)
    _, status = os.waitpid(pid, 0)
    assert status == 0, (fork, status)
stopped.set()
for thread in threads:
    thread.join()
assert not writer.close()
"""


@pytest.mark.filterwarnings("ignore")
def test_children_forked_while_threads_log_write_their_own_segments(tmp_path: Path) -> None:
    folder = tmp_path / "2026-11-24" / "run-1"
    process = start_python("import warnings; warnings.simplefilter('ignore')\n" + FORKING, str(folder), str(FORKS))
    try:
        _, error = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 0, error

    state = read_run(folder)
    assert len(find_segments(folder)) == FORKS + 1
    assert state.damage == []
    assert {step for step in logged(folder) if step < 0} == {-1 - fork for fork in range(FORKS)}
    children = [writer for writer in state.writers if writer.role == "child"]
    assert {writer.records for writer in children} == {1}
    assert len({writer.pid for writer in children}) > 1


def test_a_child_that_records_nothing_makes_no_file(tmp_path: Path) -> None:
    writer = make_writer(tmp_path / "2026-11-24" / "run-1")
    pid = os.fork()
    if pid == 0:
        writer.after_fork_in_child()
        writer.tick()
        os._exit(writer.close().count)

    assert os.waitpid(pid, 0)[1] == 0
    writer.append(Set("lr", 0.1, CODE))
    writer.close()
    assert len(find_segments(writer.folder)) == 1
    assert read_run(writer.folder).config == {"lr": 0.1}


DYING = """
import os, sys
from pathlib import Path
from journals import make_writer
from setpoint._journal.record import Log

writer = make_writer(Path(sys.argv[1]))
step = 0
while True:
    writer.append(Log(step, {"loss": 1.0, "text": "x" * (step % 300)}))
    os.write(1, b"%d\\n" % step)
    step += 1
    if step % 500 == 0:
        writer.tick()
"""


def test_a_killed_process_loses_no_record_that_it_had_been_told_of(tmp_path: Path) -> None:
    dice = random.Random(11)
    for round_ in range(KILLS):
        folder = tmp_path / "2026-11-24" / f"run-{round_}"
        process = start_python(DYING, str(folder))
        assert process.stdout is not None
        first = process.stdout.readline()
        killer = threading.Timer(dice.uniform(0, 0.03), os.kill, (process.pid, signal.SIGKILL))
        killer.start()
        told = [int(line) for line in (first + process.stdout.read()).split("\n")[:-1]]
        process.communicate()
        killer.join()

        steps = logged(folder)

        assert steps >= set(told)
        assert steps <= set(range(len(told) + 1))  # one record may be written but not yet told of
        assert read_run(folder).status == "crashed"
        assert len([entry for path in find_segments(folder) for entry in damage_in(path)]) <= 1


def test_a_signal_handler_may_append_at_any_moment(tmp_path: Path) -> None:
    writer = make_writer(tmp_path / "2026-11-24" / "run-1")
    calls = iter(range(10_000, 20_000))
    before = signal.signal(signal.SIGALRM, lambda *_: writer.append(Log(next(calls), {"alarm": 1.0})))
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        for step in range(3000):
            writer.append(Log(step, {"loss": 1.0}))
            if step % 100 == 0:
                writer.sync(now=True)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    handled = next(calls) - 10_000

    assert not writer.close()
    assert logged(writer.folder) == {*range(3000), *range(10_000, 10_000 + handled)}
    assert handled > 0


def test_threads_append_without_loss_and_are_read_in_order(tmp_path: Path) -> None:
    writer = make_writer(tmp_path / "2026-11-24" / "run-1")
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=_log_many, args=(writer, first)) for first in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not writer.close()

    state = read_run(writer.folder)
    assert state.damage == []
    for first in range(4):
        assert list(state.metrics[f"m{first}"].steps) == list(range(500))


def _log_many(writer, first: int) -> None:
    for step in range(500):
        writer.append(Log(step, {f"m{first}": float(step)}))


def test_a_live_run_is_running_until_its_process_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "2026-11-24" / "run-1"
    process = start_python(DYING, str(folder))
    assert process.stdout is not None
    process.stdout.readline()
    assert read_run(folder).status == "running"

    process.kill()
    process.communicate()

    assert read_run(folder).status == "crashed"
