"""``setpoint best``: the runs that did best by a metric."""

from typing import TYPE_CHECKING

import click

from .options import filter_argument, made, project_option

if TYPE_CHECKING:
    from setpoint._query.runs import Runs


@made(
    "setpoint best acc",
    "setpoint best val/loss 'model.name == \"mlp\"' --limit 1",
)
@click.argument("metric")
@filter_argument
@click.option("--min", "is_min", is_flag=True, help="The smallest value is best.")
@click.option("--max", "is_max", is_flag=True, help="The largest value is best.")
@click.option("--limit", metavar="N", type=click.IntRange(1), default=5, show_default=True, help="Runs to show.")
@project_option
def command(  # noqa: PLR0913  # one argument an option
    *,
    metric: str,
    filter_: str | None,
    is_min: bool,
    is_max: bool,
    limit: int,
    project: str | None,
    store: str | None,
    is_json: bool,
) -> int:
    """Show the best runs by a metric.

    Without --min or --max the name of METRIC decides: losses, errors, times and perplexities are best when small.
    """
    if is_min and is_max:
        raise click.UsageError("--min and --max can't be used together.")
    from setpoint._query.best import best_runs, natural_direction

    from .output import say, write_json_list
    from .progress import catching_up

    direction = "min" if is_min else "max" if is_max else None
    with catching_up() as progress:
        found = best_runs(metric, filter_, direction=direction, project=project, store=store, progress=progress)[:limit]
        found.catch_up()
    if is_json:
        from .facts import run_dict

        write_json_list(run_dict(run) for run in found)
        return 0 if found else 1
    if not found:
        say(f"setpoint: {_why_none(metric, filter_, project, store)}")
        return 1
    if direction is None:
        word = "smallest" if natural_direction(metric) == "min" else "largest"
        say(f"The {word} {metric} is best; --min and --max say otherwise.")
    _print(found, metric)
    return 0


def _print(found: "Runs", metric: str) -> None:
    from setpoint._query.keys import shown_key
    from setpoint._query.runs import metric_key

    from .output import this_screen, write
    from .runs_table import RunTable

    screen = this_screen()
    table = RunTable(found, None, screen, shown_key(metric_key(metric)))
    write(table.lines(), screen)
    table.say_hidden()


def _why_none(metric: str, filter_: str | None, project: str | None, store: str | None) -> str:
    from setpoint._query.runs import runs

    asked = f"project {project!r}" if project is not None else ""
    if filter_:
        asked = f"{asked} and this filter" if asked else "this filter"
    if asked and not runs(filter_, project=project, store=store):
        return f"No run fits {asked}."
    return f"No run {f'that fits {asked} ' if asked else ''}has a number for {metric!r}."
