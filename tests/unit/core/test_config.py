"""What Config promises: being a dict, refusing silent change, aliases, keys and reading."""

import copy
import json
import pickle
from typing import Any

import msgspec
import pytest

from setpoint._core.change import Change
from setpoint._core.config import Config
from setpoint.errors import (
    ConfigError,
    InvalidKeyError,
    MissingParamError,
    ParamChangedError,
    ReservedNameError,
    UnsupportedSourceError,
)

# Being a dict


def test_config_is_a_dict_for_everything_that_takes_one(config: Config) -> None:
    config.update({"lr": 0.1, "optim": {"name": "adam", "betas": [0.9, 0.999]}})

    def script(**params: Any) -> dict[str, Any]:
        return params

    assert isinstance(config.optim, dict)
    assert isinstance(config.optim.betas, list)
    assert json.loads(json.dumps(config)) == config
    assert msgspec.json.decode(msgspec.json.encode(config)) == config
    assert script(**config) == config
    assert config | {"seed": 1} == {**config, "seed": 1}
    match config:
        case {"optim": {"name": name}}:
            assert name == "adam"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it)), dict.copy])
def test_copies_are_plain_and_let_go_of_the_config(copied: Any, config: Config, told: list[Change]) -> None:
    config.optim = {"betas": [1], "tags": {1}, "pair": (1, [2])}
    told.clear()
    plain = copied(config)
    assert type(plain) is dict
    assert plain == config
    if copied not in (copy.copy, dict.copy):
        plain["optim"]["betas"].append(2)
        plain["optim"]["pair"][1].append(3)
        assert type(plain["optim"]) is dict
        assert type(plain["optim"]["betas"]) is list
    assert told == []


def test_containers_are_copied_in_and_the_callers_stay_as_they_were(config: Config) -> None:
    mine = {"layers": [1, 2], "tags": {1}}
    config.model = mine
    config.model.layers.append(3)
    config.model.tags.add(2)
    assert mine == {"layers": [1, 2], "tags": {1}}
    mine["layers"].append(9)
    assert config.model.layers == [1, 2, 3]


def test_attributes_reach_every_depth_and_complete(config: Config) -> None:
    config.a = {"b": {"c": [{"d": 1}]}}
    assert config.a.b.c[0].d == 1
    assert "b" in dir(config.a)
    assert hasattr(config, "a")
    assert not hasattr(config.a, "x")


def test_attribute_cache_never_shows_an_old_value(config: Config) -> None:
    config.update({"lr": 1, "optim": {"x": 1}})
    assert (config.lr, config.optim.x) == (1, 1)
    config.update({"lr": 2, "optim": {"x": 2}}, allow_val_change=True)
    assert (config.lr, config["lr"], config.optim.x, config["optim"]["x"]) == (2, 2, 2, 2)
    config.merge({"optim": {"x": 3}}, allow_val_change=True)
    assert config.optim.x == 3


# Silent change


def test_another_value_is_refused_with_both_sides_named(config: Config) -> None:
    config.update([("lr", 0.1)])
    with pytest.raises(
        ParamChangedError, match=r"'lr' is already 0\.1, set by .*not changed to 0\.2, which .*allow_val_change"
    ):
        config.lr = 0.2
    assert config.lr == 0.1


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.update({"optim": {"lr": 2, "betas": [1, 2]}}),
        lambda c: c.update({"optim": {"lr": 1}}),
        lambda c: c.update({"optim": {"lr": 1, "betas": [1, 2], "wd": 0}}),
        lambda c: c.update({"optim": None}),
        lambda c: c.merge({"optim": {"lr": 2}}),
        lambda c: c.optim.__setitem__("lr", 2),
        lambda c: c.optim.betas.__setitem__(0, 5),
        lambda c: c.optim.betas.insert(0, 5),
        lambda c: c.optim.betas.pop(),
        lambda c: c.optim.betas.remove(1),
        lambda c: c.optim.betas.reverse(),
        lambda c: c.optim.betas.sort(reverse=True),
        lambda c: c.optim.betas.clear(),
        lambda c: c.optim.betas.__imul__(0),
        lambda c: c.optim.betas.__setitem__(slice(0, 1), [7]),
        lambda c: c.optim.betas.__delitem__(0),
        lambda c: c.optim.pop("lr"),
        lambda c: c.optim.popitem(),
        lambda c: c.optim.clear(),
        lambda c: c.clear(),
        lambda c: c.pop("optim"),
        lambda c: c.__delitem__("optim"),
        lambda c: c.tags.discard(1),
        lambda c: c.pair[1].__setitem__(0, 9),
        lambda c: c.classes.__setitem__(0, "dog"),
    ],
)
def test_what_is_set_does_not_change_silently(change: Any, config: Config, told: list[Change]) -> None:
    config.update({"optim": {"lr": 1, "betas": [1, 2]}, "tags": {1}, "pair": (1, [2]), "classes": {0: "cat"}})
    before = config.as_dict()
    told.clear()
    with pytest.raises(ParamChangedError):
        change(config)
    assert config == before
    assert told == []
    config._setpoint.tree.allow_val_change = True  # type: ignore[union-attr]
    change(config)
    assert config != before
    assert told != []


@pytest.mark.parametrize(
    ("grow", "key"),
    [
        (lambda c: c.optim.__setitem__("wd", 0), "optim.wd"),
        (lambda c: c.optim.update({"wd": 0}), "optim.wd"),
        (lambda c: c.optim.betas.append(3), "optim.betas[2]"),
        (lambda c: c.optim.betas.extend([3]), "optim.betas[2]"),
        (lambda c: c.optim.betas.insert(2, 3), "optim.betas[2]"),
        (lambda c: c.optim.betas.__iadd__([3]), "optim.betas[2]"),
        (lambda c: c.optim.betas.__imul__(2), "optim.betas[3]"),
        (lambda c: c.tags.add(2), "tags"),
        (lambda c: c.pair[1].append(3), "pair"),
        (lambda c: c.merge({"optim": {"wd": 0}}), "optim.wd"),
    ],
)
def test_growing_in_place_is_free_and_recorded(grow: Any, key: str, config: Config, told: list[Change]) -> None:
    config.update({"optim": {"lr": 1, "betas": [1, 2]}, "tags": {1}, "pair": (1, [2])})
    told.clear()
    grow(config)
    assert told[-1].key == key


def test_equal_values_are_never_refused_and_record_nothing(config: Config, told: list[Change]) -> None:
    config.update({"lr": 0.1, "n": float("nan"), "optim": {"x": [1]}})
    told.clear()
    alias = config.optim
    config.update({"lr": 0.1, "n": float("nan"), "optim": {"x": [1]}})
    assert told == []
    assert config.optim is alias


def test_the_same_value_of_another_type_is_recorded(config: Config, told: list[Change]) -> None:
    config.epochs = 4
    config.epochs = 4.0
    assert type(config.epochs) is float
    assert type(told[-1].value) is float


def test_update_is_all_or_nothing(config: Config, told: list[Change]) -> None:
    config.b = 1
    told.clear()
    with pytest.raises(ParamChangedError):
        config.update({"a": 1, "b": 2, "c": 3})
    assert config == {"b": 1}
    assert told == []


def test_one_call_tells_once(config: Config) -> None:
    calls: list[list[Change]] = []
    config.set_callback(calls.append)
    config.update({"a": 1, "b": {"c": 2}})
    config.d = 3
    assert [[change.key for change in changes] for changes in calls] == [["a", "b"], ["d"]]


# Aliases


def test_a_replaced_section_lets_go_of_its_alias(config: Config, told: list[Change]) -> None:
    config.optim = {"lr": 1}
    old = config.optim
    config.update({"optim": {"lr": 2}}, allow_val_change=True)
    told.clear()
    old["lr"] = 3
    old.new = 4
    assert config.optim == {"lr": 2}
    assert old == {"lr": 3, "new": 4}
    assert old.lr == 3
    assert told == []


def test_an_alias_below_a_shifted_list_index_keeps_its_right_key(config: Config, told: list[Change]) -> None:
    config.layers = [{"width": 1}, {"width": 2}]
    second = config.layers[1]
    config._setpoint.tree.allow_val_change = True  # type: ignore[union-attr]
    config.layers.insert(0, {"width": 0})
    second.depth = 5
    assert told[-1].key == "layers[2].depth"


def test_a_list_in_a_tuple_that_leaves_its_list_lets_go_of_its_alias(config: Config, told: list[Change]) -> None:
    config.pairs = [("a", [1]), ("b", [2])]
    config._setpoint.tree.allow_val_change = True  # type: ignore[union-attr]
    gone, stays = config.pairs[0][1], config.pairs[1][1]
    config.pairs[0:1] = []
    told.clear()
    gone.append(5)
    assert told == []
    stays.append(3)
    assert config.pairs == [("b", [2, 3])]
    assert told[-1] == Change("pairs[0]", ("b", [2, 3]), told[-1].origin)


# Keys


def test_dashes_around_root_names_are_stripped_on_write_read_and_in(config: Config) -> None:
    config["--lr-"] = 1
    assert "lr" in config
    assert "-lr" in config
    assert config["--lr"] == config.lr == config.get("lr-") == 1
    config.setdefault("-lr", 5)
    config.update({"-wd-": 2})
    assert config == {"lr": 1, "wd": 2}


def test_two_names_that_become_one_are_refused(config: Config) -> None:
    with pytest.raises(ConfigError, match="two values"):
        config.update({"-a": 1, "a": 2})


@pytest.mark.parametrize("name", ["update", "items", "get", "origin", "pop", "__class__", "_setpoint"])
def test_a_methods_name_is_refused_as_attribute_and_fine_as_key(name: str, config: Config) -> None:
    with pytest.raises(ReservedNameError, match=name):
        setattr(config, name, 3)
    config[name] = 3
    assert config[name] == 3
    assert config.get(name) == 3
    assert config[name] == 3
    assert callable(config.update)


def test_names_with_an_underscore_are_ordinary(config: Config) -> None:
    config._target_ = "torch.optim.Adam"
    assert config["_target_"] == config._target_


def test_a_root_name_that_is_no_string_is_refused(config: Config) -> None:
    with pytest.raises(InvalidKeyError, match="strings"):
        config[1] = 2
    with pytest.raises(InvalidKeyError):
        config.update({1: 2})


def test_names_of_any_type_are_kept_below_the_root(config: Config, told: list[Change]) -> None:
    config.classes = {0: "cat", "0": "zero", None: "n", 2.5: "x", True: [1]}
    config.classes[7] = "dog"
    assert told[-1] == Change("classes", dict(config.classes), told[-1].origin)
    config.classes[True].append(2)
    assert told[-1].value[True] == [1, 2]


def test_a_missing_key_suggests_near_ones(config: Config) -> None:
    config.learning_rate = 1
    with pytest.raises(KeyError, match="Did you mean 'learning_rate'"):
        config["learning_rte"]
    with pytest.raises(AttributeError, match="Did you mean 'learning_rate'"):
        _ = config.learning_rte
    assert getattr(config, "learning_rte", 7) == 7
    assert config.get("learning_rte", 7) == 7
    assert pickle.loads(pickle.dumps(MissingParamError("a", ("ab", "b")))).near == ["ab"]


def test_sources_that_hold_no_pairs_are_refused(config: Config) -> None:
    with pytest.raises(UnsupportedSourceError):
        config.update([1, 2])
    with pytest.raises(UnsupportedSourceError):
        config.update(3)


# Reading


def test_unused_names_what_was_set_but_never_read(config: Config) -> None:
    config.update({"lr": 1, "optim": {"name": "x", "wd": 0}, "layers": [1], "items": 3, "gone": 1})
    _ = config.lr
    _ = config.optim.name
    list(config["layers"])
    assert config.unused() == ["optim.wd", "items", "gone"]
    _ = config["items"]
    config.get("gone")
    str(config)
    copy.deepcopy(config)
    assert config == config.as_dict()
    assert config.unused() == ["optim.wd"]


def test_a_value_read_before_it_was_changed_counts_as_read(config: Config) -> None:
    config.lr = 1
    _ = config.lr
    config.update({"lr": 2}, allow_val_change=True)
    assert config.unused() == []


def test_unpacking_and_iterating_read_all(config: Config) -> None:
    config.update({"model": {"a": 1, "b": 2}, "data": {"c": 1}})
    dict(**config.model)
    for _ in config.data.items():
        pass
    assert config.unused() == []
