"""Sets of runs: lazy, ordered, sliceable, and what they turn into."""

import csv
import io
import json
import re
from datetime import datetime
from pathlib import Path, PurePosixPath

import pytest
from made_runs import START_NS, LiveRun, record_run, state_of, write_pack

from setpoint._query.export import write_csv, write_jsonl, write_parquet
from setpoint._query.load import load
from setpoint._query.recorded import MISSING
from setpoint._query.runs import runs
from setpoint.errors import FilterError, InvalidArgumentError, MissingParamError, RunNotFoundError, SetpointError


@pytest.fixture
def ten(store: Path) -> Path:
    """Ten runs; the config of every other names the optimizer."""
    states = [
        state_of(
            f"run-{at}",
            {"lr": at / 10, "optim": {"name": "adam" if at % 4 else "sgd"} if at % 2 else {}, "layers": [at, 64]},
            {"acc": [0.1, 0.5, 0.3, 0.9, 0.9, 0.2, 0.4, None, 0.6, 0.7][at], "loss": 10 - at},
            created_ns=START_NS + at * 10**9,
            project="p" if at < 5 else "q",
        )
        for at in range(10)
    ]
    write_pack(store, states)
    return store


def ids(found: object) -> list[str]:
    return [run.id for run in found]  # type: ignore[attr-defined]  # any set of runs


def test_runs_come_newest_first(ten: Path) -> None:
    found = runs(store=ten)
    assert len(found) == 10
    assert ids(found)[:3] == ["run-9", "run-8", "run-7"]
    assert found[0].id == "run-9"
    assert found[-1].id == "run-0"
    with pytest.raises(IndexError):
        found[10]


def test_slices_are_sets_of_runs_themselves(ten: Path) -> None:
    found = runs("lr > 0.2", store=ten)
    assert ids(found[1:3]) == ["run-8", "run-7"]
    assert len(found[:4]) == 4
    assert ids(found[:4][2:]) == ["run-7", "run-6"]
    assert ids(found[-2:]) == ["run-4", "run-3"]
    assert ids(found[::3]) == ["run-9", "run-6", "run-3"]
    assert len(runs(store=ten, limit=0)) == 0
    assert not runs("lr > 99", store=ten)
    with pytest.raises(InvalidArgumentError):
        runs(store=ten, limit=-1)


def test_order_puts_runs_without_the_value_last(ten: Path) -> None:
    assert ids(runs(store=ten, order_by="-summary.acc", limit=3)) == ["run-4", "run-3", "run-9"]
    assert ids(runs(store=ten, order_by="summary.acc"))[-1] == "run-7"
    assert ids(runs(store=ten, order_by="-summary.acc"))[-1] == "run-7"
    assert ids(runs("summary.acc < 0.5", store=ten, order_by="-lr", limit=2)) == ["run-6", "run-5"]
    assert ids(runs(store=ten, order_by="optim.name"))[:2] == ["run-1", "run-3"]
    assert ids(runs(store=ten, order_by="run.created", limit=1)) == ["run-0"]


def test_a_project_narrows_whatever_the_filter(ten: Path) -> None:
    assert len(runs(project="p", store=ten)) == 5
    assert ids(runs("lr == 0.9 or lr == 0.1", project="p", store=ten)) == ["run-1"]
    assert len(runs(project="' OR 1=1 --", store=ten)) == 0


def test_an_unknown_key_is_refused_with_near_ones(ten: Path) -> None:
    with pytest.raises(FilterError, match=r"Did you mean optim\.name") as caught:
        len(runs("lr < 1 and optim.nam == 'x'", store=ten))
    assert caught.value.column == 12
    with pytest.raises(FilterError, match=r"Did you mean summary\.acc"):
        list(runs(store=ten, order_by="-summary.ac", limit=3))
    with pytest.raises(FilterError, match="No run has"):
        runs(store=ten).importance("accu")
    with pytest.raises(FilterError, match="No run has"):
        runs(store=ten).best("accuracy")
    assert len(runs("missing(nothing) and not has(nothing)", store=ten)) == 10


def test_the_best_run_is_that_of_the_named_or_natural_direction(ten: Path) -> None:
    found = runs(store=ten)
    assert [found.best("acc").id, found.best("loss").id] == ["run-4", "run-9"]  # type: ignore[union-attr]
    assert found.best("summary.loss", "max").id == "run-0"  # type: ignore[union-attr]
    assert runs("lr < 0.3", store=ten).best("acc").id == "run-1"  # type: ignore[union-attr]
    assert found[3:].best("acc").id == "run-4"  # type: ignore[union-attr]
    with pytest.raises(InvalidArgumentError):
        found.best("acc", "largest")


def test_groups_and_facets_count_missing_values_too(ten: Path) -> None:
    groups = runs(store=ten).group("optim.name")
    assert {value: len(group) for value, group in groups.items()} == {"adam": 5, MISSING: 5}
    assert ids(groups["adam"][:1]) == ["run-9"]
    assert runs("lr > 0.4", store=ten).facet("optim.name") == [("adam", 3), (MISSING, 2)]
    assert runs(store=ten).facet("run.project") == [("p", 5), ("q", 5)]
    assert runs(store=ten).facet("layers[1]") == [(64, 10)]


def test_groups_and_facets_take_lists_and_sections_whole(store: Path) -> None:
    configs = [{"hidden": [64, 32]}, {"hidden": [64]}, {"hidden": [64, 32]}, {"hidden": []}, {}]
    write_pack(store, [state_of(f"run-{at}", config) for at, config in enumerate(configs)])
    found = runs(store=store)
    assert found.facet("hidden")[0] == ([64, 32], 2)
    assert sorted(str(value) for value, _ in found.facet("hidden")) == ["[64, 32]", "[64]", "[]", "missing"]
    assert {str(value): len(group) for value, group in found.group("hidden").items()} == {
        "[64, 32]": 2, "[64]": 1, "[]": 1, "missing": 1
    }  # fmt: skip
    assert runs("has(hidden)", store=store).facet("hidden")[-1][1] == 1


def test_groups_and_facets_refuse_keys_that_no_run_has(ten: Path) -> None:
    with pytest.raises(FilterError, match=r"Did you mean optim\.name"):
        runs(store=ten).group("optim.nam")
    with pytest.raises(FilterError, match=r"Did you mean summary\.acc"):
        runs(store=ten).facet("acc")


@pytest.mark.parametrize(
    ("where", "order_by", "meant"),
    [
        ("acc > 0.5", None, "summary.acc"),
        ("name == 'x'", None, "run.name"),
        ("summary.lr > 0.5", None, "lr"),
        (None, "acc", "summary.acc"),
        (None, "-status", "run.status"),
        (None, "age", "run.created"),
        (None, "layers", "layers[0] or layers[1]"),
    ],
)
def test_a_name_of_another_place_is_hinted_at(ten: Path, where: str | None, order_by: str | None, meant: str) -> None:
    with pytest.raises(FilterError, match=re.escape(f"Did you mean {meant}")) as caught:
        list(runs(where, order_by=order_by, store=ten))
    assert "config." not in str(caught.value)


def test_the_place_of_an_error_stands_before_it(ten: Path) -> None:
    with pytest.raises(FilterError) as caught:
        list(runs("lr < 1 and optim.nam == 'x'", store=ten))
    assert str(caught.value).splitlines() == [
        "Column 12: no run has 'optim.nam'. Did you mean optim.name or optim?",
        "  lr < 1 and optim.nam == 'x'",
        "             ^",
    ]


def test_runs_look_like_a_table_of_the_first_twenty_in_a_notebook(store: Path) -> None:
    write_pack(store, [state_of(f"run-{at:02}", {"lr": at, "name": "<b>"}, {"acc": at / 8}) for at in range(23)])
    text = runs(store=store)._repr_html_()
    assert text.count("<tr>") == 21
    assert "and 3 more" in text
    assert {"<th style='text-align: left'>lr</th>", "<th style='text-align: left'>summary.acc</th>"} <= {
        f"{part}</th>" for part in text.removeprefix("<table><thead><tr>").split("</th>")
    }
    assert "<b>" not in text


def test_a_run_tells_how_long_it_ran(store: Path) -> None:
    record_run(store, "run-a", {"lr": 1}, {"acc": 0.5})
    run = load("run-a", store)
    assert run.duration == run.value("run.duration")
    assert run.duration is not None


def test_names_that_may_be_meant_are_told_once(store: Path) -> None:
    write_pack(store, [state_of(f"run-{at}", {}, name="bigint") for at in range(3)])
    with pytest.raises(RunNotFoundError, match=r"Did you mean bigint\?"):
        load("bigin", store)


def test_facets_keep_types_apart(store: Path) -> None:
    values = [1, 1.0, True, None, "1", 2**60, 2**60 + 1, "x" * 300, float("nan"), [], {}, 2.5]
    write_pack(store, [state_of(f"run-{at}", {"v": value}) for at, value in enumerate(values)])
    found = runs(store=store).facet("v")
    assert sum(count for _, count in found) == len(values)
    assert {(type(value).__name__, str(value)) for value, _ in found} == {
        ("int", "1"), ("float", "1.0"), ("bool", "True"), ("NoneType", "None"), ("str", "1"), ("int", str(2**60)),
        ("int", str(2**60 + 1)), ("str", "x" * 300), ("float", "nan"), ("str", "[]"), ("str", "{}"), ("float", "2.5"),
    }  # fmt: skip


def test_varying_names_the_params_that_differ(ten: Path) -> None:
    assert runs(store=ten).varying() == ["lr", "layers[0]", "optim.name", "optim"]


def test_values_come_back_with_their_types(store: Path) -> None:
    config = {"t": (1, (2.0,)), "p": PurePosixPath("a/b"), "n": None, "big": 2**80, "s": {3, 1}, "d": {1: "x"}}
    record_run(store, "run-a", config, {"acc": 0.5})
    run = load("run-a", store)
    assert run.config == config
    assert {name: type(value) for name, value in run.config.items()} == {name: type(v) for name, v in config.items()}
    assert run.value("big") == 2**80
    assert run.value("t[1][0]") == 2.0
    assert run.value("nothing") is MISSING
    assert isinstance(run.value("run.created"), datetime)


def test_a_recorded_run_tells_origins_changes_and_points(store: Path) -> None:
    live = LiveRun(store, "run-a")
    live.set("lr", 0.1)
    live.log(0, loss=2.0)
    live.log(5, loss=1.0)
    live.set("lr", 0.2)
    live.set("optim", {"name": "adam"})
    live.finish()
    run = load("run-a", store)
    assert str(run.origin("lr")) == "train.py:7"
    assert [change.value for change in run.changes("lr")] == [0.1, 0.2]
    assert len(run.changes()) == 3
    assert [change.key for change in run.changes("optim.name")] == ["optim"]
    metric = run.metric("loss")
    assert (list(metric.steps), list(metric.values), len(metric)) == ([0, 5], [2.0, 1.0], 2)
    assert run.stats["loss"].mean == 1.5
    with pytest.raises(MissingParamError):
        run.metric("los")
    with pytest.raises(MissingParamError):
        run.origin("lrr")


def test_tables_have_a_column_a_key(ten: Path) -> None:
    found = runs(store=ten, order_by="run.id")
    frame = found.to_pandas()
    assert list(frame["lr"]) == [at / 10 for at in range(10)]
    assert frame["summary.acc"].isna().sum() == 1
    assert found.to_polars()["layers[0]"].to_list() == list(range(10))
    assert found.to_arrow().column("run.project").to_pylist() == ["p"] * 5 + ["q"] * 5
    assert found.to_dicts()[1]["optim.name"] == "adam"


def test_mixed_columns_become_text_in_typed_tables(store: Path) -> None:
    write_pack(store, [state_of(f"run-{at}", {"v": value}) for at, value in enumerate([1, "a", None, "\ud800"])])
    assert sorted(map(str, runs(store=store).to_arrow().column("v").to_pylist())) == ["1", "None", "\\ud800", "a"]


def test_exports_are_read_back_by_other_tools(ten: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    found = runs(store=ten, order_by="run.id")
    text = io.StringIO(newline="")
    assert write_csv(found, text) == 10
    rows = list(csv.DictReader(io.StringIO(text.getvalue(), newline="")))
    assert [row["lr"] for row in rows] == [repr(at / 10) for at in range(10)]
    jsonl = io.StringIO()
    assert write_jsonl(found, jsonl) == 10
    assert json.loads(jsonl.getvalue().splitlines()[3])["config"]["lr"] == 0.3
    assert write_parquet(found, tmp_path / "runs.parquet") == 10
    assert pq.read_table(tmp_path / "runs.parquet").num_rows == 10


def test_a_spreadsheet_runs_no_cell_of_an_export(store: Path) -> None:
    write_pack(store, [state_of("run-a", {"=cmd": "=HYPERLINK(1)", "x": "-1+1", "n": -1, "ok": "a=b"}, changes=[])])
    text = io.StringIO(newline="")
    write_csv(runs(store=store), text, ["config['=cmd']", "x", "n", "ok", "nothing"])
    assert list(csv.reader(io.StringIO(text.getvalue(), newline="")))[1] == ["'=HYPERLINK(1)", "'-1+1", "-1", "a=b", ""]


def test_a_store_that_is_a_file_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises((SetpointError, OSError)):
        len(runs(store=tmp_path / "store"))
