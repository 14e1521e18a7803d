"""What tests of code that records runs need: a store of their own, and a clock that stands still."""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["FrozenClock", "temp_store"]


@contextmanager
def temp_store() -> Generator[Path, None, None]:
    """Give runs an empty store of their own, which is removed at the end.

    Within the block ``SETPOINT_STORE`` names the new store, for this process and for those it starts; then it gets its
    former value back. A run that is still live at the end is finished. ``setpoint.init(dir=...)`` still wins.

    Yields:
        The store's folder.
    """
    former = os.environ.get("SETPOINT_STORE")
    with tempfile.TemporaryDirectory(prefix="setpoint-", ignore_cleanup_errors=True) as folder:
        os.environ["SETPOINT_STORE"] = folder  # children that a test starts must see the store too
        try:
            yield Path(folder)
        finally:
            _finish_live_runs()
            if former is None:
                os.environ.pop("SETPOINT_STORE", None)
            else:
                os.environ["SETPOINT_STORE"] = former


def _finish_live_runs() -> None:
    from setpoint._run import current

    while current.run() is not None:
        current.finish()


class FrozenClock:
    """A clock that stands still until it is told to go on; call it for the time in ns, UTC since the Unix epoch."""

    def __init__(self, time_ns: int = 1_700_000_000_000_000_000) -> None:
        """Stop the clock at *time_ns* (ns, UTC since the Unix epoch), by default an evening in November 2023."""
        self.time_ns = time_ns

    def __call__(self) -> int:
        """Return the time it is, in ns."""
        return self.time_ns

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass; a fraction of a nanosecond is rounded."""
        self.time_ns += round(seconds * 1_000_000_000)
