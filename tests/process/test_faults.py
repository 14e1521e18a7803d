"""The disk fails a script after ``init()`` in every way it can: the script goes on as if setpoint were not there."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from differences import Outcome, outcome, undisturbed
from scripts import the_run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="faults are made with Linux's means")

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
NEEDS_ROOT = pytest.mark.skipif(not IS_ROOT, reason="only root may mount a disk or make a file immutable")
UNPRIVILEGED = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner", "--inh-caps=-all")
STEPS = 40


def training(fault: str, mended: str = "", ending: str = "") -> str:
    """Return a script that meets *fault* while it trains, after which things may be *mended*."""
    return f"""
import os, resource, shutil, subprocess, sys, time
import setpoint

def fill(folder):
    with open(os.path.join(folder, "filler"), "wb", buffering=0) as file:
        for size in (4096, 64, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass

def train(first, last):
    for step in range(first, last):
        setpoint.log({{"loss": 1 / (step + 1), "text": "x" * 200}})
        setpoint.config[f"k{{step}}"] = step

run = setpoint.init(config={{"lr": 0.1}})
train(0, {STEPS // 2})
{fault}
train({STEPS // 2}, {STEPS})
{mended}
print("trained", sorted(setpoint.config)[:3])
{ending}
"""


def assert_all_kept(folder: Path) -> None:
    """Assert that all of what ``training`` set and logged is on disk."""
    state = the_run(folder)
    assert state.config == {"lr": 0.1, **{f"k{step}": step for step in range(STEPS)}}
    assert list(state.metrics["loss"].steps) == list(range(STEPS))
    assert state.status == "finished"
    assert {entry.kind for entry in state.damage} <= {"torn"}


def assert_told_what_is_missing(folder: Path, done: Outcome) -> None:
    """Assert that the line at the end counts what a reader does not find."""
    state = the_run(folder)
    kept = len(state.config) - 1 + len(state.metrics["loss"].steps)
    words = done.ending.partition("NOT saved")[0].split()
    missing = int(words[words.index("records") - 1])
    others = 3  # reads, finish, and an environment that came late
    assert 2 * STEPS - kept <= missing <= 2 * STEPS - kept + others
    assert state.config == {"lr": 0.1, **{f"k{step}": step for step in range(len(state.config) - 1)}}


# Space


@pytest.fixture
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """Mount a disk of 256 KiB where the store is to be; tests give further options."""
    if not IS_ROOT:
        pytest.skip("only root may mount a small disk; failing system calls stand in for it")
    folder = tmp_path / "store"
    folder.mkdir()
    options = ",".join(["size=256k", *getattr(request, "param", [])])
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no right to mount a small disk; failing system calls stand in for it")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def empty(disk: Path) -> None:
    for path in disk.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_a_disk_that_is_full_at_init_is_said_before_training_starts(tmp_path: Path, disk: Path) -> None:
    script = "import setpoint\nprint('ready')\nsetpoint.init(config={'lr': 0.1})\nprint('trained')"
    room = os.statvfs(disk)
    (disk / "filler").write_bytes(bytes(room.f_bfree * room.f_bsize))
    done = outcome(tmp_path, script)
    assert (done.stdout, done.exit_code) == ("ready\n", 1)
    assert "<folder>/store" in done.stderr.splitlines()[-1]
    assert "No space left" in done.stderr.splitlines()[-1]
    assert "SETPOINT_STORE" in done.stderr.splitlines()[-1]


def test_a_config_that_does_not_fit_on_the_disk_is_said_before_training_starts(tmp_path: Path, disk: Path) -> None:
    script = "import setpoint\nsetpoint.init(config={'text': 'x' * 300_000})\nprint('trained')"
    done = outcome(tmp_path, script)
    assert (done.stdout, done.exit_code) == ("", 1)
    assert "SETPOINT_STORE" in done.stderr.splitlines()[-1]


def test_a_disk_that_fills_up_and_is_freed_again_loses_nothing(tmp_path: Path, disk: Path) -> None:
    script = training("fill(sys.argv[1])", mended="os.remove(sys.argv[1] + '/filler')")
    done = undisturbed(tmp_path, script, str(disk))
    assert len(done.troubles) == 1
    assert_all_kept(tmp_path)


def test_a_disk_that_fills_up_and_is_freed_while_the_script_works_on_loses_nothing(tmp_path: Path, disk: Path) -> None:
    mended = "time.sleep(0.8); os.remove(sys.argv[1] + '/filler'); time.sleep(1.7)"
    script = training("fill(sys.argv[1])", mended, ending="if setpoint.run: os._exit(3)")
    done = undisturbed(tmp_path, script.replace("if setpoint.run: ", ""), str(disk))
    assert len(done.troubles) == 1
    state = the_run(tmp_path)
    assert len(state.config) == STEPS + 1
    assert len(state.metrics["loss"].steps) == STEPS


def test_a_disk_that_is_full_to_the_end_has_its_losses_counted(tmp_path: Path, disk: Path) -> None:
    done = undisturbed(tmp_path, training("fill(sys.argv[1])"), str(disk), between=lambda: empty(disk))
    assert len(done.troubles) == 1
    assert "NOT saved" in done.ending
    (disk / "filler").unlink()
    assert_told_what_is_missing(tmp_path, done)


@pytest.mark.parametrize("disk", [["nr_inodes=40"]], indirect=True)
def test_a_disk_without_free_inodes_loses_nothing(tmp_path: Path, disk: Path) -> None:
    fault = """
for number in range(100):
    try:
        open(f"{sys.argv[1]}/{number}", "w").close()
    except OSError:
        break
"""
    done = undisturbed(tmp_path, training(fault), str(disk), between=lambda: empty(disk))
    assert done.troubles == []
    assert_all_kept(tmp_path)


def test_a_limit_on_the_size_of_files_loses_nothing(tmp_path: Path) -> None:
    done = undisturbed(tmp_path, training("resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))"))
    assert len(done.troubles) == 1
    assert_all_kept(tmp_path)


# Permission


READ_ONLY_BEFORE = "import setpoint\nprint('ready')\nsetpoint.init(config={'lr': 0.1})\nprint('trained')"


def test_a_store_without_permission_is_said_before_training_starts(tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir(mode=0o500)
    done = outcome(tmp_path, READ_ONLY_BEFORE, command=(*_unprivileged(), sys.executable, "train.py"))
    assert (done.stdout, done.exit_code) == ("ready\n", 1)
    assert "Permission denied" in done.stderr.splitlines()[-1]
    assert "SETPOINT_STORE" in done.stderr.splitlines()[-1]


def test_a_store_that_loses_its_permission_loses_nothing(tmp_path: Path) -> None:
    fault = """
for at, _, _ in os.walk(sys.argv[1]):
    os.chmod(at, 0o500)
"""
    command = (*_unprivileged(), sys.executable, "train.py")
    done = undisturbed(tmp_path, training(fault), str(tmp_path / "store"), command=command)
    assert done.troubles == []
    assert_all_kept(tmp_path)


@NEEDS_ROOT
def test_an_immutable_segment_is_left_for_another_and_nothing_is_lost(tmp_path: Path) -> None:
    if not _can_be_immutable(tmp_path):
        pytest.skip("this file system has no immutable files")
    fault = "subprocess.run(['chattr', '-R', '+i', sys.argv[1]], capture_output=True)"
    mended = "subprocess.run(['chattr', '-R', '-i', sys.argv[1]], capture_output=True)"
    done = undisturbed(tmp_path, training(fault, mended), str(tmp_path / "store"))
    assert len(done.troubles) <= 1
    assert_all_kept(tmp_path)


@NEEDS_ROOT
def test_a_read_only_disk_mounted_over_the_store_mid_run_has_its_losses_counted(tmp_path: Path, disk: Path) -> None:
    fault = "subprocess.run(['mount', '-t', 'tmpfs', '-o', 'ro', 'tmpfs', sys.argv[1]]); time.sleep(1.2)"
    unmount = ["umount", "-l", disk]
    done = undisturbed(tmp_path, training(fault), str(disk), between=lambda: subprocess.run(unmount, check=True))
    subprocess.run(unmount, check=True)
    assert len(done.troubles) == 2
    assert "Read-only" in done.troubles[1]
    assert "NOT saved" in done.ending
    assert the_run(tmp_path).config == {"lr": 0.1, **{f"k{step}": step for step in range(STEPS // 2)}}


def _unprivileged() -> tuple[str, ...]:
    """Return what starts a process that the modes of files hold for, which they don't for root."""
    if not IS_ROOT:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("there is no setpriv to give up root's rights with")
    return UNPRIVILEGED


def _can_be_immutable(folder: Path) -> bool:
    path = folder / "immutable"
    path.touch()
    if shutil.which("chattr") is None or subprocess.run(["chattr", "+i", path], capture_output=True).returncode:
        return False
    subprocess.run(["chattr", "-i", path], check=True)
    return True


# Folders that go


@pytest.mark.parametrize(("what", "pause_s"), [("store", 0), ("store/runs", 1.2)])
def test_a_run_that_is_removed_goes_on_with_its_whole_config(what: str, pause_s: float, tmp_path: Path) -> None:
    fault = f"shutil.rmtree(sys.argv[1], ignore_errors=True); time.sleep({pause_s})"
    done = undisturbed(tmp_path, training(fault), str(tmp_path / what))
    assert len(done.troubles) == 1
    assert "removed" in done.troubles[0]
    state = the_run(tmp_path)
    assert state.config == {"lr": 0.1, **{f"k{step}": step for step in range(STEPS)}}
    assert state.status == "finished"
    if pause_s:
        assert list(state.metrics["loss"].steps)[-STEPS // 2 :] == list(range(STEPS // 2, STEPS))


def test_a_store_that_becomes_a_file_has_its_losses_counted(tmp_path: Path) -> None:
    fault = "shutil.rmtree(sys.argv[1], ignore_errors=True); open(sys.argv[1], 'w').close(); time.sleep(1.2)"
    done = undisturbed(
        tmp_path, training(fault), str(tmp_path / "store"), between=lambda: (tmp_path / "store").unlink()
    )
    assert 1 <= len(done.troubles) <= 2
    assert "NOT saved" in done.ending


def test_a_working_folder_that_is_gone_before_init_is_no_trouble(tmp_path: Path) -> None:
    script = "import os, tempfile\nhere = tempfile.mkdtemp()\nos.chdir(here)\nos.rmdir(here)\n" + training("")
    done = undisturbed(tmp_path, script)
    assert done.troubles == []
    assert_all_kept(tmp_path)


@pytest.mark.parametrize("store", ["", "runs/here"])
def test_a_working_folder_that_is_gone_is_said_where_the_store_would_be_in_it(store: str, tmp_path: Path) -> None:
    script = """
    import os, tempfile
    here = tempfile.mkdtemp(); os.chdir(here); os.rmdir(here)
    import setpoint
    setpoint.init(mode="disabled").finish()
    print("disabled works")
    try:
        setpoint.init()
    except setpoint.errors.StoreError as error:
        print(error)
    """
    done = outcome(tmp_path, script, environ={"SETPOINT_STORE": store})
    assert done.stdout.startswith("disabled works\nThe store ")
    assert "removed" in done.stdout
    assert (done.exit_code, done.stderr) == (0, "")


# Odd places


@pytest.mark.parametrize(
    "name", [b"caf\xc3\xa9", b"\xff\xfe", b"a b'\"$;\n", b"x" * 255], ids=["utf-8", "no utf-8", "shell", "long"]
)
def test_a_store_of_any_name_keeps_all(name: bytes, tmp_path: Path) -> None:
    store = tmp_path / os.fsdecode(name) / "store"
    try:
        store.parent.mkdir()
    except OSError:
        pytest.skip("this file system does not take the name")
    done = undisturbed(tmp_path, training(""), environ={"SETPOINT_STORE": str(store)})
    assert done.troubles == []
    (tmp_path / "store").symlink_to(store)
    assert_all_kept(tmp_path)


def test_a_path_at_the_systems_limit_is_said_at_init_or_keeps_all(tmp_path: Path) -> None:
    room = 4096 - len(str(tmp_path))
    for spare in (60, 140, 200, 260):
        deep = "/".join(["d" * 99] * ((room - spare) // 100))
        done = outcome(tmp_path, training(""), environ={"SETPOINT_STORE": f"{tmp_path}/{deep}"})
        if done.exit_code:
            assert "SETPOINT_STORE" in done.stderr.splitlines()[-1]
            assert "trained" not in done.stdout
        else:
            assert done.stdout.startswith("trained")
            assert done.troubles == []


def test_a_store_behind_a_symbolic_link_keeps_all(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "store").symlink_to(tmp_path / "elsewhere")
    done = undisturbed(tmp_path, training(""))
    assert done.troubles == []
    assert_all_kept(tmp_path)
    assert list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize(
    "environ",
    [
        {"HOME": "/nowhere"},
        {"HOME": ""},
        {"HOME": "/proc/1", "XDG_CONFIG_HOME": "/proc/1", "XDG_CACHE_HOME": "/proc/1", "XDG_DATA_HOME": "/proc/1"},
        {"TMPDIR": "/nowhere"},
        {"PATH": ""},
        {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=["no such home", "empty home", "unwritable home", "no temporary folder", "no path", "locale C"],
)
def test_an_odd_environment_is_no_trouble(environ: dict[str, str], tmp_path: Path) -> None:
    done = undisturbed(tmp_path, training("setpoint.config['token'] = 'hunter2'"), environ=environ)
    assert done.troubles == []
    assert the_run(tmp_path).status == "finished"
    assert len(the_run(tmp_path).config) == STEPS + 2


def test_a_home_that_is_not_set_is_no_trouble(tmp_path: Path) -> None:
    command = ("env", "-u", "HOME", "-u", "XDG_CONFIG_HOME", "-u", "XDG_CACHE_HOME", sys.executable, "train.py")
    done = undisturbed(tmp_path, training("setpoint.config['token'] = 'hunter2'"), command=command)
    assert done.troubles == []
    assert len(the_run(tmp_path).config) == STEPS + 2
