"""What differs between runs: params apart from results, and whether code, packages or machine differ."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from pathlib import PurePath
from typing import Any

import msgspec
from msgspec import Struct

from setpoint._catalog.leaf import Scope
from setpoint._core.change import Origin
from setpoint._core.keys import join_key
from setpoint._core.leaves import SECTION_FORMS, flatten, is_dict, is_list
from setpoint._core.values import decode

from .holding import Find, finder
from .keys import column_name, is_among
from .recorded import MISSING, RecordedRun

ABSENT = object()
"""Stands among plain values where a run has none."""


class Cell(Struct, frozen=True):
    """One run's value of one key, MISSING where it has none, and who set it (params only)."""

    value: Any  # a param's value is whatever the user put in
    origin: Origin | None = None


class DiffRow(Struct, frozen=True):
    """A key that differs, as tables name it, with a cell for each run.

    Where lists differ in length, the key names the element by its place in the list in which it comes last.
    """

    key: str
    cells: tuple[Cell, ...]


class Fact(Struct, frozen=True):
    """Something outside the config that differs: ``code``, ``packages``, ``machine``, ..., with a text for each run."""

    name: str
    values: tuple[str, ...]


class Diff(Struct, frozen=True):
    """What differs between runs. ``ignored`` counts params that differ but were to be ignored."""

    runs: tuple[RecordedRun, ...]
    config: tuple[DiffRow, ...]
    results: tuple[DiffRow, ...]
    facts: tuple[Fact, ...]
    ignored: int = 0

    @property
    def is_config_equal(self) -> bool:
        """Whether no param differs that was not to be ignored."""
        return not self.config

    def verdict(self) -> str:
        """Return one sentence: what, beside results, tells these runs apart."""
        facts = ", ".join(fact.name for fact in self.facts)
        if not self.config:
            return f"The config is the same; what differs: {facts}." if facts else "Nothing differs but the results."
        params = "1 param differs" if len(self.config) == 1 else f"{len(self.config)} params differ"
        return f"{params}; what differs too: {facts}." if facts else f"{params}."

    def __repr__(self) -> str:
        from .html import diff_text

        return diff_text(self)

    def _repr_html_(self) -> str:
        from .html import diff_html

        return diff_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the same as plain dicts and lists, for JSON."""
        from setpoint._core.values import Encoder

        plain = Encoder().encode

        def row(item: DiffRow) -> dict[str, Any]:
            cells = [
                None if cell.value is MISSING else {"value": plain(cell.value), **_origin_dict(cell.origin)}
                for cell in item.cells
            ]
            return {"key": item.key, "cells": cells}

        return {
            "runs": [run.id for run in self.runs],
            "config": [row(item) for item in self.config],
            "results": [row(item) for item in self.results],
            "facts": [{"name": fact.name, "values": list(fact.values)} for fact in self.facts],
            "ignored": self.ignored,
        }


def _origin_dict(origin: Origin | None) -> dict[str, str]:
    return {} if origin is None else {"origin": str(origin)}


def diff(runs: Sequence[RecordedRun], ignore: Iterable[str] = ()) -> Diff:
    """Return what differs between runs, of which there may be any number.

    Args:
        runs: the runs; their order is that of the cells.
        ignore: keys, or patterns with ``*``, such as ``seed`` or ``paths.*``; a section stands for all in it.
    """
    patterns = tuple(ignore)
    config = differing([run.plain(Scope.PARAM) for run in runs])
    kept = [(key, values) for key, values in config if not is_among(key, patterns)]
    finders = [finder(run) for run in runs] if kept else []
    rows = tuple(
        DiffRow(
            column_name(Scope.PARAM, key),
            tuple(_cell(value, at, find) for (value, at), find in zip(values, finders, strict=True)),
        )
        for key, values in kept
    )
    results = tuple(
        DiffRow(column_name(Scope.SUMMARY, key), tuple(_cell(value, at, None) for value, at in values))
        for key, values in differing([run.plain(Scope.SUMMARY) for run in runs])
        if not is_among(column_name(Scope.SUMMARY, key), patterns)
    )
    return Diff(tuple(runs), rows, results, _facts(runs), len(config) - len(kept))


_Values = list[tuple[Any, str]]  # the plain value of each run, and the key under which that run has it


def differing(trees: Sequence[dict[str, Any]]) -> list[tuple[str, _Values]]:
    """Return the keys whose plain values are not the same in all trees, each with its value in each."""
    found: list[tuple[str, _Values]] = []
    _compare(list(trees), ["", *[""] * len(trees)], found)
    return found


def _compare(values: list[Any], keys: list[str], found: list[tuple[str, _Values]]) -> None:
    """Add what differs; *keys* has the key of the row, then that of each value in its own run."""
    there = [value for value in values if value is not ABSENT]
    if len(there) == len(values) and len({plain_text(value) for value in values}) == 1:
        return
    if all(_section(value) is not None for value in there) and any(_section(value) for value in there):
        _compare_sections([ABSENT if value is ABSENT else _section(value) for value in values], keys, found)
    elif len(there) > 1 and all(is_list(_items(value)) for value in there):
        _compare_lists([ABSENT if value is ABSENT else _items(value) for value in values], keys, found)
    else:
        found.append((keys[0], list(zip(values, keys[1:], strict=True))))


def _compare_sections(sections: list[Any], keys: list[str], found: list[tuple[str, _Values]]) -> None:
    for name in dict.fromkeys(name for section in sections if section is not ABSENT for name in section):
        inner = [ABSENT if section is ABSENT else section.get(name, ABSENT) for section in sections]
        _compare(inner, [_below(key, name) for key in keys], found)


def _below(key: str, name: str) -> str:
    return f"{key}.{join_key((name,))}" if key else join_key((name,))


def _compare_lists(lists: list[Any], keys: list[str], found: list[tuple[str, _Values]]) -> None:
    before = len(found)
    for places in _aligned(lists):
        inner = [ABSENT if at is None else items[at] for items, at in zip(lists, places, strict=True)]
        shown = _place(places)
        inner_keys = [f"{key}[{shown if at is None else at}]" for key, at in zip(keys, (shown, *places), strict=True)]
        _compare(inner, inner_keys, found)
    if len(found) == before:  # an empty list against none at all, or a tuple against a list
        found.append((keys[0], list(zip(lists, keys[1:], strict=True))))


def _place(places: tuple[int | None, ...]) -> int:
    return max(at for at in places if at is not None)


def _aligned(lists: list[Any]) -> list[tuple[int | None, ...]]:
    """Return rows of indexes, one a list, so that equal elements stand in one row; lists are aligned to the first."""
    base = next(items for items in lists if items is not ABSENT)
    rows: list[list[int | None]] = [[None] * len(lists) for _ in base]
    extra: dict[tuple[int, str], list[int | None]] = {}  # what stands before an element of the base, by content
    for column, items in enumerate(lists):
        if items is ABSENT:
            continue
        if items is base:
            for at, row in enumerate(rows):
                row[column] = at
            continue
        for before, at, is_extra in _matched(base, items):
            if not is_extra:
                rows[before][column] = at
                continue
            content = plain_text(items[at])
            row = extra.setdefault((before, content), [None] * len(lists))
            if row[column] is not None:  # the same element twice in a row
                row = extra.setdefault((before, f"{content}#{at}"), [None] * len(lists))
            row[column] = at
    ordered: list[tuple[int | None, ...]] = []
    for at in range(len(base) + 1):
        ordered.extend(tuple(row) for (before, _), row in extra.items() if before == at)
        if at < len(base):
            ordered.append(tuple(rows[at]))
    return ordered


def _matched(base: list[Any], items: list[Any]) -> Iterable[tuple[int, int, bool]]:
    """Yield place in the base, place in the items, and whether the item has no partner and stands before that place."""
    matcher = SequenceMatcher(
        None, [plain_text(item) for item in base], [plain_text(item) for item in items], autojunk=False
    )
    for _, start, stop, other_start, other_stop in matcher.get_opcodes():
        both = min(stop - start, other_stop - other_start)
        for offset in range(both):
            yield start + offset, other_start + offset, False
        for at in range(other_start + both, other_stop):
            yield stop, at, True


def plain_text(value: Any) -> str:
    """Return a text that two plain values share when they are the same; empty for ABSENT."""
    return "" if value is ABSENT else msgspec.json.encode(value, order="deterministic").decode()


def _section(value: Any) -> dict[str, Any] | None:
    if not is_dict(value) or "$redacted" in value:
        return None
    kind = value.get("$type")
    if kind is None:
        return value
    parts = value.get(SECTION_FORMS.get(str(kind), ""))
    return parts if is_dict(parts) else None


def _items(value: Any) -> Any:
    if is_dict(value) and value.get("$type") == "tuple":
        return value["items"]
    return value


def _cell(value: Any, key: str, find: Find | None) -> Cell:
    if value is ABSENT:
        return Cell(MISSING)
    held = None if find is None else find(key)
    return Cell(decode(value), None if held is None else held.origin)


_GROUPS = {
    "code": ("git", "script", "module"),
    "packages": ("packages", "editable", "python"),
    "machine": ("host", "user", "system", "cpu_count", "cpus_usable", "memory_bytes", "gpus"),
    "environment variables": ("variables",),
}
_SHOWN = 5


def _facts(runs: Sequence[RecordedRun]) -> tuple[Fact, ...]:
    environments = [_environment(run) for run in runs]
    facts: list[Fact] = []
    for name, parts in _GROUPS.items():
        leaves = [
            dict(flatten({part: environment[part] for part in parts if part in environment}))
            for environment in environments
        ]
        names = dict.fromkeys(key for found in leaves for key in found)
        unlike = [key for key in names if len({plain_text(found.get(key, ABSENT)) for found in leaves}) > 1]
        if unlike:
            facts.append(Fact(name, tuple(_listed(found, unlike) for found in leaves)))
    return tuple(facts)


def _environment(run: RecordedRun) -> dict[str, Any]:
    from setpoint._core.values import Encoder

    try:
        environment = run.environment
    except OSError:  # as for origins
        return {}
    encoder = Encoder()
    plain = {name: encoder.encode(value) for name, value in environment.items()}
    return {**plain, **_code(plain)}


def _code(environment: dict[str, Any]) -> dict[str, Any]:
    """Return commit and diff of the code, and the script's path below the root: what is the same wherever it lies."""
    git = environment.get("git", {})
    script = PurePath(environment.get("script", ""))
    if git.get("root") and script.is_relative_to(git["root"]):
        script = script.relative_to(git["root"])
    kept = {name: git[name] for name in ("commit", "dirty", "diff_bytes") if name in git}
    return {"git": kept, "script": script.as_posix() if script.parts else ""}


def _listed(leaves: dict[str, Any], keys: list[str]) -> str:
    shown = [f"{key} {leaves.get(key, 'missing')}" for key in keys[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else "")
