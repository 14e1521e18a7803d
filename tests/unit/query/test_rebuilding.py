"""A catalog that is made at one go says what one says that took run after run in."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from filter_cases import entry_lists
from hypothesis import HealthCheck, given, settings
from made_runs import record_run, state_of, write_pack

from setpoint._catalog import ingest, rebuild
from setpoint._catalog.catalog import Catalog
from setpoint._catalog.database import Database
from setpoint._catalog.engine import catalog_path, open_catalog
from setpoint._catalog.entry import Entry
from setpoint._catalog.listing import changes
from setpoint._journal import layout, pack
from setpoint._query import distinct
from setpoint._query.runs import runs

LEAVES = """
    SELECT k.scope, k.name, r.id, p.kind, p.num, p.txt, w.txt FROM param p JOIN key k ON k.n = p.key_n
    JOIN run r ON r.n = p.run_n LEFT JOIN whole w ON w.key_n = p.key_n AND w.run_n = p.run_n ORDER BY 1, 2, 3
"""
RUNS = "SELECT id, name, project, status, created_ns, finished_ns, exit_code, tags, changed, config, summary FROM run"
TABLES = (LEAVES, RUNS + " ORDER BY id", "SELECT scope, name, n_runs FROM key WHERE n_runs > 0 ORDER BY 1, 2")


def write_entries(store: Path, name: str, entries: list[Entry]) -> None:
    folder = layout.runs_folder(store) / "2023-11-14"
    folder.mkdir(parents=True, exist_ok=True)
    for entry in entries:  # no journal holds a lone surrogate
        entry.notes, entry.name = (text.encode("utf-8", "replace").decode() for text in (entry.notes, entry.name))
    lines = [msgspec.json.encode(entry) for entry in entries]
    (folder / f"{name}.pack").write_bytes(b"".join(b"%08x %b\n" % (pack.zlib.crc32(line), line) for line in lines))


def tables(database: Database) -> list[Any]:
    found = [database.rows(sql) for sql in TABLES]
    database.close()
    return found


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "setpoint"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(first=entry_lists, second=entry_lists)
def test_its_rows_are_those_of_a_catalog_filled_run_by_run(
    cache: Path, tmp_path_factory: pytest.TempPathFactory, first: list[Entry], second: list[Entry]
) -> None:
    store = tmp_path_factory.mktemp("store")
    write_entries(store, "a", first)
    write_entries(store, "b", second)  # the same ids: the later pack counts
    path = catalog_path(store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rebuild, "_SPILL_LEAVES", 4)
        patch.setattr(rebuild, "_ROWS_AT_ONCE", 2)
        patch.setattr(ingest, "_BATCH_RUNS", 2)
        rebuild.rebuild(path, store)
    at_one_go = tables(open_catalog(str(store)))
    path.unlink()
    by_run = open_catalog(str(store))
    ingest.catch_up(by_run, store, changes(by_run, store))
    assert at_one_go == tables(by_run)
    path.unlink()
    assert not list(cache.glob("*.building"))


def test_one_that_was_killed_is_begun_again(cache: Path, store: Path) -> None:
    write_pack(store, [state_of(f"run-{at:04}", {"lr": at, "name": "adam"}) for at in range(1500)])
    code = "import sys; from setpoint._query.runs import runs; print(len(runs('lr >= 1000', store=sys.argv[1])))"
    for pause_s in (0.25, 0.35, 0.45):
        asked = subprocess.Popen([sys.executable, "-c", code, str(store)], stdout=subprocess.PIPE)
        time.sleep(pause_s)
        asked.kill()
        asked.communicate()
    assert len(runs("lr >= 1000 and name == 'adam'", store=store)) == 500


def test_what_a_killed_one_left_is_removed_when_it_is_old(cache: Path, store: Path) -> None:
    record_run(store, "run-a", {"lr": 1})
    assert len(runs(store=store)) == 1
    path = catalog_path(store)
    old, young = (path.with_name(f"{path.stem}.{name}.building") for name in ("old", "young"))
    for left in (old, young):
        left.write_bytes(b"half a catalog")
    os.utime(old, (1, 1))
    path.unlink()
    assert len(runs(store=store)) == 1
    assert (old.exists(), young.exists()) == (False, True)


def test_of_two_at_once_the_first_that_is_ready_stays(cache: Path, store: Path) -> None:
    write_pack(store, [state_of(f"run-{at}", {"lr": at}) for at in range(5)])
    path, made = catalog_path(store), list[int]()

    def finish_first(done: int, total: int) -> None:
        if not made:
            made.append(1)
            rebuild.rebuild(path, store)
            made.append(path.stat().st_ino)

    rebuild.rebuild(path, store, finish_first)
    assert path.stat().st_ino == made[1]
    assert len(runs("lr >= 3", store=store)) == 2
    assert not list(cache.glob("*.building"))


def test_a_catalog_that_is_far_behind_is_made_anew_under_those_who_read_it(
    cache: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "_REBUILD_BYTES", 1000)
    record_run(store, "run-a", {"lr": 0})
    reader = Catalog(str(store))
    reader.catch_up()
    before = catalog_path(store).stat().st_ino
    write_pack(store, [state_of(f"run-{at}", {"lr": at}) for at in range(50)])
    assert len(runs("lr >= 0", store=store)) == 51
    assert catalog_path(store).stat().st_ino != before
    assert reader.ask(lambda database: database.rows("SELECT count(*) FROM run")) == [(51,)]
    reader.close()


def test_a_folder_that_takes_no_file_still_gives_answers(
    cache: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(rebuild.tempfile, "mkstemp", refuse)
    record_run(store, "run-a", {"lr": 1})
    assert len(runs("lr == 1", store=store)) == 1


def test_values_that_are_few_are_counted_one_by_one_with_the_same_result(
    cache: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = [1, 1.0, 2, "a", "ab", "b", None, "ab", 2.5, True, "x" * 300]
    write_pack(store, [state_of(f"run-{at}", {"v": value}) for at, value in enumerate(values)])

    def counted() -> list[tuple[str, int]]:
        return sorted((repr(value), count) for value, count in runs(store=store).facet("v"))

    many = counted()
    monkeypatch.setattr(distinct, "MANY_RUNS", 1)
    assert counted() == many
    monkeypatch.setattr(distinct, "FEW_VALUES", 2)
    assert counted() == many
