"""Section: a real dict inside a config, whose every change is planned, recorded and told.

A first read of an attribute or item stores the value in the instance's ``__dict__``: the next attribute read is then
as fast as a plain object's, and ``unused()`` knows the key was read. Every write drops it again.
"""

from collections.abc import Iterator
from typing import Any, Self, SupportsIndex

from setpoint.errors import MissingParamError, ReservedNameError

from .acting import assign, edit
from .edits import plain, raw_get
from .pending import Pending
from .plan import Plan
from .raw import (
    dict_clear,
    dict_delete,
    dict_has,
    dict_item,
    dict_iter,
    dict_keys,
    dict_set,
    dict_update,
    dict_values,
    items_of,
)
from .tree import MISSING, Node, Stamp, drop_cached, param_key
from .values import show

_MAX_MISSING = 1000


class Section(dict[Any, Any]):
    """A dict inside a config."""

    __slots__ = ("__dict__", "_setpoint", "_setpoint_seen")
    _is_tracked = True
    _reserved: frozenset[str]
    _setpoint: Node
    _setpoint_seen: dict[str, Any]

    def __init__(self, node: Node) -> None:
        super().__init__()
        object.__setattr__(self, "_setpoint", node)
        # Item reads find the cache of attributes through a slot: twice as fast as through __dict__.
        object.__setattr__(self, "_setpoint_seen", self.__dict__)

    def __getitem__(self, name: Any) -> Any:
        try:
            return self._setpoint_seen[name]
        except KeyError:
            return read_item(self, name)

    def __getattr__(self, name: str) -> Any:
        # Dunder look-ups by copy, pickle and notebooks ask for protocols, not for params.
        if name[:2] == "__" and not dict_has(self, name):
            raise AttributeError(name)
        return first_read(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._reserved:
            raise ReservedNameError(name)
        tree = self._setpoint.tree
        if tree is None:
            self[name] = value
            return
        with tree.guard:
            assign(tree, self, name, value)

    def __delattr__(self, name: str) -> None:
        del self[name]

    def __setitem__(self, name: Any, value: Any) -> None:
        tree = self._setpoint.tree
        if tree is None:
            dict_set(self, name, value)
            drop_cached(self, name)
            return
        with tree.guard:
            assign(tree, self, name, value)

    def __delitem__(self, name: Any) -> None:
        if not dict_has(self, name):
            raise missing_param(self, name)
        edit(self, dict_delete, lambda plan, stamp: plan.delete(self, name, stamp), name)

    def __iter__(self) -> Iterator[Any]:
        # Overridden so that f(**section) and dict(section) read the items one by one, which marks them as read.
        return dict_iter(self)

    def get(self, name: Any, default: Any = None) -> Any:
        """Return the value of *name*, or *default*."""
        try:
            return self._setpoint_seen[name]
        except KeyError:
            return first_read(self, name) if dict_has(self, name) else note_missing(self, name, default)

    def items(self) -> Any:
        """Return a view of names and values; all count as read."""
        self._setpoint.reads.update(dict_keys(self))
        return items_of(self)

    def values(self) -> Any:
        """Return a view of the values; all count as read."""
        self._setpoint.reads.update(dict_keys(self))
        return dict_values(self)

    def pop(self, name: Any, default: Any = MISSING) -> Any:
        """Remove *name* and return its value; a locked param stays, with a warning."""
        value = raw_get(self, name)
        if value is MISSING:
            if default is MISSING:
                raise missing_param(self, name)
            return default
        del self[name]
        return value

    def popitem(self) -> tuple[Any, Any]:
        """Remove and return the last pair."""
        if not self:
            raise KeyError("popitem(): the section is empty")
        name = next(reversed(self))
        return name, self.pop(name)

    def clear(self) -> None:
        """Remove everything; locked params stay, with a warning."""

        def delete_all(plan: Plan, stamp: Stamp) -> None:
            for name in list(dict_keys(self)):
                plan.delete(self, name, stamp)

        edit(self, dict_clear, delete_all)

    def setdefault(self, name: Any, default: Any = None) -> Any:
        """Set *name* to *default* unless it is there, and return what is held."""
        if not dict_has(self, name):
            self[name] = default
        return self[name]

    def update(self, *others: Any, **params: Any) -> None:
        """Set what *others* hold, as ``dict.update`` does: all of it, or nothing where one change is refused."""
        new = dict(*others, **params)

        def put_all(plan: Plan, stamp: Stamp) -> None:
            for name, value in new.items():
                plan.put(self, name, value, stamp)

        edit(self, dict_update, put_all, new)

    def __ior__(self, other: Any) -> Self:  # type: ignore[misc]  # dict's own overloads differ as well
        self.update(other)
        return self

    def __dir__(self) -> list[str]:
        return [*dir(type(self)), *(name for name in dict_keys(self) if isinstance(name, str))]

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return dict, (plain(self),)

    def __copy__(self) -> dict[Any, Any]:
        return dict(items_of(self))

    def copy(self) -> dict[Any, Any]:
        """Return a plain dict with the same values."""
        return dict(items_of(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[Any, Any]:
        from copy import deepcopy

        return deepcopy(plain(self), memo)


Section._reserved = frozenset(dir(Section))


def first_read(section: Section, name: Any) -> Any:
    """Return what *section* holds under *name*, and mark it as read; raises MissingParamError."""
    node = section._setpoint
    tree = node.tree
    if tree is None:
        try:
            return dict_item(section, name)
        except KeyError:
            raise missing_param(section, name) from None
    with tree.guard:
        value = raw_get(section, name)
        if value is MISSING:
            raise missing_param(section, name)
        if type(name) is str and name not in section._reserved:
            section._setpoint_seen[name] = value
        else:
            node.reads.add(name)
        return value


def read_item(section: Section, name: Any) -> Any:
    """Return what *section* holds under *name*; in a draft a missing name is a section that may still come."""
    tree = section._setpoint.tree
    if tree is not None and tree.is_draft and isinstance(name, str) and not dict_has(section, name):
        return Pending(section, (name,))
    return first_read(section, name)


def missing_param(section: Section, name: Any) -> MissingParamError:
    """Return the error of reading *name*, and note that it was asked for."""
    note_missing(section, name, None)
    return MissingParamError(name if isinstance(name, str) else show(name), section)


def note_missing(section: Section, name: Any, default: Any) -> Any:
    """Note that *name* was read but is missing, for near misses in ``unused()``; return *default*."""
    tree = section._setpoint.tree
    if tree is not None and isinstance(name, str) and name[:1] != "_" and len(tree.missing) < _MAX_MISSING:
        tree.missing.add(param_key(section, name))
    return default
