"""The table of all calls, and what stands between a request and the function that answers it."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from setpoint._catalog.reading import TookTooLongError
from setpoint.errors import (
    CatalogError,
    FilterError,
    InvalidArgumentError,
    MissingParamError,
    RunNotFoundError,
    SetpointError,
)

from . import exporting, report_calls, report_shapes, run_calls, run_shapes, shapes, table_calls, views
from .page import Page

_log = logging.getLogger("setpoint.web")
_encode = msgspec.json.Encoder().encode


class Call(Struct, frozen=True):
    """One call: its function takes the page, the run's id where the path has one, and what is asked."""

    method: str
    path: str
    function: Callable[..., Any]
    asked: type[Struct]
    answer: Any  # a Struct's type; None where the answer is no JSON
    summary: str
    is_heavy: bool = False


CALLS: tuple[Call, ...] = (
    Call("GET", "/api/store", table_calls.store, shapes.Nothing, shapes.StoreFacts, "What store this is"),
    Call("GET", "/api/keys", table_calls.keys, shapes.KeysAsked, shapes.Keys, "The keys that runs have", is_heavy=True),
    Call("POST", "/api/table", table_calls.table, shapes.TableAsked, shapes.Table, "A window on the runs"),
    Call("POST", "/api/rows", table_calls.rows, shapes.RowsAsked, shapes.Rows, "Runs by their ids"),
    Call(
        "POST",
        "/api/facets",
        table_calls.facets,
        shapes.FacetsAsked,
        shapes.Facets,
        "Values of keys, with counts",
        is_heavy=True,
    ),
    Call(
        "POST",
        "/api/columns",
        table_calls.columns,
        shapes.ColumnsAsked,
        shapes.Columns,
        "Columns of many runs",
        is_heavy=True,
    ),
    Call(
        "POST",
        "/api/groups",
        report_calls.groups,
        report_shapes.GroupsAsked,
        report_shapes.Groups,
        "Runs in groups",
        is_heavy=True,
    ),
    Call(
        "POST",
        "/api/importance",
        report_calls.importance,
        report_shapes.ImportanceAsked,
        report_shapes.ImportanceFacts,
        "How much each param matters for a metric",
    ),
    Call(
        "POST",
        "/api/compare",
        report_calls.comparison,
        report_shapes.CompareAsked,
        report_shapes.Comparison,
        "Runs side by side",
    ),
    Call(
        "POST",
        "/api/series",
        report_calls.series,
        report_shapes.SeriesAsked,
        report_shapes.SeriesAnswer,
        "Curves of metrics",
    ),
    Call("GET", "/api/run/{id}", run_calls.run, shapes.Nothing, run_shapes.RunFacts, "Everything about a run"),
    Call(
        "GET",
        "/api/run/{id}/history",
        run_calls.history,
        run_shapes.HistoryAsked,
        run_shapes.History,
        "The changes of a param",
    ),
    Call("GET", "/api/run/{id}/patch", run_calls.patch, shapes.Nothing, run_shapes.Patch, "The diff of a dirty tree"),
    Call("POST", "/api/run/{id}/edit", run_calls.edit, shapes.EditAsked, run_shapes.Edited, "Other tags or notes"),
    Call("POST", "/api/check", table_calls.check, shapes.CheckAsked, shapes.Checked, "How many runs pass a filter"),
    Call(
        "POST",
        "/api/complete",
        report_calls.complete,
        report_shapes.CompleteAsked,
        report_shapes.Completion,
        "What may stand at the cursor of a filter",
    ),
    Call("POST", "/api/export", exporting.export, shapes.ExportAsked, None, "Runs as a file"),
    Call("GET", "/api/views", views.views, shapes.Nothing, report_shapes.Views, "Saved views and layout"),
    Call("PUT", "/api/views", views.save_views, report_shapes.Views, report_shapes.Views, "Save views and layout"),
)


def routes(page: Page) -> list[Route]:
    """Return the routes of all calls."""
    return [Route(call.path, _endpoint(page, call), methods=[call.method]) for call in CALLS]


def _endpoint(page: Page, call: Call) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        where = ""
        try:
            asked = _asked(call, request.query_params, await request.body())
            where = getattr(asked, "where", "")
            found = await page.workers.do(
                lambda: _answered(call.function(page, *request.path_params.values(), asked)), is_heavy=call.is_heavy
            )
            return found if isinstance(found, Response) else json_answer(200, found)
        except (SetpointError, OSError, msgspec.ValidationError, msgspec.DecodeError) as error:
            return failed(error, where)

    return endpoint


def _answered(found: Any) -> Response | bytes:  # what a call's function returns
    return found if isinstance(found, Response) else _encode(found)


def _asked(call: Call, query: Mapping[str, str], body: bytes) -> Struct:
    if call.method == "GET":
        return msgspec.convert(dict(query), call.asked, strict=False)
    return msgspec.json.decode(body, type=call.asked)


def json_answer(status: int, body: bytes) -> Response:
    """Return an answer in JSON, which no cache keeps."""
    return Response(body, status, {"cache-control": "no-store"}, "application/json")


_STATUS: tuple[tuple[type[Exception], int, str], ...] = (
    (FilterError, 400, "filter"),
    (RunNotFoundError, 404, "run"),
    (MissingParamError, 404, "key"),
    (InvalidArgumentError, 400, "request"),
    (TookTooLongError, 503, "time"),
    (CatalogError, 503, "catalog"),
    (msgspec.ValidationError, 400, "request"),
    (msgspec.DecodeError, 400, "request"),
    (SetpointError, 409, "conflict"),
    (FileNotFoundError, 404, "journal"),
    (OSError, 503, "store"),
)


def failed(error: Exception, where: str = "") -> Response:
    """Return the answer to a request that an error ended; *where* is the filter it asked with."""
    status, kind = next((status, kind) for base, status, kind in _STATUS if isinstance(error, base))
    if status >= 500:
        _log.warning("%s", error)
    facts = shapes.ErrorFacts(kind, _message(error))
    if isinstance(error, FilterError):
        facts.kind = "filter" if error.text == where else "name"
        facts.message, facts.column = error.problem, error.column
        facts.length = _length(error.text, error.column)
        facts.suggestions = list(error.near)
    elif isinstance(error, RunNotFoundError | MissingParamError):
        facts.suggestions = list(error.near)
    return json_answer(status, failure_body(facts))


def failure_body(facts: shapes.ErrorFacts) -> bytes:
    """Return the body of an answer that is not 2xx."""
    return _encode(shapes.Failure(facts))


def _message(error: Exception) -> str:
    if isinstance(error, OSError) and not isinstance(error, SetpointError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error)
    return str(error).encode("utf-8", "backslashreplace").decode()


def _length(text: str, column: int) -> int:
    """Return how many characters of a filter are wrong: a name or number as far as it goes, else one."""
    length = 0
    for char in text[column - 1 :]:
        if not (char.isalnum() or char in "_."):
            break
        length += 1
    return max(length, 1)
