"""register(): the public way to teach setpoint a type."""

import subprocess
import sys
import types
from typing import Any

import pytest

from setpoint._core.change import Param
from setpoint.adapters import params_of, register


class Recipe:
    def __init__(self, lr: float) -> None:
        self._lr = lr


class SubRecipe(Recipe):
    pass


class NamedRecipe(Recipe):
    pass


def recipe_params(source: Any) -> list[Param]:
    return [Param(("lr",), source._lr)]


register(Recipe, recipe_params)
register(f"{__name__}.NamedRecipe", lambda source: [Param(("named",), source._lr)])


@pytest.mark.parametrize("cls", [Recipe, SubRecipe])
def test_registered_type_and_its_subclasses_are_read(cls: type[Recipe]) -> None:
    assert params_of(cls(0.1)) == [Param(("lr",), 0.1)]


def test_registered_type_is_a_section_inside_other_sources() -> None:
    assert params_of(types.SimpleNamespace(recipe=Recipe(0.1))) == [Param(("recipe", "lr"), 0.1)]


def test_type_is_registered_by_its_name_before_it_exists() -> None:
    class Later(types.SimpleNamespace):
        pass

    register(f"{__name__}.{Later.__qualname__}", lambda source: [Param(("later",), 1)])
    assert params_of(Later(lr=1)) == [Param(("later",), 1)]


def test_registered_type_comes_before_what_setpoint_brings() -> None:
    class Mine(dict[str, Any]):
        pass

    register(Mine, lambda source: [Param(("size",), len(source))])
    assert params_of(Mine(a=1)) == [Param(("size",), 1)]
    assert params_of({"a": 1}) == [Param(("a",), 1)]


def test_object_with_keys_is_read_like_a_mapping() -> None:
    class Keyed:
        def keys(self) -> list[str]:
            return ["lr"]

        def __getitem__(self, name: str) -> float:
            return 0.1

    assert params_of(Keyed()) == [Param(("lr",), 0.1)]


def test_adapter_that_cant_be_called_is_refused() -> None:
    with pytest.raises(TypeError, match="must be a function, not 3"):
        register(Recipe, 3)  # type: ignore[arg-type]


@pytest.mark.unmeasured
def test_adapters_import_no_config_library() -> None:
    code = (
        "import sys, setpoint.adapters; "
        "print(sorted({'absl', 'argparse', 'attr', 'click', 'dataclasses', 'omegaconf', 'pydantic'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
