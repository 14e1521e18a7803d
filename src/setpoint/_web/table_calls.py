"""The calls about many runs: the store, its keys, tables, facets and columns."""

import sys
from base64 import b64encode
from functools import partial
from typing import Any

import numpy as np

import setpoint
from setpoint._query.histogram import Facet, facet_of, tags_facet, telling_facets
from setpoint._query.keys import target_of
from setpoint._query.orders import question
from setpoint._query.projects import projects
from setpoint._query.vectors import Vector, VectorReader, read_vector

from . import shapes
from .cells import cell_of
from .page import TAGS, Page


def store(page: Page, _: shapes.Nothing) -> shapes.StoreFacts:
    """Return what store this is, and how many runs it has."""
    state = page.current()
    return shapes.StoreFacts(
        version=setpoint.__version__,
        store=page.shown_store,
        runs=page.orders.count(question(""), state),
        projects=[shapes.ProjectFacts(name, count) for name, count in page.reader.ask(projects)],
        seq=state.seq,
        python=".".join(map(str, sys.version_info[:3])),
    )


def keys(page: Page, asked: shapes.KeysAsked) -> shapes.Keys:
    """Return the keys that the runs have, with how many have each, and what kinds of values."""
    total, found = page.keys(asked.where, page.current())
    infos = [
        shapes.KeyInfo(fact.name, fact.scope, fact.runs, list(fact.kinds), fact.values)  # type: ignore[arg-type]  # one of the three
        for fact in found
    ]
    return shapes.Keys(infos, total)


def table(page: Page, asked: shapes.TableAsked) -> shapes.Table:
    """Return a window on the runs that pass a filter."""
    state = page.current()
    wanted = question(asked.where, tuple(asked.sort))
    total, numbers = page.orders.window(wanted, state, asked.offset, asked.limit)
    columns = page.telling(asked.where, state) if asked.columns is None else asked.columns
    return shapes.Table(state.seq, total, asked.offset, columns, page.rows_of(page.by_number(numbers), columns))


def rows(page: Page, asked: shapes.RowsAsked) -> shapes.Rows:
    """Return runs by their ids; those that are gone are left out."""
    state = page.current()
    return shapes.Rows(state.seq, page.rows_of(page.by_id(asked.ids), asked.columns))


def check(page: Page, asked: shapes.CheckAsked) -> shapes.Checked:
    """Return how many runs pass a filter."""
    return shapes.Checked(page.orders.count(question(asked.where), page.current()))


def facets(page: Page, asked: shapes.FacetsAsked) -> shapes.Facets:
    """Return the values of some keys, with counts and the filters that choose them."""
    state = page.current()
    wanted = question(asked.where)
    numbers = page.orders.numbers(wanted, state)
    runs = page.runs_of(wanted)
    names = asked.keys if asked.keys is not None else telling_facets(page.by_number(numbers[:500].tolist()))

    def find(name: str) -> Facet:
        if name == TAGS:
            return page.reader.ask(lambda database: tags_facet(database, numbers))
        return facet_of(runs, target_of(name), numbers)

    found = [page.recent_facets.get((asked.where, name), state.seq, partial(find, name)) for name in names]
    return shapes.Facets(len(numbers), [_facet(facet) for facet in found])


def _facet(facet: Facet) -> shapes.FacetInfo:
    values = [shapes.FacetValue(cell_of(one.value), one.count, one.clause) for one in facet.values or ()]
    bins = [shapes.FacetBin(one.low, one.high, one.count, one.clause) for one in facet.bins or ()]
    return shapes.FacetInfo(
        key=facet.key,
        unset=facet.unset,
        values=None if facet.values is None else values,
        bins=None if facet.bins is None else bins,
        more=facet.more,
        estimated=facet.is_estimated,
    )


def columns(page: Page, asked: shapes.ColumnsAsked) -> shapes.Columns:
    """Return columns of many runs, packed."""
    state = page.current()
    total, numbers = page.orders.window(question(asked.where, tuple(asked.sort)), state, 0, asked.limit)
    targets = [target_of(name) for name in asked.columns]
    chosen = np.array(numbers, dtype=np.int32)

    ids, names = page.reader.ask(lambda database: VectorReader(database, chosen).ids())
    packed = [
        _packed(name, read_vector(page.reader, chosen, target))
        for name, target in zip(asked.columns, targets, strict=True)
    ]
    return shapes.Columns(state.seq, total, ids, names, packed)


def _packed(name: str, vector: Vector) -> shapes.PackedColumn:
    return shapes.PackedColumn(name, _bytes(vector.codes, "<i4"), _bytes(vector.numbers, "<f8"), vector.labels)


def _bytes(numbers: Any, form: str) -> str:  # an array of numpy's
    return b64encode(numbers.astype(form).tobytes()).decode()
