"""``setpoint amend``: correct what a run recorded, visibly."""

from typing import Any

import click

from .options import assignments, made, run_argument


@made(
    "setpoint amend @last data.version=3",
    "setpoint amend calm-otter-417 run.notes='warm start' summary.acc=0.97",
    "setpoint amend @last --delete debug",
)
@run_argument
@click.argument("values", metavar="KEY=VALUE...", nargs=-1, callback=assignments)
@click.option("--delete", metavar="KEY", multiple=True, help="A param or result that the run shall not have.")
@click.option("--add", "may_add", is_flag=True, help="Let KEY be one that the run does not have yet.")
def command(
    *, run: str, values: dict[str, Any], delete: tuple[str, ...], may_add: bool, store: str | None, is_json: bool
) -> None:
    """Correct a recorded value; what was there stays on record.

    KEY is a param, summary.KEY a result, run.notes, run.name, run.project, run.group or run.job_type a fact. 'blame'
    shows both values and who amended; amending to the old value takes it back.
    """
    from setpoint._core.values import Encoder
    from setpoint._query.edit import amend
    from setpoint._query.recorded import MISSING
    from setpoint.errors import MissingParamError

    from .changing import changing
    from .found import run_named
    from .output import say, write_json
    from .text import safe, value_text

    if not values and not delete:
        raise click.UsageError("Name at least one KEY=VALUE, or --delete KEY.")
    found = run_named(run, store)
    try:
        with changing(store):
            changed = amend(found, {**values, **dict.fromkeys(delete, MISSING)}, store, may_add=may_add)
    except MissingParamError as error:
        if error.key in values:
            error.add_note("--add makes it a new one.")
        raise
    if is_json:
        plain = Encoder().encode

        def side(name: str, value: Any) -> dict[str, Any]:
            return {} if value is MISSING else {name: plain(value)}

        rows = [{"key": one.key, **side("before", one.before), **side("after", one.after)} for one in changed]
        write_json({"run": found.id, "changed": rows})
        return
    for one in changed:
        click.echo(f"{safe(one.key)}: {safe(value_text(one.before))} -> {safe(value_text(one.after))}")
    if not changed:
        say(f"Nothing to change: run {found.id} says so already.")
