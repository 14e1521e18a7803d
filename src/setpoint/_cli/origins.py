"""Who set a value, as JSON shows it."""

from typing import Any

from setpoint._journal.state import Held, Recorded


def held_dict(held: Held) -> dict[str, Any]:
    """Return who holds a value as plain JSON."""
    return _dict(held)


def change_dict(change: Recorded) -> dict[str, Any]:
    """Return one change as plain JSON, its value in plain form."""
    from setpoint._core.values import Encoder

    value = {"deleted": True} if change.deleted else {"value": Encoder().encode(change.value)}
    return {"key": change.key, **value, **_dict(change)}


def _dict(one: Held | Recorded) -> dict[str, Any]:
    return {
        "origin": str(one.origin),
        "kind": one.origin.kind,
        "name": one.origin.name,
        "line": one.origin.line,
        "level": one.level.label,
        "time_ns": one.time_ns,
        "writer": one.writer,
        "step": one.step,
    }
