"""One run by whatever a person types for it: what ``load`` takes, a part of an id's random end, or ``@last~2``."""

import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from setpoint._catalog.database import Database
from setpoint.errors import AmbiguousRunError, InvalidArgumentError, RunNotFoundError

from .load import load
from .recorded import RecordedRun
from .runs import runs
from .store import catalog_for

_BACK = re.compile(r"@last~(\d{1,9})")
_STAMPED = re.compile(r"\d{8}-\d{6}-(?P<tail>[0-9a-z]{14})")
_PART = re.compile(r"[0-9a-z-]{3,64}")
_SHORTEST = 6
_SHOWN = 20


def pick(run: str, store: str | Path | None = None) -> RecordedRun:
    """Return the recorded run that *run* names.

    Args:
        run: what ``load`` takes; also three or more characters that only one id has, after its date, and
            ``@last~1``, the run before the last.
        store: the store's folder or URL; by default ``$SETPOINT_STORE``, else the nearest ``.setpoint`` upwards.

    Raises:
        RunNotFoundError: there is no such run.
        AmbiguousRunError: what was given fits several ids.
        InvalidArgumentError: a word with ``@`` that means nothing.
    """
    if run.startswith("@"):
        return _special(run, store)
    try:
        return load(run, store)
    except RunNotFoundError:
        ids = catalog_for(store).ask(lambda database: _with_part(database, run)) if _PART.fullmatch(run) else []
        if len(ids) > 1:
            raise AmbiguousRunError(run, ids) from None
        if not ids:
            raise
        return load(ids[0], store)


def _special(run: str, store: str | Path | None) -> RecordedRun:
    if match := _BACK.fullmatch(run):
        at = int(match[1])
        for found in runs(store=store)[at : at + 1]:
            return found
        raise RunNotFoundError(run, catalog_for(store).store)
    if run != "@last" and not run.startswith("@best:"):
        raise InvalidArgumentError("RUN", repr(run), "an id, a name, @last, @last~1, @best:METRIC or @best:METRIC:min")
    return load(run, store)


def _with_part(database: Database, part: str) -> list[str]:
    """Return ids that have *part* in what follows their date, those that have it first if there are any."""
    # Only letters, digits and dashes come here, none of which LIKE reads otherwise.
    sql = "SELECT id FROM run WHERE id LIKE ? ORDER BY id DESC LIMIT 1000"
    ids = [str(row[0]) for row in database.rows(sql, (f"%{part}%",))]
    ids = [run_id for run_id in ids if part in tail_of(run_id)]
    beginning = [run_id for run_id in ids if tail_of(run_id).startswith(part)]
    return (beginning or ids)[:_SHOWN]


def tail_of(run_id: str) -> str:
    """Return the random end of an id that tells its time; any other id as it is."""
    match = _STAMPED.fullmatch(run_id)
    return match["tail"] if match else run_id


def short_ids(ids: Iterable[str]) -> dict[str, str]:
    """Return for each id a short form that tells it from the others: the start of its random end, 6 characters or more.

    ``pick`` takes it, unless a run that is not among *ids* has the same.
    """
    tails = {run_id: tail_of(run_id) for run_id in ids}
    ordered = sorted(tails.values())
    needed = dict.fromkeys(ordered, _SHORTEST)
    for one, other in pairwise(ordered):
        same = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(one))
        needed[one], needed[other] = max(needed[one], same + 1), max(needed[other], same + 1)
    return {run_id: tail if tail == run_id else tail[: needed[tail]] for run_id, tail in tails.items()}
