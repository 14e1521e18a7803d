"""Run: one live run, from ``init()`` to ``finish()``."""

import atexit
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from operator import index
from pathlib import Path
from threading import RLock, current_thread, main_thread
from time import monotonic
from types import TracebackType
from typing import Any, Literal, Self

from setpoint._core.config import statement
from setpoint._core.edits import plain
from setpoint._core.raw import type_of
from setpoint._core.summary import NUMBERS, Summary, flat_values
from setpoint._core.tree import tree_of
from setpoint._journal import record
from setpoint._journal.snapshot import keep_patch, write_snapshot
from setpoint.errors import InvalidArgumentError, StoreError

from . import current, exits, report
from .background import Background
from .config import Config, new_summary
from .identity import Identity
from .joins import release
from .process import main_facts, working_folder
from .recorder import Recorder
from .shell import start_shell
from .talk import say

PATIENCE_S = 5.0
"""How long finish() waits for the environment capture, a slow git above all."""


class Run:
    """A live run: its config, its summary and its metrics. ``init()`` makes it.

    After ``init()`` no fault of disk or system raises from a run: what can't be written waits in memory, is said once,
    and ``finish()`` says what was not saved.
    """

    # Slots, so that a misspelt `run.nmae = "x"` is an error and not a value that nobody reads.
    __slots__ = (
        *("id", "dir", "_config", "_summary", "_header", "_name", "_tags", "_notes", "_folder", "_recorder"),
        *("_identity", "_surroundings", "_background", "_step", "_began_s", "_is_over", "_has_said_late"),
        *("_ends_with_process", "_snapshot_size", "_reads_told", "__weakref__"),
    )

    def __init__(self, header: record.Open, folder: Path, config: Config, recorder: Recorder | None) -> None:
        """Take what ``init()`` has made; *recorder* is None for a disabled run."""
        self.id = header.run
        self.dir = str(folder)
        self._config = config
        self._summary: Summary = new_summary()
        self._header = header
        self._name, self._tags, self._notes = header.name, tuple(header.tags), header.notes
        self._folder = folder
        self._recorder = recorder
        self._background: Background | None = None
        self._step = 0
        self._began_s = monotonic()
        self._is_over = False
        self._has_said_late = self._ends_with_process = False
        self._snapshot_size = -1
        self._reads_told: dict[str, list[str]] | None = None

    @property
    def config(self) -> Config:
        """The run's config. Its params are set; the config itself can't be replaced."""
        return self._config

    @config.setter
    def config(self, _: object) -> None:
        raise AttributeError(
            "run.config can't be replaced: nothing would be recorded. Call run.config.update({...}) instead."
        )

    @property
    def summary(self) -> Summary:
        """The run's results. They are set one by one; the summary itself can't be replaced."""
        return self._summary

    @summary.setter
    def summary(self, _: object) -> None:
        raise AttributeError(
            "run.summary can't be replaced: nothing would be recorded. Call run.summary.update({...}) instead."
        )

    @property
    def name(self) -> str:
        """The run's friendly name; assigning another one is recorded."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        self._name = str(name)
        self._append(record.Meta(name=self._name))

    @property
    def project(self) -> str:
        """The project the run belongs to."""
        return self._header.project

    @property
    def group(self) -> str:
        """The group of runs this one belongs to, empty for none."""
        return self._header.group

    @property
    def job_type(self) -> str:
        """What kind of work the run is, such as ``train`` or ``eval``."""
        return self._header.job_type

    @property
    def tags(self) -> tuple[str, ...]:
        """The run's tags; assigning others (``run.tags += ("baseline",)``) is recorded."""
        return self._tags

    @tags.setter
    def tags(self, tags: Iterable[str]) -> None:
        self._tags = (tags,) if isinstance(tags, str) else tuple(str(tag) for tag in tags)
        self._append(record.Meta(tags=list(self._tags)))

    @property
    def notes(self) -> str:
        """The run's notes; assigning others is recorded."""
        return self._notes

    @notes.setter
    def notes(self, notes: str) -> None:
        self._notes = str(notes)
        self._append(record.Meta(notes=self._redacted(self._notes)))

    @property
    def step(self) -> int:
        """The step that the next ``log()`` without one gets."""
        return self._step

    @property
    def disabled(self) -> bool:
        """Whether the run records nothing."""
        return self._recorder is None

    def log(self, data: Mapping[str, Any], step: int | None = None, commit: bool = True) -> None:
        """Record metrics at one step.

        Args:
            data: metrics by name, scalars or nested dicts of scalars; ``{"val": {"loss": 1}}`` is ``val.loss``.
            step: the training step; without it steps are counted from 0, one a call.
            commit: False keeps the next call without a step on the same one.

        Raises:
            InvalidArgumentError: *data* is no dict of metrics, or *step* no whole number.
        """
        if type_of(data) is not dict:
            refuse_unless_mapping(data)
        summary = self._summary
        with tree_of(summary).guard:
            at = self._step if step is None else step if type_of(step) is int else whole(step)
            self._step = at + 1 if commit else at
            values: dict[str, Any] = {}
            rest = summary.take_numbers(data, values)
            if rest:
                self._note_others(rest, values)
            self._append(record.Log(at, values))

    def _note_others(self, data: Mapping[Any, Any], values: dict[str, Any]) -> None:
        for path, key, given in flat_values(data):
            value = given if type(given) in NUMBERS else scalar(given)
            self.summary.note(path, key, value)
            values[key] = value if type(value) in NUMBERS and value - value == 0 else self._plain(key, value)

    def finish(self, exit_code: int | None = None) -> None:
        """End the run: everything is on disk when this returns, or it is said what is not.

        Args:
            exit_code: 0 or None for a run that went well; any other marks it as failed.
        """
        self._finish(exits.Ending(exit_code or 0, ""))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._finish(exits.ending_of(error))

    def _repr_html_(self) -> str:
        from .html import run_html

        return run_html(self)

    def __repr__(self) -> str:
        state = "over" if self._is_over else "disabled" if self.disabled else "live"
        return f"<setpoint.Run {self.name} ({self.id}), {state}>"

    def begin(self, recorder: Recorder, identity: Identity, recorded: int) -> None:
        """Start recording: the config is on disk when this returns, the environment follows in the background.

        Args:
            recorder: what writes the records; its writer is open.
            identity: which run this is, and this process's part in it.
            recorded: how many of the config's changes the run's journal holds already.

        Raises:
            StoreError: the config did not get on disk.
        """
        self._recorder = recorder
        self._identity = identity
        self._surroundings: dict[str, Any] = {  # as they are now: the script may change each of them
            "argv": list(sys.argv),
            "orig_argv": list(sys.orig_argv),
            "environ": dict(os.environ),
            "folder": working_folder(),
            "main": main_facts(),
        }
        tree = tree_of(self.config)
        if identity.before is None:
            recorder.config_stated(tree.history)  # with what was set and changed before init()
        elif len(tree.history) > recorded:
            recorder.config_changed(tree.history[recorded:])
        tree.sink = recorder.config_changed
        tree_of(self.summary).sink = recorder.summary_changed
        store = self._folder.parents[2]
        if not recorder.writer.sync(now=True):
            tree.sink = tree_of(self.summary).sink = None
            raise StoreError(str(store), "the config could not be written to it")
        shell = None if self.is_child else start_shell(self._surroundings["folder"], self._surroundings["environ"])
        self._surroundings["shell"] = shell
        identity.make_claim(store, recorder.writer.name)
        self._background = Background(self._learn_environment, self._tick)
        self._background.start()
        if shell is not None:
            shell.settle()

    def restate(self) -> list[record.AnyRecord]:
        """Return the records that state the run anew, for when its folder was removed."""
        if self._recorder is None:
            return []
        return [self._recorder.update_record(statement(self.config), is_whole=True)]

    def end(self) -> None:
        """Finish the run as the process ends, with the exit code and the error the process ends with."""
        ending = exits.ending()
        self._ends_with_process = True
        self._finish(ending)
        exits.keep(ending)

    def after_fork_in_child(self) -> None:
        """Make this copy of the run a further writer of the same run, with nothing of the parent's at work in it."""
        for config in (self.config, self.summary):
            tree_of(config).guard = RLock()
        self._background = None
        if self._recorder is not None:
            self._recorder.writer.after_fork_in_child()
            self._header = self._recorder.writer.header

    @property
    def is_child(self) -> bool:
        """Whether this is a child process of the one that leads the run."""
        return self._header.role == "child"

    def _finish(self, ending: exits.Ending) -> None:
        if self._is_over:
            return
        if self._recorder is not None:
            self._record_reads()
            if self._background is not None:
                self._background.stop(patience_s=PATIENCE_S)
            status: Literal["finished", "failed"] = "failed" if ending.exit_code or ending.error else "finished"
            error = self._redacted(ending.error)
            self._append(record.Finish(status=status, exit_code=ending.exit_code, error=error))
            self._write_snapshot()
            losses = self._recorder.writer.close()
            for claim in self._identity.claims:
                release(claim)
            if not self.is_child and not self._header.rank:
                say(report.ending(self, status, monotonic() - self._began_s, losses))
        self._is_over = True
        tree_of(self.config).sink = tree_of(self.summary).sink = self._came_late
        atexit.unregister(self.end)
        current.stop(self)

    def _came_late(self, _: object) -> None:
        """Take, and do not record, what is set after the end."""
        if self._ends_with_process and current_thread() is not main_thread():
            return  # the interpreter stops it soon, and must not find it with the stream in its hand
        if not self._has_said_late and self._recorder is not None:
            say(f"run {self.name} is over: what is logged or set after finish() is not recorded.")
            self._has_said_late = True

    def _append(self, entry: record.AnyRecord) -> None:
        if self._recorder is None:
            return
        if self._is_over:
            self._came_late(entry)
        else:
            self._recorder.writer.append(entry)

    def _plain(self, key: str, value: Any) -> Any:
        return value if self._recorder is None else self._recorder.plain(key, value)

    def _redacted(self, text: str) -> str:
        return text if self._recorder is None or not text else self._recorder.redactor.text(text)

    def _learn_environment(self) -> None:
        recorder, identity = self._recorder, self._identity
        if recorder is None:
            return
        if identity.role == "child":
            return
        facts, patch = self._captured(recorder)
        recorder.writer.append(record.Environment(facts))
        if patch is not None:
            with suppress(OSError):  # the disk is full: the facts say that the tree was dirty
                keep_patch(self._folder, patch)
        self._write_snapshot()

    def _captured(self, recorder: Recorder) -> tuple[dict[str, Any], bytes | None]:
        try:
            from .environment import capture  # here, so that init() need not wait for what only this thread uses

            captured = capture(recorder.redactor, **self._surroundings)
        except Exception as error:  # noqa: BLE001  # facts of any system may be odd in any way; training must go on
            return {"problem": f"The environment could not be captured: {type(error).__name__}: {error}"}, None
        return captured.environment, captured.patch

    def _tick(self) -> None:
        if self._recorder is None:
            return
        self._recorder.writer.tick()
        self._write_snapshot()

    def _record_reads(self) -> None:
        unused = report.near_misses(self)
        if unused != self._reads_told:
            self._reads_told = unused
            self._append(record.Reads(unused=unused))

    def _write_snapshot(self) -> None:
        """Write config.yaml anew if the config has changed since; children leave it to the process that leads."""
        size = len(tree_of(self.config).history)
        if self._recorder is None or size == self._snapshot_size or self.is_child or self._header.rank:
            return
        tree = tree_of(self.config)
        with tree.guard:
            held, descriptions = plain(self.config), dict(tree.descriptions)
        try:
            write_snapshot(self._folder, self._recorder.plain_tree(held), descriptions)
        except OSError:  # the journal holds it all; the next tick tries again
            return
        self._snapshot_size = size


def refuse_unless_mapping(data: object) -> None:
    """Raise InvalidArgumentError where *data* is nothing that ``log()`` can read."""
    if not isinstance(data, Mapping):
        raise InvalidArgumentError("data", repr(data), "a dict of metrics, such as log({'loss': 0.1})")


def whole(step: Any) -> int:
    """Return a step as an int: it may be numpy's, or a float without a fraction; raises InvalidArgumentError."""
    number = scalar(step)
    if hasattr(type_of(number), "__index__"):
        return index(number)
    if isinstance(number, float) and number.is_integer():
        return int(number)
    raise InvalidArgumentError("step", repr(step), "a whole number, the training step")


def scalar(value: Any) -> Any:
    """Return the Python number behind a numpy or torch scalar or an array of one; any other value as it is."""
    if not hasattr(type_of(value), "item"):
        return value
    try:
        number = value.item()
    except Exception:  # noqa: BLE001  # more than one element, a lost GPU: it is recorded as what it is
        return value
    return number if type(number) in NUMBERS else value
