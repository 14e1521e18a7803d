"""A record and its line: 8 hexadecimal digits of CRC-32 over the payload, a space, the payload in JSON, a newline."""

from typing import get_args
from zlib import crc32

from msgspec import DecodeError, Struct, json

from .record import VERSION, AnyRecord, Record, Unknown

_PREFIX = 9  # the checksum and the space
_HEX = frozenset(b"0123456789abcdef")

encode_record = json.Encoder().encode
_decode_record = json.Decoder(AnyRecord).decode
_KINDS = frozenset(str(kind.__struct_config__.tag) for kind in get_args(AnyRecord))


class _Envelope(Struct):
    """What any record of any version has."""

    v: int
    kind: str
    seq: int = 0
    t: int = 0


# What the decoder raises for bytes that are no record: ValueError for bytes that are no UTF-8.
_NO_RECORD = (DecodeError, ValueError, RecursionError)
_decode_envelope = json.Decoder(_Envelope).decode


class Frame(Struct, frozen=True, gc=False):
    """A record and where it stands: its file, its bytes from ``start`` to before ``end``, its line (1-based)."""

    record: Record
    path: str
    start: int
    end: int
    line: int


class FrameError(ValueError):
    """A line is not a record; ``kind`` is that of a Damage."""

    def __init__(self, kind: str, detail: str) -> None:
        """Take the damage's kind, and what is wrong."""
        super().__init__(kind, detail)
        self.kind, self.detail = kind, detail


def to_line(record: Record) -> bytes:
    """Return the line of a record, its newline included."""
    payload = encode_record(record)
    return b"%08x %b\n" % (crc32(payload), payload)


def from_line(line: bytes) -> Record:
    """Return the record of *line*, which has no newline.

    A record of a kind that this version doesn't know, or of a newer format version that it can't read, is an Unknown.

    Raises:
        FrameError: the checksum is not that of the payload, or the payload is no record.
    """
    payload = line[_PREFIX:]
    if len(line) <= _PREFIX or line[8] != 0x20 or not _HEX.issuperset(line[:8]):
        raise FrameError("checksum", "no checksum at the start of the line")
    if int(line[:8], 16) != crc32(payload):
        raise FrameError("checksum", "the checksum is not that of the record")
    try:
        record: Record = _decode_record(payload)
    except _NO_RECORD as error:
        return _from_newer(payload, error)
    return record


def _from_newer(payload: bytes, error: Exception) -> Unknown:
    try:
        envelope = _decode_envelope(payload)
    except _NO_RECORD:
        raise FrameError("format", f"no record: {error}") from None
    if envelope.v <= VERSION and envelope.kind in _KINDS:
        raise FrameError("format", f"a wrong {envelope.kind} record: {error}")
    return Unknown(v=envelope.v, seq=envelope.seq, t=envelope.t)
