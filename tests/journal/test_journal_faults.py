"""The system fails a writer in every way it can: the script goes on, and what was appended is there in the end."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from journals import CODE, every_kind, header, limited, logged, make_writer, run_python

from setpoint._journal.reader import find_segments, read_run
from setpoint._journal.record import Log, Set, Update
from setpoint._journal.writer import Writer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="faults are made with Linux's means")

ROUNDS = """
import ctypes, json, sys
from pathlib import Path
from journals import header, logged
from setpoint._journal.record import Log
from setpoint._journal.writer import Writer

shim = ctypes.CDLL(None)
base, call, error, for_good = Path(sys.argv[1]), *map(int, sys.argv[2:5])
results = []
for nth in range(1, 100):
    folder = base / "2026-11-24" / f"run-{nth}"
    said = []
    writer = Writer(folder, header(run=folder.name), say=said.append)
    shim.faults_arm(call, nth, error, for_good)
    try:
        writer.open()
    except OSError:
        pass
    for step in range(8):
        writer.append(Log(step, {"loss": 1.0}))
        if step % 3 == 2:
            writer.tick()
    writer._retry_at = 0.0  # as if the pause between tries were over
    losses = writer.close()
    del writer
    count = shim.faults_seen()
    shim.faults_arm(0, 0, 0, 0)
    kept = sorted(logged(folder)) if folder.exists() else []
    results.append([nth, kept, losses.count, len(said)])
    if count < nth:
        break
print(json.dumps(results))
"""
CALLS = {"write": 1, "sync": 2, "close": 3, "open": 4}


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the library that makes calls fail, compiled here."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("no C compiler to make the failing calls with")
    library = tmp_path_factory.mktemp("shim") / "faults.so"
    source = Path(__file__).parent / "data" / "faults.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True, timeout=60)
    return library


@pytest.mark.parametrize(
    "error", [errno.EIO, errno.ENOSPC, errno.EINTR, -errno.EIO, 0], ids=["EIO", "ENOSPC", "EINTR", "torn", "short"]
)
def test_whichever_write_fails_once_nothing_is_lost(tmp_path: Path, shim: Path, error: int) -> None:
    results = _rounds(tmp_path, shim, "write", error)

    assert len(results) > 8
    for nth, kept, lost, said in results:
        assert (nth, kept, lost) == (nth, list(range(8)), 0)
        assert said <= 1


@pytest.mark.parametrize("call", ["sync", "close", "open"])
def test_whichever_other_call_fails_once_nothing_is_lost(tmp_path: Path, shim: Path, call: str) -> None:
    results = _rounds(tmp_path, shim, call, errno.EIO)

    assert len(results) > 1
    for nth, kept, lost, said in results:
        assert (nth, kept, lost) == (nth, list(range(8)), 0)
        assert said <= 1


@pytest.mark.parametrize(
    ("call", "error"),
    [("write", errno.ENOSPC), ("write", -errno.EIO), ("write", 0), ("sync", errno.EIO), ("open", errno.EMFILE)],
)
def test_from_whichever_call_on_all_fail_what_is_lost_is_counted(
    tmp_path: Path, shim: Path, call: str, error: int
) -> None:
    for nth, kept, lost, said in _rounds(tmp_path, shim, call, error, for_good=True):
        assert set(kept) | set(range(8 - lost, 8)) >= set(range(8)), nth
        assert len(kept) + lost >= 8
        assert said <= 2


def _rounds(tmp_path: Path, shim: Path, call: str, error: int, *, for_good: bool = False) -> list[list]:
    env = {"LD_PRELOAD": str(shim)}
    return json.loads(run_python(ROUNDS, str(tmp_path), str(CALLS[call]), str(error), str(int(for_good)), env=env))


FULL_DISK = """
import sys
from pathlib import Path
from journals import CODE, header, logged
from setpoint._journal.reader import read_run
from setpoint._journal.record import Log, Set
from setpoint._journal.writer import Writer

disk = Path(sys.argv[1])
folder = disk / "runs" / "2026-11-24" / "run-1"
said = []
writer = Writer(folder, header(), say=said.append)
writer.open()
filler = disk / "filler"
with filler.open("wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(1024))
    except OSError:
        pass
for step in range(200):
    writer.append(Log(step, {"loss": 1.0, "text": "x" * 50}))
writer.append(Set("lr", 0.5, CODE))
writer.tick()
assert len(said) == 1 and "No space left" in said[0], said
filler.unlink()
writer.sync(now=True)
assert logged(folder) == set(range(200)), len(logged(folder))
assert not writer.close()
state = read_run(folder)
assert state.config == {"lr": 0.5}
assert {entry.kind for entry in state.damage} <= {"torn"}
"""


def test_a_full_disk_loses_nothing_once_there_is_space_again(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = (
        os.geteuid() == 0
        and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
        ).returncode
        == 0
    )
    if not mounted:
        pytest.skip("no right to mount a small disk; the failing writes stand in for it")
    try:
        run_python(FULL_DISK, str(disk))
    finally:
        subprocess.run(["umount", disk], check=True)


FILE_LIMIT = """
import resource, sys
from pathlib import Path
from journals import header, logged
from setpoint._journal.record import Log
from setpoint._journal.reader import find_segments
from setpoint._journal.writer import Writer

folder = Path(sys.argv[1]) / "2026-11-24" / "run-1"
said = []
writer = Writer(folder, header(), say=said.append)
writer.open()
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
for step in range(100):
    writer.append(Log(step, {"loss": 1.0}))
    if step % 10 == 9:
        writer.sync(now=True)
assert not writer.close()
assert logged(folder) == set(range(100)), sorted(logged(folder))
assert len(find_segments(folder)) > 1
assert len(said) == 1, said
"""


def test_a_limit_on_file_size_leads_to_further_parts(tmp_path: Path) -> None:
    run_python(FILE_LIMIT, str(tmp_path))


def test_no_free_descriptors_do_not_stop_a_segment_that_is_open(tmp_path: Path, shim: Path) -> None:
    writer = make_writer(tmp_path / "2026-11-24" / "run-1")
    with limited("NOFILE", 3):
        for step in range(5):
            writer.append(Log(step, {"loss": 1.0}))
            writer.tick()
    assert not writer.close()
    assert logged(writer.folder) == set(range(5))


def test_a_removed_folder_is_made_anew_with_the_whole_config(tmp_path: Path) -> None:
    folder = tmp_path / "2026-11-24" / "run-1"
    said: list[str] = []
    now = Update([CODE], [("lr", 0.5, 0, 1)], whole=True)
    writer = Writer(folder, header(), say=said.append, restate=lambda: [now])
    writer.open()
    for record in every_kind()[:3]:
        writer.append(record)
    writer.sync(now=True)
    shutil.rmtree(tmp_path / "2026-11-24")

    writer.append(Log(5, {"loss": 0.25}))
    writer.tick()
    writer.append(Log(6, {"loss": 0.125}))

    assert not writer.close()
    state = read_run(folder)
    assert state.config == {"lr": 0.5}
    assert list(state.metrics["loss"].steps) == [5, 6]
    assert [entry.kind for entry in state.damage] == ["gap"]
    assert [path.name for path in find_segments(folder)] == ["main-here-1-abcd1234.2.jsonl"]
    assert len(said) == 1


READ_ONLY = """
import os, sys
from pathlib import Path
from journals import header, logged
from setpoint._journal.record import Log
from setpoint._journal.writer import Writer

base, first = Path(sys.argv[1]), header()  # what Python loads from here on may be closed to the other user
os.chmod(base, 0o755)
folder = base / "2026-11-24" / "run-1"
folder.mkdir(parents=True)
if os.geteuid() == 0:
    for path in (folder, folder.parent, base):
        os.chown(path, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
folder.chmod(0o500)
said = []
writer = Writer(folder, first, say=said.append)
try:
    writer.open()
except PermissionError as error:
    print("refused", error.errno)
writer.append(Log(1, {"loss": 1.0}))
writer.tick()
folder.chmod(0o700)
writer.sync(now=True)
assert not writer.close()
assert logged(folder) == {1}
assert len(said) == 1, said
"""


def test_a_read_only_folder_is_an_error_at_open_and_none_afterwards(tmp_path_factory: pytest.TempPathFactory) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:  # pytest's own are closed to other users
        assert run_python(READ_ONLY, folder).split() == ["refused", str(errno.EACCES)]


def test_records_beyond_the_memory_limit_thin_metrics_and_keep_the_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("setpoint._journal.writer.LIMIT_BYTES", 20_000)
    folder = tmp_path / "2026-11-24" / "run-1"
    folder.parent.mkdir(parents=True)
    folder.write_text("in the way")
    said: list[str] = []
    writer = Writer(folder, header(), say=said.append)
    with pytest.raises(OSError):
        writer.open()
    for step in range(1000):
        writer.append(Log(step, {"loss": 1.0}))
        if step % 100 == 0:
            writer.append(Set(f"param{step}", step, CODE))
    assert writer._backlog.size_bytes < 25_000
    folder.unlink()

    losses = writer.close()

    state = read_run(folder)
    assert len(state.config) == 10
    assert losses.kinds == {"log": 1000 - state.stats["loss"].count}
    assert state.lost == losses.count
    assert state.damage == []
    assert len(said) == 2


def test_losses_say_what_was_not_saved(tmp_path: Path) -> None:
    folder = tmp_path / "run-1"
    folder.write_text("in the way")
    writer = Writer(folder, header(), say=lambda text: None)
    writer.append(Log(1, {}))
    writer.append(Set("lr", 1, CODE))

    losses = writer.close()

    assert losses.kinds == {"log": 1, "set": 1}
    assert str(losses) == "2 records were not saved (1 log, 1 set): it waited for the disk until the end."


def test_a_value_that_json_cannot_hold_costs_only_its_own_record(tmp_path: Path) -> None:
    writer = make_writer(tmp_path / "run-1")
    writer.append(Set("lr", object(), CODE))
    writer.append(Set("seed", "\ud800", CODE))
    writer.append(Set("wd", 1, CODE))

    losses = writer.close()

    state = read_run(tmp_path / "run-1")
    assert (state.config, state.lost, state.damage) == ({"wd": 1}, 2, [])
    assert losses.kinds == {"set": 2}


def test_a_record_after_the_end_is_counted_and_said(tmp_path: Path) -> None:
    said: list[str] = []
    writer = make_writer(tmp_path / "run-1", said)
    losses = writer.close()

    writer.append(Log(1, {}))
    writer.append(Log(2, {}))

    assert (losses.count, len(said)) == (2, 1)
    assert logged(tmp_path / "run-1") == set()
