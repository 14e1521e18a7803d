"""Ranks and children as real processes: they find one run, and only theirs."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from setpoint._run.joins import claim_process, release

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells of processes by files")

RANK = """
    import os, sys
    from pathlib import Path
    from setpoint._journal.layout import writer_name
    from setpoint._run.ids import new_run_id
    from setpoint._run.joins import claim
    from setpoint._run.ranks import rank_of

    store = Path(sys.argv[1])
    sys.stdin.readline()
    rank = rank_of(os.environ)
    run_id = new_run_id(0)
    held = claim(store, rank.job_key, run_id, store / "runs" / run_id, rank)
    held.folder.mkdir(parents=True, exist_ok=True)
    (held.folder / (writer_name("rank", "vm", os.getpid(), rank.rank) + ".jsonl")).touch()
    print(rank.rank, held.run_id, held.is_mine, held.problem, flush=True)
    sys.stdin.readline()
"""
ASK = """
import sys
from pathlib import Path
from setpoint._run.joins import find_parent_run
def ask():
    held = find_parent_run(Path(sys.argv[1]))
    print(held and held.run_id, flush=True)
"""


def torchrun_environ(rank, size, **changed):
    return {
        "TORCHELASTIC_RUN_ID": "none", "TORCHELASTIC_RESTART_COUNT": "0", "RANK": str(rank), "LOCAL_RANK": str(rank),
        "WORLD_SIZE": str(size), "LOCAL_WORLD_SIZE": str(size), "MASTER_ADDR": "localhost", "MASTER_PORT": "29500",
        **changed,
    }  # fmt: skip


def slurm_environ(rank, size, step="0"):
    return {
        "SLURM_JOB_ID": "77", "SLURM_STEP_ID": step, "SLURM_PROCID": str(rank), "SLURM_NTASKS": str(size),
        "SLURM_STEP_NUM_TASKS": str(size),
    }  # fmt: skip


def mpi_environ(rank, size):
    return {"PMI_RANK": str(rank), "PMI_SIZE": str(size)}


def launch(store, environs):
    """Start one process for each environment, let all claim at once, and return what they print."""
    command = [sys.executable, "-c", textwrap.dedent(RANK), str(store)]
    started = [
        subprocess.Popen(
            command, env={**os.environ, **environ}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for environ in environs
    ]
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.stdout.readline().split() for process in started]
    for process in started:
        process.communicate()
        assert process.returncode == 0
    return told


@pytest.mark.parametrize("environ_of", [torchrun_environ, slurm_environ, mpi_environ])
def test_ranks_that_start_at_once_find_one_run(tmp_path, environ_of):
    told = launch(tmp_path, [environ_of(rank, 8) for rank in range(8)])
    assert [int(line[0]) for line in told] == list(range(8))
    assert len({line[1] for line in told}) == 1
    assert [line[2] for line in told].count("True") == 1


@pytest.mark.parametrize("environ_of", [torchrun_environ, slurm_environ, mpi_environ])
def test_a_launch_after_one_that_was_killed_is_another_run(tmp_path, environ_of):
    # The first left its claim, and the second has the same variables and the same parent.
    first = launch(tmp_path, [environ_of(rank, 3) for rank in range(3)])
    second = launch(tmp_path, [environ_of(rank, 3) for rank in range(3)])
    assert len({line[1] for line in first}) == len({line[1] for line in second}) == 1
    assert first[0][1] != second[0][1]


def test_another_attempt_of_torchrun_is_another_run(tmp_path):
    first = launch(tmp_path, [torchrun_environ(rank, 2) for rank in range(2)])
    second = launch(tmp_path, [torchrun_environ(rank, 2, TORCHELASTIC_RESTART_COUNT="1") for rank in range(2)])
    assert len({line[1] for line in first + second}) == 2


def test_two_steps_of_one_slurm_job_are_two_runs(tmp_path):
    told = launch(tmp_path, [slurm_environ(rank, 2, step) for step in "01" for rank in range(2)])
    assert told[0][1] == told[1][1] != told[2][1] == told[3][1]


@pytest.fixture
def live_run(tmp_path):
    folder = tmp_path / "runs" / "parents-run"
    folder.mkdir(parents=True)
    held = claim_process(tmp_path, "parents-run", folder)
    yield held
    release(held)


def run(store, script, *command):
    path = Path(store) / "script.py"
    path.write_text(ASK + textwrap.dedent(script))
    done = subprocess.run(
        [*command, sys.executable, str(path), str(store)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_child_process_finds_its_parents_run(tmp_path, live_run):
    assert run(tmp_path, "ask()") == ["parents-run"]


def test_a_child_behind_two_shells_finds_the_run(tmp_path, live_run):
    # "; true" keeps each shell from becoming the program it starts.
    assert run(tmp_path, "ask()", "sh", "-c", 'sh -c \'"$0" "$@"; true\' "$0" "$@"; true') == ["parents-run"]


def test_a_child_without_any_variable_finds_the_run(tmp_path, live_run):
    path = os.pathsep.join(sys.path)
    assert run(tmp_path, "ask()", "env", "-i", f"PYTHONPATH={path}") == ["parents-run"]


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_multiprocessing_find_the_run_of_the_process_that_made_them(tmp_path, method):
    script = f"""
        import multiprocessing, os
        from setpoint._run.joins import claim_process
        if __name__ == "__main__":
            store = Path(sys.argv[1])
            (store / "runs" / "mine").mkdir(parents=True)
            held = claim_process(store, "mine", store / "runs" / "mine")
            worker = multiprocessing.get_context({method!r}).Process(target=ask)
            worker.start()
            worker.join()
    """
    assert run(tmp_path, script) == ["mine"]


def test_the_nearest_of_several_runs_above_counts(tmp_path, live_run):
    script = """
        import os
        from setpoint._run.joins import claim_process
        store = Path(sys.argv[1])
        ask()
        (store / "runs" / "mine").mkdir(parents=True)
        claim_process(store, "mine", store / "runs" / "mine")
        if os.fork() == 0:
            ask()
            os._exit(0)
        os.wait()
    """
    assert run(tmp_path, script) == ["parents-run", "mine"]


def test_a_run_that_has_finished_is_not_joined(tmp_path, live_run):
    release(live_run)
    assert run(tmp_path, "ask()") == ["None"]


def test_a_run_in_another_store_is_not_joined(tmp_path, live_run):
    (tmp_path / "other").mkdir()
    assert run(tmp_path / "other", "ask()") == ["None"]
