"""Values and assignments as people type them."""

import math

import click
import pytest

from setpoint._cli.literals import read_value
from setpoint._cli.options import assignments

PARAM = click.Argument(["values"])
CONTEXT = click.Context(click.Command("amend"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", 0.1),
        ("1e-3", 1e-3),
        ("3", 3),
        ("True", True),
        ("true", True),
        ("null", None),
        ("None", None),
        ("[64, 64]", [64, 64]),
        ("(0.9, 0.99)", (0.9, 0.99)),
        ('{"a": null}', {"a": None}),
        ("adam", "adam"),
        ("'0.1'", "0.1"),
        ("a=b", "a=b"),
        ("", ""),
        ("-inf", -math.inf),
        ("[" * 10_000, "[" * 10_000),
        ("{" * 300 + "}" * 3, "{" * 300 + "}" * 3),
    ],
)
def test_a_typed_value_is_a_literal_or_text(text: str, value: object) -> None:
    read = read_value(text)
    assert (type(read), read) == (type(value), value)


def test_assignments_split_at_the_first_equals_sign() -> None:
    assert assignments(CONTEXT, PARAM, ["optim.lr=0.1", "note=a=b"]) == {"optim.lr": 0.1, "note": "a=b"}


@pytest.mark.parametrize("word", ["lr", "=1", "a..b=1", "[0=1"])
def test_words_that_assign_nothing_are_refused(word: str) -> None:
    with pytest.raises(click.BadParameter):
        assignments(CONTEXT, PARAM, [word])
