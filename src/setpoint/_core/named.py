"""Values whose class has a name: enums, named tuples, dataclasses, types and functions.

They are recorded by ``module:qualified name``. Reading finds a class only in modules that are loaded already and never
runs its constructor; otherwise a ``Foreign`` keeps the data.
"""

import sys
from collections.abc import Callable
from typing import Any, Protocol

from .marks import Foreign, Plain
from .raw import iter_tuple, module_of, mro_of, qualname_of, space_of, type_of

Read = Callable[[Any], Any]
"""Reads a part of a plain form."""


class Inside(Protocol):
    """The place of a value that is being written: its parts are written from here."""

    def part(self, value: Any, at: str | int, name: str | None = None) -> Plain:
        """Return the plain form of a part; *at* is its name or index, *name* counts for secrets if it is given."""
        ...


class NotKeptError(Exception):
    """A value of a known kind that has no exact plain form; the message is the reason a reader sees."""


def name_of(thing: Any) -> str:
    """Return ``module:qualified name`` of a class or function; raises NotKeptError where it names another thing."""
    if isinstance(thing, type):
        module, qualname = module_of(thing), qualname_of(thing)
    else:
        qualname = getattr(thing, "__qualname__", None) or thing.__name__
        module = getattr(thing, "__module__", None) or module_of(type_of(thing))
    for home in (module, "types"):
        if find(f"{home}:{qualname}") is thing:
            return f"{home}:{qualname}"
    raise NotKeptError(f"{qualname} can't be found by name in a module")


def find(name: str) -> Any:
    """Return what ``module:qualified name`` names in the modules loaded so far, None if nothing; imports nothing."""
    module, _, qualname = name.partition(":")
    at: Any = sys.modules.get(module)
    for part in qualname.split("."):
        if at is None:
            return None
        # Only what is stored: an attribute made on demand would run code that the data names.
        at = _stored(at, part)
    return at


def _stored(owner: Any, name: str) -> Any:
    for base in mro_of(owner) if isinstance(owner, type) else (owner,):
        space = space_of(base) if isinstance(base, type) else getattr(base, "__dict__", {})
        if name in space:
            value = space[name]
            return value.__func__ if isinstance(value, staticmethod) else value
    return None


def find_class(name: str, base: type = object) -> Any:
    """Return the loaded class of that name if it is a subclass of *base*, else None."""
    found = find(name)
    return found if isinstance(found, type) and base in mro_of(found) else None


def _class_name(kind: type) -> str:
    """Return the class's name, also where no module holds it: it is then read as foreign."""
    try:
        return name_of(kind)
    except NotKeptError:
        return f"{module_of(kind)}:{qualname_of(kind)}"


def _dotted(name: str) -> str:
    module, _, qualname = name.partition(":")
    return qualname if module in ("builtins", "") else f"{module}.{qualname}"


def write_enum(value: Any, inside: Inside) -> Plain:
    """Write a member of an enum, or a combination of flags."""
    member = object.__getattribute__(value, "_name_")
    part = inside.part(object.__getattribute__(value, "_value_"), "value")
    return {"$type": "enum", "class": _class_name(type_of(value)), "name": member or "", "value": part}


def read_enum(form: dict[str, Any], read: Read) -> Any:
    """Read a member by name where its value is still the recorded one, a combination of flags by value."""
    import enum

    name, value = form["name"], read(form["value"])
    cls = find_class(form["class"], enum.Enum)
    if cls is not None:
        member = space_of(cls)["_member_map_"].get(name)
        if member is not None and _is_recorded(member, form["value"]):
            return member
        standard = getattr(cls._missing_, "__func__", None) is enum.Flag._missing_.__func__  # type: ignore[attr-defined]  # a classmethod
        if member is None and enum.Flag in mro_of(cls) and type(value) is int and standard:
            return cls(value)
    return Foreign(_dotted(form["class"]), "enum", name, value)


def _is_recorded(member: Any, plain: Any) -> bool:
    import msgspec

    from .encode import Encoder

    now = Encoder().encode(object.__getattribute__(member, "_value_"))
    return msgspec.json.encode(now) == msgspec.json.encode(plain)


def write_namedtuple(value: Any, inside: Inside) -> Plain:
    """Write a named tuple, field by field."""
    names: tuple[str, ...] = type_of(value)._fields
    fields = {name: inside.part(part, name, name) for name, part in zip(names, iter_tuple(value), strict=True)}
    return {"$type": "namedtuple", "class": _class_name(type_of(value)), "fields": fields}


def read_namedtuple(form: dict[str, Any], read: Read) -> Any:
    """Read a named tuple where its class still has the recorded fields."""
    fields = {name: read(part) for name, part in form["fields"].items()}
    cls = find_class(form["class"], tuple)
    if cls is not None and getattr(cls, "_fields", None) == tuple(fields):
        return tuple[Any, ...].__new__(cls, tuple(fields.values()))
    return Foreign(_dotted(form["class"]), "namedtuple", "", fields)


def field_names(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of a dataclass's fields; class variables and init-only arguments are none."""
    fields: dict[str, Any] = kind.__dataclass_fields__  # asked for dataclasses only
    return tuple(name for name, field in fields.items() if field._field_type.name == "_FIELD")


def write_dataclass(value: Any, inside: Inside) -> Plain:
    """Write a dataclass, field by field; a field that was never set is left out."""
    fields: dict[str, Plain] = {}
    for name in field_names(type_of(value)):
        try:
            part = object.__getattribute__(value, name)
        except AttributeError:
            continue
        fields[name] = inside.part(part, name, name)
    return {"$type": "dataclass", "class": _class_name(type_of(value)), "fields": fields}


def read_dataclass(form: dict[str, Any], read: Read) -> Any:
    """Read a dataclass where its class still has the recorded fields, without running its ``__init__``."""
    fields = {name: read(part) for name, part in form["fields"].items()}
    cls = find_class(form["class"])
    if cls is not None and "__dataclass_fields__" in dir(cls) and fields.keys() <= set(field_names(cls)):
        try:
            made = object.__new__(cls)
        except TypeError:  # the class is built on one written in C
            return Foreign(_dotted(form["class"]), "dataclass", "", fields)
        for name, part in fields.items():
            object.__setattr__(made, name, part)
        return made
    return Foreign(_dotted(form["class"]), "dataclass", "", fields)


def write_type(value: Any, _inside: Inside) -> Plain:
    """Write a class by its name."""
    return {"$type": "type", "name": name_of(value)}


def write_function(value: Any, _inside: Inside) -> Plain:
    """Write a function by its name; a lambda or a local function has none."""
    return {"$type": "function", "name": name_of(value)}


def read_type(form: dict[str, Any], _read: Read) -> Any:
    """Read a class that is loaded."""
    found = find_class(form["name"])
    return Foreign(_dotted(form["name"]), "type") if found is None else found


def read_function(form: dict[str, Any], _read: Read) -> Any:
    """Read a function that is loaded."""
    found = find(form["name"])
    is_function = type(found).__name__ in ("function", "builtin_function_or_method", "ufunc")
    return found if is_function else Foreign(_dotted(form["name"]), "function")
