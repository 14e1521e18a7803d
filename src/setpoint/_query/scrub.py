"""A key's values taken out of everything a store has."""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from setpoint._catalog.catalog import Catalog
from setpoint._catalog.engine import catalog_path
from setpoint._journal import layout, pack, trash
from setpoint._journal.reader import read_run
from setpoint._journal.scrubber import Scrubber
from setpoint._journal.scrubbing import scrub_folder, scrub_pack
from setpoint._run.fingerprint import fingerprint
from setpoint.errors import InvalidArgumentError

from .store import catalog_for


class ScrubReport(Struct):
    """What a scrub did: runs that were changed and runs that were left, as they are live."""

    changed: int = 0
    live: list[str] = []


def scrub(
    key: str,
    store: str | Path | None = None,
    ids: Collection[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ScrubReport:
    """Take the values of a param, or of a result ``summary.KEY``, out of journals, packs, trash and catalog.

    Equal values become equal fingerprints. Run by run it is done whole or not at all; stopped in between, do it again.

    Args:
        key: the key; what is below it goes too.
        store: the store's folder.
        ids: the runs; None for all, also those in the trash.
        progress: called with folders and packs done and all of them.

    Raises:
        InvalidArgumentError: *key* is no key, or the store is no folder.
        OSError: a file can't be read or replaced.
    """
    catalog = catalog_for(store)
    if catalog.folder is None:
        raise InvalidArgumentError(
            "store", repr(catalog.store), "a folder: journals are scrubbed where they were written"
        )
    is_summary = key.startswith("summary.")
    name = key.removeprefix("summary.").removeprefix("config.")
    report = ScrubReport()
    try:
        places = list(_places(catalog.folder))
        for at, place in enumerate(places):
            _scrub_place(place, name, ids, report, is_summary=is_summary)
            if progress is not None:
                progress(at + 1, len(places))
    except ValueError as error:
        raise InvalidArgumentError("KEY", repr(key), f"a key such as 'optim.lr' ({error})") from None
    if report.changed:
        _forget(catalog)
    return report


def _places(store: Path) -> Iterator[Path]:
    root = layout.runs_folder(store)
    days = sorted(day for day in root.iterdir() if layout.is_day(day.name)) if root.is_dir() else []
    for day in days:
        for path in sorted(day.iterdir()):
            if pack.is_pack(path.name) or (layout.is_run_id(path.name) and path.is_dir() and not path.is_symlink()):
                yield path
    yield from trash.trashed(store)


def _scrub_place(place: Path, name: str, ids: Collection[str] | None, report: ScrubReport, *, is_summary: bool) -> None:
    scrubber = Scrubber(name, fingerprint, is_summary=is_summary)
    if not place.is_dir():
        report.changed += scrub_pack(place, scrubber, lambda run_id: ids is None or run_id in ids)
    elif ids is None or place.name in ids:
        if read_run(place).status == "running":
            report.live.append(place.name)
        elif scrub_folder(place, scrubber):
            report.changed += 1


def _forget(catalog: Catalog) -> None:
    """Remove the catalog, as a database keeps in its free pages what was deleted; the next question makes it anew."""
    catalog.close()
    path = catalog_path(Path(catalog.store))
    for suffix in ("", "-wal", "-shm", ".broken", ".broken-wal", ".broken-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).unlink()
