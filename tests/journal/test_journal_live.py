"""Reading on from where the last reading ended says what reading everything says."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from setpoint._core.change import Origin
from setpoint._core.values import is_same
from setpoint._journal import layout, liveness, record
from setpoint._journal.live import LiveJournals
from setpoint._journal.reader import find_segments, read_run
from setpoint._journal.state import RunState
from setpoint._journal.writer import Writer

STEPS = st.one_of(
    st.tuples(st.just("log"), st.integers(0, 2), st.floats(width=16)),
    st.tuples(st.just("set"), st.integers(0, 2), st.integers(0, 3)),
    st.tuples(st.just("summary"), st.integers(0, 2), st.integers(0, 3)),
    st.tuples(st.just("lost"), st.integers(0, 2), st.just(0)),
    st.tuples(st.just("torn"), st.integers(0, 2), st.just(0)),
    st.tuples(st.just("part"), st.integers(0, 2), st.just(0)),
    st.tuples(st.just("read"), st.just(0), st.just(0)),
)
CODE = Origin("code", "train.py", 1)


def opened(folder: Path, role: Any, rank: int | None, number: int) -> Writer:
    header = record.Open(
        run=folder.name,
        writer=layout.writer_name(role, "host", os.getpid() + number, rank),
        role=role,
        rank=rank,
        session=1 + number // 2,
        pid=os.getpid(),
        boot_id=liveness.boot_id(),
        process_started=liveness.process_started(os.getpid()),
    )
    writer = Writer(folder, header, say=lambda text: None)
    writer.open()
    return writer


def do(writer: Writer, what: str, value: Any) -> None:
    if what == "log":
        writer.append(record.Log(1, {"loss": value, "val.loss": 1.0}))
    elif what == "set":
        writer.append(record.Set("lr", value, CODE))
    elif what == "summary":
        writer.append(record.Summary("loss", value))
    elif what == "lost":
        next(writer._count)
    elif what == "torn":
        os.write(writer._segment.fd, b"0123 torn\n")
    elif what == "part":
        writer._is_suspect = True
        writer.sync(now=True)


def told(state: RunState) -> dict[str, Any]:
    facts = {name: getattr(state, name) for name in state.__struct_fields__}
    facts["metrics"] = {
        name: [list(part) for part in (series.steps, series.values, series.times)]
        for name, series in state.metrics.items()
    }
    facts["stats"] = {name: repr(stats) for name, stats in state.stats.items()}
    facts["damage"] = sorted(map(repr, state.damage))
    for name in ("held", "changes", "writers"):
        facts[name] = repr(facts[name])
    return facts


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=20), number=st.integers(0, 2**40))
def test_a_live_journal_is_read_on_as_if_it_were_read_whole(tmp_path: Path, steps: list[Any], number: int) -> None:
    folder = tmp_path / str(number) / "run-1"
    writers = [opened(folder, "main", None, 0), opened(folder, "rank", 1, 1), opened(folder, "main", None, 2)]
    journals = LiveJournals()
    for what, at, value in [*steps, ("read", 0, 0), ("log", 0, 0.5), ("read", 0, 0)]:
        if what == "read":
            assert is_same(told(journals.read(folder)), told(read_run(folder)))
        else:
            do(writers[at], what, value)
    for writer in writers:
        writer.append(record.Finish(status="finished"))
        writer.close()
    assert is_same(told(journals.read(folder)), told(read_run(folder)))


def test_what_was_read_stays_as_it_was_when_more_is_logged(tmp_path: Path) -> None:
    writer = opened(tmp_path / "run-1", "main", None, 0)
    journals = LiveJournals()
    writer.append(record.Log(1, {"loss": 1.0}))
    before = journals.read(tmp_path / "run-1")
    view = np.frombuffer(before.metrics["loss"].values)
    writer.append(record.Log(2, {"loss": 2.0}))
    assert list(journals.read(tmp_path / "run-1").metrics["loss"].values) == [1.0, 2.0]
    assert view.tolist() == [1.0]
    writer.close()


def test_a_live_journal_that_was_cut_is_read_again(tmp_path: Path) -> None:
    writer = opened(tmp_path / "run-1", "main", None, 0)
    journals = LiveJournals()
    for step in range(3):
        writer.append(record.Log(step, {"loss": 1.0}))
    journals.read(tmp_path / "run-1")
    (segment,) = find_segments(tmp_path / "run-1")
    os.truncate(segment, segment.stat().st_size // 2)
    assert is_same(told(journals.read(tmp_path / "run-1")), told(read_run(tmp_path / "run-1")))
    writer.close()


def test_a_live_journal_that_lost_a_segment_is_read_again(tmp_path: Path) -> None:
    writers = [opened(tmp_path / "run-1", "main", None, 0), opened(tmp_path / "run-1", "rank", 1, 1)]
    for writer in writers:
        writer.append(record.Log(1, {"loss": 1.0}))
    journals = LiveJournals()
    journals.read(tmp_path / "run-1")
    find_segments(tmp_path / "run-1")[1].unlink()

    state = journals.read(tmp_path / "run-1")

    assert [writer.role for writer in state.writers] == ["main"]
    assert is_same(told(state), told(read_run(tmp_path / "run-1")))
    for writer in writers:
        writer.close()


def test_more_live_journals_than_are_kept_are_read_all_the_same(tmp_path: Path) -> None:
    folders = [tmp_path / f"run-{at}" for at in range(20)]
    writers = [opened(folder, "main", None, 0) for folder in folders]
    journals = LiveJournals()
    for step in range(2):
        for folder, writer in zip(folders, writers, strict=True):
            writer.append(record.Log(step, {"loss": 1.0}))
            assert list(journals.read(folder).metrics["loss"].steps) == list(range(step + 1))
    assert len(journals._journals) < len(folders)
    for writer in writers:
        writer.close()
