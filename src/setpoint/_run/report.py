"""The two lines a run says on standard error: one when it starts, one when it ends."""

from typing import TYPE_CHECKING

from setpoint._core.edits import leaves
from setpoint._core.tree import UNSTAMPED, tree_of
from setpoint._core.values import show

if TYPE_CHECKING:
    from setpoint._journal.writer import Losses

    from .run import Run

MOST_METRICS = 4
MOST_UNUSED = 3


def beginning(run: "Run", store: str) -> str:
    """Return the line that says which run records where."""
    return f"run {run.name} ({run.id}) in {store}"


def ending(run: "Run", status: str, seconds: float, losses: "Losses") -> str:
    """Return the line that says how the run ended, its results, what was never read and what was not saved."""
    leaf_values = list(leaves(run.summary, UNSTAMPED, None))[:MOST_METRICS]
    results = ", ".join(f"{key} {shown(value)}" for key, value, _ in leaf_values)
    line = f"run {run.name} {status} after {duration(seconds)}" + (f": {results}" if results else "") + "."
    unused = near_misses(run)
    if len(unused) == sum(1 for _ in leaves(run.config, UNSTAMPED, None)):
        # A script that reads none of its params from the config has its reasons, and no use for a list of them all.
        unused = {key: near for key, near in unused.items() if near}
    if unused:
        line += f" Set but never read: {', '.join(told_unused(unused))}."
    if losses.count:
        line += f" {told_losses(losses)}"
    return f"{line} See it: setpoint show {run.id}"


def shown(value: object) -> str:
    """Return a result as the line shows it: a float by four digits, which is for the eye; the record has them all."""
    return f"{value:.4g}" if type(value) is float else show(value, 20)


def told_losses(losses: "Losses") -> str:
    """Return the sentence that says what was not saved, and why."""
    kinds = ", ".join(f"{count} of kind {kind}" for kind, count in losses.kinds.items())
    noun = "record was" if losses.count == 1 else "records were"
    return f"{losses.count} {noun} NOT saved ({kinds}): {'; '.join(losses.reasons)}."


def near_misses(run: "Run") -> dict[str, list[str]]:
    """Return the unused keys of a run, each with the keys that were asked for in vain and look like it."""
    unused = run.config.unused()
    if not (missing := sorted(tree_of(run.config).missing)):
        return {key: [] for key in unused}
    try:
        from difflib import get_close_matches
    except (ImportError, OSError):  # no descriptor free, or the interpreter is at its end
        return {key: [] for key in unused}
    return {key: get_close_matches(key, missing, n=3, cutoff=0.7) for key in unused}


def told_unused(unused: dict[str, list[str]]) -> list[str]:
    """Return the first unused keys as the line names them."""
    told = [key + (f" (was {near[0]} meant?)" if near else "") for key, near in list(unused.items())[:MOST_UNUSED]]
    if len(unused) > MOST_UNUSED:
        told.append(f"{len(unused) - MOST_UNUSED} more")
    return told


def duration(seconds: float) -> str:
    """Return a duration as people say it: ``0.8 s``, ``42 s``, ``3 min 5 s``, ``2 h 4 min``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
