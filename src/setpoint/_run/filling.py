"""How a run's config comes together: files, the draft, what ``init()`` is given, what is locked, what was recorded."""

from collections.abc import Mapping, Sequence
from pathlib import Path as Folder
from typing import Any

from msgspec import Struct

from setpoint._core.assemble import Params
from setpoint._core.change import DEFAULT, Change, Origin, Param
from setpoint._core.config import begin_from
from setpoint._core.keys import split_key
from setpoint._core.tree import Stamp
from setpoint._journal.state import RunState
from setpoint.errors import ConfigFileError, InvalidArgumentError

from .config import Config, read_source
from .settings import Settings

DEFAULTS_FILE = "config-defaults.yaml"


class Sources(Struct):
    """What ``init()`` was given for the config."""

    config: Any  # any kind of source
    include_keys: Sequence[str] | None
    exclude_keys: Sequence[str] | None
    allow_val_change: bool | None

    def params(self) -> Params:
        """Return the params of the given source that are wanted."""
        if self.config is None:
            return Params()
        read = Params(read_source(self.config))
        if self.include_keys is not None:
            return Params(param for param in read if param.path[0] in self.include_keys)
        return Params(param for param in read if param.path[0] not in (self.exclude_keys or ()))


def fill(config: Config, sources: Sources, settings: Settings) -> None:
    """Add to the draft what files hold (*default*), what ``init()`` was given (*set*) and what is *locked*."""
    for path in settings.config_files:
        try:
            config.setdefaults(Params(_file(path)))
        except ConfigFileError as error:
            error.advice = f"{error.advice} SETPOINT_CONFIG names it.".strip()
            raise
    if Folder(DEFAULTS_FILE).is_file():
        config.setdefaults(Params(_file(DEFAULTS_FILE)))
    config.update(sources.params(), allow_val_change=sources.allow_val_change)
    if settings.locked:
        config.merge_locked(Params(_locked(settings.locked)), "env SETPOINT_LOCKED")


def resume(config: Config, before: RunState) -> int:
    """Put the recorded config beneath what is set now; return how many changes were recorded before."""
    stamps = {split_key(key): Stamp(held.origin, held.level) for key, held in before.held.items()}
    history = [
        Change(one.key, one.value, one.origin, one.deleted, one.level, one.description) for one in before.changes
    ]
    return begin_from(config, before.config, stamps, history)


def _file(path: str) -> list[Param]:
    from .files import file_params

    return file_params(path, DEFAULT)


def _locked(locked: Mapping[str, Any]) -> list[Param]:
    params: list[Param] = []
    for key, value in locked.items():
        try:
            params.append(Param(split_key(key), value, Origin("env", "SETPOINT_LOCKED")))
        except ValueError as error:
            raise InvalidArgumentError("SETPOINT_LOCKED", repr(key), f"keys such as 'optim.lr' ({error})") from None
    return params
