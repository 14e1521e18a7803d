"""``setpoint ls``: the runs, newest first, with the keys that vary."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import filter_argument, made, project_option

if TYPE_CHECKING:
    from setpoint._query.runs import Runs


SCREENFUL = 30
_SAMPLE = 1000


@made(
    "setpoint ls 'model.name == \"mlp\" and optim.lr < 0.01'",
    "setpoint ls --sort -summary.acc --limit 5",
    "setpoint ls --group optim.name",
)
@filter_argument
@click.option("--columns", metavar="KEYS", help="Columns to show: lr,summary.acc,run.host")
@click.option("--sort", metavar="KEY", help="Order by a key or column; -KEY puts the largest first.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(0), help="Runs to show, 0 for all; a screenful on a terminal."
)
@click.option("--group", metavar="KEY", help="Count the runs for each value of a key instead of listing them.")
@click.option("--watch", is_flag=True, help="Show the list again every two seconds until Ctrl-C.")
@project_option
def command(  # noqa: PLR0913  # one argument an option
    *,
    filter_: str | None,
    columns: str | None,
    sort: str | None,
    limit: int | None,
    group: str | None,
    watch: bool,
    project: str | None,
    store: str | None,
    is_json: bool,
) -> None:
    """List runs, newest first.

    Without --columns it shows the params that vary and the metrics.
    """
    from setpoint._query.runs import runs

    from .progress import catching_up

    def found() -> "Runs":
        with catching_up() as progress:
            asked = runs(filter_, project=project, order_by=sort, store=store, progress=progress)
            asked.catch_up()
        return asked

    if watch:
        _watch(found, columns, limit, is_json=is_json)
    elif group:
        from .groups import show_groups

        show_groups(found(), group, is_json=is_json)
    elif is_json:
        from .facts import run_dict
        from .output import write_json_list

        some = found()
        write_json_list(run_dict(run) for run in (some[:limit] if limit else some))
    else:
        _list(found(), columns, limit)


def _watch(found: "Callable[[], Runs]", columns: str | None, limit: int | None, *, is_json: bool) -> None:
    while True:
        if is_json:
            raise click.UsageError("--watch and --json can't be used together.")
        click.clear()
        _list(found(), columns, limit)
        time.sleep(2)


def _list(found: "Runs", columns: str | None, limit: int | None) -> None:
    from setpoint._query.runs import EVERYTHING

    from .output import say, this_screen, write
    from .runs_table import run_lines

    screen = this_screen()
    if limit is None and screen.is_terminal:
        limit = min(SCREENFUL, max(screen.height - 4, 5))
    chosen = [name.strip() for name in columns.split(",") if name.strip()] if columns else None
    shown = found[:limit] if limit else found
    write(run_lines(shown, chosen, screen), screen)
    if not shown:
        say(f"No runs{' that pass this filter' if found.expr != EVERYTHING else ''} in {found.catalog.store}.")
    if limit and (rest := len(found) - limit) > 0:
        say(f"and {rest:,} more; --limit 0 shows all")
    _keep_up(found.catalog.store)


def _keep_up(store: str) -> None:
    """Have the finished days of a store packed, once a day, by a process that this command does not wait for."""
    from setpoint._journal.stores import is_url
    from setpoint._journal.upkeep import start_upkeep

    if not is_url(store):
        start_upkeep(Path(store))
