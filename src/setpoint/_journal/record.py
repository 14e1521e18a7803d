"""The records of a journal, one struct a kind. ``docs/design/journal.md`` says what each means."""

from typing import Annotated, Any, Literal

from msgspec import Meta as Limits
from msgspec import Struct, field

from setpoint._core.change import Level, Origin

VERSION = 1
DELETED = -1
"""The level of a row of an Update that deletes its key."""

Row = tuple[str, Any, int, int]  # the value is plain: what JSON can hold
"""Key, plain value, index into the update's table of origins, level or DELETED."""

Int64 = Annotated[int, Limits(ge=-(2**63), le=2**63 - 1)]


def _version() -> int:
    return VERSION


class Record(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """What all records share: format version, sequence number and time (ns, UTC since the Unix epoch).

    The writer stamps ``seq`` and ``t`` when it appends; they are 0 before. ``seq`` counts from 1 for each writer;
    ``open`` records have none, as each part of a writer's segment has one of its own.
    """

    v: int = field(default_factory=_version)  # a factory's value is written always, a plain default never
    seq: Int64 = 0
    t: Int64 = 0


class Open(Record, frozen=True, kw_only=True, tag="open"):
    """A writer opened a part: the process it is, and the run it writes for."""

    run: str
    writer: str
    part: int = 1
    role: Literal["main", "child", "rank", "editor"] = "main"
    session: int = 1
    rank: int | None = None
    pid: int = 0
    host: str = ""
    boot_id: str = ""
    process_started: str = ""
    parent: str = ""
    name: str = ""
    project: str = ""
    group: str = ""
    job_type: str = ""
    tags: list[str] = []
    notes: str = ""
    setpoint: str = ""
    allow_val_change: bool = False


class Set(Record, frozen=True, tag="set"):
    """One key has another value; a dict or list stands for everything below the key."""

    key: str
    value: Any  # plain: what JSON can hold
    origin: Origin
    level: Level = Level.SET
    desc: str = ""


class Update(Record, frozen=True, tag="update"):
    """The changes of one call, in order; ``whole`` says that they state the entire config."""

    origins: list[Origin]
    params: list[Row]
    descs: dict[str, str] = {}
    whole: bool = False


class Delete(Record, frozen=True, tag="delete"):
    """One key is no longer there, nor is anything below it."""

    key: str
    origin: Origin


class Log(Record, frozen=True, tag="log"):
    """The values of some metrics at one step."""

    step: Int64
    values: dict[str, Any]  # plain: what JSON can hold


class Summary(Record, frozen=True, tag="summary"):
    """The user set, or deleted, one key of the run's summary."""

    key: str
    value: Any = None  # plain: what JSON can hold
    deleted: bool = False


class Meta(Record, frozen=True, kw_only=True, tag="meta"):
    """Facts about the run that changed; None stands for no change."""

    name: str | None = None
    project: str | None = None
    group: str | None = None
    job_type: str | None = None
    tags: list[str] | None = None
    notes: str | None = None


class Environment(Record, frozen=True, tag="environment"):
    """Where the run runs: facts by name, each in place of an earlier one of the name."""

    values: dict[str, Any]  # plain: what JSON can hold


class Reads(Record, frozen=True, tag="reads"):
    """The keys that were set but never read, each with the known keys most like it."""

    unused: dict[str, list[str]]


class Lost(Record, frozen=True, tag="lost"):
    """Records that the writer had to give up, and why."""

    count: Int64
    reason: str


class Finish(Record, frozen=True, tag="finish"):
    """The writer's script ended; no record of this writer follows but late ones of its threads."""

    status: Literal["finished", "failed"]
    exit_code: Int64 | None = None
    error: str = ""


class Unknown(Record, frozen=True, tag="unknown"):
    """A record of a kind or form that only a newer version knows; it is never written."""


AnyRecord = Open | Set | Update | Delete | Log | Summary | Meta | Environment | Reads | Lost | Finish
