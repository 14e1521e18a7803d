"""Where a run runs: command, machine, packages and code, captured once, in the background."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from setpoint._core.marks import Plain, Redacted
from setpoint._journal.liveness import boot_id, process_started

from .git import git_facts
from .packages import installed_packages
from .process import MainFacts, host, main_facts, working_folder
from .ranks import rank_of
from .shell import Shell

_MAX_VARIABLE = 10_000
_VARIABLE_TEXT = """
CONDA_DEFAULT_ENV CUBLAS_WORKSPACE_CONFIG CUDA_DEVICE_ORDER CUDA_LAUNCH_BLOCKING CUDA_VISIBLE_DEVICES GROUP_RANK
HF_DATASETS_OFFLINE HF_HOME HF_HUB_OFFLINE HIP_VISIBLE_DEVICES JAX_ENABLE_X64 JAX_PLATFORMS JOB_ID LOCAL_RANK
LOCAL_WORLD_SIZE LSB_JOBID MASTER_ADDR MASTER_PORT MKL_NUM_THREADS NODE_RANK NUMEXPR_NUM_THREADS NVIDIA_TF32_OVERRIDE
NVIDIA_VISIBLE_DEVICES OMP_NUM_THREADS OPENBLAS_NUM_THREADS PBS_JOBID PYTHONHASHSEED PYTHONOPTIMIZE PYTHONPATH RANK
ROCR_VISIBLE_DEVICES TF_CUDNN_DETERMINISTIC TF_DETERMINISTIC_OPS TF_ENABLE_ONEDNN_OPTS TF_FORCE_GPU_ALLOW_GROWTH
TOKENIZERS_PARALLELISM TRANSFORMERS_OFFLINE TZ VIRTUAL_ENV WORLD_SIZE XLA_FLAGS
"""
_VARIABLES = frozenset(_VARIABLE_TEXT.split())
_VARIABLE_PREFIXES = ("NCCL_", "OMPI_COMM_WORLD_", "PYTORCH_", "SLURM_", "TORCHELASTIC_", "TORCH_")


class Redactor(Protocol):
    """Takes secrets out of what is captured."""

    def __call__(self, name: str, value: Any) -> Any:
        """Return *value*, or a Redacted if it is a secret by its name or its form."""
        ...

    def text(self, text: str) -> str:
        """Return *text* without secrets."""
        ...

    def argv(self, args: Sequence[str]) -> list[str]:
        """Return a command line without secrets."""
        ...


class Captured(Struct, frozen=True):
    """What was captured: facts by name, and the diff of a dirty working tree if there is one."""

    environment: dict[str, Any]  # plain: what JSON can hold
    patch: bytes | None = None


def capture(
    redactor: Redactor,
    *,
    argv: Sequence[str] | None = None,
    orig_argv: Sequence[str] | None = None,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    main: MainFacts | None = None,
    shell: Shell | None = None,
) -> Captured:
    """Return where this process runs, without secrets; it takes up to some 20 s, for git, and never raises for a fault.

    Args:
        redactor: takes out secrets.
        argv: the script's command line; None stands for that of this process, likewise below.
        orig_argv: the interpreter's command line.
        environ: the environment; only variables on a list are kept.
        folder: the working folder.
        main: the script or module that was started.
        shell: what git is run by; without one it runs as a child of this process.

    Returns:
        Facts by name: ``command`` (the interpreter's arguments), ``argv``, ``executable``, ``module`` (of ``python
        -m``), ``script``, ``folder``, ``python``, ``system``, ``host``, ``user``, ``cpu_count``, ``cpus_usable``,
        ``memory_bytes``, ``gpus``, ``process``, ``launcher``, ``variables``, ``packages``, ``editable`` and ``git``.
        What can't be learned is left out.
    """
    environ = dict(os.environ if environ is None else environ)
    folder = working_folder() if folder is None else folder
    git = git_facts(folder, environ, redactor, shell=shell)
    packages = installed_packages(sys.path, folder)
    facts = {
        **_command(
            redactor, sys.argv if argv is None else argv, sys.orig_argv if orig_argv is None else orig_argv, folder
        ),
        **_started(main_facts() if main is None else main, folder),
        **_machine(environ),
        "process": {"pid": os.getpid(), "started": process_started(os.getpid()), "boot_id": boot_id()},
        "launcher": _launcher(environ),
        "variables": _variables(redactor, environ),
        "packages": packages.versions,
        "editable": packages.editable,
        "git": git.facts,
    }
    return Captured(
        {name: _writable(fact) for name, fact in facts.items() if fact not in ("", None, {}, [])}, git.patch
    )


def _command(redactor: Redactor, argv: Sequence[str], orig_argv: Sequence[str], folder: Path) -> dict[str, Any]:
    return {
        "command": redactor.argv(orig_argv),
        "argv": redactor.argv(argv),
        "executable": sys.executable,
        "folder": str(folder),
        "python": {
            "version": ".".join(map(str, sys.version_info[:3])),
            "implementation": sys.implementation.name,
            "build": sys.version,
        },
    }


def _started(main: MainFacts, folder: Path) -> dict[str, Any]:
    return {"module": main.module, "script": str(folder / main.script) if main.script else ""}


def _machine(environ: Mapping[str, str]) -> dict[str, Any]:
    affinity = getattr(os, "sched_getaffinity", None)  # absent on macOS and Windows
    return {
        "system": _system(),
        "host": host(),
        "user": _user(environ),
        "cpu_count": os.cpu_count(),
        "cpus_usable": len(affinity(0)) if affinity is not None else None,
        "memory_bytes": _memory_bytes(),
        "gpus": _gpus(),
    }


def _system() -> dict[str, str]:
    if not hasattr(os, "uname"):
        return {"name": sys.platform}
    names = os.uname()
    system = {"name": names.sysname, "release": names.release, "machine": names.machine}
    for line in _read("/etc/os-release").splitlines():
        if line.startswith("PRETTY_NAME="):
            system["distribution"] = line.partition("=")[2].strip('"')
    return system


def _user(environ: Mapping[str, str]) -> str:
    for name in ("LOGNAME", "USER", "USERNAME"):
        if user := environ.get(name):
            return user
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError, AttributeError):  # Windows, or a container's user without a name
        return ""


def _memory_bytes() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # the system does not tell
        return None


def _gpus() -> list[str]:
    """Return the names of the NVIDIA GPUs as the driver lists them: no library is asked, so none is set up by it."""
    try:
        places = sorted(Path("/proc/driver/nvidia/gpus").iterdir())
    except OSError:  # no such driver
        return []
    lines = [line for place in places for line in _read(f"{place}/information").splitlines()]
    return [line.partition(":")[2].strip() for line in lines if line.startswith("Model:")]


def _launcher(environ: Mapping[str, str]) -> dict[str, Any]:
    if (rank := rank_of(environ)) is None:
        return {}
    return {
        "name": rank.launcher,
        "rank": rank.rank,
        "local_rank": rank.local_rank,
        "world_size": rank.world_size,
    }


def _variables(redactor: Redactor, environ: Mapping[str, str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in sorted(environ.items()):
        if name in _VARIABLES or name.startswith(_VARIABLE_PREFIXES):
            judged = redactor(name, value)
            is_secret = isinstance(judged, Redacted)
            kept[name] = {"$redacted": judged.fingerprint} if is_secret else redactor.text(value)[:_MAX_VARIABLE]
    return kept


def _writable(fact: Plain) -> Plain:
    """Return *fact* with bytes that are no UTF-8 in names written out, as JSON has no place for them."""
    if isinstance(fact, str):
        return _text(fact)
    if isinstance(fact, list):
        return [_writable(part) for part in fact]
    if isinstance(fact, dict):
        return {_text(name): _writable(part) for name, part in fact.items()}
    return fact


def _text(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:  # not this system
        return ""
