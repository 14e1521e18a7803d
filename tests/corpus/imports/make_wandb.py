"""Writes ``wandb/``: three offline runs of W&B, one of them failed. Run with wandb installed, in this folder."""

import os
import shutil
from pathlib import Path

os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true", WANDB_DISABLE_CODE="true", WANDB_DISABLE_GIT="true")
os.environ.update(WANDB_DIR=str(Path(__file__).parent), WANDB_CONSOLE="off", WANDB__DISABLE_STATS="true")

import wandb  # reads the variables when it is imported

FOLDER = Path(__file__).parent / "wandb"


def digits() -> None:
    config = {"lr": 0.001, "optim": {"name": "adam", "betas": [0.9, 0.999]}, "epochs": 3, "amp": True, "note": None}
    tags = ["baseline", "b2"]
    run = wandb.init(
        project="digits",
        name="first",
        id="wbdigits",
        group="g1",
        job_type="train",
        tags=tags,
        notes="a note",
        config=config,
    )
    run.config["batch_size"] = 32
    run.config.update({"lr": 0.002}, allow_val_change=True)
    for step in range(3):
        run.log({"loss": 1.0 / (step + 1), "val": {"acc": 0.5 + step / 10}, "count": step, "word": "x"})
    run.summary["best"] = 0.97
    run.finish()


def failed() -> None:
    run = wandb.init(
        project="digits", name="second", id="wbfailed", config={"lr": 0.1, "api_key": "sk-not-a-real-key-0123456789"}
    )
    run.log({"loss": float("nan")}, step=10)
    run.log({"loss": float("inf")}, step=20)
    run.finish(exit_code=3)


def empty() -> None:
    wandb.init(project="other", id="wbempty").finish()


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    digits()
    failed()
    empty()
    for path in sorted(FOLDER.rglob("*"), reverse=True):
        is_kept = path.suffix == ".wandb" or path.name in ("config.yaml", "wandb-summary.json")
        if path.is_symlink() or (path.is_file() and not is_kept):
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


if __name__ == "__main__":
    main()
