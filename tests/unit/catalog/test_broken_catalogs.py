"""Whatever happens to the catalog's file, answers are right and journals stay as they are."""

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from made_runs import record_run

from setpoint._catalog.catalog import catalog_of
from setpoint._catalog.engine import catalog_path
from setpoint._query.runs import runs


def delete(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    os.truncate(path, 0)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwrite(path: Path) -> None:
    path.write_bytes(b"\xff" * path.stat().st_size)


def replace_by_text(path: Path) -> None:
    path.unlink()
    path.write_text("no database\n" * 1000)


def make_newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()


def lose_a_table(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE run")
    connection.close()


FAULTS = [delete, empty, cut, overwrite, replace_by_text, make_newer, lose_a_table]


def bytes_of(store: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(store.rglob("*")) if path.is_file()}


def flush(store: Path) -> Path:
    path = catalog_path(store)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.mark.parametrize("is_open", [True, False], ids=["open", "closed"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_answers_are_right_after_the_file_was(store: Path, fault: Callable[[Path], None], is_open: bool) -> None:
    for at in range(20):
        record_run(store, f"run-{at}", {"lr": at, "name": f"n{at}"})
    before = bytes_of(store)
    assert len(runs("lr >= 10", store=store)) == 10
    path = flush(store)
    if not is_open:
        catalog_of(str(store)).close()
    fault(path)
    if not (is_open and fault in (overwrite, make_newer)):  # an open connection answers from what it has read
        assert sorted(run.config["lr"] for run in runs("lr >= 10", store=store)) == list(range(10, 20))
    catalog_of(str(store)).close()
    assert len(runs("lr >= 10 and name != 'n12'", store=store)) == 9
    assert bytes_of(store) == before


def test_the_catalog_is_private(store: Path) -> None:
    record_run(store, "run-a", {"lr": 1})
    assert len(runs(store=store)) == 1
    path = catalog_path(store)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_cache_folder_that_cannot_be_made_is_no_obstacle(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    record_run(store, "run-a", {"lr": 1})
    assert len(runs(store=store)) == 1
    assert tmp_path in catalog_path(store).parents


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs links and owners")
def test_a_cache_folder_that_is_a_link_is_refused(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "setpoint").symlink_to(tmp_path / "elsewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    record_run(store, "run-a", {"lr": 1})
    assert len(runs(store=store)) == 1
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_many_catch_ups_at_once_and_killed_ones_give_the_same_answers(store: Path) -> None:
    for at in range(60):
        record_run(store, f"run-{at}", {"lr": at})
    code = "import sys; from setpoint._query.runs import runs; print(len(runs('lr >= 30', store=sys.argv[1])))"
    command = [sys.executable, "-c", code, str(store)]
    asked = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(5)]
    asked[0].kill()
    answers = [process.communicate(timeout=60) for process in asked]
    assert answers[1:] == [("30\n", "")] * 4
    assert len(runs("lr >= 30", store=store)) == 30


def test_a_forked_child_asks_with_a_connection_of_its_own(store: Path) -> None:
    record_run(store, "run-a", {"lr": 1})
    parent = catalog_of(str(store))
    assert len(runs(store=store)) == 1
    if not hasattr(os, "fork"):
        return
    child = os.fork()
    if child == 0:
        os._exit(0 if catalog_of(str(store)) is not parent and len(runs("lr == 1", store=store)) == 1 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
