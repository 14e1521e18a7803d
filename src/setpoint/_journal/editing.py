"""Changes to a run after its end: a further segment in its folder, or a new line in its pack. What was written stays.

``docs/design/journal.md`` says what an editor is.
"""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from . import layout, pack
from .fold import apply_edits
from .frame import Frame, to_line
from .ledger import Ledger
from .record import Open, Record
from .segment import Segment, sync_folder
from .snapshot import write_snapshot
from .state import RunState


class Editor:
    """A process that changes recorded runs, as the journals name it."""

    def __init__(self, host: str, pid: int, clock: Callable[[], int] = time.time_ns) -> None:
        """Take the machine's name, the process's id and the clock (ns, UTC since the Unix epoch)."""
        self._host, self._pid, self._clock = host, pid, clock

    def _stamped(self, run_id: str, session: int, records: Sequence[Record]) -> list[Record]:
        """Return the records as they are written: the header of a new writer first, then each with number and time."""
        now = self._clock()
        name = layout.writer_name("editor", self._host, self._pid)
        header = Open(run=run_id, writer=name, role="editor", session=session, pid=self._pid, host=self._host, t=now)
        return [header, *(replace(record, seq=at, t=now) for at, record in enumerate(records, start=1))]

    def edit_folder(self, folder: Path, session: int, records: Sequence[Record]) -> None:
        """Write the records as a segment of their own into a run's folder; on return they are on disk.

        Args:
            folder: the run's folder.
            session: the run's last session; the changes come after it, and before one that follows.
            records: what changes, as Update, Set, Delete, Summary and Meta records.

        Raises:
            OSError: the segment can't be made or written.
        """
        stamped = self._stamped(folder.name, session, records)
        segment = Segment(folder / layout.segment_name(_writer_of(stamped), 1))
        segment.write(*map(to_line, stamped))
        segment.sync()
        sync_folder(folder)
        os.utime(folder.parent)

    def edit_packed(self, path: Path, run_id: str, records: Sequence[Record]) -> None:
        """Put a pack in place of the one at *path*, in which the run has the changes of *records*.

        Raises:
            LookupError: the run is not in the pack.
            OSError: the pack can't be read or written.
        """

        def edited(line: bytes) -> bytes:
            packed = pack.read_line(line)
            if packed is None or packed.id != run_id:
                return line
            state = pack.unpacked(packed)
            session = max((writer.session for writer in state.writers), default=1)
            ledger = _ledger_of(self._stamped(run_id, session, records), str(path))
            state.writers.append(ledger.state())
            apply_edits(state, ledger)
            return pack.line_of(state, refreshed(pack.details_of(packed).files, state))

        if replace_lines(path, edited) is None:
            raise LookupError(f"run {run_id} is not in {path}")


def _writer_of(stamped: Sequence[Record]) -> str:
    header = stamped[0]
    assert isinstance(header, Open)
    return header.writer


def _ledger_of(stamped: Sequence[Record], path: str) -> Ledger:
    ledger = Ledger(_writer_of(stamped))
    for record in stamped:
        ledger.add(Frame(record, path, 0, 0, 0))
    ledger.settle()
    return ledger


def refresh_snapshot(folder: Path, state: RunState) -> None:
    """Write ``config.yaml`` anew for what the run says now; raises OSError."""
    write_snapshot(folder, _plain(state), _descriptions(state))


def refreshed(files: dict[str, bytes], state: RunState) -> dict[str, bytes]:
    """Return the files kept in a pack with ``config.yaml`` made anew, if it is among them."""
    from .snapshot import snapshot_lines

    if layout.CONFIG_SNAPSHOT not in files:
        return files
    text = "".join(f"{line}\n" for line in snapshot_lines(_plain(state), _descriptions(state)))
    return {**files, layout.CONFIG_SNAPSHOT: text.encode()}


def _plain(state: RunState) -> dict[str, object]:
    from setpoint._core.values import Encoder

    encoder = Encoder()
    return {name: encoder.encode(value, name) for name, value in state.config.items()}


def _descriptions(state: RunState) -> dict[str, str]:
    return {key: held.description for key, held in state.held.items() if held.description}


def replace_lines(path: Path, change: Callable[[bytes], bytes | None]) -> Path | None:
    """Put a new pack in place of the one at *path*, each line as *change* returns it, or without it where that is None.

    The new pack is on disk before the old one goes; killed in between, both stay, and the run is in both.

    Returns:
        The path of the new pack; None where no line changed and nothing was done.

    Raises:
        OSError: the pack can't be read, or the new one not written.
    """
    with path.open("rb") as file:
        before = list(file)
    after = [change(line) for line in before]
    if after == before:
        return None
    kept = [line for line in after if line is not None]
    new = pack.write_pack(path.parent, kept)
    path.unlink()
    sync_folder(path.parent)
    os.utime(path.parent)
    return new or path
