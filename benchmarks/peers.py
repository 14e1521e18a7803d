"""The same runs, and the same questions about them, in setpoint and in its peers: MLflow (SQLite), Aim, Trackio.

    python benchmarks/peers.py [--runs 1000] [--peers setpoint mlflow aim trackio]

Each peer is installed into a virtual environment of its own under a temporary folder, and writes the runs through its
own interface; one that can't be installed is named and left out. Each figure is the least of three askings, in ms.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

PACKAGES = {"mlflow": ["mlflow"], "aim": ["aim"], "trackio": ["trackio"]}
QUESTIONS = (
    "write one run",
    "newest 50 of adam",
    "count adam, acc > 0.5",
    "top 50 of adam by acc",
    "one run",
    "bytes a run",
)
INSTALL_S = 600
RUN_S = 900

# What follows runs inside a peer's environment, where setpoint is not.


def flat(tree: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Return the leaves of a config by dotted key."""
    found: dict[str, Any] = {}
    for name, value in tree.items():
        found |= flat(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}": value}
    return found


def least_ms(work: Callable[[], object]) -> float:
    """Return the least time of three calls."""
    took = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return min(took) * 1000


def written(made: list[dict[str, Any]], write: Callable[[dict[str, Any]], None]) -> float:
    """Write all runs and return the mean time of one, in ms."""
    start = time.perf_counter()
    for run in made:
        write(run)
    return (time.perf_counter() - start) / len(made) * 1000


def size_of(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def ask_setpoint(folder: Path, made: list[dict[str, Any]]) -> list[float]:
    os.environ |= {
        "XDG_CACHE_HOME": str(folder / "cache"),
        "SETPOINT_STORE": str(folder / "store"),
        "SETPOINT_SILENT": "1",
    }
    import setpoint

    def write(run: dict[str, Any]) -> None:
        live = setpoint.init(project="bench", id=run["id"], config=run["config"])
        live.log(run["summary"])
        live.finish()

    each = written(made, write)
    find, adam = setpoint.runs, "optim.name == 'adam'"
    time.sleep(2.1)  # until then a day folder's time stamp proves nothing, and each question lists the day again
    list(find(limit=1))  # so that the catalog is there
    some = made[len(made) // 2]["id"]
    return [
        each,
        least_ms(lambda: list(find(adam, limit=50))),
        least_ms(lambda: len(find(f"{adam} and summary.acc > 0.5"))),
        least_ms(lambda: list(find(adam, order_by="-summary.acc", limit=50))),
        least_ms(lambda: setpoint.load(some).config),
        size_of(folder) / len(made),
    ]


def ask_mlflow(folder: Path, made: list[dict[str, Any]]) -> list[float]:
    import mlflow
    from mlflow.entities import Metric, Param

    client: Any = mlflow.MlflowClient(f"sqlite:///{folder}/mlflow.db")
    project = client.create_experiment("bench")
    ids: list[str] = []

    def write(run: dict[str, Any]) -> None:
        ids.append(client.create_run(project).info.run_id)
        now = int(time.time() * 1000)
        metrics = [Metric(name, value, now, 0) for name, value in run["summary"].items()]
        client.log_batch(ids[-1], metrics, [Param(key, str(value)) for key, value in flat(run["config"]).items()])
        client.set_terminated(ids[-1])

    each = written(made, write)
    adam = "params.`optim.name` = 'adam'"

    def count() -> int:
        found, token = 0, None
        while True:
            page = client.search_runs([project], f"{adam} and metrics.acc > 0.5", max_results=50_000, page_token=token)
            found, token = found + len(page), page.token
            if not token:
                return found

    return [
        each,
        least_ms(lambda: client.search_runs([project], adam, max_results=50)),
        least_ms(count),
        least_ms(lambda: client.search_runs([project], adam, max_results=50, order_by=["metrics.acc DESC"])),
        least_ms(lambda: client.get_run(ids[len(ids) // 2])),
        size_of(folder) / len(made),
    ]


def ask_aim(folder: Path, made: list[dict[str, Any]]) -> list[float]:
    import aim

    hashes: list[str] = []

    def write(run: dict[str, Any]) -> None:
        live = aim.Run(repo=str(folder), experiment="bench", system_tracking_interval=None, capture_terminal_logs=False)
        live["hparams"] = run["config"]
        live["summary"] = run["summary"]
        hashes.append(live.hash)
        live.close()

    each = written(made, write)
    # Runs can be found once they are in Aim's index, which its server fills by and by; this fills it at once.
    reindex = [str(Path(sys.executable).with_name("aim")), "storage", "--repo", str(folder), "reindex"]
    subprocess.run(reindex, input="y\n", text=True, check=True, capture_output=True)
    repo: Any = aim.Repo(str(folder))
    adam = "run.hparams.optim.name == 'adam'"

    def found(query: str) -> Iterable[Any]:
        return (item.run for item in repo.query_runs(query, report_mode=0).iter_runs())

    def newest() -> list[Any]:
        return [run for run, _ in zip(found(adam), range(50), strict=False)]

    return [
        each,
        least_ms(newest),
        least_ms(lambda: sum(1 for _ in found(f"{adam} and run.summary.acc > 0.5"))),
        least_ms(lambda: sorted(found(adam), key=lambda run: -run["summary", "acc"])[:50]),
        least_ms(lambda: [run["hparams"] for run in found(f"run.hash == '{hashes[len(hashes) // 2]}'")]),
        size_of(folder) / len(made),
    ]


def ask_trackio(folder: Path, made: list[dict[str, Any]]) -> list[float]:
    os.environ |= {"TRACKIO_DIR": str(folder), "TRACKIO_AUTO_OPEN_DASHBOARD": "0"}
    from trackio.sqlite_storage import SQLiteStorage

    storage: Any = SQLiteStorage

    def write(run: dict[str, Any]) -> None:
        storage.bulk_log("bench", run["id"], [run["summary"]], config=run["config"])

    each = written(made, write)

    def adams() -> list[tuple[str, float]]:
        configs = storage.get_all_run_configs("bench")
        ids = [name for name, config in configs.items() if config["optim"]["name"] == "adam"]
        return [(name, storage.get_logs("bench", name)[-1]["acc"]) for name in ids]

    def newest() -> list[str]:
        configs = storage.get_all_run_configs("bench")
        return sorted((name for name, config in configs.items() if config["optim"]["name"] == "adam"), reverse=True)[
            :50
        ]

    some = made[len(made) // 2]["id"]
    return [
        each,
        least_ms(newest),
        least_ms(lambda: sum(acc > 0.5 for _, acc in adams())),
        least_ms(lambda: sorted(adams(), key=lambda pair: -pair[1])[:50]),
        least_ms(lambda: storage.get_run_config("bench", some)),
        size_of(folder) / len(made),
    ]


def inside(peer: str, folder: Path, source: Path) -> None:
    """Ask one peer, in this interpreter, and print its figures as JSON."""
    made = [json.loads(line) for line in source.read_text().splitlines()]
    folder.mkdir(parents=True)
    ask = {"setpoint": ask_setpoint, "mlflow": ask_mlflow, "aim": ask_aim, "trackio": ask_trackio}[peer]
    print("\n" + json.dumps(ask(folder, made)))


# What follows runs outside.


def make_runs(path: Path, count: int, seed: int = 7) -> None:
    """Write the runs that all of them get, one a line."""
    import random

    from query import config, summary

    rng = random.Random(seed)
    with path.open("w") as file:
        for at in range(count):
            file.write(json.dumps({"id": f"{at:09d}", "config": config(rng), "summary": summary(rng)}) + "\n")


def interpreter(peer: str, work: Path) -> str | None:
    """Return the interpreter of a peer's own environment; None where it can't be installed."""
    if peer == "setpoint":
        return sys.executable
    folder = work / f"venv-{peer}"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = str(folder / "bin" / "python")
    try:
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES[peer]], check=True, timeout=INSTALL_S)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        print(f"{peer}: left out, it can't be installed ({type(error).__name__})")
        return None
    return python


def asked(peer: str, work: Path, source: Path) -> list[float] | None:
    """Return a peer's figures; None where it could not answer."""
    python = interpreter(peer, work)
    if python is None:
        return None
    command = [python, __file__, "--inside", peer, str(work / peer), str(source)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_S, check=True)
    except subprocess.TimeoutExpired:
        print(f"{peer}: left out, it took longer than {RUN_S} s")
        return None
    except subprocess.CalledProcessError as error:
        print(f"{peer}: left out, it failed: {' | '.join(error.stderr.strip().splitlines()[-3:])}")
        return None
    figures: list[float] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--peers", nargs="+", default=["setpoint", *PACKAGES])
    parser.add_argument("--inside", nargs=3, metavar=("PEER", "FOLDER", "SOURCE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        peer, folder, source = arguments.inside
        inside(peer, Path(folder), Path(source))
        return
    with tempfile.TemporaryDirectory(prefix="setpoint-peers-") as name:
        work = Path(name)
        make_runs(work / "runs.jsonl", arguments.runs)
        found = {peer: asked(peer, work, work / "runs.jsonl") for peer in arguments.peers}
    answered = {peer: figures for peer, figures in found.items() if figures is not None}
    print(f"\n{arguments.runs:,} runs, ms" + "".join(f"{peer:>12}" for peer in answered))
    for at, question in enumerate(QUESTIONS):
        print(f"{question:24}" + "".join(f"{figures[at]:12,.1f}" for figures in answered.values()))


if __name__ == "__main__":
    main()
