"""Changes to recorded runs: params and results corrected, tags added and removed. Each is recorded, none overwrites."""

import getpass
import os
import platform
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from setpoint._catalog.catalog import Catalog
from setpoint._catalog.leaf import Scope
from setpoint._core.change import Level, Origin
from setpoint._core.keys import join_key, split_key
from setpoint._core.secrets import Redactor
from setpoint._core.values import Encoder, is_same
from setpoint._journal import layout
from setpoint._journal.editing import Editor, refresh_snapshot
from setpoint._journal.reader import read_run
from setpoint._journal.record import DELETED, Meta, Record, Row, Summary, Update
from setpoint._journal.replay import ABSENT, NotPossibleError, put, remove, value_at
from setpoint._run.fingerprint import fingerprint
from setpoint.errors import InvalidArgumentError, MissingParamError, SetpointError

from .expr import Column
from .keys import column_name, near, target_of
from .recorded import MISSING, RecordedRun
from .store import catalog_for

KIND = "amend"
"""The kind of the origin of what was changed after the run."""

FACTS = ("name", "project", "group", "job_type", "notes")
"""The facts about a run that can be changed, as ``run.name`` and so on."""


class StillRunningError(SetpointError, RuntimeError):
    """Something was to be done to a run that can be done only when it has ended."""

    def __init__(self, run: str) -> None:
        """Take the run's id."""
        super().__init__(run)
        self.run = run

    def __str__(self) -> str:
        return f"Run {self.run} is still running; this can be done when it has ended."


class Amended(Struct, frozen=True):
    """One value that an amendment changes; MISSING where there is, or was, none."""

    key: str
    before: Any  # a param's value
    after: Any


class _Place(Struct):
    """Where a run's journal lies: its folder, or the pack it is in."""

    folder: Path | None
    pack: Path | None


def amend(
    run: RecordedRun, values: Mapping[str, Any], store: str | Path | None = None, *, may_add: bool = False
) -> list[Amended]:
    """Record other values for params, results (``summary.acc``) or facts (``run.name``, ``run.notes``) of a run.

    The former values stay in the journal: ``blame`` shows them, and an amendment to the old value takes it back. A
    value of MISSING deletes a param or result.

    Args:
        run: the run; it must have ended.
        values: the new values by key.
        store: the store's folder.
        may_add: whether a param or result that the run does not have may be added.

    Returns:
        What changed; values that are the same already are left out, and without any nothing is written.

    Raises:
        StillRunningError: the run has not ended.
        InvalidArgumentError: a key can't be amended.
        MissingParamError: the run has no such param or result.
        OSError: the journal can't be written.
    """
    if run.state.status == "running":
        raise StillRunningError(run.id)
    rows: list[Row] = []
    records: list[Record] = []
    facts: dict[str, Any] = {}
    changed: list[Amended] = []
    config: Any = Encoder().encode(run.state.config)
    encoder = Encoder(Redactor(fingerprint))
    for key, value in values.items():
        target = target_of(key)
        before = _value_before(run, key, target)
        if before is MISSING and not isinstance(target, Column) and (value is MISSING or not may_add):
            raise MissingParamError(
                key, near(key, [column_name(target.scope, name) for name in run.leaves(target.scope)])
            )
        if before is value or (before is not MISSING and value is not MISSING and is_same(before, value)):
            continue
        changed.append(Amended(key, before, value))
        if isinstance(target, Column):
            facts[_fact_name(key, target, value)] = value
        elif target.scope is Scope.SUMMARY:
            plain = None if value is MISSING else encoder.encode(value, join_key(target.path))
            records.append(Summary(".".join(map(str, target.path)), plain, value is MISSING))
        else:
            rows.append(_row(join_key(target.path), value, encoder, config))
    if rows:
        records.append(Update([editor_origin()], rows))
    if facts:
        records.append(Meta(**facts))
    _write(run, records, store)
    return changed


def retag(
    run: RecordedRun, add: Iterable[str], remove_tags: Collection[str], store: str | Path | None = None
) -> list[str]:
    """Record that the run has other tags; returns all it has then. Nothing is written where that changes nothing.

    Raises:
        OSError: the journal can't be written.
    """
    before = run.state.tags
    after = [tag for tag in dict.fromkeys([*before, *add]) if tag not in remove_tags]
    if after != before:
        _write(run, [Meta(tags=after)], store)
    return after


def editor_origin() -> Origin:
    """Return the origin that names this user and machine."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        user = ""
    return Origin(KIND, f"{user}@{platform.node()}".strip("@"))


def _value_before(run: RecordedRun, key: str, target: Any) -> Any:
    if isinstance(target, Column):
        return run.value(key) if target.name in FACTS else MISSING
    if target.scope is Scope.SUMMARY:
        return run.state.summary.get(".".join(map(str, target.path)), MISSING)
    found = value_at(run.state.config, split_key(join_key(target.path)))
    return MISSING if found is ABSENT else found


def _fact_name(key: str, target: Column, value: Any) -> str:
    if target.name not in FACTS:
        raise InvalidArgumentError(
            "KEY", repr(key), f"a param, a result, or one of {', '.join(f'run.{n}' for n in FACTS)}"
        )
    if not isinstance(value, str):
        raise InvalidArgumentError(key, repr(value), "a text")
    return target.name


def _row(key: str, value: Any, encoder: Encoder, config: Any) -> Row:
    """Return the row that changes a param, tried on the plain *config* first."""
    path = split_key(key)
    try:
        if value is MISSING:
            remove(config, path)
            return (key, None, 0, DELETED)
        plain = encoder.encode(value, path[-1] if isinstance(path[-1], str) else "")
        put(config, path, plain)
    except NotPossibleError as error:
        raise InvalidArgumentError("KEY", repr(key), f"a place in the config ({error})") from None
    return (key, plain, 0, int(Level.SET))


def _write(run: RecordedRun, records: list[Record], store: str | Path | None) -> None:
    if not records:
        return
    catalog = catalog_for(store)
    place = place_of(run, catalog)
    editor = Editor(platform.node(), os.getpid())
    if place.folder is not None:
        session = max((writer.session for writer in run.state.writers), default=1)
        editor.edit_folder(place.folder, session, records)
        state = read_run(place.folder)
        if state.status != "running":  # a live run writes its own
            refresh_snapshot(place.folder, state)
    else:
        assert place.pack is not None
        editor.edit_packed(place.pack, run.id, records)
    catalog.catch_up()


def place_of(run: RecordedRun, catalog: Catalog) -> _Place:
    """Return where a run's journal lies.

    Raises:
        InvalidArgumentError: the store is no folder.
        OSError: it is no longer there.
    """
    if catalog.folder is None:
        raise InvalidArgumentError(
            "store", repr(catalog.store), "a folder: a team's database is changed by its runs' stores"
        )
    day = layout.runs_folder(catalog.folder) / run.row.day
    if run.row.pack_n is None and (day / run.id).is_dir():
        return _Place(day / run.id, None)
    names = catalog.ask(lambda database: database.rows("SELECT name FROM pack WHERE n = ?", (run.row.pack_n or -1,)))
    if not names:
        raise FileNotFoundError(f"Run {run.id}: its journal is no longer in {day}.")
    return _Place(None, day / names[0][0])
