"""``config.yaml``: the config of a run for people, and for ``setpoint.init(config=...)`` again."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import json

from setpoint._core.keys import join_key

from .layout import CONFIG_SNAPSHOT, DIFF
from .replay import kind_of

_encode_json = json.Encoder().encode
_PLAIN_TEXT = re.compile(r"[A-Za-z_/][A-Za-z0-9_./+ -]*")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_LONGEST_KEY = 1000  # YAML wants longer keys marked, at 1024 characters


def write_snapshot(folder: Path, config: Mapping[str, Any], descriptions: Mapping[str, str]) -> None:
    """Put ``config.yaml`` in a run's folder, in place of the one before, readable by its owner alone.

    Args:
        folder: the run's folder.
        config: the config in plain forms, as the journal has them.
        descriptions: texts by key; they become comments.

    Raises:
        OSError: the file can't be written; the one before is still there.
    """
    text = "".join(f"{line}\n" for line in snapshot_lines(config, descriptions))
    _replace(folder / CONFIG_SNAPSHOT, text.encode())


def keep_patch(folder: Path, patch: bytes) -> None:
    """Put ``diff.patch``, what the working tree has beyond its commit, in a run's folder; raises OSError."""
    _replace(folder / DIFF, patch)


def _replace(target: Path, content: bytes) -> None:
    """Make *target* hold *content*, for its owner alone; whoever reads it meets the old or the new, never a part."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}")
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            if hasattr(os, "fchmod"):  # pragma: no branch  # Windows has none before Python 3.13
                os.fchmod(fd, 0o600)
            file.write(content)
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def snapshot_lines(config: Mapping[str, Any], descriptions: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the snapshot: YAML that reads the same by the rules of YAML 1.1 and 1.2."""
    if not config:
        yield "{}"
    yield from _mapping(config, (), descriptions)


def _is_block(value: Any) -> bool:
    return kind_of(value) is dict and bool(value) and not _is_form(value)


def _mapping(section: Mapping[str, Any], path: tuple[str, ...], descriptions: Mapping[str, str]) -> Iterator[str]:
    indent = "  " * len(path)
    for name, value in section.items():
        at = (*path, name)
        if descriptions and (text := descriptions.get(join_key(at))):
            yield from (f"{indent}# {_UNPRINTABLE.sub(' ', line)}" for line in text.splitlines())
        key = _text(name)
        yield from [f"{indent}? {key}"] if len(key) > _LONGEST_KEY else []
        start = f"{indent}:" if len(key) > _LONGEST_KEY else f"{indent}{key}:"
        if _is_block(value):
            yield start
            yield from _mapping(value, at, descriptions)
        else:
            yield f"{start} {_flow(value)}"


def _is_form(value: Mapping[str, Any]) -> bool:
    return "$type" in value or "$redacted" in value


def _flow(value: Any) -> str:
    """Return *value* on one line: JSON, but for texts and numbers that YAML would read otherwise."""
    kind = kind_of(value)
    if kind is dict:
        return "{" + ", ".join(f"{_flow_key(name)}: {_flow(part)}" for name, part in value.items()) + "}"
    if kind is list:
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return _float(value)
    return _encode_json(value).decode()


def _flow_key(name: str) -> str:
    key = _text(name)
    return f"? {key} " if len(key) > _LONGEST_KEY else key


def _text(text: str) -> str:
    """Return *text* as it is where nobody can read it as anything but text, else in double quotes."""
    if _PLAIN_TEXT.fullmatch(text) and text == text.rstrip() and text.lower() not in _WORDS:
        return text
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", _encode_json(text).decode())


def _float(value: float) -> str:
    """Return the shortest digits of *value*, with the point that YAML 1.1 wants in every float.

    Source:
        YAML 1.1, https://yaml.org/type/float.html, where ``1e-05`` is a text; YAML 1.2, section 10.3.2.
    """
    digits = repr(value)
    if digits.lstrip("-") in ("inf", "nan"):
        return digits.replace("inf", ".inf").replace("nan", ".nan")
    mantissa, mark, exponent = digits.partition("e")
    return f"{mantissa}{'' if '.' in mantissa else '.0'}{mark}{exponent}"
