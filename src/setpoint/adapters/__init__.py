"""Adapters: from any config object to params.

An adapter is a function: object in, params out. Each lives in a tiny module that is imported when the first object of
its type arrives; the library that made the object is loaded by then. ``register()`` adds one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import singledispatch
from importlib import import_module
from typing import Any

from setpoint._core.change import Level, Origin, Param

from ._environ import Environ, environ_params
from ._nested import class_of, is_namedtuple, reading

__all__ = ["Adapter", "Environ", "Level", "Origin", "Param", "environ_params", "params_of", "register"]

Adapter = Callable[[Any], Iterable[Param]]

# Sections: known at the root and inside other sources.
_SECTIONS = {
    "argparse.Namespace": "_namespace",
    "jsonargparse._namespace.Namespace": "_namespace",
    "jsonargparse.namespace.Namespace": "_namespace",
    "ml_collections.config_dict.config_dict.ConfigDict": "_ml_collections",
    "msgspec.Struct": "_msgspec",
    "omegaconf.dictconfig.DictConfig": "_omegaconf",
    "pydantic.main.BaseModel": "_pydantic",
    "pydantic.v1.main.BaseModel": "_pydantic",
    "types.SimpleNamespace": "_namespace",
}
# Types without a base class of their own: an attribute of the class marks them.
_MARKED = {"__chz_fields__": "_chz", "__dataclass_fields__": "_dataclass", "__attrs_attrs__": "_attrs"}
# Known only when given as the source itself: as a value inside another source they are no sections.
_ROOTS = {
    "absl.flags._flagvalues.FlagValues": "_absl",
    "argparse.ArgumentParser": "_argparse",
    "builtins.module": "_module",
    "builtins.type": "_object",
    "click.core.Context": "_click",
    "jsonargparse._core.ArgumentParser": "_jsonargparse",
    "jsonargparse.core.ArgumentParser": "_jsonargparse",
    "omegaconf.listconfig.ListConfig": "_omegaconf",
    "setpoint.adapters._environ.Environ": "_environ",
    "tensorflow.python.platform.flags._FlagValues": "_tensorflow",
    "tensorflow.python.platform.flags._FlagValuesWrapper": "_tensorflow",
    "typer._click.core.Context": "_click",
}
_REGISTERED: dict[str, Adapter] = {}


@singledispatch
def params_of(source: Any) -> Iterable[Param]:
    """Return the params that *source* holds, in its own order; *source* is not changed.

    Raises:
        UnsupportedSourceError: no adapter reads an object of this type, or the object has nothing to read.
        ConfigError: the object can't be read, e.g. values are missing in an OmegaConf config.
    """
    cls = class_of(source)
    if adapter := section_adapter(cls) or _named_adapter(cls, _ROOTS) or _namedtuple_adapter(cls):
        return reading(adapter, source)
    if (hasattr(cls, "keys") and hasattr(cls, "__getitem__")) or issubclass(cls, Mapping):
        return [Param((name,), source[name]) for name in source.keys()]  # noqa: SIM118  # keys() is all it must have
    return reading(_adapter_in("_object"), source)


_unregistered = params_of.registry[object]


def register(kind: type | str, adapter: Adapter) -> None:
    """Have sources of type *kind* read by *adapter*, before any adapter that setpoint brings.

    Args:
        kind: the type, or its qualified name (``"package.module.TheType"``) so that its library need not be loaded.
            Subclasses are read by it too. Values of the type inside another source become sections.
        adapter: takes the object and returns or yields its params: ``lambda source: [Param(("lr",), source.lr)]``.

    Raises:
        TypeError: *adapter* can't be called, or *kind* is neither a type nor a name.
    """
    if not callable(adapter):
        raise TypeError(f"The adapter of {kind!r} must be a function, not {adapter!r}.")
    if isinstance(kind, str):
        _REGISTERED[kind] = adapter
    else:
        params_of.register(kind, adapter)


def section_adapter(cls: type) -> Adapter | None:
    """Return the adapter for objects of *cls* that are sections wherever they stand, or None."""
    registered = params_of.dispatch(cls)
    if registered is not _unregistered:
        return registered
    return _registered_adapter(cls) or _marked_adapter(cls) or _named_adapter(cls, _SECTIONS)


def _registered_adapter(cls: type) -> Adapter | None:
    return next((_REGISTERED[name] for name in _names(cls) if name in _REGISTERED), None) if _REGISTERED else None


def _marked_adapter(cls: type) -> Adapter | None:
    return next((_adapter_in(module) for mark, module in _MARKED.items() if hasattr(cls, mark)), None)


def _named_adapter(cls: type, modules: Mapping[str, str]) -> Adapter | None:
    return next((_adapter_in(modules[name]) for name in _names(cls) if name in modules), None)


def _namedtuple_adapter(cls: type) -> Adapter | None:
    return _adapter_in("_namedtuple") if is_namedtuple(cls) else None


def _names(cls: type) -> Iterator[str]:
    return (f"{base.__module__}.{base.__qualname__}" for base in cls.__mro__)


def _adapter_in(module: str) -> Adapter:
    adapter: Adapter = import_module(f".{module}", __name__).params_of
    return adapter
