"""absl, TensorFlow 1, click and Typer: only the user's flags, and who set each."""

import sys
from collections.abc import Callable
from enum import Enum
from typing import Any

import absl.app
import absl.logging
import click
import ml_collections
import pytest
import typer
from absl import flags
from click.testing import CliRunner
from ml_collections import config_flags
from typer.testing import CliRunner as TyperRunner

from setpoint._core.change import Level, Origin, Param
from setpoint.adapters import params_of


def by_key(source: Any) -> dict[str, Param]:
    return {".".join(map(str, param.path)): param for param in params_of(source)}


def who(param: Param) -> tuple[Level, Origin | None]:
    return param.level, param.origin


def typed(name: str) -> tuple[Level, Origin]:
    return Level.SET, Origin("flag", name)


def default(name: str) -> tuple[Level, Origin]:
    return Level.DEFAULT, Origin("default", name)


class Color(Enum):
    RED = 1


@pytest.fixture
def absl_flags() -> flags.FlagValues:
    values = flags.FlagValues()
    flags.DEFINE_string("model", None, "model to run", flag_values=values)
    flags.DEFINE_integer("batch", 32, "batch size", short_name="b", flag_values=values)
    flags.DEFINE_multi_float("betas", [0.9], "betas", flag_values=values)
    flags.DEFINE_enum_class("color", Color.RED, Color, "color", flag_values=values)
    flags.DEFINE_alias("batch_size", "batch", flag_values=values)
    return values


def test_absl_flags_before_parsing_give_their_defaults(absl_flags: flags.FlagValues) -> None:
    params = by_key(absl_flags)
    assert {key: param.value for key, param in params.items()} == {
        "model": None,
        "batch": 32,
        "betas": [0.9],
        "color": Color.RED,
    }
    assert all(who(param) == default(f"--{key}") for key, param in params.items())
    assert params["model"].description == "model to run"
    assert not absl_flags.is_parsed()


def test_absl_typed_flags_are_set_also_when_equal_to_their_default(absl_flags: flags.FlagValues) -> None:
    absl_flags(["train.py", "--batch=32", "--betas=0.5", "--betas=0.6"])
    params = by_key(absl_flags)
    assert who(params["batch"]) == typed("--batch")
    assert (params["betas"].value, who(params["betas"])) == ([0.5, 0.6], typed("--betas"))
    assert who(params["model"]) == default("--model")


@pytest.mark.parametrize("argument", ["-b=8", "--batch_size=8"])
def test_absl_short_names_and_aliases_set_the_flag_itself(absl_flags: flags.FlagValues, argument: str) -> None:
    absl_flags(["train.py", argument])
    params = by_key(absl_flags)
    assert (params["batch"].value, who(params["batch"])) == (8, typed("--batch"))
    assert {"b", "batch_size"}.isdisjoint(params)


def test_absl_flag_assigned_by_the_program_is_set_by_the_caller(absl_flags: flags.FlagValues) -> None:
    absl_flags(["train.py"])
    absl_flags.batch = 64
    assert (by_key(absl_flags)["batch"].value, who(by_key(absl_flags)["batch"])) == (64, (Level.SET, None))


@pytest.fixture
def user_flag() -> Any:
    flags.DEFINE_float("setpoint_test_lr", 0.1, "learning rate")
    yield
    delattr(flags.FLAGS, "setpoint_test_lr")


@pytest.mark.usefixtures("user_flag")
def test_absl_own_flags_are_left_out_and_the_module_stands_for_its_flags() -> None:
    absl.app.define_help_flags()
    assert "verbosity" in flags.FLAGS
    assert "run_with_pdb" in flags.FLAGS
    assert list(by_key(flags.FLAGS)) == list(by_key(flags)) == ["setpoint_test_lr"]


def test_ml_collections_config_flag_is_a_section_with_the_overrides_as_origins(monkeypatch: Any) -> None:
    argv = ["train.py", "--config.optim.lr=0.3", "--config.layers[0]=7"]
    monkeypatch.setattr(sys, "argv", argv)
    values = flags.FlagValues()
    config = ml_collections.ConfigDict({"optim": {"lr": 0.1, "name": "adam"}, "layers": [1, 2]})
    config_flags.DEFINE_config_dict("config", config, flag_values=values)
    values(argv)
    params = by_key(values)
    assert {key: param.value for key, param in params.items()} == {
        "config.optim.lr": 0.3,
        "config.optim.name": "adam",
        "config.layers": [7, 2],
    }
    assert who(params["config.optim.lr"]) == typed("--config.optim.lr")
    assert who(params["config.layers"]) == typed("--config.layers[0]")
    assert who(params["config.optim.name"]) == default("--config")


def test_absl_flags_with_dots_in_their_names_are_kept() -> None:
    values = flags.FlagValues()
    flags.DEFINE_string("model", "vit", "", flag_values=values)
    flags.DEFINE_float("model.lr", 0.1, "", flag_values=values)
    assert [param.path for param in params_of(values)] == [("model",), ("model.lr",)]


class _FlagValuesWrapper:
    """As in tensorflow/python/platform/flags.py from 1.5 on: it hands everything to the flags it wraps."""

    def __init__(self, flags_object: flags.FlagValues) -> None:
        self.__dict__["__wrapped"] = flags_object

    def __getattribute__(self, name: str) -> Any:
        if name == "__dict__":
            return super().__getattribute__(name)
        return self.__dict__["__wrapped"].__getattribute__(name)

    def __getattr__(self, name: str) -> Any:
        wrapped = self.__dict__["__wrapped"]
        if not wrapped.is_parsed():
            wrapped(sys.argv)
        return wrapped.__getattr__(name)


class _FlagValues:
    """As in tensorflow/python/platform/flags.py up to 1.4: a dict that argparse fills on the first read."""

    def __init__(self, parse: Callable[[], dict[str, Any]]) -> None:
        self.__dict__["__flags"] = {}
        self.__dict__["__parsed"] = False
        self.__dict__["__parse"] = parse

    def _parse_flags(self) -> None:
        self.__dict__["__flags"].update(self.__dict__["__parse"]())
        self.__dict__["__parsed"] = True

    def __getattr__(self, name: str) -> Any:
        if not self.__dict__["__parsed"]:
            self._parse_flags()
        if name not in self.__dict__["__flags"]:
            raise AttributeError(name)
        return self.__dict__["__flags"][name]


for stand_in in (_FlagValuesWrapper, _FlagValues):
    stand_in.__module__ = "tensorflow.python.platform.flags"


def test_tensorflow_flags_are_parsed_as_on_a_first_read(monkeypatch: Any, absl_flags: flags.FlagValues) -> None:
    monkeypatch.setattr(sys, "argv", ["train.py", "--batch=8"])
    params = by_key(_FlagValuesWrapper(absl_flags))
    assert (params["batch"].value, who(params["batch"])) == (8, typed("--batch"))
    assert who(params["model"]) == default("--model")


def test_old_tensorflow_flags_are_parsed_once() -> None:
    calls: list[int] = []
    source = _FlagValues(lambda: calls.append(1) or {"batch_size": 128, "data_dir": "/tmp/data"})
    for _ in range(2):
        assert {key: param.value for key, param in by_key(source).items()} == {
            "batch_size": 128,
            "data_dir": "/tmp/data",
        }
    assert calls == [1]


def run_click(*argv: str, env: dict[str, str] | None = None) -> dict[str, Param]:
    seen: dict[str, Param] = {}

    @click.command(context_settings={"auto_envvar_prefix": "TRAIN", "default_map": {"decay": 0.5}})
    @click.argument("data")
    @click.option("-l", "--lr", default=0.1, help="learning rate")
    @click.option("--amp/--no-amp", default=True)
    @click.option("--seed", default=0, envvar="MY_SEED")
    @click.option("--decay", default=0.0)
    @click.pass_context
    def main(context: click.Context, **_: Any) -> None:
        context.params["added"] = 1
        seen.update(by_key(context))

    assert CliRunner().invoke(main, argv, env=env, catch_exceptions=False).exit_code == 0
    return seen


def test_click_options_typed_are_set_and_others_are_defaults() -> None:
    params = run_click("mnist", "-l", "0.1", "--no-amp")
    assert (params["lr"].value, who(params["lr"]), params["lr"].description) == (0.1, typed("--lr"), "learning rate")
    assert (params["amp"].value, who(params["amp"])) == (False, typed("--no-amp"))
    assert who(params["data"]) == typed("data")
    assert who(params["seed"]) == default("--seed")
    assert (params["decay"].value, who(params["decay"])) == (0.5, default("--decay"))
    assert who(params["added"]) == (Level.SET, None)


def test_click_options_from_the_environment_name_their_variable() -> None:
    params = run_click("mnist", env={"MY_SEED": "7", "TRAIN_LR": "0.2"})
    assert (params["seed"].value, who(params["seed"])) == (7, (Level.SET, Origin("env", "MY_SEED")))
    assert (params["lr"].value, who(params["lr"])) == (0.2, (Level.SET, Origin("env", "TRAIN_LR")))


def test_typer_context_is_read_as_clicks() -> None:
    seen: dict[str, Param] = {}
    app = typer.Typer()

    @app.command()
    def main(context: typer.Context, lr: float = typer.Option(0.1, help="learning rate"), epochs: int = 3) -> None:
        seen.update(by_key(context))

    assert TyperRunner().invoke(app, ["--lr", "0.1"], catch_exceptions=False).exit_code == 0
    assert (who(seen["lr"]), seen["lr"].description) == (typed("--lr"), "learning rate")
    assert (seen["epochs"].value, who(seen["epochs"])) == (3, default("--epochs"))
