"""``setpoint diff``: what differs between runs."""

import click

from .options import complete_run, made


@made(
    "setpoint diff @last @last~1",
    "setpoint diff @best:acc @last --ignore seed --ignore 'paths.*'",
)
@click.argument("runs", metavar="RUN RUN...", nargs=-1, required=True, shell_complete=complete_run)
@click.option("--ignore", metavar="KEY", multiple=True, help="A key, or a pattern such as 'paths.*', to leave out.")
@click.option("--all", "is_all", is_flag=True, help="Also show the params and results that are equal.")
def command(runs: tuple[str, ...], ignore: tuple[str, ...], is_all: bool, store: str | None, is_json: bool) -> None:
    """Show what differs between runs.

    Params come with their origins and apart from results; lists are compared by content. It also says when code,
    packages or machine differ.
    """
    from setpoint._query.diff import diff

    from .found import run_named
    from .unknown import say_unknown

    if len(runs) < 2:
        raise click.UsageError("Name two runs or more.")
    found = [run_named(run, store) for run in runs]
    if len({run.id for run in found}) == 1:
        raise click.UsageError(f"These name one run, {found[0].id}: there is nothing to compare it with.")
    result = diff(found, ignore)
    say_unknown("--ignore", ignore, found)
    if is_json:
        from .output import write_json

        write_json(result.to_dict() | {"verdict": result.verdict()})
        return
    from .diff_table import diff_lines
    from .output import this_screen, write

    screen = this_screen()
    write(diff_lines(result, screen, is_all=is_all), screen)
