"""A draft: the config before ``init()``, where a section is made when something is set in it."""

from typing import Any

import pytest

from setpoint._core.config import Config


def draft() -> Config:
    made = Config()
    made._setpoint.tree.is_draft = True  # type: ignore[union-attr]
    return made


def test_a_draft_makes_the_missing_section_when_something_is_set_in_it() -> None:
    config = draft()
    config["train"]["epochs"] = 4
    config["a"]["b"]["c"] = 1
    config["train"].lr = 2
    config["m"].update({"x": 1})
    assert config == {"train": {"epochs": 4, "lr": 2}, "a": {"b": {"c": 1}}, "m": {"x": 1}}


@pytest.mark.parametrize("use", [str, int, bool, len, list, hash, repr, lambda p: p + 1, lambda p: p == 1, float])
def test_a_missing_key_of_a_draft_raises_when_it_is_used(use: Any) -> None:
    config = draft()
    with pytest.raises(KeyError, match="train"):
        use(config["train"])
    assert "train" not in config
    assert not hasattr(config, "train")


def test_two_pending_sections_of_one_name_become_one() -> None:
    config = draft()
    first, second = config["train"], config["train"]
    first["a"] = 1
    second["b"] = 2
    assert config == {"train": {"a": 1, "b": 2}}
    assert second["a"] == 1


def test_a_missing_section_of_a_draft_takes_attributes() -> None:
    config = draft()
    config["train"].lr = 1
    config["a"]["b"].c = 2
    assert config == {"train": {"lr": 1}, "a": {"b": {"c": 2}}}


def test_a_pending_section_reads_what_has_been_set_in_it_since() -> None:
    config = draft()
    train, inner = config["train"], config["train"]["inner"]
    train["inner"] = {"lr": 1}
    assert train.inner.lr == inner.lr == inner["lr"] == 1
    inner.lr = 1
    inner.wd = 0
    assert config == {"train": {"inner": {"lr": 1, "wd": 0}}}


@pytest.mark.parametrize("use", [lambda p: p.lr, lambda p: p[0], lambda p: p["lr"].x, lambda p: p["lr"][None]])
def test_a_part_of_a_missing_section_of_a_draft_raises_when_it_is_read(use: Any) -> None:
    config = draft()
    with pytest.raises(KeyError, match="train"):
        use(config["train"])
    assert config == {}
