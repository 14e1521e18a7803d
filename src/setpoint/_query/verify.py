"""Every journal of a store read whole, and what of it can't be."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from msgspec import Struct

from setpoint._journal import layout, pack
from setpoint._journal.reader import read_run
from setpoint._journal.state import Damage, RunState
from setpoint.errors import InvalidArgumentError

from .store import catalog_for


class Verified(Struct, frozen=True):
    """What reading a run found: damage, and doubts such as records that were lost before they were written."""

    id: str
    path: str
    status: str
    damage: list[Damage]
    doubts: list[str]


def verify(
    store: str | Path | None = None,
    ids: Collection[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Verified]:
    """Yield what reading each run of the store, or those of *ids*, finds; damaged lines of packs are under no id.

    Raises:
        InvalidArgumentError: the store is no folder.
        OSError: the store's folders can't be listed.
    """
    folder = catalog_for(store).folder
    if folder is None:
        raise InvalidArgumentError("store", repr(str(store)), "a folder: a team's database has no journals")
    sources = _sources(folder)
    for at, path in enumerate(sources):
        if progress is not None:
            progress(at, len(sources))
        found = _packed(path) if pack.is_pack(path.name) else _in_folder(path, ids)
        yield from (one for one in found if ids is None or one.id in ids)


def _sources(store: Path) -> list[Path]:
    """Return the folders and packs of all runs, the oldest day first."""
    root = layout.runs_folder(store)
    days = sorted(day for day in root.iterdir() if layout.is_day(day.name)) if root.is_dir() else []
    return [
        path
        for day in days
        for path in sorted(day.iterdir())
        if pack.is_pack(path.name) or (layout.is_run_id(path.name) and path.is_dir() and not path.is_symlink())
    ]


def _in_folder(path: Path, ids: Collection[str] | None) -> Iterator[Verified]:
    if ids is not None and path.name not in ids:
        return
    try:
        state = read_run(path)
    except OSError as error:
        damage = Damage(str(path), "unreadable", 0, 0, 0, f"can't be listed: {error.strerror or error}")
        yield Verified(path.name, str(path), "unknown", [damage], [])
        return
    yield _verified(path, state, state.damage)


def _verified(path: Path, state: RunState, damage: list[Damage]) -> Verified:
    doubts: list[str] = []
    if state.lost:
        doubts.append(f"{state.lost} records could not be saved when the run wrote them")
    if state.unknown:
        doubts.append(f"{state.unknown} records that only a newer version can read")
    if state.status == "crashed":
        doubts.append("it ended without a word: crashed")
    return Verified(state.id, str(path), state.status, damage, doubts)


def _packed(path: Path) -> Iterator[Verified]:
    for line, item in enumerate(pack.read_entries(path, pack.PackedRun), start=1):
        end = item.offset + item.size_bytes
        if item.entry is None:
            damage = Damage(str(path), "checksum", item.offset, end, line, "a run's line can't be read")
            yield Verified("", str(path), "unknown", [damage], [])
            continue
        try:
            state = pack.unpacked(item.entry)
        except (ValueError, EOFError) as error:  # what decompressing and decoding raise
            damage = Damage(str(path), "format", item.offset, end, line, str(error))
            yield Verified(item.entry.id, str(path), item.entry.status, [damage], [])
            continue
        yield _verified(path, state, state.damage)
