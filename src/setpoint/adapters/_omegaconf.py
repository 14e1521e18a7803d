"""OmegaConf and Hydra configs."""

from collections.abc import Iterable
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from setpoint._core.change import Param
from setpoint.errors import ConfigError, UnsupportedSourceError


def params_of(source: Any) -> Iterable[Param]:
    """Return the params of a config, interpolations resolved.

    Raises:
        ConfigError: values are missing (``???``) or an interpolation can't be resolved.
    """
    if not isinstance(source, DictConfig):
        raise UnsupportedSourceError("omegaconf.ListConfig", "Give it a name: {'layers': the_list}.")
    content = content_of(source)
    if content is None:
        raise ConfigError("The OmegaConf config is None as a whole. Pass one that holds params.")
    return [Param((name,), value) for name, value in content.items()]


def content_of(config: Any) -> Any:
    """Return the dict or list that a DictConfig or ListConfig holds, interpolations resolved; raises ConfigError."""
    try:
        missing = sorted(map(str, OmegaConf.missing_keys(config)))
        if not missing:
            return OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    except OmegaConfBaseException as error:
        problem = str(error).partition("\n")[0]
        raise ConfigError(f"The OmegaConf config can't be resolved at {error.full_key!r}: {problem}.") from error
    raise ConfigError(
        f"The OmegaConf config has no value (???) for {', '.join(missing)}. Give each a value before it is used."
    )
