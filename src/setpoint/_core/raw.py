"""Reads of objects that no subclass, metaclass or claimed ``__class__`` can interfere with."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

# Any throughout: these take whatever a user put into a config.
type_of: Callable[[Any], type[Any]] = type
mro_of: Callable[[type[Any]], tuple[type[Any], ...]] = type.__dict__["__mro__"].__get__
qualname_of: Callable[[type[Any]], str] = type.__dict__["__qualname__"].__get__
copy_dict: Callable[[Any], dict[Any, Any]] = dict[Any, Any].copy
copy_list: Callable[[Any], list[Any]] = list[Any].copy
copy_set: Callable[[Any], set[Any]] = set[Any].copy
iter_tuple: Callable[[Any], Iterator[Any]] = tuple[Any, ...].__iter__
iter_frozenset: Callable[[Any], Iterator[Any]] = frozenset[Any].__iter__
items_of: Callable[[Any], Iterable[tuple[Any, Any]]] = dict[Any, Any].items
_module_of: Callable[[type[Any]], Any] = type.__dict__["__module__"].__get__


def space_of(kind: type[Any]) -> Mapping[str, Any]:
    """Return what *kind* itself, none of its bases, stores as attributes."""
    space: Mapping[str, Any] = type.__getattribute__(kind, "__dict__")
    return space


def module_of(kind: type[Any]) -> str:
    """Return the name of the module that *kind* says it is from, empty where it says none."""
    try:
        module = _module_of(kind)
    except AttributeError:
        return ""
    return module if type(module) is str else ""


def type_name(kind: type[Any]) -> str:
    """Return the qualified name of *kind*, without the module where it is builtin."""
    module = module_of(kind)
    return f"{module}.{qualname_of(kind)}" if module and module != "builtins" else qualname_of(kind)
