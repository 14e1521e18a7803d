"""Writes ``trackio/``: the SQLite file of a project of Trackio. Run with trackio installed."""

import os
import shutil
import sqlite3
from pathlib import Path

FOLDER = Path(__file__).parent / "trackio"
os.environ["TRACKIO_DIR"] = str(FOLDER)
os.environ["HF_HUB_OFFLINE"] = "1"

import trackio  # noqa: E402  # reads the variables when it is imported


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    trackio.init(project="digits", name="first", config={"lr": 0.001, "optim": {"name": "adam"}, "layers": [64, 64]})
    for step in range(3):
        trackio.log({"loss": 1.0 / (step + 1), "val/acc": 0.5 + step / 10, "word": "x"})
    trackio.log({"odd": float("nan")})
    trackio.finish()
    trackio.init(project="digits", name="second", config={"lr": 0.1})
    trackio.log({"loss": 3.0}, step=7)
    trackio.finish()
    (FOLDER / "digits.lock").unlink(missing_ok=True)
    with sqlite3.connect(FOLDER / "digits.db") as connection:
        # The file is small then: its pages are mostly empty.
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA page_size = 512")
        connection.execute("VACUUM")


if __name__ == "__main__":
    main()
