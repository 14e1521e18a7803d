"""Runs counted by their values of one key."""

from typing import TYPE_CHECKING

from setpoint._core.values import Encoder
from setpoint._query.recorded import MISSING

from .output import this_screen, write, write_json
from .table import Column, lines_of
from .text import FULL, safe, value_text

if TYPE_CHECKING:
    from setpoint._query.runs import Runs

_VALUE = 40
_BAR = 24
_BLOCKS = " ▏▎▍▌▋▊▉█"


def show_groups(runs: "Runs", key: str, *, is_json: bool) -> None:
    """Print each value of *key* with how many of the runs have it, the most frequent first."""
    found = runs.facet(key)
    if is_json:
        plain = Encoder().encode
        write_json(
            [{"runs": count} if value is MISSING else {"value": plain(value), "runs": count} for value, count in found]
        )
        return
    screen = this_screen()
    width = _VALUE if screen.is_terminal else FULL
    texts = ["missing" if value is MISSING else safe(value_text(value, width)) for value, _ in found]
    columns = [
        Column(safe(key), texts, styles=["dim" if value is MISSING else "" for value, _ in found] or [""]),
        Column("runs", [f"{count:,}" if screen.is_terminal else str(count) for _, count in found], is_right=True),
    ]
    if screen.is_terminal:
        most = max((count for _, count in found), default=1)
        columns.append(Column("", [bar(count / most, _BAR) for _, count in found], styles=["key"], rank=1))
    write(lines_of(columns, screen), screen)


def bar(share: float, width: int) -> str:
    """Return a bar of *share* of *width* columns, to an eighth of a column."""
    eighths = max(round(min(max(share, 0.0), 1.0) * width * 8), 1 if share > 0 else 0)
    return (_BLOCKS[-1] * (eighths // 8) + _BLOCKS[eighths % 8]).rstrip()
