"""One process's way into the journal of a run. Whatever the disk does, ``append`` returns soon and never raises."""

import errno
import os
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from zlib import crc32

from msgspec.structs import force_setattr, replace

from . import layout, liveness
from .backlog import LIMIT_BYTES, Backlog, kind_of
from .frame import encode_record, to_line
from .losses import Losses
from .record import Lost, Open, Record
from .segment import NOWHERE, Nowhere, Segment, make_folder, sync_folder, touch_folder, write_fully

__all__ = ["Losses", "Writer"]

_HEARTBEAT_S = 10.0
_LONGEST_PAUSE_S = 30.0
_PATIENCE_S = 2.0
_THIN_BYTES = LIMIT_BYTES * 3 // 4
_AT_ONCE_BYTES = 1 << 20


class Writer:
    """Appends records to segments of its own in *folder*, one ``write()`` a record.

    ``append`` may be called from any thread and any signal handler. ``tick`` is to be called about once a second from
    a thread of the run's; without it, nothing is synced before ``close``.
    """

    def __init__(
        self,
        folder: Path,
        header: Open,
        *,
        say: Callable[[str], None],
        clock: Callable[[], int] = time.time_ns,
        restate: Callable[[], Sequence[Record]] = tuple,
    ) -> None:
        """Take what the writer works with; nothing is written yet.

        Args:
            folder: the run's folder, made by ``open``.
            header: the first record of every part; ``part`` and ``t`` are filled in.
            say: gets one line of text for each cause of trouble, once.
            clock: the time in ns, UTC since the Unix epoch.
            restate: gives the records that state the run anew, the whole config first, for when its folder was removed.
        """
        self.folder = folder
        self.header = header
        self._say, self._clock, self._restate = say, clock, restate
        self._begin()

    def _begin(self) -> None:
        self._count = count(1)
        self._backlog = Backlog()
        self._segment: Segment | Nowhere = NOWHERE
        self._old: Segment | None = None  # a full or failing segment that may take writes again
        self._mending = threading.Lock()  # only ever tried, never waited for, by append
        self._losses = Losses()
        self._told: set[str] = set()
        self._part = 0
        self._is_suspect = self._is_fresh = self._must_restate = self._is_closed = False
        self._retry_at = self._pause_s = self._beat_at = 0.0
        self._lost_untold = 0

    @property
    def name(self) -> str:
        """The writer's name, which its segments carry."""
        return self.header.writer

    def open(self) -> None:
        """Make the folders and the first part with its header; raises OSError, after which records wait in memory."""
        with self._mending:
            self._segment = self._next_part()

    def append(self, record: Record) -> None:
        """Stamp *record* and write it; when this returns it survives the process's death, or waits for the disk.

        A record is appended once. It never raises, and waits for nothing but the write itself.
        """
        force_setattr(record, "seq", next(self._count))
        force_setattr(record, "t", self._clock())
        try:
            payload = encode_record(record)
        except Exception as error:  # noqa: BLE001  # a value may fail the encoder in any way; training must go on
            payload = self._payload_of_loss(record, error)
        line = b"%08x %b\n" % (crc32(payload), payload)
        size = len(line)
        backlog = self._backlog
        backlog.unsynced.append(line)  # before the segment is read: a new part begins with all lines kept then
        backlog.size_bytes += size
        segment = self._segment
        try:
            written = os.write(segment.fd, line)
        except OSError as error:
            self._wait(line, segment, error)
            return
        if written != size or backlog.size_bytes > LIMIT_BYTES:
            self._complete(line, written, segment)

    def sync(self, *, now: bool = False) -> bool:
        """Bring all records to the disk, those that wait too; with *now*, without regard to pauses between tries.

        It never raises. After a failed sync the segment is left, and the records since the last good sync are written
        to a new part under their old numbers.

        Returns:
            Whether the disk has all of them.
        """
        with self._mend(_PATIENCE_S if now else 0) as is_mine:
            if not is_mine or not self._save_waiting(now=now):
                return False
            return self._sync_segment() or (self._save_waiting(now=True) and self._sync_segment())

    def tick(self) -> None:
        """Do what is due each second: sync, try again what waits, notice a vanished folder, give a heartbeat."""
        self._look_for_segment()
        self.sync()
        if self._backlog.waiting and self._backlog.size_bytes > _THIN_BYTES:
            self._thin()

    def close(self) -> Losses:
        """Sync for the last time, leave the segment, and return what was not saved."""
        self._look_for_segment()
        self.sync(now=True)
        self._is_closed = True
        self._segment, self._old = NOWHERE, None
        while self._backlog.waiting:
            self._lose(self._backlog.waiting.popleft(), "it waited for the disk until the end")
        return self._losses

    def after_fork_in_child(self) -> None:
        """Become the writer of a forked child: a name, numbers and a segment of its own, opened at its first append.

        To be called in the child before anything else is; what the parent has in memory stays the parent's.
        """
        pid = os.getpid()
        header = self.header
        self.header = replace(
            header,
            writer=layout.writer_name("child", header.host, pid),
            role="child",
            rank=None,
            parent=header.writer,
            pid=pid,
            process_started=liveness.process_started(pid),
        )
        was_closed = self._is_closed
        self._begin()
        self._is_closed = was_closed

    def _payload_of_loss(self, record: Record, error: Exception) -> bytes:
        kind = str(record.__struct_config__.tag)
        reason = f"a {kind} record could not be written as JSON: {type(error).__name__}"
        self._losses.add(kind, 0, reason)
        return encode_record(Lost(1, reason, seq=record.seq, t=record.t))

    def _wait(self, line: bytes, segment: Segment | Nowhere, error: OSError) -> None:
        if self._is_closed:
            self._lose(line, "it came after the end")
            self._tell("closed", f"A record came after the run's end and was not saved: {kind_of(line)}.")
            return
        self._backlog.waiting.append(line)
        if isinstance(segment, Segment):
            self._tell_trouble("write", segment.path, error)
        with self._mend(0) as is_mine:
            if not is_mine:
                return
            if segment is self._segment and isinstance(segment, Segment):
                self._retire(may_recover=True)
            if self._backlog.size_bytes <= _AT_ONCE_BYTES:
                self._save_waiting(now=False)
        if self._backlog.size_bytes > LIMIT_BYTES:
            self._thin()

    def _complete(self, line: bytes, written: int, segment: Segment | Nowhere) -> None:
        if written != len(line):
            self._is_suspect = True  # another thread's line may stand inside this one: the next tick writes both again
            try:
                write_fully(segment.fd, line[written:])
            except OSError as error:
                self._wait(line, segment, error)
        if self._backlog.size_bytes > LIMIT_BYTES:
            with self._mend(0) as is_mine:
                if is_mine and not self._backlog.waiting:
                    self._backlog.release_written()

    @contextmanager
    def _mend(self, patience_s: float) -> Generator[bool, None, None]:
        """Hold the right to change segments, and say whether it was got: another thread may be at it."""
        mending = self._mending
        if not mending.acquire(timeout=patience_s) if patience_s else not mending.acquire(blocking=False):
            yield False
            return
        try:
            yield True
        finally:
            mending.release()

    def _save_waiting(self, *, now: bool) -> bool:
        """Write what waits, to a new part where that is needed; return whether there is a segment and nothing waits."""
        is_open, waits = isinstance(self._segment, Segment), bool(self._backlog.waiting)
        if not is_open and not waits and self._part == 0:
            return False  # a child that has recorded nothing makes no file
        is_due = now or time.monotonic() >= self._retry_at
        if is_open and not waits and not (self._is_suspect and is_due):
            self._account()
            return True
        if not is_due:
            return False
        try:
            if not is_open or self._is_suspect:
                self._fill_next_part()
            self._drain()
        except OSError as error:
            self._pause(error)
            return self._return_to_old()
        self._retry_at = self._pause_s = 0.0
        self._account()
        return True

    def _fill_next_part(self) -> None:
        self._retire(may_recover=True)
        waiting = len(self._backlog.waiting)
        segment = self._part_with(self._backlog.lines())
        self._segment, self._old, self._is_suspect = segment, None, False
        for _ in range(waiting):
            self._backlog.waiting.popleft()

    def _part_with(self, lines: list[bytes]) -> Segment:
        """Return a new part that holds *lines*, or the later half of them where no file may grow so large."""
        segment = self._next_part()
        try:
            segment.write(*lines)
        except OSError as error:
            segment.discard()
            half = len(lines) // 2
            if error.errno != errno.EFBIG or not half:
                raise
            self._part_with(lines[:half]).sync()
            return self._part_with(lines[half:])
        return segment

    def _next_part(self) -> Segment:
        make_folder(self.folder)
        part = self._part
        segment: Segment | None = None
        while segment is None:
            part += 1
            with suppress(FileExistsError):  # NFS may say so of the file it has just made
                segment = Segment(self.folder / layout.segment_name(self.name, part))
        try:
            segment.write(to_line(replace(self.header, part=part, t=self._clock())))
        except OSError:
            segment.discard()
            raise
        self._part, self._is_fresh, self._beat_at = part, True, time.monotonic() + _HEARTBEAT_S
        touch_folder(self.folder.parent)
        return segment

    def _drain(self) -> None:
        """Write what came to wait while the segment was made."""
        waiting = self._backlog.waiting
        while waiting:
            write_fully(self._segment.fd, waiting[0])
            waiting.popleft()

    def _return_to_old(self) -> bool:
        """Go on in the segment that failed: a new one can't be made, but it may take writes again."""
        old, waiting = self._old or self._segment, self._backlog.waiting
        if not isinstance(old, Segment):
            return False
        try:
            while waiting:
                write_fully(old.fd, b"\n" + waiting[0])  # the newline ends what a failed write left
                waiting.popleft()
        except OSError:
            self._segment, self._old = NOWHERE, old
            return False
        self._segment, self._old, self._is_suspect = old, None, True
        return True

    def _retire(self, *, may_recover: bool) -> None:
        """Leave the segment, so that records wait; a segment that failed to sync, or is gone, is never used again."""
        if isinstance(self._segment, Segment):
            self._old = self._segment
        if not may_recover:
            self._old = None
        self._segment = NOWHERE

    def _pause(self, error: OSError) -> None:
        self._pause_s = min(max(1.0, 2 * self._pause_s), _LONGEST_PAUSE_S)
        self._retry_at = time.monotonic() + self._pause_s
        self._tell_trouble("write", self.folder, error)

    def _sync_segment(self) -> bool:
        segment, backlog = self._segment, self._backlog
        unsynced = len(backlog.unsynced)
        if not isinstance(segment, Segment):
            return False
        if not unsynced and not self._is_fresh:
            return True
        try:
            segment.sync()
        except OSError as error:
            self._tell_trouble("sync", segment.path, error)
            self._retire(may_recover=False)
            return False
        backlog.release(unsynced)
        if self._is_fresh:
            self._is_fresh = False
            for folder in (self.folder, self.folder.parent, self.folder.parent.parent):
                sync_folder(folder)
        return True

    def _look_for_segment(self) -> None:
        segment = self._segment
        if isinstance(segment, Segment):
            if segment.is_gone():
                self._leave_vanished(segment)
            elif time.monotonic() >= self._beat_at:
                self._beat(segment)

    def _leave_vanished(self, segment: Segment) -> None:
        with self._mend(0) as is_mine:
            if not is_mine or segment is not self._segment:
                return
            self._retire(may_recover=False)
            self._must_restate = True
            self._retry_at = 0.0
        self._tell(
            "vanished",
            f"{segment.path} was removed or moved while the run was on. Recording goes on in a new file, which begins "
            "with the config as it is now; metrics recorded before are in the old file only.",
        )

    def _account(self) -> None:
        """Record what was given up, and the config anew after its file vanished, where that is still to be done."""
        if self._lost_untold:
            lost, self._lost_untold = self._lost_untold, 0
            self.append(Lost(lost, "more waited for the disk than memory may hold"))
        if self._must_restate:
            try:
                records = self._restate()
            except Exception as error:  # noqa: BLE001  # the config may change under the call; the next tick tries again
                self._tell("restate", f"The config can't be stated anew yet ({type(error).__name__}); trying again.")
                return
            self._must_restate = False
            for record in records:
                self.append(record)

    def _beat(self, segment: Segment) -> None:
        self._beat_at = time.monotonic() + _HEARTBEAT_S
        with suppress(OSError):  # a reader then takes a silent run for crashed, which its next record corrects
            segment.touch()

    def _thin(self) -> None:
        with self._mend(0) as is_mine:
            if not is_mine or not self._backlog.waiting:
                return
            for line in self._backlog.thin():
                self._lost_untold += 1
                self._lose(line, "more waited for the disk than memory may hold")
        self._tell(
            "full",
            f"{LIMIT_BYTES >> 20} MiB of records wait for {self.folder}; of the oldest metrics, every second record is "
            "given up now. Free some space there; config and summary are kept.",
        )

    def _lose(self, line: bytes, reason: str) -> None:
        self._losses.add(kind_of(line), len(line), reason)

    def _tell_trouble(self, what: str, path: Path, error: OSError) -> None:
        self._tell(
            f"{what} {error.errno}",
            f"Can't {what} {path}: {error.strerror or error}. Records wait in memory and are tried again; run.finish() "
            "says what could not be saved.",
        )

    def _tell(self, cause: str, text: str) -> None:
        if cause in self._told:
            return
        self._told.add(cause)
        try:
            self._say(text)
        except Exception:  # noqa: BLE001  # what cannot be said (a closed stderr) must not stop the training
            return
