"""JSON and YAML that other tools wrote, as plain values; whatever is wrong with one is an UnreadableError."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from setpoint._core.leaves import is_dict

from .files import UnreadableError, is_file, read_bytes, read_text

_MAX_YAML_BYTES = 4 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_json(data: bytes | str) -> Any:  # whatever JSON can hold
    """Return the value of a JSON text in which also NaN and Infinity may stand; raises ValueError."""
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def read_json(path: Path) -> Any:  # whatever JSON can hold
    """Return what a JSON file holds."""
    try:
        return parse_json(read_bytes(path))
    except ValueError as error:
        raise UnreadableError(str(path), f"it is no JSON: {error}") from None


def json_object(path: Path) -> dict[str, Any]:
    """Return the object of a JSON file; empty where there is no such file."""
    found: Any = read_json(path) if is_file(path) else {}
    if not is_dict(found):
        raise UnreadableError(str(path), "it holds no JSON object")
    return found


def read_yaml(path: Path) -> Any:  # whatever YAML can hold
    """Return what a YAML file holds, by YAML 1.1's rules as the tools that wrote it have them; tags build nothing."""
    import yaml

    text = read_text(path, _MAX_YAML_BYTES)
    try:
        # Aliases could make a small file as large as memory; the tools write none.
        if any(isinstance(event, yaml.events.AliasEvent) for event in yaml.parse(text, _loader())):
            raise UnreadableError(str(path), "it has YAML aliases, which are not read here")
        return yaml.load(text, _loader())  # noqa: S506  # one of the two safe loaders
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        first = str(error).partition("\n")[0]
        raise UnreadableError(str(path), f"it is no YAML: {first}") from None


def yaml_mapping(path: Path) -> dict[str, Any]:
    """Return the mapping of a YAML file, its names as text; empty where there is no such file or nothing in it."""
    found: Any = read_yaml(path) if is_file(path) else {}
    if found is None:
        return {}
    if not is_dict(found):
        raise UnreadableError(str(path), "it holds no mapping")
    return {str(name): value for name, value in found.items()}


def _loader() -> Any:  # one of PyYAML's safe loaders; the stubs don't know the fast one
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def time_of(moment: object) -> int:
    """Return the ns (UTC, since the Unix epoch) of an ISO 8601 text, UTC where it names no zone; 0 where it is none."""
    if not isinstance(moment, str):
        return 0
    try:
        when = datetime.fromisoformat(moment)
    except ValueError:
        return 0
    return ns_of(when)


def ns_of(when: datetime) -> int:
    """Return the ns, UTC since the Unix epoch, of a moment, UTC where it has no zone; 0 before the epoch."""
    since = (when if when.tzinfo is not None else when.replace(tzinfo=UTC)) - _EPOCH
    return max(since // timedelta(microseconds=1) * 1000, 0)


def text_in(found: object, name: str) -> str:
    """Return the text under a name of a mapping; empty where there is none."""
    value: object = found.get(name) if is_dict(found) else None
    return value if isinstance(value, str) else ""
