"""What the journal of one run says, as the rest of the house sees it."""

from __future__ import annotations  # array[int] can't be evaluated before Python 3.12

from array import array
from typing import Any

from msgspec import Struct, field

from setpoint._core.change import Level, Origin


class Held(Struct, frozen=True):
    """Who holds a param's value now: its origin, level, time (ns, UTC since the Unix epoch), writer and step."""

    origin: Origin
    level: Level
    time_ns: int
    writer: str
    step: int | None = None
    description: str = ""


class Recorded(Struct, frozen=True):
    """One change as the journal keeps it; ``step`` is the last step logged by its writer before it."""

    key: str
    value: Any  # a param's value, decoded
    origin: Origin
    deleted: bool
    level: Level
    time_ns: int
    writer: str
    step: int | None
    description: str = ""


class Series(Struct):
    """The points of one metric, in the order of their records; times in ns, UTC since the Unix epoch."""

    steps: array[int]
    values: array[float]
    times: array[int]


class Stats(Struct):
    """The digest of one metric. ``last`` is the value of the last record; nan counts, but not in min, max and mean."""

    last: float
    min: float
    max: float
    mean: float
    count: int


class Damage(Struct, frozen=True):
    """A range of bytes of a file that could not be read, or records that are missing.

    ``kind`` is ``torn`` (the last line has no end), ``checksum``, ``format`` (a record that makes no sense), ``gap``
    (numbers of records that are in no file) or ``unreadable`` (the system can't read the file from ``start`` on).
    """

    path: str
    kind: str
    start: int
    end: int
    line: int
    detail: str


class Disagreement(Struct, frozen=True):
    """A param for which a further writer (a rank, a child) had another value than the leading one."""

    key: str
    writer: str
    value: Any  # the writer's value, decoded
    leading: Any  # the leading writer's value, decoded
    origin: Origin


class WriterState(Struct):
    """One process that wrote: its role (``main``, ``child``, ``rank``, ``editor``), process and how far it got."""

    name: str
    role: str
    session: int
    rank: int | None
    host: str
    pid: int
    boot_id: str
    process_started: str
    opened_ns: int
    last_ns: int
    records: int = 0
    finished: bool = False


class RunState(Struct):
    """All that the journal of one run says. ``status`` is what records alone tell: see ``reader.read_run``.

    ``chosen`` names the results that the script set itself, so that what it logs later does not show in their place.
    ``lost`` counts records that a writer had to give up, ``unknown`` those that only a newer version can read.
    """

    id: str
    name: str = ""
    project: str = ""
    group: str = ""
    job_type: str = ""
    tags: list[str] = field(default_factory=list[str])
    notes: str = ""
    status: str = "running"
    exit_code: int | None = None
    error: str = ""
    created_ns: int = 0
    finished_ns: int = 0
    config: dict[str, Any] = field(default_factory=dict[str, Any])
    held: dict[str, Held] = field(default_factory=dict[str, Held])
    changes: list[Recorded] = field(default_factory=list[Recorded])
    summary: dict[str, Any] = field(default_factory=dict[str, Any])
    chosen: list[str] = field(default_factory=list[str])
    stats: dict[str, Stats] = field(default_factory=dict[str, Stats])
    metrics: dict[str, Series] = field(default_factory=dict[str, Series])
    environment: dict[str, Any] = field(default_factory=dict[str, Any])
    unused: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    disagreements: list[Disagreement] = field(default_factory=list[Disagreement])
    writers: list[WriterState] = field(default_factory=list[WriterState])
    damage: list[Damage] = field(default_factory=list[Damage])
    lost: int = 0
    unknown: int = 0
