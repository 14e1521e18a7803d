"""Every way of changing a config names the very line of the script that did it."""

import inspect
from typing import Any

import pytest

from setpoint._run.config import Config


def here() -> int:
    """Return the line of the caller."""
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return frame.f_back.f_lineno


@pytest.fixture
def config() -> Config:
    return Config(
        {"lr": 1, "optim": {"lr": 1, "sub": {"x": 1}}, "layers": [1, {"width": 2}], "tags": {1}, "pair": (1, [2])},
        allow_val_change=True,
    )


def last_line(config: Config) -> int:
    return config.changes()[-1].origin.line


def test_origin_is_the_line_of_each_form_of_change(config: Config) -> None:
    lines: list[int] = []
    found: list[int] = []

    def note(line: int) -> None:
        lines.append(line)
        found.append(last_line(config))

    config.lr = 2; note(here())  # fmt: skip  # noqa: E702
    config["lr"] = 3; note(here())  # fmt: skip  # noqa: E702
    config.optim.lr = 4; note(here())  # fmt: skip  # noqa: E702
    config.optim["lr"] = 5; note(here())  # fmt: skip  # noqa: E702
    config.optim.sub.x = [1]; note(here())  # fmt: skip  # noqa: E702
    config.update({"lr": 6}); note(here())  # fmt: skip  # noqa: E702
    config.update(lr=7); note(here())  # fmt: skip  # noqa: E702
    config.merge({"optim": {"lr": 8}}); note(here())  # fmt: skip  # noqa: E702
    config.setdefaults({"new": 1}); note(here())  # fmt: skip  # noqa: E702
    config.setdefault("new2", 1); note(here())  # fmt: skip  # noqa: E702
    config |= {"lr": 9}; note(here())  # fmt: skip  # noqa: E702
    config.optim |= {"lr": 10}; note(here())  # fmt: skip  # noqa: E702
    config.optim.update(lr=11); note(here())  # fmt: skip  # noqa: E702
    config.optim.setdefault("y", 1); note(here())  # fmt: skip  # noqa: E702
    config.layers[0] = 2; note(here())  # fmt: skip  # noqa: E702
    config.layers[1].width = 3; note(here())  # fmt: skip  # noqa: E702
    config.layers.append(3); note(here())  # fmt: skip  # noqa: E702
    config.layers.extend([4]); note(here())  # fmt: skip  # noqa: E702
    config.layers += [5]; note(here())  # fmt: skip  # noqa: E702
    config.layers.insert(0, 6); note(here())  # fmt: skip  # noqa: E702
    config.layers.pop(); note(here())  # fmt: skip  # noqa: E702
    config.layers.remove(6); note(here())  # fmt: skip  # noqa: E702
    config.layers.reverse(); note(here())  # fmt: skip  # noqa: E702
    config.layers.sort(key=str); note(here())  # fmt: skip  # noqa: E702
    config.layers *= 2; note(here())  # fmt: skip  # noqa: E702
    config.layers[1:2] = [7]; note(here())  # fmt: skip  # noqa: E702
    del config.layers[0]; note(here())  # fmt: skip  # noqa: E702
    config.tags.add(5); note(here())  # fmt: skip  # noqa: E702
    config.tags |= {6}; note(here())  # fmt: skip  # noqa: E702
    config.tags.discard(5); note(here())  # fmt: skip  # noqa: E702
    config.pair[1].append(3); note(here())  # fmt: skip  # noqa: E702
    del config.optim.y; note(here())  # fmt: skip  # noqa: E702
    del config.optim["sub"]; note(here())  # fmt: skip  # noqa: E702
    config.optim.pop("lr"); note(here())  # fmt: skip  # noqa: E702
    config.pop("new"); note(here())  # fmt: skip  # noqa: E702
    config.popitem(); note(here())  # fmt: skip  # noqa: E702
    config.layers.clear(); note(here())  # fmt: skip  # noqa: E702
    setattr(config, "late", 1); note(here())  # fmt: skip  # noqa: B010, E702
    config.clear(); note(here())  # fmt: skip  # noqa: E702
    assert found == lines
    assert {change.origin.name.rpartition("/")[2] for change in config.changes()} == {"test_config_origins.py"}


def test_a_locked_user_and_a_file_are_named_instead_of_the_line(config: Config, tmp_path: Any) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("model:\n  hidden: 3\n")
    config.update(str(path))
    config.merge_locked({"model": {"depth": 2}}, "sweep abc")
    assert str(config.origin("model.hidden")) == f"{path}:2"
    assert str(config.origin("model.depth")) == "sweep abc"
