"""Hydra: output folders, also of multiruns. ``.hydra/config.yaml`` is the config, ``overrides.yaml`` what was typed.

Hydra keeps no results and does not say how a run ended. It writes the local time into the names of its folders: that
is read as this machine's local time; folders with other names tell no time. Interpolations stay the texts they are.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from setpoint._core.change import SET, Origin
from setpoint._core.keys import join_key
from setpoint._core.leaves import flatten, is_dict, is_list

from .documents import ns_of, read_yaml, text_in, yaml_mapping
from .files import UnreadableError, is_file, is_folder, walk
from .source import Context, SourceRun

_HIDDEN = ".hydra"
_DATED = re.compile(r"(\d{4})-(\d{2})-(\d{2})[/\\](\d{2})-(\d{2})-(\d{2})(?:[/\\]|$)")
_DEPTH = 8
_MISSING = object()


def fits(path: Path) -> bool:
    """Tell whether there is an output folder below *path*, or *path* is one."""
    return path.is_dir() and next(_folders(path), None) is not None


def _folders(path: Path) -> Iterator[Path]:
    if path.name == _HIDDEN and is_file(path / "config.yaml"):
        yield path.absolute().parent
        return
    for folder, _ in walk(path, _DEPTH):
        if folder.name != _HIDDEN and is_folder(folder / _HIDDEN) and is_file(folder / _HIDDEN / "config.yaml"):
            yield folder


def read_runs(path: Path, context: Context) -> Iterator[SourceRun]:
    """Yield a run for every output folder."""
    found = list(_folders(path))
    for done, folder in enumerate(found, 1):
        try:
            yield _read_run(folder, context)
        except UnreadableError as error:
            context.refuse(str(error))
        context.advance(done, len(found))


def _read_run(folder: Path, context: Context) -> SourceRun:
    config = yaml_mapping(folder / _HIDDEN / "config.yaml")
    hydra = _hydra(folder, context)
    job, runtime = _section(hydra, "job"), _section(hydra, "runtime")
    output = text_in(runtime, "output_dir") or str(folder.absolute())
    run = SourceRun(output, config=config, job_type=text_in(job, "name"))
    dated = list(_DATED.finditer(output))
    run.name = output[dated[-1].start() :].replace("\\", "/") if dated else Path(output).name
    if dated:
        _set_time(run, dated[-1])
        if job.get("num") not in (None, "???"):
            run.group = dated[-1][0].rstrip("/\\")
    if cwd := text_in(runtime, "cwd"):
        run.environment["folder"] = cwd
    _add_origins(run, _overrides(folder, context), set(map(str, _section(runtime, "choices"))))
    return run


def _hydra(folder: Path, context: Context) -> dict[str, Any]:
    try:
        return _section(yaml_mapping(folder / _HIDDEN / "hydra.yaml"), "hydra")
    except UnreadableError as error:
        context.refuse(str(error))
        return {}


def _section(found: dict[str, Any], name: str) -> dict[str, Any]:
    section: Any = found.get(name)
    return section if is_dict(section) else {}


def _overrides(folder: Path, context: Context) -> list[str]:
    path = folder / _HIDDEN / "overrides.yaml"
    try:
        found: Any = read_yaml(path) if is_file(path) else None
    except UnreadableError as error:
        context.refuse(str(error))
        return []
    return [str(word) for word in found] if is_list(found) else []


def _set_time(run: SourceRun, dated: re.Match[str]) -> None:
    """Take the time from the folder's name; the id has its digits, so that it is the same in every time zone."""
    digits = [int(part) for part in dated.groups()]
    try:
        run.created_ns = ns_of(datetime(*digits).astimezone())  # type: ignore[arg-type]  # six numbers
    except (ValueError, OverflowError, OSError):
        return
    run.stamp = "".join(dated.groups()[:3]) + "-" + "".join(dated.groups()[3:])


def _add_origins(run: SourceRun, overrides: list[str], groups: set[str]) -> None:
    """Mark what was typed; of a whole group that was chosen only the section itself, as its values stand in a file."""
    if overrides:
        run.environment["overrides"] = overrides
    for word in overrides:
        typed = word.partition("=")[0]
        name = typed.lstrip("+~").partition("@")[0]
        if typed.startswith("~"):
            continue
        path = tuple(name.replace("/", ".").split("."))
        value = _at(run.config, path)
        if value is _MISSING:
            continue
        key, origin = join_key(path), (Origin("flag", typed), SET)
        run.origins[key] = origin
        if name not in groups:
            run.origins.update((key + below.removeprefix("x"), origin) for below, _ in flatten({"x": value}))


def _at(config: dict[str, Any], path: tuple[str, ...]) -> Any:  # a param's value
    at: Any = config
    for name in path:
        if not is_dict(at) or name not in at:
            return _MISSING
        at = at[name]
    return at
