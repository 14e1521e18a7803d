"""Whether this process is one rank of many, as launchers of parallel training tell it by environment variables."""

import os
from collections.abc import Mapping

from msgspec import Struct

from setpoint._journal.liveness import boot_id

from .process import host, process_key


class Rank(Struct, frozen=True):
    """One process of a parallel job.

    ``launcher`` is ``torchrun``, ``slurm``, ``openmpi``, ``mpi``, ``lightning`` or ``env`` (RANK and WORLD_SIZE set by
    another launcher). ``rank`` and ``local_rank`` count from 0, among all and on this machine; ``local_rank`` is None
    where it is not told. ``job_key`` is the same in all ranks of one launch and differs between launches.
    """

    launcher: str
    rank: int
    local_rank: int | None
    world_size: int
    job_key: str


def rank_of(environ: Mapping[str, str]) -> Rank | None:
    """Return the rank that this process is, None if it is none or the only one.

    Nothing raises: variables that make no sense count as absent. SLURM sets its variables in the batch script too, and
    a program that script starts without ``srun`` is no rank.

    Source:
        torchrun: PyTorch, "torchrun (Elastic Launch)", Environment Variables. SLURM: srun(1), OUTPUT ENVIRONMENT
        VARIABLES. Open MPI: mpirun(1), "Environmental variables". MPICH and Intel MPI: the PMI-1 variables of Hydra.
    """
    for reader in (_torchrun, _openmpi, _mpi, _slurm, _by_env, _lightning):
        if (rank := reader(environ)) is not None:
            return rank
    return None


def _torchrun(environ: Mapping[str, str]) -> Rank | None:
    if not (run := environ.get("TORCHELASTIC_RUN_ID")):
        return None
    # After a failure all ranks start anew: that is another attempt, and another run.
    attempt = environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    if run != "none":
        launch = f"{run} {_meeting_point(environ)}"
    elif environ.get("LOCAL_WORLD_SIZE", "") == environ.get("WORLD_SIZE"):
        launch = process_key(os.getppid())  # all are on this machine, started by one process
    else:
        launch = f"{_meeting_point(environ)} {_scheduled(environ)}"
    return _rank("torchrun", environ, ("RANK", "LOCAL_RANK", "WORLD_SIZE"), f"{launch} attempt {attempt}")


def _openmpi(environ: Mapping[str, str]) -> Rank | None:
    if "OMPI_COMM_WORLD_RANK" not in environ:
        return None
    names = ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_SIZE")
    # PMIx names each launch. Before version 5 that is a number only, and the address of mpirun tells it from others.
    job = environ.get("PMIX_NAMESPACE") or environ.get("OMPI_MCA_ess_base_jobid") or ""
    launch = f"{job} {environ.get('OMPI_MCA_orte_hnp_uri', '')} {_scheduled(environ)}"
    return _rank("openmpi", environ, names, launch if job else process_key(os.getppid()))


def _mpi(environ: Mapping[str, str]) -> Rank | None:
    # srun sets PMI_RANK as well, and its own variables say more.
    if "PMI_RANK" not in environ or "SLURM_PROCID" in environ:
        return None
    # No variable names the launch. On one machine the ranks share a parent; over several only a scheduler tells.
    is_local = environ.get("MPI_LOCALNRANKS", environ.get("PMI_SIZE")) == environ.get("PMI_SIZE")
    launch = ("" if is_local else _scheduled(environ)) or process_key(os.getppid())
    return _rank("mpi", environ, ("PMI_RANK", "MPI_LOCALRANKID", "PMI_SIZE"), launch)


def _slurm(environ: Mapping[str, str]) -> Rank | None:
    # Only srun makes ranks. In a batch script the step is absent, in an interactive shell its number has ten digits.
    if _number(environ, "SLURM_STEP_ID") is None:
        return None
    size = "SLURM_STEP_NUM_TASKS" if "SLURM_STEP_NUM_TASKS" in environ else "SLURM_NTASKS"
    return _rank("slurm", environ, ("SLURM_PROCID", "SLURM_LOCALID", size), _scheduled(environ))


def _by_env(environ: Mapping[str, str]) -> Rank | None:
    if "MASTER_ADDR" not in environ:
        return None
    launch = f"{_meeting_point(environ)} {_scheduled(environ)}"
    return _rank("env", environ, ("RANK", "LOCAL_RANK", "WORLD_SIZE"), launch)


def _lightning(environ: Mapping[str, str]) -> Rank | None:
    # Lightning's own launcher sets no RANK. It tells no number of nodes either, so only those of the first are known.
    if "MASTER_PORT" not in environ or environ.get("NODE_RANK") != "0":
        return None
    names = ("LOCAL_RANK", "LOCAL_RANK", "WORLD_SIZE")
    return _rank("lightning", environ, names, _meeting_point(environ))


def _rank(launcher: str, environ: Mapping[str, str], names: tuple[str, str, str], launch: str) -> Rank | None:
    rank, local_rank, size = (_number(environ, name) for name in names)
    if rank is None or size is None or size < 2 or rank >= size:
        return None
    return Rank(launcher, rank, local_rank, size, f"{launcher} {launch}")


def _number(environ: Mapping[str, str], name: str) -> int | None:
    text = environ.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _meeting_point(environ: Mapping[str, str]) -> str:
    """Return where the ranks meet. No two launches use it at once; a later one is told apart by ``joins.claim``."""
    address = environ.get("MASTER_ADDR", "")
    machine = f" {host()} {boot_id()}" if address in ("localhost", "::1") or address.startswith("127.") else ""
    return f"{address}:{environ.get('MASTER_PORT', '')}{machine}"


def _scheduled(environ: Mapping[str, str]) -> str:
    """Return the scheduler's id of the job, and of the step in it; empty without a scheduler."""
    if job := environ.get("SLURM_JOB_ID"):
        return f"{job}.{environ.get('SLURM_STEP_ID', '')} restart {environ.get('SLURM_RESTART_COUNT', '0')}"
    return environ.get("PBS_JOBID") or environ.get("LSB_JOBID") or environ.get("JOB_ID") or ""
