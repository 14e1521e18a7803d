"""Who set a value, at which level, and what one change is."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from msgspec import Struct


class Level(IntEnum):
    """How strongly a value is held: a higher level overrides a lower one, never the other way round."""

    DEFAULT = 0
    SET = 1
    LOCKED = 2

    @property
    def label(self) -> str:
        """The word that records, JSON and the page use."""
        return self.name.lower()


DEFAULT, SET, LOCKED = Level.DEFAULT, Level.SET, Level.LOCKED
"""The levels by themselves: looking a member up in its enum costs as much as a function call."""


class Origin(Struct, frozen=True, omit_defaults=True, gc=False):
    """Who set a value.

    ``kind`` is one of: ``code`` (a line of Python), ``file`` (a line of a config file), ``flag`` (typed on the command
    line), ``default`` (a parser's own default for the flag *name*), ``env`` (an environment variable), ``sweep``,
    ``rerun``, ``resume``, ``import`` (read from another tracker), ``amend`` (changed after the run), ``call`` (a call
    whose line is unknown). ``name`` is the file, flag, variable, sweep, tracker or user; ``line`` is 1-based, 0 where
    there is none.
    """

    kind: str
    name: str = ""
    line: int = 0

    def __str__(self) -> str:
        if self.kind in ("code", "file"):
            return f"{self.name}:{self.line}" if self.line else self.name
        if self.kind == "flag":
            return self.name
        if self.kind == "default":
            return f"default of {self.name}"
        if self.kind == "env":
            return f"${self.name}"
        return f"{self.kind} {self.name}".strip()


UNKNOWN = Origin("call")

Path = tuple[str | int, ...]


class Param(Struct, frozen=True):
    """One value that a source holds, as an adapter yields it.

    ``path`` holds the names from the root of the config, e.g. ``("optim", "lr")``; the value may itself be a dict or a
    list. ``origin`` is None where only the caller is known (a plain dict): then the line that called counts.
    ``inner`` gives descendants of the value an origin of their own, by their path below this param.
    """

    path: Path
    value: Any  # a param's value is whatever the user put in
    origin: Origin | None = None
    level: Level = SET
    description: str = ""
    inner: Mapping[Path, Origin] = {}


class Change(Struct, frozen=True, gc=False):
    """One set or delete of one param, with its origin.

    ``value`` is None when ``deleted``. A value that is a dict or a list stands for everything below the key.
    """

    key: str
    value: Any  # a param's value is whatever the user put in
    origin: Origin
    deleted: bool = False
    level: Level = SET
    description: str = ""
