"""What a config tells: who set a value, every change so far, and the whole of it."""

from typing import Any

import pytest

from setpoint._core.assemble import Params
from setpoint._core.change import Change, Level, Origin, Param
from setpoint._core.config import Config, begin_from
from setpoint._core.tree import Stamp, tree_of
from setpoint.errors import ConfigError, MissingParamError

LINE_1, LINE_2 = Origin("code", "train.py", 1), Origin("code", "train.py", 2)


def test_inner_origins_hold_for_the_leaves_and_the_rest_inherits() -> None:
    config = Config()
    inner = {("lr",): Origin("file", "a.yaml", 2), ("layers", 1): Origin("file", "a.yaml", 5)}
    config.update(Params([Param(("optim",), {"lr": 1, "layers": [1, 2]}, Origin("file", "a.yaml", 1), inner=inner)]))
    assert config.origin("optim.lr").line == 2
    assert config.origin("optim.layers").line == 1
    assert config.origin("optim.layers[0]").line == 1
    assert config.origin("optim.layers[1]").line == 5
    assert [(change.key, change.origin.line) for change in config.changes()] == [
        ("optim.lr", 2),
        ("optim.layers", 1),
        ("optim.layers[1]", 5),
    ]


def test_changes_of_a_key_include_those_of_the_sections_above(config: Config) -> None:
    config.optim = {"lr": 1}
    config.update({"optim": {"lr": 2}}, allow_val_change=True)
    config.merge({"optim": {"lr": 3}}, allow_val_change=True)
    assert [change.value for change in config.changes("optim.lr")] == [1, 2, 3]


def test_persist_calls_the_callback_with_the_whole_config(config: Config, told: list[Change]) -> None:
    config.update({"lr": 1, "optim": {"name": "adam"}})
    told.clear()
    config.persist()
    assert {change.key: change.value for change in told} == {"lr": 1, "optim.name": "adam"}
    Config({"a": 1}).persist()


def test_persist_tells_what_another_line_set_inside_a_value_by_its_own_key(told: list[Change]) -> None:
    lines = [LINE_1]
    config = Config(callback=told.extend, call_site=lambda: lines[-1])
    config.update({"grid": [[1], [2]], "classes": {0: "cat"}})
    lines.append(LINE_2)
    config.grid[1].append(3)
    config.grid.append([4])
    told.clear()
    config.persist()
    assert [(change.key, change.value, change.origin) for change in told] == [
        ("grid", [[1], [2, 3], [4]], LINE_1),
        ("grid[1][1]", 3, LINE_2),
        ("grid[2]", [4], LINE_2),
        ("classes", {0: "cat"}, LINE_1),
    ]


def test_changes_of_a_key_leave_out_those_of_others_and_of_values_it_is_no_part_of(config: Config) -> None:
    tree_of(config).allow_val_change = True
    config.update({"other": 1, "optim": {"wd": 0}})
    config.optim = {"lr": 2}
    config.optim = "adam"
    config.optim = ["adam", "sgd"]
    del config["optim"]
    del config["other"]
    assert [(change.value, change.deleted) for change in config.changes("optim.lr")] == [(2, False), (None, True)]
    assert [(change.value, change.deleted) for change in config.changes("optim[1]")] == [("sgd", False), (None, True)]


@pytest.mark.parametrize(
    "key", ["x", "optim.x", "lr.x", "layers[9]", "layers.x", "tags[0]", "name[0]", "classes[0]", "a..b", ""]
)
def test_a_key_that_names_no_param_has_no_origin(key: str, config: Config) -> None:
    config.update({"lr": 1, "optim": {"lr": 1}, "layers": [1], "tags": {1}, "name": "adam", "classes": {0: "cat"}})
    with pytest.raises(MissingParamError):
        config.origin(key)


def test_a_record_is_told_before_the_callback(config: Config, told: list[Change]) -> None:
    tree_of(config).sink = lambda changes: told.extend([*changes, *changes])
    config.lr = 1
    assert [change.key for change in told] == ["lr", "lr", "lr"]


# Sources


def test_another_config_is_copied_in_and_does_not_count_as_read(config: Config) -> None:
    other = Config({"lr": 1, "optim": {"betas": [1]}})
    config.update(other)
    config.optim.betas.append(2)
    assert config == {"lr": 1, "optim": {"betas": [1, 2]}}
    assert other == {"lr": 1, "optim": {"betas": [1]}}
    assert other.unused() == ["lr", "optim.betas"]


@pytest.mark.parametrize("before", [{}, {"optim": {"name": "sgd"}}])
def test_a_description_of_a_nested_param_is_told_too(
    config: Config, told: list[Change], before: dict[str, Any]
) -> None:
    config.update(before)
    given = [Param(("optim", "lr"), 1, description="step size"), Param(("optim", "name"), "adam")]
    config.update(Params(given), allow_val_change=True)
    (described,) = [change for change in told if change.description]
    assert (described.key, described.value, described.description) == ("optim.lr", 1, "step size")


def test_a_description_is_told_with_each_value_of_its_param(config: Config, told: list[Change]) -> None:
    config.update(Params([Param(("lr",), 1, description="step size")]))
    config.update({"lr": 2}, allow_val_change=True)
    assert [(change.value, change.description) for change in told] == [(1, "step size"), (2, "step size")]


@pytest.mark.parametrize("paths", [[("a",), ("a", "b")], [("a", "b"), ("a",)], [("a", "b"), ("a", "b")]])
def test_a_source_that_gives_a_param_two_values_is_refused(paths: Any, config: Config) -> None:
    with pytest.raises(ConfigError, match="'a"):
        config.update(Params([Param(path, 1) for path in paths]))
    assert config == {}


# Resuming


def test_what_a_run_recorded_lies_beneath_what_the_script_has_set(config: Config) -> None:
    recorded = Stamp(LINE_1, Level.SET)
    history = [Change("lr", 1, LINE_1), Change("optim", {"name": "adam", "wd": 0}, LINE_1)]
    config.update({"lr": 2, "optim": {"name": "adam"}, "seed": 0})
    optim = config.optim
    stamps = {("lr",): recorded, ("optim",): recorded}
    assert begin_from(config, {"lr": 1, "optim": {"name": "adam", "wd": 0}}, stamps, history) == 2
    assert config == {"lr": 2, "optim": {"name": "adam"}, "seed": 0}
    assert [(change.key, change.value) for change in config.changes()[2:]] == [
        ("lr", 2),
        ("optim", {"name": "adam"}),
        ("seed", 0),
    ]
    assert config.changes()[:2] == history
    assert config.optim is not optim


def test_what_a_run_recorded_and_the_script_leaves_alone_keeps_who_set_it(config: Config) -> None:
    begin_from(config, {"lr": 1}, {("lr",): Stamp(LINE_1, Level.SET)}, [])
    assert config == {"lr": 1}
    assert config.origin("lr") == LINE_1
