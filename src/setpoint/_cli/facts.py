"""Facts about a run in the forms that commands print."""

from datetime import UTC, datetime
from typing import Any

from setpoint._catalog.leaf import Scope
from setpoint._query.recorded import RecordedRun


def moment_text(moment: datetime) -> str:
    """Return a moment in UTC to the second, ``2026-11-24T16:03:02Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def time_text(time_ns: int) -> str:
    """Return a time (ns, UTC since the Unix epoch) as a moment in the local time zone, to the second."""
    return datetime.fromtimestamp(time_ns / 1e9).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def run_dict(run: RecordedRun) -> dict[str, Any]:
    """Return a run as JSON shows it: facts, and config and summary in plain form (docs/design/values.md)."""
    return {
        "id": run.id,
        "name": run.name,
        "project": run.project,
        "group": run.group,
        "job_type": run.job_type,
        "status": run.status,
        "tags": run.tags,
        "notes": run.notes,
        "created": moment_text(run.created),
        "finished": moment_text(run.finished) if run.finished is not None else None,
        "exit_code": run.exit_code,
        "error": run.error,
        "host": run.row.host or "",
        "user": run.row.host_user or "",
        "commit": run.row.commit_id or "",
        "damage": run.row.damage or 0,
        "lost": run.lost,
        "config": run.plain(Scope.PARAM),
        "summary": run.plain(Scope.SUMMARY),
    }
