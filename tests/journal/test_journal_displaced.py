"""A writer's file is too small, moved, removed, or its descriptor another's: what was appended is there in the end."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from journals import CODE, as_any_user, header, limited, logged, make_writer, run_python

from setpoint._journal.reader import find_segments, read_run
from setpoint._journal.record import Log, Update
from setpoint._journal.segment import Segment
from setpoint._journal.writer import Writer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="faults are made with Linux's means")
ROOT = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root has rights to give up")


def test_more_than_a_file_may_hold_goes_to_several_parts(tmp_path: Path) -> None:
    writer = make_writer(tmp_path / "2026-11-24" / "run-1")
    with limited("FSIZE", 5000):
        for step in range(100):
            writer.append(Log(step, {"loss": 1.0}))
        losses = writer.close()
    assert not losses
    assert logged(writer.folder) == set(range(100))
    assert len(find_segments(writer.folder)) > 2


def test_a_record_larger_than_a_file_may_be_waits_and_is_counted(tmp_path: Path) -> None:
    said: list[str] = []
    writer = make_writer(tmp_path / "2026-11-24" / "run-1", said)
    with limited("FSIZE", 5000):
        writer.append(Log(1, {"text": "x" * 9000}))
        is_all_saved = writer.sync(now=True)
        losses = writer.close()
    assert not is_all_saved
    assert losses.kinds == {"log": 1}
    assert len(said) == 1
    assert logged(writer.folder) == set()


def test_a_removed_folder_is_noticed_at_the_end_too(tmp_path: Path) -> None:
    said: list[str] = []
    now = Update([CODE], [("lr", 0.5, 0, 1)], whole=True)
    writer = Writer(tmp_path / "run-1", header(), say=said.append, restate=lambda: [now])
    writer.open()
    writer.append(Log(1, {"loss": 1.0}))
    shutil.rmtree(tmp_path / "run-1")

    assert not writer.close()

    assert read_run(tmp_path / "run-1").config == {"lr": 0.5}
    assert logged(tmp_path / "run-1") == {1}
    assert len(said) == 1


def test_a_folder_that_was_moved_with_a_file_in_its_place_goes_on_where_it_is(tmp_path: Path) -> None:
    writer = make_writer(tmp_path / "run-1")
    (tmp_path / "run-1").rename(tmp_path / "moved")
    (tmp_path / "run-1").write_text("in the way")
    writer.append(Log(1, {"loss": 1.0}))
    writer.tick()
    writer.append(Log(2, {"loss": 1.0}))

    assert not writer.close()

    assert logged(tmp_path / "moved") == {1, 2}


def test_a_segment_never_takes_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    code = """
import os, sys
from journals import logged, make_writer
from pathlib import Path
from setpoint._journal.record import Log
os.close(0)
writer = make_writer(Path(sys.argv[1]))
assert os.open(os.devnull, os.O_RDONLY) == 0
writer.append(Log(1, {}))
assert not writer.close() and logged(Path(sys.argv[1])) == {1}
"""
    run_python(code, str(tmp_path / "run-1"))


def test_a_descriptor_that_the_script_took_over_is_left_to_it(tmp_path: Path) -> None:
    said: list[str] = []
    writer = make_writer(tmp_path / "run-1", said)
    writer.append(Log(1, {}))
    assert isinstance(writer._segment, Segment)
    fd = writer._segment.fd
    with (tmp_path / "mine").open("wb") as mine:
        os.dup2(mine.fileno(), fd)
        writer.tick()
        writer.append(Log(2, {}))
        assert not writer.close()
        os.close(fd)  # it was still open
    assert (tmp_path / "mine").read_bytes() == b""
    assert logged(tmp_path / "run-1") == {1, 2}
    assert len(said) == 1


def test_a_descriptor_that_the_script_closed_costs_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    writer = make_writer(tmp_path / "run-1", said)
    writer.append(Log(1, {}))
    assert isinstance(writer._segment, Segment)
    os.close(writer._segment.fd)

    writer.tick()
    writer.append(Log(2, {}))

    assert not writer.close()
    assert logged(tmp_path / "run-1") == {1, 2}
    assert len(said) == 1


def test_a_segment_that_can_take_writes_again_does_where_no_new_one_can_be_made(tmp_path: Path) -> None:
    writer = make_writer(tmp_path / "run-1")
    (segment,) = find_segments(tmp_path / "run-1")
    with limited("NOFILE", 3):
        with limited("FSIZE", segment.stat().st_size):
            writer.append(Log(1, {}))
        is_all_saved = writer.sync(now=True)

    assert is_all_saved
    assert find_segments(tmp_path / "run-1") == [segment]
    assert logged(tmp_path / "run-1") == {1}
    assert not writer.close()


def test_a_part_that_somebody_removed_need_not_be_discarded(tmp_path: Path) -> None:
    segment = Segment(tmp_path / "main-h-1-abcd.jsonl")
    segment.path.unlink()

    segment.discard()

    assert list(tmp_path.iterdir()) == []


@ROOT
def test_a_run_is_recorded_in_a_day_folder_that_only_another_user_may_change() -> None:
    with tempfile.TemporaryDirectory() as store:  # pytest's own are closed to other users
        os.chmod(store, 0o755)
        folder = Path(store) / "2026-11-24" / "run-1"
        folder.mkdir(parents=True)
        os.chown(folder, 65534, 65534)
        with as_any_user():
            writer = make_writer(folder)
            writer.append(Log(1, {}))
            losses = writer.close()
        assert not losses
        assert logged(folder) == {1}


@ROOT
def test_a_script_that_gives_up_its_rights_goes_on_recording(tmp_path: Path) -> None:
    said: list[str] = []
    writer = make_writer(tmp_path / "run-1", said)
    with as_any_user():
        writer.append(Log(1, {}))
        writer._beat_at = 0.0
        writer.tick()

    assert not writer.close()
    assert (logged(tmp_path / "run-1"), said) == ({1}, [])
