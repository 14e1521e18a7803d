"""Importance in a process of its own: it takes a whole processor for seconds, and whoever waits may give up."""

import os
import subprocess
import sys

import msgspec
from msgspec import Struct

from setpoint.errors import FilterError, SetpointError

from .importance import Importance, importance
from .runs import runs

TIMEOUT_S = 120.0


class _Asked(Struct):
    store: str
    where: str
    metric: str


class _Answer(Struct):
    """What the process says: its finding, or what was wrong with the question."""

    found: Importance | None = None
    text: str = ""
    problem: str = ""
    column: int = 0
    near: tuple[str, ...] = ()


class ExplainingError(SetpointError, RuntimeError):
    """The process that was to explain ended without an answer."""

    def __init__(self, problem: str) -> None:
        """Take what it said last."""
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return f"How much each param matters could not be worked out: {self.problem}"


def start(store: str, where: str, metric: str) -> "subprocess.Popen[bytes]":
    """Start a process that works out importance among the runs of a filter; ``answer_of`` waits for it."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from setpoint._query.explaining import main; main()"],
        stdin=subprocess.PIPE,  # no argument list shows what is asked
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(_Asked(store, where, metric)))
    process.stdin.close()
    process.stdin = None
    return process


def answer_of(process: "subprocess.Popen[bytes]") -> Importance:
    """Return what a process found.

    Raises:
        FilterError: the filter or metric can't be read.
        ExplainingError: it found nothing in TIMEOUT_S, or was ended.
    """
    try:
        output, said = process.communicate(timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise ExplainingError(f"it took more than {TIMEOUT_S:g} s. Filter to fewer runs.") from None
    if process.returncode:
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise ExplainingError(last or f"the process ended with {process.returncode}")
    answer = msgspec.msgpack.decode(output, type=_Answer)  # JSON has no nan
    if answer.found is None:
        raise FilterError(answer.text, answer.problem, column=answer.column, near=answer.near)
    return answer.found


def main() -> None:
    """Read a question from standard input and write the answer to standard output."""
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=_Asked)
    try:
        answer = _Answer(importance(runs(asked.where, store=asked.store), asked.metric))
    except FilterError as error:
        answer = _Answer(None, error.text, error.problem, error.column, error.near)
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer))
