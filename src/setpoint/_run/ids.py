"""Ids and friendly names of runs."""

import os
import re
import time
from zlib import crc32

from setpoint._journal.layout import is_run_id
from setpoint.errors import InvalidArgumentError

from .words import ADJECTIVES, NOUNS

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u; in the order of ASCII
_RANDOM_DIGITS = 12
_LAST_S = 253_402_300_799  # 9999-12-31T23:59:59Z
_STAMPED = re.compile(r"(\d{4})(\d{2})(\d{2})-\d{6}-[0-9a-z]{14}")


def new_run_id(time_ns: int) -> str:
    """Return a new id for a run that starts at *time_ns* (UTC, ns since the Unix epoch), ``20261124-151347-3v0k9...``.

    It is the second in UTC, two base-32 digits for the millisecond and 12 random ones from the system, so ids sort by
    time as text. Two of n ids of one millisecond, made anywhere, are equal with a probability of n^2 / 2^61: below one
    in two million for a million ids.
    """
    seconds, nanoseconds = divmod(time_ns, 1_000_000_000)
    stamp = time.strftime("%m%d-%H%M%S", moment := time.gmtime(min(max(seconds, 0), _LAST_S)))
    return f"{moment.tm_year:04d}{stamp}-{_base32(nanoseconds // 1_000_000, 2)}{_random()}"


def check_run_id(text: str, name: str = "id") -> str:
    """Return *text* if it can be a run's id, else raise InvalidArgumentError for the argument or variable *name*."""
    if not is_run_id(text):
        expected = "1 to 64 lower-case letters, digits and '-', a letter or digit first"
        raise InvalidArgumentError(name, repr(text[:80]), expected)
    return text


def friendly_name(run_id: str) -> str:
    """Return a name for people, such as ``calm-otter-417``; always the same for the same id, not unique."""
    number, rest = crc32(run_id.encode("utf-8", "surrogatepass")), 0
    number, rest = divmod(number, len(ADJECTIVES))
    adjective = ADJECTIVES[rest]
    number, rest = divmod(number, len(NOUNS))
    return f"{adjective}-{NOUNS[rest]}-{number % 999 + 1}"


def day_of(when: int | str) -> str:
    """Return the day in UTC, ``yyyy-mm-dd``, of a time (ns since the Unix epoch) or of a run by its id.

    It is empty for an id that the user chose, which tells no day.
    """
    if isinstance(when, str):
        match = _STAMPED.fullmatch(when)
        return "-".join(match.groups()) if match else ""
    moment = time.gmtime(min(max(when // 1_000_000_000, 0), _LAST_S))
    return f"{moment.tm_year:04d}-{moment.tm_mon:02d}-{moment.tm_mday:02d}"


def _base32(number: int, width: int) -> str:
    return "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(width)))


def _random() -> str:
    return _base32(int.from_bytes(os.urandom(8), "big"), _RANDOM_DIGITS)
