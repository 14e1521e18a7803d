"""The wire format of protocol buffers, read without a schema: which field has which bytes or number.

Source:
    Protocol Buffers, "Encoding": tags, varints, lengths, and the wire types 0, 1, 2 and 5.
"""

import struct
from collections.abc import Iterator

Message = dict[int, list["int | bytes"]]
"""The values of a message's fields by number: numbers (unsigned) of wire types 0, 1 and 5, bytes of wire type 2."""


def read_message(data: bytes) -> Message:
    """Return the fields of a message; raises ValueError where the bytes are none."""
    message: Message = {}
    for number, value in _fields(data):
        message.setdefault(number, []).append(value)
    return message


def _fields(data: bytes) -> Iterator[tuple[int, "int | bytes"]]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield tag >> 3, value
            continue
        if kind == 2:
            size, at = _varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError(f"field {tag >> 3} has the unknown wire type {kind}")
        end = at + size
        if end > len(data):
            raise ValueError(f"field {tag >> 3} goes beyond the end of its message")
        part = data[at:end]
        yield tag >> 3, part if kind == 2 else int.from_bytes(part, "little")
        at = end


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError("a number is cut off or too long")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
        shift += 7


def text(message: Message, number: int) -> str:
    """Return the last text of a field; empty where there is none. Bytes that are not UTF-8 are replaced."""
    value = message.get(number, [b""])[-1]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def texts(message: Message, number: int) -> list[str]:
    """Return all texts of a repeated field."""
    return [value.decode("utf-8", "replace") for value in message.get(number, []) if isinstance(value, bytes)]


def messages(message: Message, number: int) -> list[Message]:
    """Return all messages of a repeated field; raises ValueError where one can't be read."""
    return [read_message(value) for value in message.get(number, []) if isinstance(value, bytes)]


def inner(message: Message, number: int) -> Message:
    """Return the message in a field, an empty one where there is none; raises ValueError."""
    found = messages(message, number)
    return found[-1] if found else {}


def signed(message: Message, number: int) -> int:
    """Return a field of type int32 or int64; 0, protobuf's default, where there is none."""
    value = message.get(number, [0])[-1]
    if isinstance(value, bytes):
        return 0
    return value - (1 << 64) if value >= 1 << 63 else value


def double(message: Message, number: int) -> float:
    """Return a field of type double; 0.0 where there is none."""
    return _float(message, number, "<d", 8)


def single(message: Message, number: int) -> float:
    """Return a field of type float; 0.0 where there is none."""
    return _float(message, number, "<f", 4)


def _float(message: Message, number: int, form: str, size: int) -> float:
    value = message.get(number, [0])[-1]
    if isinstance(value, bytes) or value >= 1 << (8 * size):
        return 0.0
    found: float = struct.unpack(form, value.to_bytes(size, "little"))[0]
    return found
