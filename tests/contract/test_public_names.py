"""What `import setpoint` offers, and what it refuses."""

import pickle
import subprocess
import sys

import pytest

import setpoint

MOMENTARY = {"run", "summary"}


def test_public_names_are_those_in_all_and_the_momentary_ones() -> None:
    names = {name for name in dir(setpoint) if not name.startswith("_")}
    assert names == {*setpoint.__all__, *MOMENTARY}


def test_all_is_sorted_and_names_nothing_twice() -> None:
    assert sorted(set(setpoint.__all__)) == setpoint.__all__


@pytest.mark.parametrize("name", setpoint.__all__)
def test_every_public_name_loads(name: str) -> None:
    assert getattr(setpoint, name) is not None


def test_star_import_works_before_there_is_a_run() -> None:
    done = subprocess.run([sys.executable, "-c", "from setpoint import *; init, Config, config"], check=False)
    assert done.returncode == 0


def test_loaded_names_are_remembered() -> None:
    setpoint.Config  # noqa: B018  # the first use loads it
    assert "Config" in vars(setpoint)


@pytest.mark.parametrize("name", ["config", "summary", "run"])
def test_momentary_names_are_never_remembered(name: str) -> None:
    with setpoint.init(mode="disabled"):
        getattr(setpoint, name)
    assert name not in vars(setpoint)


def test_config_is_the_draft_before_a_run_and_the_runs_own_within_it() -> None:
    draft = setpoint.config
    with setpoint.init(mode="disabled") as run:
        assert setpoint.config is run.config is draft
        assert setpoint.run is run
    assert setpoint.run is None
    assert setpoint.config is not draft


@pytest.mark.parametrize("name", ["config", "summary", "run"])
def test_a_momentary_name_can_not_be_replaced(name: str) -> None:
    with pytest.raises(AttributeError, match=f"setpoint.{name} can't be replaced"):
        setattr(setpoint, name, {"lr": 0.1})


def test_other_names_can_be_replaced_as_test_doubles_need() -> None:
    original = setpoint.log
    setpoint.log = print
    assert setpoint.log is print
    setpoint.log = original


def test_an_unknown_name_is_refused_as_any_module_does() -> None:
    with pytest.raises(AttributeError, match="module 'setpoint' has no attribute 'nonsense'"):
        setpoint.nonsense  # noqa: B018  # the read is what is tested


def test_version_is_a_plain_string() -> None:
    assert setpoint.__version__.count(".") == 2


def test_public_values_pickle_by_their_public_types() -> None:
    change = setpoint.Change("lr", 0.1, setpoint.Origin("flag", "--lr"), False, setpoint.Level.SET)
    assert pickle.loads(pickle.dumps(change)) == change
