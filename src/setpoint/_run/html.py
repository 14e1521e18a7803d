"""How a config and a run look in a notebook."""

from html import escape
from typing import TYPE_CHECKING, Any

from setpoint._core.edits import leaves
from setpoint._core.tree import UNSTAMPED
from setpoint._core.values import show

from .report import shown

if TYPE_CHECKING:
    from .config import Config
    from .run import Run

_MOST_ROWS = 200
_MUTED = "color: gray; font-size: smaller"


def config_html(config: "Config") -> str:
    """Return a table of the params, their values, levels and origins; the first 200 of them."""
    found = list(leaves(config, UNSTAMPED, None))
    rows = [(key, show(value), stamp.level.label, str(stamp.origin)) for key, value, stamp in found[:_MOST_ROWS]]
    return table(("param", "value", "level", "origin"), rows) + _rest(len(found) - _MOST_ROWS)


def run_html(run: "Run") -> str:
    """Return the run's name, where it is recorded, its summary and its config."""
    title = f"<b>{escape(run.name)}</b> <span style='{_MUTED}'>{escape(run.id)} in {escape(run.dir)}</span>"
    rows = [(key, shown(value)) for key, value, _ in list(leaves(run.summary, UNSTAMPED, None))[:_MOST_ROWS]]
    summary = table(("summary", "value"), rows) if rows else ""
    return f"<div>{title}{summary}{config_html(run.config)}</div>"


def table(names: tuple[str, ...], rows: list[Any]) -> str:
    """Return an HTML table of texts; everything in it is escaped."""
    head = "".join(f"<th style='text-align: left'>{escape(name)}</th>" for name in names)
    cells = ("".join(f"<td style='text-align: left'>{escape(cell)}</td>" for cell in row) for row in rows)
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _rest(count: int) -> str:
    return f"<p style='{_MUTED}'>and {count} more</p>" if count > 0 else ""
