"""The dicts, lists and sets inside a config: Python's own in use, copied as plain ones, and free once they left it."""

import copy
import inspect
import pickle
from typing import Any

import pytest

from setpoint._core.change import Change
from setpoint._core.config import Config
from setpoint._core.tree import tree_of
from setpoint.errors import MissingParamError


@pytest.mark.parametrize("value", [{"a": [1], "b": {2}}, [1, [2], {"a": 3}], {1, 2}], ids=repr)
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it)), type(None)])
def test_a_copy_of_a_container_is_a_plain_one(copied: Any, value: Any, config: Config, told: list[Change]) -> None:
    config.x = value
    told.clear()
    made = config.x.copy() if copied is type(None) else copied(config.x)
    assert made == value
    assert type(made) is type(value)
    made.clear()
    assert config.x == value
    assert told == []


def test_containers_print_as_plain_ones(config: Config) -> None:
    config.update({"section": {"a": 1}, "items": [1], "tags": {1}})
    assert repr(config) == "{'section': {'a': 1}, 'items': [1], 'tags': {1}}"


def test_a_section_is_changed_as_a_dict_is() -> None:
    config = Config({"optim": {"lr": 1, "wd": 0}}, allow_val_change=True)
    config.optim |= {"eps": 1, "beta": 2}
    assert config.optim.setdefault("lr", 9) == 1
    assert config.optim.setdefault("name", "adam") == "adam"
    assert config.optim.pop("wd") == 0
    assert config.optim.pop("wd", None) is None
    assert config.optim.popitem() == ("name", "adam")
    del config.optim.eps
    assert config.optim == {"lr": 1, "beta": 2}


@pytest.mark.parametrize("take", [lambda s: s.pop("x"), lambda s: s.popitem(), lambda s: s.__delitem__("x")])
def test_what_an_empty_section_does_not_hold_can_not_be_taken(take: Any, config: Config) -> None:
    config.optim = {}
    with pytest.raises(KeyError):
        take(config.optim)


def test_help_tells_a_missing_default_from_none() -> None:
    assert "default: Any = MISSING" in str(inspect.signature(Config.pop))


def test_values_count_as_read(config: Config) -> None:
    config.optim = {"lr": 1, "wd": 0}
    assert list(config.optim.values()) == [1, 0]
    assert config.unused() == []


@pytest.mark.parametrize("at", [lambda c: c, lambda c: c.optim])
def test_what_python_itself_looks_up_is_no_param_unless_it_is_there(at: Any, config: Config) -> None:
    config.optim = {}
    assert not hasattr(at(config), "__array__")
    at(config)["__array__"] = 1
    assert at(config).__array__ == 1


def test_a_script_that_asks_for_ever_new_names_does_not_fill_the_memory(config: Config) -> None:
    for number in range(2000):
        config.get(f"name{number}")
    assert len(tree_of(config).missing) == 1000


def test_what_is_there_already_is_no_change(config: Config, told: list[Change]) -> None:
    config.update({"tags": {1}, "items": [1]})
    told.clear()
    config.tags.add(1)
    config.tags |= {1}
    config["items"].extend([])
    config["items"] *= 1
    config["items"][:] = [1]
    assert told == []


def test_an_appended_item_is_set_again_under_its_own_key(told: list[Change]) -> None:
    config = Config({"layers": [1]}, callback=told.extend, allow_val_change=True)
    config.layers.append(2)
    config.layers[-1] = 3
    assert config.layers == [1, 3]
    assert [(change.key, change.value) for change in told] == [("layers[1]", 2), ("layers[1]", 3)]


def test_a_section_whose_names_are_no_longer_all_strings_is_told_whole(config: Config, told: list[Change]) -> None:
    config.classes = {"a": {"x": [1]}}
    config.classes.a.y = 1
    config.classes.a.x.append(2)
    config.classes[0] = "cat"
    config.classes.a.z = 3
    config.classes.a.x.append(4)
    assert [change.key for change in told] == ["classes", "classes.a.y", "classes.a.x[1]", *["classes"] * 3]
    assert told[-1].value == {"a": {"x": [1, 2, 4], "y": 1, "z": 3}, 0: "cat"}


LEFT: list[tuple[Any, Any]] = [
    ({"lr": 1, "name": "x"}, lambda d: d.__setitem__("lr", 2)),
    ({"lr": 1, "name": "x"}, lambda d: d.__delitem__("lr")),
    ({"lr": 1, "name": "x"}, lambda d: d.update({"lr": 2, "wd": 0})),
    ({"lr": 1, "name": "x"}, lambda d: d.__ior__({"lr": 2})),
    ({"lr": 1, "name": "x"}, lambda d: d.pop("lr")),
    ({"lr": 1, "name": "x"}, lambda d: d.popitem()),
    ({"lr": 1, "name": "x"}, lambda d: d.setdefault("wd", 0)),
    ({"lr": 1, "name": "x"}, lambda d: d.clear()),
    ([2, 1], lambda items: items.append(3)),
    ([2, 1], lambda items: items.__iadd__([3])),
    ([2, 1], lambda items: items.__imul__(2)),
    ([2, 1], lambda items: items.__setitem__(-1, 5)),
    ([2, 1], lambda items: items.__setitem__(slice(1), [5, 6])),
    ([2, 1], lambda items: items.__delitem__(0)),
    ([2, 1], lambda items: items.insert(0, 3)),
    ([2, 1], lambda items: items.sort()),
    ([2, 1], lambda items: items.clear()),
    ({1, 2}, lambda items: items.add(3)),
    ({1, 2}, lambda items: items.__iand__({1})),
    ({1, 2}, lambda items: items.__ixor__({1, 3})),
    ({1, 2}, lambda items: items.pop()),
]


@pytest.mark.parametrize(("value", "change"), LEFT)
def test_a_container_that_left_the_config_changes_as_a_plain_one(value: Any, change: Any, told: list[Change]) -> None:
    config = Config({"x": value}, callback=told.extend)
    left, plain = config.x, copy.deepcopy(value)
    if isinstance(value, dict):
        assert left.lr == left["lr"] == 1
    config.update({"x": None}, allow_val_change=True)
    told.clear()
    change(left)
    change(plain)
    assert left == plain
    if isinstance(value, dict):
        assert {name: left[name] for name in left} == plain
    assert told == []


def test_a_section_that_left_the_config_still_misses_what_it_does_not_hold(config: Config) -> None:
    config.optim = {"lr": 1}
    left = config.optim
    config.update({"optim": None}, allow_val_change=True)
    assert left.get("wd", 7) == 7
    with pytest.raises(MissingParamError, match="wd"):
        left["wd"]
    assert tree_of(config).missing == set()


def test_a_tuple_without_containers_is_the_very_object(config: Config) -> None:
    config.shape = shape = (3, (4, "x"))
    assert config.shape is shape


def test_a_container_inside_itself_stays_the_callers_there(config: Config) -> None:
    mine: dict[str, Any] = {"lr": 1}
    mine["self"] = mine
    config.x = mine
    assert config.x is not mine
    assert config.x["self"] is mine
