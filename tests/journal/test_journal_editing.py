"""Editors' segments, the trash, and keys taken out of journals."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import json

from setpoint._core.change import Level, Origin
from setpoint._core.leaves import flatten
from setpoint._core.values import Encoder, Redacted
from setpoint._journal import layout, pack, trash
from setpoint._journal.editing import Editor, refresh_snapshot, refreshed, replace_lines
from setpoint._journal.fold import fold
from setpoint._journal.frame import Frame, from_line, to_line
from setpoint._journal.reader import read_run
from setpoint._journal.record import (
    Delete,
    Environment,
    Finish,
    Log,
    Meta,
    Open,
    Record,
    Set,
    Summary,
    Unknown,
    Update,
)
from setpoint._journal.scrubber import Scrubber
from setpoint._journal.scrubbing import scrub_folder, scrub_pack
from setpoint._journal.state import RunState

CODE = Origin("code", "train.py", 7)
AMEND = Origin("amend", "ada@here")
EDITOR = Editor("here", 7, lambda: 5_000)
NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)


def fingerprint(data: bytes) -> str:
    return f"{len(data):016x}"


def write_run(
    store: Path, run_id: str, *records: Record, session: int = 1, writer: str = "main-here-1-abcd1234"
) -> Path:
    folder = store / "runs" / "2026-11-24" / run_id
    folder.mkdir(parents=True, exist_ok=True)
    header = Open(
        run=run_id, writer=writer, session=session, t=1000 * session, name="calm-fox", tags=["a"], notes="secret-word"
    )
    lines = [to_line(header)]
    for seq, record in enumerate(records, start=1):
        fields = {name: getattr(record, name) for name in record.__struct_fields__}
        lines.append(to_line(type(record)(**{**fields, "seq": seq, "t": 1000 * session + seq})))
    (folder / f"{writer}.jsonl").write_bytes(b"".join(lines))
    return folder


def changes(key: str, value: Any) -> Update:
    return Update([AMEND], [(key, value, 0, 1)])


def whole(**values: Any) -> Update:
    return Update([CODE], [(name, value, 0, 1) for name, value in values.items()], whole=True)


FINISH = Finish("finished", 0)


def test_an_edit_changes_config_summary_and_facts_and_nothing_else(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "one", whole(lr=0.1, seed=1), Log(3, {"loss": 0.5}), Summary("acc", 0.9), FINISH)
    before = read_run(folder)
    EDITOR.edit_folder(folder, 1, [changes("lr", 0.2), Summary("acc", 0.8), Meta(tags=["b"], notes="n")])
    after = read_run(folder)
    assert (after.config, after.summary) == ({"lr": 0.2, "seed": 1}, {"loss": 0.5, "acc": 0.8})
    assert (after.tags, after.notes) == (["b"], "n")
    assert (after.status, after.created_ns, after.finished_ns) == (before.status, before.created_ns, before.finished_ns)
    assert (after.held["lr"].origin, after.held["lr"].step, after.held["lr"].level) == (AMEND, None, Level.SET)
    assert after.writers[0] == before.writers[0]
    assert after.writers[1].role == "editor"
    assert after.damage == after.disagreements == []


def test_an_edit_of_a_key_that_a_rank_disagrees_about_is_no_disagreement(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "one", whole(lr=0.1), FINISH)
    rank = to_line(Open(run="one", writer="rank1-here-2-abcd1234", role="rank", rank=1, t=1001))
    states = Update([CODE], [("lr", 0.1, 0, 1)], whole=True, seq=1, t=1002)
    (folder / "rank1-here-2-abcd1234.jsonl").write_bytes(rank + to_line(states))
    EDITOR.edit_folder(folder, 1, [changes("lr", 0.2)])
    state = read_run(folder)
    assert state.config == {"lr": 0.2}
    assert state.disagreements == []


def test_an_edit_before_a_resume_is_overridden_by_what_the_run_then_says(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "one", whole(lr=0.1, seed=1), Summary("acc", 0.1), FINISH)
    EDITOR.edit_folder(folder, 1, [changes("lr", 0.2), Summary("acc", 0.2), Meta(name="edited")])
    resumed = [whole(lr=0.3, seed=1), Summary("acc", 0.3), Meta(name="resumed"), FINISH]
    write_run(tmp_path, "one", *resumed, session=2, writer="main-here-3-abcd1234")
    state = read_run(folder)
    assert (state.config["lr"], state.summary["acc"], state.name) == (0.3, 0.3, "resumed")
    assert [change.value for change in state.changes if change.key == "lr"] == [0.1, 0.2, 0.3]


def test_the_order_of_segments_does_not_matter_to_edits(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "one", whole(lr=0.1), FINISH)
    for value in (0.2, 0.3):
        EDITOR = Editor("here", 7, lambda value=value: int(value * 10_000))
        EDITOR.edit_folder(folder, 1, [changes("lr", value)])
    segments = [
        (path.name.partition(".")[0], [Frame(from_line(line), "", 0, 0, 0) for line in path.read_bytes().splitlines()])
        for path in sorted(folder.glob("*.jsonl"))
    ]
    assert fold("one", segments).config == fold("one", segments[::-1]).config == {"lr": 0.3}


def test_edits_of_a_run_whose_own_segments_are_gone_still_read(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    EDITOR.edit_folder(folder, 1, [changes("lr", 0.2)])
    assert read_run(folder).config == {"lr": 0.2}


def test_an_impossible_edit_is_reported_as_damage(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "one", whole(lr=0.1), FINISH)
    EDITOR.edit_folder(folder, 1, [changes("lr[3]", 0.2)])
    assert [damage.kind for damage in read_run(folder).damage] == ["format"]


def test_a_refreshed_snapshot_says_what_the_run_says_now(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "one", Set("lr", 0.1, CODE, Level.SET, "rate"), FINISH)
    refresh_snapshot(folder, read_run(folder))
    text = (folder / layout.CONFIG_SNAPSHOT).read_text()
    assert "lr: 0.1" in text
    assert refreshed({layout.CONFIG_SNAPSHOT: b""}, read_run(folder)) == {layout.CONFIG_SNAPSHOT: text.encode()}
    assert refreshed({"diff.patch": b"x"}, RunState("one")) == {"diff.patch": b"x"}


def write_pack(store: Path, *folders: Path) -> Path:
    lines = [
        pack.line_of(read_run(folder), {"config.yaml": b"lr: 0.1\n", "diff.patch": b"+secret-word\n"})
        for folder in folders
    ]
    path = pack.write_pack(folders[0].parent, lines)
    assert path is not None
    return path


def packed_runs(folder: Path) -> dict[str, RunState]:
    lines = [line for path in folder.glob("*.pack") for line in path.read_bytes().splitlines(keepends=True)]
    read = [packed for packed in map(pack.read_line, lines) if packed is not None]
    return {packed.id: pack.unpacked(packed) for packed in read}


def test_an_edit_of_a_packed_run_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    one, two = (write_run(tmp_path, name, whole(lr=0.1), FINISH) for name in ("one", "two"))
    path = write_pack(tmp_path, one, two)
    path.write_bytes(path.read_bytes() + b"damaged\n")
    EDITOR.edit_packed(path, "one", [changes("lr", 0.2)])
    assert not path.exists()
    runs = packed_runs(one.parent)
    assert (runs["one"].config, runs["two"].config) == ({"lr": 0.2}, {"lr": 0.1})
    assert [writer.role for writer in runs["one"].writers] == ["main", "editor"]
    (new,) = one.parent.glob("*.pack")
    assert new.read_bytes().endswith(b"damaged\n")


def test_an_edit_of_a_run_that_is_not_in_the_pack_changes_nothing(tmp_path: Path) -> None:
    path = write_pack(tmp_path, write_run(tmp_path, "one", whole(lr=0.1), FINISH))
    before = path.read_bytes()
    with pytest.raises(LookupError):
        EDITOR.edit_packed(path, "two", [changes("lr", 0.2)])
    assert path.read_bytes() == before


def test_a_pack_whose_last_line_goes_is_gone(tmp_path: Path) -> None:
    path = write_pack(tmp_path, write_run(tmp_path, "one", whole(lr=0.1), FINISH))
    assert replace_lines(path, lambda line: None) == path
    assert not list(path.parent.glob("*.pack"))


def test_trash_keeps_runs_of_the_same_name_apart_and_is_emptied_by_age(tmp_path: Path) -> None:
    first = trash.throw_away(tmp_path, write_run(tmp_path, "one", FINISH), NOW)
    second = trash.throw_away(tmp_path, write_run(tmp_path, "one", FINISH), NOW)
    path = write_pack(tmp_path, write_run(tmp_path, "two", FINISH))
    third = trash.throw_away_packed(tmp_path, path, "two", NOW)
    with pytest.raises(LookupError):
        trash.throw_away_packed(tmp_path, write_pack(tmp_path, tmp_path / "runs/2026-11-24/two"), "none", NOW)
    assert list(trash.trashed(tmp_path)) == [first, second, third]
    assert list(trash.trashed(tmp_path / "elsewhere")) == []
    assert second.name == "one.2"
    assert trash.empty_trash(tmp_path, NOW + timedelta(days=7)) == 0
    assert trash.empty_trash(tmp_path, NOW + timedelta(days=8)) == 3
    assert list(trash.trashed(tmp_path)) == []


SECRETS = [
    "secret-word",
    "geheim\u00e9\u2028",
    {"$type": "bytes", "value": "c2VjcmV0LXdvcmQ="},
    ["secret-word", {"in": "secret-word"}],
    {"$type": "tuple", "items": ["secret-word", 3]},
    {"a": {"b": "secret-word"}},
    12,
    3.5,
    True,
]


@pytest.mark.parametrize("secret", SECRETS, ids=repr)
def test_no_byte_of_a_scrubbed_value_is_left_in_a_folder(tmp_path: Path, secret: Any) -> None:
    folder = write_run(
        tmp_path,
        "one",
        whole(door={"word": secret, "tries": 3}, lr=0.1),
        Set("door.word", secret, CODE),
        Set("door", {"word": secret}, CODE),
        Set("note", "my secret-word", CODE),
        Update([CODE], [("door.word", None, 0, -1), ("door.word", secret, 0, 1)]),
        Delete("lr", CODE),
        Environment({"argv": ["--word", "secret-word"], "cpu": 2}),
        Meta(notes="secret-word!"),
        Finish("failed", 1, "ValueError: secret-word"),
    )
    (folder / "diff.patch").write_bytes(b"+word = 'secret-word'\n")
    (folder / "other.bin").write_bytes(b"left")
    stamps = (folder / "main-here-1-abcd1234.jsonl").stat().st_mtime_ns
    changed = scrub_folder(folder, Scrubber("door.word", fingerprint))
    state = read_run(folder)
    if "secret-word" in repr(secret):
        assert changed == 2
        assert b"secret-word" not in b"".join(path.read_bytes() for path in folder.iterdir())
    plain = Encoder().encode(state.config["door"]["word"])
    assert all("$redacted" in leaf for _, leaf in flatten({"x": plain}))
    assert state.damage == []
    assert (folder / "main-here-1-abcd1234.jsonl").stat().st_mtime_ns == stamps
    assert (folder / "main-here-1-abcd1234.jsonl").stat().st_mode & 0o777 == 0o600
    assert scrub_folder(folder, Scrubber("door.word", fingerprint)) == 0


def test_equal_values_have_equal_fingerprints_and_bytes_those_of_a_live_secret(tmp_path: Path) -> None:
    values = [Scrubber("a", fingerprint).plain(value, ("a",)) for value in ("abc", "abc", "abcd")]
    assert values[0] == values[1] != values[2]
    raw = Encoder().encode(b"abc")
    assert Scrubber("a", fingerprint).plain(raw, ("a",)) == values[0]
    assert Scrubber("a", fingerprint).plain(None, ("a",)) is None
    assert Scrubber("a", fingerprint).plain({"$redacted": "x"}, ("a",)) == {"$redacted": "x"}


def test_damaged_lines_and_records_of_newer_versions_are_scrubbed_too(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "one", whole(word="secret-word"), FINISH)
    (path,) = folder.glob("*.jsonl")
    newer = b'{"kind":"poem","v":9,"seq":9,"text":"secret-word"}'
    import zlib

    quiet = b'{"kind":"poem","v":9,"seq":10}'
    lines = [b"%08x %b\n" % (zlib.crc32(text), text) for text in (newer, quiet)]
    path.write_bytes(
        path.read_bytes() + lines[0] + lines[1] + b'00000000 {"word":"secret-word"}\n' + b'torn "secret-word'
    )
    scrub_folder(folder, Scrubber("word", fingerprint))
    assert b"secret-word" not in path.read_bytes()
    assert lines[1] in path.read_bytes()
    state = read_run(folder)
    assert state.unknown == 2
    assert sorted(damage.kind for damage in state.damage if damage.kind != "gap") == ["checksum", "torn"]


def test_a_record_at_the_torn_end_of_a_file_is_scrubbed(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "one", whole(word="secret-word"), Set("word", "secret-word", CODE))
    (path,) = folder.glob("*.jsonl")
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    scrub_folder(folder, Scrubber("word", fingerprint))
    assert b"secret-word" not in path.read_bytes()


def test_a_file_that_can_not_be_replaced_is_left_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_run(tmp_path, "one", whole(word="secret-word"), FINISH)
    (path,) = folder.glob("*.jsonl")
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        scrub_folder(folder, Scrubber("word", fingerprint))
    assert [found.name for found in folder.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_scrub_of_a_result_takes_it_from_summary_and_log_and_no_param(tmp_path: Path) -> None:
    folder = write_run(
        tmp_path,
        "one",
        whole(acc=1),
        Log(1, {"acc": 0.5, "loss": 2.0}),
        Summary("acc", 0.7),
        Summary("x", deleted=True),
        FINISH,
    )
    path = write_pack(tmp_path, folder)
    scrub_folder(folder, Scrubber("acc", fingerprint, is_summary=True))
    state = read_run(folder)
    assert state.config == {"acc": 1}
    assert list(state.metrics) == ["loss"]
    assert isinstance(state.summary["acc"], Redacted)
    assert scrub_pack(path, Scrubber("acc", fingerprint, is_summary=True), lambda run_id: True) == 1
    (state,) = packed_runs(folder.parent).values()
    assert list(state.metrics) == list(state.stats) == ["loss"]
    assert isinstance(state.summary["acc"], Redacted)


def test_scrub_of_a_pack_takes_the_wanted_runs_only(tmp_path: Path) -> None:
    folders = []
    for name in ("one", "two"):
        folder = write_run(
            tmp_path, name, whole(door={"word": "secret-word"}), Environment({"argv": ["secret-word"]}), FINISH
        )
        rank = to_line(Open(run=name, writer="rank1-here-2-abcd1234", role="rank", rank=1, t=1001))
        states = Update([CODE], [("door", {"word": "other"}, 0, 1)], seq=1, t=1002)
        (folder / "rank1-here-2-abcd1234.jsonl").write_bytes(rank + to_line(states))
        folders.append(folder)
    path = write_pack(tmp_path, *folders)
    path.write_bytes(path.read_bytes() + b"damaged\n")
    assert scrub_pack(path, Scrubber("door.word", fingerprint), {"one"}.__contains__) == 1
    runs = packed_runs(folders[0].parent)
    assert "secret-word" not in repr(runs["one"])
    assert isinstance(runs["one"].disagreements[0].leading, Redacted)
    assert runs["two"].config == {"door": {"word": "secret-word"}}
    (path,) = folders[0].parent.glob("*.pack")
    assert scrub_pack(path, Scrubber("door.word", fingerprint), {"one"}.__contains__) == 0


def test_scrub_of_a_run_that_went_on_takes_what_it_said_before_it_was_packed_too(tmp_path: Path) -> None:
    folder = write_run(tmp_path, "one", whole(word="secret-word"), FINISH)
    kept = folder / layout.PACKED
    kept.write_bytes(pack.line_of(read_run(folder)))
    assert scrub_folder(folder, Scrubber("word", fingerprint)) == 2
    packed = pack.read_line(kept.read_bytes())
    assert packed is not None
    assert "secret-word" not in repr(pack.unpacked(packed))
    assert read_run(folder).damage == []


def test_keys_that_are_none_are_left_alone() -> None:
    scrubber = Scrubber("word", fingerprint)
    odd = Set("..", "secret-word", CODE)
    assert scrubber.record(odd) is odd
    assert scrubber.record(FINISH) is FINISH
    assert scrubber.without_texts(Unknown()) == Unknown()
    with pytest.raises(ValueError, match="key"):
        Scrubber("a..b", fingerprint)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["secret-word", "word", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "$x"]), inner, max_size=3)
        | st.lists(inner, min_size=1, max_size=3).map(lambda items: {"$type": "tuple", "items": items})
    ),
    max_leaves=12,
)


@example({"$type": "tuple", "items": ["x", "word"]}, "a[1]")  # not left to luck
@given(PLAIN, st.sampled_from(["a", "a.a", "a.b", "a[0]", "a[1].b", "a.a.a"]))
def test_scrub_changes_what_is_at_the_key_and_nothing_else(value: Any, key: str) -> None:
    tree = {"a": value, "other": value}
    before = json.encode(tree)
    scrubbed = Scrubber(key, fingerprint).tree(tree)
    assert json.encode(tree) == before
    at_key = (key, key + ".", key + "[")
    for leaf, plain in flatten(scrubbed):
        if leaf == key or leaf.startswith(at_key[1:]):
            assert (
                plain is None or plain in ({}, []) or "$redacted" in plain or plain == {"$type": "tuple", "items": []}
            )
    outside = [pair for pair in flatten(tree) if not (pair[0] == key or pair[0].startswith(at_key[1:]))]
    assert [pair for pair in flatten(scrubbed) if not (pair[0] == key or pair[0].startswith(at_key[1:]))] == outside
