"""The edits a plan consists of: how each is applied to the containers, and the changes it tells of."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, cast

from .change import Change, Path
from .raw import (
    dict_delete,
    dict_get,
    dict_set,
    items_of,
    list_append,
    list_delete,
    list_item,
    list_iter,
    list_set,
    set_clear,
    set_update,
    type_of,
)
from .tree import (
    ATOMS,
    MISSING,
    Node,
    Stamp,
    Tree,
    apply_stamps,
    drop_cached,
    forget_stamps,
    is_a,
    is_tracked,
    key_in,
    key_part,
    make_whole,
    name_in,
    node_of,
    parts_of,
    place_of,
    prefix_of,
)

_SIMPLE = ATOMS | {type(MISSING)}
Stamps = Mapping[Path, Stamp]
NO_STAMPS: Stamps = MappingProxyType({})


class Put:
    """*value* is held under *name*; with ``keeps_value`` it is held already and only its stamp is new."""

    __slots__ = ("container", "inner", "is_new", "keeps_value", "name", "stamp", "value")

    def __init__(
        self,
        container: Any,
        name: Any,
        value: Any,
        stamp: Stamp,
        inner: Stamps = NO_STAMPS,
        *,
        keeps_value: bool = False,
    ) -> None:
        self.container, self.name, self.value = container, name, value
        self.stamp, self.inner, self.keeps_value = stamp, inner, keeps_value
        self.is_new = False

    def apply(self, tree: Tree) -> None:
        """Make the container hold the value and its stamps."""
        node = node_of(self.container)
        if self.keeps_value:
            forget_stamps(self.value)
        else:
            old = raw_get(self.container, self.name)
            self.is_new = old is MISSING
            self.value = tree.adopt(self.value, tree, self.container, self.name)
            raw_set(self.container, self.name, self.value)
            detach(old)
        node.stamps[self.name] = self.stamp
        apply_stamps(self.value, self.inner)

    def changes(self) -> Iterator[Change]:
        """Yield what was changed: the value, and what in it has an origin, a level or a description of its own."""
        place = place_of(self.container, self.name)
        key = key_in(*place)
        tree = node_of(self.container).tree
        descriptions = tree.descriptions if tree is not None else {}
        is_section = is_tracked(self.value) and is_a(self.value, dict) and not node_of(self.value).is_whole
        is_described = is_section and any(name.startswith(f"{key}.") for name in descriptions)
        has_parts = (bool(self.inner) or is_described) and place == (self.container, self.name)
        if not (has_parts and self.is_new and is_section and self.value):
            value = plain(raw_get(*place))
            text = descriptions.get(key, "")
            yield Change(key, value, self.stamp.origin, level=self.stamp.level, description=text)
        if has_parts:
            covering = None if is_described or (self.is_new and is_section) else self.stamp
            for part_key, part, stamp in leaves(self.value, self.stamp, covering):
                text = descriptions.get(part_key, "")
                yield Change(part_key, plain(part), stamp.origin, level=stamp.level, description=text)


def takes_atom(container: Any, name: Any) -> bool:
    """Tell whether ``put_atom`` can set *name*: it has a key of its own, and no container stands there."""
    if container._setpoint.prefix is None:
        return False
    if type(name) is str:
        return type(dict_get(container, name, MISSING)) in _SIMPLE
    return is_a(container, list) and name < len(container) and type(list_item(container, name)) in ATOMS


def put_atom(tree: Tree, node: Node, container: Any, name: Any, value: Any, stamp: Stamp) -> Change:
    """Do at once what a Put of an atom does, where ``takes_atom`` says so: the way of nearly every set."""
    prefix = node.prefix
    if type(name) is str:
        dict_set(container, name, value)
        if name in container._setpoint_seen:
            drop_cached(container, name)
        key = f"{prefix}.{key_part(name)}" if prefix else key_part(name)
    else:
        list_set(container, name, value)
        key = f"{prefix}[{name}]"
    node.stamps[name] = stamp
    descriptions = tree.descriptions
    return Change(key, value, stamp.origin, False, stamp.level, descriptions.get(key, "") if descriptions else "")


class Delete:
    """*name* is removed."""

    __slots__ = ("change", "container", "name", "stamp")

    def __init__(self, container: Any, name: Any, stamp: Stamp) -> None:
        self.container, self.name, self.stamp = container, name, stamp

    def apply(self, tree: Tree) -> None:  # noqa: ARG002  # one signature for all edits
        """Remove the name from the container."""
        place = place_of(self.container, self.name)
        key = key_in(*place)
        old = raw_get(self.container, self.name)
        (dict_delete if is_a(self.container, dict) else list_delete)(self.container, self.name)
        node_of(self.container).stamps.pop(self.name, None)
        drop_cached(self.container, self.name)
        detach(old)
        is_whole = place != (self.container, self.name)
        value = plain(raw_get(*place)) if is_whole else None
        self.change = Change(key, value, self.stamp.origin, deleted=not is_whole, level=self.stamp.level)

    def changes(self) -> Iterator[Change]:
        """Yield the deletion."""
        yield self.change


class Rebuild:
    """A list or set gets other content: *content* is what it holds afterwards, in order."""

    __slots__ = ("container", "content", "place", "stamp")

    def __init__(self, container: Any, content: list[Any], stamp: Stamp) -> None:
        self.container, self.content, self.stamp = container, content, stamp

    def apply(self, tree: Tree) -> None:
        """Fill the container anew; what it held before and holds no more leaves the config."""
        node = node_of(self.container)
        self.place = place_of(node.parent, name_in(node.parent, self.container))
        if is_a(self.container, list):
            before = [part for part in list_iter(self.container) if is_tracked(part) or is_a(part, tuple)]
            staying = {id(part) for part in before}
            list_set(
                self.container,
                slice(None),
                [
                    part if id(part) in staying else tree.adopt(part, tree, self.container, index)
                    for index, part in enumerate(self.content)
                ],
            )
            now = {id(part) for part in list_iter(self.container)}
            for part in before:
                if id(part) not in now:
                    detach(part)
            node.stamps.clear()
        else:
            set_clear(self.container)
            set_update(self.container, self.content)
        container, name = self.place
        node_of(container).stamps[name] = self.stamp

    def changes(self) -> Iterator[Change]:
        """Yield the list or set whole, as its content has other places now."""
        yield Change(key_in(*self.place), plain(raw_get(*self.place)), self.stamp.origin, level=self.stamp.level)


Edit = Put | Delete | Rebuild


def raw_get(container: Any, name: Any) -> Any:
    """Return what *container* holds under *name* without marking it as read, or MISSING."""
    if isinstance(container, dict):
        return dict_get(container, name, MISSING)
    return list_item(container, name) if name < len(container) else MISSING


def raw_set(container: Any, name: Any, value: Any) -> None:
    """Store *value* under *name*; an index one past a list's end appends."""
    if isinstance(container, dict):
        dict_set(container, name, value)
        drop_cached(container, name)
        if type(name) is not str and not node_of(container).is_whole:
            make_whole(container)
    elif name == len(container):
        list_append(container, value)
    else:
        list_set(container, name, value)


def detach(value: object) -> None:
    """Take *value* and all below it out of its tree: later changes to it are nobody's."""
    if is_a(value, tuple):
        for part in cast("tuple[Any, ...]", value):
            detach(part)
    elif is_tracked(value):
        node = node_of(value)
        node.tree = node.parent = None
        for _, part in parts_of(value):
            detach(part)


def plain(value: Any) -> Any:
    """Return *value* with every tracked container in it as a new plain dict, list or set."""
    if is_tracked(value):
        if isinstance(value, dict):
            return {name: plain(part) for name, part in items_of(value)}
        if isinstance(value, list):
            return [plain(part) for part in list_iter(value)]
        return set(value)
    if is_a(value, tuple) and any(is_tracked(part) or is_a(part, tuple) for part in value):
        return rebuild_tuple(value, [plain(part) for part in value])
    return value


def rebuild_tuple(value: tuple[Any, ...], parts: list[Any]) -> tuple[Any, ...]:
    """Return a tuple of *value*'s type that holds *parts*."""
    made: tuple[Any, ...] = tuple[Any, ...].__new__(type_of(value), parts)
    return made


def leaves(
    value: Any, inherited: Stamp, covering: Stamp | None, prefix: str | None = None
) -> Iterator[tuple[str, Any, Stamp]]:
    """Yield key, value and stamp of all in *value* that *covering* does not speak for, sections by their parts.

    *prefix* is the key of *value*, for who knows it already.
    """
    above = prefix_of(value) if prefix is None else prefix
    stamps, is_list = node_of(value).stamps, is_a(value, list)
    for name, part in parts_of(value):
        stamp = stamps.get(name, inherited)
        key = f"{above}[{name}]" if is_list else f"{above}.{key_part(name)}" if above else key_part(name)
        if not is_tracked(part):
            if stamp != covering:
                yield key, part, stamp
        elif part and is_a(part, dict) and not node_of(part).is_whole:
            yield from leaves(part, stamp, covering, key)
        else:
            if stamp != covering:
                yield key, part, stamp
            if not node_of(part).is_whole:
                yield from leaves(part, stamp, stamp, key)
