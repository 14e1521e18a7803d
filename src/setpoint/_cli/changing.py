"""A command that changes a store: what is said where nothing can be written to it."""

import errno
from collections.abc import Generator
from contextlib import contextmanager

from setpoint._query.store import catalog_for
from setpoint.errors import SetpointError

from .failures import ProblemError

_CAN_NOT_WRITE = (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT)


@contextmanager
def changing(store: str | None) -> Generator[None]:
    """Name the store, and not the file in it, where it can't be written.

    Raises:
        ProblemError: it is read-only, full, or another user's.
    """
    try:
        yield
    except SetpointError:
        raise
    except OSError as error:
        folder = catalog_for(store).store
        is_inside = error.filename is None or str(error.filename).startswith(folder)
        if error.errno not in _CAN_NOT_WRITE or not is_inside:
            raise
        advice = "Make it writable, or name a copy of it with --store."
        raise ProblemError(f"Nothing can be written to the store {folder}: {error.strerror}. {advice}") from error
