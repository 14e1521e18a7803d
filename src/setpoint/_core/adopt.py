"""Values on their way into a config: containers become tracked ones of its own, all else stays the very object."""

from typing import Any

from .edits import rebuild_tuple
from .raw import dict_set, items_of, list_extend, set_update, type_of
from .section import Section
from .tracked import TrackedList, TrackedSet
from .tree import ATOMS, Node, Tree, is_tracked, node_of

_MAX_DEPTH = 100
"""Containers nested deeper than this stay the caller's own and are recorded as stand-ins."""


def adopt(value: Any, tree: Tree, parent: Any, name: Any, *, depth: int = 0, above: tuple[int, ...] = ()) -> Any:
    """Return *value* as the config holds it: containers copied into tracked ones, everything else the very object.

    Containers deeper than 100 levels, and one inside itself, stay as they are.
    """
    kind = type_of(value)
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
            dict_set(section, part_name, held)
        return section
    if issubclass(kind, list):
        tracked = TrackedList(node)
        list_extend(
            tracked,
            [adopt(part, tree, tracked, at, depth=depth + 1, above=above) for at, part in enumerate(list(value))],
        )
        return tracked
    tracked_set = TrackedSet(node)
    set_update(tracked_set, list(value))
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
    while True:
        try:
            return list(items_of(value))
        except RuntimeError:  # pragma: no cover  # a finalizer let another thread change its size: look again
            continue
