"""``setpoint rerun``: a run once more, with the proof that its config is the same."""

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from .options import assignments, made, run_argument, yes_option

if TYPE_CHECKING:
    from setpoint._query.rerun import Outcome, Plan


@made(
    "setpoint rerun @best:acc",
    "setpoint rerun calm-otter-417 --set optim.lr=0.01 --set seed=2",
    "setpoint rerun @last --worktree --yes",
)
@run_argument
@click.option(
    "--set",
    "changes",
    metavar="KEY=VALUE",
    multiple=True,
    callback=assignments,
    help="A param to change; may be repeated.",
)
@click.option("--worktree", "is_in_worktree", is_flag=True, help="Restore commit and diff in a temporary git worktree.")
@yes_option
def command(
    *, run: str, changes: dict[str, Any], is_in_worktree: bool, yes: bool, store: str | None, is_json: bool
) -> int:
    """Run it again with the same config, and prove it.

    It prints command, folder, code and what is changed, and asks. Every param is locked to its recorded value, so that
    neither flags nor files nor code change it. Afterwards the config of the new run is compared with the old one: the
    exit code is 1 where they differ in anything but what --set changed.
    """
    from setpoint._query.rerun import plan, start, worktree

    from .asking import is_confirmed
    from .found import run_named
    from .output import say, write_json

    planned = plan(run_named(run, store), changes)
    for line in _plan_lines(planned, is_in_worktree=is_in_worktree):
        say(line)
    if not is_confirmed("Run it?", yes=yes):
        return 1
    with worktree(planned, store) if is_in_worktree else nullcontext(planned) as ready:
        outcome = start(ready, sys.stderr, store)
    if is_json:
        write_json(_as_dict(planned, outcome))
    else:
        _print(planned, outcome)
    return 0 if outcome.is_proven else 1


def _plan_lines(planned: "Plan", *, is_in_worktree: bool) -> Iterator[str]:
    from setpoint._core.keys import split_key
    from setpoint._journal.replay import value_at

    from .text import count_text, value_text

    yield f"run        {planned.run.id}  {planned.run.name}"
    yield f"command    {shlex.join(planned.command)}"
    yield f"folder     {planned.folder}{' (in a worktree)' if is_in_worktree else ''}"
    code = f"commit {planned.commit[:12]}" if planned.commit else "not recorded"
    code += " with its diff" if planned.is_dirty else ""
    yield f"code       {code}" if is_in_worktree else f"code       as it is there now; it was {code}"
    changed = {name: value for name, value in planned.variables.items() if os.environ.get(name) != value}
    if changed:
        yield f"variables  {' '.join(f'{name}={shlex.quote(value)}' for name, value in changed.items())}"
    for key, value in planned.changes.items():
        before = value_at(planned.run.config, split_key(key))
        yield f"changed    {key}: {value_text(before)} -> {value_text(value)}"
    yield f"locked     {count_text(len(list(_leaves(planned))), 'param')}"
    if planned.not_locked:
        yield f"not locked {', '.join(planned.not_locked)}: the record can't give these back, the script sets them"


def _leaves(planned: "Plan") -> Iterator[str]:
    from setpoint._core.leaves import flatten

    return (key for key, _ in flatten(planned.locked))


def _print(planned: "Plan", outcome: "Outcome") -> None:
    from setpoint._query.diff import diff

    from .diff_table import diff_lines
    from .output import say, this_screen, write

    if outcome.exit_code:
        say(f"setpoint: the command ended with exit code {outcome.exit_code}.")
    if outcome.run is None or outcome.difference is None:
        say("setpoint: the command recorded no run in this store, so nothing can be compared.")
        return
    screen = this_screen()
    if outcome.difference.is_config_equal:
        but = f" but for {', '.join(planned.changes)}" if planned.changes else ""
        say(f"Run {outcome.run.id} has the config of {planned.run.id}{but}: proven.")
    else:
        say(f"setpoint: run {outcome.run.id} differs from {planned.run.id} in more than was asked for.")
    write(diff_lines(diff([planned.run, outcome.run]), screen, is_all=False), screen)


def _as_dict(planned: "Plan", outcome: "Outcome") -> dict[str, Any]:
    return {
        "run": planned.run.id,
        "rerun": outcome.run.id if outcome.run is not None else None,
        "exit_code": outcome.exit_code,
        "changed": list(planned.changes),
        "is_proven": outcome.is_proven,
        "diff": outcome.difference.to_dict() if outcome.difference is not None else None,
    }
