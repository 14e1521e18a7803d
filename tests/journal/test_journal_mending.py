"""Threads meet in a writer, and more waits than is written at once: nothing is lost, and nothing wrong is said."""

import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from journals import CODE, header, limited, logged, make_writer

from setpoint._journal.backlog import Backlog
from setpoint._journal.reader import find_segments, read_run
from setpoint._journal.record import Log, Record, Update
from setpoint._journal.writer import Writer


@pytest.mark.skipif(sys.platform != "linux", reason="the size of files is limited with Linux's means")
def test_a_write_that_fails_while_another_thread_mends_is_done_again_in_the_same_part(tmp_path: Path) -> None:
    writer = make_writer(tmp_path / "run-1")
    (segment,) = find_segments(tmp_path / "run-1")
    with writer._mending, limited("FSIZE", segment.stat().st_size):
        writer.append(Log(1, {}))
    assert logged(tmp_path / "run-1") == set()

    writer.tick()

    assert logged(tmp_path / "run-1") == {1}
    assert not writer.close()
    assert find_segments(tmp_path / "run-1") == [segment]


def test_a_file_that_vanishes_while_another_thread_mends_is_noticed_later(tmp_path: Path) -> None:
    said: list[str] = []
    writer = make_writer(tmp_path / "run-1", said)
    writer.append(Log(1, {}))
    find_segments(tmp_path / "run-1")[0].unlink()
    with writer._mending:
        writer.tick()
    assert said == []

    writer.tick()

    assert len(said) == 1
    assert not writer.close()
    assert logged(tmp_path / "run-1") == {1}


def test_written_records_are_kept_beyond_the_memory_limit_while_another_thread_mends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("setpoint._journal.writer.LIMIT_BYTES", 1000)
    writer = make_writer(tmp_path / "run-1")
    with writer._mending:
        for step in range(100):
            writer.append(Log(step, {"loss": 1.0}))
    assert len(writer._backlog.unsynced) == 100

    writer.append(Log(100, {"loss": 1.0}))

    assert len(writer._backlog.unsynced) == 50
    assert not writer.close()
    assert logged(tmp_path / "run-1") == set(range(101))


def test_metrics_are_thinned_at_the_tick_and_not_while_another_thread_mends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("setpoint._journal.writer._THIN_BYTES", 1000)
    (tmp_path / "run-1").touch()
    said: list[str] = []
    writer = Writer(tmp_path / "run-1", header(), say=said.append)
    for step in range(100):
        writer.append(Log(step, {"loss": 1.0}))
    with writer._mending:
        writer.tick()
    assert len(writer._backlog.waiting) == 100
    assert not any("given up" in text for text in said)

    writer.tick()

    assert len(writer._backlog.waiting) == 75
    assert sum("given up" in text for text in said) == 1


def test_much_that_waits_is_left_to_the_tick_and_written_whole(tmp_path: Path) -> None:
    folder = tmp_path / "run-1"
    folder.touch()
    writer = Writer(folder, header(), say=lambda text: None)
    for step in range(5):
        writer.append(Log(step, {"text": "x" * 300_000}))
    folder.unlink()
    writer._retry_at = 0.0  # as if the pause between tries were over
    writer.append(Log(5, {"text": "x" * 300_000}))
    assert not folder.exists()

    writer.tick()

    assert logged(folder) == set(range(6))
    assert not writer.close()


def test_a_writer_that_became_a_childs_makes_no_file_before_its_first_record(tmp_path: Path) -> None:
    writer = make_writer(tmp_path / "run-1")
    writer.after_fork_in_child()
    writer.tick()
    assert len(find_segments(tmp_path / "run-1")) == 1

    writer.append(Log(1, {}))

    assert not writer.close()
    assert len(find_segments(tmp_path / "run-1")) == 2
    assert logged(tmp_path / "run-1") == {1}


def test_a_run_that_ends_while_its_config_is_stated_anew_has_it_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("setpoint._journal.writer._PATIENCE_S", 0.01)

    def restate() -> list[Record]:
        writer.close()  # as another thread does, which waits for this one in vain
        return [Update([CODE], [("lr", 0.5, 0, 1)], whole=True)]

    writer = Writer(tmp_path / "run-1", header(), say=lambda text: None, restate=restate)
    writer.open()
    find_segments(tmp_path / "run-1")[0].unlink()

    writer.tick()

    assert read_run(tmp_path / "run-1").config == {"lr": 0.5}


def test_a_line_that_comes_while_the_backlog_is_copied_is_in_the_copy() -> None:
    class Growing(deque[bytes]):
        def __iter__(self) -> Iterator[bytes]:
            for line in super().__iter__():
                if b"late" not in self:
                    self.append(b"late")
                yield line

    backlog = Backlog()
    backlog.waiting = Growing([b"early"])

    assert backlog.lines() == [b"early", b"late"]
