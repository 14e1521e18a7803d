"""The list and the set inside a config: real ones, whose every change is planned, recorded and told."""

from collections.abc import Callable, Iterable
from operator import index as index_of
from typing import Any, Self, SupportsIndex

from .acting import assign_item, edit
from .edits import Put, Rebuild, plain
from .plan import Plan
from .raw import list_extend, list_set, list_times, set_keep, set_update
from .tree import Node, Stamp, is_tracked
from .values import is_equal


class TrackedList(list[Any]):
    """A list inside a config. Growing at its end is free; everything else changes what it holds."""

    __slots__ = ("_setpoint",)
    _is_tracked = True
    _setpoint: Node

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._setpoint = node

    def append(self, value: Any) -> None:
        """Add *value* at the end."""
        self._grow([value])

    def extend(self, values: Iterable[Any]) -> None:
        """Add *values* at the end, all in one change of the config."""
        self._grow(list(values))

    def __iadd__(self, values: Iterable[Any]) -> Self:  # type: ignore[misc]  # list's own signatures differ as well
        self._grow(list(values))
        return self

    def __imul__(self, times: SupportsIndex) -> Self:
        self._change(list_times(self, times))
        return self

    def insert(self, index: SupportsIndex, value: Any) -> None:
        """Insert *value* before *index*."""
        content = list(self)
        content.insert(index, value)
        self._change(content)

    def remove(self, value: Any) -> None:
        """Remove the first item equal to *value*."""
        content = list(self)
        content.remove(value)
        self._change(content)

    def pop(self, index: SupportsIndex = -1) -> Any:
        """Remove and return the item at *index*."""
        content = list(self)
        value = content.pop(index)
        self._change(content)
        return value

    def clear(self) -> None:
        """Remove all items."""
        self._change([])

    def reverse(self) -> None:
        """Reverse the items in place."""
        self._change(self[::-1])

    def sort(self, *, key: Callable[[Any], Any] | None = None, reverse: bool = False) -> None:
        """Sort the items in place, as ``list.sort`` does."""
        self._change(sorted(self, key=key, reverse=reverse))

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(index, slice):
            content = list(self)
            content[index] = value
            self._change(content)
            return
        at = range(len(self))[index_of(index)]
        tree = self._setpoint.tree
        if tree is None:
            list_set(self, at, value)
            return
        with tree.guard:
            assign_item(tree, self, at, value)

    def __delitem__(self, index: Any) -> None:
        content = list(self)
        del content[index]
        self._change(content)

    def copy(self) -> list[Any]:
        """Return a plain list with the same items."""
        return list(self)

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        from copy import deepcopy

        return deepcopy(plain(self), memo)

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return list, (plain(self),)

    def _grow(self, more: list[Any]) -> None:
        def put_all(plan: Plan, stamp: Stamp) -> None:
            if more and plan.may_grow(self, more, stamp):
                plan.edits += [Put(self, len(self) + index, value, stamp) for index, value in enumerate(more)]

        edit(self, list_extend, put_all, more)

    def _change(self, content: list[Any]) -> None:
        """Give the list other content, by the cheapest edit that says the same."""

        def change(plan: Plan, stamp: Stamp) -> None:
            size = len(self)
            if len(content) >= size and same_items(self, content[:size]):
                if len(content) > size and plan.may_grow(self, content[size:], stamp):
                    plan.edits += [Put(self, at, content[at], stamp) for at in range(size, len(content))]
            elif len(content) == size - 1 and same_items(content, self[:-1]):
                plan.delete(self, size - 1, stamp)
            else:
                plan.rebuild(self, content, stamp)

        edit(self, list_set, change, slice(None), content)


class TrackedSet(set[Any]):
    """A set inside a config; adding is free, removing is a change. It is recorded whole."""

    __slots__ = ("_setpoint",)
    _is_tracked = True
    _setpoint: Node

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._setpoint = node

    def __repr__(self) -> str:
        return repr(set(self))

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return set, (list(self),)

    def copy(self) -> set[Any]:
        """Return a plain set with the same items."""
        return set(self)

    __copy__ = copy

    def _change(self, content: set[Any]) -> None:
        def change(plan: Plan, stamp: Stamp) -> None:
            if content == self:
                return
            if not content > self:
                plan.rebuild(self, list(content), stamp)
            elif plan.may_grow(self, content, stamp):
                plan.edits.append(Rebuild(self, list(content), stamp))

        if self._setpoint.tree is None:
            set_keep(self, content)
            set_update(self, content)
        else:
            edit(self, set_update, change)


def _changing(name: str) -> Callable[..., Any]:
    """Return the method *name* of set, done on a copy whose content the tracked set then takes."""
    method = getattr(set, name)

    def change(self: TrackedSet, *args: Any) -> Any:
        content = set(self)
        result = method(content, *args)
        self._change(content)
        return self if result is content else result

    change.__name__, change.__doc__ = name, method.__doc__
    return change


_CHANGING_METHODS = """add discard remove pop clear update __ior__ __iand__ __isub__ __ixor__
difference_update intersection_update symmetric_difference_update"""
for _name in _CHANGING_METHODS.split():
    setattr(TrackedSet, _name, _changing(_name))


def same_items(first: list[Any], second: list[Any]) -> bool:
    """Tell whether both lists hold the same or equal items of the same types in the same order."""
    return len(first) == len(second) and all(
        one is other or (type(one) is type(other) and not is_tracked(one) and is_equal(one, other))
        for one, other in zip(first, second, strict=True)
    )
