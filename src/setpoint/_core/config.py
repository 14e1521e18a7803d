"""Config: the dictionary-like object for the inputs of a script."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from setpoint.errors import UnsupportedSourceError

from .adopt import adopt
from .assemble import Params, assembled, checked_name, mapping_params
from .change import DEFAULT, LOCKED, SET, UNKNOWN, Change, Level, Origin, Param, Path
from .edits import NO_STAMPS, Put, detach, leaves, plain, raw_get
from .keys import join_key, split_key
from .plan import Plan, stamps_by_name
from .raw import dict_clear, dict_has, items_of
from .section import Section, first_read, missing_param, note_missing, read_item
from .tree import (
    MISSING,
    Callback,
    Node,
    NoGuard,
    Stamp,
    Tree,
    is_a,
    is_tracked,
    node_of,
    parts_of,
    stamp_at,
    stamps_below,
    tree_of,
)

ReadSource = Callable[[Any], Iterable[Param]]


class Config(Section):
    """The inputs of a script: a dict with attribute access at every depth that records who set what.

    Sections and lists inside it are real dicts and lists whose changes are recorded too. Values are held as they were
    given; containers are copied in. A key that is *set* is not changed silently, see ``update()``.
    """

    __slots__ = ()

    def __init__(
        self,
        params: Mapping[str, Any] | None = None,
        *,
        callback: Callback | None = None,
        read_source: ReadSource = mapping_params,
        call_site: Callable[[], Origin] = lambda: UNKNOWN,
        guard: AbstractContextManager[Any] | None = None,
        allow_val_change: bool = False,
    ) -> None:
        """Make a config that holds *params* and tells *callback* of every change after them.

        Args:
            params: what it holds at first, set by the calling line.
            callback: called with the list of changes of each call that changes something.
            read_source: turns what ``update()`` is given into params.
            call_site: names the line of code at work, for origins.
            guard: held while a change is made and told; give a lock where threads share the config.
            allow_val_change: whether params that are set may change silently.
        """
        tree = Tree(adopt, read_source, call_site, guard or NoGuard())
        tree.allow_val_change = allow_val_change
        super().__init__(Node(tree, None, ""))
        if params:
            self.update(params)
        tree_of(self).callback = callback

    def __getitem__(self, name: Any) -> Any:
        try:
            return self._setpoint_seen[name]
        except KeyError:
            return read_item(self, _stripped(name, self))

    def __delitem__(self, name: Any) -> None:
        super().__delitem__(_stripped(name, self))

    def __contains__(self, name: object) -> bool:
        return dict_has(self, name) or dict_has(self, _stripped(name, self))

    def get(self, name: Any, default: Any = None) -> Any:
        """Return the value of *name*, or *default* where the config has no such key."""
        name = _stripped(name, self)
        return first_read(self, name) if dict_has(self, name) else note_missing(self, name, default)

    def pop(self, name: Any, default: Any = MISSING) -> Any:
        """Remove *name* and return its value; a locked param stays, with a warning."""
        return super().pop(_stripped(name, self), default)

    def update(  # type: ignore[override]  # takes every kind of source, not only what dict.update takes
        self, source: Any = (), allow_val_change: bool | None = None, **params: Any
    ) -> None:
        """Set what *source* holds: all of it, or nothing where one change is refused.

        A section is replaced as a dict does; ``merge()`` merges leaf by leaf.

        Args:
            source: a dict, a file name, a Namespace, a parser, a dataclass or another known config object.
            allow_val_change: whether params that are set may change; None means as ``init()`` said.
            params: more params, by keyword.

        Raises:
            ParamChangedError: a param that is set would get another value, and changes are not allowed.
            UnsupportedSourceError: no adapter reads *source*.
            ConfigFileError: the file can't be read.
        """
        self._take(source, params, allow_val_change)

    def merge(self, source: Any, allow_val_change: bool | None = None) -> None:
        """Set what *source* holds leaf by leaf: sections keep what *source* does not mention. Raises as update()."""
        self._take(source, {}, allow_val_change, merges=True)

    def setdefaults(self, source: Any) -> None:
        """Give params that have no value one, at level *default*: whatever sets them later overrides it."""
        self._take(source, {}, None, level=DEFAULT, merges=True)

    def update_locked(self, d: Any, user: str = "") -> None:
        """Set what *d* holds and lock it for *user* (a sweep, say): later sets keep the locked value and warn.

        Raises:
            LockedParamError: a key is locked to another value already.
        """
        self._take(d, {}, None, level=LOCKED, origin=_user_origin(user))

    def merge_locked(self, d: Any, user: str = "") -> None:
        """Lock what *d* holds leaf by leaf, as ``update_locked()``; sections keep what *d* does not mention."""
        self._take(d, {}, None, level=LOCKED, merges=True, origin=_user_origin(user))

    def setdefault(self, name: Any, default: Any = None) -> Any:
        """Set *name* to *default* unless it is there, and return what is held."""
        return super().setdefault(checked_name(name), default)

    def as_dict(self) -> dict[str, Any]:
        """Return the config as plain dicts and lists, a copy that is the caller's own."""
        copied: dict[str, Any] = plain(self)
        return copied

    def persist(self) -> None:
        """Call the callback with the whole config as changes; without a callback do nothing."""
        if (callback := tree_of(self).callback) is not None:
            callback(statement(self))

    def set_callback(self, callback: Callback | None) -> None:
        """Have *callback* called with the changes of every call that changes something; None takes it away."""
        tree_of(self).callback = callback

    def origin(self, key: str) -> Origin:
        """Return who set *key* (``"optim.lr"``, ``"layers[0].width"``); raises MissingParamError."""
        container, name = self._place(key)
        return stamp_at(container, name).origin

    def changes(self, key: str | None = None) -> list[Change]:
        """Return every change so far, oldest first: of the whole config, or of *key* and all below it.

        A change of a section above *key* counts as one of *key*, with the value that *key* got by it.
        """
        history = tree_of(self).history
        if key is None:
            return list(history)
        return [change for one in history if (change := _seen_from(self._path(key), one)) is not None]

    def unused(self) -> list[str]:
        """Return the keys that are set but were never read, in the order of the config.

        Reading a section or list hands out its items one by one; a list counts as one param. Printing, comparing,
        copying and saving the config is no reading.
        """
        return list(_unread(self, ""))

    def _take(
        self,
        source: Any,
        params: Mapping[str, Any],
        allow_val_change: bool | None,
        *,
        level: Level = SET,
        origin: Origin | None = None,
        merges: bool = False,
    ) -> None:
        """Read *source* and commit what it holds, at *level* or, for *set*, at the level each param has itself."""
        tree = tree_of(self)
        given = [*read(tree, source), *(Param((name,), value) for name, value in params.items())]
        stamp = Stamp(origin or tree.call_site(), level)
        with tree.guard:
            plan = Plan(tree, allows_change=allow_val_change)
            new, inner, descriptions = assembled(given, stamp)
            if merges:
                plan.merge(self, new, stamp, inner)
            else:
                put_each(plan, self, new, stamp, inner)
            tree.descriptions.update(descriptions)
            plan.commit()

    def _path(self, key: str) -> Path:
        if dict_has(self, key):
            return (key,)
        try:
            return split_key(key)
        except ValueError:
            raise missing_param(self, key) from None

    def _place(self, key: str) -> tuple[Any, Any]:
        at: Any = self
        path = self._path(key)
        for depth, name in enumerate(path):
            held = _part(at, name) if is_tracked(at) else MISSING
            if held is MISSING:
                raise missing_param(self, key)
            if depth < len(path) - 1:
                at = held
        return at, path[-1]


Config._reserved = frozenset(dir(Config))


def statement(config: Config) -> list[Change]:
    """Return the whole config as changes, each value with who set it."""
    descriptions = tree_of(config).descriptions
    return [
        Change(key, plain(value), stamp.origin, False, stamp.level, descriptions.get(key, ""))
        for key, value, stamp in leaves(config, Stamp(UNKNOWN, SET), None)
    ]


def read(tree: Tree, source: Any) -> Iterable[Param]:
    """Return the params of *source*; pairs, as ``dict.update`` takes them, count as a dict."""
    if isinstance(source, Params):
        return source
    if isinstance(source, Config):
        return [Param((name,), value) for name, value in items_of(source)]
    if is_sequence(source):
        try:
            return mapping_params(dict(source))
        except (TypeError, ValueError):
            raise UnsupportedSourceError(
                type(source).__qualname__, "Of sequences only pairs of key and value can be read."
            ) from None
    return tree.read_source(source)


def is_sequence(source: object) -> bool:
    """Tell whether *source* can be nothing but pairs; a NamedTuple has fields."""
    return not hasattr(source, "_fields") and isinstance(source, (list, tuple, Iterator))


def begin_from(config: Config, recorded: dict[str, Any], stamps: Mapping[Path, Stamp], history: list[Change]) -> int:
    """Put what a run recorded earlier beneath what *config* holds by now, and return the length of the history before.

    Whatever *config* held stays, by the rules of levels; where it differs from the recorded value, that is a change.
    """
    tree = tree_of(config)
    own = [(name, plain(value), stamp_at(config, name), stamps_below(value)) for name, value in items_of(config)]
    with tree.guard:
        for _, value in parts_of(config):
            detach(value)
        dict_clear(config)
        config._setpoint_seen.clear()
        node_of(config).stamps.clear()
        base = Plan(tree, allows_change=True)
        put_each(base, config, recorded, Stamp(UNKNOWN, SET), stamps)
        base.commit()
        tree.history = list(history)
        again = Plan(tree, allows_change=True)
        for name, value, stamp, inner in own:
            again.put(config, name, value, stamp, inner)
        again.commit()
    return len(history)


def put_each(plan: Plan, config: Config, new: Mapping[str, Any], stamp: Stamp, inner: Mapping[Path, Stamp]) -> None:
    """Plan every top-level name of *new*, each with the stamp it came with."""
    by_name = stamps_by_name(inner, stamp)
    alone = (stamp, NO_STAMPS)
    for name, value in new.items():
        own, below = by_name.get(name, alone)
        if dict_has(config, name):
            plan.put(config, name, value, own, below)
        else:
            plan.edits.append(Put(config, name, value, own, below))


def _stripped(name: Any, config: Config) -> Any:
    return checked_name(name) if isinstance(name, str) and not dict_has(config, name) else name


def _user_origin(user: str) -> Origin | None:
    kind, _, name = user.partition(" ")
    return Origin(kind, name) if user else None


def _seen_from(path: Path, change: Change) -> Change | None:
    """Return *change* as one of the param at *path*, or None where it does not touch it."""
    changed = split_key(change.key)
    if changed[: len(path)] == path:
        return change
    if path[: len(changed)] != changed or change.deleted:
        return change if path[: len(changed)] == changed else None
    value = change.value
    for name in path[len(changed) :]:
        value = _part(value, name)
        if value is MISSING:
            return None
    return Change(join_key(path), value, change.origin, False, change.level, change.description)


def _part(value: Any, name: str | int) -> Any:
    """Return what *value* holds under one name of a key, or MISSING: only dicts and lists have parts with keys."""
    return raw_get(value, name) if is_a(value, dict if isinstance(name, str) else list) else MISSING


def _unread(section: Any, prefix: str) -> Iterator[str]:
    node = node_of(section)
    for name, value in parts_of(section):
        key = join_key((name,)) if isinstance(name, str) else f"[{name!r}]"
        key = f"{prefix}.{key}" if prefix and isinstance(name, str) else f"{prefix}{key}"
        is_section = is_tracked(value) and isinstance(value, dict) and not node_of(value).is_whole
        if is_section and value:
            yield from _unread(value, key)
        elif name not in section._setpoint_seen and name not in node.reads:
            yield key
