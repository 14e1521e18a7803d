"""Writes ``sacred/``: three runs of Sacred's file observer, one of them failed. Run with sacred installed."""

import contextlib
import shutil
from pathlib import Path

from sacred import Experiment
from sacred.observers import FileStorageObserver

FOLDER = Path(__file__).parent / "sacred"
ex = Experiment("digits", save_git_info=False)
ex.captured_out_filter = lambda text: text


@ex.config
def config():
    lr = 0.001  # noqa: F841  # Sacred takes the local variables
    optim = {"name": "adam", "betas": (0.9, 0.999)}  # noqa: F841
    layers = [64, 64]  # noqa: F841


@ex.main
def train(_run, lr, layers):
    for step in range(3):
        _run.log_scalar("loss", 1.0 / (step + 1), step)
        _run.log_scalar("acc", 0.5 + step / 10)
    _run.info["best"] = 0.7
    if lr > 1:
        raise ValueError("lr is too large")
    return 0.9


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    ex.observers.append(FileStorageObserver(FOLDER, copy_sources=False))
    ex.run(options={"--capture": "no"})
    ex.run(config_updates={"optim": {"name": "sgd"}}, options={"--capture": "no", "--comment": "second"})
    with contextlib.suppress(ValueError):
        ex.run(config_updates={"lr": 2.0}, options={"--capture": "no"})
    for path in FOLDER.rglob("cout.txt"):
        path.unlink()


if __name__ == "__main__":
    main()
