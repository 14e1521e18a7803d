"""Which run this process writes: a new one, one it goes on with, or one that it joins as a further writer."""

import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from setpoint._core.tree import is_a
from setpoint._journal import layout
from setpoint._journal.state import RunState
from setpoint.errors import ResumeError

from .ids import check_run_id, new_run_id
from .joins import Claim, claim, claim_process, find_parent_run
from .process import host
from .ranks import Rank, rank_of
from .settings import Settings

_MOST_LOOKED_AT = 50
"""How many of the newest runs resume='auto' looks at for one that crashed."""


class Identity(Struct):
    """The run, its folder and this process's part in it; ``before`` is what a run that goes on says already."""

    run_id: str
    folder: Path
    role: str = "main"
    rank: int | None = None
    session: int = 1
    parent: str = ""
    before: RunState | None = None
    claims: list[Claim] = field(default_factory=list[Claim])

    @property
    def leads(self) -> bool:
        """Whether this process's config is the run's: it is no child, and no rank but the first."""
        return self.role != "child" and not self.rank

    def make_claim(self, store: Path, writer: str) -> None:
        """Let the children of this process find the run; to be called once its folder is there."""
        self.claims.append(claim_process(store, self.run_id, self.folder, writer=writer))


def identify(settings: Settings, environ: Mapping[str, str]) -> Identity:
    """Return the run to write; raises ResumeError or InvalidArgumentError where what is asked for can't be."""
    rank = rank_of(environ)
    if settings.run_id:
        return _named(settings, check_run_id(settings.run_id), rank)
    if settings.resume == "must":
        raise ResumeError("", "is not named", "resume='must' needs the id of the run to go on with.")
    if settings.resume == "auto" and (last := _last_crashed(settings.store)) is not None:
        return _resumed(*last, rank)
    if (parent := find_parent_run(settings.store)) is not None:
        return _joined(parent, rank)
    if rank is not None:
        return _ranked(settings, rank)
    return _new(settings, new_run_id(time.time_ns()))


def read_run(folder: Path) -> RunState:
    """Return what the journal in *folder* says."""
    from setpoint._journal import reader  # only a run that goes on or is joined reads; others need not wait for it

    return reader.read_run(folder)


def find_runs(store: Path) -> Iterator[Path]:
    """Yield the folders of the runs in a store, the newest day first."""
    from setpoint._journal import reader  # as above

    return reader.find_runs(store)


def find_run(store: Path, run_id: str) -> Path | None:
    """Return the folder of a run by its id, or None."""
    from setpoint._journal import reader  # as above

    return reader.find_run(store, run_id)


def _new(settings: Settings, run_id: str) -> Identity:
    return Identity(run_id, layout.run_folder(settings.store, run_id, time.time_ns()))


def _joined(parent: Claim, rank: Rank | None) -> Identity:
    """Return the part of a process whose parent writes a run: its child, or a rank that the parent has started.

    A rank's own children inherit its variables; they are told by the rank that the parent has itself.
    """
    state = read_run(parent.folder)
    maker = next((writer for writer in state.writers if writer.name == parent.writer), None)
    identity = Identity(parent.run_id, parent.folder, "child", session=_last_session(state), parent=parent.writer)
    if rank is not None and maker is not None and rank.rank not in (maker.rank or 0, 0):
        return _as_rank(identity, rank)
    identity.before = state
    return identity


def _ranked(settings: Settings, rank: Rank) -> Identity:
    mine = _new(settings, new_run_id(time.time_ns()))
    # The ranks of one launch call init() equally often: its count tells their runs apart.
    key = f"{rank.job_key} run {settings.run_count}"
    won = claim(settings.store, key, mine.run_id, mine.folder, rank)
    # The claim stays when this rank ends: another may only start then. It ages out, and no later launch has its key.
    return Identity(won.run_id, won.folder, "rank", rank.rank)


def _named(settings: Settings, run_id: str, rank: Rank | None) -> Identity:
    folder = find_run(settings.store, run_id)
    if folder is None and (packed := _packed(settings, run_id)) is not None:
        folder = packed
    if folder is None:
        if settings.resume == "must":
            raise ResumeError(run_id, f"is not in {settings.store}", "resume='allow' starts it where it is missing.")
        return _as_rank(_new(settings, run_id), rank)
    state = read_run(folder)
    if rank is not None and state.status == "running":
        return _as_rank(Identity(run_id, folder, session=_last_session(state)), rank)
    if settings.resume == "never":
        raise ResumeError(run_id, f"is in {settings.store} already", "Give another id, or resume='allow' to go on.")
    if settings.resume:
        return _resumed(state, folder, rank)
    if state.status == "running":
        return Identity(run_id, folder, "child", session=_last_session(state), before=state)
    raise ResumeError(
        run_id, f"has {state.status} already", "Pass resume='allow' to go on with it, or another id to start anew."
    )


def _packed(settings: Settings, run_id: str) -> Path | None:
    """Return the folder of a run that is in a pack, made again so that the run can go on; None where no pack has it."""
    from setpoint._journal.unpacking import find_packed_run  # only where an id is named

    found = find_packed_run(settings.store, run_id)
    if found is None:
        return None
    if settings.resume == "never":
        raise ResumeError(run_id, f"is in {settings.store} already", "Give another id, or resume='allow' to go on.")
    if not settings.resume:
        raise ResumeError(
            run_id,
            f"has {found.state.status} already",
            "Pass resume='allow' to go on with it, or another id to start anew.",
        )
    return found.unpack()


def _resumed(state: RunState, folder: Path, rank: Rank | None) -> Identity:
    if rank is None:
        return Identity(state.id, folder, session=_last_session(state) + 1, before=state)
    own = [writer.session for writer in state.writers if writer.rank == rank.rank]  # ranks that start together agree
    before = state if rank.rank == 0 else None
    return _as_rank(Identity(state.id, folder, session=max(own, default=0) + 1, before=before), rank)


def _as_rank(identity: Identity, rank: Rank | None) -> Identity:
    if rank is not None:
        identity.role, identity.rank = "rank", rank.rank
    return identity


def _last_session(state: RunState) -> int:
    return max((writer.session for writer in state.writers), default=1)


def _last_crashed(store: Path) -> tuple[RunState, Path] | None:
    """Return this script's last run on this machine if it crashed: nothing is resumed over a run that ended well."""
    for _, folder in zip(range(_MOST_LOOKED_AT), find_runs(store), strict=False):
        state = read_run(folder)
        leading = [writer for writer in state.writers if writer.role != "child"]
        is_own = any(writer.host == host() for writer in leading) and _script(state) == sys.argv[:1]
        if is_own:
            return (state, folder) if state.status == "crashed" and not _went_on_since(store, folder, state) else None
    return None


def _went_on_since(store: Path, folder: Path, crashed: RunState) -> bool:
    """Tell whether a later run of this script is in a pack already."""
    from setpoint._journal.unpacking import later_runs  # only where a run crashed

    later = later_runs(store, folder.parent.name, crashed.created_ns)
    return any(_script(state) == sys.argv[:1] and state.writers[0].host == host() for state in later if state.writers)


def _script(state: RunState) -> list[str]:
    argv: Any = state.environment.get("argv")
    return [str(argument) for argument in argv[:1]] if is_a(argv, list) else []
