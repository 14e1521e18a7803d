"""Writes ``mlruns/`` and ``mlflow.db``: the same runs in MLflow's file store and in SQLite. Run with mlflow installed.

MLflow 3.7 and later refuse to write a file store unless MLFLOW_ALLOW_FILE_STORE is set.
"""

import os
import shutil
import sqlite3
from pathlib import Path

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"

import mlflow  # reads the variables when it is imported

HERE = Path(__file__).parent


def write_runs(uri: str, artifacts: str) -> None:
    mlflow.set_tracking_uri(uri)
    experiment = mlflow.create_experiment("digits", artifact_location=artifacts)
    with mlflow.start_run(experiment_id=experiment, run_name="first", description="a note", tags={"team": "vision"}):
        mlflow.log_params({"lr": 0.001, "optim.name": "adam", "layers": [64, 64], "amp": True, "data/name": "digits"})
        for step in range(4):
            mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
            mlflow.log_metric("val/acc", 0.5 + step / 10, step=step)
        mlflow.log_metric("odd", float("nan"), step=0)
        mlflow.log_metric("odd", float("inf"), step=1)
    with mlflow.start_run(experiment_id=experiment, run_name="second"):
        mlflow.log_params({"lr": 0.1, "password": "correct horse battery"})
        mlflow.end_run("FAILED")
    gone = mlflow.start_run(experiment_id=experiment, run_name="gone")
    mlflow.end_run("KILLED")
    mlflow.delete_run(gone.info.run_id)


def main() -> None:
    os.environ["USER"] = os.environ["LOGNAME"] = "someone"
    shutil.rmtree(HERE / "mlruns", ignore_errors=True)
    (HERE / "mlflow.db").unlink(missing_ok=True)
    write_runs((HERE / "mlruns").as_uri(), "artifacts")
    shutil.rmtree(HERE / "mlruns" / "0")
    write_runs(f"sqlite:///{HERE / 'mlflow.db'}", "artifacts")
    shrink(HERE / "mlflow.db")


def shrink(path: Path) -> None:
    """Make the file small: its pages are mostly empty."""
    with sqlite3.connect(path) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall():
            connection.execute(f'DROP INDEX "{name}"')
        connection.commit()
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA page_size = 512")
        connection.execute("VACUUM")


if __name__ == "__main__":
    main()
