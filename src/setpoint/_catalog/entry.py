"""A run as the catalog takes it in, made from its journal."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from setpoint._core.keys import join_key
from setpoint._core.leaves import flatten, is_dict
from setpoint._core.values import Encoder
from setpoint._journal.changed import changed_keys
from setpoint._journal.state import RunState

from .leaf import FLAG, Leaf, Scope, leaf_of

LeafKey = tuple[Scope, str]


class Entry(Struct):
    """What the catalog keeps of a run; ``config`` and ``summary`` in plain form, ``changed`` has keys."""

    id: str
    name: str = ""
    project: str = ""
    group: str = ""
    job_type: str = ""
    status: str = "running"
    created_ns: int = 0
    finished_ns: int = 0
    host: str = ""
    user: str = ""
    commit: str = ""
    notes: str = ""
    error: str = ""
    exit_code: int | None = None
    damage: int = 0
    lost: int = 0
    tags: list[str] = []
    changed: list[str] = []
    config: dict[str, Any] = {}
    summary: dict[str, Any] = {}


def entry_of(state: RunState) -> Entry:
    """Return the entry of a run as its journal tells it."""
    encoder = Encoder()
    git = state.environment.get("git")
    main = state.writers[0] if state.writers else None
    return Entry(
        id=state.id,
        name=state.name,
        project=state.project,
        group=state.group,
        job_type=state.job_type,
        status=state.status,
        created_ns=state.created_ns,
        finished_ns=state.finished_ns,
        host=main.host if main is not None else "",
        user=_text(state.environment.get("user")),
        commit=_text(git.get("commit")) if is_dict(git) else "",
        notes=state.notes,
        error=state.error,
        exit_code=state.exit_code,
        damage=len(state.damage),
        lost=state.lost,
        tags=list(dict.fromkeys(state.tags)),
        changed=changed_keys(state.changes),
        config={name: encoder.encode(value, name) for name, value in state.config.items()},
        summary={name: encoder.encode(value, name) for name, value in state.summary.items()},
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def leaves_of(entry: Entry) -> Iterator[tuple[LeafKey, Leaf]]:
    """Yield scope, key and leaf for every row of ``param`` that the entry asks for."""
    for key, plain in flatten(entry.config):
        yield (Scope.PARAM, key), leaf_of(plain)
    for key, plain in flatten(entry.summary):
        yield (Scope.SUMMARY, key), leaf_of(plain)
    for tag in entry.tags:
        yield (Scope.TAG, join_key((tag,))), FLAG
    for key in entry.changed:
        yield (Scope.CHANGED, key), FLAG
