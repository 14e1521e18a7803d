"""Train a dozen models, two at a time, each in a process of its own; then list and compare what was recorded."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import setpoint

HERE = Path(__file__).parent
AT_ONCE = 2

RUNS = [
    "--family mlp --set hidden=[128,64] epochs=25",
    "--family mlp --set hidden=[128,64] epochs=25 --seed 1",
    "--family mlp",
    "--family mlp --set lr=0.02",
    "--family forest",
    "--family forest --set depth=6",
    "--family linear",
    "--family linear --set lr=0.05",
    "--family linear --set l2=0.01 epochs=40",
    "--family svm",
    "--family svm --set C=10 gamma=0.05",
    "--family svm --set kernel=poly C=3",
]


def train(flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "train.py", *flags.split()]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "SETPOINT_SILENT": "1"}  # one core for each process
    return subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, check=False)


def train_all(console: Console) -> list[subprocess.CompletedProcess[str]]:
    """Train every model under a progress bar; returns the processes that failed."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    failed = []
    with Progress(*columns, console=console) as progress, ThreadPoolExecutor(AT_ONCE) as pool:
        task = progress.add_task("Training on handwritten digits", total=len(RUNS))
        for future in as_completed([pool.submit(train, flags) for flags in RUNS]):
            progress.advance(task)
            if future.result().returncode:
                failed.append(future.result())
    return failed


def show(console: Console, *arguments: str) -> None:
    """Print a command as one would type it, and what it answers."""
    console.print(f"\n[bold green]$[/bold green] [bold]setpoint {' '.join(arguments)}[/bold]", highlight=False)
    subprocess.run([sys.executable, "-m", "setpoint", *arguments], cwd=HERE, check=True)


def say_what_is_next(console: Console, folder: Path, best: str) -> None:
    bin_folder = os.path.relpath(Path(sys.executable).parent, folder)
    lines = (
        "make ui",
        f"source {bin_folder}/activate && cd {os.path.relpath(HERE, folder)}",
        "setpoint ls 'family == \"mlp\" and model.lr < 0.01'",
        f"setpoint show {best}",
        f"setpoint blame {best}",
        "python train.py --family svm --set C=30 gamma=0.03",
    )
    console.print("\n[bold]What to type next[/bold]")
    for line in lines:
        console.print(f"  {line}", markup=False, highlight=False)


def main() -> int:
    console = Console()
    failed = train_all(console)
    for process in failed:
        console.print(f"{' '.join(process.args)} failed:\n{process.stderr}", markup=False, style="red")
    if failed:
        return 1
    folder = Path.cwd()
    os.chdir(HERE)  # the store is the one that train.py found
    first, second = setpoint.runs(project="digits", order_by="-summary.acc", limit=2)
    show(console, "ls")
    show(console, "best", "acc")
    show(console, "diff", first.name, second.name)
    say_what_is_next(console, folder, first.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
