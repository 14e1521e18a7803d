"""Which runs changed between two looks at a catalog, also where another process took the changes in."""

from typing import Any

from msgspec import Struct

from setpoint._catalog.database import Database

_NEWEST = 2000  # runs that are looked at one by one, beside the live ones
MOST_IDS = 200

_STAMPS = "n, id, size_bytes, mtime_ns, status, damage, pack_n"


class Changed(Struct, frozen=True):
    """What changed: how many runs are new, the ids of new and other runs, and whether there are more than these."""

    new: int
    ids: tuple[str, ...]
    more: bool
    is_membership: bool  # runs came or went


class Watch:
    """Remembers what a catalog held when it was last looked at; used by one thread."""

    def __init__(self) -> None:
        """Remember nothing yet: the first look finds no changes."""
        self._stamp: tuple[Any, ...] | None = None
        self._runs: dict[int, tuple[Any, ...]] = {}
        self._last, self._count = 0, 0
        self._older: tuple[Any, ...] = ()

    def look(self, database: Database) -> Changed | None:
        """Return what changed since the last look, None where nothing did."""
        stamp = _stamp(database)
        if stamp is not None and stamp == self._stamp:
            return None
        is_first, self._stamp = self._stamp is None, stamp or ()
        before, last, count, older = self._runs, self._last, self._count, self._older
        self._remember(database)
        if is_first:
            return None
        added = [row for number, row in self._runs.items() if number > last]
        ids = [row[0] for row in added]
        ids += [row[0] for number, row in self._runs.items() if number in before and before[number] != row]
        new = max(self._count - count, len(added), 0)
        is_elsewhere = self._older != older and not ids  # a new run changes the listing of its day too
        is_other = is_elsewhere or self._count < count or new > len(added)
        is_membership = bool(added) or self._count != count or self._last != last
        if not ids and not is_other and not is_membership:
            return None
        return Changed(new, tuple(ids[:MOST_IDS]), is_other or len(ids) > MOST_IDS, is_membership)

    def _remember(self, database: Database) -> None:
        newest = database.rows(f"SELECT {_STAMPS} FROM run ORDER BY created_ns DESC, n DESC LIMIT {_NEWEST}")  # noqa: S608  # our own words
        live = database.rows(f"SELECT {_STAMPS} FROM run WHERE live = 1")  # noqa: S608  # our own words
        self._runs = {row[0]: row[1:] for row in (*newest, *live)}
        self._last, self._count = database.rows("SELECT coalesce(max(n), 0), count(*) FROM run")[0]
        # Runs further back, that somebody amended, show in the listing of their day or pack.
        days = database.rows("SELECT count(*), max(mtime_ns) FROM day")[0]
        packs = database.rows("SELECT count(*), sum(size_bytes), max(mtime_ns) FROM pack")[0]
        self._older = (*days, *packs) if self._count > len(self._runs) else ()


def _stamp(database: Database) -> tuple[Any, ...] | None:
    """Return what differs whenever a statement changed the catalog; None where the database tells no such thing."""
    if database.dialect != "sqlite":
        return None
    return (id(database), *database.rows("PRAGMA data_version")[0], *database.rows("SELECT total_changes()")[0])
