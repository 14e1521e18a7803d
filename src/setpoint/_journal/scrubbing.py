"""A key's values taken out of journals: the one case in which what was written is written anew.

Every value of the key, and of what is below it, becomes a fingerprint as a secret has one; texts that were such a value
are taken out of everything else that the run recorded too, such as its command line. A file is replaced whole or not at
all.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

from msgspec import json, structs

from setpoint._core.change import Path as KeyPath
from setpoint._core.keys import split_key
from setpoint._core.values import decode

from . import layout, pack
from .editing import replace_lines
from .frame import FrameError, from_line, to_line
from .reader import find_segments
from .record import DELETED, Environment, Finish, Log, Meta, Open, Record, Set, Summary, Unknown, Update
from .segment import sync_folder

_SHORTEST = 6
"""Shorter texts are common words, which are left where they stand under other keys."""

Fingerprint = Callable[[bytes], str]
"""Returns hexadecimal digits that stand for a secret's bytes."""


class Scrubber:
    """Takes the values of one key out of whatever it is given; collects the texts it met on the way."""

    def __init__(self, key: str, fingerprint: Fingerprint, *, is_summary: bool = False) -> None:
        """Take the key of a param, or with *is_summary* of a result; raises ValueError where it is no key."""
        self.path = split_key(key)
        self._key = key
        self._fingerprint = fingerprint
        self._is_summary = is_summary
        self.texts: set[str] = set()

    def plain(self, value: Any, at: KeyPath, *, is_summary: bool = False) -> Any:  # plain forms
        """Return the plain form that stands at *at* without the key's values: itself where there are none."""
        if is_summary != self._is_summary:
            return value
        if self.path[: len(at)] == at:
            return self._below(value, self.path[len(at) :])
        return self._redacted(value) if at[: len(self.path)] == self.path else value

    def _below(self, value: Any, rest: KeyPath) -> Any:
        if not rest:
            return self._redacted(value)
        parts = _parts_of(value)
        if isinstance(parts, dict) and rest[0] in parts:
            name = str(rest[0])
            return _with_part(value, name, self._below(parts[name], rest[1:]))
        if isinstance(parts, list) and isinstance(rest[0], int) and rest[0] < len(parts):
            return _with_part(value, rest[0], self._below(parts[rest[0]], rest[1:]))
        return value

    def _redacted(self, value: Any) -> Any:
        if value is None or (isinstance(value, dict) and "$redacted" in value):
            return value
        if isinstance(value, dict) and "$type" not in value:
            return {name: self._redacted(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self._redacted(part) for part in value]
        self._note(value)
        return {"$redacted": self._fingerprint(_bytes_of(value))}

    def _note(self, value: Any) -> None:
        if isinstance(value, str):
            if len(value) >= _SHORTEST:
                self.texts.add(value)
        elif isinstance(value, dict):
            for part in value.values():
                self._note(part)
        elif isinstance(value, list):
            for part in value:
                self._note(part)

    def tree(self, tree: dict[str, Any], *, is_summary: bool = False) -> dict[str, Any]:
        """Return a whole config or summary in plain form without the key's values."""
        if is_summary:
            return {name: self.plain(value, _path(name), is_summary=True) for name, value in tree.items()}
        return {name: self.plain(value, (name,)) for name, value in tree.items()}

    def is_metric(self, name: str) -> bool:
        """Tell whether a metric is what the key names."""
        return self._is_summary and _path(name)[: len(self.path)] == self.path

    def mark(self, text: str) -> str:
        """Return what stands in place of a text that was taken out."""
        return f"[redacted {self._fingerprint(text.encode('utf-8', 'surrogatepass'))[:8]}]"

    def without_texts_in(self, value: Any) -> Any:  # plain forms
        """Return a plain form in which none of the collected texts is left: itself where there is none."""
        if isinstance(value, str):
            for text in self._longest_first():
                value = value.replace(text, self.mark(text)) if text in value else value
            return value
        if isinstance(value, dict):
            after: Any = {name: self.without_texts_in(part) for name, part in value.items()}
        elif isinstance(value, list):
            after = [self.without_texts_in(part) for part in value]
        else:
            return value
        return value if after == value else after

    def without_texts(self, record: Record) -> Record:
        """Return a record in whose values none of the collected texts is left: itself where there is none."""
        names = _FREE_TEXT.get(type(record), ())
        if isinstance(record, Update):
            rows = [(row[0], self.without_texts_in(row[1]), row[2], row[3]) for row in record.params]
            return _replaced(record, params=rows)
        return _replaced(record, **{name: self.without_texts_in(getattr(record, name)) for name in names})

    def blotted(self, data: bytes) -> bytes:
        """Return bytes that are no record with stars in place of the collected texts."""
        for text in self._longest_first():
            raw = json.encode(text)[1:-1]
            data = data.replace(raw, b"*" * len(raw))
        return data

    def bytes_of_file(self, data: bytes) -> bytes:
        """Return a text file's bytes with marks in place of the collected texts."""
        for text in self._longest_first():
            mark = self.mark(text).encode()
            for form in {text.encode("utf-8", "surrogatepass"), json.encode(text)[1:-1]}:
                data = data.replace(form, mark)
        return data

    def _longest_first(self) -> list[str]:
        return sorted(self.texts, key=lambda text: (-len(text), text))

    def record(self, record: Record) -> Record:
        """Return a record without the key's values: itself where it has none."""
        if isinstance(record, Set):
            return _replaced(record, value=self.plain(record.value, _path(record.key)))
        if isinstance(record, Update):
            rows = [
                row if row[3] == DELETED else (row[0], self.plain(row[1], _path(row[0])), row[2], row[3])
                for row in record.params
            ]
            return _replaced(record, params=rows)
        if isinstance(record, Summary) and not record.deleted:
            return _replaced(record, value=self.plain(record.value, _path(record.key), is_summary=True))
        if isinstance(record, Log) and self._is_summary:
            values = {name: self.plain(value, _path(name), is_summary=True) for name, value in record.values.items()}
            return _replaced(record, values=values)
        return record


_FREE_TEXT: dict[type, tuple[str, ...]] = {
    Open: ("notes",),
    Set: ("value",),
    Summary: ("value",),
    Meta: ("notes",),
    Environment: ("values",),
    Finish: ("error",),
}
"""The fields of a record that hold text of the user's and of the machine's."""


def _path(key: str) -> KeyPath:
    try:
        return split_key(key)
    except ValueError:  # no key of a config, so it is not the one that is looked for
        return ()


def _replaced(record: Record, **fields: Any) -> Record:
    same = all(getattr(record, name) == value for name, value in fields.items())
    return record if same else structs.replace(record, **fields)


def _parts_of(value: Any) -> Any:
    if not isinstance(value, dict) or "$type" not in value:
        return value
    return value.get("items") or value.get("fields")


def _with_part(value: Any, name: str | int, part: Any) -> Any:
    """Return a copy of a container in plain form with another part."""
    if isinstance(value, dict) and "$type" in value:
        inner = "items" if value.get("items") else "fields"
        return {**value, inner: _with_part(value[inner], name, part)}
    if isinstance(value, dict):
        return {**value, name: part}
    return [part if at == name else before for at, before in enumerate(value)]


def _bytes_of(plain: Any) -> bytes:
    """Return the bytes that stand for a value, those that a secret's fingerprint is made of."""
    value = decode(plain)
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return value if isinstance(value, bytes) else json.encode(plain)


def scrub_folder(folder: Path, scrubber: Scrubber) -> int:
    """Take the key's values out of every file in a run's folder; return how many files changed.

    The run must not be live: its process would go on writing to the file that was replaced.

    Raises:
        OSError: a file can't be read or replaced; those before it are done.
    """
    segments = {path: path.read_bytes().splitlines(keepends=True) for path in find_segments(folder)}
    halfway = {path: [_structured(line, scrubber) for line in lines] for path, lines in segments.items()}
    after = {path: b"".join(_without_texts(line, scrubber) for line in lines) for path, lines in halfway.items()}
    for name in (layout.CONFIG_SNAPSHOT, layout.DIFF):
        path = folder / name
        if path.is_file() and not path.is_symlink():
            segments[path] = [path.read_bytes()]
            after[path] = scrubber.bytes_of_file(segments[path][0])
    changed = [path for path, lines in segments.items() if after[path] != b"".join(lines)]
    for path in changed:
        _replace(path, after[path])
    if changed:
        sync_folder(folder)
        os.utime(folder.parent)
    return len(changed)


def _structured(line: bytes, scrubber: Scrubber) -> bytes:
    try:
        record = from_line(line.removesuffix(b"\n"))
    except FrameError:
        return line
    scrubbed = scrubber.record(record)
    return line if scrubbed is record or not line.endswith(b"\n") else to_line(scrubbed)


def _without_texts(line: bytes, scrubber: Scrubber) -> bytes:
    """Return a line without the texts that were the key's values, be it a record or damaged."""
    try:
        record = from_line(line.removesuffix(b"\n"))
    except FrameError:
        return scrubber.blotted(line)
    if isinstance(record, Unknown):
        payload = scrubber.blotted(line[9:].removesuffix(b"\n"))
        return line if payload in line else b"%08x %b\n" % (crc32(payload), payload)
    scrubbed = scrubber.without_texts(record)
    return line if scrubbed is record else to_line(scrubbed)


def _replace(path: Path, content: bytes) -> None:
    """Make the file hold *content*, with the times it had: whether a writer lives is told by them."""
    stamps = path.stat()
    fresh = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.utime(fresh, ns=(stamps.st_atime_ns, stamps.st_mtime_ns))
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def scrub_pack(path: Path, scrubber: Scrubber, is_wanted: Callable[[str], bool]) -> int:
    """Take the key's values out of the runs of a pack that are wanted; return how many runs changed; raises OSError."""
    changed: list[str] = []

    def scrubbed(line: bytes) -> bytes:
        packed = pack.read_line(line)
        if packed is None or not is_wanted(packed.id):
            return line
        after = _scrubbed_line(packed, scrubber)
        if after != line:
            changed.append(packed.id)
        return after

    replace_lines(path, scrubbed)
    return len(changed)


def _scrubbed_line(packed: pack.PackedRun, scrubber: Scrubber) -> bytes:
    details = pack.details_of(packed)
    config = scrubber.tree(packed.config)
    summary = scrubber.tree(packed.summary, is_summary=True)
    changes = [structs.replace(one, value=scrubber.plain(one.value, _path(one.key))) for one in details.changes]
    disagreements = [
        structs.replace(
            one,
            value=scrubber.plain(one.value, _path(one.key)),
            leading=scrubber.plain(one.leading, _path(one.key)),
        )
        for one in details.disagreements
    ]
    clean: Any = scrubber.without_texts_in
    details = structs.replace(
        details,
        changes=[structs.replace(one, value=clean(one.value)) for one in changes],
        disagreements=[
            structs.replace(one, value=clean(one.value), leading=clean(one.leading)) for one in disagreements
        ],
        environment=clean(details.environment),
        stats={name: stats for name, stats in details.stats.items() if not scrubber.is_metric(name)},
        files={name: scrubber.bytes_of_file(content) for name, content in details.files.items()},
    )
    packed = structs.replace(
        packed,
        config=clean(config),
        summary=clean(summary),
        notes=clean(packed.notes),
        error=clean(packed.error),
        metrics={name: series for name, series in packed.metrics.items() if not scrubber.is_metric(name)},
        details=pack.compressed(details),
    )
    return pack.framed(packed)
