"""A section that a draft does not have yet: ``config["train"]["epochs"] = 4`` before ``init()`` makes it."""

from typing import Any

from setpoint.errors import MissingParamError

from .edits import raw_get
from .tree import MISSING, is_a


class Pending:
    """What ``config["train"]`` gives in a draft without ``train``: setting something in it makes the section.

    Any other use raises MissingParamError, a KeyError, as reading a missing key does.
    """

    __slots__ = ("_names", "_section")

    def __init__(self, section: Any, names: tuple[str, ...]) -> None:
        object.__setattr__(self, "_section", section)
        object.__setattr__(self, "_names", names)

    def __getitem__(self, name: Any) -> Any:
        at = self._found()
        if at is not None:
            return at[name]
        if not isinstance(name, str):
            raise self._missing()
        return Pending(self._section, (*self._names, name))

    def __setitem__(self, name: Any, value: Any) -> None:
        at, names = self._section, self._names
        while names and names[0] in at:
            at, names = at[names[0]], names[1:]
        for outer in reversed(names[1:] if names else ()):
            value, name = {name: value}, outer
        if names:
            value, name = {name: value}, names[0]
        at[name] = value

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __getattr__(self, name: str) -> Any:
        at = self._found()
        if at is not None:
            return getattr(at, name)
        if name == "update":
            return self._update
        raise self._missing()

    def _update(self, *others: Any, **params: Any) -> None:
        for name, value in dict(*others, **params).items():
            self[name] = value

    def _found(self) -> Any:
        """Return the section, if it has been made since."""
        return _below(self._section, self._names)

    def _missing(self) -> MissingParamError:
        return MissingParamError(self._names[0], self._section)


def _below(at: Any, names: tuple[str, ...]) -> Any:
    """Return what stands below *at* under *names*, or None."""
    if not names:
        return at
    part = raw_get(at, names[0]) if is_a(at, dict) else MISSING
    return None if part is MISSING else _below(part, names[1:])


def _refuse(self: Pending, *_: Any) -> Any:
    raise self._missing()


_USES = """
repr str bytes format lt le eq ne gt ge hash bool len iter contains delitem reversed call
add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow matmul rmatmul divmod rdivmod
and rand or ror xor rxor lshift rlshift rshift rrshift neg pos abs invert int float complex index
round trunc floor ceil enter exit fspath
"""
for _name in _USES.split():
    setattr(Pending, f"__{_name}__", _refuse)
