"""One writer's records, gathered from its segments: each once, by number, and what is missing among them."""

from bisect import bisect_right

from . import layout
from .frame import Frame
from .points import Points
from .record import Delete, Environment, Finish, Log, Lost, Meta, Open, Reads, Set, Summary, Unknown, Update
from .state import WriterState


class Numbers:
    """A set of record numbers as ranges, small however many numbers are in it."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []  # each the last number of its range

    def add(self, number: int) -> bool:
        """Add *number*; tell whether it is new."""
        starts, ends = self._starts, self._ends
        if ends and number == ends[-1] + 1:
            ends[-1] = number
            return True
        index = bisect_right(starts, number)
        if index and number <= ends[index - 1]:
            return False
        joins_left = index > 0 and number == ends[index - 1] + 1
        joins_right = index < len(starts) and number == starts[index] - 1
        if joins_left and joins_right:
            ends[index - 1] = ends.pop(index)
            del starts[index]
        elif joins_left:
            ends[index - 1] = number
        elif joins_right:
            starts[index] = number
        else:
            starts.insert(index, number)
            ends.insert(index, number)
        return True

    def missing(self) -> list[tuple[int, int]]:
        """Return the ranges, first and last number, that are missing between 1 and the greatest number."""
        before = [0, *self._ends]
        return [(end + 1, start - 1) for end, start in zip(before, self._starts, strict=False) if start > end + 1]


class Ledger:
    """All that one writer recorded, in the order of its numbers once it is settled."""

    def __init__(self, writer: str) -> None:
        """Take the writer's name, which tells its role where its headers are lost."""
        self.writer = writer
        self.path = ""
        self.headers: list[Open] = []
        self.config: list[Frame] = []
        self.facts: list[Summary | Meta | Environment | Reads] = []
        self.finish: Finish | None = None
        self.lost = 0
        self.points = Points()
        self.numbers = Numbers()
        self.unknown = 0
        self.count = 0
        self.last_ns = 0
        self._first_ns = self._first_seq = self._last_seq = 0
        self.role, self.rank = layout.role_of(writer)
        self.session = 0  # not known yet

    def add(self, frame: Frame) -> None:
        """Take one record in; one that is in already is passed over."""
        record = frame.record
        self.path = self.path or frame.path
        if isinstance(record, Open):
            self.headers.append(record)
        elif record.seq > 0 and not self.numbers.add(record.seq):
            return
        elif isinstance(record, Log):
            self.points.add(record)
        elif isinstance(record, (Set, Update, Delete)):
            self.config.append(frame)
        elif isinstance(record, (Summary, Meta, Environment, Reads)):
            self.facts.append(record)
        elif isinstance(record, Lost):
            self.lost += record.count
        elif isinstance(record, Finish) and (self.finish is None or record.seq > self.finish.seq):
            self.finish = record
        elif isinstance(record, Unknown):
            self.unknown += 1
        self._note(record.seq, record.t)

    def _note(self, seq: int, time_ns: int) -> None:
        if seq >= self._last_seq:
            self.last_ns, self._last_seq = time_ns, seq
        if seq == 0:
            return
        if not self.count or seq < self._first_seq:
            self._first_ns, self._first_seq = time_ns, seq
        self.count += 1

    def settle(self) -> None:
        """Put everything in the order of the records' numbers; to be called once all are in."""
        self.headers.sort(key=lambda header: header.part)
        self.config.sort(key=lambda frame: frame.record.seq)
        self.facts.sort(key=lambda record: record.seq)
        self.points.settle()
        if self.headers:
            header = self.headers[0]
            self.role, self.rank, self.session = header.role, header.rank, header.session

    @property
    def opened_ns(self) -> int:
        """When the writer opened its first part; without any header, the time of its first record."""
        return self.headers[0].t if self.headers else self._first_ns

    @property
    def can_lead(self) -> bool:
        """Tell whether the writer's config can be the run's."""
        return self.role == "main" or (self.role == "rank" and self.rank == 0)

    @property
    def label(self) -> str:
        """A short name: that of a rank by its number, else the writer's."""
        return f"rank{self.rank}" if self.role == "rank" and self.rank is not None else self.writer

    def state(self) -> WriterState:
        """Return the writer as the rest of the house sees it."""
        header = self.headers[0] if self.headers else Open(run="", writer=self.writer)
        return WriterState(
            name=self.writer,
            role=self.role,
            session=self.session,
            rank=self.rank,
            host=header.host,
            pid=header.pid,
            boot_id=header.boot_id,
            process_started=header.process_started,
            opened_ns=self.opened_ns,
            last_ns=self.last_ns,
            records=self.count,
            finished=self.finish is not None,
        )
