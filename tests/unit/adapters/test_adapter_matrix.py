"""The same content gives the same tree, whatever object holds it."""

import argparse
import copy
import json
import types
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, make_dataclass
from typing import Any, NamedTuple

import attrs
import chz
import click
import jsonargparse
import ml_collections
import msgspec
import pydantic
import pydantic_settings
import pytest
import tyro
from absl import flags
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from setpoint._core.config import Config
from setpoint.adapters import environ_params, params_of

TREE = {
    "lr": 0.1,
    "epochs": 4,
    "amp": True,
    "note": None,
    "optim": {"name": "adam", "betas": [0.9, 0.999], "warmup": {"steps": 100, "linear": False}},
    "layers": [64, [32, 16]],
}


def tree_of(source: Any) -> dict[str, Any]:
    config = Config(read_source=params_of)
    config.update(source)
    return config.as_dict()


@dataclass
class DataWarmup:
    steps: int = 100
    linear: bool = False


@dataclass(frozen=True, slots=True)
class DataOptim:
    name: str = "adam"
    betas: list[float] = field(default_factory=lambda: [0.9, 0.999])
    warmup: DataWarmup = field(default_factory=DataWarmup)


@dataclass
class Data:
    lr: float = 0.1
    epochs: int = 4
    amp: bool = True
    note: str | None = None
    optim: DataOptim = field(default_factory=DataOptim)
    layers: list[Any] = field(default_factory=lambda: [64, [32, 16]])


@attrs.define
class AttrsWarmup:
    steps: int = 100
    linear: bool = False


@attrs.frozen
class AttrsOptim:
    name: str = "adam"
    betas: list[float] = attrs.field(factory=lambda: [0.9, 0.999])
    warmup: AttrsWarmup = attrs.field(factory=AttrsWarmup)


@attrs.define
class Attrs:
    lr: float = 0.1
    epochs: int = 4
    amp: bool = True
    note: str | None = None
    optim: AttrsOptim = attrs.field(factory=AttrsOptim)
    layers: list[Any] = attrs.field(factory=lambda: [64, [32, 16]])


class ModelWarmup(pydantic.BaseModel):
    steps: int = 100
    linear: bool = False


class ModelOptim(pydantic.BaseModel):
    name: str = "adam"
    betas: list[float] = [0.9, 0.999]
    warmup: ModelWarmup = ModelWarmup()


class Model(pydantic.BaseModel):
    lr: float = 0.1
    epochs: int = 4
    amp: bool = True
    note: str | None = None
    optim: ModelOptim = ModelOptim()
    layers: list[Any] = [64, [32, 16]]


class Settings(pydantic_settings.BaseSettings):
    lr: float = 0.1
    epochs: int = 4
    amp: bool = True
    note: str | None = None
    optim: ModelOptim = ModelOptim()
    layers: list[Any] = [64, [32, 16]]


class StructWarmup(msgspec.Struct):
    steps: int = 100
    linear: bool = False


class StructOptim(msgspec.Struct, frozen=True):
    name: str = "adam"
    betas: list[float] = msgspec.field(default_factory=lambda: [0.9, 0.999])
    warmup: StructWarmup = msgspec.field(default_factory=StructWarmup)


class Struct(msgspec.Struct):
    lr: float = 0.1
    epochs: int = 4
    amp: bool = True
    note: str | None = None
    optim: StructOptim = msgspec.field(default_factory=StructOptim)
    layers: list[Any] = msgspec.field(default_factory=lambda: [64, [32, 16]])


@chz.chz
class ChzWarmup:
    steps: int = 100
    linear: bool = False


@chz.chz
class ChzOptim:
    name: str = "adam"
    betas: list[float] = chz.field(default_factory=lambda: [0.9, 0.999])
    warmup: ChzWarmup = chz.field(default_factory=ChzWarmup)


@chz.chz
class Chz:
    lr: float = 0.1
    epochs: int = 4
    amp: bool = True
    note: str | None = None
    optim: ChzOptim = chz.field(default_factory=ChzOptim)
    layers: list[Any] = chz.field(default_factory=lambda: [64, [32, 16]])


class TupleWarmup(NamedTuple):
    steps: int = 100
    linear: bool = False


class TupleOptim(NamedTuple):
    name: str = "adam"
    betas: list[float] = [0.9, 0.999]  # noqa: RUF012  # a named tuple's default, never changed here
    warmup: TupleWarmup = TupleWarmup()


class Tuple(NamedTuple):
    lr: float = 0.1
    epochs: int = 4
    amp: bool = True
    note: str | None = None
    optim: TupleOptim = TupleOptim()
    layers: list[Any] = [64, [32, 16]]  # noqa: RUF012  # as above


class Base:
    lr = 0.5
    epochs = 4
    amp = True


class Constants(Base):
    lr = 0.1
    note = None

    class optim:
        name = "adam"
        betas = [0.9, 0.999]  # noqa: RUF012  # config classes are written so

        class warmup:
            steps = 100
            linear = False

    layers = [64, [32, 16]]  # noqa: RUF012  # as above

    def describe(self) -> str:
        return "a method is no param"


class Slotted:
    __slots__ = ("_private", "amp", "epochs", "layers", "lr", "note", "optim", "unset")

    def __init__(self) -> None:
        self.lr, self.epochs, self.amp, self.note, self._private = 0.1, 4, True, None, 1
        self.optim = Data().optim
        self.layers = [64, [32, 16]]


def nested(make: Callable[..., Any], tree: dict[str, Any]) -> Any:
    return make(**{name: nested(make, value) if isinstance(value, dict) else value for name, value in tree.items()})


class TreeParser(flags.ArgumentParser):
    def parse(self, argument: Any) -> Any:
        return json.loads(argument) if isinstance(argument, str) else argument


def absl_flags() -> flags.FlagValues:
    values = flags.FlagValues()
    flags.DEFINE_float("lr", 0.1, "", flag_values=values)
    flags.DEFINE_integer("epochs", 4, "", flag_values=values)
    flags.DEFINE_bool("amp", True, "", flag_values=values)
    flags.DEFINE_string("note", None, "", flag_values=values)
    for name in ("optim", "layers"):
        flags.DEFINE(TreeParser(), name, copy.deepcopy(TREE[name]), "", flag_values=values)
    return values


def module() -> types.ModuleType:
    made = types.ModuleType("train_config")
    code = "import math\nfrom pathlib import Path\nfrom types import SimpleNamespace\n_hidden = 1\ndef f(): pass\n"
    exec(code, vars(made))
    vars(made).update({**TREE, "optim": nested(types.SimpleNamespace, TREE["optim"])})
    return made


def click_context() -> click.Context:
    made = click.Context(click.Command("train"))
    made.params = copy.deepcopy(TREE)
    return made


SOURCES: dict[str, Callable[[], Any]] = {
    "dict": lambda: copy.deepcopy(TREE),
    "OrderedDict": lambda: OrderedDict(copy.deepcopy(TREE)),
    "MappingProxyType": lambda: types.MappingProxyType(TREE),
    "argparse.Namespace": lambda: nested(argparse.Namespace, TREE),
    "SimpleNamespace": lambda: nested(types.SimpleNamespace, TREE),
    "jsonargparse.Namespace": lambda: nested(jsonargparse.Namespace, TREE),
    "absl": absl_flags,
    "dataclass": Data,
    "attrs": Attrs,
    "pydantic": Model,
    "pydantic-settings": Settings,
    "msgspec": Struct,
    "chz": Chz,
    "NamedTuple": Tuple,
    "class": lambda: Constants,
    "object": Constants,
    "slots": Slotted,
    "module": module,
    "OmegaConf": lambda: OmegaConf.create(copy.deepcopy(TREE)),
    "OmegaConf structured": lambda: OmegaConf.structured(Data),
    "ConfigDict": lambda: ml_collections.ConfigDict(copy.deepcopy(TREE)),
    "FrozenConfigDict": lambda: ml_collections.FrozenConfigDict(copy.deepcopy(TREE)),
    "click.Context": click_context,
    "tyro": lambda: tyro.cli(Data, args=[]),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_same_content_gives_the_same_tree(kind: str) -> None:
    tree = tree_of(SOURCES[kind]())
    assert tree == TREE
    assert json.dumps(tree, sort_keys=True) == json.dumps(TREE, sort_keys=True)  # types too: 4 is not 4.0


@pytest.mark.parametrize("kind", SOURCES)
def test_a_source_is_not_changed_and_not_aliased(kind: str) -> None:
    source = SOURCES[kind]()
    config = Config(read_source=params_of)
    config.update(source)
    config["optim"]["betas"].append(1.0)
    config["layers"][1].append(8)
    assert tree_of(source) == TREE


def test_environment_variables_give_the_same_tree() -> None:
    variables = {
        "TRAIN_LR": "0.1",
        "TRAIN_EPOCHS": "4",
        "TRAIN_AMP": "true",
        "TRAIN_NOTE": "null",
        "TRAIN_OPTIM__NAME": "adam",
        "TRAIN_OPTIM__BETAS": "[0.9, 0.999]",
        "TRAIN_OPTIM__WARMUP__STEPS": "100",
        "TRAIN_OPTIM__WARMUP__LINEAR": "false",
        "TRAIN_LAYERS": "[64, [32, 16]]",
        "TRAINER": "not ours",
    }
    config = Config(read_source=lambda prefix: environ_params(prefix, variables))
    config.update("TRAIN")
    assert config.as_dict() == TREE


def as_dataclass(**values: Any) -> Any:
    return make_dataclass("Made", values)(**values)


def as_attrs(**values: Any) -> Any:
    return attrs.make_class("Made", list(values), slots=True)(**values)


def as_model(**values: Any) -> Any:
    return pydantic.create_model("Made", **dict.fromkeys(values, (Any, ...)))(**values)


def as_struct(**values: Any) -> Any:
    return msgspec.defstruct("Made", list(values))(**values)


def as_config_dict(**values: Any) -> Any:
    return ml_collections.ConfigDict(values)


def as_omegaconf(**values: Any) -> Any:
    return OmegaConf.create(values)


names = st.from_regex(r"x[a-z0-9]{0,5}", fullmatch=True)
scalars = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.just("text")
leaves = scalars | st.lists(scalars, max_size=3)
trees = st.recursive(
    st.dictionaries(names, leaves, max_size=4), lambda inner: st.dictionaries(names, leaves | inner, max_size=3)
)
MAKERS = [
    argparse.Namespace,
    types.SimpleNamespace,
    jsonargparse.Namespace,
    as_dataclass,
    as_attrs,
    as_model,
    as_struct,
    as_config_dict,
    as_omegaconf,
]


@settings(deadline=None, max_examples=50)
@given(trees)
def test_any_tree_comes_back_from_every_kind_of_nested_object(tree: dict[str, Any]) -> None:
    for make in MAKERS:
        assert tree_of(nested(make, tree)) == tree
