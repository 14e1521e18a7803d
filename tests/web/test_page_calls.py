"""Each call of the page against recorded runs: the shapes of docs/design/page.md, and the values in them."""

import base64
import json
import random
import re
from array import array
from pathlib import Path
from typing import Any

import pytest
from page_client import RUNS, Client, record

import setpoint
from setpoint._query.load import load

UNSET = {"$": "unset", "text": ""}


def values(client: Client, column: str, **asked: Any) -> list[Any]:
    """Return a column's cells in the order of the rows."""
    return [row["cells"][0] for row in client.post("/api/table", columns=[column], limit=100, **asked)["rows"]]


def test_store_tells_what_it_is(client: Client, recorded_store: Path) -> None:
    found = client.get("/api/store")
    assert found["store"] == str(recorded_store)
    assert found["runs"] == RUNS
    assert found["version"] == setpoint.__version__
    assert found["projects"] == [{"name": "default", "runs": 15}, {"name": "p", "runs": 15}]


def test_table_gives_a_window_on_the_newest(client: Client) -> None:
    found = client.post("/api/table", columns=["seed"], offset=3, limit=2)
    assert (found["total"], found["offset"], found["columns"]) == (RUNS, 3, ["seed"])
    assert [row["cells"] for row in found["rows"]] == [[RUNS - 4], [RUNS - 5]]


def test_a_row_has_all_that_lists_show(client: Client) -> None:
    row = client.post("/api/table", columns=[], limit=1)["rows"][0]
    assert set(row) == {
        *("id", "name", "status", "created", "finished", "project", "tags", "notes", "damage", "lost", "cells")
    }
    assert row["status"] == "finished"
    assert row["created"] <= row["finished"]


def test_columns_by_default_are_those_that_vary_and_metrics(client: Client) -> None:
    columns = client.post("/api/table", limit=0)["columns"]
    assert {"lr", "optim.name", "summary.acc"} <= set(columns)
    assert "optim.betas[0]" not in columns


def test_cells_tell_values_of_different_types_apart(client: Client) -> None:
    row = client.post("/api/table", where="seed == 7", columns=["nan", "day", "empty", "path", "amp", "big", "no"])
    nan, day, empty, path, amp, big, no = row["rows"][0]["cells"]
    assert nan == {"$": "float", "text": "nan"}
    assert day == {"$": "date", "text": "2026-11-24"}
    assert empty["$"] == "section"
    assert path == {"$": "path", "text": "PosixPath('/data')"} or path["$"] == "path"
    assert amp is False
    assert big == no == UNSET


def test_whole_floats_and_large_integers_are_marked(client: Client) -> None:
    big = values(client, "big", where="has(big)", sort=["big"])
    assert big[0] == {"$": "int", "text": str(2**60), "n": float(2**60)}
    loss = values(client, "summary.loss", where="seed == 1")
    assert loss == [{"$": "float", "text": "2.0", "n": 2.0}]


def test_a_list_or_section_can_be_a_column(client: Client) -> None:
    betas, optim = client.post("/api/table", limit=1, columns=["optim.betas", "optim"])["rows"][0]["cells"]
    assert betas["$"] == "list"
    assert optim["$"] == "section"


@pytest.mark.parametrize("sort", ["lr", "-lr", "mixed", "-mixed", "ema", "-ema", "-summary.acc", "optim.name"])
def test_sorting_puts_kinds_in_order_and_what_is_not_set_last(client: Client, sort: str) -> None:
    def kind(cell: Any) -> int:
        if cell == UNSET:
            return 4
        return 3 if cell is None else 1 if isinstance(cell, bool) else 2 if isinstance(cell, str) else 0

    def number(cell: Any) -> Any:
        return cell.get("n", 0) if isinstance(cell, dict) else cell

    name = sort.removeprefix("-")
    cells = values(client, name, sort=[sort])
    kinds = [2 if isinstance(cell, dict) and cell["$"] == "text" else kind(cell) for cell in cells]
    assert kinds == sorted(kinds)
    numbers = [number(cell) for cell, its_kind in zip(cells, kinds, strict=True) if its_kind == 0]
    assert numbers == sorted(numbers, reverse=sort.startswith("-"))
    texts = [str(cell) for cell, its_kind in zip(cells, kinds, strict=True) if its_kind == 2]
    assert texts == sorted(texts, reverse=sort.startswith("-"))


def test_sorting_by_several_terms_orders_what_ties(client: Client) -> None:
    found = client.post("/api/table", sort=["optim.name", "-summary.acc"], columns=["optim.name", "summary.acc"])
    pairs = [tuple(row["cells"]) for row in found["rows"]]
    assert pairs == sorted(pairs, key=lambda pair: (pair[0], -pair[1]))


@pytest.mark.parametrize("column", ["run.name", "run.status", "-run.created", "run.project", "run.duration"])
def test_sorting_by_run_columns_works(client: Client, column: str) -> None:
    assert client.post("/api/table", sort=[column], columns=[])["total"] == RUNS


def test_rows_are_found_by_id_and_what_is_none_is_left_out(client: Client) -> None:
    ids = [row["id"] for row in client.post("/api/table", limit=3)["rows"]]
    found = client.post("/api/rows", ids=[ids[2], "no-such-run", "../x", ids[0]], columns=["seed", "tags"])
    assert [row["id"] for row in found["rows"]] == [ids[2], ids[0]]
    assert found["rows"][0]["cells"][0] == RUNS - 3


def test_keys_tell_kinds_and_numbers_of_values(client: Client) -> None:
    found = client.get("/api/keys")
    keys = {key["name"]: key for key in found["keys"]}
    assert found["total"] == RUNS
    assert keys["seed"] == {"name": "seed", "scope": "config", "runs": RUNS, "kinds": ["number"], "values": RUNS}
    assert set(keys["ema"]["kinds"]) == {"number", "null"}
    assert keys["amp"]["kinds"] == ["bool"]
    assert keys["summary.acc"]["scope"] == "summary"
    assert keys["run.project"]["scope"] == "run"


def test_keys_of_a_filter_are_those_of_its_runs(client: Client) -> None:
    found = client.get("/api/keys?where=seed == 7")
    keys = {key["name"]: key for key in found["keys"]}
    assert found["total"] == 1
    assert keys["nan"]["runs"] == 1
    assert "big" not in keys


def unpacked(column: Any) -> list[Any]:
    """Return a packed column's values: numbers, None, labels; "unset" where there is none."""
    codes, numbers = array("i"), array("d")
    codes.frombytes(base64.b64decode(column["codes"]))
    numbers.frombytes(base64.b64decode(column["numbers"]))
    special = {1: "unset", 2: None}
    return [
        number if code == 0 else special.get(code, column["labels"][code - 3] if code > 2 else None)
        for code, number in zip(codes, numbers, strict=True)
    ]


def test_columns_hold_the_same_values_as_rows(client: Client) -> None:
    names = ["seed", "ema", "optim.name", "mixed", "amp", "summary.acc", "nope", "long"]
    found = client.post("/api/columns", columns=names, sort=["-seed"], limit=100)
    rows = client.post("/api/table", columns=names, sort=["-seed"], limit=100)["rows"]
    assert found["ids"] == [row["id"] for row in rows]
    assert found["names"] == [row["name"] for row in rows]
    for at, column in enumerate(found["columns"]):
        cells = [row["cells"][at] for row in rows]
        assert unpacked(column) == [plain(cell) for cell in cells], column["name"]


def plain(cell: Any) -> Any:
    """Return a cell as a packed column holds it."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, dict):
        return "unset" if cell["$"] == "unset" else cell.get("n", cell["text"])
    return cell


def test_a_run_tells_everything(client: Client) -> None:
    (row,) = client.post("/api/table", where="seed == 3", columns=[])["rows"]
    run = client.get(f"/api/run/{row['id']}")
    params = {param["key"]: param for param in run["params"]}
    assert params["lr"]["value"] == 0.5
    assert params["lr"]["changes"] == 2
    assert params["seed"]["changes"] == 1
    assert {digest["key"]: digest for digest in run["summary"]}["best"]["value"] == {"$": "float", "text": "inf"}
    assert run["metrics"] == [{"name": "loss", "points": 3}, {"name": '"val.acc"', "points": 3}]
    assert run["writers"][0]["role"] == "main"
    assert run["rerun"]["command"].startswith("setpoint rerun ")
    assert run["environment"]["python"]["version"]
    assert run["folder"].endswith(row["id"])


def test_history_has_each_change_with_its_origin(client: Client) -> None:
    (row,) = client.post("/api/table", where="seed == 3", columns=[])["rows"]
    found = client.get(f"/api/run/{row['id']}/history?key=lr")
    assert [change["value"] for change in found["changes"]][-1] == 0.5
    assert len(found["changes"]) == 2
    assert all(re.search(r"page_client\.py:\d+", change["origin"]) for change in found["changes"])


def test_history_of_a_part_has_its_own_values_where_the_whole_was_set(own_client: Client, store: Path) -> None:
    with setpoint.init(id="in-sections", config={"optim": {"lr": 0.1}}, dir=store) as run:
        run.config.update({"optim": {"name": "sgd"}}, allow_val_change=True)
        run.config.optim.lr = 0.2
    own_client.page.keeper.stale()
    changes = own_client.get("/api/run/in-sections/history?key=optim.lr")["changes"]
    assert [change["value"] for change in changes if change["value"] != {"$": "unset", "text": ""}] == [0.1, 0.2]


def test_what_is_no_key_has_no_history(client: Client) -> None:
    (row,) = client.post("/api/table", where="seed == 3", columns=[])["rows"]
    assert client.get(f"/api/run/{row['id']}/history?key=lr.%5B%22!")["changes"] == []


def test_a_run_without_a_kept_diff_has_an_empty_patch(own_client: Client, store: Path) -> None:
    run = load("@last", store)
    (store / "runs" / run.row.day / run.id / "diff.patch").unlink(missing_ok=True)
    assert own_client.get(f"/api/run/{run.id}/patch") == {"text": "", "cut": False}


def test_a_patch_that_is_a_link_is_not_followed(own_client: Client, store: Path, tmp_path: Path) -> None:
    run = load("@last", store)
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    patch = store / "runs" / run.row.day / run.id / "diff.patch"
    patch.unlink(missing_ok=True)
    patch.symlink_to(secret)
    assert own_client.get(f"/api/run/{run.id}/patch") == {"text": "", "cut": False}


def test_edits_are_recorded_and_shown_at_once(own_client: Client, store: Path) -> None:
    run = load("@last", store)
    found = own_client.post(f"/api/run/{run.id}/edit", tags=["paper", "x"], notes="warm start")
    assert (found["row"]["tags"], found["row"]["notes"]) == (["paper", "x"], "warm start")
    assert load(run.id, store).state.tags == ["paper", "x"]
    found = own_client.post(f"/api/run/{run.id}/edit", tags=[])
    assert (found["row"]["tags"], found["row"]["notes"]) == ([], "warm start")
    found = own_client.post(f"/api/run/{run.id}/edit", notes=None)
    assert found["row"]["notes"] is None


def test_notes_of_a_run_that_goes_on_are_refused_with_a_reason(own_client: Client, store: Path) -> None:
    with setpoint.init(dir=store) as run:
        own_client.page.keeper.stale()
        status, error = own_client.refused(f"/api/run/{run.id}/edit", notes="x")
    assert status == 409
    assert "still running" in error["message"]


def test_a_new_run_is_seen_by_the_next_question(own_client: Client, store: Path) -> None:
    before = own_client.get("/api/store")
    record(store, 9, random.Random(2))
    own_client.page.keeper.stale()
    after = own_client.get("/api/store")
    assert (before["runs"], after["runs"]) == (2, 3)
    assert after["seq"] > before["seq"]


def test_a_filter_that_cant_be_read_says_where(client: Client) -> None:
    status, error = client.refused("/api/check", where="lr < 0.1 and optm.name == 'adam'")
    assert (status, error["kind"], error["column"], error["length"]) == (400, "filter", 14, 9)
    assert error["suggestions"] == ["optim.name"]


def test_a_sort_term_that_names_nothing_is_no_fault_of_the_filter(client: Client) -> None:
    status, error = client.refused("/api/table", where="", sort=["sed"])
    assert (status, error["kind"]) == (400, "name")
    assert "seed" in error["suggestions"]


def test_export_streams_the_table_as_csv(client: Client) -> None:
    asked = {"where": "seed < 3", "sort": ["seed"], "columns": ["seed", "optim.name"], "format": "csv"}
    answer = client.ask("POST", "/api/export", asked)
    lines = answer.text.splitlines()
    assert answer.headers["content-type"].startswith("text/csv")
    assert lines[0] == "seed,optim.name"
    assert [line.split(",")[0] for line in lines[1:]] == ["0", "1", "2"]


def test_export_has_a_column_of_tags(client: Client) -> None:
    asked = {"where": "seed in (0, 1)", "sort": ["seed"], "columns": ["seed", "tags"], "format": "csv"}
    assert client.ask("POST", "/api/export", asked).text.splitlines() == ["seed,tags", "0,base", "1,"]


def test_export_gives_json_lines_that_import_reads(client: Client) -> None:
    answer = client.ask("POST", "/api/export", {"format": "jsonl", "sort": ["-seed"]})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["config"]["seed"] for line in lines] == list(reversed(range(RUNS)))


def test_export_without_columns_has_those_of_all_runs(client: Client) -> None:
    header = client.ask("POST", "/api/export", {}).text.splitlines()[0].split(",")
    assert {"run.id", "lr", "big", "nan", "summary.acc"} <= set(header)


def test_views_are_kept_for_this_user_only(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    saved = {"views": [{"name": "best", "url": "/runs?s=-summary.acc"}], "layout": {"p": {"lr": 80}}}
    assert client.get("/api/views") == {"views": [], "layout": {}}
    assert client.ask("PUT", "/api/views", saved).status_code == 200
    assert client.get("/api/views") == saved
    (path,) = (tmp_path / "setpoint" / "views").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("url", ["https://evil.test/", "//evil.test", "javascript:alert(1)", "/\\evil.test"])
def test_a_view_can_not_lead_out_of_the_page(client: Client, url: str) -> None:
    answer = client.ask("PUT", "/api/views", {"views": [{"name": "x", "url": url}]})
    assert answer.status_code == 400


def test_views_have_a_limit(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    answer = client.ask("PUT", "/api/views", {"layout": {"x": "y" * 300_000}})
    assert answer.status_code == 400
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "lr"),
        ("op", "optim.name"),
        ("lr < 0.1 and summ", "summary.acc"),
        ("optim.name ", "=="),
        ("optim.name == ", '"adam"'),
        ('optim.name in ("sgd", ', '"adam"'),
        ("amp == ", "True"),
        ("run.status == ", '"finished"'),
        ("lr < 0.1 ", "and "),
        ('"ba', '"base" in tags'),
        ('config["a', 'config["a/b"]["c d"]'),
        ("not mis", "missing("),
    ],
)
def test_completion_offers_what_may_come(client: Client, text: str, expected: str) -> None:
    found = client.post("/api/complete", text=text, cursor=len(text))
    assert expected in [option["text"] for option in found["options"]]


def test_completion_replaces_the_whole_name_at_the_cursor(client: Client) -> None:
    found = client.post("/api/complete", text="optim.na and lr < 1", cursor=5)
    assert (found["from"], found["to"]) == (0, 8)


def test_openapi_names_every_call(client: Client) -> None:
    document = client.get("/api/openapi.json")
    assert document["openapi"] == "3.1.0"
    assert {"/api/table", "/api/run/{id}/edit", "/api/live", "/api/views"} <= set(document["paths"])
    text = json.dumps(document)
    references = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert references <= set(document["components"]["schemas"])
