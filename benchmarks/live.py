"""What recording costs the script: import, init, sets, reads, update, log. ``python benchmarks/live.py``.

Every figure stands beside a named baseline measured in the same run. Run it on a machine that does nothing else.
"""

import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import types
import zlib
from pathlib import Path
from time import perf_counter

from measure import Row, by_turns, duration, each, loop, percentile, print_table

SCRATCH = Path(tempfile.mkdtemp(prefix="setpoint-bench-"))
os.environ.update(SETPOINT_SILENT="1", SETPOINT_STORE=str(SCRATCH / "store"), XDG_CACHE_HOME=str(SCRATCH / "cache"))

import msgspec  # noqa: E402

import setpoint  # noqa: E402
from setpoint._core.change import Origin  # noqa: E402
from setpoint._journal import record  # noqa: E402


def config_of_100() -> dict[str, dict[str, dict[str, object]]]:
    """100 params, nested three deep, of five types."""
    values: list[object] = [0.001, 64, "adam", True, [1, 2, 3]]
    return {f"g{i}": {f"s{j}": {f"k{k}": values[k] for k in range(5)} for j in range(2)} for i in range(10)}


def import_cost() -> Row:
    """``import setpoint`` in a fresh interpreter, beside the interpreter alone."""

    def start(code: str) -> float:
        begun = perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return (perf_counter() - begun) * 1e6

    ours, bare = by_turns(lambda: start("import setpoint"), lambda: start("pass"), 15)
    return Row("import setpoint", ours, "bare interpreter", bare, "+3 ms", ours - bare <= 3000)


def first_init() -> Row:
    """The first ``init()`` of a fresh process, its modules' import included, numpy loaded before."""
    code = (
        "import sys, numpy; from time import perf_counter; start = perf_counter(); %s; "
        "print((perf_counter() - start) * 1e6)"
    )

    def start(what: str) -> float:
        done = subprocess.run([sys.executable, "-c", code % what], check=True, capture_output=True, text=True)
        return float(done.stdout)

    ours, bare = by_turns(
        lambda: start("import setpoint; setpoint.init(config={'lr': 0.1})"), lambda: start("import msgspec"), 7
    )
    return Row("first init() of a process, imports included", ours, "import msgspec", bare, "-", True)


def init_cost() -> Row:
    """``init()`` with 100 params beside mkdir, open, write and fdatasync of the same bytes."""
    config = config_of_100()
    sizes = []

    def ours() -> float:
        start = perf_counter()
        run = setpoint.init(config=config)
        took = perf_counter() - start
        (segment,) = Path(run.dir).glob("*.jsonl")
        sizes.append(segment.stat().st_size)
        run.finish()
        return took * 1e6

    def bare() -> float:
        folder = SCRATCH / f"bare-{len(sizes)}-{os.urandom(4).hex()}"
        content = b"x" * sizes[-1]
        start = perf_counter()
        folder.mkdir(0o700)
        fd = os.open(folder / "segment", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        os.write(fd, content)
        os.fdatasync(fd)
        took = perf_counter() - start
        os.close(fd)
        return took * 1e6

    setpoint.init(config=config).finish()
    pairs = [(ours(), bare()) for _ in range(25)]
    took, bare_took = (statistics.median(column) for column in zip(*pairs, strict=True))
    is_kept = took <= max(3 * bare_took, 5000)
    return Row("init(), 100 params (median)", took, "mkdir+open+write+fdatasync", bare_took, "3x or 5 ms", is_kept)


def set_costs() -> list[Row]:
    """One recorded set, at the root, in a section, in a list, beside encoding and writing the same record."""
    run = setpoint.init(
        allow_val_change=True, reinit="create_new", config={"lr": 0, "optim": {"lr": 0}, "items": [0] * 10}
    )
    config, optim, items = run.config, run.config.optim, run.config["items"]
    fd = os.open(SCRATCH / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    encode = msgspec.json.Encoder().encode
    count = iter(range(10**9))

    def bare() -> None:
        value = next(count)
        entry = record.Set(
            key="optim.lr", value=value, origin=Origin("code", "live.py", 100), seq=value, t=time.time_ns()
        )
        payload = encode(entry)
        os.write(fd, b"%08x %b\n" % (zlib.crc32(payload), payload))

    def at_root() -> None:
        config.lr = next(count)

    def nested() -> None:
        optim["lr"] = next(count)

    def in_list() -> None:
        items[3] = next(count)

    rows = []
    for name, act in (("config.lr = x", at_root), ('config.optim["lr"] = x', nested), ("config.items[3] = x", in_list)):
        ours, theirs = by_turns(loop(act, 4000), loop(bare, 4000), 9)
        rows.append(Row(f"recorded set, {name}", ours, "encode + os.write", theirs, "3x", ours <= 3 * theirs))
        run._recorder.writer.sync(now=True)  # type: ignore[union-attr]
    run.finish()
    os.close(fd)
    return rows


def read_costs() -> list[Row]:
    """Attribute and item reads after the first, at two sizes and two depths."""
    rows = []
    for size in (10, 10_000):
        params = {f"k{n}": n for n in range(size)}
        run = setpoint.init(reinit="create_new", config={**params, "a": {"b": {**params, "lr": 1}}, "lr": 1})
        config, plain = run.config, types.SimpleNamespace(**params, lr=1)
        inner, nested = config.a.b, {**params, "lr": 1}
        for name, mine in (("config.lr", config), ("config.a.b held, .lr", inner)):
            names = {"it": mine, "plain": plain}
            ours, theirs = by_turns(timed("it.lr", names), timed("plain.lr", names), 21)
            rows.append(
                Row(
                    f"attribute read, {name}, {size} params",
                    ours,
                    "SimpleNamespace",
                    theirs,
                    "1.3x",
                    ours <= 1.3 * theirs,
                )
            )
        for name, mine in (('config["lr"]', config), ('config.a.b held, ["lr"]', inner)):
            names = {"it": mine, "plain": nested}
            ours, theirs = by_turns(timed("it['lr']", names), timed("plain['lr']", names), 21)
            rows.append(Row(f"item read, {name}, {size} params", ours, "dict", theirs, "4x", ours <= 4 * theirs))
        run.finish()
    return rows


def timed(statement: str, names: dict[str, object]) -> "types.FunctionType":
    """Return a measurement of a statement, ten times in a loop so that the loop weighs little."""
    body = "\n        ".join([statement] * 10)
    source = f"def measure():\n    start = clock()\n    for _ in turns:\n        {body}\n    return (clock() - start) / 30_000 * 1e6\n"  # noqa: E501
    spaces: dict[str, object] = {"clock": perf_counter, "turns": range(3000)}
    # Locals of a function, as the variables of a training loop are.
    outer = (
        "def make("
        + ", ".join(names)
        + "):\n"
        + "".join(f"    {line}\n" for line in source.splitlines())
        + "    return measure\n"
    )
    exec(outer, spaces)
    return spaces["make"](**names)  # type: ignore[operator]


def update_costs() -> list[Row]:
    """``update()`` with 10,000 params, flat and nested, beside filling a dict and writing its JSON."""
    flat = {f"param_{n}": n * 0.1 for n in range(10_000)}
    nested = {f"g{i}": {f"param_{j}": j * 0.1 for j in range(100)} for i in range(100)}
    rows = []
    for name, params in (("flat", flat), ("nested", nested)):

        def ours(params: dict[str, object] = params) -> float:
            run = setpoint.init(reinit="create_new")
            gc.collect()
            start = perf_counter()
            run.config.update(params)
            took = perf_counter() - start
            run.finish()
            return took * 1e6

        def bare(params: dict[str, object] = params) -> float:
            fd = os.open(SCRATCH / "bare", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            start = perf_counter()
            held = dict(params)
            os.write(fd, msgspec.json.encode(held))
            took = perf_counter() - start
            os.close(fd)
            return took * 1e6

        took, bare_took = by_turns(ours, bare, 5)
        rows.append(
            Row(f"update(), 10,000 params, {name}", took, "dict + JSON + write", bare_took, "60 ms", took <= 60_000)
        )
    return rows


def million() -> Row:
    """A config of 1,000,000 params in a process of its own: time of init() and peak memory."""
    code = (
        "import resource, setpoint; from time import perf_counter;"
        "c = {f'p{n}': n for n in range(1_000_000)}; s = perf_counter();"
        "r = setpoint.init(config=c); t = perf_counter() - s; r.finish();"
        "print(t * 1e6, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    took, peak_mb = map(float, done.stdout.split())
    return Row(f"init(), 1,000,000 params; peak {peak_mb:.0f} MB", took, "-", 0, "2 GB", peak_mb < 2048)


def log_costs() -> list[Row]:
    """``log()`` of one and of five scalars: p50 and p99 of single calls."""
    run = setpoint.init(reinit="create_new")
    five = {"loss": 0.5, "acc": 0.9, "lr": 1e-3, "grad": 2.5, "time": 0.1}
    fd = os.open(SCRATCH / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    line = b"x" * 99 + b"\n"
    one = each(lambda: run.log({"loss": 0.5}), 100_000)
    many = each(lambda: run.log(five), 50_000)
    bare = each(lambda: os.write(fd, line), 100_000)
    run.finish()
    os.close(fd)
    p50, p99, base = statistics.median(one), percentile(one, 0.99), statistics.median(bare)
    five_p50 = statistics.median(many)
    return [
        Row('log({"loss": x}), p50', p50, "write() of 100 bytes, p50", base, "8 us", p50 <= 8),
        Row('log({"loss": x}), p99', p99, "write() of 100 bytes, p99", percentile(bare, 0.99), "50 us", p99 <= 50),
        Row("log() of 5 scalars, p50", five_p50, "write() of 100 bytes, p50", base, "15 us", five_p50 <= 15),
    ]


def main() -> int:
    rows = [
        import_cost(),
        first_init(),
        init_cost(),
        *set_costs(),
        *read_costs(),
        *update_costs(),
        million(),
        *log_costs(),
    ]
    threads = threading.active_count()
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}, {threads} thread(s), {memory_mb:.0f} MB\n")
    failed = print_table(rows)
    print(
        f"\n{failed} limit(s) not kept" if failed else "\nAll limits kept",
        f"(baseline write: {duration(rows[-1].baseline_us)})",
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
