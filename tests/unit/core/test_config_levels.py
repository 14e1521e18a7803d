"""Levels: default gives way to set, set gives way to locked, and what is locked stays."""

from typing import Any

import pytest

from setpoint._core.assemble import Params
from setpoint._core.change import Change, Level, Origin, Param
from setpoint._core.config import Config
from setpoint.errors import LockedParamError, LockedParamWarning, ParamChangedError


def test_set_overrides_default_and_default_never_set(config: Config) -> None:
    config.setdefaults({"lr": 1, "optim": {"wd": 0, "name": "sgd"}})
    config.lr = 2
    config.update({"optim": {"name": "adam"}})
    assert config == {"lr": 2, "optim": {"wd": 0, "name": "adam"}}
    config.setdefaults({"lr": 9, "optim": {"wd": 9, "name": "x", "eps": 1}})
    assert config == {"lr": 2, "optim": {"wd": 0, "name": "adam", "eps": 1}}


def test_default_leaves_are_no_part_of_the_comparison(config: Config) -> None:
    config.update({"optim": {"lr": 1}})
    config.setdefaults({"optim": {"wd": 0}})
    config.optim = {"lr": 1}
    assert config.optim == {"lr": 1, "wd": 0}
    config.optim = {"lr": 1, "wd": 5}
    assert config.optim == {"lr": 1, "wd": 5}


def test_locked_keeps_its_value_and_warns_naming_both_sides(config: Config) -> None:
    config.lr = 1
    config.update_locked({"lr": 5}, "sweep abc")
    with pytest.warns(LockedParamWarning, match="'lr' is locked to 5 by sweep abc"):
        config.lr = 2
    with pytest.warns(LockedParamWarning):
        config.update({"lr": 3, "new": 1}, allow_val_change=True)
    with pytest.warns(LockedParamWarning):
        del config["lr"]
    assert config == {"lr": 5, "new": 1}
    config.lr = 5


def test_locking_to_another_value_raises(config: Config) -> None:
    config.merge_locked({"optim": {"lr": 1}}, "sweep")
    config.merge_locked({"optim": {"lr": 1}}, "sweep")
    with pytest.raises(LockedParamError, match=r"'optim\.lr' is locked to 1 by sweep"):
        config.merge_locked({"optim": {"lr": 2}}, "sweep")


def test_a_locked_leaf_survives_the_section_being_replaced(config: Config) -> None:
    config.optim = {"lr": 1, "wd": 0}
    config.merge_locked({"optim": {"lr": 5}}, "sweep")
    with pytest.warns(LockedParamWarning, match=r"optim\.lr"):
        config.update({"optim": {"lr": 2, "momentum": 3}}, allow_val_change=True)
    assert config.optim == {"lr": 5, "momentum": 3}
    assert config.origin("optim.lr") == Origin("sweep")


def test_a_locked_list_does_not_grow(config: Config) -> None:
    config.update_locked({"layers": [1]}, "sweep")
    with pytest.warns(LockedParamWarning):
        config.layers.append(2)
    with pytest.warns(LockedParamWarning):
        config.layers.clear()
    assert config.layers == [1]


FROM_FILE = Params([Param(("lr",), 2, Origin("file", "a.yaml", 1), Level.DEFAULT)])
PARSER_DEFAULT = Params([Param(("lr",), 1, Origin("default", "--lr"), Level.DEFAULT)])
TYPED = Params([Param(("lr",), 3, Origin("flag", "--lr"))])


@pytest.mark.parametrize("sources", [(FROM_FILE, PARSER_DEFAULT), (PARSER_DEFAULT, FROM_FILE)])
def test_a_file_beats_a_parsers_default_in_either_order_and_loses_to_a_typed_flag(sources: list[Params]) -> None:
    config = Config()
    for source in sources:
        config.update(source)
    assert config.lr == 2
    assert config.origin("lr") == Origin("file", "a.yaml", 1)
    config.update(TYPED)
    assert config.lr == 3
    assert str(config.origin("lr")) == "--lr"


def test_a_typed_flag_beats_a_file_that_is_set() -> None:
    config = Config()
    config.update(Params([Param(("lr",), 2, Origin("file", "a.yaml", 1))]))
    config.update(Params([Param(("lr",), 3, Origin("flag", "--lr"))]))
    assert config.lr == 3
    with pytest.raises(ParamChangedError):
        config.update(Params([Param(("lr",), 4, Origin("file", "b.yaml", 1))]))


def test_a_default_is_deleted_or_reordered_freely(config: Config) -> None:
    config.setdefaults({"lr": 1, "layers": [3, 1, 2]})
    del config["lr"]
    config.layers.sort()
    assert config == {"layers": [1, 2, 3]}


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.layers.append(3),
        lambda c: c.layers.insert(2, 3),
        lambda c: c.layers.reverse(),
        lambda c: c.layers.pop(),
        lambda c: c.layers.__setitem__(1, 9),
        lambda c: c.tags.add(2),
        lambda c: c.tags.discard(1),
        lambda c: c.pair[1].__setitem__(1, 9),
        lambda c: c.clear(),
    ],
)
def test_a_locked_container_keeps_its_items_even_those_set_one_by_one(change: Any) -> None:
    config = Config(allow_val_change=True)
    config.update({"layers": [1], "tags": {1}, "pair": (0, [1])})
    config.layers.append(2)
    config.pair[1].append(2)
    locked = {"layers": [1, 2], "tags": {1}, "pair": (0, [1, 2])}
    config.update_locked(locked, "sweep abc")
    with pytest.warns(LockedParamWarning, match="by sweep abc"):
        change(config)
    assert config == locked


@pytest.mark.parametrize("value", [5, [1, [2]], (1, [2]), {1}, {}])
def test_locking_the_value_that_is_held_tells_of_the_lock(value: Any, config: Config, told: list[Change]) -> None:
    config.x = value
    told.clear()
    config.update_locked({"x": value}, "sweep abc")
    assert told == [Change("x", value, Origin("sweep", "abc"), level=Level.LOCKED)]


def test_a_change_deep_in_a_section_is_refused_by_its_own_key(config: Config) -> None:
    config.model = {"net": {"width": 1}}
    with pytest.raises(ParamChangedError, match=r"'model\.net\.width'"):
        config.update({"model": {"net": {"width": 2}}})


def test_a_replaced_section_keeps_defaults_and_locked_parts_at_every_depth(config: Config) -> None:
    config.model = {"net": {"width": 1, "sizes": [1]}, "old": {"x": 1}}
    config.setdefaults({"model": {"net": {"bias": True}}})
    config.merge_locked({"model": {"head": {"sizes": [1, 2]}}}, "sweep")
    with pytest.warns(LockedParamWarning, match=r"model\.head\.sizes"):
        config.update({"model": {"net": {"width": 3}}}, allow_val_change=True)
    assert config.model == {"net": {"width": 3, "bias": True}, "head": {"sizes": [1, 2]}}
    assert config.origin("model.head.sizes") == Origin("sweep")


def test_a_replaced_section_keeps_who_set_the_items_of_a_default_list() -> None:
    config = Config()
    inner = {(0, "size"): Origin("file", "a.yaml", 3)}
    source = Param(("model", "heads"), [{"size": 1}], Origin("file", "a.yaml", 2), Level.DEFAULT, inner=inner)
    config.update(Params([source, Param(("model", "lr"), 1)]))
    config.update({"model": {"lr": 2}}, allow_val_change=True)
    assert config.model == {"lr": 2, "heads": [{"size": 1}]}
    assert config.origin("model.heads[0].size").line == 3
