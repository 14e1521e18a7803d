"""What is said of a line of JSON that is no run."""

import json
from typing import Any

import pytest

from setpoint._query.imports.jsonl import run_of


def said_of(line: Any) -> str:
    problems: list[str] = []
    assert run_of("runs.jsonl", 7, json.dumps(line).encode(), problems.append) is None
    (problem,) = problems
    return problem


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"sumary": 1, "config": {}}, "2: there is no field 'sumary'; did you mean 'summary'?"),
        (
            {"config": {}, "status": "done"},
            "16: status is 'done'; it can be running, finished, failed, crashed, unknown",
        ),
        ({"summary": {}}, "1: the field 'config' is missing"),
        ([1], "1: the line is an array, not an object"),
        ({"config": [1]}, "2: config is an array, not an object"),
        ({"config": {}, "exit_code": 1.5}, "16: exit_code is a number, not a whole number or null"),
        (
            {"config": {}, "metrics": {"loss": {"steps": [1], "value": [1]}}},
            "16: there is no field 'value'; did you mean 'values'?",
        ),
        (
            {"config": {}, "metrics": {"loss": {"steps": ["a"], "values": [1]}}},
            "37: a metric's steps[0] is a text, not a whole number",
        ),
    ],
)
def test_a_wrong_line_is_told_in_our_words(line: Any, problem: str) -> None:
    assert said_of(line) == f"runs.jsonl:7:{problem}"


def test_an_unknown_field_like_no_other_names_all_that_there_are() -> None:
    assert "the fields are config, id, name, project" in said_of({"config": {}, "zzzz": 1})
