"""JSON lines: one run a line, from a file or a pipe; ``setpoint export --format jsonl`` writes them, any script can.

Config and summary hold plain forms (``docs/design/values.md``): any JSON, and ``{"$type": ...}`` for values that JSON
does not have. ``NaN`` and ``Infinity``, as Python's json writes them, are read too.
"""

from __future__ import annotations  # array[int] can't be evaluated before Python 3.12

import json
import re
from array import array
from collections.abc import Callable, Iterator
from datetime import datetime
from math import inf, nan
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

import msgspec
from msgspec import Struct

from setpoint._core.leaves import is_dict, is_list
from setpoint._core.values import Encoder
from setpoint._journal.state import Series

from .documents import ns_of
from .files import is_file
from .making import is_usable_id
from .source import Context, SourceRun
from .wording import in_our_words

SUFFIXES = (".jsonl", ".ndjson", ".json")
MAX_LINE_BYTES = 64 << 20
_MAX_DEPTH = 100
_LAST_S = 253_402_300_800  # the year 10000
_BLOCK_BYTES = 1 << 19
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_MANY_DIGITS = b"0" * 19
_NAMED = re.compile(r"`([^`$]+)`")
_PART = re.compile(r"\.([^.`\[\]]+)")
_SPECIAL = {"nan": nan, "inf": inf, "-inf": -inf, "NaN": nan, "Infinity": inf, "-Infinity": -inf}


_Status = Literal["running", "finished", "failed", "crashed", "unknown"]


class _Points(Struct, forbid_unknown_fields=True):
    """The points of a metric; a value that JSON has no number for is null or one of the texts in _SPECIAL."""

    steps: list[int]
    values: list[float | str | None]


class _Line(Struct, forbid_unknown_fields=True):
    """A line's fields; ``created`` and ``finished`` are ISO 8601 (UTC without a zone) or seconds since the epoch."""

    config: dict[str, Any]  # plain forms
    id: str = ""
    name: str = ""
    project: str = ""
    group: str = ""
    job_type: str = ""
    status: _Status = "unknown"
    created: str | float | None = None
    finished: str | float | None = None
    tags: list[str] = []
    notes: str = ""
    error: str = ""
    exit_code: int | None = None
    host: str = ""
    user: str = ""
    commit: str = ""
    summary: dict[str, Any] | None = None  # plain forms
    metrics: dict[str, _Points] = {}


_decode = msgspec.json.Decoder(_Line).decode


class _WrongLineError(ValueError):
    """A line can't be a run; ``column`` is 1-based."""

    def __init__(self, problem: str, column: int = 1) -> None:
        super().__init__(problem)
        self.column = column


def fits(path: Path) -> bool:
    """Tell whether *path* is a file of JSON lines, by its name or else by its first character."""
    if not is_file(path):
        return False
    if path.suffix.lower() in SUFFIXES:
        return True
    with path.open("rb") as file:
        return file.read(64).lstrip().startswith(b"{")


def read_runs(path: Path, context: Context) -> Iterator[SourceRun]:
    """Yield the run of each line; a line that is none is named with line and column."""
    with path.open("rb") as file:
        yield from read_lines(file, str(path), context, path.stat().st_size)


def read_lines(file: BinaryIO, name: str, context: Context, size_bytes: int = 0) -> Iterator[SourceRun]:
    """Yield the run of each line of an open file, which messages call *name*."""
    for first, block in blocks(file, context, size_bytes):
        for number, line in lines_of(first, block):
            run = run_of(name, number, line, context.refuse)
            if run is not None:
                yield run


def blocks(file: BinaryIO, context: Context, size_bytes: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield whole lines, many at a time, with the number (from 1) of the first; of too long a line the beginning."""
    first, done, rest = 1, 0, b""
    while data := file.read(_BLOCK_BYTES):
        done += len(data)
        data = rest + data
        end = data.rfind(b"\n") + 1
        if not end:
            rest = data[:MAX_LINE_BYTES]
            continue
        block, rest = data[:end], data[end:]
        yield first, block
        first += block.count(b"\n")
        if size_bytes:
            context.advance(done, size_bytes)
    if rest:
        yield first, rest


def lines_of(first: int, block: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and text of each line of a block; empty ones are left out."""
    for number, line in enumerate(block.split(b"\n"), first):
        if line and not line.isspace():
            yield number, line


def run_of(name: str, number: int, line: bytes, refuse: Callable[[str], None]) -> SourceRun | None:
    """Return the run of one line; None where it is none, and *refuse* is told why."""
    try:
        return _run_of(_parsed(line), line)
    except _WrongLineError as error:
        refuse(f"{name}:{number}:{error.column}: {error}")
        return None


def _parsed(line: bytes) -> _Line:
    if len(line) >= MAX_LINE_BYTES:
        raise _WrongLineError(f"it is longer than {MAX_LINE_BYTES >> 20} MB")
    try:
        # An integer without room in 64 bits has a form of its own, which only the slow way gives it.
        found = _parsed_slowly(line) if _has_big_integer(line) else _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = _parsed_slowly(line)
    if (
        line.count(b"{") + line.count(b"[") > _MAX_DEPTH
        and max(_depth(found.config), _depth(found.summary)) > _MAX_DEPTH
    ):
        raise _WrongLineError(f"it is nested deeper than {_MAX_DEPTH} levels")
    return found


def _has_big_integer(line: bytes) -> bool:
    """Tell whether 19 digits stand in a row, but for those of a fraction; faster than any regular expression."""
    digits = line.translate(_DIGITS_TO_ZERO)
    at = digits.find(_MANY_DIGITS)
    while at >= 0 and digits[at - 1 : at] == b".":
        at = digits.find(_MANY_DIGITS, at + len(_MANY_DIGITS))
    return at >= 0


def _parsed_slowly(line: bytes) -> _Line:
    """Read a line as Python's json does, which knows NaN and says where it got stuck."""
    try:
        text = line.decode("utf-8").removeprefix("\ufeff").rstrip("\r\n")
        found = json.loads(text, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise _WrongLineError("it is not UTF-8", len(line[: error.start].decode("utf-8")) + 1) from None
    except json.JSONDecodeError as error:
        raise _WrongLineError(f"it is no JSON: {error.msg}", error.pos + 1) from None
    except (RecursionError, ValueError) as error:  # ValueError: a number with more digits than Python reads
        raise _WrongLineError("it is nested too deeply" if isinstance(error, RecursionError) else str(error)) from None
    if is_dict(found):
        found |= {name: _plain(found[name]) for name in ("config", "summary") if name in found}
    try:
        return msgspec.convert(found, _Line)
    except msgspec.ValidationError as error:
        said = in_our_words(str(error), _Line.__struct_fields__, _Points.__struct_fields__, get_args(_Status))
        raise _WrongLineError(said, _column(text, str(error))) from None


def _plain(value: Any, depth: int = 0) -> Any:  # whatever JSON can hold
    """Return the plain form of what json read; what is a form already stays."""
    if depth > _MAX_DEPTH:
        raise _WrongLineError(f"it is nested deeper than {_MAX_DEPTH} levels")
    if is_dict(value):
        return {_name(name): _plain(part, depth + 1) for name, part in value.items()}
    if is_list(value):
        return [_plain(part, depth + 1) for part in value]
    return Encoder().encode(value)


def _name(name: str) -> str:
    if not name.isascii() and any("\ud800" <= char <= "\udfff" for char in name):
        raise _WrongLineError(f"the name {name!a} has half a surrogate pair")
    return name


def _depth(plain: Any) -> int:  # a plain form
    parts = plain.values() if is_dict(plain) else plain if is_list(plain) else ()
    return 1 + max(map(_depth, parts), default=0)


def _column(text: str, message: str) -> int:
    """Return where in a line the field stands that a message of msgspec's names; 1 where it names none."""
    names = _PART.findall(message) or _NAMED.findall(message)
    at = text.find(json.dumps(names[-1], ensure_ascii=False)) if names else -1
    return at + 1 if at >= 0 else 1


def _run_of(found: _Line, line: bytes) -> SourceRun:
    run = SourceRun(
        identity=found.id,
        id=found.id if is_usable_id(found.id) else "",
        name=found.name,
        project=found.project,
        group=found.group,
        job_type=found.job_type,
        tags=found.tags,
        notes=found.notes,
        status=found.status,
        exit_code=found.exit_code,
        error=found.error,
        created_ns=_time("created", found.created),
        finished_ns=_time("finished", found.finished),
        host=found.host,
        config=found.config,
        metrics={metric: _series(metric, points) for metric, points in found.metrics.items()},
        is_plain=True,
        raw=line.strip(),
    )
    if found.summary is not None:
        run.summary = found.summary
    else:
        encode = Encoder().encode
        run.summary = {name: encode(series.values[-1]) for name, series in run.metrics.items() if series.values}
    if found.user:
        run.environment["user"] = found.user
    if found.commit:
        run.environment["git"] = {"commit": found.commit}
    return run


def _time(name: str, when: str | float | None) -> int:
    if when is None:
        return 0
    if isinstance(when, str):
        try:
            return ns_of(datetime.fromisoformat(when))
        except ValueError:
            raise _WrongLineError(f"{name} is {when[:40]!r}, which is no time as ISO 8601 has it") from None
    if not 0 <= when < _LAST_S:
        raise _WrongLineError(f"{name} is {when}, which is no time in seconds since 1970")
    return round(when * 1e6) * 1000


def _finite(text: str) -> float:
    value = float(text)
    if value in (inf, -inf):
        raise _WrongLineError(f"the number {text[:40]} is beyond all floats")
    return value


def _series(metric: str, points: _Points) -> Series:
    if len(points.steps) != len(points.values):
        raise _WrongLineError(f"metric {metric!r} has {len(points.steps)} steps and {len(points.values)} values")
    try:
        return Series(
            array("q", points.steps), array("d", map(_float, points.values)), array("q", bytes(8 * len(points.steps)))
        )
    except (OverflowError, KeyError) as error:
        raise _WrongLineError(f"metric {metric!r} has a step or value that is none: {error}") from None


def _float(value: float | str | None) -> float:
    if value is None:
        return nan
    return _SPECIAL[value] if isinstance(value, str) else value
