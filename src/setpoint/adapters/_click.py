"""click and Typer contexts."""

from collections.abc import Iterable
from os import environ
from typing import Any

from setpoint._core.change import Level, Origin, Param

from ._nested import params_in


def params_of(source: Any) -> Iterable[Param]:
    """Yield the params of a context: typed ones and those of the environment are *set*, the others *default*."""
    declared = {param.name: param for param in source.command.params}
    for name, value in source.params.items():
        param = declared.get(name)
        origin, level = _origin(source, name, value, param)
        yield from params_in(name, value, getattr(param, "help", None) or "", origin, level)


def _origin(context: Any, name: str, value: Any, param: Any) -> tuple[Origin | None, Level]:
    source = context.get_parameter_source(name)
    kind = source.name if source is not None and param is not None else ""
    if kind in ("COMMANDLINE", "PROMPT"):
        return Origin("flag", _flag(param, value)), Level.SET
    if kind == "ENVIRONMENT":
        return Origin("env", _variable(context, param)), Level.SET
    if kind in ("DEFAULT", "DEFAULT_MAP"):
        return Origin("default", _flag(param, value)), Level.DEFAULT
    return None, Level.SET  # put there by the program


def _flag(param: Any, value: Any) -> str:
    off: list[str] = param.secondary_opts
    return max(off if value is False and off else param.opts, key=len)


def _variable(context: Any, param: Any) -> str:
    given: list[str] = [param.envvar] if isinstance(param.envvar, str) else list(param.envvar or ())
    if context.auto_envvar_prefix and param.name:
        given.append(f"{context.auto_envvar_prefix}_{param.name.upper()}")
    return next((variable for variable in given if environ.get(variable)), given[0] if given else param.name)
