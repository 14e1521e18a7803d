"""Journals for the tests: small ones that hold every kind of record, and processes that write them."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from setpoint._core.change import Level, Origin
from setpoint._journal import liveness
from setpoint._journal.frame import Frame
from setpoint._journal.reader import find_segments, iter_records
from setpoint._journal.record import (
    Delete,
    Environment,
    Finish,
    Log,
    Lost,
    Meta,
    Open,
    Reads,
    Record,
    Set,
    Summary,
    Update,
)
from setpoint._journal.state import Damage
from setpoint._journal.writer import Writer

CODE = Origin("code", "train.py", 12)
FILE = Origin("file", "config.yaml", 3)


def header(**fields: object) -> Open:
    """Return the header of a writer in this process."""
    pid = os.getpid()
    facts: dict[str, object] = {
        "run": "run-1",
        "writer": "main-here-1-abcd1234",
        "host": socket.gethostname(),
        "pid": pid,
        "boot_id": liveness.boot_id(),
        "process_started": liveness.process_started(pid),
        "project": "digits",
        "name": "calm-fox-1",
        "tags": ["baseline"],
    }
    return Open(**{**facts, **fields})  # type: ignore[arg-type]


def every_kind() -> list[Record]:
    """Return records of all kinds but ``open``, which together make a run."""
    return [
        Update(
            [FILE, CODE],
            [("lr", 0.1, 0, 1), ("optim", {"name": "adam", "betas": [0.9, 0.99]}, 0, 0), ("seed", 7, 1, 2)],
            {"lr": "learning rate"},
            whole=True,
        ),
        Environment({"python": "3.11", "argv": ["train.py", "--lr", "0.1"]}),
        Log(0, {"loss": 1.5, "lr": 1}),
        Set("optim.name", "sgd", CODE),
        Set("optim.betas[2]", 0.999, CODE, Level.LOCKED, "third"),
        Log(1, {"loss": {"$type": "float", "value": "nan"}, "note": "naïve"}),
        Update([CODE], [("aug", [{"name": "mixup"}], 0, 1), ("seed", None, 0, -1)]),
        Meta(name="bold-fox-1", tags=["baseline", "long"]),
        Delete("aug[0].name", CODE),
        Log(2, {"loss": 0.5}),
        Summary("accuracy", 0.97),
        Summary("accuracy", deleted=True),
        Summary("best", 3),
        Reads({"lr": ["learning_rate"]}),
        Lost(2, "no space"),
        Finish("finished", 0),
    ]


def make_writer(folder: Path, said: list[str] | None = None, **fields: object) -> Writer:
    """Return a writer that is open."""
    writer = Writer(folder, header(**fields), say=(said if said is not None else []).append)
    writer.open()
    return writer


def write_run(folder: Path, records: Iterable[Record], **fields: object) -> Path:
    """Write a run with one writer, and return its only segment."""
    writer = make_writer(folder, **fields)
    for record in records:
        writer.append(record)
    assert not writer.close()
    (segment,) = find_segments(folder)
    return segment


def records_in(path: Path) -> list[Record]:
    """Return the good records of a segment."""
    return [frame.record for frame in iter_records(path) if isinstance(frame, Frame)]


def damage_in(path: Path) -> list[Damage]:
    """Return the damage of a segment."""
    return [frame for frame in iter_records(path) if isinstance(frame, Damage)]


def logged(folder: Path) -> set[int]:
    """Return the steps of all log records in a run's folder."""
    found = [record for path in find_segments(folder) for record in records_in(path)]
    return {record.step for record in found if isinstance(record, Log)}


def run_python(code: str, *arguments: str, env: dict[str, str] | None = None, timeout_s: float = 60) -> str:
    """Run *code* in a process of its own with this module importable, and return what it printed."""
    done = start_python(code, *arguments, env=env)
    try:
        out, error = done.communicate(timeout=timeout_s)
    finally:
        done.kill()
    assert done.returncode == 0, error
    return out


def start_python(
    code: str, *arguments: str, env: dict[str, str] | None = None, prepare: Callable[[], None] | None = None
) -> "subprocess.Popen[str]":
    """Start *code* in a process of its own with this module importable."""
    paths = [str(Path(__file__).parent), *filter(None, sys.path)]
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=prepare,
    )


@contextmanager
def limited(what: str, most: int) -> Iterator[None]:
    """Let this process have no more than *most* of ``RLIMIT_<what>`` meanwhile."""
    import resource

    kind = getattr(resource, f"RLIMIT_{what}")
    soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(kind, (soft, hard))


@contextmanager
def as_any_user() -> Iterator[None]:
    """Have no more rights than any user meanwhile; who is not root has no more anyway."""
    is_root = os.geteuid() == 0
    if is_root:
        os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        if is_root:
            os.setresuid(0, 0, 0)
