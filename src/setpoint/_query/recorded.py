"""A recorded run, as ``load`` and ``runs`` give it."""

from array import array
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from setpoint._catalog.columns import COLUMNS
from setpoint._catalog.leaf import Scope
from setpoint._catalog.rows import from_blob, text_of
from setpoint._core.change import Origin
from setpoint._core.keys import join_key, split_key
from setpoint._core.leaves import flatten
from setpoint._core.values import decode
from setpoint._journal.replay import ABSENT, value_at
from setpoint._journal.state import Damage, Disagreement, Held, Recorded, RunState, Series, Stats, WriterState
from setpoint.errors import MissingParamError

from .expr import Column, Key
from .keys import target_of

if TYPE_CHECKING:
    import numpy as np


class _Missing:
    """The value of a key that a run does not have; it is false and equals itself alone."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "missing"


MISSING = _Missing()


class RunRow(Struct, frozen=True):
    """A row of the catalog's ``run`` table."""

    n: int
    id: str
    name: str | None
    project: str | None
    run_group: str | None
    job_type: str | None
    status: str
    created_ns: int
    finished_ns: int | None
    host: str | None
    host_user: str | None
    commit_id: str | None
    notes: str | None
    error: str | None
    exit_code: int | None
    damage: int | None
    lost: int | None
    tags: bytes | None
    config: bytes
    summary: bytes
    day: str
    pack_n: int | None
    pack_offset: int | None
    size_bytes: int


ROW_COLUMNS = ", ".join(f"r.{name}" for name in RunRow.__struct_fields__)


class Metric:
    """The points of one metric, in the order they were logged."""

    def __init__(self, name: str, series: Series) -> None:
        """Take the metric's name and points."""
        self.name = name
        self._series = series

    @property
    def steps(self) -> "array[int]":
        """The step of each point, shape ``(n,)``."""
        return self._series.steps

    @property
    def values(self) -> "array[float]":
        """The value of each point, in the unit it was logged in, shape ``(n,)``."""
        return self._series.values

    @property
    def times(self) -> "array[int]":
        """When each point was logged, in ns, UTC since the Unix epoch, shape ``(n,)``."""
        return self._series.times

    def __len__(self) -> int:
        return len(self._series.steps)

    def to_numpy(self) -> "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]":
        """Return steps (int64) and values (float64), each of shape ``(n,)``. Needs numpy."""
        import numpy as np

        return np.array(self.steps, dtype=np.int64), np.array(self.values, dtype=np.float64)

    def __repr__(self) -> str:
        last = f", last {self.values[-1]:.6g} at step {self.steps[-1]}" if len(self) else ""
        return f"<metric {self.name}: {len(self)} points{last}>"


class RecordedRun:
    """A run as it was recorded: what tables show comes from the catalog, the rest from its journal when asked."""

    def __init__(self, row: RunRow, read_state: Callable[[RunRow], RunState]) -> None:
        """Take the catalog's row and the function that reads the journal."""
        self.row = row
        self._read_state = read_state
        self._state: RunState | None = None
        self._config: dict[str, Any] | None = None
        self._summary: dict[str, Any] | None = None
        self._plain: dict[Scope, dict[str, Any]] = {}
        self._flat: dict[Scope, dict[str, Any]] = {}  # plain forms by key

    @property
    def id(self) -> str:
        """The run's id."""
        return self.row.id

    @property
    def name(self) -> str:
        """The run's friendly name."""
        return text_of(self.row.name)

    @property
    def project(self) -> str:
        """The project, empty where none was named."""
        return text_of(self.row.project)

    @property
    def group(self) -> str:
        """The group, empty where none was named."""
        return text_of(self.row.run_group)

    @property
    def job_type(self) -> str:
        """The job type, empty where none was named."""
        return text_of(self.row.job_type)

    @property
    def status(self) -> str:
        """One of ``running``, ``finished``, ``failed`` and ``crashed``."""
        return self.row.status

    @property
    def tags(self) -> list[str]:
        """The tags."""
        return list(from_blob(self.row.tags)) if self.row.tags else []

    @property
    def notes(self) -> str:
        """The notes."""
        return text_of(self.row.notes)

    @property
    def error(self) -> str:
        """What ended a failed run, or why its journal can't be read; else empty."""
        return text_of(self.row.error)

    @property
    def exit_code(self) -> int | None:
        """The process's exit code; None while it runs or where it is not known."""
        return self.row.exit_code

    @property
    def created(self) -> datetime:
        """When the run began, UTC."""
        return _moment(self.row.created_ns)

    @property
    def finished(self) -> datetime | None:
        """When it ended, UTC; None while it runs, and where it ended without saying so."""
        return None if self.row.finished_ns is None else _moment(self.row.finished_ns)

    @property
    def duration(self) -> timedelta | None:
        """How long it ran; None while it runs, and where it ended without saying so."""
        return None if self.finished is None else self.finished - self.created

    @property
    def config(self) -> dict[str, Any]:
        """The config, each value with the type it was recorded with."""
        if self._config is None:
            self._config = {name: decode(value) for name, value in self.plain(Scope.PARAM).items()}
        return self._config

    @property
    def summary(self) -> dict[str, Any]:
        """The summary: the last value of each metric, and what the script set."""
        if self._summary is None:
            self._summary = {name: decode(value) for name, value in self.plain(Scope.SUMMARY).items()}
        return self._summary

    def plain(self, scope: Scope) -> dict[str, Any]:
        """Return the config or the summary in plain form."""
        if scope not in self._plain:
            blob = self.row.config if scope is Scope.PARAM else self.row.summary
            self._plain[scope] = from_blob(blob)
        return self._plain[scope]

    def leaves(self, scope: Scope) -> dict[str, Any]:
        """Return key and value of each param, or of each summary value; empty containers count as values."""
        return {key: decode(value) for key, value in flatten(self.plain(scope))}

    def value(self, column: str) -> Any:  # a param's value is whatever the user put in
        """Return the value under a column's name: ``optim.lr``, ``summary.acc``, ``run.host``; MISSING where none is.

        Raises:
            FilterError: the name can't be read.
        """
        target = target_of(column)
        if isinstance(target, Column):
            return self.fact(target.name)
        return self._leaf(target.scope, join_key(target.path))

    def whole(self, target: Key | Column) -> Any:  # as above
        """Return the value of a key or run column, of a list or section the whole; MISSING where the run has none."""
        if isinstance(target, Column):
            return self.fact(target.name)
        key = join_key(target.path)
        value = self._leaf(target.scope, key)
        if value is not MISSING:
            return value
        found = value_at(self.config if target.scope is Scope.PARAM else self.summary, split_key(key))
        return MISSING if found is ABSENT else found

    def _leaf(self, scope: Scope, key: str) -> Any:
        leaves = self._flat.get(scope)
        if leaves is None:  # a table asks for one column after another
            leaves = self._flat[scope] = dict(flatten(self.plain(scope)))
        return decode(leaves[key]) if key in leaves else MISSING

    def fact(self, name: str) -> Any:  # text, a number, a time or a length of time
        """Return a run column by its name, such as ``host``; MISSING where the run has none."""
        if name == "duration":
            return MISSING if self.duration is None else self.duration
        if name in ("created", "finished"):
            return self.created if name == "created" else self.finished or MISSING
        value = getattr(self.row, COLUMNS[name].sql.removeprefix("r."))
        return MISSING if value is None else text_of(value) if isinstance(value, str) else value

    @property
    def state(self) -> RunState:
        """All that the journal says, read when it is first asked for.

        Raises:
            OSError: the journal can't be read.
        """
        if self._state is None:
            self._state = self._read_state(self.row)
        return self._state

    def origin(self, key: str) -> Origin:
        """Return who set a param, as ``Config.origin()`` does; raises MissingParamError."""
        return self.held(key).origin

    def held(self, key: str) -> Held:
        """Return how a param is held: its origin, level, time, writer and step.

        Raises:
            MissingParamError: the run has no param of that key.
        """
        held = self.state.held
        if key not in held:
            raise MissingParamError(key, held)
        return held[key]

    def changes(self, key: str | None = None) -> list[Recorded]:
        """Return every change of the config in order; with *key*, those that touched it or a part of it."""
        found = self.state.changes
        if key is None:
            return list(found)
        return [change for change in found if _touches(change.key, key)]

    @property
    def metrics(self) -> list[str]:
        """The names of the metrics that were logged."""
        return list(self.state.metrics)

    def metric(self, name: str) -> Metric:
        """Return the points of a metric.

        Raises:
            MissingParamError: the run logged no metric of that name.
        """
        if name not in self.state.metrics:
            raise MissingParamError(name, self.state.metrics)
        return Metric(name, self.state.metrics[name])

    @property
    def stats(self) -> dict[str, Stats]:
        """Last, min, max, mean and count of each metric."""
        return self.state.stats

    @property
    def environment(self) -> dict[str, Any]:
        """What was captured of machine, packages, command and commit."""
        return self.state.environment

    @property
    def unused(self) -> dict[str, list[str]]:
        """Params that were set but never read, each with the keys that may have been meant."""
        return self.state.unused

    @property
    def damage(self) -> list[Damage]:
        """The ranges of bytes of its journal that could not be read."""
        return self.state.damage

    @property
    def disagreements(self) -> list[Disagreement]:
        """Params for which a further process of the run had another value than the leading one."""
        return self.state.disagreements

    @property
    def writers(self) -> list[WriterState]:
        """The processes that wrote."""
        return self.state.writers

    @property
    def lost(self) -> int:
        """How many records the script could not save, as far as it could still say so."""
        return self.row.lost or 0

    def __repr__(self) -> str:
        name = f" {self.name!r}" if self.name else ""
        return f"<run {self.id}{name} {self.status}>"


def _moment(time_ns: int) -> datetime:
    return datetime.fromtimestamp(time_ns // 1000 / 1e6, UTC)


def _touches(changed: str, key: str) -> bool:
    return (
        changed == key or changed.startswith((key + ".", key + "[")) or key.startswith((changed + ".", changed + "["))
    )
