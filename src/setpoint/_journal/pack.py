"""Packs: many finished runs of a day in one file, a line each, in place of their folders.

A line has the frame of a record: checksum, space, JSON, newline. The JSON holds what queries ask for as it is, so that
it is read fast, then everything else compressed. A pack is never changed: it is written under another name, synced and
renamed; only then do the folders go. ``docs/design/catalog.md`` says which runs are packed.
"""

import sys
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from operator import sub
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from setpoint._core.leaves import is_dict
from setpoint._core.values import Encoder, decode

from . import layout
from .changed import changed_keys
from .state import Damage, Disagreement, Held, Recorded, RunState, Series, Stats, WriterState

VERSION = 1
SUFFIX = layout.PACK_SUFFIX
_PREFIX = 9  # 8 hexadecimal digits and a space
Encode = Callable[[Any, str], Any]
"""Makes the plain form of a value, given the value and the name it has."""


class PackedSeries(Struct):
    """The points of a metric: differences of steps, values, and differences of times (ns), each compressed."""

    count: int
    steps: bytes
    values: bytes
    times: bytes


class _Details(Struct, omit_defaults=True):
    """What a run's line keeps compressed; values are in plain form.

    With ``stated`` the config was stated once, whole, and never changed: ``changes`` are one for each name of the
    config, and ``held`` has only the params that others hold. ``stated.py`` makes them.
    """

    held: dict[str, Held]
    changes: list[Recorded]
    stats: dict[str, Stats]
    environment: Any  # plain
    unused: dict[str, list[str]]
    disagreements: list[Disagreement]
    writers: list[WriterState]
    damages: list[Damage]
    files: dict[str, bytes]
    stated: Held | None = None
    chosen: list[str] = []


class PackedRun(Struct, tag_field="kind", tag="run"):
    """The line of one run. Names and meanings of the fields are those of RunState where nothing else is said."""

    v: int
    id: str
    name: str
    project: str
    group: str
    job_type: str
    status: str
    created_ns: int
    finished_ns: int
    host: str
    user: str
    commit: str
    notes: str
    error: str
    exit_code: int | None
    damage: int  # how many ranges
    lost: int
    unknown: int
    tags: list[str]
    changed: list[str]  # keys of params that were changed
    config: dict[str, Any]  # plain
    summary: dict[str, Any]  # plain
    details: bytes
    metrics: dict[str, PackedSeries]


E = TypeVar("E")


class PackedEntry(Struct, Generic[E]):
    """One line as far as the reader asked for it; ``entry`` is None where the line is damaged."""

    entry: E | None
    offset: int
    size_bytes: int


def is_pack(name: str) -> bool:
    """Tell whether a file of that name in a day folder is a pack."""
    return layout.is_pack(name)


def read_entries(path: Path, kind: type[E]) -> Iterator[PackedEntry[E]]:
    """Yield each line of a pack, decoded to *kind*, a struct with some of PackedRun's fields; raises OSError."""
    decoder = msgspec.json.Decoder(kind)
    offset = 0
    with path.open("rb") as file:
        for line in file:
            yield PackedEntry(_decoded(line, decoder), offset, len(line))
            offset += len(line)


def _decoded(line: bytes, decoder: msgspec.json.Decoder[E]) -> E | None:
    payload = line[_PREFIX:-1]
    try:
        if not line.endswith(b"\n") or int(line[:8], 16) != zlib.crc32(payload):
            return None
        return decoder.decode(payload)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def read_packed(path: Path, offset: int, size_bytes: int, run_id: str) -> RunState | None:
    """Return the run whose line stands there; None where the line is damaged or another run's; raises OSError."""
    with path.open("rb") as file:
        file.seek(offset)
        line = file.read(size_bytes)
    packed = read_line(line)
    return unpacked(packed) if packed is not None and packed.id == run_id else None


def read_line(line: bytes) -> PackedRun | None:
    """Return the run of a pack's line; None where the line is damaged."""
    return _decoded(line, _RUN_DECODER)


def config_of(state: RunState) -> bytes:
    """Return the config in plain form as JSON with sorted names, to compare by."""
    plain = {name: Encoder().encode(value, name) for name, value in state.config.items()}
    return msgspec.json.encode(plain, order="deterministic")


def find_packed(path: Path, run_id: str) -> RunState | None:
    """Return a run by reading through the pack; None where it is not there; raises OSError."""
    for item in read_entries(path, PackedRun):
        if item.entry is not None and item.entry.id == run_id:
            return unpacked(item.entry)
    return None


def line_of(state: RunState, files: dict[str, bytes] | None = None, encode: Encode | None = None) -> bytes:
    """Return the line of a run; *files* are those that were kept beside its journal, by file name.

    *encode* returns the plain form of a value; by default the one that any value has.
    """
    return framed(packed_of(state, files or {}, encode or Encoder().encode))


def framed(packed: PackedRun) -> bytes:
    """Return the line of a run in packed form."""
    payload = msgspec.json.encode(packed)
    return b"%08x %b\n" % (zlib.crc32(payload), payload)


def packed_of(state: RunState, files: dict[str, bytes], plain: Encode) -> PackedRun:
    """Return the packed form of a run; *plain* returns the plain form of a value."""
    git = state.environment.get("git")
    return PackedRun(
        v=VERSION,
        id=state.id,
        name=state.name,
        project=state.project,
        group=state.group,
        job_type=state.job_type,
        status=state.status,
        created_ns=state.created_ns,
        finished_ns=state.finished_ns,
        host=state.writers[0].host if state.writers else "",
        user=str(state.environment.get("user") or ""),
        commit=str(git.get("commit") or "") if is_dict(git) else "",
        notes=state.notes,
        error=state.error,
        exit_code=state.exit_code,
        damage=len(state.damage),
        lost=state.lost,
        unknown=state.unknown,
        tags=state.tags,
        changed=changed_keys(state.changes),
        config={name: plain(value, name) for name, value in state.config.items()},
        summary={name: plain(value, name) for name, value in state.summary.items()},
        details=compressed(_details(state, files, plain)),
        metrics={name: _packed_series(series) for name, series in state.metrics.items()},
    )


def _details(state: RunState, files: dict[str, bytes], plain: Encode) -> _Details:
    replace = msgspec.structs.replace
    return _Details(
        held=state.held,
        changes=[replace(change, value=plain(change.value, "")) for change in state.changes],
        stats=state.stats,
        environment=plain(state.environment, ""),
        unused=state.unused,
        disagreements=[
            replace(item, value=plain(item.value, ""), leading=plain(item.leading, "")) for item in state.disagreements
        ],
        writers=state.writers,
        damages=state.damage,
        files=files,
        chosen=state.chosen,
    )


def unpacked(packed: PackedRun) -> RunState:
    """Return the run that was packed; raises ValueError where its compressed part can't be read."""
    details = details_of(packed)
    if details.stated is not None:
        from .stated import restate

        restate(details, details.stated, packed.config)
    replace = msgspec.structs.replace
    return RunState(
        id=packed.id,
        name=packed.name,
        project=packed.project,
        group=packed.group,
        job_type=packed.job_type,
        tags=packed.tags,
        notes=packed.notes,
        status=packed.status,
        exit_code=packed.exit_code,
        error=packed.error,
        created_ns=packed.created_ns,
        finished_ns=packed.finished_ns,
        config=decoded_tree(packed.config),
        held=details.held,
        changes=[replace(change, value=decode(change.value)) for change in details.changes],
        summary=decoded_tree(packed.summary),
        chosen=details.chosen,
        stats=details.stats,
        metrics={name: _series(series) for name, series in packed.metrics.items()},
        environment=decode(details.environment),
        unused=details.unused,
        disagreements=[
            replace(item, value=decode(item.value), leading=decode(item.leading)) for item in details.disagreements
        ],
        writers=details.writers,
        damage=details.damages,
        lost=packed.lost,
        unknown=packed.unknown,
    )


def compressed(details: _Details) -> bytes:
    """Return the compressed part of a packed run as its line keeps it."""
    return zlib.compress(_DETAILS_ENCODER.encode(details))


def details_of(packed: PackedRun) -> _Details:
    """Return the compressed part of a packed run."""
    try:
        return _DETAILS_DECODER.decode(zlib.decompress(packed.details))
    except zlib.error as error:
        raise ValueError(f"run {packed.id}: its details can't be decompressed: {error}") from None


def decoded_tree(plain: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a whole config or summary in plain form."""
    return {name: decode(value) for name, value in plain.items()}


def _packed_series(series: Series) -> PackedSeries:
    return PackedSeries(
        len(series.steps),
        _squeezed(_differences(series.steps)),
        _squeezed(array("d", series.values)),
        _squeezed(_differences(series.times)),
    )


def _series(packed: PackedSeries) -> Series:
    return Series(
        _sums(_stretched("q", packed.steps)), _stretched("d", packed.values), _sums(_stretched("q", packed.times))
    )


def _differences(numbers: "array[int]") -> "array[int]":
    found = [*numbers[:1], *map(sub, numbers[1:], numbers)]
    try:
        return array("q", found)
    except OverflowError:  # two are further apart than 63 bits: the difference goes round, and back when it is read
        return array("q", map(_wrapped, found))


def _sums(numbers: "array[int]") -> "array[int]":
    from itertools import accumulate

    try:
        return array("q", accumulate(numbers))
    except OverflowError:
        return array("q", map(_wrapped, accumulate(numbers)))


def _wrapped(number: int) -> int:
    return (number + 2**63) % 2**64 - 2**63


def _squeezed(numbers: "array[Any]") -> bytes:
    if sys.byteorder == "big":
        numbers = array(numbers.typecode, numbers)
        numbers.byteswap()
    return zlib.compress(numbers.tobytes())


def _stretched(typecode: str, data: bytes) -> "array[Any]":
    numbers: array[Any] = array(typecode)
    numbers.frombytes(zlib.decompress(data))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def write_pack(folder: Path, lines: Iterable[bytes]) -> Path | None:
    """Write the lines as a new pack of a day folder and return its path; None where there are none; raises OSError.

    When it returns, the pack is on disk whole; before, no reader sees any of it.
    """
    import os

    name = os.urandom(8).hex()
    temporary = folder / f".{name}.tmp"
    count = 0
    try:
        with temporary.open("xb") as file:
            temporary.chmod(0o600)
            for line in lines:
                file.write(line)
                count += 1
            file.flush()
            os.fsync(file.fileno())
        if not count:
            return None
        final = folder / f"{name}{SUFFIX}"
        temporary.rename(final)
    finally:
        temporary.unlink(missing_ok=True)
    from .segment import sync_folder

    sync_folder(folder)
    return final


_RUN_DECODER = msgspec.json.Decoder(PackedRun)
_DETAILS_ENCODER = msgspec.msgpack.Encoder()
_DETAILS_DECODER = msgspec.msgpack.Decoder(_Details)
