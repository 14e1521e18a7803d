"""Reads of objects that no subclass, metaclass or claimed ``__class__`` can interfere with."""

from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
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
dict_get: Callable[..., Any] = dict[Any, Any].get
dict_item: Callable[[Any, Any], Any] = dict[Any, Any].__getitem__
dict_set: Callable[[Any, Any, Any], None] = dict[Any, Any].__setitem__
dict_delete: Callable[[Any, Any], None] = dict[Any, Any].__delitem__
dict_has: Callable[[Any, Any], bool] = dict[Any, Any].__contains__
dict_iter: Callable[[Any], Iterator[Any]] = dict[Any, Any].__iter__
dict_keys: Callable[[Any], KeysView[Any]] = dict[Any, Any].keys
dict_values: Callable[[Any], ValuesView[Any]] = dict[Any, Any].values
dict_clear: Callable[[Any], None] = dict[Any, Any].clear
dict_update: Callable[..., None] = dict[Any, Any].update
list_item: Callable[[Any, Any], Any] = list[Any].__getitem__
list_set: Callable[[Any, Any, Any], None] = list[Any].__setitem__
list_delete: Callable[[Any, Any], None] = list[Any].__delitem__
list_iter: Callable[[Any], Iterator[Any]] = list[Any].__iter__
list_append: Callable[[Any, Any], None] = list[Any].append
list_extend: Callable[[Any, Iterable[Any]], None] = list[Any].extend
list_times: Callable[[Any, Any], list[Any]] = list[Any].__mul__
set_clear: Callable[[Any], None] = set[Any].clear
set_update: Callable[..., None] = set[Any].update
set_keep: Callable[..., None] = set[Any].intersection_update
items_of: Callable[[Any], ItemsView[Any, Any]] = dict[Any, Any].items
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
