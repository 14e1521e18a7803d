"""How fast runs are found: the questions of docs/design/catalog.md over synthetic runs.

    python benchmarks/query.py [--runs 10000 100000 1000000] [--folders 100000] [--keep FOLDER]

The runs are made with a fixed seed, straight into packs. Each figure is the least of several askings, in ms, and beside
it how many times a plain look-up by primary key it took (one run's row, in the same database). A shared machine is slow
at times: the loop of a million additions that is printed first says how slow this one was. --folders measures the
catch-up with new runs among so many folders, after evicting the catalog and, where that is allowed (root, Linux), every
folder's entry from the system's caches.
"""

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

os.environ["XDG_CACHE_HOME"] = os.environ.get("SETPOINT_BENCH_CACHE") or tempfile.mkdtemp(
    prefix="setpoint-bench-cache-"
)

from setpoint._catalog.catalog import catalog_of
from setpoint._catalog.engine import catalog_path
from setpoint._core.change import Origin
from setpoint._journal import layout, pack, record
from setpoint._journal.frame import to_line
from setpoint._query.facet import facet
from setpoint._query.grammar import parse
from setpoint._query.keys import target_of
from setpoint._query.load import load
from setpoint._query.runs import runs
from setpoint._query.select import Selector

START_NS = 1_700_000_000_000_000_000
DAY_S = 86_400
OPTIMIZERS = ("adam", "adamw", "sgd", "lion", "rmsprop")
MODELS = tuple(f"model-{at}" for at in range(40))
RARE_KEYS = 2000


def lines(count: int, seed: int = 7) -> Iterator[tuple[str, bytes]]:
    """Yield day and line of runs with 25 params, of which 5 come from 2000 rare keys, and 5 results."""
    rng = random.Random(seed)
    details = zlib.compress(
        msgspec.msgpack.encode({
            "held": {}, "changes": [], "stats": {}, "environment": {}, "unused": {}, "disagreements": [],
            "writers": [], "damages": [], "files": {},
        })
    )  # fmt: skip
    for at in range(count):
        created = START_NS + at * 30_000_000_000
        day = time.strftime("%Y-%m-%d", time.gmtime(created // 1_000_000_000))
        run = pack.PackedRun(
            v=1, id=f"{at:09d}-{rng.getrandbits(32):08x}", name=f"calm-river-{at}",
            project=f"project-{rng.randrange(12)}",
            group="", job_type="", status="finished" if rng.random() < 0.9 else "failed", created_ns=created,
            finished_ns=created + rng.randrange(10**10, 10**13), host=f"node{rng.randrange(64):02d}",
            user=f"user{rng.randrange(10)}", commit=f"{rng.getrandbits(160):040x}", notes="", error="", exit_code=0,
            damage=0, lost=0, unknown=0, tags=["baseline"] if rng.random() < 0.02 else [], changed=[],
            config=config(rng), summary=summary(rng), details=details, metrics={},
        )  # fmt: skip
        payload = msgspec.json.encode(run)
        yield day, b"%08x %b\n" % (zlib.crc32(payload), payload)


def config(rng: random.Random) -> dict[str, object]:
    """Return one config of 25 params."""
    made: dict[str, object] = {
        "optim": {
            "name": rng.choices(OPTIMIZERS, (5, 3, 3, 1, 1))[0],
            "lr": 10 ** rng.uniform(-5, -1),
            "weight_decay": rng.choice([0.0, 0.01, 0.1]),
            "betas": [0.9, rng.choice([0.95, 0.98, 0.999])],
            "warmup": rng.randrange(0, 5000, 100),
        },
        "model": {"name": rng.choice(MODELS), "width": 2 ** rng.randrange(6, 12), "depth": rng.randrange(2, 48)},
        "data": {"name": rng.choice(["digits", "cifar10", "imagenet"]), "workers": rng.randrange(1, 17)},
        "batch_size": 2 ** rng.randrange(3, 11),
        "epochs": rng.randrange(1, 300),
        "seed": rng.randrange(10**6),
        "amp": rng.random() < 0.5,
        "dropout": round(rng.random() * 0.5, 2),
        "scheduler": rng.choice(["cosine", "linear", None]),
        "label_smoothing": rng.choice([0.0, 0.1]),
        "clip": rng.choice([0.5, 1.0, 5.0]),
        "precision": rng.choice(["bf16", "fp16", "fp32"]),
    }
    for _ in range(5):
        made[f"rare{int(RARE_KEYS * rng.random() ** 3)}"] = rng.random()
    return made


def summary(rng: random.Random) -> dict[str, object]:
    """Return 5 results."""
    return {"acc": rng.random(), "loss": rng.expovariate(1), "val_loss": rng.expovariate(1), "time": rng.random() * 1e4,
            "epoch": rng.randrange(300)}  # fmt: skip


def generate(store: Path, count: int) -> None:
    """Write the runs into packs, one a day."""
    day, batch = "", []
    for name, line in lines(count):
        if name != day and batch:
            flush(store, day, batch)
            batch = []
        day = name
        batch.append(line)
    flush(store, day, batch)


def flush(store: Path, day: str, batch: list[bytes]) -> None:
    folder = store / "runs" / day
    folder.mkdir(parents=True, exist_ok=True)
    pack.write_pack(folder, batch)
    then = time.time() - 3600
    os.utime(folder, (then, then))


def least_ms(work: Callable[[], object], times: int = 5) -> float:
    """Return the least time of several calls."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found) * 1000


COMMON = "optim.lr < 0.01 and optim.name == 'adam'"
RARE = COMMON + " and model.name == 'model-7' and batch_size >= 512 and summary.acc > 0.99"


def questions(store: Path, count: int) -> dict[str, Callable[[], object]]:
    """Return the questions by name; each is asked of a fresh set of runs, with its catch-up."""
    catalog = catalog_of(str(store))

    def ask(where: str, **more: object) -> Callable[[], object]:
        return lambda: runs(where, store=store, **more).numbers()  # type: ignore[arg-type]  # order_by and limit

    def count_of(where: str) -> Callable[[], object]:
        return lambda: len(runs(where, store=store))

    some = f"{count // 2:09d}"
    return {
        "newest 50 of a common filter": ask(COMMON, limit=50),
        "newest 50 of a rare filter": ask(RARE, limit=50),
        "newest 50 of a rare OR": ask("model.name == 'model-7' and batch_size == 8 or rare1900 > 0.5", limit=50),
        "top 50 by acc, common filter": ask(COMMON, order_by="-summary.acc", limit=50),
        "top 50 by acc, rare matches": ask(RARE, order_by="-summary.acc", limit=50),
        "count, common filter": count_of(COMMON),
        "count, rare filter": count_of(RARE),
        "facet of optim.name": lambda: facet(runs(store=store), target_of("optim.name")),
        "facet of optim.lr (all values differ)": lambda: facet(runs(store=store), target_of("optim.lr")),
        "facet of optim.name, filtered": lambda: facet(runs(COMMON, store=store), target_of("optim.name")),
        "contains in one key, count": count_of("'del-1' in model.name"),
        "contains in one key, newest 50": ask("'del-1' in model.name", limit=50),
        "tag": count_of("'baseline' in tags"),
        "one project, newest 50": lambda: runs(project="project-3", limit=50, store=store).numbers(),
        "one run with its config": lambda: [load(some, store).config],
        "100 newest runs as dicts": lambda: runs(limit=100, store=store).to_dicts(),
        "compiling a filter alone": lambda: catalog.ask(lambda database: Selector(database, parse(RARE)).statement()),
    }  # fmt: skip


def measure(count: int, keep: Path | None) -> None:
    """Make a store of *count* runs and print the figures."""
    store = (keep or Path(tempfile.mkdtemp(prefix="setpoint-bench-"))) / f"store-{count}"
    if not store.exists():
        start = time.perf_counter()
        generate(store, count)
        print(f"\n{count:,} runs made in {time.perf_counter() - start:.1f} s")
    catalog = catalog_of(str(store))
    start, cpu = time.perf_counter(), time.process_time()
    catalog.catch_up()
    wall, used = time.perf_counter() - start, time.process_time() - cpu
    path = catalog_path(store)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        base = least_ms(lambda: connection.execute("SELECT * FROM run WHERE n = ?", (count // 2,)).fetchall(), 50)
    size = path.stat().st_size
    print(f"{count:,} runs: rebuilt in {wall:.1f} s ({used:.1f} CPU s), {size / count:.0f} bytes a run")
    print(f"{'':42}{'ms':>10}{'x one row':>12}")
    print(f"{'one row by primary key (the measure)':42}{base:10.3f}{1:12.0f}")
    for name, question in questions(store, count).items():
        took = least_ms(question)
        print(f"{name:42}{took:10.2f}{took / base:12.0f}")
    print(f"{'catch-up, nothing new':42}{least_ms(catalog.catch_up):10.2f}")
    print(f"{'setpoint ls, over a bare interpreter':42}{listing_ms(store):10.2f}")
    if keep is None:
        shutil.rmtree(store.parent)


def listing_ms(store: Path) -> float:
    """Return what ``setpoint ls`` takes from shell to prompt more than an interpreter that does nothing."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environ |= {"SETPOINT_STORE": str(store), "PYTHONPYCACHEPREFIX": str(store.parent / "bytecode")}

    def start(*arguments: str) -> float:
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, *arguments], env=environ, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return (time.perf_counter() - begun) * 1000

    pairs = [(start("-m", "setpoint", "ls", "--limit", "30"), start("-c", "pass")) for _ in range(11)]
    ours, bare = (min(column) for column in zip(*pairs, strict=True))
    return ours - bare


def add_folder(store: Path, at: int, time_ns: int) -> None:
    """Write one finished run into a folder of its own."""
    origin = Origin("code", "train.py", 3)
    folder = layout.run_folder(store, f"run-{at:07}-{time_ns}", time_ns)
    folder.mkdir(parents=True)
    writer = layout.writer_name("main", "host", at)
    params = [("lr", at / 1e5, 0, 1), ("optim", "adam", 0, 1)]
    records = (
        record.Open(run=folder.name, writer=writer, t=time_ns, name=f"calm-river-{at}", host="host"),
        record.Update([origin], params, whole=True, seq=1, t=time_ns),
        record.Finish("finished", 0, seq=2, t=time_ns + 10**9),
    )
    (folder / layout.segment_name(writer, 1)).write_bytes(b"".join(map(to_line, records)))


def measure_folders(count: int) -> None:
    """Print how long a catch-up takes with ten new runs among *count* folders over a year."""
    store = Path(tempfile.mkdtemp(prefix="setpoint-bench-")) / "store"
    for at in range(count):
        add_folder(store, at, START_NS + at * (365 * DAY_S * 10**9 // count))
    for day in layout.runs_folder(store).iterdir():
        os.utime(day, (1.7e9, 1.7e9))
    catalog = catalog_of(str(store))
    start = time.perf_counter()
    catalog.catch_up()
    print(f"\n{count:,} run folders: rebuilt in {time.perf_counter() - start:.1f} s")
    for how in ("cold", "warm"):
        for at in range(10):
            add_folder(store, at, START_NS + 300 * DAY_S * 10**9 + (how == "cold"))
        is_cold = how == "cold" and evicted(catalog_path(store))
        catalog.close()
        start = time.perf_counter()
        catalog.catch_up()
        took = (time.perf_counter() - start) * 1000
        print(
            f"{f'catch-up, 10 new, {how}':42}{took:10.2f}{'' if is_cold or how == 'warm' else '  (caches not dropped)'}"
        )
    time.sleep(2.1)  # until the stamps can be trusted
    catalog.catch_up()
    print(f"{'catch-up, nothing new':42}{least_ms(catalog.catch_up, 20):10.2f}")
    shutil.rmtree(store.parent)


def evicted(path: Path) -> bool:
    """Evict the catalog, and the system's caches; tell whether the latter was allowed."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3")
    except OSError:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--folders", type=int, default=100_000, help="0 for no catch-up among folders")
    parser.add_argument("--keep", type=Path, help="keep the stores here, and use them again")
    arguments = parser.parse_args()
    print(f"a million additions in Python: {least_ms(lambda: sum(at + at for at in range(1_000_000))):.0f} ms")
    for count in arguments.runs:
        measure(count, arguments.keep)
    if arguments.folders:
        measure_folders(arguments.folders)


if __name__ == "__main__":
    main()
