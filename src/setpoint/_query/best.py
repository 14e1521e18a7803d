"""The runs that did best by a metric."""

from collections.abc import Callable
from pathlib import Path

from .expr import Has, Term
from .runs import Runs, expect_metric, metric_key, natural_direction, runs
from .select import Order

__all__ = ["best_runs", "natural_direction"]


def best_runs(
    metric: str,
    where: str | None = None,
    *,
    direction: str | None = None,
    project: str | None = None,
    store: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Runs:
    """Return the runs that have *metric*, a summary's key, the best first.

    Args:
        metric: such as ``acc``, or ``summary.acc``.
        where: a filter that the runs must pass.
        direction: ``min`` or ``max``; by default what ``natural_direction`` says.
        project: only runs of this project.
        store: the store's folder or URL; by default as for ``runs``.
        progress: called with work done and all work while the catalog catches up.

    Raises:
        FilterError: no run has the metric, or the filter can't be read.
    """
    key = metric_key(metric)
    asked = runs(where, project=project, store=store, progress=progress)
    expect_metric(asked, metric)
    among = asked.narrowed(Term(key, Has()))
    order = Order(key, (direction or natural_direction(metric)) == "max")
    return Runs(among.catalog, among.expr, text=where or "", order=order, progress=progress)
