"""What is appended is what is read, for whatever sequence of records."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journals import CODE, FILE, every_kind, header, make_writer, records_in, write_run
from msgspec import structs

from setpoint._core.change import Level
from setpoint._core.keys import join_key
from setpoint._journal.frame import from_line, to_line
from setpoint._journal.reader import find_run, find_runs, find_segments, read_from, read_run
from setpoint._journal.record import Delete, Log, Open, Set, Summary, Unknown, Update
from setpoint._journal.state import Damage

_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _text
)
_values = st.recursive(
    _scalars,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(_text.filter(lambda t: t[:1] != "$"), part, max_size=3),
    max_leaves=6,
)
_origins = st.sampled_from([CODE, FILE])
_keys = _text.map(lambda name: join_key((name,)))
_records = st.one_of(
    st.builds(Set, _keys, _values, _origins, st.sampled_from(Level), _text),
    st.builds(Delete, _keys, _origins),
    st.builds(Log, st.integers(-(2**63), 2**63 - 1), st.dictionaries(_text, _values, max_size=3)),
    st.builds(Summary, _text, _values),
    st.builds(
        Update,
        st.just([CODE, FILE]),
        st.lists(st.tuples(_keys, _values, st.integers(0, 1), st.integers(0, 2)), max_size=4),
        st.dictionaries(_keys, _text, max_size=2),
        st.booleans(),
    ),
)


@given(_records)
def test_a_line_holds_its_record(record) -> None:
    line = to_line(record)
    assert line.count(b"\n") == 1
    assert repr(from_line(line[:-1])) == repr(record)


@given(st.lists(_records, max_size=12))
def test_records_are_read_as_they_were_appended(tmp_path_factory: pytest.TempPathFactory, records) -> None:
    segment = write_run(tmp_path_factory.mktemp("round") / "run-1", [structs.replace(record) for record in records])

    opened, *read = records_in(segment)

    assert isinstance(opened, Open)
    assert [record.seq for record in read] == list(range(1, len(records) + 1))
    assert [repr(structs.replace(record, seq=0, t=0)) for record in read] == list(map(repr, records))


_config_steps = st.lists(
    st.tuples(
        st.sampled_from(["a", "b.c", "b.d", "b", "l", "l[0]", "l[1]", "l[2]"]),
        st.sampled_from([0, 1.5, "x", {"c": 1}, {}, [1, 2], None, ...]),
    ),
    max_size=12,
)


@given(_config_steps, st.booleans())
def test_a_config_reads_as_the_dict_it_was(tmp_path_factory: pytest.TempPathFactory, steps, in_one: bool) -> None:
    model: dict = {}
    done = []
    for key, value in steps:
        if _apply(model, key, value):
            done.append((key, value))
    if in_one:
        rows = [(key, None if value is ... else value, 0, -1 if value is ... else 1) for key, value in done]
        records = [Update([CODE], rows)]
    else:
        records = [Delete(key, CODE) if value is ... else Set(key, value, CODE) for key, value in done]
    folder = tmp_path_factory.mktemp("config") / "run-1"
    write_run(folder, records)

    state = read_run(folder)

    assert (state.config, state.damage) == (model, [])
    assert [(change.key, ... if change.deleted else change.value) for change in state.changes] == done
    assert set(state.held) >= set(_leaves(model))
    assert all(_has(model, key) for key in state.held)


def _apply(model: dict, key: str, value) -> bool:
    value = {**value} if isinstance(value, dict) else list(value) if isinstance(value, list) else value
    if "[" in key:
        items, index = model.get("l"), int(key[2])
        if not isinstance(items, list) or (index != len(items) - 1 if value is ... else index > len(items)):
            return False
        if value is ...:
            items.pop()
        else:
            items[index : index + 1] = [value]
        return True
    head, _, tail = key.partition(".")
    if value is ... and not _has(model, key):
        return False
    if tail and not isinstance(model.get(head, {}), dict):
        return False
    section = model.setdefault(head, {}) if tail else model
    if value is ...:
        del section[tail or head]
    else:
        section[tail or head] = value
    return True


def _has(model: dict, key: str) -> bool:
    at = model
    for name in key.replace("[", ".").replace("]", "").split("."):
        if isinstance(at, list) and name.isdigit() and int(name) < len(at):
            at = at[int(name)]
        elif isinstance(at, dict) and name in at:
            at = at[name]
        else:
            return False
    return True


def _leaves(value, key: str = "") -> list[str]:
    if isinstance(value, dict) and (value or not key):
        return [leaf for name, part in value.items() for leaf in _leaves(part, f"{key}.{name}" if key else name)]
    if isinstance(value, list) and value:
        return [leaf for index, part in enumerate(value) for leaf in _leaves(part, f"{key}[{index}]")]
    return [key]


def test_every_kind_makes_the_run_it_says(tmp_path: Path) -> None:
    write_run(tmp_path / "run-1", every_kind())

    state = read_run(tmp_path / "run-1")

    assert state.config == {"lr": 0.1, "optim": {"name": "sgd", "betas": [0.9, 0.99, 0.999]}, "aug": [{}]}
    assert (state.name, state.project, state.tags, state.status) == (
        "bold-fox-1",
        "digits",
        ["baseline", "long"],
        "finished",
    )
    assert state.held["lr"].description == "learning rate"
    assert (state.held["optim.betas[2]"].level, state.held["optim.betas[2]"].step) == (Level.LOCKED, 0)
    assert state.held["optim.betas[0]"].origin == FILE
    assert (state.lost, state.unused, state.exit_code) == (2, {"lr": ["learning_rate"]}, 0)
    assert state.environment == {"python": "3.11", "argv": ["train.py", "--lr", "0.1"]}
    assert (state.summary["loss"], state.summary["best"], state.summary["note"]) == (0.5, 3, "naïve")
    assert "accuracy" not in state.summary
    loss = state.stats["loss"]
    assert (loss.last, loss.min, loss.max, loss.mean, loss.count) == (0.5, 0.5, 1.5, 1.0, 3)
    assert math.isnan(state.metrics["loss"].values[1])
    assert (state.damage, state.unknown) == ([], 0)
    assert state.finished_ns >= state.created_ns > 0


def test_records_of_a_newer_version_are_counted_and_no_damage(tmp_path: Path) -> None:
    segment = write_run(tmp_path / "run-1", [Set("lr", 0.1, CODE)])
    from zlib import crc32

    newer = [
        b'{"kind":"video","v":1,"seq":2,"t":1}',
        b'{"kind":"set","v":2,"seq":3,"t":1,"what":"lr"}',
        b'{"kind":"set","v":1,"seq":4,"t":1,"key":"wd","value":1,"origin":{"kind":"code","author":"x"},"why":"so"}',
    ]
    with segment.open("ab") as file:
        file.writelines(b"%08x %b\n" % (crc32(payload), payload) for payload in newer)

    state = read_run(tmp_path / "run-1")

    assert [type(record) for record in records_in(segment)][2:4] == [Unknown, Unknown]
    assert (state.config, state.unknown, state.damage) == ({"lr": 0.1, "wd": 1}, 2, [])


def test_reading_goes_on_from_the_line_in_which_a_place_lies(tmp_path: Path) -> None:
    writer = make_writer(tmp_path / "run-1")
    for step in range(3):
        writer.append(Log(step, {"loss": 1.0}))
    (segment,) = find_segments(tmp_path / "run-1")
    content = segment.read_bytes()
    ends = [at + 1 for at, byte in enumerate(content) if byte == 10]
    with segment.open("ab") as file:
        file.write(b"0123")  # a write that is under way
    for offset in range(len(content) + 3):
        starts = [start for start in [0, *ends] if start <= offset]
        frames = list(read_from(segment, offset))
        assert [frame.start for frame in frames] == [start for start in [0, *ends][:-1] if start >= starts[-1]]
    with segment.open("ab") as file:
        file.write(b"\n")
    (damage,) = read_from(segment, len(content))
    assert isinstance(damage, Damage)
    writer.close()


def test_runs_are_found_newest_day_first(tmp_path: Path) -> None:
    for name in ("2026-11-23/b", "2026-11-24/a", "2026-11-24/c", "2026-11-24/UPPER", "notes/d"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    assert [run.name for run in find_runs(tmp_path)] == ["c", "a", "b"]
    assert list(find_runs(tmp_path / "nowhere")) == []


def test_a_run_is_found_by_its_id_in_any_day_and_never_through_a_link(tmp_path: Path) -> None:
    for name in ("2026-11-23/a", "2026-11-24/b", "notes/c"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    (tmp_path / "runs" / "2026-11-24" / "link").symlink_to(tmp_path / "runs" / "2026-11-23" / "a")
    (tmp_path / "runs" / "2026-11-24" / "file").touch()
    assert find_run(tmp_path, "a") == tmp_path / "runs" / "2026-11-23" / "a"
    assert [find_run(tmp_path, name) for name in ("c", "link", "file", "missing")] == [None] * 4
    assert find_run(tmp_path / "nowhere", "a") is None


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_files_and_folders_are_their_owners_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    import os

    before = os.umask(umask)
    try:
        writer = make_writer(tmp_path / "store" / "runs" / "2026-11-24" / "run-1")
    finally:
        os.umask(before)
    writer.close()
    paths = [*(tmp_path / "store").rglob("*"), tmp_path / "store"]
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_file()} == {0o600}


def test_opening_a_part_changes_the_time_of_the_day(tmp_path: Path) -> None:
    import os

    day = tmp_path / "2026-11-24"
    make_writer(day / "run-1").close()
    os.utime(day, (1, 1))

    make_writer(day / "run-1", writer="main-here-2-abcd1234").close()

    assert day.stat().st_mtime > 1


def test_a_segment_is_never_opened_again(tmp_path: Path) -> None:
    first = make_writer(tmp_path / "run-1")
    first.append(Log(1, {}))
    first.close()
    content = find_segments(tmp_path / "run-1")[0].read_bytes()

    make_writer(tmp_path / "run-1").close()

    parts = find_segments(tmp_path / "run-1")
    assert [path.name for path in parts] == ["main-here-1-abcd1234.jsonl", "main-here-1-abcd1234.2.jsonl"]
    assert parts[0].read_bytes() == content
    assert records_in(parts[1])[0].part == 2
    assert header().part == 1
