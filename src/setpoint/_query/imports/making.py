"""From a run as its source has it to a run of a store: without secrets, with an id that the source gives again."""

from __future__ import annotations  # array[int] can't be evaluated before Python 3.12

import time
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

from setpoint._core.change import SET, Level, Origin
from setpoint._core.encode import Encoder
from setpoint._core.keys import quote_name
from setpoint._core.leaves import flatten
from setpoint._core.secrets import Redactor
from setpoint._core.values import Redacted
from setpoint._journal import layout, pack
from setpoint._journal.points import digest as digest_of
from setpoint._journal.state import Held, Recorded, RunState, WriterState

from .source import SourceRun

FACT = "import"
"""The name of the fact in ``environment`` that tells a run's format, identity in it, and digest."""
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # those of the ids of recorded runs
_HASH_DIGITS = 14
_LAST_NS = 253_402_300_799_000_000_000  # 9999-12-31T23:59:59Z
_SPLIT = "\0"


class Made(Struct):
    """A run as it goes into a store: its id, its digest, when it began (ns, UTC), and the maker of its pack's line."""

    id: str
    digest: str
    created_ns: int
    line: Callable[[], bytes]


class Maker:
    """Makes runs of one format; *project* stands in place of the project that the source names."""

    def __init__(self, form: str, fingerprint: Callable[[bytes], str], project: str | None = None) -> None:
        """Take the format's name, the keyed hash for secrets and digests, and the project."""
        self._form = form
        self._project = project
        self._fingerprint = fingerprint
        self._redactor = Redactor(fingerprint)
        self._encoder = Encoder(self._redactor)
        self._origin = Origin("import", form)
        self._writer = f"import-{form}"

    def made(self, run: SourceRun) -> Made:
        """Return the run of *run*, whose values must stay as they are until its line is made."""
        if self._project is not None:
            run.project = self._project
        run_id = run.id or self._id_of(run)
        if run.digest:
            return Made(run_id, run.digest, run.created_ns, lambda: self._line(run, run_id, *self._plain(run)))
        config, summary, environment = self._plain(run)
        run.digest = self._digest(run, config, summary, environment)
        return Made(run_id, run.digest, run.created_ns, lambda: self._line(run, run_id, config, summary, environment))

    def _id_of(self, run: SourceRun) -> str:
        number = int.from_bytes(blake2b(_SPLIT.join((self._form, run.identity)).encode("utf-8", "surrogatepass")).digest()[:9])
        digits = "".join(_DIGITS[number >> 5 * place & 31] for place in range(_HASH_DIGITS))
        stamp = run.stamp or (_stamp(run.created_ns) if run.created_ns else "")
        return f"{stamp}-{digits}" if stamp else f"import-{digits}"

    def _plain(self, run: SourceRun) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        if run.is_plain:
            redacted = self._redacted
            return (
                {name: redacted(name, plain) for name, plain in run.config.items()},
                {name: redacted(name, plain) for name, plain in run.summary.items()},
                run.environment,
            )
        encode = self._encoder.encode
        environment = {name: encode(value, name) for name, value in run.environment.items()}
        for name in ("command", "argv"):
            if name in run.environment:
                environment[name] = self._redactor.argv(run.environment[name])
        return (
            {name: encode(value, name) for name, value in run.config.items()},
            {name: encode(value, name) for name, value in run.summary.items()},
            environment,
        )

    def _redacted(self, name: str, plain: Any) -> Any:  # a plain form
        """Return a plain form without secrets; other than an Encoder it knows that the value is encoded already."""
        kind = type(plain)
        if kind is dict:
            if "$redacted" in plain:
                return plain
            kept = self._redactor(name, plain)
            if type(kept) is Redacted:
                return {"$redacted": kept.fingerprint}
            if "$type" in plain:
                return {part: self._redacted(name, value) for part, value in plain.items()}
            return {part: self._redacted(part, value) for part, value in plain.items()}
        if kind is list:
            kept = self._redactor(name, plain)
            if type(kept) is Redacted:
                return {"$redacted": kept.fingerprint}
            return [self._redacted(name, part) for part in plain]
        kept = self._redactor(name, plain)
        return {"$redacted": kept.fingerprint} if type(kept) is Redacted else kept

    def _digest(self, run: SourceRun, *plain: dict[str, Any]) -> str:
        facts = [getattr(run, name) for name in _FACTS]
        points = {
            name: (series.steps.tobytes(), series.values.tobytes(), series.times.tobytes())
            for name, series in run.metrics.items()
        }
        origins = {key: (str(origin), level) for key, (origin, level) in run.origins.items()}
        return self._fingerprint(msgspec.msgpack.encode((facts, plain, points, origins)))

    def _line(
        self,
        run: SourceRun,
        run_id: str,
        config: dict[str, Any],
        summary: dict[str, Any],
        environment: dict[str, Any],
    ) -> bytes:
        clean = self._redactor.text
        source = {"format": self._form, "source": run.identity, "digest": run.digest}
        state = RunState(
            id=run_id,
            name=run.name,
            project=run.project,
            group=run.group,
            job_type=run.job_type,
            tags=run.tags,
            notes=clean(run.notes) if run.notes else "",
            status=run.status,
            exit_code=run.exit_code,
            error=clean(run.error) if run.error else "",
            created_ns=run.created_ns,
            finished_ns=run.finished_ns,
            config=config,
            held=self._held(run, config),
            changes=[self._change(run, name, value) for name, value in config.items()],
            summary=summary,
            stats={name: digest_of(series) for name, series in run.metrics.items() if series.values},
            metrics=run.metrics,
            environment={**environment, FACT: source},
            writers=[self._writer_state(run)],
        )
        return pack.line_of(state, encode=_as_it_is)

    def _held(self, run: SourceRun, config: dict[str, Any]) -> dict[str, Held]:
        usual = Held(self._origin, SET, run.created_ns, self._writer)
        held = dict.fromkeys(map(_quoted, config), usual)
        held.update(dict.fromkeys((key for key, _ in flatten(config)), usual))
        for key, (origin, level) in run.origins.items():
            held[key] = Held(origin, level, run.created_ns, self._writer)
        return held

    def _change(self, run: SourceRun, name: str, value: Any) -> Recorded:
        key = _quoted(name)
        origin, level = run.origins.get(key, (self._origin, SET)) if run.origins else (self._origin, SET)
        return Recorded(key, value, origin, False, level, run.created_ns, self._writer, None)

    def _writer_state(self, run: SourceRun) -> WriterState:
        last_ns = run.finished_ns or run.created_ns
        is_finished = run.status in ("finished", "failed")
        return WriterState(
            self._writer, "main", 1, None, run.host, 0, "", "", run.created_ns, last_ns, finished=is_finished
        )


_FACTS = (
    "name", "project", "group", "job_type", "tags", "notes", "status", "exit_code", "error", "created_ns",
    "finished_ns", "host",
)  # fmt: skip
_quoted = quote_name


def _as_it_is(plain: Any, _name: str) -> Any:  # a plain form
    return plain


def _stamp(time_ns: int) -> str:
    moment = time.gmtime(min(time_ns, _LAST_NS) // 1_000_000_000)
    return f"{moment.tm_year:04d}{time.strftime('%m%d-%H%M%S', moment)}"


def day_of(time_ns: int) -> str:
    """Return the name of the day folder of a run that began then (ns, UTC)."""
    moment = time.gmtime(min(max(time_ns, 0), _LAST_NS) // 1_000_000_000)
    return f"{moment.tm_year:04d}-{moment.tm_mon:02d}-{moment.tm_mday:02d}"


def levels() -> tuple[Level, ...]:
    """Return the levels a source's param may have."""
    return tuple(Level)


def is_usable_id(text: str) -> bool:
    """Tell whether a source's own id can be the run's id."""
    return layout.is_run_id(text)
