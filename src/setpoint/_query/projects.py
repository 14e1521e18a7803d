"""The projects of a store, each with its number of runs."""

from setpoint._catalog.database import Database
from setpoint._catalog.rows import text_of

_MOST = 1000


def projects(database: Database) -> list[tuple[str | None, int]]:
    """Return each project with the number of its runs, by name; None for the runs without one.

    Found from one to the next along an index, so that a million runs take no longer than there are projects.
    """
    least = "SELECT min(r.project) FROM run r WHERE r.project IS NOT NULL"
    sql = (
        f"WITH RECURSIVE found(name, at) AS (SELECT ({least}), 1 UNION ALL "  # noqa: S608  # our own words
        f"SELECT ({least} AND r.project > found.name), found.at + 1 FROM found "
        f"WHERE found.name IS NOT NULL AND found.at <= {_MOST}) SELECT name FROM found WHERE name IS NOT NULL"
    )
    counted = "SELECT count(*) FROM run r WHERE r.project = ?"
    found: list[tuple[str | None, int]] = [
        (text_of(name), database.rows(counted, (name,))[0][0]) for (name,) in database.rows(sql)
    ]
    without = database.rows("SELECT count(*) FROM run r WHERE r.project IS NULL")[0][0]
    return [*found, (None, without)] if without else found
