"""What is live in this process: the runs, and the draft that the next ``init()`` adopts.

This is the only module-level state of the library.
"""

import os
from threading import RLock
from typing import TYPE_CHECKING, Any

from setpoint._core.tree import tree_of
from setpoint.errors import NoRunError

from .config import Config

if TYPE_CHECKING:
    from setpoint._core.summary import Summary

    from .run import Run


class _Live:
    """The runs of this process, oldest first, and the draft."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.draft: Config | None = None
        self.is_watching_forks = False
        self.count = 0


_live = _Live()


def config() -> Config:
    """Return the config of the newest live run, or the draft that the next ``init()`` adopts."""
    if _live.runs:
        return _live.runs[-1].config
    if _live.draft is None:
        _live.draft = new_draft()
    return _live.draft


def summary() -> "Summary":
    """Return the summary of the newest live run; raises NoRunError without one."""
    return _needed("summary").summary


def run() -> "Run | None":
    """Return the newest live run, or None."""
    return _live.runs[-1] if _live.runs else None


def log(data: dict[str, Any], step: int | None = None, commit: bool = True) -> None:
    """Log metrics to the newest live run, see ``Run.log``; raises NoRunError without one."""
    _needed("log").log(data, step, commit)


def finish(exit_code: int | None = None) -> None:
    """Finish the newest live run, see ``Run.finish``; without one do nothing."""
    if (live := run()) is not None:
        live.finish(exit_code)


def new_draft() -> Config:
    """Return a config for before ``init()``: a missing section in it may still come."""
    draft = Config()
    tree_of(draft).is_draft = True
    return draft


def take_draft() -> Config:
    """Return the draft, which from now on belongs to the caller."""
    draft, _live.draft = _live.draft, None
    if draft is None:  # an empty draft is false, and still the one that the script holds
        draft = new_draft()
    return draft


def give_back(draft: Config) -> None:
    """Make *draft* the draft again, since the ``init()`` that took it failed."""
    tree_of(draft).is_draft = True
    _live.draft = draft


def start(live: "Run") -> None:
    """Make *live* the newest live run."""
    if not _live.is_watching_forks and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork_in_child)
        _live.is_watching_forks = True
    _live.runs.append(live)


def count_run() -> int:
    """Return how many runs this process has begun, this one included."""
    _live.count += 1
    return _live.count


def stop(ended: "Run") -> None:
    """Take *ended* off the live runs."""
    if ended in _live.runs:
        _live.runs.remove(ended)


def _needed(name: str) -> "Run":
    if not _live.runs:
        raise NoRunError(name)
    return _live.runs[-1]


def _after_fork_in_child() -> None:
    # Another thread of the parent may have held a lock at the fork: the child's copy would stay locked for ever.
    for live in _live.runs:
        live.after_fork_in_child()
    if _live.draft is not None:
        tree_of(_live.draft).guard = RLock()
