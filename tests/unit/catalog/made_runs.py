"""Runs for tests: written as a script's journal, or straight into a pack."""

import os
import time
from array import array
from pathlib import Path
from typing import Any

from setpoint._core.change import Level, Origin
from setpoint._core.keys import join_key
from setpoint._core.values import Encoder
from setpoint._journal import layout, liveness, pack, record
from setpoint._journal.state import Held, Recorded, RunState, Series, Stats, WriterState
from setpoint._journal.writer import Writer

DAY_NS = 86_400_000_000_000
START_NS = 1_700_000_000_000_000_000  # 2023-11-14 22:13:20 UTC
CODE = Origin("code", "train.py", 7)


class LiveRun:
    """A run that is being written, by this process unless told otherwise."""

    def __init__(self, store: Path, run_id: str, created_ns: int = START_NS, **header: Any) -> None:
        self.folder = layout.run_folder(store, run_id, created_ns)
        self.clock = created_ns
        opening = record.Open(
            run=run_id,
            writer=layout.writer_name("main", "host", os.getpid()),
            host="host",
            **{
                "pid": os.getpid(),
                "boot_id": liveness.boot_id(),
                "process_started": liveness.process_started(os.getpid()),
                **header,
            },
        )
        self.writer = Writer(self.folder, opening, say=lambda text: None, clock=self._tick)
        self.writer.open()

    def _tick(self) -> int:
        self.clock += 1_000_000_000
        return self.clock

    def set(self, key: str, value: Any, origin: Origin = CODE, level: Level = Level.SET) -> None:
        self.writer.append(record.Set(key=key, value=Encoder().encode(value, key), origin=origin, level=level))

    def log(self, step: int, **values: float) -> None:
        self.writer.append(record.Log(step=step, values=values))

    def summarise(self, key: str, value: Any) -> None:
        self.writer.append(record.Summary(key=key, value=Encoder().encode(value)))

    def add(self, made: record.Record) -> None:
        self.writer.append(made)

    def finish(self, status: Any = "finished") -> Path:
        self.writer.append(record.Finish(status=status, exit_code=0))
        self.writer.close()
        return self.folder


def record_run(
    store: Path,
    run_id: str,
    config: dict[str, Any],
    summary: dict[str, Any] | None = None,
    created_ns: int = START_NS,
    **header: Any,
) -> Path:
    """Write a finished run's journal and return its folder."""
    run = LiveRun(store, run_id, created_ns, **header)
    for name, value in config.items():
        run.set(join_key((name,)), value)
    for name, value in (summary or {}).items():
        run.summarise(join_key((name,)), value)
    return run.finish()


def state_of(run_id: str, config: dict[str, Any], summary: dict[str, Any] | None = None, **facts: Any) -> RunState:
    """Return a finished run as the reader would give it."""
    created_ns = facts.pop("created_ns", START_NS)
    writer = WriterState("main-host-1-0", "main", 1, None, "host", 1, "boot", "1", created_ns, created_ns, 3, True)
    held = {key: Held(CODE, Level.SET, created_ns, writer.name) for key in config}
    changes = [Recorded(key, config[key], CODE, False, Level.SET, created_ns, writer.name, None) for key in config]
    return RunState(
        id=run_id,
        created_ns=created_ns,
        **{
            "status": "finished",
            "exit_code": 0,
            "finished_ns": created_ns + 60_000_000_000,
            "config": config,
            "summary": summary or {},
            "held": held,
            "changes": changes,
            "writers": [writer],
            "metrics": {"loss": Series(array("q", [0, 1]), array("d", [1.0, 0.5]), array("q", [created_ns] * 2))},
            "stats": {"loss": Stats(0.5, 0.5, 1.0, 0.75, 2)},
            **facts,
        },
    )


def write_pack(store: Path, states: list[RunState], day: str = "2023-11-14") -> Path:
    """Write the runs into one new pack of a day and return its path."""
    folder = layout.runs_folder(store) / day
    folder.mkdir(parents=True, exist_ok=True)
    path = pack.write_pack(folder, map(pack.line_of, states))
    assert path is not None
    return path


def age(path: Path, seconds: float = 60) -> None:
    """Set a file's or folder's modification time back, as if it had been there for a while."""
    then = time.time() - seconds
    os.utime(path, (then, then))
