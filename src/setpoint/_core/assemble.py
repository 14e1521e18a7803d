"""The params of one source, put together as a tree, with who set each of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from setpoint.errors import ConfigError, InvalidKeyError, UnsupportedSourceError

from .change import SET, Param, Path
from .keys import join_key
from .raw import type_of
from .tree import Stamp
from .values import show


class Params(list[Param]):
    """Params that were read already: a source that a config takes as it is."""


def mapping_params(source: Any) -> Iterable[Param]:
    """Yield the params of a Mapping, the one kind of source the core knows by itself."""
    if not issubclass(type_of(source), Mapping):
        raise UnsupportedSourceError(f"{type(source).__module__}.{type(source).__qualname__}")
    return [Param((name,), value) for name, value in source.items()]


def checked_name(name: object) -> str:
    """Return a root name without leading and trailing ``-``, as W&B does; raises InvalidKeyError for another type."""
    if not isinstance(name, str):
        raise InvalidKeyError(show(name), "the names of a config's own params are strings")
    return name.strip("-") if name[:1] == "-" or name[-1:] == "-" else name


def assembled(params: Iterable[Param], stamp: Stamp) -> tuple[dict[str, Any], dict[Path, Stamp], dict[str, str]]:
    """Return the params of one source as a tree, with the stamps that differ from *stamp*, and the descriptions.

    Where *stamp* is not *set* its level holds for all; otherwise each param's own level does.
    """
    tree: dict[str, Any] = {}
    inner: dict[Path, Stamp] = {}
    descriptions: dict[str, str] = {}
    for param in params:
        if is_simple(param, stamp) and (name := checked_name(param.path[0])) not in tree:
            tree[name] = param.value
            continue
        path = (checked_name(param.path[0]), *param.path[1:])
        level = stamp.level if stamp.level != SET else param.level
        own = Stamp(param.origin or stamp.origin, level)
        _place_in(tree, path, param.value)
        if own != stamp:
            inner[path] = own
        for below, origin in param.inner.items():
            inner[(*path, *below)] = Stamp(origin, level)
        if param.description:
            descriptions[join_key(path)] = param.description
    return tree, inner, descriptions


def is_simple(param: Param, stamp: Stamp) -> bool:
    """Tell whether *param* has nothing that the stamp of its source does not say."""
    return (
        len(param.path) == 1
        and param.origin is None
        and not param.inner
        and not param.description
        and (stamp.level != SET or param.level == SET)
    )


def _place_in(tree: dict[Any, Any], path: Path, value: Any) -> None:
    at: Any = tree
    for depth, name in enumerate(path[:-1]):
        at = at.setdefault(name, _Made())
        if not isinstance(at, _Made):
            raise ConfigError(
                f"{join_key(path)!r} and {join_key(path[: depth + 1])!r} can't both be params of one source."
            )
    if path[-1] in at:
        raise ConfigError(f"The source gives {join_key(path)!r} two values. Give one.")
    at[path[-1]] = value


class _Made(dict[Any, Any]):
    """A section made because a source yields its params one by one."""
