"""``setpoint blame``: who set each value of a run, when and where."""

from typing import TYPE_CHECKING

import click

from .options import made, run_argument

if TYPE_CHECKING:
    from setpoint._query.recorded import RecordedRun


@made(
    "setpoint blame @last",
    "setpoint blame @last optim.lr",
)
@run_argument
@click.argument("key", required=False)
def command(run: str, key: str | None, store: str | None, is_json: bool) -> None:
    """Show who set each value, when and where.

    With KEY it shows every value that the param ever had, and the step at which it changed.
    """
    from .found import run_named

    found = run_named(run, store)
    if key is None:
        _all(found, is_json=is_json)
    else:
        _history(found, key, is_json=is_json)


def _all(run: "RecordedRun", *, is_json: bool) -> None:
    from .output import say, this_screen, write, write_json

    if is_json:
        from setpoint._catalog.leaf import Scope

        from .origins import held_dict

        origins = {key: held_dict(held) for key, held in run.state.held.items()}
        write_json({"run": run.id, "config": run.plain(Scope.PARAM), "origins": origins})
        return
    from .blame_table import blame_lines

    screen = this_screen()
    write(blame_lines(run, screen), screen)
    if not run.config:
        say("The run has no params.")


def _history(run: "RecordedRun", key: str, *, is_json: bool) -> None:
    from .failures import ProblemError
    from .output import this_screen, write, write_json

    changes = run.changes(key)
    if not changes:
        from setpoint._query.keys import near

        known = list(dict.fromkeys(change.key for change in run.changes()))
        hint = f" Did you mean {' or '.join(near(key, known))}?" if near(key, known) else ""
        raise ProblemError(f"Run {run.id} never had a param {key!r}.{hint}")
    if is_json:
        from .origins import change_dict

        write_json({"run": run.id, "key": key, "changes": [change_dict(change) for change in changes]})
        return
    from .blame_table import history_lines

    screen = this_screen()
    write(history_lines(run, changes, screen), screen)
