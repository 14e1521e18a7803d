"""Following a live run: only what its journal says since the last look is read.

A training loop logs at each step, and sets a param or a fact now and then. So new log records are taken into the row
as they are; whatever else has come leads to a whole reading.
"""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from setpoint._core.values import Encoder, decode
from setpoint._journal import layout, liveness
from setpoint._journal.fold import summarise
from setpoint._journal.frame import Frame
from setpoint._journal.reader import read_from
from setpoint._journal.record import Log
from setpoint._journal.replay import is_below
from setpoint._journal.state import RunState

from .database import Database
from .entry import Entry
from .listing import is_journal
from .rows import from_blob, text_of


class Mark(Struct, array_like=True, frozen=True):
    """How far a live run's only segment was read, the process that writes it, and the results that are not its logs'.

    ``offset`` may lie within a line that was still being written: reading goes on from that line's start.
    """

    segment: str
    offset: int
    boot_id: str
    host: str
    pid: int
    started: str
    chosen: list[str]


_encode_mark = msgspec.msgpack.Encoder().encode
_decode_mark = msgspec.msgpack.Decoder(Mark).decode


def mark_of(state: RunState, folder: Path, size_bytes: int) -> bytes | None:
    """Return the mark to follow a run by, as the row keeps it; None where it has to be read whole each time.

    Args:
        state: what the journal said.
        folder: the run's folder.
        size_bytes: that of the journal before it was read: what came later is read again, and says the same.
    """
    files = _journal_files(folder)
    is_whole = not (state.damage or state.unknown or state.lost)
    if not is_whole or len(state.writers) != 1 or len(files) != 1 or files[0] == layout.PACKED:
        return None
    writer = state.writers[0]
    process = (writer.boot_id, writer.host, writer.pid, writer.process_started)
    return _encode_mark(Mark(files[0], size_bytes, *process, state.chosen))


class Followed(Struct):
    """What following found: the entry with the latest results, None where nothing is new, and the new mark."""

    entry: Entry | None
    mark: bytes


def follow(database: Database, run_id: str, folder: Path, mark: bytes, size_bytes: int) -> Followed | None:
    """Return what a live run logged since its mark; None where it must be read whole: it did more than log, or died.

    Raises:
        OSError: the folder or the segment can't be read.
    """
    held = _decode_mark(mark)
    if size_bytes < held.offset or _journal_files(folder) != [held.segment]:
        return None
    segment = folder / held.segment
    touched_s = segment.stat().st_mtime
    if not liveness.is_alive(held.boot_id, held.host, held.pid, held.started, touched_s, liveness.now_s()):
        return None
    if size_bytes == held.offset:
        return Followed(None, mark)
    results: dict[str, Any] = {}
    for frame in read_from(segment, held.offset):
        if not isinstance(frame, Frame) or not isinstance(frame.record, Log):
            return None
        results.update(frame.record.values)
    if any(is_below(*pair) for metric in results for key in held.chosen for pair in ((metric, key), (key, metric))):
        return None
    entry = _entry(database, run_id)
    entry.summary = _with_results(
        entry.summary, {key: value for key, value in results.items() if key not in held.chosen}
    )
    return Followed(entry, _encode_mark(msgspec.structs.replace(held, offset=size_bytes)))


def _with_results(summary: dict[str, Any], results: dict[str, Any]) -> dict[str, Any]:
    decoded = {name: decode(value) for name, value in summary.items()}
    for metric, plain in results.items():
        summarise(decoded, metric, decode(plain))
    encoder = Encoder()
    return {name: encoder.encode(value, name) for name, value in decoded.items()}


def _journal_files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if is_journal(path.name)]


def _entry(database: Database, run_id: str) -> Entry:
    """Return the entry that a run's row was made of."""
    texts = "name, project, run_group, job_type, host, host_user, commit_id, notes, error"
    sql = f"SELECT created_ns, tags, changed, config, summary, {texts} FROM run WHERE id = ?"  # noqa: S608  # our words
    created_ns, tags, changed, config, summary, *stored = database.rows(sql, (run_id,))[0]
    name, project, group, job_type, host, user, commit, notes, error = map(text_of, stored)
    return Entry(
        id=run_id,
        name=name,
        project=project,
        group=group,
        job_type=job_type,
        created_ns=created_ns,
        host=host,
        user=user,
        commit=commit,
        notes=notes,
        error=error,
        tags=from_blob(tags) if tags else [],
        changed=from_blob(changed) if changed else [],
        config=from_blob(config),
        summary=from_blob(summary),
    )
