"""init(): read what the run is set to, open its journal, and hand over a live run."""

import atexit
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from setpoint._core.secrets import Redactor
from setpoint._core.tree import tree_of
from setpoint._journal import layout, liveness
from setpoint._journal.record import Open
from setpoint._journal.segment import make_folder
from setpoint._journal.writer import Writer
from setpoint.errors import StoreError

from . import current, exits, notebook, report, talk
from .config import Config
from .filling import Sources, fill, resume
from .fingerprint import fingerprint
from .identity import Identity, identify
from .ids import friendly_name, new_run_id
from .process import host
from .recorder import Recorder
from .run import Run
from .settings import Settings, read_settings, text_of


class Facts(Struct):
    """What ``init()`` was told about the run besides its config."""

    group: str
    job_type: str
    notes: str


def init(  # noqa: PLR0913, PLR0917  # the arguments are W&B's
    project: str | None = None,
    name: str | None = None,
    id: str | None = None,  # noqa: A002  # W&B's name for it
    group: str | None = None,
    job_type: str | None = None,
    tags: Sequence[str] | None = None,
    notes: str | None = None,
    config: Any = None,
    config_include_keys: Sequence[str] | None = None,
    config_exclude_keys: Sequence[str] | None = None,
    resume: bool | str | None = None,
    reinit: bool | str | None = None,
    mode: str | None = None,
    dir: "str | os.PathLike[str] | None" = None,  # noqa: A002  # W&B's name for it
    allow_val_change: bool | None = None,
    unredacted: Sequence[str] | None = None,
    **others: Any,
) -> Run:
    """Start a run and return it; its config is on disk when this returns.

    ``setpoint.config``, with all that was set in it before, becomes the run's config. Every argument wins over its
    environment variable (``SETPOINT_PROJECT`` and so on).

    Args:
        project: what the run belongs to.
        name: a name for people; without one it gets a friendly name.
        id: the run's id, ``[a-z0-9][a-z0-9-]{0,63}``; without one a new id that sorts by time.
        group: the group of runs it belongs to.
        job_type: what kind of work it is, such as ``train`` or ``eval``.
        tags: short labels.
        notes: a longer text.
        config: a dict, a file name, a Namespace, a parser, a dataclass or any other source ``config.update()`` takes.
        config_include_keys: of *config*, only these top-level names.
        config_exclude_keys: of *config*, all but these top-level names.
        resume: ``"allow"`` goes on with the run *id* if it is there, ``"must"`` needs it, ``"never"`` refuses it,
            ``"auto"`` (or True) goes on with this script's last run if that crashed.
        reinit: with a run live in this process: ``"return_previous"`` (the default) gives that run the *config* and
            returns it, ``"finish_previous"`` (or True) finishes it first, ``"create_new"`` leaves both live.
        mode: ``"online"`` or ``"offline"`` records, ``"disabled"`` records nothing and writes nothing.
        dir: the store, a folder; without it ``$SETPOINT_STORE``, the nearest ``.setpoint`` upwards, or ``./.setpoint``.
        allow_val_change: whether params that are set may get another value; in a notebook they may.
        unredacted: keys whose values are recorded although they look like secrets.
        others: arguments of ``wandb.init()`` that mean nothing here, such as ``entity``, are named once and left out.

    Raises:
        TypeError: there is no argument of that name.
        StoreError: the store can't be written.
        ParamChangedError: *config* and what was set before disagree, and changes are not allowed.
        ConfigFileError, UnsupportedSourceError: *config* can't be read.
        ResumeError, InvalidArgumentError: an argument asks for what can't be.
    """
    if others:
        from .wandb_names import without_meaning  # here, so that others need not wait for it

        without_meaning(others)
    settings = read_settings(
        os.environ, project=project, name=name, run_id=id, tags=tags, mode=mode, folder=dir,
        resume=resume, reinit=reinit, unredacted=unredacted,
    )  # fmt: skip
    if allow_val_change is None and notebook.in_notebook():
        allow_val_change = True
    sources = Sources(config, config_include_keys, config_exclude_keys, allow_val_change)
    facts = Facts(text_of("group", group), text_of("job_type", job_type), text_of("notes", notes))
    if (live := current.run()) is not None and settings.reinit != "create_new":
        if settings.reinit == "return_previous":
            live.config.update(sources.params(), allow_val_change=allow_val_change)
            return live
        live.finish()
    draft = current.take_draft()
    try:
        run = _start(draft, sources, settings, facts)
    except BaseException:
        current.give_back(draft)
        raise
    current.start(run)
    return run


def _start(draft: Config, sources: Sources, settings: Settings, facts: Facts) -> Run:
    talk.set_silent(settings.is_silent)
    settings.run_count = current.count_run()
    tree = tree_of(draft)
    tree.allow_val_change = bool(sources.allow_val_change)
    fill(draft, sources, settings)
    if settings.mode == "disabled":
        tree.is_draft = False
        run_id = settings.run_id or new_run_id(time.time_ns())
        return Run(_header(Identity(run_id, Path()), settings, facts, ""), Path(), draft, None)
    identity = identify(settings, os.environ)
    recorded = 0 if identity.before is None else _resume(draft, identity)
    tree.is_draft = False
    redactor = Redactor(fingerprint, settings.unredacted)
    header = _header(identity, settings, facts, redactor.text(facts.notes))
    run = Run(header, identity.folder, draft, None)
    writer = Writer(identity.folder, header, say=talk.say, restate=run.restate)
    _open(writer, settings.store)
    run.begin(Recorder(writer, redactor), identity, recorded)
    if identity.leads:
        talk.say(report.beginning(run, str(settings.store)))
    exits.note_exits()
    atexit.register(run.end)
    return run


def _resume(draft: Config, identity: Identity) -> int:
    assert identity.before is not None  # the caller looked
    return resume(draft, identity.before)


def _open(writer: Writer, store: Path) -> None:
    """Make the run's folder and its first segment; whoever can't have them learns it before training starts."""
    try:
        if not store.exists():
            make_folder(store)
            (store / ".gitignore").write_text("*\n", encoding="utf-8")
        writer.open()
    except OSError as error:
        raise StoreError(str(store), error.strerror or str(error)) from error


def _header(identity: Identity, settings: Settings, facts: Facts, notes: str) -> Open:
    before, pid = identity.before, os.getpid()
    name = settings.name or (before.name if before is not None else "")
    return Open(
        run=identity.run_id,
        writer=layout.writer_name(identity.role, host(), pid, identity.rank),
        role=identity.role,  # type: ignore[arg-type]  # one of the three
        session=identity.session,
        rank=identity.rank,
        parent=identity.parent,
        pid=pid,
        host=host(),
        boot_id=liveness.boot_id(),
        process_started=liveness.process_started(pid),
        name=name or friendly_name(identity.run_id),
        project=settings.project,
        group=facts.group,
        job_type=facts.job_type,
        tags=settings.tags,
        notes=notes,
        setpoint=getattr(sys.modules["setpoint"], "__version__", ""),
        allow_val_change=False,
    )
