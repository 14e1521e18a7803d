"""Imported runs into the packs of a store: new ones added, changed ones in place of their former selves."""

# ruff: noqa: S608  # statements are made of our own words; every value is bound

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from msgspec import Struct

from setpoint._catalog.catalog import Catalog
from setpoint._catalog.database import Database, Row
from setpoint._core.leaves import is_dict
from setpoint._journal import layout, pack

from .making import FACT, Made, Maker

_BATCH_RUNS = 50_000
_BATCH_BYTES = 128 << 20
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

    def __init__(self, store: Path, catalog: Catalog, maker: Maker, *, is_dry: bool = False) -> None:
        """Take the store's folder and its catalog, which must have caught up, and what makes the runs' lines."""
        self._line = maker.line
        self.counts = Counts()
        self._store = store
        self._catalog = catalog
        self._is_dry = is_dry
        self._lines: dict[str, list[bytes]] = {}
        self._waiting: dict[str, Made] = {}
        self._size_bytes = 0
        self._gone: dict[Path, set[str]] = {}
        self._written: dict[str, _Known] = {}

    def add(self, runs: Iterable[Made]) -> None:
        """Take all runs; raises OSError where a pack can't be written."""
        for some in _chunks(runs):
            known = self._known([run.id for run in some])
            for run in some:
                if run.id in self._waiting:
                    self._flush()
                before = self._written.get(run.id) or known.get(run.id)
                if self._is_wanted(run, before):
                    self._take(run, before)
            if len(self._waiting) >= _BATCH_RUNS or self._size_bytes >= _BATCH_BYTES:
                self._flush()
        self._flush()

    def _take(self, run: Made, before: _Known | None) -> None:
        self._waiting[run.id] = run
        if not self._is_dry:
            if before is not None and before.pack is not None:
                self._gone.setdefault(before.pack, set()).add(run.id)
            line = self._line(run)
            self._lines.setdefault(run.day, []).append(line)
            self._size_bytes += len(line)
        run.forget()  # many runs wait: their values would fill the memory

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
        for row in self._catalog.ask(lambda database: _rows(database, asked)):
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
        return _Known(path, str(fact.get("digest", "")) if is_dict(fact) else "")

    def _flush(self) -> None:
        for path, ids in self._gone.items():
            self._lines.setdefault(path.parent.name, []).extend(_without(path, ids))
        packs = {day: self._write(day, lines) for day, lines in self._lines.items()}
        for path in self._gone:
            path.unlink(missing_ok=True)
            os.utime(path.parent)
        for run_id, known in self._written.items():
            if known.pack in self._gone:
                self._written[run_id] = _Known(packs[known.pack.parent.name], known.digest)
        for run in self._waiting.values():
            self._written[run.id] = _Known(packs.get(run.day, self._store), run.digest)
        self._lines.clear()
        self._waiting.clear()
        self._gone.clear()
        self._size_bytes = 0

    def _write(self, day: str, lines: list[bytes]) -> Path:
        folder = layout.runs_folder(self._store) / day
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        written = pack.write_pack(folder, lines)
        return written if written is not None else folder


def _chunks(runs: Iterable[Made]) -> Iterator[list[Made]]:
    """Yield the runs some at a time, as many as the catalog is asked for at once."""
    more = iter(runs)
    while some := list(islice(more, _ASKED)):
        yield some


def _rows(database: Database, ids: list[str]) -> list[Row]:
    if not ids:
        return []
    sql = (
        "SELECT r.id, r.day, p.name, r.pack_offset, r.size_bytes FROM run r LEFT JOIN pack p ON p.n = r.pack_n "
        f"WHERE r.id IN ({', '.join('?' * len(ids))})"
    )
    return database.rows(sql, ids)


def _without(path: Path, ids: set[str]) -> Iterator[bytes]:
    """Yield the lines of a pack but those of some runs; a damaged line stays as it is."""
    with path.open("rb") as file:
        for line in file:
            packed = pack.read_line(line)
            if packed is None or packed.id not in ids:
                yield line if line.endswith(b"\n") else line + b"\n"
