"""A run that was packed goes on as if its folder had never gone."""

import os
import time
from pathlib import Path

import pytest
from scripts import recorded, run_script, the_run

from setpoint._journal import pack
from setpoint._journal.packing import pack_store
from setpoint._journal.unpacking import find_packed_run
from setpoint._query.load import load
from setpoint._query.runs import runs

TRAIN = """
    import os, sys
    import setpoint
    run = setpoint.init(project="digits", id="run-a", resume=sys.argv[1], config={"lr": 0.1, "layers": [1, 2]})
    begin = int(sys.argv[2])
    for step in range(begin, begin + 3):
        run.log({"loss": 1 / (step + 1), "epoch": step})
    run.summary["best"] = max(begin, 7)
    run.config.setdefaults({"extra": begin})
    if len(sys.argv) > 3:
        os._exit(9)
    run.finish()
"""


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def pack_all(store: Path) -> None:
    assert pack_store(store, older_than_ns=-1, now_ns=time.time_ns() + 10**10).packed == 1


def ran(folder: Path, *args: str) -> None:
    done = run_script(folder, TRAIN, *args)
    assert done.returncode in (0, 9), done.stderr


def said(state: object) -> dict[str, object]:
    """Return what a run says apart from times, and from what names its processes."""
    names = ("config", "summary", "status", "exit_code", "project", "name", "tags", "damage", "lost", "unused")
    found = {name: getattr(state, name) for name in names}
    metrics = state.metrics
    found["points"] = {name: (list(series.steps), list(series.values)) for name, series in metrics.items()}
    found["changes"] = [(change.key, change.value) for change in state.changes]
    found["sessions"] = [(writer.role, writer.session) for writer in state.writers]
    return found


def test_a_packed_run_that_goes_on_says_all_that_one_in_a_folder_says(tmp_path: Path) -> None:
    kept, packed = tmp_path / "kept", tmp_path / "packed"
    for folder in (kept, packed):
        folder.mkdir()
        ran(folder, "allow", "0")
        if folder == packed:
            pack_all(folder / "store")
        ran(folder, "must", "3")
    assert the_run(packed).metrics["epoch"].values.tolist() == [0, 1, 2, 3, 4, 5]
    assert said(the_run(packed)) == said(the_run(kept))


def test_it_can_be_packed_and_go_on_again_and_again(tmp_path: Path) -> None:
    ran(tmp_path, "allow", "0")
    store = tmp_path / "store"
    for count in (1, 2, 3):
        before = said(the_run(tmp_path))
        pack_all(store)
        assert not recorded(tmp_path)
        found = find_packed_run(store, "run-a")
        assert found is not None
        assert said(found.state) == before
        assert said(load("run-a", store).state) == before
        packs = list(store.glob(f"runs/*/*{pack.SUFFIX}"))
        assert sum(path.read_bytes().count(b'"id":"run-a"') for path in packs) == 1
        ran(tmp_path, "must", str(3 * count))
        assert [run.id for run in runs(f"summary.epoch == {3 * count + 2}", store=store)] == ["run-a"]


def test_a_packed_run_is_not_begun_anew_under_its_id(tmp_path: Path) -> None:
    ran(tmp_path, "allow", "0")
    pack_all(tmp_path / "store")
    for resume in ("never", ""):
        done = run_script(tmp_path, TRAIN, resume, "0")
        assert done.returncode == 1
        assert "run-a" in done.stderr
    assert not recorded(tmp_path)


def test_a_damaged_line_beside_the_segments_is_reported(tmp_path: Path) -> None:
    ran(tmp_path, "allow", "0")
    pack_all(tmp_path / "store")
    ran(tmp_path, "must", "3")
    (line,) = (tmp_path / "store").glob("runs/*/run-a/packed.run")
    line.write_bytes(line.read_bytes().replace(b"0.1", b"0.2", 1))
    assert [(damage.path, damage.kind) for damage in the_run(tmp_path).damage] == [(str(line), "checksum")]


def test_what_was_crashed_is_not_resumed_over_a_later_run_in_a_pack(tmp_path: Path) -> None:
    script = """
        import os, sys, time
        import setpoint
        run = setpoint.init(config={"lr": 0.1}, resume=sys.argv[1] == "auto" and "auto" or None)
        print(run.id)
        if sys.argv[1] == "crash":
            time.sleep(1)  # for the background thread, which records the command
            os._exit(9)
        run.finish()
    """
    crashed = run_script(tmp_path, script, "crash").stdout.strip()
    assert run_script(tmp_path, script, "auto").stdout.strip() == crashed
    crashed = run_script(tmp_path, script, "crash").stdout.strip()
    later = run_script(tmp_path, script, "end").stdout.strip()
    pack_store(tmp_path / "store", older_than_ns=-1, crashed_older_than_ns=10**15, now_ns=time.time_ns() + 10**10)
    assert [run.id for run in recorded(tmp_path)] == [crashed]
    assert run_script(tmp_path, script, "auto").stdout.strip() not in (crashed, later, "")
    assert os.listdir(tmp_path / "store")
