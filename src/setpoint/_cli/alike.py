"""``setpoint alike``: runs that are equal to one but for named keys."""

import math
from typing import TYPE_CHECKING, Any

import click

from .options import made, run_argument

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from setpoint._query.recorded import RecordedRun

    from .output import Screen


@made("setpoint alike @last --except seed", "setpoint alike @best:acc --except optim.lr --except seed --metric acc")
@run_argument
@click.option("--except", "ignore", metavar="KEY", multiple=True, help="A key, or a pattern, that may differ.")
@click.option("--metric", metavar="METRIC", help="Metric to average over the runs; by default the first they have.")
def command(run: str, ignore: tuple[str, ...], metric: str | None, store: str | None, is_json: bool) -> None:
    """Find runs that are equal but for named keys.

    Params under --except may differ. Where several runs differ in nothing but these, mean and spread of their results
    are shown.
    """
    from setpoint._query.alike import alike

    from .found import run_named
    from .unknown import say_unknown

    mine = run_named(run, store)
    others = [found.run for found in alike(mine, ignore, store)]
    same = [mine, *others]
    say_unknown("--except", ignore, same)
    metrics = [metric] if metric else _metrics(same)
    if is_json:
        from .facts import run_dict
        from .output import write_json

        write_json(
            {"run": run_dict(mine), "alike": [run_dict(other) for other in others], "results": _spreads(same, metrics)}
        )
        return
    from .output import say, this_screen, write

    if not others:
        but = f" but for {', '.join(ignore)}" if ignore else "; --except KEY lets a key differ"
        say(f"No other run is equal to {mine.id}{but}.")
        return
    screen = this_screen()
    write(_lines(same, ignore, metrics, screen), screen)


def _metrics(runs: "Sequence[RecordedRun]") -> list[str]:
    from .runs_table import metric_columns

    return [name.removeprefix("summary.") for name in metric_columns(runs)]


def _lines(
    runs: "Sequence[RecordedRun]", ignore: "Sequence[str]", metrics: "Sequence[str]", screen: "Screen"
) -> "Iterator[str]":
    from .output import titled
    from .runs_table import RunTable
    from .table import Column, lines_of
    from .text import count_text, safe, value_texts

    yield from RunTable(runs, None, screen, f"summary.{metrics[0]}" if metrics else "").lines()
    found = _spreads(runs, metrics)
    if not found:
        return
    title = (
        f"{count_text(len(runs), 'run')} that differ in {', '.join(ignore)} only"
        if ignore
        else f"{len(runs)} equal runs"
    )
    numbers = [value_texts([one["mean"], one["spread"], one["min"], one["max"]], 40, is_metric=True) for one in found]
    columns = [Column("", [safe(str(one["metric"])) for one in found], styles=["good"])]
    columns += [
        Column(name, [texts[at] for texts in numbers], is_right=True)
        for at, name in enumerate(("mean", "spread", "min", "max"))
    ]
    columns.append(Column("runs", [str(one["runs"]) for one in found], is_right=True))
    yield from titled(safe(title), lines_of(columns, screen, indent=2), screen)


def _spreads(runs: "Sequence[RecordedRun]", metrics: "Sequence[str]") -> list[dict[str, Any]]:
    """Return mean, sample standard deviation, smallest and largest of each metric that two runs or more have."""
    from statistics import fmean, stdev

    found: list[dict[str, Any]] = []
    for metric in metrics:
        values = [run.value(f"summary.{metric}") for run in runs]
        numbers = [float(value) for value in values if _is_number(value)]
        if len(numbers) > 1:
            spread = {"mean": fmean(numbers), "spread": stdev(numbers), "min": min(numbers), "max": max(numbers)}
            found.append({"metric": metric, **spread, "runs": len(numbers)})
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
