"""The calls that explain: groups, importance, comparison, curves, completion."""

from collections.abc import Sequence
from math import isfinite

from setpoint._query.comparison import Line, LineCell, compare
from setpoint._query.completion import complete as completed
from setpoint._query.groups import Group, Spread, groups_but, groups_by
from setpoint._query.orders import question
from setpoint._query.recorded import RecordedRun
from setpoint._query.thin import thin

from . import report_shapes
from .cells import cell_of, ms_of
from .page import Page

_MOST_RUNS = 5000  # as many as importance looks at
_MOST_CURVES = 2000


def groups(page: Page, asked: report_shapes.GroupsAsked) -> report_shapes.Groups:
    """Return runs in groups, each with the spread of metrics."""
    state = page.current()
    numbers = page.orders.numbers(question(asked.where), state)
    find = groups_but if asked.but else groups_by
    total, found = find(page.reader, numbers, asked.by, asked.metrics, asked.limit, asked.sort)
    best = [group.best for group in found if group.best is not None]
    ids = {run.row.n: run.id for run in page.by_number(best)}
    return report_shapes.Groups(total, [_group(group, ids) for group in found])


def _group(group: Group, ids: dict[int, str]) -> report_shapes.GroupInfo:
    return report_shapes.GroupInfo(
        values={name: cell_of(value) for name, value in group.values.items()},
        count=group.count,
        stats={name: _stats(spread) for name, spread in group.stats.items()},
        best=None if group.best is None else ids.get(group.best),
        clause=group.clause,
    )


def _stats(spread: Spread | None) -> report_shapes.MetricStats | None:
    if spread is None:
        return None
    return report_shapes.MetricStats(spread.count, spread.mean, spread.spread, spread.min, spread.max)


def importance(page: Page, asked: report_shapes.ImportanceAsked) -> report_shapes.ImportanceFacts:
    """Return how much each param matters for a metric."""
    state = page.current()
    total = page.orders.count(question(asked.where), state)
    found = page.explainer.importance(asked.where, asked.metric, state.seq)
    missing = max(min(total, _MOST_RUNS) - found.runs, 0)
    shares = [
        report_shapes.ParamShare(one.key, one.value, one.low, one.high, list(one.tied), one.tendency, one.matters)
        for one in found.params
    ]
    explained = found.explained if isfinite(found.explained) else None
    return report_shapes.ImportanceFacts(
        found.metric, found.runs, missing, explained, found.note, list(found.constant), shares
    )


def comparison(page: Page, asked: report_shapes.CompareAsked) -> report_shapes.Comparison:
    """Return runs side by side; those that are not there are left out, as long as one is."""
    page.current()
    runs = page.by_id(asked.runs) or page.each(asked.runs)
    found = compare(runs, asked.ignore, has_equal=asked.equal)
    return report_shapes.Comparison(
        runs=page.rows_of(runs, ()),
        verdict=found.verdict,
        config=_lines(found.config),
        results=_lines(found.results),
        facts=_lines(found.facts),
        hidden=report_shapes.Hidden(found.hidden_config, found.hidden_results, found.hidden_facts),
    )


def _lines(lines: Sequence[Line]) -> list[report_shapes.Line]:
    return [report_shapes.Line(line.key, line.differs, [_line_cell(cell) for cell in line.cells]) for line in lines]


def _line_cell(cell: LineCell) -> report_shapes.LineCell:
    found = report_shapes.LineCell(cell_of(cell.value))
    if cell.held is not None:
        found.origin, found.level = str(cell.held.origin), cell.held.level.label
    return found


def series(page: Page, asked: report_shapes.SeriesAsked) -> report_shapes.SeriesAnswer:
    """Return curves, with their shape kept where they have too many points; runs without a metric are left out."""
    page.current()
    found: list[report_shapes.SeriesFacts] = []
    for run in page.each(asked.runs):
        there = run.state.metrics
        found += [_curve(run, name, asked.points) for name in dict.fromkeys(asked.metrics) if name in there]
        if len(found) > _MOST_CURVES:
            break
    return report_shapes.SeriesAnswer(found)


def _curve(run: RecordedRun, name: str, points: int) -> report_shapes.SeriesFacts:
    points_of = run.state.metrics[name]
    kept = thin(points_of.values, points)
    return report_shapes.SeriesFacts(
        run=run.id,
        metric=name,
        total=len(points_of.values),
        steps=[points_of.steps[at] for at in kept],
        values=[_said(points_of.values[at]) for at in kept],
        times=[ms_of(points_of.times[at]) or 0 for at in kept],
    )


def _said(value: float) -> float | str:
    return value if isfinite(value) else str(value)


def complete(page: Page, asked: report_shapes.CompleteAsked) -> report_shapes.Completion:
    """Return what may stand at the cursor of a filter."""
    page.current()
    found = page.reader.ask(lambda database: completed(database, asked.text, asked.cursor))
    return report_shapes.Completion(
        found.start, found.stop, [report_shapes.Option(option.text, option.detail) for option in found.options]
    )
