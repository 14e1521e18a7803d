"""Files that the real tools wrote (``tests/corpus/imports/make_*.py``) come in as what the tools recorded."""

import shutil
import sqlite3
from datetime import UTC, datetime
from math import inf, isnan
from pathlib import Path

import pytest
from import_places import CORPUS, by_name, imported, points

from setpoint._core.values import Redacted
from setpoint._query.imports import FORMATS, Source, import_runs, recognised
from setpoint._query.runs import runs

LOSSES = [(0, 1.0), (1, 0.5), (2, 1 / 3)]
SOURCES = {
    "wandb": "wandb",
    "mlruns": "mlflow",
    "mlflow.db": "mlflow",
    "sacred": "sacred",
    "hydra": "hydra",
    "trackio": "trackio",
    "trackio/digits.db": "trackio",
    "tensorboard": "tensorboard",
}


@pytest.mark.parametrize(("name", "form"), SOURCES.items())
def test_format_is_recognised_by_itself(name: str, form: str) -> None:
    assert recognised(CORPUS / name) == [form]


@pytest.mark.parametrize("name", SOURCES)
def test_second_import_adds_nothing(name: str, store: Path) -> None:
    first = imported(CORPUS / name, store)
    before = {path: path.read_bytes() for path in store.rglob("*.pack")}
    again = imported(CORPUS / name, store)
    assert (first.added, first.found) == (first.found, len(runs(store=store)))
    assert (again.added, again.replaced, again.unchanged) == (0, 0, first.found)
    assert {path: path.read_bytes() for path in store.rglob("*.pack")} == before


@pytest.mark.parametrize("name", SOURCES)
def test_import_leaves_the_source_as_it_is(name: str, store: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    copy = source / Path(name).name
    shutil.copytree(CORPUS / name, copy) if (CORPUS / name).is_dir() else shutil.copyfile(CORPUS / name, copy)
    before = {path: path.stat().st_mtime_ns for path in source.rglob("*")}
    imported(copy, store)
    assert {path: path.stat().st_mtime_ns for path in source.rglob("*")} == before


@pytest.mark.parametrize("name", SOURCES)
def test_origin_names_the_tool_and_every_leaf_has_one(name: str, store: Path) -> None:
    imported(CORPUS / name, store)
    for run in runs(store=store):
        for key, value in run.config.items():
            change = next(change for change in run.changes() if change.key == key or change.key == f'"{key}"')
            assert change.value == value
            assert str(run.origin(change.key)) == f"import {SOURCES[name]}" or SOURCES[name] == "hydra"


def test_wandb_run_comes_with_config_metrics_and_facts(store: Path) -> None:
    imported(CORPUS / "wandb", store)
    run = by_name(store)["first"]
    assert run.config == {
        "lr": 0.002,
        "optim": {"name": "adam", "betas": [0.9, 0.999]},
        "epochs": 3,
        "amp": True,
        "note": None,
        "batch_size": 32,
    }
    assert type(run.config["epochs"]) is int
    assert (run.project, run.group, run.job_type, run.tags, run.notes) == (
        "digits",
        "g1",
        "train",
        ["baseline", "b2"],
        "a note",
    )
    assert (run.status, run.exit_code) == ("finished", 0)
    assert run.summary == {"loss": 1 / 3, "val": {"acc": 0.7}, "count": 2, "word": "x", "best": 0.97}
    assert points(run, "loss") == LOSSES
    assert points(run, "val.acc") == [(0, 0.5), (1, 0.6), (2, 0.7)]
    assert run.created.date() == datetime(2026, 11, 24).date()
    assert run.environment["argv"] == ["/home/someone/project/make_wandb.py"]


def test_wandb_run_that_failed_says_so_and_its_secret_stays_out(store: Path) -> None:
    imported(CORPUS / "wandb", store)
    run = by_name(store)["second"]
    assert (run.status, run.exit_code) == ("failed", 3)
    assert isnan(points(run, "loss")[0][1])
    assert points(run, "loss")[1] == (20, inf)
    assert run.summary == {"loss": inf}
    assert isinstance(run.config["api_key"], Redacted)
    assert not [path for path in store.rglob("*") if path.is_file() and b"not-a-real-key" in path.read_bytes()]


def test_wandb_yaml_and_summary_stand_in_where_the_record_file_is_missing(store: Path, tmp_path: Path) -> None:
    files = tmp_path / "wandb" / "run-20240102_030405-abc123" / "files"
    files.mkdir(parents=True)
    (files / "config.yaml").write_text(
        "wandb_version: 1\n_wandb:\n  value: {cli_version: 1}\nlr:\n  desc: null\n  value: 0.1\n"
    )
    (files / "wandb-summary.json").write_text('{"acc": 0.5, "_runtime": 3, "loss": "NaN"}')
    imported(tmp_path, store)
    (run,) = runs(store=store)
    assert run.config == {"lr": 0.1}
    assert run.summary["acc"] == 0.5
    assert isnan(run.summary["loss"])
    assert run.status == "unknown"


@pytest.mark.parametrize("name", ["mlruns", "mlflow.db"])
def test_mlflow_params_stay_texts_unless_asked(name: str, store: Path, tmp_path: Path) -> None:
    imported(CORPUS / name, store)
    imported(CORPUS / name, tmp_path / "parsed", parses_params=True)
    texts, values = by_name(store)["first"], by_name(tmp_path / "parsed")["first"]
    assert texts.config == {
        "lr": "0.001",
        "optim.name": "adam",
        "layers": "[64, 64]",
        "amp": "True",
        "data/name": "digits",
    }
    assert values.config == {"lr": 0.001, "optim.name": "adam", "layers": [64, 64], "amp": True, "data/name": "digits"}


@pytest.mark.parametrize("name", ["mlruns", "mlflow.db"])
def test_mlflow_run_comes_with_metrics_and_facts_and_deleted_ones_do_not(name: str, store: Path) -> None:
    imported(CORPUS / name, store)
    found = by_name(store)
    run = found["first"]
    assert sorted(found) == ["first", "second"]
    assert (run.project, run.tags, run.notes, run.status) == ("digits", ["team=vision"], "a note", "finished")
    assert run.environment["user"] == "someone"
    assert points(run, "loss") == [(0, 1.0), (1, 0.5), (2, 1 / 3), (3, 0.25)]
    assert points(run, "val/acc")[-1] == (3, 0.8)
    assert isnan(points(run, "odd")[0][1])
    assert run.finished is not None
    assert found["second"].status == "failed"
    assert isinstance(found["second"].config["password"], Redacted)


def test_one_experiment_or_run_of_an_mlflow_store_can_be_named(store: Path) -> None:
    experiment = next(path for path in (CORPUS / "mlruns").iterdir() if path.is_dir())
    one = next(path for path in experiment.iterdir() if (path / "params" / "amp").exists())
    assert imported(one, store).found == 1
    assert imported(experiment, store).unchanged == 1


def test_database_with_a_write_ahead_log_is_read_whole(store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "digits.db"
    shutil.copyfile(CORPUS / "trackio" / "digits.db", copy)
    with sqlite3.connect(copy) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE metrics SET step = 8 WHERE step = 7")
        writer.commit()
        assert (tmp_path / "digits.db-wal").stat().st_size
        imported(copy, store)
    writer.close()
    assert points(by_name(store)["second"], "loss") == [(8, 3.0)]


def test_trackio_run_comes_with_config_and_metrics(store: Path) -> None:
    imported(CORPUS / "trackio", store)
    run = by_name(store)["first"]
    assert run.config == {"lr": 0.001, "optim": {"name": "adam"}, "layers": [64, 64]}
    assert run.project == "digits"
    assert points(run, "loss") == LOSSES
    assert run.summary["word"] == "x"
    assert isnan(run.summary["odd"])
    assert (run.status, run.finished) == ("unknown", None)


def test_tensorboard_scalars_and_hparams_of_both_kinds_come_in(store: Path) -> None:
    imported(CORPUS / "tensorboard", store)
    found = by_name(store)
    torch, keras = found["torch"], found["tf/train"]
    assert torch.config == {"lr": 0.125, "name": "adam", "amp": True, "layers": 3.0}
    assert points(torch, "loss")[:2] == LOSSES[:2]
    assert points(torch, "hparam/acc") == [(0, 0.75)]
    assert keras.config == {"lr": 0.01, "units": 64.0, "optimizer": "sgd", "bias": False}
    assert points(keras, "epoch_loss")[:2] == [(0, 0.5), (1, 0.25)]
    assert (keras.status, keras.created) == ("finished", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC))


def test_sacred_run_comes_with_config_metrics_and_error(store: Path) -> None:
    imported(CORPUS / "sacred", store)
    found = by_name(store)
    assert found["1"].config | {"seed": 0} == {
        "lr": 0.001,
        "optim": {"name": "adam", "betas": [0.9, 0.999]},
        "layers": [64, 64],
        "seed": 0,
    }
    assert found["1"].summary == {"best": 0.7, "result": 0.9, "acc": 0.7, "loss": 1 / 3}
    assert points(found["1"], "loss") == LOSSES
    assert (found["2"].notes, found["2"].status) == ("second", "finished")
    assert (found["3"].status, found["3"].error) == ("failed", "ValueError: lr is too large")


def test_hydra_folder_tells_what_was_typed(store: Path) -> None:
    imported(CORPUS / "hydra", store)
    run = next(run for run in runs(store=store) if "extra" in run.config)
    assert run.config == {
        "optim": {"name": "adam", "lr": 0.01},
        "epochs": 3,
        "seed": 1,
        "rate": "${optim.lr}",
        "layers": [64, 64],
        "extra": {"tag": "x"},
    }
    origins = {key: str(run.origin(key)) for key in ("optim.lr", "extra.tag", "epochs", "layers[1]")}
    assert origins == {
        "optim.lr": "optim.lr",
        "extra.tag": "+extra.tag",
        "epochs": "import hydra",
        "layers[1]": "import hydra",
    }
    assert (run.job_type, run.status) == ("train", "unknown")


def test_jobs_of_a_hydra_multirun_are_a_group(store: Path) -> None:
    imported(CORPUS / "hydra", store)
    jobs = [run for run in runs(store=store) if run.group]
    assert sorted(run.config["seed"] for run in jobs) == [1, 2]
    assert len({run.group for run in jobs}) == 1
    assert {str(run.origin("seed")) for run in jobs} == {"seed"}


def test_run_that_grew_takes_the_place_of_its_former_self(store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "mlruns"
    shutil.copytree(CORPUS / "mlruns", copy)
    imported(copy, store)
    before = by_name(store)["first"].id
    metric = next(copy.rglob("metrics/loss"))
    with metric.open("a") as file:
        file.write("1795537618966 0.125 4\n")
    report = imported(copy, store)
    run = by_name(store)["first"]
    assert (report.replaced, report.unchanged, report.added) == (1, 1, 0)
    assert run.id == before
    assert points(run, "loss")[-1] == (4, 0.125)
    assert len(runs(store=store)) == 2
    assert len(list(store.rglob("*.pack"))) == 1


def test_project_may_be_named_and_dry_run_writes_nothing(store: Path) -> None:
    assert imported(CORPUS / "wandb", store, is_dry=True).added == 3
    assert not list(store.rglob("*.pack"))
    imported(CORPUS / "wandb", store, project="mine")
    assert {run.project for run in runs(store=store)} == {"mine"}


def test_links_out_of_the_folder_are_not_followed(store: Path, tmp_path: Path) -> None:
    outside, given = tmp_path / "outside", tmp_path / "given"
    shutil.copytree(CORPUS / "sacred", outside)
    given.mkdir()
    (given / "sacred").symlink_to(outside, target_is_directory=True)
    shutil.copytree(outside / "1", given / "1")
    (given / "1" / "info.json").unlink()
    (given / "1" / "info.json").symlink_to(outside / "1" / "info.json")
    problems: list[str] = []
    report = import_runs(Source(str(given)), store, refuse=problems.append)
    assert report.found == 1
    assert "best" not in next(iter(runs(store=store))).summary


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("mlflow.db", lambda path: path.write_bytes(path.read_bytes()[:20_000] + b"\xff" * 20_000)),
        ("sacred", lambda path: (path / "2" / "run.json").write_text("{")),
        ("hydra", lambda path: next(path.rglob("config.yaml")).write_text("a: [")),
        ("mlruns", lambda path: next(path.rglob("metrics/loss")).write_text("x y z\n1 2 3\n")),
    ],
)
def test_damaged_file_gives_what_is_readable_and_says_what_is_not(name, damage, store: Path, tmp_path: Path) -> None:
    copy = tmp_path / name
    shutil.copytree(CORPUS / name, copy) if (CORPUS / name).is_dir() else shutil.copyfile(CORPUS / name, copy)
    damage(copy)
    problems: list[str] = []
    report = import_runs(Source(str(copy), SOURCES[name]), store, refuse=problems.append)
    assert problems
    assert all("\n" not in problem and str(copy) in problem for problem in problems)
    assert report.found == len(runs(store=store))


def test_every_format_has_a_module() -> None:
    from setpoint._cli.import_ import _FORMATS

    assert tuple(FORMATS) == _FORMATS
