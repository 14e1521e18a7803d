"""Entries -> rows: what is new is added, what differs is changed, what is gone is removed, in one transaction."""

# ruff: noqa: S608  # statements are made of our own words and of numbers; every value is bound

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from setpoint._core.leaves import flatten

from .database import Database, Row, SqlValue
from .entry import Entry, LeafKey, leaves_of
from .leaf import Kind, Leaf, Scope, leaf_of, restored, storable


class Place(Struct, frozen=True):
    """Where a run's journal lies, and the stamps that tell whether it changed since; ``mark``: see ``following``."""

    day: str
    size_bytes: int
    mtime_ns: int = 0
    pack_n: int | None = None
    pack_offset: int | None = None
    live: bool = False
    mark: bytes | None = None


_RUN_COLUMNS = (
    "id, name, project, run_group, job_type, status, created_ns, finished_ns, host, host_user, commit_id, notes, "
    "error, exit_code, damage, lost, tags, changed, config, summary, live, day, pack_n, pack_offset, size_bytes, "
    "mtime_ns, mark"
)
_NAMES = _RUN_COLUMNS.split(", ")
INSERT_RUN = f"INSERT INTO run(n, {_RUN_COLUMNS}) VALUES ({', '.join('?' * (len(_NAMES) + 1))})"
_UPDATE_RUN = f"UPDATE run SET {', '.join(f'{name} = ?' for name in _NAMES)} WHERE n = ?"
_PUT_PARAM = (
    "INSERT INTO param(key_n, run_n, kind, num, txt) VALUES (?, ?, ?, ?, ?) ON CONFLICT(key_n, run_n) "
    "DO UPDATE SET kind = excluded.kind, num = excluded.num, txt = excluded.txt"
)
_PUT_WHOLE = (
    "INSERT INTO whole(key_n, run_n, txt) VALUES (?, ?, ?) ON CONFLICT(key_n, run_n) DO UPDATE SET txt = excluded.txt"
)
_FLOAT = int(Kind.FLOAT)  # a plain int: sqlite3 looks for an adapter of any other type, row by row
to_blob = msgspec.msgpack.Encoder().encode  # half of JSON's size for floats, and no digits to read
from_blob = msgspec.msgpack.Decoder().decode


class RowWriter:
    """Writes runs into the tables; remembers the numbers of keys. Used within ``database.writing()`` only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys: dict[LeafKey, int] = {}
        self._last_key = 0
        self._counts: dict[int, int] = {}

    def put(self, entries: Sequence[tuple[Entry, Place]]) -> None:
        """Write the rows of these runs; those of runs that are there already become what the entries say."""
        self._read_keys()
        unique = {entry.id: (entry, place) for entry, place in entries}
        known = self._known(unique)
        number = self._database.rows("SELECT coalesce(max(n), 0) FROM run")[0][0]
        runs: list[Row] = []
        updates: list[Row] = []
        params: list[Row] = []
        wholes: list[Row] = []
        for entry, place in unique.values():
            before = known.get(entry.id)
            if before is None:
                number += 1
                runs.append((number, *run_row(entry, place)))
                self._add_new(number, entry, params, wholes)
            else:
                updates.append((*run_row(entry, place), before[0]))
                self._add(before[0], leaves_of(entry), dict(self._leaves(before)), params, wholes)
        params.sort()  # in the order of the table, so that its pages fill one after another
        self._database.run_many(INSERT_RUN, runs)
        self._database.run_many(_UPDATE_RUN, updates)
        self._database.run_many(_PUT_PARAM, params)
        self._database.run_many(_PUT_WHOLE, wholes)
        self._write_counts()

    def remove(self, ids: Iterable[str]) -> None:
        """Remove all rows of these runs."""
        self._read_keys()
        for row in self._known(dict.fromkeys(ids)).values():
            self._drop(row[0], [key for key, _ in self._leaves(row)])
            self._database.run("DELETE FROM run WHERE n = ?", (row[0],))
        self._write_counts()

    def _add_new(self, run_n: int, entry: Entry, params: list[Row], wholes: list[Row]) -> None:
        """Add the rows of a run that has none: what ``_add`` would, but this is where a rebuild spends its time."""
        keys, counts = self._keys, self._counts
        for scope, tree in ((Scope.PARAM, entry.config), (Scope.SUMMARY, entry.summary)):
            for name, plain in flatten(tree):
                key = (scope, name)
                key_n = keys.get(key) or self._new_key(key)
                counts[key_n] = counts.get(key_n, 0) + 1
                if type(plain) is float:  # never nan: that has a form of its own
                    params.append((key_n, run_n, _FLOAT, plain, None))
                    continue
                leaf = leaf_of(plain)
                params.append((key_n, run_n, int(leaf.kind), leaf.number, leaf.text))
                if leaf.whole is not None:
                    wholes.append((key_n, run_n, leaf.whole))
        flags = Entry(id="", tags=entry.tags, changed=entry.changed)
        self._add(run_n, leaves_of(flags), {}, params, wholes)

    def _add(
        self,
        run_n: int,
        leaves: Iterable[tuple[LeafKey, Leaf]],
        before: dict[LeafKey, Leaf],
        params: list[Row],
        wholes: list[Row],
    ) -> None:
        keys = self._keys
        for key, leaf in leaves:
            key_n = keys.get(key) or self._new_key(key)
            old = before.pop(key, None)
            if old == leaf:
                continue
            if old is None:
                self._counts[key_n] = self._counts.get(key_n, 0) + 1
            params.append((key_n, run_n, int(leaf.kind), leaf.number, leaf.text))
            if leaf.whole is not None:
                wholes.append((key_n, run_n, leaf.whole))
        if before:
            self._drop(run_n, list(before))

    def _drop(self, run_n: int, keys: list[LeafKey]) -> None:
        numbers = [self._keys[key] for key in keys if key in self._keys]
        for number in numbers:
            self._counts[number] = self._counts.get(number, 0) - 1
        self._database.run_many("DELETE FROM param WHERE key_n = ? AND run_n = ?", [(n, run_n) for n in numbers])
        self._database.run_many("DELETE FROM whole WHERE key_n = ? AND run_n = ?", [(n, run_n) for n in numbers])

    def _known(self, ids: dict[str, Any]) -> dict[str, Row]:
        known: dict[str, Row] = {}
        wanted = list(ids)
        for start in range(0, len(wanted), 500):
            some = wanted[start : start + 500]
            sql = f"SELECT n, config, summary, tags, changed, id FROM run WHERE id IN ({', '.join('?' * len(some))})"
            known.update((row[5], row) for row in self._database.rows(sql, some))
        return known

    def _leaves(self, row: Row) -> Iterable[tuple[LeafKey, Leaf]]:
        _, config, summary, tags, changed, _ = row
        return leaves_of(
            Entry(
                id="",
                config=from_blob(config),
                summary=from_blob(summary),
                tags=from_blob(tags) if tags else [],
                changed=from_blob(changed) if changed else [],
            )
        )

    def _read_keys(self) -> None:
        self._counts.clear()
        for number, scope, name in self._database.rows("SELECT n, scope, name FROM key WHERE n > ?", (self._last_key,)):
            self._keys[scope, restored(name)] = number
            self._last_key = max(self._last_key, number)

    def _new_key(self, key: LeafKey) -> int:
        self._last_key += 1
        self._keys[key] = self._last_key
        sql = "INSERT INTO key(n, scope, name, n_runs) VALUES (?, ?, ?, 0)"
        self._database.run(sql, (self._last_key, int(key[0]), storable(key[1])))
        return self._last_key

    def _write_counts(self) -> None:
        changes = [(delta, number) for number, delta in self._counts.items() if delta]
        self._database.run_many("UPDATE key SET n_runs = n_runs + ? WHERE n = ?", changes)
        self._counts.clear()


def run_row(entry: Entry, place: Place) -> tuple[SqlValue, ...]:
    """Return the values of a run's row, in the order of INSERT_RUN, without its number."""
    return (
        entry.id,
        *map(_or_null, (entry.name, entry.project, entry.group, entry.job_type)),
        entry.status,
        entry.created_ns,
        entry.finished_ns or None,
        *map(_or_null, (entry.host, entry.user, entry.commit, entry.notes, entry.error)),
        entry.exit_code,
        entry.damage,
        entry.lost,
        to_blob(entry.tags) if entry.tags else None,
        to_blob(entry.changed) if entry.changed else None,
        to_blob(entry.config),
        to_blob(entry.summary),
        int(place.live),
        place.day,
        place.pack_n,
        place.pack_offset,
        place.size_bytes,
        place.mtime_ns,
        place.mark,
    )


def _or_null(text: str) -> str | None:
    return storable(text) if text else None


def text_of(stored: str | None) -> str:
    """Return the text that a column of ``run`` holds."""
    return restored(stored) if stored else ""
