"""Facts about a run that are columns of the catalog's ``run`` table, with the names a user writes."""

from enum import Enum

from msgspec import Struct


class ColumnKind(Enum):
    """What a column holds, and so what a filter may compare it with."""

    TEXT = "text"
    NUMBER = "a number"
    TIME = "a date or time, such as '2026-11-24' or '2026-11-24 18:30'"
    SPAN = "a length of time, such as '90s', '7d' or '1h30m'"


class RunColumn(Struct, frozen=True):
    """A column: its kind, and its SQL, in which ``r`` is the run's row. Times and spans are in ns."""

    kind: ColumnKind
    sql: str


COLUMNS: dict[str, RunColumn] = {
    "id": RunColumn(ColumnKind.TEXT, "r.id"),
    "name": RunColumn(ColumnKind.TEXT, "r.name"),
    "project": RunColumn(ColumnKind.TEXT, "r.project"),
    "group": RunColumn(ColumnKind.TEXT, "r.run_group"),
    "job_type": RunColumn(ColumnKind.TEXT, "r.job_type"),
    "status": RunColumn(ColumnKind.TEXT, "r.status"),
    "created": RunColumn(ColumnKind.TIME, "r.created_ns"),
    "finished": RunColumn(ColumnKind.TIME, "r.finished_ns"),
    "duration": RunColumn(ColumnKind.SPAN, "(r.finished_ns - r.created_ns)"),
    "host": RunColumn(ColumnKind.TEXT, "r.host"),
    "user": RunColumn(ColumnKind.TEXT, "r.host_user"),
    "commit": RunColumn(ColumnKind.TEXT, "r.commit_id"),
    "notes": RunColumn(ColumnKind.TEXT, "r.notes"),
    "error": RunColumn(ColumnKind.TEXT, "r.error"),
    "exit_code": RunColumn(ColumnKind.NUMBER, "r.exit_code"),
    "damage": RunColumn(ColumnKind.NUMBER, "r.damage"),
    "lost": RunColumn(ColumnKind.NUMBER, "r.lost"),
}
