"""The calls as OpenAPI, made of the same types that read and write them."""

from collections.abc import Iterable
from typing import Any

import msgspec

import setpoint

from .routes import CALLS, Call
from .shapes import Failure

_REF = "#/components/schemas/{name}"
_ERROR = {
    "description": "What went wrong",
    "content": {"application/json": {"schema": {"$ref": _REF.format(name="Failure")}}},
}
_FILE = {"text/csv": {"schema": {"type": "string"}}, "application/x-ndjson": {"schema": {"type": "string"}}}
_EVENTS = {"text/event-stream": {"schema": {"type": "string"}}}


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of all calls.

    Source:
        OpenAPI Specification 3.1.0.
    """
    types: list[Any] = [Failure]
    for call in CALLS:
        types += [call.asked, *([] if call.answer is None else [call.answer])]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    by_type = dict(zip(map(id, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, by_type, components)
    paths["/api/live"] = {"get": _plain("liveChanges", "Live changes", _EVENTS)}
    paths["/api/openapi.json"] = {"get": _plain("describe", "This document", {"application/json": {"schema": {}}})}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "setpoint ui",
            "version": setpoint.__version__,
            "description": "What the page on a store's runs asks. Every call needs the token 'setpoint ui' prints.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(call: Call, by_type: dict[int, Any], components: dict[str, Any]) -> dict[str, Any]:
    content = _FILE if call.answer is None else {"application/json": {"schema": by_type[id(call.answer)]}}
    operation = _plain(f"{call.function.__name__}", call.summary, content)
    parameters = [_parameter("id", "path", {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$"}, is_needed=True)]
    parameters = parameters if "{id}" in call.path else []
    if call.method == "GET":
        schema = components[call.asked.__name__]
        needed = schema.get("required", [])
        parameters += [
            _parameter(name, "query", kind, is_needed=name in needed) for name, kind in schema["properties"].items()
        ]
    else:
        body = {"application/json": {"schema": by_type[id(call.asked)]}}
        operation["requestBody"] = {"required": True, "content": body}
    if parameters:
        operation["parameters"] = parameters
    return operation


def _parameter(name: str, place: str, schema: dict[str, Any], *, is_needed: bool) -> dict[str, Any]:
    return {"name": name, "in": place, "required": is_needed, "schema": schema}


def _plain(name: str, summary: str, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": {"description": summary, "content": content},
            **_errors((400, 401, 403, 404, 409, 413, 415, 421, 503)),
        },
    }


def _errors(statuses: Iterable[int]) -> dict[str, Any]:
    return {str(status): _ERROR for status in statuses}
