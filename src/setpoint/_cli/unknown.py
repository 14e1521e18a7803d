"""A note on keys that an option leaves out and that are not there."""

from collections.abc import Sequence

from setpoint._catalog.leaf import Scope
from setpoint._query.keys import column_name, is_among, near
from setpoint._query.recorded import RecordedRun

from .output import say


def say_unknown(option: str, keys: Sequence[str], runs: Sequence[RecordedRun]) -> None:
    """Say which of the *keys* of an option none of the runs has; a pattern with ``*`` may fit nothing."""
    if not any("*" not in key for key in keys):
        return
    scopes = (Scope.PARAM, Scope.SUMMARY)
    known = {column_name(scope, key): key for run in runs for scope in scopes for key in run.leaves(scope)}
    names = dict.fromkeys([*known, *known.values()])
    for key in keys:
        if "*" not in key and not any(is_among(name, (key,)) for name in names):
            meant = near(key, list(known))
            hint = f" Did you mean {' or '.join(meant)}?" if meant else ""
            say(f"{option} {key}: no run here has it.{hint}")
