"""How processes that belong together find the one run they write to, without locks.

Each run leaves claims in ``<store>/joins/<key>/``: one under the identity of its process, where its children look, and
for ranks one under the launcher's job. A claim is a file that is made with its content at once and never changed. Its
name is a number; the highest one counts. Who makes it first wins, the others read it. Where a claim no longer holds
(its run is gone, or another process is this rank in it already) the next one is made beside it, so that nobody ever
takes away a newer claim.
"""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import msgspec
from msgspec import Struct

from setpoint._journal.layout import role_of, split_segment_name

from .process import ancestors, process_key
from .ranks import Rank

MAX_AGE_S = 7 * 24 * 3600
_MAKING_S = 60.0
_TRIES = 100
_PATIENCE_S = 1.0
_PAUSE_S = 0.01
_SAFE_LENGTH = 80
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


class _Content(Struct, frozen=True):
    """What a claim's file holds: the key in full, the run, and when it was made (ns, UTC since the Unix epoch).

    Key and folder are bytes, in base 64: names of folders and variables need be no UTF-8.
    """

    key: bytes
    run_id: str
    folder: bytes
    writer: str
    created_ns: int


class Claim(Struct, frozen=True):
    """Which run holds a key, and that run's folder and the writer of the process that claimed it, if it named one.

    ``path`` is the claim's file. It is empty where none could be made, with the ``problem`` told: then no other process
    can join. ``maker`` is the process that made it if that was this one, else 0.
    """

    run_id: str
    folder: Path
    writer: str = ""
    path: str = ""
    problem: str = ""
    maker: int = 0

    @property
    def is_mine(self) -> bool:
        """Whether this very process made the claim; in a forked copy of it that is not so."""
        return self.maker == os.getpid()


def claim(store: Path, key: str, run_id: str, folder: Path, rank: Rank | None = None, *, writer: str = "") -> Claim:
    """Return the claim that holds *key*: that of a run which came earlier, or one made now for *run_id*.

    It never raises for a fault of the disk: the answer is then a claim of one's own that tells the ``problem``.

    Args:
        store: the store's folder.
        key: a job's key (``Rank.job_key``), or any other text that only processes of one run share.
        run_id: the run to claim the key for if it is free.
        folder: the folder of that run.
        rank: the rank that this process is. A run in which it has written already belongs to an earlier launch, and is
            not joined.
        writer: the writer's name in that run, if it has one already.
    """
    content = _Content(_bytes(key), run_id, os.fsencode(folder), writer, time.time_ns())
    at, number_of_rank = _folder_of(store, key), rank.rank if rank is not None else None

    def find_or_make() -> Claim | None:
        number = max(_numbers(at), default=0)
        held = _wait_for(at / str(number)) if number else None
        if held is not None and _holds(held, key, number_of_rank):
            return _found(held, at / str(number))
        return _make(at / str(number + 1), content)

    return _try_to(find_or_make, content)


def claim_process(store: Path, run_id: str, folder: Path, *, writer: str = "") -> Claim:
    """Claim this process for a run, so that its children join it, see ``claim``. The newest of several runs counts."""
    key = process_key(os.getpid())
    content = _Content(_bytes(key), run_id, os.fsencode(folder), writer, time.time_ns())
    at = _folder_of(store, key)
    return _try_to(lambda: _make_own(at / str(max(_numbers(at), default=0) + 1), content), content)


def find_parent_run(store: Path) -> Claim | None:
    """Return the claim of the nearest process above this one that has a live run in the store, None if none has.

    A run that has finished took its claim away, so nobody joins it. Claims that can't be read count as none.
    """
    try:
        if not os.listdir(store / "joins"):  # noqa: PTH208  # as below
            return None
        return next((held for pid in ancestors() if (held := _newest(store, process_key(pid))) is not None), None)
    except OSError:  # the store is not this user's, or went away: nothing to join there
        return None


def release(held: Claim) -> None:
    """Take away a claim that this process made, since its run ends; one of another process stays. Never raises."""
    if not held.is_mine or not held.path:
        return
    path = Path(held.path)
    try:
        path.unlink(missing_ok=True)
        path.parent.rmdir()
    except OSError:  # another claim is there; or the store is gone or read-only, and the claim ages out
        return


def sweep(store: Path) -> None:
    """Remove claims so old that nobody heeds them any more; never raises."""
    oldest_s = time.time() - 2 * MAX_AGE_S
    try:
        with os.scandir(store / "joins") as folders:
            old = [Path(entry.path) for entry in folders if entry.stat(follow_symlinks=False).st_mtime < oldest_s]
        for folder in old:
            for number in _numbers(folder):
                (folder / str(number)).unlink(missing_ok=True)
            folder.rmdir()
    except OSError:  # no claims yet, or a store that can't be changed: nothing is lost by leaving them
        return


def _folder_of(store: Path, key: str) -> Path:
    # No path separator is left of the key; two keys that share a name are told apart by the content.
    stem = _UNSAFE.sub("-", key)[:_SAFE_LENGTH].strip("-")
    return store / "joins" / f"{stem}-{crc32(_bytes(key)):08x}"


def _bytes(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")


def _path(content: _Content) -> Path:
    return Path(os.fsdecode(content.folder))


def _newest(store: Path, key: str) -> Claim | None:
    at = _folder_of(store, key)
    for number in sorted(_numbers(at), reverse=True):
        held = _wait_for(at / str(number))
        if held is not None and _holds(held, key, None):
            return _found(held, at / str(number))
    return None


def _numbers(folder: Path) -> list[int]:
    try:
        return [int(name) for name in os.listdir(folder) if name.isascii() and name.isdigit()]  # noqa: PTH208  # names are all that is wanted
    except FileNotFoundError:
        return []


def _try_to(attempt: Callable[[], Claim | None], content: _Content) -> Claim:
    try:
        for _ in range(_TRIES):  # another process may make or take away a claim between two looks
            if (settled := attempt()) is not None:
                return settled
        problem = "other processes kept changing the claims"
    except OSError as error:  # disk full, read-only, gone: the run itself goes on, alone
        problem = f"{error.filename}: {error.strerror}" if error.strerror else str(error)
    return Claim(content.run_id, _path(content), content.writer, problem=problem, maker=os.getpid())


def _found(held: _Content, path: Path) -> Claim:
    return Claim(held.run_id, _path(held), held.writer, str(path))


def _make_own(path: Path, content: _Content) -> Claim | None:
    """Make a claim that no other process can want: whoever reads it early waits until it is whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_new(path, msgspec.json.encode(content))
    return Claim(content.run_id, _path(content), content.writer, str(path), maker=os.getpid())


def _make(path: Path, content: _Content) -> Claim | None:
    """Make the claim's file with its content at once; None if it is there already, or its folder was just removed."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.parent / f".{os.getpid()}-{os.urandom(8).hex()}"
    line = msgspec.json.encode(content)
    try:
        _write_new(temporary, line)
        try:
            os.link(temporary, path)
        except (FileExistsError, FileNotFoundError):
            return None
        except OSError:  # no hard links here (FAT, some FUSE): readers wait until the content is whole
            _write_new(path, line)
    except (FileExistsError, FileNotFoundError):
        return None
    finally:
        temporary.unlink(missing_ok=True)
    return Claim(content.run_id, _path(content), content.writer, str(path), maker=os.getpid())


def _write_new(path: Path, line: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        while line:
            line = line[os.write(descriptor, line) :]
    finally:
        os.close(descriptor)


def _wait_for(path: Path) -> _Content | None:
    """Return what a claim says; None if it was taken away meanwhile, or is no claim."""
    deadline_s = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return msgspec.json.decode(path.read_bytes(), type=_Content)
        except FileNotFoundError:
            return None
        except (msgspec.MsgspecError, UnicodeDecodeError):  # its maker is still writing, or died at it
            if time.monotonic() > deadline_s:
                return None
        time.sleep(_PAUSE_S)


def _holds(held: _Content, key: str, rank: int | None) -> bool:
    """Tell whether a claim still stands for a run that can be joined."""
    age_s = (time.time_ns() - held.created_ns) / 1e9
    if held.key != _bytes(key) or age_s > MAX_AGE_S:
        return False
    folder = _path(held)
    if not folder.is_dir():
        return age_s < _MAKING_S  # the first to come has claimed it and is about to make it; later, it was removed
    return rank is None or rank not in _ranks_in(folder)


def _ranks_in(folder: Path) -> set[int]:
    writers = [split[0] for name in os.listdir(folder) if (split := split_segment_name(name)) is not None]  # noqa: PTH208  # names are all that is wanted
    return {number for writer in writers if (number := role_of(writer)[1]) is not None}
