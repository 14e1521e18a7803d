"""Who may ask: every path and method, hosts, origins, bodies, and the headers of every answer."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from page_client import HOST, TOKEN, Client
from starlette.testclient import TestClient

from setpoint._web.app import make_app
from setpoint._web.guard import MAX_BODY_BYTES, Access, security_headers
from setpoint._web.page import Page
from setpoint._web.routes import CALLS

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
PATHS = sorted({
    *(call.path.replace("{id}", "20261124-000000-abc") for call in CALLS),
    *("/api", "/api/", "/api/live", "/api/openapi.json", "/api/no/such", "/api/%2e%2e/store", "//api/store"),
    *("/nothing", "/runs/x", "/favicon.ico", "/static/index.html", "/assets", "/run/", "/run/a/b", "/API/store"),
    "/api/store/",
})  # fmt: skip
PAGES = ("/", "/runs", "/compare?r=a,b", "/explore", "/run/20261124-000000-abc")
BAD_IDS = (
    *("..", "%2e%2e", "%252e%252e", "..;", "..%5c", "..%2f..%2fetc%2fpasswd", "%00", "a%00b", "%23", "con", "CON", "A"),
    *("a" * 65, "-a", "a.b", "a%20b", "%E2%80%AE", "@last", "@best:acc", "*", "%25", "_", "a%2fb"),
)


def bare(client: Client, method: str, path: str, **headers: str) -> httpx.Response:
    """Return the answer to a request without a token."""
    return client.http.request(method, path, headers=headers, follow_redirects=False)


@pytest.mark.parametrize("method", METHODS)
def test_no_path_but_the_page_answers_without_the_token(client: Client, method: str) -> None:
    bodies = set()
    for path in PATHS:
        answer = bare(client, method, path)
        assert answer.status_code == 401, path
        bodies.add(answer.content)
    assert len(bodies) == 1


VISIT = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}


@pytest.mark.parametrize("path", ["/nowhere", "/runs/x", "/run/", "/run/a/b", "/favicon.ico", "/apis", "//api/store"])
def test_a_browser_that_is_led_nowhere_gets_the_page_itself(client: Client, path: str) -> None:
    page = bare(client, "GET", "/").content
    for headers in (VISIT, {"Accept": "text/html"}, {**VISIT, "Sec-Fetch-Site": "cross-site"}):
        answer = bare(client, "GET", path, **headers)
        assert (answer.status_code, answer.content) == (404, page), headers


@pytest.mark.parametrize("method", METHODS)
def test_no_call_or_asset_is_visited_without_the_token(client: Client, method: str) -> None:
    refused = bare(client, "GET", "/api/store").content
    for path in ("/api", "/api/", "/api/store", "/api/none", "/api/%2e%2e/nowhere", "/assets"):
        answer = bare(client, method, path, **VISIT)
        assert (answer.status_code, answer.content) == (401, refused if method != "HEAD" else b""), path
    if method != "GET":
        assert bare(client, method, "/nowhere", **VISIT).status_code == 401


@pytest.mark.parametrize("mode", ["cors", "no-cors", "same-origin", "websocket", "navigate, cors"])
def test_what_a_script_or_a_picture_asks_for_is_no_visit(client: Client, mode: str) -> None:
    assert bare(client, "GET", "/nowhere", **{**VISIT, "Sec-Fetch-Mode": mode}).status_code == 401
    assert bare(client, "GET", "/nowhere", **{**VISIT, "Accept": "image/avif,*/*"}).status_code == 401


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"bearer {TOKEN}",
        TOKEN,
        f"Basic {TOKEN}",
        "Bearer \xff",
    ],
)
def test_another_token_is_none(client: Client, value: str) -> None:
    answer = client.http.get("/api/store", headers={"Authorization": value.encode("latin-1")})
    assert answer.status_code == 401


def test_two_tokens_are_none(client: Client) -> None:
    answer = client.http.get("/api/store", headers=[("Authorization", f"Bearer {TOKEN}")] * 2)
    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["/api/store?token=" + TOKEN, "/api/store?access_token=" + TOKEN])
def test_a_token_in_the_address_is_none(client: Client, path: str) -> None:
    assert bare(client, "GET", path).status_code == 401
    assert bare(client, "GET", path, Cookie=f"token={TOKEN}").status_code == 401


@pytest.mark.parametrize("path", PAGES)
def test_the_page_itself_needs_no_token_and_holds_nothing_of_the_store(client: Client, path: str) -> None:
    answer = bare(client, "GET", path)
    assert answer.status_code == 200
    assert answer.content == bare(client, "GET", "/").content
    assert client.page.catalog.store not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_than_a_calls_own_are_refused(client: Client, method: str) -> None:
    for call in CALLS:
        path = call.path.replace("{id}", "x")
        if method not in [other.method for other in CALLS if other.path == call.path]:
            assert client.ask(method, path).status_code == 405, path


def all_answers(client: Client) -> Iterator[httpx.Response]:
    """Give an answer of each sort."""
    yield from (bare(client, "GET", path) for path in (*PAGES, "/assets/none.js"))
    yield bare(client, "GET", "/api/store")
    yield bare(client, "GET", "/", host="evil.test")
    yield bare(client, "GET", "/", origin="http://evil.test")
    yield client.ask("GET", "/api/store")
    yield client.ask("GET", "/api/none")
    yield client.ask("DELETE", "/api/store")
    yield client.ask("POST", "/api/table", {"limit": 10**9})
    yield client.ask("POST", "/api/export", {"limit": 1})
    yield client.ask("POST", "/api/export", {})
    yield client.ask("GET", "/api/run/none")
    yield client.http.post("/api/table", headers={"Authorization": f"Bearer {TOKEN}"}, content=b"{")


def test_every_answer_has_the_headers_and_none_allows_other_origins_or_sets_cookies(client: Client) -> None:
    for answer in all_answers(client):
        for name, text in security_headers().items():
            assert answer.headers[name] == text, answer.request.url
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert "set-cookie" not in answer.headers
        assert "server" not in answer.headers


def test_the_policy_allows_the_pages_own_files_only() -> None:
    policy = dict(part.split(" ", 1) for part in security_headers()["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"


@pytest.mark.parametrize("host", ["127.0.0.1:7007", "localhost:7007", "[::1]:7007", "LOCALHOST:7007"])
def test_the_servers_own_names_are_answered(client: Client, host: str) -> None:
    assert bare(client, "GET", "/", host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("", "evil.test", "127.0.0.1", "localhost", "127.0.0.1:7008", "127.0.0.1.evil.test:7007", "localhost.:7007"),
        *("0.0.0.0:7007", "[::]:7007", "192.168.0.1:7007", "evil.test:7007", "127.0.0.1:7007@evil.test", "127.1:7007"),
        *("127.0.0.1:07007", "localhost:7007 ", "localhost:7007,evil.test", "2130706433:7007", "[::1]"),
        "user@localhost:7007",
    ],
)  # fmt: skip
def test_any_other_host_is_refused_before_anything_else(client: Client, host: str) -> None:
    headers = {"Host": host, "Authorization": f"Bearer {TOKEN}"}
    for path in ("/", "/api/store", "/api/none"):
        assert client.http.get(path, headers=headers).status_code == 421, path


def test_two_hosts_are_refused(client: Client) -> None:
    request = client.http.build_request("GET", "/")
    request.headers = httpx.Headers([("Host", HOST), ("Host", HOST)])
    assert client.http.send(request).status_code == 421


@pytest.mark.parametrize(
    "origin",
    ["null", "http://evil.test", "https://127.0.0.1:7007", "http://127.0.0.1:7008", "http://localhost:7007", ""],
)
@pytest.mark.parametrize("path", ["/", "/api/store"])
def test_another_origin_is_refused(client: Client, origin: str, path: str) -> None:
    headers = {"Origin": origin, "Authorization": f"Bearer {TOKEN}"}
    assert client.http.get(path, headers=headers).status_code == 403


def test_the_pages_own_origin_may_ask(client: Client) -> None:
    headers = {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin", "Authorization": f"Bearer {TOKEN}"}
    assert client.http.post("/api/table", headers=headers, json={}).status_code == 200


NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "odd"])
def test_other_sites_may_lead_to_the_page_and_nothing_else(client: Client, site: str) -> None:
    token = {"Authorization": f"Bearer {TOKEN}"}
    leads = {"Sec-Fetch-Site": site, **NAVIGATION}
    assert client.http.get("/runs?f=lr", headers=leads).status_code == 200
    assert client.http.post("/runs", headers=leads).status_code == 403
    assert client.http.get("/assets/x.js", headers=leads).status_code == 403
    assert client.http.get("/api/store", headers=leads | token).status_code == 403
    for mode, target in (("no-cors", "script"), ("cors", "empty"), ("navigate", "iframe"), ("no-cors", "image")):
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": target}
        assert client.http.get("/", headers=headers).status_code == 403, target


def framed(recorded_store: Path) -> TestClient:
    """Return a client of a page as a notebook serves it; calls are not answered."""
    app = make_app(Page(recorded_store), Access(TOKEN, frozenset({HOST}), is_framed=True))
    return TestClient(app, base_url=f"http://{HOST}")


def test_a_notebooks_page_may_be_framed_by_this_machine_only(recorded_store: Path) -> None:
    http = framed(recorded_store)
    answer = http.get("/", headers={"Sec-Fetch-Site": "cross-site", **NAVIGATION, "Sec-Fetch-Dest": "iframe"})
    policy = answer.headers["content-security-policy"]
    (ancestors,) = [part for part in policy.split("; ") if part.startswith("frame-ancestors")]
    assert answer.status_code == 200
    assert all(word.split("://")[1].rpartition(":")[0] in ("localhost", "127.0.0.1") for word in ancestors.split()[1:])
    assert http.get("/api/store", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def send(client: Client, body: bytes, **headers: str) -> int:
    """Return the status of a call with this body."""
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    return client.http.post(
        "/api/check", content=body, headers={"Authorization": f"Bearer {TOKEN}", **names}
    ).status_code


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_must_be_json_by_its_type(client: Client, kind: str) -> None:
    assert send(client, b"{}", Content_Type=kind) == 415
    assert send(client, b"{}", Content_Type="application/json; charset=utf-8") == 200


def test_a_body_has_a_limit(client: Client) -> None:
    assert send(client, b" " * (MAX_BODY_BYTES + 1), Content_Type="application/json") == 413
    assert send(client, b"{}", Content_Type="application/json", Content_Length="1000000000") == 413
    assert send(client, b"{}", Content_Type="application/json", Content_Length="-1") == 413


def test_a_body_in_chunks_has_the_same_limit(client: Client) -> None:
    chunks = (b" " * 100_000 for _ in range(11))
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    assert client.http.post("/api/check", content=chunks, headers=headers).status_code == 413


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"where": 1}', b'{"wher": ""}', b"\xff", b'{"where": "\\ud800"}', b"[" * 100_000],
)
def test_a_body_that_is_no_question_is_refused(client: Client, body: bytes) -> None:
    status = send(client, body, Content_Type="application/json")
    assert status == 400 or (body == b"" and status in (400, 415))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/table", {"limit": 10**9}),
        ("/api/table", {"limit": 501}),
        ("/api/table", {"offset": -1}),
        ("/api/table", {"offset": 2**70}),
        ("/api/table", {"limit": 1.5}),
        ("/api/columns", {"limit": 50_001}),
        ("/api/rows", {"ids": ["a"] * 501}),
        ("/api/series", {"runs": [], "metrics": [], "points": 5001}),
        ("/api/export", {"format": "html"}),
        ("/api/compare", {"runs": []}),
        ("/api/check", {"where": "x" * 70_000}),
    ],
)
def test_limits_of_questions_are_kept(client: Client, path: str, body: Any) -> None:
    assert client.ask("POST", path, body).status_code == 400


@pytest.mark.parametrize("run_id", BAD_IDS)
def test_an_id_that_is_none_finds_nothing_anywhere(client: Client, run_id: str) -> None:
    for call in CALLS:
        if "{id}" in call.path:
            body = None if call.method == "GET" else {"tags": ["x"]}
            answer = client.ask(
                call.method, call.path.replace("{id}", run_id) + "?key=lr" * ("history" in call.path), body
            )
            assert answer.status_code in (404, 405), (call.path, answer.text)
            assert "root:" not in answer.text
    plain = httpx.URL(f"http://x/{run_id}").path[1:][:64]
    assert client.post("/api/rows", ids=[plain])["rows"] == []
    for path, body in (("/api/compare", {"runs": [plain]}), ("/api/series", {"runs": [plain], "metrics": ["loss"]})):
        assert client.ask("POST", path, body).status_code == 404, path


@pytest.mark.parametrize("path", ["..%2findex.html", "%2e%2e%2fguard.py", "x%00", "index.html", "..%5cguard.py", "a/b"])
def test_assets_are_known_files_only(client: Client, path: str) -> None:
    assert bare(client, "GET", f"/assets/{path}").status_code in (401, 404)


HOSTILE = (
    *("' OR 1=1 --", '"); DROP TABLE run; --', "__class__", "lr.__class__", "__import__('os')", "lr == lr", "(" * 500),
    *("lr < " * 200, "not " * 1000 + "lr", "config.", "..", "nan == nan", "lr == " + "9" * 5000, "\0", "\x1b[31m"),
    *(
        "lr in (" + "1," * 500 + ")",
        "x" * 60_000,
        "'" + "a" * 60_000,
        "select",
        "lr == '%_'",
        "\uff4c\uff52 < 1",
        "lr == (a+)+$",
    ),
    *("f'{lr}'", "lr if lr else lr", "[lr for lr in lr]", "lambda: lr", "lr := 1", "config[lr]", "age < '9999999999d'"),
)


@pytest.mark.parametrize("where", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_filter_is_an_error_or_finds_something_quickly(client: Client, where: str) -> None:
    for path in ("/api/check", "/api/table", "/api/facets"):
        answer = client.ask("POST", path, {"where": where})
        assert answer.status_code in (200, 400), answer.text
        if answer.status_code == 400:
            assert answer.json()["error"]["kind"] in ("filter", "request")
    cursor = len(where) // 2
    assert client.ask("POST", "/api/complete", {"text": where, "cursor": cursor}).status_code == 200


@pytest.mark.parametrize(
    "name", ["", ".", "[*]", "a[*].b", "run.nope", '"', "a..b", "\0", "summary.", "x" * 4000, "tags", "config"]
)
def test_a_hostile_column_is_an_error_or_not_set(client: Client, name: str) -> None:
    asked = [
        ("/api/table", {"columns": [name]}),
        ("/api/table", {"sort": [name]}),
        ("/api/columns", {"columns": [name]}),
        ("/api/facets", {"keys": [name]}),
        ("/api/groups", {"by": [name], "metrics": [name]}),
        ("/api/groups", {"by": [name], "but": True}),
        ("/api/importance", {"metric": name, "where": "seed < 3"}),
        ("/api/compare", {"runs": ["x"], "ignore": [name]}),
    ]
    for path, body in asked:
        answer = client.ask("POST", path, body)
        assert answer.status_code in (200, 400, 404), (path, answer.text)
        json.loads(answer.text)
