"""Imported runs into the packs of a store: new ones added, changed ones in place of their former selves."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from setpoint._catalog.catalog import Catalog
from setpoint._catalog.database import Database
from setpoint._journal import layout, pack

from .making import FACT, Made, day_of

_BATCH_RUNS = 20_000
_BATCH_BYTES = 256 << 20
_ASKED = 500


class Counts(Struct):
    """How many runs were added, put in place of a former version, found unchanged, or left as they are in the store."""

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    kept: int = 0


class _Known(Struct):
    """Where a run of that id lies in the store; ``pack`` is None for a folder, ``digest`` empty for no imported run."""

    pack: Path | None
    digest: str


class Packer:
    """Takes runs and writes them, in batches, into one pack a day; with ``is_dry`` it only counts."""

    def __init__(self, store: Path, catalog: Catalog, *, is_dry: bool = False) -> None:
        """Take the store's folder and its catalog, which must have caught up."""
        self.counts = Counts()
        self._store = store
        self._catalog = catalog
        self._is_dry = is_dry
        self._batch: dict[str, Made] = {}
        self._written: dict[str, _Known] = {}

    def add(self, runs: Iterable[Made]) -> None:
        """Take all runs; raises OSError where a pack can't be written."""
        for run in runs:
            if run.id in self._batch:
                self._flush()
            self._batch[run.id] = run
            if len(self._batch) >= _BATCH_RUNS:
                self._flush()
        self._flush()

    def _flush(self) -> None:
        known = self._known(list(self._batch))
        lines: dict[str, list[bytes]] = {}
        gone: dict[Path, set[str]] = {}
        taken: list[Made] = []
        size = 0
        for run in self._batch.values():
            before = known.get(run.id)
            if not self._is_wanted(run, before):
                continue
            if before is not None and before.pack is not None:
                gone.setdefault(before.pack, set()).add(run.id)
            taken.append(run)
            if self._is_dry:
                self._written[run.id] = _Known(self._store, run.digest)
                continue
            lines.setdefault(day_of(run.created_ns), []).append(line := run.line())
            size += len(line)
            if size >= _BATCH_BYTES:
                self._write(lines, gone, taken)
                lines, gone, taken, size = {}, {}, [], 0
        self._batch.clear()
        if lines:
            self._write(lines, gone, taken)

    def _is_wanted(self, run: Made, before: _Known | None) -> bool:
        if before is None:
            self.counts.added += 1
        elif before.pack is None or not before.digest:
            self.counts.kept += 1
        elif before.digest == run.digest:
            self.counts.unchanged += 1
        else:
            self.counts.replaced += 1
            return True
        return before is None

    def _known(self, ids: list[str]) -> dict[str, _Known]:
        found = {run_id: self._written[run_id] for run_id in ids if run_id in self._written} if self._written else {}
        asked = [run_id for run_id in ids if run_id not in found]
        for row in self._catalog.ask(lambda database: list(_rows(database, asked))):
            found[row[0]] = self._look(*row)
        return found

    def _look(self, run_id: str, day: str, name: str | None, offset: int | None, size_bytes: int) -> _Known:
        if name is None:
            return _Known(None, "")
        path = layout.runs_folder(self._store) / day / name
        with path.open("rb") as file:
            file.seek(offset or 0)
            packed = pack.read_line(file.read(size_bytes))
        if packed is None or packed.id != run_id:
            return _Known(None, "")  # damaged: what is there is not ours to drop
        fact = pack.details_of(packed).environment.get(FACT)
        return _Known(path, str(fact.get("digest", "")) if isinstance(fact, dict) else "")

    def _write(self, lines: dict[str, list[bytes]], gone: dict[Path, set[str]], taken: list[Made]) -> None:
        for path, ids in gone.items():
            lines.setdefault(path.parent.name, []).extend(_without(path, ids))
        packs: dict[str, Path] = {}
        for day, some in lines.items():
            folder = layout.runs_folder(self._store) / day
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if (written := pack.write_pack(folder, some)) is not None:
                packs[day] = written
        for path in gone:
            path.unlink(missing_ok=True)
            os.utime(path.parent)
        for run_id, known in self._written.items():
            if known.pack in gone:
                self._written[run_id] = _Known(packs[known.pack.parent.name], known.digest)
        self._written.update((run.id, _Known(packs[day_of(run.created_ns)], run.digest)) for run in taken)


def _rows(database: Database, ids: list[str]) -> Iterator[tuple[str, str, str | None, int | None, int]]:
    for start in range(0, len(ids), _ASKED):
        some = ids[start : start + _ASKED]
        sql = (
            "SELECT r.id, r.day, p.name, r.pack_offset, r.size_bytes FROM run r LEFT JOIN pack p ON p.n = r.pack_n "
            f"WHERE r.id IN ({', '.join('?' * len(some))})"  # noqa: S608  # as many marks as values
        )
        yield from database.rows(sql, some)


def _without(path: Path, ids: set[str]) -> Iterator[bytes]:
    """Yield the lines of a pack but those of some runs; a damaged line stays as it is."""
    with path.open("rb") as file:
        for line in file:
            packed = pack.read_line(line)
            if packed is None or packed.id not in ids:
                yield line
