"""How fast JSON lines are imported into packs: 20,000 runs a second or more are promised.

    python benchmarks/imports.py [--runs 100000]

Runs have 25 params and 5 results, made with a fixed seed; then also 5 metrics of 20 points each. The baseline, measured
in the same process, is ``json.loads`` of each line and nothing else. A second import of the same file adds nothing and
is measured too.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="setpoint-bench-cache-")

from query import START_NS, config, summary

from setpoint._query.imports import Source, import_runs

PROMISED = 20_000


def write_lines(path: Path, count: int, points: int) -> None:
    """Write the runs, one a line."""
    rng = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        for at in range(count):
            run = {"name": f"calm-river-{at}", "project": f"project-{rng.randrange(12)}", "status": "finished",
                   "created": START_NS // 10**9 + at * 30, "config": config(rng), "summary": summary(rng)}  # fmt: skip
            if points:
                run["metrics"] = {
                    name: {"steps": list(range(points)), "values": [rng.random() for _ in range(points)]}
                    for name in run["summary"]
                }
            file.write(json.dumps(run) + "\n")


def rate(count: int, work: Callable[[], object]) -> float:
    """Return runs a second."""
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def measure(count: int, points: int) -> float:
    """Import the runs, print the figures and return runs a second."""
    with tempfile.TemporaryDirectory(prefix="setpoint-bench-") as folder:
        lines, store = Path(folder) / "runs.jsonl", Path(folder) / "store"
        write_lines(lines, count, points)
        with lines.open("rb") as file:
            baseline = rate(count, lambda: [json.loads(line) for line in file])
        imported = rate(count, lambda: import_runs(Source(str(lines)), store))
        again = rate(count, lambda: import_runs(Source(str(lines)), store))
        what = f"5 metrics of {points} points" if points else "no points"
        size = sum(path.stat().st_size for path in store.rglob("*.pack")) / count
        print(
            f"{count:,} runs, {what}: {imported:,.0f} runs/s, {baseline / imported:.1f} x the time of json.loads, "
            f"{size:,.0f} bytes a run; again, with the catalog: {again:,.0f} runs/s"
        )
    return imported


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100_000)
    count = parser.parse_args().runs
    reached = measure(count, 0)
    measure(count // 10, 20)
    print(f"promised {PROMISED:,} runs/s: {'kept' if reached >= PROMISED else 'NOT KEPT'}")
    return int(reached < PROMISED)


if __name__ == "__main__":
    sys.exit(main())
