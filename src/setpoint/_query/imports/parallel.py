"""JSON lines made ready for packs by all processors: one process reads and writes, others parse and compress."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from multiprocessing import get_context
from multiprocessing.pool import AsyncResult, Pool
from typing import BinaryIO

from setpoint._run.fingerprint import fingerprint, user_key

from . import jsonl
from .making import Made, Maker
from .source import Context

_ALONE = 16  # blocks of lines made here before others are started: that takes some 0.2 s
_MOST_PROCESSES = 8
_AHEAD = 4  # blocks a process that are under way
Block = tuple[int, bytes]
Row = tuple[int, str, str, str, bool, bytes]
Done = tuple[list[Row], list[str]]
"""The runs of a block, and what could not be read. A row is the number of its line, then id, digest, day, whether it is
known by its content, and the pack's line: tuples are what crosses between processes fastest."""


def made_runs(
    file: BinaryIO, name: str, context: Context, maker: Maker, project: str | None, size_bytes: int = 0
) -> Iterator[Made]:
    """Yield the run of each line of an open file, which messages call *name*; many lines are made by many processes."""
    blocks = jsonl.blocks(file, context, size_bytes)
    for block in islice(blocks, _ALONE):
        yield from _made_here(block, name, maker, context.refuse)
    more = next(blocks, None)
    if more is None:
        return
    rest = _again(more, blocks)
    count = min(_processors(), _MOST_PROCESSES)
    # Without a key of the user's each process would have another one, and fingerprints of its own.
    if count < 2 or user_key(os.environ) is None:
        for block in rest:
            yield from _made_here(block, name, maker, context.refuse)
        return
    with get_context("spawn").Pool(count, _begin, (name, project)) as pool:
        yield from _made_by(pool, count * _AHEAD, rest, name, maker, context)
        pool.close()
        pool.join()


def _processors() -> int:
    affinity = getattr(os, "sched_getaffinity", None)  # absent on macOS and Windows
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _again(first: Block, blocks: Iterator[Block]) -> Iterator[Block]:
    yield first
    yield from blocks


def _made_here(block: Block, name: str, maker: Maker, refuse: Callable[[str], None]) -> Iterator[Made]:
    for number, line in jsonl.lines_of(*block):
        run = jsonl.run_of(name, number, line, refuse)
        if run is not None:
            yield maker.made(run)


def _made_by(
    pool: Pool, ahead: int, blocks: Iterator[Block], name: str, maker: Maker, context: Context
) -> Iterator[Made]:
    under_way: deque[tuple[Block, AsyncResult[Done]]] = deque()
    for block in blocks:
        under_way.append((block, pool.apply_async(_make, (block,))))
        if len(under_way) >= ahead:
            yield from _finished(*under_way.popleft(), name, maker, context)
    while under_way:
        yield from _finished(*under_way.popleft(), name, maker, context)


def _finished(block: Block, result: "AsyncResult[Done]", name: str, maker: Maker, context: Context) -> Iterator[Made]:
    runs, problems = result.get()
    for problem in problems:
        context.refuse(problem)
    for number, run_id, digest, day, is_known_by_content, line in runs:
        if is_known_by_content and not maker.is_first(digest):
            # Only here it is known how many runs of equal content came before.
            yield from _made_here((number, block[1].split(b"\n")[number - block[0]]), name, maker, context.refuse)
        else:
            yield Made(run_id, digest, day, line=line)


_here: list[tuple[str, Maker]] = []
"""In a process of the pool: the name of the file and the maker."""


def _begin(name: str, project: str | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the first process's to answer
    _here[:] = [(name, Maker("jsonl", fingerprint, project))]


def _make(block: Block) -> Done:
    name, maker = _here[0]
    problems: list[str] = []
    runs: list[Row] = []
    for number, line in jsonl.lines_of(*block):
        run = jsonl.run_of(name, number, line, problems.append)
        if run is None:
            continue
        maker.begin_anew()
        made = maker.made(run)
        runs.append((number, made.id, made.digest, made.day, made.is_known_by_content, maker.line(made)))
    return runs, problems
