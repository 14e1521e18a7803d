"""Scripts that record a run, read back in another process."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from scripts import environment, recorded, run_script, the_run

from setpoint._journal.reader import find_runs


def test_the_draft_becomes_the_runs_config_and_stays_the_same_object(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        import setpoint
        from setpoint import config
        setpoint.config.epochs = 4
        config["train"]["lr"] = 0.1
        run = setpoint.init(project="digits", name="first", tags=["a", "b"], notes="n", group="g", job_type="eval",
                            config={"batch_size": 32})
        assert run.config is config is setpoint.config
        config.layers = [64]
        setpoint.config.layers.append(32)
        run.log({"loss": 0.5, "val": {"acc": 0.25}})
        setpoint.log({"loss": 0.25}, step=7)
        setpoint.summary["best"] = 1
        run.tags += ("c",)
        """,
    )
    assert done.returncode == 0, done.stderr
    state = the_run(tmp_path)
    assert state.config == {"epochs": 4, "train": {"lr": 0.1}, "batch_size": 32, "layers": [64, 32]}
    assert (state.name, state.project, state.group, state.job_type) == ("first", "digits", "g", "eval")
    assert (state.tags, state.notes, state.status) == (["a", "b", "c"], "n", "finished")
    assert list(state.metrics["loss"].steps) == [0, 7]
    assert state.summary["best"] == 1
    assert state.held["epochs"].origin.name == "train.py"
    assert state.held["layers[1]"].origin.line == 10
    assert state.damage == []


def test_scripts_that_start_at_once_share_a_store_that_none_of_them_found(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "import sys, setpoint\n"
        "for line in sys.stdin:\n"
        "    setpoint.init(dir=line.strip(), config={'a': 1}, reinit='finish_previous').finish()\n"
        "    print('done', flush=True)\n",
        encoding="utf-8",
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [
        subprocess.Popen([sys.executable, str(script)], env=environment(tmp_path), cwd=tmp_path, **pipes)  # type: ignore[call-overload]
        for _ in range(3)
    ]
    for at in range(12):
        for process in started:
            process.stdin.write(f"{tmp_path / str(at) / 'store'}\n")
            process.stdin.flush()
        assert [process.stdout.readline() for process in started] == ["done\n"] * 3
    for process in started:
        process.communicate(timeout=30)
    assert [len(list(find_runs(tmp_path / str(at) / "store"))) for at in range(12)] == [3] * 12


def test_a_script_that_is_over_at_once_is_still_named(tmp_path: Path) -> None:
    done = run_script(tmp_path, "import setpoint; setpoint.init(config={'a': 1}, entity='team')", SETPOINT_SILENT="")
    assert done.returncode == 0
    assert "init() leaves out entity: no meaning here" in done.stderr
    assert the_run(tmp_path).environment["script"] == str(tmp_path / "train.py")


def test_output_and_exit_code_are_those_of_the_script_alone(tmp_path: Path) -> None:
    alone = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    tracked = f"import setpoint; setpoint.init(config={{'a': 1}}); setpoint.log({{'x': 1}}); {alone}"
    first = run_script(tmp_path, alone)
    second = run_script(tmp_path, tracked, SETPOINT_SILENT="1")
    assert (second.stdout, second.stderr, second.returncode) == (first.stdout, first.stderr, first.returncode)
    state = the_run(tmp_path)
    assert (state.status, state.exit_code) == ("failed", 3)


@pytest.mark.parametrize(
    ("ending", "status", "error"),
    [
        ("", "finished", ""),
        ("setpoint.finish()", "finished", ""),
        ("setpoint.finish(exit_code=1)", "failed", ""),
        ("raise ValueError('boom')", "failed", "ValueError: boom"),
        ("import sys; sys.exit(0)", "finished", ""),
        ("import sys; sys.exit('no data')", "failed", "no data"),
        ("raise KeyboardInterrupt", "failed", "KeyboardInterrupt"),
        ("import os; os._exit(0)", "crashed", ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "crashed", ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "crashed", ""),
    ],
)
def test_the_status_tells_how_the_script_ended(ending: str, status: str, error: str, tmp_path: Path) -> None:
    run_script(tmp_path, f"import setpoint\nsetpoint.init(config={{'a': 1}})\n{ending}\n")
    state = the_run(tmp_path)
    assert (state.status, state.config) == (status, {"a": 1})
    assert error in state.error


def test_a_with_block_finishes_the_run_and_notes_the_error(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        import setpoint
        with setpoint.init() as run:
            pass
        try:
            with setpoint.init():
                raise RuntimeError("no convergence")
        except RuntimeError:
            print("raised on")
        assert setpoint.run is None
        """,
    )
    assert done.stdout == "raised on\n"
    first, second = recorded(tmp_path)
    assert (first.status, second.status) == ("finished", "failed")
    assert "no convergence" in second.error


def test_several_runs_live_in_one_process(tmp_path: Path) -> None:
    run_script(
        tmp_path,
        """
        import setpoint
        a = setpoint.init(config={"n": 1})
        b = setpoint.init(config={"n": 2}, reinit="create_new")
        assert setpoint.config is b.config
        assert setpoint.init(config={"m": 3}) is b
        a.config.x = "a"; b.config.x = "b"
        b.finish()
        assert setpoint.config is a.config
        c = setpoint.init(config={"n": 4}, reinit=True)
        assert a is not c
        """,
    )
    assert [state.config for state in recorded(tmp_path)] == [{"n": 1, "x": "a"}, {"n": 2, "m": 3, "x": "b"}, {"n": 4}]


def test_a_disabled_run_works_and_writes_nothing(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        import setpoint
        setpoint.config["a"]["b"] = 1
        run = setpoint.init(mode="disabled", config={"c": 2})
        run.log({"loss": 1.0}); run.config.d = 3; run.summary["x"] = 1; run.tags = ("t",)
        assert run.summary.loss == 1.0 and run.config == {"a": {"b": 1}, "c": 2, "d": 3}
        run.finish()
        """,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "store").exists()


def test_environment_variables_hold_and_arguments_win(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("lr: 0.1\nwd: 1\n")
    run_script(
        tmp_path,
        'import setpoint; setpoint.init(project="mine", config={"lr": 0.5})',
        SETPOINT_PROJECT="other",
        SETPOINT_NAME="named",
        SETPOINT_RUN_ID="run-1",
        SETPOINT_TAGS="a, b",
        SETPOINT_CONFIG="a.yaml",
        SETPOINT_LOCKED=json.dumps({"optim.lr": 3}),
    )
    state = the_run(tmp_path)
    assert (state.id, state.name, state.project, state.tags) == ("run-1", "named", "mine", ["a", "b"])
    assert state.config == {"lr": 0.5, "wd": 1, "optim": {"lr": 3}}
    assert state.held["optim.lr"].level.label == "locked"
    assert str(state.held["wd"].origin) == "a.yaml:2"


def test_a_store_that_cannot_be_written_is_said_before_training_starts(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file")
    done = run_script(tmp_path, "import setpoint\nsetpoint.init()\nprint('trained')")
    assert "trained" not in done.stdout
    assert str(tmp_path / "store") in done.stderr
    assert "SETPOINT_STORE" in done.stderr


# Resume


def test_a_resumed_run_gets_its_config_back_and_records_what_changed(tmp_path: Path) -> None:
    run_script(
        tmp_path, "import setpoint; setpoint.init(id='r', config={'lr': 0.1, 'pair': (1, 2)}); setpoint.log({'l': 1})"
    )
    done = run_script(
        tmp_path,
        """
        import setpoint
        setpoint.config.seed = 1
        run = setpoint.init(id="r", resume="allow", config={"lr": 0.2})
        assert run.config == {"lr": 0.2, "pair": (1, 2), "seed": 1}, run.config
        print(*(change.value for change in run.config.changes("lr")))
        """,
    )
    assert done.stdout == "0.1 0.2\n", done.stderr
    state = the_run(tmp_path)
    assert state.config == {"lr": 0.2, "pair": (1, 2), "seed": 1}
    assert [(one.value, one.origin.line) for one in state.changes if one.key == "lr"] == [(0.1, 1), (0.2, 4)]
    assert state.status == "finished"


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        ("setpoint.init(id='r', resume='never')", "is in"),
        ("setpoint.init(id='r')", "has finished already"),
        ("setpoint.init(id='other', resume='must')", "is not in"),
        ("setpoint.init(resume='must')", "is not named"),
        ("setpoint.init(resume='perhaps')", "'allow' or 'must'"),
        ("setpoint.init(id='No Good')", "lower-case letters"),
        ("setpoint.init(mode='on')", "'online'"),
    ],
)
def test_what_cannot_be_resumed_is_refused(call: str, problem: str, tmp_path: Path) -> None:
    run_script(tmp_path, "import setpoint; setpoint.init(id='r')")
    done = run_script(tmp_path, f"import setpoint\n{call}")
    assert done.returncode == 1
    assert problem in done.stderr.splitlines()[-1]
    assert len(recorded(tmp_path)) == 1


def test_auto_goes_on_with_a_crashed_run_only(tmp_path: Path) -> None:
    script = "import os, setpoint; r = setpoint.init(resume='auto', config={'a': 1}); r.log({'x': 1}); %s"
    run_script(tmp_path, script % "os.environ.get('CRASH') and (__import__('time').sleep(0.7), os._exit(1))", CRASH="1")
    run_script(tmp_path, script % "os.environ.get('CRASH') and os._exit(1)")
    run_script(tmp_path, script % "os.environ.get('CRASH') and os._exit(1)")
    first, second = recorded(tmp_path)
    assert (first.status, len(first.metrics["x"].steps)) == ("finished", 2)
    assert (second.status, len(second.metrics["x"].steps)) == ("finished", 1)


# Death


def test_kill_9_at_any_moment_loses_nothing_that_was_set(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "import os, setpoint\n"
        "config = setpoint.init(config={'start': 1}).config\n"
        "os.write(1, b's\\n')\n"
        "for n in range(10**9):\n"
        "    config[f'k{n}'] = n\n"
        "    setpoint.log({'x': n})\n"
        "    os.write(1, b'%d\\n' % n)\n"
    )
    dice = random.Random(7)
    kills = int(os.environ.get("SETPOINT_TEST_KILLS", "8"))
    seen = 0
    for turn in range(kills):
        folder = tmp_path / str(turn)
        folder.mkdir()
        process = subprocess.Popen(
            [sys.executable, str(script)], cwd=folder, env=environment(folder), stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        first = process.stdout.readline() if turn % 2 else b""  # every other one dies while it starts, or soon after
        time.sleep(dice.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        acked = (first + process.communicate()[0]).split(b"\n")[:-1]
        states = recorded(folder)
        seen += len(acked)
        if acked:
            (state,) = states
            assert state.config["start"] == 1
            assert state.status == "crashed"
            for n in range(len(acked) - 1):
                assert state.config[f"k{n}"] == n
            assert len(acked) == 1 or len(state.metrics["x"].steps) >= len(acked) - 1
    assert seen > 10 * kills  # the script did get to its work


# Many processes


def test_a_forked_child_writes_into_its_parents_run(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        import os, setpoint
        run = setpoint.init(config={"a": 1})
        if (pid := os.fork()) == 0:
            assert setpoint.init() is run
            run.log({"child": 1.0}); run.config.from_child = 2
            os._exit(0)
        os.waitpid(pid, 0)
        run.log({"parent": 1.0})
        """,
    )
    assert done.returncode == 0, done.stderr
    state = the_run(tmp_path)
    assert state.config == {"a": 1, "from_child": 2}
    assert {"parent", "child"} <= set(state.metrics)
    assert state.status == "finished"
    assert sorted(writer.role for writer in state.writers) == ["child", "main"]


def test_a_forked_child_that_ends_as_a_script_does_not_end_the_run(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        import os, sys, setpoint
        run = setpoint.init()
        if (pid := os.fork()) == 0:
            sys.exit(5)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 5
        run.log({"x": 1.0})
        """,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("finished") == 1
    assert (the_run(tmp_path).status, the_run(tmp_path).exit_code) == ("finished", 0)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing_workers_join_the_run(method: str, tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        f"""
        import multiprocessing, setpoint

        def work(n):
            run = setpoint.init(config={{"workers": 2}})
            run.log({{f"worker{{n}}": n}})
            run.config[f"k{{n}}"] = n

        if __name__ == "__main__":
            run = setpoint.init(config={{"workers": 2}})
            workers = [multiprocessing.get_context("{method}").Process(target=work, args=(n,)) for n in range(2)]
            [worker.start() for worker in workers]
            [worker.join() for worker in workers]
        """,
    )
    assert done.returncode == 0, done.stderr
    state = the_run(tmp_path)
    assert {"worker0", "worker1"} <= set(state.metrics)
    assert state.config == {"workers": 2, "k0": 0, "k1": 1}
    assert state.disagreements == []


def test_a_subprocess_that_calls_init_joins_and_one_with_its_own_id_does_not(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        import os, subprocess, sys, setpoint
        setpoint.init(config={"a": 1})
        child = "import setpoint; setpoint.init(config={'a': 2}); setpoint.log({'c': 1})"
        subprocess.run([sys.executable, "-c", child], check=True)
        subprocess.run([sys.executable, "-c", child], check=True, env={**os.environ, "SETPOINT_RUN_ID": "apart"})
        """,
    )
    assert done.returncode == 0, done.stderr
    joined, apart = sorted(recorded(tmp_path), key=lambda state: state.id)
    assert joined.config == {"a": 1}
    assert [(one.key, one.value, one.leading) for one in joined.disagreements] == [("a", 2, 1)]
    assert apart.id == "apart"


def test_ranks_join_one_run_and_a_disagreement_is_named(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "import os, setpoint\n"
        "rank = int(os.environ['RANK'])\n"
        "setpoint.init(config={'lr': 0.1 if rank != 2 else 0.2, 'seed': 1})\n"
        "setpoint.log({'loss': rank})\n"
    )
    shared = {"WORLD_SIZE": "3", "MASTER_ADDR": "localhost", "MASTER_PORT": "29500", "TORCHELASTIC_RUN_ID": "job-7"}
    processes = [
        subprocess.Popen(
            [sys.executable, str(script)],
            cwd=tmp_path,
            env=environment(tmp_path, **shared, RANK=str(rank), LOCAL_RANK=str(rank)),
        )
        for rank in (2, 1, 0)
    ]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    state = the_run(tmp_path)
    assert state.config == {"lr": 0.1, "seed": 1}
    assert sorted(writer.rank for writer in state.writers if writer.rank is not None) == [0, 1, 2]
    assert [(one.key, one.value) for one in state.disagreements] == [("lr", 0.2)]
    assert state.status == "finished"


def test_forks_while_threads_log_never_hang(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        import os, threading, setpoint
        run = setpoint.init()
        stop = threading.Event()
        def work():
            while not stop.is_set():
                run.log({"t": 1.0}); run.config[os.urandom(4).hex()] = 1
        threads = [threading.Thread(target=work) for _ in range(3)]
        [thread.start() for thread in threads]
        for n in range(60):
            if (pid := os.fork()) == 0:
                run.log({"child": n}); run.config[f"c{n}"] = n
                os._exit(0)
            os.waitpid(pid, 0)
        stop.set()
        [thread.join() for thread in threads]
        """,
    )
    assert done.returncode == 0, done.stderr
    state = the_run(tmp_path)
    assert len(state.metrics["child"].steps) >= 1
    assert [state.config[f"c{n}"] for n in range(60)] == list(range(60))
    assert state.damage == []


# Secrets, odd values, late calls


def test_no_secret_reaches_the_store(tmp_path: Path) -> None:
    canary = "sk-proj-" + "Zq7" * 12
    done = run_script(
        tmp_path,
        f"""
        import setpoint
        canary = "{canary}"
        run = setpoint.init(config={{"api_key": "hunter2-Zq7", "url": f"https://me:{{canary}}@host/x"}}, notes=canary)
        run.config.nested = {{"deep": [canary, {{"password": "hunter2-Zq7"}}]}}
        run.summary["s"] = canary
        run.notes = canary
        assert run.config.api_key == "hunter2-Zq7" and run.config.nested.deep[0] == canary
        raise ValueError(canary)
        """,
        "--token",
        canary,
    )
    assert "ValueError" in done.stderr
    files = [path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert files
    for content in files:
        assert b"Zq7Zq7" not in content
        assert b"hunter2" not in content


def test_odd_values_never_hurt_the_script(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        import warnings, setpoint
        class Evil:
            def __repr__(self): raise RuntimeError
            __class__ = property(lambda self: 1 / 0)
            def __eq__(self, other): raise RuntimeError
            __hash__ = None
        warnings.simplefilter("ignore")
        run = setpoint.init()
        cyclic = {}; cyclic["self"] = cyclic
        deep = []
        for _ in range(10_000): deep = [deep]
        evil = Evil()
        for name, value in {"evil": evil, "cyclic": cyclic, "deep": deep, "big": 10**5000, "odd": "\\ud800",
                            "nan": float("nan"), "long": "x" * 10_000_000, "": 1, "a.b": 2, "l": lambda: 1}.items():
            run.config[name] = value
            run.config[name] = value
        assert run.config.evil is evil
        run.log({"x": evil, "y": float("inf"), "z": 10**400, "s": "text", "none": None, "list": [1, 2]})
        run.summary.evil = evil
        """,
    )
    assert done.returncode == 0, done.stderr
    state = the_run(tmp_path)
    assert state.config["big"] == 10**5000
    assert state.config["odd"] == "\ud800"
    assert len(state.config["long"]) == 10_000_000
    assert (state.config[""], state.config["a.b"]) == (1, 2)
    assert state.damage == []
    assert state.status == "finished"


def test_late_calls_are_said_once_and_never_raise(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        import atexit, setpoint
        run = setpoint.init()
        run.finish()
        run.finish()
        for _ in range(3):
            run.log({"x": 1}); run.config.late = 1; run.summary["late"] = 1
        assert run.config.late == 1
        """,
    )
    assert done.returncode == 0
    assert done.stderr.count("not recorded") == 1


def test_numpy_scalars_are_numbers_to_log(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    run_script(
        tmp_path,
        """
        import numpy, setpoint
        run = setpoint.init(config={"lr": numpy.float32(1e-4)})
        run.log({"a": numpy.float32(0.5), "b": numpy.array([2.0]), "c": numpy.int64(3), "d": numpy.array([1, 2])})
        """,
    )
    state = the_run(tmp_path)
    assert [list(state.metrics[name].values) for name in "abc"] == [[0.5], [2.0], [3.0]]
    assert type(state.config["lr"]).__name__ == "float32"
