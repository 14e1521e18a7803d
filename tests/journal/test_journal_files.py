"""File names, the config snapshot, and the test whether a writer lives."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from journals import as_any_user

from setpoint._journal import layout, liveness
from setpoint._journal.ledger import Numbers
from setpoint._journal.snapshot import snapshot_lines, write_snapshot

_text = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    [
        "yes",
        "Null",
        "1e5",
        "0x1",
        "~",
        "- a",
        "a: b",
        "a #b",
        "2024-01-01",
        "12:30",
        "<<",
        "=",
        "a\u2028b",
        " a",
        "a ",
        "k" * 1100,
        "\x85",
        "# a",
        "'",
    ]
)
_leaf = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | _text
_tree = st.recursive(
    _leaf, lambda part: st.lists(part, max_size=3) | st.dictionaries(_text, part, max_size=3), max_leaves=8
)


def _yaml(config: dict, descriptions: dict[str, str] | None = None) -> str:
    return "".join(f"{line}\n" for line in snapshot_lines(config, descriptions or {}))


@given(st.dictionaries(_text, _tree, max_size=4))
def test_a_snapshot_is_read_by_yaml_1_1_as_the_config_it_is(config: dict) -> None:
    assert repr(yaml.safe_load(_yaml(config))) == repr(config)


def test_a_snapshot_is_made_for_people() -> None:
    config = {
        "lr": 1e-5,
        "optim": {"name": "adam", "betas": [0.9, 1e22]},
        "empty": {},
        "pair": {"$type": "tuple", "items": [1, "no"]},
    }
    assert _yaml(config, {"optim.name": "which\none"}) == (
        "lr: 1.0e-05\n"
        "optim:\n"
        "  # which\n"
        "  # one\n"
        "  name: adam\n"
        "  betas: [0.9, 1.0e+22]\n"
        "empty: {}\n"
        'pair: {"$type": tuple, items: [1, "no"]}\n'
    )
    assert _yaml({"a": float("inf"), "b": float("-inf")}) == "a: .inf\nb: -.inf\n"


def test_a_snapshot_replaces_the_one_before_and_is_its_owners_alone(tmp_path: Path) -> None:
    write_snapshot(tmp_path, {"lr": 1}, {})
    write_snapshot(tmp_path, {"lr": 2}, {})
    (path,) = tmp_path.iterdir()
    assert (path.name, path.read_text(), path.stat().st_mode & 0o777) == ("config.yaml", "lr: 2\n", 0o600)


def test_a_snapshot_that_can_not_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").mkdir()
    (tmp_path / "config.yaml" / "in the way").touch()
    with pytest.raises(OSError):
        write_snapshot(tmp_path, {"lr": 1}, {})
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]


def test_writer_names_tell_role_and_rank_and_are_file_names() -> None:
    assert layout.role_of(layout.writer_name("rank", "node 1.local/é", 7, 3)) == ("rank", 3)
    assert layout.role_of(layout.writer_name("main", "h" * 300, 7)) == ("main", None)
    assert layout.role_of("unheard-of") == ("child", None)
    name = layout.writer_name("main", "../../etc", 7)
    assert layout.split_segment_name(layout.segment_name(name, 1)) == (name, 1)
    assert layout.split_segment_name(layout.segment_name(name, 12)) == (name, 12)
    assert [layout.split_segment_name(text) for text in ("config.yaml", "a.0.jsonl", "a.b.jsonl", ".jsonl")] == [
        None
    ] * 4


def test_run_folders_are_by_day_of_the_start_in_utc() -> None:
    assert layout.run_folder(Path("s"), "abc", 1_700_000_000_000_000_000) == Path("s/runs/2023-11-14/abc")
    assert layout.is_run_id("a-1")
    assert not any(map(layout.is_run_id, ["", "-a", "A", "a/b", "..", "a" * 65, "a\n"]))


@given(st.lists(st.integers(1, 40)))
def test_numbers_are_a_set_that_knows_what_is_missing(added: list[int]) -> None:
    numbers, model = Numbers(), set[int]()
    for number in added:
        assert numbers.add(number) == (number not in model)
        model.add(number)
    missing = {number for first, last in numbers.missing() for number in range(first, last + 1)}
    assert missing == set(range(1, max(model, default=0))) - model


def test_a_process_lives_while_its_start_is_the_same() -> None:
    pid, boot = os.getpid(), liveness.boot_id()
    started = liveness.process_started(pid)
    if not boot:
        pytest.skip("the system tells nothing of processes")
    assert liveness.is_alive(boot, "h", pid, started, 0, 1000)
    assert not liveness.is_alive(boot, "h", pid, "1", 1000, 1000)
    assert not liveness.is_alive(boot, "h", 2**22 + 1, started, 1000, 1000)


@pytest.mark.skipif(sys.platform != "linux", reason="zombies are looked for in /proc")
def test_a_process_that_ended_but_was_not_waited_for_does_not_live() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    started = liveness.process_started(process.pid)
    assert started
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert liveness.process_started(process.pid) == ""
    process.communicate()


def test_elsewhere_a_segment_that_was_touched_lately_has_a_live_writer() -> None:
    assert liveness.is_alive("other boot", "other", 1, "1", touched_s=950, now_s=1000)
    assert not liveness.is_alive("other boot", "other", 1, "1", touched_s=930, now_s=1000)


def test_without_a_boot_id_the_system_is_asked_for_the_process() -> None:
    here = socket.gethostname()
    assert liveness.is_alive("", here, os.getpid(), "", touched_s=999, now_s=1000)
    assert not liveness.is_alive("", here, 2**22 + 1, "", touched_s=999, now_s=1000)
    assert liveness.is_alive("", here, 0, "", touched_s=999, now_s=1000)


@pytest.mark.skipif(not hasattr(os, "setresuid"), reason="users are changed with Linux's means")
def test_without_a_boot_id_another_users_process_lives() -> None:
    with as_any_user():
        assert liveness.is_alive("", socket.gethostname(), 1, "", touched_s=999, now_s=1000)
