"""The process fails a script in every way it can: descriptors, memory, threads, signals, forks, its end."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from differences import outcome, undisturbed
from scripts import the_run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="faults are made with Linux's means")

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
SIGNALS = int(os.environ.get("SETPOINT_TEST_SIGNALS", "200"))
IMPORTS = "import atexit, os, resource, signal, subprocess, sys, threading, time\nimport setpoint\n"
TRAIN = """
for step in range(30):
    setpoint.log({"loss": 1 / (step + 1)})
    setpoint.config[f"k{step}"] = step
print("trained", len(setpoint.config))
"""
INIT = IMPORTS + "run = setpoint.init(config={'lr': 0.1})\n"


def assert_trained(folder: Path) -> None:
    """Assert that all of what TRAIN set and logged is on disk."""
    state = the_run(folder)
    assert state.config == {"lr": 0.1, **{f"k{step}": step for step in range(30)}}
    assert list(state.metrics["loss"].steps) == list(range(30))
    assert state.damage == []


# Descriptors, memory, threads


@pytest.mark.parametrize("free", [0, 1, 2, 3])
def test_too_few_descriptors_at_init_are_an_error_before_training_or_no_trouble(free: int, tmp_path: Path) -> None:
    script = (
        IMPORTS
        + f"""
import setpoint._run.init, setpoint._run.html, difflib
held = [os.open("/dev/null", os.O_RDONLY) for _ in range(20)]
resource.setrlimit(resource.RLIMIT_NOFILE, (held[-1] + 1 + {free}, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
try:
    run = setpoint.init(config={{"lr": 0.1}})
except setpoint.errors.StoreError as error:
    os.write(1, b"refused")
    os._exit(0)
{TRAIN}
"""
    )
    done = outcome(tmp_path, script)
    assert done.stdout in ("refused", "trained 31\n"), done
    assert (done.exit_code, done.stderr) == (0, "")
    if done.stdout != "refused":
        assert_trained(tmp_path)
    else:
        assert free == 0


@pytest.mark.parametrize("moment", ["at once", "later"])
def test_no_free_descriptors_after_init_lose_nothing(moment: str, tmp_path: Path) -> None:
    fault = f"""
{"time.sleep(1.2)" if moment == "later" else ""}
resource.setrlimit(resource.RLIMIT_NOFILE, (3, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
"""
    done = undisturbed(tmp_path, INIT + fault + TRAIN)
    assert done.troubles == []
    assert_trained(tmp_path)


def test_a_script_without_memory_to_spare_ends_as_it_would_alone(tmp_path: Path) -> None:
    fault = """
resource.setrlimit(resource.RLIMIT_AS, (2**20, resource.getrlimit(resource.RLIMIT_AS)[1]))
try:
    bytearray(64 * 2**20)
except MemoryError:
    print("no memory")
"""
    done = undisturbed(tmp_path, INIT + fault + TRAIN)
    assert len(done.troubles) <= 1
    assert_trained(tmp_path)


def test_a_system_without_threads_loses_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "train.py"]
    if IS_ROOT:
        if shutil.which("setpriv") is None:
            pytest.skip("there is no setpriv to become a user that limits hold for")
        command = [
            "setpriv",
            "--reuid=54321",
            "--clear-groups",
            "--inh-caps=+dac_override",
            "--ambient-caps=+dac_override",
            *command,
        ]
    fault = (
        IMPORTS
        + "resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))\n"
        + """
try:
    threading.Thread(target=print).start()
except RuntimeError:
    print("no threads")
run = setpoint.init(config={'lr': 0.1})
"""
    )
    done = undisturbed(tmp_path, fault + TRAIN, command=command)
    assert done.stdout.startswith("no threads\n")
    assert done.troubles == []
    assert_trained(tmp_path)


# What the script did to the interpreter

HABITS = [
    "import gc; gc.disable(); sys.setswitchinterval(1e-6); os.chdir('/')",
    "signal.signal(signal.SIGPIPE, signal.SIG_DFL); signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
    "import builtins; del builtins.exit; sys.unraisablehook = lambda *a: os._exit(78)",
    "sys.stderr = None",
    "sys.stderr.close()",
    "os.close(2)",
    "sys.stderr = object()",
    "sys.stdout.flush(); os.close(2); os.open('/dev/full', os.O_WRONLY)",
    "threading.settrace(lambda *a: None); threading.setprofile(lambda *a: None)",
    "import warnings; warnings.simplefilter('error')",
    "os.umask(0o777)",
    "time.time = time.time_ns = time.monotonic = lambda: 0",
    "sys.excepthook = threading.excepthook = lambda *a: os._exit(77)",
    "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))",
]
LAST_HABITS = [
    "time.sleep(0.5); os.closerange(3, 256)",
    "sys.setrecursionlimit(70)",
    "sys.meta_path.clear(); sys.path.clear()",
    "os.environ.clear()",
]


@pytest.mark.parametrize(
    ("fault", "moment"),
    [*((habit, "before") for habit in HABITS), *((habit, "after") for habit in HABITS + LAST_HABITS)],
)
def test_whatever_the_script_does_to_the_interpreter_training_is_the_same(
    fault: str, moment: str, tmp_path: Path
) -> None:
    script = IMPORTS + fault + "\nrun = setpoint.init(config={'lr': 0.1})\n" if moment == "before" else INIT + fault
    done = undisturbed(tmp_path, script + "\n" + TRAIN)
    assert len(done.troubles) == ("closerange" in fault)
    assert_trained(tmp_path)


def test_a_script_that_takes_the_journals_descriptor_keeps_its_file(tmp_path: Path) -> None:
    fault = """
time.sleep(0.3)
os.closerange(3, 256)
mine = [os.open(f"mine{n}", os.O_RDWR | os.O_CREAT) for n in range(20)]
time.sleep(1.3)
"""
    check = "print([os.fstat(fd).st_nlink for fd in mine] == [1] * 20, *(os.pread(fd, 99, 0) for fd in mine))"
    done = undisturbed(tmp_path, INIT + fault + TRAIN + check)
    assert len(done.troubles) == 1
    assert the_run(tmp_path).config == {"lr": 0.1, **{f"k{step}": step for step in range(30)}}


def test_a_clock_that_jumps_back_disturbs_neither_order_nor_duration(tmp_path: Path) -> None:
    if shutil.which("faketime") is None:
        pytest.skip("there is no faketime to turn the clock with")
    (tmp_path / "clock").write_text("+0d")
    fault = "open(sys.argv[1], 'w').write('-400d')\n"
    environ = {
        "FAKETIME_TIMESTAMP_FILE": str(tmp_path / "clock"),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    command = ("faketime", "-m", "-f", "+0d", "env", "-u", "FAKETIME", sys.executable, "train.py")
    script = INIT + "setpoint.config.lr = 0.1\n" + fault + TRAIN
    done = undisturbed(tmp_path, script, str(tmp_path / "clock"), command=command, environ=environ)
    assert done.troubles == []
    assert_trained(tmp_path)
    assert "-" not in done.ending.partition("after ")[2].partition(" s")[0]
    assert the_run(tmp_path).status == "finished"


# Signals


def test_a_signal_handler_that_logs_and_sets_loses_nothing(tmp_path: Path) -> None:
    script = (
        INIT
        + f"""
import itertools
numbers = itertools.count()
def handle(*_):
    number = next(numbers)  # a signal may interrupt the handler of the one before
    run.log({{"signal": number}})
    run.config[f"s{{number}}"] = number
    run.summary["seen"] = number
signal.signal(signal.SIGUSR1, handle)
pid, sender = os.getpid(), os.fork()
if sender == 0:
    for _ in range({SIGNALS}):
        os.kill(pid, signal.SIGUSR1)
        time.sleep(0.0007)
    os._exit(0)
steps = 0
while os.waitpid(sender, os.WNOHANG) == (0, 0):
    run.log({{"loss": steps}})
    run.config[f"k{{steps}}"] = [steps]
    steps += 1
print("trained")
with open("counts", "w") as file:
    print(next(numbers), steps, file=file)
"""
    )
    done = undisturbed(tmp_path, script)
    assert done.troubles == []
    seen, steps = map(int, (tmp_path / "counts").read_text().split())
    state = the_run(tmp_path)
    assert [state.config[f"s{n}"] for n in range(seen)] == list(range(seen))
    assert [state.config[f"k{n}"] for n in range(steps)] == [[n] for n in range(steps)]
    assert state.stats["loss"].count == steps
    assert state.stats["signal"].count == seen > 20
    assert state.damage == []


def test_a_handler_that_finishes_and_leaves_ends_as_it_would_alone(tmp_path: Path) -> None:
    script = (
        INIT
        + """
def handle(*_):
    setpoint.finish()
    sys.exit(9)
signal.signal(signal.SIGTERM, handle)
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGTERM)).start()
while True:
    run.log({"loss": 1.0})
"""
    )
    done = undisturbed(tmp_path, script)
    assert (done.exit_code, done.troubles) == (9, [])
    assert the_run(tmp_path).status == "finished"


def test_a_script_that_is_stopped_and_continued_loses_nothing(tmp_path: Path) -> None:
    fault = """
subprocess.Popen(["sh", "-c", f"sleep 0.5; kill -CONT {os.getpid()}"])
os.kill(os.getpid(), signal.SIGSTOP)
"""
    done = undisturbed(tmp_path, INIT + fault + TRAIN)
    assert done.troubles == []
    assert_trained(tmp_path)


def test_setpoint_installs_no_signal_handler(tmp_path: Path) -> None:
    script = (
        IMPORTS
        + """
before = [signal.getsignal(number) for number in signal.valid_signals()]
run = setpoint.init(config={'lr': 0.1})
assert [signal.getsignal(number) for number in signal.valid_signals()] == before
"""
    )
    assert undisturbed(tmp_path, script).exit_code == 0


# Children


CHILDREN = {
    "fork in a thread": """
def work():
    if (pid := os.fork()) == 0:
        run.log({"child": 1.0}); run.config.c = 1
        os._exit(3)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
thread = threading.Thread(target=work); thread.start(); thread.join()
""",
    "double fork": """
if (pid := os.fork()) == 0:
    os.setsid()
    if os.fork() == 0:
        run.log({"child": 1.0}); run.config.c = 1
        open("done", "w").close()
    os._exit(0)
os.waitpid(pid, 0)
while not os.path.exists("done"):
    time.sleep(0.01)
""",
    "fork that goes on": """
if (pid := os.fork()) == 0:
    run.log({"child": 1.0}); run.config.c = 1
    sys.exit(0)
os.waitpid(pid, 0)
""",
    "fork that raises": """
if (pid := os.fork()) == 0:
    sys.stderr = None
    run.log({"child": 1.0}); run.config.c = 1
    raise ValueError
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
""",
    "pool": """
import multiprocessing
def work(n):
    run.log({"child": float(n)}); run.config.c = 1
    return n
with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as pool:
    print(pool.map(work, range(4), chunksize=1))
""",
    "subprocess": """
code = "import setpoint; run = setpoint.init(); run.log({'child': 1.0}); run.config.c = 1"
print(subprocess.run([sys.executable, "-c", code], close_fds=False, capture_output=True).returncode)
""",
    "exec": """
if (pid := os.fork()) == 0:
    run.log({"child": 1.0}); run.config.c = 1
    os.execvp("true", ["true"])
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
""",
}


@pytest.mark.parametrize("how", CHILDREN)
def test_children_of_all_kinds_go_as_they_would_alone(how: str, tmp_path: Path) -> None:
    done = undisturbed(tmp_path, INIT + CHILDREN[how] + TRAIN.replace("len(setpoint.config)", "''"))
    assert done.troubles == []
    assert sum(line.startswith("run ") for line in done.said) == 2
    state = the_run(tmp_path)
    assert {"child", "loss"} <= set(state.metrics)
    assert state.config["c"] == 1
    assert (state.status, state.damage) == ("finished", [])


@pytest.mark.parametrize(
    "wait", ["os.wait()", "os.waitpid(-1, 0)", "os.wait3(0)", "os.waitid(os.P_ALL, 0, os.WEXITED)"]
)
def test_a_script_that_waits_for_any_child_meets_only_its_own(wait: str, tmp_path: Path) -> None:
    fault = f"""
while True:
    try:
        {wait}
        print("a child ended")
    except ChildProcessError:
        break
subprocess.Popen(["sleep", "0.3"])
{wait}
print("my child ended")
time.sleep(0.2)
try:
    {wait}
    print("another child ended")
except ChildProcessError:
    print("no other child")
"""
    for command in (
        ["init", "-q"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    done = undisturbed(tmp_path, INIT + fault + TRAIN)
    assert done.troubles == []
    assert_trained(tmp_path)
    assert the_run(tmp_path).environment["git"]["branch"]


# The end


LATE = """
class Late:
    def __del__(self):
        run.log({'late': 1})
        run.config.late = 1
late = Late()
"""
ENDINGS = {
    "atexit after init": ("atexit.register(lambda: run.log({'late': 1}))", 0),
    "del at the end": (LATE, 0),
    "cycle at the end": (LATE + "late.me = late; del late", 0),
    "daemon thread": (
        """
def work():
    while True:
        run.log({'t': 1.0})
        run.config.t = 1
threading.Thread(target=work, daemon=True).start()
time.sleep(0.05)
""",
        0,
    ),
    "thread that outlives main": (
        """
def work():
    time.sleep(0.4)
    run.log({'t': 1.0})
    print('thread')
threading.Thread(target=work).start()
""",
        0,
    ),
    "exit in a thread": ("thread = threading.Thread(target=sys.exit, args=(5,)); thread.start(); thread.join()", 0),
    "error in a thread": ("thread = threading.Thread(target=int, args=('x',)); thread.start(); thread.join()", 0),
    "os._exit": (TRAIN + "sys.stdout.flush(); os._exit(6)", 6),
    "exit code": (TRAIN + "sys.exit(7)", 7),
    "error": (TRAIN + "raise ValueError('boom')", 1),
    "error in atexit": ("atexit.register(int, 'x')", 0),
    "interrupt": ("os.kill(os.getpid(), signal.SIGINT); time.sleep(1)", -2),
    "abort": (TRAIN + "sys.stdout.flush(); os.abort()", -6),
    "modules gone": ("atexit.register(lambda: [sys.modules.pop(n) for n in list(sys.modules) if 'setpoint' in n])", 0),
    "finish in atexit": ("atexit.register(lambda: setpoint.finish())", 0),
    "stdout closed": ("sys.stdout.close()", 0),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_scripts_end_in_every_way_as_they_would_alone(how: str, tmp_path: Path) -> None:
    script, exit_code = ENDINGS[how]
    done = undisturbed(tmp_path, INIT + script)
    assert done.exit_code == exit_code
    assert len(done.troubles) <= 1
    assert the_run(tmp_path).config["lr"] == 0.1
    assert the_run(tmp_path).damage == []
