"""The containers of a config: a real dict, list and set each, whose every change is planned, recorded and told.

A first read of an attribute or item stores the value in the instance's ``__dict__``: the next attribute read is then
as fast as a plain object's, and ``unused()`` knows the key was read. Every write drops it again.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, SupportsIndex

from setpoint.errors import MissingParamError, ReservedNameError

from .change import DEFAULT, SET
from .edits import Put, Rebuild, plain, put_atom, raw_get, rebuild_tuple, takes_atom
from .pending import Pending
from .plan import Plan
from .tree import ATOMS, MISSING, Node, Stamp, Tree, drop_cached, is_tracked, node_of, param_key
from .values import is_equal, show

_dict_get = dict.__getitem__
_MAX_DEPTH = 100
"""Containers nested deeper than this stay the caller's own and are recorded as stand-ins."""


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
        if name[:2] == "__" and not dict.__contains__(self, name):
            raise AttributeError(name)
        return first_read(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._reserved:
            raise ReservedNameError(name)
        self[name] = value

    def __delattr__(self, name: str) -> None:
        del self[name]

    def __setitem__(self, name: Any, value: Any) -> None:
        node = self._setpoint
        tree = node.tree
        if tree is None:
            dict.__setitem__(self, name, value)
            drop_cached(self, name)
            return
        with tree.guard:
            assign(tree, self, name, value)

    def __delitem__(self, name: Any) -> None:
        if not dict.__contains__(self, name):
            raise missing_param(self, name)
        edit(self, dict.__delitem__, lambda plan, stamp: plan.delete(self, name, stamp), name)

    def __iter__(self) -> Iterator[Any]:
        # Overridden so that f(**section) and dict(section) read the items one by one, which marks them as read.
        return dict.__iter__(self)

    def get(self, name: Any, default: Any = None) -> Any:
        """Return the value of *name*, or *default*."""
        try:
            return self._setpoint_seen[name]
        except KeyError:
            return first_read(self, name) if dict.__contains__(self, name) else note_missing(self, name, default)

    def items(self) -> Any:
        """Return a view of names and values; all count as read."""
        self._setpoint.reads.update(dict.keys(self))
        return dict.items(self)

    def values(self) -> Any:
        """Return a view of the values; all count as read."""
        self._setpoint.reads.update(dict.keys(self))
        return dict.values(self)

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
            for name in list(dict.keys(self)):
                plan.delete(self, name, stamp)

        edit(self, dict.clear, delete_all)

    def setdefault(self, name: Any, default: Any = None) -> Any:
        """Set *name* to *default* unless it is there, and return what is held."""
        if not dict.__contains__(self, name):
            self[name] = default
        return self[name]

    def update(self, *others: Any, **params: Any) -> None:
        """Set what *others* hold, as ``dict.update`` does: all of it, or nothing where one change is refused."""
        new = dict(*others, **params)

        def put_all(plan: Plan, stamp: Stamp) -> None:
            for name, value in new.items():
                plan.put(self, name, value, stamp)

        edit(self, dict.update, put_all, new)

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]  # dict's own overloads differ as well
        self.update(other)
        return self

    def __dir__(self) -> list[str]:
        return [*dir(type(self)), *(name for name in dict.keys(self) if isinstance(name, str))]

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return dict, (plain(self),)

    def __copy__(self) -> dict[Any, Any]:
        return dict(dict.items(self))

    def copy(self) -> dict[Any, Any]:
        """Return a plain dict with the same values."""
        return dict(dict.items(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[Any, Any]:
        from copy import deepcopy

        return deepcopy(plain(self), memo)


Section._reserved = frozenset(dir(Section))


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

    def __iadd__(self, values: Iterable[Any]) -> Any:  # type: ignore[misc]  # list's own signatures differ as well
        self._grow(list(values))
        return self

    def __imul__(self, times: SupportsIndex) -> Any:
        self._change(list.__mul__(self, times))
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
        at = range(len(self))[index]
        tree = self._setpoint.tree
        if tree is None:
            list.__setitem__(self, at, value)
            return
        with tree.guard:
            assign(tree, self, at, value)

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

        edit(self, list.extend, put_all, more)

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

        edit(self, list.__setitem__, change, slice(None), content)


class TrackedSet(set[Any]):
    """A set inside a config; adding is free, removing is a change. It is recorded whole."""

    __slots__ = ("_setpoint",)
    _is_tracked = True
    _setpoint: Node

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._setpoint = node

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
            set.intersection_update(self, content)
            set.update(self, content)
        else:
            edit(self, set.update, change)


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


def adopt(value: Any, tree: Tree, parent: Any, name: Any, *, depth: int = 0, above: tuple[int, ...] = ()) -> Any:
    """Return *value* as the config holds it: containers copied into tracked ones, everything else the very object.

    Containers deeper than 100 levels, and one inside itself, stay as they are.
    """
    kind = type(value)
    if kind in ATOMS:
        return value
    is_container = issubclass(kind, (dict, list, tuple)) or kind in (set, TrackedSet)
    if not is_container or depth >= _MAX_DEPTH or id(value) in above:
        return value
    above = (*above, id(value))
    if issubclass(kind, tuple):
        return _adopt_tuple(value, tree, parent, name, depth, above)
    node = Node(tree, parent, name)
    if issubclass(kind, dict):
        section = Section(node)
        for part_name, part in snapshot(value):
            if type(part_name) is not str:
                node.is_whole = True
            held = part if type(part) in ATOMS else adopt(part, tree, section, part_name, depth=depth + 1, above=above)
            dict.__setitem__(section, part_name, held)
        return section
    if issubclass(kind, list):
        tracked = TrackedList(node)
        list.extend(
            tracked,
            [adopt(part, tree, tracked, at, depth=depth + 1, above=above) for at, part in enumerate(list(value))],
        )
        return tracked
    tracked_set = TrackedSet(node)
    set.update(tracked_set, list(value))
    return tracked_set


def _adopt_tuple(
    value: tuple[Any, ...], tree: Tree, parent: Any, name: Any, depth: int, above: tuple[int, ...]
) -> tuple[Any, ...]:
    parts = [adopt(part, tree, parent, name, depth=depth + 1, above=above) for part in value]
    if all(part is old for part, old in zip(parts, value, strict=True)):
        return value
    for part in parts:
        if is_tracked(part):
            node_of(part).is_whole = True
    return rebuild_tuple(value, parts)


def snapshot(value: dict[Any, Any]) -> list[tuple[Any, Any]]:
    """Return the items of a dict that another thread may be changing."""
    for _ in range(100):
        try:
            return list(dict.items(value))
        except RuntimeError:  # changed size during iteration: look again
            continue
    return list(dict.items(value))


_MAX_MISSING = 1000


def first_read(section: Section, name: Any) -> Any:
    """Return what *section* holds under *name*, and mark it as read; raises MissingParamError."""
    node = section._setpoint
    tree = node.tree
    if tree is None:
        try:
            return _dict_get(section, name)
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
    if tree is not None and tree.is_draft and isinstance(name, str) and not dict.__contains__(section, name):
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


def assign(tree: Tree, container: Any, name: Any, value: Any) -> None:
    """Set one value from a line of code."""
    stamp = Stamp(tree.call_site(), SET)
    if type(value) in ATOMS and needs_no_plan(tree, container, name, value):
        tree.tell([put_atom(container, name, value, stamp, tree)])
        return
    plan = Plan(tree, adopt)
    plan.put(container, name, value, stamp)
    plan.commit()


def needs_no_plan(tree: Tree, container: Any, name: Any, value: object) -> bool:
    """Tell whether nothing stands against setting the atom *value*: the name is new, or what it holds may change."""
    if not takes_atom(container, name):
        return False
    stamp = container._setpoint.stamps.get(name)
    if stamp is None:
        return raw_get(container, name) is MISSING
    level = stamp.level
    return level is DEFAULT or (level is SET and tree.allow_val_change and raw_get(container, name) != value)


def edit(container: Any, raw: Callable[..., Any], fill: Callable[[Plan, Stamp], Any], *args: Any) -> None:
    """Plan and commit what *fill* asks for; on a container that has left the config do *raw* instead."""
    tree = node_of(container).tree
    if tree is None:
        raw(container, *args)
        if isinstance(container, Section):
            container._setpoint_seen.clear()
        return
    with tree.guard:
        plan = Plan(tree, adopt)
        fill(plan, Stamp(tree.call_site(), SET))
        plan.commit()


def same_items(first: list[Any], second: list[Any]) -> bool:
    """Tell whether both lists hold the same or equal items of the same types in the same order."""
    return len(first) == len(second) and all(
        one is other or (type(one) is type(other) and not is_tracked(one) and is_equal(one, other))
        for one, other in zip(first, second, strict=True)
    )
