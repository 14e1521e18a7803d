"""Lines of packs for runs whose config was stated once and never changed, as those of other trackers: made fast.

Who holds the params, and the changes that made them, are the same for all params of such a run, so they are written
once. What a line keeps compressed is then the same for all runs but for a few facts: the same part is compressed once,
the facts follow it as they are. It is one stream as zlib makes it, and read as any other.

Source:
    RFC 1950 (zlib) and RFC 1951 (DEFLATE): a flushed stream may be followed by stored blocks; its checksum goes on.
"""

from __future__ import annotations  # array[int] can't be evaluated before Python 3.12

import sys
import zlib
from array import array
from functools import lru_cache
from typing import Any

import msgspec

from setpoint._core.keys import quote_name
from setpoint._core.leaves import flatten

from . import pack
from .state import Held, Recorded, Series, Stats, WriterState

_MOST_STORED = 1024  # bytes; a longer rest is compressed
_STORED_SERIES = 256  # bytes; hardly any shorter row of floats gets smaller
_IS_LITTLE = sys.byteorder == "little"
_RAW = -15  # zlib's sign for DEFLATE without a head
_encode = msgspec.msgpack.Encoder().encode
_quoted = lru_cache(maxsize=16_384)(quote_name)


def restate(details: Any, stated: Held, config: dict[str, Any]) -> None:  # Any: pack's details, which import this
    """Fill in what details in short leave out; *config* is in plain form."""
    held = dict.fromkeys(map(_quoted, config), stated)
    held.update(dict.fromkeys((key for key, _ in flatten(config)), stated))
    held.update(details.held)
    details.held = held
    details.changes = [_change(_quoted(name), value, held[_quoted(name)]) for name, value in config.items()]
    details.stated = None


def _change(key: str, value: Any, held: Held) -> Recorded:
    return Recorded(key, value, held.origin, False, held.level, held.time_ns, held.writer, held.step, held.description)


class StatedLines:
    """Makes the lines of runs all of whose params have one holder, but for those that a run's ``held`` names."""

    def __init__(self, stated: Held) -> None:
        """Take the holder."""
        same: dict[str, Any] = {
            "changes": [],
            "unused": {},
            "disagreements": [],
            "damages": [],
            "files": {},
            "stated": stated,
        }
        head = bytes((0x80 | len(same) + len(_OWN) + 1,))  # msgpack's map of up to 15 entries
        body = head + b"".join(_encode(name) + _encode(value) for name, value in same.items())
        compressor = zlib.compressobj()
        self._head = compressor.compress(body) + compressor.flush(zlib.Z_FULL_FLUSH)
        self._checksum = zlib.adler32(body)
        self._name = stated.writer
        self._writers: dict[str, bytes] = {}

    def line(
        self, packed: pack.PackedRun, held: dict[str, Held], stats: dict[str, Stats], environment: dict[str, Any]
    ) -> bytes:
        """Return the line of a run.

        Args:
            packed: the run, all but its details.
            held: the params that have another holder, by key.
            stats: the digest of each metric.
            environment: the facts, in plain form.
        """
        own = (held, stats, environment)
        rest = b"".join([name + _encode(value) for name, value in zip(_OWN, own, strict=True)])
        rest += self._writer(packed.host)
        checksum = zlib.adler32(rest, self._checksum).to_bytes(4, "big")
        packed.details = b"".join((self._head, _last_block(rest), checksum))
        return pack.framed(packed)

    def _writer(self, host: str) -> bytes:
        """Return the list of writers, encoded: one, which is known by its host alone."""
        known = self._writers.get(host)
        if known is None:
            writer = WriterState(self._name, "main", 1, None, host, 0, "", "", 0, 0)
            known = self._writers[host] = _encode("writers") + _encode([writer])
        return known


_OWN = tuple(map(_encode, ("held", "stats", "environment")))


def _last_block(data: bytes) -> bytes:
    if len(data) > _MOST_STORED:
        compressor = zlib.compressobj(wbits=_RAW)
        return compressor.compress(data) + compressor.flush()
    size = len(data)
    return b"\x01" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + data


def packed_series(series: Series) -> pack.PackedSeries:
    """Return the packed form of a series: few values are stored as they are, equal steps and times compressed once."""
    values = series.values.tobytes()
    return pack.PackedSeries(
        len(series.steps),
        _packed_numbers(series.steps.tobytes()),
        _stored(values) if len(values) <= _STORED_SERIES and _IS_LITTLE else pack._squeezed(series.values),
        _packed_numbers(series.times.tobytes()),
    )


@lru_cache(maxsize=1024)
def _packed_numbers(data: bytes) -> bytes:
    return pack._squeezed(pack._differences(array("q", data)))


def _stored(data: bytes) -> bytes:
    """Return *data* as a zlib stream of one stored block."""
    return b"".join((b"\x78\x01", _last_block(data), zlib.adler32(data).to_bytes(4, "big")))
