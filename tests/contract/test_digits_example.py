"""The example in examples/digits is documentation: it runs as written, and says what it says it records."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import setpoint

DIGITS = Path(__file__).parents[2] / "examples" / "digits"


def trained(store: Path, folder: Path, *flags: str) -> Any:
    here = folder / "digits"
    shutil.copytree(DIGITS, here, ignore=shutil.ignore_patterns(".setpoint", "__pycache__"))
    subprocess.run([sys.executable, "train.py", *flags], cwd=here, check=True, timeout=120)
    (run,) = setpoint.runs(project="digits", store=str(store))
    return run


@pytest.mark.parametrize(
    ("family", "params"),
    [
        ("linear", {"lr": 0.01, "l2": 1e-4, "epochs": 2}),
        ("svm", {"kernel": "poly", "C": 1.0, "gamma": 0.02}),
        ("forest", {"trees": 10, "depth": 3}),
        ("mlp", {"hidden": [16], "lr": 0.002, "batch_size": 64, "epochs": 2}),
    ],
)
def test_every_family_trains_and_is_recorded(family: str, params: dict[str, Any], store: Path, tmp_path: Path) -> None:
    typed = {
        "linear": "lr=0.01 epochs=2",
        "svm": "kernel=poly",
        "forest": "trees=10 depth=3",
        "mlp": "hidden=[16] epochs=2",
    }
    run = trained(store, tmp_path, "--family", family, "--set", *typed[family].split())
    assert run.status == "finished"
    assert run.config == {"family": family, "seed": 0, "data": {"validation": 0.25, "noise": 0.5}, "model": params}
    assert 0.1 < run.summary["acc"] <= 1
    assert run.unused == {}


def test_origins_tell_file_flag_and_default(store: Path, tmp_path: Path) -> None:
    run = trained(store, tmp_path, "--family", "svm")
    origins = {key: str(run.origin(key)) for key in ("data.noise", "family", "seed", "model.C")}
    assert origins == {
        "data.noise": "config-defaults.yaml:4",
        "family": "--family",
        "seed": "default of --seed",
        "model.C": "models/svm.yaml:3",
    }
