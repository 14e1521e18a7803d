"""Records to the state of a run: pure, and the same for the same records in whatever order their segments come."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from math import isnan
from typing import Any

from setpoint._core.change import Path
from setpoint._core.keys import join_key
from setpoint._core.values import decode, is_same

from .frame import Frame
from .ledger import Ledger
from .points import as_float, digest
from .record import Environment, Meta, Reads, Summary
from .replay import ABSENT, NotPossibleError, Replay, is_section, path_of, put, remove, value_at
from .state import Damage, Disagreement, RunState, Series

EDITOR = "editor"
"""The role of a writer that changes a run after its end."""

SegmentFrames = tuple[str, Iterable[Frame | Damage]]
"""The name of the writer that a segment's file name tells, and what the segment holds."""


def fold(run_id: str, segments: Iterable[SegmentFrames], before: RunState | None = None) -> RunState:
    """Return what the segments of one run say together.

    Records are ordered by session, writer and number, never by the clock. The config is that of the leading writer of
    each session (the main process, or rank 0), later sessions over earlier ones. Keys that only further writers have
    are added to it; where they have another value for a key, that is a Disagreement. *before* is what the run said
    before the segments were begun; it is changed, and returned.
    """
    state = before or RunState(run_id)
    ledgers: dict[str, Ledger] = {}
    for writer, frames in segments:
        ledger = ledgers.setdefault(writer, Ledger(writer))
        for frame in frames:
            if isinstance(frame, Damage):
                state.damage.append(frame)
            else:
                ledger.add(frame)
    fold_ledgers(state, list(ledgers.values()))
    return state


def fold_ledgers(state: RunState, ledgers: list[Ledger]) -> None:
    """Add to *state* what the writers' ledgers say together; they are put in order and stay as they are else."""
    editors = [ledger for ledger in ledgers if ledger.role == EDITOR]
    leads, others = _ordered([ledger for ledger in ledgers if ledger.role != EDITOR])
    played, late = _with_editors(leads, editors)
    _fold_writers(state, [*leads, *others, *editors])
    _fold_run(state, leads, [*played, *others])
    _fold_config(state, played, others)
    _fold_metrics(state, leads, others)
    _fold_facts(state, leads, played, others)
    for ledger in late:
        apply_edits(state, ledger)


def _with_editors(leads: list[Ledger], editors: list[Ledger]) -> tuple[list[Ledger], list[Ledger]]:
    """Return the leading writers with the editors that came before a resume in their places, and the other editors."""
    for ledger in editors:
        ledger.settle()
    editors.sort(key=lambda ledger: (ledger.session, ledger.opened_ns, ledger.writer))
    last = leads[-1].session if leads else 0
    early = [ledger for ledger in editors if ledger.session < last]
    played = sorted([*leads, *early], key=lambda ledger: (ledger.session, ledger.role == EDITOR))
    return played, [ledger for ledger in editors if ledger.session >= last]


def apply_edits(state: RunState, ledger: Ledger) -> None:
    """Make the changes that an editor recorded after the run, in config, summary and facts; all else stays."""
    replay = Replay()
    replay.config, replay.held, replay.changes = state.config, state.held, state.changes
    _play(state, ledger, replay)
    state.config, state.held = replay.config, replay.held
    for record in ledger.facts:
        if isinstance(record, Meta):
            _apply_meta(state, record)
    _apply_summary(state, [record for record in ledger.facts if isinstance(record, Summary)])


def _ordered(ledgers: list[Ledger]) -> tuple[list[Ledger], list[Ledger]]:
    """Return the leading writers, one a session and the oldest session first, and all others in a fixed order."""
    for ledger in ledgers:
        ledger.settle()
    _guess_sessions(ledgers)
    ledgers.sort(key=lambda ledger: (ledger.session, ledger.opened_ns, ledger.writer))
    candidates = [ledger for ledger in ledgers if ledger.can_lead] or sorted(ledgers, key=_nearness_to_lead)[:1]
    by_session: dict[int, Ledger] = {}
    for ledger in candidates:
        by_session.setdefault(ledger.session, ledger)
    leads = list(by_session.values())
    others = [ledger for ledger in ledgers if ledger not in leads]
    return leads, sorted(others, key=lambda ledger: (ledger.session, ledger.role, ledger.rank or 0))


def _nearness_to_lead(ledger: Ledger) -> tuple[bool, int]:
    return ledger.role != "rank", ledger.rank or 0


def _guess_sessions(ledgers: list[Ledger]) -> None:
    """Give writers whose headers are all lost the session after the last that began before them."""
    known = [ledger for ledger in ledgers if ledger.session and ledger.can_lead]
    for ledger in ledgers:
        if not ledger.session:
            before = max((lead.session for lead in known if lead.opened_ns <= ledger.opened_ns), default=0)
            ledger.session = before + 1 if ledger.can_lead else max(before, 1)


def _fold_writers(state: RunState, ledgers: list[Ledger]) -> None:
    for ledger in ledgers:
        state.writers.append(ledger.state())
        state.lost += ledger.lost
        state.unknown += ledger.unknown
        missing = ledger.numbers.missing()
        if sum(last - first + 1 for first, last in missing) <= ledger.lost:
            continue  # the writer said that it had to give them up
        for first, last in missing:
            numbers = f"record {first} is" if first == last else f"records {first} to {last} are"
            state.damage.append(Damage(ledger.path, "gap", 0, 0, 0, f"{numbers} missing of writer {ledger.writer}"))


def _fold_run(state: RunState, leads: list[Ledger], every: list[Ledger]) -> None:
    for ledger in leads:
        for header in ledger.headers:
            state.name = header.name or state.name
            state.project = header.project or state.project
            state.group = header.group or state.group
            state.job_type = header.job_type or state.job_type
            state.notes = header.notes or state.notes
            state.tags = list(header.tags) or state.tags
    for ledger in every:
        for record in ledger.facts:
            if isinstance(record, Meta):
                _apply_meta(state, record)
    if leads:
        state.created_ns = state.created_ns or leads[0].opened_ns
        state.status, state.exit_code, state.error, state.finished_ns = "running", None, "", 0
        if (finish := leads[-1].finish) is not None:
            state.status, state.exit_code, state.error = finish.status, finish.exit_code, finish.error
            state.finished_ns = finish.t


def _apply_meta(state: RunState, record: Meta) -> None:
    for name in ("name", "project", "group", "job_type", "notes"):
        if (value := getattr(record, name)) is not None:
            setattr(state, name, value)
    if record.tags is not None:
        state.tags = list(record.tags)


def _fold_config(state: RunState, played: list[Ledger], others: list[Ledger]) -> None:
    lead = Replay()
    lead.config, lead.held, lead.changes = state.config, state.held, state.changes
    for ledger in played:
        _play(state, ledger, lead)
    state.config, state.held, state.changes = lead.config, lead.held, lead.changes
    for ledger in others:
        if ledger.config:
            further = Replay()
            further.begin_from(lead)
            _play(state, ledger, further)
            _compare(state, ledger, further)


def _play(state: RunState, ledger: Ledger, replay: Replay) -> None:
    for frame in ledger.config:

        def refuse(problem: str, at: Frame = frame) -> None:
            state.damage.append(Damage(at.path, "format", at.start, at.end, at.line, problem))

        record: Any = frame.record  # a config record, as the ledger keeps only these here
        replay.play(record, ledger.writer, ledger.points.step_before(record.seq), refuse)


def _compare(state: RunState, ledger: Ledger, further: Replay) -> None:
    """Add what only a further writer has, and note where it has another value than the leading one."""
    differing: dict[Path, None] = {}
    for key in further.touched:
        differing.update(dict.fromkeys(_differing(state.config, further.config, path_of(key), ())))
    added: set[str] = set()
    for path in differing:
        key, value, leading = join_key(path), value_at(further.config, path), value_at(state.config, path)
        if leading is ABSENT:
            put(state.config, path, value)
            added.add(key)
        else:
            origin = further.origin_at(path)
            state.disagreements.append(Disagreement(key, ledger.writer, value, leading, origin))
    state.held.update({key: held for key, held in further.held.items() if added.intersection(_and_above(key))})
    if differing:
        _add_changes(state, further, differing)


def _differing(leading: Any, further: Any, ahead: Path, at: Path) -> Iterator[Path]:
    """Yield the paths along *ahead*, and below its end, where *further* holds what *leading* does not.

    A list counts as one value: a further writer's appended item would change the value that the leading one has.
    """
    if not (is_section(leading) and is_section(further)):
        if not is_same(leading, further):
            yield at
        return
    for name in ahead[:1] or list(further):
        if name not in further:
            continue  # deleted again
        if name not in leading:
            yield (*at, name)
        else:
            yield from _differing(leading[name], further[name], ahead[1:], (*at, name))


def _add_changes(state: RunState, further: Replay, differing: Iterable[Path]) -> None:
    keys = {join_key(path) for path in differing}
    above = {key for path in differing for key in _and_above(join_key(path))}
    state.changes.extend(
        change for change in further.changes if change.key in above or keys.intersection(_and_above(change.key))
    )


def _and_above(key: str) -> list[str]:
    path = path_of(key)
    return [join_key(path[:length]) for length in range(1, len(path) + 1)]


def _fold_metrics(state: RunState, leads: list[Ledger], others: list[Ledger]) -> None:
    """Join the leading writers' series; another writer's series of the same metric gets the writer's label."""
    chosen = _chosen_summary(state)
    for ledger in leads:
        for metric, series in ledger.points.series.items():
            if metric in state.metrics:
                before = state.metrics[metric]
                state.metrics[metric] = Series(
                    before.steps + series.steps, before.values + series.values, before.times + series.times
                )
            else:
                state.metrics[metric] = series
        for metric, value in ledger.points.last.items():
            summarise(state.summary, metric, value)
    for ledger in others:
        for metric, series in ledger.points.series.items():
            state.metrics[metric if metric not in state.metrics else f"{metric}@{ledger.label}"] = series
        for metric, value in ledger.points.last.items():
            if value_at(state.summary, path_of(metric)) is ABSENT:
                summarise(state.summary, metric, value)
    for metric, value in chosen.items():
        summarise(state.summary, metric, value)
    state.stats = {metric: digest(series) for metric, series in state.metrics.items()}


def _chosen_summary(state: RunState) -> dict[str, Any]:
    """Return those values of a run that was packed that are not its last points: they were set, or imported so."""
    last = {metric: series.values[-1] for metric, series in state.metrics.items() if metric in state.summary}
    return {
        metric: state.summary[metric]
        for metric in last
        if metric in state.chosen or not _is_point(state.summary[metric], last[metric])
    }


def _is_point(value: Any, point: float) -> bool:
    number = as_float(value)
    return number == point or (number is not None and isnan(number) and isnan(point))


def _fold_facts(state: RunState, leads: list[Ledger], played: list[Ledger], others: list[Ledger]) -> None:
    _apply_summary(state, [record for ledger in played for record in ledger.facts if isinstance(record, Summary)])
    for ledger in others:
        records = [record for record in ledger.facts if isinstance(record, Summary)]
        known = state.summary
        _apply_summary(state, [record for record in records if value_at(known, path_of(record.key)) is ABSENT])
    for ledger in leads or others:
        for record in ledger.facts:
            if isinstance(record, Environment):
                state.environment.update({name: decode(plain) for name, plain in record.values.items()})
            elif isinstance(record, Reads):
                state.unused = record.unused


def _apply_summary(state: RunState, records: list[Summary]) -> None:
    chosen = dict.fromkeys(state.chosen)
    for record in records:
        if record.deleted:
            chosen.pop(record.key, None)
        else:
            chosen[record.key] = None
    state.chosen = list(chosen)
    for record in records:
        if record.deleted:
            with suppress(NotPossibleError):  # what it deletes was set by a record that is damaged
                remove(state.summary, path_of(record.key))
        else:
            summarise(state.summary, record.key, decode(record.value))


def summarise(summary: dict[str, Any], key: str, value: Any) -> None:
    """Show *value* under *key*; where another metric's value stands in the way, under the key as one name."""
    try:
        put(summary, path_of(key), value)
    except NotPossibleError:
        summary[key] = value
