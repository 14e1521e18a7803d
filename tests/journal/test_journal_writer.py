"""A writer's less common ways: heartbeats, folders put aside, restatements, memory limits, lines of no sense."""

import os
from pathlib import Path
from zlib import crc32

import pytest
from journals import CODE, damage_in, header, logged, make_writer, records_in

from setpoint._journal.reader import find_segments, read_run
from setpoint._journal.record import Log, Record, Set, Update
from setpoint._journal.writer import Writer


def test_an_idle_writer_touches_its_segment(tmp_path: Path) -> None:
    writer = make_writer(tmp_path / "run-1")
    (segment,) = find_segments(tmp_path / "run-1")
    os.utime(segment, (1, 1))
    writer.tick()
    assert segment.stat().st_mtime == 1  # the last beat is not 10 s old yet

    writer._beat_at = 0.0
    writer.tick()

    assert segment.stat().st_mtime > 1
    writer.close()


def test_a_folder_moved_away_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "2026-11-24" / "run-1"
    writer = make_writer(folder)
    writer.append(Log(1, {}))
    folder.rename(tmp_path / "kept")
    folder.mkdir()

    writer.tick()
    writer.append(Log(2, {}))

    assert not writer.close()
    assert logged(tmp_path / "kept") == {1}
    assert logged(folder) == {1, 2}  # the first was not known to be on the disk yet


def test_a_config_that_changes_while_it_is_stated_anew_is_stated_at_the_next_tick(tmp_path: Path) -> None:
    folder = tmp_path / "2026-11-24" / "run-1"
    answers: list[Exception | list[Record]] = [RuntimeError("changed"), [Update([CODE], [("lr", 1, 0, 1)], whole=True)]]

    def restate() -> list[Record]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    said: list[str] = []
    writer = Writer(folder, header(), say=said.append, restate=restate)
    writer.open()
    find_segments(folder)[0].unlink()
    writer.tick()
    writer.tick()

    assert not writer.close()
    assert read_run(folder).config == {"lr": 1}
    assert len(said) == 2


def test_a_listener_that_fails_stops_nothing(tmp_path: Path) -> None:
    def say(text: str) -> None:
        raise BrokenPipeError(text)

    (tmp_path / "run-1").touch()
    writer = Writer(tmp_path / "run-1", header(), say=say)
    writer.append(Log(1, {}))
    assert writer.close().count == 1


def test_without_any_sync_memory_is_bounded_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("setpoint._journal.writer.LIMIT_BYTES", 10_000)
    writer = make_writer(tmp_path / "run-1")
    for step in range(1000):
        writer.append(Log(step, {"loss": 1.0}))

    assert writer._backlog.size_bytes <= 10_000
    assert not writer.close()
    assert logged(tmp_path / "run-1") == set(range(1000))


@pytest.mark.parametrize(
    "payload",
    [
        b'{"kind":"set","v":1,"seq":1,"t":1}',
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"kind":"set"}',
        b'{"kind":"log","v":1,"seq":1e99}',
    ],
)
def test_a_line_with_the_right_checksum_that_is_no_record_is_damage(tmp_path: Path, payload: bytes) -> None:
    segment = tmp_path / "main-h-1-abcd.jsonl"
    segment.write_bytes(b"%08x %b\n" % (crc32(payload), payload))
    assert [damage.kind for damage in damage_in(segment)] == ["format"]
    assert records_in(segment) == []


def test_a_record_is_on_the_disk_when_append_returns(tmp_path: Path) -> None:
    writer = make_writer(tmp_path / "run-1")
    (segment,) = find_segments(tmp_path / "run-1")
    for value in range(5):
        writer.append(Set("lr", value, CODE))
        assert records_in(segment)[-1].value == value
    writer.close()
