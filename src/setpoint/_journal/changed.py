"""Which params of a run were changed after they were set."""

from typing import Any

from setpoint._core.keys import join_key, split_key
from setpoint._core.leaves import flatten
from setpoint._core.values import Encoder

from .state import Recorded


def changed_keys(changes: list[Recorded]) -> list[str]:
    """Return the keys of params that were set and then changed or removed; overridden defaults don't count."""
    seen: dict[str, int] = {}
    for change in changes:
        seen[change.key] = seen.get(change.key, 0) + 1
    if len(seen) == len(changes) and not any(_has_above(key, seen) for key in seen):
        return []
    return _replayed(changes)


def _has_above(key: str, keys: dict[str, int]) -> bool:
    path = split_key(key)
    return any(join_key(path[:depth]) in keys for depth in range(1, len(path)))


def _replayed(changes: list[Recorded]) -> list[str]:
    held: dict[str, tuple[Any, int]] = {}
    changed: dict[str, None] = {}
    encoder = Encoder()
    for change in changes:
        below = (change.key + ".", change.key + "[")
        before = {key: value for key, value in held.items() if key == change.key or key.startswith(below)}
        after = {} if change.deleted else _leaves_at(change.key, encoder.encode(change.value, change.key))
        for key, (value, level) in before.items():
            if level > 0 and key not in changed and (key not in after or after[key] != value):
                changed[key] = None
            del held[key]
        held.update((key, (value, int(change.level))) for key, value in after.items())
    return list(changed)


def _leaves_at(key: str, plain: Any) -> dict[str, Any]:
    return {key + below.removeprefix("x"): value for below, value in flatten({"x": plain})}
