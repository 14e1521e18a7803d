"""The tree that every format is read into."""

from typing import Any

Entries = dict[Any, "Node"]  # Any: YAML's names may be of any scalar type


class Node:
    """One value of a file: a dict with ``entries``, a list with ``items``, else a scalar or set with ``value``.

    ``line`` (1-based) is where its name stands, or it itself in a list. ``height`` counts the dicts and lists inside
    each other; only YAML, which has aliases, fills it.
    """

    __slots__ = ("entries", "height", "items", "line", "value")

    def __init__(
        self,
        line: int,
        value: Any = None,  # Any: whatever a file can hold
        entries: Entries | None = None,
        items: "list[Node] | None" = None,
        height: int = 0,
    ) -> None:
        self.line, self.value, self.entries, self.items, self.height = line, value, entries, items, height

    @property
    def kind(self) -> str:
        """What it is, as a message names it."""
        if self.entries is not None:
            return "a dict"
        return "a list" if self.items is not None else kind_of(self.value)


def kind_of(value: object) -> str:
    """Return what a scalar or set is, as a message names it."""
    if value is None:
        return "null"
    return f"{'an' if type(value) is int else 'a'} {type(value).__name__}"
