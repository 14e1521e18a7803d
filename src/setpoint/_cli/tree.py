"""A config as an indented tree, a line a param, with who set each and what is odd about it."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from setpoint._core.change import Path
from setpoint._core.keys import join_key, quote_name
from setpoint._core.leaves import is_dict, is_list
from setpoint._core.values import show
from setpoint._journal.state import Held
from setpoint._query.recorded import RecordedRun

from .output import Screen
from .table import Column, lines_of
from .text import FULL, safe, value_text

_INDENT = "  "
_VALUE = 48
_INLINE = 60
_ORIGINS = 3


class Line(Struct):
    """A line of the tree: a param or a section with its depth and name; a section has no text."""

    path: Path
    depth: int
    name: str
    text: str | None
    notes: list[str]
    origin: str = ""


def tree_lines(run: RecordedRun, screen: Screen, indent: int, only: set[str] | None = None) -> Iterator[str]:
    """Yield the run's config as a tree; with *only*, no more than the params of these keys and what is in them."""
    notes = _notes(run)
    lines = list(_walk(run.config, (), run.state.held, notes, screen))
    if only is not None:
        lines = [line for line in lines if line.text is not None and _is_in(line.path, only)]
        for line in lines:
            line.name, line.depth = join_key(line.path), 0
    styles = ["bold" if line.text is None else "key" for line in lines]
    columns = [
        Column("", [_INDENT * line.depth + safe(line.name) for line in lines], styles=styles or [""]),
        Column("", [line.text or "" for line in lines]),
        Column("", [safe(line.origin) for line in lines], styles=["dim"]),
        Column("", [", ".join(line.notes) for line in lines], styles=["warn"]),
    ]
    yield from lines_of(columns, screen, has_titles=False, indent=indent)


def _is_in(path: Path, keys: set[str]) -> bool:
    return any(join_key(path[:length]) in keys for length in range(1, len(path) + 1))


def _notes(run: RecordedRun) -> dict[str, list[str]]:
    """Return what is to be said beside a key: that it was changed, never read, or differs between processes."""
    notes: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    for change in run.state.changes:
        counts[change.key] = counts.get(change.key, 0) + 1
    for key, count in counts.items():
        if count > 1:
            notes.setdefault(key, []).append("changed" if count == 2 else f"changed {count - 1} times")
    for key, near in run.unused.items():
        notes.setdefault(key, []).append(f"unused, meant {safe(' or '.join(near))}?" if near else "unused")
    for disagreement in run.disagreements:
        notes.setdefault(disagreement.key, []).append("ranks differ")
    return notes


def _walk(
    section: Mapping[Any, Any] | list[Any],
    at: Path,
    held: Mapping[str, Held],
    notes: Mapping[str, list[str]],
    screen: Screen,
) -> Iterator[Line]:
    pairs = enumerate(section) if isinstance(section, list) else section.items()
    for name, value in pairs:
        path = (*at, name)
        key = join_key(path)
        shown = f"[{name}]" if isinstance(name, int) else quote_name(name)
        if _is_open(value, key, notes):
            yield Line(path, len(at), shown, None, notes.get(key, []))
            yield from _walk(value, path, held, notes, screen)
        else:
            text = value_text(value, _VALUE if screen.is_terminal else FULL)
            yield Line(path, len(at), shown, text, notes.get(key, []), origins_of(key, held))


def _is_open(value: Any, key: str, notes: Mapping[str, list[str]]) -> bool:
    """Tell whether a value is shown as lines of its own: a section, a list of such, or a long list with notes in it."""
    if is_dict(value):
        return bool(value) and all(type(name) is str for name in value)
    if not is_list(value):
        return False
    if any(bool(part) and (is_dict(part) or is_list(part)) for part in value):
        return True
    return any(name.startswith(f"{key}[") for name in notes) and len(show(value, FULL)) > _INLINE


def origins_of(key: str, held: Mapping[str, Held]) -> str:
    """Return who set a param; of a list, who set its elements, each once."""
    if key in held and not any(name.startswith(key + "[") for name in held):
        return str(held[key].origin)
    below = (key + "[", key + ".")
    found = list(dict.fromkeys(str(one.origin) for name, one in held.items() if name.startswith(below)))
    found = found or _above(key, held)
    return ", ".join(found[:_ORIGINS]) + (f" and {len(found) - _ORIGINS} more" if len(found) > _ORIGINS else "")


def _above(key: str, held: Mapping[str, Held]) -> list[str]:
    above = [name for name in held if key == name or key.startswith((name + ".", name + "["))]
    return [str(held[max(above, key=len)].origin)] if above else []
