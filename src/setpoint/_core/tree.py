"""The bookkeeping behind a config: one Tree a config, one Node a container, one Stamp a value that has its own.

A value without a stamp of its own has the stamp of the nearest container above it that has one: assigning a section
of a thousand params costs one stamp.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import lru_cache
from types import TracebackType
from typing import Any, cast

from msgspec import Struct

from .change import DEFAULT, UNKNOWN, Change, Level, Origin, Param, Path
from .keys import quote_name
from .raw import dict_item, items_of, list_item, list_iter


class Stamp(Struct, frozen=True, gc=False):
    """Who set a value, and at which level."""

    origin: Origin
    level: Level


UNSTAMPED = Stamp(UNKNOWN, DEFAULT)


class NoGuard:
    """A guard for a config that only one thread changes."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return None


ATOMS = frozenset((str, int, float, bool, type(None), bytes))
"""The types of values that hold nothing, are compared by ``==`` alone and can't change."""


Adopt = Callable[[Any, "Tree", Any, Any], Any]
Callback = Callable[[list[Change]], object]


class Tree:
    """What all containers of one config share, and who is told of its changes.

    ``adopt`` turns a value into what the config holds, by ``(value, tree, parent, name)``; ``call_site`` names the line
    of code that is at work; ``guard`` is held while a change is planned, applied and told, so that memory and journal
    agree on the order. ``sink`` records the changes of a call, ``callback`` is the user's own.
    """

    __slots__ = (
        "adopt",
        "allow_val_change",
        "call_site",
        "callback",
        "descriptions",
        "guard",
        "history",
        "is_draft",
        "missing",
        "read_source",
        "sink",
    )

    def __init__(
        self,
        adopt: "Adopt",
        read_source: Callable[[Any], Iterable[Param]],
        call_site: Callable[[], Origin],
        guard: AbstractContextManager[Any],
    ) -> None:
        self.adopt = adopt
        self.read_source = read_source
        self.call_site = call_site
        self.guard = guard
        self.allow_val_change = False
        self.is_draft = False
        self.history: list[Change] = []
        self.sink: Callback | None = None
        self.callback: Callback | None = None
        self.descriptions: dict[str, str] = {}
        self.missing: set[str] = set()

    def tell(self, changes: list[Change]) -> None:
        """Keep the changes of one call, record them, and tell the user's callback, in this order."""
        self.history += changes
        if self.sink is not None:
            self.sink(changes)
        if self.callback is not None:
            self.callback(changes)


class Node:
    """One container's place in its tree; ``tree`` is None once the container has left the config.

    ``is_whole`` marks a container whose parts have no keys of their own (a dict with a key that is no string, a list
    inside a tuple, a set): a change inside it is recorded as a new value of the nearest key above.
    ``prefix`` is the container's own key, kept where it can't change: no list index and no whole container above.
    ``reads`` are names that were read but are not in the container's cache of attributes.
    """

    __slots__ = ("is_whole", "name", "parent", "prefix", "reads", "stamps", "tree")

    def __init__(self, tree: Tree | None, parent: Any, name: Any, *, is_whole: bool = False) -> None:
        self.tree = tree
        self.parent = parent
        self.name = name
        self.is_whole = is_whole
        self.stamps: dict[Any, Stamp] = {}
        self.reads: set[Any] = set()
        self.prefix: str | None = None if parent is not None else ""


key_part = lru_cache(maxsize=65536)(quote_name)


def node_of(container: Any) -> Node:
    """Return the node of a tracked container."""
    node: Node = container._setpoint
    return node


def tree_of(root: Any) -> Tree:
    """Return the tree of a config, which only the containers below it ever leave."""
    tree: Tree = root._setpoint.tree
    return tree


def is_tracked(value: object) -> bool:
    """Tell whether *value* is a container that a config tracks, or tracked once."""
    return getattr(type(value), "_is_tracked", False) is True


def is_a(value: object, kind: type) -> bool:
    """Tell whether *value* is of *kind*, by its type alone: ``isinstance`` asks what the value claims to be."""
    return issubclass(type(value), kind)


def name_in(parent: Any, child: Any) -> Any:
    """Return the name or index by which *parent* holds *child* now."""
    if is_a(parent, list):
        return next(index for index, value in enumerate(parent) if holds(value, child))
    return node_of(child).name


def holds(value: object, child: object) -> bool:
    """Tell whether *value* is *child*, or a tuple with it inside."""
    return value is child or (is_a(value, tuple) and any(holds(part, child) for part in cast("tuple[Any, ...]", value)))


def place_of(container: Any, name: Any) -> tuple[Any, Any]:
    """Return the container and name whose key stands for *name* in *container*: itself unless a whole one is above."""
    place = (container, name)
    at = container
    while (node := node_of(at)).parent is not None:
        if node.is_whole:
            place = (node.parent, name_in(node.parent, at))
        at = node.parent
    return place


def prefix_of(container: Any) -> str:
    """Return the key of *container* itself, empty for the root."""
    node = node_of(container)
    if node.prefix is not None:
        return node.prefix
    name = name_in(node.parent, container)
    prefix = key_in(node.parent, name)
    if is_a(node.parent, dict) and node_of(node.parent).prefix is not None and not node.is_whole:
        node.prefix = prefix
    return prefix


def make_whole(container: Any) -> None:
    """Mark *container*, which is not the root, as one whose parts have no keys of their own, any more."""
    node_of(container).is_whole = True
    forget_prefix(container)


def forget_prefix(value: object) -> None:
    """Forget the kept keys of *value* and of all below it."""
    if is_tracked(value):
        node_of(value).prefix = None
        for _, part in parts_of(value):
            forget_prefix(part)


def key_in(container: Any, name: Any) -> str:
    """Return the key of *name* in *container*."""
    prefix = prefix_of(container)
    if isinstance(container, list):
        return f"{prefix}[{name}]"
    return f"{prefix}.{key_part(name)}" if prefix else key_part(name)


def param_key(container: Any, name: Any) -> str:
    """Return the key that stands for *name* in *container*, the nearest one above where it has none of its own."""
    return key_in(*place_of(container, name))


def stamp_at(container: Any, name: Any) -> Stamp:
    """Return the stamp that holds for *name* in *container*: its own, or the nearest one above."""
    at: Any = container
    while at is not None:
        node = node_of(at)
        if (stamp := node.stamps.get(name)) is not None:
            return stamp
        if node.parent is not None:
            name = name_in(node.parent, at)
        at = node.parent
    return UNSTAMPED


def strongest(value: object, inherited: Stamp) -> Stamp:
    """Return the stamp of the highest level that holds anywhere in *value*; *inherited* holds for value itself."""
    if not is_tracked(value):
        return inherited
    stamps = node_of(value).stamps
    best: Stamp | None = None
    for name, part in parts_of(value):
        stamp = strongest(part, stamps.get(name, inherited))
        if best is None or stamp.level > best.level:
            best = stamp
    return best or inherited


def parts_of(container: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the names and values that a tracked container holds, without marking them as read."""
    if isinstance(container, dict):
        yield from items_of(container)
    elif isinstance(container, list):
        yield from enumerate(list_iter(container))


def drop_cached(container: Any, name: Any) -> None:
    """Forget the cached attribute *name* of a section, but not that it was read."""
    if isinstance(container, dict) and container._setpoint_seen.pop(name, MISSING) is not MISSING:  # type: ignore[attr-defined]  # a Section
        node_of(container).reads.add(name)


def stamps_below(value: object, path: Path = ()) -> dict[Path, Stamp]:
    """Return every stamp inside *value*, by its path below it."""
    found: dict[Path, Stamp] = {}
    if is_tracked(value):
        for name, stamp in node_of(value).stamps.items():
            found[(*path, name)] = stamp
        for name, part in parts_of(value):
            found.update(stamps_below(part, (*path, name)))
    return found


def forget_stamps(value: object) -> None:
    """Take the stamps of their own from all parts of *value*, which then have the one that holds for it."""
    if is_a(value, tuple):
        for part in cast("tuple[Any, ...]", value):
            forget_stamps(part)
    elif is_tracked(value):
        node_of(value).stamps.clear()
        for _, part in parts_of(value):
            forget_stamps(part)


def apply_stamps(value: object, stamps: Mapping[Path, Stamp]) -> None:
    """Give descendants of *value* the stamps of their own that *stamps* names by path."""
    for path, stamp in stamps.items():
        at: Any = value
        for name in path[:-1]:
            at = dict_item(at, name) if isinstance(at, dict) else list_item(at, cast("int", name))
        node_of(at).stamps[path[-1]] = stamp


class _Missing:
    """The type of MISSING."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()
