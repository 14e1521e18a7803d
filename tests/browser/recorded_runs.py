"""Stores to look at in a browser: ``python recorded_runs.py KIND STORE``, in a process that may die in the middle."""

import os
import signal
import subprocess
import sys
import time
import zlib
from itertools import groupby
from pathlib import Path
from random import Random

import msgspec
from payloads import payloads

import setpoint
from setpoint._journal import pack
from setpoint._journal.reader import find_runs

OPTIMIZERS = ("adam", "sgd", "lion")
RATES = (0.001, 0.003, 0.01, 0.03)
SWEEP = 24
HOSTILE_TOGETHER = 26
MANY = 100_000
SECRET = "hf_" + "a1B2c3D4e5" * 3 + "f6G7"
START_NS = 1_700_000_000_000_000_000


def sweep(store: Path) -> None:
    """Record runs of one shape, with results that follow from their params."""
    for at in range(SWEEP):
        optim = {"name": OPTIMIZERS[at % 3], "lr": RATES[at % 4], "betas": [0.9, 0.99 + at % 2 / 1000]}
        config = {
            "optim": optim,
            "model": {"hidden": [64, 32][: 1 + at % 2], "depth": 2 + at % 5},
            "seed": at,
            "epochs": 5,
        }
        tags = ["baseline"] if at % 6 == 0 else []
        with setpoint.init(
            id=f"sweep-{at:02d}", name=f"calm-river-{at}", project="digits", tags=tags, config=config, dir=store
        ) as run:
            for step in range(40):
                run.log({"loss": 1 / (step + 1) + at / 100, "val.acc": step / (40 + at)}, step=step)
            run.summary["acc"] = 0.9 + at / 1000


def shapes(store: Path) -> None:
    """Record runs that differ in kind from any other: odd values, changes, an error."""
    odd = {"nothing": None, "text": "", "nan": float("nan"), "inf": float("inf"), "big": 2**70, "whole": 4.0,
           "api_key": SECRET, "schedule": [{"name": "warm", "steps": 10}, {"name": "cool", "steps": 90}]}  # fmt: skip
    with setpoint.init(id="odd-values", name="odd-values", project="shapes", config=odd, dir=store, notes="Odd ones"):
        pass
    with setpoint.init(id="with-history", name="with-history", project="shapes", config={"lr": 0.1}, dir=store) as run:
        for lr in (0.05, 0.02, 0.01):
            run.config.update({"lr": lr}, allow_val_change=True)
        run.log({"loss": 0.5})
    try:
        with setpoint.init(id="failed-run", name="failed-run", project="shapes", config={"lr": 9.0}, dir=store):
            raise ValueError("loss is nan at step 3")
    except ValueError:
        pass
    with setpoint.init(id="damaged-run", name="damaged-run", project="shapes", config={"lr": 0.1}, dir=store) as run:
        for step in range(20):
            run.log({"loss": 1 / (step + 1)}, step=step)
    damage(next(folder for folder in find_runs(store) if folder.name == "damaged-run"))


def damage(folder: Path) -> None:
    """Flip a byte of one of the later records."""
    segment = next(folder.glob("*.jsonl"))
    lines = segment.read_bytes().splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if b'"loss"' in line and number > 3)
    lines[at] = lines[at].replace(b'"loss"', b'"lOss"')
    segment.write_bytes(b"".join(lines))


def crash(store: Path) -> None:
    """Record a run whose process is killed."""
    run = setpoint.init(id="crashed-run", name="crashed-run", project="shapes", config={"lr": 0.2}, dir=store)
    run.log({"loss": 0.7})
    os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)


def usual(store: Path) -> None:
    """Record about thirty runs of all shapes."""
    sweep(store)
    shapes(store)
    subprocess.run([sys.executable, __file__, "crash", str(store)], check=False)


def live(store: Path) -> None:
    """Record a run as its starter tells by lines: a number is logged, an end of input finishes it."""
    id = sys.stdin.readline().strip()
    with setpoint.init(id=id, name=id, project="live", config={"lr": 0.1}, dir=store) as run:
        print("begun", flush=True)
        for step, line in enumerate(sys.stdin):
            run.log({"loss": float(line)}, step=step)


def hostile(store: Path) -> None:
    """Record every payload as key, value, list item, name, project, tag, note, file name, error, metric and writer."""
    texts = payloads()
    for at, start in enumerate(range(0, len(texts), HOSTILE_TOGETHER)):
        some = texts[start : start + HOSTILE_TOGETHER]
        together = " ".join(some)
        config = {text or "empty": text for text in some}
        refused = '/<>:"|?*\\' if os.name == "nt" else "/"
        file = store.parent / f"{together.translate(dict.fromkeys(map(ord, refused), '_'))[:120]}.json"
        file.write_bytes(msgspec.json.encode({f"file {at}": {text: text for text in some}}))
        try:
            with setpoint.init(
                id=f"hostile-{at}", name=together, project=together, group=together, job_type=together, tags=some,
                notes=together, config=config, dir=store,
            ) as run:  # fmt: skip
                run.config.update(str(file))
                run.config["values"] = list(some)
                run.config.update({"values": some[::-1]}, allow_val_change=True)
                for step in range(3):
                    run.log(dict.fromkeys(some, step / 10), step=step)
                run.summary["said"] = together
                raise ValueError(together)
        except ValueError:
            pass


def many(store: Path) -> None:
    """Write a hundred thousand finished runs straight into packs, as old days are kept."""
    for day, found in groupby(packed_runs(), key=lambda item: item[0]):
        folder = store / "runs" / day
        folder.mkdir(parents=True)
        pack.write_pack(folder, [line for _, line in found])
        then = time.time() - 3600
        os.utime(folder, (then, then))


def packed_runs():
    rng = Random(7)
    details = zlib.compress(
        msgspec.msgpack.encode({
            "held": {}, "changes": [], "stats": {}, "environment": {}, "unused": {}, "disagreements": [],
            "writers": [], "damages": [], "files": {},
        })
    )  # fmt: skip
    for at in range(MANY):
        created = START_NS + at * 30_000_000_000
        run = pack.PackedRun(
            v=1, id=f"{at:06d}-many", name=f"calm-river-{at}", project="many", group="", job_type="",
            status="finished" if at % 10 else "failed", created_ns=created, finished_ns=created + 10**10,
            host=f"node{at % 8}", user="ada", commit="", notes="", error="", exit_code=0, damage=0, lost=0, unknown=0,
            tags=[], changed=[],
            config={
                "optim": {"name": OPTIMIZERS[at % 3], "lr": 10 ** rng.uniform(-5, -1)}, "depth": at % 46, "seed": at,
            },
            summary={"acc": rng.random(), "loss": rng.expovariate(1)}, details=details, metrics={},
        )  # fmt: skip
        payload = msgspec.json.encode(run)
        yield time.strftime("%Y-%m-%d", time.gmtime(created // 10**9)), b"%08x %b\n" % (zlib.crc32(payload), payload)


if __name__ == "__main__":
    {"usual": usual, "hostile": hostile, "many": many, "crash": crash, "live": live}[sys.argv[1]](Path(sys.argv[2]))
