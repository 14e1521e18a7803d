"""``setpoint ls``: the runs, newest first, with the keys that vary."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import filter_argument, made, project_option

if TYPE_CHECKING:
    from setpoint._catalog.catalog import Catalog
    from setpoint._query.runs import Runs


SCREENFUL = 30
_SAMPLE = 1000


@made(
    "setpoint ls 'model.name == \"mlp\" and optim.lr < 0.01'",
    "setpoint ls --sort -summary.acc --limit 5",
    "setpoint ls --group optim.name",
)
@filter_argument
@click.option("--columns", metavar="KEYS", help="Columns to show, such as lr,acc,host.")
@click.option("--sort", metavar="KEY", help="Order by a key or column; -KEY puts the largest first.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(0), help="Runs to show, 0 for all; a screenful on a terminal."
)
@click.option("--group", metavar="KEY", help="Count the runs for each value of a key or column instead.")
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

    Without --columns it shows the params that vary and the metrics. In the name of
    a result or run column (summary.acc, run.host) the summary. or run. may be left out where no param has that name.
    """
    if group and (sort or columns or limit is not None or watch):
        raise click.UsageError("--group counts runs; --sort, --columns, --limit and --watch go with the list alone.")
    if watch and is_json:
        raise click.UsageError("--watch and --json can't be used together.")

    def found() -> "Runs":
        return _found(filter_, project, sort, store)

    if watch:
        _watch(found, columns, limit)
    elif group:
        from .groups import show_groups

        some = found()
        show_groups(some, _meant(some.catalog, group), is_json=is_json)
    elif is_json:
        from .facts import run_dict
        from .output import write_json_list

        some = found()
        write_json_list(run_dict(run) for run in (some[:limit] if limit else some))
    else:
        _list(found(), columns, limit)


def _found(filter_: str | None, project: str | None, sort: str | None, store: str | None) -> "Runs":
    from setpoint._query.runs import runs
    from setpoint._query.store import catalog_for

    from .progress import catching_up

    with catching_up() as progress:
        catalog_for(store).catch_up(progress)
    if sort:
        sort = ("-" if sort.startswith("-") else "") + _meant(catalog_for(store), sort.removeprefix("-"))
    return runs(filter_, project=project, order_by=sort, store=store)


def _meant(catalog: "Catalog", name: str) -> str:
    from setpoint._query.keys import CatalogKeys

    return catalog.ask(lambda database: CatalogKeys(database).meant(name))


def _watch(found: "Callable[[], Runs]", columns: str | None, limit: int | None) -> None:
    while True:
        click.clear()
        _list(found(), columns, limit)
        time.sleep(2)


def _list(found: "Runs", columns: str | None, limit: int | None) -> None:
    from .output import say, this_screen, write
    from .runs_table import RunTable

    screen = this_screen()
    if limit is None and screen.is_terminal:
        limit = min(SCREENFUL, max(screen.height - 4, 5))
    names = [name.strip() for name in columns.split(",") if name.strip()] if columns else None
    chosen = [_meant(found.catalog, name) for name in names] if names is not None else None
    shown = found[:limit] if limit else found
    table = RunTable(shown, chosen, screen)
    write(table.lines(), screen)
    table.say_hidden()
    if not shown:
        say(_none(found))
    if limit and (rest := len(found) - limit) > 0:
        say(f"and {rest:,} more; --limit 0 shows all")
    _keep_up(found.catalog.store)


def _none(found: "Runs") -> str:
    from setpoint._query.runs import EVERYTHING
    from setpoint._query.store import is_store

    if not is_store(found.catalog):
        return f"There is no store yet: {found.catalog.store} comes with the first run."
    return f"No runs{' that pass this filter' if found.expr != EVERYTHING else ''} in {found.catalog.store}."


def _keep_up(store: str) -> None:
    """Have the finished days of a store packed, once a day, by a process that this command does not wait for."""
    from setpoint._journal.stores import is_url
    from setpoint._journal.upkeep import start_upkeep

    if not is_url(store):
        start_upkeep(Path(store))
