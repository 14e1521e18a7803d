"""Plain forms back to values."""

from typing import Any

from .foreign import FOREIGN_READERS
from .forms import READERS, Reader
from .marks import ArrayDigest, Foreign, Redacted, StandIn
from .raw import copy_list
from .show import show

_MAX_DEPTH = 128
_SCALARS = frozenset({str, int, float, bool, type(None)})


def decode(plain: Any) -> Any:
    """Return the value that *plain*, a form made by ``Encoder.encode``, stands for; never raises.

    Classes and functions are found only where their module is loaded already; otherwise a Foreign keeps the data. A
    form that this version doesn't know, or that is damaged, gives a StandIn.
    """
    return _read(plain, 0)


def _read(plain: Any, depth: int) -> Any:
    if type(plain) in _SCALARS:
        return plain
    if depth > _MAX_DEPTH:
        return StandIn(type(plain).__name__, show(plain, 200), f"it is nested deeper than {_MAX_DEPTH} levels")
    below = depth + 1
    if type(plain) is list:
        return [part if type(part) in _SCALARS else _read(part, below) for part in copy_list(plain)]
    if "$type" in plain:
        return _read_form(plain, below)
    if "$redacted" in plain:
        return Redacted(str(plain["$redacted"]))
    return {name: part if type(part) in _SCALARS else _read(part, below) for name, part in plain.items()}


def _read_form(form: dict[str, Any], depth: int) -> Any:
    kind = str(form["$type"])
    reader = READERS.get(kind) or FOREIGN_READERS.get(kind) or _MARK_READERS.get(kind)
    if reader is None:
        return StandIn(kind, show(form, 200), "this version of setpoint doesn't know the type; a newer one wrote it")
    try:
        return reader(form, lambda part: _read(part, depth))
    except Exception as error:  # noqa: BLE001  # constructors of many libraries, fed with whatever a file holds
        return StandIn(kind, show(form, 200), f"reading it raised {type(error).__name__}: {show(str(error))}")


def _read_stand_in(form: dict[str, Any], _read: Any) -> StandIn:
    return StandIn(form["of"], form["repr"], form["reason"])


def _read_foreign(form: dict[str, Any], read: Any) -> Foreign:
    return Foreign(form["of"], form["kind"], form["name"], read(form["value"]))


def _read_digest(form: dict[str, Any], read: Any) -> ArrayDigest:
    return ArrayDigest(form["dtype"], tuple(form["shape"]), form["hash"], tuple(read(form["preview"])))


_MARK_READERS: dict[str, Reader] = {"stand-in": _read_stand_in, "foreign": _read_foreign, "array": _read_digest}
