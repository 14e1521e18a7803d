"""The keys of a store, or of the runs that pass a filter: how many runs have each, and what kinds of values."""

# ruff: noqa: S608  # statements are made of our own words and of numbers; every value is bound

from collections import Counter, defaultdict
from collections.abc import Iterable

from msgspec import Struct

from setpoint._catalog.columns import COLUMNS, ColumnKind
from setpoint._catalog.database import Database
from setpoint._catalog.entry import LeafKey
from setpoint._catalog.leaf import Kind, Scope, leaf_of, restored
from setpoint._catalog.rows import from_blob
from setpoint._core.leaves import flatten

from .distinct import FEW_VALUES, MANY_RUNS, few_numbers, few_texts
from .expr import Expr
from .keys import column_name
from .select import Selector

KINDS = ("number", "text", "bool", "null", "other")
_KIND_NAMES = {
    int(Kind.INT): "number",
    int(Kind.FLOAT): "number",
    int(Kind.BIG): "number",
    int(Kind.NAN): "number",
    int(Kind.TEXT): "text",
    int(Kind.LONG): "text",
    int(Kind.FALSE): "bool",
    int(Kind.TRUE): "bool",
    int(Kind.NONE): "null",
}
_COLUMN_KINDS = {ColumnKind.TEXT: "text", ColumnKind.NUMBER: "number"}
MOST_READ = 2000
_TEXTS = {int(Kind.TEXT), int(Kind.LONG), int(Kind.OTHER)}
_NUMBERS = {int(Kind.INT), int(Kind.FLOAT), int(Kind.BIG)}
_SAMPLE = 50
_GLANCE = 20  # runs that tell the kinds of a rare key
_COMMON = 300  # keys, the commonest, whose values are counted
_MOST_KEYS = 20_000
_Counted = tuple[int, int, set[int], int | None]  # a key's number, its runs, their kinds, how many values
_SCOPES = {Scope.PARAM: "config", Scope.SUMMARY: "summary"}


class KeyFacts(Struct, frozen=True):
    """A key under the name that tables give it.

    ``scope`` is ``config``, ``summary`` or ``run``; ``runs`` have it; ``kinds`` are some of KINDS, in that order;
    ``values`` is how many different values there are, None where they are more than 400 or not worth counting.
    """

    name: str
    scope: str
    runs: int
    kinds: tuple[str, ...]
    values: int | None


def key_facts(database: Database, expr: Expr, text: str = "") -> tuple[int, list[KeyFacts]]:
    """Return how many runs pass *expr*, and the keys they have, the commonest first, with the run columns at the end.

    Where more than MOST_READ runs pass a filter, the numbers are those of all runs in the store.

    Raises:
        FilterError: the text compares a key that no run has.
    """
    selector = Selector(database, expr, text)
    total = selector.count()
    sql = "SELECT n, scope, name, n_runs FROM key WHERE scope IN (?, ?) AND n_runs > 0 ORDER BY n_runs DESC, n LIMIT ?"
    keys = database.rows(sql, (int(Scope.PARAM), int(Scope.SUMMARY), _MOST_KEYS))
    if selector.is_everything or total > MOST_READ:
        counted = [
            (key[0], min(key[3], total), *_of_all(database, key[0], key[3], is_common=at < _COMMON))
            for at, key in enumerate(keys)
        ]
    else:
        counted = _of_some(database, selector, {(Scope(key[1]), restored(key[2])): key[0] for key in keys})
    by_number = {key[0]: key for key in keys}
    facts = [
        _fact(Scope(by_number[number][1]), restored(by_number[number][2]), runs, kinds, values)
        for number, runs, kinds, values in counted
    ]
    facts.sort(key=lambda fact: -fact.runs)
    return total, [*facts, *_run_columns(database, total)]


def _fact(scope: Scope, name: str, runs: int, kinds: Iterable[int], values: int | None) -> KeyFacts:
    named = {_KIND_NAMES.get(kind, "other") for kind in kinds}
    return KeyFacts(
        column_name(scope, name), _SCOPES[scope], runs, tuple(kind for kind in KINDS if kind in named), values
    )


def _of_all(database: Database, key_n: int, runs: int, *, is_common: bool) -> tuple[set[int], int | None]:
    """Return the kinds and the number of values of a key in the whole store; of a rare key the kinds of some."""
    if not is_common:
        rows = database.rows(f"SELECT p.kind FROM param p WHERE p.key_n = ? LIMIT {_GLANCE}", (key_n,))
        return {row[0] for row in rows}, None
    if runs < MANY_RUNS:
        some = f"SELECT DISTINCT p.kind, p.num, p.txt FROM param p WHERE p.key_n = ? LIMIT {FEW_VALUES + 1}"
        values = database.rows(f"SELECT count(*) FROM ({some}) s", (key_n,))[0][0]
        kinds = database.rows("SELECT DISTINCT p.kind FROM param p WHERE p.key_n = ?", (key_n,))
        return {row[0] for row in kinds}, _few(values)
    return _of_many(database, key_n)


def _of_many(database: Database, key_n: int) -> tuple[set[int], int | None]:
    kinds = _sampled(database, key_n)
    texts, numbers = few_texts(database, key_n), few_numbers(database, key_n)
    kinds |= {int(Kind.TEXT)} if texts != [] and not kinds & _TEXTS else set()
    kinds |= {int(Kind.FLOAT)} if numbers != [] and not kinds & _NUMBERS else set()
    if texts is None or numbers is None:
        return kinds, None
    return kinds, _few(len(texts) + len(numbers) + len(kinds - _TEXTS - _NUMBERS))


def _sampled(database: Database, key_n: int) -> set[int]:
    """Return the kinds that some runs have, spread over all that have the key."""
    low, high = (
        database.rows(f"SELECT {end}(p.run_n) FROM param p WHERE p.key_n = ?", (key_n,))[0][
            0
        ]  # together they'd walk all
        for end in ("min", "max")
    )
    kinds: set[int] = set()
    for at in range(_SAMPLE):
        start = low + (high - low) * at // _SAMPLE
        sql = "SELECT p.kind FROM param p WHERE p.key_n = ? AND p.run_n >= ? ORDER BY p.run_n LIMIT 5"
        kinds.update(row[0] for row in database.rows(sql, (key_n, start)))
    return kinds


def _of_some(database: Database, selector: Selector, keys: dict[LeafKey, int]) -> list[_Counted]:
    """Count among a few runs, read whole."""
    statement = selector.statement()
    sql = f"SELECT r.config, r.summary FROM ({statement.sql}) s CROSS JOIN run r WHERE r.n = s.run_n"
    counts: Counter[LeafKey] = Counter()
    values: defaultdict[LeafKey, set[tuple[int, float | None, str | None]]] = defaultdict(set)
    for config, summary in database.rows(sql, statement.values):
        for scope, blob in ((Scope.PARAM, config), (Scope.SUMMARY, summary)):
            for key, plain in flatten(from_blob(blob)):
                leaf = leaf_of(plain)
                counts[scope, key] += 1
                if len(values[scope, key]) <= FEW_VALUES:
                    values[scope, key].add((int(leaf.kind), leaf.number, leaf.text))
    return [
        (keys[key], count, {value[0] for value in values[key]}, _few(len(values[key])))
        for key, count in counts.items()
        if key in keys
    ]


def _few(count: int) -> int | None:
    return count if count <= FEW_VALUES else None


def _run_columns(database: Database, total: int) -> list[KeyFacts]:
    names = [f"count(DISTINCT {column.sql})" for column in COLUMNS.values()]
    counts: list[int | None] = [None] * len(names)
    if database.rows("SELECT count(*) FROM run")[0][0] < MANY_RUNS:
        counts = [_few(count) for count in database.rows(f"SELECT {', '.join(names)} FROM run r")[0]]
    return [
        KeyFacts(f"run.{name}", "run", total, (_COLUMN_KINDS.get(column.kind, "other"),), count)
        for (name, column), count in zip(COLUMNS.items(), counts, strict=True)
    ]
