"""``setpoint best``: the runs that did best by a metric."""

import click

from .options import filter_argument, made, project_option


@made(
    "setpoint best acc",
    "setpoint best val/loss 'model.name == \"mlp\"' --limit 1",
)
@click.argument("metric")
@filter_argument
@click.option("--min", "direction", flag_value="min", help="The smallest value is best.")
@click.option("--max", "direction", flag_value="max", help="The largest value is best.")
@click.option("--limit", metavar="N", type=click.IntRange(1), default=5, show_default=True, help="Runs to show.")
@project_option
def command(
    *,
    metric: str,
    filter_: str | None,
    direction: str | None,
    limit: int,
    project: str | None,
    store: str | None,
    is_json: bool,
) -> int:
    """Show the best runs by a metric.

    Without --min or --max the name of METRIC decides: losses, errors, times and perplexities are best when small.
    """
    from setpoint._query.best import best_runs, natural_direction

    from .output import say, this_screen, write, write_json_list
    from .progress import catching_up

    with catching_up() as progress:
        found = best_runs(metric, filter_, direction=direction, project=project, store=store, progress=progress)[:limit]
        found.catch_up()
    if is_json:
        from .facts import run_dict

        write_json_list(run_dict(run) for run in found)
        return 0 if found else 1
    if not found:
        say(f"setpoint: No run has a number for {metric!r}.")
        return 1
    if direction is None:
        word = "smallest" if natural_direction(metric) == "min" else "largest"
        say(f"The {word} {metric} is best; --min and --max say otherwise.")
    from setpoint._query.keys import shown_key
    from setpoint._query.runs import metric_key

    from .runs_table import run_lines

    screen = this_screen()
    write(run_lines(found, None, screen, shown_key(metric_key(metric))), screen)
    return 0
