"""Short forms of ids, which people can read and type."""

import re
from collections.abc import Iterable
from itertools import pairwise

_STAMPED = re.compile(r"\d{8}-\d{6}-(?P<tail>[0-9a-z]{14})")
_SHORTEST = 6


def tail_of(run_id: str) -> str:
    """Return the random end of an id that tells its time; any other id as it is."""
    match = _STAMPED.fullmatch(run_id)
    return match["tail"] if match else run_id


def short_ids(ids: Iterable[str]) -> dict[str, str]:
    """Return for each id a short form that tells it from the others: the start of its random end, 6 characters or more.

    ``load`` takes it, unless a run that is not among *ids* has the same.
    """
    tails = {run_id: tail_of(run_id) for run_id in ids}
    ordered = sorted(tails.values())
    needed = dict.fromkeys(ordered, _SHORTEST)
    for one, other in pairwise(ordered):
        same = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(one))
        needed[one], needed[other] = max(needed[one], same + 1), max(needed[other], same + 1)
    return {run_id: tail if tail == run_id else tail[: needed[tail]] for run_id, tail in tails.items()}
