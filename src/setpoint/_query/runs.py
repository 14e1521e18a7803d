"""The runs that pass a filter: a lazy set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from setpoint._catalog.catalog import Catalog
from setpoint._catalog.leaf import Scope
from setpoint.errors import FilterError, InvalidArgumentError

from . import tables
from .expr import ANY_INDEX, And, Column, Compare, Expr, Has, Key, Op, Term
from .grammar import parse
from .keys import CatalogKeys, target_of
from .load import recorded, rows_of
from .recorded import RecordedRun
from .select import Order, Selector
from .store import catalog_for

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from .diff import Diff
    from .importance import Importance

EVERYTHING = And(())


def runs(
    where: str | Expr | None = None,
    *,
    project: str | None = None,
    order_by: str | None = None,
    limit: int | None = None,
    store: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Runs:
    """Return the recorded runs that pass a filter, newest first.

    Nothing is looked up before the result is used; then the catalog catches up with the journals and answers once.

    Args:
        where: a filter such as ``"optim.lr < 0.01 and summary.acc > 0.9"``.
        project: only runs of this project.
        order_by: a key or run column, such as ``"-summary.acc"``; ``-`` puts the largest first. Runs
            without it come last.
        limit: at most this many runs.
        store: the store's folder or URL; by default ``$SETPOINT_STORE``, else the nearest ``.setpoint`` upwards.
        progress: called with work done and all work while the catalog catches up.

    Raises:
        FilterError: the filter or *order_by* can't be read.
    """
    expr = EVERYTHING if where is None or where == "" else parse(where) if isinstance(where, str) else where
    if project is not None:
        expr = joined(expr, Term(Column("project"), Compare(Op.EQ, project)))
    if limit is not None and limit < 0:
        raise InvalidArgumentError("limit", str(limit), "a number from 0 up")
    text = where if isinstance(where, str) else ""
    return Runs(catalog_for(store), expr, text=text, order=_order(order_by), stop=limit, progress=progress)


def joined(*parts: Expr) -> Expr:
    """Return the expression that all parts say, without nesting."""
    flat: list[Expr] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, And) else (part,))
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def _order(order_by: str | None) -> Order | None:
    if not order_by:
        return None
    is_descending = order_by.startswith("-")
    return Order(target_of(order_by.removeprefix("-")), is_descending)


class Runs:
    """A lazy set of recorded runs, in order. The first use looks them up; the set then stays as it was found."""

    def __init__(
        self,
        catalog: Catalog,
        expr: Expr,
        *,
        text: str = "",
        order: Order | None = None,
        start: int = 0,
        stop: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Take the catalog, what the runs must pass and their order; *start* and *stop* are places in that order."""
        self.catalog, self.expr, self.order = catalog, expr, order
        self._text, self._start, self._stop, self._progress = text, start, stop, progress
        self._numbers: list[int] | None = None
        self._count: int | None = None

    def __iter__(self) -> Iterator[RecordedRun]:
        for batch in self._batches():
            yield from batch

    def _batches(self) -> Iterator[list[RecordedRun]]:
        numbers = self._found()
        for start in range(0, len(numbers), 500):
            some = numbers[start : start + 500]
            rows = self.catalog.ask(lambda database, some=some: list(rows_of(database, some)))  # type: ignore[misc]  # a default binds it
            yield [recorded(self.catalog, row) for row in rows]

    def __len__(self) -> int:
        if self._numbers is None and self._stop is None and self._start == 0:
            if self._count is None:
                self.catch_up()
                self._count = self.catalog.ask(lambda database: Selector(database, self.expr, self._text).count())
            return self._count
        return len(self._found())

    def __bool__(self) -> bool:
        return len(self[:1]._found()) > 0 if self._numbers is None else len(self._numbers) > 0

    @overload
    def __getitem__(self, at: int) -> RecordedRun: ...
    @overload
    def __getitem__(self, at: slice) -> Runs: ...
    def __getitem__(self, at: int | slice) -> RecordedRun | Runs:
        """Return a run by its place, or the runs of a range of places; raises IndexError where there is none."""
        if isinstance(at, int):
            return self._one(at)
        start, stop = at.start or 0, at.stop
        if self._numbers is not None or start < 0 or (stop is not None and stop < 0) or at.step not in (None, 1):
            return self._with_numbers(self._found()[at])
        ends = [end for end in (self._stop, None if stop is None else self._start + stop) if end is not None]
        return Runs(
            self.catalog,
            self.expr,
            text=self._text,
            order=self.order,
            start=self._start + start,
            stop=min(ends) if ends else None,
            progress=self._progress,
        )

    def _one(self, at: int) -> RecordedRun:
        some = self[at:] if at < 0 else self[at : at + 1]
        for run in some:
            return run
        raise IndexError(f"there is no run at {at}")

    def _with_numbers(self, numbers: list[int]) -> Runs:
        some = Runs(self.catalog, self.expr, text=self._text, order=self.order)
        some._numbers = numbers
        return some

    def catch_up(self) -> None:
        """Take in what the journals say by now, for the lookups that follow."""
        self.catalog.catch_up(self._progress)

    def _found(self) -> list[int]:
        if self._numbers is None:
            self.catch_up()
            self._numbers = self.catalog.ask(
                lambda database: Selector(database, self.expr, self._text).numbers(self.order, self._stop)
            )[self._start :]
        return self._numbers

    def numbers(self) -> list[int]:
        """Return the catalog's numbers of the runs, in order."""
        return list(self._found())

    def narrowed(self, expr: Expr) -> Runs:
        """Return those of the runs that pass *expr* too; only for a set that is not sliced."""
        if self._start or self._stop is not None:
            wanted = set(Runs(self.catalog, joined(self.expr, expr)).numbers())
            return self._with_numbers([number for number in self._found() if number in wanted])
        return Runs(self.catalog, joined(self.expr, expr), text=self._text, order=self.order, progress=self._progress)

    def __repr__(self) -> str:
        return f"<{len(self)} runs{f' where {self._text}' if self._text else ''}>"

    def _repr_html_(self) -> str:
        from .html import runs_html

        return runs_html(self)

    # What a set of runs turns into

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return one flat dict a run: ``run.`` columns, params by key, ``summary.`` values; only what it has."""
        return [tables.flat(run) for run in self]

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas DataFrame, a row a run; needs pandas. Missing values are None or nan."""
        import pandas as pd

        return pd.DataFrame(tables.columns_of(self.to_dicts()))

    def to_polars(self) -> pl.DataFrame:
        """Return a polars DataFrame, a row a run; needs polars. Missing values are null."""
        import polars as pl

        columns = tables.arrow_columns(self.to_dicts())
        return pl.DataFrame(columns, strict=False)

    def to_arrow(self) -> Any:  # pyarrow has no types
        """Return a pyarrow Table, a row a run; needs pyarrow. Columns of mixed types are text."""
        from importlib import import_module

        return import_module("pyarrow").table(tables.arrow_columns(self.to_dicts()))

    # What a set of runs answers

    def best(self, metric: str, direction: str | None = None) -> RecordedRun | None:
        """Return the run with the best value of *metric*, a summary's key; None where no run has a number for it.

        Args:
            metric: such as ``acc``, or ``summary.acc``.
            direction: ``min`` or ``max``; by default ``min`` for names of losses and errors, else ``max``.

        Raises:
            InvalidArgumentError: *direction* is another word.
            FilterError: no run has the metric.
        """
        if direction not in (None, "min", "max"):
            raise InvalidArgumentError("direction", repr(direction), "'min' or 'max'")
        key = metric_key(metric)
        order = Order(key, (direction or natural_direction(metric)) == "max")
        among = self.narrowed(Term(key, Has()))
        for run in Runs(among.catalog, among.expr, order=order, stop=1):
            return run
        expect_metric(self, metric)
        return None

    def diff(self, ignore: Iterable[str] = ()) -> Diff:
        """Return what differs between these runs; see ``diff.diff``."""
        from .diff import diff

        return diff(list(self), ignore)

    def importance(self, metric: str) -> Importance:
        """Return how much each param matters for *metric*; see ``importance.importance``. Needs numpy."""
        from .importance import importance

        return importance(self, metric)

    def group(self, by: str) -> dict[Any, Runs]:
        """Return the runs by their value of a key or run column; runs that have none are under ``MISSING``.

        Raises:
            FilterError: no run of the store has it, or it can't be read.
        """
        target = self._expected(by)
        groups: dict[Any, tuple[Any, list[int]]] = {}
        for run in self:
            value = run.whole(target)
            _, numbers = groups.setdefault(tables.group_key(value), (value, []))
            numbers.append(run.row.n)
        return {tables.hashable(value): self._with_numbers(numbers) for value, numbers in groups.values()}

    def facet(self, by: str) -> list[tuple[Any, int]]:
        """Return each value of a key or run column with the number of runs that have it, most frequent first.

        Raises:
            FilterError: no run of the store has it, or it can't be read.
        """
        from .facet import facet, facet_of_wholes

        target = self._expected(by)
        return facet_of_wholes(self, target) if self._has_parts(target) else facet(self, target)

    def _expected(self, name: str) -> Key | Column:
        target = target_of(name)
        self.catch_up()
        self.catalog.ask(lambda database: CatalogKeys(database).expect(target, name))
        return target

    def _has_parts(self, target: Key | Column) -> bool:
        if isinstance(target, Column) or ANY_INDEX in target.path:
            return False
        return len(self.catalog.ask(lambda database: CatalogKeys(database).numbers(target, True))) > 0

    def varying(self, limit: int = 8) -> list[str]:
        """Return the names of params that differ among the first thousand runs, the most telling first."""
        return tables.varying([run.leaves(Scope.PARAM) for run in self[:1000]], limit)


def metric_key(metric: str) -> Key:
    """Return the summary's key that *metric* names, with or without ``summary.`` before it."""
    target = target_of(metric if metric.startswith("summary.") else f"summary.{metric}")
    if isinstance(target, Column):
        raise FilterError(metric, "Expected the name of a metric", column=1)
    return target


def expect_metric(runs: Runs, metric: str) -> None:
    """Refuse a metric that no run of the store has; raises FilterError with the nearest."""
    key = metric_key(metric)
    runs.catch_up()
    runs.catalog.ask(lambda database: CatalogKeys(database).expect(key, metric))


def natural_direction(metric: str) -> str:
    """Return ``min`` for metrics that by their name are better when small, else ``max``."""
    words = metric.lower().replace("-", "_").replace("/", "_").replace(".", "_").split("_")
    small = {"loss", "err", "error", "mse", "rmse", "mae", "nll", "perplexity", "ppl", "wer", "cer", "fid"}
    small |= {"latency", "time", "seconds"}
    return "min" if small & set(words) else "max"
