"""A key's values taken out of journals: the one case in which what was written is written anew.

A file is replaced whole or not at all.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

from msgspec import structs

from . import layout, pack
from .editing import replace_lines
from .frame import FrameError, from_line, to_line
from .reader import find_segments
from .record import Unknown
from .scrubber import Scrubber, path_of_any
from .segment import sync_folder


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
    packed = folder / layout.PACKED
    if packed.is_file() and (before := pack.read_line(packed.read_bytes())) is not None:
        segments[packed] = [packed.read_bytes()]
        after[packed] = _scrubbed_line(before, scrubber)
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
    changes = [structs.replace(one, value=scrubber.plain(one.value, path_of_any(one.key))) for one in details.changes]
    disagreements = [
        structs.replace(
            one,
            value=scrubber.plain(one.value, path_of_any(one.key)),
            leading=scrubber.plain(one.leading, path_of_any(one.key)),
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
