"""``setpoint export``: runs to a file that other tools read."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import filter_argument, made, project_option

if TYPE_CHECKING:
    from setpoint._query.runs import Runs


@made(
    "setpoint export > runs.csv",
    "setpoint export 'optim.lr < 0.01' --format jsonl -o runs.jsonl",
    "setpoint export --format parquet -o runs.parquet",
    "setpoint export --metrics -o everything.jsonl",
)
@filter_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "parquet"]),
    help="Format of the file; by default what its name says, else csv.",
)
@click.option("--output", "-o", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--metrics", "has_metrics", is_flag=True, help="With JSON lines: every point of every metric too.")
@project_option
def command(
    *,
    filter_: str | None,
    form: str | None,
    output: Path | None,
    has_metrics: bool,
    project: str | None,
    store: str | None,
    is_json: bool,
) -> None:
    """Write runs as CSV, JSON lines or Parquet.

    There is a row for each run: facts, params and results. JSON lines keep every value exactly, with --metrics every
    point too, and can be imported again; --json is short for --format jsonl. DuckDB, pandas and polars read all three.
    """
    from setpoint._query.runs import runs

    from .output import say
    from .progress import catching_up
    from .text import count_text

    form = "jsonl" if is_json and form is None else form or _form_of(output)
    if has_metrics and form != "jsonl":
        raise click.UsageError("Points go into JSON lines only: --format jsonl, or a file that ends in .jsonl.")
    if form == "parquet" and output is None:
        raise click.UsageError("Parquet needs a file: -o FILE.")
    with catching_up() as progress:
        found = runs(filter_, project=project, store=store, progress=progress)
        found.catch_up()
    count = _written(found, form, output, has_metrics=has_metrics)
    if not count:
        say(f"No runs{' that pass this filter' if filter_ or project else ''} in {found.catalog.store}.")
    if output is not None:
        say(f"{count_text(count, 'run')} written to {output}")


_FORMS = {"": "csv", ".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".parquet": "parquet"}


def _form_of(output: Path | None) -> str:
    suffix = output.suffix.lower() if output is not None else ""
    if suffix not in _FORMS:
        raise click.UsageError(f"A name that ends in {suffix} tells no format: add --format csv, jsonl or parquet.")
    return _FORMS[suffix]


def _written(found: "Runs", form: str, output: Path | None, *, has_metrics: bool) -> int:
    from setpoint._query.export import write_csv, write_jsonl, write_parquet

    from .failures import ProblemError
    from .output import SafeText

    if form == "parquet":
        assert output is not None
        try:
            return write_parquet(found, output)
        except ImportError as error:
            raise ProblemError(f"Parquet needs pyarrow: pip install pyarrow ({error}).") from None
    write = write_csv if form == "csv" else partial(write_jsonl, has_metrics=has_metrics)
    if output is None and sys.stdout.isatty():
        return write(found, SafeText())
    if output is None:
        # Bytes and line ends are those of the file that -o writes, whatever the terminal's encoding.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")  # type: ignore[union-attr]  # a TextIOWrapper
        return write(found, sys.stdout)
    with output.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        return write(found, file)
