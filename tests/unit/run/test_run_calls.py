"""Calls on a run and of init() that ask for what can't be: each is refused in words, before anything is lost."""

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import setpoint
from setpoint.errors import ConfigFileError, InvalidArgumentError, ResumeError, StandInWarning


@pytest.mark.parametrize("name", ["config", "summary"])
def test_a_runs_config_and_summary_can_not_be_replaced(store: Path, name: str) -> None:
    with setpoint.init(config={"lr": 0.1}) as run:
        with pytest.raises(AttributeError, match=rf"run\.{name} can't be replaced.*run\.{name}\.update"):
            setattr(run, name, {"lr": 0.2})
        run.log({"loss": 1.0})
    assert setpoint.load(run.id).config == {"lr": 0.1}


def test_a_misspelt_attribute_of_a_run_is_refused(store: Path) -> None:
    with setpoint.init() as run, pytest.raises(AttributeError, match="nmae"):
        run.nmae = "mine"  # type: ignore[attr-defined]


@pytest.mark.parametrize("data", [3, "loss", None, [("loss", 1)]])
def test_log_takes_a_dict_of_metrics_only(store: Path, data: Any) -> None:
    with setpoint.init() as run, pytest.raises(InvalidArgumentError, match=r"data is .*; expected a dict of metrics"):
        run.log(data)


@pytest.mark.parametrize("step", ["3", 2.5, (1,), float("nan")])
def test_a_step_is_a_whole_number(store: Path, step: Any) -> None:
    with setpoint.init() as run, pytest.raises(InvalidArgumentError, match=r"step is .*; expected a whole number"):
        run.log({"loss": 1.0}, step=step)


@pytest.mark.parametrize("step", [7, 7.0, np.int64(7), np.float32(7)])
def test_a_step_may_be_any_kind_of_whole_number(store: Path, step: Any) -> None:
    with setpoint.init() as run:
        run.log({"loss": 1.0}, step=step)
    assert list(setpoint.load(run.id).metric("loss").steps) == [7]


@pytest.mark.parametrize("name", ["project", "name", "id", "group", "job_type", "notes"])
def test_texts_about_a_run_are_texts(store: Path, name: str) -> None:
    arguments: dict[str, Any] = {name: 3}
    with pytest.raises(InvalidArgumentError, match=f"{name} is 3; expected a text"):
        setpoint.init(**arguments)


def test_an_argument_that_nobody_has_is_refused_with_the_nearest_name(store: Path) -> None:
    with pytest.raises(TypeError, match=r"init\(\) has no argument 'confg'\. Did you mean 'config'\?"):
        setpoint.init(confg={"lr": 0.1})


@pytest.mark.parametrize(
    ("name", "advice"),
    [("login", "leave the call out"), ("define_metric", "by themselves"), ("Table", "no files and no media")],
)
def test_names_of_wandbs_that_have_no_meaning_say_what_to_do(name: str, advice: str) -> None:
    with pytest.raises(AttributeError, match=advice):
        getattr(setpoint, name)


def test_any_other_name_is_said_as_python_says_it() -> None:
    with pytest.raises(AttributeError, match="module 'setpoint' has no attribute 'nope'"):
        setpoint.nope  # type: ignore[attr-defined]  # noqa: B018


def test_a_stand_in_is_warned_of_at_the_line_that_set_it(store: Path) -> None:
    line = sys._getframe().f_lineno + 2
    with setpoint.init() as run, pytest.warns(StandInWarning) as caught:
        run.config.model = object()
    assert [(Path(warning.filename).name, warning.lineno) for warning in caught] == [(Path(__file__).name, line)]


def test_a_run_to_resume_must_be_named(store: Path) -> None:
    with pytest.raises(ResumeError, match=r"^The run is not named"):
        setpoint.init(resume="must")


def test_a_folder_is_no_config_file(store: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigFileError, match="it is a folder, not a file"):
        setpoint.init(config=str(tmp_path))


def test_a_missing_file_that_a_variable_names_is_said_with_the_variable(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SETPOINT_CONFIG", "nope.yaml")
    with pytest.raises(ConfigFileError, match=r"nope\.yaml: there is no such file.*SETPOINT_CONFIG names it"):
        setpoint.init()


@pytest.mark.parametrize("url", ["s3://bucket/runs", "https://example.org", "file:///tmp/runs"])
def test_a_url_that_is_no_database_is_no_store(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidArgumentError, match=re.escape(url)):
        setpoint.init(dir=url)
    monkeypatch.setenv("SETPOINT_STORE", url)
    with pytest.raises(InvalidArgumentError, match=r"^SETPOINT_STORE is "):
        setpoint.init()
    with pytest.raises(InvalidArgumentError, match=r"^store is .*; expected a folder, or a PostgreSQL"):
        len(setpoint.runs())


def test_a_misspelt_key_is_told_of_where_nothing_else_was_read(
    store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SETPOINT_SILENT", "")
    with setpoint.init(config={"alpha": 1, "beta": 2}) as run:
        run.config.get("alhpa")
    said = capsys.readouterr().err
    assert "Set but never read: alpha (was alhpa meant?)." in said
    assert "beta" not in said
