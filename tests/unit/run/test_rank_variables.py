import pytest
from hypothesis import given
from hypothesis import strategies as st

from setpoint._run.ranks import rank_of

TORCHRUN = {
    "TORCHELASTIC_RUN_ID": "0b2c", "TORCHELASTIC_RESTART_COUNT": "0", "MASTER_ADDR": "node1", "MASTER_PORT": "29400",
    "RANK": "5", "LOCAL_RANK": "1", "WORLD_SIZE": "8", "LOCAL_WORLD_SIZE": "4",
}  # fmt: skip
SLURM = {
    "SLURM_JOB_ID": "77", "SLURM_STEP_ID": "0", "SLURM_PROCID": "5", "SLURM_LOCALID": "1", "SLURM_NTASKS": "8",
    "SLURM_STEP_NUM_TASKS": "8",
}  # fmt: skip
OPENMPI = {
    "OMPI_COMM_WORLD_RANK": "5", "OMPI_COMM_WORLD_LOCAL_RANK": "1", "OMPI_COMM_WORLD_SIZE": "8",
    "PMIX_NAMESPACE": "prterun-node1-123@1", "PMIX_RANK": "5",
}  # fmt: skip
HYDRA = {"PMI_RANK": "5", "PMI_SIZE": "8", "MPI_LOCALRANKID": "1", "MPI_LOCALNRANKS": "8"}
DEEPSPEED = {"RANK": "5", "LOCAL_RANK": "1", "WORLD_SIZE": "8", "MASTER_ADDR": "10.0.0.1", "MASTER_PORT": "29500"}
LIGHTNING = {"LOCAL_RANK": "5", "NODE_RANK": "0", "WORLD_SIZE": "8", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "40001"}
ALL = {
    "torchrun": TORCHRUN,
    "slurm": SLURM,
    "openmpi": OPENMPI,
    "mpi": HYDRA,
    "env": DEEPSPEED,
    "lightning": LIGHTNING,
}
RANK_NAMES = ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK")
LOCAL_NAMES = ("LOCAL_RANK", "SLURM_LOCALID", "OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID")
SIZE_NAMES = ("WORLD_SIZE", "SLURM_NTASKS", "SLURM_STEP_NUM_TASKS", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE")


def other_rank(environ):
    changed = dict(environ)
    for name in (*RANK_NAMES, *LOCAL_NAMES):
        if name in changed:
            changed[name] = "0"
    return changed


@pytest.mark.parametrize("launcher", ALL)
def test_each_launcher_tells_rank_and_size(launcher):
    rank = rank_of(ALL[launcher])
    assert (rank.launcher, rank.rank, rank.world_size) == (launcher, 5, 8)
    assert rank.local_rank == (5 if launcher == "lightning" else 1)


@pytest.mark.parametrize("launcher", ALL)
def test_the_job_key_is_the_same_on_all_ranks(launcher):
    assert rank_of(ALL[launcher]).job_key == rank_of(other_rank(ALL[launcher])).job_key


@pytest.mark.parametrize(
    ("environ", "name", "value"),
    [
        (TORCHRUN, "TORCHELASTIC_RUN_ID", "0b2d"),
        (TORCHRUN, "TORCHELASTIC_RESTART_COUNT", "1"),
        (SLURM, "SLURM_JOB_ID", "78"),
        (SLURM, "SLURM_STEP_ID", "1"),
        (SLURM, "SLURM_RESTART_COUNT", "1"),
        (OPENMPI, "PMIX_NAMESPACE", "prterun-node1-124@1"),
        (DEEPSPEED, "MASTER_PORT", "29501"),
        (DEEPSPEED, "SLURM_JOB_ID", "78"),
        (LIGHTNING, "MASTER_PORT", "40002"),
    ],
)
def test_the_job_key_differs_between_launches(environ, name, value):
    assert rank_of(environ).job_key != rank_of({**environ, name: value}).job_key


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"WORLD_SIZE": "1"},
        {"RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "localhost"},
        {"RANK": "0", "WORLD_SIZE": "8"},
        {"SLURM_JOB_ID": "77"},
        {"SLURM_JOB_ID": "77", "SLURM_PROCID": "0", "SLURM_NTASKS": "1"},
        {**SLURM, "SLURM_NTASKS": "1", "SLURM_STEP_NUM_TASKS": "1"},
        {"LOCAL_RANK": "0"},
        {"PMI_RANK": "0", "PMI_SIZE": "1"},
    ],
)
def test_a_process_alone_is_no_rank(environ):
    assert rank_of(environ) is None


def test_a_batch_script_that_starts_python_once_is_no_rank():
    batch = {**SLURM}
    del batch["SLURM_STEP_ID"], batch["SLURM_STEP_NUM_TASKS"]
    assert rank_of(batch) is None


def test_an_interactive_shell_of_a_large_allocation_is_no_rank():
    assert rank_of({**SLURM, "SLURM_STEP_ID": "4294967290"}) is None


@pytest.mark.parametrize("launcher", ALL)
@pytest.mark.parametrize("value", ["", "-1", "8", "1e1", "٣", "x", "9" * 400])
def test_a_rank_that_makes_no_sense_is_none(launcher, value):
    environ = {**ALL[launcher]}
    for name in (*RANK_NAMES, "LOCAL_RANK"):
        if name in environ:
            environ[name] = value
    assert rank_of(environ) is None


def test_an_unknown_local_rank_is_none():
    environ = {name: value for name, value in DEEPSPEED.items() if name != "LOCAL_RANK"}
    assert rank_of(environ).local_rank is None


def test_torchrun_inside_of_slurm_is_torchruns():
    assert rank_of({**SLURM, **TORCHRUN}).launcher == "torchrun"


def test_an_mpi_library_inside_of_srun_is_slurms():
    assert rank_of({**SLURM, "PMI_RANK": "5", "PMI_SIZE": "8"}).launcher == "slurm"


def test_two_machines_that_each_meet_at_localhost_have_different_jobs(monkeypatch):
    here = rank_of(LIGHTNING).job_key
    monkeypatch.setattr("setpoint._run.ranks.host", lambda: "elsewhere")
    assert rank_of(LIGHTNING).job_key != here


@given(st.dictionaries(st.sampled_from(sorted({name for environ in ALL.values() for name in environ})), st.text()))
def test_no_environment_makes_it_raise(environ):
    rank = rank_of(environ)
    assert rank is None or 0 <= rank.rank < rank.world_size
