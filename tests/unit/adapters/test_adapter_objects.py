"""Dataclasses, models, configs and plain objects: what is a param, what is a section, what stays a value."""

import types
from collections import OrderedDict
from dataclasses import InitVar, dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import attrs
import chz
import jsonargparse
import ml_collections
import msgspec
import numpy as np
import pydantic
import pytest
from omegaconf import DictConfig, OmegaConf

from setpoint._core.change import Level, Param
from setpoint.adapters import params_of
from setpoint.errors import ConfigError, UnsupportedSourceError


def by_key(source: Any) -> dict[str, Param]:
    return {".".join(map(str, param.path)): param for param in params_of(source)}


def values(source: Any) -> dict[str, Any]:
    return {key: param.value for key, param in by_key(source).items()}


class Color(Enum):
    RED = 1


@dataclass
class Optim:
    lr: float = field(default=0.1, metadata={"help": "learning rate"})


class Betas(NamedTuple):
    first: float = 0.9
    second: float = 0.999


def test_objects_without_origin_are_set_by_the_caller() -> None:
    for source in (Optim(), types.SimpleNamespace(lr=1), {"lr": 1}, Betas()):
        assert all((param.origin, param.level) == (None, Level.SET) for param in params_of(source))


def test_dataclass_leaves_out_what_is_no_field_or_has_no_value() -> None:
    @dataclass
    class Train:
        scale: InitVar[int]
        lr: float = 0.1
        unset: int = field(init=False)
        total: int = field(init=False)
        shared: ClassVar[int] = 3

        def __post_init__(self, scale: int) -> None:
            self.total = scale * 2
            self.cache = "no field"

    assert values(Train(2)) == {"lr": 0.1, "total": 4}


def test_descriptions_come_from_where_each_library_keeps_them() -> None:
    class Model(pydantic.BaseModel):
        lr: float = pydantic.Field(0.1, description="learning rate")

    @attrs.define
    class Attrs:
        lr: float = attrs.field(default=0.1, metadata={"help": "learning rate"})

    @chz.chz
    class Chz:
        lr: float = chz.field(default=0.1, doc="learning rate")

    for source in (Optim(), Model(), Attrs(), Chz()):
        assert by_key(types.SimpleNamespace(optim=source))["optim.lr"].description == "learning rate"


def test_values_that_are_no_config_objects_stay_the_very_values() -> None:
    held = {
        "path": Path("/data"),
        "color": Color.RED,
        "array": np.zeros(3),
        "when": datetime(2026, 1, 1, tzinfo=UTC),
        "betas": Betas(),
        "plain": object(),
        "items": [1, {"a": Optim()}],
        "pair": (1, 2),
        "cls": Optim,
    }
    got = values(types.SimpleNamespace(**held))
    assert all(got[name] is value for name, value in held.items())


def test_values_inside_a_plain_dict_stay_untouched() -> None:
    optim = Optim()
    (param,) = params_of({"optim": optim})
    assert param.value is optim


def test_config_objects_inside_lists_and_tuples_become_dicts() -> None:
    source = types.SimpleNamespace(blocks=[Optim(1), [Optim(2)]], pair=(Optim(3), 4))
    assert values(source) == {"blocks": [{"lr": 1}, [{"lr": 2}]], "pair": ({"lr": 3}, 4)}
    assert source.blocks[0] == Optim(1)


def test_objects_of_different_kinds_nest_in_each_other() -> None:
    class Model(pydantic.BaseModel):
        model_config = pydantic.ConfigDict(arbitrary_types_allowed=True)
        optim: Optim = Optim()
        config: ml_collections.ConfigDict = ml_collections.ConfigDict({"a": {"b": 1}})

    source = jsonargparse.Namespace(model=Model(), conf=OmegaConf.create({"x": 1, "y": "${x}"}))
    assert values(source) == {"model.optim.lr": 0.1, "model.config.a.b": 1, "conf.x": 1, "conf.y": 1}


def test_empty_sections_and_empty_sources_are_kept_as_they_are() -> None:
    @dataclass
    class Empty:
        pass

    assert values(types.SimpleNamespace(optim=Empty(), inner=types.SimpleNamespace())) == {"optim": {}, "inner": {}}
    assert values(Empty()) == values({}) == values(OrderedDict()) == values(types.SimpleNamespace()) == {}


def test_object_that_holds_itself_ends_as_a_value() -> None:
    source = types.SimpleNamespace(lr=1)
    source.inner = types.SimpleNamespace(outer=source, items=[source])
    source.loop = []
    source.loop.append(source.loop)
    got = values(source)
    assert got["inner.outer"] is source
    assert got["inner.items"] == [source]
    assert got["loop"] is source.loop


def test_extreme_depth_ends_as_a_value() -> None:
    deep: Any = types.SimpleNamespace(lr=1)
    nested: list[Any] = []
    for _ in range(5000):
        deep, nested = types.SimpleNamespace(inner=deep), [nested]
    (param,) = params_of(deep)
    assert isinstance(param.value, types.SimpleNamespace)
    assert params_of(types.SimpleNamespace(nested=nested))


def test_pydantic_extra_fields_and_secrets_are_kept_as_the_program_sees_them() -> None:
    class Model(pydantic.BaseModel):
        model_config = pydantic.ConfigDict(extra="allow")
        token: pydantic.SecretStr
        when: Path = Path("x")
        _private: int = 1

    model = Model(token="hf_abc", more=3)
    assert values(model) == {"token": model.token, "when": Path("x"), "more": 3}


def test_msgspec_unset_fields_are_left_out() -> None:
    class Struct(msgspec.Struct):
        lr: float = 0.1
        decay: float | msgspec.UnsetType = msgspec.UNSET

    assert values(Struct()) == {"lr": 0.1}


def test_attrs_attribute_without_a_value_is_left_out() -> None:
    @attrs.define
    class Attrs:
        lr: float = 0.1
        unset: int = attrs.field(init=False)

    assert values(Attrs()) == {"lr": 0.1}


def test_chz_fields_are_read_as_the_program_sees_them() -> None:
    @chz.chz
    class Chz:
        lr: float = chz.field(munger=lambda _, value: value * 2, default=0.5)

    assert values(Chz()) == {"lr": 1.0}


def test_omegaconf_interpolations_are_resolved() -> None:
    config = OmegaConf.create({"a": 1, "b": {"c": "${a}"}, "l": ["${a}", {"x": "${b.c}"}]})
    assert values(config) == {"a": 1, "b": {"c": 1}, "l": [1, {"x": 1}]}
    assert OmegaConf.is_interpolation(config.b, "c")


def test_omegaconf_names_every_missing_value() -> None:
    config = OmegaConf.create({"lr": "???", "optim": {"name": "???", "decay": 0.1}, "n": 1})
    with pytest.raises(ConfigError, match=r"no value \(\?\?\?\) for lr, optim\.name\. Give each"):
        params_of(config)


@pytest.mark.parametrize("text", ["${nope}", "${no_such_resolver:1}"])
def test_omegaconf_that_cant_be_resolved_is_an_error(text: str) -> None:
    with pytest.raises(ConfigError, match=r"can't be resolved at 'lr': "):
        params_of(OmegaConf.create({"lr": text}))


def test_omegaconf_list_inside_another_object_becomes_a_list() -> None:
    source = types.SimpleNamespace(layers=OmegaConf.create([1, {"a": "${oc.env:HOME}"}]), missing=[1])
    assert values(source) == {"layers": [1, {"a": str(Path.home())}], "missing": [1]}


def test_omegaconf_lists_and_none_are_no_sources() -> None:
    with pytest.raises(UnsupportedSourceError, match="Give it a name"):
        params_of(OmegaConf.create([1, 2]))
    with pytest.raises(ConfigError, match="None as a whole"):
        params_of(DictConfig(None))


def test_ml_collections_references_are_resolved_and_frozen_lists_stay_lists() -> None:
    config = ml_collections.ConfigDict({"lr": 0.1, "layers": [1, 2]})
    config.double = config.get_ref("lr") * 2
    for source in (config, ml_collections.FrozenConfigDict(config)):
        assert values(source) == {"lr": 0.1, "layers": [1, 2], "double": 0.2}


class Bare:
    """As nanoGPT's config: class attributes only, some overridden on the object."""

    lr = 0.1
    activation = len
    _hidden = 1
    maker = dict

    def __init__(self) -> None:
        self.epochs = 3
        self.loss = abs

    @property
    def total(self) -> int:
        raise AssertionError("properties are not read")

    @staticmethod
    def helper() -> None: ...

    @classmethod
    def make(cls) -> None: ...


def test_plain_object_gives_public_attributes_of_itself_and_its_classes() -> None:
    class Child(Bare):
        lr = 0.2

    assert values(Child()) == {"lr": 0.2, "activation": len, "maker": dict, "epochs": 3, "loss": abs}


def test_nested_classes_are_sections_also_as_instances_and_inherited() -> None:
    class Base:
        class env:
            count = 4096

        class Mode(Enum):
            A = 1

        class Data(NamedTuple):
            x: int = 1

        class Empty:
            pass

    class Robot(Base):
        class control(Base.env):
            decay = 0.5

        mode = Base.Mode.A

        def __init__(self) -> None:
            self.control = Robot.control()
            self.other = Base.env

    assert values(Robot()) == {
        "env.count": 4096,
        "Empty": {},
        "mode": Base.Mode.A,
        "control.count": 4096,
        "control.decay": 0.5,
        "other.count": 4096,
    }


def test_hugging_face_training_arguments_are_read(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")  # large: a test environment may do without it
    params = by_key(transformers.TrainingArguments(output_dir=str(tmp_path), learning_rate=3e-4))
    assert params["learning_rate"].value == 3e-4
    assert "learning rate" in params["learning_rate"].description
    assert params["lr_scheduler_type"].value is transformers.SchedulerType.LINEAR
    assert len(params) > 100


def test_config_module_gives_its_public_plain_values() -> None:
    module = types.ModuleType("config")
    code = """
from __future__ import annotations
import os
from pathlib import Path
from typing import Any, TypeVar
T = TypeVar("T")
lr = 0.1
data = Path("/data")
_hidden = 1
def build(): pass
class Net: pass
"""
    exec(code, vars(module))
    assert values(module) == {"lr": 0.1, "data": Path("/data")}


class Nothing:
    def method(self) -> None: ...


def a_function() -> None: ...


@pytest.mark.parametrize(
    ("source", "type_name", "advice"),
    [
        (Optim, f"type[{__name__}.Optim]", "pass an instance"),
        (attrs.make_class("Made", ["lr"]), "Made]", "pass an instance"),
        (Betas, f"type[{__name__}.Betas]", "pass an instance"),
        (Color, f"type[{__name__}.Color]", "pass an instance"),
        (Color.RED, "Color", "has no key"),
        (None, "NoneType", "leave the argument out"),
        (3, "int", "'lr': the_value"),
        ([1], "list", "'layers': the_values"),
        ({1}, "set", "'layers': the_values"),
        ("text", "str", "name of a config file"),
        (a_function, "function", "call it"),
        (len, "builtin_function_or_method", "call it"),
        (Nothing(), f"{__name__}.Nothing", "no public attributes"),
        (Nothing, f"type[{__name__}.Nothing]", "setpoint.adapters.register"),
        (object(), "object", "has no key"),
        (np.zeros(3), "numpy.ndarray", "no public attributes"),
        (datetime(2026, 1, 1, tzinfo=UTC), "datetime.datetime", "no public attributes"),
        (Decimal(1), "decimal.Decimal", "no public attributes"),
        (Fraction(1), "fractions.Fraction", "no public attributes"),
        (types.ModuleType("empty"), "module empty", "no public values"),
    ],
)
def test_what_holds_no_params_is_refused_with_advice(source: Any, type_name: str, advice: str) -> None:
    with pytest.raises(UnsupportedSourceError) as error:
        params_of(source)
    assert type_name in error.value.type_name
    assert advice in str(error.value)


def test_pydantic_model_class_is_refused_with_advice() -> None:
    class Model(pydantic.BaseModel):
        lr: float = 0.1

    with pytest.raises(UnsupportedSourceError, match="pass an instance"):
        params_of(Model)
