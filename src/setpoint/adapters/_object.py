"""Plain objects, and classes used as a namespace of constants."""

from collections.abc import Iterable, Iterator
from enum import Enum
from types import MemberDescriptorType, ModuleType
from typing import Any

from setpoint._core.change import Param
from setpoint.errors import UnsupportedSourceError

from ._nested import class_of, params_in, reading, under

_MARKS = ("__dataclass_fields__", "__attrs_attrs__", "__chz_fields__", "__struct_fields__", "__pydantic_validator__")
_VALUES = (Enum, BaseException, dict, list, tuple, set, frozenset, str, bytes, int, float)
_ABSENT = object()
_MADE_IN_PYTHON = 1 << 9  # Py_TPFLAGS_HEAPTYPE, CPython's Include/object.h: datetime.min is no param of a datetime


_OTHERWISE = (
    "Pass a dict, a file name, a Namespace, a dataclass or another known config object, or teach setpoint the type: "
    "setpoint.adapters.register(TheType, lambda source: [Param(('lr',), source.lr)])"
)


def params_of(source: Any) -> Iterable[Param]:
    """Return the params of an object or class: its public attributes, those of its classes included.

    Methods, properties and definitions of types are left out. A plain class defined inside the source's own class, or
    an instance of one, is a section.

    Raises:
        UnsupportedSourceError: the object is of a built-in type, is a class that wants an instance, or holds nothing.
    """
    if advice := _advice(source):
        raise UnsupportedSourceError(_type_name(source), advice)
    params = list(_params(source))
    if not params:
        advice = "It has no public attributes that hold values. " + _OTHERWISE
        raise UnsupportedSourceError(_type_name(source), advice)
    return params


def _params(source: Any) -> Iterator[Param]:
    for name, value in _attributes(source).items():
        cls = _class(value)
        if not _is_defined_in(source, cls):
            yield from params_in(name, value)
        elif not _is_definition(cls):
            yield from under(name, reading(_params, value))
        elif cls is not value:
            yield from params_in(name, value)


def _attributes(source: Any) -> dict[str, Any]:
    """Return the public attributes that hold values: those of the classes, bases first, then the object's own."""
    found: dict[str, Any] = {}
    owner = _class(source)
    for cls in reversed(owner.__mro__):
        if cls.__flags__ & _MADE_IN_PYTHON:
            for name, value in vars(cls).items():
                found[name] = _value_of(source, name, value)
    if owner is not source:
        found.update(getattr(source, "__dict__", {}))
    return {
        name: value
        for name, value in found.items()
        if not name.startswith("_") and value is not _ABSENT and not isinstance(value, ModuleType)
    }


def _value_of(source: Any, name: str, attribute: Any) -> Any:
    """Return what the class's *attribute* holds for *source*: itself, a slot's content, or nothing for a method."""
    if not hasattr(class_of(attribute), "__get__"):
        return attribute
    return getattr(source, name, _ABSENT) if _is_slot(attribute) and not isinstance(source, type) else _ABSENT


def _is_slot(attribute: object) -> bool:
    return isinstance(attribute, MemberDescriptorType)


def _class(source: object) -> type:
    """Return *source* where it is a class, else its class."""
    return source if isinstance(source, type) else type(source)


def _is_defined_in(source: Any, cls: type) -> bool:
    owner = _class(source)
    home = (cls.__module__, cls.__qualname__)
    return any(home == (base.__module__, f"{base.__qualname__}.{cls.__name__}") for base in owner.__mro__)


def _is_definition(cls: type) -> bool:
    return any(hasattr(cls, mark) for mark in _MARKS) or issubclass(cls, _VALUES)


def _advice(source: Any) -> str:
    """Return what to do instead where *source* can't be read at all, "" where it may be."""
    if isinstance(source, type):
        return "It is a class, not an object: pass an instance, TheClass(...)." if _is_definition(source) else ""
    if source is None:
        return "None holds no params: leave the argument out, or pass {}."
    if isinstance(source, str | bytes):
        return "As a text it must be the name of a config file: .yaml, .yml, .json or .toml."
    if isinstance(source, list | tuple | set | frozenset):
        return "Its values have no keys: pass a dict, as in {'layers': the_values}."
    if type(source).__name__ in ("function", "builtin_function_or_method", "method"):
        return "It is a function: call it and pass what it returns."
    return "A single value has no key: pass a dict, as in {'lr': the_value}." if _is_single(source) else ""


def _is_single(source: Any) -> bool:
    return isinstance(source, Enum) or type(source).__module__ == "builtins"


def _type_name(source: Any) -> str:
    if isinstance(source, type):
        return f"type[{source.__module__}.{source.__qualname__}]"
    cls = class_of(source)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"
