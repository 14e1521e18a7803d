"""Objects inside objects: what is a section of the source, and what is a value."""

from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from enum import Enum
from typing import Any

from setpoint._core.change import Level, Origin, Param, Path

# Nothing to look into, said fast: a config of 10,000 params is mostly these. A plain dict's values stay untouched.
_LEAVES = frozenset({int, float, str, bool, type(None), bytes, complex, dict, set, frozenset})
_DEPTH = 64  # objects within objects; far above any config, far below the interpreter's limit

# The objects being read, outermost first, so that a cycle ends: the object that closes it stays a value.
_open: ContextVar[tuple[int, ...]] = ContextVar("_open", default=())


def class_of(value: object) -> type:
    """Return the class of *value*; ``type()`` itself says nothing of its type to a checker."""
    return type(value)


def is_namedtuple(cls: type) -> bool:
    """Tell whether *cls* is a class of named tuples: a tuple whose fields have names."""
    return hasattr(cls, "_fields") and issubclass(cls, tuple)


def reading(adapter: Callable[[Any], Iterable[Param]], source: Any) -> list[Param]:
    """Return the params that *adapter* reads from *source*, which counts as being read meanwhile."""
    token = _open.set((*_open.get(), id(source)))
    try:
        return list(adapter(source))
    finally:
        _open.reset(token)


def params_in(
    name: str, value: Any, description: str = "", origin: Origin | None = None, level: Level = Level.SET
) -> Iterable[Param]:
    """Return the params of one attribute: those of the section that *value* is, or one that holds *value*.

    *origin* and *level* go to all of them where *origin* is given; else those of a section keep their own.
    """
    if type(value) in _LEAVES:
        return (Param((name,), value, origin, level, description),)
    section = _section(value)
    if section is None:
        return (Param((name,), plain(value), origin, level, description),)
    params = list(under(name, section))
    return params if origin is None else [_set_by(origin, level, param) for param in params]


def _set_by(origin: Origin, level: Level, param: Param) -> Param:
    return Param(param.path, param.value, origin, level, param.description, param.inner)


def under(name: str, section: list[Param]) -> Iterator[Param]:
    """Yield the params of a section with *name* before their paths; one that holds {} where it is empty."""
    if not section:
        yield Param((name,), {})
    for param in section:
        yield Param((name, *param.path), param.value, param.origin, param.level, param.description, param.inner)


def plain(value: Any) -> Any:
    """Return *value* with the sections in it as dicts and OmegaConf's lists as lists, else *value* itself."""
    if type(value) in _LEAVES:
        return value
    if type(value) in (list, tuple):
        if id(value) in _open.get():
            return value
        items = _items(value)
        return value if all(new is old for new, old in zip(items, value, strict=True)) else type(value)(items)
    section = _section(value)
    cls = class_of(value)
    if section is not None:
        return _assembled(section)
    if cls.__qualname__ == "ListConfig" and cls.__module__ == "omegaconf.listconfig":
        from ._omegaconf import content_of

        return content_of(value)
    return value


def _items(values: Any) -> list[Any]:
    """Return the items of a list or tuple with the sections in them as dicts."""
    token = _open.set((*_open.get(), id(values)))
    try:
        return [plain(value) for value in values] if len(_open.get()) <= _DEPTH else list(values)
    finally:
        _open.reset(token)


def _section(value: Any) -> list[Param] | None:
    """Return the params of *value* where it is a section, None where it is a value."""
    cls = class_of(value)
    if cls.__module__ == "builtins" or isinstance(value, Enum):
        return None
    from . import section_adapter

    adapter = section_adapter(cls)
    if adapter is None or id(value) in _open.get() or len(_open.get()) >= _DEPTH:
        return None
    return reading(adapter, value)


def _assembled(params: Iterable[Param]) -> dict[Any, Any]:
    tree: dict[Any, Any] = {}
    for param in params:
        _place(tree, param.path, param.value)
    return tree


def _place(tree: dict[Any, Any], path: Path, value: Any) -> None:
    for name in path[:-1]:
        tree = tree.setdefault(name, {})
    tree[path[-1]] = value
