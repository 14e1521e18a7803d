"""Where the corpus of other trackers' files is, and how its runs are imported and read back."""

from pathlib import Path
from typing import Any

from setpoint._query.imports import Report, Source, import_runs
from setpoint._query.recorded import RecordedRun
from setpoint._query.runs import runs

CORPUS = Path(__file__).parents[2] / "corpus" / "imports"


def imported(path: Path | str, store: Path, *, is_dry: bool = False, **options: Any) -> Report:
    """Import with nothing refused."""
    problems: list[str] = []
    report = import_runs(Source(str(path), **options), store, is_dry=is_dry, refuse=problems.append)
    assert problems == []
    return report


def by_name(store: Path) -> dict[str, RecordedRun]:
    """Return all runs of a store by their names."""
    return {run.name: run for run in runs(store=store)}


def points(run: RecordedRun, metric: str) -> list[tuple[int, float]]:
    """Return step and value of each point."""
    found = run.metric(metric)
    return list(zip(found.steps, found.values, strict=True))
