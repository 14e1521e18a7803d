"""The call that gives all runs of a table as a file, some hundred at a time."""

from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse

from setpoint._query.export import csv_lines, json_lines
from setpoint._query.keys import target_of
from setpoint._query.ordering import Numbers
from setpoint._query.orders import State, question

from . import shapes
from .page import Page

_AT_ONCE = 500
_RUN_COLUMNS = ("id", "name", "project", "group", "status", "created", "duration", "host", "user", "commit")
_KINDS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


def export(page: Page, asked: shapes.ExportAsked) -> StreamingResponse:
    """Return the runs that pass a filter as CSV or JSON lines."""
    state = page.current()
    wanted = question(asked.where, tuple(asked.sort))
    names = _names(page, asked.where, state) if asked.columns is None else asked.columns
    for name in names:
        target_of(name)
    numbers = page.orders.numbers(wanted, state)
    return StreamingResponse(
        _parts(page, numbers, names, asked.format),
        media_type=_KINDS[asked.format],
        headers={"content-disposition": f'attachment; filename="runs.{asked.format}"', "cache-control": "no-store"},
    )


def _names(page: Page, where: str, state: State) -> list[str]:
    _, facts = page.keys(where, state)
    keys = [fact.name for fact in facts if fact.scope != "run" and fact.runs]
    return [*(f"run.{name}" for name in _RUN_COLUMNS), *keys]


async def _parts(page: Page, numbers: Numbers, names: list[str], form: str) -> AsyncIterator[bytes]:
    for start in range(0, max(len(numbers), 1), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE].tolist()

        def part(some: list[int] = some, *, is_first: bool = start == 0) -> bytes:
            runs = page.by_number(some)
            text = csv_lines(runs, names, has_header=is_first) if form == "csv" else json_lines(runs)
            return text.encode("utf-8", "backslashreplace")

        yield await page.workers.do(part)
