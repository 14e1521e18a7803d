"""A small store of real runs, and the command line run on it within this process."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

import pytest

SCRIPT = dedent(
    """
    import argparse, math, setpoint

    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=0.1, help="learning rate")
    parser.add_argument("--family", default="mlp")
    parser.add_argument("--seed", type=int, default=0)

    with setpoint.init(project="digits", config=parser, tags=["demo"]) as run:
        config = run.config
        config.model = {"hidden": [128, 64], "act": "relu", "betas": (0.9, 0.99)}
        if config.family == "svm":
            config.model.C = 10.0
            config.aug = [{"name": "mixup", "alpha": 0.2}, {"name": "cut"}]
        config.warmup = 100
        for step in range(3):
            run.log({"loss": math.exp(-config.lr * step), "acc": 1 - math.exp(-config.lr * step - 1)}, step=step)
        config.update({"warmup": 50}, allow_val_change=True)
        run.summary["note"] = "ok"
    """
)
RUNS = {
    "one": "--lr 0.1",
    "two": "--lr 0.02",
    "three": "--lr 0.02 --seed 1",
    "four": "--family svm",
}


class Said(NamedTuple):
    """What a command line ended with."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


def make_store(folder: Path) -> Path:
    """Run a real script four times and return the store."""
    (folder / "train.py").write_text(SCRIPT, encoding="utf-8")
    store = folder / "store"
    for run_id, flags in RUNS.items():
        named = {"SETPOINT_RUN_ID": run_id, "SETPOINT_NAME": f"name-{run_id}"}
        environ = {**os.environ, "SETPOINT_STORE": str(store), "SETPOINT_SILENT": "1", **named}
        subprocess.run([sys.executable, "train.py", *flags.split()], cwd=folder, env=environ, check=True, timeout=60)
    return store


class CommandLine:
    """Runs command lines on one store within this process."""

    def __init__(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.store, self._capsys = store, capsys

    def __call__(self, *arguments: str) -> Said:
        from setpoint import _cli

        self._capsys.readouterr()
        code = _cli.run(["--store", str(self.store), *arguments])
        out, err = self._capsys.readouterr()
        return Said(code, out, err)

    def lines(self, *arguments: str) -> Sequence[str]:
        """Return the lines of a command that must end well."""
        said = self(*arguments)
        assert said.code == 0, said
        return said.out.splitlines()
