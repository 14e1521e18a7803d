"""The framing of TFRecord files, in which TensorBoard keeps events.

A record is: length (8 bytes, little-endian), masked CRC-32C of the length (4), data, masked CRC-32C of the data (4).

Source:
    TensorFlow, "TFRecord and tf.train.Example"; RFC 3720, appendix B.4 (CRC-32C).
"""

import struct
from collections.abc import Iterator
from functools import cache

from .leveldb_log import Cut

_HEAD = struct.Struct("<QI")
_CRC = struct.Struct("<I")
_MASK_DELTA = 0xA282EAD8
_POLYNOMIAL = 0x82F63B78  # CRC-32C, reflected


def read_records(data: bytes) -> Iterator[bytes | Cut]:
    """Yield the records in order, and a Cut where the file ends within one or a length is damaged; never raises.

    A record whose data are damaged is left out, with a Cut in its place; behind a damaged length nothing can be found.
    """
    at = 0
    while at < len(data):
        if at + _HEAD.size > len(data):
            yield Cut(at, "the file ends within a record")
            return
        size, checksum = _HEAD.unpack_from(data, at)
        if masked_crc(data[at : at + 8]) != checksum:
            yield Cut(at, "the length of a record is damaged, so the rest can't be found")
            return
        start, end = at + _HEAD.size, at + _HEAD.size + size
        if end + _CRC.size > len(data):
            yield Cut(at, "the file ends within a record")
            return
        record = data[start:end]
        if masked_crc(record) == _CRC.unpack_from(data, end)[0]:
            yield record
        else:
            yield Cut(at, "a record's checksum is wrong")
        at = end + _CRC.size


def masked_crc(data: bytes) -> int:
    """Return the CRC-32C of *data*, turned and shifted as TFRecord has it."""
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + _MASK_DELTA) & 0xFFFF_FFFF


def crc32c(data: bytes) -> int:
    """Return the CRC-32C of *data*, four bytes a turn.

    Source:
        M. Kounavis, F. Berry, "A Systematic Approach to Building High Performance Software-based CRC Generators", 2005.
    """
    first, second, third, fourth = _tables()
    crc = 0xFFFF_FFFF
    whole = len(data) // 4 * 4
    for word in memoryview(data)[:whole].cast("I") if _IS_LITTLE else struct.unpack(f"<{whole // 4}I", data[:whole]):
        crc ^= word
        crc = fourth[crc & 0xFF] ^ third[crc >> 8 & 0xFF] ^ second[crc >> 16 & 0xFF] ^ first[crc >> 24]
    for byte in data[whole:]:
        crc = first[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFF_FFFF


_IS_LITTLE = struct.pack("=H", 1) == b"\x01\x00"


@cache
def _tables() -> tuple[list[int], list[int], list[int], list[int]]:
    first = [_turned(byte) for byte in range(256)]
    second = [first[crc & 0xFF] ^ crc >> 8 for crc in first]
    third = [first[crc & 0xFF] ^ crc >> 8 for crc in second]
    fourth = [first[crc & 0xFF] ^ crc >> 8 for crc in third]
    return first, second, third, fourth


def _turned(crc: int) -> int:
    for _ in range(8):
        crc = crc >> 1 ^ _POLYNOMIAL if crc & 1 else crc >> 1
    return crc
