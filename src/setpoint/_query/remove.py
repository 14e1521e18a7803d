"""Runs moved to the store's trash."""

from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from setpoint._journal import trash

from .edit import StillRunningError, place_of
from .recorded import RecordedRun
from .store import catalog_for


class Removed(Struct, frozen=True):
    """A run that was moved: where it was, and where it is now. A packed run was in its day's folder."""

    id: str
    before: Path
    after: Path


def remove(run: RecordedRun, store: str | Path | None = None) -> Removed:
    """Move a run to the trash of its store.

    Raises:
        StillRunningError: the run has not ended.
        InvalidArgumentError: the store is no folder.
        OSError: it can't be moved.
    """
    if run.status == "running":
        raise StillRunningError(run.id)
    catalog = catalog_for(store)
    place = place_of(run, catalog)
    assert catalog.folder is not None
    now = datetime.now(UTC)
    if place.folder is not None:
        moved = Removed(run.id, place.folder, trash.throw_away(catalog.folder, place.folder, now))
    else:
        assert place.pack is not None
        after = trash.throw_away_packed(catalog.folder, place.pack, run.id, now)
        moved = Removed(run.id, place.pack.with_name(after.name), after)
    catalog.catch_up()
    return moved
