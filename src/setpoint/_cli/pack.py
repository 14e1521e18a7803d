"""``setpoint pack``: finished runs of past days into few files."""

import click

from .options import made


@made("setpoint pack", "setpoint pack --older-than 0")
@click.option(
    "--older-than", "days", type=click.FloatRange(0), default=1.0, show_default=True, help="Days a run must be at rest."
)
def command(days: float, store: str | None, is_json: bool) -> None:
    """Pack finished runs into few files, and empty old trash.

    Nothing is lost by it, every command reads packs as it reads folders, and 100,000 runs take a fraction of the files
    and the space. Runs that are live or damaged stay as they are. Trash older than a week is removed for good.
    """
    from datetime import UTC, datetime

    from setpoint._journal.packing import DAY_NS, pack_store
    from setpoint._journal.trash import empty_trash
    from setpoint._query.store import catalog_for
    from setpoint.errors import InvalidArgumentError

    from .changing import changing
    from .output import say, write_json
    from .progress import progress_bar
    from .text import count_text, size_text

    catalog = catalog_for(store)
    if catalog.folder is None:
        raise InvalidArgumentError("store", repr(catalog.store), "a folder: a team's database has no packs")
    with changing(store), progress_bar("Packing") as progress:
        report = pack_store(catalog.folder, older_than_ns=int(days * DAY_NS), progress=progress)
        catalog.catch_up(progress)
        gone = empty_trash(catalog.folder, datetime.now(UTC))
    if is_json:
        fields = {name: getattr(report, name) for name in report.__struct_fields__}
        write_json({**fields, "removed_from_trash": gone})
        return
    click.echo(f"{count_text(report.packed, 'run')} packed, {report.left:,} left as they are")
    if report.packed:
        say(f"{size_text(report.bytes_before)} before, {size_text(report.bytes_after)} after")
    if gone:
        say(f"{count_text(gone, 'run')} removed from the trash for good")
