"""``setpoint rm``: move runs to the trash."""

import shlex

import click

from .options import complete_run, made, yes_option


@made("setpoint rm calm-otter-417", "setpoint rm @last @last~1 --yes")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, shell_complete=complete_run)
@yes_option
def command(runs: tuple[str, ...], yes: bool, store: str | None, is_json: bool) -> int:
    """Move runs to the store's trash.

    They stay there for a week at least; then 'setpoint pack' removes them for good. Until then, moving one back
    restores it: the command to do so is printed.
    """
    from setpoint._query.remove import remove

    from .asking import is_confirmed
    from .changing import changing
    from .found import run_named
    from .output import say, write_json
    from .text import count_text, safe

    found = list({run.id: run for run in (run_named(name, store) for name in runs)}.values())
    for run in found:
        say(f"{run.id}  {run.name}  {run.status}")
    if not is_confirmed(f"Move {count_text(len(found), 'run')} to the trash?", yes=yes):
        return 1
    with changing(store):
        moved = [remove(run, store) for run in found]
    if is_json:
        write_json([{"id": one.id, "before": str(one.before), "after": str(one.after)} for one in moved])
    else:
        for one in moved:
            click.echo(safe(f"mv {shlex.quote(str(one.after))} {shlex.quote(str(one.before))}"))
        say("The runs are in the trash. The lines above bring them back.")
    return 0
