"""``setpoint import``: runs that other trackers recorded, into a store."""

import sys
from typing import TYPE_CHECKING

import click

from .options import made

if TYPE_CHECKING:
    from setpoint._query.imports import Report

_SHOWN = 20
_FORMATS = ("wandb", "mlflow", "sacred", "hydra", "trackio", "tensorboard", "jsonl")


@made(
    "setpoint import wandb/",
    "setpoint import mlruns/ --parse-params",
    "setpoint import outputs/ --format hydra --project digits",
    "other-tool dump | setpoint import - --dry-run",
)
@click.argument("path", metavar="PATH")
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Format; by default what the files look like.")
@click.option("--project", metavar="NAME", help="Project of all runs, in place of what the files say.")
@click.option("--parse-params", "parses_params", is_flag=True, help="Read params that MLflow kept as text as literals.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Read and count; write nothing.")
def command(
    path: str,
    form: str | None,
    project: str | None,
    parses_params: bool,
    is_dry: bool,
    store: str | None,
    is_json: bool,
) -> int:
    """Import runs from PATH, a file or folder of W&B, MLflow, TensorBoard, Trackio, Sacred or Hydra, or JSON lines.

    A PATH of - reads JSON lines from standard input. Importing again adds what is new and replaces what has changed.
    The exit code is 1 where nothing could be read.
    """
    from setpoint._query.imports import Source, import_runs

    from .changing import changing
    from .output import say, write_json
    from .progress import progress_bar

    problems: list[str] = []

    def refuse(problem: str) -> None:
        if len(problems) < _SHOWN:
            problems.append(problem)

    source = Source(path, form, project, parses_params, sys.stdin.buffer)
    with changing(store), progress_bar("Importing") as progress:
        report = import_runs(source, store, is_dry=is_dry, refuse=refuse, progress=progress)
    for problem in problems:
        say(f"not read: {problem}")
    if report.problems > len(problems):
        say(f"not read: {report.problems - len(problems):,} more")
    if is_json:
        write_json(_as_dict(report, problems, is_dry=is_dry))
    else:
        click.echo(_summary(report, is_dry=is_dry))
        if report.also:
            say(f"It looks like {', '.join(report.also)} too: --format {report.also[0]} imports that.")
    return 0 if report.found else 1


def _summary(report: "Report", *, is_dry: bool) -> str:
    from .text import count_text

    parts = [
        f"{count:,} {word}"
        for count, word in (
            (report.added, "would be added" if is_dry else "added"),
            (report.replaced, "changed since and would be replaced" if is_dry else "changed since and replaced"),
            (report.unchanged, "unchanged"),
            (report.kept, "kept as recorded here"),
            (report.problems, "not read"),
        )
        if count
    ]
    return f"{report.format}: {count_text(report.found, 'run')} read" + (f", {', '.join(parts)}" if parts else "")


def _as_dict(report: "Report", problems: list[str], *, is_dry: bool) -> dict[str, object]:
    from msgspec import structs

    counts = {name: value for name, value in structs.asdict(report).items() if name != "problems"}
    return {**counts, "dry_run": is_dry, "problem_count": report.problems, "problems": problems}
