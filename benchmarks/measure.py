"""How the benchmarks measure: ours and a baseline by turns in one process, so that both meet the same machine.

A shared machine is slow at times and never fast by chance: the minimum of many turns is the cost when undisturbed, and
the ratio of two minima taken by turns is what to quote.
"""

import gc
import statistics
import sys
from collections.abc import Callable
from time import perf_counter


class Row:
    """One line of the table: what was measured, ours and the baseline in microseconds, and the most it may be."""

    def __init__(self, name: str, ours_us: float, baseline: str, baseline_us: float, limit: str, is_kept: bool) -> None:
        self.name, self.ours_us, self.baseline, self.baseline_us = name, ours_us, baseline, baseline_us
        self.limit, self.is_kept = limit, is_kept

    def cells(self) -> list[str]:
        ratio = f"{self.ours_us / self.baseline_us:.2f}" if self.baseline_us else "-"
        return [
            self.name, duration(self.ours_us), self.baseline, duration(self.baseline_us) if self.baseline_us else "-",
            ratio, self.limit, "yes" if self.is_kept else "NO",
        ]  # fmt: skip


def duration(us: float) -> str:
    """Show microseconds in the unit that reads best."""
    if us < 1:
        return f"{us * 1000:.0f} ns"
    return f"{us:.2f} us" if us < 1000 else f"{us / 1000:.2f} ms" if us < 1e6 else f"{us / 1e6:.2f} s"


def by_turns(first: Callable[[], float], second: Callable[[], float], turns: int) -> tuple[float, float]:
    """Return the minima of both, measured in turn; each returns what one operation took, in us."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(turns):
        ours.append(first())
        theirs.append(second())
    return min(ours), min(theirs)


def loop(act: Callable[[], object], times: int) -> Callable[[], float]:
    """Return a measurement: us for one call of *act*, over *times* calls without the garbage collector."""

    def measure() -> float:
        turns = range(times)
        gc.disable()
        start = perf_counter()
        for _ in turns:
            act()
        took = perf_counter() - start
        gc.enable()
        return took / times * 1e6

    return measure


def each(act: Callable[[], object], times: int) -> list[float]:
    """Return what each of *times* calls of *act* took, in us."""
    took = []
    for _ in range(times):
        start = perf_counter()
        act()
        took.append((perf_counter() - start) * 1e6)
    return took


def percentile(values: list[float], share: float) -> float:
    """Return the value below which *share* (0 to 1) of the values lie."""
    return statistics.quantiles(values, n=1000)[round(share * 1000) - 1]


def print_table(rows: list[Row]) -> int:
    """Print the rows as a Markdown table; return how many limits were not kept."""
    heads = ["what", "ours", "baseline", "its time", "ratio", "limit", "kept"]
    lines = [heads, ["---"] * len(heads), *(row.cells() for row in rows)]
    for line in lines:
        print("| " + " | ".join(line) + " |")
    sys.stdout.flush()
    return sum(not row.is_kept for row in rows)
