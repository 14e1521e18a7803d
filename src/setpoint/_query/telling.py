"""Which columns tell most about some runs: the params that vary among them, and their metrics."""

from collections import Counter
from collections.abc import Sequence

from setpoint._catalog.leaf import Scope

from . import tables
from .keys import column_name
from .recorded import RecordedRun

MOST_PARAMS, MOST_METRICS = 12, 6
SAMPLE = 500


def telling_columns(runs: Sequence[RecordedRun]) -> list[str]:
    """Return the names of the params that vary among *runs*, the most telling first, then of their metrics."""
    return tables.varying([run.leaves(Scope.PARAM) for run in runs], MOST_PARAMS) + _metrics(runs)


def _metrics(runs: Sequence[RecordedRun]) -> list[str]:
    counts: Counter[str] = Counter()
    for run in runs:
        counts.update(
            key
            for key, value in run.leaves(Scope.SUMMARY).items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        )
    return [column_name(Scope.SUMMARY, key) for key, _ in counts.most_common(MOST_METRICS)]
