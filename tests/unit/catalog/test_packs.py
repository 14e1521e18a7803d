"""Packs: nothing is lost when many runs become one file."""

import os
import shutil
import time
import zlib
from array import array
from collections.abc import Iterable
from pathlib import Path

import pytest
from made_runs import START_NS, LiveRun, age, record_run, state_of, write_pack

from setpoint._core.change import Level, Origin
from setpoint._journal import layout, pack, packing
from setpoint._journal.changed import changed_keys
from setpoint._journal.packing import pack_store
from setpoint._journal.reader import read_run
from setpoint._journal.state import Recorded, Series
from setpoint._journal.stores import default_store, is_url

AT_ONCE_NS = -86_400_000_000_000  # runs need not have been at rest at all


def change(key: str, value: object, *, deleted: bool = False, level: Level = Level.SET) -> Recorded:
    return Recorded(key, value, Origin("call"), deleted, level, 0, "w", None)


def test_a_packed_run_reads_back_as_it_was(store: Path) -> None:
    points = Series(array("q", [0, 5, 3]), array("d", [1.5, float("nan"), -0.0]), array("q", [1, 10**18, 5]))
    state = state_of("run-a", {"t": (1, 2**80), "x": float("inf")}, {"acc": 0.5}, metrics={"m": points})
    path = write_pack(store, [state_of("run-0", {}), state])
    assert repr(pack.find_packed(path, "run-a")) == repr(state)
    assert pack.find_packed(path, "run-z") is None
    first, second = pack.read_entries(path, pack.PackedRun)
    assert repr(pack.read_packed(path, second.offset, second.size_bytes, "run-a")) == repr(state)
    assert pack.read_packed(path, first.offset, first.size_bytes, "run-a") is None
    assert pack.read_packed(path, 3, 10, "run-a") is None


def test_a_whole_line_that_is_no_run_is_damaged() -> None:
    assert pack.read_line(b"%08x {\n" % zlib.crc32(b"{")) is None


def test_points_are_little_endian_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    state = state_of("run-a", {})
    line = pack.line_of(state)
    monkeypatch.setattr(pack.sys, "byteorder", "big")
    packed = pack.read_line(pack.line_of(state))
    assert packed is not None
    assert pack.unpacked(packed).metrics == state.metrics
    assert pack.line_of(state) != line  # this machine's bytes were turned round


def test_details_that_cannot_be_decompressed_are_said_to_be_so() -> None:
    packed = pack.read_line(pack.line_of(state_of("run-a", {})))
    assert packed is not None
    packed.details = b"no zlib"
    with pytest.raises(ValueError, match="run-a: its details"):
        pack.unpacked(packed)


def test_a_pack_of_nothing_is_no_file(tmp_path: Path) -> None:
    assert pack.write_pack(tmp_path, []) is None
    assert list(tmp_path.iterdir()) == []


def test_a_packing_that_fails_leaves_no_file(tmp_path: Path) -> None:
    def lines() -> object:
        yield b"x\n"
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        pack.write_pack(tmp_path, lines())  # type: ignore[arg-type]  # a generator of lines
    assert list(tmp_path.iterdir()) == []


def test_old_runs_of_many_days_are_packed_with_progress(store: Path) -> None:
    for at in range(4):
        record_run(store, f"run-{at}", {"lr": at}, created_ns=START_NS + at // 2 * 86_400_000_000_000)
    told: list[tuple[int, int]] = []
    report = pack_store(store, older_than_ns=AT_ONCE_NS, progress=lambda *done: told.append(done))
    assert (report.packed, report.left, told) == (4, 0, [(2, 4), (4, 4)])
    assert report.bytes_before > 0
    assert report.bytes_after > 0
    assert [len(list(day.iterdir())) for day in layout.runs_folder(store).iterdir()] == [1, 1]
    assert pack_store(store, older_than_ns=AT_ONCE_NS).packed == 0


def test_a_store_that_is_not_there_has_nothing_to_pack(tmp_path: Path) -> None:
    assert pack_store(tmp_path / "nothing").packed == 0


def test_a_run_that_is_resumed_while_it_is_packed_stays(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = record_run(store, "run-a", {"lr": 1})
    real = pack.write_pack

    def resume_and_write(day: Path, lines: object) -> Path | None:
        written = real(day, lines)  # type: ignore[arg-type]  # as it came
        LiveRun(store, "run-a", session=2).set("lr", 2)
        return written

    monkeypatch.setattr(packing.pack, "write_pack", resume_and_write)
    report = pack_store(store, older_than_ns=AT_ONCE_NS)
    assert report.packed == 0
    assert read_run(folder).config == {"lr": 2}


def test_a_run_that_changes_at_the_last_moment_is_put_back(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = record_run(store, "run-a", {"lr": 1})
    real = Path.rename

    def append_and_rename(self: Path, target: Path) -> Path:
        if self == folder:
            (folder / "child-x-1-00000000.jsonl").write_text("")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", append_and_rename)
    assert pack_store(store, older_than_ns=AT_ONCE_NS).packed == 0
    assert folder.is_dir()


@pytest.mark.parametrize("is_in_pack", [False, True])
def test_a_run_that_is_removed_while_it_is_packed_costs_nothing(
    store: Path, monkeypatch: pytest.MonkeyPatch, is_in_pack: bool
) -> None:
    gone, kept = (record_run(store, run_id, {"lr": 1}) for run_id in ("run-a", "run-b"))
    real = pack.write_pack

    def remove_and_write(day: Path, lines: Iterable[bytes]) -> Path | None:
        ready = list(lines) if is_in_pack else lines
        shutil.rmtree(gone)
        return real(day, ready)

    monkeypatch.setattr(packing.pack, "write_pack", remove_and_write)
    assert pack_store(store, older_than_ns=AT_ONCE_NS).packed == 1
    assert [path.suffix for path in kept.parent.iterdir()] == [".pack"]


def test_what_a_killed_packing_left_is_set_right(store: Path) -> None:
    folder = record_run(store, "run-a", {"lr": 1})
    folder.rename(folder.with_name(".packed-run-a"))
    old, young = folder.parent / ".0123.tmp", folder.parent / ".4567.tmp"
    old.write_text("half a pack")
    young.write_text("a pack of another process")
    half = folder.parent / ".run-b.0123.tmp"
    half.mkdir()
    (half / "packed.run").write_text("half an unpacking")
    for path in (old, half):
        age(path, 7200)
    assert pack_store(store, now_ns=time.time_ns()).left == 1
    assert (folder.is_dir(), old.exists(), half.exists(), young.exists()) == (True, False, False, True)


def test_what_a_killed_packing_hid_of_a_run_that_went_on_goes(store: Path) -> None:
    folder = record_run(store, "run-a", {"lr": 1})
    hidden = shutil.copytree(folder, folder.with_name(".packed-run-a"))
    assert pack_store(store, now_ns=time.time_ns()).left == 1
    assert (folder.is_dir(), hidden.exists()) == (True, False)


def test_links_and_empty_folders_are_not_packed(store: Path, tmp_path: Path) -> None:
    folder = record_run(store, "run-a", {"lr": 1})
    segment = next(folder.glob("*.jsonl"))
    segment.rename(tmp_path / segment.name)
    segment.symlink_to(tmp_path / segment.name)
    (folder.parent / "empty").mkdir()
    assert pack_store(store, older_than_ns=AT_ONCE_NS).left == 2


def test_a_line_that_does_not_read_back_keeps_the_folder(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = record_run(store, "run-a", {"lr": 1})
    monkeypatch.setattr(packing.pack, "read_line", lambda line: None)
    assert pack_store(store, older_than_ns=AT_ONCE_NS).left == 1
    assert folder.is_dir()


def test_changed_keys_are_leaves_that_had_been_set() -> None:
    changes = [
        change("lr", 1), change("lr", 1), change("a", {"x": 1, "y": 2}), change("a.x", 3), change("b", 1),
        change("b", None, deleted=True), change("c", 0, level=Level.DEFAULT), change("c", 1), change("d", [1, 2]),
        change("d", [1, 5]),
    ]  # fmt: skip
    assert changed_keys(changes) == ["a.x", "b", "d[1]"]
    assert changed_keys([change("lr", 1), change("wd", 2)]) == []


def test_the_default_store_is_named_near_or_here(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert default_store({}, inner) == str(inner / ".setpoint")
    (tmp_path / "a" / ".setpoint").mkdir()
    assert default_store({}, inner) == str(tmp_path / "a" / ".setpoint")
    assert default_store({"SETPOINT_STORE": "runs"}, inner) == str(inner / "runs")
    assert default_store({"SETPOINT_STORE": os.fspath(tmp_path)}, inner) == str(tmp_path)
    assert default_store({"SETPOINT_STORE": "postgresql://db/x"}, inner) == "postgresql://db/x"
    assert is_url("postgres://db")
    assert not is_url("/postgres")
