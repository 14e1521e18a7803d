"""Every documented idiom of W&B's Config runs as written with ``import setpoint as wandb``, and is recorded."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import setpoint

IDIOMS = Path(__file__).parents[2] / "examples" / "wandb-idioms"


def recorded_run(store: Path, folder: Path, *command: str) -> Any:
    """Run an idiom in a copy of its folder, with warnings as errors, and read back the one run it recorded."""
    here = folder / "here"
    shutil.copytree((IDIOMS / command[0]).parent, here)
    script = Path(command[0]).name
    subprocess.run([sys.executable, "-W", "error", script, *command[1:]], cwd=here, check=True, timeout=60)
    (run,) = setpoint.runs(store=str(store))
    assert run.status == "finished"
    return run


@pytest.mark.parametrize(
    ("command", "config"),
    [
        (["basic.py"], {"epochs": 4}),
        (["init_with_dict.py"], {"epochs": 4, "batch_size": 32}),
        (["nested.py"], {"train": {"epochs": 4}}),
        (["absl_flags.py"], {"model": None}),
        (["absl_flags.py", "--model=resnet"], {"model": "resnet"}),
        (["argparse_flags.py"], {"epochs": 4, "batch_size": 8}),
        (["argparse_flags.py", "--batch-size", "64"], {"epochs": 4, "batch_size": 64}),
        (["tensorflow_flags.py"], {"data_dir": "/tmp/data", "batch_size": 128}),
        (["tensorflow_flags.py", "--batch_size=64"], {"data_dir": "/tmp/data", "batch_size": 64}),
        (["config_defaults/train.py"], {"epochs": 100, "batch_size": 32}),
        (["config_file/train.py"], {"epochs": 4, "optimizer": {"name": "adam", "lr": 0.001}}),
    ],
    ids=" ".join,
)
def test_idiom_is_recorded(command: list[str], config: dict[str, Any], store: Path, tmp_path: Path) -> None:
    run = recorded_run(store, tmp_path, *command)
    assert run.config == config


def test_metrics_of_an_idiom_are_recorded(store: Path, tmp_path: Path) -> None:
    run = recorded_run(store, tmp_path, "basic.py")
    assert list(run.metric("loss").values) == [1, 1 / 2, 1 / 3, 1 / 4]


def test_origin_of_an_assignment_is_its_line(store: Path, tmp_path: Path) -> None:
    run = recorded_run(store, tmp_path, "basic.py")
    line = 1 + (IDIOMS / "basic.py").read_text().splitlines().index("wandb.config.epochs = 4")
    assert str(run.origin("epochs")).endswith(f"basic.py:{line}")


def test_origin_of_a_files_value_is_its_line(store: Path, tmp_path: Path) -> None:
    run = recorded_run(store, tmp_path, "config_file/train.py")
    assert str(run.origin("optimizer.lr")).endswith("my_config_file.yaml:4")
