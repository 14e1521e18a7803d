"""From a run as its source has it to a run of a store: without secrets, with an id that the source gives again."""

from __future__ import annotations  # array[int] can't be evaluated before Python 3.12

import time
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

from setpoint._core.change import SET, Origin
from setpoint._core.encode import Encoder
from setpoint._core.leaves import is_dict, is_list
from setpoint._core.secrets import Redactor
from setpoint._core.values import Redacted
from setpoint._journal import layout, pack
from setpoint._journal.points import digest as digest_of
from setpoint._journal.state import Held
from setpoint._journal.stated import StatedLines, packed_series

from .source import SourceRun

FACT = "import"
"""The name of the fact in ``environment`` that tells a run's format, identity in it, and digest."""
_LAST_S = 253_402_300_799  # 9999-12-31T23:59:59Z
_DAY_NS = 86_400_000_000_000
_SPLIT = "\0"
_MOST_TEXTS = 100_000
_NUMBERS = frozenset({int, float, bool, type(None)})
_Plain = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]
"""Config, summary and environment in plain form, without secrets."""


class Made(Struct):
    """A run as it goes into a store: its id, digest and day, and what its line is made of."""

    id: str
    digest: str
    day: str
    run: SourceRun | None = None
    plain: _Plain | None = None
    line: bytes = b""
    is_known_by_content: bool = False

    def forget(self) -> None:
        """Drop what the line is made of, and the line itself."""
        self.run, self.plain, self.line = None, None, b""


class Maker:
    """Makes runs of one format; *project* stands in place of the project that the source names."""

    def __init__(self, form: str, fingerprint: Callable[[bytes], str], project: str | None = None) -> None:
        """Take the format's name, the keyed hash for secrets and digests, and the project."""
        self._form = form
        self._project = project
        self._fingerprint = fingerprint
        self._redactor = Redactor(fingerprint)
        self._encoder = Encoder(self._redactor)
        self._writer = f"import-{form}"
        # When a param was set no format says: the time is 0, which is unknown.
        self._lines = StatedLines(Held(Origin("import", form), SET, 0, self._writer))
        self._texts: set[tuple[str, str]] = set()
        self._fine: set[str] = set()
        self._equal: dict[str, int] = {}

    def made(self, run: SourceRun) -> Made:
        """Return the run of *run*, whose values must stay as they are until its line is made."""
        if self._project is not None:
            run.project = self._project
        plain = None
        if run.raw:
            digest = self._fingerprint(run.raw + b"\0" + run.project.encode("utf-8", "surrogatepass"))
        else:
            plain = self._plain(run)
            digest = self._digest(run, plain)
        is_known_by_content = not (run.id or run.identity)
        day = day_of(run.created_ns)
        return Made(self._id_of(run, digest), digest, day, run, plain, is_known_by_content=is_known_by_content)

    def is_first(self, digest: str) -> bool:
        """Tell whether no run of that content was made yet, and remember that one is now."""
        if digest in self._equal:
            return False
        self._equal[digest] = 1
        return True

    def begin_anew(self) -> None:
        """Forget which contents were there."""
        self._equal.clear()

    def _id_of(self, run: SourceRun, digest: str) -> str:
        if run.id:
            return run.id
        if not run.identity:
            # Runs of equal content are runs of their own, told apart by which of them they are.
            count = self._equal[digest] = self._equal.get(digest, 0) + 1
            run.identity = f"{digest}-{count}"
        named = _SPLIT.join((self._form, run.identity)).encode("utf-8", "surrogatepass")
        digits = blake2b(
            named, digest_size=7
        ).hexdigest()  # of a million runs two are equal with a chance of 1 in 140,000
        stamp = run.stamp or (stamp_of(run.created_ns) if run.created_ns else "import")
        return f"{stamp}-{digits}"

    def _plain(self, run: SourceRun) -> _Plain:
        if run.is_plain:
            self._redact(run.config)
            self._redact(run.summary)
            return run.config, run.summary, run.environment
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

    def _redact(self, tree: dict[str, Any]) -> None:
        """Take the secrets out of plain forms, in place; other than an Encoder it knows that they are forms already."""
        texts, fine = self._texts, self._fine
        for name, plain in tree.items():
            kind = plain.__class__  # a plain form is of a built-in type
            if kind is str:
                if (name, plain) in texts:
                    continue
            elif name in fine or self._is_fine(name):
                if kind in _NUMBERS:
                    continue
                if kind is dict and "$type" not in plain:
                    self._redact(plain)
                    continue
            kept = self._redacted(name, plain)
            if kept is not plain:
                tree[name] = kept
            elif kind is str and len(texts) < _MOST_TEXTS:
                texts.add((name, plain))

    def _is_fine(self, name: str) -> bool:
        """Tell whether nothing but a text can be a secret under that name."""
        is_fine = type(self._redactor(name, 1)) is int
        if is_fine and len(self._fine) < _MOST_TEXTS:
            self._fine.add(name)
        return is_fine

    def _redacted(self, name: str, plain: Any) -> Any:  # a plain form
        kind = plain.__class__
        if kind is dict and "$redacted" in plain:
            return plain
        kept = self._redactor(name, plain)
        if type(kept) is Redacted:
            return {"$redacted": kept.fingerprint}
        if kind is list:
            if not all(map(_NUMBERS.__contains__, map(type, plain))):
                plain[:] = [self._redacted(name, part) for part in plain]
        elif kind is dict and "$type" in plain:
            return self._redacted_form(name, plain)
        elif kind is dict:
            self._redact(plain)
        return plain

    def _redacted_form(self, name: str, form: dict[str, Any]) -> dict[str, Any]:
        """Take the secrets out of the form of a container; a form of another kind that has one is a secret whole."""
        parts: Any = form.get("fields", form.get("items"))
        if is_dict(parts):
            self._redact(parts)
        elif is_list(parts) and form["$type"] == "dict":
            for pair in parts:
                if is_list(pair) and len(pair) == 2:
                    pair[1] = self._redacted(pair[0] if isinstance(pair[0], str) else name, pair[1])
        elif is_list(parts):
            parts[:] = [self._redacted(name, part) for part in parts]
        elif any(self._redacted(name, part) is not part for at, part in form.items() if at != "$type"):
            return {"$redacted": self._fingerprint(msgspec.json.encode(form))}
        return form

    def _digest(self, run: SourceRun, plain: _Plain) -> str:
        facts = [getattr(run, name) for name in _FACTS]
        points = {
            name: (series.steps.tobytes(), series.values.tobytes(), series.times.tobytes())
            for name, series in run.metrics.items()
        }
        origins = {key: (str(origin), level) for key, (origin, level) in run.origins.items()}
        return self._fingerprint(msgspec.msgpack.encode((facts, plain, points, origins)))

    def line(self, made: Made) -> bytes:
        """Return the line of a pack for a run."""
        if made.line:
            return made.line
        run, clean = made.run, self._redactor.text
        assert run is not None
        config, summary, environment = made.plain or self._plain(run)
        git = environment.get("git")
        environment[FACT] = {"format": self._form, "source": run.identity, "digest": made.digest}
        packed = pack.PackedRun(
            v=pack.VERSION,
            id=made.id,
            name=run.name,
            project=run.project,
            group=run.group,
            job_type=run.job_type,
            status=run.status,
            created_ns=run.created_ns,
            finished_ns=run.finished_ns,
            host=run.host,
            user=str(environment.get("user") or ""),
            commit=str(git.get("commit") or "") if git else "",
            notes=clean(run.notes) if run.notes else "",
            error=clean(run.error) if run.error else "",
            exit_code=run.exit_code,
            damage=0,
            lost=0,
            unknown=0,
            tags=run.tags,
            changed=[],
            config=config,
            summary=summary,
            details=b"",
            metrics={name: packed_series(series) for name, series in run.metrics.items()},
        )
        held = {key: Held(origin, level, 0, self._writer) for key, (origin, level) in run.origins.items()}
        stats = {name: digest_of(series) for name, series in run.metrics.items() if series.values}
        return self._lines.line(packed, held, stats, environment)


_FACTS = (
    "name", "project", "group", "job_type", "tags", "notes", "status", "exit_code", "error", "created_ns",
    "finished_ns", "host",
)  # fmt: skip


def stamp_of(time_ns: int) -> str:
    """Return ``yyyymmdd-hhmmss`` of a time (ns, UTC since the Unix epoch)."""
    number, second = divmod(min(time_ns // 1_000_000_000, _LAST_S), 86_400)
    minute, second = divmod(second, 60)
    return f"{_day(number).replace('-', '')}-{minute // 60:02d}{minute % 60:02d}{second:02d}"


def day_of(time_ns: int) -> str:
    """Return the name of the day folder of a run that began then (ns, UTC)."""
    return _day(time_ns // _DAY_NS)


@lru_cache(maxsize=4096)
def _day(number: int) -> str:
    moment = time.gmtime(min(max(number, 0) * 86_400, _LAST_S))
    return f"{moment.tm_year:04d}-{moment.tm_mon:02d}-{moment.tm_mday:02d}"


def is_usable_id(text: str) -> bool:
    """Tell whether a source's own id can be the run's id."""
    return layout.is_run_id(text)
