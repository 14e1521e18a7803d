"""Names of the files and folders in a store."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

CONFIG_SNAPSHOT = "config.yaml"
DIFF = "diff.patch"
PACKED = "packed.run"
"""What a run said before it was packed: the line of its pack, in the folder of a run that goes on after that."""

PACK_SUFFIX = ".pack"

_RUN_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SEGMENT = re.compile(r"(?P<writer>[A-Za-z0-9_-]+)(?:\.(?P<part>[1-9]\d*))?\.jsonl")
_WRITER = re.compile(r"(?P<role>main|child|rank|editor)(?P<rank>\d*)-")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_HOST_LENGTH = 64


def is_run_id(text: str) -> bool:
    """Tell whether *text* can be the id of a run."""
    return _RUN_ID.fullmatch(text) is not None


def is_day(name: str) -> bool:
    """Tell whether *name* is that of a day folder, ``yyyy-mm-dd``."""
    return _DAY.fullmatch(name) is not None


def is_pack(name: str) -> bool:
    """Tell whether a file of that name in a day folder is a pack."""
    return name.endswith(PACK_SUFFIX) and not name.startswith(".")


def runs_folder(store: Path) -> Path:
    """Return the folder of a store that holds the day folders."""
    return store / "runs"


def run_folder(store: Path, run_id: str, time_ns: int) -> Path:
    """Return the folder of a run that starts at *time_ns* (UTC, ns since the Unix epoch)."""
    day = datetime.fromtimestamp(time_ns // 1_000_000_000, UTC).strftime("%Y-%m-%d")
    return runs_folder(store) / day / run_id


def writer_name(role: str, host: str, pid: int, rank: int | None = None) -> str:
    """Return a new name for a writer: its role (with the number of a rank), host, process id and 8 random digits."""
    number = "" if rank is None else str(rank)
    return f"{role}{number}-{_UNSAFE.sub('-', host)[:_HOST_LENGTH]}-{pid}-{os.urandom(4).hex()}"


def role_of(writer: str) -> tuple[str, int | None]:
    """Return the role and rank that a writer's name tells; ``child`` where it tells none."""
    match = _WRITER.match(writer)
    if match is None:
        return "child", None
    return match["role"], int(match["rank"]) if match["rank"] else None


def segment_name(writer: str, part: int) -> str:
    """Return the file name of a writer's part, the first of which is 1."""
    return f"{writer}.jsonl" if part == 1 else f"{writer}.{part}.jsonl"


def split_segment_name(name: str) -> tuple[str, int] | None:
    """Return the writer and part of a segment's file name; None where it is not one."""
    match = _SEGMENT.fullmatch(name)
    if match is None:
        return None
    return match["writer"], int(match["part"] or 1)
