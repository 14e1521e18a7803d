"""Config records played onto an empty config: what it holds in the end, who holds each key, and every change."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from setpoint._core.change import UNKNOWN, Level, Origin, Path
from setpoint._core.keys import join_key, split_key
from setpoint._core.values import decode, is_same

from .record import DELETED, Delete, Set, Update
from .state import Held, Recorded

ConfigRecord = Set | Update | Delete
ABSENT = object()
"""What ``value_at`` returns where there is nothing."""


class NotPossibleError(ValueError):
    """A change can't be made to the config as it is known, as a record before it is missing or it is wrong."""


class _At(Struct, frozen=True):
    """When and by whom the record at hand was made."""

    time_ns: int
    writer: str
    step: int | None


class Replay:
    """A config, its holders and its changes.

    ``config`` holds decoded values; ``held`` has an entry for each leaf and for each container that was set whole;
    ``touched`` names the keys that records set and that are still there.
    """

    def __init__(self) -> None:
        self.config: dict[str, Any] = {}
        self.held: dict[str, Held] = {}
        self.changes: list[Recorded] = []
        self.touched: dict[str, None] = {}

    def begin_from(self, other: "Replay") -> None:
        """Begin with what *other* holds, as a forked child does."""
        self.config = copy_plainly(other.config)
        self.held = dict(other.held)

    def play(self, record: ConfigRecord, writer: str, step: int | None, refuse: Callable[[str], None]) -> None:
        """Make the changes of *record*; *refuse* is told of each that can't be made."""
        at = _At(record.t, writer, step)
        if isinstance(record, Set):
            self._try(lambda: self._set(record.key, record.value, record.origin, record.level, record.desc, at), refuse)
        elif isinstance(record, Delete):
            self._try(lambda: self._delete(record.key, record.origin, at), refuse)
        elif record.whole:
            self._restate(record, at, refuse)
        else:
            self._update(record, at, refuse)

    @staticmethod
    def _try(change: Callable[[], None], refuse: Callable[[str], None]) -> None:
        try:
            change()
        except NotPossibleError as error:
            refuse(str(error))

    def _update(self, record: Update, at: _At, refuse: Callable[[str], None]) -> None:
        for key, value, index, level in record.params:
            self._try(lambda: self._row(record, key, value, index, level, at), refuse)  # noqa: B023  # called at once

    def _row(self, record: Update, key: str, value: Any, index: int, level: int, at: _At) -> None:
        if not 0 <= index < len(record.origins):
            raise NotPossibleError(f"{key!r} names an origin that is not there")
        if level == DELETED:
            self._delete(key, record.origins[index], at)
        elif level in Level._value2member_map_:
            self._set(key, value, record.origins[index], Level(level), record.descs.get(key, ""), at)
        else:
            raise NotPossibleError(f"{key!r} has the unknown level {level}")

    def _restate(self, record: Update, at: _At, refuse: Callable[[str], None]) -> None:
        """Begin anew with *record*; what it states as it was held before keeps its time and is no change."""
        fresh = Replay()
        fresh._update(record, at, refuse)
        for change in fresh.changes:
            before, now = self.held.get(change.key), fresh.held.get(change.key)
            if before is not None and now is not None and self._is_as_before(fresh, change.key, before, now):
                fresh.held[change.key] = before
            else:
                self.changes.append(change)
        origin = record.origins[0] if record.origins else UNKNOWN
        for key in _topmost([key for key in self.held if key not in fresh.held]):
            if value_at(fresh.config, path_of(key)) is ABSENT:
                self.changes.append(_deletion(key, origin, at))
        self.config, self.held, self.touched = fresh.config, fresh.held, fresh.touched

    def _is_as_before(self, fresh: "Replay", key: str, before: Held, now: Held) -> bool:
        path = path_of(key)
        return (
            before.origin == now.origin
            and before.level == now.level
            and is_same(value_at(self.config, path), value_at(fresh.config, path))
        )

    def origin_at(self, path: Path) -> Origin:
        """Return the origin of the value at *path*: its own, or that of the nearest value above or else below it."""
        for length in range(len(path), 0, -1):
            if (held := self.held.get(join_key(path[:length]))) is not None:
                return held.origin
        key = join_key(path)
        return next((held.origin for below, held in self.held.items() if is_below(below, key)), UNKNOWN)

    def _set(self, key: str, plain: Any, origin: Origin, level: Level, text: str, at: _At) -> None:
        path = path_of(key)
        value = decode(plain)
        old = put(self.config, path, value)
        if has_parts(old):
            self._forget_below(key)
        before = self.held.get(key)
        held = Held(origin, level, at.time_ns, at.writer, at.step, text or (before.description if before else ""))
        self.held[key] = held
        self.touched[key] = None
        for below in leaf_paths(value, path):
            self.held[join_key(below)] = held
        recorded = decode(plain) if type(value) in (dict, list) else value  # the config's own may change
        self.changes.append(
            Recorded(key, recorded, origin, False, level, at.time_ns, at.writer, at.step, held.description)
        )

    def _delete(self, key: str, origin: Origin, at: _At) -> None:
        path = path_of(key)
        old = remove(self.config, path)
        if has_parts(old):
            self._forget_below(key)
        self.held.pop(key, None)
        self.touched.pop(key, None)
        above = path[:-1]
        if above and not has_parts(value_at(self.config, above)):  # it is a leaf now
            held = Held(origin, Level.SET, at.time_ns, at.writer, at.step)
            self.held.setdefault(join_key(above), held)
        self.changes.append(_deletion(key, origin, at))

    def _forget_below(self, key: str) -> None:
        for below in [other for other in self.held if is_below(other, key)]:
            del self.held[below]
            self.touched.pop(below, None)


def path_of(key: str) -> Path:
    """Return the path of a key; raises NotPossibleError where it is none, or none of a config."""
    try:
        path = split_key(key)
    except ValueError as error:
        raise NotPossibleError(str(error)) from None
    if not isinstance(path[0], str):
        raise NotPossibleError(f"{key!r} is no key of a config: it begins with an index")
    return path


def value_at(config: dict[str, Any], path: Path) -> Any:
    """Return the value at *path*, or ABSENT where there is none."""
    at: Any = config
    for name in path:
        at = _part(at, name)
    return at


def _part(container: Any, name: str | int) -> Any:
    kind = kind_of(container)
    if kind is not (dict if isinstance(name, str) else list):
        return ABSENT
    try:
        return container[name]
    except (KeyError, IndexError):
        return ABSENT


def kind_of(value: object) -> type[object]:
    """Return the exact type of *value*, without the checkers' taking the value for a container of unknown parts."""
    return type(value)


def is_below(key: str, above: str) -> bool:
    """Tell whether *key* names a part of what *above* names."""
    return key.startswith(above) and key[len(above) : len(above) + 1] in (".", "[")


def put(config: dict[str, Any], path: Path, value: Any) -> Any:
    """Store *value* under *path*, making missing sections, and return what was there, or None.

    Raises:
        NotPossibleError: a value above is no section or list, or a list has no such index and none just before.
    """
    parent, rest = _descend(config, path)
    name, below = rest[0], rest[1:]
    if any(isinstance(part, int) for part in below):
        raise NotPossibleError(f"{join_key(path)!r} is in a list that is not there")
    for part in reversed(below):
        value = {part: value}
    old, kind = _part(parent, name), kind_of(parent)
    if old is not ABSENT or (kind is dict and isinstance(name, str)):
        parent[name] = value
    elif kind is list and name == len(parent):
        parent.append(value)
    else:
        raise NotPossibleError(f"{join_key(path)!r} does not fit what is there")
    return None if old is ABSENT else old


def remove(config: dict[str, Any], path: Path) -> Any:
    """Remove what *path* names, and return it; of a list the last item alone can be removed.

    Raises:
        NotPossibleError: there is nothing of that path, or it is an item of a list before others.
    """
    parent, rest = _descend(config, path)
    name = rest[0]
    is_last = kind_of(parent) is dict or (isinstance(name, int) and name == len(parent) - 1)
    if len(rest) > 1 or _part(parent, name) is ABSENT or not is_last:
        raise NotPossibleError(f"{join_key(path)!r} was deleted, but is not there")
    return parent.pop(name)


def _descend(config: dict[str, Any], path: Path) -> tuple[Any, Path]:
    """Return the deepest container on the way to the last name of *path*, and the names that are left from there."""
    at: Any = config
    for depth, name in enumerate(path[:-1]):
        below = _part(at, name)
        if below is ABSENT:
            if kind_of(at) is dict and isinstance(name, str):
                return at, path[depth:]
            raise NotPossibleError(f"{join_key(path)!r} is below a value that has no parts, or is not known")
        at = below
    return at, path[-1:]


def leaf_paths(value: Any, path: Path) -> Iterator[Path]:
    """Yield the paths of the leaves in *value*, which stands at *path*; an empty container below it is a leaf."""
    kind = kind_of(value)
    if kind is not list and not is_section(value):
        return
    for name in range(len(value)) if kind is list else value:
        yield from _leaf_or_parts(value[name], (*path, name))


def _leaf_or_parts(value: Any, path: Path) -> Iterator[Path]:
    kind = kind_of(value)
    if (kind is list or is_section(value)) and value:
        yield from leaf_paths(value, path)
    else:
        yield path


def is_section(value: Any) -> bool:
    """Tell whether *value* is a dict whose parts have keys of their own."""
    kind = kind_of(value)
    return kind is dict and all(type(name) is str for name in value)


def has_parts(value: Any) -> bool:
    """Tell whether *value* is a dict or list that is not empty."""
    return type(value) in (dict, list) and bool(value)


def copy_plainly(value: Any) -> Any:
    """Return a copy of dicts and lists; what else they hold never changes and is shared."""
    kind = kind_of(value)
    if kind is dict:
        return {name: copy_plainly(part) for name, part in value.items()}
    if kind is list:
        return [copy_plainly(part) for part in value]
    return value


def _topmost(keys: list[str]) -> list[str]:
    """Return those of *keys* that have none of the others above them."""
    every = set(keys)
    paths = [(key, split_key(key)) for key in keys]
    return [key for key, path in paths if not any(join_key(path[:length]) in every for length in range(1, len(path)))]


def _deletion(key: str, origin: Origin, at: _At) -> Recorded:
    return Recorded(key, None, origin, True, Level.SET, at.time_ns, at.writer, at.step)
