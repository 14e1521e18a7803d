"""The different values of a key, where they are few: from one to the next along an index."""

# ruff: noqa: S608  # statements are made of our own words and of numbers; every value is bound

from typing import Any

from setpoint._catalog.database import Database

FEW_VALUES = 400
MANY_RUNS = 10_000  # for fewer, a look at each row is as fast


def few_texts(database: Database, key_n: int) -> list[str] | None:
    """Return the texts of a key that many runs have; None where they are more than FEW_VALUES, or its runs are few."""
    return _few(database, key_n, "txt")


def few_numbers(database: Database, key_n: int) -> list[float] | None:
    """Return the numbers of a key that many runs have; None where they are more than FEW_VALUES, or few runs."""
    return _few(database, key_n, "num")


def _few(database: Database, key_n: int, column: str) -> list[Any] | None:  # texts, or numbers
    runs = database.rows("SELECT n_runs FROM key WHERE n = ?", (key_n,))
    if not runs or runs[0][0] < MANY_RUNS:
        return None
    least = f"SELECT min(p.{column}) FROM param p WHERE p.key_n = {int(key_n)} AND p.{column} IS NOT NULL"
    sql = (
        f"WITH RECURSIVE found(value, at) AS (SELECT ({least}), 1 UNION ALL "
        f"SELECT ({least} AND p.{column} > found.value), found.at + 1 FROM found "
        f"WHERE found.value IS NOT NULL AND found.at <= {FEW_VALUES}) SELECT value FROM found WHERE value IS NOT NULL"
    )
    values = [row[0] for row in database.rows(sql)]
    return values if len(values) <= FEW_VALUES else None
