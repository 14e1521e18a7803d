"""The summary shows the last value of each metric, keeps its digest, and lets the user's own values win."""

import math
from typing import Any

import pytest

from setpoint._core.change import Change
from setpoint._core.summary import Summary, flat_values


def log(summary: Summary, data: dict[Any, Any]) -> dict[str, Any]:
    """Do what a run's log() does with numbers."""
    values: dict[str, Any] = {}
    for path, key, value in flat_values(summary.take_numbers(data, values)):
        summary.note(path, key, value)
        values[key] = value
    return values


def test_last_min_max_mean_and_count_are_kept() -> None:
    summary = Summary()
    for loss in (0.5, 0.25, 1.0):
        assert log(summary, {"loss": loss}) == {"loss": loss}
    digest = summary.digest("loss")
    assert (digest.last, digest.min, digest.max, digest.count) == (1.0, 0.25, 1.0, 3)
    assert digest.mean == pytest.approx(1.75 / 3)
    assert summary == {"loss": 1.0}


def test_nested_metrics_have_dotted_keys_and_nested_summaries() -> None:
    summary = Summary()
    assert log(summary, {"val": {"acc": 1, "top": {"5": 2}}, "a.b": 3}) == {"val.acc": 1, "val.top.5": 2, '"a.b"': 3}
    assert summary == {"val": {"acc": 1, "top": {"5": 2}}, "a.b": 3}
    assert summary.val.top["5"] == 2
    assert summary.digest("val.acc").last == 1


def test_a_value_the_user_sets_wins_over_logged_ones() -> None:
    summary = Summary()
    log(summary, {"acc": 0.5, "val": {"acc": 0.5}})
    summary["acc"] = 0.9
    summary.val = "mine"
    log(summary, {"acc": 0.1, "val": {"acc": 0.1}})
    assert summary == {"acc": 0.9, "val": "mine"}
    assert summary.digest("acc").last == 0.1


def test_a_nested_value_the_user_sets_wins_over_logged_ones() -> None:
    summary = Summary()
    log(summary, {"val": {"acc": 0.5, "loss": 1.0}})
    summary.val.acc = 0.9
    log(summary, {"val": {"acc": 0.1, "loss": 2.0}})
    assert summary.val == {"acc": 0.9, "loss": 2.0}


def test_a_value_that_is_no_number_is_shown_and_has_no_digest() -> None:
    summary = Summary()
    assert log(summary, {"text": "hello"}) == {"text": "hello"}
    assert summary == {"text": "hello"}
    with pytest.raises(KeyError, match="text"):
        summary.digest("text")


def test_a_cached_attribute_shows_the_newest_value() -> None:
    summary = Summary()
    for step in range(3):
        log(summary, {"loss": step})
        assert summary.loss == summary["loss"] == step


def test_odd_numbers_count_as_they_can() -> None:
    summary = Summary()
    for value in (math.nan, 1.0, 10**400, -math.inf, True):
        log(summary, {"x": value})
    digest = summary.digest("x")
    assert (digest.count, digest.numbers, digest.last) == (5, 4, True)
    assert (digest.min, digest.max) == (-math.inf, 10**400)


def test_only_what_the_user_sets_is_told() -> None:
    told: list[Change] = []
    summary = Summary(callback=told.extend)
    log(summary, {"loss": 1.0})
    summary["best"] = {"acc": 1}
    summary.best.acc = 2
    del summary["best"]
    assert [(change.key, change.value) for change in told] == [("best", {"acc": 1}), ("best.acc", 2), ("best", None)]


def test_an_unknown_metric_has_no_digest() -> None:
    with pytest.raises(KeyError, match="loss"):
        Summary().digest("loss")
