"""Runs of other trackers into a store: one module a format, found by what the files look like.

A reader yields SourceRuns (``source``), ``making`` takes out secrets and gives each an id that the same source gives
again, ``packs`` writes them. None needs the tool that wrote the files.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from msgspec import Struct

from setpoint.errors import InvalidArgumentError

from .source import Context, Reader

if TYPE_CHECKING:
    from .making import Made, Maker

FORMATS = {
    "wandb": "wandb",
    "mlflow": "mlflow",
    "sacred": "sacred",
    "hydra": "hydra",
    "trackio": "trackio",
    "tensorboard": "tensorboard",
    "jsonl": "jsonl",
}
"""Each format's module in this package, in the order in which they are tried."""

STANDARD_INPUT = "-"


class Source(Struct, frozen=True):
    """What is to be imported, and how it is read.

    ``path`` is a file or folder; ``-`` reads JSON lines from ``standard_input``. ``form`` is one of FORMATS, by default
    what the files look like. ``project`` is that of all runs, in place of what the files say. With ``parses_params``
    params that a format keeps as text (MLflow) are read as literals.
    """

    path: str
    form: str | None = None
    project: str | None = None
    parses_params: bool = False
    standard_input: BinaryIO | None = None


class Report(Struct):
    """What an import did.

    ``found`` runs were read: of these ``added`` are new, ``replaced`` have changed since they were imported, and
    ``unchanged`` have not; ``kept`` have the id of a run that was recorded here, which stays as it is. ``problems``
    tells, a line each, what could not be read.
    """

    format: str
    also: list[str]
    found: int = 0
    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    kept: int = 0
    problems: int = 0


def recognised(path: Path) -> list[str]:
    """Return the formats that a file or folder is of, the one to be read first; none where it is of none."""
    return [form for form in FORMATS if _reader(form).fits(path)]


def import_runs(
    source: Source,
    store: str | Path | None = None,
    *,
    is_dry: bool = False,
    refuse: Callable[[str], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Import the runs of a file or folder that another tool wrote; runs that are there already are not added again.

    Args:
        source: the file or folder, and how it is read.
        store: the store's folder; by default ``$SETPOINT_STORE``, else the nearest ``.setpoint`` upwards.
        is_dry: whether to read and count only.
        refuse: told, in one line, of each thing that can't be read.
        progress: called with work done and all work.

    Raises:
        InvalidArgumentError: there is nothing at the path, it is of no format, or the store is no folder.
        OSError: the store can't be read or written.
    """
    from setpoint._query.store import catalog_for
    from setpoint._run.fingerprint import fingerprint

    from .making import Maker
    from .packs import Packer

    forms = _forms(source)
    catalog = catalog_for(store)
    if catalog.folder is None:
        raise InvalidArgumentError("--store", "a database's URL", "a folder: runs are imported into one, then synced")
    catalog.catch_up()
    report = Report(forms[0], forms[1:])

    def noted(problem: str) -> None:
        report.problems += 1
        if refuse is not None:
            refuse(problem)

    context = Context(noted, progress, parses_params=source.parses_params)
    maker = Maker(report.format, fingerprint, source.project)
    packer = Packer(catalog.folder, catalog, maker, is_dry=is_dry)
    packer.add(_counted(_made(source, report.format, context, maker), report))
    counts = packer.counts
    report.added, report.replaced = counts.added, counts.replaced
    report.unchanged, report.kept = counts.unchanged, counts.kept
    return report


def _reader(form: str) -> Reader:
    return cast("Reader", import_module(f"{__name__}.{FORMATS[form]}"))


def _forms(source: Source) -> list[str]:
    if source.path == STANDARD_INPUT:
        return [source.form or "jsonl"]
    if not Path(source.path).exists():
        raise InvalidArgumentError("PATH", repr(source.path), "a file or folder, and there is nothing of that name")
    found = [source.form] if source.form is not None else recognised(Path(source.path))
    if not found:
        raise InvalidArgumentError("PATH", repr(source.path), f"files of {', '.join(FORMATS)}; --format names one")
    return found


def _made(source: Source, form: str, context: Context, maker: "Maker") -> "Iterator[Made]":
    if form != "jsonl":
        if source.path == STANDARD_INPUT:
            raise InvalidArgumentError("PATH", "'-'", "a file or folder; only JSON lines are read from standard input")
        return map(maker.made, _reader(form).read_runs(Path(source.path), context))
    from .parallel import made_runs

    if source.path == STANDARD_INPUT:
        assert source.standard_input is not None
        return made_runs(source.standard_input, "standard input", context, maker, source.project)
    path = Path(source.path)
    file = path.open("rb")
    return _closing(file, made_runs(file, source.path, context, maker, source.project, path.stat().st_size))


def _closing(file: BinaryIO, runs: "Iterator[Made]") -> "Iterator[Made]":
    with file:
        yield from runs


def _counted(runs: "Iterable[Made]", report: Report) -> "Iterator[Made]":
    for run in runs:
        report.found += 1
        yield run
