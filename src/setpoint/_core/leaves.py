"""The leaves of a tree in plain form, each with its key."""

from functools import lru_cache
from typing import Any, TypeGuard

from .keys import quote_name

LIST_FORMS = frozenset({"tuple", "set", "frozenset"})
SECTION_FORMS = {"dict": "items", "namedtuple": "fields", "dataclass": "fields"}
"""The forms whose parts are leaves of their own, and the field that holds the parts."""
_SCALARS = frozenset({str, int, float, bool, type(None)})
_quoted = lru_cache(maxsize=16_384)(quote_name)  # many runs have the same names


def flatten(tree: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return key and plain form of every leaf of a config or summary in plain form; empty containers are leaves.

    Tuples and sets count as lists; named tuples, dataclasses and dicts whose keys are all text as sections.
    """
    found: list[tuple[str, Any]] = []
    _add_section(found, "", tree)
    return found


def _add_section(found: list[tuple[str, Any]], before: str, section: dict[str, Any]) -> None:
    for name, value in section.items():
        key = before + _quoted(name)
        if type(value) in _SCALARS:
            found.append((key, value))
        else:
            _add(found, key, value)


def _add(found: list[tuple[str, Any]], key: str, value: Any) -> None:
    inner: Any = _parts(value) if is_dict(value) else value if is_list(value) else None
    if not inner:
        found.append((key, value))
    elif is_dict(inner):
        _add_section(found, key + ".", inner)
    else:
        for at, part in enumerate(inner):
            _add(found, f"{key}[{at}]", part)


def is_dict(plain: Any) -> TypeGuard[dict[str, Any]]:
    """Tell whether a plain value is a dict: a section, or a form."""
    return isinstance(plain, dict)


def is_list(plain: Any) -> TypeGuard[list[Any]]:
    """Tell whether a plain value is a list."""
    return isinstance(plain, list)


def _parts(form: dict[str, Any]) -> dict[str, Any] | list[Any] | None:
    kind = form.get("$type")
    if kind is None:
        return None if "$redacted" in form else form
    if kind in LIST_FORMS:
        items = form.get("items")
        return items if is_list(items) else None
    parts = form.get(SECTION_FORMS.get(str(kind), ""))
    if kind == "dict" and is_list(parts) and all(isinstance(pair[0], str) for pair in parts):
        return dict(parts)
    return parts if is_dict(parts) else None
