"""setpoint records every value a run was set to, who set it and what came of it, and never loses it.

This module is a table: each name is loaded from its home when it is first used, so that importing it costs next to
nothing. ``config``, ``summary`` and ``run`` belong to the moment: they are asked for each time.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from . import adapters, errors, testing
    from ._core.change import Change, Level, Origin, Param
    from ._core.summary import Summary
    from ._query.load import load
    from ._query.runs import runs
    from ._run.config import Config
    from ._run.current import finish, log
    from ._run.init import init
    from ._run.run import Run
    from ._web.notebook import ui

    config: Config
    summary: Summary
    run: Run | None
else:
    ModuleType = type(sys)  # `import types` would cost more than the rest of this file

__version__ = "0.1.0"

__all__ = [
    "Change",
    "Config",
    "Level",
    "Origin",
    "Param",
    "Run",
    "adapters",
    "config",
    "errors",
    "finish",
    "init",
    "load",
    "log",
    "runs",
    "testing",
    "ui",
]  # and `run` and `summary`, which belong to a moment that `from setpoint import *` would freeze

_HOME = {
    "Change": "._core.change",
    "Config": "._run.config",
    "Level": "._core.change",
    "Origin": "._core.change",
    "Param": "._core.change",
    "Run": "._run.run",
    "finish": "._run.current",
    "init": "._run.init",
    "load": "._query.load",
    "log": "._run.current",
    "runs": "._query.runs",
    "ui": "._web.notebook",
}
_SUBMODULES = ("adapters", "errors", "testing")
_LIVE = ("config", "summary", "run")


def __getattr__(name: str) -> object:
    if name in _LIVE:
        from ._run import current

        return getattr(current, name)()
    from importlib import import_module

    if name in _SUBMODULES:
        return import_module(f".{name}", __name__)
    if name not in _HOME:
        raise AttributeError(_advice_on(name) or f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOME[name], __name__), name)
    return value


def _advice_on(name: str) -> str:
    if name.startswith("_"):
        return ""
    from ._run.wandb_names import advice_on

    return advice_on(name)


def __dir__() -> list[str]:
    return sorted({*__all__, *_LIVE, "__version__"})


class _Facade(ModuleType):
    """This module's class: it refuses ``setpoint.config = ...``, which would record nothing."""

    def __setattr__(self, name: str, value: object) -> None:
        if name in _LIVE:
            advice = "setpoint.config.update({...})" if name == "config" else "setpoint.init()"
            raise AttributeError(
                f"setpoint.{name} can't be replaced: nothing would be recorded. Call {advice} instead."
            )
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Facade
