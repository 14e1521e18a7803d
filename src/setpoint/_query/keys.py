"""Keys as users write them: which of a catalog's keys each means, and what is near to an unknown one."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from setpoint._catalog.columns import COLUMNS
from setpoint._catalog.database import Database
from setpoint._catalog.leaf import Scope, restored, storable
from setpoint._core.keys import join_key, split_key
from setpoint.errors import FilterError

from .expr import ANY_INDEX, And, Column, Expr, Has, Key, KeyPath, Not, Or
from .grammar import parse_key


class CatalogKeys:
    """The keys of one catalog, looked up by need and remembered for the length of one question."""

    def __init__(self, database: Database) -> None:
        """Take the database to look in."""
        self._database = database
        self._found: dict[tuple[Key, bool], Sequence[int]] = {}

    def numbers(self, key: Key, below: bool) -> Sequence[int]:
        """Return the numbers of the keys that *key* means; with *below*, of all keys inside what it means."""
        at = (key, below)
        if at not in self._found:
            self._found[at] = self._look_up(key, below)
        return self._found[at]

    def _look_up(self, key: Key, below: bool) -> Sequence[int]:
        wild = key.path.index(ANY_INDEX) if ANY_INDEX in key.path else None
        if wild is not None:
            start = storable(join_key(key.path[:wild]))
            rows = self._starting_with(key.scope, start + "[")
            return [number for number, name in rows if _fits(split_key(restored(name)), key.path, below)]
        name = storable(join_key(key.path))
        if not below:
            rows = self._database.rows("SELECT n FROM key WHERE scope = ? AND name = ?", (int(key.scope), name))
            return [row[0] for row in rows]
        return [row[0] for start in (name + ".", name + "[") for row in self._starting_with(key.scope, start)]

    def _starting_with(self, scope: Scope, start: str) -> list[tuple[int, str]]:
        end = start[:-1] + chr(ord(start[-1]) + 1)
        sql = "SELECT n, name FROM key WHERE scope = ? AND name >= ? AND name < ?"
        return [(row[0], row[1]) for row in self._database.rows(sql, (int(scope), start, end))]

    def check(self, expr: Expr, text: str) -> None:
        """Refuse a filter that compares a key that no run has; ``has``, ``missing`` and tags may name any.

        Raises:
            FilterError: with the column and the nearest keys.
        """
        if isinstance(expr, And | Or):
            for part in expr.parts:
                self.check(part, text)
        elif isinstance(expr, Not):
            self.check(expr.inner, text)
        elif isinstance(expr.target, Key) and not isinstance(expr.test, Has):
            self.expect(expr.target, shown_key(expr.target), text)

    def expect(self, target: Key | Column, name: str, text: str = "") -> None:
        """Refuse a key that no run has, unless no run has any; *text* is the filter in which *name* stands, if any.

        Raises:
            FilterError: with the column and the nearest keys.
        """
        if isinstance(target, Column) or self.numbers(target, False) or self.numbers(target, True):
            return
        if names := self.names(target.scope):
            found = dict.fromkeys([*self._namesakes(target), *near(shown_key(target), names)])
            raise FilterError(text or name, f"No run has {name!r}", column=target.at, near=list(found)[:3])

    def meant(self, name: str) -> str:
        """Return the name of the column that a person means by *name*, as options of commands take it.

        A result needs no ``summary.`` before it, and a run column no ``run.``, where no run has such a param.

        Raises:
            FilterError: no run has it, or it can't be read.
        """
        target = target_of(name)
        if isinstance(target, Key) and target.scope is Scope.PARAM and not name.startswith(("config.", "config[")):
            is_param = self.numbers(target, False) or self.numbers(target, True)
            others = [] if is_param else self._namesakes(target)
            if others and name != "age":
                return others[0]
        self.expect(target, name)
        return name

    def inside(self, key: Key) -> list[str]:
        """Return the names of the first keys inside a section or list, as tables show them."""
        some = ", ".join(map(str, self.numbers(key, True)[:3]))
        rows = self._database.rows(f"SELECT name FROM key WHERE n IN ({some}) ORDER BY n") if some else []  # noqa: S608  # numbers
        return [column_name(key.scope, restored(row[0])) for row in rows]

    def _namesakes(self, key: Key) -> list[str]:
        """Return what has the same name elsewhere: a result, a run column, or the param of a result's name."""
        if key.scope is Scope.SUMMARY:
            return [shown_key(_in(Scope.PARAM, key))] if self.numbers(_in(Scope.PARAM, key), False) else []
        found = [shown_key(_in(Scope.SUMMARY, key))] if self.numbers(_in(Scope.SUMMARY, key), False) else []
        if len(key.path) == 1 and (key.path[0] in COLUMNS or key.path[0] == "age"):
            found.append(f"run.{'created' if key.path[0] == 'age' else key.path[0]}")
        return found

    def names(self, scope: Scope) -> list[str]:
        """Return the names of the keys that runs have now, the commonest first, as tables show them."""
        sql = "SELECT name FROM key WHERE scope = ? AND n_runs > 0 ORDER BY n_runs DESC, n LIMIT 20000"
        return [column_name(scope, restored(row[0])) for row in self._database.rows(sql, (int(scope),))]


def _fits(path: KeyPath, pattern: KeyPath, below: bool) -> bool:
    if len(path) <= len(pattern) if below else len(path) != len(pattern):
        return False
    return all(
        isinstance(name, int) if wanted == ANY_INDEX else name == wanted
        for name, wanted in zip(path, pattern, strict=False)
    )


def _in(scope: Scope, key: Key) -> Key:
    return Key(scope, key.path, key.at)


def near(shown: str, names: Sequence[str]) -> list[str]:
    """Return up to three names that may have been meant."""
    from difflib import get_close_matches

    last = shown.rpartition(".")[2]
    same_end = [name for name in names if name.rpartition(".")[2] == last]
    root = "summary." if shown.startswith("summary.") else ""  # it would make all results look alike
    rest = {name.removeprefix(root): name for name in names}
    close = [rest[name] for name in get_close_matches(shown.removeprefix(root), rest, n=3, cutoff=0.6)]
    return list(dict.fromkeys([*same_end[:2], *close]))[:3]


_ROOTS = ("summary", "run", "config")


def column_name(scope: Scope, key: str) -> str:
    """Return the name under which tables show a key: summaries and a few params with their scope before it."""
    if scope is Scope.SUMMARY:
        return f"summary.{key}"
    return f"config.{key}" if key.partition(".")[0].partition("[")[0] in (*_ROOTS, "tags", "notes", "age") else key


def shown_key(target: Key | Column) -> str:
    """Return the name under which tables show what a filter names."""
    if isinstance(target, Column):
        return f"run.{target.name}"
    key = join_key(target.path) if ANY_INDEX not in target.path else _wild_key(target.path)
    return column_name(target.scope, key)


def typed_name(key: Key) -> str:
    """Return the name under which a person names a key where no filter is: a param's without ``config.``."""
    return join_key(key.path) if key.scope is Scope.PARAM and ANY_INDEX not in key.path else shown_key(key)


def _wild_key(path: KeyPath) -> str:
    at = path.index(ANY_INDEX)
    rest = path[at + 1 :]
    if not rest:
        return f"{join_key(path[:at])}[*]"
    tail = _wild_key(rest) if ANY_INDEX in rest else join_key(rest)
    return f"{join_key(path[:at])}[*]{'' if tail.startswith('[') else '.'}{tail}"


def target_of(text: str) -> Key | Column:
    """Return what a column's name names: ``lr``, ``summary.train/loss``, ``run.host``, or a key as filters write it.

    Raises:
        FilterError: it can't be read.
    """
    try:
        path = split_key(text)
    except ValueError:
        return parse_key(text)
    if path == ("notes",) or (path[0] == "run" and len(path) == 2 and path[1] in COLUMNS):
        return Column(str(path[-1]), 1)
    if path[0] in _ROOTS:
        if path[0] == "run" or len(path) == 1 or not isinstance(path[1], str):
            return parse_key(text)
        return Key(Scope.SUMMARY if path[0] == "summary" else Scope.PARAM, path[1:], 1)
    return Key(Scope.PARAM, path, 1)


def is_among(key: str, patterns: Sequence[str]) -> bool:
    """Tell whether a key is one of these keys, inside one of these sections, or fits a pattern with ``*``."""
    return any(
        key == pattern
        or key.startswith((pattern + ".", pattern + "["))
        or fnmatchcase(key, pattern.replace("[", "[[]"))
        for pattern in patterns
    )
