"""Every way in which a journal's bytes can be harmed: nothing wrong is returned, and nearly nothing is lost."""

import random
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journals import every_kind, records_in, write_run

from setpoint._journal.frame import Frame
from setpoint._journal.reader import frames_in, iter_records, read_run
from setpoint._journal.record import Log, Open, Record
from setpoint._journal.state import Damage


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[Record]]:
    """Return the bytes and records of a journal of about 3 KB."""
    segment = write_run(tmp_path_factory.mktemp("intact") / "run-1", [*every_kind(), *map(_log, range(3, 20))])
    content = segment.read_bytes()
    assert len(content) >= 3000
    return content, records_in(segment)


def _log(step: int) -> Log:
    return Log(step, {"loss": 1 / step})


def _read(content: bytes) -> tuple[list[Record], list[Damage]]:
    frames = list(frames_in(BytesIO(content), "main-h-1-abcd.jsonl"))
    damage = [frame for frame in frames if isinstance(frame, Damage)]
    return [frame.record for frame in frames if isinstance(frame, Frame)], damage


def _assert_true(records: list[Record], original: list[Record]) -> None:
    known = set(map(repr, original))
    assert [record for record in records if repr(record) not in known] == []


def test_every_cut_leaves_all_records_before_it(intact: tuple[bytes, list[Record]]) -> None:
    content, original = intact
    ends = [index for index, byte in enumerate(content) if byte == 0x0A]
    for size in range(len(content)):
        records, damage = _read(content[:size])

        complete = sum(end <= size for end in ends)  # a record that lacks only its newline is whole
        assert records == original[:complete]
        is_torn = size > 0 and size not in {end + 1 for end in ends} and size not in ends
        assert [entry.kind for entry in damage] == ["torn"] * is_torn


def test_every_flipped_bit_loses_two_records_at_most_and_makes_none_wrong(intact: tuple[bytes, list[Record]]) -> None:
    content, original = intact
    known = dict.fromkeys(map(repr, original))
    harmed = bytearray(content)
    for position in range(len(content)):
        for bit in range(8):
            harmed[position] = content[position] ^ 1 << bit
            first = content.rfind(b"\n", 0, position) + 1
            last = content.find(b"\n", content.find(b"\n", position) + 1)
            around = harmed[first : last + 1 if last > 0 else None]  # lines do not depend on those before and after

            frames = list(frames_in(BytesIO(around), "main-h-1-abcd.jsonl"))

            good = [frame for frame in frames if type(frame) is Frame]
            lost = content[first : first + len(around)].count(b"\n") - len(good)
            assert lost <= 2
            assert lost <= 0 or len(good) < len(frames)
            assert all(repr(frame.record) in known for frame in good)
        harmed[position] = content[position]


def test_flipped_bits_never_give_a_run_another_value(tmp_path: Path, intact: tuple[bytes, list[Record]]) -> None:
    content, _ = intact
    folder = tmp_path / "run-1"
    folder.mkdir()
    path = folder / "main-h-1-abcd.jsonl"
    path.write_bytes(content)
    whole = read_run(folder)
    dice = random.Random(5)
    for _ in range(400):
        position, bit = dice.randrange(len(content)), dice.randrange(8)
        path.write_bytes(content[:position] + bytes([content[position] ^ 1 << bit]) + content[position + 1 :])

        state = read_run(folder)

        assert state.damage or (state.config, state.stats.keys()) == (whole.config, whole.stats.keys())
        assert not state.damage or all(entry.path == str(path) for entry in state.damage)


def test_zeros_at_the_end_are_one_damage(tmp_path: Path, intact: tuple[bytes, list[Record]]) -> None:
    content, original = intact
    records, damage = _read(content + bytes(4096))
    assert records == original
    assert [(entry.kind, entry.start, entry.end) for entry in damage] == [("torn", len(content), len(content) + 4096)]


def test_a_zeroed_page_loses_only_what_was_in_it(tmp_path: Path, intact: tuple[bytes, list[Record]]) -> None:
    content, original = intact
    records, damage = _read(content[:1000] + bytes(512) + content[1512:])
    _assert_true(records, original)
    assert damage
    assert len(records) >= len(original) - 2 - 512 // 60


def test_repeated_and_swapped_sectors_make_nothing_wrong(tmp_path: Path, intact: tuple[bytes, list[Record]]) -> None:
    content, original = intact
    sectors = [content[start : start + 512] for start in range(0, len(content), 512)]
    folder = tmp_path / "run-1"
    folder.mkdir()
    path = folder / "main-h-1-abcd.jsonl"
    for first in range(len(sectors)):
        for second in range(len(sectors)):
            repeated = [*sectors[: first + 1], sectors[second], *sectors[first + 1 :]]
            swapped = list(sectors)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            for harmed in (repeated, swapped):
                path.write_bytes(b"".join(harmed))
                records, _ = _read(b"".join(harmed))
                _assert_true(records, original)
                steps = list(read_run(folder).metrics.get("loss", Log(0, {})).steps) if records else []  # type: ignore[union-attr]
                assert steps == sorted(set(steps))


@given(
    st.binary(max_size=400) | st.lists(st.sampled_from([b"\n", b'{"kind":"set"}', b"00000000 ", b"{}"])).map(b"".join)
)
def test_arbitrary_bytes_are_damage_and_never_records(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    path = folder / "main-h-1-abcd.jsonl"
    path.write_bytes(content)

    frames = list(iter_records(path))

    assert all(isinstance(frame, Damage) for frame in frames)
    assert sum(frame.end - frame.start for frame in frames) >= len(content.replace(b"\n", b""))
    state = read_run(folder)
    assert (state.config, state.metrics) == ({}, {})


def test_damaged_lines_are_named_by_bytes_and_line(tmp_path: Path) -> None:
    segment = write_run(tmp_path / "run-1", [_log(1), _log(2), _log(3)])
    lines = segment.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b"loss", b"lost")
    segment.write_bytes(b"".join(lines))

    state = read_run(tmp_path / "run-1")

    start = len(lines[0] + lines[1])
    checksum, gap = state.damage
    assert (checksum.kind, checksum.start, checksum.end, checksum.line) == ("checksum", start, start + len(lines[2]), 3)
    assert (gap.kind, "record 2 is missing" in gap.detail) == ("gap", True)
    assert list(state.metrics["loss"].steps) == [1, 3]


def test_a_lost_header_leaves_config_and_metrics(tmp_path: Path) -> None:
    segment = write_run(tmp_path / "run-1", every_kind())
    whole = read_run(tmp_path / "run-1")
    segment.write_bytes(b"X" + segment.read_bytes()[1:])

    state = read_run(tmp_path / "run-1")

    assert not any(isinstance(record, Open) for record in records_in(segment))
    assert (state.config, state.status, state.project) == (whole.config, "finished", "")
    assert [entry.kind for entry in state.damage] == ["checksum"]


def test_files_that_are_no_segments_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "run-1"
    segment = write_run(folder, every_kind())
    (folder / "config.yaml").write_text("lr: 1\n")
    (folder / "rank1-h-2-abcd.jsonl").symlink_to(segment)
    (folder / "rank2-h-2-abcd.jsonl").mkdir()

    state = read_run(folder)

    assert {entry.kind for entry in state.damage} == {"unreadable"}
    assert len(state.damage) == 2
    assert state.project == "digits"


def test_what_a_run_said_before_it_was_packed_is_damage_where_it_can_not_be_read(tmp_path: Path) -> None:
    write_run(tmp_path / "run-1", [_log(1)])
    (tmp_path / "run-1" / "packed.run").mkdir()

    state = read_run(tmp_path / "run-1")

    assert [(entry.path, entry.kind) for entry in state.damage] == [(str(tmp_path / "run-1/packed.run"), "unreadable")]
    assert list(state.metrics["loss"].steps) == [1]


@pytest.mark.skipif(sys.platform != "linux", reason="a file whose bytes can't be read is found in /proc")
def test_bytes_that_the_disk_does_not_give_back_are_damage() -> None:
    (damage,) = iter_records(Path("/proc/self/mem"))  # its first byte is at an address that nobody may read
    assert isinstance(damage, Damage)
    assert (damage.kind, damage.start) == ("unreadable", 0)
    assert "reading failed" in damage.detail
