"""What ``init()`` is told: its arguments, and the environment variables they win over. Read once, here."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from setpoint._core.tree import is_a
from setpoint._core.values import decode
from setpoint._journal.stores import STORE_NAME, default_store, is_url
from setpoint.errors import InvalidArgumentError, StoreError

from .talk import is_true

MODES = ("online", "offline", "disabled")
RESUMES = ("allow", "must", "never", "auto")
REINITS = ("return_previous", "finish_previous", "create_new")


class Settings(Struct):
    """The answers to what a run needs to know before it starts."""

    store: Path
    mode: str
    project: str
    name: str
    run_id: str
    tags: list[str]
    config_files: list[str]
    locked: dict[str, Any]
    resume: str
    reinit: str
    unredacted: list[str]
    is_silent: bool
    run_count: int = 0


def read_settings(  # noqa: PLR0913  # one argument of init() each
    environ: Mapping[str, str],
    *,
    project: str | None,
    name: str | None,
    run_id: str | None,
    tags: Sequence[str] | None,
    mode: str | None,
    folder: "str | os.PathLike[str] | None",
    resume: "bool | str | None",
    reinit: "bool | str | None",
    unredacted: Sequence[str] | None,
) -> Settings:
    """Return what holds, an argument before its variable; raises InvalidArgumentError naming what means nothing."""
    mode = _one_of("mode", mode or environ.get("SETPOINT_MODE") or "online", MODES)
    return Settings(
        store=Path() if mode == "disabled" else _store(folder, environ),  # a disabled run writes nothing anywhere
        mode=mode,
        project=text_of("project", project) or environ.get("SETPOINT_PROJECT") or "default",
        name=text_of("name", name) or environ.get("SETPOINT_NAME") or "",
        run_id=text_of("id", run_id) or environ.get("SETPOINT_RUN_ID") or "",
        tags=_tags(tags) if tags is not None else _listed(environ.get("SETPOINT_TAGS")),
        config_files=_listed(environ.get("SETPOINT_CONFIG")),
        locked=_locked(environ.get("SETPOINT_LOCKED")),
        resume=_resume(resume),
        reinit=_reinit(reinit),
        unredacted=list(unredacted) if unredacted is not None else _listed(environ.get("SETPOINT_UNREDACTED")),
        is_silent=is_true(environ.get("SETPOINT_SILENT", "")),
    )


def _store(folder: "str | os.PathLike[str] | None", environ: Mapping[str, str]) -> Path:
    try:
        store = os.fspath(folder) if folder is not None else default_store(environ, Path.cwd())
    except OSError as error:  # and no folder is better than one that nobody would look in
        if not (store := environ.get("SETPOINT_STORE", "")):
            raise StoreError(STORE_NAME, "the working folder, where it would be, has been removed") from error
    if is_url(store):
        name = "dir" if folder is not None else "SETPOINT_STORE"
        raise InvalidArgumentError(name, repr(store), "a folder, since a run is recorded into a folder first")
    try:
        return Path(store).expanduser().absolute()
    except OSError as error:
        raise StoreError(store, "it is named from the working folder, which has been removed") from error


def _one_of(name: str, value: object, known: Sequence[str]) -> str:
    if value not in known:
        raise InvalidArgumentError(name, repr(value), " or ".join(map(repr, known)))
    return str(value)


def _resume(resume: "bool | str | None") -> str:
    if resume is None or resume is False:
        return ""
    return "auto" if resume is True else _one_of("resume", resume, RESUMES)


def _reinit(reinit: "bool | str | None") -> str:
    if reinit is None or reinit is False or reinit == "default":
        return "return_previous"
    return "finish_previous" if reinit is True else _one_of("reinit", reinit, REINITS)


def text_of(name: str, value: Any) -> str:
    """Return the text that an argument of ``init()`` is, empty for None; raises InvalidArgumentError for another."""
    if value is not None and not isinstance(value, str):
        raise InvalidArgumentError(name, repr(value), "a text")
    return value or ""


def _tags(tags: Sequence[str]) -> list[str]:
    return [tags] if isinstance(tags, str) else [str(tag) for tag in tags]


def _listed(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _locked(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    try:
        locked: Any = msgspec.json.decode(Path(text[1:]).read_bytes() if text.startswith("@") else text)
    except (msgspec.DecodeError, OSError) as error:
        raise InvalidArgumentError(
            "SETPOINT_LOCKED", repr(text), f"a JSON object of keys and values ({error})"
        ) from error
    if not is_a(locked, dict):
        raise InvalidArgumentError("SETPOINT_LOCKED", repr(text), "a JSON object of keys and values")
    return {key: decode(plain) for key, plain in locked.items()}  # plain forms: a tuple comes as one
