"""The calls that sum up or compare runs: facets, groups, importance, comparisons and curves."""

from pathlib import Path
from typing import Any

import pytest
from page_client import RUNS, Client

import setpoint

UNSET = {"$": "unset", "text": ""}


def test_facets_count_every_run_once_and_their_clauses_find_as_many(client: Client) -> None:
    found = client.post("/api/facets", keys=["lr", "optim.name", "ema", "seed", "amp", '"a/b"."c d"', "run.project"])
    assert found["total"] == RUNS
    for facet in found["facets"]:
        parts = [*(facet["values"] or []), *(facet["bins"] or [])]
        if not facet["more"]:
            assert sum(part["count"] for part in parts) + facet["unset"] == RUNS, facet["key"]
        for part in parts:
            assert client.post("/api/check", where=part["clause"])["total"] == part["count"], part["clause"]


def test_facets_of_tags_count_runs_by_tag(client: Client) -> None:
    (facet,) = client.post("/api/facets", keys=["tags"])["facets"]
    assert facet["values"] == [{"value": "base", "count": 5, "clause": '"base" in tags'}]
    assert facet["unset"] == 25


def test_facets_by_default_are_keys_that_vary(client: Client) -> None:
    keys = [facet["key"] for facet in client.post("/api/facets")["facets"]]
    assert "lr" in keys
    assert "optim.betas[0]" not in keys


def test_groups_have_mean_spread_and_best_and_their_clauses_find_them(client: Client) -> None:
    found = client.post("/api/groups", by=["optim.name", "ema"], metrics=["summary.acc"])
    assert sum(group["count"] for group in found["groups"]) == RUNS
    assert found["total"] == len(found["groups"])
    means = [group["stats"]["summary.acc"]["mean"] for group in found["groups"]]
    assert means == sorted(means, reverse=True)
    for group in found["groups"]:
        rows = client.post("/api/table", where=group["clause"], columns=["summary.acc"], sort=["-summary.acc"])["rows"]
        accs = [row["cells"][0] for row in rows]
        stats = group["stats"]["summary.acc"]
        assert len(accs) == group["count"] == stats["count"]
        assert stats["mean"] == pytest.approx(sum(accs) / len(accs))
        assert stats["max"] == accs[0]
        assert group["best"] == rows[0]["id"]
        assert (stats["spread"] is None) == (len(accs) == 1)


def mean_of(group: Any, metric: str) -> Any:
    """Return a group's mean of a metric; None where it has none, or where it is no metric."""
    stats = group["stats"].get(metric)
    return None if stats is None else stats["mean"]


@pytest.mark.parametrize("sort", ["summary.acc", "-summary.acc", "seed", "-seed", "ema", "-ema", "run.count"])
def test_groups_are_sorted_before_the_first_of_them_are_taken(client: Client, sort: str) -> None:
    asked: Any = {"by": ["seed", "ema"], "metrics": ["summary.loss", "summary.acc"], "sort": sort}
    every = client.post("/api/groups", **asked, limit=RUNS)["groups"]
    first = client.post("/api/groups", **asked, limit=3)
    assert (first["total"], first["groups"]) == (RUNS, every[:3])
    name = sort.removeprefix("-")
    cells: list[Any] = [one["values"][name] if name in one["values"] else mean_of(one, name) for one in every]
    numbers = [cell for cell in cells if isinstance(cell, int | float)]
    assert numbers == sorted(numbers, reverse=sort.startswith("-"))
    assert cells[: len(numbers)] == numbers
    if name == "ema":
        nothing = cells[len(numbers) :]
        assert nothing == sorted(nothing, key=lambda cell: cell == UNSET)
        assert UNSET in nothing


def test_best_run_of_a_group_goes_by_the_metric_sorted_by(client: Client) -> None:
    asked: Any = {"by": ["run.project"], "metrics": ["summary.loss", "summary.acc"], "sort": "summary.acc"}
    for group in client.post("/api/groups", **asked)["groups"]:
        best = client.post("/api/table", where=group["clause"], columns=[], sort=["-summary.acc"])["rows"][0]
        assert group["best"] == best["id"]


def test_groups_are_sorted_by_their_size_and_by_nothing_else_that_they_lack(client: Client) -> None:
    for sort in ("run.count", "-run.count"):
        found = client.post("/api/groups", by=["lr"], sort=sort)["groups"]
        counts = [group["count"] for group in found]
        assert counts == sorted(counts, reverse=sort.startswith("-"))
    refused: list[Any] = [{"by": ["lr"], "sort": "seed"}, {"by": ["seed"], "but": True, "sort": "seed"}]
    for body in refused:
        status, error = client.refused("/api/groups", **body)
        assert status == 400
        assert "run.count" in error["message"]


def test_groups_of_all_but_a_key_are_equal_in_the_rest(own_client: Client, store: Path) -> None:
    for seed in range(3):
        with setpoint.init(dir=store, config={"lr": 0.25, "seed": seed}) as run:
            run.summary["acc"] = seed / 10
    own_client.page.keeper.stale()
    found = own_client.post("/api/groups", by=["seed"], but=True, metrics=["summary.acc"], limit=10)
    largest = max(found["groups"], key=lambda group: group["count"])
    assert found["total"] == 3
    assert largest["count"] == 3
    assert largest["values"]["lr"] == 0.25
    assert own_client.post("/api/check", where=largest["clause"])["total"] == 3


def test_importance_says_when_there_are_too_few_runs(client: Client) -> None:
    found = client.post("/api/importance", metric="summary.acc", where="seed < 5")
    assert (found["runs"], found["missing"], found["params"]) == (5, 0, [])
    assert "Too few runs" in found["note"]


def test_importance_ranks_params(client: Client) -> None:
    found = client.post("/api/importance", metric="loss")
    assert found["params"][0]["key"] == "seed"
    assert found["params"][0]["matters"]
    assert found["missing"] == RUNS - found["runs"] > 0


def test_compare_shows_what_differs_with_origins(client: Client) -> None:
    rows = client.post("/api/table", where="seed == 7 or seed == 3", columns=[])["rows"]
    found = client.post("/api/compare", runs=[row["id"] for row in rows], ignore=["seed"])
    lines = {line["key"]: line for line in found["config"]}
    assert "seed" not in lines
    assert all(line["differs"] for line in found["config"])
    assert lines["nan"]["cells"][1] == {"value": UNSET}
    assert lines["nan"]["cells"][0]["level"] == "set"
    assert "page_client.py:" in lines["nan"]["cells"][0]["origin"]
    assert found["hidden"]["config"] > 0
    assert "params differ" in found["verdict"]


def test_compare_leaves_out_runs_that_are_not_there(client: Client) -> None:
    (row,) = client.post("/api/table", where="seed == 3", columns=[])["rows"]
    assert [run["id"] for run in client.post("/api/compare", runs=["nope", row["id"]])["runs"]] == [row["id"]]
    status, error = client.refused("/api/compare", runs=["nope"])
    assert (status, error["kind"]) == (404, "run")


def test_compare_shows_equal_lines_when_asked(client: Client) -> None:
    ids = [row["id"] for row in client.post("/api/table", columns=[], limit=3)["rows"]]
    few, all_lines = (client.post("/api/compare", runs=ids, equal=equal) for equal in (False, True))
    equal = [line for line in all_lines["config"] if not line["differs"]]
    assert len(equal) == few["hidden"]["config"]
    assert {"optim.betas[0]"} <= {line["key"] for line in equal}
    assert all_lines["hidden"] == {"config": 0, "results": 0, "facts": 0}
    assert any(line["key"] == "host" for line in all_lines["facts"])


def test_series_give_steps_values_and_times(client: Client) -> None:
    (row,) = client.post("/api/table", where="seed == 7", columns=[])["rows"]
    (curve,) = client.post("/api/series", runs=[row["id"]], metrics=["loss", "no such"], points=10)["series"]
    assert (curve["metric"], curve["total"], curve["steps"]) == ("loss", 3, [0, 1, 2])
    assert curve["values"] == [8.0, 7.5, pytest.approx(7 + 1 / 3)]
    assert len(curve["times"]) == 3
