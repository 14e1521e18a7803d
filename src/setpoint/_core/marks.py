"""What stands in a recorded config where the value itself does not."""

from typing import Any

from msgspec import Struct

Plain = None | bool | int | float | str | list[Any] | dict[str, Any]
"""What JSON writes exactly: the parts of a list or dict are plain again."""


class StandIn(Struct, frozen=True):
    """A value that could not be kept: its type, how it read (bounded) and why it was not kept."""

    type_name: str
    shown: str
    reason: str

    def __repr__(self) -> str:
        return f"<{self.type_name}: {self.shown}>"


class Redacted(Struct, frozen=True):
    """A secret that was not recorded; equal secrets have equal fingerprints (hexadecimal digits)."""

    fingerprint: str

    def __repr__(self) -> str:
        return f"[redacted {self.fingerprint[:8]}]"


class Foreign(Struct, frozen=True):
    """A value whose class is not loaded here, with all that was recorded of it.

    ``kind`` is ``enum``, ``namedtuple``, ``dataclass``, ``type``, ``function``, ``dict``, ``set``, ``frozenset`` or a
    kind of numpy's or torch's. ``name`` is an enum member's name; ``value`` is its value, the fields of a dataclass or
    named tuple as a dict, or the parts of a container.
    """

    type_name: str
    kind: str
    name: str = ""
    value: Any = None  # a param's value is whatever the user put in

    def __repr__(self) -> str:
        if self.kind == "enum":
            return f"{self.type_name}.{self.name}"
        if self.kind in ("type", "function"):
            return self.type_name
        if self.kind in ("dataclass", "namedtuple"):
            fields: dict[str, Any] = self.value
            return f"{self.type_name}({', '.join(f'{name}={part!r}' for name, part in fields.items())})"
        return f"{self.type_name}({self.value!r})"


class ArrayDigest(Struct, frozen=True):
    """An array too large to keep: dtype, shape, a hash of its bytes and its first values.

    ``hash`` is ``blake2b:<hex>`` over all bytes in C order, or ``blake2b-sample:<hex>`` over evenly spaced blocks where
    the array is larger than 64 MiB.
    """

    dtype: str
    shape: tuple[int, ...]
    hash: str
    preview: tuple[Any, ...]

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.shape))
        return f"<array {shape} {self.dtype}: {', '.join(map(repr, self.preview))}, ...>"
