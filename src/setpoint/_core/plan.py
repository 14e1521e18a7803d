"""From what a call wants to what it does: levels, refusal of silent change, all or nothing.

A Plan collects the edits of one call. Planning looks and refuses, and touches nothing; ``commit()`` applies the edits
and tells the tree what changed. DESIGN's rules, in one place:

- a higher level overrides a lower one, a lower one never a higher;
- at the same level *set*, another value is refused unless changes are allowed; within *default* the first one stays
  (but a file beats a parser's default); within *locked* another value is an error;
- default params that a new section does not mention stay, and are no part of the comparison.
"""

from collections.abc import Mapping
from typing import Any
from warnings import warn_explicit

from setpoint.errors import LockedParamError, LockedParamWarning, ParamChangedError

from .change import DEFAULT, LOCKED, SET, Change, Path
from .edits import NO_STAMPS, Delete, Edit, Put, Rebuild, Stamps, put_atom, raw_get, takes_atom
from .raw import dict_keys, items_of
from .tree import (
    ATOMS,
    MISSING,
    Stamp,
    Tree,
    is_a,
    is_tracked,
    name_in,
    node_of,
    param_key,
    stamp_at,
    stamps_below,
    strongest,
)
from .values import is_equal, is_same, show


class Plan:
    """The edits of one call, planned and then applied together."""

    def __init__(self, tree: Tree, *, allows_change: bool | None = None) -> None:
        self.tree = tree
        self.allows_change = tree.allow_val_change if allows_change is None else allows_change
        self.edits: list[Edit] = []
        self.kept: list[tuple[str, Stamp]] = []

    def put(self, container: Any, name: Any, new: Any, stamp: Stamp, inner: Stamps = NO_STAMPS) -> None:
        """Plan that *container* holds *new* under *name*, replacing what is there; refuse a silent change."""
        old = raw_get(container, name)
        if old is MISSING:
            self.edits.append(Put(container, name, new, stamp, inner))
        elif old is new and is_tracked(new):
            return
        elif is_section(old) and is_a(new, dict):
            self._put_section(container, name, old, new, stamp, inner)
        else:
            self._put_leaf(container, name, old, new, stamp, inner)

    def merge(self, container: Any, new: Mapping[Any, Any], stamp: Stamp, inner: Stamps = NO_STAMPS) -> None:
        """Plan *new* leaf by leaf: where both sides have a section they are merged, everything else is put."""
        by_name = stamps_by_name(inner, stamp)
        for name, value in new.items():
            old = raw_get(container, name)
            own, below = by_name.get(name, (stamp, NO_STAMPS))
            if is_section(old) and is_a(value, dict):
                self.merge(old, value, own, below)
            else:
                self.put(container, name, value, own, below)

    def delete(self, container: Any, name: Any, stamp: Stamp) -> None:
        """Plan the removal of *name*, unless a locked param keeps it."""
        old = raw_get(container, name)
        held = strongest(old, stamp_at(container, name))
        if held.level > stamp.level:
            self._keep(param_key(container, name), old, held, MISSING, stamp)
            return
        if held.level == stamp.level:
            self._refuse(param_key(container, name), old, held, MISSING, stamp)
        self.edits.append(Delete(container, name, stamp))

    def rebuild(self, container: Any, content: list[Any], stamp: Stamp) -> None:
        """Plan other content for a list or set, all of it a change, unless a locked param keeps the old."""
        node = node_of(container)
        name = name_in(node.parent, container)
        held = strongest(container, stamp_at(node.parent, name))
        if held.level > stamp.level:
            self._keep(param_key(node.parent, name), container, held, content, stamp)
            return
        if held.level == stamp.level:
            self._refuse(param_key(node.parent, name), container, held, content, stamp)
        self.edits.append(Rebuild(container, content, stamp))

    def may_grow(self, container: Any, more: object, stamp: Stamp) -> bool:
        """Tell whether a list or set may take *more*: growing in place is free unless a locked param holds it."""
        node = node_of(container)
        name = name_in(node.parent, container)
        held = stamp_at(node.parent, name)
        if held.level <= stamp.level:
            return True
        self._keep(param_key(node.parent, name), container, held, more, stamp)
        return False

    def commit(self) -> None:
        """Apply the edits in their order, tell the tree of the changes, and warn of what locked params kept."""
        changes: list[Change] = []
        for edit in self.edits:
            if type(edit) is Put and type(edit.value) in ATOMS and takes_atom(edit.container, edit.name):
                node = node_of(edit.container)
                changes.append(put_atom(self.tree, node, edit.container, edit.name, edit.value, edit.stamp))
            else:
                edit.apply(self.tree)
                changes += edit.changes()
        if changes:
            self.tree.tell(changes)
        for message, stamp in self.kept:
            warn_explicit(message, LockedParamWarning, stamp.origin.name or "setpoint", stamp.origin.line or 1)

    def _put_leaf(self, container: Any, name: Any, old: Any, new: Any, stamp: Stamp, inner: Stamps) -> None:
        held = strongest(old, stamp_at(container, name))
        is_unchanged = is_equal(old, new)
        if held.level > stamp.level:
            if stamp.level == SET and not is_unchanged:
                self._keep(param_key(container, name), old, held, new, stamp)
            return
        if is_unchanged and is_same(old, new):
            if held.level < stamp.level:
                self.edits.append(Put(container, name, old, stamp, inner, keeps_value=True))
            return
        if held.level == stamp.level and not is_unchanged:
            if stamp.level == DEFAULT and not beats_default(stamp, held):
                return
            self._refuse(param_key(container, name), old, held, new, stamp)
        self.edits.append(Put(container, name, new, stamp, inner))

    def _put_section(self, container: Any, name: Any, old: Any, new: Any, stamp: Stamp, inner: Stamps) -> None:
        if self._takes_away(old, new, stamp, inner):
            kept = dict(inner)
            value = self._overlay(old, new, stamp, inner, (), kept)
            self.edits.append(Put(container, name, value, stamp, kept))
            return
        self.merge(old, new, stamp, inner)
        if not old and not new and stamp_at(container, name).level < stamp.level:
            self.edits.append(Put(container, name, old, stamp, keeps_value=True))

    def _takes_away(self, old: Any, new: Mapping[Any, Any], stamp: Stamp, inner: Stamps) -> bool:
        """Tell whether *new* drops or changes what *old* holds at its level or below; refuse where that is silent."""
        takes = False
        by_name = stamps_by_name(inner, stamp)
        for name, value in items_of(old):
            own, below = by_name.get(name, (stamp, NO_STAMPS))
            other: Any = new.get(name, MISSING)
            if value and is_section(value) and (other is MISSING or is_a(other, dict)):
                takes |= self._takes_away(value, {} if other is MISSING else other, own, below)
                continue
            held = strongest(value, stamp_at(old, name))
            if held.level == DEFAULT or (other is not MISSING and is_equal(value, other)):
                continue
            if held.level == own.level:
                takes |= self._refuse(param_key(old, name), value, held, other, own)
            takes |= held.level < own.level and other is MISSING
        return takes | self._adds_to_set(old, new, stamp)

    def _adds_to_set(self, old: Any, new: Mapping[Any, Any], stamp: Stamp) -> bool:
        """Tell whether *new* has names that *old*, set at the same level, has not: as a whole it is another value."""
        if stamp.level == DEFAULT or all(name in dict_keys(old) for name in new):
            return False
        node = node_of(old)
        name = name_in(node.parent, old)
        held = strongest(old, stamp_at(node.parent, name))
        return held.level == stamp.level and self._refuse(param_key(node.parent, name), old, held, new, stamp)

    def _overlay(
        self, old: Any, new: Mapping[Any, Any], stamp: Stamp, inner: Stamps, path: Path, kept: dict[Path, Stamp]
    ) -> dict[Any, Any]:
        """Return what the new section holds: *new*, with what of *old* stays; note the stamps of that in *kept*."""
        result: dict[Any, Any] = {}
        by_name = stamps_by_name(inner, stamp)
        for name in [*new, *(name for name in dict_keys(old) if name not in new)]:
            value: Any = raw_get(old, name)
            other: Any = new.get(name, MISSING)
            own, below = by_name.get(name, (stamp, NO_STAMPS))
            if value and is_section(value) and (other is MISSING or is_a(other, dict)):
                part = self._overlay(value, {} if other is MISSING else other, own, below, (*path, name), kept)
                if part or other is not MISSING:
                    result[name] = part
            elif value is not MISSING and self._stays(old, name, value, other, own):
                result[name] = value
                kept[*path, name] = stamp_at(old, name)
                kept.update(stamps_below(value, (*path, name)))
            elif other is not MISSING:
                result[name] = other
        return result

    def _stays(self, old: Any, name: Any, value: Any, other: Any, stamp: Stamp) -> bool:
        held = strongest(value, stamp_at(old, name))
        if held.level == DEFAULT:
            return other is MISSING or (stamp.level == DEFAULT and not beats_default(stamp, held))
        if held.level > stamp.level and (other is MISSING or not is_equal(value, other)):
            self._keep(param_key(old, name), value, held, other, stamp)
        return held.level > stamp.level

    def _refuse(self, key: str, old: Any, held: Stamp, new: Any, stamp: Stamp) -> bool:
        """Raise where the change would be silent; True where it is allowed."""
        if stamp.level == LOCKED:
            raise LockedParamError(key, show(old), str(held.origin), wanted(new), str(stamp.origin))
        if stamp.level == SET and not self.allows_change and not beats_file(stamp, held):
            raise ParamChangedError(key, show(old), str(held.origin), wanted(new), str(stamp.origin))
        return True

    def _keep(self, key: str, old: Any, held: Stamp, new: Any, stamp: Stamp) -> None:
        message = (
            f"Param {key!r} is locked to {show(old)} by {held.origin} and keeps that value; "
            f"{stamp.origin} wanted it {wanted(new) or 'removed'}. Change it where it is locked."
        )
        self.kept.append((message, stamp))


def is_section(value: object) -> bool:
    """Tell whether *value* is a tracked dict."""
    return is_tracked(value) and isinstance(value, dict)


def wanted(value: object) -> str:
    """Return *value* as a message shows it, empty where it was to be removed."""
    return "" if value is MISSING else show(value)


def beats_default(stamp: Stamp, held: Stamp) -> bool:
    """Tell whether one default overrides another: a file's or the script's beats a parser's."""
    return held.origin.kind == "default" != stamp.origin.kind


def beats_file(stamp: Stamp, held: Stamp) -> bool:
    """Tell whether a set value overrides another by the custom of the command line: a typed flag beats a file."""
    return stamp.origin.kind == "flag" and held.origin.kind == "file"


def stamps_by_name(inner: Stamps, stamp: Stamp) -> dict[Any, tuple[Stamp, Stamps]]:
    """Return for each first name in *inner* the stamp that holds for it, *stamp* if no other, and those below it."""
    own: dict[Any, Stamp] = {}
    below: dict[Any, dict[Path, Stamp]] = {}
    for path, part in inner.items():
        if len(path) == 1:
            own[path[0]] = part
        else:
            below.setdefault(path[0], {})[path[1:]] = part
    return {name: (own.get(name, stamp), below.get(name, {})) for name in {**own, **below}}
