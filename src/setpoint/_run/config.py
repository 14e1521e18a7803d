"""Config as scripts meet it: it reads every kind of source and knows which line of code is at work."""

import os
from collections.abc import Iterable, Mapping
from threading import RLock
from typing import Any, cast

from setpoint._core import config as core
from setpoint._core.change import Param
from setpoint._core.summary import Summary
from setpoint._core.tree import Callback
from setpoint.adapters import params_of

from .origin import setting_site


class Config(core.Config):
    """The inputs of a script: a dict with attribute access at every depth that records who set what."""

    __slots__ = ()

    def __init__(
        self,
        params: Mapping[str, Any] | None = None,
        *,
        callback: Callback | None = None,
        allow_val_change: bool = False,
    ) -> None:
        """Make a config that holds *params* and tells *callback* of every change after them."""
        super().__init__(
            params,
            callback=callback,
            read_source=read_source,
            call_site=setting_site,
            guard=RLock(),
            allow_val_change=allow_val_change,
        )

    def _repr_html_(self) -> str:
        from .html import config_html

        return config_html(self)


Config._reserved = frozenset(dir(Config))


def new_summary() -> Summary:
    """Return an empty summary that knows which line of code sets a value."""
    return Summary(read_source=read_source, call_site=setting_site, guard=RLock())


def read_source(source: Any) -> Iterable[Param]:
    """Return the params of a config file, by its name, or of any object an adapter reads."""
    if isinstance(source, str | os.PathLike):
        from .files import file_params

        return file_params(os.fsdecode(cast("str", source)))
    return params_of(source)
