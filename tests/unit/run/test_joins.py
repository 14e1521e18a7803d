import os
import stat
import sys
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from setpoint._run import joins
from setpoint._run.joins import claim, claim_process, find_parent_run, release, sweep
from setpoint._run.ranks import Rank

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and file modes")

DAY_S = 24 * 3600


def make_run(store, run_id, *segments):
    folder = store / "runs" / run_id
    folder.mkdir(parents=True)
    for segment in segments:
        (folder / segment).touch()
    return folder


def rank(number):
    return Rank("torchrun", number, number, 4, "job")


def age(held, by_s):
    """Rewrite a claim as if it had been made *by_s* seconds earlier."""
    path = Path(held.path)
    content = msgspec.json.decode(path.read_bytes())
    content["created_ns"] -= by_s * 10**9
    path.write_bytes(msgspec.json.encode(content))
    os.utime(path.parent, (time.time() - by_s,) * 2)


def files(store):
    return sorted(path for path in (store / "joins").rglob("*") if path.is_file())


def test_the_first_to_claim_a_key_wins_and_the_others_learn_its_run(tmp_path):
    folder = make_run(tmp_path, "one")
    first = claim(tmp_path, "job", "one", folder, writer="rank0-vm-1-a")
    second = claim(tmp_path, "job", "two", tmp_path / "two")
    assert first.is_mine
    assert not second.is_mine
    assert (second.run_id, second.folder, second.writer) == ("one", folder, "rank0-vm-1-a")


def test_a_run_whose_folder_is_not_made_yet_is_joined(tmp_path):
    claim(tmp_path, "job", "one", tmp_path / "one")
    assert claim(tmp_path, "job", "two", tmp_path / "two").run_id == "one"


@given(st.text(), st.text())
def test_different_keys_never_meet_and_any_text_is_a_key(tmp_path_factory, one, other):
    store = tmp_path_factory.mktemp("store")
    claim(store, one, "one", store / "one")
    expected = "one" if one == other else "two"
    assert claim(store, other, "two", store / "two").run_id == expected
    assert all(path.parent.parent == store / "joins" for path in files(store))


def test_keys_that_share_a_file_name_are_told_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(joins, "crc32", lambda data: 7)
    claim(tmp_path, "a/b", "one", tmp_path / "one")
    assert claim(tmp_path, "a:b", "two", tmp_path / "two").run_id == "two"


def test_claims_are_the_users_alone_and_leave_nothing_beside_them(tmp_path):
    held = claim(tmp_path, "job", "one", tmp_path / "one")
    assert [str(path) for path in files(tmp_path)] == [held.path]
    assert stat.S_IMODE(os.stat(held.path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(os.path.dirname(held.path)).st_mode) == 0o700


def test_a_released_key_is_free_again_and_nothing_is_left(tmp_path):
    held = claim(tmp_path, "job", "one", make_run(tmp_path, "one"))
    release(held)
    release(held)
    assert list((tmp_path / "joins").iterdir()) == []
    assert claim(tmp_path, "job", "two", tmp_path / "two").is_mine


def test_a_claim_of_another_process_is_not_released(tmp_path):
    claim(tmp_path, "job", "one", make_run(tmp_path, "one"))
    release(claim(tmp_path, "job", "two", tmp_path / "two"))
    assert claim(tmp_path, "job", "three", tmp_path / "three").run_id == "one"


def test_a_forked_copy_does_not_release_its_parents_claim(tmp_path):
    held = claim(tmp_path, "job", "one", make_run(tmp_path, "one"))
    if (pid := os.fork()) == 0:
        release(held)
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.path.exists(held.path)


def test_a_later_launch_does_not_join_a_run_in_which_its_rank_has_written(tmp_path):
    crashed = make_run(tmp_path, "one", "rank0-vm-1-a.jsonl", "rank1-vm-2-b.jsonl")
    claim(tmp_path, "job", "one", crashed, rank(0))
    again = claim(tmp_path, "job", "two", make_run(tmp_path, "two"), rank(1))
    assert again.run_id == "two"
    assert claim(tmp_path, "job", "three", tmp_path / "three", rank(0)).run_id == "two"


def test_a_rank_joins_a_run_that_other_ranks_write(tmp_path):
    claim(tmp_path, "job", "one", make_run(tmp_path, "one", "rank1-vm-2-b.jsonl", "rank11-vm-2-b.2.jsonl"), rank(1))
    assert claim(tmp_path, "job", "two", tmp_path / "two", rank(0)).run_id == "one"


def test_a_claim_of_a_run_that_was_removed_does_not_hold(tmp_path):
    age(claim(tmp_path, "job", "one", tmp_path / "one"), by_s=120)
    assert claim(tmp_path, "job", "two", tmp_path / "two").run_id == "two"


def test_a_claim_older_than_a_week_does_not_hold(tmp_path):
    folder = make_run(tmp_path, "one")
    age(claim(tmp_path, "job", "one", folder), by_s=6 * DAY_S)
    assert claim(tmp_path, "job", "two", tmp_path / "two").run_id == "one"
    age(claim(tmp_path, "other", "one", folder), by_s=8 * DAY_S)
    assert claim(tmp_path, "other", "two", tmp_path / "two").run_id == "two"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b'{"key": "job"}'])
def test_a_damaged_claim_is_passed_over(tmp_path, monkeypatch, content):
    monkeypatch.setattr(joins, "_PATIENCE_S", 0.05)
    held = claim(tmp_path, "job", "one", tmp_path / "one")
    Path(held.path).write_bytes(content)
    assert claim(tmp_path, "job", "two", tmp_path / "two").run_id == "two"


def test_a_file_system_without_hard_links_is_enough(tmp_path, monkeypatch):
    def no_link(*args):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_link)
    assert claim(tmp_path, "job", "one", tmp_path / "one").is_mine
    assert claim(tmp_path, "job", "two", tmp_path / "two").run_id == "one"
    assert len(files(tmp_path)) == 1


def test_a_store_that_can_not_be_written_gives_a_claim_of_ones_own_with_the_problem(tmp_path):
    (tmp_path / "store").write_text("a file, not a folder")
    alone = claim(tmp_path / "store", "job", "one", tmp_path / "one")
    assert (alone.run_id, alone.is_mine, alone.path) == ("one", True, "")
    assert "Not a directory" in alone.problem
    assert find_parent_run(tmp_path / "store") is None
    release(alone)
    sweep(tmp_path / "store")


def test_an_own_run_is_no_parents(tmp_path):
    claim_process(tmp_path, "one", make_run(tmp_path, "one"))
    assert find_parent_run(tmp_path) is None


def in_child(ask):
    """Return what *ask* answers in a forked child, as text."""
    reader, writer = os.pipe()
    if (pid := os.fork()) == 0:
        os.write(writer, str(ask()).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    os.waitpid(pid, 0)
    return text


def parent_run(store):
    found = find_parent_run(store)
    return found and found.run_id


def test_of_several_live_runs_of_the_parent_the_newest_counts(tmp_path):
    one = claim_process(tmp_path, "one", make_run(tmp_path, "one"))
    two = claim_process(tmp_path, "two", make_run(tmp_path, "two"))
    assert in_child(lambda: parent_run(tmp_path)) == "two"
    release(two)
    assert in_child(lambda: parent_run(tmp_path)) == "one"
    release(one)
    assert in_child(lambda: parent_run(tmp_path)) == "None"


def test_a_claim_of_a_process_that_had_the_parents_id_before_does_not_hold(tmp_path, monkeypatch):
    monkeypatch.setattr("setpoint._run.process.process_started", lambda pid: "1")
    claim_process(tmp_path, "one", make_run(tmp_path, "one"))
    monkeypatch.undo()
    assert in_child(lambda: parent_run(tmp_path)) == "None"


def test_very_old_claims_are_swept_and_young_ones_stay(tmp_path):
    age(claim(tmp_path, "old", "one", tmp_path / "one"), by_s=15 * DAY_S)
    young = claim(tmp_path, "young", "two", tmp_path / "two")
    sweep(tmp_path)
    assert [str(path) for path in files(tmp_path)] == [young.path]


def test_sweeping_an_empty_store_is_no_trouble(tmp_path):
    sweep(tmp_path / "none")
