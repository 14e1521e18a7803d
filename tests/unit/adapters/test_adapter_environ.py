"""Environment variables by prefix."""

from typing import Any

import pytest

from setpoint._core.change import Level, Origin, Param
from setpoint.adapters import Environ, environ_params, params_of
from setpoint.errors import InvalidArgumentError, InvalidKeyError


def test_double_underscore_nests_and_the_variable_is_the_origin() -> None:
    assert environ_params("TRAIN", {"TRAIN_OPTIM__LR": "0.1", "HOME": "/root", "TRAINER_LR": "2"}) == [
        Param(("optim", "lr"), 0.1, Origin("env", "TRAIN_OPTIM__LR"), Level.SET)
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("3", 3),
        ("-2.5", -2.5),
        ("1e-3", 1e-3),
        ("[1, [2]]", [1, [2]]),
        ('{"a": null}', {"a": None}),
        ('"3"', "3"),
        ("adam", "adam"),
        ("", ""),
        ("007", "007"),
        ("no", "no"),
        ("[1, 2", "[1, 2"),
        ("9" * 5000, "9" * 5000),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_values_are_read_as_json_else_as_text(text: str, value: Any) -> None:
    (param,) = environ_params("T_", {"T_X": text})
    assert (param.value, type(param.value)) == (value, type(value))


def test_environ_reads_the_process_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Environ("SETPOINTTEST")
    monkeypatch.setenv("SETPOINTTEST_LR", "0.1")
    assert [(param.path, param.value) for param in params_of(source)] == [(("lr",), 0.1)]
    assert repr(source) == "Environ('SETPOINTTEST_')"


@pytest.mark.parametrize("prefix", ["", "_"])
def test_empty_prefix_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidArgumentError, match="all variables would be params"):
        Environ(prefix)


@pytest.mark.parametrize("name", ["T_", "T_A____B", "T_A__"])
def test_variable_that_names_no_param_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(InvalidKeyError, match=rf"\${name} can't be a key"):
        environ_params("T", {name: "1"})
