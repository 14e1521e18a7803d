"""absl flags: the ones the script itself defines."""

from collections.abc import Iterable, Iterator
from typing import Any

from setpoint._core.change import Level, Origin, Param

from ._nested import params_in

_NOT_THE_USERS = ("absl.", "tensorflow.")


def params_of(source: Any) -> Iterable[Param]:
    """Yield the params of a FlagValues: typed flags are *set*, the others *default*; before parsing all are default.

    Flags that absl defines itself, and further names of a flag (aliases, short names), are left out. Flags of
    ml_collections like ``--config.optim.lr`` are who set that param in the section that ``--config`` holds.
    """
    flags = {flag.name: flag for flag in _users_flags(source)}
    params = {name: list(params_in(name, flag.value, flag.help or "", *_origin(flag))) for name, flag in flags.items()}
    sections = {name for name, held in params.items() if any(len(param.path) > 1 for param in held)}
    overrides = {name.partition("[")[0]: flag for name, flag in flags.items() if name.partition(".")[0] in sections}
    for name, held in params.items():
        if name in sections:
            yield from (_overridden(param, overrides.get(".".join(map(str, param.path)))) for param in held)
        elif name.partition("[")[0] not in overrides:
            yield from held


def _users_flags(source: Any) -> Iterator[Any]:
    foreign = {
        id(flag)
        for module, flags in source.flags_by_module_dict().items()
        if module.startswith(_NOT_THE_USERS)
        for flag in flags
    }
    for name in source:
        flag = source[name]
        # Flags that override one field are made by ml_collections on behalf of the user, and count as absl's.
        is_users = id(flag) not in foreign or "." in name
        # absl makes the class of aliases inside the function that defines one: only its name is there to compare.
        if is_users and flag.name == name and type(flag).__name__ != "_FlagAlias":
            yield flag


def _origin(flag: Any) -> tuple[Origin | None, Level]:
    if flag.present:
        return Origin("flag", f"--{flag.name}"), Level.SET
    if flag.using_default_value:
        return Origin("default", f"--{flag.name}"), Level.DEFAULT
    return None, Level.SET  # assigned by the program


def _overridden(param: Param, flag: Any) -> Param:
    if flag is None:
        return param
    origin, level = _origin(flag)
    return Param(param.path, param.value, origin, level, param.description)
