"""How fast the page is, in a real browser over synthetic runs.

    python benchmarks/page.py [--runs 100000] [--keep FOLDER] [--chromium PATH]

The runs are those of query.py. Times are from the page's side, until the frame after the change was drawn: the first
rows of an address opened anew, the frames while scrolling, a sort by another column, and a brush over 50,000 runs. An
idle frame of this machine's browser, which draws without a graphics card, is printed beside them. The catalog is there
beforehand.
"""

import argparse
import gzip
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ["XDG_CACHE_HOME"] = os.environ.get("SETPOINT_BENCH_CACHE") or tempfile.mkdtemp(
    prefix="setpoint-bench-cache-"
)

from measure import Row, duration, percentile, print_table
from playwright.sync_api import sync_playwright
from query import generate

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
EXPLORED = 50_000
JS_LIMIT_KB = 350
MEMORY_LIMIT_MB = 300

# Frames of a second in which nothing happens.
IDLE = """async () => {
  const gaps = [];
  let last = performance.now();
  for (let frame = 0; frame < 60; frame++) {
    await new Promise(requestAnimationFrame);
    gaps.push(performance.now() - last);
    last = performance.now();
  }
  return gaps;
}"""
# Time from the start of the navigation until two frames after the first row with a cell was there.
FIRST_ROWS = """() => new Promise((resolve) => {
  const look = () => document.querySelector('[role=grid] [role=gridcell]') === null
    ? requestAnimationFrame(look)
    : requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
  look();
})"""
# From each jump of the table until a frame in which the rows of that place are drawn.
SCROLL = """async () => {
  const grid = document.querySelector('[role=grid]');
  const scroller = [grid, ...grid.querySelectorAll('*')].find(
    (element) => element.scrollHeight > element.clientHeight + 1000,
  );
  const gaps = [];
  for (let jump = 1; jump <= 60; jump++) {
    const start = performance.now();
    scroller.scrollTop += 700;
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    gaps.push(performance.now() - start);
  }
  return gaps;
}"""
TO_TOP = """async () => {
  for (const element of document.querySelectorAll('[role=grid], [role=grid] *')) element.scrollTop = 0;
  while (document.querySelector('[role=grid] [role=row][aria-rowindex="2"]') === null) {
    await new Promise(requestAnimationFrame);
  }
}"""
# From a click until the first row is another one, and its frame.
SORT = """async (name) => {
  const first = () => document.querySelector('[role=grid] [role=row][aria-rowindex="2"]')?.innerText;
  const before = first();
  const head = document.querySelector(`[role=columnheader][data-name="${name}"]`);
  const start = performance.now();
  head.click();
  while (first() === before || first() === undefined) {
    await new Promise(requestAnimationFrame);
    if (performance.now() - start > 20000) throw new Error("the rows did not change");
  }
  await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


# From each move of the pointer until two frames after the drawing worker has said that it drew the marked runs.
BRUSHED = """(() => {
  let start = 0;
  let told = 0;
  globalThis.brushed = [];
  addEventListener("pointermove", () => { start = performance.now(); }, true);
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (this.isHeard !== true) {
      this.isHeard = true;
      this.addEventListener("message", ({ data }) => {
        if (data.sheet !== "lines" || data.request < told || start === 0) return;
        const begun = start;
        start = 0;
        requestAnimationFrame(() => requestAnimationFrame(() => brushed.push(performance.now() - begun)));
      });
    }
    if (message.kind === "marked") told = message.request;
    return post.call(this, message, ...rest);
  };
})()"""
MOVES = 40


class Amount(Row):
    """A line whose figure is no time."""

    def __init__(self, name: str, amount: float, unit: str, limit: float) -> None:
        super().__init__(name, 0, "-", 0, f"{limit:.0f} {unit}", amount <= limit)
        self.shown = f"{amount:.0f} {unit}"

    def cells(self) -> list[str]:
        cells = super().cells()
        cells[1] = self.shown
        return cells


@contextmanager
def served(store: Path) -> Iterator[tuple[str, int]]:
    """Serve a store; gives the page's address with its token, and the server's process id."""
    command = [sys.executable, "-m", "setpoint", "--store", str(store), "ui", "--port", "0", "--no-browser"]
    process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if found := re.search(r"https?://\S+#token=\S+", line):
                yield found[0], process.pid
                return
        raise SystemExit("setpoint ui gave no address")
    finally:
        process.terminate()
        process.wait(10)


def most_memory_mb(pid: int) -> float:
    """Return the most memory that a process held, in MB, or 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


def row(name: str, took_ms: float, idle_ms: float, limit_ms: float) -> Row:
    """Make a line: beside a time stands an idle frame."""
    return Row(name, took_ms * 1000, "idle frame", idle_ms * 1000, duration(limit_ms * 1000), took_ms <= limit_ms)


def first_rows(browser: Any, url: str, times: int = 5) -> tuple[float, float]:
    """Return the median ms until first rows in fresh profiles, and the gzipped KB of script that they loaded."""
    took, sizes = [], []
    for _ in range(times):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        scripts: list[Any] = []
        page.on("response", lambda answer, to=scripts: to.append(answer) if answer.url.endswith(".js") else None)
        page.goto(url)
        took.append(page.evaluate(FIRST_ROWS))
        sizes.append(sum(len(gzip.compress(answer.body(), 9)) for answer in scripts) / 1000)
        context.close()
    return statistics.median(took), max(sizes)


def measure_table(browser: Any, url: str, pid: int, count: int, seconds: float) -> list[Row]:
    """Measure the screen of runs."""
    took, script_kb = first_rows(browser, url)
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(url)
    page.evaluate(FIRST_ROWS)
    page.wait_for_timeout(1000)
    idle = statistics.median(page.evaluate(IDLE))
    jumps = page.evaluate(SCROLL)
    page.evaluate(TO_TOP)
    sorts = [page.evaluate(SORT, name) for name in ("optim.lr", "summary.acc")]
    page.context.close()
    runs = f"{count:,} runs"
    return [
        row(f"{runs}: first rows on screen (median of 5)", took, idle, seconds * 1000),
        row(f"{runs}: frame after a jump of 700 px, p50", percentile(jumps, 0.5), idle, 100),
        row(f"{runs}: frame after a jump of 700 px, p95", percentile(jumps, 0.95), idle, 100),
        row(f"{runs}: rows in another order (slower of 2)", max(sorts), idle, 100 if count <= 100_000 else 1000),
        Amount("script of the first screen, gzipped", script_kb, "KB", JS_LIMIT_KB),
        Amount(f"{runs}: most memory of the server", most_memory_mb(pid), "MB", MEMORY_LIMIT_MB),
    ]


def measure_brush(browser: Any, url: str, count: int) -> list[Row]:
    """Measure a brush that grows and moves on the screen of relations."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(BRUSHED)
    page = context.new_page()
    page.goto(re.sub(r"/[^/]*(?=#)", "/explore", url))
    strip = page.locator('.brush-strip[data-axis="optim.lr"]')
    strip.wait_for(timeout=60_000)
    page.wait_for_timeout(2000)
    idle = statistics.median(page.evaluate(IDLE))
    box = strip.bounding_box()
    x, top, height = box["x"] + box["width"] / 2, box["y"] + 8, box["height"] - 40
    page.mouse.move(x, top)
    page.mouse.down()
    page.evaluate("() => brushed.splice(0)")
    for move in range(1, MOVES + 1):
        page.mouse.move(x, top + height * move / MOVES)
        page.wait_for_function("(count) => brushed.length >= count", arg=move)
    page.mouse.up()
    took = page.evaluate("() => brushed")[:MOVES]
    context.close()
    runs = f"{min(count, EXPLORED):,} runs"
    return [
        row(f"{runs}: a brush's step, p{share * 100:.0f}", percentile(took, share), idle, 100) for share in (0.5, 0.95)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, nargs="+", default=[100_000])
    parser.add_argument("--keep", type=Path, help="keep the stores here, and use them again")
    parser.add_argument("--chromium", default=os.environ.get("SETPOINT_CHROMIUM") or shutil.which("chromium"))
    arguments = parser.parse_args()
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="setpoint-bench-"))
    rows: list[Row] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=arguments.chromium, args=SWITCHES)
        for count in arguments.runs:
            store = folder / f"store-{count}"
            if not store.exists():
                generate(store, count)
            start = time.perf_counter()
            with served(store) as (url, pid):
                print(f"{count:,} runs: served after {time.perf_counter() - start:.1f} s", file=sys.stderr)
                rows += measure_brush(browser, url, count)
                rows += measure_table(browser, url, pid, count, 1 if count <= 100_000 else 2)
        browser.close()
    if arguments.keep is None:
        shutil.rmtree(folder)
    return int(print_table(rows) > 0)


if __name__ == "__main__":
    sys.exit(main())
