"""``setpoint verify``: what of the journals can't be read, byte range by byte range."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from .options import complete_run, made

if TYPE_CHECKING:
    from setpoint._journal.state import Damage
    from setpoint._query.verify import Verified


@made("setpoint verify", "setpoint verify @last", "setpoint verify --strict")
@click.argument("runs", metavar="[RUN]...", nargs=-1, shell_complete=complete_run)
@click.option(
    "--strict", is_flag=True, help="Count lost records, records of newer versions and crashed runs as problems too."
)
def command(runs: tuple[str, ...], strict: bool, store: str | None, is_json: bool) -> int:
    """Check every byte of the journals.

    Each damaged range is named with its file, bytes and line, and the exit code is 1 where there is any.
    """
    from setpoint._query.verify import verify

    from .found import run_named
    from .output import say, write_json_list
    from .progress import progress_bar
    from .text import count_text

    ids = [run_named(run, store).id for run in runs]
    with progress_bar("Reading journals") as progress:
        found = list(verify(store, ids or None, progress))
    bad = [one for one in found if one.damage or (strict and one.doubts)]
    if is_json:
        write_json_list(_as_dict(one) for one in (found if strict else bad))
    else:
        for one in bad:
            for line in _lines(one, strict=strict):
                click.echo(line)
    ranges = sum(len(one.damage) for one in bad)
    said = f"{count_text(len(found), 'run')} read, "
    say(said + (f"{len(bad)} with problems, {count_text(ranges, 'damaged range')}" if bad else "no damage"))
    return 1 if bad else 0


def _lines(one: "Verified", *, strict: bool) -> Iterator[str]:
    from .text import safe

    for damage in one.damage:
        yield safe(f"{_place(damage)}: {damage.kind}: {damage.detail}")
    if strict:
        for doubt in one.doubts:
            yield safe(f"{one.path}: {doubt}")


def _place(damage: "Damage") -> str:
    line = f":{damage.line}" if damage.line else ""
    return f"{damage.path}{line}: bytes {damage.start}-{damage.end}" if damage.end else f"{damage.path}{line}"


def _as_dict(one: "Verified") -> dict[str, Any]:
    from msgspec import to_builtins

    fields: dict[str, Any] = to_builtins(one)
    return fields
