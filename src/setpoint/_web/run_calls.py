"""The calls about one run: everything about it, a param's history, the diff of its code, and edits."""

from collections import Counter
from collections.abc import Sequence
from math import isfinite
from typing import Any

from msgspec import UNSET, UnsetType

from setpoint._catalog.leaf import Scope
from setpoint._core.change import Path
from setpoint._core.keys import join_key, split_key
from setpoint._core.values import Encoder
from setpoint._journal.replay import ABSENT, value_at
from setpoint._journal.state import Damage, Recorded, RunState, WriterState
from setpoint._query.edit import amend, retag
from setpoint._query.holding import finder
from setpoint._query.patch import read_patch
from setpoint._query.recorded import MISSING, RecordedRun
from setpoint._query.repeating import repeating

from . import run_shapes, shapes
from .cells import FULL, cell_of, ms_of
from .page import Page

_MOST_PATCH_BYTES = 1_000_000
_MOST_DAMAGES = 200
_MOST_CHANGES = 2000


def run(page: Page, run_id: str, _: shapes.Nothing) -> run_shapes.RunFacts:
    """Return everything about a run."""
    page.current()
    found = page.one(run_id)
    state, row = found.state, page.row_of(found)
    folder = page.folder_of(found)
    again = repeating(found)
    return run_shapes.RunFacts(
        **{name: getattr(row, name) for name in row.__struct_fields__},
        group=found.group or None,
        jobType=found.job_type or None,
        exitCode=found.exit_code,
        error=found.error or None,
        folder=None if folder is None else str(folder),
        params=_params(found),
        summary=_summary(found),
        metrics=[run_shapes.MetricFacts(name, len(series.values)) for name, series in state.metrics.items()],
        environment=_plain(state.environment),
        hasPatch=bool(again.has_patch),
        unused=[run_shapes.UnusedFacts(key, list(near)) for key, near in state.unused.items()],
        disagreements=_disagreements(state),
        writers=[_writer(writer) for writer in state.writers],
        damages=[_damage(damage) for damage in state.damage[:_MOST_DAMAGES]],
        rerun=run_shapes.RerunFacts(again.command, again.argv, again.folder, again.missing),
    )


def _plain(environment: dict[str, Any]) -> dict[str, Any]:
    encoder = Encoder()
    return {name: encoder.encode(value) for name, value in environment.items()}


def _params(found: RecordedRun) -> list[run_shapes.ParamFacts]:
    find = finder(found)
    counts = Counter(change.key for change in found.state.changes)
    unused = found.unused
    facts: list[run_shapes.ParamFacts] = []
    for key, value in found.leaves(Scope.PARAM).items():
        held = find(key)
        facts.append(
            run_shapes.ParamFacts(
                key=key,
                value=cell_of(value, FULL),
                origin="" if held is None else str(held.origin),
                level="" if held is None else held.level.label,
                time=None if held is None else ms_of(held.time_ns),
                changes=sum(counts[above] for above in _with_all_above(key)),
                unused=any(above in unused for above in _with_all_above(key)),
                description=held.description if held is not None and held.description else UNSET,
            )
        )
    return facts


def _with_all_above(key: str) -> list[str]:
    path = split_key(key)
    return [join_key(path[:length]) for length in range(1, len(path) + 1)]


def _summary(found: RecordedRun) -> list[run_shapes.DigestFacts]:
    values, stats = found.leaves(Scope.SUMMARY), found.stats
    facts: list[run_shapes.DigestFacts] = []
    for key, value in values.items():
        digest = run_shapes.DigestFacts(key, cell_of(value, FULL))
        if key in stats:
            one = stats[key]
            digest.min, digest.max, digest.mean = _said(one.min), _said(one.max), _said(one.mean)
            digest.count = one.count
        facts.append(digest)
    return facts


def _said(number: float) -> float | UnsetType:
    return number if isfinite(number) else UNSET


def _disagreements(state: RunState) -> list[run_shapes.DisagreementFacts]:
    ranks = {writer.name: writer.rank for writer in state.writers}
    return [
        run_shapes.DisagreementFacts(
            one.key, _rank(ranks.get(one.writer)), cell_of(one.value, FULL), cell_of(one.leading, FULL)
        )
        for one in state.disagreements
    ]


def _rank(rank: int | None) -> int:
    return -1 if rank is None else rank


def _writer(writer: WriterState) -> run_shapes.WriterFacts:
    return run_shapes.WriterFacts(
        name=writer.name,
        role=writer.role,
        host=writer.host,
        pid=writer.pid or None,
        rank=writer.rank,
        started=ms_of(writer.opened_ns),
        ended=ms_of(writer.last_ns) if writer.finished else None,
        records=writer.records,
    )


def _damage(damage: Damage) -> str:
    place = f"{damage.path}, bytes {damage.start} to {damage.end}" if damage.end else damage.path
    return f"{place}: {damage.kind}, {damage.detail}".encode("utf-8", "backslashreplace").decode()


def history(page: Page, run_id: str, asked: run_shapes.HistoryAsked) -> run_shapes.History:
    """Return the changes of a param, or of what it is a part of, in order."""
    page.current()
    changes = page.one(run_id).changes(asked.key)
    try:
        path = split_key(asked.key)
    except ValueError:  # a text that is no key, of which nothing was set
        return run_shapes.History(asked.key, [])
    return run_shapes.History(asked.key, _changes(changes[-_MOST_CHANGES:], path))


def _changes(changes: Sequence[Recorded], path: Path) -> list[run_shapes.ChangeFacts]:
    return [
        run_shapes.ChangeFacts(
            value=cell_of(_value_at(change, path), FULL),
            origin=str(change.origin),
            level=change.level.label,
            time=ms_of(change.time_ns),
            writer=change.writer,
            step=change.step,
            deleted=change.deleted,
        )
        for change in changes
    ]


def _value_at(change: Recorded, path: Path) -> Any:
    """Return what a change made of the value at *path*: the part of it where what is above was set."""
    own = split_key(change.key)
    value = value_at(change.value, path[len(own) :] if path[: len(own)] == own else ())
    return MISSING if value is ABSENT else value


def patch(page: Page, run_id: str, _: shapes.Nothing) -> run_shapes.Patch:
    """Return the diff of the working tree that was kept with a run; empty where none was."""
    page.current()
    found, is_cut = read_patch(page.one(run_id), page.catalog, _MOST_PATCH_BYTES)
    return run_shapes.Patch(found.decode("utf-8", "replace"), is_cut)


def edit(page: Page, run_id: str, asked: shapes.EditAsked) -> run_shapes.Edited:
    """Record other tags or notes for a run."""
    page.current()
    found = page.one(run_id)
    if not isinstance(asked.tags, UnsetType):
        wanted = list(dict.fromkeys(asked.tags))
        retag(found, wanted, set(found.state.tags) - set(wanted), page.catalog.store)
    if not isinstance(asked.notes, UnsetType):
        amend(page.one(run_id), {"run.notes": asked.notes or ""}, page.catalog.store)
    page.keeper.stale()
    page.current()
    return run_shapes.Edited(page.row_of(page.one(run_id)))
