"""The framing of LevelDB's log, in which W&B keeps the records of a run.

A file is a row of blocks of 32 KiB. A block holds pieces: checksum (CRC-32 of kind and data, little-endian), length (2
bytes), kind (1 whole, 2 first, 3 middle, 4 last), data; fewer than 7 bytes at a block's end are filling. W&B puts a
header of 7 bytes before it all: ``:W&B``, a magic number and a version.

Source:
    LevelDB, doc/log_format.md; W&B's ``wandb/sdk/internal/datastore.py``, with zlib's CRC-32 in place of CRC-32C.
"""

import struct
import zlib
from collections.abc import Iterator

from msgspec import Struct

HEADER = b":W&B"
_HEADER_BYTES = 7
_BLOCK_BYTES = 32_768
_PIECE = struct.Struct("<IHB")
_WHOLE, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4


class Cut(Struct, frozen=True):
    """A place (byte from 0) from which something could not be read, and why."""

    start: int
    problem: str


def read_records(data: bytes) -> Iterator[bytes | Cut]:
    """Yield the records in order, and a Cut where one is damaged or the file ends within one; never raises."""
    if not data.startswith(HEADER) or len(data) < _HEADER_BYTES:
        yield Cut(0, "it does not begin as W&B's files do")
        return
    parts: list[bytes] = []
    for piece in _pieces(data):
        if isinstance(piece, Cut):
            parts.clear()
            yield piece
            continue
        kind, start, part = piece
        if kind in (_WHOLE, _FIRST):
            if parts:
                yield Cut(start, "the record before has no end")
            parts = [part]
        elif parts:
            parts.append(part)
        else:
            yield Cut(start, "the record has no beginning")
            continue
        if kind in (_WHOLE, _LAST):
            yield b"".join(parts)
            parts = []
    if parts:
        yield Cut(len(data), "the last record has no end")


def _pieces(data: bytes) -> Iterator[tuple[int, int, bytes] | Cut]:
    at = _HEADER_BYTES
    while at < len(data):
        left = _BLOCK_BYTES - at % _BLOCK_BYTES
        if left < _PIECE.size:
            at += left
            continue
        if at + _PIECE.size > len(data):
            yield Cut(at, "the file ends within a record")
            return
        checksum, size, kind = _PIECE.unpack_from(data, at)
        start = at + _PIECE.size
        if not kind and not size and not checksum:
            at += left  # a block that was made ready, and never filled
            continue
        if start + size > len(data) and start + size <= at + left:
            yield Cut(at, "the file ends within a record")
            return
        if size > left - _PIECE.size or not _is_sound(data, start, size, kind, checksum):
            yield Cut(at, "a record's checksum is wrong")
            at += left  # where the next piece begins is unknown up to the next block
            continue
        yield kind, at, data[start : start + size]
        at = start + size


def _is_sound(data: bytes, start: int, size: int, kind: int, checksum: int) -> bool:
    found = zlib.crc32(data[start : start + size], zlib.crc32(bytes((kind,))))
    return _WHOLE <= kind <= _LAST and found == checksum
