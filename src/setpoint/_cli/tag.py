"""``setpoint tag``: add tags to a run and take them away."""

import click

from .options import made, run_argument


@made("setpoint tag @last +baseline", "setpoint tag calm-otter-417 +paper -draft", "setpoint tag @last")
@run_argument
@click.argument("changes", metavar="[+TAG|-TAG]...", nargs=-1, type=click.UNPROCESSED)
def command(run: str, changes: tuple[str, ...], store: str | None, is_json: bool) -> None:
    """Add tags to a run and remove them.

    It prints the tags that the run has then.
    """
    from setpoint._query.edit import retag

    from .changing import changing
    from .found import run_named
    from .output import write_json
    from .text import safe

    for change in changes:
        if len(change) < 2 or change[0] not in "+-":
            raise click.UsageError(f"{change!r} is neither +TAG nor -TAG.")
    found = run_named(run, store)
    add = [change[1:] for change in changes if change[0] == "+"]
    with changing(store):
        tags = retag(found, add, [change[1:] for change in changes if change[0] == "-"], store)
    if is_json:
        write_json({"run": found.id, "tags": tags})
    else:
        for tag in tags:
            click.echo(safe(tag))


command.context_settings = {"ignore_unknown_options": True}
